"""The zero-queue ceiling: what share of the promises would be kept if nobody ever queued for an agent.

It is that of the tickets that were resolved: for them, only less work, fewer hand-overs or less pending would lift it.
Where users give up, more staff also changes who is resolved, and with them the ceiling.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simdesk.clock import NEVER
from simdesk.measures.cohort import Cohort
from simdesk.measures.readings import Ratio
from simdesk.measures.registry import measure
from simdesk.states import Outcome, State

Ints = NDArray[np.int64]


@measure(label="Resolved as promised without any queue", unit="share", better="higher")
def resolution_sla_ceiling(cohort: Cohort) -> Ratio:
    """Share of resolution promises that would be kept if every ticket found a free agent in the team's hours at once,
    who worked without a break until the team closes; never less than were kept. Resolved tickets whose steps follow one
    another."""
    done = cohort.resolved.where(lambda some: some["resolution_due_at"] < NEVER)
    ended, paused, sound = replayed(done)
    spent = done.in_calendar(done["resolution_calendar"], done["opened_at"], ended) - paused
    limit = done.in_calendar(done["resolution_calendar"], done["opened_at"], done["resolution_due_at"])
    kept = (spent <= limit - done["resolution_paused"]) | (done["ended_at"] <= done["resolution_due_at"])
    return Ratio(float((kept & sound).sum()), float(sound.sum()))


def replayed(cohort: Cohort) -> tuple[Ints, Ints, NDArray[np.bool_]]:
    """When tickets would have ended with no queue, for how long their clock would have stood still, and which are
    sound.

    Each step follows the one before; work runs in its team's hours, or ends when it did if its agent stayed longer;
    nobody gives up, so nobody has to try again. A ticket with parallel steps, or that is not over, is not sound.
    """
    log = cohort.log
    touches = log.touches_columns
    position = np.full(len(log), -1, np.int64)
    position[cohort.rows] = np.arange(len(cohort))
    rows = np.flatnonzero(position[touches["ticket"]] >= 0)
    at, turn = position[touches["ticket"][rows]], _turn(touches["ticket"][rows])
    now = cohort["opened_at"].copy()
    paused = np.zeros(len(cohort), np.int64)
    sound = cohort["outcome"] == Outcome.RESOLVED
    clock = cohort["resolution_calendar"]
    for index in range(int(turn.max(initial=-1)) + 1):
        here, who = rows[turn == index], at[turn == index]
        over = touches["ended_at"][here] < NEVER
        sound[who] &= over
        if index:
            sound[who] &= touches["queued_at"][here] >= touches["ended_at"][here - 1]
        here, who = here[over], who[over]
        calendar = touches["calendar"][here]
        lasted = cohort.in_calendar(calendar, touches["started_at"][here], touches["ended_at"][here])
        worked = touches["state"][here] == State.WORK
        lasted[touches["state"][here] == State.REDIAL] = 0
        before = now[who]
        after = _later(cohort, calendar, before, np.where(worked, touches["effort"][here], lasted))
        now[who] = np.minimum(after, touches["ended_at"][here])
        still = touches["pauses"][here] == 1
        paused[who[still]] += cohort.in_calendar(clock[who[still]], before[still], now[who[still]])
    return now, paused, sound


def _turn(ticket: Ints) -> Ints:
    """Number of each row within its ticket; rows of a ticket stand together."""
    starts = np.ones(ticket.size, bool)
    starts[1:] = ticket[1:] != ticket[:-1]
    first = np.flatnonzero(starts)
    return np.arange(ticket.size) - np.repeat(first, np.diff(np.append(first, ticket.size)))


def _later(cohort: Cohort, calendars: Ints, begin: Ints, amount: Ints) -> Ints:
    """Instants after so much open time, each in its own calendar."""
    result = begin.copy()
    for index in np.unique(calendars):
        mine = calendars == index
        result[mine] = cohort.log.calendars[index].add_many(begin[mine], amount[mine])
    return result
