"""Scenario → Desk: the supply side as arrays of whole numbers. No names are needed to run it, no YAML, no chance.

People's absences and breaks are chance and belong to the workload; the desk knows only who is rostered when.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from simdesk.calendars import public_holidays, weekly_calendar
from simdesk.clock import Calendar, Timeline, always, union
from simdesk.durations import DAY
from simdesk.policies import AgentChoice, AtBreak, AtShiftEnd, Begins, Discipline
from simdesk.scenario.model import Scenario
from simdesk.scenario.people import CalendarHours, Team
from simdesk.states import PRIORITIES

Ints = NDArray[np.int64]

MARGIN_DAYS = 800
"""Calendars reach this far beyond the run on both sides, for long waits and tickets opened before the start."""


@dataclass(frozen=True, slots=True)
class Roster:
    """Paid spells of shifts, in the order (agent, start).

    Attributes:
        agent: agent of each spell, shape (spells,).
        day: local date on which its shift begins, counted from the start of the run.
        starts, ends: seconds.
        before_break: 1 if the shift goes on after a gap in its hours, which is an unpaid break; 0 if it ends.
    """

    agent: Ints
    day: Ints
    starts: Ints
    ends: Ints
    before_break: Ints


@dataclass(frozen=True, slots=True)
class Desk:
    """The supply side.

    Arrays over teams have shape (teams,), those over agents (agents,); `at_shift_end` and `at_break` have shape
    (teams, 2): for work of any kind, and for a live contact. `serves[t]` lists the queues that team t serves, its own
    first. `midnights[t]` are the local midnights of team t, seconds, the first before the start. `calendars[0]` is
    `always`; `office` is the users' own. `window` is the measured time [from, to), `horizon` the last instant that a
    run may reach, both in seconds; with more than `most_open` tickets open or after `most_events` arrivals and touches
    it is cut short.
    """

    timeline: Timeline
    team_names: tuple[str, ...]
    tier: Ints
    discipline: Ints
    agent_choice: Ints
    at_shift_end: Ints
    at_break: Ints
    begins: Ints
    hand_over_work: Ints
    promote_after: Ints
    weights: Ints
    serves: tuple[tuple[int, ...], ...]
    agent_team: Ints
    agent_number: Ints
    roster: Roster
    calendar_names: tuple[str, ...]
    calendars: tuple[Calendar, ...]
    team_calendar: Ints
    midnights: tuple[Ints, ...]
    office: int
    window: tuple[int, int]
    horizon: int
    most_open: int
    most_events: int

    def team(self, name: str) -> int:
        """Index of a team."""
        return self.team_names.index(name)

    def calendar(self, name: str) -> int:
        """Index of a calendar."""
        return self.calendar_names.index(name)


def timeline_of(scenario: Scenario) -> Timeline:
    """The scenario's time."""
    return Timeline(datetime.fromisoformat(scenario.run.start), scenario.run.time_zone)


def horizon_of(scenario: Scenario) -> int:
    """Last instant that a run may reach: warm-up, length and cool-down, seconds."""
    run = scenario.run
    return int(run.warm_up.seconds + run.length.seconds + run.cool_down.seconds)


def window_of(scenario: Scenario) -> tuple[int, int]:
    """The measured window [from, to), seconds."""
    begin = int(scenario.run.warm_up.seconds)
    return begin, begin + int(scenario.run.length.seconds)


def open_desk(scenario: Scenario) -> Desk:
    """Build the supply side of a scenario."""
    timeline, horizon = timeline_of(scenario), horizon_of(scenario)
    days = -(-horizon // 86400) + 2
    built = _calendars(scenario, timeline, days)
    names = tuple(scenario.teams)
    teams = list(scenario.teams.values())
    number = {name: index for index, name in enumerate(names)}
    calendar_number = {name: index for index, name in enumerate(built)}
    agent_team = np.repeat(np.arange(len(teams)), [team.headcount for team in teams]).astype(np.int64)
    numbers = [np.arange(team.headcount) for team in teams]
    return Desk(
        timeline=timeline,
        team_names=names,
        tier=_ints(team.tier for team in teams),
        discipline=_ints(Discipline[team.discipline.upper()] for team in teams),
        agent_choice=_ints(AgentChoice[team.agent_choice.upper()] for team in teams),
        at_shift_end=np.array([_at_shift_end(scenario, team) for team in teams], np.int64),
        at_break=np.array([_at_break(team) for team in teams], np.int64),
        begins=_ints(Begins[team.begins.upper()] for team in teams),
        hand_over_work=_ints(round(team.hand_over_work.seconds * 1000) for team in teams),
        promote_after=_ints(round(team.promote_after.seconds) for team in teams),
        weights=np.array([[team.weights.get(p, 1) for p in PRIORITIES] for team in teams], dtype=np.int64),
        serves=tuple((number[n], *(number[other] for other in t.also_serves)) for n, t in scenario.teams.items()),
        agent_team=agent_team,
        agent_number=np.concatenate(numbers).astype(np.int64) if numbers else np.zeros(0, np.int64),
        roster=_roster(scenario, timeline, horizon, days),
        calendar_names=tuple(built),
        calendars=tuple(built.values()),
        team_calendar=_ints(calendar_number[_opening(scenario, name)] for name in scenario.teams),
        midnights=tuple(timeline.midnights(-1, days + 1, _zone(scenario, team)) for team in teams),
        office=calendar_number[_office(scenario)],
        window=window_of(scenario),
        horizon=horizon,
        most_open=scenario.run.most_open_tickets,
        most_events=scenario.run.most_events,
    )


def calendars_used(scenario: Scenario) -> set[str]:
    """Names of the calendars that something runs in: a team, the promises, or a wait for the user."""
    pending = scenario.flow.pending
    named = {team.calendar for team in scenario.teams.values()} | {scenario.service_levels.calendar}
    named.add(pending.calendar if pending is not None else None)
    return {name for name in scenario.calendars if name in named}


def _calendars(scenario: Scenario, timeline: Timeline, days: int) -> dict[str, Calendar]:
    """`always`, the calendars that are used, and the hours in which the shifts of teams are staffed."""
    built, used = {"always": always()}, calendars_used(scenario)
    for name, hours in scenario.calendars.items():
        if name in used and name != "always":
            built[name] = _calendar(name, hours, scenario, timeline, days)
    for name, team in scenario.teams.items():
        if team.shifts:
            built[f"{name}/shifts"] = _opening_of_shifts(name, team, scenario, timeline, days)
    return built


def _opening(scenario: Scenario, team: str) -> str:
    """Name of the calendar in which a team is open: that of its shifts, if it has any."""
    return f"{team}/shifts" if scenario.teams[team].shifts else scenario.teams[team].calendar


def _office(scenario: Scenario) -> str:
    """Name of the calendar in which users work: the one that is stated, or that of the team where tickets enter."""
    return scenario.service_levels.calendar or _opening(scenario, scenario.entry)


def business_day(scenario: Scenario) -> int:
    """Seconds of a business day of the users' office hours, in which promises and bounds are counted."""
    name = _office(scenario)
    if name == "always":
        return DAY
    timeline, days = timeline_of(scenario), -(-horizon_of(scenario) // DAY) + 2
    team, _, of_shifts = name.partition("/")
    if of_shifts:
        return _opening_of_shifts(team, scenario.teams[team], scenario, timeline, days).day_length
    hours = scenario.calendars[name]
    return _calendar(name, hours, scenario, timeline, days).day_length


def _ints(values: Iterable[int]) -> Ints:
    return np.array([int(value) for value in values], dtype=np.int64)


def closed_dates(hours: CalendarHours, first: date, last: date) -> dict[date, str]:
    """Dates on which a calendar is closed, with the reason."""
    closed = {date.fromisoformat(text): "closed" for text in hours.closed_on}
    if hours.holidays is not None:
        closed |= public_holidays(hours.holidays, range(first.year, last.year + 1))
    return closed


def _calendar(name: str, hours: CalendarHours, scenario: Scenario, timeline: Timeline, days: int) -> Calendar:
    written = hours.model_dump_json()
    opened = _laid_out(written, scenario.run.time_zone, timeline, -MARGIN_DAYS, days + 2 * MARGIN_DAYS)
    return opened.called(name)


@lru_cache(maxsize=256)
def _laid_out(written: str, zone: str, timeline: Timeline, first_day: int, days: int) -> Calendar:
    """A calendar from the hours as they were written; equal ones of a desk, and of its variants, are one."""
    hours = CalendarHours.model_validate_json(written)
    closed = closed_dates(hours, timeline.date(first_day), timeline.date(first_day + days))
    return weekly_calendar(
        "",
        timeline,
        hours.weekly(),
        zone=hours.time_zone or zone,
        closed_dates=set(closed),
        first_day=first_day,
        days=days,
    )


def _shift_hours(team: Team, scenario: Scenario) -> dict[str | None, CalendarHours]:
    """Hours of each shift of a team, or of the team; the team's calendar gives time zone and holidays."""
    base = scenario.calendars.get(team.calendar, CalendarHours(days="daily"))
    if team.shifts is None:
        return {None: base}
    return {
        name: base.model_copy(update={"days": shift.days, "hours": shift.hours, "hours_on": {}})
        for name, shift in team.shifts.items()
    }


def _opening_of_shifts(name: str, team: Team, scenario: Scenario, timeline: Timeline, days: int) -> Calendar:
    """Hours in which anybody of the team is rostered."""
    staffed = set(team.shift_of_each())
    parts = [
        _calendar(f"{name}/shifts", hours, scenario, timeline, days)
        for shift, hours in _shift_hours(team, scenario).items()
        if shift in staffed
    ]
    return union(parts) if parts else always()


def _roster(scenario: Scenario, timeline: Timeline, horizon: int, days: int) -> Roster:
    """Every paid shift that begins before the horizon, also those under way at the start, in whatever time zone."""
    nothing = np.zeros(1, np.int64)
    endless = nothing, nothing, np.array([horizon]), nothing
    columns: list[tuple[Ints, ...]] = []
    for team in scenario.teams.values():
        hours = _shift_hours(team, scenario)
        if _always_there(team):
            spans: dict[str | None, _Shifts] = {None: endless}
        else:
            spans = {
                name: _shifts(part.model_dump_json(), scenario.run.time_zone, timeline, horizon, days)
                for name, part in hours.items()
            }
        for shift in team.shift_of_each():
            columns.append((np.full(spans[shift][0].size, len(columns)), *spans[shift]))
    if not columns:
        return Roster(*(np.zeros(0, np.int64),) * 5)
    return Roster(*(np.concatenate(part).astype(np.int64) for part in zip(*columns, strict=True)))


def _always_there(team: Team) -> bool:
    """Whether a team is staffed without a gap and without a draw, so that one endless shift describes each agent."""
    drawn = team.shrinkage.absent > 0 or team.shrinkage.breaks > 0 or team.ticket_time < 1
    return team.calendar == "always" and team.shifts is None and not drawn


def _never_closes(scenario: Scenario, team: Team) -> bool:
    """Whether all shifts of a team last day and night, all week."""
    weeks = [hours.weekly() for hours in _shift_hours(team, scenario).values()]
    return all(sum(end - begin for begin, end in week.get(day, ())) == DAY for week in weeks for day in range(7))


def _at_shift_end(scenario: Scenario, team: Team) -> list[int]:
    """What a team does at the end of a shift, with work of any kind and with a live contact.

    An agent of a team that never closes is a place, in which people take turns: who stays has no end of a shift, and
    what he would park when he is away for a day, the others take over.
    """
    rules = [AtShiftEnd[rule.upper()] for rule in (team.at_shift_end.other, team.at_shift_end.live)]
    if _never_closes(scenario, team):
        rules = [AtShiftEnd.HAND_OVER if rule is AtShiftEnd.PARK else rule for rule in rules]
    return [int(rule) for rule in rules]


def _at_break(team: Team) -> list[int]:
    return [int(AtBreak[rule.upper()]) for rule in (team.at_break.other, team.at_break.live)]


def _zone(scenario: Scenario, team: Team) -> str:
    """Time zone of a team's wall clocks."""
    hours = scenario.calendars.get(team.calendar)
    return (hours.time_zone if hours is not None else None) or scenario.run.time_zone


_Shifts = tuple[Ints, Ints, Ints, Ints]
"""Day, start, end, and whether a break follows."""
DAYS_BEFORE = 3
"""Shifts that begin so many local dates before that of the start may be under way then: zones lie up to 26 h apart."""


@lru_cache(maxsize=256)
def _shifts(written: str, run_zone: str, timeline: Timeline, horizon: int, days: int) -> _Shifts:
    """The spells of the shifts of one group, in time order; teams mostly work the same hours."""
    hours = CalendarHours.model_validate_json(written)
    zone = hours.time_zone or run_zone
    closed = closed_dates(hours, timeline.date(-DAYS_BEFORE), timeline.date(days))
    weekly = {weekday: _joined(spells) for weekday, spells in hours.weekly().items()}
    table = np.array(
        [
            (day, begin, end, end != last)
            for day in range(-DAYS_BEFORE, days)
            if timeline.date(day) not in closed
            for spells in [weekly.get(timeline.date(day).weekday(), ())]
            for last in [spells[-1][1] if spells else None]
            for begin, end in spells
        ],
        dtype=np.int64,
    ).reshape(-1, 4)
    day, breaks = table[:, 0], table[:, 3]
    first = np.maximum(timeline.wall(day, table[:, 1], zone), 0)
    last = np.minimum(timeline.wall(day, table[:, 2], zone), horizon)
    order = np.lexsort((last, first))
    day, first, last, breaks = day[order], first[order], last[order], breaks[order]
    first[1:] = np.maximum(first[1:], np.maximum.accumulate(last)[:-1])  # nobody is on duty twice at once
    kept = last > first
    return day[kept], first[kept], last[kept], breaks[kept]


def _joined(spells: tuple[tuple[int, int], ...]) -> tuple[tuple[int, int], ...]:
    """Hours of a day, sorted; those that touch are one."""
    joined: list[tuple[int, int]] = []
    for begin, end in spells:
        if joined and joined[-1][1] == begin:
            joined[-1] = joined[-1][0], end
        else:
            joined.append((begin, end))
    return tuple(joined)
