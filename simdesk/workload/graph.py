"""Journeys drawn for many tickets at once, and laid out as graphs of steps."""

from __future__ import annotations

from collections.abc import Sequence as Parts
from dataclasses import dataclass, field, replace
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simdesk.clock import NEVER
from simdesk.states import Outcome, State
from simdesk.workload.journey import Choice, Delay, End, Node, Patient, Sequence, Work
from simdesk.workload.model import DELAY, WORK
from simdesk.workload.streams import Floats, Ints, Streams, Words, uniforms

Mask = NDArray[np.bool_]
Positions = NDArray[np.int32]

_SIZES: Final = {
    "kind": np.int8, "state": np.int8, "team": np.int16, "expected_work": np.int64, "calendar": np.int16,
    "pauses": np.int8,
}  # fmt: skip
_BYTES_KEPT = 1 << 26
"""Words of streams that are kept for tickets of the same type that go another way, bytes."""


@dataclass(frozen=True, slots=True)
class Steps:
    """The steps of all tickets in the order of arrival; see `Workload` for the columns."""

    columns: dict[str, Any]
    ends_as: Ints
    first: Ints
    successor_at: Ints
    successors: Ints


class _Constants(NamedTuple):
    """What is the same for every ticket at a step."""

    kind: int
    state: int
    team: int = -1
    expected_work: int = 0
    calendar: int = 0
    pauses: int = 0


@dataclass(frozen=True, slots=True)
class _Column:
    """The same step of many tickets, each at most once.

    `amount` is the work of a work step and the duration of a delay; `depth` counts the attempts after giving up that
    lead to it.
    """

    ticket: Ints
    depth: int
    constants: _Constants
    amount: Ints
    patience: Ints | None = None
    redials: Mask | None = None


@dataclass(slots=True)
class Drawing:
    """Collects the steps of groups of tickets, column by column, each column later in life than the one before."""

    streams: Streams
    columns: list[_Column] = field(default_factory=list)
    ends: list[tuple[Ints, Outcome]] = field(default_factory=list)
    _prefix: str = ""
    _at: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    _ticket: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    _extent: tuple[int, int] = (0, 0)
    _words: dict[str, Words] = field(default_factory=dict)

    def of_type(self, prefix: str, day: Ints, k: Ints) -> None:
        """Turn to the tickets of another type: all their identities, and what the names of their streams begin with."""
        self._prefix, self._words = prefix, {}
        self._extent = int(day.max(initial=0)) + 1, int(k.max(initial=0)) + 1

    def draw(self, tree: Node, day: Ints, k: Ints, ticket: Ints) -> None:
        """Draw a journey for tickets of the type, given by their identity (day, k) and their number."""
        self._at, self._ticket = day * Streams.places(self._extent[1]) + k, ticket
        self._walk(tree, np.arange(day.size), 0)

    def handed_over(self) -> list[_Column]:
        """The columns, which are here no more: a long run needs its memory back."""
        columns, self.columns, self._words = self.columns, [], {}
        return columns

    def _uniforms(self, stream: str, who: Ints) -> Floats:
        words = self._words.get(stream)
        if words is None:
            words = self.streams.words(self._prefix + stream, *self._extent).ravel()
            if words.nbytes * len(self._words) > _BYTES_KEPT:
                self._words.clear()
            self._words[stream] = words
        return uniforms(words[self._at[who]])

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
        u = self._uniforms(node.stream, who)
        picked, edge = np.zeros(who.size, np.int8), 0.0
        for probability, _ in node.branches:
            edge += probability
            picked += u >= edge
        past = [who[picked == len(node.branches)]]
        past += [self._walk(branch, who[picked == i], depth) for i, (_, branch) in enumerate(node.branches)]
        if sum(some.size for some in past) == who.size:
            return who
        return np.sort(np.concatenate(past))

    def _delay(self, node: Delay, who: Ints, depth: int) -> Ints:
        seconds = np.rint(node.shape.quantile(self._uniforms(node.stream, who))).astype(np.int64)
        constants = _Constants(DELAY, int(node.state), calendar=node.calendar, pauses=int(node.pauses))
        self.columns.append(_Column(self._ticket[who], depth, constants, seconds))
        return who

    def _work(self, node: Work, who: Ints, depth: int) -> Ints:
        drawn = node.shape.quantile(self._uniforms(node.stream, who)) * (1000 * node.scale)
        expected = round(node.shape.mean * 1000 * node.scale) + node.extra
        constants = _Constants(WORK, int(State.WORK), node.team, expected)
        column = _Column(self._ticket[who], depth, constants, np.rint(drawn).astype(np.int64) + node.extra)
        if node.patience is None:
            self.columns.append(column)
        else:
            self._impatient(node.patience, who, depth, column)
        return who

    def _impatient(self, patient: Patient, who: Ints, depth: int, column: _Column) -> None:
        patience = np.rint(patient.shape.quantile(self._uniforms(patient.stream, who))).astype(np.int64)
        if patient.redial is None:
            self.columns.append(replace(column, patience=patience))
            return
        redials = self._uniforms(f"redial/{patient.stream}", who) < patient.redials
        self.columns.append(replace(column, patience=patience, redials=redials))
        self._walk(patient.redial, who[redials], depth + 1)


def flatten(drawing: Drawing, order: Ints) -> Steps:
    """Lay the drawn steps out by ticket, in the given order of tickets.

    Args:
        drawing: the columns.
        order: numbers of the tickets as drawn, in the order of arrival, shape (tickets,).
    """
    columns = drawing.handed_over()
    sizes = [column.ticket.size for column in columns]
    place = np.empty(order.size, np.int64)
    place[order] = np.arange(order.size)
    ticket = place[_joined([column.ticket for column in columns])]
    by_ticket = np.argsort(ticket, kind="stable")  # columns are few runs, each in order: nothing sorts them faster
    first = np.concatenate(([0], np.cumsum(np.bincount(ticket, minlength=order.size))))
    steps = ticket.size
    position = np.repeat(np.arange(len(columns), dtype=np.int32), sizes)[by_ticket]
    amount = _joined([column.amount for column in columns])[by_ticket]
    patience, if_given_up = np.full(steps, NEVER), np.full(steps, -1)
    if any(column.patience is not None for column in columns):
        patience = _filled([column.patience for column in columns], sizes, NEVER)[by_ticket]
        again = np.flatnonzero(_filled([column.redials for column in columns], sizes, 0)[by_ticket])
        if_given_up[again] = again + 1
    known = np.array([column.constants for column in columns], np.int64).reshape(-1, len(_Constants._fields))
    depths = np.array([column.depth for column in columns], np.int64)
    del columns, ticket, by_ticket
    table: dict[str, Any] = {
        name: known[:, i].astype(_SIZES[name])[position] for i, name in enumerate(_Constants._fields)
    }
    works = table["kind"] == WORK
    table |= {"work": np.where(works, amount, 0), "duration": np.where(works, 0, amount)}
    table |= {"patience": patience, "if_given_up": if_given_up, "predecessors": np.ones(steps, np.int16)}
    table["predecessors"][first[:-1][np.diff(first) > 0]] = 0
    ends_as = np.full(order.size, int(Outcome.RESOLVED), np.int64)
    for who, outcome in drawing.ends:
        ends_as[who] = int(outcome)
    successor_at, successors = _successors(first, depths[position] if depths.any() else None)
    return Steps(table, ends_as[order], first, successor_at, successors)


def _joined(parts: list[Ints]) -> Ints:
    return np.concatenate(parts) if parts else np.zeros(0, np.int64)


def _filled(parts: Parts[Ints | Mask | None], sizes: list[int], otherwise: int) -> Ints:
    """The parts end to end, those that are missing filled up."""
    full = [np.full(size, otherwise) if part is None else part for part, size in zip(parts, sizes, strict=True)]
    return np.concatenate(full).astype(np.int64)


def _successors(first: Ints, depth: Ints | None) -> tuple[Ints, Ints]:
    """Where each step's successors are listed, and the successors: at most one each."""
    steps = int(first[-1])
    if depth is None:
        has = np.ones(steps, np.int64)
        has[first[1:][np.diff(first) > 0] - 1] = 0
        followers = np.flatnonzero(has) + 1
    else:
        follower = _followers(np.repeat(np.arange(first.size - 1), np.diff(first)), depth)
        has, followers = (follower >= 0).astype(np.int64), follower[follower >= 0]
    return np.concatenate(([0], np.cumsum(has))), followers


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
