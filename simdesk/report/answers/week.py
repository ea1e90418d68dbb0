"""What a planned week says: the shifts, what the desk does with them in the simulation, and who works when."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from simdesk.experiment.sheet import Key
from simdesk.experiment.staffing.week import PLANNED, PlannedWeek
from simdesk.report.answers.compare import tell_comparison
from simdesk.report.answers.rosters import tell_roster
from simdesk.report.answers.shifts import UNTRIED, tell_shifts
from simdesk.report.told import Told
from simdesk.report.words import interval, value

_UNTOLD: Final = (Key("still_open"),)
"""Read with every replication, asked for by nobody."""


def tell_week(week: PlannedWeek) -> Told:
    """A planned week in words, figures and tables."""
    shifts = tell_shifts(week.plan, week.needed)
    keys = [key for name, key in week.simulated.differences if name == PLANNED and key not in _UNTOLD]
    simulated = tell_comparison(week.simulated, keys)
    people = tell_roster(week.roster) if week.roster is not None else None
    parts = [shifts, *([people] if people is not None else []), simulated]
    return Told(
        sentence=shifts.sentence,
        details=(
            *_checked(week),
            *shifts.details,
            *((people.sentence, *people.details) if people is not None else ()),
            *simulated.details,
        ),
        warnings=tuple(dict.fromkeys(text for part in parts for text in part.warnings if text != UNTRIED)),
        panels=(*shifts.panels, *simulated.panels),
        tables=tuple(table for part in parts for table in part.tables),
    )


def _checked(week: PlannedWeek) -> Iterator[str]:
    """What the simulated desk serves without a wait, beside what was asked for."""
    key = Key("without_wait", "team", week.team)
    sides = {"as it stands": week.simulated.base, "with these shifts": week.simulated.alternatives[PLANNED]}
    told = []
    for name, runs in sides.items():
        found = runs.estimate(key, week.simulated.confidence)
        told.append(f"{name} {value(found.value, 'share')} ({interval(found, 'share')})")
    asked = f"{100 * week.wanted:g} %"
    if week.needed.answered_within is not None:
        asked += f" within {value(week.needed.answered_within, 'time')}"
    yield f"Simulated, the tickets that {week.team} serves without a wait are {', '.join(told)}; asked was {asked}."
