"""simdesk: a discrete-event simulation and digital twin of a service desk.

    import simdesk as sd

    desk = sd.load("scenarios/service-desk.yaml")
    more = sd.vary(desk, {"teams.first_line.agents": 8})
    log = sd.simulate(more)               # one replication: a log with .tickets and .touches
    runs = sd.replicate(more)             # all of them, with .estimates
    sd.compare(desk, {"two more": {"teams.first_line.agents": 8}}).table()

    with sd.Lab(store=sd.Store(Path("results.sqlite"))) as lab:   # nothing is simulated twice
        sd.slack_curve(desk, "first_line", lab=lab).table()

Names are imported when they are first used, so that starting is quick.
"""

from __future__ import annotations

from importlib import import_module

__version__ = "0.1.0"

TYPE_CHECKING = False  # importing typing for this alone would take as long as all the rest
if TYPE_CHECKING:
    from typing import Any

    from simdesk.errors import RunError, ScenarioError, SimdeskError
    from simdesk.experiment.compare import compare
    from simdesk.experiment.doing_nothing import do_nothing
    from simdesk.experiment.explain import explain
    from simdesk.experiment.headroom import headroom
    from simdesk.experiment.lab import Lab
    from simdesk.experiment.precision import precise
    from simdesk.experiment.rank import rank
    from simdesk.experiment.replicate import replicate, simulate
    from simdesk.experiment.screening import morris, sobol
    from simdesk.experiment.sensitivity import tornado
    from simdesk.experiment.slack import slack_curve
    from simdesk.experiment.staffing.search import staff
    from simdesk.experiment.staffing.week import planned_week
    from simdesk.experiment.steady import steady
    from simdesk.experiment.store import Store
    from simdesk.experiment.sweep import sweep
    from simdesk.experiment.table import measure, table
    from simdesk.experiment.warm_up import warm_up_advice
    from simdesk.experiment.watch import key_named
    from simdesk.question.ask import ask
    from simdesk.question.loading import load_question
    from simdesk.scenario.loading import load, loads, vary
    from simdesk.scenario.model import Scenario
    from simdesk.ticketlog import TicketLog

_HOME = {
    "Lab": "experiment.lab",
    "RunError": "errors",
    "Scenario": "scenario.model",
    "ScenarioError": "errors",
    "SimdeskError": "errors",
    "Store": "experiment.store",
    "TicketLog": "ticketlog",
    "ask": "question.ask",
    "compare": "experiment.compare",
    "do_nothing": "experiment.doing_nothing",
    "explain": "experiment.explain",
    "headroom": "experiment.headroom",
    "key_named": "experiment.watch",
    "load": "scenario.loading",
    "load_question": "question.loading",
    "loads": "scenario.loading",
    "measure": "experiment.table",
    "morris": "experiment.screening",
    "planned_week": "experiment.staffing.week",
    "precise": "experiment.precision",
    "rank": "experiment.rank",
    "replicate": "experiment.replicate",
    "simulate": "experiment.replicate",
    "slack_curve": "experiment.slack",
    "sobol": "experiment.screening",
    "staff": "experiment.staffing.search",
    "steady": "experiment.steady",
    "sweep": "experiment.sweep",
    "table": "experiment.table",
    "tornado": "experiment.sensitivity",
    "vary": "scenario.loading",
    "warm_up_advice": "experiment.warm_up",
}

__all__ = [
    "Lab",
    "RunError",
    "Scenario",
    "ScenarioError",
    "SimdeskError",
    "Store",
    "TicketLog",
    "__version__",
    "ask",
    "compare",
    "do_nothing",
    "explain",
    "headroom",
    "key_named",
    "load",
    "load_question",
    "loads",
    "measure",
    "morris",
    "planned_week",
    "precise",
    "rank",
    "replicate",
    "simulate",
    "slack_curve",
    "sobol",
    "staff",
    "steady",
    "sweep",
    "table",
    "tornado",
    "vary",
    "warm_up_advice",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'simdesk' has no attribute '{name}'")
    return getattr(import_module(f"simdesk.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
