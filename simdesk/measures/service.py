"""What users feel: waiting, resolution, promises kept, and how often the desk was needed at all."""

from __future__ import annotations

import numpy as np

from simdesk.clock import NEVER
from simdesk.measures.cohort import Cohort, promised
from simdesk.measures.readings import Quantile, Ratio, at, mean
from simdesk.measures.registry import measure
from simdesk.states import Outcome, State

_HALF_AN_HOUR = 1800


def _responses(cohort: Cohort) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    done = cohort.where(lambda some: some["responded_at"] < NEVER)
    return done["responded_at"] - done["reached_desk_at"]


@measure(label="First response, mean", unit="time", better="lower")
def response_time(cohort: Cohort) -> Ratio:
    """From the instant in which a ticket reached the desk, after self-service and automation, to the first work of an
    agent, by the wall clock; tickets that an agent has worked on."""
    return mean(_responses(cohort))


@measure(label="First response, median", unit="time", better="lower")
def response_time_median(cohort: Cohort) -> Quantile:
    """Half of the tickets that an agent has worked on had their first response by then, from when they reached the
    desk."""
    return at(_responses(cohort), 0.5)


@measure(label="First response, 90th percentile", unit="time", better="lower")
def response_time_p90(cohort: Cohort) -> Quantile:
    """Nine of ten tickets that an agent has worked on had their first response by then, from when they reached the
    desk."""
    return at(_responses(cohort), 0.9)


@measure(label="Wait in the first queue, mean", unit="time", better="lower")
def first_wait(cohort: Cohort) -> Ratio:
    """Time in the first queue until served or given up; all tickets that reached a team."""
    return mean(cohort.offered.first_wait)


@measure(label="Wait in the first queue, 90th percentile", unit="time", better="lower")
def first_wait_p90(cohort: Cohort) -> Quantile:
    """Nine of ten tickets that reached a team waited no longer in the first queue."""
    return at(cohort.offered.first_wait, 0.9)


@measure(label="Served at once", unit="share", better="higher")
def served_at_once(cohort: Cohort) -> Ratio:
    """Share of tickets that reached a team and found a free agent in the same second: readiness as arrivals see it."""
    return mean(cohort.offered.served_at_once)


@measure(label="Time to resolve, mean", unit="time", better="lower")
def resolution_time(cohort: Cohort) -> Ratio:
    """Opening to the last resolution, by the wall clock (MTTR on the user's clock); tickets resolved by a team."""
    return mean(cohort.resolved.lead_time)


@measure(label="Time to resolve, median", unit="time", better="lower")
def resolution_time_median(cohort: Cohort) -> Quantile:
    """Half of the tickets resolved by a team were resolved by then, from opening, by the wall clock."""
    return at(cohort.resolved.lead_time, 0.5)


@measure(label="Time to resolve, 90th percentile", unit="time", better="lower")
def resolution_time_p90(cohort: Cohort) -> Quantile:
    """Nine of ten tickets resolved by a team were resolved by then, from opening, by the wall clock."""
    return at(cohort.resolved.lead_time, 0.9)


@measure(label="Time to resolve in business hours, mean", unit="time", better="lower")
def resolution_time_business(cohort: Cohort) -> Ratio:
    """Opening to the last resolution in the users' office hours; tickets resolved by a team."""
    done = cohort.resolved
    return mean(cohort.office.between_many(done["opened_at"], done["ended_at"]))


@measure(label="Time to resolve on the promise's clock, mean", unit="time", better="lower")
def resolution_time_promised(cohort: Cohort) -> Ratio:
    """From the instant in which a ticket reached the desk to the last resolution, on the clock of the promise, pauses
    taken out; resolved tickets with a promise."""
    done = cohort.resolved.where(lambda some: some["resolution_due_at"] < NEVER)
    elapsed = done.facts.in_calendar(done["resolution_calendar"], done["reached_desk_at"], done["ended_at"])
    return mean(elapsed - done["resolution_paused"])


@measure(label="User's clock against the promise's", unit="number", better="lower")
def watermelon(cohort: Cohort) -> Ratio:
    """Time to resolve by the wall clock, from opening, over that on the clock of the promise, from when the ticket
    reached the desk: green outside, red inside when large."""
    done = cohort.resolved.where(lambda some: some["resolution_due_at"] < NEVER)
    elapsed = done.facts.in_calendar(done["resolution_calendar"], done["reached_desk_at"], done["ended_at"])
    return Ratio(float(done.lead_time.sum()), float((elapsed - done["resolution_paused"]).sum()))


@measure(label="Responded as promised", unit="share", better="higher")
def response_sla(cohort: Cohort) -> Ratio:
    """Share of response promises kept, of those that can be judged, from the instant in which a ticket reached the
    desk; a user who gave up before the due instant is left out."""
    some = cohort.offered
    judged, kept = promised(some["response_due_at"], some["responded_at"], some["ended_at"], cohort.log.stopped_at)
    return Ratio(float((judged & kept).sum()), float(judged.sum()))


@measure(label="Resolved as promised", unit="share", better="higher")
def resolution_sla(cohort: Cohort) -> Ratio:
    """Share of resolution promises kept, of those that can be judged, from the instant in which a ticket reached the
    desk, pauses taken out; tickets that reached a team."""
    some = cohort.offered
    done = np.where(some["outcome"] == Outcome.RESOLVED, some["ended_at"], NEVER)
    judged, kept = promised(some["resolution_due_at"], done, some["ended_at"], some.fact("unpaused_until"))
    return Ratio(float((judged & kept).sum()), float(judged.sum()))


@measure(label="Resolved within 30 minutes", unit="share", better="higher")
def within_30_minutes(cohort: Cohort) -> Ratio:
    """Share of tickets resolved by a team that were resolved within 30 minutes from opening by the wall clock."""
    return mean(cohort.resolved.lead_time <= _HALF_AN_HOUR)


@measure(label="Gave up", unit="share", better="lower")
def abandonment(cohort: Cohort) -> Ratio:
    """Share of tickets that reached a team's queue and whose user gave up for good."""
    return mean(cohort.offered["outcome"] == Outcome.ABANDONED)


@measure(label="Solved by self-service", unit="share", better="higher")
def self_service_rate(cohort: Cohort) -> Ratio:
    """Share of all needs for help that users solved themselves."""
    return mean(cohort["outcome"] == Outcome.SELF_SERVICE)


@measure(label="Fulfilled by automation", unit="share", better="higher")
def automation_rate(cohort: Cohort) -> Ratio:
    """Share of all needs for help that automation fulfilled."""
    return mean(cohort["outcome"] == Outcome.AUTOMATION)


@measure(label="First contact resolution", unit="share", better="higher")
def first_contact_resolution(cohort: Cohort) -> Ratio:
    """Share of tickets resolved by a team in one visit: no hand-off to another team or office, no pending, no
    reopening."""
    done = cohort.resolved
    visits = np.bincount(cohort.facts.team_visits[0], minlength=len(cohort.log))[done.rows]
    waited = cohort.facts.has(State.PENDING)[done.rows]
    return mean((visits == 1) & ~waited)


@measure(label="First level resolution", unit="share", better="higher")
def first_level_resolution(cohort: Cohort) -> Ratio:
    """Share of tickets resolved by a team that never changed hands; one that was reopened and stayed with its team did
    not."""
    return mean(cohort.resolved.fact("team_changes") == 0)


@measure(label="Reopened", unit="share", better="lower")
def reopened(cohort: Cohort) -> Ratio:
    """Share of tickets resolved by a team that came back at least once."""
    return mean(cohort.facts.has(State.REOPENED)[cohort.resolved.rows])


@measure(label="Still open at the end", unit="share", better="lower")
def still_open(cohort: Cohort) -> Ratio:
    """Share of the tickets opened in the window that were not over when the cool-down ended."""
    return mean(cohort["outcome"] == Outcome.OPEN)
