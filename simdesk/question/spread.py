"""The values that a question tries: listed, or from, to and step, each written with its unit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from simdesk.errors import RunError
from simdesk.experiment.levels import Level, both_ends, level
from simdesk.question.model import Range

_EVEN: Final = 5
"""Values that are tried between two ends if nobody says how many."""
_FEW: Final = 12
"""So many whole numbers, and each of them is tried."""
_MOST: Final = 1000


def listed(levels: list[Any] | Range) -> list[Any]:
    """Every value that shall be tried.

    Raises:
        RunError: the ends are of different kinds, or the step leads nowhere; says how to write them.
    """
    if isinstance(levels, list):
        return levels
    low, high = ends_of(levels)
    if levels.step is None:
        count = _count(low, high)
        step = (high.amount - low.amount) / max(count - 1, 1)
    else:
        stated = level(levels.step)
        if stated is None or stated.kind != low.kind or stated.amount <= 0:
            raise RunError(f"a step of {levels.step} does not lead from {levels.from_} to {levels.to}")
        step = stated.amount
        count = int((high.amount - low.amount) / step + 1e-9) + 1
    if count > _MOST:
        raise RunError(
            f"from {levels.from_} to {levels.to} there would be {count:,} values; at most {_MOST:,} are tried"
        )
    return [replace(low, amount=low.amount + index * step).written for index in range(count)]


def ends_of(levels: Range) -> tuple[Level, Level]:
    """Lowest and highest value.

    Raises:
        RunError: they are of different kinds, or in the wrong order.
    """
    low, high = both_ends(levels.from_, levels.to)
    whole = low.whole and (levels.step is None or isinstance(levels.step, int))
    return replace(low, whole=whole), replace(high, whole=whole)


def values_of(over: Mapping[str, list[Any] | Range]) -> dict[str, list[Any]]:
    """Every value of each path that shall be tried; see `listed`."""
    found = {}
    for path, levels in over.items():
        try:
            found[path] = listed(levels)
        except RunError as error:
            raise RunError(f"{path}: {error}") from None
    return found


def written_ends(over: Mapping[str, list[Any] | Range]) -> dict[str, tuple[Any, Any]]:
    """Lowest and highest value of each path, for designs that spread points between them."""
    found = {}
    for path, levels in over.items():
        if isinstance(levels, list):
            raise RunError(f"{path}: a spread design needs the ends; write from and to instead of a list")
        ends_of(levels)
        found[path] = levels.from_, levels.to
    return found


def _count(low: Level, high: Level) -> int:
    between = high.amount - low.amount
    return round(between) + 1 if low.whole and between < _FEW else _EVEN
