"""What a workload is: tickets, their graphs of steps, and who is there when. Arrays of whole numbers only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from simdesk.errors import RunError

Ints = NDArray[np.int64]
Small = NDArray[np.integer]
"""Numbers so small that a byte or two will do, which halves the memory of a long run."""

MOST_STEPS: Final = 2**31 - 1
"""Engines number the steps of a replication in 32 bits."""
WORK: Final = 0
"""A step that needs an agent of a team."""
DELAY: Final = 1
"""A step in which nobody of the desk works."""


@dataclass(frozen=True, slots=True)
class Workload:
    """The demand side of one replication.

    Tickets are in the order of arrival; ticket i has the steps `first[i] … first[i + 1] − 1`. Steps without a
    predecessor start when the ticket arrives, any other when `predecessors` of its predecessors have finished; step s
    is followed by `successors[successor_at[s] : successor_at[s + 1]]`.

    Attributes of tickets, shape (tickets,):
        arrives_at: when it enters the desk, seconds; 0 for those open at the start.
        opened_at: when the user's need began, seconds; negative for those open at the start.
        reaches_at: when it reaches the desk, after self-service and automation, seconds; `NEVER` if it never does, and
            `opened_at` for those open at the start. Promises begin then.
        type, priority, channel: indices into `type_names`, `PRIORITIES`, `channel_names`; `category_names[type]` is
            its heading.
        blocking: 1 if it stops the user's work.
        ends_as: `Outcome` when its last step is done.
        response_target, resolution_target: seconds, `NEVER` without a promise.
        response_calendar, resolution_calendar: index of the desk's calendar in which the target runs.

    Attributes of steps, shape (steps,):
        kind: `WORK` or `DELAY`.
        state: the `State` in which a delay is spent.
        team: team that works or waits, or −1.
        work: touch time at standard speed, milliseconds (work steps).
        rounding: how it is rounded to whole seconds, 0 to 4095; see `policies.seconds_for`.
        live: 1 if the user is on the line until an agent first puts it down.
        expected_work: its mean for this kind of ticket, milliseconds.
        duration: seconds (delay steps).
        calendar: index of the calendar in which a delay runs, or the patience of whoever waits for work.
        pauses: 1 if the resolution clock stands still during the delay.
        patience: seconds in the queue after which the user gives up, or `NEVER`.
        if_given_up: step that follows then, or −1 if the user leaves.

    Attributes of spells of presence, in the order (agent, start):
        duty_agent, duty_starts, duty_ends: seconds.
        duty_break: 1 if a break begins at the end of the spell, 0 if the shift ends.

    Attributes of agents, shape (agents,):
        speed: in thousandths of the standard.
    """

    type_names: tuple[str, ...]
    category_names: tuple[str, ...]
    channel_names: tuple[str, ...]
    arrives_at: Ints
    opened_at: Ints
    reaches_at: Ints
    type: Ints
    priority: Ints
    channel: Ints
    blocking: Ints
    ends_as: Ints
    response_target: Ints
    resolution_target: Ints
    response_calendar: Ints
    resolution_calendar: Ints
    first: Ints
    kind: Small
    state: Small
    team: Small
    work: Ints
    rounding: Small
    live: Small
    expected_work: Ints
    duration: Ints
    calendar: Small
    pauses: Small
    patience: Ints
    if_given_up: Ints
    predecessors: Small
    successor_at: Ints
    successors: Ints
    duty_agent: Ints
    duty_starts: Ints
    duty_ends: Ints
    duty_break: Ints
    speed: Ints

    @property
    def tickets(self) -> int:
        """Number of tickets."""
        return self.arrives_at.size

    @property
    def steps(self) -> int:
        """Number of steps of all tickets."""
        return self.kind.size

    def check(self) -> None:
        """Refuse a workload that no engine could run: negative times, unsorted tickets, missing parts.

        Raises:
            RunError: naming what is wrong.
        """
        for name in ("work", "duration", "patience", "arrives_at"):
            if self.steps and getattr(self, name).size and getattr(self, name).min() < 0:
                raise RunError(f"the workload holds a negative {name}")
        if np.any(np.diff(self.arrives_at) < 0):
            raise RunError("the tickets of the workload are not in the order of arrival")
        if self.first.size != self.tickets + 1 or self.successor_at.size != self.steps + 1:
            raise RunError("the workload's tables do not fit together")
        if self.steps > MOST_STEPS:
            raise RunError(f"the workload holds more than {MOST_STEPS:,} steps; shorten the run")
        if np.any(np.diff(self.first) < 1):
            raise RunError("the workload holds a ticket without steps")
        same = self.duty_agent[1:] == self.duty_agent[:-1]
        if np.any(same & (self.duty_starts[1:] < self.duty_ends[:-1])):
            raise RunError("the workload has an agent on duty twice at once")
        if np.any(self.duty_ends <= self.duty_starts) or np.any(self.speed <= 0):
            raise RunError("the workload holds an empty spell of presence or an agent without speed")
