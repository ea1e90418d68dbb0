"""Cost of staff, of users' lost time and of broken promises, in one currency and for an average month."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simdesk.clock import NEVER
from simdesk.measures.cohort import Cohort, promised
from simdesk.measures.readings import Ratio, Total
from simdesk.measures.teams import TeamView, seconds
from simdesk.states import Outcome, State

_WEEK = 7 * 86400
WEEKS_A_MONTH = 365.25 / 12 / 7


@dataclass(frozen=True, slots=True)
class WholeWeeks:
    """What a window that is no whole number of weeks has to be told, to be worth an average month.

    It stands for the whole weeks that begin when it begins: five days from Monday for the week, ten days for two.

    Attributes:
        paid: hours of paid shifts of each team in a week, by name; a roster is known in advance.
        volume: of each ticket type, by name: how many of these weeks' expected tickets come in the window.
    """

    paid: Mapping[str, float]
    volume: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Prices:
    """What time and broken promises cost.

    Attributes:
        team_hour: cost of a paid hour of each team, by name.
        user_hour: cost of an hour of a user's time.
        impaired_blocking, impaired_other: part of a user's time that is lost while a ticket is open.
        workaround_after: time after which a user loses no more, seconds.
        penalties: for each ticket not resolved as promised, by priority.
        workaround_in_office: whether that is open office time, or time by the wall clock.
        whole_weeks: of a window that is no whole number of weeks; without it every day counts as a day of any window.
    """

    team_hour: Mapping[str, float]
    user_hour: float
    impaired_blocking: float
    impaired_other: float
    workaround_after: int
    penalties: Mapping[str, float]
    workaround_in_office: bool = True
    whole_weeks: WholeWeeks | None = None


def lost_hours(cohort: Cohort, prices: Prices) -> NDArray[np.float64]:
    """Hours of work that the user of each ticket lost: all of an attempt at self-service, and a part of the office
    hours in which the ticket was open otherwise."""
    ended = np.minimum(cohort["ended_at"], cohort.log.stopped_at)
    impaired = np.where(cohort["blocking"] == 1, prices.impaired_blocking, prices.impaired_other)
    touches = cohort.log.touches_columns
    own = (touches["state"] == State.SELF_SERVICE) & (touches["ended_at"] < NEVER)
    begin, end = touches["started_at"], np.minimum(touches["ended_at"], cohort.log.stopped_at)
    in_office = cohort.office.between_many(begin, np.maximum(begin, end))
    trying = cohort.facts.in_calendar(touches["calendar"], begin, np.maximum(begin, end))  # nobody tries at night
    tried = cohort.facts.count(own, trying)[cohort.rows]
    at_work = cohort.facts.count(own, in_office)[cohort.rows]
    if prices.workaround_in_office:
        waited = cohort.office.between_many(cohort["opened_at"], ended) - at_work
        open_time = np.minimum(waited, prices.workaround_after)
    else:
        until = np.minimum(ended, cohort["opened_at"] + prices.workaround_after)
        open_time = np.maximum(cohort.office.between_many(cohort["opened_at"], until) - at_work, 0)
    alone = np.isin(cohort["outcome"], (Outcome.SELF_SERVICE, Outcome.AUTOMATION))
    result: NDArray[np.float64] = (np.where(alone, 0.0, open_time * impaired) + tried) / 3600
    return result


def costs(cohort: Cohort, prices: Prices) -> dict[str, Ratio | Total]:
    """Money by name: `staff_cost`, `lost_time_cost`, `penalty_cost` and `total_cost` a month, and `cost_per_ticket`.

    Staff are paid for their shifts, absences and breaks included, and for overtime. Lost time and penalties are those
    of the tickets opened in the window. A month is `WEEKS_A_MONTH` weeks as the window is made of; of a window that is
    no whole number of weeks, as `prices.whole_weeks` says, with overtime as it was for each paid hour. What that leaves
    unknown has no figure (NaN): tickets none of which can come in the window, and overtime of a team that is paid only
    outside it. `lost_time_per_need` is the mean over all needs for help.
    """
    staff = WEEKS_A_MONTH * _staff_a_week(cohort, prices)
    hours, each = lost_hours(cohort, prices), _a_month(cohort, prices)
    lost = float((hours * each).sum()) * prices.user_hour if prices.user_hour else 0.0
    penalty = float((_penalties(cohort, prices) * _a_month(cohort.offered, prices)).sum())
    if not _all_types_seen(prices):
        lost, penalty = (np.nan if priced else 0.0 for priced in (prices.user_hour, any(prices.penalties.values())))
    resolved = cohort["outcome"] == Outcome.RESOLVED
    return {
        "staff_cost": Total(staff),
        "lost_time_cost": Total(lost),
        "penalty_cost": Total(penalty),
        "total_cost": Total(staff + lost + penalty),
        "cost_per_ticket": Ratio(staff, float(each[resolved].sum())),
        "lost_time_per_need": Ratio(float(hours.sum()) * 3600, float(len(cohort))),
    }


def _staff_a_week(cohort: Cohort, prices: Prices) -> float:
    """Cost of all teams in a week."""
    log, weeks = cohort.log, prices.whole_weeks
    window = (log.window[1] - log.window[0]) / _WEEK
    cost = 0.0
    for index, name in enumerate(log.teams):
        team = TeamView(log, index)
        paid, overtime = seconds(team.duty(paid=1)) / 3600, seconds(team.overtime) / 3600 if team.rostered else 0.0
        if weeks is None:
            hours = (paid + overtime) / window
        elif paid:
            hours = weeks.paid.get(name, 0.0) * (1 + overtime / paid)
        else:
            hours = np.nan if weeks.paid.get(name, 0.0) or overtime else 0.0
        price = prices.team_hour.get(name, 0.0)
        cost += price * hours if price else 0.0
    return cost


def _a_month(cohort: Cohort, prices: Prices) -> NDArray[np.float64]:
    """For how many tickets of a month each ticket of a cohort stands, shape (tickets,)."""
    log, weeks = cohort.log, prices.whole_weeks
    if weeks is None:
        return np.full(len(cohort), WEEKS_A_MONTH * _WEEK / (log.window[1] - log.window[0]))
    held = np.array([weeks.volume.get(name, 0.0) for name in log.types])
    by_type = np.divide(WEEKS_A_MONTH, held, out=np.full(held.size, np.nan), where=held > 0)
    result: NDArray[np.float64] = by_type[cohort["type"]]
    return result


def _all_types_seen(prices: Prices) -> bool:
    """Whether tickets of every type can come in the window."""
    return prices.whole_weeks is None or all(held > 0 for held in prices.whole_weeks.volume.values())


def _penalties(cohort: Cohort, prices: Prices) -> NDArray[np.float64]:
    some = cohort.offered
    done = np.where(some["outcome"] == Outcome.RESOLVED, some["ended_at"], NEVER)
    judged, kept = promised(some["resolution_due_at"], done, some["ended_at"], some.fact("unpaused_until"))
    each = np.array([prices.penalties.get(name, 0.0) for name in some.log.priorities])
    result: NDArray[np.float64] = np.where(judged & ~kept, each[some["priority"]], 0.0)
    return result


_MONTH = "a month of 30.4 days, made of whole weeks"

COST_LABELS = {
    "staff_cost": (
        "Staff, a month",
        "money",
        f"Paid hours and overtime of all teams times their hourly cost, {_MONTH}.",
    ),
    "lost_time_cost": (
        "Users' lost time, a month",
        "money",
        f"Hours that users lost, from opening on, times their hourly cost, {_MONTH}.",
    ),
    "penalty_cost": ("Penalties, a month", "money", f"Penalties of the tickets not resolved as promised, {_MONTH}."),
    "total_cost": ("Total cost, a month", "money", "Staff, users' lost time and penalties, a month."),
    "cost_per_ticket": (
        "Staff cost a resolved ticket",
        "money",
        "Cost of staff, overtime included, over tickets resolved by a team.",
    ),
    "lost_time_per_need": (
        "Time a user loses",
        "time",
        "Working time that a need for help costs its user, on average.",
    ),
}
"""Label, unit and definition of each cost; less is better."""
