"""Estimates and their intervals: by hand, and by how often they hold what they promise.

Coverage experiments draw synthetic replications with a known truth, thousands of times: of nominal 95 % intervals
between 93.5 and 96.5 % must hold it.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from simdesk.experiment.estimate import Estimate, estimate, mean_of, student_t
from simdesk.measures.readings import Quantile, Ratio, Reading, Total

Floats = NDArray[np.float64]
EXPERIMENTS = 2000
NORMAL_P90 = 1.2815515655446004
"""Φ⁻¹(0.9)."""


def quantiles(*parts: Floats | list[float], share: float = 0.5) -> list[Quantile]:
    """One reading of each part."""
    return [Quantile(np.sort(np.asarray(part, dtype=np.float64)), share) for part in parts]


def coverage(
    draw: Callable[[np.random.Generator], list[Reading]], truth: float, experiments: int = EXPERIMENTS
) -> float:
    """Share of experiments whose interval holds the truth."""
    luck = np.random.default_rng(20260105)
    found = [estimate(draw(luck)) for _ in range(experiments)]
    return float(np.mean([one.low <= truth <= one.high for one in found]))


def test_the_mean_of_three_totals() -> None:
    """1, 2, 3: mean 2, standard deviation 1; t of two degrees is (2p - 1) / √(2p(1 - p)) = 4.3027 at p = 0.975."""
    found = estimate([Total(1.0), Total(2.0), Total(3.0)])

    assert found.value == 2.0
    assert found.half_width == pytest.approx(0.95 / math.sqrt(2 * 0.975 * 0.025) / math.sqrt(3), rel=1e-9)
    assert found.standard_error == pytest.approx(1 / math.sqrt(3), rel=1e-12)
    assert found.replications == 3
    assert found.note == ""


def test_the_ratio_of_two_replications() -> None:
    """1 of 2 and 3 of 4: the ratio is 4/6, not the mean of 50 and 75 %.

    The residuals are 1 - 2·⅔ = -⅓ and 3 - 4·⅔ = ⅓, their variance 2/9; divided by the mean denominator, 3.
    """
    found = estimate([Ratio(1, 2), Ratio(3, 4)])

    assert found.value == pytest.approx(2 / 3)
    assert found.standard_error == pytest.approx(math.sqrt(2 / 9 / 2) / 3, rel=1e-12)
    assert found.half_width == pytest.approx(math.tan(0.475 * math.pi) * found.standard_error, rel=1e-9)


def test_a_median_by_sections() -> None:
    """Ten sections of 200 values with medians 1 … 10: each against the median of all, t of nine degrees."""
    readings = quantiles(*([float(section)] * 200 for section in range(1, 11)))

    found = estimate(readings)

    squares = sum((section - 5) ** 2 for section in range(1, 11))  # the pooled median of 2000 is the 1000th value, 5
    assert found.value == 5.0
    assert found.standard_error == pytest.approx(math.sqrt(squares / 9 / 10), rel=1e-12)
    assert found.half_width == pytest.approx(2.2621571628 * found.standard_error, rel=1e-9)


def test_short_replications_are_merged_into_sections() -> None:
    """A section of a median needs 200 values: four replications of 50 are one, and 40 are ten."""
    values = np.random.default_rng(1).exponential(size=2000)

    short = estimate(quantiles(*values.reshape(40, 50)))
    long = estimate(quantiles(*values.reshape(10, 200)))

    assert (short.value, short.low, short.high) == (long.value, long.low, long.high)
    assert (short.replications, long.replications) == (40, 10)


def test_too_few_values_have_no_interval_but_a_remedy() -> None:
    """Twenty replications of 50 values hold 100 above the 90th percentile; ten sections need 1,000."""
    readings = quantiles(*np.random.default_rng(1).exponential(size=(20, 50)), share=0.9)

    found = estimate(readings)

    assert math.isfinite(found.value)
    assert math.isnan(found.half_width)
    assert math.isnan(found.standard_error)
    assert found.note == "needs 200 replications for an interval"


@pytest.mark.parametrize("reading", [Total(3.0), Ratio(3.0, 1.0), quantiles([3.0])[0]])
def test_one_replication_has_a_value_and_no_interval(reading: Reading) -> None:
    """Nobody can say how sure it is."""
    found = estimate([reading])

    assert found.value == 3.0
    assert math.isnan(found.low)
    assert math.isnan(found.high)
    assert found.note


@pytest.mark.parametrize("readings", [[], [Ratio(0, 0)] * 20, quantiles(*[[]] * 20)], ids=["none", "ratio", "quantile"])
def test_nothing_to_count_is_said_and_not_computed(readings: list[Reading]) -> None:
    """No zero, no error: a number that is not there."""
    found = estimate(readings)

    assert math.isnan(found.value)
    assert math.isnan(found.half_width)
    assert found.note == "there was nothing to count"


def test_a_replication_without_such_tickets_counts_for_nothing() -> None:
    """The ratio is that of the tickets there are."""
    some: list[Reading] = [Ratio(1, 2), Ratio(3, 4), Ratio(2, 3)]

    with_empty = estimate([*some, Ratio(0, 0)])

    assert with_empty.value == estimate(some).value
    assert with_empty.half_width > 0


def test_the_confidence_changes_the_interval_and_nothing_else() -> None:
    """At 99.9 % it is wider by the quotient of the critical values; the standard error is the same."""
    readings = [Total(value) for value in (1.0, 2.0, 4.0, 8.0)]

    usual, careful = estimate(readings), estimate(readings, 0.999)

    assert careful.half_width / usual.half_width == pytest.approx(student_t(0.999, 3) / student_t(0.95, 3))
    assert careful.standard_error == usual.standard_error
    assert careful.value == usual.value


@pytest.mark.parametrize("law", ["normal", "gamma"])
def test_the_t_interval_of_a_mean_holds_what_it_promises(law: str) -> None:
    """Twenty replications, normal or gamma with cv 0.3."""

    def draw(luck: np.random.Generator) -> list[Reading]:
        values = luck.normal(10, 3, 20) if law == "normal" else luck.gamma(1 / 0.09, 0.9, 20)
        return [Total(float(value)) for value in values]

    assert 0.935 <= coverage(draw, 10.0) <= 0.965


def test_the_interval_of_a_ratio_holds_what_it_promises() -> None:
    """Thirty replications with a busyness of their own: about 400 tickets, fewer of them in time when it is high."""

    def draw(luck: np.random.Generator) -> list[Reading]:
        busyness = luck.gamma(25, 1 / 25, 30)
        tickets = luck.poisson(400 * busyness)
        kept = luck.binomial(tickets, np.clip(1.1 - 0.3 * busyness, 0, 1))
        return [Ratio(float(a), float(b)) for a, b in zip(kept, tickets, strict=True)]

    # E[busyness] = 1 and E[busyness²] = 1.04, so of 400 tickets 400·(1.1 - 0.3·1.04) are in time
    assert 0.935 <= coverage(draw, 1.1 - 0.3 * 1.04) <= 0.965


MOOD = 0.3
"""Standard deviation between replications, where it is 1 within: tickets of one replication are alike."""


def moody(luck: np.random.Generator) -> list[Reading]:
    """Thirty replications of 2,000 normal waits, each replication with a mood of its own."""
    waits = luck.normal(size=(30, 2000)) + luck.normal(0, MOOD, (30, 1))
    return [Quantile(row, 0.9) for row in np.sort(waits, axis=1)]


TRUE_P90 = NORMAL_P90 * math.sqrt(1 + MOOD**2)


def test_the_interval_of_a_quantile_holds_what_it_promises() -> None:
    """Sectioning over replications, for the 90th percentile."""
    assert 0.935 <= coverage(moody, TRUE_P90, experiments=1000) <= 0.965


def test_merged_sections_hold_what_they_promise() -> None:
    """Sixty short replications of 250 values make fifteen sections of the 90th percentile."""

    def draw(luck: np.random.Generator) -> list[Reading]:
        values = np.sort(luck.normal(size=(60, 250)) + luck.normal(0, MOOD, (60, 1)), axis=1)
        return [Quantile(row, 0.9) for row in values]

    assert 0.935 <= coverage(draw, TRUE_P90) <= 0.965


def test_pooling_all_tickets_as_if_independent_would_not() -> None:
    """Negative control: the order-statistic interval of all tickets together holds the truth one time in five."""
    luck = np.random.default_rng(20260105)
    n, z = 60_000, 1.959963984540054
    reach = z * math.sqrt(n * 0.9 * 0.1)
    low, high = math.floor(0.9 * n - reach), math.ceil(0.9 * n + reach)

    held = []
    for _ in range(1000):
        pooled = np.concatenate([reading.values for reading in moody(luck) if isinstance(reading, Quantile)])
        ends = np.partition(pooled, (low, high))[[low, high]]
        held.append(ends[0] <= TRUE_P90 <= ends[1])

    assert 0.1 <= np.mean(held) <= 0.3


def test_means_of_percentages_would_miss_the_ratio() -> None:
    """Negative control: the mean of the replications' shares is another number, and its interval misses the ratio."""
    luck = np.random.default_rng(20260105)

    def interval() -> Estimate:
        busyness = luck.gamma(1 / 0.49, 0.49, 200)
        tickets = luck.poisson(400 * busyness) + 1
        kept = luck.binomial(tickets, np.clip(1.1 - 0.3 * busyness, 0, 1))
        return mean_of([float(share) for share in kept / tickets])

    ratio = 1.1 - 0.3 * 1.49  # E[busyness²] = 1 + 0.49; the clipping takes off less than 0.02
    held = [found.low <= ratio <= found.high for found in (interval() for _ in range(200))]

    assert np.mean(held) < 0.2
