"""simdesk: a discrete-event simulation and digital twin of a service desk.

    import simdesk as sd

    desk = sd.load("scenarios/service-desk.yaml")
    more = sd.vary(desk, {"teams.first_line.agents": 8})
    log = sd.simulate(more)               # one replication: a log with .tickets and .touches
    runs = sd.replicate(more)             # all of them, with .estimates

Names are imported when they are first used, so that starting is quick.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from simdesk.errors import RunError, ScenarioError, SimdeskError
    from simdesk.experiment.compare import compare
    from simdesk.experiment.replicate import replicate, simulate
    from simdesk.experiment.table import measure, table
    from simdesk.scenario.loading import load, loads, vary
    from simdesk.scenario.model import Scenario
    from simdesk.ticketlog import TicketLog

_HOME = {
    "RunError": "errors",
    "Scenario": "scenario.model",
    "ScenarioError": "errors",
    "SimdeskError": "errors",
    "TicketLog": "ticketlog",
    "compare": "experiment.compare",
    "load": "scenario.loading",
    "loads": "scenario.loading",
    "measure": "experiment.table",
    "replicate": "experiment.replicate",
    "simulate": "experiment.replicate",
    "table": "experiment.table",
    "vary": "scenario.loading",
}

__all__ = [
    "RunError", "Scenario", "ScenarioError", "SimdeskError", "TicketLog", "__version__", "compare", "load", "loads",
    "measure",
    "replicate", "simulate", "table", "vary",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'simdesk' has no attribute '{name}'")
    return getattr(import_module(f"simdesk.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
