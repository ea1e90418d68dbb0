"""Figures of what matters most and of which is best: tornado, screening, shares of the variance, ranking.

Tables in, Plotly figures out, in the look of `figures`. Knows no results and no HTML.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import plotly.graph_objects as go

from simdesk.experiment.estimate import Estimate
from simdesk.report.canvas import HOVER, LIGHT, blank, broken, dots, gaps, plain, spoken, stroke
from simdesk.report.differences import amount
from simdesk.report.forest import scale_of
from simdesk.report.tables import Table
from simdesk.report.words import interval, value

_SMALL: Final = 0.15
"""Part of the longest effect below which a dot gets no name."""
_MOST_NAMED: Final = 20
"""Factors that are named; of more, the first."""
_WIDE, _HIGH, _LETTER, _LINE = 850, 260, 7, 15
"""Of a wide figure, of a letter and of a line of text, about; pixels."""
_ROOM: Final = 0.06
"""Part of an axis that is left free at either end."""


def tornado(table: Table, unit: str, currency: str = "") -> go.Figure:
    """Two bars for each factor, how far the measure moves at its low and at its high end, with intervals.

    Args:
        table: `factor`, `tried_low`, `tried_high`, and of the differences `at_low` and `at_high`; largest swing first.
        unit: of the measure.
        currency: of money.
    """
    names = [
        f"{broken(name)}<br>{plain(low)} – {plain(high)}"
        for name, low, high in zip(*map(table.texts, ("factor", "tried_low", "tried_high")), strict=True)
    ]
    sides = {side: table.estimates(f"at_{side}") for side in ("low", "high")}
    ends = [end for cells in sides.values() for cell in cells for end in (cell.value, cell.low, cell.high)]
    factor, suffix = scale_of([abs(end) for end in ends], unit, currency)
    figure = blank(height=50 + 62 * len(names), margin={"l": 8, "r": 16, "t": 8, "b": 22})
    for side, colour, above in (("low", "response", -0.19), ("high", "accent", 0.19)):
        cells = sides[side]
        figure.add_bar(
            x=gaps([factor * cell.value for cell in cells]), y=[i + above for i in range(len(names))],
            orientation="h", width=0.34, marker_color=LIGHT[colour], hovertemplate=HOVER,
            error_x=_errors(cells, factor),
            customdata=[
                f"{plain(who)}, {plain(tried)}: {_moved(cell, unit, currency)}"
                for who, tried, cell in zip(table.texts("factor"), table.texts(f"tried_{side}"), cells, strict=True)
            ],
        )  # fmt: skip
    figure.add_vline(x=0, line_width=1.5, line_color=LIGHT["ink"])
    figure.update_xaxes(ticksuffix=suffix, nticks=6, zeroline=False, range=_range([factor * end for end in ends]))
    _rows(figure, names)
    figure.update_layout(barmode="overlay")
    return figure


def screening(table: Table, unit: str, currency: str = "") -> go.Figure:
    """How far each factor moves the measure, against how much that depends on the rest; the large ones are named.

    Args:
        table: `factor`, `mu_star` (estimates) and `sigma`.
        unit: of the measure.
        currency: of money.
    """
    names, cells, sigma = table.texts("factor"), table.estimates("mu_star"), table.values("sigma")
    across = [end for cell in cells for end in (cell.value, cell.low, cell.high)]
    factor, suffix = scale_of([*across, *sigma], unit, currency)
    figure = blank(height=330, margin={"l": 8, "r": 16, "t": 14, "b": 22})
    most = max((factor * end for end in (*across, *sigma) if not math.isnan(end)), default=0.0) or 1.0
    stroke(figure, [0, most], [0, most], "line", width=1)
    told = [
        f"{plain(name)}: {_told_all(cell, unit, currency)}, spread {amount(spread, unit, currency)}"
        for name, cell, spread in zip(names, cells, sigma, strict=True)
    ]
    x, y = [factor * cell.value for cell in cells], [factor * spread for spread in sigma]
    dots(figure, gaps(x), gaps(y), "circle", "accent", told)
    figure.data[-1]["error_x"] = _errors(cells, factor)
    placed: list[_Box] = []
    for at, name in enumerate(names[:_MOST_NAMED]):
        if x[at] < _SMALL * most:
            continue  # what hardly matters lies in a heap; the table names it
        left = x[at] > 0.6 * most
        box = _free(_WIDE * x[at] / most, _HIGH * y[at] / most, -len(name) if left else len(name), placed)
        placed.append(box)
        figure.add_annotation(
            x=x[at], y=y[at], text=plain(name), showarrow=False, xanchor="right" if left else "left",
            yanchor="bottom", xshift=-7 if left else 7, yshift=box.shift, font={"color": LIGHT["ink"], "size": 12},
        )  # fmt: skip
    for place, title in ((figure.update_xaxes, "moves it by, on average"), (figure.update_yaxes, "spread of that")):
        place(ticksuffix=suffix, nticks=6, range=[-_ROOM * most, (1 + 2 * _ROOM) * most], title_text=title)
    return figure


def variance_shares(table: Table) -> go.Figure:
    """Two bars for each factor: its share of the variance by itself, and with what it does together with others.

    Args:
        table: `factor`, and as estimates `first` and `total`.
    """
    names = table.texts("factor")
    figure = blank(height=50 + 52 * len(names), margin={"l": 8, "r": 16, "t": 8, "b": 22})
    for name, colour, above, words in (
        ("first", "accent", -0.19, "by itself"),
        ("total", "response", 0.19, "with interactions"),
    ):
        cells = table.estimates(name)
        figure.add_bar(
            x=gaps([100 * cell.value for cell in cells]), y=[i + above for i in range(len(names))], orientation="h",
            width=0.34, marker_color=LIGHT[colour], hovertemplate=HOVER, error_x=_errors(cells, 100.0),
            customdata=[f"{plain(who)}, {words}: {spoken(c, 'share')}" for who, c in zip(names, cells, strict=True)],
        )  # fmt: skip
    figure.update_xaxes(range=[0, 104], ticksuffix=" %", dtick=25)
    _rows(figure, [broken(name) for name in names])
    figure.update_layout(barmode="overlay")
    return figure


def ranking(table: Table, unit: str, currency: str = "") -> go.Figure:
    """The mean of each candidate with its interval, the best first; rings for those that are out of the race.

    A desk that cannot keep up sits at the edge, or no other could be told apart.

    Args:
        table: `candidate`, `mean` (estimates), `overloaded` (names of teams), and `standing`: `best`, `in the race`, or
            why it is out.
        unit: of the measure.
        currency: of money.
    """
    names, cells, standing = table.texts("candidate"), table.estimates("mean"), table.texts("standing")
    steady = [not teams for teams in table.texts("overloaded")]
    if not any(steady):
        steady = [True] * len(names)
    ends = [
        end for cell, keeps in zip(cells, steady, strict=True) if keeps for end in (cell.value, cell.low, cell.high)
    ]
    factor, suffix = scale_of([abs(end) for end in ends], unit, currency)
    low, high = _range([factor * end for end in ends])
    figure = blank(height=50 + 36 * len(names), margin={"l": 8, "r": 16, "t": 8, "b": 22})
    if "best" in standing:
        edge = factor * cells[standing.index("best")].value
        figure.add_vline(x=edge, line_dash="dot", line_width=1.2, line_color=LIGHT["soft"])
    for at, (name, cell, stands, keeps) in enumerate(zip(names, cells, standing, steady, strict=True)):
        told = [f"{plain(name)}: {_told_all(cell, unit, currency)}; {plain(stands)}"]
        if not keeps:
            dots(figure, [min(max(factor * cell.value, low), high)], [at], "triangle-right-open", "warn", told, width=2)
            continue
        colour = {"best": "accent", "in the race": "ink"}.get(stands, "soft")
        if not math.isnan(cell.low):
            stroke(figure, [factor * cell.low, factor * cell.high], [at, at], colour, width=3)
        symbol = "circle" if stands in ("best", "in the race") else "circle-open"
        dots(figure, gaps([factor * cell.value]), [at], symbol, colour, told, width=2)
    figure.update_xaxes(ticksuffix=suffix.replace(" points", " %"), nticks=6, zeroline=False, range=[low, high])
    _rows(figure, [broken(name) for name in names])
    return figure


def _rows(figure: go.Figure, names: Sequence[str]) -> None:
    """A row for each name, the first on top."""
    figure.update_yaxes(
        range=[len(names) - 0.45, -0.55], tickvals=list(range(len(names))), ticktext=list(names), showgrid=False,
        zeroline=False,
    )  # fmt: skip


def _range(ends: Sequence[float]) -> list[float]:
    """An axis that holds all of these, with some room."""
    known = [end for end in ends if not math.isnan(end)] or [0.0]
    room = _ROOM * ((max(known) - min(known)) or 1.0)
    return [min(known) - room, max(known) + room]


def _errors(cells: Sequence[Estimate], factor: float) -> dict[str, Any]:
    return {
        "type": "data", "symmetric": False, "color": LIGHT["ink"], "thickness": 1.2, "width": 4,
        "array": gaps([factor * (cell.high - cell.value) for cell in cells]),
        "arrayminus": gaps([factor * (cell.value - cell.low) for cell in cells]),
    }  # fmt: skip


def _moved(cell: Estimate, unit: str, currency: str) -> str:
    """A difference for a hover text."""
    if math.isnan(cell.value):
        return "nothing to measure"
    signs = [f"{'−' if end < 0 else '+'}{amount(end, unit, currency)}" for end in (cell.value, cell.low, cell.high)]
    return f"{signs[0]} ({signs[1]} to {signs[2]})" if not math.isnan(cell.low) else signs[0]


def _told_all(cell: Estimate, unit: str, currency: str) -> str:
    return f"{value(cell.value, unit, currency)} ({interval(cell, unit, currency)})"


@dataclass(frozen=True, slots=True)
class _Box:
    """Where a name stands in a figure, pixels; `shift` is how far above its dot."""

    left: float
    right: float
    bottom: float
    shift: int

    def meets(self, other: _Box) -> bool:
        """Whether two names lie on each other."""
        return self.left < other.right and other.left < self.right and abs(self.bottom - other.bottom) < _LINE


def _free(x: float, y: float, letters: int, placed: Sequence[_Box]) -> _Box:
    """A place for a name near its dot, to its right or with a negative number of letters to its left."""
    left, right = sorted((x, x + _LETTER * letters))
    boxes = [_Box(left, right, y + shift, shift) for shift in (2, -_LINE - 2, _LINE + 2, -2 * _LINE, 2 * _LINE)]
    return next((box for box in boxes if not any(box.meets(other) for other in placed)), boxes[0])
