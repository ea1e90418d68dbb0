"""The reference engine tells the life of a desk; the stories of its themes are in the files beside this one.

Here: one instant after another, the start and the end of a run.
"""

from __future__ import annotations

import pytest

from simdesk.clock import NEVER
from simdesk.engine import reference, run
from simdesk.errors import RunError, SimdeskError
from simdesk.states import Outcome, State
from tiny import Team, agent, delay, desk, ends, one_team, served, shift, spells, ticket, touches, work, workload


def test_tickets_of_one_second_are_served_by_their_number():
    office = one_team()

    log = reference.simulate(office, workload(office, *[ticket(3, 2)] * 3))

    assert served(log) == [(0, 3, 5), (1, 5, 7), (2, 7, 9)]


def test_free_agents_begin_in_the_same_second():
    office = one_team(3)

    log = reference.simulate(office, workload(office, *[ticket(3, 2)] * 3))

    assert spells(log) == [(0, 0, 3, 5), (1, 1, 3, 5), (2, 2, 3, 5)]


def test_a_finished_ticket_joins_its_next_queue_before_anybody_is_served():
    """At 10 team 0 passes ticket 1 on to team 1, whose agent is free then: it goes before ticket 2 of second 10."""
    office = desk(Team(), Team())
    tickets = (ticket(0, 10, team=1), ticket(0, steps=[work(10), work(5, team=1)]), ticket(10, 5, team=1))

    log = reference.simulate(office, workload(office, *tickets))

    assert spells(log) == [(0, 1, 0, 10), (1, 0, 0, 10), (1, 1, 10, 15), (2, 1, 15, 20)]


def test_a_chain_of_steps_without_length_takes_no_time():
    """Back and forth between two teams within second 7, while ticket 1 uses the same agents in turn."""
    office = desk(Team(), Team())
    chain = [work(0), work(0, team=1), delay(0), work(0), work(0, team=1)]

    log = reference.simulate(office, workload(office, ticket(7, steps=chain), ticket(7, steps=chain)))

    assert {row[4:] for row in touches(log)} == {(7, 7)}
    assert ends(log) == [(Outcome.RESOLVED, 7)] * 2


def test_nobody_is_served_where_nobody_works():
    office = one_team(agents=0, horizon=2000)

    log = reference.simulate(office, workload(office, ticket(3, 5)))

    assert touches(log) == [(0, State.WORK, -1, 3, NEVER, NEVER)]
    assert ends(log) == [(Outcome.OPEN, NEVER)]


def test_a_desk_without_tickets_is_quiet():
    office = one_team(window=(0, 50))

    log = reference.simulate(office, workload(office))

    assert (len(log), touches(log), log.stopped_at) == (0, [], 50)


def test_the_run_stops_when_the_window_is_over_and_its_tickets_have_ended():
    """The window ends at 20; its last ticket ends at 25. Ticket 3, of second 21, is in the log; ticket 4 never came."""
    office = one_team(window=(0, 20))
    tickets = (ticket(0, 10), ticket(1, 10), ticket(19, 5), ticket(21, 50), ticket(30, 1))

    log = reference.simulate(office, workload(office, *tickets))

    assert served(log) == [(0, 0, 10), (1, 10, 20), (2, 20, 25), (3, 25, NEVER)]
    assert (len(log), log.stopped_at) == (4, 25)
    assert log.touches_columns["effort"].tolist() == [10, 10, 5, 0]


def test_a_quiet_run_lasts_until_the_end_of_its_window():
    office = one_team(window=(0, 300))

    log = reference.simulate(office, workload(office, ticket(0, 10)))

    assert log.stopped_at == 300


def test_only_tickets_opened_in_the_window_are_waited_for():
    """Ticket 0 was opened during the warm-up and works until 500; the cohort, ticket 1, ends at 45."""
    office = one_team(2, window=(20, 40))

    log = reference.simulate(office, workload(office, ticket(0, 500), ticket(39, 6), ticket(40, 7)))

    assert log.stopped_at == 45


def test_the_horizon_ends_a_run_that_cannot_finish():
    """Work of 900 s from second 5 is not done at 60; 55 s of effort have gone into it."""
    office = one_team([agent(shift(0, 90))], window=(0, 40), horizon=60)

    log = reference.simulate(office, workload(office, ticket(5, 900)))

    assert log.stopped_at == 60
    assert log.touches_columns["effort"].tolist() == [55]
    assert ends(log) == [(Outcome.OPEN, NEVER)]


def test_the_instant_of_the_end_is_played_to_its_end():
    """The cohort's last ticket ends at 20; ticket 1 of the same second is still answered."""
    office = one_team(window=(0, 15))

    log = reference.simulate(office, workload(office, ticket(0, 20), ticket(20, 5)))

    assert served(log) == [(0, 0, 20), (1, 20, NEVER)]
    assert log.stopped_at == 20


def test_tickets_open_at_the_start_are_there_before_all_others():
    """Opened 300 s and 100 s ago, they enter in second 0 and go before the ticket of second 0."""
    office = one_team()
    tickets = (ticket(0, 5, opened_at=-300), ticket(0, 5, opened_at=-100), ticket(0, 5))

    log = reference.simulate(office, workload(office, *tickets))

    assert served(log) == [(0, 0, 5), (1, 5, 10), (2, 10, 15)]
    assert log.tickets_columns["opened_at"].tolist() == [-300, -100, 0]


def test_a_promise_runs_from_the_opening_and_not_from_the_entry():
    office = one_team()

    log = reference.simulate(office, workload(office, ticket(0, 5, opened_at=-300, due_at=-50)))

    assert log.tickets_columns["resolution_due_at"].tolist() == [-50]


def test_a_workload_can_be_run_twice():
    """A run changes neither desk nor workload, so the second log is the first."""
    office = desk(Team([agent(shift(0, 9), shift(20, 99))]), Team())
    load = workload(office, *[ticket(1, steps=[work(5), delay(3, pauses=True), work(2, team=1)], due_at=50)] * 3)

    digests = {reference.simulate(office, load).digest() for _ in range(2)}

    assert len(digests) == 1


def test_time_never_goes_back():
    """The agent would have to come at 10, while he is there until 20; SimPy would set the clock back without a word."""
    office = one_team([agent(shift(0, 20), shift(10, 30))])

    with pytest.raises(RunError, match="was due 10 s ago: do spells of presence overlap"):
        reference.simulate(office, workload(office, ticket(5, 3)))


def test_an_unknown_engine_is_refused_by_name():
    office = one_team()

    with pytest.raises(SimdeskError, match=r"no engine 'abacus'; known: .*reference"):
        run(office, workload(office), engine="abacus")


def test_the_reference_engine_runs_by_its_name():
    office = one_team()

    log = run(office, workload(office, ticket(0, 5)), engine="reference")

    assert served(log) == [(0, 0, 5)]
