"""Rules that a mutant once broke without being noticed; see `tests/mutation`. Both engines have to keep them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simdesk.policies import AgentChoice, AtShiftEnd, Discipline
from simdesk.states import Outcome
from tiny import (
    Team,
    Ticket,
    agent,
    delay,
    desk,
    ends,
    one_team,
    opening_hours,
    served,
    shift,
    spells,
    ticket,
    until_break,
    work,
    workload,
)
from tiny_desks import Case, of_both_engines, rosters, teams, tickets, works

RESOLVED, ABANDONED = Outcome.RESOLVED, Outcome.ABANDONED
A_DAY = 86_400


@pytest.mark.parametrize("discipline", [Discipline.FIFO, Discipline.PRIORITY])
def test_who_waits_longest_in_this_queue_goes_first_whatever_his_number(discipline: Discipline):
    """At 4 ticket 0 joins the queue for its second step; ticket 1 has been in it since 1."""
    office = one_team(discipline=discipline)

    log = of_both_engines(office, workload(office, ticket(0, steps=[work(4), work(4)]), ticket(1, 4)))

    assert served(log) == [(0, 0, 4), (1, 4, 8), (0, 8, 12)]


@pytest.mark.parametrize(("rounding", "seconds"), [(0, 13), (2730, 13), (2731, 14), (4095, 14)])
def test_ten_seconds_of_work_of_a_slow_agent_take_thirteen_or_fourteen(rounding: int, seconds: int):
    """At 750 thousandths of the speed it is 13 ⅓ s, and two breaks after 4 s of work each change nothing."""
    at_once = one_team([agent(shift(0, 90), speed=750)])
    in_parts = one_team([agent(until_break(0, 4), until_break(20, 24), shift(40, 90), speed=750)])

    for office, begins in ((at_once, 0), (in_parts, 40 - 8)):
        log = of_both_engines(office, workload(office, ticket(0, steps=[work(10, rounding=rounding)])))

        assert ends(log) == [(RESOLVED, begins + seconds)]


def test_many_promises_that_end_at_closing_time_end_then():
    """Open 0-10 and 50-60: 5 s from second 5 end at 10 and not at 50; one second more ends at 51."""
    hours = opening_hours((0, 10), (50, 60))

    assert hours.add_many([5, 5], [5, 6]).tolist() == [10, 51]


def test_a_response_is_promised_from_the_opening_and_not_from_the_entry():
    """Opened 300 s ago with 60 s for a response, which is late already."""
    office = one_team()
    load = replace(workload(office, ticket(0, 5, opened_at=-300)), response_target=np.array([60]))

    log = of_both_engines(office, load)

    assert log.tickets_columns["response_due_at"].tolist() == [-240]


def test_a_ticket_of_two_branches_ends_once():
    """Its branches end at 5 and at 10; the run waits for ticket 1, which ends at 105."""
    office = desk(Team(), Team(), window=(0, 8))
    both = ticket(0, steps=[work(5), work(10, team=1, after=())])

    log = of_both_engines(office, workload(office, both, ticket(1, 100)))

    assert ends(log) == [(RESOLVED, 10), (RESOLVED, 105)]
    assert log.stopped_at == 105


def test_work_that_was_put_down_counts_as_busy():
    """Agent 0 works 5 s, parks, and works 1 s more; agent 1, with 3 s, has worked less and takes the ticket of 20."""
    office = one_team([agent(shift(0, 5), shift(10, 90)), agent(shift(0, 90))], agent_choice=AgentChoice.LEAST_BUSY)

    log = of_both_engines(office, workload(office, ticket(0, 6), ticket(1, 3), ticket(20, 1)))

    assert spells(log) == [(0, 0, 0, 5), (1, 1, 1, 4), (0, 0, 10, 11), (2, 1, 20, 21)]


def test_both_engines_forget_the_work_of_the_day_before():
    """Day 0: agent 0 works 9 s, agent 1 2 s. Day 1: agent 1 takes the first, agent 0 the second and, as equals, 0."""
    office = one_team(2, agent_choice=AgentChoice.LEAST_BUSY, window=(0, 2 * A_DAY), horizon=3 * A_DAY)
    days = (ticket(0, 9), ticket(1, 2), ticket(A_DAY, 1), ticket(A_DAY + 5, 1), ticket(A_DAY + 9, 1))

    log = of_both_engines(office, workload(office, *days))

    assert [who for _, who, _, _ in spells(log)] == [0, 1, 1, 0, 0]


def test_of_helpers_from_several_teams_the_first_team_helps():
    """Team 1's agent is free since 10 only, team 2's since 0; ranks hold within a team, and team 1 stands first."""
    office = desk(Team(agents=0), Team(also_serves=(0,)), Team(also_serves=(0,)))

    log = of_both_engines(office, workload(office, ticket(0, 10, team=1), ticket(20, 5)))

    assert spells(log) == [(0, 0, 0, 10), (1, 0, 20, 25)]


def test_a_fast_helper_does_not_go_before_a_team_of_its_own():
    """FASTEST compares the members of a team; the helper is twice as fast and has nothing to do."""
    own = Team([agent(shift(0, 90))], agent_choice=AgentChoice.FASTEST)
    helper = Team([agent(shift(0, 90), speed=2000)], agent_choice=AgentChoice.FASTEST, also_serves=(0,))
    office = desk(own, helper)

    log = of_both_engines(office, workload(office, ticket(5, 10), ticket(5, 10)))

    assert spells(log) == [(0, 0, 5, 15), (1, 1, 5, 10)]


def test_least_busy_counts_the_local_date():
    """Midnight is at 50. Agent 0 worked 40 s before it, agent 1 from 45 to 55; at 60 the first has not worked today."""
    office = replace(
        one_team(2, agent_choice=AgentChoice.LEAST_BUSY), midnights=(np.array([50 - A_DAY, 50, 50 + A_DAY]),)
    )

    log = of_both_engines(office, workload(office, ticket(0, 40), ticket(45, 10), ticket(60, 1)))

    assert spells(log) == [(0, 0, 0, 40), (1, 1, 45, 55), (2, 0, 60, 61)]


@pytest.mark.parametrize(
    ("discipline", "order"),
    [
        (Discipline.FIFO, [0, 1, 2]),
        (Discipline.LIFO, [2, 1, 0]),
        (Discipline.PRIORITY, [2, 1, 0]),
        (Discipline.AGING, [0, 1, 2]),
        (Discipline.WEIGHTED, [1, 2, 0]),
    ],
)
def test_what_is_open_at_the_start_keeps_its_age(discipline: Discipline, order: list[int]):
    """P4 opened 7 h ago, P2 2.5 h ago, P1 now; a level for each 2 h: 4 - 3.5 < 2 - 1.25 < 1. Weighted,
    2.5 h × 100 is most at first; an hour later 1 h × 1000 is more than 8 h × 2. (The case of ageing is that of
    github.com/r-simmer/simmer/issues/257.)"""
    hour = 3600
    office = one_team(discipline=discipline, promote_after=2 * hour, window=(0, 3 * hour), horizon=9 * hour)
    tickets = [ticket(0, hour, priority=p, opened_at=-round(age * hour)) for p, age in ((3, 7), (1, 2.5), (0, 0))]

    log = of_both_engines(office, workload(office, *tickets))

    assert [who for who, _, _ in served(log)] == order


def test_the_next_of_a_large_bench_is_the_fastest_who_is_left():
    """Agents of speed 1, 3, 4 and 2 take one ticket each, in the order of their speeds."""
    speeds = (1, 3, 4, 2)
    office = one_team([agent(shift(0, 90), speed=1000 * speed) for speed in speeds], agent_choice=AgentChoice.FASTEST)

    log = of_both_engines(office, workload(office, *[ticket(second, 60) for second in range(4)]))

    assert [who for _, who, _, _ in spells(log)] == [2, 1, 3, 0]


def test_the_cohort_is_of_those_opened_before_the_end_of_the_window():
    """The tickets opened at −5 and at 10 are not waited for; that of 9 ends at 15."""
    office = one_team(3, window=(0, 10))

    log = of_both_engines(office, workload(office, ticket(0, 500, opened_at=-5), ticket(9, 6), ticket(10, 500)))

    assert log.stopped_at == 15


def test_the_second_of_the_horizon_is_played():
    """At 60 work, patience and a delay end, and with them the run."""
    office = desk(Team(), Team(agents=0), window=(0, 40), horizon=60)
    due = (ticket(5, 55), ticket(6, 1, team=1, patience=54), ticket(7, steps=[delay(53)]))

    log = of_both_engines(office, workload(office, *due))

    assert ends(log) == [(RESOLVED, 60), (ABANDONED, 60), (RESOLVED, 60)]


def test_nobody_gives_up_who_was_answered_before_his_ticket_was_handed_over():
    """Answered at 0 and handed over at 10; the patience of 20 s was for the first response only."""
    office = one_team([agent(shift(0, 10), shift(50, 90))], at_shift_end=AtShiftEnd.HAND_OVER)

    log = of_both_engines(office, workload(office, ticket(0, 15, patience=20)))

    assert served(log) == [(0, 0, 10), (0, 50, 55)]


def test_what_is_handed_over_keeps_its_place_at_the_cost_of_its_own_team():
    """Helper 0 leaves 5 s of team 1's ticket 0 at 10; with 3 s of team 1 it takes 8 s, before ticket 1 of second 1."""
    helpers = Team([agent(shift(0, 10))], also_serves=(1,), at_shift_end=AtShiftEnd.HAND_OVER, hand_over_work=30)
    office = desk(helpers, Team([agent(shift(20, 90))], hand_over_work=3))

    log = of_both_engines(office, workload(office, ticket(0, 15, team=1), ticket(1, 5, team=1)))

    assert spells(log) == [(0, 0, 0, 10), (0, 1, 20, 28), (1, 1, 28, 33)]


def test_who_tries_again_with_success_is_not_lost():
    """Gives up at 5, queues again at 11 and is served from 12 on."""
    office = one_team()
    again = ticket(1, steps=[work(5, patience=4, again=1), delay(6), work(5, patience=4)])

    log = of_both_engines(office, workload(office, ticket(0, 12), again))

    assert ends(log) == [(RESOLVED, 12), (RESOLVED, 17)]


def test_every_ticket_ends_as_the_workload_says_of_it():
    office = one_team()

    log = of_both_engines(
        office, workload(office, ticket(0, 5), ticket(1, steps=[delay(6)], ends_as=Outcome.SELF_SERVICE))
    )

    assert ends(log) == [(RESOLVED, 5), (Outcome.SELF_SERVICE, 7)]


def test_a_resolution_is_promised_from_the_opening_and_not_from_the_entry():
    office = one_team()

    log = of_both_engines(office, workload(office, ticket(0, 5, opened_at=-300, due_at=-50)))

    assert log.tickets_columns["resolution_due_at"].tolist() == [-50]


def test_a_promise_that_was_paused_counts_as_it_stands_now():
    """Ticket 0, due at 50, is paused until 15 and so due at 65: ticket 1, due at 60, goes before it at 20."""
    office = one_team(discipline=Discipline.EARLIEST_DUE)
    paused = ticket(0, steps=[delay(15, pauses=True), work(5)], due_at=50)

    log = of_both_engines(office, workload(office, paused, ticket(0, 20, due_at=9), ticket(1, 5, due_at=60)))

    assert served(log) == [(1, 0, 20), (2, 20, 25), (0, 25, 30)]


def test_as_many_tickets_as_may_be_open_cut_nothing_short():
    """One may be open, and one is."""
    office = one_team(most_open=1)

    log = of_both_engines(office, workload(office, ticket(0, 10), ticket(20, 10)))

    assert served(log) == [(0, 0, 10), (1, 20, 30)]


@st.composite
def fates(draw: st.DrawFn, count: int) -> Ticket:
    """Any tiny ticket, perhaps with a second branch from the start; some were open before the desk was."""
    one = draw(tickets(count))
    age = draw(st.integers(0, 9)) if one.arrives_at == 0 else 0
    branch = (replace(draw(works(count)), after=()),) if draw(st.booleans()) else ()
    return replace(
        one,
        steps=(*one.steps, *branch),
        opened_at=one.arrives_at - age,
        ends_as=draw(st.sampled_from([RESOLVED, Outcome.SELF_SERVICE])),
    )


@st.composite
def restless_desks(draw: st.DrawFn) -> Case:
    """Many tickets for people who come and go; window and horizon are among them."""
    count = draw(st.integers(1, 3))
    policies = st.sampled_from([AtShiftEnd.HAND_OVER, AtShiftEnd.HAND_OVER, AtShiftEnd.PARK, AtShiftEnd.FINISH])
    crews = tuple(
        replace(
            draw(teams(number, count)),
            agents=draw(st.lists(rosters(), min_size=1, max_size=draw(st.sampled_from([1, 2, 6])))),
            at_shift_end=draw(policies),
            hand_over_work=draw(st.integers(0, 4)),
        )
        for number in range(count)
    )
    demand = draw(st.lists(fates(count), min_size=3, max_size=10))
    begin = draw(st.integers(0, 9))
    end = begin + draw(st.integers(1, 12))
    return Case(
        crews, tuple(sorted(demand, key=lambda one: one.arrives_at)), (begin, end), end + draw(st.integers(0, 30))
    )


@settings(max_examples=150, deadline=None)
@given(restless_desks())
def test_the_logs_of_a_restless_desk_are_equal(case: Case):
    """Whatever the window cuts, whoever comes and goes."""
    of_both_engines(*case.build())
