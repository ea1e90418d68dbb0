"""When to stop: by hand, and by looking after each replication with the house's own interval of a mean."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import t

from simdesk.experiment.estimate import mean_of
from simdesk.statistics.sequential import precise, predicted, stops_at

T3 = 3.1824463
"""Student's t of three degrees at 97.5 %, from a table."""


def one_after_the_other(values: list[float], relative: float, at_least: int) -> int | None:
    """Look after each replication."""
    for n in range(at_least, len(values) + 1):
        found = mean_of(values[:n])
        if found.half_width <= relative / (1 + relative) * abs(found.value):
            return n
    return None


def test_four_replications_by_hand() -> None:
    """9, 11, 9, 11 has mean 10 and s / √4 = 1/√3, so a half-width of 1.84; 0.25 / 1.25 of 10 are 2.

    After three the half-width is 4.30·⅔, and after two 12.7.
    """
    assert T3 / math.sqrt(3) < 2 < 4.302653 * 2 / 3
    assert stops_at([9, 11, 9, 11, 9, 11], 0.25, confidence=0.95, at_least=2) == 4


def test_a_precision_that_is_not_reached_is_not_stopped_at() -> None:
    """The same at 20 %, 0.2 / 1.2 of 10 being 1.67."""
    assert stops_at([9, 11, 9, 11], 0.2, confidence=0.95, at_least=2) is None


def test_nobody_looks_before_there_are_twenty() -> None:
    """Not even at replications that agree."""
    assert stops_at([5.0] * 30, 0.05, confidence=0.95) == 20
    assert stops_at([5.0] * 19, 0.05, confidence=0.95) is None


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("at_least", [2, 20])
def test_the_stop_is_where_looking_after_each_replication_would_stop(seed: int, at_least: int) -> None:
    """Exponential values on a large or a small level."""
    values = (np.random.default_rng(seed).exponential(size=120) + 10.0 ** (seed % 4 - 1)).tolist()

    found = [stops_at(values, relative, confidence=0.95, at_least=at_least) for relative in (0.01, 0.05, 0.2)]

    assert found == [one_after_the_other(values, relative, at_least) for relative in (0.01, 0.05, 0.2)]


def test_what_comes_after_the_stop_changes_nothing() -> None:
    """Ten more replications or ten wild ones, the run had ended."""
    values = np.random.default_rng(1).normal(10, 3, 200)
    stop = stops_at(values, 0.1, confidence=0.95)

    assert stop is not None
    assert stops_at(values[:stop], 0.1, confidence=0.95) == stop
    assert stops_at(values[: stop - 1], 0.1, confidence=0.95) is None
    assert stops_at([*values[:stop], 1e9, -1e9], 0.1, confidence=0.95) == stop


def test_a_mean_of_zero_needs_an_absolute_precision() -> None:
    """-1, 1, -1, 1: no share of nothing is wide enough, but 2 is wider than 1.84."""
    values = [-1.0, 1.0, -1.0, 1.0]

    assert stops_at(values, 0.25, confidence=0.95, at_least=4) is None
    assert stops_at(values, 0.25, confidence=0.95, at_least=4, absolute=2.0) == 4


def test_an_interval_is_precise_if_it_is_a_small_share_of_the_truth() -> None:
    """At 25 %: within a fifth of the estimate, whatever its sign."""
    assert precise(2.0, 10.0, relative=0.25)
    assert precise(2.0, -10.0, relative=0.25)
    assert not precise(2.01, 10.0, relative=0.25)


def test_an_interval_about_zero_is_precise_if_it_is_small_enough() -> None:
    """The absolute precision counts where it is the wider one."""
    assert not precise(0.5, 0.0, relative=0.25)
    assert precise(0.5, 0.0, relative=0.25, absolute=0.5)
    assert precise(2.0, 10.0, relative=0.25, absolute=0.5)


def test_no_interval_is_never_precise() -> None:
    """Nothing to go by."""
    assert not precise(math.nan, 10.0, relative=0.25)
    assert not precise(math.nan, math.nan, relative=0.25, absolute=1.0)


@pytest.mark.parametrize(("half_width", "relative"), [(2.0, 0.05), (2.0, 0.1), (8.0, 0.1), (1.0, 0.0999), (0.95, 0.1)])
def test_the_prediction_is_the_first_number_that_would_do(half_width: float, relative: float) -> None:
    """Twenty replications about 10; the half-widths of 20, 21, … with the same spread, one after the other."""
    spread = half_width * math.sqrt(20) / t.ppf(0.975, 19)
    half_widths = {n: t.ppf(0.975, n - 1) * spread / math.sqrt(n) for n in range(20, 2000)}

    found = predicted(half_width, 10.0, replications=20, relative=relative, confidence=0.95)

    enough = relative / (1 + relative) * 10
    assert found == next(n for n, half in half_widths.items() if half <= enough)


def test_a_precise_interval_needs_no_more() -> None:
    """The prediction is what there is."""
    assert predicted(0.5, 10.0, replications=20, relative=0.1, confidence=0.95) == 20


@pytest.mark.parametrize(("half_width", "value"), [(math.nan, 10.0), (1.0, 0.0), (math.inf, 10.0), (1.0, math.nan)])
def test_nobody_can_say_is_said_by_zero(half_width: float, value: float) -> None:
    """No interval, or a share of nothing."""
    assert predicted(half_width, value, replications=20, relative=0.1, confidence=0.95) == 0


def test_the_prediction_foretells_the_stop() -> None:
    """Two hundred runs of normal values with cv 0.3, at 5 %: on average it is off by less than a tenth."""
    luck = np.random.default_rng(7)
    errors = []
    for values in luck.normal(10, 3, (200, 600)):
        early = mean_of(values[:100].tolist())
        stop = stops_at(values, 0.05, confidence=0.95)
        foretold = predicted(early.half_width, early.value, replications=100, relative=0.05, confidence=0.95)
        assert stop is not None
        errors.append(foretold / stop - 1)

    assert abs(np.mean(errors)) < 0.1


@pytest.mark.parametrize(
    ("values", "relative", "confidence", "at_least", "message"),
    [
        ([1.0, math.nan], 0.1, 0.95, 2, "finite"),
        ([1.0, 2.0], 0.0, 0.95, 2, "relative precision must be a positive number, not 0.0"),
        ([1.0, 2.0], 0.1, 1.0, 2, "confidence must lie between 0 and 1, not 1.0"),
        ([1.0, 2.0], 0.1, 0.95, 1, "not 1"),
    ],
    ids=["missing", "no precision", "certainty", "one replication"],
)
def test_a_stop_without_sense_is_refused(
    values: list[float], relative: float, confidence: float, at_least: int, message: str
) -> None:
    """The message says what is wrong."""
    with pytest.raises(ValueError, match=message):
        stops_at(values, relative, confidence=confidence, at_least=at_least)


def test_a_negative_absolute_precision_is_refused() -> None:
    """And a prediction by one replication."""
    with pytest.raises(ValueError, match=r"from 0 upwards, not -1\.0"):
        precise(1.0, 1.0, relative=0.1, absolute=-1.0)
    with pytest.raises(ValueError, match="2 or more, not 1"):
        predicted(1.0, 1.0, replications=1, relative=0.1, confidence=0.95)
