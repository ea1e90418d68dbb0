"""What a difference between two desks means, in one honest sentence. Claims exactly what was computed."""

from __future__ import annotations

import math

from simdesk.experiment.difference import Difference
from simdesk.experiment.risk import Kept
from simdesk.experiment.sheet import Key, describe
from simdesk.report.words import DASH, value

_MOST = 100_000
"""Replications that nobody will run; more are not promised to be enough."""


def amount(number: float, unit: str, currency: str = "") -> str:
    """The size of a difference, without its sign: points of a percentage, else as any number."""
    if math.isnan(number):
        return DASH
    if unit == "share":
        points = 100 * abs(number)
        shown = f"{points:.1f}" if points >= 0.05 or points == 0 else f"{points:.1g}"
        return f"{shown} point{'' if shown == '1.0' else 's'}"
    return value(abs(number), unit, currency)


def name_of(key: Key) -> str:
    """A measure, and whose it is."""
    label = describe(key)[0]
    return f"{label} ({key.of})" if key.of else label


def sentence(found: Difference, key: Key, confidence: float, currency: str = "") -> str:
    """What an alternative does to a measure: falls, rises, stays the same, or is not yet known.

    Args:
        found: the difference, alternative less base.
        key: of the measure.
        confidence: of the interval, or of those of all alternatives together.
        currency: of money.
    """
    _, unit, better, _ = describe(key)
    what = name_of(key)
    if math.isnan(found.value):
        return f"{what}: one of the two has nothing to measure."
    if math.isnan(found.low):
        return f"{what}: {_moves(found.value)} by {amount(found.value, unit, currency)} in this sample; {found.note}."
    if found.low == found.high:
        return f"{what}: {_exactly(found, unit, better, currency)}."
    if found.low <= 0 <= found.high:
        low, high = (amount(end, unit, currency) for end in (found.low, found.high))
        return (
            f"{what}: not known whether it falls or rises; between {low} less and {high} more "
            f"({100 * confidence:g} % interval){_needed(found)}."
        )
    nearer, farther = sorted((found.low, found.high), key=abs)
    return (
        f"{what}: {_moves(found.value)} by {amount(found.value, unit, currency)}{judged(found.value, better)} "
        f"({100 * confidence:g} % interval {between(nearer, farther, unit, currency)})."
    )


def risk(name: str, before: Kept, after: Kept, length: str, confidence: float) -> str:
    """In how many runs a target was kept on either side.

    Args:
        name: of the target.
        before, after: base and alternative.
        length: of a run, in words.
        confidence: of each interval.
    """
    if not (before.of and after.of):
        return f"Target {name}: nothing to judge."
    ends = [f"{100 * side.low:.0f} to {100 * side.high:.0f} %" for side in (before, after)]
    return (
        f"Target {name}: kept in {before.met} of {before.of} runs of {length} without the change, "
        f"in {after.met} of {after.of} with it ({100 * confidence:g} % intervals {ends[0]} and {ends[1]})."
    )


def between(nearer: float, farther: float, unit: str, currency: str) -> str:
    """Both ends of an interval, with a unit that they share said once."""
    low, high = amount(nearer, unit, currency), amount(farther, unit, currency)
    stem, _, tail = low.rpartition(" ")
    return f"{stem if stem and high.endswith(f' {tail}') else low} to {high}"


def _moves(difference: float) -> str:
    return "rises" if difference > 0 else "falls" if difference < 0 else "moves"


def judged(difference: float, better: str) -> str:
    """Whether a change is for better or worse, in words."""
    if better == "neither":
        return ""
    return ", which is better" if (difference < 0) == (better == "lower") else ", which is worse"


def _exactly(found: Difference, unit: str, better: str, currency: str) -> str:
    if found.value == 0:
        return "the same in every replication"
    size = amount(found.value, unit, currency)
    return f"{_moves(found.value)} by {size}{judged(found.value, better)}, the same in every replication"


def _needed(found: Difference) -> str:
    """How many replications would tell, if the difference were as large as it looks."""
    wanted = found.replications_for(abs(found.value))
    if wanted <= found.replications:
        return ""
    if wanted > _MOST:
        return "; if it is as small as it looks, no number of replications worth running would tell"
    return f"; if it is as large as it looks, about {wanted:,} replications would tell"
