"""One long run: the method written out a second time with plain loops, and what an interval must not depend on."""

from __future__ import annotations

import math
from itertools import pairwise
from statistics import NormalDist, fmean

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from simdesk.statistics.one_run import OneRun, n_skart, run_length_for

Floats = NDArray[np.float64]


def autoregressive(n: int, dependence: float, seed: int = 1) -> Floats:
    """Skewed observations, each a share of the one before."""
    noise = np.random.default_rng(seed).exponential(size=n)
    series = np.zeros(n)
    for i in range(1, n):
        series[i] = dependence * series[i - 1] + noise[i]
    return series


def random_by_von_neumann(means: list[float]) -> bool:
    """At 20 %, two-sided."""
    n, centre = len(means), fmean(means)
    successive = sum((b - a) ** 2 for a, b in pairwise(means))
    spread = sum((value - centre) ** 2 for value in means)
    reach = NormalDist().inv_cdf(0.9) * math.sqrt((n - 2) / (n * n - 1))
    return abs(1 - successive / (2 * spread)) <= reach


def means_of(values: list[float], size: int, count: int) -> list[float]:
    """Of the first batches."""
    return [fmean(values[i * size : (i + 1) * size]) for i in range(count)]


def written_out(run: Floats, confidence: float) -> tuple[float, float, float, int, int]:
    """Value, interval, batches and their size, step by step as published."""
    values = run.tolist()
    size = min(16, len(values) // 1280) if abs(stats.skew(run[len(run) // 5 :], bias=False)) > 4 else 1
    count, deflated, spacer, spaced = 1280, 0, 0, 0
    while True:
        means = means_of(values, size, count)
        for spacer in range(11):
            picked = means[spacer :: spacer + 1]
            spaced = len(picked)
            if random_by_von_neumann(picked):
                break
        else:
            if math.ceil(2**0.5 * size) * math.ceil(0.9 * count) <= len(values):
                size, count, deflated = math.ceil(2**0.5 * size), math.ceil(0.9 * count), deflated + 1
                continue
        break
    kept = len(values) - spacer * size
    size = max(size, kept // min(math.ceil(spaced * (1 / 0.9) ** deflated), count))
    batches = kept // size
    dropped = len(values) - batches * size
    means = means_of(values[dropped:], size, batches)
    apart = [means[i] for i in range(batches - 1, -1, -(math.ceil(dropped / size) + 1))]
    centre = fmean(means)
    squares = sum((value - centre) ** 2 for value in means)
    lag = sum((a - centre) * (b - centre) for a, b in pairwise(means)) / squares
    error = math.sqrt((1 + lag) / (1 - lag) * squares / (batches - 1) / batches)
    beta = stats.skew(apart, bias=False) / (6 * math.sqrt(len(apart)))
    t = stats.t.ppf((1 + confidence) / 2, len(apart) - 1)
    up, down = (float(np.cbrt(1 + 6 * beta * (z - beta)) - 1) / (2 * beta) for z in (t, -t))
    return centre, centre - up * error, centre - down * error, batches, size


@pytest.mark.parametrize(
    "run",
    [
        np.random.default_rng(1).normal(5, 1, 1280),
        np.random.default_rng(2).exponential(5, 5000),
        autoregressive(6000, 0.5),
        autoregressive(6000, 0.95),
        autoregressive(1500, 0.99),
        np.random.default_rng(6).lognormal(0, 1.5, 6000),
    ],
    ids=["independent", "exponential", "dependent", "very dependent", "too short", "very skewed"],
)
def test_the_interval_is_that_of_the_steps_written_out(run: Floats) -> None:
    """The same steps with plain loops and another library's skewness and t."""
    found = n_skart(run, 0.9)

    value, low, high, batches, size = written_out(run, 0.9)
    assert (found.value, found.low, found.high) == pytest.approx((value, low, high), rel=1e-9)
    assert (found.batches, found.batch_size) == (batches, size)
    assert found.dropped == run.size - batches * size


def test_independent_observations_are_used_as_they_are() -> None:
    """Batches of one, none dropped: about Student's interval, and its skewness puts more of it above the mean."""
    run = np.random.default_rng(2).exponential(5, 1280)

    found = n_skart(run, 0.9)

    assert (found.dropped, found.batches, found.batch_size) == (0, 1280, 1)
    assert found.half_width == pytest.approx(1.6461 * run.std(ddof=1) / math.sqrt(1280), rel=0.1)
    assert found.high - found.value > found.value - found.low
    assert found.sufficient
    assert found.note == ""


def test_a_run_that_depends_on_itself_has_a_wider_interval() -> None:
    """Its mean has (1 + φ) / (1 - φ) = 19 times the variance of independent observations, φ = 0.9."""
    run = autoregressive(100_000, 0.9)

    found = n_skart(run, 0.95)

    assert found.half_width == pytest.approx(1.96 * run.std() * math.sqrt(19 / 100_000), rel=0.25)
    assert found.batch_size > 1


def test_a_start_far_from_the_long_run_is_dropped() -> None:
    """A thousand normal observations a hundred too high would put the mean off by 1; what is kept is not."""
    noise = np.random.default_rng(5).normal(size=100_000)
    run = np.where(np.arange(100_000) < 1000, 100.0, 0.0) + noise

    found = n_skart(run, 0.95)

    assert run.mean() > 0.9
    assert found.dropped >= 1000
    assert found.low < 0 < found.high


def test_a_run_that_is_too_short_says_how_long_it_should_be() -> None:
    """A random walk never looks independent: 1,280 single steps, then 1,152 batches of two would need 2,304."""
    walk = np.cumsum(np.random.default_rng(1).normal(size=2000))

    found = n_skart(walk, 0.9)

    assert not found.sufficient
    assert found.note == "the batches are not independent yet; needs at least 2,304 observations"
    assert found.low < found.value < found.high


def test_a_handful_of_observations_has_a_mean_and_no_interval() -> None:
    """The method begins at 1,280."""
    found = n_skart([1.0, 2.0, 6.0], 0.9)

    assert found.value == 3.0
    assert math.isnan(found.low)
    assert math.isnan(found.high)
    assert not found.sufficient
    assert found.note == "needs 1,280 observations for an interval"


def test_observations_that_are_all_the_same_leave_no_doubt() -> None:
    """Nobody ever waited."""
    assert n_skart(np.zeros(2000), 0.9) == OneRun(0.0, 0.0, 0.0, 0, 2000, 1, sufficient=True)


def test_other_units_give_the_same_interval_in_other_units() -> None:
    """Minutes for hours, and an origin of one's own."""
    run = autoregressive(5000, 0.8)
    hours = n_skart(run, 0.9)

    minutes = n_skart(60 * run + 7, 0.9)

    expected = (60 * hours.value + 7, 60 * hours.low + 7, 60 * hours.high + 7)
    assert (minutes.value, minutes.low, minutes.high) == pytest.approx(expected)
    assert (minutes.dropped, minutes.batches) == (hours.dropped, hours.batches)


def test_a_run_turned_upside_down_turns_its_interval() -> None:
    """The longer arm was above and is below."""
    run = autoregressive(5000, 0.8)
    upright = n_skart(run, 0.9)

    turned = n_skart(-run, 0.9)

    assert (turned.low, turned.high) == pytest.approx((-upright.high, -upright.low))


@pytest.mark.parametrize(("occupancy", "variance"), [(0.5, 29.0), (0.8, 1976.0), (0.9, 35_901.0)])
def test_the_length_of_a_run_of_one_agent(occupancy: float, variance: float) -> None:
    """Waits of M/M/1 with work of mean 1: the closed form of the variance, and what it asks for at 5 %."""
    rho = occupancy
    closed_form = rho * (2 + 5 * rho - 4 * rho**2 + rho**3) / (1 - rho) ** 4
    mean = rho / (1 - rho)

    length = run_length_for(0.05, mean, asymptotic_variance=variance, confidence=0.95)

    assert closed_form == pytest.approx(variance, rel=1e-4)
    assert length == pytest.approx(variance * (1.959964 / (0.05 * mean)) ** 2, rel=1e-5)


def test_a_busy_agent_needs_a_very_long_run() -> None:
    """Occupancy 0.9, 5 %: 681,000 tickets; half the precision, a quarter of them."""
    precise = run_length_for(0.05, 9.0, asymptotic_variance=35_901, confidence=0.95)
    coarse = run_length_for(0.1, 9.0, asymptotic_variance=35_901, confidence=0.95)

    assert precise == pytest.approx(681_000, rel=1e-3)
    assert precise == pytest.approx(4 * coarse, abs=4)


@pytest.mark.parametrize(
    ("values", "confidence", "message"),
    [
        ([], 0.9, "finite numbers"),
        ([1.0, math.inf], 0.9, "finite numbers"),
        (np.ones((2, 2)), 0.9, "one row"),
        ([1.0], 1.0, "between 0 and 1, not 1.0"),
    ],
    ids=["nothing", "infinite", "a table", "certainty"],
)
def test_what_is_no_run_is_refused(values: object, confidence: float, message: str) -> None:
    """The message says what is wrong."""
    with pytest.raises(ValueError, match=message):
        n_skart(values, confidence)


@pytest.mark.parametrize(
    ("relative", "mean", "variance", "confidence", "message"),
    [
        (0.0, 1.0, 1.0, 0.95, "relative half-width must be a positive number, not 0.0"),
        (0.1, 0.0, 1.0, 0.95, "it is 0.0"),
        (0.1, 1.0, -1.0, 0.95, "from 0 upwards, not -1.0"),
        (0.1, 1.0, 1.0, 95.0, "between 0 and 1, not 95.0"),
    ],
)
def test_a_run_length_without_sense_is_refused(
    relative: float, mean: float, variance: float, confidence: float, message: str
) -> None:
    """The message says what is wrong."""
    with pytest.raises(ValueError, match=message):
        run_length_for(relative, mean, asymptotic_variance=variance, confidence=confidence)
