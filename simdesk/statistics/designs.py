"""At which points to simulate: grids, space-filling samples and Morris trajectories, mostly in the unit cube.

Knows factors by their number only; not what they mean, nor what is simulated.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

MORRIS_LEVELS = 4
"""Levels of each factor in a Morris design. [Morris 1991; Campolongo et al. 2007]"""


@dataclass(frozen=True, slots=True)
class Trajectories:
    """Walks through the unit cube that change one factor at a time, each factor once.

    Attributes:
        points: where each walk stops, shape (trajectories, factors + 1, factors).
        changed: which factor changes at each move, shape (trajectories, factors).
        steps: by how much, upwards or downwards, shape (trajectories, factors).
    """

    points: Floats
    changed: Ints
    steps: Floats


def grid(levels: Sequence[Sequence[float]]) -> Floats:
    """Every combination of the levels of some factors; the last factor changes fastest.

    Args:
        levels: of each factor, in its own unit; their numbers may differ.

    Returns:
        Shape (product of the numbers of levels, factors).

    Raises:
        ValueError: there is no factor, or one without a level.
    """
    if not levels or not all(len(level) for level in levels):
        raise ValueError("a grid needs at least one factor and at least one level of each")
    axes = np.meshgrid(*[np.asarray(level, np.float64) for level in levels], indexing="ij")
    return np.stack([axis.ravel() for axis in axes], axis=1)


def latin_hypercube(points: int, factors: int, *, seed: int) -> Floats:
    """Points of which each factor's range gets one in every slice: good cover with few points, any number of them.

    Args:
        points: how many, from 1; 10 for each factor is usual.
        factors: how many, from 1.
        seed: the same seed gives the same points.

    Returns:
        In the unit cube, shape (points, factors).

    Raises:
        ValueError: there is no point or no factor.

    Source: McKay, Beckman and Conover (1979).
    """
    from scipy.stats import qmc

    _require_some(points=points, factors=factors)
    return np.asarray(qmc.LatinHypercube(factors, rng=np.random.default_rng(seed)).random(points))


def sobol_points(points: int, factors: int, *, seed: int) -> Floats:
    """Points that fill the cube as evenly as is known: a scrambled Sobol' sequence.

    Args:
        points: how many, a power of two; another number would spoil the balance.
        factors: how many, from 1.
        seed: the same seed gives the same points.

    Returns:
        In the unit cube, shape (points, factors).

    Raises:
        ValueError: there is no factor, or the number of points is not a power of two.

    Source: Sobol' (1967), with directions of Joe and Kuo (2008) and the scrambling of Matoušek (1998).
    """
    from scipy.stats import qmc

    _require_some(points=points, factors=factors)
    if points & (points - 1):
        below = 1 << (points.bit_length() - 1)
        raise ValueError(f"points must be a power of two, not {points}; take {below} or {2 * below}")
    return np.asarray(qmc.Sobol(factors, rng=np.random.default_rng(seed)).random(points))


def scaled(unit: ArrayLike, lows: ArrayLike, highs: ArrayLike, *, whole: Sequence[bool]) -> Floats:
    """Stretch points of the unit cube to the ranges of the factors.

    A factor in whole numbers, such as agents, takes every number of its range, ends included, from slices of equal
    width, so that each is equally likely.

    Args:
        unit: in the unit cube, shape (..., factors).
        lows, highs: ends of each factor's range, in its own unit, shape (factors,); equal if it is fixed.
        whole: which factors are whole numbers, shape (factors,).

    Returns:
        In the units of the factors, shape (..., factors).

    Raises:
        ValueError: the shapes do not fit, a point lies outside the cube, a range is upside down or endless, or a
            factor in whole numbers has an end that is none.
    """
    cube, low, high = (np.asarray(values, np.float64) for values in (unit, lows, highs))
    mask = np.asarray(whole, bool)
    if cube.ndim == 0 or not low.shape == high.shape == mask.shape == cube.shape[-1:]:
        raise ValueError(f"{cube.shape} points do not fit {low.shape} lows, {high.shape} highs, {mask.shape} whole")
    if not ((cube >= 0) & (cube <= 1)).all():
        raise ValueError("points must lie in the unit cube, between 0 and 1")
    if not (np.isfinite(low) & np.isfinite(high) & (low <= high)).all():
        raise ValueError("each low must be a number, and each high a number not below it")
    if (np.concatenate((low, high)) % 1)[np.tile(mask, 2)].any():
        raise ValueError("a factor in whole numbers needs whole numbers for both ends of its range")
    levels = np.minimum(low + np.floor(cube * (high - low + 1)), high)
    return np.where(mask, levels, low + cube * (high - low))


def morris_trajectories(factors: int, trajectories: int, *, seed: int, levels: int = MORRIS_LEVELS) -> Trajectories:
    """Random walks through a grid that show with few points which factors matter at all.

    Each walk starts anywhere on the grid and changes every factor once, in random order, by about half of its range:
    Δ = levels / (2 (levels − 1)), upwards where there is room and downwards elsewhere, so that all levels are equally
    likely at either end.

    Args:
        factors: how many, from 1.
        trajectories: how many walks, from 1; 10 to 20 are usual.
        seed: the same seed gives the same walks.
        levels: of each factor, an even number from 2.

    Raises:
        ValueError: there is no factor or no walk, or the number of levels is odd or below 2.

    Source: Morris (1991).
    """
    _require_some(factors=factors, trajectories=trajectories)
    if levels < 2 or levels % 2:
        raise ValueError(f"levels must be an even number from 2, such as {MORRIS_LEVELS}, not {levels}")
    luck = np.random.default_rng(seed)
    start = luck.integers(levels, size=(trajectories, factors))
    jump = np.where(start < levels // 2, levels // 2, -(levels // 2))
    changed = luck.permuted(np.tile(np.arange(factors), (trajectories, 1)), axis=1)
    turn = np.argsort(changed, axis=1)  # the move at which each factor changes
    moved = turn[:, None, :] < np.arange(factors + 1)[None, :, None]
    at = start[:, None, :] + moved * jump[:, None, :]
    steps = np.take_along_axis(jump, changed, axis=1)
    return Trajectories(points=at / (levels - 1), changed=changed, steps=steps / (levels - 1))


def _require_some(**numbers: int) -> None:
    """Refuse a number that is not whole or is below 1; the keyword is its name in the message."""
    for name, number in numbers.items():
        if not math.isfinite(number) or number != int(number) or number < 1:
            raise ValueError(f"{name} must be a whole number from 1, not {number}")
