"""The words for what happens to a ticket, shared by workloads, engines, logs and measures."""

from __future__ import annotations

from enum import IntEnum
from typing import Final

PRIORITIES: Final = ("P1", "P2", "P3", "P4", "P5")
"""From the most urgent; tickets hold the index."""


class State(IntEnum):
    """What a ticket's second is spent on; of several at once, the first in this order counts."""

    WORK = 0
    """An agent works on it."""
    QUEUE = 1
    """It waits for an agent while the team is there."""
    PARKED = 2
    """Its agent has begun and is away: a break, a meeting, the night."""
    HAND_OFF = 3
    """It has been handed over and the next team has not noticed it yet."""
    PENDING = 4
    """It waits for the user or a vendor."""
    SELF_SERVICE = 5
    """The user tries to help himself."""
    AUTOMATION = 6
    """A machine is at it."""
    REDIAL = 7
    """The user has hung up and will try again."""
    REOPENED = 8
    """It was resolved, and the user has not yet come back to say that it is not."""
    OUTSIDE_HOURS = 9
    """It waits, and whoever it waits for is closed."""


class Outcome(IntEnum):
    """How a ticket ended."""

    OPEN = 0
    """Not yet."""
    RESOLVED = 1
    """By a team."""
    SELF_SERVICE = 2
    """By the user himself."""
    AUTOMATION = 3
    """By a machine."""
    ABANDONED = 4
    """The user gave up."""


STATE_WORDS: Final = {
    State.WORK: "work",
    State.QUEUE: "queue",
    State.PARKED: "begun, agent away",
    State.HAND_OFF: "hand-over",
    State.PENDING: "waiting for the user",
    State.SELF_SERVICE: "self-service",
    State.AUTOMATION: "automation",
    State.REDIAL: "until the next call",
    State.REOPENED: "thought to be solved",
    State.OUTSIDE_HOURS: "outside hours",
}
"""What a reader calls a second of a ticket's life, in the order of `State`."""
