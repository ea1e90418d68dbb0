"""Offered load against capacity, before anything is simulated: which team cannot keep up, and by how much.

Both sides are expectations: the load of the same journeys that are drawn, the capacity of the same rosters that are
thinned by absences and breaks.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from simdesk.desk import Desk, open_desk
from simdesk.scenario.flow import Patience, When
from simdesk.scenario.model import Scenario, as_list
from simdesk.workload.arrivals import days_of, weights
from simdesk.workload.journey import Builder, Work, expected_work
from simdesk.workload.presence import expected_speeds

Floats = NDArray[np.float64]
_WEEK = 7 * 86400


@dataclass(frozen=True, slots=True)
class TeamLoad:
    """What a team is asked and what it can do, in hours of work a week, over the measured window.

    Attributes:
        team: its name.
        offered: expected touch time, before anyone gives up.
        capacity: expected time there for tickets, at the speed of its people.
        ratio: offered over capacity (ρ); that of the whole group if teams serve each other's queues.
        growth: tickets that the backlog gains a week if the ratio is above one, else 0.
        group: the teams that can help each other, this one included.
        relaxation: time in which a start from empty is forgotten to about a third, seconds by the wall clock:
            1 / (c μ (1 − √ρ)²) in the hours in which the team is there (M/M/c; Abate and Whitt 1987), ∞ at ρ ≥ 1.
    """

    team: str
    offered: float
    capacity: float
    ratio: float
    growth: float
    group: tuple[str, ...]
    relaxation: float

    @property
    def short(self) -> float:
        """Hours a week that are missing, 0 if none."""
        return max(self.offered - self.capacity, 0.0) if self.ratio >= 1 else 0.0


def team_loads(scenario: Scenario, desk: Desk | None = None) -> list[TeamLoad]:
    """Offered load and capacity of every team."""
    desk = desk or open_desk(scenario)
    offered, visits = _offered(scenario, desk)
    capacity = _capacity(scenario, desk)
    loads, groups = [], _groups(desk)
    ratios = {group: _least_ratio(desk, group, offered, capacity) for group in dict.fromkeys(groups)}
    for index, name in enumerate(desk.team_names):
        group, ratio = groups[index], ratios[groups[index]]
        own = offered[index] / visits[index] if visits[index] else 0.0
        surplus = max(offered[index] - capacity[index], 0.0) if ratio >= 1 else 0.0
        loads.append(
            TeamLoad(
                team=name,
                offered=float(offered[index]),
                capacity=float(capacity[index]),
                ratio=ratio,
                growth=float(surplus / own) if own else 0.0,
                group=tuple(desk.team_names[i] for i in group),
                relaxation=_relaxation(float(own), float(capacity[index]), ratio),
            )
        )
    return loads


def _relaxation(work: float, capacity: float, ratio: float) -> float:
    """Relaxation time by the wall clock, seconds; `work` in hours a visit, `capacity` in hours a week."""
    if ratio > 1 - 1e-9 or capacity == 0:
        return float("inf")
    return float(work / capacity / (1 - ratio**0.5) ** 2 * _WEEK)


def _offered(scenario: Scenario, desk: Desk) -> tuple[Floats, Floats]:
    """Hours of work and visits a week for each team, shape (teams,) each."""
    hours, visits = np.zeros(len(desk.team_names)), np.zeros(len(desk.team_names))
    begin, end = desk.window
    days = days_of(scenario, desk)
    inside = (days.edges[:, :-1] >= begin) & (days.edges[:, :-1] < end)
    for name in scenario.demand.types:
        per_week = scenario.demand.per_week(name) * weights(scenario, name, days)[inside].sum() * _WEEK / (end - begin)
        for team, share in first_teams(scenario, name):
            tree = Builder(scenario, desk, name).whole(team, None)
            for index, work in expected_work(tree)[0].items():
                hours[index] += per_week * share * work / 3_600_000
            for index, count in expected_work(tree, of=_one)[0].items():
                visits[index] += per_week * share * count
    return hours, visits


def _one(_: Work) -> float:
    """Counts a piece of work, whatever its length."""
    return 1.0


def first_teams(scenario: Scenario, name: str) -> Iterator[tuple[str, float]]:
    """Teams that tickets of a type can get to first, with the expected share of each."""
    shares: dict[str, float] = {}
    for team, _, share in first_contacts(scenario, name):
        shares[team] = shares.get(team, 0.0) + share
    yield from shares.items()


def first_contacts(scenario: Scenario, name: str) -> Iterator[tuple[str, Patience | None, float]]:
    """Tickets of a type by the team they get to first and the patience they have there, with their shares."""
    kind, demand = scenario.demand.types[name], scenario.demand
    mixes = (kind.priority or demand.priority).items(), (kind.channels or demand.channels).items()
    routing = [rule for rule in scenario.flow.routing.values() if scenario.concerns(rule.when, name)]
    limits = [rule for rule in scenario.patience.values() if scenario.concerns(rule.when, name)]
    for (priority, p), (channel, c) in product(*mixes):
        team = next((rule.to for rule in routing if _fits(rule.when, priority, channel)), scenario.entry)
        yield team, next((rule for rule in limits if _fits(rule.when, priority, channel)), None), p * c


def _fits(when: When, priority: str, channel: str) -> bool:
    """Whether a rule that concerns a type is for tickets of this priority and channel."""
    return (when.priority is None or priority in as_list(when.priority)) and (
        when.channel is None or channel in as_list(when.channel)
    )


def _capacity(scenario: Scenario, desk: Desk) -> Floats:
    """Expected hours of standard work a week that each team can do, shape (teams,); every agent at his own speed."""
    begin, end = desk.window
    paid = np.clip(desk.roster.ends, begin, end) - np.clip(desk.roster.starts, begin, end)
    able = paid * expected_speeds(scenario, desk)[desk.roster.agent] / 1000
    hours = np.bincount(desk.agent_team[desk.roster.agent], able, len(desk.team_names)) / 3600 * _WEEK / (end - begin)
    there = [
        (1 - spec.shrinkage.absent) * spec.ticket_time * (1 - spec.shrinkage.breaks) for spec in scenario.teams.values()
    ]
    result: Floats = hours * np.array(there)
    return result


def _groups(desk: Desk) -> list[tuple[int, ...]]:
    """For each team those that are connected to it by serving each other's queues, itself included, in order."""
    neighbours: list[set[int]] = [set(queues) for queues in desk.serves]
    for server, queues in enumerate(desk.serves):
        for queue in queues:
            neighbours[queue].add(server)
    groups: list[tuple[int, ...]] = [()] * len(desk.serves)
    for team in range(len(desk.serves)):
        if groups[team]:
            continue
        found, unvisited = {team}, [team]
        while unvisited:
            more = neighbours[unvisited.pop()] - found
            found |= more
            unvisited += more
        group = tuple(sorted(found))
        for member in group:
            groups[member] = group
    return groups


def _least_ratio(desk: Desk, group: tuple[int, ...], offered: Floats, capacity: Floats) -> float:
    """The smallest load that the busiest of a group of teams can have (the static planning problem, Harrison 2000)."""
    if len(group) == 1:
        team = group[0]
        return float(offered[team] / capacity[team]) if capacity[team] else float("inf") if offered[team] else 0.0
    from scipy.optimize import linprog
    from scipy.sparse import csr_array

    place = {team: number for number, team in enumerate(group)}
    pairs = [(place[server], place[queue]) for server in group for queue in desk.serves[server]]
    servers, queues = np.array(pairs).T
    shares, teams, shape = np.arange(len(pairs)), np.arange(len(group)), (len(group), len(pairs) + 1)
    demand = csr_array((np.ones(len(pairs)), (queues, shares)), shape)
    supply = csr_array(
        (
            np.append(np.ones(len(pairs)), -capacity[list(group)]),
            (np.append(servers, teams), np.append(shares, np.full(len(group), len(pairs)))),
        ),
        shape,
    )
    cost = np.append(np.zeros(len(pairs)), 1.0)
    solution = linprog(  # type: ignore[call-overload]  # the stubs know no sparse arrays
        cost, A_ub=supply, b_ub=np.zeros(len(group)), A_eq=demand, b_eq=offered[list(group)], method="highs"
    )
    return float(solution.fun or 0.0) if solution.success else float("inf")
