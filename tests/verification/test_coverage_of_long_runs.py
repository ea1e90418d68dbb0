"""Do intervals of a mean in the long run hold, though the run starts from empty and its tickets depend on each other?

    pytest -m slow -s tests/verification/test_coverage_of_long_runs.py

prints a line for each: what, how many experiments, the share that held, and the band in which it should lie. Each
promise has a negative control, a plausible method that must be seen to break it. Takes about a minute on one core.
"""

from __future__ import annotations

import math
from functools import cache

import numpy as np
import pytest
from promised import EXPERIMENTS, LAWS, SEED, Band, Floats, holds, inside, share

from simdesk.experiment.estimate import mean_of, student_t
from simdesk.queueing import mm1_first_waits
from simdesk.statistics.one_run import n_skart
from simdesk.statistics.warm_up import mser5

pytestmark = pytest.mark.slow


def one_agent(luck: np.random.Generator, occupancy: float, shape: tuple[int, int]) -> Floats:
    """Waits of the first tickets of M/M/1 from empty with work of mean 1, shape (runs, tickets), by Lindley."""
    steps = luck.exponential(1.0, shape)
    steps -= luck.exponential(1 / occupancy, shape)
    walk = np.zeros(shape)
    np.cumsum(steps[:, :-1], axis=1, out=walk[:, 1:])
    walk -= np.minimum.accumulate(walk, axis=1)
    return walk


def test_the_queue_used_here_is_that_of_the_book() -> None:
    """A hundred tickets from empty wait as Spitzer says, each within four errors."""
    waits = one_agent(np.random.default_rng(SEED), 0.9, (100_000, 100))

    errors = waits[:, 1:].std(axis=0) / math.sqrt(100_000)
    assert np.all(np.abs(waits.mean(axis=0) - mm1_first_waits(0.9, 1.0, tickets=100))[1:] < 4 * errors)


RUNS = [(0.8, 10_000, 2000), (0.8, 50_000, 1000), (0.9, 10_000, 2000), (0.9, 20_000, 1000), (0.9, 50_000, 1000),
        (0.9, 200_000, 400)]  # fmt: skip
"""Occupancy, tickets of a run, experiments."""


@pytest.mark.parametrize(("occupancy", "tickets", "experiments"), RUNS)
def test_one_long_run_holds(occupancy: float, tickets: int, experiments: int) -> None:
    """N-Skart on waits of M/M/1 from empty, nominal 90 %: 86 % at least, though the run may be short."""
    luck, truth = np.random.default_rng(SEED), occupancy / (1 - occupancy)
    found = [n_skart(run, 0.9) for _ in range(experiments // 50) for run in one_agent(luck, occupancy, (50, tickets))]

    what = f"N-Skart, M/M/1 at {occupancy}, {tickets:,} tickets"
    held = share(what, [holds(one.low, truth, one.high) for one in found], Band(0.86, 1.0))

    width = np.median([one.half_width for one in found]) / truth
    enough = [holds(one.low, truth, one.high) for one in found if one.sufficient]
    print(f"; ± {width:.1%}; sufficient {len(enough) / len(found):.2f}, of these {np.mean(enough):.3f}", end="")
    assert held >= 0.86


@pytest.mark.parametrize("law", ["normal, cv 0.3", "exponential"])
@pytest.mark.parametrize("observations", [1280, 2000, 10_000])
def test_one_run_of_independent_observations_holds(law: str, observations: int) -> None:
    """N-Skart, nominal 90 %."""
    luck, held = np.random.default_rng(SEED), []
    for _ in range(EXPERIMENTS // 100):
        found = [n_skart(run, 0.9) for run in LAWS[law](luck, (100, observations))]
        held += [holds(one.low, 10, one.high) for one in found]

    expected = Band(0.87, 0.93)
    assert inside(share(f"N-Skart, {observations:,} independent, {law}", held, expected), expected)


def test_thirty_batches_of_a_run_that_is_too_short_do_not_hold() -> None:
    """Negative control: Student's t of thirty batch means of 10,000 waits at 0.9."""
    luck, held = np.random.default_rng(SEED), list[bool]()
    for _ in range(EXPERIMENTS // 50):
        means = one_agent(luck, 0.9, (50, 9990)).reshape(50, 30, 333).mean(axis=2)
        reach = student_t(0.9, 29) * means.std(axis=1, ddof=1) / math.sqrt(30)
        held += (np.abs(means.mean(axis=1) - 9) <= reach).tolist()

    assert share("not: 30 batch means, M/M/1 at 0.9, 9,990 tickets", held, Band(0.86, 1.0)) < 0.8


SAFE, ON_THE_MEAN, ON_EACH = "MSER-5 or 3 relaxation times", "MSER-5 of the mean", "MSER-5 of each"


@cache
def warm_ups() -> dict[str, list[tuple[bool, float]]]:
    """20 × 5,000 waits of M/M/1 at 0.9 from empty: whether the mean held, and the mean, by what was dropped."""
    luck, found = np.random.default_rng(SEED), dict[str, list[tuple[bool, float]]]()
    floor = math.ceil(3 * 0.9 / (1 - math.sqrt(0.9)) ** 2)  # tickets in three relaxation times
    for _ in range(EXPERIMENTS):
        waits = one_agent(luck, 0.9, (20, 5000))
        cut = mser5(waits.mean(axis=0)).truncate_after
        means = {
            SAFE: waits[:, max(cut, floor) :].mean(axis=1),
            ON_THE_MEAN: waits[:, cut:].mean(axis=1),
            ON_EACH: np.array([row[mser5(row).truncate_after :].mean() for row in waits]),
        }
        for what, values in means.items():
            mean = mean_of(values.tolist())
            found.setdefault(what, []).append((holds(mean.low, 9, mean.high), mean.value))
    return found


def mean_of_20_runs(what: str) -> tuple[float, float, float]:
    """Share of the experiments that held; mean of all their means, and its error."""
    held, means = zip(*warm_ups()[what], strict=True)
    found = share(f"20 × 5,000 of M/M/1 at 0.9, {what}", held, Band(0.90, 1.0))
    print(f"; mean {np.mean(means):.3f} of 9", end="")
    return found, float(np.mean(means)), float(np.std(means)) / math.sqrt(EXPERIMENTS)


def test_a_mean_after_the_warm_up_holds() -> None:
    """The later of MSER-5 on the mean and three relaxation times: nine in ten at least, nominal 95 %."""
    found, mean, error = mean_of_20_runs(SAFE)

    assert found >= 0.90
    assert abs(mean - 9) < 4 * error


def test_a_mean_after_a_cut_of_the_mean_alone_is_too_low() -> None:
    """Negative control: MSER-5 cuts before the start is forgotten."""
    _, mean, error = mean_of_20_runs(ON_THE_MEAN)

    assert mean < 9 - 4 * error


def test_a_mean_after_a_cut_of_each_run_does_not_hold() -> None:
    """Negative control: MSER-5 of each replication cuts off what was high."""
    found, mean, _ = mean_of_20_runs(ON_EACH)

    assert found < 0.75
    assert mean < 8.5
