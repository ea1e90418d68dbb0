"""Loads of the teams of a desk by name, and how long a simulated queue is in the end."""

from __future__ import annotations

import numpy as np

from simdesk.experiment.load import TeamLoad, team_loads
from simdesk.experiment.replicate import simulate
from simdesk.scenario.model import Scenario
from simdesk.ticketlog import TicketLog


def loads_of(scenario: Scenario) -> dict[str, TeamLoad]:
    """The loads of all teams."""
    return {load.team: load for load in team_loads(scenario)}


def queue_at_end(scenario: Scenario) -> float:
    """Tickets in the first team's queue when the window ends."""
    return queue_at(simulate(scenario), next(iter(scenario.teams)))


def queue_at(log: TicketLog, team: str) -> float:
    """Tickets in a team's queue when the window ends."""
    touches, end = log.touches_columns, log.window[1]
    mine = (touches["team"] == log.teams.index(team)) & (touches["queued_at"] < end)
    until = np.minimum(touches["started_at"], touches["ended_at"])
    return float((mine & (until >= end)).sum())
