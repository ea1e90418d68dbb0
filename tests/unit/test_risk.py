"""How often a target is kept: counted run by run, with the exact interval of a share."""

from __future__ import annotations

import math

import pytest

from simdesk.experiment.replicate import replicate
from simdesk.experiment.risk import interval_of, kept
from simdesk.experiment.sheet import Key
from simdesk.experiment.targets import key_of
from simdesk.scenario.loading import loads
from simdesk.scenario.service_levels import Quantity

DESK = loads("""title: A small desk for some days
run: {length: 3 days, replications: 12, cool_down: 2 days}
demand:
  contacts: 60 per day
  types: {incident: {share: 100 %, work: {exponential: {mean: 18 min}}}}
teams: {desk: {agents: 1}}
targets:
  short: {measure: first_wait, at_most: 35 min}
  patient: {measure: abandonment, at_most: 0 %}
  urgent: {measure: first_wait, priority: P1, at_most: 1 min}
""")


def test_none_of_twenty_still_leaves_a_chance():
    """1 - (2.5 %)^(1/20), and the same turned round."""
    none, all_of_them = interval_of(0, 20), interval_of(20, 20)

    assert none.low == 0.0
    assert none.high == pytest.approx(1 - 0.025 ** (1 / 20))
    assert (all_of_them.low, all_of_them.high) == pytest.approx((0.025 ** (1 / 20), 1.0))


def test_the_interval_is_the_exact_one():
    """At the lower end three or more of ten have a chance of 2.5 %, at the upper three or fewer."""
    found = interval_of(3, 10)

    def at_most(successes: int, chance: float) -> float:
        return sum(math.comb(10, k) * chance**k * (1 - chance) ** (10 - k) for k in range(successes + 1))

    assert 1 - at_most(2, found.low) == pytest.approx(0.025)
    assert at_most(3, found.high) == pytest.approx(0.025)


def test_runs_are_judged_one_by_one():
    """A bound that is the fourth shortest of twelve mean waits is kept four times; at least as much, nine times."""
    runs = replicate(DESK, workers=1)
    stated = DESK.targets["short"]
    fourth = sorted(sheet.readings[key_of(stated)].value for sheet in runs.sheets)[3]

    at_most = kept(runs, stated.model_copy(update={"at_most": Quantity(fourth)}))
    at_least = kept(runs, stated.model_copy(update={"at_most": None, "at_least": Quantity(fourth)}))

    assert (at_most.met, at_most.of) == (4, 12)
    assert (at_least.met, at_least.of) == (9, 12)
    assert at_most.low < at_most.share < at_most.high


def test_what_cannot_be_judged_does_not_count():
    """A run without an urgent ticket keeps no promise and breaks none."""
    runs = replicate(DESK, replications=3, workers=1)
    urgent = [sheet.readings[Key("first_wait", "priority", "P1")].value for sheet in runs.sheets]

    assert kept(runs, DESK.targets["patient"]).share == 1.0
    assert kept(runs, DESK.targets["urgent"]).of == sum(not math.isnan(wait) for wait in urgent)
    assert math.isnan(interval_of(0, 0).low)
