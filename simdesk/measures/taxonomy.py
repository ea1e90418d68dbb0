"""The wait taxonomy: at each second a ticket is in exactly one state, so the states sum to the lead time.

Of several branches at once, work counts first, then the first state in the order of `State`. A second counts as outside
hours only if every branch waits for a closed team or calendar.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simdesk.clock import NEVER
from simdesk.measures.cohort import Cohort, Facts
from simdesk.states import State
from simdesk.ticketlog import TicketLog

Ints = NDArray[np.int64]

_KINDS = len(State)
TIME_BITS = 40
"""Room for instants, 35,000 years, when ticket and instant are sorted as one number."""


def time_by_state(cohort: Cohort) -> Ints:
    """Seconds that each ticket spent in each state, shape (states, cohort); a column sums to the ticket's lead time."""
    return cohort.facts.once(_of_all_tickets)[:, cohort.rows]


def worked_in_office(facts: Facts) -> Ints:
    """Seconds of the users' office hours in which somebody worked on each ticket, shape (tickets,).

    A second in which several branches are worked on counts once, as in `time_by_state`.
    """
    log, touches = facts.log, facts.touches
    rows = np.flatnonzero(facts.is_work & (touches["started_at"] < NEVER))
    ticket, begin = touches["ticket"][rows], touches["started_at"][rows]
    end = np.minimum(touches["ended_at"][rows], log.stopped_at)
    lane = ticket << TIME_BITS  # every ticket gets a stretch of its own on one long line
    order = np.argsort(lane + begin)
    ticket, begin, end, lane = ticket[order], begin[order], end[order], lane[order]
    reached = np.maximum.accumulate(lane + end)
    begin[1:] = np.maximum(begin[1:], np.minimum(reached[:-1] - lane[1:], end[1:]))
    hours = log.calendars[log.office].between_many(begin, end)
    return np.bincount(ticket, hours, len(log)).astype(np.int64)


def _of_all_tickets(facts: Facts) -> Ints:
    """Seconds in each state, shape (states, tickets)."""
    log = facts.log
    ticket, state, calendar, begin, end = _spans(log)
    alone = _alone(ticket, begin, end)
    lasted = end - begin
    closed = lasted - facts.in_calendar(calendar, begin, end)
    closed[state == State.WORK] = 0
    cells = state[alone] * len(log) + ticket[alone]
    spent = np.bincount(cells, (lasted - closed)[alone], _KINDS * len(log)).astype(np.int64).reshape(_KINDS, len(log))
    spent[State.OUTSIDE_HOURS] += np.bincount(ticket[alone], closed[alone], len(log)).astype(np.int64)
    for one in np.unique(ticket[~alone]):
        mine = (ticket == one) & ~alone
        spent[:, one] += _swept(log, state[mine], calendar[mine], begin[mine], end[mine])
    queue = _queued_before(facts)
    spent[State.QUEUE] += queue
    spent[State.OUTSIDE_HOURS] += log.tickets_columns["arrived_at"] - log.tickets_columns["opened_at"] - queue
    return spent


def _queued_before(facts: Facts) -> Ints:
    """Waiting done before the log began: queue in the open hours of the first team's calendar, seconds."""
    opened, arrived = facts.log.tickets_columns["opened_at"], facts.log.tickets_columns["arrived_at"]
    queue = np.zeros(opened.size, np.int64)
    first = facts.first_join
    early = (arrived > opened) & (first >= 0)
    queue[early] = facts.in_calendar(facts.touches["calendar"][first[early]], opened[early], arrived[early])
    return queue


def _spans(log: TicketLog) -> tuple[Ints, Ints, Ints, Ints, Ints]:
    """Every touch as a span of waiting and a span of work or delay: ticket, state, calendar, begin, end."""
    touches, stop = log.touches_columns, log.stopped_at
    names = "ticket", "state", "waited_in", "calendar", "queued_at", "started_at", "ended_at"
    ticket, state, waited_in, calendar, queued, started, ended = (touches[name] for name in names)
    left = np.minimum(ended, stop)
    columns = [
        np.column_stack(pair).ravel()
        for pair in (
            (ticket, ticket), (waited_in, state), (calendar, calendar), (queued, started),
            (np.minimum(started, left), np.where(started < NEVER, left, queued)),
        )
    ]  # fmt: skip
    kept = np.flatnonzero(columns[4] > columns[3])
    order = (columns[0][kept] << TIME_BITS) + columns[3][kept]
    if np.any(order[1:] < order[:-1]):  # a ticket with branches
        kept = kept[np.argsort(order)]
    return tuple(column[kept] for column in columns)  # type: ignore[return-value]  # five of them


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
