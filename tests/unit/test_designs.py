"""Where to simulate: every design by the property it is made for."""

from __future__ import annotations

import math

import numpy as np
import pytest

from simdesk.statistics.designs import grid, latin_hypercube, morris_trajectories, scaled, sobol_points


def test_a_grid_has_every_combination_and_the_last_factor_changes_fastest():
    assert grid([[5, 6], [0.1, 0.2, 0.3]]).tolist() == [
        [5, 0.1], [5, 0.2], [5, 0.3],
        [6, 0.1], [6, 0.2], [6, 0.3],
    ]  # fmt: skip
    assert grid([[7]]).tolist() == [[7]]


@pytest.mark.parametrize("levels", [[], [[1.0], []]])
def test_a_grid_without_levels_is_refused(levels: list[list[float]]):
    with pytest.raises(ValueError, match="at least one factor and at least one level"):
        grid(levels)


def test_a_latin_hypercube_has_one_point_in_every_slice_of_every_factor():
    cube = latin_hypercube(13, 4, seed=3)

    assert cube.shape == (13, 4)
    assert np.sort((cube * 13).astype(int), axis=0).tolist() == [[slice_] * 4 for slice_ in range(13)]


def test_sobol_points_have_one_in_every_slice_and_a_quarter_in_every_quarter_square():
    """The balance that a power of two keeps: elementary intervals of one factor and of two."""
    cube = sobol_points(64, 2, seed=3)

    assert np.sort((cube * 64).astype(int), axis=0).tolist() == [[slice_] * 2 for slice_ in range(64)]
    quarters = (cube * 2).astype(int) @ [2, 1]
    assert np.bincount(quarters).tolist() == [16] * 4


@pytest.mark.parametrize("design", [latin_hypercube, sobol_points])
def test_the_same_seed_gives_the_same_points(design):
    assert np.array_equal(design(8, 3, seed=1), design(8, 3, seed=1))
    assert not np.array_equal(design(8, 3, seed=1), design(8, 3, seed=2))


def test_a_number_of_sobol_points_that_spoils_the_balance_is_refused_with_its_neighbours():
    with pytest.raises(ValueError, match="must be a power of two, not 1000; take 512 or 1024"):
        sobol_points(1000, 3, seed=1)
    assert sobol_points(1, 2, seed=1).shape == (1, 2)


@pytest.mark.parametrize("design", [latin_hypercube, sobol_points])
@pytest.mark.parametrize(("points", "factors"), [(0, 2), (4, 0), (-4, 2)])
def test_a_design_without_points_or_factors_is_refused(design, points: int, factors: int):
    with pytest.raises(ValueError, match="must be a whole number from 1"):
        design(points, factors, seed=1)


def test_points_are_stretched_to_the_ranges():
    values = scaled([[0.0, 0.5], [1.0, 0.25]], [7.0, -1.0], [9.0, 1.0], whole=[False, False])

    assert values.tolist() == [[7.0, 0.0], [9.0, -0.5]]


def test_every_whole_number_of_a_range_is_equally_likely():
    """600 even points over 5 … 10: a hundred each, the ends as many as the others."""
    even = (np.arange(600) + 0.5) / 600

    agents = scaled(even[:, None], [5], [10], whole=[True])

    assert np.unique(agents, return_counts=True)[1].tolist() == [100] * 6
    assert (agents.min(), agents.max()) == (5, 10)


def test_the_upper_edge_of_the_cube_is_the_highest_number():
    """A Morris design goes there; four levels of four numbers hit each of them."""
    assert scaled([[0], [1 / 3], [2 / 3], [1]], [2], [5], whole=[True]).ravel().tolist() == [2, 3, 4, 5]


def test_a_factor_may_be_fixed():
    assert scaled([[0.3, 0.9]], [4, 2.5], [4, 2.5], whole=[True, False]).tolist() == [[4, 2.5]]


def test_trajectories_keep_their_shape_when_stretched():
    walks = morris_trajectories(3, 5, seed=1)

    assert scaled(walks.points, [0, 0, 0], [1, 2, 3], whole=[False] * 3).shape == (5, 4, 3)


@pytest.mark.parametrize(
    ("unit", "lows", "highs", "whole", "complaint"),
    [
        ([[0.5, 0.5]], [0], [1], [False], "do not fit"),
        ([[0.5]], [0], [1], [False, True], "do not fit"),
        ([[1.5]], [0], [1], [False], "unit cube"),
        ([[math.nan]], [0], [1], [False], "unit cube"),
        ([[0.5]], [2], [1], [False], "not below it"),
        ([[0.5]], [0], [math.inf], [False], "not below it"),
        ([[0.5]], [0.5], [2], [True], "whole numbers for both ends"),
    ],
)
def test_ranges_that_make_no_sense_are_refused(unit, lows, highs, whole, complaint: str):
    with pytest.raises(ValueError, match=complaint):
        scaled(unit, lows, highs, whole=whole)


def test_a_trajectory_changes_one_factor_at_a_time_and_each_once():
    """By 2/3, upwards or downwards, on the grid 0, 1/3, 2/3, 1 and never out of the cube."""
    walks = morris_trajectories(5, 40, seed=2)

    moves = np.diff(walks.points, axis=1)
    assert walks.points.shape == (40, 6, 5)
    assert np.sort(walks.changed, axis=1).tolist() == [[0, 1, 2, 3, 4]] * 40
    assert np.count_nonzero(moves, axis=2).tolist() == [[1] * 5] * 40
    assert np.take_along_axis(moves, walks.changed[:, :, None], axis=2)[:, :, 0] == pytest.approx(walks.steps)
    assert np.abs(walks.steps) == pytest.approx(np.full((40, 5), 2 / 3))
    assert set((walks.points * 3).round(9).ravel()) == {0.0, 1.0, 2.0, 3.0}


def test_trajectories_start_everywhere_and_take_every_order():
    """Levels and orders are equally likely: with 2,000 walks each count is within 5 standard errors of its mean."""
    walks = morris_trajectories(3, 2000, seed=4)

    for end in (0, -1):
        levels = np.bincount((walks.points[:, end] * 3).round().astype(int).ravel(), minlength=4)
        assert levels == pytest.approx(1500, abs=5 * math.sqrt(6000 * 0.25 * 0.75))
    orders = np.unique(walks.changed, axis=0, return_counts=True)[1]
    assert orders.size == 6
    assert orders == pytest.approx(2000 / 6, abs=5 * math.sqrt(2000 / 6 * 5 / 6))


def test_two_levels_go_from_end_to_end():
    walks = morris_trajectories(2, 10, seed=1, levels=2)

    assert set(walks.points.ravel()) == {0.0, 1.0}
    assert set(walks.steps.ravel()) == {-1.0, 1.0}


@pytest.mark.parametrize("levels", [0, 3, -2])
def test_an_odd_number_of_levels_is_refused(levels: int):
    """Half of the levels must have room upwards and half downwards."""
    with pytest.raises(ValueError, match="levels must be an even number from 2, such as 4"):
        morris_trajectories(2, 10, seed=1, levels=levels)


def test_a_walk_needs_a_factor():
    with pytest.raises(ValueError, match="factors must be a whole number from 1"):
        morris_trajectories(0, 10, seed=1)
