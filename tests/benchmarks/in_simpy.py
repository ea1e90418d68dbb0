"""Both desks as the SimPy documentation teaches it: a resource for each tier, a process for each ticket.

`w1` and `w2` draw their chance while they run. `SimpyDesk` is fed with the tickets that simdesk drew.
"""

from __future__ import annotations

import random
from collections.abc import Generator
from dataclasses import dataclass
from typing import Any

import numpy as np
import simpy

import desks
from outcome import Outcome, Reading
from simdesk.clock import NEVER
from simdesk.workload.model import DELAY, Workload

Life = Generator[simpy.Event, Any, Any]


class Waits:
    """What both models note down: a wait a visit, and when somebody gave up."""

    def __init__(self, tiers: int) -> None:
        self.tickets = 0
        self.tiers: tuple[list[float], ...] = tuple([] for _ in range(tiers))
        self.left_at: list[float] = []

    def read(self, minutes: float, scale: float = 1.0) -> Outcome:
        """The outcome in minutes; `scale` is the length of the model's own unit."""
        waits = tuple(scale * np.array(tier) for tier in self.tiers)
        return Outcome(self.tickets, minutes, waits, scale * np.array(self.left_at))


def w1(tickets: int, seed: int) -> Reading:
    """Erlang A."""
    random.seed(seed)
    env, waits = simpy.Environment(), Waits(1)
    agents = simpy.Resource(env, desks.W1_AGENTS)
    end = desks.w1_days(tickets) * desks.DAY

    def life() -> Life:
        queued_at = env.now
        with agents.request() as request:
            yield request | env.timeout(random.expovariate(1 / desks.W1_PATIENCE))
            waits.tiers[0].append(env.now - queued_at)
            if not request.triggered:
                waits.left_at.append(env.now)
                return
            yield env.timeout(random.expovariate(1 / desks.W1_WORK))

    def source() -> Life:
        while True:
            yield env.timeout(random.expovariate(desks.W1_RATE))
            waits.tickets += 1
            env.process(life())

    env.process(source())
    env.run(end)
    return lambda: waits.read(end)


class ThreeTiers:
    """The second desk; all chance is drawn on the way."""

    def __init__(self, seed: int) -> None:
        random.seed(seed)
        self.env = simpy.Environment()
        self.tiers = [simpy.PriorityResource(self.env, agents) for agents in desks.AGENTS]
        self.waits = Waits(len(self.tiers))

    def source(self) -> Life:
        """A Poisson process of changing rate, by thinning that of the busiest hour."""
        peak = max(desks.RATES)
        while True:
            yield self.env.timeout(random.expovariate(peak))
            if random.random() < desks.rate_at(self.env.now) / peak:
                self.waits.tickets += 1
                self.env.process(self.life())

    def life(self) -> Life:
        priority = random.choices(range(4), desks.PRIORITIES)[0]
        patience = random.expovariate(1 / desks.W2_PATIENCE) if priority == desks.IMPATIENT else None
        resolved = yield from self.climb(priority, patience)
        if resolved and random.random() < desks.REOPENED:
            yield self.env.timeout(random.expovariate(1 / desks.REOPENED_AFTER))
            yield from self.climb(priority, None)

    def climb(self, priority: int, patience: float | None) -> Life:
        """From the first tier as far up as it must; False if the user gave up."""
        served = yield from self.visit(0, priority, patience)
        if not served:
            return False
        for tier, share in enumerate(desks.ESCALATED, 1):
            if random.random() >= share:
                break
            yield from self.visit(tier, priority, None)
        return True

    def visit(self, tier: int, priority: int, patience: float | None) -> Life:
        """Wait and work at one tier; False if the user gave up."""
        queued_at = self.env.now
        with self.tiers[tier].request(priority=priority) as request:
            if patience is None:
                yield request
            else:
                yield request | self.env.timeout(patience)
            self.waits.tiers[tier].append(self.env.now - queued_at)
            if not request.triggered:
                self.waits.left_at.append(self.env.now)
                return False
            yield self.env.timeout(random.lognormvariate(desks.MU[tier], desks.SIGMA))
        return True


def w2(days: int, seed: int) -> Reading:
    """Three tiers."""
    model, end = ThreeTiers(seed), days * desks.DAY
    model.env.process(model.source())
    model.env.run(end)
    return lambda: model.waits.read(end)


@dataclass(frozen=True, slots=True)
class Visit:
    """One stop of a ticket: a delay, or work of a team, in seconds."""

    team: int
    seconds: int
    patience: int


@dataclass(frozen=True, slots=True)
class Ticket:
    """What the SimPy model needs to know of a drawn ticket."""

    arrives_at: int
    priority: int
    visits: tuple[Visit, ...]


def tickets_of(workload: Workload) -> list[Ticket]:
    """The drawn tickets as plain objects; every journey of these desks is a chain."""
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
    """Either desk, fed with drawn tickets, in seconds."""

    def __init__(self, agents: list[int], tickets: list[Ticket], resource: type[simpy.Resource], days: int) -> None:
        self.env = simpy.Environment()
        self.tiers = [resource(self.env, capacity) for capacity in agents]
        self.ranked = resource is simpy.PriorityResource
        self.tickets = tickets
        self.days = days
        self.waits = Waits(len(agents))

    def run(self) -> Reading:
        """Until the last second of the last day, which is simulated."""
        self.waits.tickets = len(self.tickets)
        self.env.process(self.source())
        self.env.run(round(60 * self.days * desks.DAY) + 1)
        return lambda: self.waits.read(self.days * desks.DAY, 1 / 60)

    def source(self) -> Life:
        for ticket in self.tickets:
            yield self.env.timeout(ticket.arrives_at - self.env.now)
            self.env.process(self.life(ticket))

    def life(self, ticket: Ticket) -> Life:
        rank = {"priority": ticket.priority} if self.ranked else {}
        for visit in ticket.visits:
            if visit.team < 0:
                yield self.env.timeout(visit.seconds)
                continue
            queued_at = self.env.now
            with self.tiers[visit.team].request(**rank) as request:
                if visit.patience < NEVER:
                    yield request | self.env.timeout(visit.patience)
                else:
                    yield request
                self.waits.tiers[visit.team].append(self.env.now - queued_at)
                if not request.triggered:
                    self.waits.left_at.append(self.env.now)
                    return
                yield self.env.timeout(visit.seconds)
