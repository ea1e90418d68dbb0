"""Journeys drawn for many tickets at once, and laid out as graphs of steps."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from simdesk.clock import NEVER
from simdesk.states import Outcome, State
from simdesk.workload.journey import Choice, Delay, End, Node, Patient, Sequence, Work
from simdesk.workload.model import DELAY, WORK
from simdesk.workload.streams import Floats, Ints, Streams

_STEP_COLUMNS = (
    "kind", "state", "team", "work", "expected_work", "duration", "calendar", "pauses", "patience",
)  # fmt: skip
_TABLES_KEPT = 32


@dataclass(frozen=True, slots=True)
class Steps:
    """The steps of all tickets in the order of arrival; see `Workload` for the columns."""

    columns: dict[str, Ints]
    ends_as: Ints
    first: Ints
    successor_at: Ints
    successors: Ints


@dataclass(frozen=True, slots=True)
class _Column:
    """The same step of many tickets. `depth` counts the attempts after giving up that lead to it."""

    ticket: Ints
    depth: int
    values: dict[str, Ints | int]
    redials: Ints


@dataclass(slots=True)
class Drawing:
    """Collects the steps of groups of tickets, column by column, each column later in life than the one before."""

    streams: Streams
    columns: list[_Column] = field(default_factory=list)
    ends: list[tuple[Ints, Outcome]] = field(default_factory=list)
    _prefix: str = ""
    _day: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    _k: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    _ticket: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    _tables: dict[str, Floats] = field(default_factory=dict)

    def draw(self, tree: Node, prefix: str, day: Ints, k: Ints, ticket: Ints) -> None:
        """Draw a journey for tickets given by their identity (day, k) and their number."""
        self._prefix, self._day, self._k, self._ticket = prefix, day, k, ticket
        self._tables = {}
        self._walk(tree, np.arange(day.size), 0)

    def _uniforms(self, stream: str, who: Ints) -> Floats:
        name = self._prefix + stream
        if name not in self._tables:
            if len(self._tables) >= _TABLES_KEPT:
                self._tables.pop(next(iter(self._tables)))
            self._tables[name] = self.streams.table(name, int(self._day.max()) + 1, int(self._k.max()) + 1)
        return self._tables[name][self._day[who], self._k[who]]

    def _walk(self, node: Node, who: Ints, depth: int) -> Ints:
        """Draw a node for some tickets of the group; returns those that get past it."""
        if who.size == 0:
            return who
        if isinstance(node, End):
            self.ends.append((self._ticket[who], node.outcome))
            return who[:0]
        if isinstance(node, Sequence):
            for part in node.nodes:
                who = self._walk(part, who, depth)
            return who
        if isinstance(node, Choice):
            return self._choose(node, who, depth)
        if isinstance(node, Delay):
            return self._delay(node, who, depth)
        return self._work(node, who, depth)

    def _choose(self, node: Choice, who: Ints, depth: int) -> Ints:
        edges = np.cumsum([probability for probability, _ in node.branches])
        picked = np.searchsorted(edges, self._uniforms(node.stream, who), side="right")
        past = [who[picked == len(edges)]]
        past += [self._walk(branch, who[picked == i], depth) for i, (_, branch) in enumerate(node.branches)]
        return np.sort(np.concatenate(past))

    def _delay(self, node: Delay, who: Ints, depth: int) -> Ints:
        seconds = np.rint(node.shape.quantile(self._uniforms(node.stream, who))).astype(np.int64)
        values = {"kind": DELAY, "state": int(node.state), "team": -1, "work": 0, "expected_work": 0}
        values |= {"calendar": node.calendar, "pauses": int(node.pauses), "patience": NEVER}
        self._add(who, depth, values | {"duration": seconds})
        return who

    def _work(self, node: Work, who: Ints, depth: int) -> Ints:
        drawn = node.shape.quantile(self._uniforms(node.stream, who)) * (1000 * node.scale)
        expected = round(node.shape.mean * 1000 * node.scale) + node.extra
        values: dict[str, Ints | int] = {"kind": WORK, "state": int(State.WORK), "team": node.team}
        values |= {"work": np.rint(drawn).astype(np.int64) + node.extra, "expected_work": expected}
        values |= {"duration": 0, "calendar": 0, "pauses": 0, "patience": NEVER}
        if node.patience is None:
            self._add(who, depth, values)
        else:
            self._impatient(node.patience, who, depth, values)
        return who

    def _impatient(self, patient: Patient, who: Ints, depth: int, values: dict[str, Ints | int]) -> None:
        patience = np.rint(patient.shape.quantile(self._uniforms(patient.stream, who))).astype(np.int64)
        redials = np.zeros(who.size, np.int64)
        if patient.redial is not None:
            redials = (self._uniforms(f"redial/{patient.stream}", who) < patient.redials).astype(np.int64)
        self._add(who, depth, values | {"patience": patience}, redials)
        if patient.redial is not None:
            self._walk(patient.redial, who[redials == 1], depth + 1)

    def _add(self, who: Ints, depth: int, values: dict[str, Ints | int], redials: Ints | None = None) -> None:
        flags = redials if redials is not None else np.zeros(who.size, np.int64)
        self.columns.append(_Column(self._ticket[who], depth, values, flags))


def flatten(drawing: Drawing, order: Ints) -> Steps:
    """Lay the drawn steps out by ticket, in the given order of tickets.

    Args:
        drawing: the columns.
        order: numbers of the tickets as drawn, in the order of arrival, shape (tickets,).
    """
    place = np.empty(order.size, np.int64)
    place[order] = np.arange(order.size)
    columns = drawing.columns
    sizes = [column.ticket.size for column in columns]
    ticket = place[_join([column.ticket for column in columns])]
    position = np.repeat(np.arange(len(columns)), sizes)
    by_ticket = np.lexsort((position, ticket))
    ticket = ticket[by_ticket]
    depth = np.repeat([column.depth for column in columns], sizes).astype(np.int64)[by_ticket]
    redials = _join([column.redials for column in columns])[by_ticket]
    table = {
        name: _join([np.broadcast_to(column.values[name], column.ticket.size) for column in columns])[by_ticket]
        for name in _STEP_COLUMNS
    }
    first = np.searchsorted(ticket, np.arange(order.size + 1))
    follower = _followers(ticket, depth)
    has = follower >= 0
    starts = np.zeros(ticket.size, bool)
    starts[first[:-1][first[:-1] < first[1:]]] = True
    table["predecessors"] = np.where(starts, 0, 1).astype(np.int64)
    table["if_given_up"] = np.where(redials == 1, np.arange(ticket.size) + 1, -1)
    ends_as = np.full(order.size, int(Outcome.RESOLVED), np.int64)
    for who, outcome in drawing.ends:
        ends_as[place[who]] = int(outcome)
    successor_at = np.concatenate(([0], np.cumsum(has))).astype(np.int64)
    return Steps(table, ends_as, first.astype(np.int64), successor_at, follower[has])


def _join(parts: list[Ints]) -> Ints:
    return np.concatenate(parts).astype(np.int64) if parts else np.zeros(0, np.int64)


def _followers(ticket: Ints, depth: Ints) -> Ints:
    """The next step of the same ticket that is not an attempt after giving up on this one, or −1."""
    follower = np.full(ticket.size, -1, np.int64)
    for level in range(int(depth.max(initial=0)) + 1):
        at = np.flatnonzero(depth <= level)
        following = np.full(at.size, -1, np.int64)
        if at.size > 1:
            same = ticket[at[1:]] == ticket[at[:-1]]
            following[:-1] = np.where(same, at[1:], -1)
        mine = depth[at] == level
        follower[at[mine]] = following[mine]
    return follower
