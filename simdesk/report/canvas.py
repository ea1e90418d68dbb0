"""What every figure is drawn on: palettes, the quiet look, and the strokes they share. Knows no results and no HTML.

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

from simdesk.durations import DAY, HOUR, MINUTE, human
from simdesk.experiment.estimate import Estimate
from simdesk.report.words import interval, value

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

HOVER: Final = "%{customdata}<extra></extra>"

_MOST_LETTERS: Final = 30
"""Letters of a name beside an axis before it is broken."""

AXIS: Final = {
    "gridcolor": LIGHT["grid"], "zerolinecolor": LIGHT["grid"], "linecolor": LIGHT["line"], "fixedrange": True,
    "automargin": True, "ticks": "", "tickfont": {"color": LIGHT["soft"]}, "title": {"text": ""},
}  # fmt: skip


def plain(text: str) -> str:
    """Text without tags and control characters, safe in a Plotly label."""
    visible = "".join(c for c in text if unicodedata.category(c) not in ("Cc", "Cf"))
    return re.sub(r"<[^>]*>?", "", visible).replace(">", "").replace("%{", "% {").strip()


def broken(name: str) -> str:
    """A name in lines that fit beside an axis."""
    lines = [""]
    for word in plain(name).split():
        if lines[-1] and len(lines[-1]) + len(word) >= _MOST_LETTERS:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return "<br>".join(lines)


def blank(height: int, margin: dict[str, int] | None = None) -> go.Figure:
    """An empty figure in the quiet look."""
    figure = go.Figure()
    figure.update_layout(
        template="none", height=height, margin=margin or {"l": 8, "r": 12, "t": 10, "b": 22}, showlegend=False,
        paper_bgcolor="rgba(0,0,0,0)", plot_bgcolor="rgba(0,0,0,0)", dragmode=False, hovermode="closest",
        font={"family": FONT, "size": 12, "color": LIGHT["soft"]},
        hoverlabel={"bgcolor": LIGHT["card"], "bordercolor": LIGHT["line"], "font": {"color": LIGHT["ink"]}},
        xaxis=AXIS, yaxis=AXIS,
    )  # fmt: skip
    return figure


def part(low: float, high: float) -> list[float]:
    """A part of the width or the height of a figure, without the rounding beyond its edges that Plotly refuses."""
    return [min(max(low, 0.0), 1.0), min(max(high, 0.0), 1.0)]


def stroke(
    figure: go.Figure, x: Sequence[float | None], y: Sequence[Any], colour: str, *, width: float, hover: str = ""
) -> None:
    figure.add_scatter(
        x=x, y=y, mode="lines", line={"color": LIGHT[colour], "width": width}, customdata=[hover, hover],
        hovertemplate=HOVER if hover else None, hoverinfo=None if hover else "skip",
    )  # fmt: skip


def dots(
    figure: go.Figure, x: Sequence[Any], y: Sequence[Any], symbol: str, colour: str, told: list[str],
    *, size: int = 10, width: float = 0,
) -> None:  # fmt: skip
    figure.add_scatter(
        x=x, y=y, mode="markers", customdata=told, hovertemplate=HOVER, cliponaxis=False,
        marker={
            "symbol": symbol, "color": LIGHT[colour], "size": size, "line": {"color": LIGHT[colour], "width": width},
        },
    )  # fmt: skip


def shade(figure: go.Figure, x: Sequence[Any], low: Sequence[float], high: Sequence[float]) -> None:
    known = [i for i, number in enumerate(low) if not math.isnan(number)]
    there, back = [x[i] for i in known], [x[i] for i in reversed(known)]
    figure.add_scatter(
        x=there + back, y=[high[i] for i in known] + [low[i] for i in reversed(known)], fill="toself", mode="lines",
        fillcolor=LIGHT["band"], line={"width": 0, "color": LIGHT["band"]}, hoverinfo="skip",
    )  # fmt: skip


def time_axis(figure: go.Figure, values: Sequence[float]) -> None:
    """Whole minutes, hours or days along the y axis."""
    most = max((x for x in values if not math.isnan(x)), default=0.0)
    unit = next((u for u in (DAY, HOUR, MINUTE) if most >= 1.5 * u), 1)
    steps = [unit * m * 10**e for e in range(6) for m in (1, 2, 5)]
    step = next(s for s in steps if most / s <= 5)
    ticks = [i * step for i in range(int(most / step) + 2)]
    figure.update_yaxes(tickvals=ticks, ticktext=["0", *(human(t) for t in ticks[1:])])


def gaps(values: Sequence[float]) -> list[float | None]:
    return [None if math.isnan(x) else x for x in values]


def spoken(cell: Estimate, unit: str) -> str:
    """A value and its interval for a hover text."""
    return f"{value(cell.value, unit)} ({interval(cell, unit)})"
