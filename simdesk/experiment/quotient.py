"""One mean over another, measured in the same replications: a price for each of something, or a change in per cent."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simdesk.experiment.estimate import CONFIDENCE, Sample, student_t


@dataclass(frozen=True, slots=True)
class Quotient:
    """A quotient with its doubt.

    Attributes:
        value: the quotient; NaN if there is nothing to divide by.
        low, high: ends of the confidence interval; NaN if it has none that is bounded.
        note: why there is no interval, or no value.
    """

    value: float
    low: float
    high: float
    note: str = ""

    def less(self, amount: float) -> Quotient:
        """The same, moved down; less 1 it is a relative change."""
        return Quotient(self.value - amount, self.low - amount, self.high - amount, self.note)


def quotient(top: Sample, bottom: Sample, confidence: float = CONFIDENCE) -> Quotient:
    """One paired mean over another with Fieller's interval (1954).

    It holds every quotient that the replications do not refute: those q for which the mean of top less q times bottom
    may be 0. Where the bottom itself may be 0, nothing bounds it, and there is no interval. If the top is the same in
    every replication, its ends are those of the bottom's interval turned over.

    Args:
        top, bottom: of the same replications, in the same order.
        confidence: of the interval.

    Raises:
        ValueError: the sides have not the same number of sections.
    """
    nothing = math.nan
    value = top.value / bottom.value if bottom.value else nothing
    if note := top.note or bottom.note:
        return Quotient(value, nothing, nothing, note)
    if top.parts.size != bottom.parts.size:
        raise ValueError(f"{top.parts.size} sections cannot be paired with {bottom.parts.size}")
    t_squared = student_t(confidence, top.parts.size - 1) ** 2
    square = bottom.value**2 - t_squared * _covariance(bottom.parts, bottom.parts)
    middle = top.value * bottom.value - t_squared * _covariance(top.parts, bottom.parts)
    rest = top.value**2 - t_squared * _covariance(top.parts, top.parts)
    if square <= 0:
        return Quotient(value, nothing, nothing, "what it is divided by may be nothing")
    root = math.sqrt(max(middle**2 - square * rest, 0.0))
    return Quotient(value, (middle - root) / square, (middle + root) / square)


def _covariance(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    """Of two means, from the deviations of their sections."""
    return math.fsum(one * other) / (one.size - 1) / one.size
