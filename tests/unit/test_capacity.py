"""What people can do: their shifts, and what they finish beyond them; by hand and simulated."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from logs import queue_at_end
from simdesk.experiment.load import TeamLoad, team_loads
from simdesk.experiment.replicate import simulate
from simdesk.measures import TEAM_MEASURES, TeamView
from simdesk.scenario.loading import loads as from_text
from simdesk.scenario.loading import vary
from simdesk.scenario.model import Scenario
from written import one_team

WEEK = 7 * 86400
Floats = NDArray[np.float64]


PARK: dict[str, Any] = {"teams.desk.at_shift_end": "park"}
"""Nobody works beyond a shift."""


def loads(scenario: Scenario) -> dict[str, TeamLoad]:
    return {load.team: load for load in team_loads(scenario)}


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
