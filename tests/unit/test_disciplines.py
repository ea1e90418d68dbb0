"""Which ticket is next, and who takes it: one example for every discipline and every choice, worked out by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from simdesk.engine import reference
from simdesk.policies import AgentChoice, Discipline
from tiny import Agent, Team, Ticket, at_speed, desk, one_team, served, spells, ticket, work, workload


@dataclass(frozen=True)
class Example:
    """Tickets that wait for one agent who is busy until second 10, and the order in which they must be served."""

    why: str
    waiting: Sequence[Ticket]
    order: list[int]
    rules: dict[str, Any] = field(default_factory=dict)


EXAMPLES = {
    Discipline.FIFO: Example(
        "in the order in which they came; two of one second by their number",
        [ticket(1, 5), ticket(2, 5), ticket(2, 5)],
        [1, 2, 3],
    ),
    Discipline.LIFO: Example(
        "the newest first; two of one second still by their number",
        [ticket(1, 5), ticket(2, 5), ticket(2, 5)],
        [2, 3, 1],
    ),
    Discipline.PRIORITY: Example(
        "P1 before P3 before P4, and of two P3 the older",
        [ticket(1, 5, priority=3), ticket(2, 5), ticket(3, 5), ticket(4, 5, priority=0)],
        [4, 2, 3, 1],
    ),
    Discipline.EARLIEST_DUE: Example(
        "a late, urgent ticket overtakes an early, patient one; without a promise it is last",
        [ticket(1, 5), ticket(2, 5, due_at=90), ticket(3, 5, due_at=50)],
        [3, 2, 1],
    ),
    Discipline.LEAST_SLACK: Example(
        "due at 90 with 60 s of work is tighter (30) than due at 50 with 5 s (45); the mean of the kind counts",
        [ticket(1, 5, due_at=50), ticket(2, 5, expected=60, due_at=90)],
        [2, 1],
    ),
    Discipline.SHORTEST_JOB: Example(
        "its own work counts, not the mean of its kind",
        [ticket(1, 8, expected=1), ticket(2, 3, expected=9), ticket(3, 5, expected=5)],
        [2, 3, 1],
    ),
    Discipline.COST: Example(
        "mean work over cost: 100/1000 for the P1, 2/2 for the P4, 20/10 for the P3; the drawn work does not count",
        [
            ticket(1, 5, expected=20, priority=2),
            ticket(2, 5, expected=2, priority=3),
            ticket(3, 5, expected=100, priority=0),
        ],
        [3, 2, 1],
    ),
    Discipline.AGING: Example(
        "a level is worth 3 s: P4 of 1 counts as 10, P3 of 5 as 11, P1 of 9 as 9",
        [ticket(1, 5, priority=3), ticket(5, 5, priority=2), ticket(9, 5, priority=0)],
        [3, 1, 2],
        {"promote_after": 3},
    ),
    Discipline.WEIGHTED: Example(
        "at 10 the P3 has 4·10 = 40, the P4 9·2 = 18, the P1 0·1000 = 0; at 15 the P1 has 5·1000, the P4 14·2",
        [ticket(1, 5, priority=3), ticket(6, 5, priority=2), ticket(10, 5, priority=0)],
        [2, 3, 1],
    ),
}


def test_every_discipline_has_a_worked_example():
    assert set(EXAMPLES) == set(Discipline)


@pytest.mark.parametrize("discipline", EXAMPLES, ids=lambda discipline: discipline.name)
def test_the_discipline_decides_who_is_next(discipline: Discipline):
    """Ticket 0 keeps the only agent busy until 10; the others need 5 s each and start at 10, 15, 20 …"""
    example = EXAMPLES[discipline]
    office = one_team(discipline=discipline, **example.rules)

    log = reference.simulate(office, workload(office, ticket(0, 10), *example.waiting))

    assert [number for number, _, _ in served(log)] == [0, *example.order], example.why


def test_the_ticket_due_first_is_served_first():
    """With EARLIEST_DUE a late, urgent ticket overtakes an early, patient one."""
    office = one_team(agents=1, discipline=Discipline.EARLIEST_DUE)
    tickets = workload(
        office,
        ticket(arrives_at=0, work=10, due_at=100),
        ticket(arrives_at=1, work=5, due_at=90),
        ticket(arrives_at=2, work=5, due_at=50),
    )

    log = reference.simulate(office, tickets)

    assert served(log) == [(0, 0, 10), (2, 10, 15), (1, 15, 20)]


def test_weights_are_compared_at_the_moment_of_choice():
    """P3 of 0 (weight 10) and P2 of 8 (weight 100): at 8.8 s they are even; at 8 the P3 goes first, at 9 the P2."""
    tickets = (ticket(0, 3, priority=2), ticket(8, 3, priority=1))
    orders = []

    for busy_until in (8, 9):
        office = one_team(discipline=Discipline.WEIGHTED)
        log = reference.simulate(office, workload(office, ticket(0, busy_until, priority=0), *tickets))
        orders.append([number for number, _, _ in served(log)])

    assert orders == [[0, 1, 2], [0, 2, 1]]


def test_lanes_of_equal_score_go_by_the_number_of_the_ticket():
    """P3 has waited 10 s with weight 10, P2 1 s with weight 100: both 100, so ticket 1 goes before ticket 2."""
    office = one_team(discipline=Discipline.WEIGHTED)
    tickets = (ticket(0, 10, priority=1), ticket(0, 1, priority=2), ticket(9, 1, priority=1))

    log = reference.simulate(office, workload(office, *tickets))

    assert served(log) == [(0, 0, 10), (1, 10, 11), (2, 11, 12)]


def test_all_of_one_instant_are_there_before_the_choice_is_made():
    """The agent is free at 10, and at 10 a P1 arrives: the P3 of second 1 has to wait for it."""
    office = one_team(discipline=Discipline.PRIORITY)

    log = reference.simulate(office, workload(office, ticket(0, 10), ticket(1, 5), ticket(10, 5, priority=0)))

    assert served(log) == [(0, 0, 10), (2, 10, 15), (1, 15, 20)]


@dataclass(frozen=True)
class Choice:
    """Tickets for a few agents, and who must take each."""

    why: str
    agents: int | Sequence[Agent]
    tickets: Sequence[Ticket]
    taken_by: list[int]


CHOICES = {
    AgentChoice.LONGEST_IDLE: Choice(
        "all free since 0: by number; at 20 agent 2 is free since 0, agent 1 since 5, agent 0 since 10",
        3,
        [ticket(0, 10), ticket(0, 5), ticket(20, 1), ticket(20, 1), ticket(20, 1)],
        [0, 1, 2, 1, 0],
    ),
    AgentChoice.FASTEST: Choice(
        "speed 2 first; at 1 it is busy (4 s of work take 2), so the next fastest; at 5 it is free again",
        [at_speed(500), at_speed(2000), at_speed(1000)],
        [ticket(0, 4), ticket(1, 4), ticket(5, 4)],
        [1, 2, 1],
    ),
    AgentChoice.LEAST_BUSY: Choice(
        "0 works 10 s; 1 works 2 s and, as that is less, 9 s more; then 0 (10 against 11), and of two with 11 s 0",
        2,
        [ticket(0, 10), ticket(20, 2), ticket(30, 9), ticket(40, 1), ticket(50, 1)],
        [0, 1, 1, 0, 0],
    ),
}


def test_every_choice_of_agent_has_a_worked_example():
    assert set(CHOICES) == set(AgentChoice)


@pytest.mark.parametrize("choice", CHOICES, ids=lambda choice: choice.name)
def test_the_choice_of_agent_decides_who_takes_it(choice: AgentChoice):
    example = CHOICES[choice]
    office = one_team(example.agents, agent_choice=choice)

    log = reference.simulate(office, workload(office, *example.tickets))

    by_ticket = {number: who for number, who, _, _ in spells(log)}
    assert [by_ticket[number] for number in sorted(by_ticket)] == example.taken_by, example.why


def test_who_has_worked_for_no_time_at_all_today_has_worked_today():
    """Agent 0 takes the ticket without work at 0; at 5 agent 1, who has not worked today, goes before him."""
    office = one_team(2, agent_choice=AgentChoice.LEAST_BUSY)

    log = reference.simulate(office, workload(office, ticket(0, 0), ticket(5, 1)))

    assert spells(log) == [(0, 0, 0, 0), (1, 1, 5, 6)]


def test_a_new_day_forgets_the_work_of_the_day_before():
    """Day 0: agent 0 works 9 s, agent 1 2 s. Day 1: agent 1 is first, as he worked least last time; then agent 0 is."""
    office = one_team(2, agent_choice=AgentChoice.LEAST_BUSY, window=(0, 200_000), horizon=300_000)
    day = 86_400
    tickets = (ticket(0, 9), ticket(1, 2), ticket(day, 1), ticket(day + 5, 1), ticket(day + 9, 1))

    log = reference.simulate(office, workload(office, *tickets))

    assert [who for _, who, _, _ in spells(log)] == [0, 1, 1, 0, 0]


def test_a_faster_agent_needs_less_time_in_whole_seconds():
    """10 s of work take 4 s at speed 2.5, and 14 s (13.3 rounded up) at speed 0.75."""
    fast, slow = one_team([at_speed(2500)]), one_team([at_speed(750)])

    logs = [reference.simulate(office, workload(office, ticket(0, 10))) for office in (fast, slow)]

    assert [served(log) for log in logs] == [[(0, 0, 4)], [(0, 0, 14)]]


def test_agents_serve_their_own_queue_first_and_then_others_by_preference():
    """Agent of team 0, busy until 10, serves team 2 before team 1; the oldest ticket waits for team 1."""
    office = desk(Team(also_serves=(2, 1)), Team(agents=0), Team(agents=0))
    tickets = (ticket(0, 10), ticket(1, 5, team=1), ticket(2, 5, team=2), ticket(3, 5, team=0))

    log = reference.simulate(office, workload(office, *tickets))

    assert served(log) == [(0, 0, 10), (3, 10, 15), (2, 15, 20), (1, 20, 25)]


def test_a_teams_own_agents_are_asked_before_those_who_also_serve_it():
    """Both are free; the ticket is team 1's, so its own agent (number 1) takes it, and helper 0 the next."""
    office = desk(Team(also_serves=(1,)), Team())

    log = reference.simulate(office, workload(office, ticket(5, 9, team=1), ticket(6, 9, team=1)))

    assert spells(log) == [(0, 1, 5, 14), (1, 0, 6, 15)]


def test_an_agent_who_helps_elsewhere_is_missing_at_home():
    """He takes the other team's ticket at 0; his own team's of second 1 waits until he is back at 10."""
    office = desk(Team(also_serves=(1,)), Team(agents=0))

    log = reference.simulate(office, workload(office, ticket(0, steps=[work(10, team=1)]), ticket(1, 5)))

    assert served(log) == [(0, 0, 10), (1, 10, 15)]
