"""Oddities of opening hours: an afternoon written as a night, tickets while it is closed, demand at night."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from simdesk.calendars import parse_hours
from simdesk.durations import DAY, HOUR, MINUTE, WEEK
from simdesk.experiment.findings.finding import Finding
from simdesk.experiment.findings.mix import mix_of
from simdesk.scenario.model import Scenario
from simdesk.scenario.people import CalendarHours, Team
from simdesk.scenario.profiles import BUILT_IN

Floats = NDArray[np.float64]

_HOURS: Final = WEEK // HOUR
_HALF: Final = 0.5
"""Of the demand, or of the week: less is the smaller part."""
_LONG_NIGHT: Final = 16 * HOUR
"""So long no desk is open overnight that means the night, such as 18:00-08:00."""
_EVENING: Final = 16 * HOUR
"""From this time of day on a desk may open for all the hours in which others are closed, such as 17:00-09:00."""
_ONE_AT_NIGHT: Final = DAY + HOUR
"""Before it nobody means the afternoon: a clock of twelve hours has no hour 0."""
_ORDINARY: Final = (4 * HOUR, 13 * HOUR)
"""Shortest and longest spell of an ordinary day, seconds."""

_ALWAYS: Final = CalendarHours(days="daily")
_Place = tuple[str, ...]


def afternoon_as_night(scenario: Scenario) -> Iterator[Finding]:
    """Hours such as `09:00-05:00`, of which the end is five in the afternoon."""
    for place, text in _hours_written(scenario):
        if meant := _by_day(text):
            begin, end = parse_hours(text)[-1]
            length = f"{(end - begin) / HOUR:.3g} h"
            yield Finding("afternoon-as-night", place, f"is open for {length}, overnight; did you mean {meant}?")


def swapped_hours(scenario: Scenario) -> Iterator[Finding]:
    """Hours past midnight, such as `17:00-08:00`, where most tickets come by day and nobody else is there for them."""
    for place, away in _swapped(scenario).items():
        yield Finding(
            "swapped-hours", place,
            f"{away}; exchange the two times if they are swapped, or state when tickets come (demand.profile)",
        )  # fmt: skip


def closed_when_tickets_come(scenario: Scenario) -> Iterator[Finding]:
    """Days such as `Sat-Sun`, whatever their hours, where most tickets come on others and nobody is there for them."""
    told = {place[:2] for place in _swapped(scenario)} | {place[:2] for place, _ in _hours_meant_by_day(scenario)}
    for place, hours, others, demand in _open_together(scenario):
        all_day = CalendarHours(days=hours.days, hours_on=dict.fromkeys(hours.hours_on, "00:00-24:00"))
        if place[:2] in told or float(demand @ _open([hours, all_day, *others])) >= _HALF:
            continue
        told.add(place[:2])
        yield Finding(
            "closed-when-tickets-come", _days_of(scenario, place),
            f"{_away(demand, [hours, *others])}; add the days on which they come, or state when tickets come "
            "(demand.profile)",
        )  # fmt: skip


def flat_at_an_office(scenario: Scenario) -> Iterator[Finding]:
    """Tickets that come day and night to a team that keeps office hours."""
    demand = scenario.demand
    taken_up = _taken_up(scenario)
    flat = np.array([(kind.profile or demand.profile) == "flat" for kind in demand.types.values()])
    coming, closed = sum(float(by_type.sum()) for by_type in taken_up.values()), 0.0
    for to, by_type in taken_up.items():
        there = _open(_served(scenario, to))
        if float(there.mean()) < min(_HALF, float(BUILT_IN["office"].ravel() @ there)):
            closed += float(by_type[flat].sum())
    if closed > _HALF * coming:
        named = [("demand", "types", n, "profile") for n, kind in demand.types.items() if kind.profile == "flat"]
        place = ("demand", "profile") if demand.profile == "flat" else named[0]
        share = float(_open(_served(scenario, scenario.entry)).mean())
        yield Finding(
            "flat-at-an-office", place,
            f"tickets come day and night, and {scenario.entry} is open for {100 * share:.0f} % of the week; write "
            "profile: office, unless users really write at night",
        )  # fmt: skip


def _days_of(scenario: Scenario, place: _Place) -> _Place:
    """Where the days that go with some hours are stated; where the hours are if nobody states them."""
    if place[0] == "calendars":
        stated = scenario.calendars[place[1]].model_fields_set
    else:
        stated = (scenario.teams[place[1]].shifts or {})[place[3]].model_fields_set
    field = next((name for name in ("days", "hours") if name in stated), "")
    return (*place[:-1], field) if field else place[:-1]


def _hours_written(scenario: Scenario) -> Iterator[tuple[_Place, str]]:
    """All hours of calendars and shifts, as they are written."""
    for name, calendar in scenario.calendars.items():
        yield ("calendars", name, "hours"), calendar.hours
        for days, hours in calendar.hours_on.items():
            yield ("calendars", name, "hours_on", days), hours
    for name, team in scenario.teams.items():
        for shift, one in (team.shifts or {}).items():
            yield ("teams", name, "shifts", shift, "hours"), one.hours


def _hours_meant_by_day(scenario: Scenario) -> list[tuple[_Place, str]]:
    """Hours of which the end was very likely meant in the afternoon, with what was meant."""
    found = [(place, _by_day(text)) for place, text in _hours_written(scenario)]
    return [(place, meant) for place, meant in found if meant]


def _by_day(text: str) -> str:
    """The last spell of some hours with its end in the afternoon, if it is a long night as it stands; else nothing."""
    begin, end = parse_hours(text)[-1]
    afternoon = end - DAY + DAY // 2
    shortest, longest = _ORDINARY
    if end - begin < _LONG_NIGHT or end < _ONE_AT_NIGHT or begin >= _EVENING:
        return ""
    if afternoon > DAY or not shortest <= afternoon - begin <= longest:
        return ""
    return f"{_clock(begin)}-{_clock(afternoon)}"


def _clock(seconds: int) -> str:
    return f"{seconds // HOUR:02}:{seconds % HOUR // MINUTE:02}"


def _swapped(scenario: Scenario) -> dict[_Place, str]:
    """Where hours past midnight would fit the tickets the other way round, and who is not there; one for each team."""
    told = {place[:2] for place, _ in _hours_meant_by_day(scenario)}
    found: dict[_Place, str] = {}
    for place, hours, others, demand in _open_together(scenario):
        there = float(demand @ _open([hours, *others]))
        if place[:2] in told or there >= _HALF or not _past_midnight(hours):
            continue
        if float(demand @ _open([*others], turned=hours)) > _HALF:
            told.add(place[:2])
            found[place] = _away(demand, [hours, *others])
    return found


def _away(demand: Floats, hours: Iterable[CalendarHours]) -> str:
    missed = 100 * (1 - float(demand @ _open(hours)))
    return f"nobody is there for {missed:.3g} % of the tickets, which come while it is closed"


def _taken_up(scenario: Scenario) -> Mapping[str, Floats]:
    """Tickets of each type a week, by the team that gets them first; none if there are no tickets."""
    mix = mix_of(scenario)
    if mix is None:
        return {}
    left, found = mix.weekly.copy(), dict[str, Floats]()
    for to, when in [*((rule.to, rule.when) for rule in scenario.flow.routing.values()), (scenario.entry, None)]:
        cells = mix.cells(when) if when is not None else np.ix_(*map(np.arange, left.shape))
        taken = np.zeros_like(left)
        taken[cells] = left[cells]
        left[cells] = 0.0
        found[to] = found.get(to, 0.0) + taken.sum(axis=(1, 2))
    return found


def _demand(scenario: Scenario, tier: int, taken_up: Mapping[str, Floats]) -> Floats | None:
    """Share of a tier's tickets of each hour of the week, or of all if it gets them from other tiers; None if none."""
    demand = scenario.demand
    direct = sum(
        (some for to, some in taken_up.items() if scenario.teams[to].tier == tier), np.zeros(len(demand.types))
    )
    weekly = direct if direct.sum() > 0 else np.array([demand.per_week(name) for name in demand.types])
    total = sum(
        (n * demand.shape(name).ravel() for n, name in zip(weekly, demand.types, strict=True)), np.zeros(_HOURS)
    )
    return np.asarray(total / total.sum(), np.float64) if total.sum() > 0 else None


def _open_together(scenario: Scenario) -> Iterator[tuple[_Place, CalendarHours, list[CalendarHours], Floats]]:
    """Hours as they are written, others that are kept for the same tickets, and when those come.

    The tickets are those of the tier. Nothing is said of calendars that go by different clocks.
    """
    zones = {hours.time_zone for hours in scenario.calendars.values()} - {None, scenario.run.time_zone}
    if zones:
        return
    taken_up = _taken_up(scenario)
    seen: set[_Place] = set()
    for tier in dict.fromkeys(team.tier for team in scenario.teams.values()):
        own = {name for name, team in scenario.teams.items() if team.tier == tier}
        helpers = {name for name, team in scenario.teams.items() if name in own or own & set(team.also_serves)}
        together = {name: _written(scenario, name, scenario.teams[name]) for name in scenario.teams if name in helpers}
        everybody = {place: hours for written in together.values() for place, hours in written.items()}
        demand = _demand(scenario, tier, taken_up)
        for place in [place for name in together if name in own for place in together[name]]:
            if demand is not None and place not in seen:
                others = [other for where, other in everybody.items() if where != place]
                yield place, everybody[place], others, demand
            seen.add(place)


def _written(scenario: Scenario, name: str, team: Team) -> dict[_Place, CalendarHours]:
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
