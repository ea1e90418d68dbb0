"""What a desk without tickets can be asked: exactly what a replication of it has something to say of."""

from __future__ import annotations

import math

import pytest

from simdesk.experiment.lab import Lab
from simdesk.experiment.unmeasured import never_measured
from simdesk.scenario.loading import loads, vary

DESK = """title: Nobody calls
run: {length: 4 days, replications: 1, cool_down: 2 days}
demand:
  volume: 0
  contacts: 60 per day
  types: {incident: {share: 100 %, work: {exponential: {mean: 15 min}}}}
teams: {desk: {agents: 1, cost: 40 USD per hour}}
service_levels: {priorities: {P2: {respond: 1 h, resolve: 4 h}}}
patience: {all: {when: {}, gives_up_after: {exponential: {mean: 3 min}}}}
"""


def test_without_tickets_exactly_what_is_not_refused_has_a_value():
    """Every row of the results of a desk to which nobody comes."""
    desk = loads(DESK)

    with Lab(workers=1, engine="reference") as lab:
        readings = lab.sheets([desk], range(1))[0][0].readings

    told = {key for key, reading in readings.items() if math.isfinite(reading.value)}
    assert told == {key for key in readings if not never_measured(desk, key)}


@pytest.mark.parametrize("oldest", ["0 s", "1 h"])
def test_what_a_list_tells_is_not_refused(oldest: str):
    """Tickets that wait from before the window have waits for the team in it, and no resolution that counts."""
    desk = vary(loads(DESK), {"run.open_at_start": {"desk": {"incident": {"count": 9, "oldest": oldest}}}})

    with Lab(workers=1, engine="reference") as lab:
        readings = lab.sheets([desk], range(1))[0][0].readings

    told = {key for key, reading in readings.items() if math.isfinite(reading.value)}
    assert told.isdisjoint(key for key in readings if never_measured(desk, key))
