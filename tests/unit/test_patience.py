"""Users who give up: at their limit, after everything else of that instant, and only while they wait for a response."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from simdesk.clock import NEVER
from simdesk.engine import kernel, reference
from simdesk.policies import AtShiftEnd, Discipline
from simdesk.states import Outcome, State
from simdesk.ticketlog import TicketLog
from tiny import Team, agent, delay, desk, ends, one_team, opening_hours, served, shift, ticket, touches, work, workload

RESOLVED, ABANDONED = Outcome.RESOLVED, Outcome.ABANDONED


def test_a_user_gives_up_when_his_patience_ends():
    """Ticket 1 would be served at 10, but its user leaves at 1 + 8 = 9."""
    office = one_team()

    log = reference.simulate(office, workload(office, ticket(0, 10), ticket(1, 5, patience=8)))

    assert served(log) == [(0, 0, 10)]
    assert ends(log) == [(RESOLVED, 10), (ABANDONED, 9)]
    assert touches(log)[1] == (1, State.WORK, -1, 1, NEVER, 9)


def test_an_agent_who_is_free_in_the_last_second_of_patience_is_in_time():
    """The agent is free at 10 and the patience ends at 1 + 9 = 10: dispatch comes before giving up."""
    office = one_team()

    log = reference.simulate(office, workload(office, ticket(0, 10), ticket(1, 5, patience=9)))

    assert served(log) == [(0, 0, 10), (1, 10, 15)]


@pytest.mark.parametrize("simulate", [reference.simulate, kernel.simulate], ids=["reference", "kernel"])
def test_patience_runs_in_the_calendar_of_its_step(simulate: Callable[..., TicketLog]):
    """All come at 3 with five seconds of patience: by the wall clock until 8; in hours from 0 to 4 and 10 to 20, until
    14; and an agent who comes in the last of these seconds is in time."""
    hours = opening_hours((0, 4), (10, 20))
    nobody, late = (
        desk(Team(agents=[]), calendars=[hours]),
        desk(Team(agents=[agent(shift(14, 40))]), calendars=[hours]),
    )
    tickets = ticket(3, 5, patience=5), ticket(3, 5, patience=5, calendar=1)

    gone, served_late = (simulate(office, workload(office, *tickets)) for office in (nobody, late))

    assert ends(gone) == [(ABANDONED, 8), (ABANDONED, 14)]
    assert ends(served_late) == [(ABANDONED, 8), (RESOLVED, 19)]


def test_somebody_without_patience_is_served_by_a_free_agent_only():
    office = one_team()

    log = reference.simulate(office, workload(office, ticket(0, 10, patience=0), ticket(0, 10, patience=0)))

    assert ends(log) == [(RESOLVED, 10), (ABANDONED, 0)]


def test_work_without_length_leaves_the_agent_to_the_next_before_anybody_gives_up():
    """Two tickets of 0 s and one of 5 s share the only agent in second 0; nobody's patience of 0 s is over before."""
    office = one_team()
    tickets = (ticket(0, 0, patience=0), ticket(0, 0, patience=0), ticket(0, 5, patience=0))

    log = reference.simulate(office, workload(office, *tickets))

    assert served(log) == [(0, 0, 0), (1, 0, 0), (2, 0, 5)]


def test_who_has_given_up_is_not_called_any_more():
    """Ticket 1 leaves at 5 from the head of the queue; at 10 ticket 2 is next."""
    office = one_team()

    log = reference.simulate(office, workload(office, ticket(0, 10), ticket(1, 5, patience=4), ticket(2, 5)))

    assert served(log) == [(0, 0, 10), (2, 10, 15)]


def test_patience_does_not_end_while_an_agent_is_at_work():
    office = one_team()

    log = reference.simulate(office, workload(office, ticket(0, 100, patience=10)))

    assert ends(log) == [(RESOLVED, 100)]


def test_patience_does_not_end_while_the_work_is_parked():
    """Begun at 0, parked from 10 to 50; a patience of 20 s is about the first response only."""
    office = one_team([agent(shift(0, 10), shift(50, 90))])

    log = reference.simulate(office, workload(office, ticket(0, 15, patience=20)))

    assert ends(log) == [(RESOLVED, 55)]


def test_who_has_been_answered_does_not_give_up_after_a_hand_over():
    """Answered at 0, handed over at 10, it waits until 50; a patience of 20 s is about the first response only."""
    office = one_team([agent(shift(0, 10), shift(50, 90))], at_shift_end=AtShiftEnd.HAND_OVER)

    log = reference.simulate(office, workload(office, ticket(0, 15, patience=20)))

    assert served(log) == [(0, 0, 10), (0, 50, 55)]
    assert ends(log) == [(RESOLVED, 55)]


def test_a_user_may_try_again():
    """Gives up at 1 + 4 = 5, is silent for 6 s, queues at 11 with new patience, and is served at 12."""
    office = one_team()
    again = ticket(1, steps=[work(5, patience=4, again=1), delay(6, state=State.REDIAL), work(5, patience=4)])

    log = reference.simulate(office, workload(office, ticket(0, 12), again))

    assert touches(log)[1:] == [
        (1, State.WORK, -1, 1, NEVER, 5),
        (1, State.REDIAL, -1, 5, 5, 11),
        (1, State.WORK, 0, 11, 12, 17),
    ]
    assert ends(log)[1] == (RESOLVED, 17)


def test_a_user_who_tries_again_in_vain_is_lost():
    office = one_team()
    again = ticket(1, steps=[work(5, patience=4, again=1), delay(6, state=State.REDIAL), work(5, patience=4)])

    log = reference.simulate(office, workload(office, ticket(0, 100), again))

    assert ends(log)[1] == (ABANDONED, 15)


def test_what_follows_is_the_same_after_either_attempt():
    """Step 3, at team 1, follows step 0 or its second attempt, step 2; each ticket reaches it once."""
    office = desk(Team(), Team())
    steps = [
        work(5, patience=4, again=1),
        delay(6, state=State.REDIAL),
        work(5),
        work(1, team=1, after=(0, 2), needs=1),
    ]

    log = reference.simulate(office, workload(office, ticket(0, steps=steps), ticket(0, steps=steps)))

    assert served(log) == [(0, 0, 5), (0, 5, 6), (1, 10, 15), (1, 15, 16)]


def test_several_can_give_up_in_one_second():
    """Three leave at 5, in three lanes or one; the one who stays is served at 10."""
    office = one_team(discipline=Discipline.WEIGHTED)
    leaving = [ticket(1, 5, patience=4, priority=priority) for priority in (1, 1, 2)]

    log = reference.simulate(office, workload(office, ticket(0, 10), *leaving, ticket(5, 1, priority=4)))

    assert served(log) == [(0, 0, 10), (4, 10, 11)]
    assert ends(log)[1:4] == [(ABANDONED, 5)] * 3


def test_one_branch_given_up_loses_the_ticket_when_the_others_are_done():
    """Team 0's branch is given up at 3; team 1's is worked on until 20. The user is lost at 20."""
    office = desk(Team(), Team())
    both = ticket(0, steps=[work(5, patience=3), work(20, team=1, after=())])

    log = reference.simulate(office, workload(office, ticket(0, 10), both))

    assert ends(log)[1] == (ABANDONED, 20)
