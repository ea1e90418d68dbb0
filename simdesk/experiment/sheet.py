"""The sheet of one replication: every measure read from its log, and the log's digest. Small enough to travel."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simdesk.measures import COST_LABELS, MEASURES, TEAM_MEASURES, Cohort, Prices, TeamView, costs, time_by_state
from simdesk.measures.readings import Ratio, Reading
from simdesk.measures.series import backlog_by_day, by_hour_of_day, occupancy_by_hour, queue_by_day
from simdesk.scenario.model import Scenario
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


@dataclass(frozen=True, slots=True)
class Sheet:
    """What one replication says.

    Attributes:
        readings: by key.
        series: arrays along the clock or the calendar, by (name, team or nothing).
        digest: of the log.
        tickets: in the log.
        truncated: whether the cool-down ended before every ticket of the cohort.
    """

    readings: dict[Key, Reading]
    series: dict[tuple[str, str], Floats]
    digest: str
    tickets: int
    truncated: bool


def prices_of(scenario: Scenario) -> Prices:
    """What the scenario says that time and broken promises cost."""
    money = scenario.money
    return Prices(
        team_hour={name: team.cost.amount for name, team in scenario.teams.items()},
        user_hour=money.users_time.amount,
        impaired_blocking=money.impaired_blocking,
        impaired_other=money.impaired_other,
        workaround_after=round(money.workaround_after.in_seconds()),
        penalties=dict(money.penalties),
    )


def read_sheet(log: TicketLog, prices: Prices) -> Sheet:
    """Read every measure from a log."""
    cohort = Cohort.of(log)
    readings = dict(_readings(cohort, prices))
    return Sheet(
        readings=readings,
        series=_series(cohort),
        digest=log.digest(),
        tickets=len(log),
        truncated=readings[Key("still_open")].value > 0,
    )


def keys_of(sheets: Sequence[Sheet]) -> list[Key]:
    """Rows of the results: every reading, but of priorities only those of which any replication had a ticket.

    A priority that is missing from one replication counts there with nothing; it must not be left out, or rare tickets
    would look less rare.
    """
    kinds = {Key(measure, "priority") for measure in ("contacts_per_week", "backlog")}
    seen = {
        key.of
        for sheet in sheets
        for key, reading in sheet.readings.items()
        if key._replace(of="") in kinds and reading.value > 0
    }
    return [key for key in sheets[0].readings if key.by != "priority" or key.of in seen]


def _readings(cohort: Cohort, prices: Prices) -> Iterator[tuple[Key, Reading]]:
    log = cohort.log
    for name, measure in MEASURES.items():
        yield Key(name), measure.read(cohort)
    for priority in log.priorities:
        some = cohort.only("priority", priority)
        for name, measure in MEASURES.items():
            yield Key(name, "priority", priority), measure.read(some)
    for kind in log.types:
        some = cohort.only("type", kind)
        for name in FOR_EACH_TYPE:
            yield Key(name, "type", kind), MEASURES[name].read(some)
    for index, team in enumerate(log.teams):
        view = TeamView(log, index)
        for name, team_measure in TEAM_MEASURES.items():
            yield Key(name, "team", team), team_measure.read(view)
    for name, reading in costs(cohort, prices).items():
        yield Key(name), reading
    spent = time_by_state(cohort.resolved).sum(axis=1)
    for state in State:
        yield Key(f"time_{state.name.lower()}"), Ratio(float(spent[state]), float(spent.sum()))


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
