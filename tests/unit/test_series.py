"""Along the clock and the calendar: by hand, by brute force, and against the totals that they must add up to."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pytest

from logs import Shift, a_log, delay, queueing, resumed, shift, ticket, work
from simdesk.experiment.replicate import simulate
from simdesk.measures import Cohort, TeamView
from simdesk.measures.series import backlog_by_day, by_hour_of_day, occupancy_by_hour, queue_by_day
from simdesk.measures.teams import TEAM_MEASURES
from simdesk.scenario.loading import load, vary
from simdesk.shelf import on_the_shelf
from simdesk.states import Outcome, State
from simdesk.ticketlog import TicketLog

HOUR, DAY = 3600, 86400
AFTERNOON = datetime(2026, 1, 5, 13)  # a Monday
SUMMER_BEGINS = datetime(2026, 3, 28)  # the Saturday before Berlin's clocks go from 02:00 to 03:00


@pytest.fixture(scope="module")
def fortnight() -> TicketLog:
    """A desk of the shelf for two weeks, from a Monday noon."""
    changes = {"run.length": "2 weeks", "run.warm_up": "1 day", "run.start": "2026-01-05T12:00"}
    return simulate(vary(load(on_the_shelf("service-desk")), changes))


def test_hours_of_the_day_are_local():
    """The log begins at 13:00; what is opened 30 minutes later belongs to 13, what is opened 12 hours later to 1."""
    log = a_log(
        ticket(HOUR // 2, work(HOUR, 2 * HOUR)),  # waits 30 minutes
        ticket(HOUR // 2, queueing(HOUR)),  # gives up after 30 minutes
        ticket(12 * HOUR, work(12 * HOUR + 60, 13 * HOUR)),  # waits a minute
        ticket(12 * HOUR, delay(State.SELF_SERVICE, 13 * HOUR), outcome=Outcome.SELF_SERVICE),  # reaches no team
        window=(0, DAY),
        start=AFTERNOON,
    )

    hours = by_hour_of_day(Cohort.of(log))

    assert nonzero(hours.offered) == {13: 2, 1: 1}
    assert nonzero(hours.waited) == {13: HOUR, 1: 60}
    assert nonzero(hours.abandoned) == {13: 1}
    assert hours.days == 1


def test_hours_of_the_day_keep_local_time_when_the_clocks_change():
    """On the Sunday 01:30 is 25.5 hours after the start, and 03:30 only an hour later."""
    log = a_log(
        ticket(25 * HOUR + HOUR // 2, work(26 * HOUR, 26 * HOUR + 1)),
        ticket(26 * HOUR + HOUR // 2, work(27 * HOUR, 27 * HOUR + 1)),
        window=(0, 3 * DAY - HOUR),
        start=SUMMER_BEGINS,
        zone="Europe/Berlin",
    )

    hours = by_hour_of_day(Cohort.of(log))

    assert nonzero(hours.offered) == {1: 1, 3: 1}
    assert hours.days == 3


def test_hours_of_the_day_add_up_to_the_cohort(fortnight: TicketLog):
    """Every ticket that reached a team stands in one hour."""
    cohort = Cohort.of(fortnight)

    hours = by_hour_of_day(cohort)

    assert hours.offered.sum() == len(cohort.offered)
    assert hours.waited.sum() == cohort.offered.first_wait.sum()
    assert hours.abandoned.sum() == len(cohort.offered.ended_as(Outcome.ABANDONED))
    assert hours.days == 14


def test_hours_of_the_week_begin_on_monday():
    """From Monday 13:00: worked 13:30 to 15:15; there from 13:00 to 15:00, and on Tuesday from 9:00 to 10:00. What is
    worked after three is overtime."""
    log = a_log(
        ticket(0, work(HOUR // 2, 2 * HOUR + HOUR // 4)),
        duty=[Shift("desk/1", paid=(), there=((0, 2 * HOUR), (20 * HOUR, 21 * HOUR)))],
        window=(0, 7 * DAY),
        start=AFTERNOON,
    )

    worked, present = occupancy_by_hour(log, 0)

    assert nonzero(worked) == {13: HOUR / 2, 14: HOUR}
    assert nonzero(present) == {13: HOUR, 14: HOUR, 24 + 9: HOUR}


def test_weeks_lie_on_top_of_each_other():
    """The same hour of two Mondays, and what spills over the window is not counted."""
    log = a_log(
        duty=[shift("desk/1", *span) for span in ((0, HOUR), (7 * DAY, 7 * DAY + HOUR), (14 * DAY - 60, 15 * DAY))],
        window=(0, 14 * DAY),
        start=AFTERNOON,
    )

    _, present = occupancy_by_hour(log, 0)

    assert nonzero(present) == {13: 2 * HOUR, 12: 60}


@pytest.mark.parametrize("team", [0, 1, 2])
def test_hours_of_the_week_add_up_to_the_occupancy(fortnight: TicketLog, team: int):
    """All seconds worked, all seconds there."""
    worked, present = occupancy_by_hour(fortnight, team)

    occupancy = TEAM_MEASURES["occupancy"].read(TeamView(fortnight, team))
    assert worked.sum() == occupancy.numerator
    assert present.sum() == occupancy.denominator


def test_the_backlog_of_a_day_is_what_is_open_at_its_midnight():
    """Midnights are at 11 h, 35 h, … after 13:00; a ticket that ends in that second is no longer open."""
    midnights = [11 * HOUR, 35 * HOUR, 59 * HOUR]
    log = a_log(
        ticket(0, work(0, midnights[0])),
        ticket(HOUR, work(HOUR, midnights[1] + 1)),
        ticket(11 * HOUR, queueing()),
        window=(0, 3 * DAY),
        stopped_at=4 * DAY,
        start=AFTERNOON,
    )

    number, age = backlog_by_day(log)

    assert number.tolist() == [1, 2, 1]
    assert age.tolist() == [10 * HOUR, (34 + 24) / 2 * HOUR, 48 * HOUR]


def test_an_empty_day_has_no_age():
    """A number of zero, an age of nothing."""
    number, age = backlog_by_day(a_log(window=(0, 2 * DAY)))

    assert number.tolist() == [0, 0]
    assert np.isnan(age).all()


def test_the_backlog_of_every_day_by_brute_force(fortnight: TicketLog):
    """Counted ticket by ticket; noon is second 0, so midnights lie 12 hours later."""
    opened, ended = (fortnight.tickets_columns[name].tolist() for name in ("opened_at", "ended_at"))
    begin, end = fortnight.window
    midnights = [at for at in range(DAY // 2, end + 1, DAY) if begin < at <= end]

    number, _ = backlog_by_day(fortnight)

    assert number.tolist() == [sum(o < at < e for o, e in zip(opened, ended, strict=True)) for at in midnights]


def test_a_queue_at_midnight_holds_those_who_wait_for_an_agent():
    """One waits, one is worked on, one was begun and lies parked, one is another team's."""
    night = (DAY - 60, DAY + 60)
    log = a_log(
        ticket(night[0], work(night[1], 2 * DAY)),
        ticket(night[0], work(night[0], night[1], agent="desk/2")),
        ticket(0, work(0, 10), resumed(night[1], 2 * DAY)),
        ticket(night[0], work(night[1], 2 * DAY, agent="back/1")),
        agents=("desk/1", "desk/2", "back/1"),
        window=(0, 2 * DAY - 1),
    )

    assert queue_by_day(log, 0).tolist() == [1]
    assert queue_by_day(log, 1).tolist() == [1]


def test_a_queue_at_midnight_forgets_who_gave_up():
    """One gave up before midnight, one in its very second, one waits on."""
    log = a_log(
        ticket(10, queueing(20)), ticket(30, queueing(DAY)), ticket(40, queueing()), window=(0, DAY), stopped_at=2 * DAY
    )

    assert queue_by_day(log, 0).tolist() == [1]


def nonzero(values: np.ndarray) -> dict[int, float]:
    """The hours in which there is anything."""
    return {int(hour): float(values[hour]) for hour in np.flatnonzero(values)}
