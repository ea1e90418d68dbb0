"""By which clocks a desk is judged: the users' office hours, and the opening hours of a wait for each team.

They come from what is written as hours, never from who is on shift, so that no roster moves its own yardstick.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from simdesk.durations import DAY

if TYPE_CHECKING:
    from simdesk.scenario.model import Scenario

ALWAYS: Final = "always"
"""Name of the calendar that is open day and night."""


@dataclass(frozen=True, slots=True)
class Hours:
    """Opening hours as they are written.

    Attributes:
        written: a `CalendarHours` as JSON, its time zone filled in; empty for `always`.
        name: of the calendar; equal hours of two names are equal.
    """

    written: str
    name: str = field(compare=False)


@dataclass(frozen=True, slots=True)
class Clocks:
    """By which clocks a desk is judged.

    Attributes:
        office: the users' office hours: promises in business time, lost time and business measures.
        teams: opening hours of a wait in the queue of each team, by name.
    """

    office: Hours
    teams: Mapping[str, Hours]

    @property
    def mark(self) -> str:
        """A short mark; equal for equal hours, whatever the teams are called."""
        hours = [self.office.written, *sorted({hours.written for hours in self.teams.values()})]
        return sha256(json.dumps(hours).encode()).hexdigest()[:8]

    @property
    def written(self) -> dict[str, str]:
        """The hours as plain data: those of the users without a name, then those of each team."""
        return {"": self.office.written, **{name: hours.written for name, hours in self.teams.items()}}

    def over(self, other: Clocks, scenario: Scenario) -> Clocks:
        """These clocks for another desk; its teams that are not known here keep the hours that they state.

        Args:
            other: the clocks of that desk itself.
            scenario: that desk.
        """
        stated = {name for name, team in scenario.teams.items() if team.stated_calendar is not None}
        fallback = {name: other.teams[name] if name in stated else self.office for name in scenario.teams}
        return Clocks(self.office, {name: self.teams.get(name, hours) for name, hours in fallback.items()})


def office_calendar(scenario: Scenario) -> str:
    """Name of the calendar in which users work: the one that is stated, else that of the first team in the file that
    is not open round the clock, else `always`."""
    if scenario.service_levels.calendar is not None:
        return scenario.service_levels.calendar
    names = (team.calendar for team in scenario.teams.values())
    return next((name for name in names if not _round_the_clock(scenario, name)), ALWAYS)


def own_clocks(scenario: Scenario) -> Clocks:
    """The clocks that a desk states itself: a team that states no calendar is open in the users' office hours."""
    office = office_calendar(scenario)
    teams = {name: team.stated_calendar or office for name, team in scenario.teams.items()}
    written = {name: hours_of(scenario, name) for name in {office, *teams.values()}}
    return Clocks(written[office], {team: written[name] for team, name in teams.items()})


def hours_of(scenario: Scenario, name: str) -> Hours:
    """The opening hours of a calendar by its name."""
    if name == ALWAYS:
        return Hours("", name)
    hours = scenario.calendars[name]
    zone = hours.time_zone or scenario.run.time_zone
    return Hours(hours.model_copy(update={"time_zone": zone}).model_dump_json(), name)


def _round_the_clock(scenario: Scenario, name: str) -> bool:
    """Whether a calendar is open at every hour of all seven days; its spells never overlap."""
    if name == ALWAYS:
        return True
    week = scenario.calendars[name].weekly().values()
    return sum(end - begin for day in week for begin, end in day) == 7 * DAY
