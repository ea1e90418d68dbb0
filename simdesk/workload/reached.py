"""When each need reaches the desk: it is known before the clock starts, because nobody of the desk delays it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from simdesk.clock import NEVER, Calendar
from simdesk.states import State
from simdesk.workload.model import DELAY, Workload
from simdesk.workload.streams import Ints

BEFORE_THE_DESK: Final = (State.SELF_SERVICE, State.AUTOMATION)
"""Delays at the beginning of a ticket that the desk has no part in."""


def reaches_at(load: Workload, calendars: Sequence[Calendar]) -> Ints:
    """When each ticket reaches the desk, seconds, `NEVER` if it never does; shape (tickets,).

    That is when its first step begins that is neither self-service nor automation; for a ticket that was opened before
    the start, when it was opened. A step that follows several begins when the last of them has ended.

    Args:
        load: the demand side; its own `reaches_at` is not looked at.
        calendars: of the desk, in which delays run.
    """
    if not any((load.state == state).any() for state in BEFORE_THE_DESK):
        return np.minimum(load.opened_at, load.arrives_at)
    ticket_of = np.repeat(np.arange(load.tickets), np.diff(load.first))
    before = (load.kind == DELAY) & np.isin(load.state, BEFORE_THE_DESK)
    missing, begins = load.predecessors.astype(np.int64), load.arrives_at[ticket_of]
    reached = np.full(load.tickets, NEVER)
    steps = np.flatnonzero(missing == 0)
    while steps.size:
        there = steps[~before[steps]]
        np.minimum.at(reached, ticket_of[there], begins[there])
        waiting = steps[before[steps]]
        followers = np.diff(load.successor_at)[waiting]
        ends = np.repeat(_ends(load, calendars, waiting, begins[waiting]), followers)
        following = load.successors[_places(load.successor_at[waiting], followers)]
        np.maximum.at(begins, following, ends)
        np.subtract.at(missing, following, 1)
        steps = np.unique(following[missing[following] == 0])
    return np.where(load.opened_at < load.arrives_at, load.opened_at, reached)


def _ends(load: Workload, calendars: Sequence[Calendar], steps: Ints, begins: Ints) -> Ints:
    """When delays end that begin at some instants, each in its own calendar."""
    ends, calendar = np.zeros(steps.size, np.int64), load.calendar[steps]
    for index in np.unique(calendar):
        mine = calendar == index
        ends[mine] = calendars[index].add_many(begins[mine], load.duration[steps[mine]])
    return ends


def _places(first: Ints, sizes: Ints) -> Ints:
    """The places first, first + 1, … of several lists, end to end."""
    offsets = np.cumsum(sizes) - sizes
    return np.repeat(first - offsets, sizes) + np.arange(int(sizes.sum()))
