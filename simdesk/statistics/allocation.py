"""Where the next replications do most good: optimal computing budget allocation (OCBA).

It spends a budget well and promises nothing; `selection` promises and spends what that takes. Knows means, variances
and a budget; not what a system is, nor how it is simulated.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

ObserveOne = Callable[[int, int], ArrayLike]
"""Asked for a system and a count; gives that many further, independent observations of it."""


@dataclass(frozen=True, slots=True)
class Spent:
    """The system that looks best when the budget is spent, without a promise.

    Attributes:
        best: its number; the first of equals.
        counts: observations of each system.
        means: of the observations, by system.
        variances: of the observations, by system.
    """

    best: int
    counts: Mapping[int, int]
    means: Mapping[int, float]
    variances: Mapping[int, float]


def ocba(means: ArrayLike, variances: ArrayLike, *, budget: float, smallest: bool = True) -> Floats:
    """Share out observations so that the best of several systems is most probably seen to be the best.

    Much goes to systems that are close to the best or vary much, and as much as all rivals call for to the best itself.
    If others tie with the best, everything goes to those; if nothing varies, all get the same.

    Args:
        means: of each system, shape (systems,).
        variances: of one observation of each system, shape (systems,).
        budget: observations in all.
        smallest: whether the smallest mean is the best; else the largest.

    Returns:
        Observations of each system, as real numbers that sum to the budget, shape (systems,).

    Raises:
        ValueError: an argument is out of its range or the shapes differ.

    Source: Chen, Lin, Yücesan and Chick (2000).
    """
    mean, variance = np.asarray(means, np.float64), np.asarray(variances, np.float64)
    if mean.ndim != 1 or mean.size == 0 or mean.shape != variance.shape:
        raise ValueError(f"give a mean and a variance of each system, not {mean.shape} and {variance.shape}")
    if not (np.isfinite(mean) & np.isfinite(variance) & (variance >= 0)).all():
        raise ValueError("means must be finite, and variances numbers from 0 upwards")
    if not (math.isfinite(budget) and budget > 0):
        raise ValueError(f"budget must be a positive number, not {budget}")
    best = int(np.argmin(mean) if smallest else np.argmax(mean))
    gap = np.abs(mean - mean[best])
    rivals = np.arange(mean.size) != best
    nearest = gap[rivals].min(initial=math.inf)
    if nearest == 0:
        rivals &= gap == 0
        closeness = np.ones(mean.size)
    else:
        closeness = np.divide(nearest, gap, out=np.zeros(mean.size), where=gap > 0)
    weight = np.where(rivals, variance * closeness**2, 0.0)
    weight[best] = math.sqrt(variance[best] * float((variance * closeness**4)[rivals].sum()))
    if not weight.any():
        weight[:] = 1.0
    return np.asarray(budget * weight / weight.sum())


def in_whole_numbers(allocation: ArrayLike) -> Ints:
    """Round an allocation to whole numbers that keep its sum; the largest remainders are rounded up.

    Args:
        allocation: numbers from 0 whose sum is whole but for rounding, shape (systems,).

    Source: the method of the largest remainder (Hamilton 1792); the first of equal remainders comes first.
    """
    shares = np.asarray(allocation, np.float64)
    whole = np.floor(shares)
    missing = round(float(shares.sum() - whole.sum()))
    whole[np.argsort(whole - shares, kind="stable")[:missing]] += 1
    return whole.astype(np.int64)


def ocba_best(
    observe_one: ObserveOne,
    systems: Sequence[int],
    *,
    first: int,
    step: int,
    budget: int,
    smallest: bool = True,
) -> Spent:
    """Find the best of several systems with a given number of observations, each spent where it is worth most.

    Every system is observed a few times; then the budget is spent step by step, by what is known so far. Assumes
    independent observations, normal or nearly so, without common random numbers. How probable it is that the best is
    found depends on the systems and is not promised.

    Args:
        observe_one: gives further observations of one system.
        systems: their numbers, each once.
        first: observations of each to begin with, from 2; 5 to 20 are usual.
        step: observations between two looks at the allocation.
        budget: observations in all.
        smallest: whether the smallest mean is the best; else the largest.

    Raises:
        ValueError: an argument is out of its range, the budget does not reach for the first observations, or an
            observation is missing or not finite.

    Source: Chen, Lin, Yücesan and Chick (2000).
    """
    labels = list(systems)
    if not labels or len(set(labels)) < len(labels):
        raise ValueError(f"name at least one system, each once, not {labels}")
    if first < 2 or step < 1:
        raise ValueError(f"first must be at least 2 and step at least 1, not {first} and {step}")
    if budget < first * len(labels):
        raise ValueError(
            f"{len(labels)} systems with {first} observations each exceed the budget of {budget}; "
            f"give at least {first * len(labels)} or lower first"
        )
    seen = _Seen(len(labels))
    more = np.full(len(labels), first)
    while True:
        for index in np.flatnonzero(more).tolist():
            seen.add(index, _observed(observe_one, labels[index], int(more[index])))
        left = budget - int(seen.counts.sum())
        if left == 0:
            break
        now = min(step, left)
        wanted = ocba(seen.means, seen.variances, budget=budget - left + now, smallest=smallest)
        short = np.maximum(wanted - seen.counts, 0.0)
        more = in_whole_numbers(now * short / short.sum())
    best = int(np.argmin(seen.means) if smallest else np.argmax(seen.means))
    return Spent(
        best=labels[best],
        counts=dict(zip(labels, seen.counts.tolist(), strict=True)),
        means=dict(zip(labels, seen.means.tolist(), strict=True)),
        variances=dict(zip(labels, seen.variances.tolist(), strict=True)),
    )


class _Seen:
    """Count, mean and squared deviations of what was seen of each system, merged batch by batch (Chan et al. 1983)."""

    def __init__(self, systems: int) -> None:
        self.counts = np.zeros(systems, np.int64)
        self.means = np.zeros(systems)
        self._squares = np.zeros(systems)

    @property
    def variances(self) -> Floats:
        return np.asarray(self._squares / (self.counts - 1))

    def add(self, index: int, values: Floats) -> None:
        before, mean = int(self.counts[index]), float(values.mean())
        total, apart = before + values.size, mean - float(self.means[index])
        self.counts[index] = total
        self.means[index] += apart * values.size / total
        self._squares[index] += float(((values - mean) ** 2).sum()) + apart**2 * before * values.size / total


def _observed(observe_one: ObserveOne, system: int, count: int) -> Floats:
    """Some observations of a system, shape (count,); refuses any that is missing or not finite."""
    values = np.asarray(observe_one(system, count), np.float64)
    if values.shape != (count,) or not np.isfinite(values).all():
        raise ValueError(f"{count} finite observations of system {system} were asked for, not {values}")
    return values
