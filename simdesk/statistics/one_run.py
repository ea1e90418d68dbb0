"""An interval from one long run, whose observations depend on each other, and how long such a run has to be.

For a mean in the long run of something without seasons. Knows a row of numbers; not what they measure.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

_FEWEST = 1280
"""Observations that there must be, and batches to begin with."""
_SKEWED = 4.0
"""Skewness beyond which the first batches are not single observations, but of up to `_SKEWED_BATCH`."""
_SKEWED_BATCH = 16
_WIDEST_SPACER = 10
"""Batches that are left out between two, at most."""
_INDEPENDENT = 0.20
"""Level of the test of independence."""
_LONGER, _FEWER = math.sqrt(2), 0.9
"""Factors of the size and of the number of batches, from one attempt to the next."""


@dataclass(frozen=True, slots=True)
class OneRun:
    """A mean in the long run, from a single run.

    Attributes:
        value: mean of what is kept.
        low, high: ends of the confidence interval, not symmetric if the batches are skewed; NaN without an interval.
        dropped: observations left out at the start.
        batches: adjacent batches that the interval is made of; 0 without an interval.
        batch_size: observations of each.
        sufficient: whether the run was long enough for batches that look independent.
        note: what is missing, or nothing.
    """

    value: float
    low: float
    high: float
    dropped: int
    batches: int
    batch_size: int
    sufficient: bool
    note: str = ""

    @property
    def half_width(self) -> float:
        """Half the width of the interval."""
        return (self.high - self.low) / 2


@dataclass(frozen=True, slots=True)
class _Batching:
    """Batches some of which look independent, or the last that were tried.

    Attributes:
        size: observations of a batch.
        count: batches that the test looked at, from the start of the run.
        spacer: batches left out before each that was tested.
        attempts: how often the batches had been made longer and fewer.
        wanted: observations that a further attempt would have needed; 0 if none was needed.
    """

    size: int
    count: int
    spacer: int
    attempts: int
    wanted: int = 0


def n_skart(values: ArrayLike, confidence: float) -> OneRun:
    """The mean in the long run, with an interval that allows for dependence, for skewness and for the start.

    Batches grow until their means look independent, if need be with others left out between them. As many as are left
    out between two are dropped at the start; the rest makes batches anew, whose lag-one correlation and whose skewness
    correct Student's t.

    Args:
        values: observations of one run, in their order, shape (observations,), in any unit.
        confidence: of the interval, between 0 and 1.

    Returns:
        Value and interval in the unit of the observations. Fewer than 1,280 have no interval; a run that ends before
        its batches look independent has one, but is not `sufficient`.

    Raises:
        ValueError: there are no observations, one is not a finite number, or the confidence is out of range.

    Source: Tafazzoli, Steiger & Wilson (2011). Two steps are simpler here: the spacer of a skewed series may be as wide
    as any, and a longer run has longer batches, not more of them.
    """
    run = np.asarray(values, dtype=np.float64)
    if run.ndim != 1 or run.size == 0 or not np.isfinite(run).all():
        raise ValueError("a run must be one row of finite numbers, at least one")
    _require_confidence(confidence)
    if run.size < _FEWEST:
        note = f"needs {_FEWEST:,} observations for an interval"
        return OneRun(float(run.mean()), math.nan, math.nan, 0, 0, 0, sufficient=False, note=note)
    if np.ptp(run) == 0:
        same = float(run[0])
        return OneRun(same, same, same, 0, run.size, 1, sufficient=True)
    found = _batching(run)
    kept = run.size - found.spacer * found.size
    tested = found.count // (found.spacer + 1)
    count = min(math.ceil(tested / _FEWER**found.attempts), found.count)
    size = max(found.size, kept // count)
    dropped = run.size - kept // size * size
    means = run[dropped:].reshape(-1, size).mean(axis=1)
    low, high = _interval(means, math.ceil(dropped / size), confidence)
    note = f"the batches are not independent yet; needs at least {found.wanted:,} observations" if found.wanted else ""
    return OneRun(float(means.mean()), low, high, dropped, means.size, size, sufficient=not found.wanted, note=note)


def run_length_for(relative_half_width: float, mean: float, *, asymptotic_variance: float, confidence: float) -> int:
    """Observations that one run needs until its interval is as narrow as wished; said before anything runs.

    Args:
        relative_half_width: half the width of the interval as a share of the mean, such as 0.05.
        mean: in the long run, in any unit.
        asymptotic_variance: variance of the mean of n observations times n, as n grows, in that unit squared.
        confidence: of the interval, between 0 and 1.

    Raises:
        ValueError: the half-width is not positive, the mean is 0, the variance is negative, one of them is not finite,
            or the confidence is out of range.

    Source: Whitt (1989), Planning queueing simulations.
    """
    from scipy.special import ndtri

    _require_confidence(confidence)
    if not (math.isfinite(relative_half_width) and relative_half_width > 0):
        raise ValueError(f"the relative half-width must be a positive number, not {relative_half_width}")
    if not math.isfinite(mean) or mean == 0:
        raise ValueError(f"a share of the mean says something if the mean is not 0, but it is {mean}")
    if not (math.isfinite(asymptotic_variance) and asymptotic_variance >= 0):
        raise ValueError(f"the asymptotic variance must be a number from 0 upwards, not {asymptotic_variance}")
    critical = float(ndtri(0.5 + confidence / 2))
    return max(1, math.ceil(asymptotic_variance * (critical / (relative_half_width * mean)) ** 2))


def _require_confidence(confidence: float) -> None:
    if not 0 < confidence < 1:
        raise ValueError(f"the confidence must lie between 0 and 1, not {confidence}")


def _batching(run: Floats) -> _Batching:
    """The shortest batches that look independent with the narrowest spacer; the last that fit if none does."""
    skewed = abs(_skewness(run[run.size // 5 :])) > _SKEWED
    size, count, attempts = min(_SKEWED_BATCH, run.size // _FEWEST) if skewed else 1, _FEWEST, 0
    while True:
        means = run[: size * count].reshape(count, size).mean(axis=1)
        for spacer in range(_WIDEST_SPACER + 1):
            if _looks_independent(means[spacer :: spacer + 1]):
                return _Batching(size, count, spacer, attempts)
        longer, fewer = math.ceil(_LONGER * size), math.ceil(_FEWER * count)
        if longer * fewer > run.size:
            return _Batching(size, count, _WIDEST_SPACER, attempts, wanted=longer * fewer)
        size, count, attempts = longer, fewer, attempts + 1


def _looks_independent(means: Floats) -> bool:
    """Whether neighbours differ as much as independent values would (von Neumann 1941)."""
    from scipy.special import ndtri

    n = means.size
    squares = float(((means - means.mean()) ** 2).sum())
    if squares == 0:
        return True
    ratio = 1 - float((np.diff(means) ** 2).sum()) / (2 * squares)
    return abs(ratio) <= float(ndtri(1 - _INDEPENDENT / 2)) * math.sqrt((n - 2) / (n**2 - 1))


def _interval(means: Floats, spacer: int, confidence: float) -> tuple[float, float]:
    """Both ends, from the means of adjacent batches; the skewness is that of every (spacer + 1)-th, the last included.

    Source: Tafazzoli, Steiger & Wilson (2011), steps 6 and 7; the skewness by Johnson (1978) and Willink (2005).
    """
    from scipy.special import stdtrit

    deviations = means - means.mean()
    squares = float((deviations**2).sum())
    if squares == 0:
        return float(means[0]), float(means[0])
    correlation = float((deviations[1:] * deviations[:-1]).sum()) / squares
    inflation = (1 + correlation) / (1 - correlation)
    error = math.sqrt(inflation * squares / (means.size - 1) / means.size)
    spaced = means[::-1][:: spacer + 1]
    critical = float(stdtrit(spaced.size - 1, 0.5 + confidence / 2))
    beta = _skewness(spaced) / (6 * math.sqrt(spaced.size))
    centre = float(means.mean())
    return centre - _unskewed(critical, beta) * error, centre - _unskewed(-critical, beta) * error


def _unskewed(critical: float, beta: float) -> float:
    """Critical value of a mean of skewed values, from that of symmetric ones."""
    return (math.cbrt(1 + 6 * beta * (critical - beta)) - 1) / (2 * beta) if beta else critical


def _skewness(values: Floats) -> float:
    """Sample skewness, corrected for the size of the sample; 0 of values that are all the same."""
    n = values.size
    deviations = values - values.mean()
    variance = float((deviations**2).mean())
    if n < 3 or variance == 0:
        return 0.0
    third = float((deviations**3).mean())
    return math.sqrt(n * (n - 1)) / (n - 2) * third / math.sqrt(variance) ** 3
