"""One desk made ready to be simulated again and again: its supply side, its prices, and what it has read of it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

import numpy as np

from simdesk.clock import NEVER
from simdesk.desk import Desk, open_desk
from simdesk.engine import run
from simdesk.errors import RunError
from simdesk.experiment.prices import prices_of
from simdesk.experiment.sheet import Key, Sheet, read_sheet
from simdesk.measures import Prices, check_laws
from simdesk.scenario.model import Scenario
from simdesk.ticketlog import TicketLog
from simdesk.workload.shared import SharedDraws, tickets_key

_A_DAY: Final = 86400


@dataclass(frozen=True, slots=True)
class Point:
    """A scenario made ready.

    Attributes:
        scenario: what is simulated.
        desk: its supply side.
        prices: what time costs there.
        tickets: equal for points to which the same tickets come.
    """

    scenario: Scenario
    desk: Desk
    prices: Prices
    tickets: str

    @classmethod
    def of(cls, scenario: Scenario) -> Point:
        """Make a scenario ready."""
        return cls(scenario, open_desk(scenario), prices_of(scenario), tickets_key(scenario))

    def log(self, replication: int, engine: str, draws: SharedDraws) -> TicketLog:
        """Simulate one replication.

        Raises:
            RunError: when the run broke a law that every run must obey, or was cut short by a limit of the scenario.
        """
        log = run(self.desk, draws.draw(self.scenario, self.desk, replication, self.tickets), engine=engine)
        if log.cut_short:
            raise RunError(_story_of(log, replication))
        check_laws(log)
        return log

    def sheet(self, replication: int, engine: str, draws: SharedDraws, wanted: Collection[Key] | None) -> Sheet:
        """Simulate one replication and read what is wanted of it, or everything."""
        return read_sheet(self.log(replication, engine, draws), self.prices, wanted)


def _story_of(log: TicketLog, replication: int) -> str:
    """What happened in a replication until it was cut short, and what to do about it."""
    tickets, touches = log.tickets_columns, log.touches_columns
    is_open = tickets["ended_at"] >= NEVER
    waits = (touches["started_at"] >= NEVER) & (touches["ended_at"] >= NEVER) & (touches["team"] >= 0)
    queues = np.bincount(touches["team"][waits], minlength=len(log.teams))
    longest = int(np.argmax(queues))
    when = f"{log.timeline.local(log.stopped_at):%a %Y-%m-%d %H:%M}"
    day = log.stopped_at // _A_DAY + 1
    return (
        f"replication {replication} was cut short on {when}, day {day}: {log.cut_short}. By then {len(log):,} tickets "
        f"had come and {is_open.sum():,} of them were open; {queues[longest]:,} waited for {log.teams[longest]}. "
        "Give that team more people or less work, shorten run.length, or raise the limit"
    )
