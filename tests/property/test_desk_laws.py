"""Laws that hold within one log of any desk, checked on random tiny ones in which nearly every instant has ties.

A law looks at the log only; the relations between two logs are in `test_relations`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from heapq import heapify, heapreplace
from itertools import pairwise

import numpy as np
from hypothesis import strategies as st

from simdesk.clock import NEVER
from simdesk.engine import reference
from simdesk.policies import AtBreak, Begins, Discipline
from simdesk.states import Outcome, State
from tiny import Agent, Team, Ticket
from tiny_desks import HOURS, WEIGHTS, Case, cases, law, one_queue, rows, simulate, worked


@law(cases())
def test_a_ticket_is_somewhere_from_its_arrival_to_its_end(case: Case):
    """Its touches cover its life without a gap, and nothing of it is outside: what arrived has ended or is open."""
    log = simulate(case)
    by_ticket = defaultdict(list)
    for row in rows(log):
        by_ticket[row["ticket"]].append((row["queued_at"], row["ended_at"]))

    arrived, ended = (log.tickets_columns[name].tolist() for name in ("arrived_at", "ended_at"))
    for ticket in range(len(log)):
        reached = arrived[ticket]
        for begin, end in sorted(by_ticket[ticket]):
            assert begin <= reached, "the ticket was nowhere"
            reached = max(reached, end)
        assert reached == ended[ticket]
        assert (ended[ticket] == NEVER) == (log.tickets_columns["outcome"][ticket] == Outcome.OPEN)


@law(cases(), st.integers(0, 40), st.integers(0, 40))
def test_littles_law_is_an_equality_of_whole_numbers(case: Case, begin: int, length: int):
    """In any window the time that tickets spend in the desk is the sum over its seconds of the tickets there."""
    log = simulate(case)
    end = min(begin + length, log.stopped_at)
    arrived, ended = log.tickets_columns["arrived_at"], log.tickets_columns["ended_at"]

    sojourn = np.maximum(np.minimum(ended, end) - np.maximum(arrived, begin), 0).sum()

    present = [
        len({row["ticket"] for row in rows(log) if row["queued_at"] <= second < row["ended_at"]})
        for second in range(begin, end)
    ]
    assert sojourn == sum(present)


@law(cases())
def test_the_effort_of_a_step_is_its_work(case: Case):
    """Spell by spell, effort times speed is taken from the work; the last spell takes the rest, in whole seconds."""
    office, load = case.build()
    log = reference.simulate(office, load)
    spells = defaultdict(list)
    for row in rows(log):
        if row["state"] == State.WORK:
            spells[row["ticket"], row["step"]].append(row)

    for (ticket, step), of_step in spells.items():
        remaining = int(load.work[load.first[ticket] + step])
        for row, following in pairwise(of_step):
            remaining -= row["effort"] * int(office.speed[row["agent"]])
            assert remaining > 0, "the work was done, and somebody else went on"
            if following["waited_in"] == State.QUEUE:
                remaining += int(office.hand_over_work[row["team"]])
        last = of_step[-1]
        if last["started_at"] < NEVER and last["ended_at"] < NEVER:
            speed = int(office.speed[last["agent"]])
            assert remaining // speed <= last["effort"] <= -(-remaining // speed)


@law(cases())
def test_the_busy_time_of_the_agents_is_the_effort_in_the_tickets(case: Case):
    log = simulate(case)

    busy = sum(
        any(row["agent"] == agent and row["started_at"] <= second < row["ended_at"] for row in worked(log))
        for agent in range(len(log.agents))
        for second in range(log.stopped_at)
    )

    assert busy == log.touches_columns["effort"].sum()


@law(cases())
def test_nobody_works_on_two_tickets_at_once(case: Case):
    log = simulate(case)
    by_agent = defaultdict(list)
    for row in worked(log):
        by_agent[row["agent"]].append((row["started_at"], row["ended_at"]))

    for spells in by_agent.values():
        for (_, ended), (started, _) in pairwise(sorted(spells)):
            assert ended <= started


@law(cases())
def test_nobody_works_when_off_duty_unless_to_finish(case: Case):
    """A spell of work begins within a spell of presence, and ends by the end of the first that is not put off."""
    office, load = case.build()
    presence = defaultdict(list)
    for agent, start, end, is_break in zip(
        load.duty_agent.tolist(), load.duty_starts.tolist(), load.duty_ends.tolist(), load.duty_break, strict=True
    ):
        team = office.agent_team[agent]
        rules = (office.at_break if is_break else office.at_shift_end)[team].tolist()
        presence[agent].append((start, end, [rule in (AtBreak.FINISH, AtBreak.WAIT) for rule in rules]))

    begun = set()
    for row in worked(reference.simulate(office, load)):
        step = int(load.first[row["ticket"]] + row["step"])
        live = int(load.live[step] and step not in begun)
        begun.add(step)
        mine = [(start, end, stays[live]) for start, end, stays in presence[row["agent"]]]
        assert any(start <= row["started_at"] < end for start, end, _ in mine)
        limit = next((end for _, end, stays in mine if row["started_at"] < end and not stays), NEVER)
        assert row["ended_at"] <= limit


@law(cases())
def test_nobody_waits_while_somebody_who_could_help_is_free(case: Case):
    """In every second, for every queue in which somebody waits, all agents present who serve it are at work, if they
    begin anything."""
    case = replace(case, teams=tuple(replace(team, begins=Begins.ANYTHING) for team in case.teams))
    office, load = case.build()
    log = reference.simulate(office, load)
    duty = {name: column[log.duty_columns["paid"] == 0].tolist() for name, column in log.duty_columns.items()}
    queued = [row for row in rows(log) if row["state"] == State.WORK and row["waited_in"] == State.QUEUE]
    at_work = worked(log)

    for second in range(log.stopped_at):
        waiting = {
            row["team"] for row in queued if row["queued_at"] <= second < min(row["started_at"], row["ended_at"])
        }
        there = {
            agent
            for agent, start, end in zip(duty["agent"], duty["started_at"], duty["ended_at"], strict=True)
            if start <= second < end
        }
        free = there - {row["agent"] for row in at_work if row["started_at"] <= second < row["ended_at"]}
        assert not any(waiting.intersection(office.serves[office.agent_team[agent]]) for agent in free)


@law(cases())
def test_users_give_up_at_their_limit_and_never_after_an_answer(case: Case):
    """A wait that ends without an agent has lasted as long as the patience, and was the first of its step."""
    office, load = case.build()
    log = simulate(case)
    seen = set()
    for row in rows(log):
        step = (row["ticket"], row["step"])
        number = load.first[step[0]] + step[1]
        patience, clock = int(load.patience[number]), office.calendars[int(load.calendar[number])]
        if row["state"] == State.WORK and row["started_at"] == NEVER and row["ended_at"] < NEVER:
            assert clock.between(row["queued_at"], row["ended_at"]) == patience
            assert step not in seen
        elif row["state"] == State.WORK and step not in seen:
            assert clock.between(row["queued_at"], min(row["started_at"], log.stopped_at)) <= patience
        seen.add(step)


@law(cases())
def test_steps_begin_when_what_they_need_has_ended(case: Case):
    """A step of a fork or a join begins in the second in which the last step before it ended."""
    log = simulate(case)
    begun: dict[tuple[int, int], int] = {}
    done: dict[tuple[int, int], int] = {}
    for row in rows(log):
        step = (row["ticket"], row["step"])
        begun.setdefault(step, row["queued_at"])
        done[step] = row["ended_at"]

    for ticket, one in enumerate(case.tickets[: len(log)]):
        for number, step in enumerate(one.steps):
            if step.after is not None and step.needs is None and (ticket, number) in begun:
                assert begun[ticket, number] == max(done[ticket, before] for before in step.after)


@law(cases())
def test_the_first_answer_is_the_first_work(case: Case):
    log = simulate(case)
    first: dict[int, int] = {}
    for row in worked(log):
        first[row["ticket"]] = min(row["started_at"], first.get(row["ticket"], NEVER))

    assert log.tickets_columns["responded_at"].tolist() == [first.get(ticket, NEVER) for ticket in range(len(log))]


@law(cases())
def test_promises_move_by_their_pauses_and_by_nothing_else(case: Case):
    """Counted second by second: of a promise in calendar 1, only the open seconds of its pauses. Nothing is promised to
    who never reaches the desk."""
    log = simulate(case)
    paused = [0] * len(log)
    reached = case.build()[1].reaches_at.tolist()
    for row in rows(log):
        one = case.tickets[row["ticket"]]
        promised = one.due_at < NEVER and reached[row["ticket"]] < NEVER
        if row["pauses"] and row["ended_at"] < NEVER and promised:
            seconds = range(row["started_at"], row["ended_at"])
            paused[row["ticket"]] += sum(HOURS.is_open(second) for second in seconds) if one.clock else len(seconds)

    assert log.tickets_columns["resolution_paused"].tolist() == paused
    for ticket, due in enumerate(log.tickets_columns["resolution_due_at"].tolist()):
        one = case.tickets[ticket]
        if log.tickets_columns["reached_desk_at"][ticket] >= NEVER or one.due_at >= NEVER:
            assert due == NEVER
        elif one.clock == 0:
            assert due == max(one.due_at, reached[ticket]) + paused[ticket]


RANKS: dict[Discipline, Callable[[Ticket, Team, int], float]] = {
    Discipline.FIFO: lambda one, team, now: one.arrives_at,
    Discipline.LIFO: lambda one, team, now: -one.arrives_at,
    Discipline.PRIORITY: lambda one, team, now: 1000 * one.priority + one.arrives_at,
    Discipline.EARLIEST_DUE: lambda one, team, now: one.due_at,
    Discipline.LEAST_SLACK: lambda one, team, now: one.due_at - now - one.steps[0].expected_work,
    Discipline.SHORTEST_JOB: lambda one, team, now: one.steps[0].work,
    Discipline.COST: lambda one, team, now: one.steps[0].expected_work / WEIGHTS[one.priority],
    Discipline.AGING: lambda one, team, now: one.arrives_at + team.promote_after * one.priority,
    Discipline.WEIGHTED: lambda one, team, now: -(now - one.arrives_at) * WEIGHTS[one.priority],
}
"""What each discipline promises, in plain words of the field."""


@law(one_queue())
def test_nobody_is_overtaken_by_somebody_of_a_worse_rank(case: Case):
    """Whoever begins at t is better, or has a lower number, than each one who has waited until t and waits on."""
    (team,) = case.teams
    log = simulate(case)

    def rank(ticket: int, now: int) -> tuple[float, int]:
        return RANKS[team.discipline](case.tickets[ticket], team, now), ticket

    begun = {row["ticket"]: row["started_at"] for row in worked(log)}
    for ticket, now in begun.items():
        for other, later in begun.items():
            if case.tickets[other].arrives_at < now < later:
                assert rank(ticket, now) < rank(other, now)


@law(one_queue())
def test_first_come_first_served_is_the_recursion_of_kiefer_and_wolfowitz(case: Case):
    """Every ticket begins when it has arrived and the first of the agents is free: an engine of four lines."""
    (team,) = case.teams
    case = replace(case, teams=(replace(team, discipline=Discipline.FIFO),))
    free_at = [0] * len(team.people)
    heapify(free_at)
    expected = []
    for one in case.tickets:
        begins = max(one.arrives_at, free_at[0])
        heapreplace(free_at, begins + one.steps[0].work)
        expected.append(begins)

    assert [row["started_at"] for row in worked(simulate(case))] == expected


@law(cases())
def test_work_and_waiting_without_length_cost_no_time(case: Case):
    """Where somebody of every team is always there, tickets whose steps take no time end when they arrive."""
    instant = tuple(
        replace(one, steps=tuple(replace(step, work=0, duration=0) for step in one.steps)) for one in case.tickets
    )
    teams = tuple(replace(team, agents=[*team.people, Agent()]) for team in case.teams)

    columns = simulate(replace(case, teams=teams, tickets=instant)).tickets_columns

    assert columns["ended_at"].tolist() == columns["arrived_at"].tolist()
    assert set(columns["outcome"].tolist()) <= {Outcome.RESOLVED}
