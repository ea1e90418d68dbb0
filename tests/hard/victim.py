"""Validates the files that stdin names, one after the other, and says of each what happened; `mutations.py` starts it.

With `--run` a scenario is simulated for a day and its results are written, too.
"""

from __future__ import annotations

import json
import resource
import sys
import tempfile
import time
import traceback
from pathlib import Path

from click.testing import CliRunner

from simdesk.cli import cli
from simdesk.errors import SimdeskError


def memory() -> float:
    """The most that this process has needed, MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def validated(path: Path) -> tuple[str, str]:
    """Whether `simdesk validate` accepts a file."""
    done = CliRunner().invoke(cli, ["validate", str(path)], standalone_mode=False)
    if done.exception is None:
        return "accepted", ""
    if isinstance(done.exception, SimdeskError) or done.exit_code == 2:
        return "refused", ""
    return "traceback", "".join(traceback.format_exception(done.exception))[-1500:]


def ran(path: Path) -> tuple[str, str]:
    """Whether a scenario that is valid can be simulated for a day, and told of."""
    from simdesk.experiment.lab import Lab
    from simdesk.experiment.load import team_loads
    from simdesk.report.files import write_results
    from simdesk.scenario.loading import load, vary

    try:
        scenario = load(path)
    except SimdeskError:
        return "refused", "a question"
    short = {"run.length": "1 day", "run.warm_up": "0 s", "run.cool_down": "1 day", "run.replications": 2}
    limited = {**short, "run.most_events": 300_000, "run.most_open_tickets": 50_000}
    try:
        with tempfile.TemporaryDirectory() as folder, Lab(workers=1) as lab:
            desk = vary(scenario, limited)
            written = write_results(lab.replications(desk), team_loads(desk), Path(folder) / "out")
    except SimdeskError as error:
        return "refused", str(error)[:300]
    except Exception:
        return "traceback", traceback.format_exc()[-1500:]
    return ("not drawn", written.failures[0]) if written.failures else ("accepted", "")


def main() -> None:
    """Answer for each file with a line of JSON."""
    attempt = ran if "--run" in sys.argv else validated
    attempt(Path(__file__))  # what is imported once counts for none of them
    at_first = memory()
    for name in sys.stdin.read().splitlines():
        began = time.process_time()
        verdict, detail = attempt(Path(name))
        seconds = time.process_time() - began
        told = {"name": Path(name).name, "verdict": verdict, "detail": detail, "seconds": seconds}
        print(json.dumps({**told, "megabytes": memory() - at_first}), flush=True)


if __name__ == "__main__":
    main()
