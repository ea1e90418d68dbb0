"""The cut: which tickets count, and what is known of each. Made once, here.

Per-ticket measures follow the tickets opened in the window, to their end; time-weighted measures use the window itself.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from simdesk.clock import NEVER, Calendar
from simdesk.states import Outcome, State
from simdesk.ticketlog import TicketLog

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]
T = TypeVar("T")


class Facts:
    """What the touches say of every ticket of a log; arrays of shape (tickets,), computed when first asked for."""

    def __init__(self, log: TicketLog) -> None:
        self.log = log
        self.touches = log.touches_columns
        self._known: dict[Callable[[Facts], Any], Any] = {}

    def once(self, compute: Callable[[Facts], T]) -> T:
        """What a function says of these facts; it is asked once, however many groups of tickets are measured."""
        if compute not in self._known:
            self._known[compute] = compute(self)
        result: T = self._known[compute]
        return result

    def count(self, rows: Mask, weights: Ints | None = None) -> Ints:
        """Number of touches in some rows, or sum of their weights, for each ticket."""
        picked = None if weights is None else weights[rows]
        return np.bincount(self.touches["ticket"][rows], picked, len(self.log)).astype(np.int64)

    @cached_property
    def is_work(self) -> Mask:
        """Rows that are, or wait for, work."""
        result: Mask = self.touches["state"] == State.WORK
        return result

    @cached_property
    def joins(self) -> Mask:
        """Rows that begin in a team's queue: neither delays nor work taken up again."""
        result: Mask = self.is_work & (self.touches["waited_in"] == State.QUEUE)
        return result

    @cached_property
    def waits(self) -> Ints:
        """Time in the queue of each row, until served, given up, or the log ended; seconds, shape (touches,)."""
        touches = self.touches
        until = np.minimum(np.minimum(touches["started_at"], touches["ended_at"]), self.log.stopped_at)
        return until - touches["queued_at"]

    @cached_property
    def first_join(self) -> Ints:
        """Row in which each ticket first joined a queue, or −1."""
        rows = np.flatnonzero(self.joins)
        first = np.full(len(self.log), -1, np.int64)
        first[self.touches["ticket"][rows[::-1]]] = rows[::-1]
        return first

    @cached_property
    def touch_time(self) -> Ints:
        """Seconds of all agents' time."""
        return self.count(self.is_work, self.touches["effort"])

    @cached_property
    def unpaused_until(self) -> Ints:
        """When what is known of the resolution clock ends: at the end of the log, or where a pause began that was not
        over then."""
        running = (self.touches["pauses"] == 1) & (self.touches["ended_at"] > self.log.stopped_at)
        until = np.full(len(self.log), self.log.stopped_at, np.int64)
        np.minimum.at(until, self.touches["ticket"][running], self.touches["started_at"][running])
        return until

    @cached_property
    def agent_team(self) -> Ints:
        """Team of each agent, −1 if his name does not say; shape (agents,)."""
        place = {name: index for index, name in enumerate(self.log.teams)}
        return np.array([place.get(name.rpartition("/")[0], -1) for name in self.log.agents], np.int64)

    @cached_property
    def team_visits(self) -> tuple[Ints, Ints, Ints]:
        """Every visit to a team in which somebody worked on the ticket, in order: ticket, life and team.

        A life ends when the ticket is reopened, and lives are numbered through all tickets. The team is that of the
        queue; but where agents of several teams work on one step, because it was handed over, it is theirs, and each
        of them has a visit of his own.
        """
        touches = self.touches
        rows = np.flatnonzero(self.is_work & (touches["started_at"] < NEVER))
        ticket, step, queue = (touches[name][rows] for name in ("ticket", "step", "team"))
        theirs = self.agent_team[touches["agent"][rows]] if self.agent_team.size else queue
        theirs = np.where((touches["agent"][rows] >= 0) & (theirs >= 0), theirs, queue)
        begins = np.ones(rows.size, bool)
        begins[1:] = (ticket[1:] != ticket[:-1]) | (step[1:] != step[:-1])
        passed = np.zeros(rows.size, bool)
        passed[1:] = ~begins[1:] & (theirs[1:] != theirs[:-1])
        number = np.cumsum(begins) - 1
        shared = np.bincount(number, passed)[number] > 0 if rows.size else passed
        visits = begins | passed
        life = ticket + np.cumsum(touches["state"] == State.REOPENED)[rows]
        return ticket[visits], life[visits], np.where(shared, theirs, queue)[visits]

    @cached_property
    def team_changes(self) -> Ints:
        """Times that the next visit was to another team than the one before; none by a reopening."""
        ticket, life, team = self.team_visits
        moved = (life[1:] == life[:-1]) & (team[1:] != team[:-1])
        return np.bincount(ticket[1:][moved], minlength=len(self.log)).astype(np.int64)

    @cached_property
    def loops(self) -> Ints:
        """Returns to a team that had passed the ticket on, in the same life."""
        ticket, life, team = self.team_visits
        moved = np.ones(ticket.size, bool)
        moved[1:] = (life[1:] != life[:-1]) | (team[1:] != team[:-1])
        teams = max(len(self.log.teams), 1)
        _, first = np.unique(life[moved] * teams + team[moved], return_index=True)
        stays, size = ticket[moved], len(self.log)
        return (np.bincount(stays, minlength=size) - np.bincount(stays[first], minlength=size)).astype(np.int64)

    def has(self, state: State) -> Mask:
        """Whether a ticket was ever in a state."""
        return self.count(self.touches["state"] == state) > 0

    def in_calendar(self, calendars: Ints, begin: Ints, end: Ints) -> Ints:
        """Open time between instants, each in its own calendar, seconds."""
        result = np.zeros(begin.size, np.int64)
        for index in np.flatnonzero(np.bincount(calendars)):
            mine = calendars == index
            result[mine] = self.log.calendars[index].between_many(begin[mine], end[mine])
        return result


@dataclass(frozen=True)
class Cohort:
    """Some of the tickets that were opened in the window.

    Attributes:
        log: the log.
        facts: what the touches say.
        rows: the tickets, shape (cohort,).
        whenever: tickets of the same priority, type or channel, whenever they were opened; what a backlog is made of.
    """

    log: TicketLog
    facts: Facts
    rows: Ints
    whenever: Ints

    @classmethod
    def of(cls, log: TicketLog) -> Cohort:
        """All tickets opened in the window."""
        opened = log.tickets_columns["opened_at"]
        begin, end = log.window
        return cls(log, Facts(log), np.flatnonzero((opened >= begin) & (opened < end)), np.arange(len(log)))

    def where(self, keep: Callable[[Cohort], Mask]) -> Cohort:
        """Those of the cohort for which something holds."""
        return replace(self, rows=self.rows[keep(self)])

    def only(self, by: str, name: str) -> Cohort:
        """Those of one priority, type or channel, by name."""
        names = {"priority": self.log.priorities, "type": self.log.types, "channel": self.log.channels}[by]
        index = names.index(name) if name in names else -1
        column = self.log.tickets_columns[by]
        return replace(self, rows=self.rows[self[by] == index], whenever=self.whenever[column[self.whenever] == index])

    def __getitem__(self, column: str) -> Ints:
        """A column of the tickets table."""
        return self.log.tickets_columns[column][self.rows]

    def __len__(self) -> int:
        return self.rows.size

    def fact(self, name: str) -> Ints:
        """One of `Facts`, for these tickets."""
        values: Ints = getattr(self.facts, name)[self.rows]
        return values

    def ended_as(self, *outcomes: Outcome) -> Cohort:
        """Those that ended in a certain way."""
        outcome = self["outcome"]
        return replace(self, rows=self.rows[np.logical_or.reduce([outcome == one for one in outcomes])])

    @cached_property
    def resolved(self) -> Cohort:
        """Those that a team resolved."""
        return self.ended_as(Outcome.RESOLVED)

    @cached_property
    def offered(self) -> Cohort:
        """Those that reached the queue of a team."""
        return self.where(lambda cohort: cohort.fact("first_join") >= 0)

    @cached_property
    def served_at_once(self) -> Mask:
        """Whether an agent began in the second in which the ticket reached a team; only for `offered` tickets."""
        began = self.log.touches_columns["started_at"][self.fact("first_join")] < NEVER
        result: Mask = began & (self.first_wait == 0)
        return result

    @cached_property
    def lead_time(self) -> Ints:
        """Opening to end by the wall clock, seconds; up to the end of the log for open tickets."""
        return np.minimum(self["ended_at"], self.log.stopped_at) - self["opened_at"]

    @cached_property
    def first_wait(self) -> Ints:
        """Time in the first queue until served or given up, seconds; only for `offered` tickets."""
        return self.facts.waits[self.fact("first_join")]

    @property
    def office(self) -> Calendar:
        """The calendar in which users work."""
        return self.log.calendars[self.log.office]


def promised(due: Ints, done: Ints, ended: Ints, known_until: int | Ints) -> tuple[Mask, Mask]:
    """Which promises can be judged, and which were kept.

    A promise is kept when the thing was done by the due instant, broken when the instant passed without it. A ticket
    that ended otherwise before (its user gave up), or is neither done nor due when the log ends or its clock was
    stopped for good, cannot be judged.
    """
    kept = (done <= due) & (done < NEVER)
    broken = (due < np.minimum(np.minimum(done, ended), known_until)) | ((done > due) & (done < NEVER))
    return (due < NEVER) & (kept | broken), kept
