"""At each second a ticket is in exactly one state: small lives, told second by second."""

from __future__ import annotations

import pytest

from logs import a_log, delay, opening_hours, queueing, resumed, ticket, work
from simdesk.measures import Cohort, time_by_state
from simdesk.states import Outcome, State
from simdesk.ticketlog import TicketLog

HOURS = opening_hours((0, 100), (200, 300))


def spent(log: TicketLog, number: int = 0) -> dict[str, int]:
    """Seconds of a ticket in each state that it was ever in."""
    seconds = time_by_state(Cohort.of(log))[:, number].tolist()
    return {state.name: seconds[state] for state in State if seconds[state]}


def test_a_simple_life():
    """Waits 10, is worked on for 20."""
    assert spent(a_log(ticket(0, work(10, 30)))) == {"QUEUE": 10, "WORK": 20}


def test_every_state_has_its_own_account():
    """One ticket that goes through everything."""
    log = a_log(
        ticket(
            0,
            delay(State.SELF_SERVICE, 1),
            delay(State.AUTOMATION, 3),
            queueing(6),
            delay(State.REDIAL, 10),
            work(15, 21),
            resumed(28, 36),
            delay(State.HAND_OFF, 45),
            delay(State.PENDING, 55),
            delay(State.REOPENED, 66),
            work(66, 67),
        )
    )

    assert spent(log) == {
        "SELF_SERVICE": 1, "AUTOMATION": 2, "QUEUE": 3 + 5, "REDIAL": 4, "WORK": 6 + 8 + 1, "PARKED": 7, "HAND_OFF": 9,
        "PENDING": 10, "REOPENED": 11,
    }  # fmt: skip


def test_a_wait_for_somebody_who_is_closed_is_outside_hours():
    """Joins at 80, the team closes at 100 and opens at 200, served at 210: 20 + 10 in the queue, 100 of night."""
    log = a_log(ticket(80, work(210, 220, calendar=1)), calendars=[HOURS])

    assert spent(log) == {"QUEUE": 30, "OUTSIDE_HOURS": 100, "WORK": 10}


def test_work_is_work_whatever_the_clock_says():
    """An agent stays till 130 though the team closes at 100."""
    log = a_log(ticket(80, work(80, 130, calendar=1)), calendars=[HOURS])

    assert spent(log) == {"WORK": 50}


def test_a_delay_by_the_wall_clock_knows_no_night():
    """The user thinks about it in calendar 0, which never closes; in office hours he would do so from 200 on."""
    by_the_wall, in_the_office = (
        a_log(ticket(90, delay(State.PENDING, 210, calendar=calendar), work(210, 220)), calendars=[HOURS])
        for calendar in (0, 1)
    )

    assert spent(by_the_wall) == {"PENDING": 120, "WORK": 10}
    assert spent(in_the_office) == {"PENDING": 20, "OUTSIDE_HOURS": 100, "WORK": 10}


def test_of_two_branches_the_first_state_in_the_list_counts():
    """While one branch is worked on from 10 to 30 the other waits for the user from 0 to 50."""
    log = a_log(ticket(0, work(10, 30), delay(State.PENDING, 50, queued_at=0)))

    assert spent(log) == {"QUEUE": 10, "WORK": 20, "PENDING": 20}


def test_a_second_is_outside_hours_only_if_every_branch_is_closed():
    """The team is closed from 100 to 200; the user, who never closes, answers at 150."""
    log = a_log(ticket(50, work(210, 220, calendar=1), delay(State.PENDING, 150, queued_at=50)), calendars=[HOURS])

    assert spent(log) == {"QUEUE": 50 + 10, "PENDING": 50, "OUTSIDE_HOURS": 50, "WORK": 10}


def test_an_open_ticket_is_told_up_to_the_end_of_the_log():
    """It waits since 5; the log ends at 50."""
    log = a_log(ticket(0, work(1, 5), queueing()), window=(0, 10), stopped_at=50)

    assert spent(log) == {"QUEUE": 1 + 45, "WORK": 4}


def test_the_time_before_the_start_is_waiting_too():
    """Opened at -150, when the team was open for 50 seconds more; the log begins at 0 and it is served at 10."""
    log = a_log(
        ticket(-150, work(10, 20, calendar=1), arrived_at=0),
        calendars=[opening_hours((-200, -100), (0, 100))],
        window=(-200, 100),
    )

    assert spent(log) == {"QUEUE": 50 + 10, "OUTSIDE_HOURS": 100, "WORK": 10}


def test_a_life_of_no_length_has_no_states():
    """Opened and resolved in one second; and another ticket beside it that is not disturbed by that."""
    log = a_log(ticket(5, work(5, 5)), ticket(5, work(6, 8)))

    assert spent(log, 0) == {}
    assert spent(log, 1) == {"QUEUE": 1, "WORK": 2}


@pytest.mark.parametrize("outcome", [Outcome.SELF_SERVICE, Outcome.AUTOMATION])
def test_tickets_that_reach_no_team_have_states_as_well(outcome: Outcome):
    """The taxonomy knows nothing of how a ticket ends."""
    state = State[outcome.name]

    assert spent(a_log(ticket(0, delay(state, 60), outcome=outcome))) == {state.name: 60}


def test_an_empty_cohort_has_no_time_at_all():
    """A row for every state, a column for no ticket."""
    assert time_by_state(Cohort.of(a_log())).shape == (len(State), 0)
