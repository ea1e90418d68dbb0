"""Where the search for the cheapest staffing begins: what people cost and can do, the least that can serve everything,
and a first guess by the formulas of queueing theory. Simulates nothing.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from simdesk.desk import Desk, open_desk
from simdesk.durations import HOUR, MONTH, WEEK
from simdesk.experiment.load import first_contacts, team_loads
from simdesk.queueing import agents_for_p_wait
from simdesk.scenario.demand import at_tier
from simdesk.scenario.loading import vary
from simdesk.scenario.model import Scenario

Floats = NDArray[np.float64]
Plan = tuple[int, ...]
"""People of each team that is asked about, in the order of the workforce."""

_FULL: Final = 0.9999
"""Part of what a team can do that it may be asked for; at all of it, its queue has no long run."""
_MANY: Final = 100
"""Agents over whom people who differ are averaged."""
_TIE: Final = 1e-6
"""Weight of a head against the dearest one: of two plans that cost the same, the one with fewer people is preferred."""
_OFTEN, _SELDOM = 0.5, 0.05
"""Shares of tickets that wait, between which a first guess is made."""
_USUAL_WAITING: Final = 0.3


@dataclass(frozen=True, slots=True)
class Cut:
    """People that a better plan must have: the sum of weights × people is at least this."""

    weights: tuple[float, ...]
    at_least: float


@dataclass(frozen=True)
class Workforce:
    """What people cost and can do, and what they are asked for.

    Attributes:
        teams: the teams that are asked about.
        every: all teams of the desk, in its order.
        now: people of each of `every`.
        price: of one person of each of `every` in a month of 30.4 days; 1 for each if no team has a cost.
        able: hours of work that one person of each of `every` can do in a week.
        offered: hours of work that each of `every` is asked for in a week.
        due: the part of it that does not go away by itself; who has patience at first contact may give up.
        opened: hours in a week in which anybody of each of `every` is rostered.
        serves: queues that each of `every` serves, its own first.
        priced: whether prices are money.
        uneven: whether people of one team differ in paid hours, so that each counts as their mean.
    """

    teams: tuple[str, ...]
    every: tuple[str, ...]
    now: Plan
    price: Floats
    able: Floats
    offered: Floats
    due: Floats
    opened: Floats
    serves: tuple[tuple[int, ...], ...]
    priced: bool
    uneven: bool

    @property
    def today(self) -> Plan:
        """People of the teams that are asked about, as the scenario has them."""
        return tuple(self.now[at] for at in self.places)

    @property
    def places(self) -> tuple[int, ...]:
        """Where the teams that are asked about stand among all."""
        return tuple(self.every.index(team) for team in self.teams)

    @property
    def weights(self) -> Floats:
        """What the search counts for a person of each team: the price, and next to nothing for every head."""
        chosen = self.price[list(self.places)]
        return np.asarray(chosen + _TIE * float(max(chosen.max(), _TIE)))

    def weight(self, plan: Plan) -> float:
        """What the search counts for a plan."""
        return float(self.weights @ np.array(plan))

    def cost(self, plan: Plan) -> float:
        """Price of the whole desk in a month, the teams that are not asked about included."""
        people = np.array(self.now)
        people[list(self.places)] = plan
        return float(self.price @ people)

    def cheapest(self, low: Plan, high: Plan, cuts: Sequence[Cut] = ()) -> Plan | None:
        """The cheapest plan with which all work that is due can be served, by whoever can; None if there is none.

        Args:
            low, high: fewest and most people of each team.
            cuts: what else it must obey.

        Source: the static planning problem (Harrison 2000), in whole people.
        """
        from scipy.optimize import Bounds, LinearConstraint, milp

        free, pairs = len(self.teams), [(s, q) for s, queues in enumerate(self.serves) for q in queues]
        rows, least = [], []
        for queue, hours in enumerate(self.due):
            rows.append(np.array([0.0] * free + [float(q == queue) for _, q in pairs]))
            least.append(hours)
        for server in range(len(self.every)):
            hours = _FULL * self.able[server]
            asked = server in self.places
            people = [hours if asked and self.places[at] == server else 0.0 for at in range(free)]
            rows.append(np.array(people + [-float(s == server) for s, _ in pairs]))
            least.append(0.0 if asked else -hours * self.now[server])
        for cut in cuts:
            rows.append(np.array([*cut.weights, *[0.0] * len(pairs)]))
            least.append(cut.at_least)
        found = milp(
            np.append(self.weights / self.weights.max(), np.zeros(len(pairs))),
            constraints=LinearConstraint(np.array(rows), lb=np.array(least)),
            integrality=np.array([1] * free + [0] * len(pairs)),
            bounds=Bounds(np.array([*low, *[0.0] * len(pairs)]), np.array([*high, *[np.inf] * len(pairs)])),
            options={"mip_rel_gap": 0.0},
        )
        return tuple(round(x) for x in found.x[:free]) if found.success else None

    def can_serve(self, plan: Plan) -> bool:
        """Whether all work that is due can be served, so that no queue must grow for ever."""
        return self.cheapest(plan, plan) is not None

    def guess(self, waiting: float) -> Plan:
        """People with whom about this share of the tickets would wait if each team were a queue of its own.

        Source: Erlang C, with the load of the open hours, and as many more heads as are not there all the time.
        """
        return tuple(self._heads(at, waiting) for at in self.places)

    def _heads(self, team: int, waiting: float) -> int:
        if not (self.offered[team] > 0 and self.able[team] > 0):
            return 0
        there = float(self.able[team] / self.opened[team])
        return math.ceil(agents_for_p_wait(float(self.offered[team] / self.opened[team]), waiting) / there - 1e-9)


def workforce(scenario: Scenario, teams: Sequence[str]) -> Workforce:
    """What the people of a scenario cost and can do.

    Args:
        scenario: the desk.
        teams: those that are asked about; each says how many agents it has.
    """
    probe = vary(scenario, {f"teams.{name}.agents": _probed(scenario, name) for name in teams})
    desk = open_desk(probe)
    loads, heads = team_loads(probe, desk), np.array([max(team.headcount, 1) for team in probe.teams.values()])
    paid = _paid_hours(desk)
    owner = np.split(paid, np.flatnonzero(np.diff(desk.agent_team)) + 1) if paid.size else []
    rates = np.array([team.cost.amount for team in probe.teams.values()])
    hours = np.bincount(desk.agent_team, paid, len(desk.team_names)) / heads
    priced = bool(rates.any())
    return Workforce(
        teams=tuple(teams),
        every=desk.team_names,
        now=tuple(team.headcount for team in scenario.teams.values()),
        price=rates * hours if priced else np.ones(len(rates)),
        able=np.array([load.capacity for load in loads]) / heads,
        offered=np.array([load.offered for load in loads]),
        due=np.array([load.offered for load in loads]) * (1 - _impatient(scenario)),
        opened=_open_hours(desk),
        serves=desk.serves,
        priced=priced,
        uneven=priced and any(np.ptp(part) > 1e-6 * part.max() for part in owner if part.size),
    )


def _impatient(scenario: Scenario) -> Floats:
    """Part of the work of those who contact each team first whose users may give up, shape (teams,)."""
    names = list(scenario.teams)
    work, leaving = np.zeros(len(names)), np.zeros(len(names))
    for name, kind in scenario.demand.types.items():
        for team, patience, share in first_contacts(scenario, name):
            shape = at_tier(kind.work, scenario.teams[team].tier)
            hours = scenario.demand.per_week(name) * share * (shape.mean if shape is not None else 0.0)
            work[names.index(team)] += hours
            leaving[names.index(team)] += hours if patience is not None else 0.0
    return np.divide(leaving, work, out=np.zeros(len(names)), where=work > 0)


def _probed(scenario: Scenario, name: str) -> int:
    """Agents by whom one person of a team is known: one if all are alike."""
    team = scenario.teams[name]
    return _MANY if team.shifts is not None or team.speed_cv else 1


def _paid_hours(desk: Desk) -> Floats:
    """Paid hours of every agent in a month, shape (agents,)."""
    begin, end = desk.window
    paid = np.clip(desk.roster.ends, begin, end) - np.clip(desk.roster.starts, begin, end)
    found: Floats = np.bincount(desk.roster.agent, paid, desk.agent_team.size) / HOUR * MONTH / (end - begin)
    return found


def _open_hours(desk: Desk) -> Floats:
    """Hours in a week in which anybody of every team is rostered, shape (teams,)."""
    (begin, end), roster = desk.window, desk.roster
    first, last = np.clip(roster.starts, begin, end), np.clip(roster.ends, begin, end)
    team, length = desk.agent_team[roster.agent], end - begin + 1
    order = np.argsort(team * length + first, kind="stable")
    team, first, last = team[order], first[order], last[order]
    lane = team * length  # every team gets a stretch of its own on one long line
    reached = np.maximum.accumulate(lane + last)
    first[1:] = np.maximum(first[1:], np.minimum(reached[:-1] - lane[1:], last[1:]))
    seconds = np.bincount(team, np.maximum(last - first, 0), len(desk.team_names))
    found: Floats = seconds / HOUR * WEEK / (end - begin)
    return found


def suited_waiting(at_least: Mapping[str, float]) -> float:
    """Share of tickets that may wait, for a first guess that suits the targets.

    Args:
        at_least: shares of promises that must be kept, by target; the others say nothing about a share that waits.
    """
    if not at_least:
        return _USUAL_WAITING
    return min(max(1 - max(at_least.values()), _SELDOM), _OFTEN)
