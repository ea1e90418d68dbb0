"""Where a ticket's time goes, worked out by hand."""

from __future__ import annotations

import math

import pytest

from logs import a_log, delay, handed_over, opening_hours, queueing, reading, resumed, ticket, work
from simdesk.states import State

OFFICE = opening_hours((0, 1000), (2000, 3000))
THREE_TICKETS = a_log(
    ticket(0, work(100, 300)),  # lead 200 + 100 of queue, touched for 200
    ticket(  # lead 2500, 1500 of it in office hours; there and back again: three changes, one return to each team
        0,
        work(0, 100),
        delay(State.HAND_OFF, 200),
        work(200, 300, agent="back/1"),
        delay(State.HAND_OFF, 400),
        work(400, 500),
        delay(State.HAND_OFF, 2400),
        work(2400, 2500, agent="back/1"),
    ),
    ticket(500, work(500, 600), delay(State.REOPENED, 900), work(900, 1000)),  # stays with its team
    ticket(500, work(600, 700, agent="desk/2"), queueing(5000, team="back")),  # gave up: not resolved, not counted
    ticket(600, work(700, agent="desk/2")),  # open: not counted
    agents=("desk/1", "desk/2", "back/1"),
    calendars=[OFFICE],
    office=1,
)
BY_HAND = {
    "flow_efficiency": (200 + 400 + 200) / (300 + 1500 + 500),  # the night of 1000 is not office time
    "flow_efficiency_elapsed": (200 + 400 + 200) / (300 + 2500 + 500),
    "flow_efficiency_median": 200 / 500,  # second of 400/2500, 200/500, 200/300
    "touch_time": (200 + 400 + 200) / 3,
    "stall_time": (100 + 2100 + 300) / 3,
    "hand_offs": (0 + 3 + 0) / 3,
    "reassigned": 1 / 3,
    "reassigned_often": 0 / 3,
    "loops": (0 + 2 + 0) / 3,
}


@pytest.mark.parametrize(("measure", "by_hand"), BY_HAND.items(), ids=BY_HAND)
def test_a_measure_is_what_one_gets_by_hand(measure: str, by_hand: float):
    """Every flow measure of the three tickets above."""
    assert reading(THREE_TICKETS, measure) == pytest.approx(by_hand)


@pytest.mark.parametrize("measure", BY_HAND)
def test_nothing_to_measure_is_not_a_number(measure: str):
    """No ticket, or none that was resolved."""
    assert math.isnan(reading(a_log(), measure))
    assert math.isnan(reading(a_log(ticket(0, queueing(10)), ticket(0, work(10))), measure))


def test_a_second_with_two_agents_is_touched_twice_and_stalled_never():
    """Two branches, 0–100 and 50–200: 250 seconds of agents' time in a life of 200 without a pause, all of it work."""
    log = a_log(ticket(0, work(0, 100), work(50, 200, agent="desk/2", queued_at=50)))

    assert reading(log, "touch_time") == 250
    assert reading(log, "stall_time") == 0
    assert reading(log, "flow_efficiency_elapsed") == 200 / 200
    assert reading(log, "flow_efficiency_median") == 200 / 200
    assert reading(log, "flow_efficiency") == 200 / 200


def test_work_at_night_is_no_part_of_a_life_in_office_hours():
    """Users are in their office for one hour. Agents at work for two hours of the night before and for the second half
    of that hour: 1800 of its 3600 seconds, not 9000; by the wall clock 9000 of 10 800."""
    log = a_log(
        ticket(0, work(0, 7200), resumed(9000, 10_800)), calendars=[opening_hours((7200, 10_800))], office=1,
        window=(0, 20_000),
    )  # fmt: skip

    assert reading(log, "flow_efficiency") == 1800 / 3600
    assert reading(log, "flow_efficiency_elapsed") == 9000 / 10_800
    assert reading(log, "touch_time") == 9000


def test_branches_at_work_at_night_and_by_day_count_each_second_of_the_day_once():
    """Office from 100 to 200. Two branches, worked on 50–150 and 120–180: 100–180, in a life of 50–200 in the end."""
    log = a_log(
        ticket(50, work(50, 150), work(120, 180, agent="desk/2", queued_at=50), delay(State.PENDING, 200)),
        calendars=[opening_hours((100, 200))], office=1,
    )  # fmt: skip

    assert reading(log, "flow_efficiency") == 80 / 100
    assert reading(log, "flow_efficiency_elapsed") == 130 / 150


def test_a_life_outside_office_hours_has_no_part_in_flow_efficiency():
    """One ticket lives in the night and adds nothing to either sum; alone, there is nothing to divide."""
    night, day = ticket(0, work(0, 50)), ticket(100, work(150, 200))
    office = {"calendars": [opening_hours((100, 300))], "office": 1}

    assert reading(a_log(night, day, **office), "flow_efficiency") == 50 / 100
    assert math.isnan(reading(a_log(night, **office), "flow_efficiency"))


def test_four_changes_are_often():
    """Desk, back, desk, back, desk: four changes, three returns."""
    agents = ["desk/1", "back/1"] * 2 + ["desk/1"]
    log = a_log(
        ticket(0, *(work(10 * turn, 10 * turn + 10, agent=agent) for turn, agent in enumerate(agents))),
        agents=("desk/1", "back/1"),
    )

    assert reading(log, "hand_offs") == 4
    assert reading(log, "reassigned_often") == 1
    assert reading(log, "loops") == 3


def test_an_agent_of_another_team_who_helps_out_is_no_hand_off():
    """The ticket stays in the desk's queue; whoever serves it."""
    log = a_log(ticket(0, work(0, 10), work(10, 20, agent="back/1", team="desk")), agents=("desk/1", "back/1"))

    assert reading(log, "hand_offs") == 0
    assert reading(log, "loops") == 0


def test_a_reopening_is_neither_hand_off_nor_return():
    """Resolved by the desk, reopened, and resolved by the desk again: in two visits, and it never changed hands."""
    log = a_log(ticket(0, work(0, 10), delay(State.REOPENED, 50), work(60, 70)))

    for measure in ("hand_offs", "reassigned", "loops", "first_contact_resolution"):
        assert reading(log, measure) == 0, measure
    assert reading(log, "first_level_resolution") == reading(log, "reopened") == 1


def test_a_shift_that_hands_over_to_another_office_is_no_first_contact_resolution():
    """The user talked to two offices."""
    log = a_log(ticket(0, work(0, 10), handed_over(20, 30, agent="night/1", team="desk")), agents=("desk/1", "night/1"))

    assert reading(log, "hand_offs") == reading(log, "reassigned") == 1
    assert reading(log, "first_contact_resolution") == reading(log, "first_level_resolution") == 0


def test_a_team_that_never_took_the_ticket_did_not_get_it():
    """The user gave up in the back office's queue and called the desk again, which resolved it."""
    log = a_log(
        ticket(0, queueing(50, team="back"), delay(State.REDIAL, 80), work(80, 90)), agents=("desk/1", "back/1")
    )

    assert reading(log, "hand_offs") == 0


def test_a_break_neither_adds_touch_time_nor_changes_hands():
    """Begun, parked over lunch, handed over in the evening: 10 + 20 + 30 seconds of work, one team."""
    log = a_log(ticket(0, work(0, 10), resumed(100, 120), handed_over(200, 230, agent="desk/2")))

    assert reading(log, "touch_time") == 60
    assert reading(log, "stall_time") == 230 - 60
    assert reading(log, "reassigned") == 0


def test_a_ticket_of_no_length_breaks_nothing():
    """Resolved in the second in which it was opened: there is no lead time to divide by."""
    log = a_log(ticket(5, work(5, 5)))

    assert reading(log, "flow_efficiency_median") == 0
    assert math.isnan(reading(log, "flow_efficiency_elapsed"))
