"""The sheet of one replication: every measure read from its log, and the log's digest. Small enough to travel."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simdesk.errors import RunError
from simdesk.measures import (
    COST_LABELS,
    MEASURES,
    TEAM_MEASURES,
    Cohort,
    Measure,
    Prices,
    TeamMeasure,
    TeamView,
    costs,
    time_by_state,
)
from simdesk.measures.ranges import stray
from simdesk.measures.readings import Ratio, Reading, Total
from simdesk.measures.series import backlog_by_day, by_hour_of_day, occupancy_by_hour, queue_by_day
from simdesk.states import STATE_WORDS, State
from simdesk.ticketlog import TicketLog

Floats = NDArray[np.float64]

FOR_EACH_TYPE: Final = (
    "contacts_per_week", "response_time_median", "resolution_time_median", "resolution_sla", "touch_time",
    "abandonment", "first_wait", "self_service_rate", "automation_rate", "first_contact_resolution",
)  # fmt: skip
"""Measures that are also read for each ticket type."""


class Key(NamedTuple):
    """Names a row of the results: a measure, and whose (`by` is empty, `priority`, `type` or `team`)."""

    measure: str
    by: str = ""
    of: str = ""


_STILL_OPEN: Final = Key("still_open")


@dataclass(frozen=True, slots=True)
class Sheet:
    """What one replication says.

    Attributes:
        readings: by key.
        series: arrays along the clock or the calendar, by (name, team or nothing).
        digest: of the log.
        tickets: in the log.
        truncated: whether the cool-down ended before every ticket of the cohort.
        complete: whether everything was read, or only what somebody asked for.
    """

    readings: dict[Key, Reading]
    series: dict[tuple[str, str], Floats]
    digest: str
    tickets: int
    truncated: bool
    complete: bool = True


def read_sheet(log: TicketLog, prices: Prices | None, wanted: Collection[Key] | None = None) -> Sheet:
    """Read measures from a log.

    Args:
        log: of one replication.
        prices: what time costs; without them nothing is said of money.
        wanted: the measures to read, which is quicker than all of them; all, and the series, unless stated.

    Raises:
        RunError: a measure is wanted that this log does not have.
    """
    readers = _readers(Cohort.of(log), prices)
    if wanted is not None and (missing := [key for key in wanted if key not in readers]):
        raise RunError(_unreadable(missing[0], prices))
    keys = list(readers) if wanted is None else _in_order(wanted)
    readings = {key: readers[key]() for key in keys}
    return Sheet(
        readings=readings,
        series=_series(Cohort.of(log)) if wanted is None else {},
        digest=log.digest(),
        tickets=len(log),
        truncated=readings[_STILL_OPEN].value > 0,
        complete=wanted is None,
    )


def _unreadable(key: Key, prices: Prices | None) -> str:
    if prices is None and key.measure in COST_LABELS:
        return f"{key.measure} needs prices, which a log has not; give the scenario that was simulated"
    return f"there is no measure {name_of_row(key)} of this desk; `simdesk measures` lists them"


def only(sheet: Sheet, wanted: Collection[Key]) -> Sheet:
    """A sheet as if nothing else had been read than what is wanted."""
    readings = {key: sheet.readings[key] for key in _in_order(wanted)}
    return replace(sheet, readings=readings, series={}, complete=False)


def _in_order(wanted: Collection[Key]) -> list[Key]:
    """What is wanted, in an order that does not change from one process to the next, as that of a set does."""
    return sorted({*wanted, _STILL_OPEN})


def name_of_row(key: Key) -> str:
    """How a person writes which measure is meant, and whose: `occupancy:first_line`."""
    return f"{key.measure}:{key.of}" if key.of else key.measure


def strays(sheets: Iterable[Sheet]) -> dict[Key, float]:
    """Measures that left the range of their unit in some replication, with one such value of each."""
    units: dict[Key, str] = {}
    found: dict[Key, float] = {}
    for sheet in sheets:
        for key, reading in sheet.readings.items():
            unit = units.get(key) or units.setdefault(key, describe(key)[1])
            if (value := stray(reading, unit)) is not None:
                found[key] = value
    return found


def keys_of(sheets: Sequence[Sheet]) -> list[Key]:
    """Rows of the results: every reading, but of priorities only those of which any replication had a ticket.

    A priority that is missing from one replication counts there with nothing; it must not be left out, or rare tickets
    would look less rare. Where only some measures were read, they are what somebody asked for.
    """
    if not all(sheet.complete for sheet in sheets):
        return [key for key in sheets[0].readings if all(key in sheet.readings for sheet in sheets)]
    kinds = {Key(measure, "priority") for measure in ("contacts_per_week", "backlog")}
    seen = {
        key.of
        for sheet in sheets
        for key, reading in sheet.readings.items()
        if key._replace(of="") in kinds and reading.value > 0
    }
    return [key for key in sheets[0].readings if key.by != "priority" or key.of in seen]


def _readers(cohort: Cohort, prices: Prices | None) -> dict[Key, Callable[[], Reading]]:
    """How each measure is read; nothing is, yet."""
    log = cohort.log
    some = cache(cohort.only)
    readers: dict[Key, Callable[[], Reading]] = {}
    for name, measure in MEASURES.items():
        readers[Key(name)] = partial(measure.read, cohort)
    for priority in log.priorities:
        for name, measure in MEASURES.items():
            readers[Key(name, "priority", priority)] = partial(_of_some, measure, some, "priority", priority)
    for kind in log.types:
        for name in FOR_EACH_TYPE:
            readers[Key(name, "type", kind)] = partial(_of_some, MEASURES[name], some, "type", kind)
    view = cache(partial(TeamView, log))
    for index, team in enumerate(log.teams):
        for name, team_measure in TEAM_MEASURES.items():
            readers[Key(name, "team", team)] = partial(_of_team, team_measure, view, index)
    spent = cache(partial(_time_spent, cohort))
    if prices is not None:
        paid = cache(partial(costs, cohort, prices))
        for name in COST_LABELS:
            readers[Key(name)] = partial(_cost, paid, name)
    for state in State:
        readers[Key(f"time_{state.name.lower()}")] = partial(_share_of_time, spent, state)
    return readers


def _of_some(measure: Measure, some: Callable[[str, str], Cohort], by: str, of: str) -> Reading:
    return measure.read(some(by, of))


def _of_team(measure: TeamMeasure, view: Callable[[int], TeamView], team: int) -> Reading:
    return measure.read(view(team))


def _cost(paid: Callable[[], dict[str, Ratio | Total]], name: str) -> Reading:
    return paid()[name]


def _time_spent(cohort: Cohort) -> Floats:
    spent: Floats = time_by_state(cohort.resolved).sum(axis=1).astype(np.float64)
    return spent


def _share_of_time(spent: Callable[[], Floats], state: State) -> Reading:
    return Ratio(float(spent()[state]), float(spent().sum()))


def _series(cohort: Cohort) -> dict[tuple[str, str], Floats]:
    log = cohort.log
    number, age = backlog_by_day(log)
    hours = by_hour_of_day(cohort)
    series = {
        ("backlog_by_day", ""): number,
        ("backlog_age_by_day", ""): age,
        ("offered_by_hour", ""): hours.offered / max(hours.days, 1),
        ("waited_by_hour", ""): hours.waited / max(hours.days, 1),
        ("abandoned_by_hour", ""): hours.abandoned / max(hours.days, 1),
    }
    for index, team in enumerate(log.teams):
        worked, present = occupancy_by_hour(log, index)
        series["worked_by_hour", team] = worked
        series["present_by_hour", team] = present
        series["queue_by_day", team] = queue_by_day(log, index)
    return series


def describe(key: Key) -> tuple[str, str, str, str]:
    """Label, unit, direction that is better, and definition of a measure."""
    if key.measure in MEASURES:
        measure = MEASURES[key.measure]
        return measure.label, measure.unit, measure.better, measure.doc
    if key.measure in TEAM_MEASURES:
        team = TEAM_MEASURES[key.measure]
        return team.label, team.unit, team.better, team.doc
    if key.measure in COST_LABELS:
        label, unit, doc = COST_LABELS[key.measure]
        return label, unit, "lower", doc
    state = STATE_WORDS[State[key.measure.removeprefix("time_").upper()]]
    return f"Share of lead time: {state}", "share", "neither", "Share of the lead time of tickets resolved by a team."


def known_measures() -> list[str]:
    """Names that a target may use."""
    return [*MEASURES, *TEAM_MEASURES, *COST_LABELS, *(f"time_{state.name.lower()}" for state in State)]
