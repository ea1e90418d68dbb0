"""What all replications of one desk say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from simdesk.experiment.estimate import CONFIDENCE, Estimate, estimate
from simdesk.experiment.point import Point
from simdesk.experiment.sheet import Key, Sheet, keys_of
from simdesk.measures.readings import Reading
from simdesk.provenance import Provenance, provenance
from simdesk.scenario.model import Scenario
from simdesk.ticketlog import TicketLog
from simdesk.workload.shared import SharedDraws


@dataclass(frozen=True)
class Replications:
    """The sheets of all replications of a scenario, in order.

    Attributes:
        scenario: what was simulated.
        sheets: one a replication.
        engine: that simulated.
        log: of the first of them, if somebody has it.
    """

    scenario: Scenario
    sheets: tuple[Sheet, ...]
    engine: str
    log: TicketLog | None = None

    @cached_property
    def estimates(self) -> Mapping[Key, Estimate]:
        """Every measure with its interval, computed once."""
        return {key: self.estimate(key) for key in keys_of(self.sheets)}

    def estimate(self, key: Key, confidence: float = CONFIDENCE) -> Estimate:
        """One measure with its interval."""
        return estimate(self.readings(key), confidence)

    def readings(self, key: Key) -> list[Reading]:
        """What each replication says of a measure."""
        return [sheet.readings[key] for sheet in self.sheets]

    @cached_property
    def first_log(self) -> TicketLog:
        """The ticket log of replication 0, simulated again: logs are large, and only one is ever looked at."""
        return self.log if self.log is not None else Point.of(self.scenario).log(0, self.engine, SharedDraws())

    @property
    def provenance(self) -> Provenance:
        """Where these numbers come from."""
        digests = [sheet.digest for sheet in self.sheets]
        return provenance(self.scenario, replications=len(self.sheets), engine=self.engine, digests=digests)
