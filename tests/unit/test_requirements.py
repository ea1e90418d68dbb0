"""People needed by interval: loads that can be worked out by hand, and the formulas of Erlang hour by hour."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.stats import poisson

from simdesk.durations import HOUR, MINUTE
from simdesk.errors import RunError
from simdesk.experiment.load import team_loads
from simdesk.experiment.staffing.requirements import Requirements, clock, presence_of, requirements
from simdesk.experiment.staffing.team_week import SLOT, SLOTS, carried_over, team_week
from simdesk.scenario.loading import loads, vary
from simdesk.scenario.model import Scenario
from written import from_shelf, one_team, two_tiers

STEADY = """
demand:
  contacts: 200 per hour
  profile: flat
  types: {call: {share: 100 %, work: {exponential: {mean: 3 min}}}}
teams: {desk: {agents: 1}}
"""
MORNING = """
demand:
  contacts: 24 per day
  profile: {hours: [0, 0, 0, 0, 0, 0, 0, 0, 1, 3, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]}
  types: {call: {share: 100 %, work: {constant: {value: 1 h}}}}
teams: {desk: {agents: 1}}
"""


def steady(changes: dict[str, Any] | None = None) -> Scenario:
    return vary(loads(STEADY), changes or {})


def hours(found: Requirements, day: int = 0) -> list[float]:
    """Load of each interval of a day."""
    return [float(load) for load in found.load[day]]


def test_the_textbook_call_centre_takes_fourteen():
    """200 calls an hour of 3 minutes, 80 % within 20 s: 14 agents reach 88.8 %, 13 only 79.6 % (Erlang C)."""
    found = requirements(steady(), "desk", answered_within=20, share=0.8, interval=HOUR)

    assert found.rule == "Erlang C"
    assert np.unique(found.people).tolist() == [14]
    assert found.load == pytest.approx(np.full((7, 24), 10.0))
    assert found.hours == 168 * 14


def test_the_load_follows_the_calls_by_the_time_they_take():
    """4, 12 and 8 calls from 8 to 11, of an hour each: what is in hand rises and falls in straight lines."""
    found = requirements(loads(MORNING), "desk", interval=HOUR)

    assert hours(found)[8:13] == pytest.approx([2, 8, 10, 4, 0], abs=1e-9)
    assert hours(found, 6) == pytest.approx(hours(found, 0), abs=1e-9)


def test_nobody_is_needed_where_nothing_is_in_hand():
    """Before the first call and an hour after the last, unless somebody has to be there anyway."""
    bare, manned = (requirements(loads(MORNING), "desk", interval=HOUR, at_least=one) for one in (0, 1))

    assert (bare.people[:, 8:12] > 0).all()
    assert bare.people[:, :8].max() == bare.people[:, 12:].max() == 0
    assert manned.people.min() == 1
    assert (manned.people[:, 8:12] == bare.people[:, 8:12]).all()


def test_no_work_is_lost_at_night():
    """What comes while a team is closed, and what it has in hand at closing time, is work all the same."""
    for scenario in (one_team(), two_tiers(), from_shelf("quickstart"), from_shelf("mri")):
        for load in team_loads(scenario):
            week = team_week(scenario, load.team)

            assert float(week.load.sum()) * SLOT / HOUR == pytest.approx(load.offered, rel=1e-6)
            assert week.load[~week.is_open].max(initial=0.0) == 0


def test_people_are_needed_only_while_the_team_is_open():
    """Mon to Fri, 8 to 17; what comes outside these hours needs people in the first two."""
    found = requirements(one_team(), "desk")

    assert found.people.shape == (7, 48)
    assert np.flatnonzero(found.people[0]).tolist() == list(range(16, 34))
    assert found.people[5:].max() == 0
    assert (found.is_open == (found.people > 0)).all()
    assert 0 < found.week.while_closed < 0.2


def test_what_comes_at_night_is_spread_over_the_first_hours():
    """Open 8 to 10 every day, one visit in each slot of the week: 22 hours of them fall into the first of the two."""
    is_open = np.zeros((7, 24, HOUR // SLOT), bool)
    is_open[:, 8:10] = True
    arrivals = np.ones(SLOTS)

    found = carried_over(arrivals, is_open.ravel(), HOUR).reshape(7, 24, -1)

    assert found[:, 8].ravel() == pytest.approx(np.full(7 * 12, 23.0))
    assert found[:, 9].ravel() == pytest.approx(np.ones(7 * 12))
    assert found.sum() == pytest.approx(SLOTS)


def test_shifts_open_a_team_that_has_no_calendar():
    """Two shifts side by side; the one past midnight is open on the next morning too."""
    shifts = {
        "late": {"agents": 1, "days": "Fri", "hours": "22:00-02:00"},
        "day": {"agents": 1, "hours": "08:00-10:00"},
    }
    scenario = steady({"teams.desk.agents": None, "teams.desk.shifts": shifts})

    found = requirements(scenario, "desk", interval=HOUR)

    assert np.argwhere(found.is_open[4]).ravel().tolist() == [8, 9, 22, 23]
    assert np.argwhere(found.is_open[5]).ravel().tolist() == [0, 1]


def test_a_team_elsewhere_works_by_its_own_clock():
    """Calls from 8 to 11 in UTC are calls from 17 to 20 in Tokyo."""
    calendars = {"tokyo": {"days": "daily", "hours": "00:00-24:00", "time_zone": "Asia/Tokyo"}}
    scenario = vary(loads(MORNING), {"calendars": calendars, "teams.desk.calendar": "tokyo"})

    found = requirements(scenario, "desk", interval=HOUR)

    assert hours(found)[17:22] == pytest.approx([2, 8, 10, 4, 0], abs=1e-9)


def test_users_who_give_up_need_fewer_people():
    """As impatient as the work is long: the number at the desk is Poisson with the load, whatever the staffing."""
    scenario = from_shelf("textbook/daily-wave-impatient")

    found = requirements(scenario, "desk", delay_probability=0.1, interval=HOUR)

    needed = [next(s for s in range(1, 99) if poisson.sf(s - 1, load) <= 0.1) for load in hours(found)]
    assert found.rule == "Erlang A"
    assert found.week.gives_up == pytest.approx(1 / HOUR)
    assert found.people[0].tolist() == needed
    assert found.hours < requirements(from_shelf("textbook/daily-wave"), "desk", delay_probability=0.1).hours


def test_a_plan_does_not_rely_on_a_few_who_give_up():
    """Four callers in ten have patience, everybody else waits for ever: Erlang C."""
    limits = {"callers": {"when": {"channel": "phone"}, "gives_up_after": {"exponential": {"mean": "5 min"}}}}

    found = requirements(one_team({"patience": limits}), "desk")

    assert found.rule == "Erlang C"
    assert found.week.can_give_up == pytest.approx(0.4)
    assert (found.people == requirements(one_team(), "desk").people).all()


def test_what_is_escalated_needs_people_above():
    """Three in ten of 700 visits reach the experts for 40 minutes; none of them is a first visit."""
    desk, experts = (requirements(two_tiers(), team).week for team in ("desk", "experts"))

    assert (desk.visits, desk.later) == (pytest.approx(700), pytest.approx(0, abs=1e-12))
    assert (experts.visits, experts.later) == (pytest.approx(210), 1.0)
    assert experts.work == pytest.approx(40 * MINUTE)


def test_self_service_takes_people_off_the_desk():
    """Half try to help themselves, and half of those succeed: a quarter less load in every hour."""
    helped = steady({"demand.types.call.self_service": {"attempted": "50 %", "solved": "50 %"}})

    assert requirements(helped, "desk").load == pytest.approx(0.75 * requirements(steady(), "desk").load)


def test_of_a_paid_hour_only_a_part_is_for_tickets():
    """80 % are there, 90 % of that is not a break, and half of the rest goes into projects."""
    shrunk = {"teams.desk.shrinkage": {"absent": 0.2, "breaks": 0.1}, "teams.desk.ticket_time": 0.5}

    assert presence_of(one_team(shrunk).teams["desk"]) == pytest.approx(0.36)
    assert requirements(one_team(shrunk), "desk").presence == pytest.approx(0.36)


def test_the_table_has_a_row_for_every_interval():
    """Named by its day and its clock times."""
    table = requirements(loads(MORNING), "desk").table()

    assert len(table) == 7 * 48
    assert table.iloc[49][["day", "begins", "ends"]].tolist() == ["Tue", "00:30", "01:00"]
    assert clock(24 * HOUR) == "24:00"


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"team": "dsek"}, "no team 'dsek'; known: desk"),
        ({"share": 0.8}, "state both"),
        ({"answered_within": 20, "share": 80}, "such as 0.8"),
        ({"delay_probability": 0}, "between 0 and 1"),
        ({"answered_within": -1, "share": 0.8}, "at least 0 seconds"),
        ({"interval": 7 * MINUTE}, "minutes by the five"),
        ({"interval": 50 * MINUTE}, "that divide a day"),
        ({"at_least": -1}, "from 0"),
    ],
)
def test_what_makes_no_sense_is_refused_with_a_way_out(wrong: dict[str, Any], told: str):
    """Each message says what was wrong and how to write it."""
    with pytest.raises(RunError, match=told):
        requirements(steady(), **{"team": "desk", **wrong})
