"""From the readings of many replications to one estimate with its interval.

Means of totals get Student's t; shares and means over tickets the ratio estimator; quantiles sectioning over pooled
data.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from simdesk.measures.readings import Quantile, Ratio, Reading, Total, quantile

Floats = NDArray[np.float64]

CONFIDENCE = 0.95
_TAIL_VALUES = 100
"""A section must hold this many values beyond the quantile; below it, coverage falls short."""
_FEWEST_SECTIONS = 10


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number with its doubt.

    Attributes:
        value: the estimate; NaN if there was nothing to measure.
        low, high: ends of the confidence interval; NaN if none can be given honestly.
        replications: how many it rests on.
        note: why there is no interval, or nothing.
        standard_error: of the value; NaN if unknown.
    """

    value: float
    low: float
    high: float
    replications: int
    note: str = ""
    standard_error: float = math.nan

    @property
    def half_width(self) -> float:
        """Half the width of the interval."""
        return (self.high - self.low) / 2


@lru_cache(maxsize=1024)
def student_t(confidence: float, degrees: int) -> float:
    """Two-sided critical value of Student's t."""
    from scipy.special import stdtrit

    return float(stdtrit(degrees, 0.5 + confidence / 2))


def estimate(readings: Sequence[Reading], confidence: float = CONFIDENCE) -> Estimate:
    """Estimate a measure from its readings, one of each replication, all of one kind."""
    if all(isinstance(reading, Ratio) for reading in readings):
        return _ratio([reading for reading in readings if isinstance(reading, Ratio)], confidence)
    if all(isinstance(reading, Quantile) for reading in readings):
        return _quantile([reading for reading in readings if isinstance(reading, Quantile)], confidence)
    return mean_of([reading.value for reading in readings if isinstance(reading, Total)], confidence)


def mean_of(values: Sequence[float], confidence: float = CONFIDENCE) -> Estimate:
    """Mean of independent values with Student's t (Law, Simulation Modeling and Analysis, 4.5)."""
    n = len(values)
    centre = math.fsum(values) / n if n else math.nan
    if n < 2:
        return Estimate(centre, math.nan, math.nan, n, "one replication has no interval")
    spread = math.fsum((value - centre) ** 2 for value in values) / (n - 1)
    return _interval(centre, math.sqrt(spread / n), n - 1, confidence, n)


def _interval(value: float, error: float, degrees: int, confidence: float, replications: int) -> Estimate:
    """Student's t around a value with a standard error."""
    half = student_t(confidence, degrees) * error
    return Estimate(value, value - half, value + half, replications, standard_error=error)


def _ratio(readings: list[Ratio], confidence: float) -> Estimate:
    """Ratio of sums, its variance by linearisation (Cochran, Sampling Techniques, 6.3)."""
    n = len(readings)
    top = math.fsum(reading.numerator for reading in readings)
    bottom = math.fsum(reading.denominator for reading in readings)
    if bottom == 0:
        return Estimate(math.nan, math.nan, math.nan, n, "there was nothing to count")
    ratio = top / bottom
    if n < 2:
        return Estimate(ratio, math.nan, math.nan, n, "one replication has no interval")
    residuals = math.fsum((r.numerator - ratio * r.denominator) ** 2 for r in readings) / (n - 1)
    return _interval(ratio, math.sqrt(residuals / n) / (abs(bottom) / n), n - 1, confidence, n)


def _quantile(readings: list[Quantile], confidence: float) -> Estimate:
    """Quantile of the pooled values, its interval by sectioning over replications.

    Replications with too few values beyond the quantile are merged into sections that have enough; with fewer than ten
    sections there is no honest interval (Asmussen and Glynn, Stochastic Simulation, III.5).
    """
    n, share = len(readings), readings[0].share
    pooled = np.sort(np.concatenate([reading.values for reading in readings]))
    centre = quantile(pooled, share)
    if pooled.size == 0:
        return Estimate(math.nan, math.nan, math.nan, n, "there was nothing to count")
    tail = min(share, 1 - share)
    needed = math.ceil(_TAIL_VALUES / tail - 1e-9)  # 1 - 0.9 is a little less than 0.1
    each = max(1, math.ceil(needed / (pooled.size / n)))
    sections = n // each
    if sections < _FEWEST_SECTIONS:
        wanted = max(math.ceil(needed * _FEWEST_SECTIONS / (pooled.size / n)), _FEWEST_SECTIONS)
        note = f"needs {wanted:,} replications for an interval"
        return Estimate(centre, math.nan, math.nan, n, note)
    values = []
    for part in np.array_split(np.arange(n), sections):
        merged = np.sort(np.concatenate([readings[i].values for i in part]))
        values.append(quantile(merged, share))
    spread = math.fsum((value - centre) ** 2 for value in values) / (sections - 1)
    return _interval(centre, math.sqrt(spread / sections), sections - 1, confidence, n)
