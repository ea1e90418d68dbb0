"""Where a series forgets its start: what to drop of a mean over replications, and the curve to look at.

Only the mean over replications is cut. A replication that is cut by itself loses its high excursions, and what is left
of it is too low.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

_BATCH = 5
"""Observations of a batch: the 5 of MSER-5."""


@dataclass(frozen=True, slots=True)
class Truncation:
    """How much of the start of a series to drop.

    Attributes:
        truncate_after: observations to drop.
        too_short: the best cut is the last one tried, next to the middle; in a longer series it might lie later.
    """

    truncate_after: int
    too_short: bool


def mser5(mean_series: ArrayLike) -> Truncation:
    """Where to cut a series so that the mean of the rest is known best.

    The cut comes too early more often than too late: it is a lower bound, and three relaxation times are another.

    Args:
        mean_series: mean over replications of the first, second, … observation, shape (observations,), in any unit.

    Raises:
        ValueError: there are fewer than ten observations, or one is not a finite number.

    Source: White (1997); White, Cobb & Spratt (2000) for the batches of five. Of n batch means Y_j drop the first d,
    fewer than half, so that Σ_{j>d} (Y_j − Ȳ)² / (n − d)² is least; Ȳ is the mean of those that are left.
    """
    series = _series(mean_series, least=2 * _BATCH)
    n = series.size // _BATCH
    means = series[: n * _BATCH].reshape(n, _BATCH).mean(axis=1)
    means -= means[-1]  # the squares below stay as small as the spread
    cuts = np.arange((n + 1) // 2)
    left = n - cuts
    sums = np.cumsum(means[::-1])[::-1][cuts]
    squares = np.cumsum(means[::-1] ** 2)[::-1][cuts]
    best = int(np.argmin(np.maximum(squares - sums**2 / left, 0.0) / left**2))
    return Truncation(best * _BATCH, too_short=best == cuts.size - 1)


def welch(series: ArrayLike, window: int) -> Floats:
    """A mean over replications, smoothed for the eye: where the curve is level, the start is forgotten.

    Args:
        series: mean over replications of the first, second, … observation, shape (observations,), in any unit.
        window: neighbours on either side that are averaged with an observation, at most a quarter of all; near the
            start only as many as there are before it.

    Returns:
        Shape (observations − window,), in the unit of the series.

    Raises:
        ValueError: the window is negative or too wide, or an observation is not a finite number.

    Source: Welch (1983); Law, Simulation Modeling and Analysis, 9.5.1.
    """
    series = _series(series, least=1)
    if not 0 <= window <= series.size // 4:
        raise ValueError(f"the window must lie between 0 and a quarter of {series.size} observations, not {window}")
    middle = np.arange(series.size - window)
    reach = np.minimum(middle, window)
    before = np.concatenate(([0.0], np.cumsum(series)))
    smooth: Floats = (before[middle + reach + 1] - before[middle - reach]) / (2 * reach + 1)
    return smooth


def _series(given: ArrayLike, least: int) -> Floats:
    """The observations as numbers; refused if there are too few or one is missing."""
    series = np.asarray(given, dtype=np.float64)
    if series.ndim != 1 or series.size < least:
        raise ValueError(f"a series needs at least {least} observations in a row, not the shape {series.shape}")
    if not np.isfinite(series).all():
        raise ValueError("every observation must be a finite number")
    return series
