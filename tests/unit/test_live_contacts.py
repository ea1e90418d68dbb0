"""Breaks and ends of shifts: who is on the line is not put aside, all else is. Worked by hand, for both engines."""

from __future__ import annotations

import pytest

from simdesk.policies import AtBreak, AtShiftEnd, Begins
from simdesk.ticketlog import TicketLog
from tiny import (
    Agent,
    StaffedDesk,
    Ticket,
    agent,
    delay,
    one_team,
    served,
    shift,
    spells,
    ticket,
    until_break,
    work,
    workload,
)
from tiny_desks import of_both_engines

WITH_A_BREAK = agent(until_break(0, 10), shift(15, 60))


def simulate(office: StaffedDesk, *tickets: Ticket) -> TicketLog:
    """What happens to some tickets, in either engine."""
    return of_both_engines(office, workload(office, *tickets))


def call(arrives_at: int, seconds: int) -> Ticket:
    """A live contact."""
    return ticket(arrives_at, steps=[work(seconds, live=True)])


def presence(log: TicketLog) -> list[tuple[int, int]]:
    """When the agent was there."""
    duty = log.duty_columns
    there = duty["paid"] == 0
    return list(zip(duty["started_at"][there].tolist(), duty["ended_at"][there].tolist(), strict=True))


def test_a_break_waits_for_a_call_and_is_as_long_as_planned():
    """The call lasts from 8 to 13, so the break of 5 s is from 13 to 18; then comes who called at 9."""
    log = simulate(one_team([WITH_A_BREAK]), call(8, 5), call(9, 2))

    assert served(log) == [(0, 8, 13), (1, 18, 20)]
    assert presence(log) == [(0, 13), (18, 60)]


def test_work_that_is_not_live_is_parked_for_a_break():
    log = simulate(one_team([WITH_A_BREAK]), ticket(8, 5), ticket(9, 2))

    assert served(log) == [(0, 8, 10), (0, 15, 18), (1, 18, 20)]
    assert presence(log) == [(0, 10), (15, 60)]


def test_the_end_of_a_shift_finishes_a_call_and_parks_other_work():
    people = [agent(shift(0, 10), shift(20, 60))] * 2

    log = simulate(one_team(people), call(8, 5), ticket(8, 5))

    assert served(log) == [(0, 8, 13), (1, 8, 10), (1, 20, 23)]


@pytest.mark.parametrize(
    ("seconds", "back", "there"),
    [
        (9, [(1, 19, 20), (2, 25, 26)], [(0, 17), (19, 20), (25, 60)]),  # done at 17, away for 2 s, there for one
        (10, [(1, 25, 26), (2, 26, 27)], [(0, 18), (25, 60)]),  # done at 18: the 2 s missed, and at 20 the 5 s due
        (14, [(1, 29, 30), (2, 30, 31)], [(0, 22), (29, 60)]),  # done at 22: both breaks were missed, 7 s
    ],
)
def test_breaks_that_meet_are_added(seconds: int, back: list[tuple[int, int, int]], there: list[tuple[int, int]]):
    """Breaks are planned from 10 to 12 and from 20 to 25; a call comes at 8, and two of a second each at 9."""
    breaks = one_team([agent(until_break(0, 10), until_break(12, 20), shift(25, 60))])

    log = simulate(breaks, call(8, seconds), call(9, 1), call(9, 1))

    assert served(log) == [(0, 8, 8 + seconds), *back]
    assert presence(log) == there


def test_the_end_of_a_shift_takes_the_break_that_still_waits():
    """He talks until 18, two seconds beyond his shift, and is back for the next; in his break he was not there."""
    breaks = one_team([agent(until_break(0, 10), shift(12, 16), shift(30, 60))])

    log = simulate(breaks, call(8, 10), call(9, 1))

    assert served(log) == [(0, 8, 18), (1, 30, 31)]
    assert presence(log) == [(0, 10), (12, 16), (30, 60)]


def test_a_break_before_the_end_of_the_shift_lasts_no_longer():
    """Done at 15 he would be back at 20, when his shift has been over for two seconds."""
    breaks = one_team([agent(until_break(0, 10), shift(15, 18), shift(30, 60))])

    log = simulate(breaks, call(8, 7), call(9, 1))

    assert served(log) == [(0, 8, 15), (1, 30, 31)]
    assert presence(log) == [(0, 13), (30, 60)]  # two of five seconds of break were work


def test_a_long_break_that_moves_to_the_end_of_the_shift_is_cut():
    """Done at 30, of his ten seconds of break he has the six until the shift ends: four were work."""
    breaks = one_team([agent(until_break(0, 10), shift(20, 36), shift(50, 60))])

    log = simulate(breaks, call(8, 22))

    assert served(log) == [(0, 8, 30)]
    assert presence(log) == [(0, 16), (20, 30), (50, 60)]


def test_a_break_under_way_when_the_run_stops_is_a_break():
    """Done at 13, the run stops at 16 and he would be back at 18."""
    log = simulate(one_team([WITH_A_BREAK], window=(0, 16)), call(8, 5))

    assert log.stopped_at == 16
    assert presence(log) == [(0, 13), (18, 60)]


def test_a_break_that_still_waits_when_the_run_stops_has_waited():
    """On the line until 13, the run stops at 12."""
    log = simulate(one_team([WITH_A_BREAK], window=(0, 12), horizon=12), call(8, 5))

    assert presence(log) == [(0, 12), (15, 60)]


def test_a_team_may_put_calls_aside():
    office = one_team([WITH_A_BREAK], live_at_break=AtBreak.PARK, live_at_shift_end=AtShiftEnd.PARK)

    log = simulate(office, call(8, 5))

    assert served(log) == [(0, 8, 10), (0, 15, 18)]


def test_a_call_that_was_put_down_is_not_live_any_more():
    """Handed over at the first break, it is parked at the second as all other work is."""
    breaks = agent(until_break(0, 10), until_break(15, 16), shift(20, 60))
    office = one_team([breaks], live_at_break=AtBreak.HAND_OVER, at_break=AtBreak.PARK)

    log = simulate(office, call(8, 5), ticket(15, 1))

    assert served(log) == [(0, 8, 10), (0, 15, 16), (0, 20, 22), (1, 22, 23)]


def test_a_break_that_begins_in_the_second_in_which_a_call_ends_does_not_move():
    log = simulate(one_team([WITH_A_BREAK]), call(8, 2), call(9, 2))

    assert served(log) == [(0, 8, 10), (1, 15, 17)]


def test_work_may_hold_a_break_too():
    office = one_team([WITH_A_BREAK], at_break=AtBreak.WAIT)

    assert served(simulate(office, ticket(8, 5), ticket(9, 2))) == [(0, 8, 13), (1, 18, 20)]


def test_what_does_not_fit_is_not_begun_and_what_follows_is():
    """At 6 there are 4 s left: the 5 s of ticket 0 wait for the next shift, the 3 s of ticket 1 are done at once."""
    office = one_team([agent(shift(0, 10), shift(20, 60))], begins=Begins.WHAT_FITS)

    log = simulate(office, ticket(6, 5), ticket(6, 3))

    assert served(log) == [(1, 6, 9), (0, 20, 25)]


def test_what_is_expected_decides_and_not_what_it_will_take():
    """Four seconds fit into four; the 7 s that it takes are parked after 4."""
    office = one_team([agent(shift(0, 10), shift(20, 60))], begins=Begins.WHAT_FITS)

    log = simulate(office, ticket(6, 7, expected=4))

    assert served(log) == [(0, 6, 10), (0, 20, 23)]


def test_what_would_never_fit_is_begun():
    """No shift has 11 s."""
    office = one_team([agent(shift(0, 10), shift(20, 30))], begins=Begins.WHAT_FITS)

    log = simulate(office, ticket(6, 11))

    assert served(log) == [(0, 6, 10), (0, 20, 27)]


def test_of_free_agents_he_begins_for_whom_it_fits():
    """Agent 0 has been free longest, but goes home in 4 s; agent 1, half as fast again, needs 4 s for work of 6 s."""
    people: list[Agent] = [agent(shift(0, 10)), agent(shift(1, 10), speed=1500), agent(shift(2, 60))]
    office = one_team(people, begins=Begins.WHAT_FITS)

    log = simulate(office, ticket(6, 6), ticket(6, 6))

    assert spells(log) == [(0, 1, 6, 10), (1, 2, 6, 12)]


def test_a_call_after_a_wait_is_live_and_its_second_step_is_what_it_says():
    """Only steps that are marked are live: the second step here is parked at the break."""
    log = simulate(one_team([WITH_A_BREAK]), ticket(6, steps=[work(2, live=True), delay(0), work(5)]))

    assert served(log) == [(0, 6, 8), (0, 8, 10), (0, 15, 18)]
