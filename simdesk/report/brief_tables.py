"""The numbers of a decision brief, as tables. Knows no colours and no HTML."""

from __future__ import annotations

import math
from typing import Final

from simdesk.experiment.difference import Difference
from simdesk.experiment.effects import USUAL, Effect
from simdesk.experiment.explain import Brief
from simdesk.experiment.sheet import Key, describe
from simdesk.report.differences import amount, name_of
from simdesk.report.tables import Cell, Column, Table
from simdesk.report.words import DASH, about, value

_SURE_ENOUGH: Final = 0.9995
_ROUNDING: Final = 1e-9


def effects(brief: Brief) -> Table:
    """Every alternative in every measure: without it, with it, and the difference with its interval."""
    columns = (
        Column("alternative", "Alternative"), Column("measure", "Measure"), Column("base", "Without it"),
        Column("other", "With it"), Column("difference", "Difference"), Column("interval", "Interval"),
        Column("sure", "Sure of its sign"),
    )  # fmt: skip
    currency = brief.scenario.money.currency
    rows: list[tuple[Cell, ...]] = []
    for effect in brief.effects:
        for key in told_of(brief):
            if key in effect.differences:
                rows.append(_row(effect, name_of(key), effect.differences[key], describe(key)[1], currency))
        if (fewer := effect.avoided) is not None:
            broken = turned(fewer)
            rows.append(_row(effect, "Promises to resolve that are broken, a month", broken, "number", currency))
        price = effect.price
        level, ends = value(price.value, "money", currency), price.note
        if not math.isnan(price.low):
            ends = f"{value(price.low, 'money', currency)} to {value(price.high, 'money', currency)}"
        rows.append((_name(effect), "Extra staff cost of an avoided breach", "", level, "", ends, ""))
    return Table(columns, tuple(rows))


def told_of(brief: Brief) -> list[Key]:
    """Measures that a table shows: those that are watched, and the usual ones of which there is anything."""
    found = {key: [one for (_, of), one in brief.comparison.differences.items() if of == key] for key in USUAL}
    usual = [key for key in USUAL if any(level > 0 for one in found[key] for level in (one.base, one.other))]
    return list(dict.fromkeys([*brief.watched, *usual]))


def turned(found: Difference) -> Difference:
    """The same difference the other way round."""
    return Difference(
        -found.value, -found.high, -found.low, found.other, found.base, found.standard_error, found.degrees,
        found.replications, 1 - found.positive, found.reduction, found.note, found.confidence,
    )  # fmt: skip


def _row(effect: Effect, label: str, found: Difference, unit: str, currency: str) -> tuple[Cell, ...]:
    levels = value(found.base, unit, currency), value(found.other, unit, currency)
    return (
        _name(effect), label, *levels, signed(found.value, unit, currency), ends_of(found, unit, currency),
        sure(found.sure).replace("more than", ">") if found.value else DASH,
    )  # fmt: skip


def _name(effect: Effect) -> str:
    return f"{effect.name} (added)" if effect.added else effect.name


def signed(number: float, unit: str, currency: str) -> str:
    """A difference with its sign."""
    sign = "−" if number < 0 else "+" if number > 0 else ""
    return f"{sign}{amount(number, unit, currency)}"


def ends_of(found: Difference, unit: str, currency: str) -> str:
    """Both ends of an interval with their signs, or why there is none."""
    if math.isnan(found.low):
        return found.note
    if constant(found):
        return "the same in every replication"
    return f"{signed(found.low, unit, currency)} to {signed(found.high, unit, currency)}"


def constant(found: Difference) -> bool:
    """Whether a difference is the same in every replication, but for the rounding of sums."""
    return found.high - found.low <= _ROUNDING * max(abs(found.base), abs(found.other))


def sure(share: float) -> str:
    """A confidence that is never called certain."""
    if math.isnan(share):
        return DASH
    return "more than 99.9 %" if share > _SURE_ENOUGH else about(share)


def ranking(brief: Brief) -> Table | None:
    """The alternatives in order, and how far each is behind the best; None without a ranking."""
    if brief.ranked_by is None or not brief.ranking:
        return None
    unit, currency = describe(brief.ranked_by)[1], brief.scenario.money.currency
    columns = (
        Column("place", "Place"), Column("alternative", "Alternative"),
        Column("level", name_of(brief.ranked_by), unit), Column("behind", "Less the best"),
        Column("interval", "Interval"), Column("told", "Told from the best"),
    )  # fmt: skip
    rows: list[tuple[Cell, ...]] = []
    for place, name in enumerate(brief.ranking, 1):
        behind = brief.behind(name)
        cells: tuple[Cell, ...] = ("", "", "the best")
        if place > 1:
            told = "yes" if brief.told_from_best(name) else "no"
            cells = (signed(behind.value, unit, currency), ends_of(behind, unit, currency), told)
        rows.append((str(place), _name(brief.effect(name)), behind.other, *cells))
    return Table(columns, tuple(rows))


def alarms(brief: Brief) -> Table | None:
    """Every reason to doubt, with what was found and the limit; None if there is none."""
    columns = (
        Column("what", "What"), Column("where", "Where"), Column("found", "Found"), Column("limit", "Limit"),
        Column("told", "In words"),
    )  # fmt: skip
    rows: list[tuple[Cell, ...]] = [
        (alarm.kind.replace("_", " "), alarm.where, _plain(alarm.figure, alarm.unit), _plain(alarm.limit, alarm.unit),
         alarm.sentence)
        for alarm in brief.alarms
    ]  # fmt: skip
    return Table(columns, tuple(rows)) if rows else None


def _plain(number: float, unit: str) -> str:
    if math.isnan(number):
        return DASH
    return f"{number:,.0f}" if unit == "number" else value(number, unit)


def plane(brief: Brief) -> Table:
    """What each alternative costs in staff against what it brings in the first watched measure."""
    key, currency = brief.watched[0], brief.scenario.money.currency
    unit = describe(key)[1]
    columns = (
        Column("who", "Alternative"), Column("cost", "Extra staff cost, a month"), Column("cost_ends", "Interval"),
        Column("effect", f"{name_of(key)}, difference"), Column("effect_ends", "Interval"),
    )  # fmt: skip
    rows: list[tuple[Cell, ...]] = [
        (
            _name(one),
            signed(one.extra_staff.value, "money", currency), ends_of(one.extra_staff, "money", currency),
            signed(one.first.value, unit, currency), ends_of(one.first, unit, currency),
        )
        for one in brief.effects
    ]  # fmt: skip
    return Table(columns, tuple(rows))
