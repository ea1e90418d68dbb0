"""When tickets come: for each type and day a unit-rate Poisson stream, inverted within that day's cumulative rate.

A ticket's identity is (type, day, k). More volume moves tickets within their day and never renumbers another day.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date

import numpy as np

from simdesk.desk import Desk, closed_dates
from simdesk.scenario.model import Scenario
from simdesk.workload.streams import Floats, Ints, Streams

_SUNDAY = 6


@dataclass(frozen=True, slots=True)
class Days:
    """The local dates of a run and what volume does on them, whatever the type.

    Attributes:
        edges: instants of 00:00, 01:00 … 24:00 of each local date, shape (days, 25).
        weekday: 0 for Monday; holidays count as Sundays, shape (days,).
        growth: factor on volume, shape (days,).
    """

    edges: Ints
    weekday: Ints
    growth: Floats


def days_of(scenario: Scenario, desk: Desk) -> Days:
    """The dates from the start to the horizon."""
    days = -(-desk.horizon // 86400) + 1
    dates = [desk.timeline.date(day) for day in range(days)]
    holidays = _holidays(scenario, dates)
    weekday = np.array([_SUNDAY if day in holidays else day.weekday() for day in dates], dtype=np.int64)
    growth = scenario.demand.growth.per_year ** (np.arange(days) / 365.25)
    return Days(desk.timeline.hours(0, days), weekday, growth)


def weights(scenario: Scenario, name: str, days: Days) -> Floats:
    """Share of an ordinary week's contacts of a type that falls into each hour of the run, shape (days, 24).

    Profile × growth; an hour that a change of the clocks skips has none, one that it repeats has twice its share.
    """
    length = np.diff(days.edges, axis=1) / 3600
    return scenario.demand.shape(name)[days.weekday] * length * days.growth[:, None]


def expected(scenario: Scenario, name: str, days: Days, begin: int, end: int) -> float:
    """Share of an ordinary week's contacts of a type that is expected in [begin, end); an hour of which only a part
    lies in it counts with that part."""
    return math.fsum((weights(scenario, name, days) * _overlap(days.edges, begin, end)).ravel())


def _overlap(edges: Ints, begin: int, end: int) -> Floats:
    """Part of each hour that lies in [begin, end), shape (days, 24); 0 of an hour that the clocks skip."""
    inside = np.diff(np.clip(edges, begin, end), axis=1)
    length = np.diff(edges, axis=1)
    return np.divide(inside, length, out=np.zeros(length.shape), where=length > 0)


def _holidays(scenario: Scenario, dates: list[date]) -> set[date]:
    name = scenario.demand.holidays_of
    if name is None or name not in scenario.calendars:
        return set()
    return set(closed_dates(scenario.calendars[name], dates[0], dates[-1]))


def busyness(scenario: Scenario, streams: Streams, days: int) -> Floats:
    """Factor on each day's rate, shape (days,): how busy the day is, and how far the replication's true volume lies
    from the stated one. All ones without `busyness_cv` and `forecast_error`."""
    level = _true_volume(scenario.demand.forecast_error, streams)
    cv = scenario.demand.busyness_cv
    if cv == 0:
        return np.full(days, level)
    from scipy.special import gammaincinv

    a = cv**-2
    return np.asarray(level * gammaincinv(a, streams.row("busyness", days)) / a)


def _true_volume(error: float, streams: Streams) -> float:
    """True volume over the stated one: lognormal with mean 1, one draw a replication."""
    if error == 0:
        return 1.0
    from scipy.special import ndtri

    sigma = np.sqrt(np.log1p(error**2))
    return float(np.exp(sigma * ndtri(streams.row("forecast-error", 1)[0]) - sigma**2 / 2))


def arrivals(name: str, mass: Floats, edges: Ints, streams: Streams) -> tuple[Ints, Ints, Ints]:
    """Arrivals of one type: instants in seconds, day and number within the day, each of shape (arrivals,).

    Args:
        name: the ticket type.
        mass: expected arrivals in each hour, shape (days, 24).
        edges: instants of the hours' edges, shape (days, 25).
        streams: the replication's chance.
    """
    total = mass.sum(axis=1)
    most = int(total.max(initial=0) + 6 * np.sqrt(total.max(initial=0)) + 8)
    while True:
        events = np.cumsum(-np.log(streams.table(f"arrivals/{name}", total.size, most)), axis=1)
        if np.all(events[:, -1] > total):
            break
        most = 2 * events.shape[1]
    day, k = np.nonzero(events < total[:, None])
    before = np.concatenate(([0.0], np.cumsum(mass.ravel())))
    position = events[day, k] + before[day * 24]
    instants = np.concatenate((edges[:, :-1].ravel(), edges[-1:, -1]))
    at = np.floor(np.interp(position, before, instants)).astype(np.int64)
    at = np.minimum(at, edges[day, -1] - 1)  # rounding must not carry a ticket into the next day
    return at, day.astype(np.int64), k.astype(np.int64)
