"""One long run of a desk without seasons, and an interval from it alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from simdesk.desk import open_desk
from simdesk.errors import RunError
from simdesk.experiment.lab import Lab, at_work
from simdesk.experiment.load import team_loads
from simdesk.experiment.replicate import simulate
from simdesk.experiment.sheet import Key, describe, name_of_row
from simdesk.measures import Cohort, TeamView
from simdesk.scenario.clocks import office_calendar
from simdesk.scenario.model import Scenario
from simdesk.statistics.one_run import OneRun, n_skart
from simdesk.ticketlog import TicketLog

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]

CONFIDENCE: Final = 0.9
"""Of the interval unless stated: the one for which the coverage of N-Skart was published."""


@dataclass(frozen=True, slots=True)
class Steady:
    """A mean wait in the long run, from one run.

    Attributes:
        scenario: what was simulated, once.
        key: the measure.
        found: the mean and its interval.
        tickets: waits that were seen.
        confidence: of the interval.
    """

    scenario: Scenario
    key: Key
    found: OneRun
    tickets: int
    confidence: float

    def table(self) -> pd.DataFrame:
        """One row: `measure, by, of, label, unit, value, low, high, tickets, dropped, batches, batch_size, sufficient,
        note`; times in seconds."""
        import pandas as pd

        label, _, _, _ = describe(self.key)
        found = self.found
        return pd.DataFrame(
            [
                {
                    **self.key._asdict(), "label": label, "unit": "seconds", "value": found.value, "low": found.low,
                    "high": found.high, "tickets": self.tickets, "dropped": found.dropped, "batches": found.batches,
                    "batch_size": found.batch_size, "sufficient": found.sufficient, "note": found.note,
                }
            ]
        )  # fmt: skip


def steady(scenario: Scenario, key: Key, *, confidence: float = CONFIDENCE, lab: Lab | None = None) -> Steady:
    """The mean wait in the long run, with an interval from one run of the stated length.

    Successive waits depend on each other; N-Skart makes batches of them until these look independent, and leaves out as
    many tickets at the start as it takes. The state in which the run starts and its warm-up hardly matter then.

    Args:
        scenario: a desk that is the same at any time: open day and night, with a flat demand that does not grow.
        key: `first_wait` of all tickets, of a priority or of a type, or `queue_wait` of a team.
        confidence: of the interval.
        lab: whose engine simulates.

    Raises:
        RunError: the desk is not the same at any time, has no long run, or the measure is not a mean wait.
    """
    if not 0 < confidence < 1:
        raise RunError(f"the confidence must lie between 0 and 100 %, not {100 * confidence:g} %")
    refuse_what_is_not_steady(scenario, key)
    with at_work(lab) as here:
        here.foresee([scenario], 1)
        log = simulate(scenario, engine=here.engine)
    waits = _waits(log, key)
    if not waits.size:
        raise RunError(f"{name_of_row(key)}: no ticket waited or was served in this run; make run.length longer")
    return Steady(scenario, key, n_skart(waits, confidence), waits.size, confidence)


def refuse_what_is_not_steady(scenario: Scenario, key: Key) -> None:
    """Refuse a desk without a long run, and what is no mean wait, before anything is simulated.

    Raises:
        RunError: says why there is no long-run mean.
    """
    if key.measure != "first_wait" and (key.measure != "queue_wait" or key.of not in scenario.teams):
        raise RunError(
            f"{name_of_row(key)} is not made of successive waits; one run has an interval for first_wait, of all, of a "
            "priority or of a type, and for queue_wait of a team"
        )
    if reason := next(_seasons(scenario), ""):
        raise RunError(
            f"{scenario.title}: {reason}, so that one run has no long-run mean to estimate; use replications instead"
        )


def _seasons(scenario: Scenario) -> Iterator[str]:
    """Why a desk is not the same at any time."""
    demand, pending = scenario.demand, scenario.flow.pending
    uneven = [name for name in demand.types if np.ptp(demand.shape(name)) > 1e-12]
    if uneven:
        yield f"tickets of {uneven[0]} come at some hours more than at others (state demand.profile: flat)"
    if demand.growth.per_year != 1:
        yield "its demand grows"
    if demand.holidays_of is not None:
        yield "its demand has holidays"
    if demand.forecast_error:
        yield "its true volume differs from run to run (demand.forecast_error)"
    for name, team in scenario.teams.items():
        if team.calendar != "always" or team.shifts is not None:
            yield f"{name} is not there day and night"
        if team.shrinkage.absent or team.shrinkage.breaks or team.ticket_time < 1:
            yield f"{name} has absences or breaks, which fall into days and shifts"
    if pending is not None and (pending.calendar or "always") != "always":
        yield f"its users answer in the hours of {pending.calendar}"
    if _office(scenario) and (found := next(_in_office(scenario), "")):
        yield f"{found} is in business time, which runs only while its users' office is open"
    for load in team_loads(scenario):
        if load.grows:
            yield f"{load.team} is asked for more than it can do and its queue never settles"


def _office(scenario: Scenario) -> bool:
    """Whether the users' office closes at times."""
    desk = open_desk(scenario)
    return not desk.calendars[desk.calendar(office_calendar(scenario))].endless


def _in_office(scenario: Scenario) -> Iterator[str]:
    """Paths of what runs in the users' office hours."""
    reopen = scenario.flow.reopen
    times = {} if reopen is None else {"flow.reopen.after": reopen.after}
    for name, kind in scenario.demand.types.items():
        for what, own in (("self_service", kind.self_service), ("automation", kind.automation)):
            if own is not None:
                times[f"demand.types.{name}.{what}.takes"] = own.takes
    for name, rule in scenario.patience.items():
        times |= {f"patience.{name}.{what}": getattr(rule, what) for what in ("gives_up_after", "redials_after")}
    yield from (path for path, shape in times.items() if shape.business)


def _waits(log: TicketLog, key: Key) -> Floats:
    """Waits in the order in which tickets joined the queue, seconds."""
    if key.measure == "first_wait":
        cohort = Cohort.of(log)
        some = (cohort.only(key.by, key.of) if key.by else cohort).offered
        joined = log.touches_columns["queued_at"][some.fact("first_join")]
        return some.first_wait[np.argsort(joined, kind="stable")].astype(np.float64)
    view = TeamView(log, log.teams.index(key.of))
    joined = log.touches_columns["queued_at"][view.visits]
    return view.waits[np.argsort(joined, kind="stable")].astype(np.float64)
