"""Tickets that desks share are drawn once, and are the tickets that each would have drawn alone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simdesk.desk import open_desk
from simdesk.errors import ScenarioError
from simdesk.policies import AgentChoice, AtBreak, AtShiftEnd, Begins, Discipline
from simdesk.scenario.loading import alternative, canonical, loads, vary
from simdesk.scenario.model import Scenario
from simdesk.scenario.people import Team
from simdesk.workload.draw import draw
from simdesk.workload.model import Workload
from simdesk.workload.shared import WHO_SERVES, SharedDraws, tickets_key
from written import from_shelf

SHORT = {"run.length": "3 days", "run.warm_up": "1 day", "run.cool_down": "2 days"}
SHIFTS = """
title: Shifts by share, and promises in business days
run: {length: 3 days, cool_down: 2 days, open_at_start: {front: {fault: {count: 3, oldest: 2 days}}}}
calendars: {office: {days: Mon-Fri, hours: "08:00-18:00"}}
demand:
  contacts: 60 per business day
  types:
    question: {share: 50 %, work: {exponential: {mean: 8 min}}, self_service: {attempted: 30 %, solved: 40 %}}
    fault: {share: 50 %, work: {lognormal: {mean: 25 min, cv: 1.0}}, resolves: {tier_1: 60 %}}
teams:
  front:
    agents: 4
    calendar: office
    shifts: {early: {share: 60 %, hours: "08:00-14:00"}, late: {share: 40 %, hours: "10:00-18:00"}}
    escalates_to: back
  back: {tier: 2, agents: 2, calendar: office, escalates_to: lab}
  lab: {tier: 3, shifts: {day: {agents: 1, hours: "09:00-17:00"}}}
flow: {hand_off: {}, misroute: {}, pending: {}, reopen: {}}
patience: {callers: {when: {channel: phone}, gives_up_after: {exponential: {mean: 8 min}}, redials: 50 %}}
service_levels: {priorities: {P3: {respond: 2 business hours, resolve: 2 business days}}}
"""
DESKS = {
    "quickstart": from_shelf("quickstart", SHORT),
    "service desk": from_shelf("service-desk", SHORT),
    "shifts": loads(SHIFTS),
}


def differing(one: Workload, other: Workload) -> list[str]:
    """Columns in which two workloads differ, in a value or in its type."""
    return [
        column.name for column in fields(Workload) if not _equal(getattr(one, column.name), getattr(other, column.name))
    ]


def _equal(one: Any, other: Any) -> bool:
    if isinstance(one, np.ndarray):
        return one.dtype == other.dtype and np.array_equal(one, other)
    return bool(one == other)


def shared_and_alone(base: Scenario, varied: Scenario, replication: int = 0) -> tuple[Workload, Workload]:
    """The workload of a variant, drawn after that of the base and with what they share, and drawn alone."""
    draws = SharedDraws()
    draws.draw(base, open_desk(base), replication, tickets_key(base))
    desk = open_desk(varied)
    return draws.draw(varied, desk, replication, tickets_key(varied)), draw(varied, desk, replication)


small = st.sampled_from([0.0, 0.1, 0.25])
ANYBODY: Mapping[str, st.SearchStrategy[Any]] = {
    "agents": st.integers(0, 9),
    "shrinkage": st.fixed_dictionaries({"absent": small, "breaks": small}),
    "ticket_time": st.sampled_from([0.4, 0.75, 1.0]),
    "speed_cv": small,
    "cost": st.sampled_from(["35 per hour", "0 per hour"]),
    "discipline": st.sampled_from([one.name.lower() for one in Discipline]),
    "agent_choice": st.sampled_from([one.name.lower() for one in AgentChoice]),
    "at_shift_end": st.sampled_from([one.name.lower() for one in AtShiftEnd]),
    "at_break": st.sampled_from([one.name.lower() for one in AtBreak]),
    "begins": st.sampled_from([one.name.lower() for one in Begins]),
    "people": st.sampled_from(["drawn", "these"]),
    "hand_over_work": st.sampled_from(["0 min", "10 min"]),
    "promote_after": st.sampled_from(["0 min", "1 h"]),
    "weights": st.fixed_dictionaries({"P3": st.integers(1, 50)}),
    "also_serves": st.booleans(),
    "shifts": st.sampled_from(["06:00-14:00", "13:00-21:00"]),
}
"""What may be changed about who serves."""


@st.composite
def staffing(take: st.DrawFn) -> tuple[Scenario, Scenario]:
    """A desk, and the same with other people in some of its teams."""
    desk = DESKS[take(st.sampled_from(sorted(DESKS)))]
    changes: dict[str, Any] = {}
    for name, team in desk.teams.items():
        for field in take(st.lists(st.sampled_from(sorted(ANYBODY)), unique=True, max_size=5)):
            value = take(ANYBODY[field])
            if field == "also_serves":
                value = [other for other in desk.teams if other != name] if value else []
            if field == "shifts":
                share = {"share": 1} if team.agents is not None else {"agents": 2}
                others = {shift: dict.fromkeys(share, 0) for shift in team.shifts or {}}
                value = {**others, "all": {"hours": value, **share}}
            if field != "agents" or team.agents is not None:
                changes[f"teams.{name}.{field}"] = value
    return desk, vary(desk, changes)


def test_every_field_that_no_ticket_depends_on_is_tried():
    """A field that joins the list joins this test; one that is not in it makes another key by itself."""
    assert set(ANYBODY) == WHO_SERVES
    assert set(Team.model_fields) >= WHO_SERVES


@settings(max_examples=25, deadline=None)
@given(staffing(), st.integers(0, 3))
def test_who_serves_changes_no_ticket(pair: tuple[Scenario, Scenario], replication: int):
    """What is remembered of the one desk is what the other would have drawn, column by column."""
    shared, alone = shared_and_alone(*pair, replication)

    assert differing(shared, alone) == []


@pytest.mark.parametrize("agents", [4, 5, 1])
def test_a_shift_without_anybody_moves_no_business_day(agents: int):
    """With one person nobody works late; business days are those of the calendar, so the tickets stay the same."""
    base = DESKS["shifts"]

    varied = vary(base, {"teams.front.agents": agents})

    assert tickets_key(varied) == tickets_key(base)
    shared, alone = shared_and_alone(base, varied)
    assert differing(shared, alone) == []
    assert np.array_equal(alone.resolution_target, draw(base, open_desk(base)).resolution_target)


def test_an_alternative_is_not_given_the_tickets_of_a_desk_that_is_judged_by_other_clocks():
    """The same hours on paper, once as a desk of its own and once beside one with shorter days: other due instants."""
    base = DESKS["shifts"]
    longer = {"calendars.office.hours": "08:00-20:00"}
    own, beside = vary(base, longer), alternative(base, longer)

    assert tickets_key(own) != tickets_key(beside)
    shared, alone = shared_and_alone(own, beside)
    assert differing(shared, alone) == []
    targets = [draw(one, open_desk(one)).resolution_target for one in (base, own, beside)]
    assert np.array_equal(targets[0], targets[2])
    assert not np.array_equal(targets[0], targets[1])


@pytest.mark.parametrize("chapter", ["patience", "flow.routing"])
def test_the_order_of_rules_makes_other_tickets(chapter: str):
    """The first rule that fits decides."""
    rules = {
        "patience": [
            {"gives_up_after": {"exponential": {"mean": "1 min"}}},
            {"gives_up_after": {"exponential": {"mean": "9 h"}}},
        ],
        "flow.routing": [{"when": {"type": "question"}, "to": "lab"}, {"when": {"type": "question"}, "to": "back"}],
    }[chapter]
    base = vary(DESKS["shifts"], {chapter: {"one": rules[0], "two": rules[1]}})
    turned = loads(SHIFTS)
    turned = vary(turned, {chapter: {"two": rules[1], "one": rules[0]}})

    shared, alone = shared_and_alone(base, turned)

    assert tickets_key(base) != tickets_key(turned)
    assert differing(shared, alone) == []
    assert differing(alone, draw(base, open_desk(base))) != []


WORDS = (
    "7 min", "7 business hours", "13 per business day", "13 per user per month", "41 USD per hour", "Mon-Thu",
    "09:00-17:00", "09:00-13:00", "lifo", "fastest", "finish", "flat", "2026-01-06", "America/New_York", "always", "FR",
    "second_line", "third_line", "request", "incident", "enquiry", "software", "email", "P2", "Another word",
)  # fmt: skip
"""Something of every kind that a scenario can say."""


def leaves(tree: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every value of a scenario with its path; lists are values."""
    if isinstance(tree, dict):
        for name, part in tree.items():
            yield from leaves(part, f"{path}.{name}" if path else name)
    else:
        yield path, tree


def otherwise(desk: Scenario, path: str, value: Any) -> Scenario | None:
    """The desk with another value there, if one is found that makes sense."""
    for other in _others(value):
        try:
            varied = vary(desk, {path: other})
        except ScenarioError:
            continue
        if canonical(varied) != canonical(desk):
            return varied
    return None


def _others(value: Any) -> Iterator[Any]:
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, int | float):
        yield from (value + 1, value * 0.9, 0.05)
    elif isinstance(value, str):
        yield from sorted({*WORDS} - {value}, key=lambda word: (_form(word) != _form(value), word))
    else:
        yield from ([], ["pending"], ["hand_off"], ["second_line"], ["2026-01-07"])


def _form(word: str) -> str:
    return re.sub(r"[\d.]+", "0", word)


def test_whatever_else_is_changed_is_drawn_anew_if_it_matters():
    """Value by value of the shipped service desk: either the key differs, or the tickets are the same."""
    base = DESKS["service desk"]
    draws, before = SharedDraws(), open_desk(base)
    paths = [(path, value) for path, value in leaves(canonical(base)) if path.partition(".")[0] != "try"]
    unchanged, alike, wrong = [], [], []
    for path, value in paths:
        varied = otherwise(base, path, value)
        if varied is None:
            unchanged.append(path)
        elif tickets_key(varied) == tickets_key(base):
            alike.append(path)
            desk = open_desk(varied)
            draws.draw(base, before, 0, tickets_key(base))
            columns = differing(draws.draw(varied, desk, 0, tickets_key(varied)), draw(varied, desk))
            wrong += [(path, name) for name in columns]

    assert wrong == []
    assert len(paths) > 150
    assert len(unchanged) < len(paths) / 10, unchanged
    staffed = [path for path in alike if path.split(".")[0] == "teams"]
    assert {path.split(".")[2] for path in staffed} <= WHO_SERVES
    assert {path.split(".")[0] for path in alike} <= {"title", "story", "targets", "money", "run", "teams"}
    assert draw(base, before).tickets > 100
