"""Everybody runs once a round, one after the other, each in a process of its own with nobody else's garbage.

Run one: ``python tests/benchmarks/race.py '["in_simpy", "w1", 10000, 1]'``.
"""

from __future__ import annotations

import gc
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from importlib import import_module
from typing import Any

from outcome import Mean, Reading, means, together
from stopwatch import apart, cpu_seconds, installed


@dataclass(frozen=True)
class Contestant:
    """A model of both desks, and how much it is given to do.

    Attributes:
        where: the module that has `w1` and `w2`, or an object in it; `fed:engine` for a run with drawn tickets.
        tickets, days: sizes of the first and of the second desk.
    """

    name: str
    where: str
    package: str
    tickets: int
    days: int

    def size(self, desk: str, *, quick: bool) -> int:
        """Tickets or days."""
        full = self.tickets if desk == "w1" else self.days
        return full // 20 if quick else full


FREE = (
    Contestant("simdesk, kernel", "in_simdesk:KERNEL", "simdesk", 1_000_000, 365),
    Contestant("simdesk, reference", "in_simdesk:REFERENCE", "simdesk", 200_000, 365),
    Contestant("SimPy", "in_simpy", "simpy", 200_000, 365),
    Contestant("Ciw", "in_ciw", "ciw", 200_000, 365),
    Contestant("salabim", "in_salabim", "salabim", 50_000, 60),
    Contestant("cimba", "in_cimba", "cimba", 1_000_000, 365),
)
"""From nothing to the result: everybody draws its own chance."""
FED = (
    Contestant("simdesk, kernel", "fed:kernel", "simdesk", 200_000, 365),
    Contestant("simdesk, reference", "fed:reference", "simdesk", 200_000, 365),
    Contestant("SimPy", "fed:simpy", "simpy", 200_000, 365),
)
"""The simulation alone: everybody gets drawn tickets."""


@dataclass
class Score:
    """What the rounds of one contestant have shown."""

    seconds: list[float] = field(default_factory=list)
    tickets: list[int] = field(default_factory=list)
    means: list[dict[str, Mean]] = field(default_factory=list)

    @property
    def micro(self) -> list[float]:
        """Microseconds a ticket in each round."""
        return [1e6 * seconds / tickets for seconds, tickets in zip(self.seconds, self.tickets, strict=True)]

    def pooled(self) -> dict[str, Mean]:
        """Every mean over all rounds."""
        return {name: together([one[name] for one in self.means]) for name in self.means[0]}


def race(contestants: Sequence[Contestant], desk: str, *, rounds: int, quick: bool) -> dict[str, Score | None]:
    """Scores by name; None is who is not installed."""
    scores = {one.name: Score() if installed(one.package) else None for one in contestants}
    for seed in range(1, rounds + 1):
        for one in contestants:
            score = scores[one.name]
            if score is not None:
                found = apart(__file__, [one.where, desk, one.size(desk, quick=quick), seed])
                score.seconds.append(found["seconds"])
                score.tickets.append(found["tickets"])
                score.means.append({name: Mean(*pair) for name, pair in found["means"].items()})
    return scores


def ready(where: str, desk: str, size: int, seed: int) -> Callable[[], Reading]:
    """A run that may be timed; whatever compiles has compiled."""
    module, _, part = where.partition(":")
    model: Any = import_module(module)
    if module == "fed":
        getattr(model, desk)(part, 1, 0)()
        return getattr(model, desk)(part, size, seed)
    model = getattr(model, part) if part else model
    getattr(model, desk)(1, 0)
    return partial(getattr(model, desk), size, seed)


def timed(where: str, desk: str, size: int, seed: int) -> dict[str, Any]:
    """One run of one contestant in this process."""
    start = ready(where, desk, size, seed)
    gc.collect()
    gc.freeze()  # what was prepared is no garbage, and nobody should pay for looking
    seconds, read = cpu_seconds(start)
    outcome = read()
    found = {name: (mean.value, mean.error) for name, mean in means(outcome).items()}
    return {"seconds": seconds, "tickets": outcome.tickets, "means": found}


if __name__ == "__main__":
    print(json.dumps(timed(*json.loads(sys.argv[1]))))
