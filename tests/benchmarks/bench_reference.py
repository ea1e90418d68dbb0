"""How dear the reference engine is: its CPU time per ticket against that of an idiomatic SimPy model of the same desk.

Run it: ``python tests/benchmarks/bench_reference.py [days] [rounds]``. Nothing is asserted. Both sides get the same
drawn tickets and pay for no chance; the SimPy model keeps a list of waits, the reference engine the whole ticket log.
"""

from __future__ import annotations

import gc
import platform
import sys
from collections.abc import Callable, Generator
from dataclasses import dataclass
from importlib.metadata import version
from statistics import median
from time import process_time
from typing import Any

import numpy as np
import simpy

from simdesk.clock import NEVER
from simdesk.desk import open_desk
from simdesk.engine import reference
from simdesk.scenario.loading import loads
from simdesk.states import State
from simdesk.ticketlog import TicketLog
from simdesk.workload.draw import draw
from simdesk.workload.model import DELAY, Workload

W2 = """
title: Three tiers around the clock
run: {{start: 2026-01-05, length: {days} days, cool_down: 14 days, seed: 2}}
demand:
  contacts: 4550 per week
  profile:
    hours: [22, 22, 21, 21, 22, 23, 24, 26, 29, 31, 33, 33, 32, 32, 32, 32, 32, 31, 29, 28, 26, 24, 23, 22]
  priority: {{P1: 5 %, P2: 15 %, P3: 50 %, P4: 30 %}}
  types:
    incident:
      share: 100 %
      work:
        tier_1: {{lognormal: {{mean: 15 min, cv: 1}}}}
        tier_2: {{lognormal: {{mean: 45 min, cv: 1}}}}
        tier_3: {{lognormal: {{mean: 120 min, cv: 1}}}}
      resolves: {{tier_1: 70 %, tier_2: 80 %}}
teams:
  first: {{tier: 1, agents: 8, discipline: priority, escalates_to: second}}
  second: {{tier: 2, agents: 7, discipline: priority, escalates_to: third}}
  third: {{tier: 3, agents: 4, discipline: priority}}
flow:
  reopen: {{share: 8 %, after: {{exponential: {{mean: 240 min}}}}, work: 1, at_most: 1}}
patience:
  low-priority: {{when: {{priority: P4}}, gives_up_after: {{exponential: {{mean: 60 min}}}}}}
"""


@dataclass(frozen=True, slots=True)
class Visit:
    """One stop of a ticket: a delay, or work of a team, in seconds."""

    team: int
    seconds: int
    patience: int


@dataclass(frozen=True, slots=True)
class Ticket:
    """What the SimPy model needs to know of a ticket."""

    arrives_at: int
    priority: int
    visits: tuple[Visit, ...]


def tickets_of(workload: Workload) -> list[Ticket]:
    """The drawn tickets as plain objects; every journey of this desk is a chain."""
    work = -(-workload.work // 1000)
    seconds = np.where(workload.kind == DELAY, workload.duration, work).tolist()
    columns = zip(workload.team.tolist(), seconds, workload.patience.tolist(), strict=True)
    visits = [Visit(*row) for row in columns]
    first = workload.first.tolist()
    return [
        Ticket(arrives_at, priority, tuple(visits[first[i] : first[i + 1]]))
        for i, (arrives_at, priority) in enumerate(
            zip(workload.arrives_at.tolist(), workload.priority.tolist(), strict=True)
        )
    ]


class SimpyDesk:
    """The desk as the SimPy documentation teaches it: a resource for each tier, a process for each ticket."""

    def __init__(self, agents: list[int], tickets: list[Ticket]) -> None:
        self.env = simpy.Environment()
        self.tiers = [simpy.PriorityResource(self.env, capacity) for capacity in agents]
        self.tickets = tickets
        self.waits: list[list[float]] = [[] for _ in agents]

    def run(self, until: int) -> list[list[float]]:
        """Waits of those who were served, by tier, seconds."""
        self.env.process(self.source())
        self.env.run(until)
        return self.waits

    def source(self) -> Generator[simpy.Event, Any, None]:
        for ticket in self.tickets:
            yield self.env.timeout(ticket.arrives_at - self.env.now)
            self.env.process(self.life(ticket))

    def life(self, ticket: Ticket) -> Generator[simpy.Event, Any, None]:
        for visit in ticket.visits:
            if visit.team < 0:
                yield self.env.timeout(visit.seconds)
                continue
            queued_at = self.env.now
            with self.tiers[visit.team].request(priority=ticket.priority) as request:
                if visit.patience < NEVER:
                    yield request | self.env.timeout(visit.patience)
                    if not request.triggered:
                        return
                else:
                    yield request
                self.waits[visit.team].append(self.env.now - queued_at)
                yield self.env.timeout(visit.seconds)


def waits_in(log: TicketLog) -> list[list[float]]:
    """Waits of those who were served, by team, seconds."""
    touches = log.touches_columns
    served = (touches["state"] == State.WORK) & (touches["started_at"] < NEVER)
    wait = touches["started_at"] - touches["queued_at"]
    return [wait[served & (touches["team"] == team)].tolist() for team in range(len(log.teams))]


def cpu_seconds(simulate: Callable[[], Any]) -> tuple[float, Any]:
    """CPU time of this process for one call, and what it returned."""
    gc.collect()
    begin = process_time()
    result = simulate()
    return process_time() - begin, result


def main(days: int = 60, rounds: int = 5) -> None:
    """Print CPU time per ticket, its ratio, and the mean waits of both sides."""
    scenario = loads(W2.format(days=days))
    desk = open_desk(scenario)
    workload = draw(scenario, desk)
    tickets = tickets_of(workload)
    agents = np.bincount(desk.agent_team).tolist()
    own, theirs = [], []
    for _ in range(rounds):
        seconds, log = cpu_seconds(lambda: reference.simulate(desk, workload))
        own.append(seconds)
        until = log.stopped_at + 1
        seconds, simpy_waits = cpu_seconds(lambda until=until: SimpyDesk(agents, tickets).run(until))
        theirs.append(seconds)
    print(
        f"{platform.processor() or platform.machine()}, {platform.system()}, Python {platform.python_version()}, "
        f"SimPy {version('simpy')}, NumPy {version('numpy')}"
    )
    print(f"W2, {days} days: {len(log)} tickets; CPU time per ticket, best of {rounds} rounds:")
    print(f"  reference engine {1e6 * min(own) / len(log):7.1f} µs")
    print(f"  idiomatic SimPy  {1e6 * min(theirs) / len(log):7.1f} µs")
    print(f"  ratio {min(own) / min(theirs):.2f} (of the medians {median(own) / median(theirs):.2f})")
    for name, mine, other in zip(log.teams, waits_in(log), simpy_waits, strict=True):
        print(
            f"  mean wait at {name}: {np.mean(mine):.2f} s against {np.mean(other):.2f} s "
            f"({len(mine)} and {len(other)} served)"
        )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
