"""What one replication says of a measure, in the form that an honest interval over replications needs.

A mean over tickets or a share is a ratio of two sums, not an average of averages; a quantile needs the values
themselves.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Ratio:
    """A mean or a share: two sums over the same tickets, agents or seconds."""

    numerator: float
    denominator: float

    @property
    def value(self) -> float:
        """The ratio; NaN if there was nothing to count."""
        return self.numerator / self.denominator if self.denominator else float("nan")


@dataclass(frozen=True, slots=True)
class Total:
    """A number of the whole replication, such as a cost."""

    value: float


@dataclass(frozen=True, slots=True)
class Quantile:
    """A quantile, with the sorted values that it is taken from."""

    values: NDArray[np.float64]
    share: float

    @property
    def value(self) -> float:
        """The quantile (inverted distribution function); NaN of nothing."""
        return quantile(self.values, self.share)


Reading = Ratio | Total | Quantile


def quantile(values: NDArray[np.float64], share: float) -> float:
    """Smallest value that at least this share of the sorted values does not exceed; NaN of nothing."""
    if values.size == 0:
        return float("nan")
    return float(values[max(int(np.ceil(share * values.size - 1e-9)) - 1, 0)])


def mean(values: NDArray[np.int64] | NDArray[np.float64] | NDArray[np.bool_]) -> Ratio:
    """Mean of values, or share of truths."""
    return Ratio(float(values.sum()), float(values.size))


def at(values: NDArray[np.int64] | NDArray[np.float64], share: float) -> Quantile:
    """Quantile of values."""
    return Quantile(np.sort(values.astype(np.float64)), share)
