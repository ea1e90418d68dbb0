"""A ticket is a small graph of steps: chains, delays, branches and joins, and the promises that delays move."""

from __future__ import annotations

from simdesk.clock import NEVER
from simdesk.engine import reference
from simdesk.policies import Discipline
from simdesk.states import Outcome, State
from tiny import Team, delay, desk, ends, one_team, opening_hours, served, spells, ticket, touches, work, workload


def test_an_escalated_ticket_goes_from_team_to_team_in_one_instant():
    office = desk(Team(), Team())

    log = reference.simulate(office, workload(office, ticket(3, steps=[work(5), work(7, team=1)])))

    assert spells(log) == [(0, 0, 3, 8), (0, 1, 8, 15)]


def test_the_first_response_is_the_first_work_and_not_a_delay():
    office = one_team()
    steps = [delay(4, state=State.SELF_SERVICE), work(5), work(5)]

    log = reference.simulate(office, workload(office, ticket(3, steps=steps)))

    assert log.tickets_columns["responded_at"].tolist() == [7]


def test_a_ticket_that_waits_keeps_no_agent():
    """While ticket 0 is pending, from 5 to 25, the agent serves ticket 1."""
    office = one_team()

    log = reference.simulate(office, workload(office, ticket(0, steps=[work(5), delay(20), work(5)]), ticket(1, 5)))

    assert served(log) == [(0, 0, 5), (1, 5, 10), (0, 25, 30)]
    assert (0, State.PENDING, -1, 5, 5, 25) in touches(log)


def test_a_delay_in_business_time_ends_within_the_opening_hours():
    """Open 0-10 and 50-60: 7 s from second 5 are 5 s today and 2 s of the next opening."""
    office = one_team(calendars=[opening_hours((0, 10), (50, 60))])

    log = reference.simulate(office, workload(office, ticket(5, steps=[delay(7, calendar=1), work(1)])))

    assert served(log) == [(0, 52, 53)]


def test_a_delay_that_its_calendar_never_ends_keeps_the_ticket_open():
    office = one_team(calendars=[opening_hours((0, 10))], horizon=2000)

    log = reference.simulate(office, workload(office, ticket(5, steps=[delay(7, calendar=1), work(1)])))

    assert ends(log) == [(Outcome.OPEN, NEVER)]
    assert log.stopped_at == 2000


def test_a_delay_without_length_is_over_before_the_dispatch_of_the_instant():
    """Both are queued at 10, ticket 1 by way of a delay of 0 s; as a P1 it goes first."""
    office = one_team(discipline=Discipline.PRIORITY)

    log = reference.simulate(
        office, workload(office, ticket(0, 10), ticket(10, 5), ticket(10, steps=[delay(0), work(5)], priority=0))
    )

    assert served(log) == [(0, 0, 10), (2, 10, 15), (1, 15, 20)]


def test_branches_run_side_by_side_and_join():
    """After step 0, steps 1 (team 0, until 9) and 2 (team 1, until 14); step 3 needs both, so it begins at 14."""
    office = desk(Team(), Team())
    steps = [work(4), work(5, after=(0,)), work(10, team=1, after=(0,)), work(1, after=(1, 2))]

    log = reference.simulate(office, workload(office, ticket(0, steps=steps)))

    assert spells(log) == [(0, 0, 0, 4), (0, 0, 4, 9), (0, 1, 4, 14), (0, 0, 14, 15)]
    assert ends(log) == [(Outcome.RESOLVED, 15)]


def test_steps_that_wait_for_nothing_all_begin_on_arrival():
    """Two steps for one agent: the lower number first; the ticket ends with the last."""
    office = one_team()

    log = reference.simulate(office, workload(office, ticket(2, steps=[work(5), work(3, after=())])))

    assert served(log) == [(0, 2, 7), (0, 7, 10)]
    assert log.touches_columns["step"].tolist() == [0, 1]
    assert ends(log) == [(Outcome.RESOLVED, 10)]


def test_the_order_in_which_branches_are_listed_does_not_matter():
    """Steps 1 and 2 of the ticket compete for one agent at 4: step 1 goes first, wherever it is listed."""
    office = one_team()
    for order in ((1, 2), (2, 1)):
        load = workload(office, ticket(0, steps=[work(4), work(5, after=(0,)), work(3, after=(0,))]))
        load.successors[:] = order

        log = reference.simulate(office, load)

        assert log.touches_columns["started_at"].tolist() == [0, 4, 9]


def test_a_ticket_ends_as_the_workload_says():
    office = one_team()

    log = reference.simulate(office, workload(office, ticket(1, steps=[delay(6)], ends_as=Outcome.SELF_SERVICE)))

    assert ends(log) == [(Outcome.SELF_SERVICE, 7)]
    assert log.tickets_columns["responded_at"].tolist() == [NEVER]


def test_the_promise_moves_by_as_long_as_its_clock_stood_still():
    """Due at 100; pending for 20 s with the clock stopped and for 30 s with the clock running: due at 120."""
    office = one_team()
    steps = [work(5), delay(20, pauses=True), delay(30), work(5)]

    columns = reference.simulate(office, workload(office, ticket(0, steps=steps, due_at=100))).tickets_columns

    assert columns["resolution_due_at"].tolist() == [120]
    assert columns["resolution_paused"].tolist() == [20]


def test_a_pause_counts_only_where_the_clock_of_the_promise_would_have_run():
    """Open 0-10, 50-60, 90-99. Due at 55; paused from 5 to 53, 8 s of it open: due 8 open seconds after 55, at 93."""
    office = one_team(calendars=[opening_hours((0, 10), (50, 60), (90, 99))])
    steps = [work(5), delay(48, pauses=True), work(5)]

    columns = reference.simulate(office, workload(office, ticket(0, steps=steps, due_at=55, clock=1))).tickets_columns

    assert columns["resolution_due_at"].tolist() == [93]
    assert columns["resolution_paused"].tolist() == [8]


def test_without_a_promise_nothing_is_paused():
    office = one_team()

    columns = reference.simulate(office, workload(office, ticket(0, steps=[delay(9, pauses=True)]))).tickets_columns

    assert columns["resolution_due_at"].tolist() == [NEVER]
    assert columns["resolution_paused"].tolist() == [0]


def test_a_moved_promise_moves_the_ticket_in_the_queue():
    """Ticket 0, due at 50, is pending until 15 and then due at 65: ticket 1, due at 60, goes before it at 20."""
    office = one_team(discipline=Discipline.EARLIEST_DUE)
    pending = ticket(0, steps=[delay(15, pauses=True), work(5)], due_at=50)

    log = reference.simulate(office, workload(office, pending, ticket(0, 20, due_at=9), ticket(1, 5, due_at=60)))

    assert served(log) == [(1, 0, 20), (2, 20, 25), (0, 25, 30)]
