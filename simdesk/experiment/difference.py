"""Two desks that met the same luck: by how much a measure differs, how sure that is, and what the pairing was worth."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from simdesk.experiment.estimate import CONFIDENCE, Sample, error_of, sample, sections_need, student_t
from simdesk.measures.readings import Quantile, Reading


@dataclass(frozen=True, slots=True)
class Difference:
    """An alternative less the base, replication by replication with the same luck.

    Attributes:
        value: the difference; NaN if either side had nothing to measure.
        low, high: ends of the confidence interval (paired t); NaN if none can be given honestly.
        base, other: the measure on either side.
        standard_error: of the difference; NaN if unknown.
        degrees: degrees of freedom of the interval.
        replications: pairs.
        positive: share of the replications in which the difference is more than 0; half of the ties count.
        reduction: variance of the difference without the pairing over that with it, the variance-reduction ratio;
            NaN if unknown, infinite if the difference is the same in all replications.
        note: why there is no interval, or nothing.
        confidence: of this interval.
    """

    value: float
    low: float
    high: float
    base: float
    other: float
    standard_error: float
    degrees: int
    replications: int
    positive: float
    reduction: float
    note: str = ""
    confidence: float = CONFIDENCE

    @property
    def p_value(self) -> float:
        """Two-sided, of no difference; NaN if unknown."""
        from scipy.special import stdtr

        if math.isnan(self.standard_error):
            return math.nan
        if self.standard_error == 0:
            return 0.0 if self.value else 1.0
        return float(2 * stdtr(self.degrees, -abs(self.value) / self.standard_error))

    @property
    def sure(self) -> float:
        """Confidence that the difference has the sign that it shows: 1 - p/2 of the paired t."""
        return 1 - self.p_value / 2

    def within(self, margin: float, confidence: float = CONFIDENCE) -> bool:
        """Whether the difference is shown to be smaller than a margin either way.

        Two one-sided tests (Schuirmann 1987): the interval of twice the error, at 95 % that of 90 %, lies inside.
        """
        if math.isnan(self.standard_error):
            return False
        half = student_t(2 * confidence - 1, self.degrees) * self.standard_error
        return self.value - half > -margin and self.value + half < margin

    def replications_for(self, half_width: float) -> int:
        """Replications after which the interval would be this narrow, at the variance seen so far; 0 if unknown."""
        if math.isnan(self.standard_error) or half_width <= 0:
            return 0
        spread = self.standard_error * math.sqrt(self.replications)
        wanted = max(2, math.ceil((1.96 * spread / half_width) ** 2))
        for _ in range(50):
            needed = max(2, math.ceil((student_t(self.confidence, wanted - 1) * spread / half_width) ** 2))
            if needed <= wanted:
                break
            wanted = needed
        return wanted


def difference(
    base: Sequence[Reading], other: Sequence[Reading], *, confidence: float = CONFIDENCE, times: float = 1.0
) -> Difference:
    """The paired difference of a measure, other less base.

    Totals are paired as they are; means and shares by their linearised deviations; quantiles by sections of the same
    replications on both sides.

    Args:
        base, other: readings of the same replications, in the same order, of one kind.
        confidence: of the interval.
        times: factor on the base; with 0.8 it is asked how far the other lies above four fifths of the base.

    Raises:
        ValueError: the sides have not the same number of replications.
    """
    if len(base) != len(other):
        raise ValueError(f"{len(base)} replications cannot be paired with {len(other)}")
    before, after = _paired(base, other)
    value = after.value - times * before.value
    positive = _positive(base, other, times)
    nothing = math.nan
    if before.note or after.note:
        note = before.note or after.note
        return Difference(
            value,
            nothing,
            nothing,
            before.value,
            after.value,
            nothing,
            0,
            len(base),
            positive,
            nothing,
            note,
            confidence,
        )
    error = error_of(after.parts - times * before.parts)
    apart = (times * before.standard_error) ** 2 + after.standard_error**2
    reduction = apart / error**2 if error else (math.inf if apart else nothing)
    degrees = before.parts.size - 1
    half = student_t(confidence, degrees) * error
    return Difference(
        value, value - half, value + half, before.value, after.value, error, degrees, len(base), positive, reduction,
        confidence=confidence,
    )  # fmt: skip


def _paired(base: Sequence[Reading], other: Sequence[Reading]) -> tuple[Sample, Sample]:
    """Both samples, cut into the same sections."""
    sides = [[reading for reading in side if isinstance(reading, Quantile)] for side in (base, other)]
    each = max(map(sections_need, sides)) if all(sides) else 1
    return sample(base, each), sample(other, each)


def _positive(base: Sequence[Reading], other: Sequence[Reading], times: float) -> float:
    """Share of the replications in which the other side is higher; ties count half, pairs without a value nothing."""
    gaps = np.array([after.value - times * before.value for before, after in zip(base, other, strict=True)])
    gaps = gaps[~np.isnan(gaps)]
    return float((np.sign(gaps) + 1).mean() / 2) if gaps.size else math.nan


def holm(p_values: Sequence[float]) -> list[float]:
    """p-values adjusted for a family by Holm (1979), step-down Bonferroni; NaN stays and counts for nothing."""
    known = sorted((p, index) for index, p in enumerate(p_values) if not math.isnan(p))
    adjusted, worst = list(p_values), 0.0
    for rank, (p, index) in enumerate(known):
        worst = max(worst, min(1.0, (len(known) - rank) * p))
        adjusted[index] = worst
    return adjusted


def bonferroni(confidence: float, comparisons: int) -> float:
    """Confidence of each of several intervals that together hold with the given one."""
    return 1 - (1 - confidence) / max(comparisons, 1)
