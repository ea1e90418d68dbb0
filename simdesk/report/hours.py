"""People needed against people there, through the week: table in, figure out. Knows no results and no HTML."""

from __future__ import annotations

import math
from itertools import groupby
from typing import TYPE_CHECKING

from simdesk.report.canvas import LIGHT, blank, plain
from simdesk.report.tables import Table

if TYPE_CHECKING:
    import plotly.graph_objects as go

Steps = tuple[list[float | None], list[float | None], list[str]]


def staffing(table: Table) -> go.Figure:
    """Steps through the hours of the week: a filled one for people there, a line for people needed.

    Args:
        table: columns `hour` (such as `Mon 08:30`), `required`, `present` and `missing`, a row for each interval in
            which anybody is needed or there. Days are set apart by a gap.
    """
    hours = table.texts("hour")
    required, present, missing = (table.values(name) for name in ("required", "present", "missing"))
    told = [
        f"{plain(hour)}: {need:.3g} needed, {there:.3g} there"
        for hour, need, there in zip(hours, required, present, strict=True)
    ]
    figure = blank(height=250)
    x, y, hover = _steps(hours, present, told)
    figure.add_scatter(
        x=x, y=y, mode="lines", fill="tozeroy", fillcolor=LIGHT["band"], line={"color": LIGHT["accent"], "width": 1.5},
        customdata=hover, hovertemplate="%{customdata}<extra></extra>", connectgaps=False,
    )  # fmt: skip
    x, y, hover = _steps(hours, required, told)
    figure.add_scatter(
        x=x, y=y, mode="lines", line={"color": LIGHT["ink"], "width": 1.5, "dash": "dot"}, customdata=hover,
        hovertemplate="%{customdata}<extra></extra>", connectgaps=False,
    )  # fmt: skip
    short = [at for at, number in enumerate(missing) if number > 0]
    places = _places(hours)
    figure.add_bar(
        x=[places[at] + 0.5 for at in short], y=[missing[at] for at in short], base=[present[at] for at in short],
        width=1.0, marker={"color": LIGHT["warn"], "line": {"width": 0}}, hovertemplate="%{customdata}<extra></extra>",
        customdata=[f"{told[at]}: {missing[at]:.3g} missing" for at in short],
    )  # fmt: skip
    _days(figure, hours, places)
    figure.update_yaxes(rangemode="tozero", nticks=6)
    return figure


def _places(hours: list[str]) -> list[float]:
    """Place of each row on the axis, with a gap of one between days."""
    places, day = [], 0
    for at, hour in enumerate(hours):
        day += int(at > 0 and hour[:3] != hours[at - 1][:3])
        places.append(float(at + day))
    return places


def _steps(hours: list[str], values: list[float], told: list[str]) -> Steps:
    """Both ends of every step; nothing between days."""
    x: list[float | None] = []
    y: list[float | None] = []
    hover: list[str] = []
    rows = list(zip(hours, _places(hours), values, told, strict=True))
    for _, day in groupby(rows, key=lambda row: row[0][:3]):
        steps = list(day)
        first, last = steps[0][1], steps[-1][1] + 1.0
        x += [first, *(edge for _, place, _, _ in steps for edge in (place, place + 1.0)), last, None]
        y += [0.0, *(number for _, _, number, _ in steps for _ in range(2)), 0.0, None]
        hover += [steps[0][3], *(text for *_, text in steps for _ in range(2)), steps[-1][3], ""]
    return x, y, hover


def _days(figure: go.Figure, hours: list[str], places: list[float]) -> None:
    """Names of the days below them, and the hours of a lone day."""
    days = [list(group) for _, group in groupby(zip(hours, places, strict=True), key=lambda row: row[0][:3])]
    if len(days) == 1:
        every = max(1, math.ceil(len(hours) / 10))
        ticks = [(place, hour[4:]) for hour, place in days[0][::every]]
    else:
        ticks = [((day[0][1] + day[-1][1] + 1) / 2, day[0][0][:3]) for day in days]
    last = places[-1] + 1 if places else 1.0
    figure.update_xaxes(
        tickvals=[place for place, _ in ticks], ticktext=[text for _, text in ticks], showgrid=False,
        range=[-0.01 * last, 1.01 * last],
    )  # fmt: skip
