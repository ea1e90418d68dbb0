"""Both desks in salabim: a resource for each tier, a component for each ticket. Monitors are off, for its benefit."""

from __future__ import annotations

import random
from typing import Any

import salabim

import desks
from in_simpy import Waits
from outcome import Reading


def _environment(seed: int) -> Any:
    random.seed(seed)
    salabim.yieldless(False)  # generators; its greenlets are slower
    return salabim.Environment(trace=False, random_seed=seed)


def w1(tickets: int, seed: int) -> Reading:
    """Erlang A."""
    env, waits = _environment(seed), Waits(1)
    agents = salabim.Resource("agents", desks.W1_AGENTS, monitor=False)
    end = desks.w1_days(tickets) * desks.DAY

    class Ticket(salabim.Component):
        def process(self) -> Any:
            queued_at = env.now()
            yield self.request(agents, fail_delay=random.expovariate(1 / desks.W1_PATIENCE))
            waits.tiers[0].append(env.now() - queued_at)
            if self.failed():
                waits.left_at.append(env.now())
                return
            yield self.hold(random.expovariate(1 / desks.W1_WORK))
            self.release(agents)

    class Source(salabim.Component):
        def process(self) -> Any:
            while True:
                yield self.hold(random.expovariate(desks.W1_RATE))
                waits.tickets += 1
                Ticket()

    Source()
    env.run(till=end)
    return lambda: waits.read(end)


def w2(days: int, seed: int) -> Reading:
    """Three tiers."""
    env, waits = _environment(seed), Waits(len(desks.AGENTS))
    tiers = [salabim.Resource(f"tier {n}", agents, monitor=False) for n, agents in enumerate(desks.AGENTS, 1)]
    end, peak = days * desks.DAY, max(desks.RATES)

    class Ticket(salabim.Component):
        def process(self) -> Any:
            priority = random.choices(range(4), desks.PRIORITIES)[0]
            patience = random.expovariate(1 / desks.W2_PATIENCE) if priority == desks.IMPATIENT else salabim.inf
            resolved = yield from self.climb(priority, patience)
            if resolved and random.random() < desks.REOPENED:
                yield self.hold(random.expovariate(1 / desks.REOPENED_AFTER))
                yield from self.climb(priority, salabim.inf)

        def climb(self, priority: int, patience: float) -> Any:
            served = yield from self.visit(0, priority, patience)
            if not served:
                return False
            for tier, share in enumerate(desks.ESCALATED, 1):
                if random.random() >= share:
                    break
                yield from self.visit(tier, priority, salabim.inf)
            return True

        def visit(self, tier: int, priority: int, patience: float) -> Any:
            queued_at = env.now()
            yield self.request((tiers[tier], 1, priority), fail_delay=patience)
            waits.tiers[tier].append(env.now() - queued_at)
            if self.failed():
                waits.left_at.append(env.now())
                return False
            yield self.hold(random.lognormvariate(desks.MU[tier], desks.SIGMA))
            self.release(tiers[tier])
            return True

    class Source(salabim.Component):
        def process(self) -> Any:
            while True:
                yield self.hold(random.expovariate(peak))
                if random.random() < desks.rate_at(env.now()) / peak:
                    waits.tickets += 1
                    Ticket()

    Source()
    env.run(till=end)
    return lambda: waits.read(end)
