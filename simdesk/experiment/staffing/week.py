"""A week of shifts for one team, from what is needed to who works when, and what the simulated desk says of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from simdesk.durations import DAY, HOUR, MINUTE
from simdesk.errors import RunError
from simdesk.experiment.compare import Comparison, compare
from simdesk.experiment.estimate import CONFIDENCE
from simdesk.experiment.lab import Lab
from simdesk.experiment.sheet import Key
from simdesk.experiment.staffing.contracts import Contract
from simdesk.experiment.staffing.patterns import WORKING_WEEK, Pattern, patterns
from simdesk.experiment.staffing.requirements import Requirements, requirements
from simdesk.experiment.staffing.rosters import Roster, roster
from simdesk.experiment.staffing.shifts import ShiftPlan, as_shifts, cover, refuse_what_nobody_can_cover
from simdesk.experiment.targets import key_of
from simdesk.scenario.model import Scenario

if TYPE_CHECKING:
    import pandas as pd

PLANNED: Final = "the planned shifts"
"""What the alternative with the plan is called."""


@dataclass(frozen=True)
class PlannedWeek:
    """People needed, shifts that provide them, and the desk that works them beside the desk as it stands.

    Attributes:
        team: whose week.
        needed: people needed in each interval.
        plan: the shifts.
        roster: named people for some weeks, if somebody asked for it.
        shifts: what `vary` needs so that the team works the plan.
        simulated: the desk as it stands, and with the plan.
        wanted: share of tickets that shall be served at once, or within a time.
    """

    team: str
    needed: Requirements
    plan: ShiftPlan
    roster: Roster | None
    shifts: dict[str, Any]
    simulated: Comparison
    wanted: float

    def table(self) -> pd.DataFrame:
        """One row for each form of shift that is worked; see `ShiftPlan.table`."""
        return self.plan.table()


def planned_week(
    scenario: Scenario,
    team: str,
    *,
    share: float = 0.8,
    within: float | None = None,
    earliest: int = 6 * HOUR,
    latest: int = 22 * HOUR,
    lengths: Sequence[float] = (8.0,),
    pause: float = 0.5,
    days: Sequence[str] = WORKING_WEEK,
    most_forms: int | None = None,
    contracts: Sequence[Contract] = (),
    weeks: int = 4,
    replications: int | None = None,
    confidence: float = CONFIDENCE,
    lab: Lab | None = None,
) -> PlannedWeek:
    """Plan the shifts of a team, and let the desk work them.

    Args:
        scenario: the desk as it stands.
        team: who is to be planned.
        share: of the tickets that shall be served at once, or within a time.
        within: that time, seconds.
        earliest, latest: first start and last end of a shift, seconds after midnight.
        lengths: working hours of a shift, without its break.
        pause: hours of the unpaid break after four hours, in shifts that are longer; 0 for none.
        days: sets of days that a shift may be worked on.
        most_forms: the most forms of shift that may be in use.
        contracts: terms of named people; without any there is no roster.
        weeks: of the roster.
        replications: of each side; the scenario's own number unless stated.
        confidence: of the intervals.
        lab: where it is simulated.

    Raises:
        RunError: nothing can cover what is needed, or a time makes no sense.
    """
    needed = _needed(scenario, team, share, within)
    forms = _forms(earliest, latest, lengths, pause, days)
    plan = cover(needed.people, forms, presence=needed.presence, most_forms=most_forms)
    people = roster(plan, contracts, weeks=weeks) if contracts else None
    shifts = as_shifts(plan, scenario, team)
    served, busy = Key("without_wait", "team", team), Key("occupancy", "team", team)
    stated = map(key_of, scenario.targets.values())
    wanted = [served, busy, Key("queue_wait", "team", team), Key("staff_cost"), Key("total_cost"), *stated]
    simulated = compare(
        scenario, {PLANNED: shifts}, replications=replications, confidence=confidence, wanted=wanted, lab=lab
    )
    return PlannedWeek(team, needed, plan, people, shifts, simulated, share)


def refuse_what_cannot_be_planned(
    scenario: Scenario,
    team: str,
    *,
    share: float,
    within: float | None,
    earliest: int,
    latest: int,
    lengths: Sequence[float],
    pause: float,
    days: Sequence[str],
    contracts: Sequence[Contract],
    weeks: int,
) -> None:
    """Refuse forms of shift that cannot cover what is needed, before a plan is looked for; see `planned_week`.

    Raises:
        RunError: no form of shift fits the hours or can be written down, nobody is needed, a time in which somebody is
            cannot be covered, or nobody can be assigned.
    """
    forms = _forms(earliest, latest, lengths, pause, days)
    needed = _needed(scenario, team, share, within)
    if not needed.people.any():
        raise RunError(f"no ticket comes to {team}, so that nobody is needed; look at demand and flow")
    refuse_what_nobody_can_cover(needed.people, forms, needed.presence)
    if contracts and not any(contract.people for contract in contracts):
        raise RunError("there is nobody to be assigned; state a contract with at least one person")


def _needed(scenario: Scenario, team: str, share: float, within: float | None) -> Requirements:
    return requirements(
        scenario,
        team,
        answered_within=within,
        share=share if within is not None else None,
        delay_probability=1 - share,
        interval=30 * MINUTE,
    )


def _forms(
    earliest: int, latest: int, lengths: Sequence[float], pause: float, days: Sequence[str]
) -> tuple[Pattern, ...]:
    """Forms of shift whose hours a scenario can say: no break ends after midnight."""
    found = patterns(
        earliest=earliest,
        latest=latest,
        lengths=[round(length * HOUR) for length in lengths],
        break_length=round(pause * HOUR),
        days=days,
    )
    said = tuple(form for form in found if form.spells[-1][0] < DAY)
    if not said:
        raise RunError(
            "every break would end after midnight, which the hours of a day cannot say; allow an earlier start, or "
            "state pause: 0 and count it in the team's shrinkage.breaks"
        )
    return said
