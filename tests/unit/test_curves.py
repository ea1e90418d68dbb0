"""Figures of desks at many points: they show the numbers of their tables, name what is special, and trust no text."""

from __future__ import annotations

import math
import re
from itertools import combinations

import pytest

from simdesk.experiment.estimate import Estimate
from simdesk.report import curves, heat_maps
from simdesk.report.canvas import DARK, LIGHT
from simdesk.report.tables import Column, Table

NOTHING = Estimate(math.nan, math.nan, math.nan, 1, "there was nothing to count")


def known(middle: float, half: float = 0.0) -> Estimate:
    """An estimate from twenty replications."""
    return Estimate(middle, middle - half, middle + half, 20)


def slack(*rows: tuple[str, str, float, float, float]) -> Table:
    """Levels: people, mark, load, occupancy and wait in seconds."""
    columns = [Column("people", "People"), Column("mark", "Mark"), Column("load", "Load", "share")]
    columns += [Column("busy", "Busy", "share"), Column("wait", "Wait", "time"), Column("p90", "Nine of ten", "time")]
    cells = [(*row[:3], known(row[3], 0.01), known(row[4], 30), known(2 * row[4], 60)) for row in rows]
    return Table(tuple(columns), tuple(cells))


LEVELS = (
    ("4", "today", 0.9, 0.9, 3600.0),
    ("5", "knee", 0.72, 0.72, 600.0),
    ("6", "cheapest", 0.6, 0.6, 120.0),
    ("7", "", 0.51, 0.51, 30.0),
)


def dots(figure) -> dict[tuple[float, float], str]:
    """Symbol of every single dot by its place."""
    return {(one.x[0], one.y[0]): one.marker.symbol for one in figure.data if one.mode == "markers" and len(one.x) == 1}


def test_every_level_is_a_dot_at_its_occupancy_and_its_wait():
    """Today, the cheapest and the knee look different from each other and from the rest."""
    found = dots(curves.slack(slack(*LEVELS)))

    assert set(found) == {(100 * row[3], row[4]) for row in LEVELS}
    assert found[90.0, 3600.0] == "circle-open"
    assert found[72.0, 600.0] == "diamond-open"
    assert found[60.0, 120.0] == "circle"


def test_special_levels_are_named_and_no_name_is_at_the_height_of_another():
    """Names go away from the nearer edge, so that none is cut."""
    figure = curves.slack(slack(*LEVELS))

    names = [one for one in figure.layout.annotations if one.showarrow]
    assert [one.text for one in names] == [
        "<b>today, 4 people</b>",
        "<b>knee, 5 people</b>",
        "<b>cheapest, 6 people</b>",
    ]
    low, high = figure.layout.yaxis.range
    heights = [250 * (one.y - low) / (high - low) - one.ay for one in names]  # the plot is about 250 pixels high
    assert all(abs(a - b) >= 16 for a, b in combinations(heights, 2))
    assert [one.xanchor for one in names] == ["right", "right", "left"]
    assert [one.text for one in figure.layout.annotations if not one.showarrow] == ["7"]


def test_a_team_that_cannot_keep_up_sits_at_the_upper_edge():
    """Its wait of a month would hide all others; the text under the mouse says it."""
    month = 30 * 86400.0
    figure = curves.slack(slack(("3", "today", 1.2, 1.0, month), *LEVELS[1:]))

    warned = next(one for one in figure.data if one.marker.symbol == "triangle-up-open")
    low, high = figure.layout.yaxis.range
    assert low < warned.y[0] <= high < month
    assert "3 people" in warned.customdata[0]
    assert "days" in warned.customdata[0]
    assert "today, 3 people" in "".join(one.text for one in figure.layout.annotations)


def test_a_curve_of_levels_that_all_cannot_keep_up_is_drawn_as_it_is():
    """There is nothing else to see."""
    figure = curves.slack(slack(("1", "today", 2.0, 1.0, 9000.0), ("2", "", 1.1, 0.99, 6000.0)))

    assert figure.layout.yaxis.range[1] > 9000.0


def test_levels_at_which_nothing_was_measured_are_left_out():
    """Nobody there, nobody busy."""
    table = Table(slack(*LEVELS).columns, (("0", "", math.inf, NOTHING, NOTHING, NOTHING), *slack(*LEVELS).rows))

    assert dots(curves.slack(table)) == dots(curves.slack(slack(*LEVELS)))


def test_costs_are_stacked_under_their_total():
    """In the colours of the cost bar, with the interval of the total and the special levels named below."""
    columns = (Column("people", "People"), Column("mark", "Mark"), Column("staff_cost", "Staff", "money"),
               Column("lost_time_cost", "Lost", "money"), Column("total", "Total", "money"))  # fmt: skip
    rows = (
        ("4", "today, cheapest", known(100.0), known(50.0, 5), known(150.0, 5)),
        ("5", "", known(125.0), known(30.0), known(155.0)),
    )

    figure = curves.cost_by_level(Table(columns, rows), "EUR")

    staff, lost, total = figure.data
    assert (list(staff.y), staff.marker.color) == ([100.0, 125.0], LIGHT["staff_cost"])
    assert (list(lost.y), lost.marker.color) == ([50.0, 30.0], LIGHT["lost_time_cost"])
    assert [a + b for a, b in zip(staff.y, lost.y, strict=True)] == list(total.y)
    assert list(total.error_y.array) == [5.0, 0.0]
    assert list(figure.layout.xaxis.ticktext) == ["4<br>today<br>cheapest", "5"]


def field(values: list[tuple[str, ...]], cells: list[Estimate], unit: str = "time", **extra: list[str]) -> Table:
    """A table of points: factors a, b, … as text, the measure m, its standing, and who is overloaded."""
    names = [chr(ord("a") + at) for at in range(len(values[0]))]
    columns = [Column(name, f"factor {name}") for name in names] + [Column("m", "Measure", unit)]
    columns += [Column("standing", "Standing"), Column("overloaded", "Too much")]
    blank = [""] * len(cells)
    more = zip(extra.get("standing", blank), extra.get("overloaded", blank), strict=True)
    rows = tuple((*point, cell, *text) for point, cell, text in zip(values, cells, more, strict=True))
    return Table(tuple(columns), rows)


def test_numbers_with_a_unit_are_put_where_they_belong():
    """80, 100 and 130 per cent lie 20 and 30 apart, in order, and are marked as they are written."""
    table = field([("100 %",), ("80 %",), ("130 %",)], [known(2.0, 1), known(1.0, 1), known(5.0, 1)])

    figure = curves.line(table, "a", "m")

    middle = next(one for one in figure.data if one.mode == "lines" and one.fill is None)
    assert list(middle.x) == [80.0, 100.0, 130.0]
    assert list(middle.y) == [1.0, 2.0, 5.0]
    assert list(figure.layout.xaxis.ticktext) == ["80 %", "100 %", "130 %"]
    band = next(one for one in figure.data if one.fill == "toself")
    assert list(band.y) == [2.0, 3.0, 6.0, 4.0, 1.0, 0.0]


def test_words_are_dots_with_intervals_in_their_order():
    """A line between disciplines would mean nothing."""
    table = field([("fifo",), ("priority",)], [known(0.5, 0.1), known(0.7, 0.1)], "share")

    (only,) = curves.line(table, "a", "m").data

    assert only.mode == "markers"
    assert list(only.y) == [50.0, 70.0]
    assert list(only.error_y.array) == pytest.approx([10.0, 10.0])


def test_a_heat_map_prints_every_value_in_its_cell():
    """Across by one factor, upwards by the other."""
    points = [(a, b) for a in ("4", "5") for b in ("80 %", "120 %")]
    table = field(points, [known(60.0), known(120.0), known(30.0), NOTHING])

    (cells,) = heat_maps.heat(table, "a", "b", "m").data

    assert [list(row) for row in cells.z] == [[60.0, 30.0], [120.0, None]]
    assert [list(row) for row in cells.text] == [["1 min", "30 s"], ["2 min", "–"]]


def test_the_best_cell_has_a_frame_and_so_have_those_that_may_be_as_good():
    """One solid, the others dotted, each around its cell."""
    points = [(a, b) for a in ("4", "5") for b in ("x", "y")]
    table = field(points, [known(1.0)] * 4, standing=["", heat_maps.BEST, "cannot be told from the best", ""])

    frames = heat_maps.heat(table, "a", "b", "m").layout.shapes

    assert [(round((f.x0 + f.x1) / 2), round((f.y0 + f.y1) / 2), f.line.dash) for f in frames] == [
        (0, 1, "solid"), (1, 0, "dot"),
    ]  # fmt: skip


def test_a_point_that_cannot_keep_up_is_marked_and_does_not_set_the_colours():
    """A wait of weeks would leave one colour for all the rest."""
    table = field(
        [("1", "x"), ("2", "x"), ("3", "x")], [known(9e6), known(60.0), known(30.0)], overloaded=["desk", "", ""]
    )

    (cells,) = heat_maps.heat(table, "a", "b", "m").data

    assert (cells.zmin, cells.zmax) == (30.0, 60.0)
    assert [text.endswith("▲") for text in cells.text[0]] == [True, False, False]
    assert "desk" in cells.customdata[0][0]


def test_a_third_factor_makes_a_map_for_each_of_its_values():
    """All with the same colours, each with its name."""
    points = [(a, b, c) for a in "12" for b in "12" for c in ("fifo", "lifo")]
    table = field(points, [known(float(at)) for at in range(8)])

    figure = heat_maps.heat(table, "a", "b", "m", by="c")

    first, second = figure.data
    assert [list(row) for row in first.z] == [[0.0, 4.0], [2.0, 6.0]]
    assert [list(row) for row in second.z] == [[1.0, 5.0], [3.0, 7.0]]
    assert (first.zmin, first.zmax) == (second.zmin, second.zmax) == (0.0, 7.0)
    assert (first.xaxis, second.xaxis) == ("x", "x2")
    text = "".join(one.text for one in figure.layout.annotations)
    assert "factor c fifo" in text
    assert "factor c lifo" in text


def test_cells_that_are_all_equal_have_a_colour():
    """A scale needs two ends."""
    (cells,) = heat_maps.heat(field([("1", "x"), ("2", "x")], [known(5.0)] * 2), "a", "b", "m").data

    assert cells.zmin < 5.0 < cells.zmax


def test_a_scatter_has_a_small_figure_for_each_factor():
    """The same measure against each; who cannot keep up has the colour of a warning."""
    values = [(str(at), f"{10 * at} min") for at in range(6)]
    table = field(values, [known(at / 10) for at in range(6)], "share", overloaded=["desk", *[""] * 5])

    first, second = curves.scatter(table, ["a", "b"], "m").data

    assert list(first.x) == [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]
    assert list(second.x) == [0.0, 10.0, 20.0, 30.0, 40.0, 50.0]
    assert list(first.y) == list(second.y) == pytest.approx([0, 10, 20, 30, 40, 50])
    assert list(first.marker.color) == [LIGHT["warn"], *[LIGHT["accent"]] * 5]


def test_the_front_is_marked_joined_and_named():
    """Those on it are solid, the others hollow, and nothing without a measure is drawn."""
    columns = (Column("point", "Point"), Column("cost", "Cost", "money"), Column("wait", "Wait", "time"),
               Column("front", "Front"), Column("overloaded", "Too much"))  # fmt: skip
    rows = (
        ("3", known(100.0, 5), known(600.0, 60), "yes", "desk"),
        ("4", known(120.0), known(60.0), "yes", ""),
        ("5", known(140.0), known(70.0), "", ""),
        ("6", known(150.0), NOTHING, "", ""),
    )

    figure = curves.pareto(Table(columns, rows), "cost", "wait", "EUR")

    joined = next(one for one in figure.data if one.mode == "lines")
    assert list(zip(joined.x, joined.y, strict=True)) == [(100.0, 600.0), (120.0, 60.0)]
    assert dots(figure) == {(100.0, 600.0): "circle", (120.0, 60.0): "circle", (140.0, 70.0): "circle-open"}
    assert [one.text for one in figure.layout.annotations] == ["3", "4", "Wait"]


@pytest.mark.parametrize(
    ("longest", "last"), [(0.0, "1 s"), (4.0, "4 s"), (6120.0, "1.5 h"), (4 * 86400.0, "4 days"), (9e9, None)]
)
def test_times_along_an_axis_are_round_and_few(longest: float, last: str | None):
    """From nothing to just beyond the longest."""
    marks, names = curves.time_marks(longest)

    assert marks[0] == 0
    assert marks[-1] >= longest
    assert last is None or (last in names and len(marks) <= 8)


@pytest.mark.parametrize("draw", [curves.line, curves.scatter, heat_maps.heat])
def test_text_of_a_scenario_loses_its_tags_in_every_figure(draw):
    """Values and names are as a person wrote them, and Plotly would read some as HTML."""
    bad = "<b onclick=alert(1)>x"
    table = field([(bad, bad), ("2", "2")], [known(1.0), known(2.0)], overloaded=[bad, ""])
    factors = {curves.line: ("a",), curves.scatter: (["a", "b"],), heat_maps.heat: ("a", "b")}[draw]

    shown = draw(table, *factors, "m").to_json()

    assert "onclick" not in shown


def test_every_colour_is_one_that_the_page_exchanges_at_night():
    """Else it would stay dark on dark."""
    figures = [
        curves.slack(slack(*LEVELS)),
        heat_maps.heat(field([("1", "x"), ("2", "y")], [known(1.0), known(2.0)], standing=["best", ""]), "a", "b", "m"),
        curves.line(field([("1",), ("2",)], [known(1.0), known(2.0)]), "a", "m"),
    ]

    used = {colour for one in figures for colour in re.findall(r"#[0-9a-f]{6}", one.to_json())}
    assert used <= set(LIGHT.values())
    assert LIGHT.keys() == DARK.keys()
