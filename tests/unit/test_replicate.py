"""Replications: the same whoever computes them, and none is lost when a worker dies."""

from __future__ import annotations

import math
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from simdesk.errors import RunError
from simdesk.experiment.replicate import replicate, simulate
from simdesk.experiment.replications import Replications
from simdesk.experiment.sheet import Key
from simdesk.scenario.loading import loads, vary
from terminal import LINUX, busy_children, children, gone

DESK = loads("""title: A small desk for a few days
run: {length: 4 days, replications: 5, cool_down: 2 days}
demand:
  contacts: 30 per day
  types: {incident: {share: 100 %, work: {lognormal: {mean: 15 min, cv: 1.0}}}}
teams: {desk: {tier: 1, agents: 1, shrinkage: 10 %}}
""")

ACCIDENTS = '''"""Runs in every new Python process: a replication meets with an accident, so many times."""
import importlib, os, pathlib, signal
from simdesk.errors import RunError

module = importlib.import_module("simdesk.workload.draw")

number, times, kind = os.environ["ACCIDENT"].split()
draw = module.draw

def draw_or_die(scenario, desk, replication, *more, **named):
    if replication == int(number):
        for time in range(int(times)):
            try:
                pathlib.Path(__file__).with_name(f"accident-{time}").touch(exist_ok=False)
            except FileExistsError:
                continue
            if kind == "law":
                raise RunError("a law is broken")
            os.kill(os.getpid(), signal.SIGKILL)
    return draw(scenario, desk, replication, *more, **named)

module.draw = draw_or_die
'''


@pytest.fixture(scope="module")
def in_this_process() -> Replications:
    """What every other way of computing must agree with."""
    return replicate(DESK, workers=1)


def same(one: Replications, other: Replications) -> bool:
    """Whether two results agree to the last digit, NaN included."""
    return (
        [sheet.digest for sheet in one.sheets] == [sheet.digest for sheet in other.sheets]
        and repr(one.estimates) == repr(other.estimates)
        and one.provenance == other.provenance
        and one.first_log.digest() == other.first_log.digest()
    )


@pytest.mark.parametrize("workers", [2, 4, 8])
def test_the_result_does_not_depend_on_the_number_of_workers(in_this_process: Replications, workers: int):
    """Digests, estimates and provenance are equal; progress only ever grows and is told once a replication."""
    told: list[tuple[int, int]] = []

    runs = replicate(DESK, workers=workers, progress=lambda done, total: told.append((done, total)))

    assert same(runs, in_this_process)
    assert told == [(done, 5) for done in range(1, 6)]


def test_a_small_task_stays_in_this_process(in_this_process: Replications):
    """Where processes would cost more than they save none is started; the result is the same."""
    before = children(os.getpid())

    told: list[int] = []
    runs = replicate(DESK, progress=lambda done, _: told.append(len(children(os.getpid()) - before)))

    assert same(runs, in_this_process)
    assert told == [0] * 5


def test_replications_have_different_luck_and_each_can_be_computed_alone(in_this_process: Replications):
    """Replication 3 is the same whether the others are computed or not."""
    digests = [sheet.digest for sheet in in_this_process.sheets]

    assert len(set(digests)) == 5
    assert digests[3] == simulate(DESK, 3).digest()
    assert digests[0] == in_this_process.first_log.digest()


def test_one_replication_has_values_but_no_intervals():
    """And the reader is told why."""
    runs = replicate(DESK, replications=1)

    estimate = runs.estimates[Key("throughput")]
    assert len(runs.sheets) == 1
    assert estimate.value > 0
    assert math.isnan(estimate.low)
    assert estimate.note == "one replication has no interval"


def test_the_scenario_of_a_result_says_how_often_it_was_simulated():
    """So that whoever simulates it again, as it is written, gets the same."""
    runs = replicate(DESK, replications=2)

    assert runs.scenario == vary(DESK, {"run.replications": 2})
    assert same(runs, replicate(runs.scenario))


def test_no_replication_is_none_too_few():
    """Zero is refused in words."""
    with pytest.raises(RunError, match="at least one replication is needed"):
        replicate(DESK, replications=0)


@pytest.fixture
def accident(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Lets a replication meet with an accident in the worker that draws it; returns who counts how often it did."""

    def prepare(number: int, times: int, kind: str = "killed") -> Callable[[], int]:
        (tmp_path / "sitecustomize.py").write_text(ACCIDENTS)
        monkeypatch.setenv("PYTHONPATH", str(tmp_path))
        monkeypatch.setenv("ACCIDENT", f"{number} {times} {kind}")
        return lambda: len(list(tmp_path.glob("accident-*")))

    return prepare


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="a process is killed as only Unix does it")
def test_a_worker_that_is_killed_is_replaced_and_nothing_is_lost(in_this_process: Replications, accident):
    """The kernel kills whoever computes replication 3, as it does when memory runs out, and does so once more."""
    happened = accident(number=3, times=2)
    told: list[int] = []

    runs = replicate(DESK, workers=2, progress=lambda done, _: told.append(done))

    assert happened() == 2
    assert same(runs, in_this_process)
    assert told == [1, 2, 3, 4, 5]


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="a process is killed as only Unix does it")
def test_a_replication_that_kills_every_worker_is_named(accident):
    """Its neighbours, which were under way when it happened, are not accused."""
    accident(number=3, times=99)

    with pytest.raises(RunError, match=r"^3 worker processes died, one after the other, in replication 3$"):
        replicate(DESK, workers=2)


def test_what_goes_wrong_in_a_worker_is_told_as_if_it_had_gone_wrong_here(accident):
    """A broken law in replication 4 ends the run, with its own words."""
    accident(number=4, times=1, kind="law")

    with pytest.raises(RunError, match=r"^a law is broken$"):
        replicate(DESK, workers=2)


LONG = """
from simdesk.experiment.replicate import replicate
from simdesk.scenario.loading import load, vary
from simdesk.shelf import on_the_shelf

if __name__ == "__main__":
    replicate(load(on_the_shelf("quickstart")), replications=500, workers=2)
"""


@pytest.mark.skipif(not LINUX, reason="looks for processes where Linux shows them")
def test_workers_end_when_their_parent_is_killed(tmp_path: Path):
    """Nobody computes on for somebody who is gone."""
    script = tmp_path / "long.py"
    script.write_text(LONG)
    parent = subprocess.Popen([sys.executable, str(script)])
    workers = busy_children(parent.pid, 2)

    parent.kill()
    parent.wait()

    assert gone(workers, within=5)


def test_this_process_computes_too_where_nobody_says_how_many_shall(
    in_this_process: Replications, monkeypatch: pytest.MonkeyPatch
):
    """With three processors there are two workers beside it, and the result is the same."""
    monkeypatch.setattr("simdesk.experiment.lab._WORTH_A_POOL", 0.0)
    monkeypatch.setattr("os.cpu_count", lambda: 3)
    before = children(os.getpid())
    told: list[tuple[int, int]] = []

    runs = replicate(DESK, progress=lambda done, _: told.append((done, len(children(os.getpid()) - before))))

    assert same(runs, in_this_process)
    assert [done for done, _ in told] == [1, 2, 3, 4, 5]
    assert max(started for _, started in told) >= 2
