"""Paired differences: by hand, and by how often they hold what they promise.

Coverage experiments draw synthetic pairs with a known truth, thousands of times; the bands are those of three standard
errors of a share of 95 % in 2,000.
"""

from __future__ import annotations

import math

import numpy as np
import pytest

from simdesk.experiment.difference import Difference, bonferroni, difference, holm
from simdesk.measures.readings import Quantile, Ratio, Reading, Total

EXPERIMENTS = 2000


def totals(*values: float) -> list[Reading]:
    return [Total(value) for value in values]


def test_the_difference_of_three_pairs():
    """Differences 1, 2, 3: mean 2, standard deviation 1; t of two degrees is 4.3027 at 97.5 %."""
    found = difference(totals(10, 20, 30), totals(11, 22, 33))

    assert (found.value, found.base, found.other) == (2.0, 20.0, 22.0)
    assert found.standard_error == pytest.approx(1 / math.sqrt(3), rel=1e-12)
    assert found.high - found.value == pytest.approx(0.95 / math.sqrt(2 * 0.975 * 0.025) / math.sqrt(3), rel=1e-9)
    assert found.degrees == 2
    assert found.positive == 1.0


def test_what_the_pairing_is_worth():
    """The sides have the variances 100 and 121, the differences 1: 221 times fewer replications do."""
    found = difference(totals(10, 20, 30), totals(11, 22, 33))

    assert found.reduction == pytest.approx(221.0)


def test_the_confidence_in_the_sign_is_that_of_the_paired_t():
    """t = 2√3 with two degrees; the tail of t with two degrees is ½ - t / (2√(t² + 2))."""
    found = difference(totals(10, 20, 30), totals(11, 22, 33))

    t = 2 * math.sqrt(3)
    assert 1 - found.sure == pytest.approx(0.5 - t / (2 * math.sqrt(t**2 + 2)), rel=1e-9)
    assert found.p_value == pytest.approx(2 * (1 - found.sure))


def test_a_ratio_is_paired_by_its_deviations():
    """1 of 2 and 3 of 4 against 2 of 2 and 3 of 4: 4/6 and 5/6.

    Deviations (1 - 4/3)/3 = -1/9 and 1/9, (2 - 5/3)/3 = 1/9 and -1/9; their differences 2/9 and -2/9.
    """
    found = difference([Ratio(1, 2), Ratio(3, 4)], [Ratio(2, 2), Ratio(3, 4)])

    assert found.value == pytest.approx(1 / 6)
    assert found.standard_error == pytest.approx(math.sqrt(2 * (2 / 9) ** 2 / 1 / 2), rel=1e-12)
    assert found.positive == 0.75  # once more, once the same


def test_quantiles_are_paired_in_the_same_sections():
    """Twenty replications of 100 values are ten sections of a median on either side; the shift is one."""
    values = np.random.default_rng(3).exponential(size=(20, 100))
    before = [Quantile(np.sort(part), 0.5) for part in values]
    after = [Quantile(np.sort(part) + 1.0, 0.5) for part in values]

    found = difference(before, after)

    assert found.value == pytest.approx(1.0)
    assert found.degrees == 9
    assert found.standard_error == pytest.approx(0.0, abs=1e-12)


def test_the_side_with_fewer_values_sets_the_sections():
    """Forty replications: 100 values a side would be twenty sections, 50 on the other are ten; both get ten."""
    luck = np.random.default_rng(4)
    before = [Quantile(np.sort(luck.exponential(size=100)), 0.5) for _ in range(40)]
    after = [Quantile(np.sort(luck.exponential(size=50)), 0.5) for _ in range(40)]

    assert difference(before, after).degrees == 9


@pytest.mark.parametrize(
    ("base", "other", "note"),
    [
        (totals(1), totals(2), "one replication has no interval"),
        ([Ratio(0, 0)] * 5, [Ratio(1, 2)] * 5, "there was nothing to count"),
        ([Quantile(np.ones(3), 0.5)] * 20, [Quantile(np.ones(3), 0.5)] * 20, "needs 667 replications for an interval"),
    ],
)
def test_where_no_interval_is_honest_there_is_none(base: list[Reading], other: list[Reading], note: str):
    """The value is told if there is one, and the reason."""
    found = difference(base, other)

    assert found.note == note
    assert all(math.isnan(number) for number in (found.low, found.high, found.p_value, found.sure, found.reduction))
    assert found.within(1e9) is False
    assert found.replications_for(1.0) == 0


def test_unequal_numbers_cannot_be_paired():
    """Whoever tries has mixed up two experiments."""
    with pytest.raises(ValueError, match="2 replications cannot be paired with 1"):
        difference(totals(1, 2), totals(1))


def test_nothing_changed_is_no_difference():
    """All pairs are equal: nobody is sure of a sign, and it is certainly within any margin."""
    found = difference(totals(1, 2, 3), totals(1, 2, 3))

    assert (found.value, found.low, found.high) == (0.0, 0.0, 0.0)
    assert (found.p_value, found.sure, found.positive) == (1.0, 0.5, 0.5)
    assert found.within(1e-9)
    assert found.reduction == math.inf


def known(value: float, error: float, degrees: int = 19) -> Difference:
    return Difference(value, 0, 0, 0, value, error, degrees, degrees + 1, 0.5, 1.0)


def test_no_worse_than_a_margin_needs_the_whole_interval_inside():
    """t of 19 degrees is 1.7291 at 95 %: an error of 1 reaches 1.73 to either side."""
    assert known(0.0, 1.0).within(1.74)
    assert not known(0.0, 1.0).within(1.72)
    assert not known(0.3, 1.0).within(2.0)


def test_how_many_replications_would_be_enough():
    """A standard deviation of √20 and a half-width of 1: t²·20 with its own degrees, so 80 (t of 79 is 1.9905)."""
    found = known(5.0, 1.0)

    wanted = found.replications_for(1.0)

    assert wanted == 80
    assert found.replications_for(0.5) > 4 * (wanted - 10)


def test_a_family_is_adjusted_step_by_step():
    """Holm: .01·4, .02·3, .03·2 not below the one before, .04·1 likewise; what is unknown stays so."""
    assert holm([0.02, 0.01, math.nan, 0.04, 0.03])[:2] == pytest.approx([0.06, 0.04])
    assert holm([0.02, 0.01, math.nan, 0.04, 0.03])[3:] == pytest.approx([0.06, 0.06])
    assert math.isnan(holm([0.02, math.nan])[1])
    assert bonferroni(0.95, 5) == pytest.approx(0.99)


def pairs(luck: np.random.Generator, shift: float, replications: int = 20) -> tuple[list[Reading], list[Reading]]:
    """Two desks with gamma totals and common luck; the second is higher by a shift on average."""
    common = luck.gamma(4.0, size=replications)
    one, other = luck.gamma(1.0, size=(2, replications))
    return totals(*(common + one)), totals(*(common + other + shift))


def test_intervals_of_differences_hold_the_truth_as_often_as_they_say():
    """2,000 experiments of 20 skewed pairs."""
    luck = np.random.default_rng(20261122)

    found = [difference(*pairs(luck, 0.7)) for _ in range(EXPERIMENTS)]

    assert 0.935 <= np.mean([one.low <= 0.7 <= one.high for one in found]) <= 0.965
    assert np.median([one.reduction for one in found]) > 3


def test_a_family_without_effects_raises_no_more_alarms_than_it_may():
    """Six alternatives that change nothing share the base's luck: with Holm one experiment in twenty shouts, without
    far more; Bonferroni's intervals agree with it."""
    luck = np.random.default_rng(6)
    raw, adjusted, simultaneous = 0, 0, 0
    for _ in range(EXPERIMENTS):
        common = luck.gamma(4.0, size=20)
        base, *others = (totals(*(common + luck.gamma(1.0, size=20))) for _ in range(7))
        found = [difference(base, other, confidence=bonferroni(0.95, 6)) for other in others]
        p_values = [one.p_value for one in found]
        raw += min(p_values) < 0.05
        adjusted += min(holm(p_values)) < 0.05
        simultaneous += all(one.low <= 0 <= one.high for one in found)

    band = 3 * math.sqrt(0.05 * 0.95 / EXPERIMENTS)
    assert adjusted / EXPERIMENTS <= 0.05 + band
    assert simultaneous / EXPERIMENTS >= 0.95 - band
    assert raw / EXPERIMENTS > 0.15
