"""Sentences about headroom: how far a value can go before a target breaks, and how well that is known."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final

from simdesk.experiment.estimate import Estimate
from simdesk.experiment.headroom import Fate, Headroom, Limit
from simdesk.experiment.targets import Judgement
from simdesk.report.words import asked_for, interval, listed, value

_VOLUME: Final = "demand.volume"


def headline(result: Headroom) -> str:
    """The answer in one sentence."""
    missed, unsure, first = result.missed_today, result.not_known, result.first
    if missed:
        how = "; ".join(f"{_stands(limit.today, result)}, {asked(limit.today, result)}" for limit in missed)
        are = "is" if len(missed) == 1 else "are"
        return f"There is no headroom: {_named(missed)} {are} already missed today ({how})."
    if unsure:
        are = "is" if len(unsure) == 1 else "are"
        stands = "; ".join(f"{_stands(limit.today, result)}, {asked(limit.today, result)}" for limit in unsure)
        return (
            f"Not yet known how much headroom there is: {result.replications} runs do not tell whether "
            f"{_named(unsure)} {are} met today ({stands})."
        )
    return _holds(result) if first is None else f"{_goes(result, first)}{_order(result)}."


def details(result: Headroom) -> Iterator[str]:
    """What becomes of the other targets, what is odd, and what was done."""
    whole = not result.missed_today and not result.not_known
    for limit in result.limits:
        if limit.fate is Fate.BREAKS and not (whole and limit is result.first):
            yield f"{_goes(result, limit)}."
        elif limit.fate is Fate.HOLDS and not (whole and result.first is None):
            sure = "" if limit.low == result.scale.end.amount else " in the estimates"
            yield f"'{limit.name}' holds{sure} as far as was tried, to {_at(result, result.scale.end.amount)}."
    for limit in result.limits:
        if limit.again:
            places = listed([result.scale.text(amount) for amount in limit.again])
            yield (
                f"'{limit.name}' is met again at {places} in the estimates, so it does not simply get worse along the "
                "way; what is told is where it first breaks."
            )
    if any(limit.fate is Fate.BREAKS for limit in result.limits):
        yield (
            f"Tried in steps of {result.scale.text(result.scale.step)}, each with {result.replications} runs of "
            f"{result.scenario.run.length} that meet the same luck. The interval of a limit reaches from the last "
            "value at which the target is shown kept to the first at which it is shown missed."
        )


def what(result: Headroom) -> str:
    """What is varied, as a sentence begins with it."""
    return "Volume" if result.path == _VOLUME else result.path


def asked(one: Judgement, result: Headroom) -> str:
    """What a target asks for, in words."""
    most = "at most" if one.target.at_least is None else "at least"
    return f"asked is {most} {asked_for(one, result.scenario.money.currency)}"


def _goes(result: Headroom, limit: Limit) -> str:
    """How far the value goes before a target breaks, with the interval."""
    return f"{what(result)} can {_moves(result, limit.critical)}{_ends(result, limit)} before '{limit.name}' breaks"


def _moves(result: Headroom, critical: float) -> str:
    scale, grows = result.scale, result.path == _VOLUME
    verb = ("grow", "shrink") if grows else ("rise", "fall")
    start = f"{verb[0] if scale.rises else verb[1]}{'' if grows else f' from {scale.text(scale.start.amount)}'}"
    if critical == scale.start.amount:
        return f"{start} by less than {_grown(result, scale.amount(1)) if grows else scale.text(scale.step)}"
    return f"{start} by {_grown(result, critical)}" if grows else f"{start} to {scale.text(critical)}"


def _grown(result: Headroom, amount: float) -> str:
    """Growth of the volume, as a part of today's."""
    return f"{100 * abs(amount / result.scale.start.amount - 1):.3g} %"


def _ends(result: Headroom, limit: Limit) -> str:
    """The interval of the critical value; open where nothing was shown."""
    sure = f"{100 * result.confidence:g} % interval"

    def told(end: float) -> str:
        return _grown(result, end) if result.path == _VOLUME else result.scale.text(end)

    if math.isnan(limit.today.estimate.low):
        return f" in this sample ({limit.today.estimate.note or 'no interval'})"
    if math.isnan(limit.high):
        return f" ({sure} from {told(limit.low)} to beyond {told(result.scale.end.amount)}, the last value tried)"
    low, last = limit.low, limit.high
    if result.scale.start.whole:  # of whole numbers the last that can keep it is one before the first that misses it
        last = limit.high - math.copysign(result.scale.step, limit.high - result.scale.start.amount)
        if last == low:
            return f" ({told(low)} is shown to keep it, {told(limit.high)} to miss it)"
    low_text, high = told(low), told(last)
    stem, _, tail = low_text.rpartition(" ")
    return f" ({sure} {stem if stem and high.endswith(f' {tail}') else low_text} to {high})"


def _order(result: Headroom) -> str:
    """Whether the first to break is surely the first, and who else may be."""
    count, rivals = len(result.limits), result.rivals
    if count == 1:
        return ""
    if not rivals:
        return f"; it is the first of {count} targets to break"
    why = "its interval reaches" if len(rivals) == 1 else "their intervals reach"
    return (
        f"; in the estimates it is the first of {count} targets to break, but {_named(rivals)} may break before "
        f"({why} into this one)"
    )


def _holds(result: Headroom) -> str:
    """Nothing breaks in the estimates; how much of that is shown."""
    count, end, start = len(result.limits), result.scale.end.amount, result.scale.start.amount
    whom = f"{_named(result.limits)} holds" if count == 1 else f"All {count} targets hold"
    shown = [limit.low for limit in result.limits]
    if any(map(math.isnan, shown)):
        return f"{whom} in the estimates as far as was tried, to {_at(result, end)}; nothing of it is shown."
    least = min(shown, key=lambda amount: abs(amount - start))
    if least == end:
        return f"{whom} at least to {_at(result, end)}."
    return (
        f"{whom} in the estimates as far as was tried, to {_at(result, end)}; shown up to {result.scale.text(least)}."
    )


def _at(result: Headroom, amount: float) -> str:
    """A value, with what it is a value of."""
    text = result.scale.text(amount)
    return f"a volume of {text}" if result.path == _VOLUME else f"{text} ({result.path})"


def _named(limits: tuple[Limit, ...]) -> str:
    return listed([f"'{limit.name}'" for limit in limits])


def _stands(one: Judgement, result: Headroom) -> str:
    """What a target's measure is, with its interval."""
    unit, currency = one.unit, result.scenario.money.currency
    if math.isnan(one.estimate.value):
        return one.estimate.note or "nothing to measure"
    return f"{value(one.estimate.value, unit, currency)}, {_interval(one.estimate, unit, currency, result.confidence)}"


def _interval(found: Estimate, unit: str, currency: str, confidence: float) -> str:
    ends = interval(found, unit, currency)
    return ends if math.isnan(found.low) or found.low == found.high else f"{100 * confidence:g} % interval {ends}"
