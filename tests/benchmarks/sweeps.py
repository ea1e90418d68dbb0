"""A sweep of a hundred points: how long it takes, what the processes and the store add, and a second asking."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from page import table
from simdesk.experiment.lab import Lab
from simdesk.experiment.sheet import Key
from simdesk.experiment.store import Store
from simdesk.experiment.sweep import sweep
from simdesk.scenario.loading import load
from stages import PACKAGES as PACKAGES
from stages import SHIPPED
from stopwatch import spread

WATCHED = (Key("first_wait"), Key("resolution_sla"), Key("total_cost"), Key("occupancy", "team", "first_line"))


def section(*, quick: bool, rounds: int) -> str:
    """One table: seconds of the whole, and what each way adds to bare simulation."""
    points, runs = (4, 2) if quick else (10, 20)
    over = {
        "teams.first_line.agents": list(range(5, 5 + points)),
        "teams.second_line.agents": list(range(10, 10 + points)),
    }
    scenario = load(SHIPPED)

    def asked(lab: Lab) -> None:
        with lab:
            sweep(scenario, over, replications=runs, wanted=WATCHED, lab=lab)

    with tempfile.TemporaryDirectory() as folder:
        ways: dict[str, Callable[[int], Lab]] = {
            "in this process alone": lambda _: Lab(workers=1),
            "with the other processor": lambda _: Lab(),
            "with the other processor, and kept in a store": lambda n: Lab(store=Store(Path(folder) / f"{n}.sqlite")),
            "asked again": lambda n: Lab(store=Store(Path(folder) / f"{n}.sqlite")),
        }
        seconds: dict[str, list[float]] = {way: [] for way in ways}
        for number in range(rounds):
            for way, lab in ways.items():
                began = time.perf_counter()
                asked(lab(number))
                seconds[way].append(time.perf_counter() - began)
    alone = median(seconds["in this process alone"])
    each = 1e3 * alone / (points**2 * runs)
    rows = [(way, spread(found, 1), f"{alone / median(found):.2f} ×") for way, found in seconds.items()]
    kept, bare = (median(seconds[way]) for way in list(ways)[2:0:-1])
    return (
        f"{points**2} points of `service-desk.yaml`, {runs} replications each, four measures; wall-clock seconds. One "
        f"replication takes {each:.0f} ms in one process, because tickets that points share are drawn once. Keeping "
        f"results adds {100 * (kept / bare - 1):.0f} %.\n\n" + table(("", "seconds", "faster"), rows)
    )
