"""Desks of a thousand teams, calendars or rules: no more is done for them than they ask for."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import yaml

from simdesk.desk import open_desk
from simdesk.engine import run
from simdesk.errors import ScenarioError
from simdesk.experiment.load import team_loads
from simdesk.scenario.loading import loads
from simdesk.scenario.model import Scenario
from simdesk.states import State
from simdesk.workload.grammar import expected_work
from simdesk.workload.journey import Builder
from simdesk.workload.model import WORK
from written import drawn, one_team, two_tiers

LONG = 1000


def desk_of(teams: dict[str, Any], **more: Any) -> Scenario:
    """Teams that get one type of ticket, of ten minutes for whoever works on it."""
    kind = {"share": "100 %", "work": {"constant": {"value": "10 min"}}, **more.pop("kind", {})}
    tree = {"demand": {"contacts": "10 per day", "types": {"q": kind}}, "teams": teams, **more}
    return loads(yaml.safe_dump({"run": {"length": "1 week", "cool_down": "1 week"}, **tree}, sort_keys=False))


def chain(length: int, **more: Any) -> Scenario:
    """Each team passes half of its tickets on to the next."""
    teams = {f"t{n}": {"agents": 1, "escalates_to": f"t{n + 1}" if n + 1 < length else None} for n in range(length)}
    return desk_of(teams, kind={"resolves": {"tier_1": 0.5}}, **more)


def test_half_of_the_tickets_climb_from_each_team_to_the_next():
    """Ten minutes at the first of a thousand teams, five at the second, and so on to next to nothing."""
    scenario = chain(LONG)

    work, through = expected_work(Builder(scenario, open_desk(scenario), "q").whole("t0", None))

    assert through == pytest.approx(1)
    assert [work[n] for n in range(LONG)] == pytest.approx([600_000 * 0.5**n for n in range(LONG)])


def test_both_engines_agree_about_a_chain_of_a_thousand_teams():
    """With everything that makes a journey longer."""
    flow = {"hand_off": {}, "misroute": {"share": 0.5}, "pending": {}, "reopen": {"share": 0.5, "at_most": 2}}
    desk, work = drawn(chain(LONG, flow=flow))

    assert run(desk, work, engine="kernel").digest() == run(desk, work, engine="reference").digest()


def astray(scenario: Scenario) -> tuple[list[str], list[str]]:
    """Names of the teams that looked at tickets by mistake, and of the calendars in which they noticed them."""
    desk, work = drawn(scenario)
    looks = np.flatnonzero((work.kind == WORK) & (work.work == 60_000))
    assert (work.state[looks - 1] == State.HAND_OFF).all()
    teams = [desk.team_names[team] for team in work.team[looks]]
    return teams, [desk.calendar_names[calendar] for calendar in work.calendar[looks - 1]]


def test_a_wrong_team_is_neither_the_sender_nor_the_right_one_and_notices_in_its_own_hours():
    """Every ticket goes astray once, from the first to the second of five: to each of the others equally often."""
    names = ["first", "second", "third", "fourth", "fifth"]
    above = dict(zip(names, [*names[1:], None], strict=True))
    teams = {name: {"tier": n, "agents": 9, "escalates_to": above[name]} for n, name in enumerate(names, 1)}
    teams["third"]["calendar"] = teams["fifth"]["calendar"] = "always"
    teams["fourth"]["calendar"] = "office"
    flow = {
        "hand_off": {"pick_up": {"constant": {"value": "1 business hour"}}},
        "misroute": {"share": 1, "at_most": 1, "look": {"constant": {"value": "1 min"}}},
    }
    resolves = {"tier_1": 0, "tier_2": 1}
    calendars = {"office": {"days": "Mon-Fri", "hours": "08:00-17:00"}}
    scenario = desk_of(teams, kind={"resolves": resolves, "contacts": "500 per day", "share": None},
                       flow=flow, calendars=calendars)  # fmt: skip

    wrong, noticed_in = astray(scenario)

    often = [wrong.count(name) / len(wrong) for name in names]
    assert often[:2] == [0, 0]
    assert often[2:] == pytest.approx([1 / 3] * 3, abs=4 * np.sqrt(2 / 9 / len(wrong)))
    assert [calendar == "office" for calendar in noticed_in] == [team == "fourth" for team in wrong]


def test_with_two_teams_a_ticket_that_goes_astray_comes_back_to_the_sender():
    """There is no other."""
    scenario = two_tiers(
        {
            "demand.types.fault.resolves.tier_1": 0,
            "flow.hand_off": {},
            "flow.misroute": {"share": 1, "at_most": 1, "look": {"constant": {"value": "1 min"}}},
        }
    )

    assert set(astray(scenario)[0]) == {"desk"}


def test_only_calendars_that_something_runs_in_are_opened():
    """A team's, that of the promises, and that of whoever is waited for; not that of the holidays, nor a spare one."""
    names = "team", "promises", "user", "holidays", "spare"
    changes = {
        "calendars": {name: {"days": "Mon-Fri", "hours": f"0{n + 1}:00-17:00"} for n, name in enumerate(names)},
        "teams.desk.calendar": "team",
        "service_levels.calendar": "promises",
        "flow.pending": {"calendar": "user"},
        "demand.holidays_of": "holidays",
    }

    assert open_desk(one_team(changes)).calendar_names == ("always", "team", "promises", "user")


def test_equal_hours_under_other_names_are_kept_once():
    """The two share their arrays, and each has its own name."""
    hours = {"days": "Mon-Fri", "hours": "08:00-17:00"}
    scenario = one_team({"calendars": {"office": hours, "same": hours}, "service_levels.calendar": "same"})

    _, office, same = open_desk(scenario).calendars

    assert (office.name, same.name) == ("office", "same")
    assert office.opens is same.opens
    assert office.day_length == same.day_length == 9 * 3600


def test_a_thousand_teams_in_a_ring_share_their_load():
    """Each helps its neighbour with what it gets; all tickets come to the first, so that only neighbours can help it.

    Ten tickets a day of ten minutes for two teams that are always there: 100 minutes in 2 · 1440.
    """
    teams = {f"t{n}": {"agents": 1, "also_serves": [f"t{(n + 1) % LONG}"]} for n in range(LONG)}

    loads_of = team_loads(desk_of(teams))

    first = loads_of[0]
    assert {len(load.group) for load in loads_of} == {LONG}
    assert first.ratio == pytest.approx(first.offered / (first.capacity + loads_of[-1].capacity))


def refusal(changes: dict[str, Any]) -> str:
    with pytest.raises(ScenarioError) as refused:
        one_team(changes)
    return str(refused.value)


def test_journeys_of_too_many_types_through_too_long_chains_are_refused():
    """200 types through a thousand teams, each with a way of its own: twice what is laid out."""
    kinds = {f"k{n}": {"contacts": "1 per day", "work": {"constant": {"value": "1 min"}}} for n in range(200)}
    teams = {f"t{n}": {"agents": 1, "escalates_to": f"t{n + 1}" if n + 1 < LONG else None} for n in range(LONG)}

    with pytest.raises(ScenarioError, match=r"visit teams in 200,000 ways .* at most 100,000"):
        loads(yaml.safe_dump({"demand": {"types": kinds}, "teams": teams}, sort_keys=False))


def test_tickets_that_are_open_at_the_start_count():
    """A million of each of eleven types are more than ten million, though next to nothing comes."""
    kinds = {f"k{n}": {"contacts": "1 per year", "work": {"constant": {"value": "1 min"}}} for n in range(11)}
    waiting = {"desk": {name: {"count": 1_000_000} for name in kinds}}
    tree = {"run": {"open_at_start": waiting}, "demand": {"types": kinds}, "teams": {"desk": {"agents": 1}}}

    with pytest.raises(ScenarioError) as refused:
        loads(yaml.safe_dump(tree, sort_keys=False))

    (problem,) = refused.value.problems
    assert problem.path == "run.open_at_start"
    assert "11,000,000 of them open at its start, at most 10,000,000 are simulated; lower their number" in (
        problem.message
    )


def test_a_day_has_few_spells_of_hours():
    """Forty-nine would be nonsense, and ten years of them a burden."""
    hours = ", ".join(f"{n // 6:02}:{n % 6}0-{n // 6:02}:{n % 6}5" for n in range(49))

    assert "a day has at most 48 spells of hours, not 49" in refusal({"calendars.office.hours": hours})
