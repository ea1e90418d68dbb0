"""What alternatives cost against what they bring, as points with their intervals both ways."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import plotly.graph_objects as go

from simdesk.experiment.difference import Difference
from simdesk.report.canvas import LIGHT, blank, dots, plain
from simdesk.report.curves import annotate, name_upwards
from simdesk.report.differences import amount
from simdesk.report.forest import colour_of, scale_of

_ROOM = 0.12
"""Part of an axis left free at either end."""
_CLOSE = 0.12
"""Part of an axis; names of points that are closer than this in both directions would lie on each other."""


class Point(NamedTuple):
    """An alternative in the plane: its name, whether it was added for comparison, and both differences."""

    name: str
    added: bool
    cost: Difference
    effect: Difference


def plane(points: Sequence[Point], unit: str, better: str, label: str, currency: str) -> go.Figure:
    """Extra staff cost to the right, the effect upwards, and the desk as it stands where the two lines cross.

    Args:
        points: the alternatives.
        unit: of the effect.
        better: which direction of it is better; decides the colour.
        label: name of the measure.
        currency: of money.
    """
    figure = blank(height=340, margin={"l": 8, "r": 16, "t": 30, "b": 22})
    known = [point for point in points if not math.isnan(point.effect.value) and not math.isnan(point.cost.value)]
    ends = [_ends(point.effect) for point in known]
    factor, suffix = scale_of([abs(end) for pair in ends for end in pair], unit, currency)
    figure.add_vline(x=0, line_width=1.5, line_color=LIGHT["ink"])
    figure.add_hline(y=0, line_width=1.5, line_color=LIGHT["ink"])
    for point in known:
        told = f"{plain(point.name)}: {spoken(point.cost, 'money', currency)} of staff a month, {label}: "
        told += spoken(point.effect, unit, currency)
        symbol, colour = "circle-open" if point.added else "circle", colour_of(point.effect, better)
        place = [point.cost.value], [point.effect.value * factor]
        dots(figure, *place, symbol, colour, [told], size=11, width=2)
        figure.data[-1].error_x = _error(point.cost, 1.0)
        figure.data[-1].error_y = _error(point.effect, factor)
    across = _range([end for point in known for end in _ends(point.cost)])
    up = _range([end * factor for pair in ends for end in pair])
    _name(figure, known, factor, across, up)
    figure.update_xaxes(
        range=across, nticks=6, zeroline=False, title_text="extra staff cost, a month",
        tickprefix=f"{currency} ".lstrip(), tickformat=",.0f", separatethousands=True,
    )  # fmt: skip
    figure.update_yaxes(range=up, nticks=6, zeroline=False, ticksuffix=suffix)
    name_upwards(figure, f"{label}, difference", 0.0, 1.0)
    return figure


def _name(figure: go.Figure, points: Sequence[Point], factor: float, across: list[float], up: list[float]) -> None:
    """Names beside the points; of those that lie on each other, one below the other."""
    middle, taken = sum(across) / 2, list[tuple[float, float]]()
    for point in points:
        x, y = point.cost.value, point.effect.value * factor
        place = (x - across[0]) / (across[1] - across[0]), (y - up[0]) / (up[1] - up[0])
        near = sum(abs(place[0] - a) < 3 * _CLOSE and abs(place[1] - b) < _CLOSE / 2 for a, b in taken)
        taken.append(place)
        left = x <= middle
        annotate(
            figure, x, y, plain(point.name), xanchor="left" if left else "right", yanchor="bottom",
            xshift=8 if left else -8, yshift=2 - 17 * near,
        )  # fmt: skip


def _ends(found: Difference) -> tuple[float, ...]:
    return (found.value,) if math.isnan(found.low) else (found.low, found.value, found.high)


def _range(ends: Sequence[float]) -> list[float]:
    """From the least to the most, nothing included, with room at both ends."""
    low, high = min([*ends, 0.0]), max([*ends, 0.0])
    room = _ROOM * ((high - low) or 1.0)
    return [low - room, high + room]


def _error(found: Difference, factor: float) -> dict[str, Any] | None:
    if math.isnan(found.low):
        return None
    half = [factor * (found.high - found.value)]
    return {"type": "data", "array": half, "color": LIGHT["soft"], "thickness": 1.2, "width": 4}


def spoken(found: Difference, unit: str, currency: str) -> str:
    return f"{amount(found.value, unit, currency)} {'less' if found.value < 0 else 'more'}"
