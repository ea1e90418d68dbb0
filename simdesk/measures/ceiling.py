"""The zero-queue ceiling: what share of the promises would be kept if nobody ever queued for an agent.

It is that of the tickets that were resolved: for them, only less work, fewer hand-overs or less pending would lift it.
Where users give up, more staff also changes who is resolved, and with them the ceiling.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simdesk.clock import NEVER
from simdesk.measures.cohort import Cohort, Facts
from simdesk.measures.readings import Ratio
from simdesk.measures.registry import measure
from simdesk.states import Outcome, State

Ints = NDArray[np.int64]


@measure(label="Resolved as promised without any queue", unit="share", better="higher")
def resolution_sla_ceiling(cohort: Cohort) -> Ratio:
    """Share of resolution promises that would be kept if every ticket found a free agent in the team's opening hours at
    once, who worked without a break until the team closes; never less than were kept. From the instant in which the
    ticket reached the desk, as promises run. Resolved tickets whose steps follow one another."""
    done = cohort.resolved.where(lambda some: some["resolution_due_at"] < NEVER)
    every_end, every_pause, every_sound = done.facts.once(replayed)
    ended, paused, sound = every_end[done.rows], every_pause[done.rows], every_sound[done.rows]
    clock, reached = done["resolution_calendar"], done["reached_desk_at"]
    spent = done.facts.in_calendar(clock, reached, ended) - paused
    limit = done.facts.in_calendar(clock, reached, done["resolution_due_at"])
    kept = (spent <= limit - done["resolution_paused"]) | (done["ended_at"] <= done["resolution_due_at"])
    return Ratio(float((kept & sound).sum()), float(sound.sum()))


def replayed(facts: Facts) -> tuple[Ints, Ints, NDArray[np.bool_]]:
    """When tickets would have ended with no queue, for how long their clock would have stood still, and which are
    sound; shape (tickets,) each.

    Each step follows the one before, from the instant in which the ticket reached the desk; work runs in its team's
    hours, or ends when it did if its agent stayed longer;
    nobody gives up, so nobody has to try again. A ticket with parallel steps, or that is not over, is not sound.
    """
    tickets, touches = facts.log.tickets_columns, facts.touches
    now, clock = tickets["reached_desk_at"].copy(), tickets["resolution_calendar"]
    paused = np.zeros(now.size, np.int64)
    sound = tickets["outcome"] == Outcome.RESOLVED
    over = touches["ended_at"] < NEVER
    sound[touches["ticket"][~over]] = False
    later = np.flatnonzero(touches["ticket"][1:] == touches["ticket"][:-1]) + 1
    apart = touches["queued_at"][later] >= touches["ended_at"][later - 1]
    sound[touches["ticket"][later[~apart]]] = False
    worked = touches["state"] == State.WORK
    amount = np.where(worked, touches["effort"], 0)
    waits = np.flatnonzero(over & ~worked & (touches["state"] != State.REDIAL))
    began, ended = touches["started_at"][waits], touches["ended_at"][waits]
    amount[waits] = facts.in_calendar(touches["calendar"][waits], began, ended)
    for rows in _turns(touches["ticket"], over & sound[touches["ticket"]]):
        who, before = touches["ticket"][rows], now[touches["ticket"][rows]]
        after = _later(facts, touches["calendar"][rows], before, amount[rows])
        now[who] = np.minimum(after, touches["ended_at"][rows])  # what was before the desk stays before it
        still = touches["pauses"][rows] == 1
        paused[who[still]] += facts.in_calendar(clock[who[still]], before[still], now[who[still]])
    return now, paused, sound


def _turns(ticket: Ints, wanted: NDArray[np.bool_]) -> list[Ints]:
    """Rows that are wanted: the first of each ticket, then the second of each, and so on; its rows stand together."""
    starts = np.ones(ticket.size, bool)
    starts[1:] = ticket[1:] != ticket[:-1]
    first = np.flatnonzero(starts)
    turn = np.arange(ticket.size) - np.repeat(first, np.diff(np.append(first, ticket.size)))
    rows = np.flatnonzero(wanted)
    small = turn[rows].astype(np.min_scalar_type(int(turn.max(initial=0))))  # NumPy sorts them in one go
    return np.split(rows[np.argsort(small, kind="stable")], np.cumsum(np.bincount(small))[:-1])


def _later(facts: Facts, calendars: Ints, begin: Ints, amount: Ints) -> Ints:
    """Instants after so much open time, each in its own calendar."""
    result = begin.copy()
    for index in np.flatnonzero(np.bincount(calendars)):
        mine = calendars == index
        result[mine] = facts.log.calendars[index].add_many(begin[mine], amount[mine])
    return result
