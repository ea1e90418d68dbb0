"""Tables in, Plotly figures out. Knows no results and no HTML.

Colours are those of the light palette; the page exchanges them for the dark ones. Words from a scenario are stripped of
tags, because Plotly reads some as HTML.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Final

import plotly.graph_objects as go

from simdesk.durations import DAY, HOUR, MINUTE, WEEK, human
from simdesk.experiment.estimate import Estimate
from simdesk.report.canvas import AXIS, HOVER, LIGHT, blank, dots, gaps, part, plain, shade, spoken, stroke, time_axis
from simdesk.report.tables import Table
from simdesk.report.words import DASH, STATES, value, within

FULL: Final = 0.95
"""Occupancy above which a column gets the colour of a warning."""

_SHARES: Final = ((0, 1, 2), (0, 5, 10), (0, 10, 20), (0, 50, 100))
"""Marks of an axis of shares, per cent, for what is rare and for what is usual."""
_ROW: Final = 112
"""Pixels for a team in the figure of the week."""
_HEAD: Final = 0.24
"""Part of them above the columns, for the name."""

_TICKS: Final = {
    0: "0", 2 * MINUTE: "2 min", 15 * MINUTE: "15 min", 2 * HOUR: "2 h", DAY: "1 day", WEEK: "1 week",
    8 * WEEK: "8 weeks", 52 * WEEK: "1 year", 520 * WEEK: "10 years",
}  # fmt: skip
"""Marks of the axis on which minutes and weeks can both be read."""


def waits(table: Table) -> go.Figure:
    """Median with interval and 90th percentile of each row, and a bar for the promise, on a stretched time axis."""
    who = [plain(name) for name in table.texts("who")]
    median, p90 = table.estimates("median"), table.values("p90")
    promise, clock = table.values("promise"), table.texts("clock")
    figure = blank(height=70 + 42 * len(who))
    for name, one in zip(who, median, strict=True):
        if not math.isnan(one.low):
            low, high = within(one, "time")
            stroke(figure, [_stretched(low), _stretched(high)], [name, name], "band", width=10)
    for kind, colour, of in (("wall", "ink", ""), ("business", "soft", " of business time")):
        at = [i for i, ticking in enumerate(clock) if ticking == kind and not math.isnan(promise[i])]
        dots(
            figure, [_stretched(promise[i]) for i in at], [who[i] for i in at], "line-ns", colour,
            [f"{who[i]}: promised within {human(promise[i])}{of}" for i in at], size=22, width=2,
        )  # fmt: skip
    dots(
        figure, [_stretched(x) for x in p90], who, "diamond-open", "accent",
        [f"{name}: nine of ten within {human(x)}" for name, x in zip(who, p90, strict=True)], size=9, width=1.5,
    )  # fmt: skip
    dots(
        figure, [_stretched(one.value) for one in median], who, "circle", "accent",
        [f"{name}: half within {spoken(one, 'time')}" for name, one in zip(who, median, strict=True)],
    )  # fmt: skip
    known = [x for x in (*p90, *promise, *(one.value for one in median)) if not math.isnan(x)]
    last = next((t for t in _TICKS if t >= max(known, default=0)), max(_TICKS))
    ticks = [t for t in _TICKS if t <= max(last, 15 * MINUTE)]
    span = _stretched(ticks[-1]) or 1.0
    figure.update_xaxes(
        range=[-0.04 * span, 1.04 * span], tickvals=[_stretched(t) for t in ticks], ticktext=[_TICKS[t] for t in ticks]
    )
    figure.update_yaxes(autorange="reversed", type="category", categoryorder="array", categoryarray=who)
    return figure


def promises(table: Table, target: float) -> go.Figure:
    """Promises kept as bars, and for resolutions a line where the share would be without any queue."""
    who = [plain(name) for name in table.texts("who")]
    figure = blank(height=60 + 58 * len(who))
    for name, colour, above in (("response", "response", -0.2), ("resolution", "accent", 0.2)):
        cells = table.estimates(name)
        if all(math.isnan(cell.value) for cell in cells):
            continue
        verb = {"response": "responded", "resolution": "resolved"}[name]
        figure.add_bar(
            x=[100 * _known(cell.value) for cell in cells], y=[i + above for i in range(len(who))], orientation="h",
            marker_color=LIGHT[colour], hovertemplate=HOVER, error_x=_errors(cells), width=0.36,
            customdata=[f"{w}: {spoken(cell, 'share')} {verb} as promised" for w, cell in zip(who, cells, strict=True)],
        )  # fmt: skip
    for i, share in enumerate(table.values("ceiling")):
        if not math.isnan(share):
            hover = f"{who[i]}: {value(share, 'share')} without any queue"
            stroke(figure, [100 * share] * 2, [i - 0.03, i + 0.43], "ink", width=2.5, hover=hover)
    figure.add_vline(x=100 * target, line_dash="dot", line_width=1.5, line_color=LIGHT["warn"])
    figure.update_xaxes(range=[0, 104], ticksuffix=" %", dtick=25)
    figure.update_yaxes(autorange="reversed", tickvals=list(range(len(who))), ticktext=who, showgrid=False)
    figure.update_layout(barmode="overlay")
    return figure


def stacked(labels: Sequence[str], shares: Sequence[float], colours: Sequence[str], told: Sequence[str]) -> go.Figure:
    """One bar whose parts sum to a whole; the legend beside it carries names and numbers."""
    figure = blank(height=56, margin={"l": 0, "r": 0, "t": 4, "b": 4})
    for label, share, colour, text in zip(labels, shares, colours, told, strict=True):
        figure.add_bar(
            x=[100 * share], y=[""], orientation="h", name=plain(label), width=0.9,
            marker={"color": LIGHT[colour], "line": {"color": LIGHT["card"], "width": 2}},
            customdata=[plain(text)], hovertemplate=HOVER,
        )  # fmt: skip
    figure.update_layout(barmode="stack")
    figure.update_xaxes(visible=False, range=[0, 100.2])
    figure.update_yaxes(visible=False)
    return figure


def life(table: Table) -> go.Figure:
    """Where a ticket's time goes."""
    labels, shares = table.texts("state"), table.estimates("share")
    told = [f"{label}: {spoken(share, 'share')}" for label, share in zip(labels, shares, strict=True)]
    return stacked(labels, [share.value for share in shares], state_colours(labels), told)


def state_colours(labels: Sequence[str]) -> list[str]:
    """Colour names of states."""
    names = {label: name for name, label in STATES.items()}
    return [names[label] for label in labels]


def week(table: Table) -> go.Figure:
    """How busy each team is in every hour of the week in which somebody is there: a row of columns for each team."""
    hours = table.texts("hour")
    teams = [column.name for column in table.columns[1:]]
    rows = len(teams)
    figure = blank(height=40 + _ROW * rows)
    at = list(range(len(hours)))
    starts = [i for i in at if not i or hours[i][:3] != hours[i - 1][:3]]
    for row, team in enumerate(teams):
        cells = table.estimates(team)
        axis = "" if not row else str(row + 1)
        top, bottom = (rows - row) / rows, (rows - row - 1) / rows
        figure.add_bar(
            x=at, y=[100 * _known(cell.value) for cell in cells], xaxis="x", yaxis=f"y{axis}", name=plain(team),
            marker_color=[LIGHT["warn"] if cell.value > FULL else LIGHT["accent"] for cell in cells],
            customdata=[f"{plain(team)}, {h}: {spoken(cell, 'share')}" for h, cell in zip(hours, cells, strict=True)],
            hovertemplate=HOVER,
        )  # fmt: skip
        most = max((100 * _known(cell.value) for cell in cells), default=0.0)
        ticks = next((t for t in _SHARES if t[-1] >= most), _SHARES[-1])
        figure.layout[f"yaxis{axis}"] = {
            **AXIS, "domain": part(bottom, top - _HEAD / rows), "anchor": "x",
            "range": [0, 1.05 * max(ticks[-1], most)], "tickvals": ticks,
            "ticktext": ["0", *(f"{tick} %" for tick in ticks[1:])],
        }  # fmt: skip
        figure.add_annotation(
            text=f"<b>{plain(team)}</b>", x=0, y=top, xref="paper", yref="paper", showarrow=False, xanchor="left",
            yanchor="top", font={"color": LIGHT["ink"], "size": 12},
        )  # fmt: skip
    for start in starts[1:]:
        edge = {"x0": start - 0.5, "x1": start - 0.5, "y0": 0, "y1": 1, "xref": "x", "yref": "paper"}
        figure.add_shape(type="line", line={"width": 1, "color": LIGHT["line"]}, layer="below", **edge)
    middle = [(a + b - 1) / 2 for a, b in zip(starts, [*starts[1:], len(hours)], strict=True)]
    figure.update_xaxes(
        tickvals=middle, ticktext=[hours[start][:3] for start in starts], showgrid=False,
        anchor=f"y{rows if rows > 1 else ''}", range=[-0.6, len(hours) - 0.4],
    )  # fmt: skip
    figure.update_layout(bargap=0.12)
    return figure


def days(table: Table, name: str, unit: str) -> go.Figure:
    """A mean over the days, with the band of the replications."""
    x, middle = table.texts("day"), table.values(name)
    low, high = table.values(f"{name}_low"), table.values(f"{name}_high")
    figure = blank(height=210)
    shade(figure, x, low, high)
    told = [
        f"{day}: {value(m, unit)} ({value(a, unit)} {DASH} {value(b, unit)})"
        for day, m, a, b in zip(x, middle, low, high, strict=True)
    ]
    figure.add_scatter(
        x=x, y=gaps(middle), mode="lines" if len(x) > 1 else "markers", line={"color": LIGHT["accent"], "width": 2},
        customdata=told, hovertemplate=HOVER,
    )  # fmt: skip
    figure.update_xaxes(type="date", nticks=5, tickangle=0, showgrid=False)
    figure.update_yaxes(rangemode="tozero", nticks=5)
    if unit == "time":
        time_axis(figure, high)
    return figure


def observed(table: Table, name: str, unit: str) -> go.Figure:
    """Simulated with its interval as a line, observed as rings, by hour of the day."""
    hours, cells, seen = table.texts("hour"), table.estimates(name), table.values(f"{name}_seen")
    scale = 100 if unit == "share" else 1
    figure = blank(height=210)
    ends = [within(cell, unit) for cell in cells]
    if not any(math.isnan(low) for low, _ in ends):
        shade(figure, hours, [scale * low for low, _ in ends], [scale * high for _, high in ends])
    figure.add_scatter(
        x=hours, y=gaps([scale * cell.value for cell in cells]), mode="lines",
        line={"color": LIGHT["accent"], "width": 2}, hovertemplate=HOVER,
        customdata=[f"{hour}, simulated: {spoken(cell, unit)}" for hour, cell in zip(hours, cells, strict=True)],
    )  # fmt: skip
    dots(
        figure, hours, gaps([scale * x for x in seen]), "circle-open", "ink",
        [f"{hour}, observed: {value(x, unit)}" for hour, x in zip(hours, seen, strict=True)], size=8, width=2,
    )  # fmt: skip
    figure.update_xaxes(type="category", showgrid=False, nticks=8, tickangle=0)
    figure.update_yaxes(rangemode="tozero", nticks=5, ticksuffix=" %" if unit == "share" else "")
    if unit == "time":
        time_axis(figure, [*seen, *(high for _, high in ends), *(cell.value for cell in cells)])
    return figure


def _stretched(seconds: float) -> float | None:
    """Place of a time on the axis: nearly linear below a minute, then by orders of magnitude; nothing for NaN."""
    return None if math.isnan(seconds) else math.log1p(max(seconds, 0.0) / MINUTE)


def _errors(cells: Sequence[Estimate]) -> dict[str, Any]:
    ends = [within(cell, "share") for cell in cells]
    more = [100 * _known(high - cell.value) for cell, (_, high) in zip(cells, ends, strict=True)]
    less = [100 * _known(cell.value - low) for cell, (low, _) in zip(cells, ends, strict=True)]
    style = {"color": LIGHT["soft"], "thickness": 1.2, "width": 4}
    return {"type": "data", "symmetric": False, "array": more, "arrayminus": less, **style}


def _known(number: float) -> float:
    return 0.0 if math.isnan(number) else number
