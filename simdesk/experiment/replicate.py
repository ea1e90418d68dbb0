"""One desk, once or many times: what a first look at it needs."""

from __future__ import annotations

from simdesk.experiment.lab import Lab, Progress
from simdesk.experiment.point import Point
from simdesk.experiment.replications import Replications
from simdesk.scenario.model import Scenario
from simdesk.ticketlog import TicketLog
from simdesk.workload.shared import SharedDraws


def simulate(scenario: Scenario, replication: int = 0, *, engine: str = "kernel") -> TicketLog:
    """Simulate one replication.

    Args:
        scenario: what to simulate.
        replication: its number, from 0; equal numbers have equal luck in every variant of a scenario.
        engine: see `simdesk.engine.ENGINES`.

    Raises:
        RunError: when the run broke a law that every run must obey, or was cut short by a limit of the scenario.
    """
    return Point.of(scenario).log(replication, engine, SharedDraws())


def replicate(
    scenario: Scenario,
    *,
    replications: int | None = None,
    workers: int | None = None,
    engine: str = "kernel",
    progress: Progress | None = None,
) -> Replications:
    """Simulate and measure independent replications.

    Whatever it takes: only commands estimate that before they begin, and may refuse. From Python the limits of a
    scenario hold, and `simdesk.experiment.size` estimates for whoever asks.

    Args:
        scenario: what to simulate.
        replications: how many; the scenario's own number unless stated.
        workers: processes that simulate for this one; unless stated this process and one more for each further
            processor, if that pays. The result does not depend on it.
        engine: see `simdesk.engine.ENGINES`.
        progress: told after each replication.

    Raises:
        RunError: when a run broke a law or was cut short, or workers died repeatedly.
    """
    with Lab(workers=workers, engine=engine, progress=progress) as lab:
        return lab.replications(scenario, replications)
