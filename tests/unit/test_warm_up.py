"""Where a start is forgotten: series whose best cut can be seen, and the definition written out."""

from __future__ import annotations

import numpy as np
import pytest

from simdesk.statistics.warm_up import mser5, welch


def criterion(means: list[float], cut: int) -> float:
    """Squares about the mean of what is left, over the square of how many are left."""
    left = means[cut:]
    centre = sum(left) / len(left)
    return sum((value - centre) ** 2 for value in left) / len(left) ** 2


def by_definition(series: list[float]) -> int:
    """Every cut tried, one after the other."""
    means = [sum(series[at : at + 5]) / 5 for at in range(0, len(series) - 4, 5)]
    cuts = [cut for cut in range(len(means)) if cut < len(means) / 2]
    return 5 * min(cuts, key=lambda cut: criterion(means, cut))


def test_a_high_start_is_cut_off_where_it_ends() -> None:
    """Ten observations of 100, then a level row that moves by one: 40 of 50 are kept."""
    found = mser5([100.0] * 10 + [1.0, 2.0] * 20)

    assert found.truncate_after == 10
    assert not found.too_short


def test_a_level_series_is_not_cut() -> None:
    """Batch means 3, 3, …: to drop some would gain nothing."""
    found = mser5([1.0, 5.0, 3.0, 2.0, 4.0] * 12)

    assert found.truncate_after == 0
    assert not found.too_short


def test_a_series_that_still_rises_is_too_short() -> None:
    """Of n - d = k equal steps left, the criterion is (k² - 1) / 12k: the fewer are left, the better."""
    found = mser5(np.arange(100.0))

    assert found.truncate_after == 45  # twenty batches; fewer than ten may be dropped
    assert found.too_short


def test_what_does_not_fill_a_batch_is_not_looked_at() -> None:
    """Four observations more at the end change nothing, however wild."""
    series = [100.0] * 10 + [1.0, 2.0] * 20

    assert mser5([*series, 1e6, -1e6, 1e6, -1e6]) == mser5(series)


@pytest.mark.parametrize("seed", range(20))
def test_the_cut_is_the_one_of_the_definition(seed: int) -> None:
    """Series that settle from a random start, between 10 and 400 observations, far from zero and near."""
    luck = np.random.default_rng(seed)
    steps = np.arange(luck.integers(10, 400))
    series = 1000 * seed + luck.normal(size=steps.size) + luck.normal(0, 10) * np.exp(-steps / luck.uniform(1, 100))

    assert mser5(series).truncate_after == by_definition(series.tolist())


def test_the_unit_of_the_series_changes_nothing() -> None:
    """Minutes or seconds, late or early by an hour: the same cut."""
    luck = np.random.default_rng(3)
    series = luck.normal(size=200) + 8 * np.exp(-np.arange(200) / 20)

    assert mser5(series).truncate_after > 0
    assert mser5(60 * series + 3600) == mser5(series)


def test_a_smoothed_curve_by_hand() -> None:
    """Window 2 of eight: 1 alone, (1 + 2 + 6) / 3, then five at a time; the last two have no neighbours."""
    smooth = welch([1, 2, 6, 4, 7, 1, 2, 6], 2)

    assert smooth == pytest.approx([1, 9 / 3, 20 / 5, 20 / 5, 20 / 5, 20 / 5])


def test_without_neighbours_the_curve_is_the_series() -> None:
    """A window of nothing."""
    assert welch([3.0, 1.0, 2.0], 0) == pytest.approx([3, 1, 2])


def test_a_straight_line_stays_straight() -> None:
    """An average over as many on either side."""
    assert welch(np.arange(40.0), 10) == pytest.approx(np.arange(30.0))


@pytest.mark.parametrize(
    ("series", "message"),
    [
        ([1.0] * 9, "at least 10 observations"),
        (np.ones((5, 5)), r"not the shape \(5, 5\)"),
        ([1.0] * 9 + [float("nan")], "finite"),
    ],
    ids=["short", "a table", "missing"],
)
def test_a_series_that_cannot_be_cut_is_refused(series: object, message: str) -> None:
    """The message says what is wrong."""
    with pytest.raises(ValueError, match=message):
        mser5(series)


@pytest.mark.parametrize("window", [-1, 4])
def test_a_window_wider_than_a_quarter_is_refused(window: int) -> None:
    """Fifteen observations allow three neighbours."""
    with pytest.raises(ValueError, match=f"a quarter of 15 observations, not {window}"):
        welch(np.ones(15), window)
