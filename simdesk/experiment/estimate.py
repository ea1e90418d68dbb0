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
FEWEST_SECTIONS = 10
"""Sections of a quantile below which there is no honest interval."""


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


@dataclass(frozen=True, slots=True)
class Sample:
    """What an interval is made of: a value, and how far each of several independent sections lies from it.

    Attributes:
        value: over all replications; NaN if there was nothing to measure.
        parts: deviations, shape (sections,); linearised for a ratio, of the section's own quantile for a quantile.
        replications: how many there are.
        note: why there can be no interval, or nothing.
    """

    value: float
    parts: Floats
    replications: int
    note: str = ""

    @property
    def standard_error(self) -> float:
        """Of the value; NaN if unknown."""
        return error_of(self.parts) if not self.note else math.nan


def error_of(parts: Floats) -> float:
    """Standard error of a value from the deviations of independent sections."""
    return math.sqrt(math.fsum(parts**2) / (parts.size - 1) / parts.size)


def estimate(readings: Sequence[Reading], confidence: float = CONFIDENCE) -> Estimate:
    """Estimate a measure from its readings, one of each replication, all of one kind."""
    found = sample(readings)
    if found.note:
        return Estimate(found.value, math.nan, math.nan, found.replications, found.note)
    error = found.standard_error
    half = student_t(confidence, found.parts.size - 1) * error
    return Estimate(found.value, found.value - half, found.value + half, found.replications, standard_error=error)


def mean_of(values: Sequence[float], confidence: float = CONFIDENCE) -> Estimate:
    """Mean of independent values with Student's t (Law, Simulation Modeling and Analysis, 4.5)."""
    return estimate([Total(value) for value in values], confidence)


def sample(readings: Sequence[Reading], each: int = 1) -> Sample:
    """The value of a measure and its sections.

    Args:
        readings: one of each replication, all of one kind.
        each: replications that a section of a quantile shall have at least.
    """
    n = len(readings)
    if all(isinstance(reading, Quantile) for reading in readings) and n:
        return _quantile([reading for reading in readings if isinstance(reading, Quantile)], each)
    ratios = [reading for reading in readings if isinstance(reading, Ratio)]
    if ratios:
        top = np.array([reading.numerator for reading in ratios])
        bottom = np.array([reading.denominator for reading in ratios])
    else:
        top, bottom = np.array([reading.value for reading in readings]), np.ones(n)
    total = math.fsum(bottom)
    if total == 0:
        return Sample(math.nan, np.zeros(0), n, "there was nothing to count")
    value = math.fsum(top) / total
    if math.isnan(value):
        return Sample(math.nan, np.zeros(0), n, "the window holds too little of a week to tell")
    if n < 2:
        return Sample(value, np.zeros(n), n, "one replication has no interval")
    return Sample(value, (top - value * bottom) / (abs(total) / n), n)  # for a ratio: Cochran, Sampling Techniques, 6.3


def sections_need(readings: Sequence[Quantile]) -> int:
    """Replications that must be merged for a section to hold enough values beyond the quantile."""
    values = sum(reading.values.size for reading in readings)
    return max(1, math.ceil(_needed(readings[0].share) / (values / len(readings)))) if values else 1


def _needed(share: float) -> int:
    return math.ceil(_TAIL_VALUES / min(share, 1 - share) - 1e-9)  # 1 - 0.9 is a little less than 0.1


def _quantile(readings: list[Quantile], each: int) -> Sample:
    """Quantile of the pooled values, its interval by sectioning over replications.

    Replications with too few values beyond the quantile are merged into sections that have enough; with fewer than ten
    sections there is no honest interval (Asmussen and Glynn, Stochastic Simulation, III.5).
    """
    n, share = len(readings), readings[0].share
    pooled = np.sort(np.concatenate([reading.values for reading in readings]))
    centre = quantile(pooled, share)
    if pooled.size == 0:
        return Sample(math.nan, np.zeros(0), n, "there was nothing to count")
    sections = n // max(each, sections_need(readings))
    if sections < FEWEST_SECTIONS:
        wanted = max(math.ceil(_needed(share) * FEWEST_SECTIONS / (pooled.size / n)), FEWEST_SECTIONS)
        return Sample(centre, np.zeros(0), n, f"needs {wanted:,} replications for an interval")
    values = []
    for part in np.array_split(np.arange(n), sections):
        merged = np.sort(np.concatenate([readings[i].values for i in part]))
        values.append(quantile(merged, share))
    return Sample(centre, np.array(values) - centre, n)
