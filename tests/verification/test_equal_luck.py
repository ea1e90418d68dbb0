"""What equal luck is worth: one day of a two-line desk, simulated with and without a change.

    pytest -m slow -s tests/verification/test_equal_luck.py

prints the variance-reduction ratio of each change: how many times more replications independent runs would need. Takes
about a minute.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from simdesk.experiment.compare import compare
from simdesk.experiment.difference import difference
from simdesk.experiment.lab import Lab
from simdesk.experiment.replicate import simulate
from simdesk.experiment.replications import Replications
from simdesk.experiment.sheet import Key
from simdesk.measures.readings import Ratio, Total
from simdesk.scenario.loading import loads, vary

pytestmark = pytest.mark.slow

REPLICATIONS = 1500
DAY = """title: One day of two lines
run: {length: 1 day, cool_down: 1 day}
demand:
  contacts: 360 per week
  profile: {weekdays: {Mon: 1}, hours: [1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]}
  types:
    case:
      share: 100 %
      work: {tier_1: {lognormal: {mean: 12 min, cv: 0.9468}}, tier_2: {lognormal: {mean: 40 min, cv: 0.9468}}}
      resolves: {tier_1: 70 %}
teams:
  first: {tier: 1, agents: 10, escalates_to: second}
  second: {tier: 2, agents: 11}
flow: {hand_off: null, pending: null, misroute: null, reopen: null}
"""
"""0.75 tickets a minute for eight hours, from an empty desk until it is empty again; σ of the logarithm is 0.8, so the
coefficient of variation is √(e^0.64 − 1) = 0.9468."""

WAITS = tuple(Key("queue_wait", "team", team) for team in ("first", "second"))
CHANGES = {
    "one more in the second line": ({"teams.second.agents": 12}, 10.0),
    "one more in the first line": ({"teams.first.agents": 11}, 3.0),
}
"""What is changed, and how many times the variance must shrink at least."""


def wait_of_a_ticket(runs: Replications) -> list[Total]:
    """Minutes that a ticket waits in both queues together, mean of each day."""
    return [
        Total(sum(part.numerator for part in parts if isinstance(part, Ratio)) / sheet.tickets / 60)
        for sheet in runs.sheets
        for parts in [[sheet.readings[key] for key in WAITS]]
    ]


@pytest.fixture(scope="module")
def days() -> dict[str, Replications]:
    alternatives = {name: change for name, (change, _) in CHANGES.items()}
    with Lab() as lab:
        result = compare(loads(DAY), alternatives, replications=REPLICATIONS, wanted=WAITS, lab=lab)
    return {"as it stands": result.base, **result.alternatives}


def test_the_day_is_the_one_that_others_have_simulated(days: dict[str, Replications]):
    """360.4 tickets a day and a mean total wait of 6.35 minutes, found with another program in 3,000 days."""
    waits = np.array([one.value for one in wait_of_a_ticket(days["as it stands"])])
    tickets = np.array([sheet.tickets for sheet in days["as it stands"].sheets])
    error = waits.std(ddof=1) * np.sqrt(1 / REPLICATIONS + 1 / 3000)
    print(f"\nmean total wait {waits.mean():.2f} min, {tickets.mean():.1f} tickets a day (K = {REPLICATIONS})")

    assert abs(waits.mean() - 6.35) < 4 * error
    assert abs(tickets.mean() - 360.4) < 4 * np.sqrt(360 / REPLICATIONS + 360 / 3000)


@pytest.mark.parametrize("name", CHANGES)
def test_equal_luck_shrinks_the_variance_of_a_difference(days: dict[str, Replications], name: str):
    """Against independent runs; and where the days are paired wrongly nothing is gained."""
    base, other = wait_of_a_ticket(days["as it stands"]), wait_of_a_ticket(days[name])
    paired = difference(base, other)
    crossed = difference(base, shifted(other))
    print(
        f"\n{name}: {paired.value:.2f} min, variance ÷ {paired.reduction:.1f}; paired wrongly ÷ {crossed.reduction:.2f}"
    )

    assert paired.reduction >= CHANGES[name][1]
    assert crossed.reduction < 1.5


def shifted(values: Sequence[Total]) -> list[Total]:
    """Each day in the place of the one before."""
    return [*values[1:], values[0]]


def test_an_unused_team_changes_no_row():
    """A third line to which nothing goes, and a skill that nobody needs."""
    before = loads(DAY)
    after = loads(
        DAY.replace("  second: {tier: 2, agents: 11}", "  second: {tier: 2, agents: 11}\n  idle: {agents: 3}")
    )

    for replication in range(5):
        one, other = simulate(before, replication), simulate(after, replication)
        assert one.tickets.equals(other.tickets)
        assert one.touches.astype(str).equals(other.touches.astype(str))


def test_other_luck_is_other_luck():
    """Another seed, the same desk: hardly any day is the same."""
    one, other = simulate(loads(DAY)), simulate(vary(loads(DAY), {"run.seed": 2}))

    assert one.digest() != other.digest()
