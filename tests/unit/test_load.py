"""Offered load against capacity, worked out by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from simdesk.desk import open_desk
from simdesk.experiment.least_loads import least_loads
from simdesk.experiment.levels import overloaded
from simdesk.experiment.load import TeamLoad, team_loads
from simdesk.experiment.replicate import simulate
from simdesk.experiment.warnings import before
from simdesk.measures import TEAM_MEASURES, TeamView
from simdesk.scenario.loading import loads as from_text
from simdesk.scenario.loading import vary
from simdesk.scenario.model import Scenario
from simdesk.ticketlog import TicketLog
from simdesk.workload.model import WORK
from written import drawn, from_shelf, one_team, two_tiers

WEEK = 7 * 86400
Floats = NDArray[np.float64]


PARK: dict[str, Any] = {"teams.desk.at_shift_end": "park"}
"""Nobody works beyond a shift."""


def loads(scenario: Scenario) -> dict[str, TeamLoad]:
    return {load.team: load for load in team_loads(scenario)}


def test_one_team_is_asked_for_tickets_times_work():
    """250 tickets a week, 60 % of 12 and 40 % of 25 minutes: 71.7 hours; three people of 45 hours can do 135."""
    load = loads(one_team(PARK))["desk"]

    assert load.offered == pytest.approx(250 * (0.6 * 12 + 0.4 * 25) / 60)
    assert load.capacity == pytest.approx(3 * 45)
    assert load.ratio == pytest.approx(load.offered / load.capacity)
    assert (load.growth, load.short, load.group, load.pool) == (0, 0, ("desk",), ("desk",))
    assert (load.lasting, load.grows) == (load.ratio, False)


def test_absence_breaks_and_projects_reduce_what_a_team_can_do():
    """135 hours, times 0.8 there, 0.9 not in breaks, a half for tickets."""
    team = {"teams.desk.shrinkage": {"absent": 0.2, "breaks": 0.1}, "teams.desk.ticket_time": 0.5, **PARK}

    assert loads(one_team(team))["desk"].capacity == pytest.approx(135 * 0.8 * 0.9 * 0.5)


def test_what_is_escalated_is_the_next_teams_load():
    """700 tickets a week: ten minutes each for the desk, forty for three in ten at the experts."""
    found = loads(two_tiers())

    assert found["desk"].offered == pytest.approx(700 * 10 / 60)
    assert found["experts"].offered == pytest.approx(700 * 0.3 * 40 / 60)


def test_hand_offs_reopenings_and_bounces_are_counted():
    """Two minutes of the sender, four of the receiver, 20 % bounce once for five minutes, 10 % come back for half."""
    found = loads(
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
    before, after = loads(two_tiers()), loads(two_tiers(change))

    for team in ("desk", "experts"):
        assert after[team].offered == pytest.approx(left * before[team].offered)
        assert after[team].capacity == before[team].capacity


def test_an_overloaded_team_is_told_what_is_missing():
    """One agent of 45 hours, asked for 71.7: 26.7 hours are missing, and 26.7 / 0.287 h = 93 tickets a week pile up."""
    load = loads(one_team({"teams.desk.agents": 1, **PARK}))["desk"]

    offered = 250 * 17.2 / 60
    assert load.ratio == pytest.approx(offered / 45)
    assert load.short == pytest.approx(offered - 45)
    assert load.growth == pytest.approx((offered - 45) / (17.2 / 60))


def test_a_team_without_people_is_infinitely_loaded():
    """Unless nobody asks for it."""
    assert loads(one_team({"teams.desk.agents": 0}))["desk"].ratio == float("inf")
    assert loads(one_team({"teams.desk.agents": 0, "demand.volume": 0}))["desk"].ratio == 0


def test_teams_that_help_each_other_are_judged_together():
    """Experts at 83 % who may also serve the desk at 116 %: together (the static planning problem) below one."""
    changes: dict[str, Any] = {"teams.desk.agents": 1, "teams.experts.agents": 2, "demand.contacts": "90 per day"}
    apart = loads(
        two_tiers({**changes, "teams.desk.agents": 1, "demand.types.fault.work.tier_1.lognormal.mean": "18 min"})
    )
    together = loads(
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
    alone = loads(two_tiers({**changes, "teams.experts.also_serves": []}))["experts"].ratio

    assert alone > 1
    assert loads(two_tiers(changes))["experts"].ratio == pytest.approx(alone)


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

    assert loads(scenario)["desk"].capacity == pytest.approx(able, rel=0.01)


def test_holidays_are_in_the_load_and_in_the_capacity():
    """A closed week of four: three quarters of the hours; demand falls to Sundays if it follows the calendar."""
    closed = [f"2026-01-{day}" for day in range(12, 17)]
    there, gone = one_team(), one_team({"calendars.office.closed_on": closed, "demand.holidays_of": "office"})

    full, less = loads(there)["desk"], loads(gone)["desk"]

    assert less.capacity == pytest.approx(0.75 * full.capacity)
    assert 0.75 * full.offered < less.offered < 0.77 * full.offered


def test_a_part_of_an_hour_in_the_window_counts_with_that_part():
    """From 12:30 for 20 minutes: 60 tickets an hour of one minute each ask for a third of what three people can do."""
    changes = {"run.start": "2026-01-05T12:30", "run.length": "20 min", "run.warm_up": 0, "demand.profile": "flat"}
    work = {"demand.contacts": "1 per minute", "teams.desk.calendar": "always"}
    kinds = {f"demand.types.{name}.work": {"constant": {"value": "1 min"}} for name in ("question", "fault")}

    load = loads(one_team({**changes, **work, **kinds}))["desk"]

    assert load.offered == pytest.approx(168)  # one person's work, as if it lasted all week
    assert load.ratio == pytest.approx(1 / 3)


def test_an_hour_that_the_clocks_repeat_has_twice_its_tickets():
    """The night of 25 October 2026 in Berlin: a window of 25 hours in which every hour has as many."""
    night = {"run.start": "2026-10-25", "run.time_zone": "Europe/Berlin", "run.length": "25 h", "run.warm_up": 0}

    load = loads(one_team({**night, "demand.profile": "flat", "demand.contacts": "168 per week"}))["desk"]

    assert load.offered == pytest.approx(168 * 17.2 / 60)


# -- overtime ----------------------------------------------------------------------------------------------------------


def test_who_finishes_what_he_has_in_hand_does_more_than_his_shift():
    """Three people, five shift ends a week, each busy with a piece of which E[S²] / 2 E[S] is left.

    0.6 of the tickets take 12 minutes with a cv of one, 0.4 exponentially 25: (0.6 · 288 + 0.4 · 1250) / 34.4 minutes.
    """
    left = (0.6 * 288 + 0.4 * 1250) / (2 * 17.2) / 60

    load = loads(one_team({"teams.desk.at_shift_end": "finish"}))["desk"]

    assert load.capacity == pytest.approx(135 + 3 * 5 * left)


def test_unless_stated_live_contacts_are_finished_and_all_else_parked():
    """Half of the tickets come by phone, chat or in person; what is left of the others stays in the drawer."""
    left = (0.6 * 288 + 0.4 * 1250) / (2 * 17.2) / 60

    assert loads(one_team())["desk"].capacity == pytest.approx(135 + 3 * 5 * 0.5 * left)


def test_nobody_works_beyond_his_next_shift():
    """Shifts of twelve hours, twelve apart, and pieces of 30: of the 15 hours left of one, twelve fit in between."""
    changes = {
        "teams.desk.shifts": {"early": {"agents": 1, "days": "daily", "hours": "00:00-12:00"}},
        "teams.desk.agents": None,
        "teams.desk.at_shift_end": "finish",
        **{f"demand.types.{name}.work": {"constant": {"value": "30 h"}} for name in ("question", "fault")},
    }

    assert loads(one_team(changes))["desk"].capacity == pytest.approx(7 * 24)  # 12 hours of shift, 12 of overtime


def test_work_finished_in_breaks_is_capacity_too():
    """Nine hours in four blocks with a break of a tenth each: 13.5 minutes, of which constant work of 20 takes ten."""
    work = {f"demand.types.{name}.work": {"constant": {"value": "20 min"}} for name in ("question", "fault")}
    shrinkage = {"teams.desk.shrinkage": {"absent": 0, "breaks": 0.1}}

    parked = loads(one_team({**work, **shrinkage, **PARK, "teams.desk.at_break": "park"}))["desk"].capacity
    finished = loads(one_team({**work, **shrinkage, **PARK, "teams.desk.at_break": "finish"}))["desk"].capacity

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
    desk = from_text(SHORT_SHIFTS)
    parks = vary(desk, {"teams.desk.at_shift_end": "park", "teams.desk.at_break": "park"})

    keeps_up, grows = loads(desk)["desk"], loads(parks)["desk"]

    assert keeps_up.capacity == pytest.approx(7 * (6 + 3), rel=0.01)
    assert keeps_up.ratio < 1 < grows.ratio
    assert grows.ratio == pytest.approx(8 / 6)
    assert queue_at_end(desk) < 10
    assert queue_at_end(parks) == pytest.approx(12 * 7 * 2, rel=0.25)


def test_too_much_for_overtime_too_is_called_overloaded():
    """Eleven hours of work a day for the same people: what is done is what their capacity says."""
    desk = from_text(SHORT_SHIFTS.replace("8 per day", "11 per day"))
    load = loads(desk)["desk"]

    log = simulate(desk)
    worked = TEAM_MEASURES["overtime"].read(TeamView(log, 0)).value / 3600 + 7 * 6

    assert load.ratio > 1
    assert worked == pytest.approx(load.capacity, rel=0.05)


# -- directed help -----------------------------------------------------------------------------------------------------


HELP = """title: Help in one direction
run: {start: 2026-01-05, length: 8 weeks, cool_down: 1 week, replications: 1, seed: 3}
demand:
  contacts: 0 per day
  profile: flat
  types:
    a: {contacts: 100 per day, work: {exponential: {mean: 10 min}}}
    x: {contacts: 100 per day, work: {exponential: {mean: 10 min}}}
flow: {entry: alone, routing: {second: {when: {type: x}, to: helper}}}
teams:
  alone: {agents: 1}
  helper: {agents: 1, also_serves: [alone]}
"""
"""100 tickets of ten minutes are 1,000 minutes of work in a day of 1,440."""


def helped(alone: float, helper: float, **changes: Any) -> Scenario:
    """The desk with so many tickets a day at each queue."""
    volume = {"demand.types.a.contacts": f"{alone} per day", "demand.types.x.contacts": f"{helper} per day"}
    return vary(from_text(HELP), {**volume, **changes})


@pytest.mark.parametrize(
    ("alone", "helper", "of_alone", "of_helper"),
    [
        (200, 50, 2500 / 2880, 2500 / 2880),  # the helper takes over as much as makes both alike
        (50, 100, 500 / 1440, 1000 / 1440),  # the busier cannot be helped, and does not make the other busy
        (50, 200, 500 / 1440, 2000 / 1440),  # nor where he is overloaded
        (250, 50, 3000 / 2880, 3000 / 2880),  # both together have too little time
    ],
)
def test_help_goes_one_way(alone: float, helper: float, of_alone: float, of_helper: float):
    """The least loads that the direction of help allows, by hand."""
    found = loads(helped(alone, helper))

    assert (found["alone"].ratio, found["helper"].ratio) == (pytest.approx(of_alone), pytest.approx(of_helper))
    together = ("alone", "helper")
    assert found["alone"].pool == (together if of_alone == of_helper else ("alone",))
    assert found["alone"].group == found["helper"].group == together


@pytest.mark.parametrize(("alone", "helper"), [(200, 50), (50, 200)])
def test_the_queues_that_grow_are_those_that_the_loads_name(alone: float, helper: float):
    """Simulated: the overloaded helper's queue grows by what does not fit, the queue that he may help does not."""
    desk = helped(alone, helper)

    log = simulate(desk)

    for load in team_loads(desk):
        end = queue_at(log, load.team)
        grown = load.growth * 8
        assert end == pytest.approx(grown, rel=0.15) if grown else end < 60, load.team
    assert (loads(desk)["helper"].growth > 0) == (helper == 200)


def test_of_a_chain_of_help_each_queue_has_its_own_load():
    """C helps B, B helps A, with 1,200, 900 and 0 minutes in days of 1,440 and a fourth team that has 720 for itself.

    C takes from B what makes A, B and C alike: 2,100 / 4,320.
    """
    found = least_loads([(0,), (1, 0), (2, 1), (3,)], np.array([1200.0, 900, 0, 720]), np.full(4, 1440.0))

    assert [one.ratio for one in found] == [pytest.approx(2100 / 4320)] * 3 + [0.5]
    assert [one.pool for one in found] == [(0, 1, 2)] * 3 + [(3,)]


def test_what_a_bottleneck_leaves_open_is_divided_evenly_too():
    """Queue 0 has team 0 alone, which helps nobody therefore; queue 1 has teams 1 and 2: 3 of 4; queue 2 has team 3."""
    serves = [(0, 1), (1,), (2, 1), (3, 2)]

    found = least_loads(serves, np.array([5.0, 3, 1, 0]), np.array([2.0, 2, 2, 2]))

    assert [one.ratio for one in found] == [2.5, 0.75, 0.5, 0.5]
    assert [one.pool for one in found] == [(0,), (1, 2), (3,), (3,)]


def test_nobody_helps_who_is_not_there():
    """A team without people takes nothing over; a queue that nobody serves waits for ever, unless it is empty."""
    found = least_loads([(0,), (1, 0), (2,)], np.array([1.0, 0, 0]), np.array([0.0, 0, 0]))

    assert [one.ratio for one in found] == [np.inf, 0, 0]
    assert least_loads([(0,), (1, 0)], np.array([1.0, 0]), np.array([0.0, 2]))[0].ratio == 0.5


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_the_loads_are_those_of_a_division_that_cannot_be_evened_out(data: st.DataObject):
    """Against an independent solution: the division of least squares (load² · capacity), by small steps of exchange."""
    teams = data.draw(st.integers(1, 5))
    serves = [(team, *(q for q in range(teams) if q != team and data.draw(st.booleans()))) for team in range(teams)]
    offered = np.array(data.draw(st.lists(st.integers(0, 6), min_size=teams, max_size=teams)), float)
    able = np.array(data.draw(st.lists(st.integers(1, 5), min_size=teams, max_size=teams)), float)

    found = least_loads(serves, offered, able)

    by_exchange = _evened_out(serves, offered, able)
    for queue, one in enumerate(found):
        least = min(by_exchange[team] for team in range(teams) if queue in serves[team])
        assert one.ratio == pytest.approx(least, abs=1e-3)


def _evened_out(serves: list[tuple[int, ...]], offered: Floats, able: Floats) -> Floats:
    """Loads of the teams once no two of them can be evened out further by moving work of a queue that both serve."""
    done = {(team, queue): 0.0 for team, queues in enumerate(serves) for queue in queues}
    for queue, hours in enumerate(offered):
        done[queue, queue] = float(hours)
    for _ in range(4000):
        moved = 0.0
        load = np.array([sum(done[team, q] for q in serves[team]) for team in range(len(serves))]) / able
        for one, queue in done:
            for other in range(len(serves)):
                if (other, queue) in done and load[one] > load[other]:
                    even = (load[one] - load[other]) / (1 / able[one] + 1 / able[other])
                    part = min(done[one, queue], even)
                    done[one, queue] -= part
                    done[other, queue] += part
                    load[one] -= part / able[one]
                    load[other] += part / able[other]
                    moved = max(moved, part)
        if moved < 1e-7:
            break
    return np.array([sum(done[team, q] for q in serves[team]) for team in range(len(serves))]) / able


# -- patience ----------------------------------------------------------------------------------------------------------


PATIENCE = {"gives_up_after": {"exponential": {"mean": "5 min"}}, "when": {"channel": "phone"}}


def impatient(per_day: float, share: float) -> Scenario:
    """Two tiers; so many tickets a day, of which a share come by phone and give up."""
    mix = {"demand.channels": {"phone": share, "email": 1 - share}}
    return two_tiers({"demand.contacts": f"{per_day} per day", **mix, "patience.callers": PATIENCE})


def test_few_who_give_up_do_not_relieve_a_team():
    """500 tickets of ten minutes for three people of 1,440 minutes: without the one per cent that gives up, 115 %."""
    load = loads(impatient(500, 0.01))["desk"]

    assert load.ratio == pytest.approx(5000 / 4320)
    assert load.lasting == pytest.approx(4950 / 4320)
    assert load.grows
    assert not load.builds_up


def test_those_who_do_not_give_up_decide():
    """Of the same 500 a fifth may leave: the rest are 93 % of what the team can do, and its queue settles."""
    load = loads(impatient(500, 0.2))["desk"]

    assert load.ratio > 1 > load.lasting == pytest.approx(4000 / 4320)
    assert not load.grows
    assert load.builds_up


def test_who_is_told_of_an_overload_is_told_whether_giving_up_settles_it():
    """The same 116 %: with one caller in a hundred the queue grows; with a fifth it does not, and nothing flags it."""
    few, many = impatient(500, 0.01), impatient(500, 0.2)

    (grows,), (settles,) = (
        [text for text in before(one, team_loads(one)) if "missing" in text and "experts" not in text]
        for one in (few, many)
    )

    assert grows.endswith("What is measured depends on how long the run is.")
    assert settles.endswith("Those who give up keep the queue short.")
    assert ("desk" in overloaded(few), "desk" in overloaded(many)) == (True, False)


def test_who_leaves_the_first_team_never_gets_to_the_next():
    """All call: the desk serves 432 of 600 a day, and 0.3 · 432 tickets of 40 minutes are 120 % of three experts.

    Though it is full, the desk loses no more than it must; a queue in which all give up is bounded.
    """
    found = loads(impatient(600, 1.0))

    assert found["desk"].lasting == 0
    assert not found["desk"].grows
    assert found["experts"].ratio == pytest.approx(600 * 0.3 * 40 / 4320)
    assert found["experts"].lasting == pytest.approx(432 * 0.3 * 40 / 4320)
    assert found["experts"].grows


def test_patience_at_a_team_with_time_relieves_nobody_else():
    """300 a day keep the desk at 69 %, so that nobody need leave; the experts get 0.3 · 300 · 40 minutes."""
    experts = loads(impatient(300, 1.0))["experts"]

    assert experts.lasting == experts.ratio == pytest.approx(300 * 0.3 * 40 / 4320)


def test_simulated_queues_grow_where_the_loads_say_so():
    """Eight weeks of the desk with one per cent and with a fifth of callers, at 116 %."""
    few, many = (impatient(500, share) for share in (0.01, 0.2))

    grown = queue_at_end(vary(few, {"run.length": "8 weeks"}))

    assert grown == pytest.approx((4950 - 4320) / 10 * 56, rel=0.15)
    assert queue_at_end(vary(many, {"run.length": "8 weeks"})) < 150


def queue_at_end(scenario: Scenario) -> float:
    """Tickets in the first team's queue when the window ends."""
    return queue_at(simulate(scenario), next(iter(scenario.teams)))


def queue_at(log: TicketLog, team: str) -> float:
    """Tickets in a team's queue when the window ends."""
    touches, end = log.touches_columns, log.window[1]
    mine = (touches["team"] == log.teams.index(team)) & (touches["queued_at"] < end)
    until = np.minimum(touches["started_at"], touches["ended_at"])
    return float((mine & (until >= end)).sum())
