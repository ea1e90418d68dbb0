"""Desks as a person writes them, in YAML, small enough for a test; and their tickets by identity."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simdesk.desk import Desk, open_desk
from simdesk.scenario.loading import load, loads, vary
from simdesk.scenario.model import Scenario
from simdesk.workload.draw import draw
from simdesk.workload.model import WORK, Workload

ROOT = Path(__file__).parents[1]
SHELF = sorted((ROOT / "scenarios").rglob("*.yaml"))

ONE_TEAM = """
title: One team
run: {start: 2026-01-05, length: 4 weeks, warm_up: 1 week, cool_down: 2 weeks, replications: 2, seed: 11}
calendars:
  office: {days: Mon-Fri, hours: "08:00-17:00"}
demand:
  contacts: 50 per business day
  types:
    question: {share: 60 %, work: {lognormal: {mean: 12 min, cv: 1.0}}}
    fault: {share: 40 %, category: broken, work: {exponential: {mean: 25 min}}}
teams:
  desk: {agents: 3, calendar: office}
"""

TWO_TIERS = """
title: Two tiers
run: {start: 2026-01-05, length: 3 weeks, cool_down: 1 week, replications: 2, seed: 7}
demand:
  contacts: 100 per day
  profile: flat
  types:
    fault:
      share: 100 %
      work: {tier_1: {lognormal: {mean: 10 min, cv: 1.0}}, tier_2: {exponential: {mean: 40 min}}}
      resolves: {tier_1: 70 %}
teams:
  desk: {agents: 3, escalates_to: experts}
  experts: {tier: 2, agents: 3}
"""


def one_team(changes: Mapping[str, Any] | None = None) -> Scenario:
    """`ONE_TEAM` with some values changed."""
    return vary(loads(ONE_TEAM), changes or {})


def two_tiers(changes: Mapping[str, Any] | None = None) -> Scenario:
    """`TWO_TIERS` with some values changed."""
    return vary(loads(TWO_TIERS), changes or {})


def from_shelf(name: str, changes: Mapping[str, Any] | None = None) -> Scenario:
    """A desk of the shelf with some values changed."""
    return vary(load(ROOT / "scenarios" / f"{name}.yaml"), changes or {})


def drawn(scenario: Scenario, replication: int = 0, *, antithetic: bool = False) -> tuple[Desk, Workload]:
    """The desk and the workload of one replication."""
    desk = open_desk(scenario)
    return desk, draw(scenario, desk, replication, antithetic=antithetic)


Identity = tuple[str, int, int]
"""Type, day and number within the day."""


def identities(desk: Desk, work: Workload) -> list[Identity]:
    """Who each ticket is: of a type and a day, tickets come in the order of their numbers."""
    midnights = desk.timeline.midnights(0, -(-desk.horizon // 86400) + 1)
    days = np.searchsorted(midnights, work.arrives_at, side="right") - 1
    counted: dict[tuple[str, int], int] = {}
    found = []
    for kind, day, opened, arrives in zip(work.type, days, work.opened_at, work.arrives_at, strict=True):
        place = (work.type_names[kind], int(day) if opened == arrives else -1)
        counted[place] = counted.get(place, -1) + 1
        found.append((*place, counted[place]))
    return found


def steps_of(work: Workload, ticket: int) -> list[tuple[int, int, int]]:
    """(team, work in milliseconds, duration in seconds) of every step of a ticket."""
    own = slice(work.first[ticket], work.first[ticket + 1])
    return list(zip(work.team[own].tolist(), work.work[own].tolist(), work.duration[own].tolist(), strict=True))


def life(desk: Desk, work: Workload) -> dict[Identity, list[tuple[int, int, int]]]:
    """The steps of every ticket by its identity."""
    return {who: steps_of(work, ticket) for ticket, who in enumerate(identities(desk, work))}


def worked(work: Workload) -> NDArray[np.int64]:
    """Drawn touch time of every ticket, milliseconds."""
    ticket = np.repeat(np.arange(work.tickets), np.diff(work.first))
    return np.bincount(ticket, np.where(work.kind == WORK, work.work, 0), work.tickets).astype(np.int64)


def near(share: float, expected: float, count: int) -> bool:
    """Within four standard errors of a share."""
    return bool(abs(share - expected) <= 4 * np.sqrt(expected * (1 - expected) / count))
