"""What cannot be measured, and what can, at a desk to which no ticket comes."""

from __future__ import annotations

from typing import Final

from simdesk.experiment.sheet import Key
from simdesk.measures import TEAM_MEASURES
from simdesk.scenario.model import Scenario

WITHOUT_TICKETS: Final = frozenset({
    "backlog", "backlog_at_end", "contacts_per_week", "tickets_per_week", "throughput", "occupancy", "utilisation",
    "visits_per_week", "queue_length", "readiness", "overtime", "staff_cost", "lost_time_cost", "penalty_cost",
    "total_cost",
})  # fmt: skip
"""Measures that count what is there, and say 0 or the cost of idle people where nothing is; others are shares and means
of tickets."""


def never_measured(scenario: Scenario, key: Key) -> bool:
    """Whether no replication has a ticket from which a measure could be told.

    Tickets that are open at the start do not count where they were opened before the measured window, but wait for
    teams in it.

    Args:
        scenario: the desk.
        key: of the measure.
    """
    if key.measure in WITHOUT_TICKETS:
        return False
    demand, run = scenario.demand, scenario.run
    if key.by == "type":
        coming = demand.per_week(key.of)
    elif key.by == "priority":
        shares = {name: (kind.priority or demand.priority).get(key.of, 0.0) for name, kind in demand.types.items()}
        coming = sum(share * demand.per_week(name) for name, share in shares.items())
    else:
        coming = sum(demand.per_week(name) for name in demand.types)
    if coming:
        return False
    listed = [tickets for lists in run.open_at_start.values() for tickets in lists.values() if tickets.count]
    in_window = not run.warm_up.seconds and any(not tickets.oldest.seconds for tickets in listed)
    return not in_window and not (listed and key.measure in TEAM_MEASURES)
