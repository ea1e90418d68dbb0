"""A rule that answers a comparison: yes, no, or not yet known.

Each rule is put as one or two claims that a contrast of the two sides is not above nothing. A claim is shown if its
whole interval is not, and refuted if its whole interval is.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum

from simdesk.experiment.compare import Comparison
from simdesk.experiment.difference import Difference, bonferroni, difference
from simdesk.experiment.sheet import Key
from simdesk.measures.readings import Reading


class Answer(Enum):
    """What a rule says."""

    YES = "yes"
    NO = "no"
    NOT_YET_KNOWN = "not yet known"


@dataclass(frozen=True, slots=True)
class Rule:
    """By how much a measure must differ, or what it must be.

    Attributes:
        name: `falls_by`, `rises_by`, `stays_within`, `rises_at_most`, `falls_at_most`, `at_least` or `at_most`.
        amount: the bound, in the unit of the measure.
        relative: whether it is a part of the base's value; means nothing for `at_least` and `at_most`.
        written: the bound as it was written, if that is business time.
    """

    name: str
    amount: float
    relative: bool = False
    written: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """A rule applied to one alternative.

    Attributes:
        alternative: its name.
        key: the measure.
        rule: what was asked.
        answer: what is known.
        found: the difference from the base, or for `at_least` and `at_most` the alternative itself.
        needed: replications after which it would be known if things are as they look; 0 if it is, or nobody can say.
    """

    alternative: str
    key: Key
    rule: Rule
    answer: Answer
    found: Difference
    needed: int


def decide(result: Comparison, name: str, key: Key, rule: Rule) -> Decision:
    """Apply a rule to one alternative of a comparison.

    Args:
        result: base and alternatives.
        name: of the alternative.
        key: the measure.
        rule: what is asked; intervals are those of the comparison, of all alternatives together if those are.
    """
    sides = result.base.readings(key), result.alternatives[name].readings(key)
    each = bonferroni(result.confidence, len(result.alternatives)) if result.together else result.confidence
    equivalence = rule.name == "stays_within"
    claims = _claims(*sides, rule, 2 * each - 1 if equivalence else each)
    answer, needed = _judged(claims)
    if rule.name in ("falls_by", "rises_by") and not _moved(*sides):
        answer, needed = Answer.NO, 0  # even a fall by a part of nothing is none
    level = rule.name in ("at_least", "at_most")
    shown = 2 * each - 1 if equivalence else each
    pair = (sides[1], sides[1]) if level else sides
    found = difference(*pair, confidence=shown, times=0.0 if level else 1.0)
    return Decision(name, key, rule, answer, found, needed)


def _moved(base: Sequence[Reading], other: Sequence[Reading]) -> bool:
    """Whether a measure differs at all between the two sides, or nobody can say."""
    return difference(base, other).value != 0


def _claims(base: Sequence[Reading], other: Sequence[Reading], rule: Rule, confidence: float) -> list[Difference]:
    """Contrasts that are not above nothing if the rule holds."""

    def contrast(sign: int, allowed: float, times: float = 1.0) -> Difference:
        """`sign` times (other less `times` the base), less what is allowed."""
        factor = times * (1 + sign * allowed) if rule.relative else times
        shift = 0.0 if rule.relative else -allowed
        return _turned(difference(base, other, confidence=confidence, times=factor), sign, shift)

    amount = rule.amount
    if rule.name in ("at_least", "at_most"):
        sign = 1 if rule.name == "at_most" else -1
        level = difference(other, other, confidence=confidence, times=0.0)  # the base has no part in it
        return [_turned(level, sign, -sign * amount)]
    below, above = contrast(1, amount), contrast(-1, amount)
    return {
        "falls_by": lambda: [contrast(1, -amount)],
        "rises_by": lambda: [contrast(-1, -amount)],
        "rises_at_most": lambda: [below],
        "falls_at_most": lambda: [above],
        "stays_within": lambda: [below, above],
    }[rule.name]()


def _turned(found: Difference, sign: int, shift: float) -> Difference:
    low, high = (sign * found.low, sign * found.high) if sign > 0 else (-found.high, -found.low)
    return replace(found, value=sign * found.value + shift, low=low + shift, high=high + shift)


def _judged(claims: list[Difference]) -> tuple[Answer, int]:
    if any(math.isnan(claim.low) for claim in claims):
        return Answer.NOT_YET_KNOWN, 0
    if all(claim.high <= 0 for claim in claims):
        return Answer.YES, 0
    if any(claim.low > 0 for claim in claims):
        return Answer.NO, 0
    return Answer.NOT_YET_KNOWN, max(claim.replications_for(abs(claim.value)) for claim in claims)
