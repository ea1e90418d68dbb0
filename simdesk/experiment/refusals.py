"""What no question may ask: more than is ever simulated, and sides that are not measured alike. Simulates nothing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from simdesk.errors import RunError

MOST_REPLICATIONS: Final = 100_000
"""Replications in all that one question may ask for."""


def refuse_too_many(points: int, replications: int) -> None:
    """Refuse a question that would never be answered.

    Raises:
        RunError: saying what to reduce.
    """
    total = points * replications
    if total > MOST_REPLICATIONS:
        raise RunError(
            f"{points:,} points with {replications:,} replications each would be {total:,} replications, at most "
            f"{MOST_REPLICATIONS:,} are simulated; state fewer values, fewer points or fewer replications"
        )


def refuse_run_changes(paths: Iterable[str], what: str) -> None:
    """Refuse to vary how long or with what luck a desk is measured; two sides would not be comparable.

    Args:
        paths: dotted paths that are varied.
        what: who varies them, for the message.

    Raises:
        RunError: naming the path.
    """
    run = sorted(path for path in paths if path.partition(".")[0] == "run")
    if run:
        raise RunError(f"{what} changes {run[0]}; all sides must be measured alike, so change it for all")
