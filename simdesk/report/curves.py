"""Figures of desks at many points: the slack curve, costs by level, lines, scatters and the Pareto front.

Tables in, Plotly figures out, in the look of `figures`. Knows no results and no HTML.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any, Final

import plotly.graph_objects as go

from simdesk.durations import DAY, HOUR, MINUTE, WEEK, human
from simdesk.experiment.estimate import Estimate
from simdesk.report.canvas import AXIS, HOVER, LIGHT, blank, dots, gaps, part, plain, shade, spoken
from simdesk.report.tables import Table
from simdesk.report.words import COSTS, interval, value, within

_NUMBER: Final = re.compile(r"^\s*(-?\d+(?:\.\d+)?)\s*(\D*)$")
_MOST_MARKS: Final = 12
"""Values marked along an axis; of more, every second or third."""
_MOST_LEVELS: Final = 20
"""Numbers of people named below the bars of costs; of more, every second or third, and those that are special."""
_STEPS: Final = (
    1, 2, 5, 10, 15, 30, MINUTE, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR,
    3 * HOUR, 6 * HOUR, 12 * HOUR, DAY, 2 * DAY, WEEK, 2 * WEEK, 4 * WEEK, 8 * WEEK, 26 * WEEK, 52 * WEEK, 104 * WEEK,
)  # fmt: skip
"""Round distances between times on an axis."""
_MOST_TIMES: Final = 6
ABREAST: Final = 3
"""Small figures side by side."""
_MOST_NAMED: Final = 6
"""Points of a front that are named; of more, its ends."""
_PLOT: Final = 250
"""Height of the slack curve without its margins, about, pixels."""
_RAISED: Final = 26.0
"""Pixels from a dot up to its name."""
_APART: Final = 22
"""Pixels between names."""
_CLOSE: Final = 0.05
"""Part of the width within which there is room for one number."""
_NEAR: Final = 0.35
"""Part of the width that a name may cover."""
_ABOVE_THE_REST: Final = 1.12
"""Where the axis of waits ends, over the longest wait of a team that keeps up."""


def slack(table: Table) -> go.Figure:
    """Wait against occupancy, one dot for each number of people, with the interval of the mean and every mark named.

    A team that cannot keep up waits for as long as the run is; such a dot sits at the upper edge.

    Args:
        table: `people`, `mark` (nothing, or what is special there), `load`, `busy`, `wait` and `p90`.
    """
    people, marks = table.texts("people"), table.texts("mark")
    busy, wait, p90 = table.estimates("busy"), table.estimates("wait"), table.estimates("p90")
    keeps_up = [ratio < 1 for ratio in table.values("load")]
    shown = [i for i, one in enumerate(busy) if not math.isnan(one.value) and not math.isnan(wait[i].value)]
    steady = sorted((i for i in shown if keeps_up[i]), key=lambda i: busy[i].value) or sorted(shown)
    figure = blank(height=360, margin={"l": 8, "r": 16, "t": 50, "b": 22})
    ends = {i: within(wait[i], "time") for i in steady}
    longest = max(
        [wait[i].value for i in steady] + [p90[i].value for i in steady if not math.isnan(p90[i].value)] + [1]
    )
    top = _ABOVE_THE_REST * max(longest, *(high for _, high in ends.values() if not math.isnan(high)), 1)
    x = {i: 100 * busy[i].value for i in shown}
    y = {i: wait[i].value if i in steady else min(wait[i].value, top) for i in shown}
    shade(figure, [x[i] for i in steady], [ends[i][0] for i in steady], [ends[i][1] for i in steady])
    stroke(figure, [x[i] for i in steady], [p90[i].value for i in steady], "response", dash="dot")
    stroke(figure, [x[i] for i in steady], [wait[i].value for i in steady], "accent")
    looks = {i: _dot(marks[i], i in steady) for i in shown}
    for symbol, colour, size in dict.fromkeys(looks.values()):
        alike = [i for i in shown if looks[i] == (symbol, colour, size)]
        hover = [
            f"{people[i]} people, {spoken(busy[i], 'share')} busy: mean wait {spoken(wait[i], 'time')}" for i in alike
        ]
        dots(figure, [x[i] for i in alike], [y[i] for i in alike], symbol, colour, hover, size=size, width=2)
    told = {i: f"{people[i]} {'person' if people[i] == '1' else 'people'}" for i in shown}
    _named(figure, [(x[i], y[i], f"{marks[i]}, {told[i]}" if marks[i] else people[i]) for i in shown], top)
    low, high = min(x.values(), default=0.0), max(x.values(), default=100.0)
    room = 0.06 * (high - low) or 5.0
    figure.update_xaxes(range=[low - room, high + room], ticksuffix=" %", nticks=8, title_text="share of its time busy")
    values, names = time_marks(top)
    figure.update_yaxes(range=_from_nothing(top), tickvals=values, ticktext=names)
    return figure


def _dot(mark: str, steady: bool) -> tuple[str, str, int]:
    """Symbol, colour and size of a level."""
    if not steady:
        return "triangle-up-open", "warn", 11
    if "cheapest" in mark:
        return "circle", "accent", 13
    if mark:
        return "circle-open" if "today" in mark else "diamond-open", "ink", 12
    return "circle", "accent", 7


def _named(figure: go.Figure, dots: Sequence[tuple[float, float, str]], top: float) -> None:
    """Names of dots, above the plain ones and raised further above the special ones, so that none covers another."""
    least, most = (end((dot[0] for dot in dots), default=0.0) for end in (min, max))
    width = (most - least) or 1.0
    placed: list[tuple[float, float]] = []
    numbered = math.inf
    for x, y, name in sorted(dots, reverse=True):
        if name.isdigit():
            if numbered - x > _CLOSE * width:
                annotate(figure, x, y, name, yshift=13)
                numbered = x
            continue
        raised = _RAISED
        for other, height in placed:
            near = other - x < _NEAR * width
            raised += max(0.0, height + _APART - (_PLOT * y / top + raised)) if near else 0.0
        placed.append((x, _PLOT * y / top + raised))
        annotate(
            figure, x, y, f"<b>{plain(name)}</b>", showarrow=True, ax=0, ay=-raised, arrowwidth=1, arrowhead=0,
            arrowcolor=LIGHT["soft"], xanchor="left" if x - least < _NEAR * width else "right", bgcolor=LIGHT["card"],
            yanchor="bottom", standoff=7,
        )  # fmt: skip


def annotate(figure: go.Figure, x: float, y: float, text: str, **style: Any) -> None:
    figure.add_annotation(
        **{"x": x, "y": y, "text": text, "showarrow": False, "font": {"color": LIGHT["ink"], "size": 12}, **style}
    )


def cost_by_level(table: Table, currency: str) -> go.Figure:
    """What a month costs with each number of people: a stack of its parts, and the interval of the total.

    Args:
        table: `people`, `mark`, `total`, and of the parts of `COSTS` those that cost anything.
        currency: of the scenario.
    """
    people, marks, totals = table.texts("people"), table.texts("mark"), table.estimates("total")
    at = list(range(len(people)))
    figure = blank(height=300)
    there = {column.name for column in table.columns}
    for name, label in COSTS.items():
        if name in there:
            cells = table.estimates(name)
            figure.add_bar(
                x=at, y=gaps([cell.value for cell in cells]), marker_color=LIGHT[name], name=label, width=0.66,
                customdata=[
                    f"{who} people, {label}: {value(cell.value, 'money', currency)}"
                    for who, cell in zip(people, cells, strict=True)
                ],
                hovertemplate=HOVER,
            )  # fmt: skip
    _whiskers(figure, at, totals, "money", [f"{who} people in all" for who in people], currency, symbol="line-ew-open")
    names = ["<br>".join([who, *filter(None, mark.split(", "))]) for who, mark in zip(people, marks, strict=True)]
    figure.update_layout(barmode="stack")
    named = _apart([bool(mark) for mark in marks], max(1, -(-len(at) // _MOST_LEVELS)))
    figure.update_xaxes(
        tickvals=named, ticktext=[names[i] for i in named], showgrid=False, zeroline=False, tickangle=0,
        title_text="people",
    )  # fmt: skip
    unit_axis(figure, "y", "money", [], currency)
    figure.update_yaxes(rangemode="tozero")
    return figure


def _apart(special: Sequence[bool], room: int) -> list[int]:
    """Places along an axis that are named: all special ones, and others that are far enough from any that is named."""
    named = [at for at, one in enumerate(special) if one]
    for at in range(len(special)):
        if all(abs(at - other) >= room for other in named):
            named.append(at)
    return sorted(named)


def line(table: Table, factor: str, measure: str, currency: str = "") -> go.Figure:
    """A measure along one factor, with its interval: a line over numbers, dots over words.

    Args:
        table: columns of the factor and of the measure.
        factor, measure: names of the columns.
        currency: of money.
    """
    unit, _ = column_of(table, measure)
    cells, texts = table.estimates(measure), [plain(text) for text in table.texts(factor)]
    at, numeric = _places(texts)
    told = [f"{text}: {spoken(cell, unit)}" for text, cell in zip(texts, cells, strict=True)]
    figure = blank(height=260)
    scale = _scale(unit)
    if numeric:
        order = sorted(range(len(at)), key=lambda i: at[i])
        low, high = zip(*(within(cells[i], unit) for i in order), strict=True)
        shade(figure, [at[i] for i in order], [scale * end for end in low], [scale * end for end in high])
        stroke(figure, [at[i] for i in order], [scale * cells[i].value for i in order], "accent")
        dots(figure, at, gaps([scale * cell.value for cell in cells]), "circle", "accent", told, size=8)
    else:
        _whiskers(figure, at, cells, unit, texts, currency)
    factor_axis(figure, "x", texts, at, column_of(table, factor)[1])
    unit_axis(figure, "y", unit, cells, currency)
    return figure


def scatter(table: Table, factors: Sequence[str], measure: str, currency: str = "") -> go.Figure:
    """A measure against each of several factors, one dot for each point, a small figure for each factor."""
    unit, _ = column_of(table, measure)
    cells, full = table.estimates(measure), table.texts("overloaded")
    abreast = min(len(factors), ABREAST)
    down = -(-len(factors) // abreast)
    figure = blank(height=20 + 200 * down)
    colours = [LIGHT["warn"] if teams else LIGHT["accent"] for teams in full]
    for number, factor in enumerate(factors):
        axis = "" if not number else str(number + 1)
        left, top = (number % abreast) / abreast, 1 - (number // abreast) / down
        gap = 0.03 if number % abreast else 0.0
        figure.layout[f"xaxis{axis}"] = {
            **AXIS,
            "domain": part(left + gap, left + 0.97 / abreast),
            "anchor": f"y{axis}",
        }
        figure.layout[f"yaxis{axis}"] = {**AXIS, "domain": part(top - 0.78 / down, top), "anchor": f"x{axis}"}
        texts = [plain(text) for text in table.texts(factor)]
        at, _ = _places(texts)
        figure.add_scatter(
            x=at, y=gaps([_scale(unit) * cell.value for cell in cells]), mode="markers", xaxis=f"x{axis}",
            yaxis=f"y{axis}", marker={"color": colours, "size": 7, "opacity": 0.75}, hovertemplate=HOVER,
            customdata=[f"{text}: {spoken(cell, unit)}" for text, cell in zip(texts, cells, strict=True)],
        )  # fmt: skip
        factor_axis(figure, f"x{axis}", texts, at, column_of(table, factor)[1], most=4)
        unit_axis(figure, f"y{axis}", unit, cells, currency)
        if number:
            figure.layout[f"yaxis{axis}"].update(showticklabels=number % abreast == 0, matches="y")
    return figure


def pareto(table: Table, cost: str, wait: str, currency: str = "") -> go.Figure:
    """What points cost against how long they let wait, with the intervals; a line joins those that no other beats in
    both.

    Args:
        table: `point` (its name), `front` (nothing where another beats it), `overloaded`, and both measures.
        cost, wait: names of the columns; any two measures will do.
        currency: of money.
    """
    names, front, full = table.texts("point"), table.texts("front"), table.texts("overloaded")
    sides = [(column_of(table, name), table.estimates(name)) for name in (cost, wait)]
    (across, along), (up, above) = sides
    x, y = ([_scale(unit) * cell.value for cell in cells] for (unit, _), cells in sides)
    told = [
        f"{plain(name)}: {spoken(one, across[0])} and {spoken(other, up[0])}"
        for name, one, other in zip(names, along, above, strict=True)
    ]
    figure = blank(height=350, margin={"l": 8, "r": 16, "t": 30, "b": 22})
    kept = sorted((i for i in range(len(x)) if front[i]), key=lambda i: x[i])
    others = [i for i in range(len(x)) if i not in kept and not math.isnan(x[i]) and not math.isnan(y[i])]
    stroke(figure, [x[i] for i in kept], [y[i] for i in kept], "accent", dash="dot", shape="hv")
    for solid, overloaded in ((False, False), (False, True), (True, False), (True, True)):
        some = [i for i in (kept if solid else others) if bool(full[i]) == overloaded]
        if some:
            colour = "warn" if overloaded else "accent" if solid else "soft"
            dots(
                figure, [x[i] for i in some], [y[i] for i in some], "circle" if solid else "circle-open", colour,
                [told[i] for i in some], size=9, width=1.5,
            )  # fmt: skip
            _errors(figure.data[-1], [along[i] for i in some], [above[i] for i in some], (across[0], up[0]))
    named = kept if len(kept) <= _MOST_NAMED else [kept[0], kept[-1]]
    middle = (min(x) + max(x)) / 2 if x else 0.0
    for i in named:
        side = "left" if x[i] <= middle else "right"
        annotate(
            figure, x[i], y[i], plain(names[i]), xanchor=side, yanchor="bottom", xshift=6 if side == "left" else -6
        )
    unit_axis(figure, "x", across[0], along, currency)
    unit_axis(figure, "y", up[0], above, currency)
    figure.update_xaxes(title_text=plain(across[1]), nticks=6)
    name_upwards(figure, up[1], 0.0, 1.0)
    return figure


def _errors(trace: Any, along: Sequence[Estimate], above: Sequence[Estimate], units: tuple[str, str]) -> None:
    """Thin intervals both ways on dots; none where none is known."""
    for name, cells, unit in (("error_x", along, units[0]), ("error_y", above, units[1])):
        ends = [within(cell, unit) for cell in cells]
        more = [_scale(unit) * (high - cell.value) for cell, (_, high) in zip(cells, ends, strict=True)]
        less = [_scale(unit) * (cell.value - low) for cell, (low, _) in zip(cells, ends, strict=True)]
        if not all(map(math.isnan, more)):
            style = {"color": LIGHT["soft"], "thickness": 0.8, "width": 0}
            trace[name] = {"type": "data", "symmetric": False, "array": gaps(more), "arrayminus": gaps(less), **style}


def column_of(table: Table, name: str) -> tuple[str, str]:
    """Unit and label of a column."""
    column = next(column for column in table.columns if column.name == name)
    return column.unit, column.label


def name_upwards(figure: go.Figure, label: str, left: float, top: float) -> None:
    """The name of an axis that goes upwards, above its upper end, where it can be read and is never cut."""
    annotate(
        figure, left, top, plain(label), xref="paper", yref="paper", xanchor="left", yanchor="bottom", yshift=4,
        font={"color": LIGHT["soft"], "size": 12},
    )  # fmt: skip


def factor_axis(
    figure: go.Figure, axis: str, texts: Sequence[str], at: Sequence[float], label: str, most: int = _MOST_MARKS
) -> None:
    """Marks an axis with the values of a factor as they are written; of many, with some, and with round numbers."""
    marks = sorted(dict(zip(at, map(plain, texts), strict=True)).items())
    place = figure.layout[f"{axis[0]}axis{axis[1:]}"]
    place.update(tickangle=0, title_text=plain(label))
    if len(marks) > most and _places(texts)[1]:
        place.update(nticks=most, ticksuffix=_NUMBER.sub(r" \2", texts[0]).rstrip())
        return
    some = marks[:: -(-len(marks) // most)]
    place.update(tickvals=[where for where, _ in some], ticktext=[text for _, text in some])


def unit_axis(figure: go.Figure, axis: str, unit: str, cells: Sequence[Estimate], currency: str) -> None:
    """Marks an axis with times, per cents, money or numbers."""
    place = figure.layout[f"{axis[0]}axis{axis[1:]}"]
    place.update(nticks=6)
    if unit == "share":
        place.update(ticksuffix=" %")
    elif unit == "money":
        place.update(tickprefix=f"{currency} ".lstrip(), tickformat=",.0f", separatethousands=True)
    elif unit == "time":
        ends = [end for cell in cells for end in (cell.value, cell.high) if not math.isnan(end)]
        values, names = time_marks(max(ends, default=0.0))
        place.update(tickvals=values, ticktext=names, range=_from_nothing(max(ends, default=1.0)))


def _from_nothing(most: float) -> list[float]:
    """A range with room for dots at nothing and at the most."""
    return [-0.05 * most, 1.08 * most] if most > 0 else [-0.05, 1.0]


def time_marks(most: float) -> tuple[list[float], list[str]]:
    """Round times from nothing to the longest, and how they are written."""
    step = next((step for step in _STEPS if most / step <= _MOST_TIMES), _STEPS[-1])
    marks = [float(at * step) for at in range(int(most / step) + 2)]
    return marks, ["0", *(human(mark) for mark in marks[1:])]


def _places(texts: Sequence[str]) -> tuple[list[float], bool]:
    """Where values of a factor lie on an axis, and whether they are numbers: all with the same unit, or none."""
    matches = [_NUMBER.match(text) for text in texts]
    units = {match[2].strip().removesuffix("s") if match else None for match in matches}
    if len(units) == 1 and None not in units:
        return [float(match[1]) for match in matches if match], True
    order = list(dict.fromkeys(texts))
    return [float(order.index(text)) for text in texts], False


def _scale(unit: str) -> float:
    return 100.0 if unit == "share" else 1.0


def stroke(
    figure: go.Figure,
    x: Sequence[float],
    y: Sequence[float],
    colour: str,
    *,
    dash: str = "solid",
    shape: str = "linear",
) -> None:
    figure.add_scatter(
        x=list(x), y=gaps(y), mode="lines", hoverinfo="skip",
        line={"color": LIGHT[colour], "width": 2 if dash == "solid" else 1.5, "dash": dash, "shape": shape},
    )  # fmt: skip


def _whiskers(
    figure: go.Figure, at: Sequence[float], cells: Sequence[Estimate], unit: str, names: Sequence[str], currency: str,
    symbol: str = "circle",
) -> None:  # fmt: skip
    """Dots with their intervals."""
    ends = [within(cell, unit) for cell in cells]
    scale = _scale(unit)
    figure.add_scatter(
        x=list(at), y=gaps([scale * cell.value for cell in cells]), mode="markers", hovertemplate=HOVER,
        customdata=[f"{name}: {_told_money(cell, unit, currency)}" for name, cell in zip(names, cells, strict=True)],
        marker={"symbol": symbol, "color": LIGHT["ink"], "size": 8, "line": {"color": LIGHT["ink"], "width": 1.5}},
        error_y={
            "type": "data", "symmetric": False, "color": LIGHT["ink"], "thickness": 1.4, "width": 5,
            "array": gaps([scale * (high - cell.value) for cell, (_, high) in zip(cells, ends, strict=True)]),
            "arrayminus": gaps([scale * (cell.value - low) for cell, (low, _) in zip(cells, ends, strict=True)]),
        },
    )  # fmt: skip


def _told_money(cell: Estimate, unit: str, currency: str) -> str:
    return f"{value(cell.value, unit, currency)} ({interval(cell, unit, currency)})"
