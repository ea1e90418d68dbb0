"""Figures of limits: a target's measure along the way to where it breaks, and a queue that forgets its empty start.

Tables in, Plotly figures out, in the look of `figures`. Knows no results and no HTML.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Final

import plotly.graph_objects as go

from simdesk.durations import DAY, WEEK, human
from simdesk.experiment.estimate import Estimate
from simdesk.report.canvas import HOVER, LIGHT, blank, dots, gaps, plain, shade, spoken, time_axis
from simdesk.report.tables import Table
from simdesk.report.words import value, within

_MARKS: Final = 6
"""Values marked along the axis of what was varied."""
_ROOM: Final = 0.08
"""Room beyond what is shown, as a part of it."""
_FAR_ABOVE: Final = 0.5
"""Part of the highest value above which all must lie for the axis not to begin at 0."""
_ABOVE_BOUND: Final = 3.0
"""A measure that shoots up far beyond its bound is cut here, in bounds, or the place where it breaks could not be
seen."""


def limit(
    amounts: Sequence[float],
    cells: Sequence[Estimate],
    unit: str,
    *,
    bound: float,
    ends: tuple[float, float],
    text: Callable[[float], str],
    currency: str = "",
) -> go.Figure:
    """A measure against what was varied, with its interval, its bound, and the interval of where it breaks.

    Args:
        amounts: of what was varied, in order.
        cells: the measure at each, with its interval.
        unit: of the measure.
        bound: of the target.
        ends: of the interval of the critical value, amounts; NaN where there is none.
        text: what a reader calls an amount.
        currency: of money.
    """
    scale = 100.0 if unit == "share" else 1.0
    figure = blank(height=260, margin={"l": 8, "r": 16, "t": 14, "b": 22})
    between = [within(cell, unit) for cell in cells]
    bottom, top = _ends([*(x for ends in between for x in ends), *(cell.value for cell in cells)], bound)
    left, right = (
        end if not math.isnan(end) else edge for end, edge in zip(ends, (amounts[0], amounts[-1]), strict=True)
    )
    if not all(map(math.isnan, ends)):
        figure.add_vrect(x0=left, x1=right, fillcolor=LIGHT["warn"], opacity=0.14, line_width=0, layer="below")
    shade(figure, amounts, [scale * low for low, _ in between], [scale * high for _, high in between])
    figure.add_scatter(
        x=amounts, y=gaps([scale * cell.value for cell in cells]), mode="lines", hoverinfo="skip",
        line={"color": LIGHT["accent"], "width": 2},
    )  # fmt: skip
    told = [
        f"{plain(text(at))}: {f'{currency} ' if unit == 'money' else ''}{spoken(cell, unit)}"
        for at, cell in zip(amounts, cells, strict=True)
    ]
    dots(figure, amounts, gaps([scale * cell.value for cell in cells]), "circle", "accent", told, size=7)
    figure.add_hline(y=scale * bound, line_dash="dot", line_width=1.5, line_color=LIGHT["warn"])
    figure.add_annotation(
        x=1, xref="paper", xanchor="right", y=scale * bound, yanchor="bottom", showarrow=False,
        text=plain(f"asked: {value(bound, unit, currency)}"), font={"color": LIGHT["warn"], "size": 11},
    )  # fmt: skip
    marks = _marks(amounts)
    figure.update_xaxes(tickvals=marks, ticktext=[plain(text(at)) for at in marks], showgrid=False)
    if unit == "time":
        time_axis(figure, [top])
    figure.update_yaxes(range=[scale * bottom, scale * top])
    if unit == "share":
        figure.update_yaxes(ticksuffix=" %", nticks=5)
    return figure


def settling(table: Table, cut: float) -> go.Figure:
    """A mean over replications day by day, its moving average, and where the advised warm-up ends.

    Args:
        table: `day` from 1, `mean` and `smooth`.
        cut: end of the warm-up, seconds; NaN if none was advised.
    """
    days, mean, smooth = table.values("day"), table.values("mean"), table.values("smooth")
    figure = blank(height=210)
    if cut > 0:
        figure.add_vrect(x0=0, x1=cut / DAY, fillcolor=LIGHT["warn"], opacity=0.14, line_width=0, layer="below")
        figure.add_vline(x=cut / DAY, line_width=1.5, line_color=LIGHT["warn"])
    figure.add_scatter(
        x=days, y=gaps(mean), mode="lines", line={"color": LIGHT["response"], "width": 1.2}, hovertemplate=HOVER,
        customdata=[f"day {day:.0f}: {value(x, 'number')} tickets" for day, x in zip(days, mean, strict=True)],
    )  # fmt: skip
    figure.add_scatter(
        x=days, y=gaps(smooth), mode="lines", line={"color": LIGHT["accent"], "width": 2.5}, hoverinfo="skip"
    )
    last = max(days, default=1.0)
    step = next(s for s in (1, 2, 7, 14, 28, 91, 182, 364, 3640) if last / s <= _MARKS + 2)
    marks = [float(day) for day in range(0, int(last) + 1, step)]
    names = ["start", *(f"{day * DAY / WEEK:.0f} wk" if step >= 7 else human(day * DAY) for day in marks[1:])]
    figure.update_xaxes(tickvals=marks, ticktext=names, showgrid=False, range=[0, 1.01 * last])
    figure.update_yaxes(rangemode="tozero", nticks=5)
    return figure


def _ends(values: Sequence[float], bound: float) -> tuple[float, float]:
    """Both ends of the axis of the measure; it begins at 0 unless all that is to be seen lies far above."""
    known = [x for x in values if not math.isnan(x)] + [bound]
    lowest, highest = min(known), max(known)
    if lowest >= 0 and bound > 0:
        highest = min(highest, _ABOVE_BOUND * bound)
    room = _ROOM * (highest - lowest) or 1.0
    return (lowest - room if lowest < 0 or lowest > _FAR_ABOVE * highest else 0.0), highest + room


def _marks(amounts: Sequence[float]) -> list[float]:
    """Some of the values that were tried, about evenly apart."""
    low, high = min(amounts), max(amounts)
    apart = (high - low) / _MARKS
    found: list[float] = []
    for amount in sorted(amounts):
        if not found or amount - found[-1] >= apart:
            found.append(amount)
    return found
