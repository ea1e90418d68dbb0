"""What teams do: how busy they are of the time they are there, how long their queues are, and whether anyone is free.

These are measures of the window, weighted by time, not of the cohort.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from simdesk.clock import NEVER
from simdesk.measures.readings import Quantile, Ratio, Reading, Total, at, mean
from simdesk.measures.registry import Better, Unit
from simdesk.measures.taxonomy import TIME_BITS
from simdesk.states import State
from simdesk.ticketlog import TicketLog

Ints = NDArray[np.int64]
Spells = tuple[Ints, Ints, Ints]
"""Agent, begin and end."""
_WEEK = 7 * 86400
_COUNT_BITS: Final = 16
_MOST: Final = (1 << _COUNT_BITS) - 1
"""Room for the shifts of one agent at one instant, when several counts are kept in one number."""


class TeamView:
    """One team in the window.

    Args:
        log: the log.
        team: index of the team.
    """

    def __init__(self, log: TicketLog, team: int) -> None:
        self.log, self.team = log, team
        self.begin, self.end = log.window
        touches = log.touches_columns
        self._mine = (touches["team"] == team) & (touches["state"] == State.WORK)

    def _rows(self, name: str) -> Ints:
        result: Ints = self.log.touches_columns[name][self._mine]
        return result

    def _clip(self, begin: Ints, end: Ints) -> tuple[Ints, Ints]:
        low = np.minimum(np.maximum(begin, self.begin), self.end)  # np.clip takes five times as long
        return low, np.maximum(np.minimum(end, self.end), low)

    @cached_property
    def own_work(self) -> Spells:
        """Agent, begin and end, clipped to the window, of the work of this team's own agents on any queue."""
        touches, log = self.log.touches_columns, self.log
        agents = np.array([name.rsplit("/", 1)[0] == log.teams[self.team] for name in log.agents], dtype=bool)
        worked = (touches["agent"] >= 0) & (touches["started_at"] < NEVER)
        worked &= agents[touches["agent"]] if agents.size else False
        begin, end = touches["started_at"][worked], np.minimum(touches["ended_at"][worked], log.stopped_at)
        return touches["agent"][worked], *self._clip(begin, end)

    def duty(self, paid: int) -> Spells:
        """Agent, begin and end, clipped to the window, of paid shifts (1) or of presence (0)."""
        duty = self.log.duty_columns
        mine = (duty["team"] == self.team) & (duty["paid"] == paid)
        return duty["agent"][mine], *self._clip(duty["started_at"][mine], duty["ended_at"][mine])

    @cached_property
    def moments(self) -> tuple[Spells, Ints, Ints, Ints]:
        """Spells, clipped to the window, in which nothing about an agent of this team changes; and in each of them in
        how many paid shifts, presences for tickets and works he is."""
        kinds = (self.duty(paid=1), self.duty(paid=0), self.own_work)
        who = np.concatenate([part for agent, _, _ in kinds for part in (agent, agent)])
        instants = np.concatenate([part for _, begin, end in kinds for part in (begin, end)])
        order = np.argsort((who << TIME_BITS) + instants)
        who, instants = who[order], instants[order]
        sizes = [agent.size for agent, _, _ in kinds for _ in "+-"]
        changes = np.repeat([sign << (_COUNT_BITS * kind) for kind in range(3) for sign in (1, -1)], sizes)
        counts = np.cumsum(changes[order])[:-1]  # three in one; all are back at zero behind an agent's last instant
        lasting = np.flatnonzero(instants[1:] > instants[:-1])
        spells = who[lasting], instants[lasting], instants[lasting + 1]
        paid, present, working = ((counts[lasting] >> (_COUNT_BITS * kind)) & _MOST for kind in range(3))
        return spells, paid, present, working

    def _spells(self, during: NDArray[np.bool_]) -> Spells:
        agent, begin, end = self.moments[0]
        return agent[during], begin[during], end[during]

    @cached_property
    def worked(self) -> Spells:
        """Work within duty, also while an unpaid break waits that he has later; what an agent does beyond the end of
        his shift is overtime and not in it."""
        _, paid, present, working = self.moments
        return self._spells((working > 0) & ((paid > 0) | (present > 0)))

    @cached_property
    def overtime(self) -> Spells:
        """Work outside paid shifts: what was in hand at the end of a shift and was finished all the same.

        Who was kept from an unpaid break and has it later has worked no longer for that; he was still there.
        """
        _, paid, present, working = self.moments
        return self._spells((working > 0) & (paid == 0) & (present == 0))

    @property
    def rostered(self) -> bool:
        """Whether the log knows shifts of the team; without any, no work can be told from overtime."""
        return bool((self.log.duty_columns["team"] == self.team).any())

    @cached_property
    def there(self) -> Spells:
        """Presence for tickets; somebody who works in a paid break is there for tickets as long as he does."""
        _, paid, present, working = self.moments
        return self._spells((present > 0) | ((paid > 0) & (working > 0)))

    @cached_property
    def free(self) -> Spells:
        """Presence for tickets without work."""
        _, _, present, working = self.moments
        return self._spells((present > 0) & (working == 0))

    @cached_property
    def visits(self) -> Ints:
        """Rows of this team's queue that were joined in the window, work taken up again or handed over left out."""
        touches = self.log.touches_columns
        inside = (touches["queued_at"] >= self.begin) & (touches["queued_at"] < self.end)
        fresh = np.ones(touches["ticket"].size, bool)
        fresh[1:] = np.diff(touches["ticket"]).astype(bool) | np.diff(touches["step"]).astype(bool)
        return np.flatnonzero(self._mine & inside & fresh)

    @cached_property
    def waits(self) -> Ints:
        """Time in this queue of each visit, until served or given up, seconds."""
        touches = self.log.touches_columns
        until = np.minimum(np.minimum(touches["started_at"], touches["ended_at"]), self.log.stopped_at)
        return (until - touches["queued_at"])[self.visits]


@dataclass(frozen=True, slots=True)
class TeamMeasure:
    """A measure of a team; fields as in `Measure`."""

    name: str
    label: str
    unit: Unit
    better: Better
    doc: str
    read: Callable[[TeamView], Reading]


TEAM_MEASURES: Final[dict[str, TeamMeasure]] = {}
"""Measures of teams, by name."""


def _team_measure(
    *, label: str, unit: Unit, better: Better
) -> Callable[[Callable[[TeamView], Reading]], Callable[[TeamView], Reading]]:
    def register(read: Callable[[TeamView], Reading]) -> Callable[[TeamView], Reading]:
        name = read.__name__
        TEAM_MEASURES[name] = TeamMeasure(name, label, unit, better, (read.__doc__ or "").strip(), read)
        return read

    return register


@_team_measure(label="Occupancy", unit="share", better="neither")
def occupancy(team: TeamView) -> Ratio:
    """Share of the time in which agents are there for tickets that they work on them; who works in a paid break is
    there. Work beyond the end of a shift is `overtime` and not in it."""
    return Ratio(seconds(team.worked), seconds(team.there))


@_team_measure(label="Utilisation", unit="share", better="neither")
def utilisation(team: TeamView) -> Ratio:
    """Share of paid time, absences, breaks and projects included, in which agents work on tickets; never above
    occupancy. Work beyond the end of a shift is `overtime` and not in it."""
    return Ratio(seconds(team.worked), seconds(team.duty(paid=1)))


@_team_measure(label="Overtime a week", unit="time", better="lower")
def overtime(team: TeamView) -> Ratio:
    """Work of the team's agents outside their paid shifts, a week, all of them together: they finish what they have in
    hand. It is paid as any other hour (`staff_cost`) and in neither occupancy nor utilisation."""
    return Ratio(seconds(team.overtime), (team.end - team.begin) / _WEEK if team.rostered else 0.0)


def seconds(spells: Spells) -> float:
    """Length of some spells together."""
    _, begin, end = spells
    return float((end - begin).sum())


@_team_measure(label="Wait in this queue, mean", unit="time", better="lower")
def queue_wait(team: TeamView) -> Ratio:
    """Time from joining this team's queue to being served or giving up, nights included; visits begun in the window."""
    return mean(team.waits)


@_team_measure(label="Wait in this queue, 90th percentile", unit="time", better="lower")
def queue_wait_p90(team: TeamView) -> Quantile:
    """Nine of ten visits to this team waited no longer."""
    return at(team.waits, 0.9)


@_team_measure(label="Served without a wait", unit="share", better="higher")
def without_wait(team: TeamView) -> Ratio:
    """Share of visits to this team that found a free agent in the same second."""
    return mean((team.waits == 0) & (team.log.touches_columns["started_at"][team.visits] < NEVER))


@_team_measure(label="Visits a week", unit="number", better="neither")
def visits_per_week(team: TeamView) -> Total:
    """Tickets that joined this team's queue, a week."""
    return Total(team.visits.size * _WEEK / (team.end - team.begin))


@_team_measure(label="Queue length", unit="number", better="lower")
def queue_length(team: TeamView) -> Ratio:
    """Time-average number of tickets in this team's queue, over the whole window."""
    touches = team.log.touches_columns
    mine = (touches["team"] == team.team) & (touches["waited_in"] == State.QUEUE) & (touches["state"] == State.WORK)
    until = np.minimum(np.minimum(touches["started_at"], touches["ended_at"]), team.log.stopped_at)
    begin, end = team._clip(touches["queued_at"][mine], until[mine])
    return Ratio(float((end - begin).sum()), float(team.end - team.begin))


@_team_measure(label="Readiness", unit="share", better="higher")
def readiness(team: TeamView) -> Ratio:
    """Share of the time in which somebody of the team is there, that at least one of them is free."""
    return Ratio(float(covered(*team.free[1:])), float(covered(*team.duty(paid=0)[1:])))


def covered(begin: Ints, end: Ints) -> int:
    """Seconds that at least one of some spells covers."""
    order = np.argsort(begin)
    reached = np.maximum.accumulate(end[order])
    before = np.concatenate((begin[order][:1], reached[:-1]))
    return int(np.maximum(end[order] - np.maximum(begin[order], before), 0).sum())


@_team_measure(label="Spread of work between agents", unit="share", better="lower")
def load_gini(team: TeamView) -> Ratio:
    """Gini coefficient of the agents' seconds of work: 0 when all work alike, towards 1 when one works alone."""
    agents, begin, end = team.own_work
    names = [i for i, name in enumerate(team.log.agents) if name.rsplit("/", 1)[0] == team.log.teams[team.team]]
    effort = np.sort(np.bincount(agents, end - begin, len(team.log.agents))[names])
    rank = np.arange(1, effort.size + 1)
    return Ratio(float(((2 * rank - effort.size - 1) * effort).sum()), float(effort.size * effort.sum()))
