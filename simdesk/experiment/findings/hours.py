"""Oddities of opening hours: a day desk that is open at night, and demand around the clock at an office."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from simdesk.durations import DAY, HOUR, WEEK
from simdesk.experiment.findings.finding import Finding
from simdesk.experiment.findings.mix import mix_of
from simdesk.scenario.model import Scenario
from simdesk.scenario.people import CalendarHours, Team

Floats = NDArray[np.float64]

_HOURS: Final = WEEK // HOUR
_HALF: Final = 0.5
"""Of the demand, or of the week: less is the smaller part."""

_ALWAYS: Final = CalendarHours(days="daily")


def swapped_hours(scenario: Scenario) -> Iterator[Finding]:
    """Hours past midnight, such as `17:00-08:00`, where most tickets come by day and nobody else is there for them."""
    demand = _demand(scenario)
    if demand is None:
        return
    for place, hours, others in _open_together(scenario):
        there = _open([hours, *others])
        if not _past_midnight(hours) or float(demand @ there) >= _HALF:
            continue
        if float(demand @ _open([*others], turned=hours)) > _HALF:
            yield Finding(
                "swapped-hours", place,
                f"nobody is there for {100 * (1 - float(demand @ there)):.0f} % of the tickets, which come while it is "
                "closed; are its two times exchanged?",
            )  # fmt: skip


def flat_at_an_office(scenario: Scenario) -> Iterator[Finding]:
    """Tickets that come day and night to a team that is closed for most of the week."""
    mix = mix_of(scenario)
    if mix is None:
        return
    demand = scenario.demand
    flat = np.array([(kind.profile or demand.profile) == "flat" for kind in demand.types.values()])
    coming, closed, left = float(mix.weekly[flat].sum()), 0.0, mix.weekly.copy()
    left[~flat] = 0.0
    for to, when in [*((rule.to, rule.when) for rule in scenario.flow.routing.values()), (scenario.entry, None)]:
        cells = mix.cells(when) if when is not None else np.ix_(*map(np.arange, left.shape))
        if float(_open(_served(scenario, to)).mean()) < _HALF:
            closed += float(left[cells].sum())
        left[cells] = 0.0
    if coming and closed > _HALF * float(mix.weekly.sum()):
        named = [("demand", "types", n, "profile") for n, kind in demand.types.items() if kind.profile == "flat"]
        place = ("demand", "profile") if demand.profile == "flat" else named[0]
        share = float(_open(_served(scenario, scenario.entry)).mean())
        yield Finding(
            "flat-at-an-office", place,
            f"tickets come day and night, and {scenario.entry} is open for {100 * share:.0f} % of the week; write "
            "profile: office, unless users really write at night",
        )  # fmt: skip


def _demand(scenario: Scenario) -> Floats | None:
    """Share of the tickets of each hour of the week; None if there are none."""
    demand = scenario.demand
    total = sum((demand.per_week(name) * demand.shape(name).ravel() for name in demand.types), np.zeros(_HOURS))
    return np.asarray(total / total.sum(), np.float64) if total.sum() > 0 else None


def _open_together(scenario: Scenario) -> Iterator[tuple[tuple[str, ...], CalendarHours, list[CalendarHours]]]:
    """Hours as they are written, with the others that teams of the same tier keep, if all go by the same clock."""
    zones = {hours.time_zone for hours in scenario.calendars.values()} - {None, scenario.run.time_zone}
    if zones:
        return
    by_tier: dict[int, dict[tuple[str, ...], CalendarHours]] = {}
    for name, team in scenario.teams.items():
        by_tier.setdefault(team.tier, {}).update(_written(scenario, name, team))
    seen: set[tuple[str, ...]] = set()
    for together in by_tier.values():
        for place, hours in together.items():
            if place not in seen:
                yield place, hours, [other for where, other in together.items() if where != place]
            seen.add(place)


def _written(scenario: Scenario, name: str, team: Team) -> dict[tuple[str, ...], CalendarHours]:
    """The hours of a team by the place where they are written; of its shifts, if it has any with people."""
    if not team.headcount:
        return {}
    if team.shifts is None:
        hours = scenario.calendars.get(team.calendar, _ALWAYS)
        return {("calendars", team.calendar, "hours"): hours}
    return {
        ("teams", name, "shifts", shift, "hours"): CalendarHours(days=one.days, hours=one.hours)
        for shift, one in team.shifts.items()
        if one.agents or one.share
    }


def _served(scenario: Scenario, team: str) -> list[CalendarHours]:
    """Hours in which somebody is there for a team's queue."""
    helpers = [name for name, other in scenario.teams.items() if name == team or team in other.also_serves]
    return [hours for name in helpers for hours in _written(scenario, name, scenario.teams[name]).values()]


def _past_midnight(hours: CalendarHours) -> bool:
    return any(end > DAY for day in hours.weekly().values() for _, end in day)


def _open(some: Iterable[CalendarHours], turned: CalendarHours | None = None) -> Floats:
    """Part of each hour of the week in which any of some calendars is open; of one the other way round, if stated."""
    found = np.zeros(_HOURS)
    spells = [(day, begin, end) for one in some for day, hours in one.weekly().items() for begin, end in hours]
    if turned is not None:
        spells += [(d, e - DAY, b) for d, hours in turned.weekly().items() for b, e in hours if e > DAY]
    for day, begin, end in spells:
        at = np.arange(_HOURS * 2) * HOUR - day * DAY
        part = np.clip((end - at) / HOUR, 0, 1) - np.clip((begin - at) / HOUR, 0, 1)
        found = np.maximum(found, np.maximum(part[:_HOURS], part[_HOURS:]))
    return found
