"""Which inputs an output hangs on: elementary effects, Sobol' indices and elasticities.

Knows inputs by their number only; not what they mean, nor how the output was simulated.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simdesk.statistics.designs import Trajectories, sobol_points

Floats = NDArray[np.float64]

CONFIDENCE: Final = 0.95
RESAMPLES: Final = 1000
"""Bootstrap samples behind an interval. [Efron and Tibshirani 1993]"""


@dataclass(frozen=True, slots=True)
class ElementaryEffects:
    """How the output answers to a change of each factor over its whole range; arrays of shape (factors,).

    Attributes:
        mu: mean effect, with its sign.
        mu_star: mean size of the effect, whatever its sign; ranks the factors.
        sigma: spread of the effect, from curvature and interaction; NaN with one trajectory.
        mu_star_low, mu_star_high: ends of the confidence interval of `mu_star`; NaN with one trajectory.
    """

    mu: Floats
    mu_star: Floats
    sigma: Floats
    mu_star_low: Floats
    mu_star_high: Floats


@dataclass(frozen=True, slots=True)
class SaltelliDesign:
    """Two samples of the unit cube, and the first with one factor at a time taken from the second.

    Attributes:
        a, b: shape (n, factors).
        ab: `a` with factor i of `b` on page i, shape (factors, n, factors).
    """

    a: Floats
    b: Floats
    ab: Floats

    @property
    def points(self) -> Floats:
        """All points to simulate: those of a, of b, then page by page of ab; shape (n (factors + 2), factors)."""
        return np.concatenate((self.a, self.b, self.ab.reshape(-1, self.a.shape[1])))

    def split(self, outputs: ArrayLike) -> tuple[Floats, Floats, Floats]:
        """The outputs at `points` as `sobol_indices` takes them.

        Args:
            outputs: shape (n (factors + 2),), or (path sets, n (factors + 2)).

        Raises:
            ValueError: their number is another.
        """
        values = np.asarray(outputs, np.float64)
        n, factors = self.a.shape
        if values.shape[-1:] != (n * (factors + 2),):
            raise ValueError(f"{n * (factors + 2)} points need as many outputs, not {values.shape}")
        return values[..., :n], values[..., n : 2 * n], values[..., 2 * n :].reshape(*values.shape[:-1], factors, n)


@dataclass(frozen=True, slots=True)
class SobolIndices:
    """Which share of an output's variance comes from which input; arrays of shape (inputs,).

    The indices are those of the mean over the path sets. 1 − Σ first is the share of interactions.

    Attributes:
        first: share that goes if the input were known, by itself.
        first_low, first_high: ends of its confidence interval.
        total: share that stays if all but the input were known: by itself and in interaction.
        total_low, total_high: ends of its confidence interval.
        noise_share: share of the variance of a single run that is luck of the simulation; NaN with one path set.
        path_sets: how many; the intervals include the luck of the simulation from two.
    """

    first: Floats
    first_low: Floats
    first_high: Floats
    total: Floats
    total_low: Floats
    total_high: Floats
    noise_share: float
    path_sets: int


def elementary_effects(
    trajectories: Trajectories,
    outputs: ArrayLike,
    *,
    seed: int = 0,
    confidence: float = CONFIDENCE,
    resamples: int = RESAMPLES,
) -> ElementaryEffects:
    """How much each factor matters, from one change of it in every trajectory: cheap, to sort out those that do not.

    Args:
        trajectories: a Morris design.
        outputs: at its points, shape (trajectories, factors + 1).
        seed: of the bootstrap.
        confidence: of the interval of mu_star (percentile bootstrap over the trajectories).
        resamples: of the bootstrap, from 1.

    Raises:
        ValueError: the shapes do not fit, an output is missing or not finite, or the interval cannot be computed.

    Source: Morris (1991); mu_star: Campolongo, Cariboni and Saltelli (2007).
    """
    values = np.asarray(outputs, np.float64)
    walks, factors = trajectories.changed.shape
    if values.shape != (walks, factors + 1):
        raise ValueError(f"{walks} trajectories of {factors + 1} points need as many outputs, not {values.shape}")
    _require_finite(values)
    _require_interval(confidence, resamples)
    effects = np.empty((walks, factors))
    np.put_along_axis(effects, trajectories.changed, np.diff(values, axis=1) / trajectories.steps, axis=1)
    size = np.abs(effects)
    unknown = np.full(factors, math.nan)
    low, high, sigma = unknown, unknown, unknown
    if walks > 1:
        picked = np.random.default_rng(seed).integers(walks, size=(resamples, walks))
        low, high = np.quantile(size[picked].mean(axis=1), [(1 - confidence) / 2, (1 + confidence) / 2], axis=0)
        sigma = effects.std(axis=0, ddof=1)
    return ElementaryEffects(effects.mean(axis=0), size.mean(axis=0), sigma, low, high)


def saltelli_design(n: int, factors: int, *, seed: int) -> SaltelliDesign:
    """The points at which Sobol' indices need the output: n (factors + 2) of them.

    Args:
        n: points of each sample, a power of two; 1,024 are usual.
        factors: how many, from 1.
        seed: the same seed gives the same points.

    Raises:
        ValueError: there is no factor, or n is not a power of two.

    Source: Saltelli, Annoni, Azzini, Campolongo, Ratto and Tarantola (2010), sec. 5.
    """
    both = sobol_points(n, 2 * factors, seed=seed)
    a, b = both[:, :factors], both[:, factors:]
    ab = np.tile(a, (factors, 1, 1))
    for factor in range(factors):
        ab[factor, :, factor] = b[:, factor]
    return SaltelliDesign(a, b, ab)


def sobol_indices(
    f_a: ArrayLike,
    f_b: ArrayLike,
    f_ab: ArrayLike,
    *,
    seed: int = 0,
    confidence: float = CONFIDENCE,
    resamples: int = RESAMPLES,
) -> SobolIndices:
    """Share the variance of an output out to its independent inputs.

    A simulated output is best given for several path sets: each the outputs at all points with the luck of one
    replication. Then the intervals include that luck besides the choice of the points, and its share of the variance is
    known. If that is more than a few per cent, take more path sets or longer runs.

    The interval adds two errors: that of the points, by the bootstrap, and that of the path sets, by the jackknife with
    Student's t. The bootstrap takes the points for independent; the even ones of `saltelli_design` do better than that.
    An output that does not vary at all has nothing to share out: its indices are 0.

    Args:
        f_a, f_b: outputs at the two samples, shape (n,) or (path sets, n).
        f_ab: outputs at the first with one input from the second, shape (inputs, n) or (path sets, inputs, n).
        seed: of the bootstrap.
        confidence: of each interval.
        resamples: of the bootstrap, from 2.

    Raises:
        ValueError: the shapes do not fit, there are fewer than 2 points, or an output is missing or not finite.

    Source: first order: Saltelli et al. (2010), table 2 (b); total: Jansen (1999), table 2 (f) there.
    """
    a, b, ab = _path_sets(f_a, f_b, f_ab)
    _require_interval(confidence, resamples)
    paths, inputs = ab.shape[:2]
    indices = _indices(_terms(a.mean(axis=0), b.mean(axis=0), ab.mean(axis=0)).mean(axis=0))
    half = np.hypot(
        _of_points(a, b, ab, confidence, resamples, seed),
        _of_paths(a, b, ab, confidence) if paths > 1 else 0.0,
    )
    low, high = indices - half, indices + half
    return SobolIndices(
        first=indices[:inputs],
        first_low=low[:inputs],
        first_high=high[:inputs],
        total=indices[inputs:],
        total_low=low[inputs:],
        total_high=high[inputs:],
        noise_share=_noise_share(np.concatenate((a, b), axis=1)) if paths > 1 else math.nan,
        path_sets=paths,
    )


def elasticity(y_low: float, y_high: float, x_low: float, x_high: float) -> float:
    """By how many per cent the output changes when the input changes by one per cent.

    The central difference of the logarithms; with the ends equally far from the middle, in logarithms, its error is of
    the second order in their distance.

    Args:
        y_low, y_high: output at either end, positive; with common random numbers the difference is less noisy.
        x_low, x_high: the input there, positive and different.

    Raises:
        ValueError: a number is not positive and finite, or the inputs are the same.
    """
    if not all(math.isfinite(number) and number > 0 for number in (y_low, y_high, x_low, x_high)):
        raise ValueError(f"an elasticity needs positive numbers, not {y_low}, {y_high}, {x_low}, {x_high}")
    if x_low == x_high:
        raise ValueError(f"an elasticity needs two different inputs, not {x_low} twice")
    return math.log(y_high / y_low) / math.log(x_high / x_low)


def _path_sets(f_a: ArrayLike, f_b: ArrayLike, f_ab: ArrayLike) -> tuple[Floats, Floats, Floats]:
    """The outputs with a leading axis of path sets: shapes (paths, n), (paths, n) and (paths, inputs, n)."""
    a, b, ab = (np.asarray(values, np.float64) for values in (f_a, f_b, f_ab))
    if a.ndim == 1 and b.ndim == 1 and ab.ndim == 2:
        a, b, ab = a[None], b[None], ab[None]
    fit = a.ndim == 2 and ab.ndim == 3 and a.shape == b.shape == (ab.shape[0], ab.shape[2])
    if not fit or not all(ab.shape) or ab.shape[2] < 2:
        raise ValueError(
            f"outputs of shape {a.shape}, {b.shape} and {ab.shape} do not fit; "
            "give (n,), (n,) and (inputs, n), from n = 2, or the same with a leading axis of path sets"
        )
    _require_finite(a, b, ab)
    return a, b, ab


def _terms(a: Floats, b: Floats, ab: Floats) -> Floats:
    """What each point adds to the means that the indices are made of, shape (n, 4 + 3 inputs).

    Args:
        a, b: shape (n,).
        ab: shape (inputs, n).
    """
    middle = (a.mean() + b.mean()) / 2
    a, b, ab = a - middle, b - middle, ab - middle
    return np.column_stack((a, b, a**2, b**2, (b * (ab - a)).T, (ab - a).T, ((a - ab) ** 2).T))


def _indices(means: Floats) -> Floats:
    """First, then total indices from the means of the terms; shape (..., 2 inputs) from (..., 4 + 3 inputs)."""
    middle = (means[..., [0]] + means[..., [1]]) / 2
    variance = (means[..., [2]] + means[..., [3]]) / 2 - middle**2
    product, shift, square = np.split(means[..., 4:], 3, axis=-1)
    parts = np.concatenate((product - middle * shift, square / 2), axis=-1)
    return np.divide(parts, variance, out=np.zeros_like(parts), where=variance > 0)


def _of_points(a: Floats, b: Floats, ab: Floats, confidence: float, resamples: int, seed: int) -> Floats:
    """Half-width of the intervals for the choice of the points, shape (2 inputs,)."""
    from scipy.special import ndtri

    terms = _terms(a.mean(axis=0), b.mean(axis=0), ab.mean(axis=0))
    n = len(terms)
    luck = np.random.default_rng(seed)
    counts = (np.bincount(luck.integers(n, size=n), minlength=n) for _ in range(resamples))
    spread = _indices(np.array([count @ terms / n for count in counts])).std(axis=0, ddof=1)
    return np.asarray(ndtri((1 + confidence) / 2) * spread)


def _of_paths(a: Floats, b: Floats, ab: Floats, confidence: float) -> Floats:
    """Half-width of the intervals for the luck of the simulation, by leaving out each path set in turn."""
    from scipy.special import stdtrit

    paths = len(a)
    rest = [np.arange(paths) != path for path in range(paths)]
    without = np.array([_indices(_terms(*(f[keep].mean(axis=0) for f in (a, b, ab))).mean(axis=0)) for keep in rest])
    error = np.sqrt((paths - 1) * without.var(axis=0))
    return np.asarray(stdtrit(paths - 1, (1 + confidence) / 2) * error)


def _noise_share(outputs: Floats) -> float:
    """Variance of the luck over that of a single run, 0 if nothing varies.

    The variance between the means of the points holds 1 / path sets of the interaction of point and path, which is
    taken off (analysis of variance in two ways without repetition).

    Args:
        outputs: at the independent points, shape (path sets, points).
    """
    paths, points = outputs.shape
    noise = float(outputs.var(axis=0, ddof=1).mean())
    rest = outputs - outputs.mean(axis=0) - outputs.mean(axis=1, keepdims=True) + outputs.mean()
    interaction = float((rest**2).sum()) / ((paths - 1) * (points - 1))
    signal = max(0.0, float(outputs.mean(axis=0).var(ddof=1)) - interaction / paths)
    return noise / (noise + signal) if noise else 0.0


def _require_finite(*outputs: Floats) -> None:
    """Refuse outputs that are missing or infinite, such as the wait at a desk that cannot keep up."""
    if not all(np.isfinite(values).all() for values in outputs):
        raise ValueError("an output is missing or not finite; keep such points out of the ranges of the inputs")


def _require_interval(confidence: float, resamples: int) -> None:
    """Refuse what no interval can be made of."""
    if not 0 < confidence < 1:
        raise ValueError(f"confidence must lie between 0 and 1, not {confidence}")
    if resamples < 2:
        raise ValueError(f"resamples must be at least 2, not {resamples}")
