"""Targets: met, missed or not yet known; and those that ask for what does not exist."""

from __future__ import annotations

import math
import pickle
from pathlib import Path

import pytest

from logs import a_log
from simdesk.durations import Duration
from simdesk.errors import ScenarioError
from simdesk.experiment.replications import Replications
from simdesk.experiment.sheet import Key, Sheet
from simdesk.experiment.targets import Verdict, bound_of, check_targets, judge, key_of
from simdesk.measures import Quantile, Ratio, Reading, Total
from simdesk.scenario.loading import load, loads, vary
from simdesk.scenario.model import Scenario
from simdesk.scenario.writing import dumps

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
    return Replications(scenario, sheets, "reference", a_log())


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
        (
            "measure: resolution_slo",
            "no measure named 'resolution_slo'; did you mean 'resolution_sla'? `simdesk measures` lists them",
        ),
        ("measure: foo", "no measure named 'foo'; `simdesk measures` lists them"),
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


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("measure: response_time_median, at_most: 10", "response_time_median is a time; write e.g. '10 min'"),
        ("measure: response_time_median, at_most: 10 %", "response_time_median is a time; write e.g. '10 min'"),
        ("measure: response_time_median, at_most: -3", "response_time_median is a time; write e.g. '10 min'"),
        ("measure: response_time_median, at_most: 200 %", "response_time_median is a time; write e.g. '10 min'"),
        ("measure: resolution_sla, at_most: 95", "resolution_sla is a share; write e.g. '95 %'"),
        ("measure: resolution_sla, at_most: -0.5", "resolution_sla is a share; write e.g. '95 %'"),
        ("measure: resolution_sla, at_most: 95 min", "resolution_sla is a share; write e.g. '95 %'"),
        ("measure: resolution_sla, at_most: 0.5 s", "resolution_sla is a share; write e.g. '95 %'"),
        ("measure: resolution_sla, at_most: 200 %", "resolution_sla is a share, so at most 100 %"),
        ("measure: occupancy, team: desk, at_most: 85", "occupancy is a share; write e.g. '85 %'"),
        ("measure: backlog, at_most: 5 min", "backlog is a number; write it plainly, without a unit, e.g. 100"),
        ("measure: staff_cost, at_most: 90 %", "staff_cost is money; write it plainly, without a unit, e.g. 100"),
    ],
)
def test_a_bound_in_another_unit_is_refused(target: str, message: str):
    """At the bound, with how to write it; also after varying something else."""
    for scenario in (desk(target), vary(desk(target), {"teams.desk.agents": 2})):
        with pytest.raises(ScenarioError) as refused:
            check_targets(scenario)

        assert [(found.path, found.message) for found in refused.value.problems] == [("targets.a.at_most", message)]


def test_a_bound_in_another_unit_is_shown_in_its_file(tmp_path: Path):
    """Line and column of the bound."""
    file = tmp_path / "desk.yaml"
    file.write_text(A_DESK + "  a: {measure: response_time, at_least: 10}\n")

    with pytest.raises(ScenarioError) as refused:
        check_targets(loads(file.read_text()), file)

    (problem,) = refused.value.problems
    assert (problem.line, problem.column, problem.path) == (5, 41, "targets.a.at_least")


def test_what_came_from_the_command_line_is_said_to():
    """In the problem and in the last line."""
    with pytest.raises(ScenarioError) as refused:
        check_targets(vary(desk("measure: backlog, at_most: 1"), {"targets.a.measure": "foo"}), said_in="--set")

    assert str(refused.value) == (
        "--set: targets.a.measure: no measure named 'foo'; `simdesk measures` lists them\n1 problem in --set"
    )


@pytest.mark.parametrize(
    ("measure", "bound"),
    [
        ("response_time", "10 min"), ("response_time", "0.5 s"), ("resolution_time_business", "8 business hours"),
        ("resolution_time_business", "2 business days"), ("response_time", "0"), ("resolution_sla", "95 %"),
        ("resolution_sla", "7 %"), ("resolution_sla", "0.95"),
        ("resolution_sla", "0.00001 %"), ("resolution_sla", "33.333333333333336 %"), ("resolution_sla", "1"),
        ("backlog", "1e-7"), ("total_cost", "10000"), ("backlog", "0 %"),
    ],
)  # fmt: skip
def test_a_bound_is_a_number_and_is_written_with_its_unit(measure: str, bound: str):
    """The scenario that is written beside results reads back as the same, and its targets are as good; so for a worker
    process."""
    scenario = desk(f"measure: {measure}, at_most: {bound}")

    for again in (loads(dumps(scenario)), vary(scenario, {"run.seed": 2}), pickle.loads(pickle.dumps(scenario))):
        check_targets(again)
        assert again.targets == scenario.targets
        assert again.targets["a"].model_dump(mode="json") == scenario.targets["a"].model_dump(mode="json")
    assert isinstance(scenario.targets["a"].at_most, float)


def test_a_bound_that_is_written_out_keeps_its_unit():
    """A time by the wall clock; a share in per cent."""
    written = [
        desk(f"measure: x, at_most: {bound}").targets["a"].model_dump(mode="json")["at_most"]
        for bound in ("600 s", "95 %", "0.95", "12")
    ]

    assert written == ["10 min", "95 %", 0.95, 12.0]


def test_good_targets_pass():
    """One of every kind."""
    check_targets(
        desk(
            "measure: time_queue, at_most: 20 %",
            "measure: queue_wait_p90, team: desk, at_most: 1 h",
            "measure: total_cost, at_most: 10000",
        )
    )


IN_OFFICE_HOURS = A_DESK.replace(
    "teams: {desk: {tier: 1, agents: 1}}",
    'calendars: {office: {hours: "08:00-18:00"}}\nteams: {desk: {tier: 1, agents: 1, calendar: office}}',
)


def office(*targets: str, more: str = "") -> Scenario:
    """A desk that is open for ten hours on working days, with these targets and whatever else."""
    stated = "".join(f"  {name}: {{{text}}}\n" for name, text in zip("abc", targets, strict=False))
    return loads(IN_OFFICE_HOURS + stated + more)


@pytest.mark.parametrize(
    ("bound", "hours", "expected"),
    [
        ("2 business days", 20.0, Verdict.MET),
        ("2 business days", 20.1, Verdict.MISSED),
        ("8 business hours", 8.0, Verdict.MET),
        ("8 business hours", 8.1, Verdict.MISSED),
        ("90 business minutes", 1.6, Verdict.MISSED),
    ],
)
def test_a_business_day_is_as_long_as_the_office_is_open(bound: str, hours: float, expected: Verdict):
    """Ten hours a day, so two days are 20 hours of the measure that counts office hours, and not 48."""
    scenario = office(f"measure: resolution_time_business, at_most: {bound}")
    check_targets(scenario)

    (judged,) = judge(replicated(scenario, Key("resolution_time_business"), *[Ratio(hours * 3600, 1)] * 3))

    assert judged.verdict is expected
    assert judged.target.bound.written() == str(Duration.parse(bound))


def test_the_business_day_is_that_of_the_users_office_where_one_is_stated():
    """Users work for four hours a day, so that two days are eight hours, however long the desk is open."""
    written = IN_OFFICE_HOURS.replace("calendars: {", 'calendars: {mornings: {hours: "08:00-12:00"}, ')
    target = "  a: {measure: resolution_time_business, at_most: 2 business days}\n"
    scenario = loads(written + target + "service_levels: {calendar: mornings}\n")

    assert bound_of(scenario, scenario.targets["a"]) == 8 * 3600


@pytest.mark.parametrize(
    ("target", "message"),
    [
        (
            "measure: resolution_time, at_most: 1 business day",
            "resolution_time runs by the wall clock, on which business time has no length; write elapsed time, such as "
            "'8 h', or use resolution_time_business",
        ),
        (
            "measure: first_wait_p90, at_most: 2 business hours",
            "first_wait_p90 runs by the wall clock, on which business time has no length; write elapsed time, such as "
            "'8 h'",
        ),
        ("measure: queue_wait, team: desk, at_most: 2 business hours", "queue_wait runs by the wall clock, on which"),
        ("measure: resolution_sla, at_least: 2 business hours", "resolution_sla is a share; write e.g. '95 %'"),
        (
            "measure: resolution_time_promised, at_most: 1 business day",
            "resolution_time_promised runs by the wall clock where the promise does, as for P1; write elapsed time",
        ),
    ],
)
def test_business_time_is_refused_where_the_clock_runs_day_and_night(target: str, message: str):
    """A business day would silently be 24 hours, or eight; the remedy is said."""
    scenario = office(
        target, more="service_levels: {priorities: {P1: {resolve: 2 h}, P3: {resolve: 1 business day}}}\n"
    )

    with pytest.raises(ScenarioError) as refused:
        check_targets(scenario)

    (problem,) = refused.value.problems
    assert problem.message.startswith(message)


def test_the_clock_of_a_promise_decides_for_its_own_tickets():
    """P3 is promised in business time, so that its time on the promise's clock may be bounded in it."""
    promised = "service_levels: {priorities: {P1: {resolve: 2 h}, P3: {resolve: 1 business day}}}\n"

    check_targets(office("measure: resolution_time_promised, priority: P3, at_most: 6 business hours", more=promised))


def test_a_target_of_a_file_that_is_extended_is_told_there(tmp_path: Path):
    """Line and column are those of the file in which the target is written."""
    (tmp_path / "base.yaml").write_text(A_DESK + "  a: {measure: first_wait, at_most: 1 business hour}\n")
    child = tmp_path / "child.yaml"
    child.write_text("extends: base.yaml\ntitle: Another desk\n")

    with pytest.raises(ScenarioError) as refused:
        check_targets(load(child), child)

    (problem,) = refused.value.problems
    assert (Path(problem.file).name, problem.line, problem.column) == ("base.yaml", 5, 37)


@pytest.mark.parametrize(
    ("bound", "hint"),
    [
        ("1.2", "write e.g. '95 %'"),
        ("30", "write e.g. '30 %'"),
        ("2", "write e.g. '2 %'"),
        ("120", "write e.g. '95 %'"),
    ],
)
def test_a_share_is_taken_for_per_cent_only_where_it_very_likely_is(bound: str, hint: str):
    """1.2 may be meant as 120 %; it is answered with an example, not with a guess."""
    with pytest.raises(ScenarioError) as refused:
        check_targets(desk(f"measure: resolution_sla, at_least: {bound}"))

    assert refused.value.problems[0].message.endswith(hint)


def test_a_slider_in_business_time_keeps_its_clock():
    """Four business hours are not four hours, when it is written and when it is read."""
    scenario = vary(
        office("measure: backlog, at_most: 1"),
        {
            "service_levels.priorities": {"P3": {"resolve": "8 business hours"}},
            "try": [
                {"path": "service_levels.priorities.P3.resolve", "from": "4 business hours", "to": "2 business days"}
            ],
        },
    )

    again = loads(dumps(scenario))

    (slider,) = again.try_
    assert slider == scenario.try_[0]
    assert slider.model_dump(mode="json", by_alias=True, include={"from_", "to"}) == {
        "from": "4 business hours", "to": "2 business days",
    }  # fmt: skip
    assert slider.from_ != 4 * 3600
