"""What two popular calculations are given, and what was simulated beside them: for one team, before and after a change.

The ratio calculation is done here: work for each person before and after, and the belief that waits follow it. For the
formula of queueing theory the replications stand ready; some of them are complete, with series.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from simdesk.experiment.estimate import CONFIDENCE, Estimate, sample
from simdesk.experiment.lab import Lab
from simdesk.experiment.load import TeamLoad, team_loads
from simdesk.experiment.quotient import Quotient, quotient
from simdesk.experiment.replications import Replications
from simdesk.experiment.sheet import Key
from simdesk.scenario.model import Scenario

HANDFUL: Final = 5
"""Complete replications that a formula is fed from."""
_SAME: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Staffing:
    """A team as a ratio calculation sees it.

    Attributes:
        people: all agents of the team.
        load: what it is asked for and what it can do.
    """

    people: int
    load: TeamLoad

    @property
    def work_each(self) -> float:
        """Hours of work a week for each person; NaN of nobody."""
        return self.load.offered / self.people if self.people else math.nan


@dataclass(frozen=True, slots=True)
class Naive:
    """One team before and after a change.

    Attributes:
        alternative: the change.
        team: the first whose load or staffing changes.
        before, after: the team as a ratio calculation sees it.
        runs: replications before and after; the first of them are complete.
        loads: of all teams, before and after.
        waits: mean wait in the team's queue, before and after, as simulated.
        change: relative change of that wait, as simulated; −0.2 is a fall by a fifth.
        confidence: of these intervals.
    """

    alternative: str
    team: str
    before: Staffing
    after: Staffing
    runs: tuple[Replications, Replications]
    loads: tuple[list[TeamLoad], list[TeamLoad]]
    waits: tuple[Estimate, Estimate]
    change: Quotient
    confidence: float = CONFIDENCE

    @property
    def ratio_change(self) -> float:
        """What the ratio calculation says of the wait: it follows the work for each person; NaN of nobody."""
        return self.after.work_each / self.before.work_each - 1 if self.before.work_each else math.nan


def team_that_changes(base: Scenario, other: Scenario) -> str | None:
    """The first team, in the order of the base, whose expected load, capacity or number of people changes."""
    before = {load.team: load for load in team_loads(base)}
    after = {load.team: load for load in team_loads(other)}
    for name in base.teams:
        if name in other.teams and not _alike(before[name], after[name], base, other):
            return name
    return None


def _alike(before: TeamLoad, after: TeamLoad, base: Scenario, other: Scenario) -> bool:
    pairs = ((before.offered, after.offered), (before.capacity, after.capacity))
    same_people = base.teams[before.team].headcount == other.teams[before.team].headcount
    return same_people and all(math.isclose(one, two, rel_tol=_SAME) for one, two in pairs)


def keys_of_team(team: str) -> list[Key]:
    """What is read of the team in every replication."""
    return [Key(name, "team", team) for name in ("queue_wait", "occupancy")]


def naive_view(
    alternative: str, team: str, runs: Sequence[Replications], lab: Lab, *, confidence: float = CONFIDENCE
) -> Naive:
    """Both sides of a change, seen from one team.

    Args:
        alternative: name of the change.
        team: that changes; its wait and its occupancy have been read in all replications.
        runs: without the change and with it.
        lab: where the first replications are read again in full.
        confidence: of the intervals.
    """
    few = min(HANDFUL, len(runs[0].sheets))
    complete = lab.many([side.scenario for side in runs], few)
    before, after = (
        Replications(side.scenario, (*some.sheets, *side.sheets[few:]), side.engine)
        for side, some in zip(runs, complete, strict=True)
    )
    wait = Key("queue_wait", "team", team)
    loads = team_loads(before.scenario), team_loads(after.scenario)
    seen = [
        Staffing(side.scenario.teams[team].headcount, next(load for load in some if load.team == team))
        for side, some in zip((before, after), loads, strict=True)
    ]
    return Naive(
        alternative=alternative,
        team=team,
        before=seen[0],
        after=seen[1],
        runs=(before, after),
        loads=loads,
        waits=(before.estimate(wait, confidence), after.estimate(wait, confidence)),
        change=quotient(sample(after.readings(wait)), sample(before.readings(wait)), confidence).less(1),
        confidence=confidence,
    )
