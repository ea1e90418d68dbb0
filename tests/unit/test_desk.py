"""Supply as arrays: teams, agents, shifts and calendars, read off the wall clock."""

from __future__ import annotations

import numpy as np
import pytest

from simdesk.clock import NEVER
from simdesk.desk import horizon_of, open_desk, window_of
from simdesk.policies import AgentChoice, AtShiftEnd, Discipline
from simdesk.scenario.loading import loads, vary
from simdesk.workload.draw import draw
from written import ONE_TEAM, from_shelf, one_team, two_tiers

HOUR, DAY = 3600, 86400


def test_window_and_horizon_follow_the_run():
    """Warm-up, then the window, then time to resolve what is left."""
    scenario = one_team({"run.warm_up": "1 week", "run.length": "4 weeks", "run.cool_down": "2 weeks"})

    assert window_of(scenario) == (7 * DAY, 35 * DAY)
    assert horizon_of(scenario) == 49 * DAY


def test_every_word_of_a_team_becomes_a_number():
    """Rules by their enums, times in seconds, work in milliseconds."""
    desk = open_desk(
        two_tiers(
            {
                "teams.experts.discipline": "aging",
                "teams.experts.agent_choice": "least_busy",
                "teams.experts.at_shift_end": "hand_over",
                "teams.experts.hand_over_work": "2 min",
                "teams.experts.promote_after": "3 h",
                "teams.experts.weights.P1": 7,
                "teams.experts.also_serves": ["desk"],
            }
        )
    )
    experts = desk.team("experts")

    assert desk.discipline[experts] == Discipline.AGING
    assert desk.agent_choice[experts] == AgentChoice.LEAST_BUSY
    assert desk.at_shift_end[experts].tolist() == [AtShiftEnd.HAND_OVER] * 2
    assert desk.hand_over_work[experts] == 120_000
    assert desk.promote_after[experts] == 3 * HOUR
    assert desk.weights[experts].tolist() == [7, 100, 10, 2, 1]
    assert desk.serves == ((0,), (1, 0))
    assert desk.tier.tolist() == [1, 2]


def test_agents_are_numbered_within_their_team():
    """Three and two."""
    desk = open_desk(two_tiers({"teams.experts.agents": 2}))

    assert desk.agent_team.tolist() == [0, 0, 0, 1, 1]
    assert desk.agent_number.tolist() == [0, 1, 2, 0, 1]


def test_shifts_follow_the_calendar():
    """Monday to Friday, eight to five, in the order of agents and time, and none on a holiday."""
    text = ONE_TEAM.replace("{days: Mon-Fri,", "{days: Mon-Fri, closed_on: [2026-01-06],")
    roster = open_desk(loads(text)).roster

    mine = roster.agent == 2
    first = roster.starts[mine][:5].tolist()

    assert first == [day * DAY + 8 * HOUR for day in (0, 2, 3, 4, 7)]
    assert np.all(roster.ends[mine] - roster.starts[mine] == 9 * HOUR)
    assert np.all(np.diff(roster.agent) >= 0)


def test_a_team_that_is_always_there_has_one_endless_shift():
    """From the start to the horizon; with breaks it has a shift a day."""
    scenario = two_tiers()
    endless, daily = open_desk(scenario).roster, open_desk(vary(scenario, {"teams.desk.shrinkage": "20 %"})).roster

    assert (endless.starts[0], endless.ends[0]) == (0, horizon_of(scenario))
    assert (endless.agent == 0).sum() == 1
    assert (daily.agent == 0).sum() == horizon_of(scenario) // DAY


def test_groups_of_a_team_work_their_own_hours():
    """Two early, one late, not on the holidays of the team's calendar; the team is open as the calendar says."""
    shifts = {
        "early": {"agents": 2, "hours": "06:00-14:00"},
        "late": {"agents": 1, "hours": "14:00-22:00", "days": "Mon"},
    }
    text = ONE_TEAM.replace("{days: Mon-Fri,", "{days: Mon-Fri, closed_on: [2026-01-06],")
    desk = open_desk(vary(loads(text), {"teams.desk.agents": None, "teams.desk.shifts": shifts}))

    starts = [desk.roster.starts[desk.roster.agent == agent][:2] // HOUR for agent in range(3)]
    opening = desk.calendars[desk.team_calendar[0]]

    assert [s.tolist() for s in starts] == [[6, 54], [6, 54], [14, 14 + 168]]
    assert [opening.between(day * DAY, (day + 1) * DAY) // HOUR for day in range(3)] == [9, 0, 9]


def test_a_calendar_may_live_in_another_time_zone():
    """Nine o'clock in New York is three in the afternoon in Berlin, and two while only one has changed its clocks."""
    text = ONE_TEAM.replace(
        '{days: Mon-Fri, hours: "08:00-17:00"}', '{hours: "09:00-17:00", time_zone: America/New_York}'
    )
    changes = {"run.time_zone": "Europe/Berlin", "run.start": "2026-03-02"}
    roster = open_desk(vary(loads(text), changes)).roster

    begins = [roster.starts[(roster.agent == 0) & (roster.day == day)][0] - day * DAY for day in (0, 7)]

    assert [begin // HOUR for begin in begins] == [15, 14]


def test_business_time_of_promises_is_that_of_the_office():
    """A business day of a promise is as long as the office's; a promise in hours runs day and night."""
    levels = {"P1": {"resolve": "2 h"}, "P2": {"resolve": "1 business day", "respond": "30 business minutes"}}
    scenario = one_team(
        {"service_levels.priorities": levels, "demand.priority": {"P1": 0.5, "P2": 0.3, "P3": 0.2, "P4": 0}}
    )
    desk = open_desk(scenario)

    work = draw(scenario, desk)

    found = {
        priority: (
            work.response_target[row],
            work.resolution_target[row],
            desk.calendar_names[work.resolution_calendar[row]],
        )
        for priority, row in ((p, int(np.flatnonzero(work.priority == p)[0])) for p in range(3))
    }
    assert found == {
        0: (NEVER, 2 * HOUR, "always"),
        1: (30 * 60, 9 * HOUR, "office"),
        2: (NEVER, NEVER, "always"),
    }


@pytest.mark.parametrize("start", ["2026-03-23", "2026-10-19"])
def test_office_hours_are_eight_to_five_whatever_the_clocks_do(start: str):
    """On the wall clock, before and after the change."""
    desk = open_desk(one_team({"run.time_zone": "Europe/Berlin", "run.start": start, "run.length": "2 weeks"}))

    clocks = {
        (desk.timeline.local(int(s)).hour, desk.timeline.local(int(e)).hour)
        for s, e in zip(desk.roster.starts, desk.roster.ends, strict=True)
    }

    assert clocks == {(8, 17)}


def test_the_shipped_desk_has_the_people_it_lists():
    """Six, eleven and nine, as the file says."""
    scenario = from_shelf("service-desk")
    desk = open_desk(scenario)

    assert np.bincount(desk.agent_team).tolist() == [team.headcount for team in scenario.teams.values()]
    assert desk.calendar_names[desk.office] == "office"
