"""What headroom says: how far today's desk goes before a target breaks, which is the first, and what waiting costs."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import partial
from typing import Final

from simdesk.experiment.doing_nothing import DoingNothing
from simdesk.experiment.headroom import Fate, Headroom, Limit
from simdesk.experiment.load import team_loads
from simdesk.experiment.sheet import describe
from simdesk.experiment.targets import Judgement
from simdesk.experiment.warnings import FEW, before, few
from simdesk.report import headroom_figures
from simdesk.report.answers import doing_nothing
from simdesk.report.differences import name_of
from simdesk.report.headroom_words import asked, details, headline, what
from simdesk.report.panels import Panel, Sign
from simdesk.report.tables import Cell, Column, Table
from simdesk.report.told import Told
from simdesk.report.words import DASH, interval, listed, value

_MOST_PANELS: Final = 6
_CURVE: Final = 3
"""Values that were tried, from which on there is a curve to show."""


def tell_headroom(result: Headroom, nothing: DoingNothing | None = None) -> Told:
    """Headroom in words, figures and tables.

    Args:
        result: how far every target holds.
        nothing: the years to come with the staff of today, if that was asked too.
    """
    tables = [("How far each target holds", _limits(result)), ("Every value that was tried", _points(result))]
    more: list[str] = []
    if nothing is not None:
        more = list(doing_nothing.sentences(nothing))
        tables.append(("The years to come with the staff of today", doing_nothing.table(nothing)))
    shown = sorted(result.limits, key=lambda limit: limit is not result.first)[:_MOST_PANELS]
    return Told(
        sentence=headline(result),
        details=(*details(result), *more),
        warnings=tuple(_warnings(result, nothing)),
        panels=tuple(_panel(result, limit) for limit in shown if _has_curve(result, limit)),
        tables=tuple(tables),
    )


def _warnings(result: Headroom, nothing: DoingNothing | None) -> Iterator[str]:
    if result.replications < FEW:
        yield few(result.replications, "runs of each value")
    full = result.full_from
    if full is not None and _reaches(result, full[0]):
        yield (
            f"At {result.scale.text(full[0])} {listed(list(full[1]))} cannot keep up; what is found from there on "
            "depends on how long a run is."
        )
    yield from before(result.scenario, team_loads(result.scenario))
    if nothing is not None:
        yield from doing_nothing.warnings(nothing)


def _reaches(result: Headroom, amount: float) -> bool:
    """Whether the interval of some limit reaches a value."""
    start = result.scale.start.amount
    ends = (limit.critical if math.isnan(limit.high) else limit.high for limit in result.limits)
    return any(abs(end - start) >= abs(amount - start) for end in ends)  # nothing is said of what is not known


def _limits(result: Headroom) -> Table:
    columns = (
        Column("target", "Target"),
        Column("asked", "Asked"),
        Column("now", "Today"),
        Column("fate", "What becomes of it"),
        Column("critical", f"{what(result)}: met up to"),
        Column("grown", "Against today"),
        Column("kept", "Shown kept up to"),
        Column("missed", "Shown missed from"),
    )
    rows: list[tuple[Cell, ...]] = []
    for limit in result.limits:
        at = [DASH if math.isnan(x) else result.scale.text(x) for x in (limit.critical, limit.low, limit.high)]
        against = [_against(result, x) for x in (limit.critical, limit.low, limit.high)]
        rows.append(
            (limit.name, f"{name_of(limit.today.key)}: {asked(limit.today, result)}", _shown(limit.today, result),
             limit.fate.value, at[0], against[0], f"{at[1]}\n{against[1]}", f"{at[2]}\n{against[2]}")
        )  # fmt: skip
    return Table(columns, tuple(rows))


def _against(result: Headroom, amount: float) -> str:
    start = result.scale.start.amount
    return DASH if math.isnan(amount) or not start else f"{100 * (amount / start - 1):+.3g} %"


def _shown(one: Judgement, result: Headroom, mark: str = "") -> str:
    """A measure with its interval in small print."""
    unit, currency = one.unit, result.scenario.money.currency
    return f"{value(one.estimate.value, unit, currency)}{mark}\n{interval(one.estimate, unit, currency)}"


def _points(result: Headroom) -> Table:
    columns = (
        Column("what", what(result)),
        *(Column(limit.name, f"{limit.name}: {name_of(limit.today.key)}") for limit in result.limits),
        Column("full", "Cannot keep up"),
    )
    rows: list[tuple[Cell, ...]] = []
    for at, judged in result.points.items():
        cells = [_shown(one, result, f" {one.verdict.value}") for one in judged.values()]
        rows.append((result.scale.text(result.scale.amount(at)), *cells, ", ".join(result.overloaded[at]) or DASH))
    return Table(columns, tuple(rows))


def _has_curve(result: Headroom, limit: Limit) -> bool:
    known = [judged[limit.name].estimate.value for judged in result.points.values()]
    return sum(not math.isnan(x) for x in known) >= _CURVE


def _panel(result: Headroom, limit: Limit) -> Panel:
    key, scale, today = limit.today.key, result.scale, limit.today
    unit, label = describe(key)[1], name_of(key)
    amounts = [scale.amount(at) for at in result.points]
    cells = [judged[limit.name].estimate for judged in result.points.values()]
    draw = partial(
        headroom_figures.limit, amounts, cells, unit, bound=today.bound, ends=(limit.low, limit.high), text=scale.text,
        currency=result.scenario.money.currency,
    )  # fmt: skip
    columns = Column("what", what(result)), Column("value", label, unit)
    table = Table(columns, tuple((scale.text(x), cell) for x, cell in zip(amounts, cells, strict=True)))
    signs = [
        Sign("━", "accent", label),
        Sign("▬", "band", f"its {100 * result.confidence:g} % interval"),
        Sign("┄", "warn", asked(today, result)),
    ]
    against = "volume" if what(result) == "Volume" else result.path
    caption = f"{label} at each {against} that was tried."
    if limit.fate is Fate.BREAKS:
        caption = f"{label} at each {against} that was tried. The target is met up to {scale.text(limit.critical)}."
    if limit.low != scale.end.amount and not (math.isnan(limit.low) and math.isnan(limit.high)):
        signs.append(Sign("▮", "warn", "where it may break"))
    return Panel(f"{limit.name}: {label}", caption, draw, table, tuple(signs), wide=True)
