"""Which tickets come, by type, priority and channel, and which of them a rule is for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simdesk.scenario.flow import When
from simdesk.scenario.model import Scenario, as_list

Floats = NDArray[np.float64]
Cells = tuple[NDArray[np.int64], ...]

_MOST_CELLS = 1_000_000
"""Types times priorities times channels beyond which nothing is said: no person writes such a desk."""


@dataclass(frozen=True)
class Mix:
    """Tickets that come or already wait, by types, priorities and channels.

    Attributes:
        scenario: whose.
        axes: names along each axis.
        weekly: tickets that come a week, shape (types, priorities, channels).
        listed: tickets that are open at the start, as many as are expected; same shape.
    """

    scenario: Scenario
    axes: tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]
    weekly: Floats
    listed: Floats

    def cells(self, when: When) -> Cells:
        """Index of the tickets that a rule is for, whatever the rules above it."""
        types, priorities, channels = self.axes
        number = {name: place for place, name in enumerate(types)}
        chosen = [np.array(sorted(number[name] for name in self.scenario.types_of(when)), np.int64)]
        for names, wanted in ((priorities, when.priority), (channels, when.channel)):
            chosen.append(np.flatnonzero([wanted is None or name in as_list(wanted) for name in names]))
        return np.ix_(*chosen)

    def of_priority(self) -> Mapping[str, float]:
        """How much there is of each priority: tickets that come a week, and those that are open at the start."""
        return dict(zip(self.axes[1], (self.weekly + self.listed).sum(axis=(0, 2)).tolist(), strict=True))


def mix_of(scenario: Scenario) -> Mix | None:
    """The tickets of a scenario; None if there are none, or far more kinds of them than anybody writes."""
    demand = scenario.demand
    mixes = [(kind.priority or demand.priority, kind.channels or demand.channels) for kind in demand.types.values()]
    priorities = tuple(dict.fromkeys(name for priority, _ in mixes for name in priority))
    channels = tuple(dict.fromkeys(name for _, channel in mixes for name in channel))
    if len(mixes) * len(priorities) * len(channels) > _MOST_CELLS:
        return None
    by_priority = np.array([[priority.get(name, 0.0) for name in priorities] for priority, _ in mixes])
    by_channel = np.array([[channel.get(name, 0.0) for name in channels] for _, channel in mixes])
    each = by_priority[:, :, None] * by_channel[:, None, :]
    weekly = np.array([demand.per_week(name) for name in demand.types])[:, None, None] * each
    waiting = np.array([_waiting(scenario, name) for name in demand.types])[:, None, None] * each
    mix = Mix(scenario, (tuple(demand.types), priorities, channels), weekly, waiting)
    return mix if weekly.sum() + waiting.sum() > 0 else None


def _waiting(scenario: Scenario, kind: str) -> float:
    """Tickets of a type that are open at the start, in whatever team's list."""
    return float(sum(lists[kind].count for lists in scenario.run.open_at_start.values() if kind in lists))
