"""Oddities of demand and work: nothing comes, or nothing has to be done."""

from __future__ import annotations

from collections.abc import Iterator

from simdesk.experiment.findings.finding import Finding
from simdesk.scenario.model import Scenario


def no_demand(scenario: Scenario) -> Iterator[Finding]:
    """Nobody ever needs help."""
    demand = scenario.demand
    listed = any(tickets.count for by_type in scenario.run.open_at_start.values() for tickets in by_type.values())
    if listed or any(demand.per_week(name) for name in demand.types):
        return
    where: tuple[str, ...] = ("demand",)
    if not demand.volume:
        where = ("demand", "volume")
    elif demand.contacts is not None and not demand.contacts.count:
        where = ("demand", "contacts")
    yield Finding("no-demand", where, "no ticket will ever come; state how many contacts there are")


def no_work(scenario: Scenario) -> Iterator[Finding]:
    """Tickets that are done the moment somebody takes them up."""
    for name, kind in scenario.demand.types.items():
        for tier, work in kind.work.items():
            if work.mean == 0:
                where = ("demand", "types", name, "work", *((tier,) if len(kind.work) > 1 else ()))
                yield Finding("no-work", where, "takes no time, so that nobody is ever busy with it; state its length")
