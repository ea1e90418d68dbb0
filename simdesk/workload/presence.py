"""Who is there when: absences and breaks drawn by (agent, date), and how fast each person works."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from simdesk.desk import Desk
from simdesk.scenario.model import Scenario
from simdesk.scenario.people import Team
from simdesk.workload.streams import Ints, Streams

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
    bounds = np.searchsorted(desk.agent_team[roster.agent], np.arange(len(scenario.teams) + 1))
    for index, (name, team) in enumerate(scenario.teams.items()):
        rows = slice(bounds[index], bounds[index + 1])  # a roster is in the order of agents, and so of teams
        if bounds[index] == bounds[index + 1]:
            continue
        agent, day, start, end = (a[rows] for a in (roster.agent, roster.day, roster.starts, roster.ends))
        number, date = desk.agent_number[agent], day + _EVENING_BEFORE
        if team.shrinkage.absent > 0:
            there = streams.of(f"absence/{name}", date, number) >= team.shrinkage.absent
            agent, day, start, end, number, date = (a[there] for a in (agent, day, start, end, number, date))
        away = 1 - team.ticket_time * (1 - team.shrinkage.breaks)
        if away > 0:
            parts.append(_with_breaks(name, away, (agent, date, number, start, end), streams))
        else:
            parts.append((agent, start, end, np.zeros(agent.size, np.int64)))
    if not parts:
        empty = np.zeros(0, np.int64)
        return empty, empty, empty, empty
    agent, start, end, breaks = (np.concatenate(column) for column in zip(*parts, strict=True))
    order = np.lexsort((start, agent))
    return agent[order], start[order], end[order], breaks[order]


def pieces_of_a_shift(length: ArrayLike) -> Ints:
    """Into how many blocks a shift of so many seconds is cut, each with one break or meeting."""
    return np.clip(np.rint(np.asarray(length) / _BLOCK).astype(np.int64), 1, _BLOCKS_A_SPELL)


def _with_breaks(name: str, away: float, shifts: tuple[Ints, Ints, Ints, Ints, Ints], streams: Streams) -> Spells:
    """Cut one gap into every block of every shift, at a drawn place."""
    agent, date, number, start, end = shifts
    same_day = np.zeros(agent.size, np.int64)
    same_day[1:] = (agent[1:] == agent[:-1]) & (date[1:] == date[:-1])
    spell = np.zeros(agent.size, np.int64)
    for row in np.flatnonzero(same_day):
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
            u = streams.of(f"breaks/{name}/{part * _BLOCKS_A_SPELL + block}", date[rows], number[rows])
            gone = low + np.floor(u * np.maximum(high - low - gap, 0)).astype(np.int64)
            pieces.append((agent[rows], there_from[rows], gone, np.ones(rows.size, np.int64)))
            there_from[rows] = gone + gap
    pieces.append((agent, there_from, end, np.zeros(agent.size, np.int64)))
    columns = [np.concatenate(column) for column in zip(*pieces, strict=True)]
    kept = columns[2] > columns[1]
    return columns[0][kept], columns[1][kept], columns[2][kept], columns[3][kept]


def speeds(scenario: Scenario, desk: Desk) -> Ints:
    """Speed of every agent in thousandths of the standard: lognormal with mean 1; the same in every replication."""
    streams = Streams(scenario.run.seed, _PEOPLE)
    parts = [_team_speeds(name, team, streams) for name, team in scenario.teams.items()]
    return np.concatenate(parts) if desk.agent_team.size else np.zeros(0, np.int64)


def _team_speeds(name: str, team: Team, streams: Streams) -> Ints:
    if team.speed_cv == 0 or team.headcount == 0:
        return np.full(team.headcount, 1000, np.int64)
    from scipy.special import ndtri

    u = streams.table(f"speed/{name}", 1, team.headcount)[0, : team.headcount]
    sigma = np.sqrt(np.log1p(team.speed_cv**2))
    speed: Ints = np.maximum(np.rint(1000 * np.exp(sigma * ndtri(u) - sigma**2 / 2)), 1).astype(np.int64)
    return speed
