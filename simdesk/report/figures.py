"""Tables in, Plotly figures out. Knows no results and no HTML.

Colours are those of the light palette; the page exchanges them for the dark ones. Words from a scenario are stripped of
tags, because Plotly reads some as HTML.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Sequence
from typing import Any, Final

import plotly.graph_objects as go

from simdesk.durations import DAY, HOUR, MINUTE, WEEK, human
from simdesk.experiment.estimate import Estimate
from simdesk.report.tables import Table
from simdesk.report.words import DASH, STATES, interval, value, within

LIGHT: Final = {
    "ink": "#17212b", "soft": "#5b6875", "paper": "#faf9f6", "card": "#ffffff", "line": "#e5e2da", "grid": "#ece9e2",
    "accent": "#0f766e", "band": "#cfe4e1", "response": "#74aaa4", "warn": "#b45309",
    "work": "#0f766f", "queue": "#d97706", "parked": "#c2833b", "hand_off": "#f59e0b", "pending": "#94a3b8",
    "self_service": "#60a5fa", "automation": "#38bdf8", "redial": "#f472b6", "reopened": "#a78bfa",
    "outside_hours": "#cbd5e1", "staff_cost": "#0f766d", "lost_time_cost": "#d97707", "penalty_cost": "#a78bfb",
}  # fmt: skip
"""Colours by use; every value is different, so that it says its use."""

DARK: Final = {
    "ink": "#e6edf3", "soft": "#9fb0bf", "paper": "#11171c", "card": "#182027", "line": "#2c3741", "grid": "#26303a",
    "accent": "#2dd4bf", "band": "#1c4a48", "response": "#2f827b", "warn": "#fbbf24",
    "work": "#2dd4be", "queue": "#f59e0c", "parked": "#b7834a", "hand_off": "#fcd34d", "pending": "#7f8ea3",
    "self_service": "#7cb5fb", "automation": "#5ccbf9", "redial": "#f78fc6", "reopened": "#b9a2fb",
    "outside_hours": "#475569", "staff_cost": "#2dd4bd", "lost_time_cost": "#f59e0d", "penalty_cost": "#b9a2fc",
}  # fmt: skip
"""The same uses on a dark ground."""

CONFIG: Final[dict[str, Any]] = {
    "displaylogo": False,
    "displayModeBar": False,
    "modeBarButtonsToRemove": ["sendChartToCloud"],
    "plotlyServerURL": "",
    "responsive": True,
    "scrollZoom": False,
    "doubleClick": False,
}
"""How every figure is shown: nothing leaves the machine, nothing moves by accident."""

FONT: Final = 'system-ui, -apple-system, "Segoe UI", "Noto Sans", "Noto Sans CJK SC", sans-serif'

FULL: Final = 0.95
"""Occupancy above which a column gets the colour of a warning."""

_HOVER: Final = "%{customdata}<extra></extra>"

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


def plain(text: str) -> str:
    """Text without tags and control characters, safe in a Plotly label."""
    visible = "".join(c for c in text if unicodedata.category(c) not in ("Cc", "Cf"))
    return re.sub(r"<[^>]*>?", "", visible).replace(">", "").replace("%{", "% {").strip()


def waits(table: Table) -> go.Figure:
    """Median with interval and 90th percentile of each row, and a bar for the promise, on a stretched time axis."""
    who = [plain(name) for name in table.texts("who")]
    median, p90 = table.estimates("median"), table.values("p90")
    promise, clock = table.values("promise"), table.texts("clock")
    figure = _figure(height=70 + 42 * len(who))
    for name, one in zip(who, median, strict=True):
        if not math.isnan(one.low):
            low, high = within(one, "time")
            _line(figure, [_stretched(low), _stretched(high)], [name, name], "band", width=10)
    for kind, colour, of in (("wall", "ink", ""), ("business", "soft", " of business time")):
        at = [i for i, ticking in enumerate(clock) if ticking == kind and not math.isnan(promise[i])]
        _dots(
            figure, [_stretched(promise[i]) for i in at], [who[i] for i in at], "line-ns", colour,
            [f"{who[i]}: promised within {human(promise[i])}{of}" for i in at], size=22, width=2,
        )  # fmt: skip
    _dots(
        figure, [_stretched(x) for x in p90], who, "diamond-open", "accent",
        [f"{name}: nine of ten within {human(x)}" for name, x in zip(who, p90, strict=True)], size=9, width=1.5,
    )  # fmt: skip
    _dots(
        figure, [_stretched(one.value) for one in median], who, "circle", "accent",
        [f"{name}: half within {_told(one, 'time')}" for name, one in zip(who, median, strict=True)],
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
    figure = _figure(height=60 + 58 * len(who))
    for name, colour, above in (("response", "response", -0.2), ("resolution", "accent", 0.2)):
        cells = table.estimates(name)
        if all(math.isnan(cell.value) for cell in cells):
            continue
        verb = {"response": "responded", "resolution": "resolved"}[name]
        figure.add_bar(
            x=[100 * _known(cell.value) for cell in cells], y=[i + above for i in range(len(who))], orientation="h",
            marker_color=LIGHT[colour], hovertemplate=_HOVER, error_x=_errors(cells), width=0.36,
            customdata=[f"{w}: {_told(cell, 'share')} {verb} as promised" for w, cell in zip(who, cells, strict=True)],
        )  # fmt: skip
    for i, share in enumerate(table.values("ceiling")):
        if not math.isnan(share):
            hover = f"{who[i]}: {value(share, 'share')} without any queue"
            _line(figure, [100 * share] * 2, [i - 0.03, i + 0.43], "ink", width=2.5, hover=hover)
    figure.add_vline(x=100 * target, line_dash="dot", line_width=1.5, line_color=LIGHT["warn"])
    figure.update_xaxes(range=[0, 104], ticksuffix=" %", dtick=25)
    figure.update_yaxes(autorange="reversed", tickvals=list(range(len(who))), ticktext=who, showgrid=False)
    figure.update_layout(barmode="overlay")
    return figure


def stacked(labels: Sequence[str], shares: Sequence[float], colours: Sequence[str], told: Sequence[str]) -> go.Figure:
    """One bar whose parts sum to a whole; the legend beside it carries names and numbers."""
    figure = _figure(height=56, margin={"l": 0, "r": 0, "t": 4, "b": 4})
    for label, share, colour, text in zip(labels, shares, colours, told, strict=True):
        figure.add_bar(
            x=[100 * share], y=[""], orientation="h", name=plain(label), width=0.9,
            marker={"color": LIGHT[colour], "line": {"color": LIGHT["card"], "width": 2}},
            customdata=[plain(text)], hovertemplate=_HOVER,
        )  # fmt: skip
    figure.update_layout(barmode="stack")
    figure.update_xaxes(visible=False, range=[0, 100.2])
    figure.update_yaxes(visible=False)
    return figure


def life(table: Table) -> go.Figure:
    """Where a ticket's time goes."""
    labels, shares = table.texts("state"), table.estimates("share")
    told = [f"{label}: {_told(share, 'share')}" for label, share in zip(labels, shares, strict=True)]
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
    figure = _figure(height=40 + _ROW * rows)
    at = list(range(len(hours)))
    starts = [i for i in at if not i or hours[i][:3] != hours[i - 1][:3]]
    for row, team in enumerate(teams):
        cells = table.estimates(team)
        axis = "" if not row else str(row + 1)
        top = 1 - row / rows
        figure.add_bar(
            x=at, y=[100 * _known(cell.value) for cell in cells], xaxis="x", yaxis=f"y{axis}", name=plain(team),
            marker_color=[LIGHT["warn"] if cell.value > FULL else LIGHT["accent"] for cell in cells],
            customdata=[f"{plain(team)}, {h}: {_told(cell, 'share')}" for h, cell in zip(hours, cells, strict=True)],
            hovertemplate=_HOVER,
        )  # fmt: skip
        most = max((100 * _known(cell.value) for cell in cells), default=0.0)
        ticks = next((t for t in _SHARES if t[-1] >= most), _SHARES[-1])
        figure.layout[f"yaxis{axis}"] = {
            **_AXIS, "domain": [top - 1 / rows, top - _HEAD / rows], "anchor": "x",
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
    figure = _figure(height=210)
    _fill(figure, x, low, high)
    told = [
        f"{day}: {value(m, unit)} ({value(a, unit)} {DASH} {value(b, unit)})"
        for day, m, a, b in zip(x, middle, low, high, strict=True)
    ]
    figure.add_scatter(
        x=x, y=_gaps(middle), mode="lines" if len(x) > 1 else "markers", line={"color": LIGHT["accent"], "width": 2},
        customdata=told, hovertemplate=_HOVER,
    )  # fmt: skip
    figure.update_xaxes(type="date", nticks=5, tickangle=0, showgrid=False)
    figure.update_yaxes(rangemode="tozero", nticks=5)
    if unit == "time":
        _time_axis(figure, high)
    return figure


def observed(table: Table, name: str, unit: str) -> go.Figure:
    """Simulated with its interval as a line, observed as rings, by hour of the day."""
    hours, cells, seen = table.texts("hour"), table.estimates(name), table.values(f"{name}_seen")
    scale = 100 if unit == "share" else 1
    figure = _figure(height=210)
    ends = [within(cell, unit) for cell in cells]
    if not any(math.isnan(low) for low, _ in ends):
        _fill(figure, hours, [scale * low for low, _ in ends], [scale * high for _, high in ends])
    figure.add_scatter(
        x=hours, y=_gaps([scale * cell.value for cell in cells]), mode="lines",
        line={"color": LIGHT["accent"], "width": 2}, hovertemplate=_HOVER,
        customdata=[f"{hour}, simulated: {_told(cell, unit)}" for hour, cell in zip(hours, cells, strict=True)],
    )  # fmt: skip
    _dots(
        figure, hours, _gaps([scale * x for x in seen]), "circle-open", "ink",
        [f"{hour}, observed: {value(x, unit)}" for hour, x in zip(hours, seen, strict=True)], size=8, width=2,
    )  # fmt: skip
    figure.update_xaxes(type="category", showgrid=False, nticks=8, tickangle=0)
    figure.update_yaxes(rangemode="tozero", nticks=5, ticksuffix=" %" if unit == "share" else "")
    if unit == "time":
        _time_axis(figure, [*seen, *(high for _, high in ends), *(cell.value for cell in cells)])
    return figure


_AXIS: Final = {
    "gridcolor": LIGHT["grid"], "zerolinecolor": LIGHT["grid"], "linecolor": LIGHT["line"], "fixedrange": True,
    "automargin": True, "ticks": "", "tickfont": {"color": LIGHT["soft"]}, "title": {"text": ""},
}  # fmt: skip


def _figure(height: int, margin: dict[str, int] | None = None) -> go.Figure:
    """An empty figure in the quiet look."""
    figure = go.Figure()
    figure.update_layout(
        template="none", height=height, margin=margin or {"l": 8, "r": 12, "t": 10, "b": 22}, showlegend=False,
        paper_bgcolor="rgba(0,0,0,0)", plot_bgcolor="rgba(0,0,0,0)", dragmode=False, hovermode="closest",
        font={"family": FONT, "size": 12, "color": LIGHT["soft"]},
        hoverlabel={"bgcolor": LIGHT["card"], "bordercolor": LIGHT["line"], "font": {"color": LIGHT["ink"]}},
        xaxis=_AXIS, yaxis=_AXIS,
    )  # fmt: skip
    return figure


def _line(
    figure: go.Figure, x: Sequence[float | None], y: Sequence[Any], colour: str, *, width: float, hover: str = ""
) -> None:
    figure.add_scatter(
        x=x, y=y, mode="lines", line={"color": LIGHT[colour], "width": width}, customdata=[hover, hover],
        hovertemplate=_HOVER if hover else None, hoverinfo=None if hover else "skip",
    )  # fmt: skip


def _dots(
    figure: go.Figure, x: Sequence[Any], y: Sequence[Any], symbol: str, colour: str, told: list[str],
    *, size: int = 10, width: float = 0,
) -> None:  # fmt: skip
    figure.add_scatter(
        x=x, y=y, mode="markers", customdata=told, hovertemplate=_HOVER, cliponaxis=False,
        marker={
            "symbol": symbol, "color": LIGHT[colour], "size": size, "line": {"color": LIGHT[colour], "width": width},
        },
    )  # fmt: skip


def _fill(figure: go.Figure, x: Sequence[Any], low: Sequence[float], high: Sequence[float]) -> None:
    known = [i for i, number in enumerate(low) if not math.isnan(number)]
    there, back = [x[i] for i in known], [x[i] for i in reversed(known)]
    figure.add_scatter(
        x=there + back, y=[high[i] for i in known] + [low[i] for i in reversed(known)], fill="toself", mode="lines",
        fillcolor=LIGHT["band"], line={"width": 0, "color": LIGHT["band"]}, hoverinfo="skip",
    )  # fmt: skip


def _time_axis(figure: go.Figure, values: Sequence[float]) -> None:
    """Whole minutes, hours or days along the y axis."""
    most = max((x for x in values if not math.isnan(x)), default=0.0)
    unit = next((u for u in (DAY, HOUR, MINUTE) if most >= 1.5 * u), 1)
    steps = [unit * m * 10**e for e in range(6) for m in (1, 2, 5)]
    step = next(s for s in steps if most / s <= 5)
    ticks = [i * step for i in range(int(most / step) + 2)]
    figure.update_yaxes(tickvals=ticks, ticktext=["0", *(human(t) for t in ticks[1:])])


def _stretched(seconds: float) -> float | None:
    """Place of a time on the axis: nearly linear below a minute, then by orders of magnitude; nothing for NaN."""
    return None if math.isnan(seconds) else math.log1p(max(seconds, 0.0) / MINUTE)


def _errors(cells: Sequence[Estimate]) -> dict[str, Any]:
    ends = [within(cell, "share") for cell in cells]
    more = [100 * _known(high - cell.value) for cell, (_, high) in zip(cells, ends, strict=True)]
    less = [100 * _known(cell.value - low) for cell, (low, _) in zip(cells, ends, strict=True)]
    style = {"color": LIGHT["soft"], "thickness": 1.2, "width": 4}
    return {"type": "data", "symmetric": False, "array": more, "arrayminus": less, **style}


def _gaps(values: Sequence[float]) -> list[float | None]:
    return [None if math.isnan(x) else x for x in values]


def _known(number: float) -> float:
    return 0.0 if math.isnan(number) else number


def _told(cell: Estimate, unit: str) -> str:
    """A value and its interval for a hover text."""
    return f"{value(cell.value, unit)} ({interval(cell, unit)})"
