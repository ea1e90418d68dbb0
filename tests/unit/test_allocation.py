"""Optimal computing budget allocation: published and hand-worked shares, and a budget that is kept to the last unit."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from simdesk.statistics.allocation import in_whole_numbers, ocba, ocba_best

TEN = np.arange(1.0, 11.0)
"""Means of the usual example; the standard deviation is 6."""
PUBLISHED = [403.17, 387.61, 96.90, 43.07, 24.23, 15.50, 10.77, 7.91, 6.06, 4.79]


def test_the_shares_of_the_ten_means_are_the_published_ones():
    shares = ocba(TEN, np.full(10, 36.0), budget=1000)

    assert shares == pytest.approx(PUBLISHED, abs=0.005)
    assert shares.sum() == pytest.approx(1000)


def test_the_shares_are_turned_round_where_more_is_better():
    shares = ocba(TEN[::-1], np.full(10, 36.0), budget=1000, smallest=False)

    assert shares == pytest.approx(PUBLISHED, abs=0.005)


def test_two_systems_share_by_their_standard_deviations():
    """2 : 3, whatever the gap."""
    assert ocba([0.0, 0.1], [4.0, 9.0], budget=100) == pytest.approx([40, 60])


def test_three_systems_by_hand():
    """Gaps 1 and 2 with variance 1 weigh 1 and ¼; the best √(1 + 1/16)."""
    shares = ocba([5.0, 6.0, 7.0], [1.0, 1.0, 1.0], budget=1.25 + math.sqrt(17) / 4)

    assert shares == pytest.approx([math.sqrt(17) / 4, 1.0, 0.25])


def test_systems_that_tie_with_the_best_get_everything():
    """The third is far from both and would only take from what tells the two apart."""
    assert ocba([1.0, 1.0, 2.0], [1.0, 1.0, 50.0], budget=10) == pytest.approx([5, 5, 0])


def test_what_does_not_vary_needs_no_more_looks():
    assert ocba([1.0, 2.0, 3.0], [1.0, 1.0, 0.0], budget=10) == pytest.approx([5, 5, 0])


def test_if_nothing_varies_all_get_the_same():
    assert ocba([1.0, 2.0], [0.0, 0.0], budget=9) == pytest.approx([4.5, 4.5])
    assert ocba([1.0, 1.0], [0.0, 0.0], budget=9) == pytest.approx([4.5, 4.5])


def test_a_single_system_gets_the_whole_budget():
    assert ocba([3.0], [7.0], budget=12) == pytest.approx([12])


@pytest.mark.parametrize(
    ("means", "variances", "budget", "complaint"),
    [
        ([], [], 10, "a mean and a variance of each system"),
        ([1.0, 2.0], [1.0], 10, "a mean and a variance of each system"),
        ([1.0, math.nan], [1.0, 1.0], 10, "means must be finite"),
        ([1.0, 2.0], [1.0, -1.0], 10, "variances numbers from 0 upwards"),
        ([1.0, 2.0], [1.0, 1.0], 0, "budget must be a positive number, not 0"),
    ],
)
def test_nonsense_is_refused(means: list[float], variances: list[float], budget: float, complaint: str):
    with pytest.raises(ValueError, match=complaint):
        ocba(means, variances, budget=budget)


def test_whole_numbers_keep_the_sum():
    """The largest remainders are rounded up; of equal ones the first."""
    assert in_whole_numbers([1.2, 2.7, 0.1]).tolist() == [1, 3, 0]
    assert in_whole_numbers([1.5, 1.5, 1.0]).tolist() == [2, 1, 1]
    assert in_whole_numbers(np.full(3, 10 / 3)).tolist() == [4, 3, 3]
    assert in_whole_numbers(ocba(TEN, np.full(10, 36.0), budget=1000)).sum() == 1000


class Observed:
    """Normal observations of systems with the means 1, 2, 3 …; remembers all of them."""

    def __init__(self, deviation: float, seed: int = 5):
        self.luck = np.random.default_rng(seed)
        self.deviation = deviation
        self.values: dict[int, list[float]] = {}
        self.asked: list[tuple[int, int]] = []

    def one(self, system: int, count: int) -> NDArray[np.float64]:
        self.asked.append((system, count))
        values = self.luck.normal(system, self.deviation, count)
        self.values.setdefault(system, []).extend(values)
        return values


def test_the_budget_is_spent_to_the_last_observation():
    """Ten times five, and the rest in steps of seven, the last of them shorter."""
    seen = Observed(deviation=2.0)

    found = ocba_best(seen.one, range(1, 11), first=5, step=7, budget=243)

    assert seen.asked[:10] == [(system, 5) for system in range(1, 11)]
    assert sum(found.counts.values()) == 243
    assert found.counts == {system: len(values) for system, values in seen.values.items()}


def test_means_and_variances_are_those_of_everything_that_was_seen():
    seen = Observed(deviation=2.0)

    found = ocba_best(seen.one, [1, 2, 3], first=4, step=5, budget=100)

    for system, values in seen.values.items():
        assert found.means[system] == pytest.approx(np.mean(values))
        assert found.variances[system] == pytest.approx(np.var(values, ddof=1))
    assert found.best == min(found.means, key=found.means.__getitem__)


def test_what_is_close_to_the_best_is_looked_at_most():
    """With steady gaps the counts come to those that are best for the gaps, within two steps."""
    seen = Observed(deviation=1.0)

    found = ocba_best(seen.one, [1, 2, 3, 4], first=5, step=10, budget=4000)

    wanted = ocba([1.0, 2.0, 3.0, 4.0], np.ones(4), budget=4000)
    assert found.best == 1
    assert list(found.counts.values()) == pytest.approx(wanted, rel=0.15, abs=20)


def test_the_largest_is_found_where_more_is_better():
    assert ocba_best(Observed(0.1).one, [4, 9, 2], first=3, step=3, budget=30, smallest=False).best == 9


def test_systems_that_are_all_the_same_share_alike():
    """No variance at all: the budget goes round, and the first is named."""
    found = ocba_best(lambda _, count: np.full(count, 2.0), [8, 6, 7], first=2, step=3, budget=12)

    assert (found.best, found.counts) == (8, {8: 4, 6: 4, 7: 4})


def test_a_single_system_is_the_best_and_gets_the_budget():
    found = ocba_best(Observed(1.0).one, [3], first=2, step=4, budget=10)

    assert (found.best, found.counts) == (3, {3: 10})


@pytest.mark.parametrize(
    ("settings", "complaint"),
    [
        ({"first": 1}, "first must be at least 2"),
        ({"step": 0}, "step at least 1"),
        ({"budget": 14}, "exceed the budget of 14; give at least 15 or lower first"),
    ],
)
def test_a_plan_that_cannot_work_is_refused(settings: dict[str, int], complaint: str):
    with pytest.raises(ValueError, match=complaint):
        ocba_best(Observed(1.0).one, [1, 2, 3], **({"first": 5, "step": 5, "budget": 50} | settings))


def test_missing_observations_are_refused():
    with pytest.raises(ValueError, match="2 finite observations of system 1"):
        ocba_best(lambda _, count: np.full(count, math.nan), [1, 2], first=2, step=1, budget=10)
    with pytest.raises(ValueError, match="2 finite observations of system 1"):
        ocba_best(lambda *_: [1.0], [1, 2], first=2, step=1, budget=10)
    with pytest.raises(ValueError, match="each once"):
        ocba_best(lambda _, count: np.zeros(count), [1, 1], first=2, step=1, budget=10)
