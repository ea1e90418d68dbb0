"""Money, worked out by hand."""

from __future__ import annotations

import dataclasses
import math

import pytest

from logs import a_log, cost, delay, issue_125, opening_hours, queueing, shift, ticket, work
from simdesk.measures import COST_LABELS, Prices
from simdesk.states import Outcome, State

HOUR = 3600
MONTH = 365.25 / 12 * 86400  # seconds
PRICES = Prices(
    team_hour={"desk": 36.0, "back": 72.0},
    user_hour=50.0,
    impaired_blocking=0.8,
    impaired_other=0.1,
    workaround_after=4 * HOUR,
    penalties={"P1": 500.0, "P2": 100.0},
)
A_DAY = a_log(
    ticket(0, work(HOUR, 2 * HOUR), blocking=True, priority="P1", resolve_by=HOUR),  # 2 h × 0.8, 500 of penalty
    ticket(0, work(0, HOUR, agent="back/1"), priority="P2", resolve_by=HOUR),  # 1 h × 0.1, in time
    ticket(0, queueing(9 * HOUR), priority="P2", resolve_by=HOUR),  # 4 h × 0.1 until a workaround; 100; never resolved
    ticket(
        0, delay(State.SELF_SERVICE, 360), outcome=Outcome.SELF_SERVICE, resolve_by=1
    ),  # 0.1 h of trying; no promise
    ticket(0, delay(State.AUTOMATION, 60), outcome=Outcome.AUTOMATION),  # nothing
    agents=("desk/1", "back/1"),
    duty=[shift("desk/1", 0, 10 * HOUR), shift("back/1", -HOUR, 5 * HOUR)],
    window=(0, 24 * HOUR),
)
STAFF = 10 * 36 + 5 * 72  # of the five hours before the window none is counted
LOST = 1.6 + 0.1 + 0.4 + 0.1  # hours
MONTHS = 24 * HOUR / MONTH
BY_HAND = {
    "staff_cost": STAFF / MONTHS,
    "lost_time_cost": LOST * 50 / MONTHS,
    "penalty_cost": (500 + 100) / MONTHS,
    "total_cost": (STAFF + LOST * 50 + 600) / MONTHS,
    "cost_per_ticket": STAFF / 2,
    "lost_time_per_need": LOST * HOUR / 5,  # told in seconds, as every time
}


@pytest.mark.parametrize(("name", "by_hand"), BY_HAND.items(), ids=BY_HAND)
def test_a_cost_is_what_one_gets_by_hand(name: str, by_hand: float):
    """Every cost of the day above."""
    assert cost(A_DAY, name, PRICES) == pytest.approx(by_hand)


def test_an_idle_desk_costs_its_staff():
    """Nobody came: there are wages, no losses, and no ticket to share them."""
    log = a_log(duty=[shift("desk/1", 0, HOUR)], window=(0, HOUR))

    assert cost(log, "staff_cost", PRICES) == pytest.approx(36 / (HOUR / MONTH))
    assert cost(log, "lost_time_cost", PRICES) == 0
    assert cost(log, "penalty_cost", PRICES) == 0
    assert math.isnan(cost(log, "cost_per_ticket", PRICES))
    assert math.isnan(cost(log, "lost_time_per_need", PRICES))


def test_overtime_is_paid_as_any_other_hour():
    """Ciw's issue 125 at 60 an hour: 25 minutes of shifts and 4 of overtime, in a day."""
    log = issue_125()
    prices = Prices({"desk": 60.0}, 0.0, 0.0, 0.0, 0, {})

    assert cost(log, "staff_cost", prices) == pytest.approx((25 + 4) / MONTHS)
    assert cost(log, "cost_per_ticket", prices) == pytest.approx((25 + 4) / 2)


def test_a_way_round_that_is_found_by_the_wall_clock_is_found_at_night_too():
    """Open from 0 to 30 h; the office is open from 0 to 2 h and from 24 to 26 h. A way round after four hours on duty
    comes at the end of the second day; after four hours of any kind, at 4 h, when two hours were lost."""
    log = a_log(
        ticket(0, work(0, 30 * HOUR)), calendars=[opening_hours((0, 2 * HOUR), (24 * HOUR, 26 * HOUR))], office=1
    )

    in_office, by_wall = PRICES, dataclasses.replace(PRICES, workaround_in_office=False)
    assert cost(log, "lost_time_per_need", in_office) == pytest.approx(0.1 * 4 * HOUR)
    assert cost(log, "lost_time_per_need", by_wall) == pytest.approx(0.1 * 2 * HOUR)


def test_a_user_loses_time_only_while_he_would_work():
    """Open from 0 to 4 h, of which the office is open for one: 1 h × 0.8."""
    log = a_log(
        ticket(0, work(0, 4 * HOUR), blocking=True), calendars=[opening_hours((0, HOUR), (20 * HOUR, 21 * HOUR))],
        office=1,
    )  # fmt: skip

    assert cost(log, "lost_time_per_need", PRICES) == pytest.approx(0.8 * HOUR)


def test_self_service_that_fails_costs_on_top():
    """Six minutes of trying, and a tenth of the 54 minutes from then until an agent has helped."""
    log = a_log(ticket(0, delay(State.SELF_SERVICE, 360), work(360, HOUR)))

    assert cost(log, "lost_time_per_need", PRICES) == pytest.approx(360 + 0.1 * (HOUR - 360))


def test_an_open_ticket_costs_until_the_log_ends():
    """Open for two hours so far, due after one."""
    log = a_log(ticket(0, queueing(), priority="P1", resolve_by=HOUR), window=(0, HOUR), stopped_at=2 * HOUR)

    assert cost(log, "lost_time_per_need", PRICES) == pytest.approx(0.2 * HOUR)
    assert cost(log, "penalty_cost", PRICES) == pytest.approx(500 / (HOUR / MONTH))


def test_a_promise_that_cannot_be_judged_costs_no_penalty():
    """The user gave up before it was due; the other waits for his own answer while the clock stands still."""
    log = a_log(
        ticket(0, queueing(10), priority="P1", resolve_by=HOUR),
        ticket(0, work(0, 10), delay(State.PENDING, pauses=True), priority="P1", resolve_by=20),
    )

    assert cost(log, "penalty_cost", PRICES) == 0


def test_what_has_no_price_costs_nothing():
    """Teams without a cost, priorities without a penalty."""
    log = a_log(
        ticket(0, queueing(HOUR, team="night"), priority="P4", resolve_by=1),
        agents=("night/1",),
        duty=[shift("night/1", 0, HOUR)],
    )

    assert cost(log, "staff_cost", PRICES) == 0
    assert cost(log, "penalty_cost", PRICES) == 0


def test_every_cost_has_a_label_a_unit_and_a_definition():
    """As every measure has."""
    for name, (label, unit, definition) in COST_LABELS.items():
        assert label, name
        assert unit in {"money", "time"}, name
        assert definition.endswith("."), name
