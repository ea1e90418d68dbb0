"""Values of a scenario that can be more or less: numbers, shares, times, rates and hourly costs, each in its unit.

Knows how such a value is written and how far somebody wants it tried; knows nothing of results.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from simdesk.durations import DAY, HOUR, MINUTE, Duration
from simdesk.errors import Problem, RunError, ScenarioError
from simdesk.experiment.refusals import refuse_run_changes
from simdesk.scenario.excerpts import quoted
from simdesk.scenario.loading import vary
from simdesk.scenario.model import Scenario
from simdesk.scenario.paths import standing
from simdesk.scenario.quantities import HourlyCost, Rate, percentage

Ends = tuple[Any, Any] | float
"""Lowest and highest value of a factor as they are written, or its standard error as a share of its value."""

REACH: Final = 1.96
"""Standard errors either way at which a value that is not known exactly is tried: nineteen of twenty lie within."""

_STEPS: Final = ((2 * DAY, DAY, "days"), (HOUR, HOUR, "h"), (MINUTE, MINUTE, "min"), (0, 1, "s"))
_BUSINESS_STEPS: Final = (
    (HOUR, HOUR, "business hours"), (MINUTE, MINUTE, "business minutes"), (0, 1, "business seconds"),
)  # fmt: skip
"""From which length on a time is written in which unit, seconds."""

_ALMOST: Final = 1e-9
"""A whole number that arithmetic missed by less is meant."""


@dataclass(frozen=True, slots=True)
class Level:
    """A value that can be more or less.

    Attributes:
        amount: seconds of a time, part of one of a share, contacts a week of a rate, business days, or the number.
        kind: what it is; only values of one kind can be compared.
        unit: how it is written: `%`, the unit of a rate, the currency of a cost, or nothing.
        whole: whether only whole numbers will do.
    """

    amount: float
    kind: str = "number"
    unit: str = ""
    whole: bool = False

    @property
    def value(self) -> Any:
        """What a scenario takes."""
        if self.kind in ("time", "business time"):
            return str(Duration(self.amount, business=self.kind != "time"))
        if self.kind == "business days":
            return str(Duration(0.0, business=True, business_days=self.amount))
        if self.kind in ("rate", "rate of a user"):
            return str(Rate(self.amount / Rate(1.0, self.unit).per_week(), self.unit, self.kind != "rate"))
        if self.kind == "hourly cost":
            return str(HourlyCost(self.amount, self.unit))
        return round(self.amount) if self.whole else float(f"{self.amount:.12g}")

    @property
    def written(self) -> Any:
        """What a scenario takes, as a person writes it: a share as a percentage, a time in its unit."""
        if self.kind in ("time", "business time"):
            size, name = self._step
            return f"{self.amount / size:.12g} {name}"
        return f"{100 * self.amount:.12g} %" if self.unit == "%" else self.value

    @property
    def _step(self) -> tuple[int, str]:
        """Length and name of the unit in which a time of this length is written."""
        steps = _BUSINESS_STEPS if self.kind != "time" else _STEPS
        return next(((size, name) for least, size, name in steps if self.amount >= least), steps[-1][1:])

    @property
    def text(self) -> str:
        """What a person reads, three digits or so."""
        if self.kind in ("time", "business time"):
            size, name = self._step
            return f"{_short(self.amount / size)} {name}"
        if self.kind == "business days":
            return f"{_short(self.amount)} business days"
        if self.kind in ("rate", "rate of a user"):
            per = "per user per" if self.kind != "rate" else "per"
            return f"{_short(self.amount / Rate(1.0, self.unit).per_week())} {per} {self.unit}"
        if self.kind == "hourly cost":
            return f"{_short(self.amount)} {f'{self.unit} ' if self.unit else ''}per hour"
        return f"{_short(100 * self.amount)} %" if self.unit == "%" else _short(self.amount)


def _short(number: float) -> str:
    return f"{number:,.0f}" if abs(number) >= 1000 else f"{float(f'{number:.3g}'):g}"


def level(value: Any) -> Level | None:
    """The level that a value of a scenario is, written or read; None if it can be neither more nor less."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        return Level(float(value), whole=isinstance(value, int))
    if isinstance(value, Duration):
        if value.business_days:
            return Level(value.business_days, "business days")
        return Level(value.seconds, "business time" if value.business else "time")
    if isinstance(value, Rate):
        amount = Rate(value.count, value.unit).per_week()
        return Level(amount, "rate of a user" if value.per_user else "rate", value.unit)
    if isinstance(value, HourlyCost):
        return Level(value.amount, "hourly cost", value.currency)
    return _written(value) if isinstance(value, str) else None


def both_ends(low: Any, high: Any) -> tuple[Level, Level]:
    """The levels of a lowest and a highest value; whole only if both are.

    Raises:
        RunError: they are of different kinds, can be neither more nor less, or stand in the wrong order.
    """
    found = level(low), level(high)
    for one, end in zip(found, (low, high), strict=True):
        if one is None:
            raise RunError(
                f"{end!r} can be neither more nor less; write a number, or one with its unit, such as '80 %' or '5 min'"
            )
    first, last = (one for one in found if one is not None)
    if (first.kind, first.unit) != (last.kind, last.unit):
        raise RunError(f"{low} and {high} are not of one kind; write both with the same unit")
    if not -math.inf < first.amount <= last.amount < math.inf:
        raise RunError(f"{high} is not more than {low}; write the smaller value first")
    whole = first.whole and last.whole
    return replace(first, whole=whole), replace(last, whole=whole)


def _written(text: str) -> Level | None:
    """The level that somebody wrote."""
    try:
        return Level(float(percentage(text)), unit="%")
    except ValueError:
        pass
    for read in (Duration.parse, Rate.parse, HourlyCost.parse):
        try:
            return level(read(text))
        except ValueError:
            continue
    return None


@dataclass(frozen=True, slots=True)
class Span:
    """A factor: where it stands, and how far it is tried.

    Attributes:
        path: what is varied.
        low, base, high: as a scenario takes them; the base is None where the scenario states nothing.
        texts: the same as a person reads them.
        amounts: the same as numbers; NaN where it is none.
        standard_error: how well the base is known, as a share of it; NaN if the ends were stated.
        like: a level with the unit of this factor; None if it can be neither more nor less.
        rounded: whether an end was rounded outwards to a whole number.
    """

    path: str
    low: Any
    base: Any
    high: Any
    texts: tuple[str, str, str]
    amounts: tuple[float, float, float]
    standard_error: float = math.nan
    like: Level | None = None
    rounded: bool = False

    @property
    def unknown(self) -> bool:
        """Whether this is an input that is not known exactly, and not one that could be chosen."""
        return not math.isnan(self.standard_error)

    def at(self, amount: float) -> Level:
        """A level between the ends, for factors that have any."""
        assert self.like is not None  # `numbered` has made sure
        return replace(self.like, amount=amount)


def spans(scenario: Scenario, factors: Mapping[str, Ends]) -> list[Span]:
    """The factors of a question, every end checked against the scenario.

    Args:
        scenario: the desk as it stands.
        factors: by dotted path the lowest and the highest value as they are written, or a standard error as a share of
            the value, which is tried at 1.96 of these either way. Whole numbers are rounded outwards.

    Raises:
        RunError: there is no factor, its ends cannot be compared, or it is how long or with what luck is measured.
        ScenarioError: a path that leads nowhere, or an end that does not fit.
    """
    if not factors:
        raise RunError("there is nothing to vary: state at least one factor with its low and its high")
    refuse_run_changes(factors, "the question")
    found = [_span(path, _standing(scenario, path), ends) for path, ends in factors.items()]
    for one in found:
        for end in (one.low, one.high):
            _refuse_misfit(scenario, one, end)
    return found


def _standing(scenario: Scenario, path: str) -> Any:
    """What stands at a path."""
    try:
        return standing(scenario, path)
    except ValueError as error:
        raise ScenarioError([Problem(str(error), path, "the question")], "the question") from None


def _refuse_misfit(scenario: Scenario, one: Span, end: Any) -> None:
    """Refuse an end that the scenario does not take; that of a standard error was not written by the user."""
    try:
        vary(scenario, {one.path: end})
    except ScenarioError as error:
        if one.unknown:
            raise RunError(
                f"{one.path}: with a standard error of {100 * one.standard_error:g} % it would be tried at "
                f"{one.texts[0]} and {one.texts[2]}, which does not fit: {error.problems[0].message}; "
                "state low and high instead"
            ) from None
        raise


def _span(path: str, base: Any, ends: Ends) -> Span:
    return _stated(path, base, ends) if isinstance(ends, tuple) else _about(path, base, ends)


def _stated(path: str, base: Any, ends: tuple[Any, Any]) -> Span:
    """A factor with stated ends; what is no number has no order, so any two values will do."""
    middle, (low, high) = level(base), (level(end) for end in ends)
    if low is None or high is None:
        if ends[0] == ends[1]:
            raise RunError(f"{path}: low and high are the same; state two different values")
        nothing = math.nan
        texts = str(ends[0]), "nothing" if base is None else str(base), str(ends[1])
        return Span(path, ends[0], base, ends[1], texts, (nothing, nothing, nothing))
    for end, written in ((high, ends[1]), (middle or low, base)):
        if end.kind != low.kind:
            raise RunError(f"{path}: {quoted(str(ends[0]))} and {quoted(str(written))} cannot be compared")
    if low.amount >= high.amount:
        raise RunError(f"{path}: low must be below high, not {ends[0]} and {ends[1]}")
    whole = middle.whole if middle is not None else low.whole and high.whole
    bottom, top = _outwards(low, high, whole)
    standing = "nothing" if middle is None else replace(middle, unit=middle.unit or low.unit).text
    return Span(
        path, _value(bottom, low, ends[0]), base, _value(top, high, ends[1]),
        (_text(bottom, low, ends[0]), standing, _text(top, high, ends[1])),
        (bottom.amount, middle.amount if middle is not None else math.nan, top.amount), like=bottom,
        rounded=(bottom.amount, top.amount) != (low.amount, high.amount),
    )  # fmt: skip


def _value(tried: Level, written: Level, text: Any) -> Any:
    """An end as somebody wrote it, unless something else is tried."""
    return text if tried.amount == written.amount and not tried.whole else tried.value


def _text(tried: Level, written: Level, text: Any) -> str:
    """The same, to be read."""
    return str(text) if tried.amount == written.amount else tried.text


def _about(path: str, base: Any, standard_error: float) -> Span:
    """A value that is known to within a standard error."""
    middle = level(base)
    if middle is None or isinstance(standard_error, bool) or not isinstance(standard_error, int | float):
        raise RunError(f"{path}: is no number that could be known to within a part of it; state low and high")
    if not 0 < REACH * standard_error < 1:
        raise RunError(f"{path}: a standard error must be above 0 and below 51 % of the value; state low and high")
    if not middle.amount:
        raise RunError(f"{path}: is 0, and a part of nothing is nothing; state low and high")
    reach = REACH * standard_error * middle.amount
    ends = [replace(middle, amount=middle.amount + sign * reach) for sign in (-1, 1)]
    low, high = _outwards(ends[0], ends[1], middle.whole)
    amounts = low.amount, middle.amount, high.amount
    return Span(
        path, low.value, base, high.value, (low.text, middle.text, high.text), amounts, float(standard_error), low,
        middle.whole,
    )  # fmt: skip


def _outwards(low: Level, high: Level, whole: bool) -> tuple[Level, Level]:
    """Both ends, to whole numbers further out if only those will do."""
    if not whole:
        return replace(low, whole=False), replace(high, whole=False)
    bottom, top = math.floor(low.amount + _ALMOST), math.ceil(high.amount - _ALMOST)
    return replace(low, amount=float(bottom), whole=True), replace(high, amount=float(top), whole=True)


def numbered(found: list[Span]) -> list[Span]:
    """The same factors, if there is something between the ends of each.

    Raises:
        RunError: naming one without.
    """
    for one in found:
        if one.like is None:
            raise RunError(
                f"{one.path}: nothing lies between {one.texts[0]} and {one.texts[2]}; only a tornado tries such values"
            )
    return found


def overloaded(scenario: Scenario) -> tuple[str, ...]:
    """Teams that cannot keep up: they are asked for as much as they can do, or more, and too few give up."""
    from simdesk.experiment.load import team_loads  # compiles code, and who reads levels need not be able to simulate

    return tuple(load.team for load in team_loads(scenario) if load.grows)
