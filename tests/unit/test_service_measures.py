"""What users feel, worked out by hand on a log of eight tickets; and the edges of each definition."""

from __future__ import annotations

import math

import pytest

from logs import a_log, delay, handed_over, opening_hours, queueing, reading, ticket, work
from simdesk.clock import NEVER
from simdesk.measures import MEASURES
from simdesk.states import Outcome, State

A_MORNING = a_log(
    ticket(0, work(0, 600), respond_by=300, resolve_by=600),  # A: served at once, resolved in the second it was due
    ticket(100, work(700, 1300), respond_by=400, resolve_by=1800),  # B: late response, resolved in time
    ticket(200, queueing(500)),  # C: gave up
    ticket(300, delay(State.SELF_SERVICE, 660), outcome=Outcome.SELF_SERVICE),  # D: solved it himself
    ticket(400, delay(State.AUTOMATION, 410), outcome=Outcome.AUTOMATION),  # E: a machine did it
    ticket(1000, work(4000), respond_by=5000, resolve_by=9000),  # F: still worked on when the log ends
    ticket(  # G: the team asks back, and the clock of the promise stands still from 2600 to 6000
        2000,
        work(2000, 2600),
        delay(State.PENDING, 6000, pauses=True),
        work(6000, 6400),
        respond_by=2300,
        resolve_by=6600,
        paused=3400,
    ),
    ticket(  # H: goes to the back office, seems resolved at 4900, is not, and is resolved again at 5600
        3000,
        work(3100, 3700, agent="desk/2"),
        delay(State.HAND_OFF, 4000),
        work(4300, 4900, agent="back/1"),
        delay(State.REOPENED, 5200),
        work(5200, 5600, agent="back/1"),
    ),
    agents=("desk/1", "desk/2", "back/1"),
    window=(0, 10_000),
    stopped_at=12_000,
)
BY_HAND = {
    # A 0, B 600, F 3000, G 0, H 100; C, D and E never met an agent
    "response_time": (0 + 600 + 3000 + 0 + 100) / 5,
    "response_time_median": 100,  # third of 0 0 100 600 3000
    "response_time_p90": 3000,  # fifth: 0.9 × 5 = 4.5
    # and C, who waited 300 for nothing
    "first_wait": (0 + 600 + 300 + 3000 + 0 + 100) / 6,
    "first_wait_p90": 3000,  # sixth of six: 5.4
    "served_at_once": 2 / 6,  # A and G
    "resolution_time": (600 + 1200 + 4400 + 2600) / 4,  # A, B, G, H
    "resolution_time_median": 1200,  # second of 600 1200 2600 4400
    "resolution_time_p90": 4400,  # fourth: 3.6
    "resolution_time_business": (600 + 1200 + 4400 + 2600) / 4,  # this office never closes; see below for one that does
    "resolution_time_promised": (600 + 1200 + (4400 - 3400)) / 3,  # A, B, G have promises
    "watermelon": (600 + 1200 + 4400) / (600 + 1200 + 1000),
    "response_sla": 3 / 4,  # A, F and G of A, B, F, G
    "resolution_sla": 3 / 4,  # A, B and G; F was due at 9000 and is open
    "within_30_minutes": 2 / 4,  # A and B
    "abandonment": 1 / 6,  # C of A B C F G H
    "self_service_rate": 1 / 8,
    "automation_rate": 1 / 8,
    "first_contact_resolution": 2 / 4,  # A and B; G had to wait for its user, H went on
    "first_level_resolution": 3 / 4,  # all but H
    "reopened": 1 / 4,  # H
    "still_open": 1 / 8,  # F
}


@pytest.mark.parametrize(("measure", "by_hand"), BY_HAND.items(), ids=BY_HAND)
def test_a_measure_is_what_one_gets_by_hand(measure: str, by_hand: float):
    """Every service measure of the morning above."""
    assert reading(A_MORNING, measure) == pytest.approx(by_hand)


@pytest.mark.parametrize("measure", BY_HAND)
def test_nothing_to_measure_is_not_a_number(measure: str):
    """An empty cohort has no mean, no share and no quantile; it is not zero."""
    assert math.isnan(reading(a_log(), measure))


@pytest.mark.parametrize("measure", BY_HAND)
def test_tickets_opened_outside_the_window_do_not_count(measure: str):
    """Neither those of the warm-up, nor those open at the start, nor those of the cool-down."""
    alone = ticket(1500, work(1600, 1700), resolve_by=2000)
    others = [
        ticket(-500, queueing(900), arrived_at=0, resolve_by=10),
        ticket(999, work(999, 1000), delay(State.REOPENED, 1001), work(1001, 9000), respond_by=999, resolve_by=1001),
        ticket(2000, queueing()),
    ]

    with_others, without = (
        a_log(*tickets, window=(1000, 2000), stopped_at=9000) for tickets in ([alone, *others], [alone])
    )

    assert reading(with_others, measure) == pytest.approx(reading(without, measure), nan_ok=True)


def test_business_hours_are_the_users_own():
    """Opened at 50 while the office is closed till 100; closed again from 200 to 300; resolved at 350: 100 + 50."""
    log = a_log(ticket(50, work(60, 350)), calendars=[opening_hours((100, 200), (300, 400))], office=1)

    assert reading(log, "resolution_time_business") == 150
    assert reading(log, "resolution_time") == 300


def test_a_promise_runs_on_its_own_clock():
    """The clock of the promise is open in 0–100 and 200–300, and stands still for 20 of them: 100 + 50 − 20."""
    log = a_log(
        ticket(0, work(0, 250), resolve_by=270, clock=1, paused=20), calendars=[opening_hours((0, 100), (200, 300))]
    )

    assert reading(log, "resolution_time_promised") == 130
    assert reading(log, "watermelon") == pytest.approx(250 / 130)


@pytest.mark.parametrize(("resolved_at", "kept"), [(99, 1), (100, 1), (101, 0)])
def test_a_promise_is_kept_up_to_its_last_second(resolved_at: int, kept: int):
    """Due at 100 means by 100, that second included."""
    log = a_log(ticket(0, work(resolved_at, resolved_at), respond_by=100, resolve_by=100))

    assert reading(log, "response_sla") == kept
    assert reading(log, "resolution_sla") == kept


@pytest.mark.parametrize(
    ("gave_up_at", "verdict"), [(99, math.nan), (100, math.nan), (101, 0.0)], ids=["before", "when due", "after"]
)
def test_a_user_who_gives_up_before_the_due_instant_leaves_nothing_to_judge(gave_up_at: int, verdict: float):
    """One who gives up later has seen the promise broken."""
    log = a_log(ticket(0, queueing(gave_up_at), respond_by=100, resolve_by=100))

    assert reading(log, "response_sla") == pytest.approx(verdict, nan_ok=True)
    assert reading(log, "resolution_sla") == pytest.approx(verdict, nan_ok=True)


@pytest.mark.parametrize(("due", "verdict"), [(199, 0.0), (200, math.nan), (NEVER, math.nan)])
def test_an_open_ticket_is_judged_only_if_it_was_due(due: int, verdict: float):
    """The log ends at 200; what is due then or later may still be kept."""
    log = a_log(ticket(0, queueing(), respond_by=due, resolve_by=due), window=(0, 100), stopped_at=200)

    assert reading(log, "response_sla") == pytest.approx(verdict, nan_ok=True)
    assert reading(log, "resolution_sla") == pytest.approx(verdict, nan_ok=True)


@pytest.mark.parametrize(("due", "verdict"), [(59, 0.0), (60, math.nan), (150, math.nan)])
def test_a_clock_that_still_stands_still_at_the_end_breaks_no_promise(due: int, verdict: float):
    """The user is asked at 60 and has not answered when the log ends at 200: a due instant after 60 will move."""
    log = a_log(
        ticket(0, work(10, 60), delay(State.PENDING, pauses=True), resolve_by=due), window=(0, 100), stopped_at=200
    )

    assert reading(log, "resolution_sla") == pytest.approx(verdict, nan_ok=True)


def test_promises_to_those_who_never_reached_a_team_are_not_counted():
    """What a user or a machine solves in time is nobody's merit here."""
    log = a_log(ticket(0, delay(State.SELF_SERVICE, 60), outcome=Outcome.SELF_SERVICE, respond_by=100, resolve_by=100))

    assert math.isnan(reading(log, "response_sla"))
    assert math.isnan(reading(log, "resolution_sla"))


def test_who_gives_up_at_once_was_not_served_at_once():
    """A wait of nothing that ends in silence is not service; neither is a wait that has just begun."""
    log = a_log(ticket(0, queueing(0)), ticket(100, queueing()), ticket(50, work(50, 60)), window=(0, 101),
                stopped_at=101)  # fmt: skip

    assert reading(log, "served_at_once") == pytest.approx(1 / 3)


def test_trying_again_is_still_one_contact():
    """The first call was never answered; the second was, and that resolved it."""
    log = a_log(ticket(0, queueing(60), delay(State.REDIAL, 300), work(310, 400)))

    assert reading(log, "first_contact_resolution") == 1
    assert reading(log, "first_wait") == 60
    assert reading(log, "response_time") == 310
    assert reading(log, "abandonment") == 0


def test_work_that_is_handed_over_in_the_evening_is_still_one_contact():
    """Another agent of the team finished it; the user noticed nothing but the time."""
    log = a_log(ticket(0, work(0, 60), handed_over(100, 160, agent="desk/2")))

    assert reading(log, "first_contact_resolution") == 1
    assert reading(log, "first_wait") == 0


def test_self_service_that_fails_is_no_part_of_the_response():
    """The user opened the need at 0, tried till 360, and was served at 400: the desk let him wait for 40."""
    log = a_log(ticket(0, delay(State.SELF_SERVICE, 360), work(400, 500)))

    assert reading(log, "response_time") == 40
    assert reading(log, "first_wait") == 40
    assert reading(log, "resolution_time") == 500
    assert reading(log, "self_service_rate") == 0


def test_a_cohort_can_be_narrowed():
    """Two incidents of P1 by phone wait 10 and 30; a request of P2 by the portal waits 500."""
    log = a_log(
        ticket(0, work(10, 20), priority="P1"),
        ticket(0, work(30, 40, agent="desk/2"), priority="P1"),
        ticket(0, work(500, 510), priority="P2", type="request", channel="portal"),
    )

    assert reading(log, "first_wait", priority="P1") == 20
    assert reading(log, "first_wait", type="request") == 500
    assert reading(log, "first_wait", channel="phone") == 20
    assert math.isnan(reading(log, "first_wait", priority="P1", channel="portal"))
    assert math.isnan(reading(log, "first_wait", type="no such type"))


def test_every_measure_says_what_it_is():
    """A label, a definition that ends as a sentence does, and no two labels alike."""
    labels = [measure.label for measure in MEASURES.values()]

    assert len(set(labels)) == len(labels)
    assert [m.name for m in MEASURES.values() if not (m.doc.endswith(".") or m.doc.endswith("%."))] == []
