"""Offered load against capacity, before anything is simulated: which team cannot keep up, and by how much.

Both sides are expectations: the load of the same journeys that are drawn, the capacity of the same rosters that are
thinned by absences and breaks.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import product
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from simdesk.desk import Desk, open_desk
from simdesk.experiment.capacity import Pieces, capacity
from simdesk.experiment.least_loads import QueueLoad, connected, least_loads
from simdesk.scenario.flow import Patience, When
from simdesk.scenario.model import Scenario, as_list
from simdesk.workload.arrivals import days_of, expected
from simdesk.workload.grammar import Node, Work, expected_work
from simdesk.workload.journey import Builder

Floats = NDArray[np.float64]
_WEEK = 7 * 86400
_MS_AN_HOUR = 3_600_000
_NOTHING = 1e-9
"""Differences of loads that are rounding."""


@dataclass(frozen=True, slots=True)
class TeamLoad:
    """What a team is asked and what it can do, in hours of work a week, over the measured window.

    Attributes:
        team: its name.
        offered: expected touch time in its queue, before anyone gives up.
        capacity: expected time there for tickets, at the speed of its people, and what they finish beyond it.
        ratio: load of its queue (ρ). Of a team without helpers, offered over capacity; else the load of the least
            loaded of those who serve the queue, when all work is divided as evenly as help allows (`least_loads`): who
            helps and is full himself does not make a queue full that has others, and nobody is busy with work that he
            may not take.
        lasting: the same load once those have left who give up: of work that nobody walks away from. Elsewhere than
            where customers wait for their first response, of what gets there when they leave as far as they must.
        growth: tickets that the backlog gains a week if the ratio is above one and nobody gave up, else 0.
        group: the teams that it helps or that help it, directly or through others, this one included.
        pool: the teams among which the work of its queue is shared at `ratio`; empty if nobody is there.
        relaxation: time in which a start from empty is forgotten to about a third, seconds by the wall clock:
            1 / (c μ (1 − √ρ)²) in the hours in which the team is there (M/M/c; Abate and Whitt 1987), ∞ at ρ ≥ 1; ρ is
            `lasting`, as a queue that is long is one that those who give up have left.
    """

    team: str
    offered: float
    capacity: float
    ratio: float
    lasting: float
    growth: float
    group: tuple[str, ...]
    pool: tuple[str, ...]
    relaxation: float

    @property
    def short(self) -> float:
        """Hours a week of its work that are not done, 0 if none."""
        return _left(self.offered, self.ratio)

    @property
    def grows(self) -> bool:
        """Whether its queue grows without end: more is asked of it than can be done, and nobody leaves it for that."""
        return self.offered > 0 and self.lasting >= 1

    @property
    def builds_up(self) -> bool:
        """Whether its queue grows slowly into a steady state, in a time that is known.

        One that all of its customers leave is there soon; of a team without people, whom others help, nothing is known.
        """
        return self.offered > 0 and 0 < self.lasting < 1 and bool(np.isfinite(self.relaxation))


def team_loads(scenario: Scenario, desk: Desk | None = None) -> list[TeamLoad]:
    """Offered load and capacity of every team."""
    desk = desk or open_desk(scenario)
    asked = _demand(scenario, desk)
    able = capacity(scenario, desk, asked.pieces)
    queues, groups = least_loads(desk.serves, asked.pieces.hours, able), connected(desk.serves)
    lasting = _lasting(desk, asked, able, groups) if asked.leaving else [one.ratio for one in queues]
    loads, names = [], desk.team_names
    for index, (name, queue) in enumerate(zip(names, queues, strict=True)):
        offered, visits = float(asked.pieces.hours[index]), float(asked.pieces.count[index])
        own = offered / visits if visits else 0.0
        loads.append(
            TeamLoad(
                team=name,
                offered=offered,
                capacity=float(able[index]),
                ratio=_rounded(queue.ratio),
                lasting=_rounded(lasting[index]),
                growth=_left(offered, _rounded(queue.ratio)) / own if own else 0.0,
                group=tuple(names[i] for i in groups[index]),
                pool=tuple(names[i] for i in queue.pool),
                relaxation=_relaxation(own, float(able[index]), lasting[index]),
            )
        )
    return loads


def _rounded(ratio: float) -> float:
    """A load that is one but for rounding, as one: nobody who is just full has a queue that settles."""
    return 1.0 if abs(ratio - 1) < _NOTHING else ratio


def _left(offered: float, ratio: float) -> float:
    """Part of some work that is not done at a load."""
    return offered * (1 - 1 / ratio) if ratio > 1 else 0.0


def _relaxation(work: float, capacity: float, ratio: float) -> float:
    """Relaxation time by the wall clock, seconds; `work` in hours a visit, `capacity` in hours a week."""
    if ratio > 1 - _NOTHING or capacity == 0:
        return float("inf")
    return float(work / capacity / (1 - ratio**0.5) ** 2 * _WEEK)


@dataclass(frozen=True, slots=True)
class _Demand:
    """What comes in a week.

    Attributes:
        pieces: work of all tickets.
        leaving: by the team to which they come first, hours of work at each team of tickets whose users may give up.
    """

    pieces: Pieces
    leaving: dict[int, Floats]


def _demand(scenario: Scenario, desk: Desk) -> _Demand:
    teams = len(desk.team_names)
    hours, count, squares = np.zeros(teams), np.zeros(teams), np.zeros((teams, 2))
    leaving: dict[int, Floats] = {}
    begin, end = desk.window
    days = days_of(scenario, desk)
    for name in scenario.demand.types:
        a_week = scenario.demand.per_week(name) * expected(scenario, name, days, begin, end) * _WEEK / (end - begin)
        once = cache(lambda team, name=name: _of_a_ticket(Builder(scenario, desk, name).whole(team, None), teams))
        for contact in contacts(scenario, name):
            one, tickets = once(contact.team), a_week * contact.share
            hours += tickets * one.hours
            count += tickets * one.count
            squares += tickets * (one.squares if contact.live else one.squares.sum(axis=1, keepdims=True) * [1, 0])
            if contact.patience is not None and tickets:
                first = desk.team(contact.team)
                leaving[first] = leaving.get(first, np.zeros(teams)) + tickets * one.hours
    return _Demand(Pieces(hours, count, squares), leaving)


def _of_a_ticket(tree: Node, teams: int) -> Pieces:
    """Expected pieces of work of one ticket; its first contact counts as live."""

    def by_team(found: dict[int, float]) -> Floats:
        return np.array([found.get(team, 0.0) for team in range(teams)])

    def later(work: Work) -> float:
        return 0.0 if work.first else _square(work)

    every, rest = by_team(expected_work(tree, of=_square)[0]), by_team(expected_work(tree, of=later)[0])
    return Pieces(
        hours=by_team(expected_work(tree)[0]) / _MS_AN_HOUR,
        count=by_team(expected_work(tree, of=_one)[0]),
        squares=np.stack((rest, every - rest), axis=1) / _MS_AN_HOUR**2,
    )


def _one(_: Work) -> float:
    """Counts a piece of work, whatever its length."""
    return 1.0


def _square(work: Work) -> float:
    """Mean square of a piece of work, milliseconds²."""
    factor = 1000 * work.scale
    return float((work.shape.mean * factor + work.extra) ** 2 + work.shape.variance * factor**2)


def _lasting(desk: Desk, asked: _Demand, able: Floats, groups: list[tuple[int, ...]]) -> list[float]:
    """Load of each queue once those have left who give up.

    Where too much is asked, those who may give up leave as far as they must, and what they would have asked of other
    teams never gets there (the fluid model; Whitt 2006). At the teams that share work with theirs all of them may
    leave, so that only the others can make a queue grow without end.
    """
    stays = _who_stays(desk, asked, able)

    def loads(shares: dict[int, float]) -> list[QueueLoad]:
        gone = sum(((1 - share) * asked.leaving[team] for team, share in shares.items()), np.zeros(able.size))
        return least_loads(desk.serves, np.maximum(asked.pieces.hours - gone, 0.0), able)

    lasting = [one.ratio for one in loads(stays)]
    for group in {groups[team] for team in asked.leaving}:
        without = loads({team: 0.0 if team in group else share for team, share in stays.items()})
        for team in group:
            lasting[team] = without[team].ratio
    return lasting


def _who_stays(desk: Desk, asked: _Demand, able: Floats) -> dict[int, float]:
    """By the team to which they come first, the share that need not leave of those who may give up."""
    stays = dict.fromkeys(asked.leaving, 1.0)
    hours = asked.pieces.hours.copy()
    while True:
        queues = least_loads(desk.serves, hours, able)
        full = {team: queues[team].ratio for team in stays if queues[team].ratio > 1 + _NOTHING and stays[team] > 0}
        if not full:
            return stays
        team = max(full, key=full.__getitem__)
        shared = [queue for queue, one in enumerate(queues) if one == queues[team]]
        excess = float(hours[shared].sum() - able[list(queues[team].pool)].sum())
        work = stays[team] * asked.leaving[team]
        part = min(excess / float(work[shared].sum()), 1.0) if work[shared].sum() > excess else 1.0
        stays[team] *= 1 - part
        hours = np.maximum(hours - part * work, 0.0)


def first_teams(scenario: Scenario, name: str) -> Iterator[tuple[str, float]]:
    """Teams that tickets of a type can get to first, with the expected share of each."""
    shares: dict[str, float] = {}
    for team, _, share in first_contacts(scenario, name):
        shares[team] = shares.get(team, 0.0) + share
    yield from shares.items()


class Contact(NamedTuple):
    """Tickets of a type that are alike: the team they get to first, the patience of their users there, whether these
    are on the line, and their share."""

    team: str
    patience: Patience | None
    live: bool
    share: float


def first_contacts(scenario: Scenario, name: str) -> Iterator[tuple[str, Patience | None, float]]:
    """Tickets of a type by the team they get to first and the patience they have there, with their shares."""
    for contact in contacts(scenario, name):
        yield contact.team, contact.patience, contact.share


def contacts(scenario: Scenario, name: str) -> Iterator[Contact]:
    """Tickets of a type by priority and channel."""
    kind, demand = scenario.demand.types[name], scenario.demand
    mixes = (kind.priority or demand.priority).items(), (kind.channels or demand.channels).items()
    routing = [rule for rule in scenario.flow.routing.values() if scenario.concerns(rule.when, name)]
    limits = [rule for rule in scenario.patience.values() if scenario.concerns(rule.when, name)]
    for (priority, p), (channel, c) in product(*mixes):
        team = next((rule.to for rule in routing if _fits(rule.when, priority, channel)), scenario.entry)
        limit = next((rule for rule in limits if _fits(rule.when, priority, channel)), None)
        yield Contact(team, limit, channel in scenario.flow.live_channels, p * c)


def _fits(when: When, priority: str, channel: str) -> bool:
    """Whether a rule that concerns a type is for tickets of this priority and channel."""
    return (when.priority is None or priority in as_list(when.priority)) and (
        when.channel is None or channel in as_list(when.channel)
    )
