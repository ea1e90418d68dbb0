"""Relations between two logs: what changes nothing, and what changes everything in the same way, row by row."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from heapq import heappush
from itertools import count, pairwise
from random import Random
from typing import Any

import pytest
from hypothesis import strategies as st
from simpy import Environment, Event

from simdesk.clock import NEVER
from simdesk.engine import reference, staff
from simdesk.policies import Begins, Discipline
from simdesk.ticketlog import TicketLog
from tiny import Agent, Step, Team, Ticket
from tiny_desks import Case, cases, law, one_queue, rows, simulate, tables


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
    """The same ticket with calendar 0 wherever it names one, opened when it arrives."""
    return replace(one, clock=0, opened_at=None, steps=tuple(replace(step, calendar=0) for step in one.steps))


@law(cases(), st.sampled_from([2, 3, 60]))
def test_the_unit_of_time_does_not_matter(case: Case, factor: int):
    """All lengths and instants times a factor give the log times that factor, where no speed rounds an end."""
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
    """Stopped at some instant, a run has told of every second before it what the whole run tells. (Who begins only what
    fits looks ahead, to the end of his shift.)"""
    case = replace(case, teams=tuple(replace(team, begins=Begins.ANYTHING) for team in case.teams))
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
    """In an instant only the written order of turns decides: an environment that shuffles the rest tells the same."""
    numbers = count()

    class Shuffled(Environment):
        def schedule(self, event: Event, priority: Any = 1, delay: Any = 0) -> None:
            heappush(self._queue, (self._now + delay, priority, (chance.random(), next(numbers)), event))

    log = tables(simulate(case))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(staff, "Environment", Shuffled)
        shuffled = tables(simulate(case))

    assert shuffled == log
