"""Where the time of one replication goes: drawing, the loop, the log, checking, measuring."""

from __future__ import annotations

from pathlib import Path
from statistics import median

import desks
from page import table
from simdesk.desk import open_desk
from simdesk.experiment.prices import prices_of
from simdesk.experiment.sheet import read_sheet
from simdesk.measures.laws import check_laws
from simdesk.scenario.loading import load, loads
from simdesk.scenario.model import Scenario
from simdesk.workload.draw import draw
from stopwatch import cpu_seconds, kernel_time, spread

PACKAGES = ("simdesk", "numpy", "numba", "pandas")
SHIPPED = Path(__file__).parents[2] / "scenarios" / "service-desk.yaml"


def section(*, quick: bool, rounds: int) -> str:
    """One table a desk."""
    three_tiers = loads(desks.W2.format(days=18 if quick else 365))
    parts = [_desk("The shipped `service-desk.yaml`", load(SHIPPED), rounds)]
    parts.append(_desk("Three tiers around the clock", three_tiers, rounds))
    return "One replication with the kernel, from a desk that is open to a sheet of results.\n\n" + "\n\n".join(parts)


def _desk(title: str, scenario: Scenario, rounds: int) -> str:
    measured = [_replication(scenario, number) for number in range(rounds + 1)][1:]  # the first one compiles
    tickets = median(tickets for tickets, _ in measured)
    seconds = {stage: [stages[stage] for _, stages in measured] for stage in measured[0][1]}
    whole = sum(median(values) for values in seconds.values())
    rows = [
        (
            stage,
            spread((1e3 * value for value in values), 1),
            f"{1e6 * median(values) / tickets:,.2f}",
            f"{100 * median(values) / whole:.0f} %",
        )
        for stage, values in seconds.items()
    ]
    head = f"### {title}\n\n{tickets:,.0f} tickets, {1e3 * whole:,.0f} ms of CPU time.\n\n"
    return head + table(("", "ms", "µs a ticket", "share"), rows)


def _replication(scenario: Scenario, number: int) -> tuple[int, dict[str, float]]:
    """Tickets, and CPU seconds by stage."""
    desk = open_desk(scenario)
    drawing, workload = cpu_seconds(lambda: draw(scenario, desk, number))
    loop, whole, log = kernel_time(desk, workload)
    checking, _ = cpu_seconds(lambda: check_laws(log))
    measuring, _ = cpu_seconds(lambda: read_sheet(log, prices_of(scenario)))
    return len(log), {
        "draw": drawing,
        "simulate: the loop": loop,
        "simulate: arrays in, log out": whole - loop,
        "check the laws": checking,
        "measure": measuring,
    }
