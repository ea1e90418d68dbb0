"""The cheapest set of shifts that covers what is needed: Dantzig's covering problem as an integer programme.

One whole number for each form of shift says how many people work it. Knows no scenario but to write a plan into one.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simdesk.durations import DAY, HOUR
from simdesk.errors import RunError
from simdesk.experiment.staffing.patterns import Pattern
from simdesk.experiment.staffing.requirements import WEEKDAYS, clock
from simdesk.scenario.model import Scenario

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]

EXACT: Final = 1e-6
"""Gap below which a plan is the best there is; the accuracy of the solver."""
_MOST_INTERVALS: Final = 288


@dataclass(frozen=True, slots=True)
class ShiftPlan:
    """How many people work which form of shift, and what that covers.

    Attributes:
        forms: forms of shift that anybody works, each with its number of people.
        required: people needed at their place in each interval; shape (7, intervals a day).
        present: people expected at their place, breaks and shrinkage taken off; same shape.
        presence: share of a working hour in which one is there for tickets.
        cost: paid hours a week, weighted by their price, and the price of the gaps.
        bound: no plan of the forms offered costs less; as the solver has proved.
        relaxed: the same bound if people could be divided (linear programme); never above `bound`.
        gap: (cost − bound) / cost, 0 if nothing can be cheaper.
        offered: how many forms there were to choose from.
        most_people, most_forms: what a plan was allowed at most; the bounds hold for such plans only.
        price_of_gaps: paid hours that a missing person-hour counts for, if gaps were allowed.
    """

    forms: tuple[tuple[Pattern, int], ...]
    required: Floats
    present: Floats
    presence: float
    cost: float
    bound: float
    relaxed: float
    gap: float
    offered: int
    most_people: int | None = None
    most_forms: int | None = None
    price_of_gaps: float | None = None

    @property
    def people(self) -> int:
        """All who work."""
        return sum(count for _, count in self.forms)

    @property
    def paid_hours(self) -> float:
        """Hours paid in a week."""
        return sum(pattern.paid_hours * count for pattern, count in self.forms)

    @property
    def interval(self) -> int:
        """Seconds of an interval."""
        return DAY // len(self.required[0])

    @property
    def uncovered(self) -> Floats:
        """People missing in each interval; shape as `required`. What is due to rounding is none."""
        missing = np.maximum(self.required - self.present, 0.0)
        return np.where(missing > EXACT, missing, 0.0)

    @property
    def uncovered_hours(self) -> float:
        """Person-hours a week that are needed and not there."""
        return float(self.uncovered.sum()) * self.interval / HOUR

    @property
    def required_hours(self) -> float:
        """Person-hours a week that are needed."""
        return float(self.required.sum()) * self.interval / HOUR

    @property
    def present_hours(self) -> float:
        """Person-hours a week that are there."""
        return float(self.present.sum()) * self.interval / HOUR

    @property
    def surplus(self) -> float:
        """Share of the time there that is more than needed; 0 if nobody is there."""
        more = float(np.maximum(self.present - self.required, 0.0).sum()) * self.interval / HOUR
        return more / self.present_hours if self.present_hours else 0.0

    @property
    def is_best(self) -> bool:
        """Whether it is proved that no plan of these forms costs less."""
        return self.gap <= EXACT

    def table(self) -> pd.DataFrame:
        """One row for each form worked: columns `days, hours, people, paid_hours, price` (hours a week of them all)."""
        import pandas as pd

        rows = [
            {
                "days": pattern.days_text, "hours": told_hours(pattern), "people": count,
                "paid_hours": pattern.paid_hours * count, "price": pattern.price,
            }
            for pattern, count in self.forms
        ]  # fmt: skip
        return pd.DataFrame(rows, columns=["days", "hours", "people", "paid_hours", "price"])


def told_hours(pattern: Pattern) -> str:
    """Hours for a reader: `08:00-12:00, 12:30-16:30`, also past midnight."""
    return ", ".join(f"{clock(begin % DAY)}-{clock(end if end <= DAY else end - DAY)}" for begin, end in pattern.spells)


def cover(
    required: ArrayLike,
    patterns: Sequence[Pattern],
    *,
    presence: float = 1.0,
    most_people: int | None = None,
    most_forms: int | None = None,
    price_of_gaps: float | None = None,
    time_limit: float = 20.0,
) -> ShiftPlan:
    """The cheapest people and shifts that put at least as many people at their place as are needed.

    A person counts in an interval for the part of it in which he is not before, after or in the break of his shift,
    times `presence`: the cover is an expectation, and on a day with much sickness there are fewer.

    Args:
        required: people needed in each interval of a week, Monday first, shape (7, intervals a day).
        patterns: the forms of shift to choose from.
        presence: share of a working hour in which one is there for tickets (1 − shrinkage).
        most_people: the most who can be employed.
        most_forms: the most forms that may be in use, so that a plan can be remembered.
        price_of_gaps: paid hours that an uncovered person-hour is worth; every hour must be covered unless stated.
        time_limit: seconds after which the best plan so far is taken, with its gap.

    Raises:
        RunError: the requirement has another shape, a time that is needed cannot be covered, or nothing was found.
    """
    needed = _checked(required, presence)
    if not patterns:
        raise RunError("there is no form of shift to choose from; see patterns()")
    if price_of_gaps is not None and price_of_gaps < 0:
        raise RunError(f"the price of a gap must be at least 0, not {price_of_gaps:g}")
    there = _there(needed, patterns, presence)
    if price_of_gaps is None:
        _refuse_bare_times(needed, there)
    problem = _Programme(needed.ravel(), there, np.array([p.cost for p in patterns]), DAY / HOUR / needed.shape[1])
    solved = problem.solve(most_people, most_forms, price_of_gaps, time_limit)
    if solved is None:
        raise RunError(_why_not(problem, most_people, most_forms, time_limit))
    counts, cost, bound = solved
    chosen = sorted((at for at, count in enumerate(counts) if count), key=lambda at: _order(patterns[at]))
    return ShiftPlan(
        forms=tuple((patterns[at], int(counts[at])) for at in chosen),
        required=needed,
        present=(there @ counts).reshape(needed.shape),
        presence=presence,
        cost=cost,
        bound=bound,
        relaxed=min(problem.relaxed(most_people, price_of_gaps), bound),
        gap=max(0.0, (cost - bound) / cost) if cost > 0 else 0.0,
        offered=len(patterns),
        most_people=most_people,
        most_forms=most_forms,
        price_of_gaps=price_of_gaps,
    )


def as_shifts(plan: ShiftPlan, scenario: Scenario, team: str) -> dict[str, Any]:
    """What `vary` needs so that a team works a plan: its shifts, and no agents besides.

    Shifts that the team had stay with nobody in them, because a scenario's names cannot be taken away.

    Args:
        plan: what `cover` found.
        scenario: the desk that is to be varied.
        team: which team is to work it.

    Raises:
        RunError: there is no such team, nobody works, or a break after midnight cannot be written as hours of a day.
    """
    if team not in scenario.teams:
        raise RunError(f"there is no team '{team}'; known: {', '.join(scenario.teams)}")
    if not plan.forms:
        raise RunError("nobody works in this plan, so there are no shifts to give to a team")
    shifts: dict[str, dict[str, Any]] = {
        name: {"agents": 0, "share": None} for name in scenario.teams[team].shifts or {}
    }
    for pattern, count in plan.forms:
        shift = {"agents": count, "days": pattern.days_text, "hours": pattern.hours_text}
        shifts[pattern.name] = {**shift, **({"share": None} if pattern.name in shifts else {})}
    return {f"teams.{team}.agents": None, f"teams.{team}.shifts": shifts}


def _order(pattern: Pattern) -> tuple[object, ...]:
    return pattern.days, pattern.start, pattern.length, pattern.break_after


def _checked(required: ArrayLike, presence: float) -> Floats:
    needed = np.asarray(required, np.float64)
    if needed.ndim != 2 or needed.shape[0] != 7 or not 0 < needed.shape[1] <= _MOST_INTERVALS or DAY % needed.shape[1]:
        raise RunError(f"people are needed by weekday and interval, such as (7, 48); this has the shape {needed.shape}")
    if not np.isfinite(needed).all() or (needed < 0).any():
        raise RunError("a number of people needed must be at least 0 and known")
    if not 0 < presence <= 1:
        raise RunError(
            f"presence must be above 0 and at most 1, such as 0.7 for a shrinkage of 30 %; it is {presence:g}"
        )
    return needed


def refuse_what_nobody_can_cover(required: ArrayLike, patterns: Sequence[Pattern], presence: float) -> None:
    """Refuse a requirement that no number of people on these forms of shift could cover; see `cover`.

    Raises:
        RunError: naming the first time at which somebody is needed and no form of shift is there.
    """
    needed = _checked(required, presence)
    _refuse_bare_times(needed, _there(needed, patterns, presence))


def _there(needed: Floats, patterns: Sequence[Pattern], presence: float) -> Floats:
    """Part of each interval of the week in which one who works a form of shift is there, shape (intervals, forms)."""
    return np.array([pattern.present(needed.shape[1]).ravel() for pattern in patterns]).T * presence


def _refuse_bare_times(needed: Floats, there: Floats) -> None:
    bare = (needed.ravel() > 0) & (there.max(axis=1) <= 0)
    if bare.any():
        at, length = int(np.argmax(bare)), DAY // needed.shape[1]
        day, begin = WEEKDAYS[at // needed.shape[1]], at % needed.shape[1] * length
        more = f" and at {bare.sum() - 1} other times" if bare.sum() > 1 else ""
        raise RunError(
            f"no form of shift is there on {day} {clock(begin)}-{clock(begin + length)}{more}, when "
            f"{needed.ravel()[at]:g} are needed; offer other hours, lengths or days of shifts"
        )


def _why_not(problem: _Programme, most_people: int | None, most_forms: int | None, time_limit: float) -> str:
    """Which limit cannot be kept, with the least that would do."""
    if most_people is not None and (least := problem.fewest_people()) is not None and least > most_people:
        return (
            f"most_people: {most_people} is too few to cover what is needed; these forms of shift take at least "
            f"{least}. Allow more people, or gaps at a price (price_of_gaps)"
        )
    if most_forms is not None:
        return f"no plan with {most_forms} forms of shift was found; allow more forms (most_forms) or more time"
    return f"no plan was found within {time_limit:g} seconds; offer fewer forms of shift or more time"


@dataclass(frozen=True, slots=True)
class _Programme:
    """Minimise cost · x subject to there · x + gaps ≥ needed, x whole."""

    needed: Floats
    there: Floats
    cost: Floats
    hours: float

    def solve(
        self, most_people: int | None, most_forms: int | None, price: float | None, time_limit: float
    ) -> tuple[Floats, float, float] | None:
        """People in each form, the cost, and what is proved to be the least; None if nothing was found."""
        from scipy.optimize import Bounds, LinearConstraint, milp

        rows = self.needed > 0
        if not rows.any():
            return np.zeros(self.cost.size), 0.0, 0.0
        forms, gaps = self.cost.size, int(rows.sum()) if price is not None else 0
        flags = forms if most_forms is not None else 0
        size = forms + gaps + flags
        covered = np.hstack([self.there[rows], np.eye(int(rows.sum()), gaps), np.zeros((int(rows.sum()), flags))])
        constraints = [LinearConstraint(covered, self.needed[rows], np.inf)]
        if most_people is not None:
            constraints.append(LinearConstraint(_row(size, 0, forms), -np.inf, most_people))
        upper = np.full(size, np.inf)
        upper[:forms] = self.most_useful()
        if most_forms is not None:
            used = np.hstack([np.eye(forms), np.zeros((forms, gaps)), -np.diag(upper[:forms])])
            constraints.append(LinearConstraint(used, -np.inf, 0.0))
            constraints.append(LinearConstraint(_row(size, forms + gaps, size), -np.inf, most_forms))
            upper[forms + gaps :] = 1.0
        prices = np.concatenate((self.cost, np.full(gaps, (price or 0.0) * self.hours), np.zeros(flags)))
        integrality = np.repeat(np.array([1, 0, 1]), [forms, gaps, flags])
        found = milp(
            prices, integrality=integrality, bounds=Bounds(0.0, upper), constraints=constraints,
            options={"time_limit": time_limit, "mip_rel_gap": EXACT / 10},
        )  # fmt: skip
        if found.x is None:
            return None
        counts = np.rint(found.x[:forms])
        missing = np.maximum(self.needed - self.there @ counts, 0.0)
        cost = float(self.cost @ counts + (price or 0.0) * self.hours * missing[missing > EXACT].sum())
        return counts, cost, min(float(found.mip_dual_bound), cost)

    def most_useful(self) -> Floats:
        """The most people of each form who can be of use: enough alone wherever they are."""
        rows = self.needed > 0
        with np.errstate(divide="ignore", invalid="ignore"):
            alone = np.where(self.there[rows] > 0, self.needed[rows, None] / self.there[rows], 0.0)
        most: Floats = np.ceil(alone.max(axis=0, initial=0.0) - EXACT)
        return most

    def relaxed(self, most_people: int | None, price: float | None) -> float:
        """The least cost if people could be divided."""
        from scipy.optimize import linprog

        rows = self.needed > 0
        gaps = int(rows.sum()) if price is not None else 0
        if not rows.any():
            return 0.0
        left = np.hstack([-self.there[rows], -np.eye(gaps)]) if gaps else -self.there[rows]
        right = -self.needed[rows]
        if most_people is not None:
            left, right = np.vstack([left, _row(left.shape[1], 0, self.cost.size)]), np.append(right, most_people)
        prices = np.concatenate((self.cost, np.full(gaps, (price or 0.0) * self.hours)))
        found = linprog(prices, A_ub=left, b_ub=right, method="highs")
        return float(found.fun or 0.0) if found.success else 0.0

    def fewest_people(self) -> int | None:
        """The smallest number of people that covers everything, if it is found soon."""
        solved = _Programme(self.needed, self.there, np.ones(self.cost.size), self.hours).solve(None, None, None, 5.0)
        return None if solved is None else math.ceil(solved[2] - EXACT)


def _row(size: int, begin: int, end: int) -> Floats:
    """A row of zeros with ones from `begin` to `end`."""
    row = np.zeros((1, size))
    row[0, begin:end] = 1.0
    return row
