"""What share of the promises would be kept if nobody ever queued, worked out by hand."""

from __future__ import annotations

import math

import pytest

from logs import a_log, delay, handed_over, opening_hours, queueing, reading, resumed, ticket, work
from simdesk.experiment.replicate import simulate
from simdesk.measures import MEASURES, Cohort
from simdesk.scenario.loading import load, vary
from simdesk.shelf import on_the_shelf
from simdesk.states import State

CEILING, ATTAINMENT = "resolution_sla_ceiling", "resolution_sla"
HOURS = opening_hours((0, 100), (200, 300), (400, 500))
BOTH = a_log(
    ticket(0, work(40, 60), resolve_by=50),  # late for its queue alone: 20 of work would have been in time
    ticket(0, work(40, 90), resolve_by=40),  # 50 of work never fit into 40
    ticket(0, work(0, 10), resolve_by=50),  # in time as it is
)
BY_HAND = {CEILING: 2 / 3}


def test_only_more_than_a_queue_cannot_be_mended_by_staff():
    """Of three promises one is kept, a second would be without a queue, the third never."""
    assert reading(BOTH, ATTAINMENT) == 1 / 3
    assert reading(BOTH, CEILING) == BY_HAND[CEILING]


def test_nothing_to_measure_is_not_a_number():
    """No ticket, no promise, or nothing resolved."""
    assert math.isnan(reading(a_log(), CEILING))
    assert math.isnan(reading(a_log(ticket(0, work(0, 10))), CEILING))
    assert math.isnan(reading(a_log(ticket(0, work(0), resolve_by=10), ticket(0, queueing(9), resolve_by=5)), CEILING))


@pytest.mark.parametrize(("due", "kept"), [(229, 0), (230, 1)])
def test_work_goes_on_until_the_team_closes(due: int, kept: int):
    """Opened at 90 and begun at 250, 40 of work: without a queue 10 today and 30 tomorrow, from 200 on."""
    log = a_log(ticket(90, work(250, 290, calendar=1), resolve_by=due), calendars=[HOURS])

    assert reading(log, CEILING) == kept


@pytest.mark.parametrize(("due", "kept"), [(249, 0), (250, 1)])
def test_hand_offs_and_pending_stay(due: int, kept: int):
    """10 of work, 20 until the other team notices, 30 of work, 90 of waiting for the user, 100 of work: 250 in all."""
    log = a_log(
        ticket(
            0,
            work(500, 510),
            delay(State.HAND_OFF, 530),
            work(600, 630, agent="back/1"),
            delay(State.PENDING, 720),
            work(900, 1000, agent="back/1"),
            resolve_by=due,
        ),
        agents=("desk/1", "back/1"),
    )

    assert reading(log, CEILING) == kept


@pytest.mark.parametrize(("promised", "kept"), [(109, 0), (110, 1)])
def test_the_clock_stands_still_in_the_ceiling_too(promised: int, kept: int):
    """10 of work, the clock stands still for 90, 100 of work: 110 on the clock, against a due instant moved by 90."""
    log = a_log(
        ticket(
            0,
            work(500, 510),
            delay(State.PENDING, 600, pauses=True),
            work(900, 1000),
            resolve_by=promised + 90,
            paused=90,
        )
    )

    assert reading(log, CEILING) == kept


@pytest.mark.parametrize(("due", "kept"), [(59, 0), (60, 1)])
def test_breaks_and_evenings_are_not_work(due: int, kept: int):
    """Parked over a break and handed over once: 10 + 20 + 30 of work remain."""
    log = a_log(ticket(0, work(100, 110), resumed(200, 220), handed_over(400, 430, agent="desk/2"), resolve_by=due))

    assert reading(log, CEILING) == kept


def test_nobody_gives_up_where_nobody_waits():
    """The user hung up at 50 and tried again at 500; served at once, the 20 of work were done at 20."""
    log = a_log(ticket(0, queueing(50), delay(State.REDIAL, 500), work(510, 530), resolve_by=30))

    assert reading(log, CEILING) == 1


def test_who_stays_late_in_reality_does_so_without_a_queue():
    """The desk closes at 100 and its agent finished at 120, which 40 of work from 70 on would not do in its hours.

    10 until the back office notices and 10 of its work make 140; the promise was broken by its queue alone.
    """
    log = a_log(
        ticket(
            70,
            work(80, 120, calendar=1),
            delay(State.HAND_OFF, 130),
            work(500, 510, agent="back/1"),
            resolve_by=150,
        ),
        agents=("desk/1", "back/1"),
        calendars=[HOURS],
    )

    assert reading(log, ATTAINMENT) == 0
    assert reading(log, CEILING) == 1


def test_a_promise_that_was_kept_is_never_out_of_reach():
    """Waiting sometimes helps: here the pause of 80 office seconds spans the night, and then 30 of work are a day's.

    Without a queue the pause is over by 90, and the clock runs through the night in which the work lies unfinished.
    """
    log = a_log(
        ticket(
            0,
            work(60, 70, calendar=1),
            delay(State.PENDING, 250, calendar=1, pauses=True),
            work(250, 280, calendar=1),
            resolve_by=280,
            paused=180,
        ),
        calendars=[HOURS],
    )

    assert reading(log, ATTAINMENT) == 1
    assert reading(log, CEILING) == 1


def test_tickets_with_parallel_steps_are_left_out():
    """What would have happened to them cannot be told from their touches alone."""
    log = a_log(
        ticket(0, work(0, 50), work(10, 20, agent="desk/2", queued_at=10), resolve_by=10),
        ticket(0, work(50, 60), resolve_by=60),
    )

    assert reading(log, CEILING) == 1


@pytest.mark.parametrize("name", ["quickstart", "service-desk"])
@pytest.mark.parametrize("replication", [0, 1])
def test_no_desk_keeps_more_promises_than_it_could(name: str, replication: int):
    """On real runs, of all tickets and of each priority, attainment is at most the ceiling.

    Promises on tickets that were never resolved are broken or cannot be judged, so they only lower the attainment.
    """
    promises = {"P3": {"resolve": "8 business hours"}, "P4": {"resolve": "1 h"}}
    desk = vary(
        load(on_the_shelf(name)),
        {"run.length": "2 weeks", "run.warm_up": "0 s", "service_levels.priorities": promises},
    )

    cohort = Cohort.of(simulate(desk, replication))

    for some in (cohort, *(cohort.only("priority", priority) for priority in ("P1", "P2", "P3", "P4"))):
        ceiling, attainment = (MEASURES[name].read(some).value for name in (CEILING, ATTAINMENT))
        assert not attainment > ceiling


def test_the_ceiling_is_that_of_the_tickets_that_were_resolved_not_of_all_that_more_staff_could_resolve():
    """Of an easy ticket whose user gave up and a hard one that was resolved too late, only the hard one counts: 0 %."""
    log = a_log(ticket(0, queueing(10), resolve_by=3600), ticket(0, work(0, 7200), resolve_by=3600))

    assert reading(log, CEILING) == 0
