"""Figures from tables: they show the numbers of the table, survive empty ones, and trust no text."""

from __future__ import annotations

import math

import pytest

from reported import DESKS, PAYLOAD, subject
from simdesk.experiment.estimate import Estimate
from simdesk.experiment.replicate import replicate
from simdesk.report import canvas, figures, tables
from simdesk.report.panels import panels
from simdesk.report.subject import Subject
from simdesk.report.tables import Column, Table
from simdesk.scenario.loading import loads

NOTHING = Estimate(math.nan, math.nan, math.nan, 1, "there was nothing to count")


def known(low: float, middle: float, high: float) -> Estimate:
    """An estimate from twenty replications."""
    return Estimate(middle, low, high, 20)


def waits(*rows: tuple[object, ...]) -> Table:
    """A table of waits."""
    columns = (Column("who", "Tickets"), Column("median", "Median", "time"), Column("p90", "90th", "time"),
               Column("promise", "Promise", "time"), Column("clock", "Clock"))  # fmt: skip
    return Table(columns, rows)  # type: ignore[arg-type]  # the rows of a test


def texts(figure: object) -> str:
    """Everything that a figure says."""
    return figure.to_json()


@pytest.mark.parametrize("name", DESKS)
def test_every_desk_has_its_figures_and_none_breaks(name: str):
    """An ordinary desk, a list, rare events, and two desks where nothing happens."""
    shown = panels(subject(name))

    titles = [panel.title for panel in shown]
    assert len(titles) == len(set(titles))
    assert all(panel.caption and "nan" not in panel.caption for panel in shown)
    assert all(panel.table.rows for panel in shown)
    assert name.startswith("nobody") or len(shown) >= 4


def test_a_figure_is_there_for_everything_the_desk_has():
    """Promises, costs and observations each bring a figure; a list brings its queue."""
    desk = {panel.title for panel in panels(subject("service desk"))}
    scanner = {panel.title for panel in panels(subject("scanner"))}

    assert desk >= {"Promises kept", "What a month costs", "Contacts a day, by hour", "Where a ticket's time goes"}
    assert "The queue of mri, day by day" in scanner
    assert "Promises kept" not in scanner


def test_where_the_time_goes_sums_to_everything():
    """The bar is as long as a ticket's life."""
    table = tables.life(subject("service desk"))

    assert table is not None
    assert math.isclose(math.fsum(table.values("share")), 1.0, abs_tol=1e-9)


def test_contacts_a_day_are_those_of_days_on_which_anybody_may_come():
    """A hundred on each of five days, not seventy-one on each of seven, stand beside what was seen on working days."""
    seen = ", ".join(f'"{hour:02d}:00": {{offered: 4, wait: 0 s, abandoned: 0 %}}' for hour in range(24))
    scenario = loads(f"""
title: Monday to Friday
run: {{length: 8 weeks, replications: 2}}
demand:
  contacts: 100 per business day
  profile: {{weekdays: {{Mon-Fri: 1}}, hours: [{", ".join(["1"] * 24)}]}}
  types: {{question: {{share: 100 %, work: {{constant: {{value: 1 min}}}}}}}}
teams: {{front: {{agents: 9}}}}
observed: {{source: none, days: Mon-Fri, by_hour: {{{seen}}}}}
""")

    table = tables.observed(Subject(replicate(scenario, workers=1), []))

    assert table is not None
    assert sum(table.values("offered")) == pytest.approx(100, rel=0.05)


def test_costs_sum_to_their_total():
    """The parts of the bar are the whole cost."""
    table = tables.cost(subject("service desk"))

    assert table is not None
    *parts, total = table.values("amount")
    assert math.isclose(math.fsum(parts), total, rel_tol=1e-9)


def test_the_week_shows_hours_in_which_somebody_is_there():
    """Office hours of five days, and no night."""
    table = tables.week(subject("service desk"))

    assert table is not None
    hours = table.texts("hour")
    assert (hours[0], hours[-1], len(hours)) == ("Mon 08:00", "Fri 17:00", 50)


def test_a_business_promise_is_told_apart():
    """By its colour, its hover text and its legend."""
    table = waits(("P1", known(50, 60, 70), 600.0, 900.0, "wall"), ("P3", known(50, 60, 70), 600.0, 7200.0, "business"))

    said = texts(figures.waits(table))

    assert "P1: promised within 15 min" in said
    assert "P3: promised within 2 h of business time" in said


def test_waits_without_intervals_or_percentiles_are_drawn():
    """One replication has medians and nothing else."""
    bare = Estimate(60.0, math.nan, math.nan, 1, "one replication has no interval")

    figure = figures.waits(waits(("all", bare, NOTHING, math.nan, "–")))

    assert "all: half within 1 min (no interval: one replication)" in texts(figure)


@pytest.mark.parametrize(("unit", "top"), [("number", 40.0), ("time", 200_000.0)])
def test_days_have_a_line_and_a_band(unit: str, top: float):
    """The band is closed: there along its upper edge and back along the lower; unknown days are left out."""
    columns = (Column("day", "Day"), *(Column(n, n, unit) for n in ("x", "x_low", "x_high")))
    rows = (
        ("2026-01-05", top / 2, top / 4, top),
        ("2026-01-06", math.nan, math.nan, math.nan),
        ("2026-01-07", top, top, top),
    )

    band, line = figures.days(Table(columns, rows), "x", unit).data

    assert list(band.y) == [top, top, top, top / 4]
    assert list(line.y) == [top / 2, None, top]


def test_a_part_too_small_to_see_keeps_its_place():
    """A share of nothing draws nothing and breaks nothing."""
    figure = figures.stacked(["work", "queue"], [1.0, 0.0], ["work", "queue"], ["work: 100 %", "queue: 0 %"])

    assert [bar.x[0] for bar in figure.data] == [100.0, 0.0]


@pytest.mark.parametrize("text", [PAYLOAD, "<b>bold", "a<br>b", "x\u202ey", "%{x}", "<<a>script>alert(1)"])
def test_text_in_a_figure_has_no_tags(text: str):
    """Plotly reads some tags and templates in labels; none is left."""
    shown = canvas.plain(text)

    assert "<" not in shown
    assert ">" not in shown
    assert "%{" not in shown
    assert "\u202e" not in shown


def test_both_palettes_have_the_same_uses_and_no_colour_twice():
    """The page exchanges colours by value, so a value must say its use."""
    assert canvas.LIGHT.keys() == canvas.DARK.keys()
    assert len(set(canvas.LIGHT.values())) == len(canvas.LIGHT)


def test_nothing_is_sent_to_the_makers_of_plotly():
    """Neither a button, nor a server, nor a logo."""
    assert canvas.CONFIG["modeBarButtonsToRemove"] == ["sendChartToCloud"]
    assert canvas.CONFIG["plotlyServerURL"] == ""
    assert canvas.CONFIG["displaylogo"] is False
