"""How much there is to simulate at a desk, and about what memory and time that takes, before any of it is done.

Expectations by a scenario's own words, without opening the desk. What a ticket, a step or a spell of presence costs was
measured (`python tests/benchmarks/sizes.py` measures it again); the estimates are rough, within a factor of two or
three, and more where hardly anything happens.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from simdesk.desk import MARGIN_DAYS, calendars_used, horizon_of
from simdesk.durations import DAY, WEEK, YEAR
from simdesk.experiment.load import first_teams
from simdesk.scenario.demand import at_tier
from simdesk.scenario.model import Scenario
from simdesk.scenario.people import CalendarHours, Team
from simdesk.workload.presence import pieces_of_a_shift

_EMPTY: Final = 180e6
_BYTES: Final = {"tickets": 800.0, "steps": 340.0, "shifts": 370.0, "spells": 340.0, "openings": 150.0}
"""Bytes of an idle process, and of each thing of a replication at its peak, when it is measured. [measured]"""
_BYTES_KEPT: Final = 8.0
"""Bytes a ticket of one distribution of a measure, which the answer is made of. [measured]"""
_DISTRIBUTIONS: Final = 11
"""Distributions that there are if every measure is read. [measured]"""
_SECONDS: Final = {"tickets": 2.5e-6, "steps": 6.5e-6, "spells": 3.5e-6, "teams": 8e-3}
_SECONDS_AT_LEAST: Final = 0.08
_SECONDS_A_STEP_AND_TEAM: Final = 1e-8
"""Seconds of one processor, with the kernel; each team looks through all steps for its own. [measured]"""
_SECONDS_OF_REFERENCE: Final = {"steps": 6e-5, "spells": 1.6e-5}
_BYTES_OF_REFERENCE: Final = {"steps": 900.0, "spells": 100.0}
"""What the reference engine takes on top. [measured]"""
_NEGLIGIBLE: Final = 1e-9
"""Share of tickets below which nobody follows them further up."""


@dataclass(frozen=True, slots=True)
class Size:
    """What one replication of a desk consists of, as expected.

    Attributes:
        tickets: those that arrive, and those open at the start.
        steps: pieces of work and delays of all tickets.
        shifts: paid shifts of all agents.
        spells: of presence, between breaks.
        openings: spells of opening hours of all calendars that are used.
        teams: queues.
    """

    tickets: float
    steps: float
    shifts: float
    spells: float
    openings: float
    teams: int

    def memory(self, engine: str) -> float:
        """Bytes of a process at the peak of one replication."""
        return _EMPTY + self._sum(_BYTES) + (self._sum(_BYTES_OF_REFERENCE) if engine == "reference" else 0.0)

    def kept(self, measures: int | None) -> float:
        """Bytes that remain of a replication for the answer, with so many measures; all of them if None."""
        read = _DISTRIBUTIONS if measures is None else min(measures, _DISTRIBUTIONS)
        return _BYTES_KEPT * self.tickets * read

    def seconds(self, engine: str) -> float:
        """Seconds of one processor for one replication."""
        plain = self._sum(_SECONDS)
        told = self._sum(_SECONDS_OF_REFERENCE) if engine == "reference" else 0.0
        return _SECONDS_AT_LEAST + plain + _SECONDS_A_STEP_AND_TEAM * self.steps * self.teams + told

    def _sum(self, each: Mapping[str, float]) -> float:
        return math.fsum(cost * float(getattr(self, what)) for what, cost in each.items())


def size_of(scenario: Scenario) -> Size:
    """The expected size of one replication."""
    weeks = horizon_of(scenario) / WEEK
    tickets = steps = 0.0
    for name in scenario.demand.types:
        coming = scenario.demand.per_week(name) * weeks * _growth(scenario, weeks * WEEK / YEAR)
        tickets += coming
        before = _steps_before_the_desk(scenario, name)
        for team, share in first_teams(scenario, name):
            steps += coming * share * (before + _steps_from(scenario, name, team))
    for team, by_type in scenario.run.open_at_start.items():
        for name, spec in by_type.items():
            tickets += spec.count
            steps += spec.count * _steps_from(scenario, name, team)
    there = [_presence(scenario, team, weeks) for team in scenario.teams.values()]
    shifts, spells = (sum(column) for column in zip(*there, strict=True))
    return Size(tickets, steps, shifts, spells, _openings(scenario, weeks), len(scenario.teams))


def _growth(scenario: Scenario, years: float) -> float:
    """Mean factor on volume over so many years."""
    rate = math.log(scenario.demand.growth.per_year)
    return math.expm1(rate * years) / (rate * years) if rate else 1.0


def _steps_before_the_desk(scenario: Scenario, name: str) -> float:
    kind = scenario.demand.types[name]
    tried = kind.self_service.attempted if kind.self_service is not None else 0.0
    covered = kind.automation.covered if kind.automation is not None else 0.0
    return tried + covered


def _steps_from(scenario: Scenario, name: str, team: str) -> float:
    """Expected steps of a ticket that gets to a team first, with its reopenings and its attempts after giving up."""
    climb = _steps_of_a_climb(scenario, name, team)
    reopen = scenario.flow.reopen
    again = _repeated(reopen.share, reopen.at_most) if reopen is not None else 0.0
    redials = max((_repeated(rule.redials, rule.at_most) for rule in scenario.patience.values()), default=0.0)
    return climb + again * (1 + climb) + 2 * redials


def _repeated(share: float, at_most: int) -> float:
    """Expected repetitions, each of which happens with the same probability if the one before it did."""
    return sum(share**times for times in range(1, at_most + 1))


def _steps_of_a_climb(scenario: Scenario, name: str, team: str) -> float:
    flow, kind = scenario.flow, scenario.demand.types[name]
    bounces = _repeated(flow.misroute.share, flow.misroute.at_most) if flow.misroute is not None else 0.0
    handed_on = 1 + 2 * bounces if flow.hand_off is not None else 0.0
    reaching, steps = 1.0, 0.0
    above: str | None = team
    while above is not None and reaching > _NEGLIGIBLE:
        spec = scenario.teams[above]
        waits = (at_tier(flow.pending.share, spec.tier) or 0.0) if flow.pending is not None else 0.0
        steps += reaching * (1 + 2 * waits)
        resolved = kind.resolved_at(spec.tier)
        above = None if resolved >= 1 else spec.escalates_to
        if above is not None:
            reaching *= 1 - resolved
            steps += reaching * handed_on
    return steps


def _presence(scenario: Scenario, team: Team, weeks: float) -> tuple[float, float]:
    """Expected shifts and spells of presence of a team."""
    away = 1 - team.ticket_time * (1 - team.shrinkage.breaks)
    if team.calendar == "always" and team.shifts is None and not away and not team.shrinkage.absent:
        return float(team.headcount), float(team.headcount)
    shifts = spells = 0.0
    for people, hours in _groups(scenario, team):
        for begin, end in (spell for day in hours.weekly().values() for spell in day):
            pieces = 1 + int(pieces_of_a_shift(end - begin)) * (away > 0)
            there = 1 - team.shrinkage.absent
            shifts += people * weeks
            spells += people * weeks * there * (pieces - there * (end - begin == DAY))  # whole days that touch are one
    return shifts, spells


def _groups(scenario: Scenario, team: Team) -> Iterable[tuple[float, CalendarHours]]:
    """Groups of agents of a team, with the hours that each works."""
    if team.shifts is None:
        yield team.headcount, scenario.calendars.get(team.calendar, CalendarHours(days="daily"))
        return
    for shift in team.shifts.values():
        people = shift.agents if shift.agents is not None else (shift.share or 0.0) * team.headcount
        yield people, CalendarHours(days=shift.days, hours=shift.hours)


def _openings(scenario: Scenario, weeks: float) -> float:
    """Spells of opening hours in the calendars that are opened; equal ones are opened once."""
    written = {scenario.calendars[name].model_dump_json(): name for name in calendars_used(scenario)}
    a_week = [_spells_a_week(scenario.calendars[name]) for name in written.values()]
    for team in scenario.teams.values():
        shifts = (team.shifts or {}).values()
        a_week += [_spells_a_week(CalendarHours(days=shift.days, hours=shift.hours)) for shift in shifts]
    return sum(a_week) * (weeks + 2 * MARGIN_DAYS * DAY / WEEK)


def _spells_a_week(hours: CalendarHours) -> int:
    return sum(map(len, hours.weekly().values()))
