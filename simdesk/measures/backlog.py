"""How much is open, how old it is, and how much flows through: measures of the window, weighted by time."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simdesk.measures.cohort import Cohort
from simdesk.measures.readings import Quantile, Ratio, Total, at
from simdesk.measures.registry import measure

Ints = NDArray[np.int64]
_WEEK = 7 * 86400


def _whenever(cohort: Cohort) -> tuple[Ints, Ints]:
    """Arrival at the desk and end of tickets like those of the cohort, whenever they were opened; a need that is still
    with self-service or automation is not open here."""
    reached, ended = (cohort.log.tickets_columns[name][cohort.whenever] for name in ("reached_desk_at", "ended_at"))
    return reached, ended


@measure(label="Open tickets, on average", unit="number", better="lower")
def backlog(cohort: Cohort) -> Ratio:
    """Time-average number of tickets in the window that have reached the desk and are not over, whatever they wait
    for."""
    begin, end = cohort.log.window
    reached, ended = _whenever(cohort)
    inside = np.maximum(np.clip(ended, begin, end) - np.clip(reached, begin, end), 0)
    return Ratio(float(inside.sum()), float(end - begin))


@measure(label="Open tickets at the end", unit="number", better="lower")
def backlog_at_end(cohort: Cohort) -> Total:
    """Tickets that have reached the desk and are open when the window ends."""
    return Total(float(_ages(cohort).size))


@measure(label="Age of open tickets, median", unit="time", better="lower")
def backlog_age_median(cohort: Cohort) -> Quantile:
    """Median age of the tickets open when the window ends, from the instant in which they reached the desk, by the wall
    clock."""
    return at(_ages(cohort), 0.5)


@measure(label="Age of open tickets, 90th percentile", unit="time", better="lower")
def backlog_age_p90(cohort: Cohort) -> Quantile:
    """Nine of ten tickets open when the window ends reached the desk no longer ago. Newest-first looks good until one
    looks here."""
    return at(_ages(cohort), 0.9)


def _ages(cohort: Cohort) -> Ints:
    end = cohort.log.window[1]
    reached, ended = _whenever(cohort)
    return end - reached[(reached < end) & (ended > end)]


@measure(label="Needs for help a week", unit="number", better="neither")
def contacts_per_week(cohort: Cohort) -> Total:
    """Needs for help that arose in the window, self-service and automation included, a week."""
    begin, end = cohort.log.window
    return Total(len(cohort) * _WEEK / (end - begin))


@measure(label="Tickets for the teams a week", unit="number", better="neither")
def tickets_per_week(cohort: Cohort) -> Total:
    """Tickets opened in the window that reached a team, a week."""
    begin, end = cohort.log.window
    return Total(len(cohort.offered) * _WEEK / (end - begin))


@measure(label="Ended a week", unit="number", better="neither")
def throughput(cohort: Cohort) -> Total:
    """Tickets that ended in the window, however, whenever they were opened, a week."""
    begin, end = cohort.log.window
    ended = cohort.log.tickets_columns["ended_at"][cohort.whenever]
    return Total(float(((ended >= begin) & (ended < end)).sum()) * _WEEK / (end - begin))


@measure(label="Weeks of work in the backlog", unit="number", better="lower")
def backlog_rate(cohort: Cohort) -> Ratio:
    """Open tickets at the end of the window over the tickets for the teams that were opened in a week of it."""
    begin, end = cohort.log.window
    return Ratio(float(_ages(cohort).size), len(cohort.offered) * _WEEK / (end - begin))
