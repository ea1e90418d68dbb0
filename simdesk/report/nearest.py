"""The nearest closed form for a team, beside what was simulated, and why the two differ.

A formula knows one constant rate, a fixed number of agents and one queue. Here it gets the simulated work, occupancy
and mean number of agents of a team, so that only what it leaves out makes the difference.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simdesk.clock import NEVER
from simdesk.measures.teams import TeamView, covered
from simdesk.queueing import allen_cunneen
from simdesk.report.subject import Subject
from simdesk.states import State
from simdesk.ticketlog import TicketLog

_MEMORYLESS = (0.9, 1.1)
"""Coefficients of variation of work for which Erlang C needs no correction."""
_FEWEST = 30
"""With fewer pieces of work nothing can be said about their variation."""
_MOST_AGENTS = 2000
_NEVER_FREE = 0.999
"""Occupancy above which a simulated queue has not settled; the expected one is taken instead."""


@dataclass(frozen=True, slots=True)
class Nearest:
    """A formula's answer for a team.

    Attributes:
        name: of the formula.
        agents: whole number of agents that it was given.
        occupancy: that it was given.
        wait: mean wait, seconds of open time.
        why: one sentence on what it leaves out.
    """

    name: str
    agents: int
    occupancy: float
    wait: float
    why: str


def nearest_form(subject: Subject, team: str) -> Nearest | None:
    """The nearest formula for a team; None where none applies: too much work, too few tickets, or shared queues."""
    load = next((load for load in subject.loads if load.team == team), None)
    occupancy = subject.of_team("occupancy", team)
    if load is None or len(load.group) > 1 or load.ratio >= 1 or math.isnan(occupancy):
        return None
    if occupancy > _NEVER_FREE:
        occupancy = load.ratio
    if not 0 < occupancy < _NEVER_FREE:
        return None
    log = subject.runs.first_log
    work, open_time = _work(log, team), _open_time(log, team)
    there = subject.series("present_by_hour", team)
    if work.size < _FEWEST or not open_time or not work.mean():
        return None
    agents = max(1, round(float(there.sum(axis=1).mean()) / open_time))
    if agents > _MOST_AGENTS:
        return None
    mean, cv = float(work.mean()), float(work.std() / work.mean())
    memoryless = _MEMORYLESS[0] <= cv <= _MEMORYLESS[1]
    wait = allen_cunneen(occupancy * agents / mean, 1 / mean, agents=agents, work_cv=1.0 if memoryless else cv)
    return Nearest("Erlang C" if memoryless else "Allen–Cunneen", agents, occupancy, wait, _why(subject, team))


def _work(log: TicketLog, team: str) -> NDArray[np.float64]:
    """Seconds of an agent's time of every visit to a team."""
    touches = log.touches_columns
    mine = (
        (touches["team"] == log.teams.index(team)) & (touches["state"] == State.WORK) & (touches["started_at"] < NEVER)
    )
    if not mine.any():
        return np.zeros(0)
    visit = touches["ticket"][mine] * (int(touches["step"].max()) + 1) + touches["step"][mine]
    _, index = np.unique(visit, return_inverse=True)
    return np.bincount(index, touches["effort"][mine]).astype(np.float64)


def _open_time(log: TicketLog, team: str) -> float:
    """Seconds of the window in which anybody of a team is there."""
    _, begin, end = TeamView(log, log.teams.index(team)).duty(paid=0)
    return float(covered(begin, end))


def _why(subject: Subject, team: str) -> str:
    """What of this desk the formula does not know."""
    scenario, spec = subject.scenario, subject.scenario.teams[team]
    demand = scenario.demand
    reasons = []
    if spec.calendar != "always" or spec.shifts:
        reasons.append("nights and days off count as waiting")
    flat = all((kind.profile or demand.profile) == "flat" for kind in demand.types.values())
    if not flat or demand.busyness_cv:
        reasons.append("tickets do not come at a constant rate")
    if spec.shrinkage.absent or spec.shrinkage.breaks or spec.ticket_time < 1:
        reasons.append("the number of agents changes with absences, breaks and other work")
    if scenario.patience:
        reasons.append("users give up")
    if subject.listed_at_start(team):
        reasons.append("a list was there at the start")
    if subject.drift(team) is not None:
        reasons.append("the queue has not settled")
    if not reasons:
        return "The desk is nearly what the formula assumes, so the two should agree."
    told = reasons[0] if len(reasons) == 1 else ", ".join(reasons[:-1]) + " and " + reasons[-1]
    return f"The formula does not know that {told}."
