"""Plans that were simulated, each only as precisely as it takes to say whether it keeps the targets.

Knows goals, plans and their readings under common luck; not which plan to look at next.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from simdesk.errors import RunError
from simdesk.experiment.estimate import Estimate, estimate
from simdesk.experiment.lab import Lab
from simdesk.experiment.sheet import Key, describe
from simdesk.experiment.staffing.start import Plan, Workforce
from simdesk.experiment.targets import Verdict, bound_of, key_of
from simdesk.measures import COST_LABELS
from simdesk.measures.readings import Reading
from simdesk.scenario.loading import alternative
from simdesk.scenario.model import Scenario

_DECIDES: Final = 0.99
"""Confidence with which the search calls a plan good or bad; the answer itself rests on the certificate."""


@dataclass(frozen=True, slots=True)
class Goal:
    """A target as a limit on a measure.

    Attributes:
        name: of the target.
        key: of the measure.
        bound: in the unit of the measure.
        sign: +1 if it is the least, −1 if it is the most.
        written: the bound as it was written, if that is business time.
    """

    name: str
    key: Key
    bound: float
    sign: int
    written: str = ""

    @property
    def helped(self) -> bool:
        """Whether more people can only bring it nearer: a wait that must be short, not a cost that must be small."""
        better = describe(self.key)[2]
        return self.key.measure not in COST_LABELS and better == ("higher" if self.sign > 0 else "lower")

    @property
    def unit(self) -> str:
        """How its values are told: that of the measure, or `business time`."""
        return "business time" if self.written else describe(self.key)[1]

    def margin(self, found: Estimate) -> Margin:
        """How far a plan keeps it."""
        ends = sorted(self.sign * (end - self.bound) for end in (found.low, found.high))
        verdict = Verdict.UNDECIDED
        if math.isnan(found.value):
            verdict = Verdict.MISSED  # of nothing nobody can say that it is kept
        elif ends[0] >= 0:
            verdict = Verdict.MET
        elif ends[1] < 0:
            verdict = Verdict.MISSED
        return Margin(self, found, verdict)


def goals_of(scenario: Scenario) -> tuple[Goal, ...]:
    """The targets of a scenario."""
    goals = []
    for name, target in scenario.targets.items():
        sign = 1 if target.at_least is not None else -1
        written = str(target.bound.written()) if target.bound.business else ""
        goals.append(Goal(name, key_of(target), bound_of(scenario, target), sign, written))
    return tuple(goals)


@dataclass(frozen=True, slots=True)
class Margin:
    """How far a plan keeps a target.

    Attributes:
        goal: the target.
        estimate: of its measure.
        verdict: whether its interval lies on the good side of the bound, on the bad one, or on both.
    """

    goal: Goal
    estimate: Estimate
    verdict: Verdict

    @property
    def relative(self) -> float:
        """Distance from the bound as a part of it, positive if kept; −∞ if there is nothing to measure."""
        value = self.goal.sign * (self.estimate.value - self.goal.bound)
        return -math.inf if math.isnan(value) else value / (abs(self.goal.bound) or 1.0)


@dataclass(frozen=True, slots=True)
class Visit:
    """A plan that the search has simulated.

    Attributes:
        plan: people of each team that was asked about.
        cost: of the whole desk in a month; people if there are no costs.
        margins: one a target.
        replications: spent on it.
        opening: relative margins after the first round, which every plan has met with the same luck.
    """

    plan: Plan
    cost: float
    margins: tuple[Margin, ...]
    replications: int
    opening: tuple[float, ...]

    @property
    def verdict(self) -> Verdict:
        """Whether it keeps all targets; undecided if it is too close to call."""
        each = {margin.verdict for margin in self.margins}
        if Verdict.MISSED in each:
            return Verdict.MISSED
        return Verdict.UNDECIDED if Verdict.UNDECIDED in each else Verdict.MET

    @property
    def promising(self) -> bool:
        """Whether it keeps all targets as far as one sees, surely or not."""
        return self.verdict is not Verdict.MISSED and self.worst.relative >= 0

    @property
    def worst(self) -> Margin:
        """The target that it keeps least, or misses most."""
        return min(self.margins, key=lambda margin: margin.relative)

    @property
    def too_few(self) -> bool:
        """Whether it misses a target that people help to keep, so that fewer people would miss it too."""
        return any(margin.goal.helped and not margin.relative >= 0 for margin in self.margins)


class Book:
    """Every plan that was simulated, under luck that all plans share.

    Args:
        scenario: the desk.
        staff: whose people are varied.
        goals: what they must keep.
        lab: where it is simulated.
        first: replications of every plan.
        most: replications after which a plan that is too close to call is left so.
    """

    def __init__(
        self, scenario: Scenario, staff: Workforce, goals: tuple[Goal, ...], lab: Lab, *, first: int, most: int
    ) -> None:
        self.scenario, self.staff, self.goals, self.lab = scenario, staff, goals, lab
        self.visits: dict[Plan, Visit] = {}
        self._first, self._most = first, most
        self._readings: dict[Plan, dict[Key, list[Reading]]] = {}

    @property
    def replications(self) -> int:
        """Spent on all plans together."""
        return sum(visit.replications for visit in self.visits.values())

    def desk(self, plan: Plan) -> Scenario:
        """The desk with the people of a plan."""
        teams = zip(self.staff.teams, plan, strict=True)
        return alternative(self.scenario, {f"teams.{team}.agents": people for team, people in teams})

    def look(self, plans: Iterable[Plan]) -> list[Visit]:
        """What plans are worth; those that are too close to call get more replications, in rounds that double."""
        wanted = list(dict.fromkeys(plans))
        still = [plan for plan in wanted if plan not in self.visits]
        begin, end = 0, self._first
        while still and begin < end:
            self._simulate(still, range(begin, end))
            still = [plan for plan in still if self.visits[plan].verdict is Verdict.UNDECIDED]
            begin, end = end, min(2 * end, self._most)
        return [self.visits[plan] for plan in wanted]

    def _simulate(self, plans: Sequence[Plan], numbers: range) -> None:
        keys = {goal.key for goal in self.goals}
        desks = [self.desk(plan) for plan in plans]
        for plan, sheets in zip(plans, self.lab.sheets(desks, numbers, keys), strict=True):
            readings = self._readings.setdefault(plan, {key: [] for key in keys})
            for number in numbers:
                for key in keys:
                    readings[key].append(sheets[number].readings[key])
            margins = tuple(goal.margin(estimate(readings[goal.key], _DECIDES)) for goal in self.goals)
            seen = self.visits.get(plan)
            opening = seen.opening if seen else tuple(margin.relative for margin in margins)
            self.visits[plan] = Visit(plan, self.staff.cost(plan), margins, numbers.stop, opening)


def require_goals(scenario: Scenario) -> None:
    """Refuse a desk without targets.

    Raises:
        RunError: says how to state one.
    """
    if not scenario.targets:
        raise RunError(
            f"'{scenario.title}' states no targets, so no staffing is too small; add e.g. "
            "targets: {in-time: {measure: resolution_sla, at_least: 90 %}}"
        )
