"""What every model of a benchmark reports, so that speed is only compared between models that agree."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

BATCHES = 20
"""A run is cut into so many pieces to see how much its mean scatters."""


@dataclass(frozen=True)
class Outcome:
    """One run of a model.

    Attributes:
        tickets: how many arrived.
        minutes: how long they kept arriving.
        waits: minutes in the queue of each tier, in the order in which the waits ended, those who gave up included.
        left_at: when somebody gave up, minutes.
    """

    tickets: int
    minutes: float
    waits: tuple[ArrayLike, ...]
    left_at: ArrayLike


Reading = Callable[[], Outcome]
"""What a finished run returns: its outcome is read when the stopwatch has been stopped."""


@dataclass(frozen=True)
class Mean:
    """A mean and its standard error."""

    value: float
    error: float

    def distance(self, other: Mean) -> float:
        """How many standard errors lie between two means; 0 if they are the same."""
        error = math.hypot(self.error, other.error)
        return abs(self.value - other.value) / error if error else 0.0


def means(outcome: Outcome) -> dict[str, Mean]:
    """Mean wait of every tier, minutes, and the share of tickets that gave up, %."""
    waits = {f"wait {tier}": _of_batches(np.asarray(wait)) for tier, wait in enumerate(outcome.waits, 1)}
    edges = np.linspace(0, outcome.minutes, BATCHES + 1)
    left = np.histogram(np.asarray(outcome.left_at), edges)[0]
    each = 100 * BATCHES * left / outcome.tickets
    return waits | {"gave up": Mean(100 * np.size(outcome.left_at) / outcome.tickets, _error(each))}


def together(runs: Sequence[Mean]) -> Mean:
    """The mean of several independent runs of about the same size."""
    return Mean(sum(run.value for run in runs) / len(runs), math.hypot(*(run.error for run in runs)) / len(runs))


def _of_batches(waits: NDArray[np.float64]) -> Mean:
    edges = np.linspace(0, waits.size, BATCHES + 1).astype(int)
    parts = np.array([waits[begin:end].mean() for begin, end in pairwise(edges) if end > begin])
    return Mean(float(waits.mean()), _error(parts)) if waits.size else Mean(0.0, 0.0)


def _error(parts: NDArray[np.float64]) -> float:
    return float(parts.std(ddof=1) / math.sqrt(parts.size)) if parts.size > 1 else 0.0
