"""A sweep that can be killed at any moment, and what must be true of it afterwards.

As a script it asks ten desks for some replications with a store, prints how many are safe, and writes its table when
it is through. Each process notes what it simulates. As a module it starts that script, kills it, and looks at what is
left.
"""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from simdesk.experiment.lab import Lab
from simdesk.experiment.sheet import Key
from simdesk.experiment.store import Store
from simdesk.scenario.loading import load, vary
from simdesk.scenario.model import Scenario
from simdesk.shelf import on_the_shelf
from simdesk.workload.shared import SharedDraws
from terminal import children, cpu_seconds

DESKS = 10
WANTED = (Key("first_wait"), Key("total_cost"), Key("resolution_time_median"), Key("occupancy", "team", "desk"))
Done = tuple[int, int]
"""Agents of the desk, and number of the replication."""

if noted := os.environ.get("SIMDESK_NOTED"):
    _draw = SharedDraws.draw

    def _noting(self: SharedDraws, scenario: Scenario, desk: object, replication: int, key: str) -> object:
        with Path(noted).open("a", encoding="ascii") as file:  # one short line is written at once
            file.write(f"{scenario.teams['desk'].agents} {replication}\n")
        return _draw(self, scenario, desk, replication, key)

    SharedDraws.draw = _noting


def main(folder: Path, replications: int, weeks: int, workers: int) -> None:
    """Ask, and say after each replication how many are safe."""
    base = load(on_the_shelf("quickstart"))
    desks = [
        vary(base, {"teams.desk.agents": agents, "run.length": f"{weeks} weeks"}) for agents in range(1, DESKS + 1)
    ]
    with (
        Store(folder / "simdesk.sqlite") as store,
        Lab(workers=workers, store=store, progress=lambda done, total: print(done, flush=True)) as lab,
    ):
        runs = lab.many(desks, replications, wanted=WANTED)
    rows = (
        f"{one.scenario.teams['desk'].agents} {key} {found!r}" for one in runs for key, found in one.estimates.items()
    )
    (folder / "table").write_text("\n".join(rows), encoding="utf-8")


@dataclass
class Sweep:
    """The script in a folder, from one killing to the next.

    Attributes:
        folder: with its store, what it printed, and what it noted.
        replications: of each desk.
        weeks: that are measured.
        chance: of the moments at which something is killed.
        kept: what was found in the store when last looked at.
        kills: how often something was killed.
    """

    folder: Path
    replications: int
    weeks: int
    chance: Random
    kept: set[Done] = field(default_factory=set)
    kills: int = 0

    @property
    def finished(self) -> bool:
        """Whether the table is there."""
        return (self.folder / "table").exists()

    def run(self, workers: int, *, kill_after: float | None = None, worker_after: float | None = None) -> None:
        """Run the script; look afterwards whether everything is as it should be.

        Args:
            workers: processes.
            kill_after: seconds after the first acknowledgement of this run at which the script is killed.
            worker_after: seconds after it at which one of its workers is killed.
        """
        for name in ("printed", "noted"):
            (self.folder / name).write_text("")
        environment = {**os.environ, "SIMDESK_NOTED": str(self.folder / "noted")}
        with (self.folder / "printed").open("w") as printed:
            running = subprocess.Popen(
                [sys.executable, __file__, self.folder, *map(str, (self.replications, self.weeks, workers))],
                stdout=printed, env=environment, start_new_session=True,
            )  # fmt: skip
        try:
            if worker_after is not None and self._acknowledges(running):
                time.sleep(worker_after)
                self._kill_a_worker(running)
            if kill_after is not None and self._acknowledges(running):
                time.sleep(kill_after)
                running.kill()
                self.kills += 1
            code = running.wait(timeout=300)
        finally:
            running.kill()
        assert code == (0 if self.finished else -signal.SIGKILL)
        self._look()

    def _acknowledges(self, running: subprocess.Popen[bytes]) -> bool:
        """Waits for the first line; whether the script is still running then."""
        while running.poll() is None and not self._printed():
            time.sleep(0.005)
        return running.poll() is None

    def _kill_a_worker(self, running: subprocess.Popen[bytes]) -> None:
        busy = [child for child in sorted(children(running.pid)) if cpu_seconds(child) > 0.5]
        if busy and running.poll() is None:
            os.kill(self.chance.choice(busy), signal.SIGKILL)
            self.kills += 1

    def _printed(self) -> list[int]:
        whole = (self.folder / "printed").read_text().rpartition("\n")[0]
        return [int(line) for line in whole.split()]

    def _look(self) -> None:
        """Nothing that was acknowledged is missing, nothing that was kept was simulated again, the file is sound."""
        acknowledged = self._printed()
        simulated = [tuple(map(int, line.split())) for line in (self.folder / "noted").read_text().splitlines()]
        with sqlite3.connect(self.folder / "simdesk.sqlite") as db:
            sound = db.execute("PRAGMA integrity_check").fetchall()
        with Store(self.folder / "simdesk.sqlite") as store:
            rows = {row.scenario["teams"]["desk"]["agents"]: store.sheets(row) for row in store.rows()}
        kept = {(agents, number) for agents, sheets in rows.items() for number in sheets}
        assert sound == [("ok",)]
        assert kept >= self.kept
        assert len(kept) >= max(acknowledged, default=0)
        assert acknowledged == list(range(len(self.kept) + 1, len(self.kept) + len(acknowledged) + 1))
        assert not self.kept & set(simulated)
        self.kept = kept


if __name__ == "__main__":
    main(Path(sys.argv[1]), *map(int, sys.argv[2:]))
