"""People come and go: what happens to the work in hand, and to the tickets that wait."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from simdesk.clock import NEVER
from simdesk.engine import reference
from simdesk.policies import AgentChoice, AtShiftEnd, Discipline
from simdesk.states import State
from tiny import Team, agent, desk, one_team, served, shift, spells, ticket, touches, until_break, work, workload

MORNINGS = agent(shift(0, 10), shift(50, 90))
NIGHTS = agent(shift(10, 40))


@dataclass(frozen=True)
class Example:
    """What becomes of 14 s of work that begin at 4, when the shift ends at 10 and another agent comes then."""

    why: str
    expected: list[tuple[int, int, int, int]]


EXAMPLES = {
    AtShiftEnd.FINISH: Example("agent 0 stays until 18", [(0, 0, 4, 18)]),
    AtShiftEnd.PARK: Example("6 s are done, 8 s remain for agent 0, from 50", [(0, 0, 4, 10), (0, 0, 50, 58)]),
    AtShiftEnd.HAND_OVER: Example(
        "8 s remain, and 3 s for the hand-over: agent 1 needs 11 s from 10", [(0, 0, 4, 10), (0, 1, 10, 21)]
    ),
}


def test_every_way_to_end_a_shift_has_a_worked_example():
    assert set(EXAMPLES) == set(AtShiftEnd)


@pytest.mark.parametrize("policy", EXAMPLES, ids=lambda policy: policy.name)
def test_the_team_decides_what_becomes_of_work_in_hand_at_the_end_of_a_shift(policy: AtShiftEnd):
    office = one_team([MORNINGS, NIGHTS], at_shift_end=policy, hand_over_work=3)

    log = reference.simulate(office, workload(office, ticket(4, 14)))

    assert spells(log) == EXAMPLES[policy].expected, EXAMPLES[policy].why


def test_a_break_has_a_rule_of_its_own():
    """The break of 10 is put off (FINISH) until 12; the shift end of 40 parks what began at 35."""
    office = one_team(
        [agent(until_break(0, 10), shift(20, 40), shift(60, 90))],
        at_break=AtShiftEnd.FINISH,
        at_shift_end=AtShiftEnd.PARK,
    )

    log = reference.simulate(office, workload(office, ticket(4, 8), ticket(13, 1), ticket(35, 8)))

    assert served(log) == [(0, 4, 12), (1, 20, 21), (2, 35, 40), (2, 60, 63)]


def test_who_works_through_a_break_goes_when_the_shift_ends():
    """The break from 10 to 20 is put off for 35 s of work; the shift end of 30 parks the 5 s that remain."""
    office = one_team(
        [agent(until_break(0, 10), shift(20, 30), shift(50, 90))],
        at_break=AtShiftEnd.FINISH,
        at_shift_end=AtShiftEnd.PARK,
    )

    log = reference.simulate(office, workload(office, ticket(0, 35)))

    assert served(log) == [(0, 0, 30), (0, 50, 55)]


def test_work_that_ends_in_the_second_of_the_shift_end_is_finished():
    office = one_team([MORNINGS, NIGHTS], at_shift_end=AtShiftEnd.HAND_OVER, hand_over_work=3)

    log = reference.simulate(office, workload(office, ticket(4, 6)))

    assert spells(log) == [(0, 0, 4, 10)]


def test_nobody_begins_in_the_second_in_which_he_leaves():
    """The ticket of second 10 waits for the next shift, also if it needs no time at all."""
    office = one_team([MORNINGS])

    log = reference.simulate(office, workload(office, ticket(10, 0), ticket(10, 5)))

    assert served(log) == [(0, 50, 50), (1, 50, 55)]


def test_who_comes_in_the_second_of_an_arrival_takes_it():
    office = one_team([MORNINGS])

    log = reference.simulate(office, workload(office, ticket(50, 5)))

    assert served(log) == [(0, 50, 55)]


def test_who_comes_in_the_second_of_an_arrival_is_chosen_from_like_the_others():
    """Agent 0 has been free since 0; agent 1 is faster, comes at 50, and takes the ticket of 50."""
    office = one_team([agent(shift(0, 90)), agent(shift(50, 90), speed=2000)], agent_choice=AgentChoice.FASTEST)

    log = reference.simulate(office, workload(office, ticket(50, 6)))

    assert spells(log) == [(0, 1, 50, 53)]


def test_who_has_gone_home_is_not_called():
    """Agent 0 was free before agent 1, but left at 10; the ticket of 12 is agent 1's."""
    office = one_team([agent(shift(0, 10)), agent(shift(5, 40))])

    log = reference.simulate(office, workload(office, ticket(12, 3)))

    assert spells(log) == [(0, 1, 12, 15)]


def test_a_shift_that_follows_at_once_interrupts_but_costs_no_time():
    """Parked at 10 and resumed at 10: two spells without a gap."""
    office = one_team([agent(shift(0, 10), shift(10, 20))])

    log = reference.simulate(office, workload(office, ticket(4, 9)))

    assert served(log) == [(0, 4, 10), (0, 10, 13)]


def test_parked_work_comes_before_any_waiting_ticket():
    """The P1 of second 12 is more urgent; the agent still goes on with what he parked, from 50 to 55."""
    office = one_team([MORNINGS], discipline=Discipline.PRIORITY)

    log = reference.simulate(office, workload(office, ticket(4, 11, priority=4), ticket(12, 5, priority=0)))

    assert served(log) == [(0, 4, 10), (0, 50, 55), (1, 55, 60)]


def test_parked_work_waits_for_its_agent_while_others_are_free():
    office = one_team([MORNINGS, NIGHTS])

    log = reference.simulate(office, workload(office, ticket(4, 8), ticket(12, 5)))

    assert spells(log) == [(0, 0, 4, 10), (1, 1, 12, 17), (0, 0, 50, 52)]


def test_the_log_tells_parked_from_queued():
    """The second wait of ticket 0 is from 10 to 50 and PARKED; its effort is 6 s and 2 s."""
    office = one_team([MORNINGS])

    columns = reference.simulate(office, workload(office, ticket(4, 8))).touches_columns

    assert columns["waited_in"].tolist() == [State.QUEUE, State.PARKED]
    assert columns["queued_at"].tolist() == [4, 10]
    assert columns["effort"].tolist() == [6, 2]


def test_what_is_handed_over_keeps_its_place_in_the_queue():
    """Handed over at 10, ticket 0 (of second 0) goes before ticket 1 (of second 1), which has waited all the time."""
    office = one_team([agent(shift(0, 10)), agent(shift(20, 90))], at_shift_end=AtShiftEnd.HAND_OVER)

    log = reference.simulate(office, workload(office, ticket(0, 15), ticket(1, 5)))

    assert spells(log) == [(0, 0, 0, 10), (0, 1, 20, 25), (1, 1, 25, 30)]


def test_the_newest_first_also_keeps_the_place_of_what_is_handed_over():
    """With LIFO ticket 1 (of second 1) goes before ticket 0 (of second 0), although that came back last."""
    office = one_team(
        [agent(shift(0, 10)), agent(shift(20, 90))],
        at_shift_end=AtShiftEnd.HAND_OVER,
        discipline=Discipline.LIFO,
    )

    log = reference.simulate(office, workload(office, ticket(0, 15), ticket(1, 5)))

    assert spells(log) == [(0, 0, 0, 10), (1, 1, 20, 25), (0, 1, 25, 30)]


def test_what_remains_is_kept_to_the_millisecond_for_an_agent_of_another_speed():
    """20 s of work: at speed 0.333 10 s do 3.33 s; the 16.67 s that remain take 9 s at speed 2 (8.335 rounded up)."""
    office = one_team(
        [agent(shift(0, 10), speed=333), agent(shift(10, 90), speed=2000)], at_shift_end=AtShiftEnd.HAND_OVER
    )

    log = reference.simulate(office, workload(office, ticket(0, 20)))

    assert spells(log) == [(0, 0, 0, 10), (0, 1, 10, 19)]


def test_an_agent_can_park_work_of_another_team():
    """Agent 0 helps team 1, goes at 10 and comes back at 50 for it; team 1's own agent does not touch it."""
    office = desk(Team([MORNINGS], also_serves=(1,)), Team([NIGHTS]))

    log = reference.simulate(office, workload(office, ticket(4, 8, team=1), ticket(12, 1, team=1)))

    assert spells(log) == [(0, 0, 4, 10), (1, 1, 12, 13), (0, 0, 50, 52)]


def test_work_is_handed_over_to_the_queue_of_its_own_team():
    """Helper 0 leaves team 1's ticket at 10 with 2 s; with the 3 s of team 1's hand-over its agent needs until 15."""
    office = desk(
        Team([MORNINGS], also_serves=(1,), at_shift_end=AtShiftEnd.HAND_OVER, hand_over_work=30),
        Team([NIGHTS], hand_over_work=3),
    )

    log = reference.simulate(office, workload(office, ticket(4, 8, team=1)))

    assert spells(log) == [(0, 0, 4, 10), (0, 1, 10, 15)]


def test_who_stays_to_finish_takes_nothing_more():
    """He works until 18 and is away then: the ticket of second 12 waits until he comes back at 50."""
    office = one_team([MORNINGS], at_shift_end=AtShiftEnd.FINISH)

    log = reference.simulate(office, workload(office, ticket(4, 14), ticket(12, 5)))

    assert served(log) == [(0, 4, 18), (1, 50, 55)]


def test_who_works_overtime_into_his_next_shift_is_simply_there():
    """His overtime ends at 60, in the shift that began at 50; then he takes what waits."""
    office = one_team([MORNINGS], at_shift_end=AtShiftEnd.FINISH)

    log = reference.simulate(office, workload(office, ticket(4, 56), ticket(12, 5)))

    assert served(log) == [(0, 4, 60), (1, 60, 65)]


def test_work_parked_by_somebody_who_never_comes_back_stays_open():
    office = one_team([agent(shift(0, 10))], horizon=200, window=(0, 100))

    log = reference.simulate(office, workload(office, ticket(4, 14)))

    assert touches(log) == [(0, State.WORK, 0, 4, 4, 10), (0, State.WORK, -1, 10, NEVER, NEVER)]
    assert log.stopped_at == 200


def test_an_interrupted_ticket_may_follow_its_own_steps_to_another_team():
    """Step 0 is parked at 10 and done at 52; step 1 goes to team 1 at once."""
    office = desk(Team([MORNINGS]), Team())

    log = reference.simulate(office, workload(office, ticket(4, steps=[work(8), work(5, team=1)])))

    assert spells(log) == [(0, 0, 4, 10), (0, 0, 50, 52), (0, 1, 52, 57)]
