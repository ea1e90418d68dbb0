"""Where a ticket's time goes: work, hand-overs, and every kind of waiting."""

from __future__ import annotations

import numpy as np

from simdesk.measures.cohort import Cohort
from simdesk.measures.readings import Quantile, Ratio, at, mean
from simdesk.measures.registry import measure
from simdesk.measures.taxonomy import worked, worked_in_office


@measure(label="Flow efficiency", unit="share", better="higher")
def flow_efficiency(cohort: Cohort) -> Ratio:
    """Share of a ticket's life in which somebody worked on it: seconds with work over lead time from opening, both in
    the users' office hours, as a ratio of sums; tickets resolved by a team. A second in which several work counts once,
    and a life that lies outside office hours counts nothing. Knowledge work is usually between 5 and 15 %."""
    done = cohort.resolved
    lead = cohort.office.between_many(done["opened_at"], done["ended_at"])
    return Ratio(float(cohort.facts.once(worked_in_office)[done.rows].sum()), float(lead.sum()))


@measure(label="Flow efficiency by the wall clock", unit="share", better="higher")
def flow_efficiency_elapsed(cohort: Cohort) -> Ratio:
    """Seconds with work over lead time from opening, both by the wall clock, nights and weekends included, as a ratio
    of sums; tickets resolved by a team."""
    done = cohort.resolved
    return Ratio(float(worked(done).sum()), float(done.lead_time.sum()))


@measure(label="Flow efficiency, median ticket", unit="share", better="higher")
def flow_efficiency_median(cohort: Cohort) -> Quantile:
    """Seconds with work over lead time, both by the wall clock, of the median ticket resolved by a team."""
    done = cohort.resolved
    return at(worked(done) / np.maximum(done.lead_time, 1), 0.5)


@measure(label="Touch time, mean", unit="time", better="lower")
def touch_time(cohort: Cohort) -> Ratio:
    """Agents' time on a ticket resolved by a team; of two at once, both count."""
    return mean(cohort.resolved.fact("touch_time"))


@measure(label="Stall time, mean", unit="time", better="lower")
def stall_time(cohort: Cohort) -> Ratio:
    """Time by the wall clock in which nobody worked on a ticket resolved by a team."""
    done = cohort.resolved
    return Ratio(float(done.lead_time.sum() - worked(done).sum()), float(len(done)))


@measure(label="Hand-offs a ticket", unit="number", better="lower")
def hand_offs(cohort: Cohort) -> Ratio:
    """Times that a ticket resolved by a team was given to another team: handed on, or taken up by another team's agent
    after the first had put it down. A reopening is none; the ticket begins anew."""
    return mean(cohort.resolved.fact("team_changes"))


@measure(label="Reassigned at least once", unit="share", better="lower")
def reassigned(cohort: Cohort) -> Ratio:
    """Share of tickets resolved by a team that changed hands."""
    return mean(cohort.resolved.fact("team_changes") >= 1)


@measure(label="Reassigned four times or more", unit="share", better="lower")
def reassigned_often(cohort: Cohort) -> Ratio:
    """Share of tickets resolved by a team that changed hands at least four times."""
    return mean(cohort.resolved.fact("team_changes") >= 4)


@measure(label="Returns to an earlier team", unit="number", better="lower")
def loops(cohort: Cohort) -> Ratio:
    """Times that a ticket resolved by a team came back to a team that had passed it on. A reopening is none."""
    return mean(cohort.resolved.fact("loops"))
