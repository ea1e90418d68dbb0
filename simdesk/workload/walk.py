"""Tickets walk through their journeys, compiled: which way each goes, and the uniforms that it uses on it.

A word belongs to an identity (day, k) of a stream; see `streams` for the layout of the words. Here single words are
read out of order: Philox is a function of its counter (Salmon et al. 2011, Parallel random numbers: as easy as 1, 2,
3).
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numba
import numpy as np
from numba.extending import intrinsic
from numpy.typing import NDArray

from simdesk.compiled import jit
from simdesk.policies import ROUNDING_BITS
from simdesk.workload.streams import FIRST_LEVEL

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Words = NDArray[np.uint64]

CHOOSE, STEP, END, GOTO, HALT, PICK = range(6)

_ROUNDS: Final = 10
_M0, _M1 = np.uint64(0xD2E7470EE14C6C93), np.uint64(0xCA5A826395121157)
_W0, _W1 = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBB67AE8584CAA73B)
_UNUSED_BITS: Final = np.uint64(ROUNDING_BITS)
_LOWEST_BITS: Final = np.uint64((1 << ROUNDING_BITS) - 1)
"""What a uniform does not use of its word rounds the work that it stands for; the two are independent."""
_ZERO: Final = np.uint64(0)


class Code(NamedTuple):
    """Journeys as one list of instructions.

    Attributes of instructions, shape (instructions,):
        op: `CHOOSE` between branches, a `STEP`, the `END` of the ticket, `GOTO`, `HALT`, or `PICK` one of several
            teams for the two steps that follow.
        stream: stream of the choice or of the step's amount; of `END` the outcome, of `GOTO` where to.
        first, number: where the edges and targets of a choice are listed; of a step, the stream of its patience or −1,
            and the stream that says whether the user tries again or −1.
        share: of users who try again.
        target: of a choice, where those go who take no branch; of a step, where those go who do not try again.
        teams: of `PICK`, where the teams begin of which one is picked.
        skip, skip_too: of `PICK`, places among them that cannot be picked, ascending.

    Attributes of branches, shape (branches,):
        edges: cumulated probabilities.
        targets: first instruction of each.

    Attributes of teams that can be picked:
        team, calendar: who works and, where the time is business time, in which calendar the delay before it runs.
    """

    op: Ints
    stream: Ints
    first: Ints
    number: Ints
    share: Floats
    target: Ints
    teams: Ints
    skip: Ints
    skip_too: Ints
    edges: Floats
    targets: Ints
    team: Ints
    calendar: Ints


class Trail(NamedTuple):
    """What the walks leave behind: for each step its instruction, the uniforms of its amount and of its patience, how
    its work is rounded to seconds, whether the user tries again, and which team was picked for it or −1; for each
    ticket its first step, and how it ends."""

    instruction: NDArray[np.int32]
    amount: Floats
    rounding: NDArray[np.int16]
    patience: Floats
    again: NDArray[np.int8]
    picked: NDArray[np.int32]
    first: Ints
    ends_as: Ints


@intrinsic
def _high(typing_context: Any, a: Any, b: Any) -> Any:
    """Upper 64 bits of the product of two words."""
    from llvmlite import ir

    def build(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        wide = ir.IntType(128)
        product = builder.mul(*(builder.zext(one, wide) for one in arguments))
        return builder.trunc(builder.lshr(product, ir.Constant(wide, 64)), ir.IntType(64))

    return numba.uint64(numba.uint64, numba.uint64), build


def _high_in_python(a: Any, b: Any) -> Any:
    """The same where compiling is switched off, to look for a fault."""
    return np.uint64(int(a) * int(b) >> 64)


_upper: Any = _high_in_python if numba.config.DISABLE_JIT else _high  # type: ignore[attr-defined]  # set at run time


@jit
def word(key0: Any, key1: Any, level: int, place: int) -> Any:
    """A word of a level of a stream, by its place in the level and the two halves of the stream's key."""
    c0, c1, c2, c3 = np.uint64((place >> 2) + 1), np.uint64(level), _ZERO, _ZERO
    for _ in range(_ROUNDS):
        high0, low0 = _upper(_M0, c0), _M0 * c0
        high1, low1 = _upper(_M1, c2), _M1 * c2
        c0, c1, c2, c3 = high1 ^ c1 ^ key0, low1, high0 ^ c3 ^ key1, low0
        key0 += _W0
        key1 += _W1
    which = place & 3
    if which == 0:
        return c0
    if which == 1:
        return c1
    return c2 if which == 2 else c3


@jit
def _bits(keys: Words, stream: int, flip: Any, level: int, place: int) -> Any:
    """The word of an identity."""
    return word(keys[stream, 0], keys[stream, 1], level, place) ^ flip


@jit
def _uniform(bits: Any) -> float:
    """The uniform of a word, which takes all but its lowest 12 bits; see `streams.uniforms`."""
    return float(bits >> _UNUSED_BITS) * 2.0**-52 + 2.0**-53


@jit
def _where(day: int, number: int) -> tuple[int, int]:
    """Level of a stream, and place in the level, of the word of an identity."""
    level, low, width = 0, 0, FIRST_LEVEL
    while number >= low + width:
        low += width
        width = low
        level += 1
    return level, day * width + number - low


@jit
def _picked(code: Code, at: int, u: float) -> int:
    """Which team a uniform picks, by its place in the list of teams; −1 if rounding leaves the uniform beyond all."""
    first, number = code.first[at], code.number[at]
    way = min(int(u * number), number - 1)  # next to the right one, which the edges decide
    while way > 0 and u < code.edges[first + way - 1]:
        way -= 1
    while way < number and u >= code.edges[first + way]:
        way += 1
    if way == number:
        return -1
    if way >= code.skip[at]:
        way += 1
    if way >= code.skip_too[at]:
        way += 1
    return int(code.teams[at] + way)


@jit
def walk(
    code: Code,
    start: Ints,
    day: Ints,
    k: Ints,
    keys: Words,
    flip: Words,
    trail: Trail,
    ticket: int,
    steps: int,
    most: int,
) -> tuple[int, int]:
    """Let tickets walk, from a ticket on, as long as there is room for the steps of one more.

    Args:
        code: the journeys.
        start: first instruction of each ticket, shape (tickets,).
        day, k: identities of the tickets, shape (tickets,).
        keys: of the streams, shape (streams, 2).
        flip: shape (1,); all bits set for the antithetic partner, else none.
        trail: where to write.
        ticket: with which to begin.
        steps: how many steps there are already.
        most: steps that a ticket can have.

    Returns:
        The ticket with which to go on, and how many steps there are.
    """
    while ticket < start.size and steps + most <= trail.instruction.size:
        trail.first[ticket] = steps
        at = start[ticket]
        level, place = _where(day[ticket], k[ticket])
        picked, left = -1, 0
        while code.op[at] != HALT:
            op = code.op[at]
            if op == GOTO:
                at = code.stream[at]
            elif op == END:
                trail.ends_as[ticket] = code.stream[at]
                break
            else:
                bits = _bits(keys, code.stream[at], flip[0], level, place)
                u = _uniform(bits)
                if op == PICK:
                    picked, left = _picked(code, at, u), 2
                    at = at + 1 if picked >= 0 else code.target[at]
                    continue
                if op == CHOOSE:
                    following = code.target[at]
                    for branch in range(code.first[at], code.first[at] + code.number[at]):
                        if u < code.edges[branch]:
                            following = code.targets[branch]
                            break
                    at = following
                    continue
                trail.instruction[steps], trail.amount[steps] = at, u
                trail.rounding[steps] = bits & _LOWEST_BITS
                patience, redial = code.first[at], code.number[at]
                trail.again[steps] = 0
                trail.picked[steps] = picked if left > 0 else -1
                left -= 1
                if patience >= 0:
                    trail.patience[steps] = _uniform(_bits(keys, patience, flip[0], level, place))
                following = at + 1
                if redial >= 0:
                    if _uniform(_bits(keys, redial, flip[0], level, place)) < code.share[at]:
                        trail.again[steps] = 1
                    else:
                        following = code.target[at]
                steps += 1
                at = following
        ticket += 1
    trail.first[ticket] = steps
    return ticket, steps
