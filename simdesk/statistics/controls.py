"""Luck that can be seen is taken out: control variates, quantities of a replication whose true mean is known.

If more tickets came than had to come, waits are longer than they ought to be; how much of that is due to the tickets is
a regression. Knows numbers; not what they measure.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

_CONSTANT = 1e-12
"""A control that varies by no more than this share of its size is constant but for rounding."""
_COLLINEAR = 1e-9
"""A control that the others explain but for this share of its spread says nothing of its own."""


@dataclass(frozen=True, slots=True)
class Controlled:
    """A mean from which the visible luck has been taken out.

    Attributes:
        value: the mean that the values would have had, had every control had its known mean.
        low, high: ends of the confidence interval.
        reduction: variance of the plain mean over that of this one; NaN if all values are the same.
        coefficients: by how much the value grows with each control, in their order; 0 for a control that is constant.
        r_squared: share of the variance of the values that the controls explain; NaN if all values are the same.
        degrees: degrees of freedom of the interval.
    """

    value: float
    low: float
    high: float
    reduction: float
    coefficients: tuple[float, ...]
    r_squared: float
    degrees: int

    @property
    def half_width(self) -> float:
        """Half the width of the interval."""
        return (self.high - self.low) / 2


def controlled(values: ArrayLike, controls: ArrayLike, *, known_means: ArrayLike, confidence: float) -> Controlled:
    """Estimate a mean with the help of quantities whose mean is known.

    A control that is the same in all replications is left out. Few good controls are better than many: each costs a
    degree of freedom.

    Args:
        values: one of each replication, shape (replications,), in any unit.
        controls: of the same replications, shape (replications, controls), each in a unit of its own.
        known_means: true mean of each control, shape (controls,), in its unit.
        confidence: of the interval, between 0 and 1.

    Raises:
        ValueError: the shapes do not fit, a number is not finite, a control follows from the others, or there are not
            at least three replications more than controls.

    Source: Lavenberg & Welch (1981): least squares of the values on the controls less their known means; the value is
    the intercept, with n − q − 1 degrees of freedom.
    """
    from scipy.special import stdtrit

    y, x, known = _checked(values, controls, known_means)
    if not 0 < confidence < 1:
        raise ValueError(f"the confidence must lie between 0 and 1, not {confidence}")
    n, offered = x.shape
    used = np.flatnonzero(np.ptp(x, axis=0) > _CONSTANT * np.abs(x).max(axis=0, initial=0.0))
    if n <= used.size + 2:
        raise ValueError(f"{used.size} controls need at least {used.size + 3} replications, not {n}")
    means = x[:, used].mean(axis=0)
    spreads = x[:, used].std(axis=0)
    basis, triangle = np.linalg.qr((x[:, used] - means) / spreads)
    _require_independent(triangle, n, used)
    deviations = y - y.mean()
    explained = basis.T @ deviations
    total = float((deviations**2).sum())
    residual = float(((deviations - basis @ explained) ** 2).sum())
    slopes = np.linalg.solve(triangle, explained)
    off = (means - known[used]) / spreads
    leverage = 1 / n + float((np.linalg.solve(triangle.T, off) ** 2).sum())
    degrees = n - used.size - 1
    value = float(y.mean() - slopes @ off)
    variance = residual / degrees * leverage
    half = float(stdtrit(degrees, 0.5 + confidence / 2)) * math.sqrt(variance)
    coefficients = np.zeros(offered)
    coefficients[used] = slopes / spreads
    plain = total / (n - 1) / n
    return Controlled(
        value,
        value - half,
        value + half,
        reduction=(plain / variance if variance else math.inf) if total else math.nan,
        coefficients=tuple(coefficients.tolist()),
        r_squared=1 - residual / total if total else math.nan,
        degrees=degrees,
    )


def _checked(values: ArrayLike, controls: ArrayLike, known_means: ArrayLike) -> tuple[Floats, Floats, Floats]:
    """Values, controls and known means as numbers; refused if they do not fit together."""
    y, x, known = (np.asarray(given, dtype=np.float64) for given in (values, controls, known_means))
    if y.ndim != 1 or y.size == 0 or x.ndim != 2 or known.ndim != 1:
        raise ValueError("give a row of values, a table of controls and a row of known means")
    if x.shape != (y.size, known.size):
        raise ValueError(
            f"{y.size} replications and {known.size} known means need a table of {y.size} × {known.size} controls, "
            f"not {x.shape[0]} × {x.shape[1]}"
        )
    if not (np.isfinite(y).all() and np.isfinite(x).all() and np.isfinite(known).all()):
        raise ValueError("values, controls and known means must be finite numbers")
    return y, x, known


def _require_independent(triangle: Floats, replications: int, used: NDArray[np.intp]) -> None:
    """Refuse a control that is a sum of multiples of those before it; the diagonal holds what is left of each."""
    own = np.abs(np.diagonal(triangle)) / math.sqrt(replications)
    if (own < _COLLINEAR).any():
        one = int(used[int(np.argmin(own))])
        raise ValueError(f"control {one + 1} follows from those before it and says nothing of its own; leave it out")
