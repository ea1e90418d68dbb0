"""How often an interval with a known truth keeps its promise: the laws it is tried on, the count, and its band.

Each test that uses this prints a line (`pytest -s`): what, how many experiments, the share that held, and its band.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Draw = Callable[[np.random.Generator, tuple[int, int]], Floats]

EXPERIMENTS = 2000
SEED = 20260105

LAWS: dict[str, Draw] = {
    "normal, cv 0.3": lambda luck, shape: luck.normal(10, 3, shape),
    "gamma, cv 0.3": lambda luck, shape: luck.gamma(1 / 0.09, 0.9, shape),
    "exponential": lambda luck, shape: luck.exponential(10, shape),
    "lognormal, cv 1": lambda luck, shape: luck.lognormal(
        math.log(10) - math.log(2) / 2, math.sqrt(math.log(2)), shape
    ),
}
"""Each with mean 10."""


class Band(NamedTuple):
    """In which a share should lie."""

    low: float
    high: float


def band(nominal: float, experiments: int) -> Band:
    """Three standard errors of a share either way."""
    reach = 3 * math.sqrt(nominal * (1 - nominal) / experiments)
    return Band(nominal - reach, nominal + reach)


def share(what: str, held: Sequence[bool], expected: Band) -> float:
    """How many of the experiments held, said aloud."""
    found = float(np.mean(held))
    print(f"\n{what:<66} K = {len(held):<5} {found:.3f}  of {expected.low:.3f} … {expected.high:.3f}", end="")
    return found


def holds(low: float, truth: float, high: float) -> bool:
    """Whether an interval holds the truth."""
    return low <= truth <= high


def inside(found: float, expected: Band) -> bool:
    """Whether a share lies in its band."""
    return expected.low <= found <= expected.high
