"""Measures along the clock and the calendar: by hour of the day, by hour of the week, by day of the run."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simdesk.measures.cohort import Cohort
from simdesk.measures.teams import TeamView
from simdesk.states import Outcome, State
from simdesk.ticketlog import TicketLog

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class HourOfDay:
    """What happened to the tickets that reached the desk in each local hour of the day; shape (24,) each."""

    days: float
    offered: Floats
    waited: Floats
    abandoned: Floats


def by_hour_of_day(cohort: Cohort) -> HourOfDay:
    """Offered, total first wait in seconds, and given up, by the local hour in which tickets reached the desk."""
    log, some = cohort.log, cohort.offered
    reached = some["reached_desk_at"]
    days = int(max(log.window[1], reached.max(initial=0))) // 86400 + 2
    edges = log.timeline.hours(0, days)
    flat, hours = edges[:, :-1].ravel(), np.tile(np.arange(24), days)
    hour = hours[np.searchsorted(flat, reached, side="right") - 1]
    begin, end = log.window
    midnights = edges[:, 0]
    return HourOfDay(
        days=float(((midnights >= begin) & (midnights < end)).sum()),
        offered=np.bincount(hour, minlength=24).astype(np.float64),
        waited=np.bincount(hour, some.first_wait, 24).astype(np.float64),
        abandoned=np.bincount(hour, some["outcome"] == Outcome.ABANDONED, 24).astype(np.float64),
    )


def occupancy_by_hour(log: TicketLog, team: int) -> tuple[Floats, Floats]:
    """Seconds worked within duty, and there for tickets, in each local hour of the week, Monday first; shape (168,)
    each. The first are among the second."""
    view = TeamView(log, team)
    _, begin, end = view.worked
    _, comes, goes = view.there
    instants, hour_of_week = _hours(log)

    def by_hour(begin: Ints, end: Ints) -> Floats:
        covered = np.diff(_coverage(begin, end, instants))
        return np.bincount(hour_of_week, covered, 168).astype(np.float64)

    return by_hour(begin, end), by_hour(comes, goes)


def _hours(log: TicketLog) -> tuple[Ints, Ints]:
    """Every local full hour until after the window, and the hour of the week that begins with each but the last."""
    days = -(-log.window[1] // 86400) + 2
    edges = log.timeline.hours(0, days)
    weekday = (log.timeline.date(0).weekday() + np.arange(days)) % 7
    return np.append(edges[:, :-1].ravel(), edges[-1, -1]), (weekday[:, None] * 24 + np.arange(24)).ravel()


def _coverage(begin: Ints, end: Ints, instants: Ints) -> Floats:
    """Seconds covered by all spans up to each instant."""
    first, last = np.sort(begin), np.sort(end)
    started, ended = np.searchsorted(first, instants), np.searchsorted(last, instants)
    sums = np.concatenate(([0], np.cumsum(first))), np.concatenate(([0], np.cumsum(last)))
    total: Floats = (instants * started - sums[0][started] - (instants * ended - sums[1][ended])).astype(np.float64)
    return total


def backlog_by_day(log: TicketLog) -> tuple[Floats, Floats]:
    """Tickets that have reached the desk and are open, and their median age since then in seconds, at the end of each
    local day of the window; shape (days,) each."""
    days = -(-log.window[1] // 86400) + 1
    midnights = log.timeline.midnights(0, days)
    ends = midnights[(midnights > log.window[0]) & (midnights <= log.window[1])]
    reached, ended = log.tickets_columns["reached_desk_at"], log.tickets_columns["ended_at"]
    number, age = np.zeros(ends.size), np.zeros(ends.size)
    for day, instant in enumerate(ends):
        ages = instant - reached[(reached < instant) & (ended > instant)]
        number[day] = ages.size
        age[day] = float(np.median(ages)) if ages.size else np.nan
    return number, age


def queue_by_day(log: TicketLog, team: int) -> Floats:
    """Tickets in a team's queue at the end of each local day from the start to the end of the window; shape (days,)."""
    touches = log.touches_columns
    mine = (touches["team"] == team) & (touches["state"] == State.WORK) & (touches["waited_in"] == State.QUEUE)
    queued = np.sort(touches["queued_at"][mine])
    left = np.sort(np.minimum(touches["started_at"], touches["ended_at"])[mine])
    midnights = log.timeline.midnights(0, -(-log.window[1] // 86400) + 1)
    ends = midnights[(midnights > 0) & (midnights <= log.window[1])]
    result: Floats = (np.searchsorted(queued, ends, side="right") - np.searchsorted(left, ends, side="right")).astype(
        np.float64
    )
    return result
