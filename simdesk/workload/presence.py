"""Who is there when: absences and breaks drawn by (agent, date), and how fast each person works."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simdesk.desk import DAYS_BEFORE, Desk
from simdesk.scenario.model import Scenario
from simdesk.scenario.people import Team
from simdesk.workload.streams import Floats, Ints, Streams

_BLOCK = 7200
"""In-shift time away falls once into every block of about two hours. [design]"""
_BLOCKS_A_SPELL = 16
_PEOPLE = 2**63
"""Stands for the replication in streams about a person, who is the same in all of them."""
_EVENING_BEFORE = 1
"""Shifts may begin on day −1, so days are numbered from one in the streams."""

Spells = tuple[Ints, Ints, Ints, Ints]


def presence(scenario: Scenario, desk: Desk, streams: Streams) -> Spells:
    """Spells in which each agent is there for tickets: agent, start, end, and 1 where a break follows.

    In the order (agent, start); each array has shape (spells,).
    """
    roster = desk.roster
    parts: list[Spells] = []
    for name, team, group in _groups(scenario):
        place = np.full(desk.agent_team.size, -1)
        place[group] = np.arange(group.size)
        rows = np.flatnonzero(place[roster.agent] >= 0)
        shifts = _Shifts(
            roster.agent[rows], place[roster.agent[rows]], roster.day[rows],
            roster.starts[rows], roster.ends[rows], roster.before_break[rows],
        )  # fmt: skip
        if team.shrinkage.absent > 0:
            u = _by_date(streams, f"absence/{name}", shifts.day, shifts.number)
            shifts = shifts.where(u >= team.shrinkage.absent)
        away = 1 - team.ticket_time * (1 - team.shrinkage.breaks)
        if away > 0:
            parts.append(_with_breaks(name, away, shifts, streams))
        else:
            parts.append((shifts.agent, shifts.starts, shifts.ends, shifts.before_break))
    if not parts:
        empty = np.zeros(0, np.int64)
        return empty, empty, empty, empty
    return _joined(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def _groups(scenario: Scenario) -> Iterator[tuple[str, Team, Ints]]:
    """Agents whose draws are numbered together, those of one shift: the name that their streams bear, their team, and
    who they are, by number. So a shift that grows leaves the others what they drew."""
    before = 0
    for name, team in scenario.teams.items():
        shifts = team.shift_of_each()
        for shift in dict.fromkeys(shifts):
            group = np.flatnonzero([one == shift for one in shifts]) + before
            yield (name if shift is None else f"{name}/{shift}"), team, group
        before += len(shifts)


class _Shifts(NamedTuple):
    """Spells of the shifts of some agents, who are numbered from 0."""

    agent: Ints
    number: Ints
    day: Ints
    starts: Ints
    ends: Ints
    before_break: Ints

    def where(self, kept: NDArray[np.bool_]) -> _Shifts:
        """Some of them."""
        return _Shifts(*(column[kept] for column in self))


def _by_date(streams: Streams, name: str, day: Ints, number: Ints) -> Floats:
    """Uniforms of agents on dates; the few dates before the evening before the start have a stream of their own."""
    early = day < -_EVENING_BEFORE
    u = np.empty(day.size)
    u[~early] = streams.of(name, day[~early] + _EVENING_BEFORE, number[~early])
    u[early] = streams.of(f"{name}/before", day[early] + DAYS_BEFORE + 1, number[early])
    return u


def _joined(agent: Ints, start: Ints, end: Ints, breaks: Ints) -> Spells:
    """Spells in order; those of an agent that touch are one, for nothing ends where he stays."""
    order = np.lexsort((start, agent))
    agent, start, end, breaks = agent[order], start[order], end[order], breaks[order]
    goes_on = (agent[1:] == agent[:-1]) & (start[1:] == end[:-1])
    first, last = np.append(True, ~goes_on)[: agent.size], np.append(~goes_on, True)[-agent.size :]
    if agent.size == 0:
        first = last = np.zeros(0, np.bool_)
    return agent[first], start[first], end[last], breaks[last]


def pieces_of_a_shift(length: ArrayLike) -> Ints:
    """Into how many blocks a shift of so many seconds is cut, each with one break or meeting."""
    return np.clip(np.rint(np.asarray(length) / _BLOCK).astype(np.int64), 1, _BLOCKS_A_SPELL)


def _with_breaks(name: str, away: float, shifts: _Shifts, streams: Streams) -> Spells:
    """Cut one gap into every block of every spell of a shift, at a drawn place."""
    agent, start, end = shifts.agent, shifts.starts, shifts.ends
    spell = np.zeros(agent.size, np.int64)
    same_day = (agent[1:] == agent[:-1]) & (shifts.day[1:] == shifts.day[:-1])
    for row in np.flatnonzero(same_day) + 1:
        spell[row] = spell[row - 1] + 1
    blocks = pieces_of_a_shift(end - start)
    pieces: list[Spells] = []
    there_from = start.copy()
    for block in range(int(blocks.max(initial=0))):
        for part in range(int(spell.max(initial=0)) + 1):
            rows = np.flatnonzero((blocks > block) & (spell == part))
            if rows.size == 0:
                continue
            length = end[rows] - start[rows]
            low = start[rows] + length * block // blocks[rows]
            high = start[rows] + length * (block + 1) // blocks[rows]
            gap = np.rint(away * (high - low)).astype(np.int64)
            stream = f"breaks/{name}/{part * _BLOCKS_A_SPELL + block}"
            u = _by_date(streams, stream, shifts.day[rows], shifts.number[rows])
            gone = low + np.floor(u * np.maximum(high - low - gap, 0)).astype(np.int64)
            pieces.append((agent[rows], there_from[rows], gone, np.ones(rows.size, np.int64)))
            there_from[rows] = gone + gap
    pieces.append((agent, there_from, end, shifts.before_break))
    columns = [np.concatenate(column) for column in zip(*pieces, strict=True)]
    kept = columns[2] > columns[1]
    return columns[0][kept], columns[1][kept], columns[2][kept], columns[3][kept]


def speeds(scenario: Scenario, desk: Desk, streams: Streams) -> Ints:
    """Speed of every agent in one replication, in thousandths of the standard: lognormal with mean 1.

    Who was hired is part of the doubt, so a replication has people of its own, unless the scenario says that these are
    certain people.
    """
    these = Streams(scenario.run.seed, _PEOPLE)
    found = _listed(scenario)
    for name, team, group in _groups(scenario):
        same = (team.people or scenario.people) != "drawn" and not isinstance(team.people, list)
        drawn = _drawn_speeds(name, team.speed_cv, group.size, these if same else streams)
        found[group] = np.where(found[group] > 0, found[group], drawn)
    return found


def expected_speeds(scenario: Scenario, desk: Desk) -> Floats:
    """Expected speed of every agent, in thousandths of the standard: his own where it is known beforehand, else 1."""
    drawn = [
        (team.people or scenario.people) == "drawn" or isinstance(team.people, list) for team in scenario.teams.values()
    ]
    known = speeds(scenario, desk, Streams(scenario.run.seed, _PEOPLE))
    doubtful = np.array(drawn, np.bool_)[desk.agent_team] & (_listed(scenario) == 0)
    return np.where(doubtful, 1000.0, known)


def _listed(scenario: Scenario) -> Ints:
    """Speeds that the scenario lists, in thousandths of the standard, and 0 for the others, shape (agents,)."""
    found = []
    for team in scenario.teams.values():
        for shift, number in team.places():
            own = team.people if shift is None else (team.shifts or {})[shift].people
            listed = own if isinstance(own, list) else []
            found.append(max(round(1000 * listed[number]), 1) if number < len(listed) else 0)
    return np.array(found, np.int64)


def _drawn_speeds(name: str, cv: float, size: int, streams: Streams) -> Ints:
    if cv == 0 or size == 0:
        return np.full(size, 1000, np.int64)
    from scipy.special import ndtri

    u = streams.table(f"speed/{name}", 1, size)[0, :size]
    sigma = np.sqrt(np.log1p(cv**2))
    speed: Ints = np.maximum(np.rint(1000 * np.exp(sigma * ndtri(u) - sigma**2 / 2)), 1).astype(np.int64)
    return speed
