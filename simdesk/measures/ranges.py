"""Within what range a measure lies on whatever desk. A value outside is a fault of simdesk, never of the desk."""

from __future__ import annotations

import math
from typing import Final

from simdesk.measures.readings import Quantile, Reading

RANGES: Final = {
    "share": (0.0, 1.0), "time": (0.0, math.inf), "number": (0.0, math.inf), "money": (0.0, math.inf),
}  # fmt: skip
"""Smallest and largest value of a measure, by its unit."""

_ROUNDING: Final = 1e-9


def stray(reading: Reading, unit: str) -> float | None:
    """The value of a reading that lies outside the range of its unit; nothing if all is well or nothing was counted."""
    low, high = RANGES[unit]
    some = reading.values[[0, -1]] if isinstance(reading, Quantile) and reading.values.size else (reading.value,)
    outside = (float(value) for value in some if value < low - _ROUNDING or value > high + _ROUNDING)  # NaN is neither
    return next(outside, None)
