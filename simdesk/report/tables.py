"""The numbers behind every figure, as tables. Knows results; knows no colours and no HTML."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from simdesk.clock import Timeline
from simdesk.durations import DAY
from simdesk.experiment.estimate import Estimate, estimate, mean_of
from simdesk.measures.readings import Ratio
from simdesk.report.subject import Subject
from simdesk.report.words import COSTS, DAYS, STATES
from simdesk.states import State

Cell = str | float | Estimate
Floats = NDArray[np.float64]

MOST_TEAMS = 6
"""Teams in one figure; of more, the busiest."""
MOST_ROWS = 30
"""Rows of a figure of alternatives, candidates or factors; the table below it has all."""
_MANY = 10
"""With so many replications a band leaves out the outermost tenths."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: what figures call it, what readers call it, and its unit (`text` for words)."""

    name: str
    label: str
    unit: str = "text"


@dataclass(frozen=True, slots=True)
class Table:
    """Some rows under columns."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]

    def __getitem__(self, name: str) -> list[Cell]:
        """The cells of a column."""
        at = [column.name for column in self.columns].index(name)
        return [row[at] for row in self.rows]

    def texts(self, name: str) -> list[str]:
        """A column of words."""
        return [str(cell) for cell in self[name]]

    def estimates(self, name: str) -> list[Estimate]:
        """A column of estimates; a bare number has no interval."""
        nan = math.nan
        return [c if isinstance(c, Estimate) else Estimate(float(c), nan, nan, 0) for c in self[name]]

    def values(self, name: str) -> list[float]:
        """A column of numbers, estimates without their intervals."""
        return [one.value for one in self.estimates(name)]

    def known(self, name: str) -> float:
        """Part of a column of numbers that is known."""
        values = self.values(name)
        return sum(not math.isnan(x) for x in values) / max(len(values), 1)


def waits(subject: Subject, what: str) -> Table | None:
    """Median and 90th percentile of the first response or of the resolution, by priority, with the promise."""
    columns = (
        Column("who", "Tickets"),
        Column("median", "Median", "time"),
        Column("p90", "90th percentile", "time"),
        Column("promise", "Promise", "time"),
        Column("clock", "Clock of the promise"),
    )
    rows: list[tuple[Cell, ...]] = []
    for by, of in _groups(subject):
        median = subject.estimate(f"{what}_time_median", by, of)
        if not math.isnan(median.value):
            promise, clock = _promise(subject, what, of)
            rows.append((of or "all", median, subject.estimate(f"{what}_time_p90", by, of), promise, clock))
    return Table(columns, tuple(rows)) if rows else None


def _groups(subject: Subject) -> list[tuple[str, str]]:
    """All tickets and each priority; the priority alone if there is only one."""
    names = sorted({key.of for key in subject.runs.estimates if key.by == "priority"})
    each = [("priority", name) for name in names]
    return each if len(each) == 1 else [("", ""), *each]


def _promise(subject: Subject, what: str, priority: str) -> tuple[float, str]:
    """Seconds promised and the name of their clock; NaN if nothing was."""
    level = subject.scenario.service_levels.priorities.get(priority)
    promise = None if level is None else level.respond if what == "response" else level.resolve
    if promise is None:
        return math.nan, "–"
    return promise.in_seconds(_day_length(subject)), "business" if promise.business else "wall"


def _day_length(subject: Subject) -> int:
    """Open seconds of an ordinary day of the calendar in which promises run."""
    log = subject.runs.first_log
    return log.calendars[log.office].day_length


def promises(subject: Subject) -> Table | None:
    """Promises kept and their ceiling by priority."""
    columns = (
        Column("who", "Tickets"),
        Column("response", "Responded as promised", "share"),
        Column("resolution", "Resolved as promised", "share"),
        Column("ceiling", "Resolved as promised without any queue", "share"),
    )
    names = ("response_sla", "resolution_sla", "resolution_sla_ceiling")
    rows: list[tuple[Cell, ...]] = []
    for by, of in _groups(subject):
        cells = [subject.estimate(name, by, of) for name in names]
        if not all(math.isnan(cell.value) for cell in cells):
            rows.append((of or "all", *cells))
    return Table(columns, tuple(rows)) if rows else None


def life(subject: Subject) -> Table | None:
    """Share of the lead time of resolved tickets spent in each state; sums to one."""
    columns = (Column("state", "Spent on"), Column("share", "Share of the lead time", "share"))
    rows: list[tuple[Cell, ...]] = []
    for state in State:
        share = subject.estimate(f"time_{state.name.lower()}")
        if share.value > 0:
            rows.append((STATES[state.name.lower()], share))
    return Table(columns, tuple(rows)) if rows else None


def week(subject: Subject) -> Table | None:
    """Occupancy of the teams in every local hour of the week in which somebody is there."""
    shown = busiest_teams(subject)
    worked = {team: subject.series("worked_by_hour", team) for team in shown}
    present = {team: subject.series("present_by_hour", team) for team in shown}
    there = [hour for hour in range(168) if any(p.size and p[:, hour].sum() > 0 for p in present.values())]
    if not there:
        return None
    rows: list[tuple[Cell, ...]] = []
    for hour in there:
        label = f"{DAYS[hour // 24]} {hour % 24:02d}:00"
        cells = [_share_at(worked[team], present[team], hour) for team in shown]
        rows.append((label, *cells))
    return Table((Column("hour", "Hour"), *(Column(team, team, "share") for team in shown)), tuple(rows))


def busiest_teams(subject: Subject) -> list[str]:
    """The teams that a figure shows: all who are there, or the busiest of many, in the order of the scenario."""
    there = [team for team in subject.teams if subject.series("present_by_hour", team).sum() > 0]
    busy = sorted(there, key=lambda team: -subject.of_team("occupancy", team))[:MOST_TEAMS]
    return [team for team in there if team in busy]


def longest_queues(subject: Subject) -> list[str]:
    """The teams whose queues have a figure: all that are worth one, or of many those that are longest in the end."""
    longest = sorted(subject.queued, key=lambda team: -subject.queue_at_end(team))[:MOST_TEAMS]
    return [team for team in subject.queued if team in longest]


def _share_at(top: Floats, bottom: Floats, at: int) -> Estimate:
    return estimate([Ratio(float(a), float(b)) for a, b in zip(top[:, at], bottom[:, at], strict=True)])


def backlog(subject: Subject) -> Table | None:
    """Open tickets and their median age at the end of every day of the window, with the band of the replications."""
    number, age = subject.series("backlog_by_day"), subject.series("backlog_age_by_day")
    if number.shape[1] < 2 or not number.any():
        return None
    days = _days(subject, number.shape[1], after=subject.runs.first_log.window[0])
    columns = (
        Column("day", "End of"),
        *_band_columns("number", "Open tickets", "number"),
        *_band_columns("age", "Median age", "time"),
    )
    rows = tuple((day, *_band(number[:, at]), *_band(age[:, at])) for at, day in enumerate(days))
    return Table(columns, rows)


def queue(subject: Subject, team: str) -> Table | None:
    """Tickets in a team's queue at the end of every day from the start, with the band of the replications."""
    number = subject.series("queue_by_day", team)
    if number.shape[1] < 2:
        return None
    days = _days(subject, number.shape[1], after=0)
    columns = (Column("day", "End of"), *_band_columns("number", f"Tickets waiting for {team}", "number"))
    return Table(columns, tuple((day, *_band(number[:, at])) for at, day in enumerate(days)))


def _band_columns(name: str, label: str, unit: str) -> tuple[Column, Column, Column]:
    return (
        Column(name, label, unit),
        Column(f"{name}_low", "band from", unit),
        Column(f"{name}_high", "to", unit),
    )


def _band(values: Floats) -> tuple[float, float, float]:
    """Mean over replications, and where most of them lie."""
    known = values[~np.isnan(values)]
    if not known.size:
        return math.nan, math.nan, math.nan
    low, high = (0.1, 0.9) if known.size >= _MANY else (0.0, 1.0)
    return float(known.mean()), float(np.quantile(known, low)), float(np.quantile(known, high))


def band_leaves_out(subject: Subject) -> bool:
    """Whether bands leave out the outermost tenths of the replications."""
    return len(subject.runs.sheets) >= _MANY


def _days(subject: Subject, length: int, *, after: int) -> list[str]:
    """Dates of consecutive days that end after an instant."""
    timeline: Timeline = subject.runs.first_log.timeline
    midnights = timeline.midnights(0, -(-after // DAY) + 3)
    first = int(np.searchsorted(midnights, after, side="right")) - 1
    return [_iso(timeline.date(first + at)) for at in range(length)]


def _iso(day: date) -> str:
    return day.isoformat()


def cost(subject: Subject) -> Table | None:
    """What a month costs, by whom."""
    columns = (Column("part", "Part"), Column("amount", "A month", "money"), Column("share", "Share", "share"))
    total = subject["total_cost"]
    if not total > 0:
        return None
    parts = [(label, subject.estimate(name)) for name, label in COSTS.items()]
    rows: list[tuple[Cell, ...]] = [(label, part, part.value / total) for label, part in parts if part.value > 0]
    return Table(columns, (*rows, ("total", subject.estimate("total_cost"), 1.0)))


def observed(subject: Subject) -> Table | None:
    """What was simulated beside what was seen, by local hour of the day; a day is one on which anybody may come."""
    seen = subject.scenario.observed
    if seen is None or not seen.by_hour:
        return None
    offered, waited, left = (subject.series(f"{name}_by_hour") for name in ("offered", "waited", "abandoned"))
    if not offered.size:
        return None
    offered, waited, left = (series * 7 / max(_days_with_demand(subject), 1) for series in (offered, waited, left))
    columns = (
        Column("hour", "Hour"),
        Column("offered", "Contacts a day, simulated", "number"),
        Column("offered_seen", "observed", "number"),
        Column("offered_gap", "difference", "number"),
        Column("wait", "Mean wait, simulated", "time"),
        Column("wait_seen", "observed", "time"),
        Column("wait_gap", "difference", "time"),
        Column("abandoned", "Gave up, simulated", "share"),
        Column("abandoned_seen", "observed", "share"),
        Column("abandoned_gap", "difference", "share"),
    )
    rows: list[tuple[Cell, ...]] = []
    for label, hour in sorted(seen.by_hour.items()):
        at = int(label[:2])
        pairs = (
            (mean_of(offered[:, at].tolist()), hour.offered),
            (_share_at(waited, offered, at), hour.wait.in_seconds()),
            (_share_at(left, offered, at), hour.abandoned),
        )
        rows.append((label, *(cell for model, real in pairs for cell in (model, real, model.value - real))))
    return Table(columns, tuple(rows))


def _days_with_demand(subject: Subject) -> int:
    """Weekdays on which anybody may come; the series count all seven."""
    demand = subject.scenario.demand
    return sum(any(demand.shape(name)[day].sum() > 0 for name in demand.types) for day in range(7))
