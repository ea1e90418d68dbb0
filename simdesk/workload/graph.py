"""Journeys drawn for all tickets of a replication, and laid out as graphs of steps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from simdesk.clock import NEVER
from simdesk.states import Outcome
from simdesk.workload.model import WORK
from simdesk.workload.program import Law, Program
from simdesk.workload.streams import Floats, Ints, Streams
from simdesk.workload.walk import Trail, walk

_COLUMNS: Final = {
    "kind": np.int8, "state": np.int8, "team": np.int16, "expected_work": np.int64, "calendar": np.int16,
    "pauses": np.int8, "live": np.int8,
}  # fmt: skip
"""What all tickets at a step have in common, and how many bytes it takes."""
_FIRST_GUESS: Final = 1.7
"""Steps a ticket for which room is made at first."""


@dataclass(frozen=True, slots=True)
class Steps:
    """The steps of all tickets in the order of arrival; see `Workload` for the columns."""

    columns: dict[str, Any]
    ends_as: Ints
    first: Ints
    successor_at: Ints
    successors: Ints


def steps_of(program: Program, start: Ints, day: Ints, k: Ints, streams: Streams) -> Steps:
    """Draw the steps of tickets.

    Args:
        program: the journeys.
        start: where in the program each ticket begins, in the order of arrival, shape (tickets,).
        day, k: the tickets' identities, shape (tickets,).
        streams: the replication's chance.
    """
    trail = _walked(program, start, day, k, streams)
    instruction = trail.instruction
    known = {name: np.zeros(len(program.code().op), size) for name, size in _COLUMNS.items()}
    laws = np.full((3, len(program.code().op)), -1, np.int16)
    for at, step in program.steps.items():
        laws[:, at] = step.amount, step.patience, step.depth
        for name, column in known.items():
            column[at] = getattr(step, name)
    columns: dict[str, Any] = {name: column[instruction] for name, column in known.items()}
    works = columns["kind"] == WORK
    astray = np.flatnonzero(trail.picked >= 0)
    columns["team"][astray] = np.where(works[astray], program.code().team[trail.picked[astray]], -1)
    columns["calendar"][astray] = np.where(works[astray], 0, program.code().calendar[trail.picked[astray]])
    amount = _inverted(program.laws, laws[0][instruction], trail.amount)
    columns |= {"work": np.where(works, amount, 0), "duration": np.where(works, 0, amount)}
    columns["rounding"] = trail.rounding
    patience, if_given_up = np.full(instruction.size, NEVER), np.full(instruction.size, -1)
    limited = np.flatnonzero(laws[1][instruction] >= 0)
    patience[limited] = _inverted(program.laws, laws[1][instruction[limited]], trail.patience[limited])
    again = np.flatnonzero(trail.again)
    if_given_up[again] = again + 1
    columns |= {"patience": patience, "if_given_up": if_given_up}
    columns["predecessors"] = np.ones(instruction.size, np.int16)
    columns["predecessors"][trail.first[:-1][np.diff(trail.first) > 0]] = 0
    depth = laws[2][instruction] if again.size else None
    return Steps(columns, trail.ends_as, trail.first, *_successors(trail.first, depth))


def compile_ahead() -> None:
    """Have the walk compiled, or its compiled code loaded, without drawing anything."""
    nobody = np.zeros(0, np.int64)
    steps_of(Program(), nobody, nobody, nobody, Streams(0, 0))


def _walked(program: Program, start: Ints, day: Ints, k: Ints, streams: Streams) -> Trail:
    """The trail of all tickets; it is given more room whenever it has too little."""
    code, keys = program.code(), streams.keys(list(program.hashes))
    room = int(start.size * _FIRST_GUESS) + 2 * program.most_steps
    trail = Trail(
        instruction=np.empty(room, np.int32),
        amount=np.empty(room),
        rounding=np.empty(room, np.int16),
        patience=np.empty(room),
        again=np.empty(room, np.int8),
        picked=np.empty(room, np.int32),
        first=np.zeros(start.size + 1, np.int64),
        ends_as=np.full(start.size, int(Outcome.RESOLVED)),
    )
    ticket, steps = 0, 0
    while True:
        with np.errstate(over="ignore"):  # words wrap round, of which NumPy would warn where nothing is compiled
            ticket, steps = walk(code, start, day, k, keys, streams.flip, trail, ticket, steps, program.most_steps)
        if ticket == start.size:
            break
        grown = {name: np.concatenate((part, np.empty_like(part))) for name, part in trail._asdict().items()}
        trail = Trail(**grown | {"first": trail.first, "ends_as": trail.ends_as})
    cut = {name: part[:steps] for name, part in trail._asdict().items()}
    return Trail(**cut | {"first": trail.first, "ends_as": trail.ends_as})


def _inverted(laws: list[Law], law: NDArray[np.int16], u: Floats) -> Ints:
    """Amounts from uniforms, each by its law: whole milliseconds of work, or seconds."""
    amount = np.empty(u.size, np.int64)
    by_law = np.argsort(law, kind="stable")
    edges = np.cumsum(np.bincount(law, minlength=len(laws)))
    for number, rows in enumerate(np.split(by_law, edges[:-1]) if laws else ()):
        if rows.size:
            shape, factor, extra = laws[number]
            amount[rows] = np.rint(shape.quantile(u[rows]) * factor).astype(np.int64) + extra
    return amount


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
