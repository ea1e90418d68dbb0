"""Every decision the desk takes, as a rank: the smaller goes first.

Pure functions of whole numbers, so that both engines use the same ones. They know nothing of queues, tickets or clocks
beyond the numbers they are given.
"""

from __future__ import annotations

from enum import IntEnum

PRIORITY_SHIFT = 40
"""A level of priority outweighs 2**40 s, some 35,000 years, of waiting."""
RANK_SCALE = 1 << 20
"""Keeps the quotient of work and cost fine enough in whole numbers."""
ROUNDING_BITS = 12
"""Of the number between 0 and 4095 by which work is rounded to whole seconds."""


class Discipline(IntEnum):
    """Which waiting ticket is served next."""

    FIFO = 0
    """The one that has waited longest."""
    LIFO = 1
    """The newest; flatters the averages of the moment while the old backlog rots."""
    PRIORITY = 2
    """The most urgent priority, and within it the one that has waited longest."""
    EARLIEST_DUE = 3
    """The one whose resolution is due first; sacrifices urgent work under overload."""
    LEAST_SLACK = 4
    """The one with the least time between now and its due instant once its expected work is done."""
    SHORTEST_JOB = 5
    """The one with the least work, as if the work were known on arrival."""
    COST = 6
    """The one whose waiting costs most for each minute of expected work (the cμ rule)."""
    AGING = 7
    """Priority, but every `promote_after` of waiting counts as one level of priority."""
    WEIGHTED = 8
    """Accumulating priority: the largest of waiting time × weight of the priority."""


class AgentChoice(IntEnum):
    """Which free agent takes the ticket."""

    LONGEST_IDLE = 0
    """The one who has been free longest."""
    FASTEST = 1
    """The one who works fastest."""
    LEAST_BUSY = 2
    """The one who has worked least today; who has not worked yet today goes before those who have."""


class AtShiftEnd(IntEnum):
    """What happens to work in hand when the shift ends."""

    FINISH = 0
    """The agent stays until it is done; what he works beyond his shift is overtime."""
    PARK = 1
    """It waits for the same agent, who goes on with what remains."""
    HAND_OVER = 2
    """It goes back to the queue at its original place, with some work added for the hand-over."""


class AtBreak(IntEnum):
    """What happens to work in hand when a break, a meeting or project time begins."""

    FINISH = 0
    """The agent stays until it is done; the break is as much shorter. Work in an unpaid break is overtime."""
    PARK = 1
    """It waits for the same agent, who goes on with what remains."""
    HAND_OVER = 2
    """It goes back to the queue at its original place, with some work added for the hand-over."""
    WAIT = 3
    """The agent stays until it is done and has his whole break then: the break moves, which is no overtime. The shift
    ends when it ends; what it takes of an unpaid break is overtime."""


class Begins(IntEnum):
    """What a free agent begins."""

    ANYTHING = 0
    """Whatever is next."""
    WHAT_FITS = 1
    """Whatever is next of that which is expected to be done before his next break or the end of his shift; and what
    would be too long for all of the time between two breaks."""


def lane_rank(
    discipline: int,
    queued_at: int,
    due_at: int,
    priority: int,
    work: int,
    expected_work: int,
    waiting_cost: int,
    promote_after: int,
) -> int:
    """Rank of a step among those of its lane, fixed when it joins the queue.

    Args:
        discipline: a `Discipline`.
        queued_at: when the step joined the queue, seconds; of a ticket open at the start, when it was opened.
        due_at: when its ticket is due to be resolved, seconds.
        priority: 0 for P1, 1 for P2, and so on.
        work: its touch time, milliseconds.
        expected_work: the mean touch time of its kind of ticket, milliseconds.
        waiting_cost: weight of its priority, for `Discipline.COST`.
        promote_after: waiting that counts as one level of priority, seconds.
    """
    if discipline == Discipline.LIFO:
        return -queued_at
    if discipline == Discipline.PRIORITY:
        return (priority << PRIORITY_SHIFT) + queued_at
    if discipline == Discipline.EARLIEST_DUE:
        return due_at
    if discipline == Discipline.LEAST_SLACK:
        return due_at - expected_work // 1000
    if discipline == Discipline.SHORTEST_JOB:
        return work
    if discipline == Discipline.COST:
        return expected_work * RANK_SCALE // max(waiting_cost, 1)
    if discipline == Discipline.AGING:
        return queued_at + priority * promote_after
    return queued_at


def lane_of(discipline: int, priority: int) -> int:
    """Lane of a queue that a step joins: within a lane the order of the ranks never changes."""
    return priority if discipline == Discipline.WEIGHTED else 0


def lane_score(discipline: int, rank: int, now: int, weight: int) -> int:
    """Score of the head of a lane against the heads of the other lanes; the smaller goes first, then the lower id.

    Args:
        discipline: a `Discipline`.
        rank: the head's `lane_rank`.
        now: the instant, seconds.
        weight: weight of the lane's priority, for `Discipline.WEIGHTED`.
    """
    if discipline == Discipline.WEIGHTED:
        return -(now - rank) * weight
    return rank


def agent_rank(choice: int, idle_since: int, speed: int, worked_on: int, busy: int) -> tuple[int, int]:
    """Rank of a free agent, fixed when he becomes free.

    Args:
        choice: an `AgentChoice`.
        idle_since: when he became free, seconds.
        speed: his speed in thousandths of the standard.
        worked_on: the last local date on which he worked, counted.
        busy: seconds worked on that day.
    """
    if choice == AgentChoice.FASTEST:
        return -speed, 0
    if choice == AgentChoice.LEAST_BUSY:
        return worked_on, busy
    return idle_since, 0


def seconds_for(work: int, speed: int, rounding: int) -> int:
    """Whole seconds that an agent needs for some work: rounded up as often as the fraction of a second says, so that
    the mean over all roundings is the exact time, to 1/4096 s. (Rounding up always would add half a second on average.)

    Args:
        work: touch time at standard speed, milliseconds.
        speed: the agent's speed in thousandths of the standard.
        rounding: drawn for the step, 0 to 4095, each equally likely; 0 rounds down.
    """
    return (work + (rounding * speed >> ROUNDING_BITS)) // speed


def fits(expected_work: int, speed: int, seconds_left: int, seconds_in_all: int) -> bool:
    """Whether an agent begins a piece of work with `Begins.WHAT_FITS`.

    Args:
        expected_work: the mean touch time of its kind of ticket, milliseconds.
        speed: the agent's speed in thousandths of the standard.
        seconds_left: until his next break or the end of his shift.
        seconds_in_all: from his coming until then; what would not fit into that either is begun at any time.
    """
    return seconds_left * speed >= expected_work or seconds_in_all * speed < expected_work


def work_done(seconds: int, speed: int) -> int:
    """Work done in some seconds, milliseconds at standard speed.

    Work put down before its seconds are over always leaves some, and what is left takes exactly the remaining seconds
    of the same agent: breaks neither cost nor save time.
    """
    return seconds * speed
