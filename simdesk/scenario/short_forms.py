"""Short forms: one value where a mapping by tier, or a chapter, could stand. What they leave out, and what they do not.

Knows plain data and paths only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

FIRST_TIER: Final = "tier_1"
"""Under which one value for all tiers is kept."""


def as_written(path: Sequence[str | int], data: Any) -> tuple[str | int, ...]:
    """A path without the names that a short form leaves out.

    Args:
        path: with every name filled in.
        data: what was written; where it says nothing at all, the path stays as it is.
    """
    kept: list[str | int] = []
    for index, step in enumerate(path):
        if isinstance(data, Mapping) and step in data:
            data = data[step]
        elif isinstance(data, Mapping) and step == FIRST_TIER and _short(data, path[index + 1 :]):
            continue
        elif isinstance(data, str | int | float):
            break
        else:
            return (*kept, *path[index:])
        kept.append(step)
    return tuple(kept)


def _short(data: Mapping[Any, Any], rest: Sequence[str | int]) -> bool:
    """Whether a mapping is what would stand below the first tier: it has the next name, or no tier."""
    return rest[0] in data if rest else bool(data) and not any(str(key).startswith("tier") for key in data)
