"""How much is open, worked out by hand and counted second by second."""

from __future__ import annotations

import math

import pytest

from logs import a_log, delay, queueing, reading, ticket, work
from simdesk.clock import NEVER
from simdesk.states import Outcome, State
from simdesk.ticketlog import TicketLog

WEEK = 7 * 86400
WINDOW = (1000, 2000)
OPEN_AND_SHUT = a_log(
    ticket(-500, work(1100, 1200), arrived_at=0),  # open since before the start: 200 seconds of the window
    ticket(0, work(10, 900)),  # over before the window
    ticket(900, work(1000, 1000)),  # ends in the first second of the window: open for none of it
    ticket(1000, work(1000, 1300, agent="desk/2")),  # 300
    ticket(1500, delay(State.SELF_SERVICE, 1600), outcome=Outcome.SELF_SERVICE),  # none; never reaches the desk
    ticket(1600, delay(State.AUTOMATION, 1750), work(1800, 1850)),  # 100; at the desk from 1750 on
    ticket(1700, queueing(1800)),  # 100; gives up
    ticket(1400, work(1450, 2000)),  # 600; ends in the second in which the window does: no longer open then
    ticket(1200, queueing(), priority="P1"),  # 800, and still open at the end, 800 old
    ticket(1900, work(1950, 2500, agent="desk/2")),  # 100; open when the window ends, 100 old
    ticket(2000, work(2600, 2700)),  # opened when the window is over
    window=WINDOW,
)
BY_HAND = {
    "backlog": (200 + 300 + 100 + 100 + 600 + 800 + 100) / 1000,
    "backlog_at_end": 2,
    "backlog_age_median": 100,  # first of 100 800
    "backlog_age_p90": 800,
    "contacts_per_week": 7 * WEEK / 1000,  # opened at 1000, 1500, 1600, 1700, 1400, 1200, 1900
    "tickets_per_week": 6 * WEEK / 1000,  # all of these but self-service
    "throughput": 6 * WEEK / 1000,  # ended at 1200, 1000, 1300, 1600, 1850, 1800; 2000 is outside
    "backlog_rate": 2 / (6 * WEEK / 1000),  # over those that reach the desk
}


@pytest.mark.parametrize(("measure", "by_hand"), BY_HAND.items(), ids=BY_HAND)
def test_a_measure_is_what_one_gets_by_hand(measure: str, by_hand: float):
    """Every backlog measure of the window above."""
    assert reading(OPEN_AND_SHUT, measure) == pytest.approx(by_hand)


def test_the_average_backlog_is_the_mean_of_a_count_in_every_second():
    """Counted the slow way: how many tickets are at the desk in each second of the window."""
    assert reading(OPEN_AND_SHUT, "backlog") == pytest.approx(counted(OPEN_AND_SHUT))


def counted(log: TicketLog) -> float:
    """Open tickets, averaged over every second of the window."""
    opened, ended = (log.tickets_columns[name].tolist() for name in ("reached_desk_at", "ended_at"))
    seconds = range(*log.window)
    return sum(o <= now < e for now in seconds for o, e in zip(opened, ended, strict=True)) / len(seconds)


def test_an_empty_desk_has_no_backlog():
    """Numbers are zero; ages and the weeks of work in the backlog have nothing to be taken from."""
    log = a_log()

    for measure in ("backlog", "backlog_at_end", "contacts_per_week", "tickets_per_week", "throughput"):
        assert reading(log, measure) == 0, measure
    for measure in ("backlog_age_median", "backlog_age_p90", "backlog_rate"):
        assert math.isnan(reading(log, measure)), measure


def test_the_backlog_of_a_priority_is_made_of_its_own_tickets():
    """One P1 ticket is open for 800 of 1000 seconds; the others are of P3."""
    assert reading(OPEN_AND_SHUT, "backlog", priority="P1") == 800 / 1000
    assert reading(OPEN_AND_SHUT, "backlog_at_end", priority="P1") == 1
    assert reading(OPEN_AND_SHUT, "backlog_age_median", priority="P1") == 800
    assert reading(OPEN_AND_SHUT, "throughput", priority="P1") == 0
    assert reading(OPEN_AND_SHUT, "backlog", priority="P3") == pytest.approx((200 + 300 + 100 + 100 + 600 + 100) / 1000)
    assert reading(OPEN_AND_SHUT, "backlog", priority="P2") == 0


def test_a_ticket_that_was_open_at_the_start_is_as_old_as_it_is():
    """Opened 500 before the start and open still when the window ends at 1000: 1500."""
    log = a_log(ticket(-500, queueing(), arrived_at=0), window=(0, 1000))

    assert reading(log, "backlog_age_median") == 1500
    assert reading(log, "backlog") == 1
    assert reading(log, "contacts_per_week") == 0


def test_a_need_in_self_service_is_not_backlog():
    """Opened at 100 and with the user himself until 700; still with him when the window ends at 500."""
    log = a_log(ticket(100, delay(State.SELF_SERVICE, 700), queueing()), window=(0, 500), stopped_at=1000)

    assert reading(log, "backlog") == 0
    assert reading(log, "backlog_at_end") == 0
    assert reading(log, "contacts_per_week") == WEEK / 500


def test_a_ticket_is_as_old_as_its_time_at_the_desk():
    """Opened at 100, at the desk from 400 on, open when the window ends at 1000."""
    log = a_log(ticket(100, delay(State.SELF_SERVICE, 400), queueing()), window=(0, 1000))

    assert reading(log, "backlog_age_median") == 600
    assert reading(log, "backlog") == 0.6


def test_a_run_without_cool_down_still_knows_what_is_open_at_its_end():
    """The log stops in the second in which the window ends."""
    log = a_log(ticket(400, queueing()), window=(0, 1000), stopped_at=1000)

    assert log.tickets_columns["ended_at"].tolist() == [NEVER]
    assert reading(log, "backlog_at_end") == 1
    assert reading(log, "backlog_age_median") == 600
