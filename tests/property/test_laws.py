"""Laws that hold for every desk, checked on random tiny ones in which nearly every instant has ties.

A law looks at the log only. Where it compares two logs, all of their rows must be equal.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from heapq import heapify, heappush, heapreplace
from itertools import count, pairwise
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from simpy import Environment, Event

from simdesk.clock import NEVER
from simdesk.engine import reference
from simdesk.policies import AtShiftEnd, Discipline
from simdesk.states import Outcome, State
from simdesk.ticketlog import TicketLog
from tiny import Agent, Step, Team, Ticket
from tiny_desks import HOURS, WEIGHTS, Case, cases, one_queue

Row = dict[str, int]
EXAMPLES = 50


def law(*strategies: st.SearchStrategy[Any]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """A test of as many random desks as a coffee break allows."""
    return lambda test: settings(max_examples=EXAMPLES, deadline=None)(given(*strategies)(test))


def simulate(case: Case) -> TicketLog:
    return reference.simulate(*case.build())


def rows(log: TicketLog) -> list[Row]:
    """Touches as mappings."""
    names = list(log.touches_columns)
    columns = (log.touches_columns[name].tolist() for name in names)
    return [dict(zip(names, values, strict=True)) for values in zip(*columns, strict=True)]


def worked(log: TicketLog) -> list[Row]:
    """Touches in which somebody worked."""
    return [row for row in rows(log) if row["state"] == State.WORK and row["started_at"] < NEVER]


def tables(log: TicketLog) -> dict[str, list[int]]:
    """All that happened to tickets, column by column."""
    both = {f"tickets.{name}": column for name, column in log.tickets_columns.items()}
    both |= {f"touches.{name}": column for name, column in log.touches_columns.items()}
    return {name: column.tolist() for name, column in both.items()}


# -- what must hold within one log -----------------------------------------------------------------------------------


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
    """In any window the time that tickets spend in the desk is the sum over its seconds of the tickets that are there."""
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
    """Spell by spell, effort times speed is taken from the work; the last spell takes what remains, in whole seconds."""
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
            assert last["effort"] == -(-remaining // int(office.speed[last["agent"]]))


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
        policy = (office.at_break if is_break else office.at_shift_end)[team]
        presence[agent].append((start, end, policy == AtShiftEnd.FINISH))

    for row in worked(reference.simulate(office, load)):
        mine = presence[row["agent"]]
        assert any(start <= row["started_at"] < end for start, end, _ in mine)
        limit = next((end for _, end, stays in mine if row["started_at"] < end and not stays), NEVER)
        assert row["ended_at"] <= limit


@law(cases())
def test_nobody_waits_while_somebody_who_could_help_is_free(case: Case):
    """In every second, for every queue in which somebody waits, all agents present who serve it are at work."""
    office, load = case.build()
    log = reference.simulate(office, load)
    queued = [row for row in rows(log) if row["state"] == State.WORK and row["waited_in"] == State.QUEUE]
    at_work = worked(log)

    for second in range(log.stopped_at):
        waiting = {
            row["team"] for row in queued if row["queued_at"] <= second < min(row["started_at"], row["ended_at"])
        }
        there = {
            agent
            for agent, start, end in zip(load.duty_agent.tolist(), load.duty_starts, load.duty_ends, strict=True)
            if start <= second < end
        }
        free = there - {row["agent"] for row in at_work if row["started_at"] <= second < row["ended_at"]}
        assert not any(waiting.intersection(office.serves[office.agent_team[agent]]) for agent in free)


@law(cases())
def test_users_give_up_at_their_limit_and_never_after_an_answer(case: Case):
    """A wait that ends without an agent has lasted as long as the patience, and was the first of its step."""
    _, load = case.build()
    log = simulate(case)
    seen = set()
    for row in rows(log):
        step = (row["ticket"], row["step"])
        patience = int(load.patience[load.first[step[0]] + step[1]])
        if row["state"] == State.WORK and row["started_at"] == NEVER and row["ended_at"] < NEVER:
            assert row["ended_at"] - row["queued_at"] == patience
            assert step not in seen
        elif row["state"] == State.WORK and step not in seen:
            assert min(row["started_at"], log.stopped_at) - row["queued_at"] <= patience
        seen.add(step)


@law(cases())
def test_steps_begin_when_what_they_need_has_ended(case: Case):
    """A step of a chain or a join begins in the second in which the last step before it ended."""
    _, load = case.build()
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
    """Counted second by second: of a promise in calendar 1, only the open seconds of its pauses."""
    _, load = case.build()
    log = simulate(case)
    paused = [0] * len(log)
    for row in rows(log):
        one = case.tickets[row["ticket"]]
        if row["pauses"] and row["ended_at"] < NEVER and one.due_at < NEVER:
            seconds = range(row["started_at"], row["ended_at"])
            paused[row["ticket"]] += sum(HOURS.is_open(second) for second in seconds) if one.clock else len(seconds)

    assert log.tickets_columns["resolution_paused"].tolist() == paused
    for ticket, due in enumerate(log.tickets_columns["resolution_due_at"].tolist()):
        if case.tickets[ticket].due_at < NEVER and case.tickets[ticket].clock == 0:
            assert due == case.tickets[ticket].due_at + paused[ticket]


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


# -- what must hold between two logs ---------------------------------------------------------------------------------


def without_teams(log: TicketLog, extra: int, people: int) -> dict[str, list[int]]:
    """The tables with the numbers of teams and agents as if the first ones did not exist."""
    columns = tables(log)
    for name, less in (("touches.team", extra), ("touches.agent", people)):
        columns[name] = [number - less if number >= 0 else number for number in columns[name]]
    return columns


@law(cases(), st.integers(0, 2))
def test_a_team_without_tickets_changes_nothing(case: Case, people: int):
    """Neither as the last team nor, with the others renumbered, as the first."""
    idle = Team(agents=people)
    last = replace(case, teams=(*case.teams, idle))
    shifted = tuple(replace(team, also_serves=tuple(n + 1 for n in team.also_serves)) for team in case.teams)
    moved = tuple(
        replace(one, steps=tuple(replace(step, team=step.team + (step.team >= 0)) for step in one.steps))
        for one in case.tickets
    )
    first = replace(case, teams=(idle, *shifted), tickets=moved)

    log = tables(simulate(case))

    assert tables(simulate(last)) == log
    assert without_teams(simulate(first), 1, people) == log


@law(one_queue())
def test_one_more_agent_makes_nobody_wait_longer(case: Case):
    """In one queue, first come first served (Kiefer and Wolfowitz); elsewhere it is true on average only."""
    (team,) = case.teams
    team = replace(team, discipline=Discipline.FIFO)
    fewer = simulate(replace(case, teams=(team,)))
    more = simulate(replace(case, teams=(replace(team, agents=len(team.people) + 1),)))

    assert (more.touches_columns["started_at"] <= fewer.touches_columns["started_at"]).all()


@law(one_queue(), st.sampled_from([2000, 4000]))
def test_twice_the_speed_is_half_the_work(case: Case, speed: int):
    (team,) = case.teams
    longer = tuple(
        replace(one, steps=(replace(one.steps[0], work=one.steps[0].work * speed // 1000),)) for one in case.tickets
    )
    case = replace(case, teams=(replace(team, discipline=Discipline.FIFO),))
    faster = case.with_people(0, (Agent(None, speed),) * len(team.people))

    assert tables(simulate(replace(faster, tickets=longer))) == tables(simulate(case))


def later(case: Case, seconds: int) -> Case:
    """Everything at a later time; those who are always there come then."""
    end = case.horizon + seconds

    def person(one: Agent) -> Agent:
        spells = ((0, case.horizon, 0),) if one.spells is None else one.spells
        return replace(one, spells=tuple((begin + seconds, until + seconds, kind) for begin, until, kind in spells))

    return Case(
        tuple(replace(team, agents=[person(one) for one in team.people]) for team in case.teams),
        tuple(
            replace(
                one,
                arrives_at=one.arrives_at + seconds,
                due_at=one.due_at + seconds if one.due_at < NEVER else NEVER,
            )
            for one in case.tickets
        ),
        (case.window[0] + seconds, case.window[1] + seconds),
        end,
    )


def mapped(log: TicketLog, change: Callable[[int], int], lengths: Callable[[int], int]) -> dict[str, list[int]]:
    """The tables with every instant and every length changed."""
    columns = tables(log)
    for name, column in columns.items():
        if name.endswith("_at"):
            columns[name] = [change(instant) if instant < NEVER else NEVER for instant in column]
        elif name in ("touches.effort", "tickets.resolution_paused"):
            columns[name] = [lengths(seconds) for seconds in column]
    return columns


@law(cases(), st.sampled_from([7 * 86_400, 21 * 86_400]))
def test_whole_weeks_later_everything_happens_whole_weeks_later(case: Case, seconds: int):
    """The clock of the desk has no favourite week; its calendar is one that is open always."""
    case = replace(case, tickets=tuple(by_the_wall_clock(one) for one in case.tickets))

    log = mapped(simulate(case), lambda at: at + seconds, lambda length: length)

    assert tables(simulate(later(case, seconds))) == log


def by_the_wall_clock(one: Ticket) -> Ticket:
    """The same ticket with calendar 0 wherever it names one."""
    return replace(one, clock=0, steps=tuple(replace(step, calendar=0) for step in one.steps))


@law(cases(), st.sampled_from([2, 3, 60]))
def test_the_unit_of_time_does_not_matter(case: Case, factor: int):
    """All lengths and instants times a factor give the log times that factor; at standard speed, so that nothing is rounded."""
    case = times(case, 1)

    log = mapped(simulate(case), lambda at: at * factor, lambda length: length * factor)

    assert tables(simulate(times(case, factor))) == log


def times(case: Case, factor: int) -> Case:
    """All lengths and instants times a factor, at standard speed."""

    def step(one: Step) -> Step:
        return replace(
            one,
            work=one.work * factor,
            expected_work=one.expected_work * factor,
            duration=one.duration * factor,
            patience=one.patience * factor if one.patience < NEVER else NEVER,
        )

    def person(one: Agent) -> Agent:
        if one.spells is None:
            return Agent()
        return Agent(tuple((begin * factor, end * factor, kind) for begin, end, kind in one.spells))

    return Case(
        tuple(
            replace(
                team,
                hand_over_work=team.hand_over_work * factor,
                promote_after=team.promote_after * factor,
                agents=[person(one) for one in team.people],
            )
            for team in case.teams
        ),
        tuple(
            replace(
                by_the_wall_clock(one),
                steps=tuple(step(part) for part in by_the_wall_clock(one).steps),
                arrives_at=one.arrives_at * factor,
                due_at=one.due_at * factor if one.due_at < NEVER else NEVER,
            )
            for one in case.tickets
        ),
        (case.window[0] * factor, case.window[1] * factor),
        case.horizon * factor,
    )


@law(cases(), st.integers(1, 40))
def test_the_future_changes_nothing(case: Case, now: int):
    """Stopped at some instant, a run has told of every second before it what the whole run tells."""
    whole = simulate(case)
    stopped = simulate(replace(case, window=(0, now), horizon=now))

    def past(log: TicketLog) -> list[tuple[int, ...]]:
        names = ("ticket", "step", "state", "queued_at", "started_at", "ended_at", "agent")
        known = []
        for row in rows(log):
            if row["queued_at"] < now:
                begun = row["started_at"] < now
                values = {**row, "agent": row["agent"] if begun else -1}
                for name in ("started_at", "ended_at"):
                    values[name] = row[name] if row[name] < now else NEVER
                known.append(tuple(values[name] for name in names))
        return known

    assert past(stopped) == past(whole)


@law(cases(), st.randoms(use_true_random=False))
def test_the_order_of_rows_that_know_nothing_of_each_other_does_not_matter(case: Case, chance: Random):
    """Spells of presence interleaved between agents, and followers of a fork in any order, give the same log."""
    office, load = case.build()
    log = tables(reference.simulate(office, load))

    keys = [chance.random() for _ in case.build()[0].agent_team]
    order = sorted(range(load.duty_agent.size), key=lambda row: (keys[load.duty_agent[row]], row))
    followers = load.successors.copy()
    for begin, end in pairwise(load.successor_at.tolist()):
        part = followers[begin:end].tolist()
        chance.shuffle(part)
        followers[begin:end] = part
    names = ("duty_agent", "duty_starts", "duty_ends", "duty_break")
    permuted = replace(load, successors=followers, **{name: getattr(load, name)[order] for name in names})

    assert tables(reference.simulate(office, permuted)) == log


@law(cases(), st.randoms(use_true_random=False))
def test_events_of_one_turn_can_happen_in_any_order(case: Case, chance: Random):
    """Within an instant only the written order of turns decides; an environment that shuffles the rest gives the same."""
    numbers = count()

    class Shuffled(Environment):
        def schedule(self, event: Event, priority: Any = 1, delay: Any = 0) -> None:
            heappush(self._queue, (self._now + delay, priority, (chance.random(), next(numbers)), event))

    log = tables(simulate(case))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reference, "Environment", Shuffled)
        shuffled = tables(simulate(case))

    assert shuffled == log


# -- work without length ---------------------------------------------------------------------------------------------


@law(cases())
def test_work_and_waiting_without_length_cost_no_time(case: Case):
    """Where somebody of every team is always there, tickets whose steps take no time end in the second of their arrival."""
    instant = tuple(
        replace(one, steps=tuple(replace(step, work=0, duration=0) for step in one.steps)) for one in case.tickets
    )
    teams = tuple(replace(team, agents=[*team.people, Agent()]) for team in case.teams)

    columns = simulate(replace(case, teams=teams, tickets=instant)).tickets_columns

    assert columns["ended_at"].tolist() == columns["arrived_at"].tolist()
    assert set(columns["outcome"].tolist()) <= {Outcome.RESOLVED}
