"""When to stop replicating: once the interval is narrow enough, and not before it can be trusted.

Looks at replications in their order, so that the number does not depend on which of several workers was first. Knows
numbers; not what they measure, nor how a replication is made.
"""

from __future__ import annotations

import math
from bisect import bisect_left

import numpy as np
from numpy.typing import ArrayLike

AT_LEAST = 20
"""Replications before the first look: with three, an interval that is narrow by chance ends the run too early."""


def stops_at(
    values: ArrayLike, relative: float, *, confidence: float, at_least: int = AT_LEAST, absolute: float = 0.0
) -> int | None:
    """After how many replications the mean is known to a relative precision; None if these are not enough.

    Replications after the one that stops change nothing.

    Args:
        values: one of each replication, in their order, shape (replications,), in any unit.
        relative: half the width of the interval as a share of the true mean, such as 0.05.
        confidence: of the interval, between 0 and 1.
        at_least: replications before the first look, from 2.
        absolute: half-width that is narrow enough for any mean, in the unit of the values; for a mean close to 0.

    Raises:
        ValueError: a value is not a finite number, or an argument is out of range.

    Source: Law, Simulation Modeling and Analysis, 9.4.1: stop at the first n with t_{n−1} s / √n ≤ γ/(1+γ) |mean|.
    """
    from scipy.special import ndtri, stdtrit

    row = np.asarray(values, dtype=np.float64)
    if row.ndim != 1 or not np.isfinite(row).all():
        raise ValueError("the values must be one row of finite numbers")
    _require(relative=relative, absolute=absolute, confidence=confidence)
    if at_least < 2:
        raise ValueError(f"one replication has no interval; at least must be 2 or more, not {at_least}")
    if row.size < at_least:
        return None
    n = np.arange(1, row.size + 1)
    deviations = row - row[0]  # the squares below stay as small as the spread
    means = np.cumsum(deviations) / n
    squares = np.maximum(np.cumsum(deviations**2) - n * means**2, 0.0)
    errors = np.sqrt(squares[at_least - 1 :] / (n[at_least - 1 :] - 1) / n[at_least - 1 :])
    wanted = np.maximum(_tightened(relative) * np.abs(means[at_least - 1 :] + row[0]), absolute)
    level = 0.5 + confidence / 2
    for index in np.flatnonzero(float(ndtri(level)) * errors <= wanted).tolist():  # t is never narrower
        if float(stdtrit(at_least + index - 1, level)) * errors[index] <= wanted[index]:
            return at_least + int(index)
    return None


def precise(half_width: float, value: float, *, relative: float, absolute: float = 0.0) -> bool:
    """Whether an interval is narrow enough, whatever it was made by.

    Args:
        half_width: of the interval, in the unit of the value; NaN if there is none, which is never narrow enough.
        value: the estimate.
        relative: wished half-width as a share of the true value.
        absolute: half-width that is narrow enough for any value, in its unit; for values that may be close to 0.

    Raises:
        ValueError: a wished precision is out of range.
    """
    _require(relative=relative, absolute=absolute)
    return half_width <= allowed(value, relative, absolute)


def predicted(
    half_width: float,
    value: float,
    *,
    replications: int,
    relative: float,
    confidence: float,
    absolute: float = 0.0,
) -> int:
    """Replications that will be needed, judging by those seen; the spread is taken to stay what it is.

    Args:
        half_width: of the interval so far, in the unit of the value; NaN if there is none.
        value: the estimate so far.
        replications: seen so far, from 2.
        relative: wished half-width as a share of the true value.
        confidence: of the interval, between 0 and 1.
        absolute: half-width that is narrow enough for any value, in its unit.

    Returns:
        At least the replications seen; 0 if nobody can say, for want of an interval or because the value is 0.

    Raises:
        ValueError: an argument is out of range.
    """
    from scipy.special import ndtri, stdtrit

    _require(relative=relative, absolute=absolute, confidence=confidence)
    if replications < 2:
        raise ValueError(f"one replication predicts nothing; there must be 2 or more, not {replications}")
    wanted = allowed(value, relative, absolute)
    if half_width <= wanted:
        return replications
    if not (math.isfinite(half_width) and wanted > 0):
        return 0

    def critical(n: int) -> float:
        return float(stdtrit(n - 1, 0.5 + confidence / 2))

    spread = half_width * math.sqrt(replications) / critical(replications)
    fewest = max(replications, math.floor((float(ndtri(0.5 + confidence / 2)) * spread / wanted) ** 2))
    most = math.ceil((critical(fewest) * spread / wanted) ** 2) + 1
    candidates = range(fewest, most + 1)
    return candidates[
        bisect_left(candidates, True, hi=most - fewest, key=lambda n: critical(n) * spread / math.sqrt(n) <= wanted)
    ]


def _tightened(relative: float) -> float:
    """Half-width as a share of the estimate that makes it the wished share of the truth: γ / (1 + γ)."""
    return relative / (1 + relative)


def allowed(value: float, relative: float, absolute: float) -> float:
    """Half-width that is narrow enough."""
    return max(_tightened(relative) * abs(value), absolute)


def _require(*, relative: float, absolute: float, confidence: float = 0.5) -> None:
    """Refuse a precision or a confidence that is out of range."""
    if not (math.isfinite(relative) and relative > 0):
        raise ValueError(f"the relative precision must be a positive number, not {relative}")
    if not (math.isfinite(absolute) and absolute >= 0):
        raise ValueError(f"the absolute precision must be a number from 0 upwards, not {absolute}")
    if not 0 < confidence < 1:
        raise ValueError(f"the confidence must lie between 0 and 1, not {confidence}")
