"""Heat maps: a measure over two factors, with its values in the cells; of a third factor, one map for each value.

Tables in, Plotly figures out. Knows no results and no HTML.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Final

import plotly.graph_objects as go

from simdesk.report.canvas import AXIS, HOVER, LIGHT, blank, part, plain, spoken
from simdesk.report.curves import ABREAST, annotate, column_of, factor_axis, name_upwards
from simdesk.report.tables import Table
from simdesk.report.words import value

BEST: Final = "best"
"""Standing of the best point; those that cannot be told from it have another, all others none."""

_CELL: Final = 40
"""Height of a row of cells, pixels; of many rows, less."""
_TALL: Final = 1600
"""Height of all cells of a figure together, about, pixels."""
_WIDE: Final = 1000
"""Width of a figure without its margins, about, pixels."""
_SIZES: Final = (12, 10)
"""Sizes of the numbers in cells, pixels; a letter is about 0.6 of it wide."""


def heat(table: Table, across: str, up: str, measure: str, by: str = "") -> go.Figure:
    """A measure over two factors, its values in the cells; of a third factor, one map for each of its values.

    The best cell has a frame, those that cannot be told from it a dotted one; ▲ marks a team that cannot keep up.

    Args:
        table: columns of the factors and the measure, `standing`, and `overloaded` with names of teams or nothing.
        across, up: columns of the factors along the two axes.
        measure: column of the measure.
        by: column of the third factor.
    """
    columns, rows = _distinct(table, across), _distinct(table, up)
    maps = _distinct(table, by) if by else [""]
    abreast = min(len(maps), ABREAST)
    down = -(-len(maps) // abreast)
    head = 46 if by else 24
    cell = min(_CELL, max(_TALL // (len(rows) * down), 1))
    each = head + cell * len(rows) + 46
    figure = blank(height=each * down + 10, margin={"l": 8, "r": 12, "t": 4, "b": 8})
    lowest, highest = _colour_range(table, measure)
    for number, name in enumerate(maps):
        axis = "" if not number else str(number + 1)
        left, top = (number % abreast) / abreast, 1 - (number // abreast) / down
        gap = 0.0 if abreast == 1 else 0.07
        figure.layout[f"xaxis{axis}"] = {**AXIS, "domain": part(left + gap, left + 1 / abreast), "anchor": f"y{axis}"}
        bottom, upper = top - (each - 44) / each / down, top - head / each / down
        figure.layout[f"yaxis{axis}"] = {**AXIS, "domain": part(bottom, upper), "anchor": f"x{axis}"}
        _map(figure, table, (across, up, measure), (columns, rows), {"by": by, "name": name}, axis, (lowest, highest))
        width = (1 / abreast - gap) * _WIDE / len(columns)
        figure.data[-1].update(_written(figure.data[-1].text, width, cell))
        if by:
            annotate(
                figure, left, top, f"<b>{plain(column_of(table, by)[1])} {plain(name)}</b>", xref="paper",
                yref="paper", xanchor="left", yanchor="top",
            )  # fmt: skip
        factor_axis(figure, f"x{axis}", columns, list(range(len(columns))), column_of(table, across)[1])
        factor_axis(figure, f"y{axis}", rows, list(range(len(rows))), "")
        name_upwards(figure, column_of(table, up)[1], left, upper)
    for edge in ("x", "y"):
        getattr(figure, f"for_each_{edge}axis")(lambda one: one.update(showgrid=False, zeroline=False))
    return figure


def _map(
    figure: go.Figure, table: Table, names: tuple[str, str, str], places: tuple[list[str], list[str]],
    only: dict[str, str], axis: str, colours: tuple[float, float],
) -> None:  # fmt: skip
    """One heat map on a pair of axes, and the frames of its cells."""
    across, up, measure = names
    unit, _ = column_of(table, measure)
    cells, standing, full = table.estimates(measure), table.texts("standing"), table.texts("overloaded")
    there = [not only["by"] or text == only["name"] for text in (table.texts(only["by"]) if only["by"] else standing)]
    z: list[list[float | None]] = [[None] * len(places[0]) for _ in places[1]]
    text = [[""] * len(places[0]) for _ in places[1]]
    told = [[""] * len(places[0]) for _ in places[1]]
    frames: list[dict[str, Any]] = []
    for i, (x, y) in enumerate(zip(table.texts(across), table.texts(up), strict=True)):
        if not there[i]:
            continue
        column, row = places[0].index(x), places[1].index(y)
        z[row][column] = None if math.isnan(cells[i].value) else cells[i].value
        text[row][column] = value(cells[i].value, unit) + (" ▲" if full[i] else "")
        more = f"; {plain(full[i])}: asked for more than it can do" if full[i] else ""
        told[row][column] = f"{plain(x)}, {plain(y)}: {spoken(cells[i], unit)}{more}"
        if standing[i]:
            frame = {"color": LIGHT["ink"], "width": 2.5, "dash": "solid" if standing[i] == BEST else "dot"}
            frames.append({
                "type": "rect", "x0": column - 0.47, "x1": column + 0.47, "y0": row - 0.44, "y1": row + 0.44,
                "line": frame, "xref": f"x{axis}", "yref": f"y{axis}",
            })  # fmt: skip
    figure.layout.shapes = (*figure.layout.shapes, *frames)  # at once, because adding one looks at all
    figure.add_heatmap(
        z=z, text=text, customdata=told, hovertemplate=HOVER, showscale=False,
        zmin=colours[0], zmax=colours[1], colorscale=[[0, LIGHT["band"]], [1, LIGHT["response"]]],
        xaxis=f"x{axis}", yaxis=f"y{axis}", hoverongaps=False,
    )  # fmt: skip


def _written(text: Sequence[Sequence[str]], width: float, height: int) -> dict[str, Any]:
    """How the cells of a map show their values: as large as there is room, or not at all; then one has to point."""
    longest = max((len(cell) for row in text for cell in row), default=0)
    size = next((size for size in _SIZES if 0.6 * size * longest <= width and 1.4 * size <= height), None)
    gap = 2 if min(width, height) >= _SIZES[0] else 0
    if size is None:
        return {"xgap": gap, "ygap": gap}
    font = {"size": size, "color": LIGHT["ink"]}
    return {"xgap": gap, "ygap": gap, "texttemplate": "%{text}", "textfont": font}


def _colour_range(table: Table, measure: str) -> tuple[float, float]:
    """Ends of the scale of colours: those of the points at which everybody keeps up, so that the others can be seen."""
    values, full = table.values(measure), table.texts("overloaded")
    known = [x for x, teams in zip(values, full, strict=True) if not math.isnan(x) and not teams]
    known = known or [x for x in values if not math.isnan(x)] or [0.0]
    low, high = min(known), max(known)
    return (low, high) if high > low else (low - 1, low + 1)


def _distinct(table: Table, name: str) -> list[str]:
    """Values of a factor in the order in which they come."""
    return list(dict.fromkeys(table.texts(name)))
