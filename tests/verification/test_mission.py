"""The question the house was built for, answered by hand: what do agents, self-service and automation do to waiting?

One team that textbooks can predict, and the shipped desk, where load and occupancy can be worked out.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest

from simdesk.experiment.load import TeamLoad, team_loads
from simdesk.experiment.replicate import replicate
from simdesk.experiment.replications import Replications
from simdesk.experiment.sheet import Key
from simdesk.queueing import erlang_c
from simdesk.scenario.loading import loads, vary
from written import from_shelf

HOUR = 3600
SURE = 0.999
"""Confidence of each interval; ten of them are looked at."""

ONE_TEAM = """
run: {start: 2026-01-05, length: 6 weeks, warm_up: 1 week, cool_down: 1 week, replications: 20, seed: 3}
demand:
  contacts: 4 per hour
  profile: flat
  priority: {P3: 100 %}
  channels: {phone: 100 %}
  types:
    ticket:
      share: 100 %
      work: {exponential: {mean: 1 h}}
      self_service: {attempted: 0 %, solved: 50 %}
      automation: {covered: 0 %, succeeded: 80 %}
teams:
  desk: {agents: 5}
"""
SELF_SERVICE = "demand.types.ticket.self_service.attempted"
AUTOMATION = "demand.types.ticket.automation.covered"
LEVERS: dict[str, tuple[dict[str, Any], float, int]] = {
    "today": ({}, 4.0, 5),
    "an agent more": ({"teams.desk.agents": 6}, 4.0, 6),
    "four of ten help themselves first": ({SELF_SERVICE: "40 %"}, 4 * 0.8, 5),
    "a quarter is automated": ({AUTOMATION: "25 %"}, 4 * 0.8, 5),
    "all three": ({"teams.desk.agents": 6, SELF_SERVICE: "40 %", AUTOMATION: "25 %"}, 4 * 0.64, 6),
    "an agent less, half help themselves": ({"teams.desk.agents": 4, SELF_SERVICE: "50 %"}, 4 * 0.75, 4),
}
"""What is changed, the tickets an hour that are left for the team, and its agents."""


def book_wait(rate: float, agents: int) -> float:
    """Erlang's mean wait with an hour of work each, seconds."""
    return HOUR * erlang_c(rate, 1.0, agents=agents).mean_wait


@cache
def one_team(lever: str) -> Replications:
    return replicate(vary(loads(ONE_TEAM), LEVERS[lever][0]), workers=1, engine="kernel")


@pytest.mark.parametrize("lever", LEVERS)
def test_what_is_deflected_is_gone_from_the_load(lever: str):
    """An hour of work each: the offered load in hours an hour is the rate of the tickets that are left."""
    change, rate, agents = LEVERS[lever]

    (load,) = team_loads(vary(loads(ONE_TEAM), change))

    assert load.offered == pytest.approx(168 * rate)
    assert load.ratio == pytest.approx(rate / agents)


@pytest.mark.parametrize("lever", LEVERS)
def test_erlang_predicts_the_wait_under_every_lever(lever: str):
    """Self-service and automation thin a Poisson stream, so the wait is Erlang's at the rate that is left."""
    _, rate, agents = LEVERS[lever]

    wait = one_team(lever).estimate(Key("first_wait"), SURE)

    book = book_wait(rate, agents)
    assert wait.low < book < wait.high
    assert wait.high - wait.low < book + 600  # an interval that holds everything would prove nothing


@pytest.mark.parametrize("lever", [name for name in LEVERS if name != "today"])
def test_the_gain_is_the_one_worked_out_by_hand(lever: str):
    """The difference of the waits, replication by replication with the same luck, holds the books' difference."""
    waits = [
        np.array([sheet.readings[Key("first_wait")].value for sheet in one_team(name).sheets])
        for name in ("today", lever)
    ]
    gain = waits[0] - waits[1]

    book = [book_wait(*LEVERS[name][1:]) for name in ("today", lever)]
    error = gain.std(ddof=1) / np.sqrt(gain.size)

    assert abs(gain.mean() - (book[0] - book[1])) < 3.9 * error  # 99.9 % of Student's t with 19 degrees of freedom


def test_a_wrong_hand_calculation_is_found_out():
    """The negative control: counting the attempts instead of the solved cases misses by more than the interval."""
    wait = one_team("four of ten help themselves first").estimate(Key("first_wait"), SURE)

    assert not wait.low < book_wait(4 * 0.6, 5) < wait.high


SHORT = {"run.length": "4 weeks", "run.warm_up": "1 week", "run.cool_down": "4 weeks", "run.replications": 8}
ALIKE = {"teams.first_line.speed_cv": 0, "teams.first_line.shrinkage": {"absent": 0, "breaks": 0.3}}
PATIENT = {**SHORT, **ALIKE, "patience.callers.gives_up_after": {"constant": {"value": "1 year"}}}
"""Nobody gives up, as in the hand calculation; those who do would take load away with them. Nobody is absent, all are
alike: loads are expectations, and who is hired or ill in eight short replications would hide them."""
PASSWORDS = "demand.types.password.self_service"
ACCESS = "demand.types.access.automation"


@cache
def service_desk(*changes: tuple[str, Any]) -> Replications:
    return replicate(from_shelf("service-desk", {**PATIENT, **dict(changes)}), workers=1, engine="kernel")


def load_of(team: str, changes: dict[str, Any]) -> TeamLoad:
    return next(load for load in team_loads(from_shelf("service-desk", changes)) if load.team == team)


@pytest.mark.parametrize("team", ["first_line", "second_line", "third_line"])
@pytest.mark.parametrize(("path", "solves"), [(PASSWORDS, 0.30), (ACCESS, 0.90)])
def test_the_shipped_desk_loses_exactly_what_it_deflects(team: str, path: str, solves: float):
    """Its load is that of the other types, and (1 - tried x solved) of what this type would bring."""
    tried, works = ("attempted", "solved") if path == PASSWORDS else ("covered", "succeeded")
    all_of_it = load_of(team, {f"{path}.{tried}": 0}).offered
    others = load_of(team, {f"{path}.{tried}": 1, f"{path}.{works}": 1}).offered

    for share in (0.35, 0.8):
        left = load_of(team, {f"{path}.{tried}": share}).offered
        assert left == pytest.approx(others + (1 - share * solves) * (all_of_it - others))
    assert others < all_of_it


def reading(runs: Replications, measure: str, team: str = "") -> float:
    return runs.estimates[Key(measure, "team" if team else "", team)].value


LEVERS_OF_THE_DESK = (
    (("teams.first_line.agents", 8),),
    ((f"{PASSWORDS}.attempted", 0.9), (f"{PASSWORDS}.solved", 0.8)),
    ((f"{ACCESS}.covered", 0.8),),
)


@pytest.mark.parametrize("lever", LEVERS_OF_THE_DESK, ids=lambda lever: lever[0][0])
def test_occupancy_and_waits_of_the_shipped_desk_follow_the_load(lever: tuple[tuple[str, Any], ...]):
    """The first line gets less busy by as much as its load says, within two per cent, and people wait less."""
    before, after = service_desk(), service_desk(*lever)
    loads_of = [load_of("first_line", {**PATIENT, **dict(change)}) for change in ((), lever)]

    expected = loads_of[1].ratio / loads_of[0].ratio
    found = reading(after, "occupancy", "first_line") / reading(before, "occupancy", "first_line")

    assert expected < 0.97
    assert found == pytest.approx(expected, rel=0.02)
    assert reading(after, "occupancy", "first_line") == pytest.approx(loads_of[1].ratio, rel=0.03)
    assert reading(after, "first_wait") < reading(before, "first_wait")


def test_self_service_and_automation_take_the_share_of_tickets_they_should():
    """Of 15 % passwords 0.9 x 0.8 are solved by the user, of 6 % questions as many as before; of 14 % access requests
    0.8 x 0.9 by a machine."""
    own = service_desk(*LEVERS_OF_THE_DESK[1]).estimate(Key("self_service_rate"), SURE)
    machine = service_desk(*LEVERS_OF_THE_DESK[2]).estimate(Key("automation_rate"), SURE)

    assert own.low < 0.15 * 0.9 * 0.8 + 0.06 * 0.35 * 0.30 < own.high
    assert machine.low < 0.14 * 0.8 * 0.9 < machine.high
