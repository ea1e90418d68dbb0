"""What teams do, worked out by hand on a window of a thousand seconds; and the edges of each definition."""

from __future__ import annotations

import math

import pytest

from logs import Shift, a_log, delay, handed_over, issue_125, queueing, resumed, shift, team_reading, ticket, work
from simdesk.measures import TEAM_MEASURES
from simdesk.states import State

WEEK = 7 * 86400
WINDOW = (1000, 2000)
A_TEAM = a_log(
    ticket(900, work(950, 1100)),  # work spills into the window: 100 of its 150 seconds; not a visit of the window
    ticket(1100, work(1100, 1300)),  # served at once: 200
    ticket(1200, work(1250, 1350, agent="desk/2")),  # waits 50: 100
    ticket(1300, queueing(1400)),  # gives up after 100
    ticket(1900, work(1980, 2100, agent="desk/2")),  # waits 80: 20 of its 120 seconds
    ticket(1950, queueing(2050)),  # waits 100, half of it behind the window
    duty=[
        Shift("desk/1", paid=((1000, 2000),), there=((1000, 1400), (1500, 1900))),
        Shift("desk/2", paid=((1200, 2400),), there=((1200, 2400),)),
    ],
    window=WINDOW,
)
BY_HAND = {
    "occupancy": (100 + 200 + 100 + 20) / (400 + 400 + 800),
    "utilisation": (100 + 200 + 100 + 20) / (1000 + 800),
    "overtime": 0,  # all work lies within paid shifts; see Ciw's issue 125 below for some that does not
    "queue_wait": (0 + 50 + 100 + 80 + 100) / 5,
    "queue_wait_p90": 100,  # fifth of 0 50 80 100 100: 4.5
    "without_wait": 1 / 5,
    "visits_per_week": 5 * WEEK / 1000,
    "queue_length": (50 + 100 + 80 + 50) / 1000,
    # desk/1 free 1300–1400 and 1500–1900, desk/2 free 1200–1250 and 1350–1980; together 1200–1250 and 1300–1980
    "readiness": (50 + 680) / 1000,
    "load_gini": (300 - 120) / (2 * (300 + 120)),  # two agents with 300 and 120 seconds
}


@pytest.mark.parametrize(("measure", "by_hand"), BY_HAND.items(), ids=BY_HAND)
def test_a_measure_is_what_one_gets_by_hand(measure: str, by_hand: float):
    """Every team measure of the window above."""
    assert team_reading(A_TEAM, measure) == pytest.approx(by_hand)


def test_a_team_that_never_was_there_has_no_rates():
    """Without people and without tickets there is nothing to divide by; numbers of tickets are zero."""
    log = a_log()

    numbers = {"visits_per_week", "queue_length"}
    for measure in TEAM_MEASURES:
        value = team_reading(log, measure)
        assert value == 0 if measure in numbers else math.isnan(value), measure


def test_people_count_for_their_own_team_wherever_they_work():
    """An agent of the back office serves the desk's queue for 400 seconds, and his own for 100.

    His team is busy for 500 of 1000; the desk's own agent for 200. The queue in which the tickets waited is the desk's.
    """
    log = a_log(
        ticket(0, work(0, 200)),
        ticket(0, work(50, 450, agent="back/1", team="desk")),
        ticket(500, work(500, 600, agent="back/1")),
        agents=("desk/1", "back/1"),
        duty=[shift("desk/1", 0, 1000), shift("back/1", 0, 1000)],
        window=(0, 1000),
    )

    assert team_reading(log, "occupancy", "desk") == 200 / 1000
    assert team_reading(log, "occupancy", "back") == 500 / 1000
    assert team_reading(log, "readiness", "desk") == 800 / 1000
    assert team_reading(log, "queue_wait", "desk") == 50 / 2
    assert team_reading(log, "queue_wait", "back") == 0
    assert team_reading(log, "visits_per_week", "back") == pytest.approx(WEEK / 1000)


def test_a_team_whose_name_begins_like_another_is_another_team():
    """`desk` and `desk-night` share letters, not people."""
    log = a_log(
        ticket(0, work(0, 100, agent="desk-night/1")),
        agents=("desk/1", "desk-night/1"),
        duty=[shift("desk/1", 0, 1000), shift("desk-night/1", 0, 1000)],
        window=(0, 1000),
    )

    assert team_reading(log, "occupancy", "desk") == 0
    assert team_reading(log, "occupancy", "desk-night") == 0.1


def test_work_after_hours_makes_nobody_busier_than_he_is_there():
    """There for 100 seconds, at work for 150: the last 50 were a favour, and he was busy all the time."""
    log = a_log(ticket(0, work(0, 150)), duty=[shift("desk/1", 0, 100)], window=(0, 1000))

    assert team_reading(log, "occupancy") == 1
    assert team_reading(log, "utilisation") == 1


def test_overtime_is_told_apart_from_work_on_duty():
    """Twenty of 25 minutes within shifts, and four beyond them."""
    log = issue_125()

    assert team_reading(log, "occupancy") == 20 / 25
    assert team_reading(log, "utilisation") == 20 / 25
    assert team_reading(log, "overtime") == 4 * 60 * 7  # four minutes a day, as if every day were like this one


def test_work_in_a_paid_break_is_time_there_for_tickets():
    """There from 0 to 100 and from 200 to 300, paid throughout, at work from 50 to 120: 70 of 220, and of 300 paid."""
    log = a_log(
        ticket(0, work(50, 120)),
        duty=[Shift("desk/1", paid=((0, 300),), there=((0, 100), (200, 300)))],
        window=(0, 1000),
    )

    assert team_reading(log, "occupancy") == 70 / 220
    assert team_reading(log, "utilisation") == 70 / 300


def test_whoever_works_after_hours_does_not_make_a_colleague_less_free():
    """desk/1 left at 100 and works on till 300; desk/2 is there from 100 to 200 and free all the time."""
    log = a_log(ticket(0, work(0, 300)), duty=[shift("desk/1", 0, 100), shift("desk/2", 100, 200)], window=(0, 1000))

    assert team_reading(log, "readiness") == 100 / 200


def test_readiness_asks_for_anyone():
    """Two agents take turns: one is always free, though each is busy half of the time."""
    log = a_log(
        ticket(0, work(0, 500)),
        ticket(500, work(500, 1000, agent="desk/2")),
        duty=[shift("desk/1", 0, 1000), shift("desk/2", 0, 1000)],
        window=(0, 1000),
    )

    assert team_reading(log, "readiness") == 1
    assert team_reading(log, "occupancy") == 0.5


def test_readiness_counts_only_hours_in_which_somebody_is_there():
    """Busy throughout the one hour in which the desk is open: never ready, whatever the night is like."""
    log = a_log(ticket(0, work(0, 100)), duty=[shift("desk/1", 0, 100)], window=(0, 1000))

    assert team_reading(log, "readiness") == 0


@pytest.mark.parametrize(
    ("work_of_each", "gini"),
    [((100, 100, 100), 0), ((0, 0, 300), 2 / 3), ((100, 200), 1 / 6), ((50,), 0)],
    ids=["all alike", "one of three alone", "one to two", "alone in the team"],
)
def test_the_gini_coefficient_tells_how_unevenly_work_is_spread(work_of_each: tuple[int, ...], gini: float):
    """Half the mean difference of two agents over the mean: for 0, 0, 300 it is (4 × 300 / 9) / (2 × 100)."""
    names = [f"desk/{number + 1}" for number in range(len(work_of_each))]
    log = a_log(
        *(ticket(0, work(0, end, agent=name)) for name, end in zip(names, work_of_each, strict=True)),
        agents=names,
        window=(0, 1000),
    )

    assert team_reading(log, "load_gini") == pytest.approx(gini)


def test_work_taken_up_again_is_not_a_visit():
    """Parked over a break, then handed over in the evening: one ticket came to the team, once, and waited 10."""
    log = a_log(ticket(0, work(10, 20), resumed(50, 60), handed_over(100, 130, agent="desk/2")), window=(0, 1000))

    assert team_reading(log, "visits_per_week") == pytest.approx(WEEK / 1000)
    assert team_reading(log, "queue_wait") == 10
    assert team_reading(log, "queue_length") == (10 + 40) / 1000  # handed-over work waits in the queue, parked does not


def test_a_second_visit_is_a_visit():
    """Back from the user, the ticket queues again."""
    log = a_log(ticket(0, work(10, 20), delay(State.PENDING, 50), work(80, 90)), window=(0, 1000))

    assert team_reading(log, "visits_per_week") == pytest.approx(2 * WEEK / 1000)
    assert team_reading(log, "queue_wait") == (10 + 30) / 2


def test_a_visit_belongs_to_the_window_in_which_it_begins():
    """Queued at 100, the first second of the window, and at 200, the first behind it."""
    log = a_log(ticket(0, work(120, 130, queued_at=100)), ticket(0, work(210, 220, queued_at=200)), window=(100, 200))

    assert team_reading(log, "queue_wait") == 20


def test_whoever_still_waits_at_the_end_has_waited_until_then():
    """Joined at 100, the log ends at 500: 400 so far. Nobody served him, also not at once."""
    log = a_log(ticket(100, queueing()), ticket(499, queueing()), window=(0, 500), stopped_at=500)

    assert team_reading(log, "queue_wait") == (400 + 1) / 2
    assert team_reading(log, "queue_length") == (400 + 1) / 500
    assert team_reading(log, "without_wait") == 0


def test_who_gives_up_at_once_was_not_served_without_a_wait():
    """A visit of no length that ends in silence."""
    log = a_log(ticket(0, queueing(0)), ticket(0, work(0, 10)), window=(0, 500))

    assert team_reading(log, "without_wait") == 1 / 2


def test_work_before_a_shift_and_between_two_is_overtime_and_in_a_paid_break_it_is_not():
    """Paid from 100 to 300 and 400 to 500, a break from 200 to 250; at work from 50 to 450: 50 + 100 seconds."""
    log = a_log(
        ticket(0, work(50, 450)),
        duty=[Shift("desk/1", paid=((100, 300), (400, 500)), there=((100, 200), (250, 300), (400, 500)))],
        window=(0, WEEK),
    )

    assert team_reading(log, "overtime") == 150


def test_overtime_is_that_of_the_window():
    """At work from 900 to 1,100 after a shift that ended at 800; the window begins at 1,000."""
    log = a_log(ticket(700, work(700, 1100)), duty=[shift("desk/1", 0, 800)], window=(1000, 1000 + WEEK))

    assert team_reading(log, "overtime") == 100


def test_where_no_shifts_are_known_no_overtime_is():
    """A real export does not say who was there when."""
    assert math.isnan(team_reading(a_log(ticket(0, work(0, 60))), "overtime"))


def test_who_has_an_unpaid_break_later_has_worked_no_overtime():
    """Paid from 0 to 100 and from 200 to 300; a call holds the break up to 120, so it lasts until 220."""
    log = a_log(
        ticket(0, work(50, 120)),
        duty=[Shift("desk/1", paid=((0, 100), (200, 300)), there=((0, 120), (220, 300)))],
        window=(0, WEEK),
    )

    assert team_reading(log, "overtime") == 0
    assert team_reading(log, "occupancy") == 70 / 200
