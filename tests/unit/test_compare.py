"""A desk against its alternatives: the same luck for all, and every difference with its doubt."""

from __future__ import annotations

import math

import pytest

from simdesk.errors import RunError, ScenarioError
from simdesk.experiment.compare import Comparison, compare
from simdesk.experiment.lab import Lab
from simdesk.experiment.sheet import Key
from simdesk.scenario.loading import loads

DESK = loads("""title: A small desk for some days
run: {length: 10 days, warm_up: 2 days, replications: 12, cool_down: 4 days}
demand:
  contacts: 60 per day
  types:
    question: {share: 60 %, work: {exponential: {mean: 15 min}}}
    fault: {share: 40 %, work: {lognormal: {mean: 25 min, cv: 1.0}}}
teams: {desk: {agents: 1, cost: 40 USD per hour}, nobody: {agents: 0}}
""")
WAIT, OCCUPANCY, COST = Key("first_wait"), Key("occupancy", "team", "desk"), Key("staff_cost")


@pytest.fixture(scope="module")
def comparison() -> Comparison:
    """One agent more, a little less work, and nothing at all."""
    return compare(
        DESK,
        {
            "one more": {"teams.desk.agents": 2},
            "fewer": {"demand.volume": "97 %"},
            "renamed": {"title": "The same desk"},
        },
    )


def test_an_alternative_that_changes_nothing_makes_no_difference(comparison: Comparison):
    """Luck is the same to the last second, so every difference is nothing."""
    found = [one for (name, _), one in comparison.differences.items() if name == "renamed"]

    assert len(found) > 50
    assert {one.value for one in found if not math.isnan(one.value)} == {0.0}


def test_one_agent_more_shortens_the_wait_and_costs_what_he_costs(comparison: Comparison):
    """Of what is certain the interval is a point; of the wait it is clear of nothing."""
    wait, cost = comparison.difference("one more", WAIT), comparison.difference("one more", COST)

    assert wait.high < 0
    assert wait.positive == 0.0
    assert wait.sure > 0.999
    assert cost.value == pytest.approx(cost.base)  # twice the people, twice the cost
    assert cost.standard_error == pytest.approx(0.0, abs=1e-6 * cost.base)


def test_pairs_tell_a_small_change_from_luck(comparison: Comparison):
    """Three per cent fewer tickets: the same tickets otherwise, so a fraction of the replications is enough."""
    busy = comparison.difference("fewer", OCCUPANCY)

    assert busy.high < 0
    assert busy.reduction > 5


def test_a_family_is_told_as_a_family(comparison: Comparison):
    """Adjusted p-values are never smaller; intervals that hold together are wider than each for itself."""
    together = Comparison(comparison.base, comparison.alternatives, together=True)

    for name in ("one more", "fewer"):
        assert comparison.adjusted[name, WAIT] >= comparison.difference(name, WAIT).p_value
        single, joint = comparison.difference(name, WAIT), together.difference(name, WAIT)
        assert joint.low < single.low
        assert joint.value == single.value


def test_the_table_has_a_row_for_every_difference(comparison: Comparison):
    """And says in it what the sentence beside it will say."""
    table = comparison.table()

    row = table[(table.alternative == "one more") & (table.measure == "first_wait") & (table["by"] == "")]
    assert len(table) == len(comparison.differences)
    assert row["difference"].item() == comparison.difference("one more", WAIT).value
    assert row["unit"].item() == "seconds"


def test_progress_counts_all_replications():
    """Of the base and of every alternative."""
    told: list[tuple[int, int]] = []

    with Lab(progress=lambda done, total: told.append((done, total))) as lab:
        compare(DESK, {"one more": {"teams.desk.agents": 2}}, replications=2, lab=lab)

    assert told == [(1, 4), (2, 4), (3, 4), (4, 4)]


@pytest.mark.parametrize(
    ("alternatives", "error", "words"),
    [
        ({}, RunError, "nothing to compare with"),
        ({"longer": {"run.length": "20 days"}}, RunError, r"alternative 'longer' changes run\.length; all sides"),
        ({"luckier": {"run.seed": 2}}, RunError, r"changes run\.seed"),
        ({"typo": {"teams.desk.agent": 2}}, ScenarioError, "did you mean 'agents'"),
    ],
)
def test_what_cannot_be_compared_is_refused_before_anything_runs(alternatives, error, words):
    """With the name of the alternative, or the path."""
    with pytest.raises(error, match=words):
        compare(DESK, alternatives, lab=Lab(progress=lambda done, total: pytest.fail("something was simulated")))
