"""What a reader must know before believing the numbers, read aloud."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import pytest

from logs import a_log
from simdesk.experiment.load import TeamLoad, team_loads
from simdesk.experiment.replications import Replications
from simdesk.experiment.sheet import Key, Sheet
from simdesk.experiment.warnings import after, before
from simdesk.measures import Ratio
from simdesk.scenario.loading import load, loads, vary
from written import ONE_TEAM, SHELF, two_tiers

DESK = loads("""title: A desk
run: {warm_up: 1 week}
demand: {contacts: 10 per day, types: {incident: {share: 100 %, work: {constant: {value: 5 min}}}}}
teams: {desk: {tier: 1, agents: 1}}
""")
OFFICE = loads(ONE_TEAM)
CALM = TeamLoad(
    "desk",
    offered=30,
    capacity=40,
    ratio=0.75,
    lasting=0.75,
    growth=0,
    group=("desk",),
    pool=("desk",),
    relaxation=3600,
)


def told(**changes: object) -> list[str]:
    """The warnings about a team whose load differs so from a calm one; nobody gives up."""
    return before(DESK, [replace(CALM, **{"lasting": changes.get("ratio", CALM.ratio), **changes})])


def test_a_calm_desk_needs_no_warning():
    """Three quarters of what it can do, and a warm-up of a week for a queue that forgets in hours."""
    assert told() == []


def test_a_team_that_cannot_keep_up_is_told_by_how_much():
    """50 hours asked of 40, at a quarter of an hour each."""
    assert told(offered=50, ratio=1.25, growth=40, relaxation=math.inf) == [
        "desk is asked for 50.0 hours of work a week and has 40.0 (125 %): 10.0 hours a week are missing, and the "
        "backlog would grow by about 40 tickets a week if nobody gave up. What is measured depends on how long the run "
        "is."
    ]


@pytest.mark.parametrize("changes", [{"run.start": "2026-01-11", "teams.desk.calendar": "office"}, {"agents": 0}])
def test_where_nobody_is_there_no_growth_is_told(changes: dict[str, object]):
    """A Sunday of a desk with office hours, or a team of nobody: the growth a week of a day would say nothing."""
    week = {"run.warm_up": "0 s", "run.length": "1 day"}
    named = {("teams.desk.agents" if path == "agents" else path): value for path, value in changes.items()}
    scenario = vary(OFFICE, {**week, **named})

    assert before(scenario, team_loads(scenario)) == [
        "desk is asked for work, but nobody is there in the measured time: everything waits. Look at run.start and "
        "run.length, and at the team's calendar and agents."
    ]


def test_a_team_without_people_whose_helpers_have_too_few_is_told_without_a_percentage():
    """Its own share of the capacity would be nothing divided by nothing; of thirty hours its helper leaves ten."""
    (warning,) = told(capacity=0, ratio=1.5, growth=40, group=("desk", "back"), pool=("back",), relaxation=math.inf)

    assert warning.startswith(
        "desk is asked for 30.0 hours of work a week and has 0.0, and with back it is at 150 % of what they can do "
        "together: 10.0 hours a week are missing, and the backlog would grow by about 40 tickets a week"
    )


def test_a_team_that_can_do_just_what_it_is_asked_lacks_nothing():
    """Neither does one that lacks less than a number can say."""
    (warning,) = told(offered=40 + 1e-12, ratio=1, growth=1e-12, relaxation=math.inf)

    assert "just what can be done, so that a backlog never goes away" in warning
    assert "0 tickets" not in warning


def test_little_hours_are_not_rounded_away():
    """A small desk lacks a fifth of an hour a week."""
    (warning,) = told(offered=0.7, capacity=0.5, ratio=1.4, growth=1, relaxation=math.inf)

    assert "0.7 hours of work a week and has 0.5 (140 %): 0.2 hours a week are missing" in warning


def test_a_team_that_shares_too_much_work_is_told_with_whom():
    """It could do its own work; together they cannot do theirs, and of its 30 hours a sixth stays undone."""
    (warning,) = told(ratio=1.2, growth=9, group=("desk", "back"), pool=("desk", "back"), relaxation=math.inf)

    assert warning == (
        "desk is asked for 30.0 hours of work a week and has 40.0, and with back it is at 120 % of what they can do "
        "together: 5.0 hours a week are missing, and the backlog would grow by about 9 tickets a week if nobody gave "
        "up. What is measured depends on how long the run is."
    )


def test_a_team_that_is_nearly_full_is_told_what_that_means():
    """At 97.5 % queues are long, and no two weeks are alike."""
    assert told(offered=39, ratio=0.975) == [
        "desk is asked for 97.5 % of what it can do: waits are long and swing widely; a longer warm-up and more "
        "replications may be needed."
    ]


@pytest.mark.parametrize("ratio", [0.96, 1.5])
def test_nothing_is_asked_of_a_team_without_work(ratio: float):
    """It only helps others, who are told themselves."""
    assert told(offered=0, ratio=ratio, group=("desk", "back"), relaxation=math.inf) == []


def test_a_warm_up_that_is_too_short_is_told_how_long_it_should_be():
    """Three times the relaxation time of 4 days are 12; the warm-up is a week."""
    (warning,) = told(relaxation=96 * 3600)

    assert warning == (
        "the warm-up of 1 week is short: the queue of desk needs about 12 days to forget that the desk started "
        "empty; as an answer about the long run, waits come out too low."
    )


def test_a_team_whose_work_is_all_done_by_others_needs_no_warm_up_of_its_own():
    """Nobody is in it; the queue is that of those who help."""
    assert told(capacity=0, ratio=0.5, group=("desk", "back"), relaxation=math.inf) == []


def calm(changes: dict[str, object]) -> list[str]:
    """The warnings about two tiers that differ so, all of whose teams have time enough."""
    scenario = two_tiers({"run.warm_up": "1 week", **changes})
    return before(scenario, [replace(CALM, team=name) for name in scenario.teams])


def test_what_is_not_resolved_where_nobody_escalates_is_resolved_there():
    """At a desk on its own, and at the top of two tiers; a quarter of two types, one warning for both."""
    shares = ONE_TEAM.replace("60 %,", "60 %, resolves: 75 %,").replace("40 %,", "40 %, resolves: {tier_1: 80 %},")

    assert before(loads(shares), [CALM]) == [
        "demand.types.question and 1 other should be resolved at tier_1 in only 75 % of cases, but no team there "
        "escalates, so that all are; give the team an escalates_to, or remove resolves."
    ]
    assert calm({"demand.types.fault.resolves.tier_2": "90 %"}) == [
        "demand.types.fault should be resolved at tier_2 in only 90 % of cases, but no team there escalates, so that "
        "all are; give the team an escalates_to, or remove resolves.tier_2."
    ]
    assert calm({"demand.types.fault.resolves.tier_2": "100 %"}) == calm({}) == []


THIRD = {"agents": 1, "tier": 2}


@pytest.mark.parametrize(
    "changes",
    [
        {"teams.third": THIRD, "flow.routing": {"some": {"when": {"priority": "P1"}, "to": "third"}}},
        {"teams.third": THIRD, "run.open_at_start": {"third": {"fault": {"count": 5, "oldest": "1 week"}}}},
        {"teams.third": {**THIRD, "also_serves": ["experts"]}},
        {"flow.hand_off": {}, "flow.misroute": {}, "demand.types.fault.resolves.tier_1": "100 %"},
    ],
    ids=["routed to", "with a list", "a helper", "by mistake"],
)
def test_a_team_that_some_way_leads_to_needs_no_warning(changes: dict[str, object]):
    """A rule, a list, somebody else's queue, a mistake."""
    assert calm(changes) == []


def test_a_team_that_no_way_leads_to_is_told():
    """Nobody sends it anything, and it serves nobody, or only one like itself; the team above it is as idle."""
    warning = (
        " never gets a ticket: it is not where tickets enter, no routing rule names it, no team that gets tickets "
        "escalates to it, and it helps none; send it tickets, or leave "
    )

    assert calm({"teams.third": THIRD}) == [f"third{warning}third out."]
    assert calm({"teams.third": THIRD, "teams.fourth": {**THIRD, "also_serves": ["third"]}}) == [
        f"third{warning}third out.",
        f"fourth{warning}fourth out.",
    ]
    assert calm({"flow.entry": "experts"}) == [f"desk{warning}desk out."]


def test_a_second_line_to_which_nothing_is_left_is_told():
    """The first resolves everything; whoever is above the second hears nothing either."""
    assert calm({"demand.types.fault.resolves": {"tier_1": "100 %"}}) == [
        "experts never gets a ticket: teams escalate to it, but resolve everything themselves; state a share below "
        "100 % as resolves of a ticket type, or leave experts out."
    ]


@pytest.mark.parametrize("path", SHELF, ids=lambda path: path.stem)
def test_no_desk_of_the_shelf_has_an_idle_team_or_a_share_without_effect(path: Path):
    """Whatever is told about their load."""
    scenario = load(path)

    assert before(scenario, []) == []


def replicated(*sheets: tuple[Ratio, Ratio]) -> Replications:
    """Replications by their share of open tickets and their mean response."""
    keys = Key("still_open"), Key("response_time")
    return Replications(
        DESK,
        tuple(Sheet(dict(zip(keys, sheet, strict=True)), {}, "", 1, False) for sheet in sheets),
        "reference",
        a_log(),
    )


def test_enough_replications_that_agree_need_no_warning():
    """Twenty times the same answer, every ticket resolved."""
    assert after(replicated(*[(Ratio(0, 100), Ratio(600, 1))] * 20)) == []


@pytest.mark.parametrize("count", [2, 19])
def test_few_replications_promise_too_much(count: int):
    """Below twenty."""
    (warning,) = after(replicated(*[(Ratio(0, 100), Ratio(600, 1))] * count))

    assert warning == f"{count} replications only: intervals of fewer than 20 promise too much."


def test_one_replication_has_no_intervals_to_speak_of():
    """It is one draw of luck."""
    assert after(replicated((Ratio(0, 100), Ratio(600, 1)))) == ["one replication: luck, and no intervals."]


def test_tickets_that_are_left_open_make_times_too_short():
    """Three of a hundred; two of a hundred are let pass."""
    assert after(replicated(*[(Ratio(3, 100), Ratio(600, 1))] * 20)) == [
        "3.0 % of the tickets were still open when the cool-down ended; times to resolve leave them out and are too "
        "short."
    ]
    assert after(replicated(*[(Ratio(2, 100), Ratio(600, 1))] * 20)) == []


def test_a_wide_interval_asks_for_more_replications():
    """Half of twenty say 0, half say 20: a mean of 10, a standard error of 2.294, t = 2.093, so ± 48 %."""
    sheets = [(Ratio(0, 1), Ratio(response, 1)) for response in (0, 20) for _ in range(10)]

    assert after(replicated(*sheets)) == [
        "the mean first response is known only to ± 48 %; more replications would narrow it."
    ]


def test_a_desk_to_which_nobody_came_is_no_reason_to_warn():
    """Nothing to count is not a wide interval."""
    assert after(replicated(*[(Ratio(0, 0), Ratio(0, 0))] * 20)) == []
