"""Replications: the same whoever computes them."""

from __future__ import annotations

import math
import os
import subprocess
import sys
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
