"""Which of several systems is best, with a promise: Kim and Nelson's sequential procedure and Rinott's sample sizes.

Knows observations and what difference matters to the user; not what a system is, nor how it is simulated.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

Observe = Callable[[Sequence[int], int], ArrayLike]
"""Asked for some systems and the number of a replication, from 0; gives one observation of each, in their order."""

FIRST: Final = 20
"""Replications of the first stage: enough to know the variances, few enough to stop early. [design]"""
MOST: Final = 10_000
"""Replications of a system after which a procedure gives up. [design]"""

_NODES: Final = 128
"""Of the quadrature; h agrees with twice as many nodes to seven digits, and to eleven from ten first observations."""
_FAR: Final = 9.0
"""A chi variable lies this far from the root of its degrees less than once in 10³⁰; its deviation is below one."""


@dataclass(frozen=True, slots=True)
class Selection:
    """The system that was chosen, and what that took.

    Attributes:
        best: its number; the first of those that cannot be told apart.
        survivors: those still in the race at the end; one unless the race was cut short.
        dropped_after: replications after which each of the others was given up, by system.
        observations: of all systems together.
        replications: of the survivors.
        means: of everything seen of a system, by system.
        guaranteed: whether the promise holds; not if the race was cut short, then `best` is the leader.
    """

    best: int
    survivors: tuple[int, ...]
    dropped_after: Mapping[int, int]
    observations: int
    replications: int
    means: Mapping[int, float]
    guaranteed: bool


def kn(
    observe: Observe,
    systems: Sequence[int],
    *,
    indifference: float,
    confidence: float,
    first: int = FIRST,
    most: int = MOST,
    smallest: bool = True,
) -> Selection:
    """Find the best of several systems and give up the poor ones as soon as they are known to be poor.

    Replications are asked for one by one, in order, always of all systems that are still in the race, so that they can
    share their luck: common random numbers keep the promise and save work. If the best is better than every other by at
    least the indifference, it is chosen with the given confidence; nearer ones are as good.

    Assumes that the replications are independent and the observations normal, such as means over many tickets. Systems
    that did not differ in any replication of the first stage are taken to be equal.

    Args:
        observe: gives one observation of each system asked for, in one replication.
        systems: their numbers, each once.
        indifference: the smallest difference that matters, in the unit of the observations.
        confidence: of choosing the best; more than guessing would give, 1 / systems.
        first: replications before anything is decided.
        most: replications of a system after which the race is cut short.
        smallest: whether the smallest mean is the best; else the largest.

    Raises:
        ValueError: an argument is out of its range, or an observation is missing or not finite.

    Source: Kim and Nelson (2001), procedure KN with c = 1.
    """
    labels = numbered(systems)
    require_stages(first, most, indifference=indifference)
    require_confidence(confidence, len(labels))
    sample = first_stage(observe, labels, first)
    sums = sample.sum(axis=0)
    if len(labels) == 1:
        return _selected(labels, sums, {}, first, [0], smallest=smallest)
    scale = triangle((1 - confidence) / (len(labels) - 1), first) * _variances_of_differences(sample)
    sign = 1.0 if smallest else -1.0
    racing, dropped_after, done = np.arange(len(labels)), dict[int, int](), first
    while True:
        slack = np.maximum(0.0, scale[np.ix_(racing, racing)] / (2 * indifference * done) - indifference / 2)
        stays = _stays(sign * sums[racing] / done, slack)
        dropped_after |= {int(loser): done for loser in racing[~stays]}
        racing = racing[stays]
        if racing.size == 1 or done >= most:
            return _selected(labels, sums, dropped_after, done, racing.tolist(), smallest=smallest)
        sums[racing] += observed(observe, [labels[index] for index in racing], done)
        done += 1


def _stays(means: Floats, slack: Floats) -> NDArray[np.bool_]:
    """Which systems are no worse than any other by more than the slack of the two; of equals without slack, the first.

    Args:
        means: smaller is better, shape (systems,).
        slack: by which a mean may exceed another, shape (systems, systems).
    """
    stays = np.asarray((means[:, None] <= means[None, :] + slack).all(axis=1))
    equal = np.flatnonzero(stays)
    if not slack[np.ix_(equal, equal)].any():
        stays[equal[1:]] = False
    return stays


def _variances_of_differences(sample: Floats) -> Floats:
    """Variance of the difference of each two systems over the replications, shape (systems, systems)."""
    return np.array([(sample - sample[:, [index]]).var(axis=0, ddof=1) for index in range(sample.shape[1])])


def _selected(
    labels: Sequence[int],
    sums: Floats,
    dropped_after: Mapping[int, int],
    done: int,
    racing: Sequence[int],
    *,
    smallest: bool,
) -> Selection:
    """The result, in the numbers of the user."""
    counts = [dropped_after.get(index, done) for index in range(len(labels))]
    means = sums / counts
    order = means[racing] if smallest else -means[racing]
    return Selection(
        best=labels[racing[int(np.argmin(order))]],
        survivors=tuple(labels[index] for index in racing),
        dropped_after={labels[index]: count for index, count in dropped_after.items()},
        observations=sum(counts),
        replications=done,
        means=dict(zip(labels, means.tolist(), strict=True)),
        guaranteed=len(racing) == 1,
    )


def triangle_slope(error: float, first: int) -> float:
    """The constant η by which a sequential procedure keeps its error, ½ [(2 error)^(−2 / (first − 1)) − 1].

    Args:
        error: chance of a wrong decision that each comparison may have, below ½.
        first: replications of the first stage, from 2.

    Source: Kim and Nelson (2001) after Fabian (1974), c = 1.
    """
    return float(((2 * error) ** (-2 / (first - 1)) - 1) / 2)


def triangle(error: float, first: int) -> float:
    """h² = 2 η (first − 1): the region in which a walk of variance S² goes on ends at r = h² S² / indifference².

    Args:
        error: chance of a wrong decision that each comparison may have, below ½.
        first: replications of the first stage, from 2.
    """
    return 2 * triangle_slope(error, first) * (first - 1)


def rinott_h(systems: int, first: int, *, confidence: float) -> float:
    """Rinott's constant h: with (h S / indifference)² observations of each system the best is chosen.

    Args:
        systems: how many, from 1; for one there is nothing to choose and h is 0.
        first: observations of each from which its variance is estimated, from 2.
        confidence: of choosing the best; more than guessing would give, 1 / systems.

    Raises:
        ValueError: an argument is out of its range.

    Source: Rinott (1978); ∫ [∫ Φ(h / √((first − 1)(1/x + 1/y))) f(x) dx]^(systems − 1) f(y) dy = confidence with f the
    density of χ² of first − 1 degrees, integrated in √x and √y, where it is smooth.
    """
    if systems < 1:
        raise ValueError(f"at least one system is needed, not {systems}")
    require_stages(first, first)
    require_confidence(confidence, systems)
    return _rinott_h(systems, first - 1, confidence) if systems > 1 else 0.0


@lru_cache(maxsize=64)
def _rinott_h(systems: int, degrees: int, confidence: float) -> float:
    """Solves the equation for h, once for the same question."""
    from scipy.optimize import brentq
    from scipy.special import ndtr

    root, weight = _chi(degrees)
    slope = np.outer(root, root) / np.sqrt(degrees * (root[:, None] ** 2 + root[None, :] ** 2))

    def falls_short(h: float) -> float:
        return confidence - float(weight @ (weight @ ndtr(h * slope)) ** (systems - 1))

    high = 4.0
    while falls_short(high) > 0:
        high *= 2
    return float(brentq(falls_short, 0.0, high, xtol=1e-10))


def _chi(degrees: int) -> tuple[Floats, Floats]:
    """Nodes and weights of an integral over the chi distribution.

    Gauss-Legendre where its mass lies, the nodes drawn towards the lower end, where the rest of the integrand is steep.
    """
    low, high = max(0.0, math.sqrt(degrees) - _FAR), math.sqrt(degrees) + _FAR
    nodes, weights = np.polynomial.legendre.leggauss(_NODES)
    share = (nodes + 1) / 2
    root = low + (high - low) * share**2
    logs = (degrees - 1) * np.log(root) - root**2 / 2
    mass = weights * share * np.exp(logs - logs.max())
    return root, mass / mass.sum()


def rinott_sizes(variances: ArrayLike, *, first: int, indifference: float, confidence: float) -> Ints:
    """Observations that each system needs in all, so that the best mean of them is the best system.

    The systems are observed independently, not with common random numbers. Assumes normal, independent observations.

    Args:
        variances: of each system, estimated from its first observations, shape (systems,).
        first: number of those observations, from 2.
        indifference: the smallest difference that matters, in the unit of the observations.
        confidence: of choosing the best.

    Returns:
        Whole numbers from `first`, shape (systems,).

    Raises:
        ValueError: an argument is out of its range.

    Source: Rinott (1978).
    """
    spread = np.asarray(variances, np.float64)
    if spread.ndim != 1 or not (np.isfinite(spread) & (spread >= 0)).all():
        raise ValueError(f"variances must be numbers from 0 upwards, one of each system, not {spread}")
    require_stages(first, first, indifference=indifference)
    h = rinott_h(spread.size, first, confidence=confidence)
    return np.maximum(first, np.ceil(h**2 * spread / indifference**2)).astype(np.int64)


def numbered(systems: Sequence[int]) -> list[int]:
    """The systems as a list; refuses none at all, or one that is named twice."""
    labels = list(systems)
    if not labels or len(set(labels)) < len(labels):
        raise ValueError(f"name at least one system, each once, not {labels}")
    return labels


def first_stage(observe: Observe, labels: Sequence[int], first: int) -> Floats:
    """The replications before anything is decided, shape (first, systems)."""
    return np.array([observed(observe, labels, replication) for replication in range(first)])


def observed(observe: Observe, labels: Sequence[int], replication: int) -> Floats:
    """One observation of each system in a replication, shape (systems,); refuses any that is missing or not finite."""
    values = np.asarray(observe(labels, replication), np.float64)
    if values.shape != (len(labels),):
        raise ValueError(f"{len(labels)} systems were asked for in replication {replication}, not {values.shape}")
    if not np.isfinite(values).all():
        unknown = ", ".join(str(labels[index]) for index in np.flatnonzero(~np.isfinite(values)).tolist())
        raise ValueError(
            f"replication {replication} has no finite observation of system {unknown}; "
            "observe something that every replication has"
        )
    return values


def require_stages(first: int, most: int, *, indifference: float = 1.0) -> None:
    """Refuse stages in which no variance can be estimated, and a difference that is none."""
    if first < 2:
        raise ValueError(f"first must be at least 2, or there is no variance, not {first}")
    if most < first:
        raise ValueError(f"most must be at least first, {first}, not {most}")
    if not (math.isfinite(indifference) and indifference > 0):
        raise ValueError(f"indifference must be a positive number, not {indifference}")


def require_confidence(confidence: float, systems: int) -> None:
    """Refuse a confidence that guessing would give, or that nothing can give."""
    guess = 1 / systems if systems > 1 else 0.0
    if not guess < confidence < 1:
        raise ValueError(f"confidence must lie between {guess:.4g} and 1, not {confidence}")
