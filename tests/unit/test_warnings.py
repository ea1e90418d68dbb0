"""What a reader must know before believing the numbers, read aloud."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from logs import a_log
from simdesk.experiment.load import TeamLoad
from simdesk.experiment.replicate import Replications
from simdesk.experiment.sheet import Key, Sheet
from simdesk.experiment.warnings import after, before
from simdesk.measures import Ratio
from simdesk.scenario.loading import loads

DESK = loads("""title: A desk
run: {warm_up: 1 week}
demand: {contacts: 10 per day, types: {incident: {share: 100 %, work: {constant: {value: 5 min}}}}}
teams: {desk: {tier: 1, agents: 1}}
""")
CALM = TeamLoad("desk", offered=30, capacity=40, ratio=0.75, growth=0, group=("desk",), relaxation=3600)


def told(**changes: object) -> list[str]:
    """The warnings about a team whose load differs so from a calm one."""
    return before(DESK, [replace(CALM, **changes)])


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


def test_a_team_without_people_is_told_without_a_percentage():
    """Nothing divided by nothing says nothing."""
    (warning,) = told(capacity=0, ratio=math.inf, growth=120, relaxation=math.inf)

    assert warning.startswith("desk is asked for 30.0 hours of work a week and has 0.0: 30.0 hours a week are missing")
    assert "inf" not in warning


def test_little_hours_are_not_rounded_away():
    """A small desk lacks a fifth of an hour a week."""
    (warning,) = told(offered=0.7, capacity=0.5, ratio=1.4, growth=1, relaxation=math.inf)

    assert "0.7 hours of work a week and has 0.5 (140 %): 0.2 hours a week are missing" in warning


def test_a_team_that_helps_an_overloaded_one_is_told_why_that_is_not_enough():
    """It could do its own work; together they cannot do theirs."""
    (warning,) = told(ratio=1.1, group=("desk", "back"), relaxation=math.inf)

    assert warning == (
        "desk is asked for 30.0 hours of work a week and has 40.0, but the teams that it shares work with are asked "
        "for more than all of them have: backlogs would grow if nobody gave up. What is measured depends on how long "
        "the run is."
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


def replicated(*sheets: tuple[Ratio, Ratio]) -> Replications:
    """Replications by their share of open tickets and their mean response."""
    keys = Key("still_open"), Key("response_time")
    return Replications(
        DESK,
        tuple(Sheet(dict(zip(keys, sheet, strict=True)), {}, "", 1, False) for sheet in sheets),
        a_log(),
        "reference",
    )


def test_enough_replications_that_agree_need_no_warning():
    """Twenty times the same answer, every ticket resolved."""
    assert after(replicated(*[(Ratio(0, 100), Ratio(600, 1))] * 20)) == []


@pytest.mark.parametrize(("count", "begins"), [(1, "1 replication only:"), (19, "19 replications only:")])
def test_few_replications_promise_too_much(count: int, begins: str):
    """Below twenty."""
    (warning,) = after(replicated(*[(Ratio(0, 100), Ratio(600, 1))] * count))

    assert warning == f"{begins} intervals of fewer than 20 promise too much."


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
