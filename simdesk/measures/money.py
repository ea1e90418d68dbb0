"""Cost of staff, of users' lost time and of broken promises, in one currency and for an average month."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simdesk.clock import NEVER
from simdesk.measures.cohort import Cohort, promised
from simdesk.measures.readings import Ratio, Total
from simdesk.measures.teams import TeamView
from simdesk.states import Outcome, State

_MONTH = 365.25 / 12 * 86400


@dataclass(frozen=True, slots=True)
class Prices:
    """What time and broken promises cost.

    Attributes:
        team_hour: cost of a paid hour of each team, by name.
        user_hour: cost of an hour of a user's time.
        impaired_blocking, impaired_other: part of a user's time that is lost while a ticket is open.
        workaround_after: open office time after which a user loses no more, seconds.
        penalties: for each ticket not resolved as promised, by priority.
    """

    team_hour: Mapping[str, float]
    user_hour: float
    impaired_blocking: float
    impaired_other: float
    workaround_after: int
    penalties: Mapping[str, float]


def lost_hours(cohort: Cohort, prices: Prices) -> NDArray[np.float64]:
    """Hours of work that the user of each ticket lost: all of an attempt at self-service, and a part of the office
    hours in which the ticket was open otherwise."""
    ended = np.minimum(cohort["ended_at"], cohort.log.stopped_at)
    impaired = np.where(cohort["blocking"] == 1, prices.impaired_blocking, prices.impaired_other)
    touches = cohort.log.touches_columns
    own = (touches["state"] == State.SELF_SERVICE) & (touches["ended_at"] < NEVER)
    begin, end = touches["started_at"], np.minimum(touches["ended_at"], cohort.log.stopped_at)
    tried = cohort.facts.count(own, end - begin)[cohort.rows]
    at_work = cohort.facts.count(own, cohort.office.between_many(begin, np.maximum(begin, end)))[cohort.rows]
    waited = cohort.office.between_many(cohort["opened_at"], ended) - at_work
    open_time = np.minimum(waited, prices.workaround_after)
    alone = np.isin(cohort["outcome"], (Outcome.SELF_SERVICE, Outcome.AUTOMATION))
    result: NDArray[np.float64] = (np.where(alone, 0.0, open_time * impaired) + tried) / 3600
    return result


def costs(cohort: Cohort, prices: Prices) -> dict[str, Ratio | Total]:
    """Money by name: `staff_cost`, `lost_time_cost`, `penalty_cost` and `total_cost` a month, and `cost_per_ticket`.

    Staff are paid for their shifts in the window, absences and breaks included. Lost time and penalties are those of
    the tickets opened in it. `lost_time_per_need` is the mean over all needs for help.
    """
    log = cohort.log
    months = (log.window[1] - log.window[0]) / _MONTH
    staff = 0.0
    for index, name in enumerate(log.teams):
        _, begin, end = TeamView(log, index).duty(paid=1)
        staff += float((end - begin).sum()) / 3600 * prices.team_hour.get(name, 0.0)
    hours = lost_hours(cohort, prices)
    lost = float(hours.sum()) * prices.user_hour
    penalty = float(_penalties(cohort, prices).sum())
    total = staff + lost + penalty
    return {
        "staff_cost": Total(staff / months),
        "lost_time_cost": Total(lost / months),
        "penalty_cost": Total(penalty / months),
        "total_cost": Total(total / months),
        "cost_per_ticket": Ratio(staff, float(len(cohort.ended_as(Outcome.RESOLVED)))),
        "lost_time_per_need": Ratio(float(hours.sum()) * 3600, float(len(cohort))),
    }


def _penalties(cohort: Cohort, prices: Prices) -> NDArray[np.float64]:
    some = cohort.offered
    done = np.where(some["outcome"] == Outcome.RESOLVED, some["ended_at"], NEVER)
    judged, kept = promised(some["resolution_due_at"], done, some["ended_at"], some.fact("unpaused_until"))
    each = np.array([prices.penalties.get(name, 0.0) for name in some.log.priorities])
    result: NDArray[np.float64] = np.where(judged & ~kept, each[some["priority"]], 0.0)
    return result


COST_LABELS = {
    "staff_cost": ("Staff, a month", "money", "Paid hours of all teams times their hourly cost, a month of 30.4 days."),
    "lost_time_cost": (
        "Users' lost time, a month",
        "money",
        "Hours that users lost, from opening on, times their hourly cost, a month.",
    ),
    "penalty_cost": ("Penalties, a month", "money", "Penalties of the tickets not resolved as promised, a month."),
    "total_cost": ("Total cost, a month", "money", "Staff, users' lost time and penalties, a month."),
    "cost_per_ticket": ("Staff cost a resolved ticket", "money", "Cost of staff over tickets resolved by a team."),
    "lost_time_per_need": (
        "Time a user loses",
        "time",
        "Working time that a need for help costs its user, on average.",
    ),
}
"""Label, unit and definition of each cost; less is better."""
