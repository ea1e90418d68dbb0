"""Which of several desks is best: desks whose order is known, promises that hold and those that are not made."""

from __future__ import annotations

import math

import pytest

from simdesk.errors import RunError
from simdesk.experiment import field
from simdesk.experiment.lab import Lab
from simdesk.experiment.rank import Ranking, rank
from simdesk.experiment.sheet import Key
from simdesk.experiment.targets import Verdict
from simdesk.scenario.loading import load, loads, vary
from simdesk.shelf import on_the_shelf

DESK = loads("""title: A small desk for two days
run: {length: 2 days, warm_up: 4 h, replications: 3}
demand:
  contacts: 80 per day
  profile: flat
  types: {question: {share: 100 %, work: {exponential: {mean: 15 min}}}}
teams: {desk: {agents: 1, cost: 40 USD per hour}}
targets: {soon: {measure: first_wait, at_most: 5 min}}
""")
WAIT, COST, AT_ONCE = Key("first_wait"), Key("staff_cost"), Key("served_at_once")
AGENTS = "teams.desk.agents"
BY_AGENTS = {"one": {}, "two": {AGENTS: 2}, "three": {AGENTS: 3}}


@pytest.fixture(scope="module")
def lab():
    """One process for all tests of this file."""
    with Lab(workers=1) as one:
        yield one


@pytest.fixture(scope="module")
def queues(lab: Lab) -> Ranking:
    """M/M/c at 80, 73 and 67 per cent: the wait by Erlang's formula is 33, 16 and 10 minutes."""
    among = {"five": {}, "a little growth": {AGENTS: 6, "demand.volume": "110 %"}, "six": {AGENTS: 6}}
    return rank(load(on_the_shelf("textbook/mmc")), among, WAIT, indifference=120, lab=lab)


def test_the_best_of_queues_whose_order_is_known_is_found(queues: Ranking):
    """With the promise, and the others in the order of the book."""
    names = [one.name for one in queues.order]

    assert names == ["six", "a little growth", "five"]
    assert (queues.best, queues.guaranteed, queues.note) == ("six", True, "")
    assert [one.dropped_after > 0 for one in queues.order] == [False, True, True]
    assert math.isnan(queues.probability)


def test_differences_are_paired_on_what_both_have(queues: Ranking, lab: Lab):
    """The mean of the differences of the replications of one number."""
    best, other, _ = queues.order
    count = min(best.mean.replications, other.mean.replications)
    desks = [vary(queues.scenario, changes) for changes in ({AGENTS: 6}, {AGENTS: 6, "demand.volume": "110 %"})]

    runs = [[reading.value for reading in one.readings(WAIT)] for one in lab.many(desks, count, wanted={WAIT})]

    assert other.difference is not None
    assert other.difference.value == pytest.approx(sum(b - a for a, b in zip(*runs, strict=True)) / count)
    assert other.difference.replications == count
    assert best.difference is not None
    assert best.difference.value == 0.0


def test_what_is_spent_is_what_is_used(queues: Ranking):
    """The sum over the candidates; none of it depends on how far ahead was simulated."""
    assert queues.spent == sum(one.mean.replications for one in queues.order)
    assert queues.table()["replications"].sum() == queues.spent


def test_the_result_does_not_depend_on_how_far_ahead_is_simulated(monkeypatch: pytest.MonkeyPatch, lab: Lab):
    """One replication at a time, or a block of ten."""
    among = {"two": {AGENTS: 2}, "nearly": {AGENTS: 2, "demand.volume": "97 %"}}
    tables = []

    for ahead in (1, 10):
        monkeypatch.setattr(field, "AHEAD", ahead)
        tables.append(rank(DESK, among, WAIT, indifference=10, first=5, most=24, lab=lab).table())

    assert tables[0].equals(tables[1])


def test_at_the_cap_nothing_is_guaranteed(lab: Lab):
    """Six replications cannot tell a thousandth more tickets to within a tenth of a second."""
    among = {"as it stands": {}, "a little more": {"demand.volume": "100.1 %"}}

    found = rank(DESK, among, WAIT, indifference=0.1, first=6, most=6, lab=lab)

    assert not found.guaranteed
    assert {one.name for one in found.racing} == set(among)
    assert found.note == "the race was cut short after 6 replications of each"
    assert 0 <= found.probability < 1


def test_candidates_that_never_differ_are_equally_good(lab: Lab):
    """Under another title a desk is the same; one of them is enough, and the promise holds."""
    found = rank(DESK, {"a": {}, "b": {"title": "The same"}}, WAIT, indifference=60, first=4, lab=lab)

    first, second = found.order
    assert found.guaranteed
    assert (first.name, second.dropped_after) == ("a", 4)
    assert second.difference is not None
    assert (second.difference.low, second.difference.high) == (0.0, 0.0)


def test_more_is_better_where_the_measure_says_so(lab: Lab):
    """More agents answer more tickets at once, and wait less: the order of one measure is that of the other."""
    at_once, wait = (
        rank(DESK, BY_AGENTS, key, indifference=margin, first=8, lab=lab)
        for key, margin in ((AT_ONCE, 0.05), (WAIT, 60))
    )

    assert at_once.best == wait.best == "three"
    assert [one.name for one in at_once.order] == ["three", "two", "one"]


def test_a_budget_is_spent_to_the_last_run_and_promises_nothing(lab: Lab):
    """Most of it goes to the two that are hard to tell apart."""
    among = {"one": {}, "two": {AGENTS: 2}, "two, fewer tickets": {AGENTS: 2, "demand.volume": "98 %"}}

    found = rank(DESK, among, WAIT, indifference=10, budget=60, lab=lab)

    counts = {one.name: one.mean.replications for one in found.order}
    assert sum(counts.values()) == found.spent == 60
    assert counts["one"] == min(counts.values()) == 10
    assert (found.best, found.guaranteed) == ("two, fewer tickets", False)
    assert 0.5 < found.probability <= 1
    assert "promises nothing" in found.note


def test_a_candidate_that_misses_a_target_is_left_out_and_named(lab: Lab):
    """One agent is cheapest and keeps 80 tickets waiting for far more than five minutes."""
    among = {**BY_AGENTS, "four": {AGENTS: 4}}

    free = rank(DESK, among, COST, indifference=100, first=8, lab=lab)
    bound = rank(DESK, among, COST, indifference=100, first=8, keep_targets=True, lab=lab)

    assert free.best == "one"
    assert bound.best == "two"  # the next cheapest; shown to keep it, or not yet known
    assert bound.order[0].targets != {"soon": Verdict.MISSED}
    left = bound.order[-1]
    assert (left.name, left.misses, left.dropped_after) == ("one", "soon", 8)
    assert left.targets == {"soon": Verdict.MISSED}
    assert bound.table()["misses"].tolist() == ["", "", "", "soon"]


def test_where_everybody_misses_nobody_is_best(lab: Lab):
    """No wait at all is a target that a queue of one does not keep."""
    strict = vary(DESK, {"targets.soon.at_most": "1 s"})

    found = rank(strict, {"one": {}, "more": {"demand.volume": "105 %"}}, WAIT, indifference=1, first=8,
                 keep_targets=True, lab=lab)  # fmt: skip

    assert found.best is None
    assert not found.guaranteed
    assert all(one.misses == "soon" and one.difference is None for one in found.order)


def test_a_candidate_that_cannot_keep_up_is_given_up_early_and_flagged(lab: Lab):
    """Its waits vary wildly, for which a race alone would keep it for very long; it is shown to be worse at once."""
    among = {"two": {AGENTS: 2}, "flooded": {"demand.volume": "150 %"}}

    found = rank(DESK, among, WAIT, indifference=5, lab=lab)

    assert (found.best, found.guaranteed) == ("two", True)
    assert found.order[1].dropped_after == 20
    assert found.order[1].overloaded == ("desk",)


@pytest.mark.parametrize(
    ("among", "key", "more", "words"),
    [
        ({"one": {}}, WAIT, {}, "at least two candidates"),
        ({"a": {}, "b": {"run.seed": 2}}, WAIT, {}, r"candidate 'b' changes run\.seed"),
        (BY_AGENTS, Key("occupancy", "team", "desk"), {}, "occupancy:desk is neither better high nor better low"),
        (BY_AGENTS, WAIT, {"indifference": 0.0}, "indifference must be above 0"),
        (BY_AGENTS, WAIT, {"budget": 5}, "a budget of 5 is too small for 3 candidates"),
        (BY_AGENTS, WAIT, {"first": 1}, "first must be at least 2"),
        (BY_AGENTS, WAIT, {"first": 20, "most": 10}, "most at least first"),
    ],
)
def test_what_cannot_be_ranked_is_refused_before_anything_runs(among, key, more, words):
    """With the name of the candidate, and how to mend it."""
    silent = Lab(workers=1, progress=lambda done, total: pytest.fail("something ran"))

    with pytest.raises(RunError, match=words):
        rank(DESK, among, key, lab=silent, **{"indifference": 60.0, **more})


def test_targets_can_only_be_kept_where_there_are_any():
    """A desk that states none."""
    free = loads("""title: No targets
demand: {contacts: 1 per day, types: {question: {share: 100 %, work: {constant: {value: 1 h}}}}}
teams: {desk: {agents: 1}}
""")

    with pytest.raises(RunError, match="states no targets"):
        rank(free, BY_AGENTS, WAIT, indifference=60, keep_targets=True, lab=Lab(workers=1))


def test_a_replication_with_nothing_to_measure_is_named(lab: Lab):
    """Hardly a ticket comes: there is no wait to rank by."""
    among = {"as it stands": {}, "quiet": {"demand.contacts": "1 per month"}}

    with pytest.raises(
        RunError, match=r"candidate 'quiet': replication \d has nothing to measure for first_wait; make"
    ):
        rank(DESK, among, WAIT, indifference=60, first=3, lab=lab)
