"""Differences as points with their intervals, one row for each alternative. Tables in, Plotly figures out."""

from __future__ import annotations

import math
from collections.abc import Sequence

import plotly.graph_objects as go

from simdesk.durations import DAY, HOUR, MINUTE
from simdesk.experiment.difference import Difference
from simdesk.report.canvas import LIGHT, blank, broken, plain
from simdesk.report.differences import amount


def differences(found: Sequence[tuple[str, Difference]], unit: str, better: str, currency: str) -> go.Figure:
    """A point and an interval for each alternative, beside a line at no difference.

    Args:
        found: name and difference of each.
        unit: of the measure.
        better: which direction is better; decides the colour.
        currency: of money.
    """
    figure = blank(height=70 + 38 * len(found))
    factor, suffix = scale_of([abs(end) for _, one in found for end in (one.low, one.high, one.value)], unit, currency)
    for name, one in found:
        who, colour = plain(name), colour_of(one, better)
        if not math.isnan(one.low):
            figure.add_scatter(
                x=[one.low * factor, one.high * factor], y=[who, who], mode="lines", hoverinfo="skip",
                line={"color": LIGHT[colour], "width": 3},
            )  # fmt: skip
        word = "falls by" if one.value < 0 else "rises by" if one.value > 0 else "moves by"
        figure.add_scatter(
            x=[one.value * factor], y=[who], mode="markers", marker={"color": LIGHT[colour], "size": 11},
            customdata=[f"{who}: {word} {amount(one.value, unit, currency)}"],
            hovertemplate="%{customdata}<extra></extra>",
        )  # fmt: skip
    figure.add_vline(x=0, line_width=1.5, line_color=LIGHT["ink"])
    ends = [end * factor for _, one in found for end in (one.low, one.high, one.value, 0.0) if not math.isnan(end)]
    margin = 0.06 * ((max(ends) - min(ends)) or 1.0)
    figure.update_xaxes(
        ticksuffix=suffix, nticks=5, tickangle=0, zeroline=False, range=[min(ends) - margin, max(ends) + margin]
    )  # fmt: skip
    order = [plain(name) for name, _ in found]
    figure.update_yaxes(
        autorange="reversed", type="category", categoryorder="array", categoryarray=order, tickvals=order,
        ticktext=[broken(name) for name in order],
    )  # fmt: skip
    return figure


def colour_of(found: Difference, better: str) -> str:
    """Accent for what is shown to be better, the warning for what is worse, soft for what is not known."""
    if math.isnan(found.low) or found.low <= 0 <= found.high or better == "neither":
        return "soft"
    return "accent" if (found.value < 0) == (better == "lower") else "warn"


def scale_of(sizes: Sequence[float], unit: str, currency: str) -> tuple[float, str]:
    """Factor and unit of an axis on which these can be read."""
    most = max((size for size in sizes if not math.isnan(size)), default=0.0)
    if unit == "share":
        return 100.0, " points"
    if unit == "time":
        steps = ((2 * DAY, DAY, " days"), (2 * HOUR, HOUR, " h"), (2 * MINUTE, MINUTE, " min"))
        return next(((1 / size, name) for least, size, name in steps if most >= least), (1.0, " s"))
    return 1.0, f" {currency}" if unit == "money" else ""
