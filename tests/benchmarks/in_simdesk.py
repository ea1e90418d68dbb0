"""Both desks in simdesk: read from YAML and opened beforehand; draw, simulation and whole log are what is measured."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

import desks
from outcome import Outcome, Reading
from simdesk.clock import NEVER
from simdesk.desk import Desk, open_desk
from simdesk.engine import run
from simdesk.scenario.loading import loads
from simdesk.scenario.model import Scenario
from simdesk.states import State
from simdesk.ticketlog import TicketLog
from simdesk.workload.draw import draw


@cache
def opened(text: str, days: int) -> tuple[Scenario, Desk]:
    """A desk that is there for some days."""
    scenario = loads(text.format(days=days))
    return scenario, open_desk(scenario)


def outcome_of(log: TicketLog, days: int) -> Outcome:
    """What the other models note down, read from the log."""
    touches = log.touches_columns
    ends = np.minimum(touches["started_at"], touches["ended_at"])
    visits = (touches["state"] == State.WORK) & (ends < NEVER)
    order = np.argsort(ends, kind="stable")
    waits = tuple(
        ((ends - touches["queued_at"])[order[(visits & (touches["team"] == team))[order]]] / 60)
        for team in range(len(log.teams))
    )
    left_at = touches["ended_at"][visits & (touches["started_at"] == NEVER)] / 60
    return Outcome(len(log), days * desks.DAY, waits, left_at)


@dataclass(frozen=True)
class Simdesk:
    """One of the two engines."""

    engine: str

    def w1(self, tickets: int, seed: int) -> Reading:
        """Erlang A."""
        return self._whole(desks.W1, desks.w1_days(tickets), seed)

    def w2(self, days: int, seed: int) -> Reading:
        """Three tiers."""
        return self._whole(desks.W2, days, seed)

    def _whole(self, text: str, days: int, seed: int) -> Reading:
        scenario, desk = opened(text, days)
        log = run(desk, draw(scenario, desk, seed), engine=self.engine)
        return lambda: outcome_of(log, days)


KERNEL = Simdesk("kernel")
REFERENCE = Simdesk("reference")
