"""What a tornado says: what matters most, what comes next, and how much of the doubt is about inputs."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Final

from simdesk.experiment.difference import Difference
from simdesk.experiment.estimate import Estimate
from simdesk.experiment.sensitivity import Bar, InputUncertainty, Tornado
from simdesk.experiment.sheet import describe
from simdesk.experiment.warnings import FEW, few
from simdesk.report import figures, sensitivity_figures
from simdesk.report.captions import left_out
from simdesk.report.differences import amount, between
from simdesk.report.factors import closed, factor_name, instead, measured, raised
from simdesk.report.panels import Panel, Sign
from simdesk.report.tables import MOST_ROWS, Cell, Column, Table
from simdesk.report.told import Told
from simdesk.report.words import about, interval, listed, value

_MUCH: Final = 0.1
"""Part of the value up to which luck may hide a change and one can still say that nothing matters noticeably."""
_NO_PER_CENT: Final = 0.0005
"""An elasticity below which one per cent more is as good as nothing."""
_WHOLE: Final = 0.995
_MOST_NAMED: Final = 3
_COLOURS: Final = ("queue", "self_service", "reopened", "redial", "hand_off", "automation")
"""Of the parts of the doubt that come from inputs."""


def tell_tornado(result: Tornado) -> Told:
    """A tornado in words: what matters most for the measure, or that nothing does, or that it is not known.

    Args:
        result: what was found at both ends of every factor.
    """
    noticeable = [bar for bar in result.bars if bar.noticeable]
    inputs = result.inputs
    return Told(
        sentence=_leading(result, noticeable) if noticeable else _nothing(result),
        details=tuple(_details(result, noticeable)),
        warnings=tuple(_warnings(result)),
        panels=(_panel(result), *([_doubt_panel(result, inputs)] if inputs is not None else [])),
        tables=(("Every factor", _table(result)), *([_exactness(result, inputs)] if inputs is not None else [])),
    )


def effect(result: Tornado, bar: Bar) -> str:
    """What a factor does, where it is shown to do most: "10 % more adds 14 min (11 to 17 min)"."""
    unit, currency = describe(result.key)[1], _currency(result)
    shown = [end for end, found in ((0, bar.at_low), (2, bar.at_high)) if found.low > 0 or found.high < 0]
    if not shown:
        return f"{bar.span.texts[2]} instead of {bar.span.texts[0]} {_does(bar.across, unit, currency)}"
    end = max(shown, key=lambda at: abs(_at(bar, at).value))
    return f"{instead(bar.span, end)} {_does(_at(bar, end), unit, currency)}"


def _at(bar: Bar, end: int) -> Difference:
    return bar.at_low if end == 0 else bar.at_high


def _does(found: Difference, unit: str, currency: str) -> str:
    size = amount(found.value, unit, currency)
    if unit == "share":
        words = f"{'raises' if found.value > 0 else 'lowers'} it by {size}"
    else:
        words = f"{'adds' if found.value > 0 else 'takes off'} {size}"
    if found.low == found.high:
        return f"{words}, the same in every replication"
    nearer, farther = sorted((found.low, found.high), key=abs)
    return f"{words} ({between(nearer, farther, unit, currency)})"


def _currency(result: Tornado) -> str:
    return result.scenario.money.currency


def _name(result: Tornado, path: str) -> str:
    return factor_name(result.scenario, path)


def _leading(result: Tornado, noticeable: Sequence[Bar]) -> str:
    """Which factor matters most, or among which that is not known; then what comes next."""
    most = f"What matters most for {closed(measured(result.key))}"
    first, *others = noticeable
    rivals = [bar for bar in others if bar.span.path in result.alike]
    if rivals:
        named = [first, *rivals][:_MOST_NAMED]
        more = len(rivals) + 1 - len(named)
        names = [_name(result, bar.span.path) for bar in named]
        which = [*names, f"one of {more} more"] if more else names
        told = "; ".join(f"{_name(result, bar.span.path)}, {effect(result, bar)}" for bar in named)
        return f"{most} is {listed(which, 'or')}, and these replications cannot tell which: {told}."
    name = _name(result, first.span.path)
    if len(result.bars) == 1:
        return f"{raised(name)} matters for {measured(result.key)}: {effect(result, first)}."
    said = f"{most} is {name}: {effect(result, first)}"
    if others:
        said += f"; {_name(result, others[0].span.path)} matters too: {effect(result, others[0])}"
    return f"{said}."


def _nothing(result: Tornado) -> str:
    """No end differs noticeably: because nothing happens, because little happens, or because luck hides it."""
    ends = [found for bar in result.bars for found in (bar.at_low, bar.at_high, bar.across)]
    what, count = measured(result.key), len(result.bars)
    if any(math.isnan(found.low) for found in ends):
        note = next(found.note for found in ends if math.isnan(found.low))
        return f"It is not known what matters for {what}: {note}."
    most = max(abs(end) for found in ends for end in (found.low, found.high))
    factors = "the factor does not change" if count == 1 else f"none of the {count} factors changes"
    if not most:
        return f"Nothing here matters for {what}: {factors} it in any replication."
    hidden = amount(most, describe(result.key)[1], _currency(result))
    if most > _MUCH * abs(result.value.value):
        return (
            f"It is not known what matters for {what}: the luck of the simulation is too large and could hide a change "
            f"of {hidden}; more replications, or longer ones, would tell."
        )
    where = "over its range" if count == 1 else f"over any of the {count} ranges"
    return f"Nothing here matters noticeably for {what}: {where} it changes by {hidden} at most."


def _details(result: Tornado, noticeable: Sequence[Bar]) -> Iterator[str]:
    unit, currency = describe(result.key)[1], _currency(result)
    confidence = f"{100 * result.confidence:g} %"
    if math.isnan(result.value.value):
        return
    sure = interval(result.value, unit, currency)
    known = result.value.low < result.value.high
    stands = value(result.value.value, unit, currency)
    yield f"As the desk stands it is {stands} ({f'{confidence} interval {sure}' if known else sure})."
    for bar in result.bars:
        if bar.noticeable and bar.elasticity is not None and not math.isnan(bar.elasticity.low):
            yield f"{raised(_name(result, bar.span.path))}: {_per_cent(bar.elasticity)}, over the range that was tried."
    rest = [_name(result, bar.span.path) for bar in result.bars if not bar.noticeable]
    if noticeable and rest:
        hidden = [
            _name(result, bar.span.path) for bar in result.bars if not bar.noticeable and bar.span.path in result.alike
        ]
        but = f"; the luck of the simulation is too large to say that {listed(hidden)} matter less" if hidden else ""
        yield f"No change can be told from luck over the range of {listed(rest)}{but}."
    if result.inputs is not None:
        yield _doubt(result, result.inputs)
    if len(result.bars) > 1:
        yield f"The intervals of all {3 * len(result.bars)} differences hold together with {confidence} confidence."


def _per_cent(found: Estimate) -> str:
    """An elasticity in words."""
    if found.low <= 0 <= found.high:
        return f"one per cent more changes it by {_plus(found.low)} to {_plus(found.high)} %"
    moves = "raises" if found.value > 0 else "lowers"
    nearer, farther = sorted((found.low, found.high), key=abs)
    return f"one per cent more {moves} it by {_size(found.value)} % ({_size(nearer)} to {_size(farther)} %)"


def _size(number: float) -> str:
    """Two digits or so, without the sign."""
    size = abs(number)
    return f"{size:.1f}" if size >= _WHOLE else "0" if size < _NO_PER_CENT else f"{size:.2g}"


def _plus(number: float) -> str:
    """The same with it."""
    size = _size(number)
    return size if size == "0" else f"{'−' if number < 0 else '+'}{size}"


def _doubt(result: Tornado, inputs: InputUncertainty) -> str:
    """How far the interval widens when what is not known exactly is counted."""
    unit, currency = describe(result.key)[1], _currency(result)
    what = measured(result.key)
    if not inputs.share:
        return f"What is not known exactly adds nothing to the doubt about {what}."
    most = max(inputs.parts, key=lambda path: inputs.parts[path])
    mainly = f"most of it {_name(result, most)}" if len(inputs.parts) > 1 else _name(result, most)
    return (
        f"Inputs that are not known exactly make up {about(inputs.share)} of the doubt about {closed(what)} measured "
        f"by its variance: {mainly}; with them its interval is {interval(inputs.widened, unit, currency)} instead of "
        f"{interval(inputs.base, unit, currency)}."
    )


def _warnings(result: Tornado) -> Iterator[str]:
    count = len(result.base.sheets)
    if count < FEW:
        yield few(count, "replications of each desk")
    for bar in result.bars:
        name = _name(result, bar.span.path)
        for at, teams in ((0, bar.overloaded[0]), (2, bar.overloaded[1])):
            if teams:
                yield (
                    f"With {name} at {bar.span.texts[at]}, {listed(teams)} cannot keep up: what is measured there "
                    "depends on how long the run is, and slopes across that edge say little."
                )
        if bar.span.rounded:
            yield f"{raised(name)} is a whole number: it was tried at {bar.span.texts[0]} and {bar.span.texts[2]}."


def _panel(result: Tornado) -> Panel:
    _, unit, _, _ = describe(result.key)
    currency = _currency(result)
    columns = (
        Column("factor", "Factor"), Column("tried_low", "Low"), Column("tried_high", "High"),
        Column("at_low", "At its low end", unit), Column("at_high", "At its high end", unit),
    )  # fmt: skip
    rows: list[tuple[Cell, ...]] = []
    for bar in result.bars:
        cells = [
            Estimate(one.value, one.low, one.high, one.replications, one.note) for one in (bar.at_low, bar.at_high)
        ]
        rows.append((raised(_name(result, bar.span.path)), bar.span.texts[0], bar.span.texts[2], *cells))
    stands = value(result.value.value, unit, currency)
    caption = (
        f"How far {closed(measured(result.key))} moves from {stands} when one factor at a time is at its low or its "
        f"high end, with intervals that hold together with {100 * result.confidence:g} % confidence."
    )
    caption += left_out("factors", MOST_ROWS, len(rows), "that move it furthest")
    draw = partial(sensitivity_figures.tornado, Table(columns, tuple(rows[:MOST_ROWS])), unit, currency)
    signs = Sign("■", "response", "at its low end"), Sign("■", "accent", "at its high end")
    return Panel("What moves it, and how far", caption, draw, _table(result), signs, wide=True)


def _doubt_panel(result: Tornado, inputs: InputUncertainty) -> Panel:
    """Where the doubt comes from: a bar of its own, for no number of replications makes the part of inputs smaller."""
    total = inputs.simulation + math.fsum(inputs.parts.values())
    parts = {"luck of the simulation": inputs.simulation}
    parts |= {raised(_name(result, path)): part for path, part in inputs.parts.items()}
    shares = [part / total if total else 0.0 for part in parts.values()]
    columns = Column("part", "Where it comes from"), Column("share", "Share of the variance", "share")
    colours = ["pending", *(_COLOURS[at % len(_COLOURS)] for at in range(len(inputs.parts)))]
    told = [f"{name}: {value(share, 'share')}" for name, share in zip(parts, shares, strict=True)]
    signs = tuple(
        Sign("■", colour, name, value(share, "share"))
        for colour, name, share in zip(colours, parts, shares, strict=True)
    )
    caption = (
        f"{_doubt(result, inputs)} Only the luck of the simulation shrinks with more replications. Each input is taken "
        "by itself and its effect as straight."
    )
    draw = partial(figures.stacked, list(parts), shares, colours, told)
    table = Table(columns, tuple(zip(parts, shares, strict=True)))
    return Panel("Where the doubt comes from", caption, draw, table, signs, wide=True)


def _exactness(result: Tornado, inputs: InputUncertainty) -> tuple[str, Table]:
    """The interval with and without what is not known exactly."""
    unit, currency = describe(result.key)[1], _currency(result)
    columns = Column("what", "Counting"), Column("value", "Value")
    rows: list[tuple[Cell, ...]] = [
        (what, f"{value(one.value, unit, currency)}\n{interval(one, unit, currency)}")
        for what, one in (
            ("the luck of the simulation only", inputs.base),
            ("also the inputs that are not known exactly", inputs.widened),
        )
    ]
    return "How exactly it is known", Table(columns, tuple(rows))


def _table(result: Tornado) -> Table:
    unit, currency = describe(result.key)[1], _currency(result)
    columns = (
        Column("factor", "Factor"), Column("stands", "Stands at"), Column("base", "As it stands"),
        Column("tried_low", "Low"), Column("low", "At low"),
        Column("tried_high", "High"), Column("high", "At high"), Column("at_low", "Difference at low"),
        Column("at_high", "Difference at high"), Column("across", "High less low"),
        Column("per_cent", "For one per cent more"),
    )  # fmt: skip
    rows: list[tuple[Cell, ...]] = []
    stands = f"{value(result.value.value, unit, currency)}\n{interval(result.value, unit, currency)}"
    for bar in result.bars:
        span, percent = bar.span, bar.elasticity
        known = percent is not None and not math.isnan(percent.low)
        told = (
            f"{_plus(percent.value)} %\n{_plus(percent.low)} to {_plus(percent.high)} %" if percent and known else "–"
        )
        rows.append(
            (
                raised(_name(result, span.path)), span.texts[1], stands, span.texts[0],
                value(bar.at_low.other, unit, currency), span.texts[2], value(bar.at_high.other, unit, currency),
                *(signed(one, unit, currency) for one in (bar.at_low, bar.at_high, bar.across)), told,
            )
        )  # fmt: skip
    return Table(columns, tuple(rows))


def signed(found: Difference, unit: str, currency: str) -> str:
    """A difference with its sign and, on a second line, its interval."""
    if math.isnan(found.value):
        return "–"
    first, low, high = (
        f"{'−' if end < 0 else '+' if end > 0 else ''}{amount(end, unit, currency)}"
        for end in (found.value, found.low, found.high)
    )
    if math.isnan(found.low):
        return f"{first}\n{found.note}"
    return f"{first}\n{low} to {high}" if found.low != found.high else f"{first}\nthe same in every replication"
