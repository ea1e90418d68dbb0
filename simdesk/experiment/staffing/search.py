"""The cheapest staffing that keeps every target, certified by luck that the search never met."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from simdesk.errors import RunError
from simdesk.experiment.estimate import CONFIDENCE
from simdesk.experiment.lab import Lab, at_work
from simdesk.experiment.staffing.certificate import FRESH, Certificate, Proof, certify
from simdesk.experiment.staffing.exchange import Search
from simdesk.experiment.staffing.plans import Book, Visit, goals_of, require_goals
from simdesk.experiment.staffing.start import Plan, Workforce, suited_waiting, workforce
from simdesk.experiment.targets import Verdict, check_targets
from simdesk.scenario.excerpts import nearest, quoted
from simdesk.scenario.model import Scenario

if TYPE_CHECKING:
    import pandas as pd

_LONGER: Final = 8
"""A plan that is too close to call gets at most so many times the replications of the others."""
_FEWEST: Final = 10
"""Replications of each plan unless somebody asks for fewer."""
_PLENTY: Final = 3
"""Times the first guess, and some: beyond that nobody waits for want of people."""
_SOME: Final = 5

Bounds = tuple[int, int]


@dataclass(frozen=True)
class Staffing:
    """The recommended plan, its certificate, and everything that was looked at on the way.

    Attributes:
        scenario: the desk as it stands.
        staff: the teams that were asked about, in the order of every plan, and what their people cost and can do.
        issued: the certificate of the recommended plan; of a plan that was not certified, the last that was tried, and
            where targets are out of reach, of the most people that were allowed.
        out_of_reach: targets that are shown to be missed even by the most people that were allowed.
        most: these people.
        lower_bound: the cheapest plan that can serve all work but that of users who may give up; None if the most
            people cannot.
        start: the first guess.
        today: the plan as the scenario has it.
        second_best: the next cheapest plan that looked good; it lost because it costs more.
        near_miss: of the cheaper plans the one that came nearest; it lost because it misses a target, or seems to.
        refused: certificates of cheaper plans that looked good and were not kept.
        complete: whether every cheaper plan was ruled out by the search, if fewer people are never better.
        visited: every plan that was simulated, the cheapest first.
        certifying: replications of each certificate.
        confidence: that a certified plan keeps all targets.
        note: what a reader must know; nothing if there is nothing.
    """

    scenario: Scenario
    staff: Workforce
    issued: Certificate
    out_of_reach: tuple[str, ...]
    most: Plan
    lower_bound: Plan | None
    start: Plan
    today: Visit
    second_best: Visit | None
    near_miss: Visit | None
    refused: tuple[Certificate, ...]
    complete: bool
    visited: tuple[Visit, ...]
    certifying: int
    confidence: float
    note: str = ""

    @property
    def teams(self) -> tuple[str, ...]:
        """The teams that were asked about."""
        return self.staff.teams

    @property
    def plan(self) -> Plan:
        """People of each of these teams."""
        return self.issued.plan

    @property
    def cost(self) -> float:
        """Of the whole desk in a month of 30.4 days; people of the whole desk if no team has a cost."""
        return self.staff.cost(self.plan)

    @property
    def certified(self) -> bool:
        """Whether every target is shown to be kept, all together with the confidence."""
        return self.issued.kept

    @property
    def certificate(self) -> tuple[Proof, ...]:
        """Every target of the plan, judged by fresh replications."""
        return self.issued.proofs

    @cached_property
    def replications(self) -> int:
        """Spent by the search."""
        return sum(visit.replications for visit in self.visited)

    def table(self) -> pd.DataFrame:
        """Every plan that was simulated, tidy: a row for each plan and target, the cheapest plan first.

        Columns: `people:` and its name for each team, `cost, target, measure, by, of, bound, value, low, high, margin,
        verdict, replications, chosen`. Values are those of the search; times are in seconds.
        """
        import pandas as pd

        rows = []
        for visit in self.visited:
            for margin in visit.margins:
                rows.append(
                    {
                        **{f"people:{team}": count for team, count in zip(self.teams, visit.plan, strict=True)},
                        "cost": visit.cost,
                        "target": margin.goal.name, **margin.goal.key._asdict(), "bound": margin.goal.bound,
                        "value": margin.estimate.value, "low": margin.estimate.low, "high": margin.estimate.high,
                        "margin": margin.relative, "verdict": margin.verdict.name.lower(),
                        "replications": visit.replications, "chosen": visit.plan == self.plan,
                    }
                )  # fmt: skip
        return pd.DataFrame(rows)


def staff(
    scenario: Scenario,
    teams: Mapping[str, Bounds] | Sequence[str] | None = None,
    *,
    confidence: float = CONFIDENCE,
    replications: int | None = None,
    certify: int = 200,
    attempts: int = 5,
    lab: Lab | None = None,
) -> Staffing:
    """Find the cheapest staffing that keeps every target of a scenario, and certify it.

    The cost is that of the paid hours. Every target shall hold on average over runs of the scenario's length. The
    search simulates all plans with the same luck, those that are too close to call for longer, and takes fewer people
    never to be better. What it finds is simulated again with luck that nothing else has met; if a target is not shown
    to be kept then, the next cheapest plan is tried.

    Args:
        scenario: the desk, with its targets.
        teams: whose people may change, with their fewest and most; all that say how many agents they have, from
            none to plenty, unless stated.
        confidence: that a certified plan keeps all targets.
        replications: of each plan in the search, at first; the scenario's own number, but at least ten, unless stated.
        certify: replications of each certificate.
        attempts: plans for which a certificate is tried at most.
        lab: where it is simulated.

    Raises:
        RunError: there is no target or no team to ask about, or bounds are nonsensical.
        ScenarioError: a target cannot be judged.
    """
    require_goals(scenario)
    check_targets(scenario)
    first = max(scenario.run.replications, _FEWEST) if replications is None else replications
    _require(first, certify, attempts, confidence)
    people = workforce(scenario, _asked(scenario, teams))
    with at_work(lab) as here:
        book = Book(scenario, people, goals_of(scenario), here, first=first, most=min(_LONGER * first, FRESH))
        question = _Question(book, *_limits(book, teams if isinstance(teams, Mapping) else {}), certify, confidence)
        return question.answer(attempts)


def _require(replications: int, certify: int, attempts: int, confidence: float) -> None:
    if not 2 <= replications <= FRESH:
        raise RunError(f"the search needs from 2 to {FRESH:,} replications of each plan, not {replications}")
    if certify < 2 or attempts < 1:
        raise RunError("a certificate needs at least 2 replications and one attempt")
    if not 0.5 <= confidence < 1:
        raise RunError(f"the confidence must be at least 50 % and below 100 %, not {confidence}")


def _asked(scenario: Scenario, teams: Mapping[str, Bounds] | Sequence[str] | None) -> tuple[str, ...]:
    """Names of the teams that are asked about."""
    names = list(teams) if teams is not None else [n for n, team in scenario.teams.items() if team.agents is not None]
    for name in names:
        if name not in scenario.teams:
            raise RunError(f"no team named {quoted(name)}{nearest(name, scenario.teams)}")
        if scenario.teams[name].agents is None:
            raise RunError(
                f"team {name} has its agents in shifts; state teams.{name}.agents and the share of each shift, "
                "so that its number can be varied"
            )
    if not names:
        raise RunError("no team says how many agents it has, so there is nothing to vary; state teams.….agents")
    return tuple(names)


def _limits(book: Book, stated: Mapping[str, Bounds]) -> tuple[Plan, Plan, Plan]:
    """Fewest and most people of each team, and the first guess."""
    staff = book.staff
    shares = {goal.name: goal.bound for goal in book.goals if goal.unit == "share" and goal.sign > 0}
    guess = staff.guess(suited_waiting(shares))
    bounds = [
        stated.get(name, (0, max(_PLENTY * first + _SOME, now)))
        for name, first, now in zip(staff.teams, guess, staff.today, strict=True)
    ]
    for name, (fewest, most) in zip(staff.teams, bounds, strict=True):
        if not 0 <= fewest <= most:
            raise RunError(f"team {name} cannot have from {fewest} to {most} people; state the smaller number first")
    low, high = tuple(a for a, _ in bounds), tuple(b for _, b in bounds)
    least = staff.cheapest(low, high) or low
    start = tuple(min(max(x, y), b) for x, y, b in zip(guess, least, high, strict=True))
    return low, high, start


@dataclass(frozen=True)
class _Question:
    """One question of staffing on its way to the answer."""

    book: Book
    low: Plan
    high: Plan
    start: Plan
    replications: int
    confidence: float

    @cached_property
    def least(self) -> Plan | None:
        """The cheapest plan that can serve all work that is due."""
        return self.book.staff.cheapest(self.low, self.high)

    def answer(self, attempts: int) -> Staffing:
        """Search and certify, until a plan is certified or there is nothing left to try."""
        search = Search(self.book, self.low, self.high, served=self.least is not None)
        top = self.book.look([self.high, self.book.staff.today, self.start])[0]
        if any(margin.goal.helped and margin.verdict is Verdict.MISSED for margin in top.margins):
            return self._told(search, self._issued(self.high, 1))
        issued: Certificate | None = None
        refused: list[Certificate] = []
        for attempt in range(1, attempts + 1):
            plan = search.cheapest(self.start)
            if plan is None:
                break
            issued = self._issued(plan, attempt)
            if issued.kept:
                break
            refused.append(issued)
            search.reject(plan)
        return self._told(search, issued or self._issued(self.high, 1), refused)

    def _issued(self, plan: Plan, attempt: int) -> Certificate:
        return certify(
            self.book, plan, replications=self.replications, attempt=attempt, confidence=self.confidence,
            ceilings=plan == self.high,
        )  # fmt: skip

    def _told(self, search: Search, issued: Certificate, refused: Sequence[Certificate] = ()) -> Staffing:
        weight = self.book.staff.weight
        visits = sorted(self.book.visits.values(), key=lambda visit: (weight(visit.plan), visit.plan))
        dearer = [v for v in visits if search.good(v) and weight(v.plan) > weight(issued.plan)]
        cheaper = [v for v in visits if search.allowed(v.plan) and weight(v.plan) < weight(issued.plan)]
        top = issued.plan == self.high
        return Staffing(
            scenario=self.book.scenario,
            staff=self.book.staff,
            issued=issued,
            out_of_reach=tuple(p.goal.name for p in issued.proofs if top and p.missed and p.goal.helped),
            most=self.high,
            lower_bound=self.least,
            start=self.start,
            today=self.book.visits[self.book.staff.today],
            second_best=dearer[0] if dearer else None,
            near_miss=max(cheaper, key=lambda visit: visit.worst.relative, default=None),
            refused=tuple(refused),
            complete=search.complete,
            visited=tuple(visits),
            certifying=self.replications,
            confidence=self.confidence,
            note="; ".join(self._notes(search)),
        )

    def _notes(self, search: Search) -> Iterator[str]:
        if not self.book.staff.priced:
            yield "no team has a cost, so people are counted"
        if self.book.staff.uneven:
            yield "people of a team differ in paid hours, so each counts as their mean"
        if self.least is None:
            yield "within these limits nobody can serve all work in the long run"
        if not search.monotone:
            yield "a target is not one that more people can only help, so not every cheaper plan is ruled out"
