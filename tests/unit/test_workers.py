"""Worker processes that are killed, stopped, out of memory or cannot start: replaced, and told as what they are."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from simdesk.errors import RunError
from simdesk.experiment.lab import Lab
from simdesk.experiment.replicate import replicate
from simdesk.experiment.replications import Replications
from simdesk.experiment.standstill import Standstill
from simdesk.scenario.loading import loads
from terminal import LINUX, busy_children

pytestmark = pytest.mark.skipif(not LINUX, reason="processes are killed and stopped as only Unix does it")

DESK = loads("""title: A small desk for a few days
run: {length: 4 days, replications: 5, cool_down: 2 days}
demand:
  contacts: 30 per day
  types: {incident: {share: 100 %, work: {lognormal: {mean: 15 min, cv: 1.0}}}}
teams: {desk: {tier: 1, agents: 1, shrinkage: 10 %}}
""")

ACCIDENTS = '''"""Runs in every new Python process: a replication meets with an accident, so many times."""
import importlib, os, pathlib, resource, signal, time
from simdesk.errors import RunError

module = importlib.import_module("simdesk.workload.draw")

number, times, kind = os.environ["ACCIDENT"].split()
draw = module.draw
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

def meet_with(kind):
    if kind == "law":
        raise RunError("a law is broken")
    if kind == "memory":
        bytearray(1 << 62)
    if kind == "exit":
        os._exit(7)
    if kind == "asleep":
        time.sleep(1e6)
    if kind == "busy":
        until = time.monotonic() + 3
        while time.monotonic() < until:
            pass
        return
    os.kill(os.getpid(), signal.Signals[kind])

def draw_or_die(scenario, desk, replication, *more, **named):
    if replication == int(number):
        for time in range(int(times)):
            try:
                pathlib.Path(__file__).with_name(f"accident-{time}").touch(exist_ok=False)
            except FileExistsError:
                continue
            meet_with(kind)
            break
    return draw(scenario, desk, replication, *more, **named)

module.draw = draw_or_die
'''


@pytest.fixture(scope="module")
def in_this_process() -> Replications:
    """What every other way of computing must agree with."""
    return replicate(DESK, workers=1)


def same(one: Replications, other: Replications) -> bool:
    """Whether two results agree to the last digit, NaN included."""
    return [sheet.digest for sheet in one.sheets] == [sheet.digest for sheet in other.sheets] and repr(
        one.estimates
    ) == repr(other.estimates)


@pytest.fixture
def accident(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Lets a replication meet with an accident in the worker that draws it; returns who counts how often it did."""

    def prepare(number: int, times: int, kind: str) -> Callable[[], int]:
        (tmp_path / "sitecustomize.py").write_text(ACCIDENTS)
        monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=os.pathsep)
        monkeypatch.setenv("ACCIDENT", f"{number} {times} {kind}")
        return lambda: len(list(tmp_path.glob("accident-*")))

    return prepare


def asked(said: list[str], told: list[int] | None = None) -> Replications:
    """The desk, simulated by two workers."""
    progress = None if told is None else lambda done, _: told.append(done)
    with Lab(workers=2, say=said.append, progress=progress) as lab:
        return lab.replications(DESK)


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("SIGKILL", "a worker process was killed, as happens when memory runs out; its work is done again"),
        ("exit", "a worker process ended with exit code 7; its work is done again"),
    ],
)
def test_a_worker_that_dies_is_replaced_and_nothing_is_lost(
    in_this_process: Replications, accident, kind: str, words: str
):
    """Whoever computes replication 3 dies, twice; each time it is said how."""
    happened = accident(number=3, times=2, kind=kind)
    said: list[str] = []
    told: list[int] = []

    runs = asked(said, told)

    assert happened() == 2
    assert same(runs, in_this_process)
    assert told == [1, 2, 3, 4, 5]
    assert said == [words, words]


@pytest.mark.parametrize(
    ("number", "kind", "words"),
    [
        (
            1,
            "SIGKILL",
            r"was killed, as happens when memory runs out; use fewer worker processes \(--workers 1\), "
            "a shorter run or a smaller desk",
        ),
        (3, "SIGSEGV", "died of signal SIGSEGV"),
        (3, "SIGTERM", "died of signal SIGTERM"),
    ],
)
def test_a_replication_that_kills_every_worker_is_named_with_how_they_died(
    accident, number: int, kind: str, words: str
):
    """Its neighbours are not accused; and it does not matter whether any worker had finished something before."""
    accident(number=number, times=99, kind=kind)

    with pytest.raises(
        RunError,
        match=f"^3 times in a row a worker process was lost with replication {number}; the last one {words}$",
    ):
        asked([])


def test_memory_that_runs_out_in_a_worker_is_a_sentence(accident):
    """Where the system refuses memory instead of killing."""
    accident(number=3, times=1, kind="memory")

    with pytest.raises(RunError, match=r"^a worker process ran out of memory; use fewer worker processes"):
        asked([])


def test_what_goes_wrong_in_a_worker_is_told_as_if_it_had_gone_wrong_here(accident):
    """A broken law in replication 4 ends the run, with its own words."""
    accident(number=4, times=1, kind="law")

    with pytest.raises(RunError, match=r"^a law is broken$"):
        asked([])


UNGUARDED = """
from simdesk.experiment.replicate import replicate
from simdesk.scenario.loading import load
from simdesk.shelf import on_the_shelf

replicate(load(on_the_shelf("quickstart")), replications=3, workers=2)
"""


def test_workers_that_cannot_start_are_told_with_the_remedy(tmp_path: Path):
    """A script without its guard would start itself again in every worker."""
    script = tmp_path / "unguarded.py"
    script.write_text(UNGUARDED)

    done = subprocess.run(
        [sys.executable, str(script)], capture_output=True, text=True, timeout=300, check=False, cwd=tmp_path
    )

    assert done.stderr.endswith(
        "RunError: worker processes cannot start (exit code 1); a script that is not a module needs its calls below "
        "`if __name__ == '__main__':`, or one process, with workers=1\n"
    )


def test_a_system_that_starts_no_more_processes_is_told_with_the_remedy(monkeypatch: pytest.MonkeyPatch):
    """As where a user may have only so many."""

    def refuse(process: object) -> None:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr("multiprocessing.context.SpawnProcess.start", refuse)

    with pytest.raises(RunError, match=r"^worker processes cannot be started: .*unavailable; use fewer, such as --wor"):
        asked([])


def test_a_stopped_worker_is_noticed_and_replaced(in_this_process: Replications, accident):
    """Somebody sends it SIGSTOP, and nobody ever lets it go on."""
    happened = accident(number=3, times=1, kind="SIGSTOP")
    said: list[str] = []

    runs = asked(said)

    assert happened() == 1
    assert same(runs, in_this_process)
    assert said == ["a worker process was stopped by somebody; its work is done again"]


@pytest.fixture
def busy():
    """A process that computes until the test is over, and is known to the system."""
    process = psutil.Popen([sys.executable, "-c", "while True: pass"])
    yield process
    process.kill()
    process.wait()


def until(fulfilled: Callable[[], bool]) -> None:
    for _ in range(6000):
        if fulfilled():
            return
        time.sleep(0.01)
    raise AssertionError("it did not happen within a minute")


def test_a_worker_that_is_slowed_down_is_left_alone(monkeypatch: pytest.MonkeyPatch, busy: psutil.Popen):
    """As cpulimit does it: it is found stopped at each look, and computes in between; until it is stopped for good."""
    monkeypatch.setattr("simdesk.experiment.standstill.BETWEEN_LOOKS", 0)
    standstill = Standstill()
    found = []

    for _ in range(4):
        before = busy.cpu_times().user
        busy.resume()
        until(lambda before=before: busy.cpu_times().user > before)
        busy.suspend()
        until(lambda: busy.status() == psutil.STATUS_STOPPED)
        found.append(standstill.found([busy.pid], finished=False))

    assert found == [([], "")] * 4
    assert standstill.found([busy.pid], finished=False) == ([busy.pid], "was stopped by somebody")


def test_a_worker_that_waits_for_ever_is_noticed_and_replaced(
    in_this_process: Replications, accident, monkeypatch: pytest.MonkeyPatch
):
    """It uses no processor time and finishes nothing."""
    monkeypatch.setattr("simdesk.experiment.standstill.BETWEEN_LOOKS", 0.2)
    accident(number=3, times=1, kind="asleep")
    said: list[str] = []

    runs = asked(said)

    assert same(runs, in_this_process)
    assert said == ["a worker process computed nothing for a long time; its work is done again"]


def test_a_worker_that_computes_for_long_is_left_alone(
    in_this_process: Replications, accident, monkeypatch: pytest.MonkeyPatch
):
    """One replication outlasts more looks than an idle worker would be granted."""
    monkeypatch.setattr("simdesk.experiment.standstill.BETWEEN_LOOKS", 0.05)
    monkeypatch.setattr("simdesk.experiment.standstill._IDLE_LOOKS", 3)
    happened = accident(number=3, times=1, kind="busy")
    said: list[str] = []

    runs = asked(said)

    assert happened() == 1
    assert same(runs, in_this_process)
    assert said == []


CONTINUED = """
from simdesk.experiment.lab import Lab
from simdesk.scenario.loading import load, vary
from simdesk.shelf import on_the_shelf

if __name__ == "__main__":
    desk = vary(load(on_the_shelf("quickstart")), {"run.length": "26 weeks"})
    with Lab(workers=2, say=print) as lab:
        lab.replications(desk, 30)
    print("done")
"""


def test_a_command_that_is_stopped_and_continued_loses_no_worker(tmp_path: Path):
    """Ctrl-Z and fg: all processes of the group stop for longer than three looks, and go on."""
    script = tmp_path / "continued.py"
    script.write_text(CONTINUED)
    running = subprocess.Popen(
        [sys.executable, str(script)], stdout=subprocess.PIPE, encoding="utf-8", start_new_session=True
    )
    busy_children(running.pid, 2)

    os.killpg(running.pid, signal.SIGSTOP)
    time.sleep(6.5)
    os.killpg(running.pid, signal.SIGCONT)

    assert running.communicate(timeout=300)[0] == "done\n"
