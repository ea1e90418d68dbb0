"""Targets: met, missed or not yet known; and those that ask for what does not exist."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from logs import a_log
from simdesk.errors import ScenarioError
from simdesk.experiment.replicate import Replications
from simdesk.experiment.sheet import Key, Sheet
from simdesk.experiment.targets import Verdict, check_targets, judge, key_of
from simdesk.measures import Quantile, Ratio, Reading, Total
from simdesk.scenario.loading import loads
from simdesk.scenario.model import Scenario

A_DESK = """title: A desk
demand: {contacts: 10 per day, types: {incident: {share: 100 %, work: {constant: {value: 5 min}}}}}
teams: {desk: {tier: 1, agents: 1}}
targets:
"""


def desk(*targets: str) -> Scenario:
    """A scenario with these targets, named a, b, c."""
    return loads(A_DESK + "".join(f"  {name}: {{{text}}}\n" for name, text in zip("abc", targets, strict=False)))


def replicated(scenario: Scenario, key: Key, *readings: Reading) -> Replications:
    """Replications in which a measure was read as given."""
    sheets = tuple(Sheet({key: reading}, {}, "", 1, False) for reading in readings)
    return Replications(scenario, sheets, a_log(), "reference")


def verdict(target: str, key: Key, *readings: Reading) -> Verdict:
    """The verdict on one target."""
    (judgement,) = judge(replicated(desk(target), key, *readings))
    return judgement.verdict


@pytest.mark.parametrize(
    ("bound", "expected"),
    [
        ("at_most: 13", Verdict.MET),
        ("at_most: 7", Verdict.MISSED),
        ("at_most: 9", Verdict.UNDECIDED),
        ("at_most: 11", Verdict.UNDECIDED),
        ("at_least: 7", Verdict.MET),
        ("at_least: 13", Verdict.MISSED),
        ("at_least: 9", Verdict.UNDECIDED),
        ("at_least: 11", Verdict.UNDECIDED),
    ],
)
def test_a_target_is_judged_by_the_whole_interval(bound: str, expected: Verdict):
    """9, 10 and 11 have a mean of 10 and, with t = 4.303 and a standard error of 0.577, an interval of 7.5 to 12.5."""
    assert verdict(f"measure: throughput, {bound}", Key("throughput"), *map(Total, (9, 10, 11))) is expected


@pytest.mark.parametrize("bound", ["at_most: 10", "at_least: 10"])
def test_a_bound_that_is_met_exactly_is_met(bound: str):
    """Three times 10 is at most 10 and at least 10."""
    assert verdict(f"measure: throughput, {bound}", Key("throughput"), *[Total(10)] * 3) is Verdict.MET


def test_bounds_are_in_the_units_of_the_measure():
    """95 % is 0.95, and 10 minutes are 600 seconds."""
    kept, waited = [Ratio(96, 100)] * 3, [Ratio(590, 1)] * 3

    assert verdict("measure: resolution_sla, at_least: 95 %", Key("resolution_sla"), *kept) is Verdict.MET
    assert verdict("measure: response_time, at_most: 10 min", Key("response_time"), *waited) is Verdict.MET
    assert verdict("measure: response_time, at_most: 9 min", Key("response_time"), *waited) is Verdict.MISSED


@pytest.mark.parametrize(
    "readings",
    [[Total(1)], [Ratio(0, 0)] * 3, [Total(math.nan)] * 3, [Quantile(a_log().tickets_columns["type"] * 1.0, 0.5)] * 20],
    ids=["one replication", "nothing to count", "not a number", "quantile of nothing"],
)
def test_what_has_no_interval_is_undecided(readings: list[Reading]):
    """However good the value looks."""
    assert verdict("measure: throughput, at_most: 1000", Key("throughput"), *readings) is Verdict.UNDECIDED


def test_a_target_for_tickets_that_never_came_is_undecided():
    """No ticket of P1 in any replication: nothing to judge, and the reader is told why."""
    runs = replicated(desk("measure: backlog, priority: P1, at_most: 1"), Key("throughput"), Total(1), Total(2))

    (judgement,) = judge(runs)

    assert judgement.verdict is Verdict.UNDECIDED
    assert judgement.estimate.note == "no such tickets"
    assert math.isnan(judgement.estimate.value)


def test_targets_are_judged_in_their_order_each_by_its_own_row():
    """A team's, a priority's, and everybody's."""
    scenario = desk(
        "measure: occupancy, team: desk, at_most: 90 %",
        "measure: backlog, priority: P2, at_most: 1",
        "measure: abandonment, type: incident, at_most: 5 %",
    )

    assert [key_of(target) for target in scenario.targets.values()] == [
        Key("occupancy", "team", "desk"),
        Key("backlog", "priority", "P2"),
        Key("abandonment", "type", "incident"),
    ]
    assert [judgement.name for judgement in judge(replicated(scenario, Key("x"), Total(1)))] == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("measure: resolution_slo", "no measure named 'resolution_slo'; did you mean 'resolution_sla'?"),
        ("measure: occupancy", "is a measure of a team; state which team"),
        ("measure: occupancy, priority: P1", "is a measure of a team; state which team"),
        ("measure: backlog, team: desk", "is not told by team"),
        ("measure: staff_cost, team: desk", "is not told by team"),
        ("measure: backlog, priority: P1, type: incident", "state only one of priority and type"),
        ("measure: staff_cost, priority: P1", "is not told by priority"),
        ("measure: time_queue, priority: P1", "is not told by priority"),
        ("measure: loops, type: incident", "is not told by type; these are: contacts_per_week, "),
    ],
)
def test_a_target_that_asks_for_what_does_not_exist_is_refused(target: str, message: str):
    """With the place, and with what to write instead."""
    with pytest.raises(ScenarioError) as refused:
        check_targets(desk("measure: backlog, at_most: 1", f"{target}, at_most: 1"))

    (problem,) = refused.value.problems
    assert problem.path == "targets.b.measure"
    assert problem.message.startswith(message)


def test_all_bad_targets_are_told_at_once_with_line_and_column(tmp_path: Path):
    """As every other problem of a file."""
    file = tmp_path / "desk.yaml"
    file.write_text(A_DESK + "  a: {measure: nonsense, at_most: 1}\n  b: {measure: occupancy, at_most: 1}\n")

    with pytest.raises(ScenarioError) as refused:
        check_targets(loads(file.read_text()), file)

    assert [(problem.line, problem.path) for problem in refused.value.problems] == [
        (5, "targets.a.measure"),
        (6, "targets.b.measure"),
    ]


def test_good_targets_pass():
    """One of every kind."""
    check_targets(
        desk(
            "measure: time_queue, at_most: 20 %",
            "measure: queue_wait_p90, team: desk, at_most: 1 h",
            "measure: total_cost, at_most: 10000",
        )
    )
