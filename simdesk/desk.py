"""Scenario → Desk: the supply side as arrays of whole numbers. No names are needed to run it, no YAML, no chance.

People's absences and breaks are chance and belong to the workload; the desk knows only who is rostered when.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from simdesk.calendars import public_holidays, weekly_calendar
from simdesk.clock import Calendar, Timeline, always
from simdesk.durations import DAY
from simdesk.policies import AgentChoice, AtBreak, AtShiftEnd, Begins, Discipline
from simdesk.scenario.clocks import Hours, hours_of, office_calendar, own_clocks
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
    `always`. `office`, the users' own, and `team_calendar`, the opening hours of a wait for each team, are those by
    which the desk is judged; `business_calendar` is that in which business time of each team runs, such as the time
    until it notices a hand-off. Shifts are in none of them. `window` is the measured time [from, to), `horizon` the
    last instant that a run may reach, both in seconds; with more than `most_open` tickets open or after `most_events`
    arrivals and touches it is cut short.
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
    business_calendar: Ints
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
    clocks, own = scenario.clocks, own_clocks(scenario)
    built = _calendars(scenario, timeline, days)
    judging = {
        hours: _place(hours, built, scenario, timeline, days) for hours in (clocks.office, *clocks.teams.values())
    }
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
        team_calendar=_ints(judging[clocks.teams[name]] for name in scenario.teams),
        business_calendar=_ints(calendar_number[own.teams[name].name] for name in scenario.teams),
        midnights=tuple(timeline.midnights(-1, days + 1, _zone(scenario, team)) for team in teams),
        office=judging[clocks.office],
        window=window_of(scenario),
        horizon=horizon,
        most_open=scenario.run.most_open_tickets,
        most_events=scenario.run.most_events,
    )


def calendars_used(scenario: Scenario) -> set[str]:
    """Names of the calendars that something runs in: a team, the users' office hours, or a wait for the user."""
    pending = scenario.flow.pending
    named: set[str | None] = {team.stated_calendar for team in scenario.teams.values()} | {office_calendar(scenario)}
    named.add(pending.calendar if pending is not None else None)
    return {name for name in scenario.calendars if name in named}


def _calendars(scenario: Scenario, timeline: Timeline, days: int) -> dict[str, Calendar]:
    """`always`, and the calendars that are used."""
    built, used = {"always": always()}, calendars_used(scenario)
    zone = scenario.run.time_zone
    for name in scenario.calendars:
        if name in used:
            written = hours_of(scenario, name).written
            built[name] = _laid_out(written, zone, timeline, -MARGIN_DAYS, days + 2 * MARGIN_DAYS).called(name)
    return built


def _place(hours: Hours, built: dict[str, Calendar], scenario: Scenario, timeline: Timeline, days: int) -> int:
    """Where the calendar of some hours is among those that are built; one of another desk is added to them."""
    if not hours.written:
        return 0
    calendar = _laid_out(hours.written, scenario.run.time_zone, timeline, -MARGIN_DAYS, days + 2 * MARGIN_DAYS)
    own = hours.name in scenario.calendars and hours_of(scenario, hours.name) == hours
    name = hours.name if own else f"{hours.name}/as it stands"
    built.setdefault(name, calendar.called(name))
    return list(built).index(name)


def business_day(scenario: Scenario) -> int:
    """Seconds of a business day of the users' office hours by which a desk is judged: of promises and bounds."""
    office = scenario.clocks.office
    if not office.written:
        return DAY
    timeline, days = timeline_of(scenario), -(-horizon_of(scenario) // DAY) + 2
    zone = scenario.run.time_zone
    return _laid_out(office.written, zone, timeline, -MARGIN_DAYS, days + 2 * MARGIN_DAYS).day_length


def _ints(values: Iterable[int]) -> Ints:
    return np.array([int(value) for value in values], dtype=np.int64)


def closed_dates(hours: CalendarHours, first: date, last: date) -> dict[date, str]:
    """Dates on which a calendar is closed, with the reason."""
    closed = {date.fromisoformat(text): "closed" for text in hours.closed_on}
    if hours.holidays is not None:
        closed |= public_holidays(hours.holidays, range(first.year, last.year + 1))
    return closed


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
    """Whether the shifts of a team together last day and night, all week."""
    spells = sorted(
        ((day + round_again) * DAY + begin, (day + round_again) * DAY + end)
        for hours in _shift_hours(team, scenario).values()
        for day, intervals in hours.weekly().items()
        for begin, end in intervals
        for round_again in (-7, 0)
    )
    covered = 0
    for begin, end in spells:
        if begin > covered:
            return False
        covered = max(covered, end)
    return covered >= 7 * DAY


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
    weekly = {weekday: _with_ends(_without_seams(spells)) for weekday, spells in hours.weekly().items()}
    open_on = [day for day in range(-DAYS_BEFORE, days) if timeline.date(day) not in closed]
    following = {day for day in open_on if day + 1 in open_on and weekly.get(timeline.date(day + 1).weekday())}
    table = np.array(
        [
            (day, begin, end, shift.begins_on, shift.goes_on and (day in following or not shift.tomorrow))
            for day in open_on
            for begin, end, shift in weekly.get(timeline.date(day).weekday(), ())
        ],
        dtype=np.int64,
    ).reshape(-1, 5)
    day, breaks = table[:, 0] + table[:, 3], table[:, 4]
    first = np.maximum(timeline.wall(table[:, 0], table[:, 1], zone), 0)
    last = np.minimum(timeline.wall(table[:, 0], table[:, 2], zone), horizon)
    order = np.lexsort((last, first))
    day, first, last, breaks = day[order], first[order], last[order], breaks[order]
    first[1:] = np.maximum(first[1:], np.maximum.accumulate(last)[:-1])  # nobody is on duty twice at once
    kept = last > first
    return day[kept], first[kept], last[kept], breaks[kept]


class _Part(NamedTuple):
    """What an interval of hours is of a shift.

    Attributes:
        begins_on: 0, or −1 if its shift began on the evening before.
        goes_on: whether the shift goes on after it.
        tomorrow: whether it goes on on the next date, if that has hours.
    """

    begins_on: int
    goes_on: bool
    tomorrow: bool


def _with_ends(spells: tuple[tuple[int, int], ...]) -> list[tuple[int, int, _Part]]:
    """Intervals of a date, each with its part of a shift: the longest gap of day and night ends the shift, and of equal
    ones the last; every other gap is a break."""
    if not spells:
        return []
    following = [*(begin for begin, _ in spells[1:]), spells[0][0] + DAY]
    gaps = [begin - end for begin, (_, end) in zip(following, spells, strict=True)]
    last = len(spells) - 1
    end_of_shift = max(range(len(spells)), key=lambda at: (gaps[at], at))
    return [
        (begin, end, _Part(-1 if at <= end_of_shift < last else 0, at != end_of_shift, at == last))
        for at, (begin, end) in enumerate(spells)
    ]


def _without_seams(spells: tuple[tuple[int, int], ...]) -> tuple[tuple[int, int], ...]:
    """Hours of a day, sorted; those that touch are one."""
    joined: list[tuple[int, int]] = []
    for begin, end in spells:
        if joined and joined[-1][1] == begin:
            joined[-1] = joined[-1][0], end
        else:
            joined.append((begin, end))
    return tuple(joined)
