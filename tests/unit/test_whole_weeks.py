"""A month costs the same however long it was measured: five days from Monday, a week, ten days or four weeks."""

from __future__ import annotations

import math
from functools import cache

import pytest

from logs import Shift, a_log, cost, shift, ticket, work
from simdesk.experiment.estimate import Estimate
from simdesk.experiment.prices import whole_weeks
from simdesk.experiment.replicate import replicate
from simdesk.experiment.replications import Replications
from simdesk.experiment.sheet import Key
from simdesk.measures import Prices, WholeWeeks
from simdesk.scenario.loading import loads, vary
from simdesk.scenario.model import Scenario

HOUR, DAY, WEEK = 3600, 86400, 7 * 86400
WEEKS_A_MONTH = 365.25 / 12 / 7
DESK = """title: Office hours, in which all tickets come
run: {start: 2025-12-29, length: 4 weeks, warm_up: 1 week, cool_down: 2 weeks, replications: 100, seed: 3}
calendars: {office: {days: Mon-Fri, hours: "08:00-16:00"}}
demand:
  contacts: 100 per week
  profile: {weekdays: {Mon-Fri: 1}, hours: [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0,
    0, 0, 0, 0]}
  priority: {P3: 100 %}
  types:
    question: {share: 60 %, work: {exponential: {mean: 20 min}}}
    fault: {share: 40 %, work: {exponential: {mean: 20 min}}}
teams: {desk: {agents: 2, calendar: office, at_shift_end: finish, cost: 30 USD per hour}}
service_levels: {calendar: office, priorities: {P3: {resolve: 45 min}}}
money: {users_time: 40 USD per hour, penalties: {P3: 25}}
"""


WINDOWS = [("2025-12-29", "5 days"), ("2025-12-29", "7 days"), ("2025-12-29", "10 days"), ("2025-12-31", "5 days")]
"""Starts of the warm-up of a week, and lengths: Monday to Friday, a week, ten days, Wednesday to Sunday."""


@pytest.mark.parametrize(("start", "length"), WINDOWS)
def test_staff_costs_the_hours_of_whole_weeks(start: str, length: str):
    """Two people, five days of eight hours at 30: 2,400 a week, whatever days were measured; overtime comes on top."""
    no_overtime = {"run.start": start, "run.length": length, "teams.desk.at_shift_end": "park", "run.replications": 2}

    runs = replicate(vary(loads(DESK), no_overtime), workers=1)

    assert runs.estimates[Key("staff_cost")].value == pytest.approx(2 * 5 * 8 * 30 * WEEKS_A_MONTH)


def test_of_a_window_the_roster_and_the_volume_of_its_weeks_are_known():
    """Ten days from Monday hold eight of the ten days on which tickets come in two weeks."""
    found = whole_weeks(vary(loads(DESK), {"run.length": "10 days"}))

    assert found is not None
    assert found.paid == {"desk": pytest.approx(2 * 5 * 8)}
    assert found.volume == {name: pytest.approx(2 * 8 / 10) for name in ("question", "fault")}


def test_a_part_of_an_hour_holds_a_part_of_its_tickets():
    """From 12:30 for 20 minutes: a third of an hour, of which a week has five times eight."""
    found = whole_weeks(vary(loads(DESK), {"run.start": "2026-01-05T12:30", "run.warm_up": 0, "run.length": "20 min"}))

    assert found is not None
    assert found.volume["question"] == pytest.approx(1 / 3 / 40)


@pytest.mark.parametrize("length", ["7 days", "4 weeks"])
def test_whole_weeks_are_taken_as_they_are(length: str):
    assert whole_weeks(vary(loads(DESK), {"run.length": length})) is None


def test_holidays_of_the_weeks_are_in_the_month():
    """Ten days from Monday 5 January stand for two weeks; on the second Friday, which is closed, nobody is paid."""
    closed = {"run.length": "10 days", "calendars.office.closed_on": ["2026-01-16"]}

    found = whole_weeks(vary(loads(DESK), closed))

    assert found is not None
    assert found.paid == {"desk": pytest.approx(2 * 4.5 * 8)}


def prices(paid: float, **volume: float) -> Prices:
    """60 an hour of the desk, 50 of a user of whose time a tenth is lost; of a window that is no whole week."""
    return Prices({"desk": 60.0}, 50.0, 0.8, 0.1, 4 * HOUR, {}, whole_weeks=WholeWeeks({"desk": paid}, volume))


def test_overtime_grows_with_the_hours_that_are_paid():
    """A day of eight hours with one hour of overtime; five such days a week are 45 hours."""
    log = a_log(ticket(0, work(7 * HOUR, 9 * HOUR)), duty=[shift("desk/1", 0, 8 * HOUR)], window=(0, DAY))

    assert cost(log, "staff_cost", prices(40.0, incident=0.2)) == pytest.approx(45 * 60 * WEEKS_A_MONTH)


def test_tickets_stand_for_those_of_their_type():
    """Two hours open, in a window that holds a fifth of its type's week: ten such hours a week, a tenth lost."""
    log = a_log(ticket(0, work(0, 2 * HOUR)), duty=[shift("desk/1", 0, 8 * HOUR)], window=(0, DAY))

    assert cost(log, "lost_time_cost", prices(40.0, incident=0.2)) == pytest.approx(10 * 0.1 * 50 * WEEKS_A_MONTH)


def test_what_a_window_cannot_know_has_no_figure():
    """Tickets that come on other days only; and a team that is paid on other days only, whose overtime nobody saw."""
    log = a_log(ticket(0, work(0, HOUR)), duty=[shift("desk/1", 0, 8 * HOUR)], window=(0, DAY))
    unseen = prices(40.0, incident=0.2, request=0.0)

    assert math.isnan(cost(log, "lost_time_cost", unseen))
    assert math.isnan(cost(log, "total_cost", unseen))
    assert cost(log, "staff_cost", unseen) == pytest.approx(40 * 60 * WEEKS_A_MONTH)
    away = a_log(duty=[Shift("desk/1", paid=((2 * DAY, 3 * DAY),), there=())], window=(0, DAY))
    assert math.isnan(cost(away, "staff_cost", prices(40.0, incident=0.2)))


def test_a_cost_without_a_figure_says_why():
    """A Saturday and a Sunday: the roster of the week is known, the overtime of its days is not."""
    weekend: Scenario = vary(
        loads(DESK),
        {"run.start": "2026-01-03", "run.length": "2 days", "run.replications": 2, "run.cool_down": "4 days"},
    )

    found = replicate(weekend, workers=1).estimates[Key("staff_cost")]

    assert math.isnan(found.value)
    assert found.note == "the window holds too little of a week to tell"


@cache
def measured(start: str, length: str) -> Replications:
    """The desk, measured over some days."""
    return replicate(vary(loads(DESK), {"run.start": start, "run.length": length}), workers=1)


def costs_of(start: str, length: str) -> dict[str, Estimate]:
    found = measured(start, length).estimates
    return {name: found[Key(name)] for name in ("staff_cost", "lost_time_cost", "penalty_cost", "total_cost")}


@pytest.mark.parametrize(("start", "length"), WINDOWS)
def test_no_window_makes_a_month_dearer_or_cheaper(start: str, length: str):
    """Every cost is that of four weeks, within what chance does; when each day was worth a day, 40 % apart."""
    short, long = costs_of(start, length), costs_of("2025-12-29", "4 weeks")

    for name, one in short.items():
        error = math.hypot(one.standard_error, long[name].standard_error)
        assert abs(one.value - long[name].value) < 3.3 * error, name
        assert error < 0.08 * long[name].value, name  # or the test would see nothing
