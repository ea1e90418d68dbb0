"""What does the wait of a desk hang on? The answers of the simulator against those of Erlang's formula.

`.venv/bin/pytest -m slow -s tests/verification/test_sensitivity_truths.py` prints what was found, in five minutes.

The desk is M/M/10. Its wait is nearly all noise when it is all but full, so the window grows with (1 − ρ)^−1.5 and the
warm-up is five relaxation times, some 740 h at the fullest corner.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray

import simdesk as sd
from simdesk.measures import MEASURES, Cohort
from simdesk.queueing import erlang_c
from simdesk.shelf import on_the_shelf
from simdesk.statistics.designs import scaled
from simdesk.statistics.sensitivity import SaltelliDesign, SobolIndices, elasticity, saltelli_design, sobol_indices

pytestmark = pytest.mark.slow

Floats = NDArray[np.float64]

HOUR = 3600
AGENTS = 10
LOWS, HIGHS = [7.0, 0.95], [9.0, 1.05]
"""Tickets an hour, and tickets that a busy agent finishes in an hour."""
FIRST = [0.69788, 0.17359]
"""First-order indices of Erlang's mean wait over these ranges, by integration."""
INTERACTION = 0.12854
MEAN = 0.27347864
"""Of the wait over the ranges, hours."""
NEAR = 0.03

POINTS = 512
"""Of each sample; the four samples of Erlang's own values come within .02 of the truth, whatever the scrambling."""
PATH_SETS = 5
WINDOW = 2600.0
"""Hours measured at an occupancy of 80 %."""


def desk(rate: float, speed: float, *, warm_up: float, window: float) -> sd.Scenario:
    """M/M/10, times in hours."""
    return sd.vary(
        sd.load(on_the_shelf("textbook/mmc")),
        {
            "teams.desk.agents": AGENTS,
            "demand.contacts": f"{rate!r} per hour",
            "demand.types.ticket.work.tier_1.exponential.mean": f"{1 / speed!r} h",
            "run.warm_up": f"{warm_up:.0f} h",
            "run.length": f"{window:.0f} h",
            "run.cool_down": "2 days",  # the longest wait of the fullest desk ends within it: e^(−0.5 · 48) = 4e−11
        },
    )


def waits(scenario: sd.Scenario, replications: range) -> list[float]:
    """Mean wait of each replication, hours."""
    logs = (sd.simulate(scenario, replication) for replication in replications)
    return [MEASURES["first_wait"].read(Cohort.of(log)).value / HOUR for log in logs]


def long_enough(rate: float, speed: float) -> sd.Scenario:
    """The desk with a window and a warm-up that fit its occupancy."""
    occupancy = rate / speed / AGENTS
    relaxation = 1 / (AGENTS * speed * (1 - occupancy**0.5) ** 2)
    return desk(rate, speed, warm_up=5 * relaxation, window=WINDOW * (0.2 / (1 - occupancy)) ** 1.5)


@cache
def design() -> tuple[SaltelliDesign, list[tuple[float, float]]]:
    """The points, and the rates at them."""
    cube = saltelli_design(POINTS, 2, seed=1)
    rates = scaled(cube.points, LOWS, HIGHS, whole=[False, False])
    return cube, [(rate, speed) for rate, speed in rates.tolist()]


def report(what: str, found: SobolIndices, mean: float) -> None:
    print(
        f"\n{what}, n = {POINTS}, {found.path_sets} path sets: "
        f"S rate {found.first[0]:.4f} [{found.first_low[0]:.3f}, {found.first_high[0]:.3f}], "
        f"S speed {found.first[1]:.4f} [{found.first_low[1]:.3f}, {found.first_high[1]:.3f}], "
        f"interaction {1 - found.first.sum():.4f}, mean {mean:.4f} h, noise share of a run {found.noise_share:.3f} "
        f"(truth {FIRST[0]}, {FIRST[1]}, {INTERACTION}, {MEAN}; bar {NEAR})",
        end="",
    )


def test_the_simulator_shares_the_wait_out_as_erlang_does():
    """Rate, speed and their interaction within .03, the intervals hold the truth, and little of it is noise."""
    cube, rates = design()
    outputs = np.array([waits(long_enough(*point), range(PATH_SETS)) for point in rates]).T

    found = sobol_indices(*cube.split(outputs))

    mean = float(outputs[:, : 2 * POINTS].mean())
    report("M/M/10 simulated", found, mean)
    assert found.first == pytest.approx(FIRST, abs=NEAR)
    assert found.total == pytest.approx(np.array(FIRST) + INTERACTION, abs=NEAR)
    assert 1 - found.first.sum() == pytest.approx(INTERACTION, abs=NEAR)
    assert mean == pytest.approx(MEAN, abs=NEAR)
    assert (found.first_low < FIRST).all()
    assert (found.first_high > FIRST).all()
    assert found.noise_share < 0.05


def test_erlangs_own_values_at_the_same_points_show_what_the_points_cost():
    """Without any noise of a simulation."""
    cube, rates = design()
    exact = np.array([erlang_c(rate, speed, agents=AGENTS).mean_wait for rate, speed in rates])

    found = sobol_indices(*cube.split(exact))

    report("M/M/10 by Erlang", found, float(exact[: 2 * POINTS].mean()))
    assert found.first == pytest.approx(FIRST, abs=0.02)


def test_two_days_from_empty_are_found_out():
    """Negative control: such runs miss an index by more than the bar, and the noise share says why."""
    cube, rates = design()
    outputs = np.array([waits(desk(*point, warm_up=0, window=48), range(2)) for point in rates]).T

    found = sobol_indices(*cube.split(outputs))

    report("two days from empty", found, float(outputs[:, : 2 * POINTS].mean()))
    assert np.abs(found.first - FIRST).max() > NEAR
    assert found.noise_share > 0.2


RATE, SPEED = 8.0, 1.0
STEP = 1.02
"""Two per cent either way; the curvature of the wait adds 0.15 % to the answer."""
RUNS = 40
ELASTICITIES = {"rate": 8.36328, "speed": -9.36328}
"""Of Erlang's mean wait."""


@cache
def long_waits(rate: float, speed: float, first: int = 0) -> Floats:
    """Mean wait of forty replications of about two years each, hours."""
    return np.array(waits(desk(rate, speed, warm_up=500, window=16_000), range(first, first + RUNS)))


def ends(what: str) -> tuple[Floats, Floats]:
    """The waits with the rate or the speed a little lower and a little higher; the same replications at either end."""
    if what == "rate":
        return long_waits(RATE / STEP, SPEED), long_waits(RATE * STEP, SPEED)
    return long_waits(RATE, SPEED / STEP), long_waits(RATE, SPEED * STEP)


@pytest.mark.parametrize("what", ELASTICITIES)
def test_the_elasticities_of_the_wait_are_erlangs(what: str):
    low, high = ends(what)

    found = elasticity(low.mean(), high.mean(), 1 / STEP, STEP)

    print(f"\nelasticity to the {what}, K = {RUNS}: {found:.4f} (truth {ELASTICITIES[what]}, bar 3 %)", end="")
    assert found == pytest.approx(ELASTICITIES[what], rel=0.03)


def error_of_elasticity(low: Floats, high: Floats) -> float:
    """Standard error over the replications, to the first order."""
    gaps = high / high.mean() - low / low.mean()
    return float(gaps.std(ddof=1) / RUNS**0.5 / (2 * np.log(STEP)))


def test_luck_that_is_not_shared_would_not_do():
    """Negative control: three standard errors are within 3 % with common random numbers, and far beyond without."""
    low, high = ends("rate")
    others = long_waits(RATE / STEP, SPEED, RUNS)

    together, apart = 3 * error_of_elasticity(low, high), 3 * error_of_elasticity(others, high)

    allowed = 0.03 * ELASTICITIES["rate"]
    print(f"\nthree standard errors of it: {together:.3f} shared, {apart:.3f} not (allowed {allowed:.3f})", end="")
    assert together < allowed < apart


TRIALS = 500
NOISY_PATHS = 5
SHARES = np.array([0.9, 0.1])
"""Of 3 x + y: variances 9/12 and 1/12."""


def bent(points: Floats, luck: Floats) -> Floats:
    """3 x + y, each path set with slopes and a level of its own; shape (path sets, ...)."""
    x, y = points[..., 0], points[..., 1]
    return np.array([(3 + tilt) * x + (1 + turn) * y + level for tilt, turn, level in luck])


@cache
def coverage(with_paths: bool) -> Floats:
    """How often the intervals of both inputs hold the truth, first order and total, shape (2, 2)."""
    held = np.zeros((2, 2))
    for trial in range(TRIALS):
        luck = np.random.default_rng([trial, 7])
        a, b = luck.random((2, 128, 2))
        ab = np.array([np.column_stack((b[:, 0], a[:, 1])), np.column_stack((a[:, 0], b[:, 1]))])
        outputs = [bent(points, luck_) for luck_ in [luck.normal(0, 0.5, (NOISY_PATHS, 3))] for points in (a, b, ab)]
        if not with_paths:
            outputs = [output.mean(axis=0) for output in outputs]
        found = sobol_indices(*outputs, seed=trial, resamples=200)
        held[0] += (found.first_low <= SHARES) & (found.first_high >= SHARES)
        held[1] += (found.total_low <= SHARES) & (found.total_high >= SHARES)
    return held / TRIALS


def test_the_intervals_hold_the_truth_as_often_as_they_say():
    """Points and paths both drawn anew; the bar is three standard errors below 95 %."""
    held = coverage(with_paths=True)

    print(f"\n95 % intervals, K = {TRIALS}: hold the truth in {held.min():.3f} to {held.max():.3f} (bar .921)", end="")
    assert held.min() >= 0.921


def test_intervals_that_overlook_the_luck_of_the_paths_promise_too_much():
    """Negative control: the points alone explain less than half of the error of the small index."""
    held = coverage(with_paths=False)

    print(f"\nwithout the paths, K = {TRIALS}: in {held.min():.3f} at worst (bar below .7)", end="")
    assert held.min() < 0.7
