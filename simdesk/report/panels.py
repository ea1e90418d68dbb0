"""The figures of a report in their order, each with its title, caption, legend and numbers. Knows no HTML."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from simdesk.report import captions, figures, tables
from simdesk.report.subject import Subject
from simdesk.report.tables import Table
from simdesk.report.words import COSTS, value

if TYPE_CHECKING:
    import plotly.graph_objects as go

_NAMES: Final = {"queues": "The queues, day by day"}
"""Titles of kinds of figures that have no title of their own."""
_COST_COLOURS: Final = {label: name for name, label in COSTS.items()}


@dataclass(frozen=True, slots=True)
class Sign:
    """An entry of a legend: a glyph, the name of its colour, and what it stands for."""

    glyph: str
    colour: str
    label: str
    number: str = ""


@dataclass(frozen=True, slots=True)
class Panel:
    """A figure with everything that makes it readable without being seen.

    Attributes:
        title: what it is about.
        caption: one sentence on what it shows; also its text alternative.
        draw: makes the figure, for Plotly.
        table: its numbers.
        legend: its signs.
        wide: whether it needs the whole width.
        told: whether its numbers are shown at once.
    """

    title: str
    caption: str
    draw: Callable[[], go.Figure]
    table: Table
    legend: tuple[Sign, ...] = ()
    wide: bool = False
    told: bool = False

    @property
    def figure(self) -> go.Figure:
        """The figure, drawn."""
        return self.draw()


def panels(subject: Subject) -> list[Panel]:
    """Every figure for which there is something to show; one whose numbers cannot be told says so when it is drawn."""
    makers: dict[str, Callable[[Subject], Iterator[Panel]]] = {
        "queues": _queues, "response": _waits, "life": _life, "promises": _promises, "cost": _cost, "week": _week,
        "backlog": _backlog, "offered": _observed,
    }  # fmt: skip
    return [
        panel
        for name, make in makers.items()
        for panel in _made(_NAMES.get(name) or captions.TITLES[name], make(subject))
    ]


def _made(title: str, some: Iterator[Panel]) -> Iterator[Panel]:
    """Some panels, and one that cannot be drawn in the place of those that fail."""
    try:
        yield from some
    except MemoryError:
        raise
    except Exception as error:
        yield Panel(title, "", partial(_fail, error), Table((), ()))


def _fail(error: Exception) -> go.Figure:
    raise error


def _waits(subject: Subject) -> Iterator[Panel]:
    for what in ("response", "resolution"):
        table = tables.waits(subject, what)
        if table is None:
            continue
        clocks = table.texts("clock")
        signs = [
            Sign("●", "accent", "half of the tickets"),
            Sign("▬", "band", "its interval"),
            Sign("◇", "accent", "nine of ten"),
        ]
        if all(one.low != one.low for one in table.estimates("median")):
            del signs[1]
        if "wall" in clocks:
            signs.append(Sign("┃", "ink", "promise"))
        if "business" in clocks:
            signs.append(Sign("┃", "soft", "promise in business time"))
        yield Panel(
            captions.TITLES[what], captions.waits(table, what), partial(figures.waits, table), table, tuple(signs)
        )


def _promises(subject: Subject) -> Iterator[Panel]:
    table, target = tables.promises(subject), subject.scenario.service_levels.target_share
    if table is not None:
        signs = [
            Sign("■", "response", "responded as promised"),
            Sign("■", "accent", "resolved as promised"),
            Sign("┃", "ink", "without any queue"),
            Sign("┊", "warn", f"meant to be: {value(target, 'share')}"),
        ]
        yield Panel(
            captions.TITLES["promises"],
            captions.promises(table, target),
            partial(figures.promises, table, target),
            table,
            tuple(signs),
        )


def _life(subject: Subject) -> Iterator[Panel]:
    table = tables.life(subject)
    if table is not None:
        labels = table.texts("state")
        colours, shares = figures.state_colours(labels), table.values("share")
        signs = tuple(
            Sign("■", colour, label, value(share, "share"))
            for colour, label, share in zip(colours, labels, shares, strict=True)
        )
        yield Panel(
            captions.TITLES["life"], captions.life(table), partial(figures.life, table), table, signs, wide=True
        )


def _week(subject: Subject) -> Iterator[Panel]:
    table = tables.week(subject)
    if table is not None:
        full = any(share > figures.FULL for column in table.columns[1:] for share in table.values(column.name))
        signs = (Sign("■", "warn", "nobody has time to spare (above 95 %)"),) if full else ()
        yield Panel(
            captions.TITLES["week"],
            captions.week(subject, table),
            partial(figures.week, table),
            table,
            signs,
            wide=True,
        )


def _backlog(subject: Subject) -> Iterator[Panel]:
    table = tables.backlog(subject)
    if table is not None:
        number, age = captions.TITLES["backlog"], captions.TITLES["age"]
        yield Panel(number, captions.backlog(subject, table), partial(figures.days, table, "number", "number"), table)
        if table.known("age") > 0.5:
            yield Panel(age, captions.age(subject, table), partial(figures.days, table, "age", "time"), table)


def _queues(subject: Subject) -> Iterator[Panel]:
    more = captions.left_out("queues", tables.MOST_TEAMS, len(subject.queued), "that are longest in the end")
    for team in tables.longest_queues(subject):
        table = tables.queue(subject, team)
        if table is not None:
            title, caption = captions.TITLES["queue"].format(team=team), captions.queue(subject, table, team)
            draw = partial(figures.days, table, "number", "number")
            yield Panel(title, f"{caption}{more}", draw, table, wide=True)
            more = ""


def _cost(subject: Subject) -> Iterator[Panel]:
    table, currency = tables.cost(subject), subject.scenario.money.currency
    if table is None:
        return
    labels = table.texts("part")[:-1]
    amounts, shares = table.values("amount")[:-1], table.values("share")[:-1]
    colours = [_COST_COLOURS[label] for label in labels]
    told = [value(amount, "money", currency) for amount in amounts]
    draw = partial(figures.stacked, labels, shares, colours, [f"{a}: {b}" for a, b in zip(labels, told, strict=True)])
    signs = tuple(Sign("■", c, label, text) for c, label, text in zip(colours, labels, told, strict=True))
    yield Panel(captions.TITLES["cost"], captions.cost(table, currency), draw, table, signs, told=True)


def _observed(subject: Subject) -> Iterator[Panel]:
    table = tables.observed(subject)
    if table is None:
        return
    caption = captions.observed(subject, table)
    signs = (Sign("━", "accent", "simulated"), Sign("▬", "band", "its interval"), Sign("○", "ink", "observed"))
    for name, unit in (("offered", "number"), ("wait", "time"), ("abandoned", "share")):
        text, wide = captions.observed_gap(table, name, unit), name == "offered"
        draw = partial(figures.observed, table, name, unit)
        yield Panel(captions.TITLES[name], f"{caption} {text}" if wide else text, draw, table, signs, wide=wide)
