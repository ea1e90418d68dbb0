"""Figures, page and summary of few and of many: nothing breaks, nothing is absurdly large, nothing lies on another."""

from __future__ import annotations

import itertools
import json
import math
from dataclasses import replace
from io import StringIO
from typing import Any

import numpy as np
import pytest
from rich.console import Console

from many_teams import crowd, desk_of
from reported import reported, subject
from simdesk.experiment.difference import Difference
from simdesk.experiment.estimate import Estimate
from simdesk.experiment.replicate import replicate
from simdesk.experiment.targets import judge
from simdesk.report import brief_figures, curves, figures, forest, headroom_figures, heat_maps, hours, plans
from simdesk.report import sensitivity_figures as sensitivity
from simdesk.report.page import report
from simdesk.report.panels import panels
from simdesk.report.subject import Subject
from simdesk.report.summary import print_summary
from simdesk.report.tables import MOST_ROWS, Column, Table
from simdesk.scenario.loading import loads

COUNTS = (1, 2, 5, 6, 7, 12, 40, 100, 300)
TALL = 2300
"""Pixels that no figure exceeds: two screens."""


def cell(at: int) -> Estimate:
    """Some estimate."""
    return Estimate(10.0 + at, 9.0 + at, 11.5 + at, 20)


def share(at: int) -> Estimate:
    """Some share."""
    return Estimate((at % 10) / 10, max((at % 10) / 10 - 0.1, 0), (at % 10) / 10 + 0.05, 20)


def table(count: int, **cells: Any) -> Table:
    """A table of so many rows; each column is its unit and what makes a cell of a number."""
    columns = tuple(Column(name.replace("__", "."), name, unit) for name, (unit, _) in cells.items())
    return Table(columns, tuple(tuple(make(at) for _, make in cells.values()) for at in range(count)))


def text(prefix: str) -> tuple[str, Any]:
    """A column of words."""
    return "text", lambda at: f"{prefix} {at}"


def sound(figure: Any) -> None:
    """Not absurdly large, readable for a browser, and no two pairs of axes on each other."""
    drawn = json.loads(figure.to_json())
    json.dumps(drawn, allow_nan=False)
    layout = drawn["layout"]
    assert 20 <= layout["height"] <= TALL
    boxes = []
    for name, axis in layout.items():
        if name.startswith("yaxis"):
            across = layout.get(str(axis.get("anchor", "x")).replace("x", "xaxis"), {})
            (left, right), (bottom, top) = across.get("domain", (0, 1)), axis.get("domain", (0, 1))
            assert 0 <= left < right <= 1
            assert 0 <= bottom < top <= 1
            boxes.append((left, right, bottom, top))
    for (a, b, c, d), (e, f, g, h) in itertools.combinations(boxes, 2):
        assert min(b, f) <= max(a, e) or min(d, h) <= max(c, g), "axes lie on each other"


def factors(count: int) -> Table:
    """A sweep of one measure over many values of one factor, and over a grid of two."""
    return table(
        count, factor=text("v"), wait=("time", cell), standing=("text", lambda at: "best" if not at else ""),
        overloaded=("text", lambda at: "front" if at % 7 == 6 else ""),
    )  # fmt: skip


def grid(across: int, up: int, maps: int = 1) -> Table:
    """A measure on a grid."""
    rows = [
        (f"{x} h", f"b {y}", f"c {m}", cell(x + y), "alike" if x + y + m else "best", "")
        for x in range(across) for y in range(up) for m in range(maps)
    ]  # fmt: skip
    names = (
        ("x", "text"),
        ("y", "text"),
        ("m", "text"),
        ("wait", "time"),
        ("standing", "text"),
        ("overloaded", "text"),
    )
    return Table(tuple(Column(name, name, unit) for name, unit in names), tuple(rows))


def difference(at: int) -> Difference:
    """Some difference."""
    return Difference(at - 3.0, at - 4.0, at - 2.0, 10.0, 7.0 + at, 0.5, 19, 20, 0.7, 2.0)


FIGURES: dict[str, Any] = {
    "waits": lambda n: figures.waits(
        table(min(n, 6), who=text("P"), median=("time", cell), p90=("time", cell), promise=("time", cell),
              clock=("text", lambda at: "wall"))),
    "promises": lambda n: figures.promises(
        table(min(n, 6), who=text("P"), **dict.fromkeys(("response", "resolution", "ceiling"), ("share", share))), 0.9),
    "days": lambda n: figures.days(
        table(n, day=("text", lambda at: f"{2026 + at // 365}-{at % 365 // 31 + 1:02d}-{at % 28 + 1:02d}"),
              x=("number", float), x_low=("number", float), x_high=("number", float)), "x", "number"),
    "stacked": lambda n: figures.stacked([f"part {at}" for at in range(n)], [1 / n] * n, ["accent"] * n, ["told"] * n),
    "slack": lambda n: curves.slack(
        table(n, people=("text", str), mark=("text", lambda at: "today" if at == n // 2 else ""),
              load=("share", lambda at: 1.2 - at / n), busy=("share", lambda at: share(n - at)), wait=("time", cell),
              p90=("time", cell))),
    "cost by level": lambda n: curves.cost_by_level(
        table(n, people=("text", str), mark=("text", lambda at: "today, cheapest" if at == n // 2 else ""),
              total=("money", cell), staff_cost=("money", cell)), "USD"),
    "line": lambda n: curves.line(factors(n), "factor", "wait"),
    "scatter": lambda n: curves.scatter(
        table(n, **{f"f{at}": text("v") for at in range(min(n, 30))}, wait=("time", cell), overloaded=text("")),
        [f"f{at}" for at in range(min(n, 30))], "wait"),
    "pareto": lambda n: curves.pareto(
        table(n, point=text("p"), front=("text", lambda at: "yes" if at % 3 else ""), cost=("money", cell),
              wait=("time", lambda at: cell(n - at)), overloaded=("text", lambda at: "")), "cost", "wait", "USD"),
    "heat map, wide": lambda n: heat_maps.heat(grid(n, 2), "x", "y", "wait"),
    "heat map, tall": lambda n: heat_maps.heat(grid(2, n), "x", "y", "wait"),
    "heat maps": lambda n: heat_maps.heat(grid(3, n, 12 if n < 40 else 2), "x", "y", "wait", "m"),
    "limit": lambda n: headroom_figures.limit(
        [float(at) for at in range(n)], [share(at) for at in range(n)], "share", bound=0.9, ends=(math.nan, math.nan),
        text=str),
    "settling": lambda n: headroom_figures.settling(
        table(n, day=("number", lambda at: float(at + 1)), mean=("number", float), smooth=("number", float)), 86400.0),
    "screening": lambda n: sensitivity.screening(
        table(n, factor=text("f"), mu_star=("time", cell), sigma=("number", float)), "time"),
    "plans": lambda n: plans.plans(
        table(n, people=text("a"), cost=("money", float), seen=("text", lambda at: list(plans.MARKS)[at % 3]),
              margin=("share", lambda at: at / n - 0.5), target=text("t"),
              chosen=("text", lambda at: "yes" if at == n - 1 else "")), "USD"),
    "plane": lambda n: brief_figures.plane(
        [brief_figures.Point(f"alternative {at}", False, difference(at), difference(at)) for at in range(min(n, 22))],
        "time", "lower", "Wait", "USD"),
    "hours": lambda n: hours.staffing(
        table(n, hour=("text", lambda at: f"Mon {at // 60 % 24:02d}:{at % 60:02d}"), required=("number", float),
              present=("number", float), missing=("number", float))),
}  # fmt: skip


@pytest.mark.parametrize("count", COUNTS)
@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_of_few_or_many_is_drawn(name: str, count: int):
    """Of one row and of three hundred; where there is a limit to what there can be, of so many."""
    sound(FIGURES[name](count))


ROWS: dict[str, Any] = {
    "differences": lambda n: forest.differences([(f"a {at}", difference(at)) for at in range(n)], "time", "lower", ""),
    "tornado": lambda n: sensitivity.tornado(
        table(n, factor=text("f"), tried_low=text("l"), tried_high=text("h"), at_low=("time", cell),
              at_high=("time", cell)), "time"),
    "variance shares": lambda n: sensitivity.variance_shares(
        table(n, factor=text("f"), first=("share", share), total=("share", share))),
    "ranking": lambda n: sensitivity.ranking(
        table(n, candidate=text("c"), mean=("time", cell), overloaded=("text", lambda at: ""),
              standing=("text", lambda at: "" if at else "best")), "time"),
}  # fmt: skip


@pytest.mark.parametrize("count", [count for count in COUNTS if count < MOST_ROWS] + [MOST_ROWS])
@pytest.mark.parametrize("name", ROWS)
def test_a_figure_with_a_row_for_each_is_drawn(name: str, count: int):
    """Up to as many as the pages give it."""
    sound(ROWS[name](count))


@pytest.mark.parametrize("teams", COUNTS)
def test_a_report_on_any_number_of_teams_has_all_its_figures(teams: int):
    """As many figures as with two teams, each drawn; one says how many are left out, and what chose those shown."""
    runs, load = crowd(teams)

    found = panels(Subject(runs, load))

    assert len(found) == len(panels(subject("service desk")))
    for panel in found:
        sound(panel.figure)
    (week,) = (panel for panel in found if panel.title.startswith("How busy"))
    assert ("Shown are the 6 of" in week.caption) == (teams > 6)
    if teams > 6:
        assert f"the 6 of {teams} teams with the largest occupancy; {teams - 6} are left out" in week.caption
    assert len(week.table.columns) - 1 == min(max(teams, 2), 6)


@pytest.mark.parametrize("count", [1, 300])
def test_a_page_with_any_number_of_types_says_where_the_others_are(count: int):
    """Sixty rows of measures, and a title that says so."""
    runs, load = crowd(2, types=count)

    made = report(runs, loads=load)

    assert made.failures == []
    assert ("Measures by ticket type: the first 60 of 301; all are in measures.csv" in made.text) == (count > 1)


@pytest.mark.parametrize("length", ["1 h", "1 day", "5 years"])
def test_a_report_on_any_length_has_its_figures(length: str):
    """An hour has no days to show, and five years have 1,826 of them."""
    runs = replicate(loads(desk_of(1, length=length, contacts=2)), workers=1)

    found = panels(Subject(runs, []))

    for panel in found:
        sound(panel.figure)
    assert any(len(panel.table.rows) > 1000 for panel in found) == (length == "5 years")


@pytest.mark.parametrize(("teams", "shown"), [(5, 5), (40, 20), (300, 20)])
def test_the_summary_prints_the_busiest_of_many_teams(teams: int, shown: int):
    """A screen of rows, and how many are left out and where they are."""
    runs, load = crowd(teams)
    said = StringIO()

    print_summary(Console(file=said, width=120), runs, load, judge(runs))

    rows = [line for line in said.getvalue().splitlines() if line.startswith(("team-", "front ", "back "))]
    assert len(rows) == shown
    left_out = f"Shown are the 20 of {teams} teams with the largest occupancy; {teams - 20} are left out."
    assert (left_out in said.getvalue()) == (teams > 20)


@pytest.mark.parametrize("count", [1, 7, 300])
def test_the_queues_that_have_a_figure_are_the_longest(count: int):
    """Every team has a list, each longer than the one before; the last six are shown, and a caption says so."""
    runs, load = crowd(count + 1)
    listed = reported("scanner")[0].scenario.run.open_at_start["mri"]
    names = list(runs.scenario.teams)[:count]
    run = runs.scenario.run.model_copy(update={"open_at_start": dict.fromkeys(names, listed)})
    longer = {("queue_by_day", name): at + np.zeros(21) for at, name in enumerate(names)}
    sheets = tuple(replace(sheet, series={**sheet.series, **longer}) for sheet in runs.sheets)
    scenario = runs.scenario.model_copy(update={"run": run})

    queues = [
        panel
        for panel in panels(Subject(replace(runs, scenario=scenario, sheets=sheets), load))
        if panel.title.startswith("The queue of")
    ]

    assert [panel.title.split()[3].strip(",") for panel in queues] == names[-6:]
    left_out = f"the 6 of {count} queues that are longest in the end; {count - 6} are left out"
    assert (left_out in queues[0].caption) == (count > 6)
