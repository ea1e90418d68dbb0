"""Offered load against capacity, worked out by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from loaded import loads_of, queue_at_end
from simdesk.desk import open_desk
from simdesk.experiment.load import team_loads
from simdesk.experiment.replicate import simulate
from simdesk.measures import TEAM_MEASURES, TeamView
from simdesk.scenario.loading import loads, vary
from simdesk.workload.model import WORK
from written import drawn, from_shelf, one_team, two_tiers

WEEK = 7 * 86400


PARK: dict[str, Any] = {"teams.desk.at_shift_end": "park"}
"""Nobody works beyond a shift."""


def test_one_team_is_asked_for_tickets_times_work():
    """250 tickets a week, 60 % of 12 and 40 % of 25 minutes: 71.7 hours; three people of 45 hours can do 135."""
    load = loads_of(one_team(PARK))["desk"]

    assert load.offered == pytest.approx(250 * (0.6 * 12 + 0.4 * 25) / 60)
    assert load.capacity == pytest.approx(3 * 45)
    assert load.ratio == pytest.approx(load.offered / load.capacity)
    assert (load.growth, load.short, load.group, load.pool) == (0, 0, ("desk",), ("desk",))
    assert (load.lasting, load.grows) == (load.ratio, False)


def test_absence_breaks_and_projects_reduce_what_a_team_can_do():
    """135 hours, times 0.8 there, 0.9 not in breaks, a half for tickets."""
    team = {"teams.desk.shrinkage": {"absent": 0.2, "breaks": 0.1}, "teams.desk.ticket_time": 0.5, **PARK}

    assert loads_of(one_team(team))["desk"].capacity == pytest.approx(135 * 0.8 * 0.9 * 0.5)


def test_what_is_escalated_is_the_next_teams_load():
    """700 tickets a week: ten minutes each for the desk, forty for three in ten at the experts."""
    found = loads_of(two_tiers())

    assert found["desk"].offered == pytest.approx(700 * 10 / 60)
    assert found["experts"].offered == pytest.approx(700 * 0.3 * 40 / 60)


def test_hand_offs_reopenings_and_bounces_are_counted():
    """Two minutes of the sender, four of the receiver, 20 % bounce once for five minutes, 10 % come back for half."""
    found = loads_of(
        two_tiers(
            {
                "flow.hand_off": {},
                "flow.misroute": {"share": 0.2, "at_most": 1, "look": {"constant": {"value": "5 min"}}},
                "flow.reopen": {"share": 0.1, "work": 0.5},
            }
        )
    )

    # with two teams a wrong one can only be the sender himself; a second visit is handed over like a first
    desk = 10 * 1.05 + 0.3 * 2 * 1.1 + 0.3 * 0.2 * 5 * 1.1
    assert found["desk"].offered == pytest.approx(700 * desk / 60)
    assert found["experts"].offered == pytest.approx(700 * 0.3 * (40 * 1.05 + 4 * 1.1) / 60)


@pytest.mark.parametrize(
    ("change", "left"),
    [
        ({"demand.types.fault.self_service": {"attempted": 0.5, "solved": 0.4}}, 0.8),
        ({"demand.types.fault.automation": {"covered": 0.6, "succeeded": 0.5}}, 0.7),
        ({"demand.volume": "120 %"}, 1.2),
    ],
)
def test_what_is_deflected_is_gone_exactly(change: dict[str, Any], left: float):
    """At every team alike."""
    before, after = loads_of(two_tiers()), loads_of(two_tiers(change))

    for team in ("desk", "experts"):
        assert after[team].offered == pytest.approx(left * before[team].offered)
        assert after[team].capacity == before[team].capacity


def test_an_overloaded_team_is_told_what_is_missing():
    """One agent of 45 hours, asked for 71.7: 26.7 hours are missing, and 26.7 / 0.287 h = 93 tickets a week pile up."""
    load = loads_of(one_team({"teams.desk.agents": 1, **PARK}))["desk"]

    offered = 250 * 17.2 / 60
    assert load.ratio == pytest.approx(offered / 45)
    assert load.short == pytest.approx(offered - 45)
    assert load.growth == pytest.approx((offered - 45) / (17.2 / 60))


def test_a_team_without_people_is_infinitely_loaded():
    """Unless nobody asks for it."""
    assert loads_of(one_team({"teams.desk.agents": 0}))["desk"].ratio == float("inf")
    assert loads_of(one_team({"teams.desk.agents": 0, "demand.volume": 0}))["desk"].ratio == 0


def test_teams_that_help_each_other_are_judged_together():
    """Experts at 83 % who may also serve the desk at 116 %: together (the static planning problem) below one."""
    changes: dict[str, Any] = {"teams.desk.agents": 1, "teams.experts.agents": 2, "demand.contacts": "90 per day"}
    apart = loads_of(
        two_tiers({**changes, "teams.desk.agents": 1, "demand.types.fault.work.tier_1.lognormal.mean": "18 min"})
    )
    together = loads_of(
        two_tiers(
            {
                **changes,
                "demand.types.fault.work.tier_1.lognormal.mean": "18 min",
                "teams.experts.also_serves": ["desk"],
            }
        )
    )

    asked = sum(load.offered for load in apart.values())
    able = sum(load.capacity for load in apart.values())
    assert apart["desk"].ratio > 1 > apart["experts"].ratio
    assert together["desk"].group == ("desk", "experts")
    for team in together.values():
        assert team.ratio == pytest.approx(asked / able)  # the experts can take over as much as is needed


def test_help_in_one_direction_does_not_lift_the_helper():
    """Experts above one cannot be helped by a desk that does not serve them."""
    changes = {
        "teams.experts.agents": 1,
        "demand.types.fault.resolves.tier_1": 0.3,
        "teams.experts.also_serves": ["desk"],
    }
    alone = loads_of(two_tiers({**changes, "teams.experts.also_serves": []}))["experts"].ratio

    assert alone > 1
    assert loads_of(two_tiers(changes))["experts"].ratio == pytest.approx(alone)


def test_the_shipped_desk_is_offered_what_it_draws():
    """Hours a week at every team, over the window of eight replications, within four standard errors."""
    scenario = from_shelf(
        "service-desk", {"patience.callers.redials": 0, "run.length": "6 weeks", "run.cool_down": "1 day"}
    )
    expected = [load.offered for load in team_loads(scenario)]
    begin, end = open_desk(scenario).window

    hours = []
    for replication in range(8):
        desk, work = drawn(scenario, replication)
        ticket = np.repeat(np.arange(work.tickets), np.diff(work.first))
        inside = (work.arrives_at[ticket] >= begin) & (work.arrives_at[ticket] < end) & (work.kind == WORK)
        total = np.bincount(work.team[inside], work.work[inside], len(desk.team_names))
        hours.append(total / 3_600_000 * WEEK / (end - begin))

    found = np.array(hours)
    error = found.std(axis=0, ddof=1) / np.sqrt(len(found))
    assert np.all(np.abs(found.mean(axis=0) - expected) < 4 * error)


def test_capacity_is_what_is_there():
    """Hours of presence a week of many people, at their own speeds, within one per cent."""
    changes: dict[str, Any] = {
        "teams.desk.agents": 300,
        "teams.desk.shrinkage": "30 %",
        "teams.desk.speed_cv": 0.2,
        **PARK,
    }
    scenario = one_team(changes)
    desk, work = drawn(scenario)
    begin, end = desk.window

    there = np.clip(work.duty_ends, begin, end) - np.clip(work.duty_starts, begin, end)
    able = (there * work.speed[work.duty_agent]).sum() / 1000 / 3600 * WEEK / (end - begin)

    assert loads_of(scenario)["desk"].capacity == pytest.approx(able, rel=0.01)


def test_holidays_are_in_the_load_and_in_the_capacity():
    """A closed week of four: three quarters of the hours; demand falls to Sundays if it follows the calendar."""
    closed = [f"2026-01-{day}" for day in range(12, 17)]
    there, gone = one_team(), one_team({"calendars.office.closed_on": closed, "demand.holidays_of": "office"})

    full, less = loads_of(there)["desk"], loads_of(gone)["desk"]

    assert less.capacity == pytest.approx(0.75 * full.capacity)
    assert 0.75 * full.offered < less.offered < 0.77 * full.offered


def test_a_part_of_an_hour_in_the_window_counts_with_that_part():
    """From 12:30 for 20 minutes: 60 tickets an hour of one minute each ask for a third of what three people can do."""
    changes = {"run.start": "2026-01-05T12:30", "run.length": "20 min", "run.warm_up": 0, "demand.profile": "flat"}
    work = {"demand.contacts": "1 per minute", "teams.desk.calendar": "always"}
    kinds = {f"demand.types.{name}.work": {"constant": {"value": "1 min"}} for name in ("question", "fault")}

    load = loads_of(one_team({**changes, **work, **kinds}))["desk"]

    assert load.offered == pytest.approx(168)  # one person's work, as if it lasted all week
    assert load.ratio == pytest.approx(1 / 3)


def test_an_hour_that_the_clocks_repeat_has_twice_its_tickets():
    """The night of 25 October 2026 in Berlin: a window of 25 hours in which every hour has as many."""
    night = {"run.start": "2026-10-25", "run.time_zone": "Europe/Berlin", "run.length": "25 h", "run.warm_up": 0}

    load = loads_of(one_team({**night, "demand.profile": "flat", "demand.contacts": "168 per week"}))["desk"]

    assert load.offered == pytest.approx(168 * 17.2 / 60)


# -- overtime ----------------------------------------------------------------------------------------------------------


def test_who_finishes_what_he_has_in_hand_does_more_than_his_shift():
    """Three people, five shift ends a week, each busy with a piece of which E[S²] / 2 E[S] is left.

    0.6 of the tickets take 12 minutes with a cv of one, 0.4 exponentially 25: (0.6 · 288 + 0.4 · 1250) / 34.4 minutes.
    """
    left = (0.6 * 288 + 0.4 * 1250) / (2 * 17.2) / 60

    load = loads_of(one_team({"teams.desk.at_shift_end": "finish"}))["desk"]

    assert load.capacity == pytest.approx(135 + 3 * 5 * left)


def test_unless_stated_live_contacts_are_finished_and_all_else_parked():
    """Half of the tickets come by phone, chat or in person; what is left of the others stays in the drawer."""
    left = (0.6 * 288 + 0.4 * 1250) / (2 * 17.2) / 60

    assert loads_of(one_team())["desk"].capacity == pytest.approx(135 + 3 * 5 * 0.5 * left)


def test_nobody_works_beyond_his_next_shift():
    """Shifts of twelve hours, twelve apart, and pieces of 30: of the 15 hours left of one, twelve fit in between."""
    changes = {
        "teams.desk.shifts": {"early": {"agents": 1, "days": "daily", "hours": "00:00-12:00"}},
        "teams.desk.agents": None,
        "teams.desk.at_shift_end": "finish",
        **{f"demand.types.{name}.work": {"constant": {"value": "30 h"}} for name in ("question", "fault")},
    }

    assert loads_of(one_team(changes))["desk"].capacity == pytest.approx(7 * 24)  # 12 hours of shift, 12 of overtime


def test_work_finished_in_breaks_is_capacity_too():
    """Nine hours in four blocks with a break of a tenth each: 13.5 minutes, of which constant work of 20 takes ten."""
    work = {f"demand.types.{name}.work": {"constant": {"value": "20 min"}} for name in ("question", "fault")}
    shrinkage = {"teams.desk.shrinkage": {"absent": 0, "breaks": 0.1}}

    parked = loads_of(one_team({**work, **shrinkage, **PARK, "teams.desk.at_break": "park"}))["desk"].capacity
    finished = loads_of(one_team({**work, **shrinkage, **PARK, "teams.desk.at_break": "finish"}))["desk"].capacity

    assert parked == pytest.approx(135 * 0.9)
    assert finished == pytest.approx(135 * 0.9 + 3 * 5 * 4 * 10 / 60)


SHORT_SHIFTS = """title: Four short shifts a day and long pieces of work
run: {start: 2026-01-05, length: 12 weeks, cool_down: 1 week, replications: 1, seed: 5}
demand:
  contacts: 8 per day
  profile: flat
  channels: {phone: 100 %}
  types: {case: {share: 100 %, work: {exponential: {mean: 60 min}}}}
teams:
  desk:
    shifts: {a: {agents: 1, days: daily, hours: "08:00-10:00,13:00-15:00,18:00-20:00"}}
    at_shift_end: finish
    at_break: finish
"""


def test_a_desk_that_keeps_up_by_overtime_is_not_called_overloaded():
    """Six paid hours a day for 8 hours of work: each of three ends brings up to an hour more, so that nine can be done.

    The simulated queue stays short, and grows by two tickets a day where everything is parked.
    """
    desk = loads(SHORT_SHIFTS)
    parks = vary(desk, {"teams.desk.at_shift_end": "park", "teams.desk.at_break": "park"})

    keeps_up, grows = loads_of(desk)["desk"], loads_of(parks)["desk"]

    assert keeps_up.capacity == pytest.approx(7 * (6 + 3), rel=0.01)
    assert keeps_up.ratio < 1 < grows.ratio
    assert grows.ratio == pytest.approx(8 / 6)
    assert queue_at_end(desk) < 10
    assert queue_at_end(parks) == pytest.approx(12 * 7 * 2, rel=0.25)


def test_too_much_for_overtime_too_is_called_overloaded():
    """Eleven hours of work a day for the same people: what is done is what their capacity says."""
    desk = loads(SHORT_SHIFTS.replace("8 per day", "11 per day"))
    load = loads_of(desk)["desk"]

    log = simulate(desk)
    worked = TEAM_MEASURES["overtime"].read(TeamView(log, 0)).value / 3600 + 7 * 6

    assert load.ratio > 1
    assert worked == pytest.approx(load.capacity, rel=0.05)
