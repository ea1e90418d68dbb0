"""What every closed form asks of its parameters, said in one place and in plain words.

Knows no formula.
"""

from __future__ import annotations

import math
from collections.abc import Sequence


def require_positive(**quantities: float) -> None:
    """Refuse a quantity that is not a positive, finite number; the keyword is its name in the message."""
    for name, value in quantities.items():
        if not (math.isfinite(value) and value > 0):
            raise ValueError(f"{name.replace('_', ' ')} must be a positive number, not {value}")


def require_not_negative(**quantities: float) -> None:
    """Refuse a quantity that is negative or not finite; the keyword is its name in the message."""
    for name, value in quantities.items():
        if not (math.isfinite(value) and value >= 0):
            raise ValueError(f"{name.replace('_', ' ')} must be a number from 0 upwards, not {value}")


def require_share(**quantities: float) -> None:
    """Refuse a quantity that is not strictly between 0 and 1; the keyword is its name in the message."""
    for name, value in quantities.items():
        if not 0 < value < 1:
            raise ValueError(f"{name.replace('_', ' ')} must lie between 0 and 1, not {value}")


def require_agents(agents: int, least: int = 1) -> None:
    """Refuse a number of agents that is not a whole number or is below `least`."""
    if agents != int(agents) or agents < least:
        raise ValueError(f"agents must be a whole number from {least} upwards, not {agents}")


def require_stable(occupancy: float) -> None:
    """Refuse an occupancy of 1 or more: without abandonment such a queue has no long-run mean."""
    if not occupancy < 1:
        raise ValueError(
            f"occupancy would be {occupancy:.4g}, so the queue grows without bound; "
            "add agents, speed up the work or lower the demand until it is below 1"
        )


def require_same_length(**columns: Sequence[object]) -> None:
    """Refuse columns of unequal length or without entries; the keywords are their names in the message."""
    lengths = {name.replace("_", " "): len(column) for name, column in columns.items()}
    if len(set(lengths.values())) != 1 or 0 in lengths.values():
        found = ", ".join(f"{name}: {length}" for name, length in lengths.items())
        raise ValueError(f"give the same number of entries, at least one, for each of {found}")
