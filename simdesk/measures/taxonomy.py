"""The wait taxonomy: at each second a ticket is in exactly one state, so the states sum to the lead time.

Of several branches at once, work counts first, then the first state in the order of `State`. A second counts as outside
hours only if every branch waits for a closed team or calendar.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simdesk.clock import NEVER
from simdesk.measures.cohort import Cohort
from simdesk.states import State
from simdesk.ticketlog import TicketLog

Ints = NDArray[np.int64]

_KINDS = len(State)


def time_by_state(cohort: Cohort) -> Ints:
    """Seconds that each ticket spent in each state, shape (states, cohort); a column sums to the ticket's lead time."""
    log = cohort.log
    spans = _spans(log, cohort.rows)
    ticket, state, calendar, begin, end = spans
    position = np.full(len(log), -1, np.int64)
    position[cohort.rows] = np.arange(len(cohort))
    spent = np.zeros((_KINDS, len(cohort)), np.int64)
    alone = _alone(ticket, begin, end)
    closed = np.zeros(ticket.size, np.int64)
    for index in np.unique(calendar):
        mine = calendar == index
        open_time = log.calendars[index].between_many(begin[mine], end[mine])
        closed[mine] = (end[mine] - begin[mine]) - open_time
    closed[state == State.WORK] = 0
    at = position[ticket]
    np.add.at(spent, (state[alone], at[alone]), (end - begin - closed)[alone])
    np.add.at(spent[State.OUTSIDE_HOURS], at[alone], closed[alone])
    for row in np.unique(ticket[~alone]):
        mine = (ticket == row) & ~alone
        spent[:, position[row]] += _swept(log, state[mine], calendar[mine], begin[mine], end[mine])
    queue = _queued_before(cohort)
    spent[State.QUEUE] += queue
    spent[State.OUTSIDE_HOURS] += cohort["arrived_at"] - cohort["opened_at"] - queue
    return spent


def _queued_before(cohort: Cohort) -> Ints:
    """Waiting done before the log began: queue in the open hours of the first team's calendar, seconds."""
    waited = cohort["arrived_at"] - cohort["opened_at"]
    queue = np.zeros(len(cohort), np.int64)
    first = cohort.fact("first_join")
    early = (waited > 0) & (first >= 0)
    calendars = cohort.log.touches_columns["calendar"][first[early]]
    queue[early] = cohort.in_calendar(calendars, cohort["opened_at"][early], cohort["arrived_at"][early])
    return queue


def _spans(log: TicketLog, rows: Ints) -> tuple[Ints, Ints, Ints, Ints, Ints]:
    """Every touch as a span of waiting and a span of work or delay: ticket, state, calendar, begin, end."""
    touches, stop = log.touches_columns, log.stopped_at
    wanted = np.zeros(len(log), bool)
    wanted[rows] = True
    mine = wanted[touches["ticket"]]
    ticket, state, waited_in, calendar = (touches[n][mine] for n in ("ticket", "state", "waited_in", "calendar"))
    queued, started, ended = (touches[n][mine] for n in ("queued_at", "started_at", "ended_at"))
    served = np.minimum(np.minimum(started, ended), stop)
    left = np.minimum(ended, stop)
    began = started < NEVER
    columns = (
        np.concatenate((ticket, ticket[began])),
        np.concatenate((waited_in, state[began])),
        np.concatenate((calendar, calendar[began])),
        np.concatenate((queued, started[began])),
        np.concatenate((served, left[began])),
    )
    kept = columns[4] > columns[3]
    order = np.lexsort((columns[3][kept], columns[0][kept]))
    return tuple(column[kept][order] for column in columns)  # type: ignore[return-value]  # five of them


def _alone(ticket: Ints, begin: Ints, end: Ints) -> NDArray[np.bool_]:
    """Spans of tickets that never are in two places at once."""
    overlap = (ticket[1:] == ticket[:-1]) & (begin[1:] < end[:-1])
    return ~np.isin(ticket, ticket[1:][overlap])


def _swept(log: TicketLog, state: Ints, calendar: Ints, begin: Ints, end: Ints) -> Ints:
    """Seconds of one ticket with parallel branches in each state, by cutting its life at every change."""
    low, high = int(begin.min()), int(end.max())
    cuts = [begin, end]
    for index in np.unique(calendar):
        hours = log.calendars[index]
        edges = np.concatenate((hours.opens, hours.closes))
        cuts.append(edges[(edges > low) & (edges < high)])
    instants = np.unique(np.concatenate(cuts))
    spent = np.zeros(_KINDS, np.int64)
    for here, there in zip(instants[:-1].tolist(), instants[1:].tolist(), strict=True):
        now = (begin <= here) & (end > here)
        if not now.any():
            continue
        awake = [s for s, c in zip(state[now], calendar[now], strict=True) if _counts(log, int(s), int(c), here)]
        spent[min(awake) if awake else State.OUTSIDE_HOURS] += there - here
    return spent


def _counts(log: TicketLog, state: int, calendar: int, now: int) -> bool:
    return state == State.WORK or log.calendars[calendar].is_open(now)
