"""From the estimates of the "Anonymous Bank" to its scenario: shifts that add up, tables that keep their shape."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simdesk.calendars import parse_hours, parse_weekdays
from simdesk.durations import HOUR
from simdesk.scenario.loading import loads
from simdesk.twin import bank_scenario as bank

WEEKDAYS = {"sunday": 6, "monday": 0, "tuesday": 1, "wednesday": 2, "thursday": 3}
OPEN = len(bank.HOURS)


def filled(shifts: dict[str, dict]) -> dict[str, list[int]]:
    """Agents by weekday and staffed hour, counted shift by shift."""
    agents = {day: np.zeros(25, int) for day in WEEKDAYS}
    for shift in shifts.values():
        for day, number in WEEKDAYS.items():
            if number in parse_weekdays(shift["days"]):
                for begin, end in parse_hours(shift["hours"]):
                    agents[day][begin // HOUR : end // HOUR] += shift["agents"]
    return {day: hourly[bank.HOURS.start : bank.HOURS.stop].tolist() for day, hourly in agents.items()}


rows = st.lists(st.integers(0, 5), min_size=OPEN, max_size=OPEN)


@given(st.lists(rows, min_size=5, max_size=5).filter(lambda week: any(map(any, week))))
def test_the_shifts_add_up_to_the_agents_of_every_hour(week):
    whole = dict(zip(WEEKDAYS, week, strict=True))

    assert filled(bank.shifts(whole)) == whole


def test_days_and_seats_that_are_alike_share_a_shift():
    """Three agents all week, a fourth on Mondays until noon."""
    whole = {day: [3] * OPEN for day in WEEKDAYS} | {"monday": [4] * 5 + [3] * (OPEN - 5)}

    assert bank.shifts(whole) == {
        "seat-1-sun": {"agents": 3, "days": "Sun-Thu", "hours": "07:00-00:15"},
        "seat-4-mon": {"agents": 1, "days": "Mon", "hours": "07:00-12:00"},
    }


def found(calls: float) -> dict:
    """Estimates of a bank at which every hour of every day is alike."""
    days, kinds = list(WEEKDAYS), list(bank.CATEGORIES)
    table = {"quantiles": {0.0: 0.0, 0.5: 100.0, 1.0: 500.0}}
    return {
        "calls": 9_999,
        "days": 5,
        "arrivals": {
            "busyness_cv": 0.1,
            "priority_2_of_queued": dict.fromkeys(kinds, 0.6),
            "calls_per_hour": {kind: {day: [calls] * OPEN for day in days} for kind in kinds},
        },
        "handle_times": {"wrap_up": {"mean": 12.7}} | {kind: {"day": table, "evening": table} for kind in kinds},
        "staffing": {day: {"whole": [2] * OPEN} for day in days},
        "patience": dict.fromkeys(kinds, table),
        "reality": {hour: {"calls_per_day": 30.0, "mean_wait": 33.33, "abandonment": 0.0827} for hour in bank.HOURS},
    }


def test_the_estimates_come_back_out_of_the_scenario():
    """Ten calls of each type in each hour: as many in the file, in the same hours, as long and as patient."""
    scenario = loads(bank.scenario_text(found(10.0)))

    demand = scenario.demand
    calls = sum(demand.per_week(name) * demand.shape(name) for name in demand.types)
    expected = np.zeros((7, 24))
    expected[list(WEEKDAYS.values()), bank.HOURS.start :] = 30
    assert calls == pytest.approx(expected)
    assert all(kind.work["tier_1"].mean == 175 for kind in demand.types.values())
    assert all(kind.priority == {"P2": 0.6, "P3": 0.4} for kind in demand.types.values())
    assert all(rule.gives_up_after.mean == 175 for rule in scenario.patience.values())
    assert scenario.observed is not None
    assert scenario.observed.by_hour["07:00"].wait.seconds == 33.3
    assert scenario.observed.by_hour["07:00"].abandoned == pytest.approx(0.083)
