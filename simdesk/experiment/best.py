"""Which of several desks that met the same luck is best, and which others these replications cannot tell from it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from simdesk.experiment.difference import Difference, bonferroni, difference
from simdesk.experiment.estimate import CONFIDENCE, estimate
from simdesk.measures.readings import Reading


@dataclass(frozen=True, slots=True)
class Best:
    """The candidate with the best value, and how surely it beats each of the others.

    The best and those that cannot be told from it contain the truly best candidate with at least this confidence,
    although the same replications chose it: to be left out, the truly best would have to lose clearly to another.

    Attributes:
        index: of the candidate with the best value; of equals, the first.
        alike: the others whose interval holds no difference, or that have no interval, in order.
        differences: each candidate less the best; intervals hold together (Bonferroni).
        confidence: of all intervals together.
    """

    index: int
    alike: tuple[int, ...]
    differences: tuple[Difference, ...]
    confidence: float


def best_of(candidates: Sequence[Sequence[Reading]], *, smallest: bool, confidence: float = CONFIDENCE) -> Best | None:
    """The best of several candidates; None if none of them has anything to measure.

    Args:
        candidates: readings of each, of the same replications in the same order.
        smallest: whether less is better.
        confidence: of all paired differences from the best together.
    """
    values = [estimate(readings).value for readings in candidates]
    known = [index for index, value in enumerate(values) if not math.isnan(value)]
    if not known:
        return None
    index = min(known, key=lambda at: values[at] if smallest else -values[at])
    each = bonferroni(confidence, len(known) - 1)
    found = tuple(difference(candidates[index], readings, confidence=each) for readings in candidates)
    alike = tuple(at for at in known if at != index and not _differs(found[at]))
    return Best(index, alike, found, confidence)


def _differs(found: Difference) -> bool:
    return found.low > 0 or found.high < 0
