"""What replications of different sizes take, beside what `simdesk.experiment.size` expects of them. By hand:

    python tests/benchmarks/sizes.py

Each desk is simulated in a fresh process, so that the peak of its memory is its own. Some minutes, and up to 4 GB.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

from simdesk.experiment.lab import prepare
from simdesk.experiment.point import Point
from simdesk.experiment.size import size_of
from simdesk.scenario.loading import load, vary
from simdesk.shelf import find
from simdesk.workload.shared import SharedDraws
from stopwatch import cpu_seconds

_AGENTS: Final = "teams.first_line.agents"
CASES: Final[tuple[tuple[str, dict[str, Any], str], ...]] = (
    ("quickstart", {}, "kernel"),
    ("service-desk", {}, "kernel"),
    ("service-desk", {}, "reference"),
    ("silos", {}, "kernel"),
    ("service-desk", {"demand.volume": "1000 %", _AGENTS: 60, "teams.second_line.agents": 110}, "kernel"),
    ("textbook/mmc", {"demand.volume": "3000 %", "teams.desk.agents": 140}, "kernel"),
    ("textbook/mmc", {"demand.volume": "30000 %", "teams.desk.agents": 1300}, "kernel"),
    ("textbook/mmc", {"demand.volume": "100000 %", "teams.desk.agents": 4200}, "kernel"),
    ("textbook/mmc", {"run.length": "4 weeks", "teams.desk.agents": 10_000, "teams.desk.shrinkage": "30 %"}, "kernel"),
    ("service-desk", {_AGENTS: 1_000}, "kernel"),
    ("service-desk", {_AGENTS: 10_000}, "kernel"),
    ("service-desk", {_AGENTS: 100_000, "run.length": "1 week", "run.warm_up": "0 s"}, "kernel"),
)


def main() -> None:
    """One row a desk: what was measured, and how much more was expected."""
    for case in CASES:
        told = subprocess.run([sys.executable, __file__, json.dumps(case)], check=True, capture_output=True, text=True)
        seconds, size, *expected = json.loads(told.stdout)
        name = " ".join([case[0], *(f"{path}={value}" for path, value in case[1].items())])
        ratios = expected[0] / seconds, expected[1] / size
        print(
            f"| {name} | {case[2]} | {seconds:.2f} | {ratios[0]:.2f} | {size / 1e6:,.0f} | {ratios[1]:.2f} |",
            flush=True,
        )


def _measured(name: str, changes: dict[str, Any], engine: str) -> list[float]:
    """CPU seconds of the second replication and the peak of this process; then what was expected of both."""
    prepare(engine)
    scenario = vary(load(find(Path(name))), changes)
    expected = size_of(scenario)
    point, draws = Point.of(scenario), SharedDraws()
    seconds = [cpu_seconds(lambda at=at: point.sheet(at, engine, draws, None))[0] for at in range(2)]
    return [
        seconds[1],
        resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        expected.seconds(engine),
        expected.memory(engine),
    ]


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(_measured(*json.loads(sys.argv[1]))))
    else:
        main()
