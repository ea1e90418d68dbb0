"""Runs in which nobody pays for chance: both engines of simdesk and SimPy get tickets that were drawn beforehand."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import simpy

import desks
from in_simdesk import opened, outcome_of
from in_simpy import SimpyDesk, tickets_of
from outcome import Reading
from simdesk.engine import run
from simdesk.workload.draw import draw


def w1(engine: str, tickets: int, seed: int) -> Callable[[], Reading]:
    """A run of Erlang A that is ready to start; the engine is one of simdesk's, or SimPy."""
    return _ready(desks.W1, desks.w1_days(tickets), seed, engine, simpy.Resource)


def w2(engine: str, days: int, seed: int) -> Callable[[], Reading]:
    """A run of the three tiers that is ready to start."""
    return _ready(desks.W2, days, seed, engine, simpy.PriorityResource)


def _ready(text: str, days: int, seed: int, engine: str, resource: type[simpy.Resource]) -> Callable[[], Reading]:
    scenario, desk = opened(text, days)
    workload = draw(scenario, desk, seed)
    if engine == "simpy":
        agents = np.bincount(desk.agent_team).tolist()
        return SimpyDesk(agents, tickets_of(workload), resource, days).run

    def in_simdesk() -> Reading:
        log = run(desk, workload, engine=engine)
        return lambda: outcome_of(log, days)

    return in_simdesk
