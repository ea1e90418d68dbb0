"""Both desks as Ciw networks: a node for each tier, and one with endless room for the time until a ticket is reopened.

Ciw keeps a record of every visit.
"""

from __future__ import annotations

import math
import random
from typing import Any

import ciw

import desks
from outcome import Outcome, Reading

_CLASSES = tuple(f"P{number}" for number in range(1, 5))
_PATIENT_AGAIN = "P4 reopened"
"""A class for tickets of the lowest priority that were resolved once: their users no longer give up."""
_REOPENING = 4
"""Node in which a resolved ticket waits for its user to come back."""


def w1(tickets: int, seed: int) -> Reading:
    """Erlang A."""
    end = desks.w1_days(tickets) * desks.DAY
    network = ciw.create_network(
        arrival_distributions=[ciw.dists.Exponential(desks.W1_RATE)],
        service_distributions=[ciw.dists.Exponential(1 / desks.W1_WORK)],
        reneging_time_distributions=[ciw.dists.Exponential(1 / desks.W1_PATIENCE)],
        number_of_servers=[desks.W1_AGENTS],
    )
    return _run(network, end, seed, tiers=1)


def w2(days: int, seed: int) -> Reading:
    """Three tiers."""
    ciw.seed(seed)
    end = days * desks.DAY
    hours = [60.0 * hour for hour in range(1, 25)]
    arrivals = {
        name: [ciw.dists.PoissonIntervals([share * rate for rate in desks.RATES], hours, end), None, None, None]
        for name, share in zip(_CLASSES, desks.PRIORITIES, strict=True)
    }
    classes = (*_CLASSES, _PATIENT_AGAIN)
    work = [ciw.dists.Lognormal(mu, desks.SIGMA) for mu in desks.MU]
    coming_back = ciw.dists.Exponential(1 / desks.REOPENED_AFTER)
    stays = {name: {other: float(name == other) for other in classes} for name in classes}
    changes = stays | {"P4": dict.fromkeys(classes, 0.0) | {_PATIENT_AGAIN: 1.0}}
    impatient = {"P4": [ciw.dists.Exponential(1 / desks.W2_PATIENCE), None, None, None]}
    network = ciw.create_network(
        arrival_distributions={**arrivals, _PATIENT_AGAIN: [None] * 4},
        service_distributions={name: [*work, coming_back] for name in classes},
        number_of_servers=[*desks.AGENTS, math.inf],
        priority_classes={name: min(rank, 3) for rank, name in enumerate(classes)},
        reneging_time_distributions={name: [None] * 4 for name in classes} | impatient,
        class_change_matrices=[stays, stays, stays, changes],
        routing=dict.fromkeys(classes, ciw.routing.ProcessBased(_route)),
    )
    return _run(network, end, seed, tiers=3)


def _route(individual: Any, simulation: Any) -> list[int]:
    """Nodes after the first, up to the ticket's end."""
    climb = _climb()
    return [*climb, _REOPENING, 1, *_climb()] if random.random() < desks.REOPENED else climb


def _climb() -> list[int]:
    if random.random() >= desks.ESCALATED[0]:
        return []
    return [2, 3] if random.random() < desks.ESCALATED[1] else [2]


def _run(network: Any, end: float, seed: int, *, tiers: int) -> Reading:
    ciw.seed(seed)
    simulation = ciw.Simulation(network)
    simulation.simulate_until_max_time(end)
    return lambda: _read(simulation, end, tiers)


def _read(simulation: Any, end: float, tiers: int) -> Outcome:
    waits: tuple[list[float], ...] = tuple([] for _ in range(tiers))
    left_at = []
    for record in sorted(simulation.get_all_records(), key=lambda record: record.exit_date):
        if record.node <= tiers:
            waits[record.node - 1].append(record.waiting_time)
        if record.record_type == "renege":
            left_at.append(record.exit_date)
    return Outcome(simulation.nodes[0].number_of_individuals, end, waits, left_at)
