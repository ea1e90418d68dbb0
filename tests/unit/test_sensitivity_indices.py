"""Elementary effects, Sobol' indices and elasticities of functions whose answers are known in closed form."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from simdesk.statistics.designs import Trajectories, morris_trajectories
from simdesk.statistics.sensitivity import (
    SaltelliDesign,
    SobolIndices,
    elasticity,
    elementary_effects,
    saltelli_design,
    sobol_indices,
)

Floats = NDArray[np.float64]
Function = Callable[[Floats], Floats]
"""Of points of shape (..., factors)."""


def linear(points: Floats) -> Floats:
    return np.asarray(7 + points @ np.array([3.0, -2.0, 0.0]))


def test_the_effects_of_a_linear_function_are_its_slopes_wherever_one_looks():
    walks = morris_trajectories(3, 10, seed=1)

    found = elementary_effects(walks, linear(walks.points))

    assert found.mu == pytest.approx([3, -2, 0], abs=1e-12)
    assert found.mu_star == pytest.approx([3, 2, 0], abs=1e-12)
    assert found.sigma == pytest.approx([0, 0, 0], abs=1e-12)
    assert found.mu_star_low == pytest.approx(found.mu_star)
    assert found.mu_star_high == pytest.approx(found.mu_star)


def two_walks() -> Trajectories:
    """Over two levels: the first changes factor 0 and then 1, the second 1 and then, downwards, 0."""
    points = np.array([[[0, 0], [1, 0], [1, 1]], [[1, 0], [1, 1], [0, 1]]], float)
    return Trajectories(points, changed=np.array([[0, 1], [1, 0]]), steps=np.array([[1.0, 1.0], [1.0, -1.0]]))


def test_effects_by_hand():
    """Outputs 5, 6, 4 and 6, 3, 0: factor 0 has the effects 1 and 3, factor 1 has −2 and −3.

    Samples of two out of two are 1, 1, or 1, 3 either way round, or 3, 3: the middle 95 % of their means are 1 … 3.
    """
    found = elementary_effects(two_walks(), [[5, 6, 4], [6, 3, 0]])

    assert found.mu.tolist() == [2.0, -2.5]
    assert found.mu_star.tolist() == [2.0, 2.5]
    assert found.sigma == pytest.approx([math.sqrt(2), math.sqrt(0.5)])
    assert found.mu_star_low.tolist() == [1.0, 2.0]
    assert found.mu_star_high.tolist() == [3.0, 3.0]


def test_a_factor_whose_effects_cancel_still_has_a_size():
    """(x − ½)² falls by a third of a unit on one half of its range and rises by as much on the other."""
    walks = morris_trajectories(1, 40, seed=1)

    found = elementary_effects(walks, ((walks.points - 0.5) ** 2)[:, :, 0])

    assert found.mu_star == pytest.approx([1 / 3])
    assert abs(found.mu[0]) < found.mu_star[0]
    assert found.sigma[0] > 0.3


def test_an_interaction_shows_in_the_spread():
    walks = morris_trajectories(2, 40, seed=1)

    found = elementary_effects(walks, walks.points.prod(axis=2))

    assert (found.sigma > 0.2).all()
    assert (found.mu_star_low < found.mu_star).all()
    assert (found.mu_star < found.mu_star_high).all()


def test_one_trajectory_has_effects_but_no_interval():
    walks = morris_trajectories(3, 1, seed=1)

    found = elementary_effects(walks, linear(walks.points))

    assert found.mu == pytest.approx([3, -2, 0], abs=1e-12)
    assert np.isnan([found.sigma, found.mu_star_low, found.mu_star_high]).all()


def test_outputs_that_do_not_fit_the_trajectories_are_refused():
    with pytest.raises(ValueError, match="2 trajectories of 3 points need as many outputs"):
        elementary_effects(two_walks(), [[1, 2], [3, 4]])
    with pytest.raises(ValueError, match="missing or not finite"):
        elementary_effects(two_walks(), [[5, 6, math.inf], [6, 3, 0]])
    with pytest.raises(ValueError, match="resamples must be at least 2"):
        elementary_effects(two_walks(), [[5, 6, 4], [6, 3, 0]], resamples=1)
    with pytest.raises(ValueError, match="confidence must lie between 0 and 1"):
        elementary_effects(two_walks(), [[5, 6, 4], [6, 3, 0]], confidence=95)


def ishigami(unit: Floats) -> Floats:
    """With a = 7 and b = 0.1 (Ishigami and Homma 1990)."""
    x = np.moveaxis((2 * unit - 1) * np.pi, -1, 0)
    return np.asarray(np.sin(x[0]) + 7 * np.sin(x[1]) ** 2 + 0.1 * x[2] ** 4 * np.sin(x[0]))


G_WEIGHTS = np.array([0, 1, 4.5, 9, 99, 99, 99, 99])


def g_function(unit: Floats) -> Floats:
    """Sobol' (1993); the larger the weight, the less the input matters."""
    return np.asarray(((np.abs(4 * unit - 2) + G_WEIGHTS) / (1 + G_WEIGHTS)).prod(axis=-1))


def indices(function: Function, n: int, inputs: int, seed: int = 1) -> SobolIndices:
    design = saltelli_design(n, inputs, seed=seed)
    return sobol_indices(*design.split(function(design.points)))


def test_the_indices_of_ishigamis_function():
    """The third input matters only together with the first."""
    found = indices(ishigami, 4096, 3)

    assert found.first == pytest.approx([0.313905, 0.442411, 0], abs=0.02)
    assert found.total == pytest.approx([0.557589, 0.442411, 0.243684], abs=0.02)
    assert (found.first_low < [0.313905, 0.442411, 0]).all()
    assert (found.first_high > [0.313905, 0.442411, 0]).all()
    assert (found.total_low < [0.557589, 0.442411, 0.243684]).all()
    assert (found.total_high > [0.557589, 0.442411, 0.243684]).all()
    assert (found.path_sets, math.isnan(found.noise_share)) == (1, True)


def test_the_indices_of_sobols_g_function():
    """Each input alone has V = 1 / (3 (1 + a)²); all together Π (1 + V) − 1."""
    found = indices(g_function, 4096, 8)

    assert found.first == pytest.approx([0.71619, 0.17905, 0.02368, 0.00716, *[0.00007] * 4], abs=0.02)
    assert found.total == pytest.approx([0.78714, 0.24220, 0.03432, 0.01046, *[0.0001] * 4], abs=0.02)


def test_the_estimators_are_those_of_scipy():
    """To the last digit, for one path set and a power of two, which is all that the other takes."""
    from scipy import stats

    design = saltelli_design(256, 3, seed=5)
    f_a, f_b, f_ab = design.split(ishigami(design.points))
    theirs = stats.sobol_indices(func={"f_A": f_a[None], "f_B": f_b[None], "f_AB": f_ab[:, None]}, n=256)

    ours = sobol_indices(f_a, f_b, f_ab)

    assert ours.first == pytest.approx(theirs.first_order, rel=1e-9)
    assert ours.total == pytest.approx(theirs.total_order, rel=1e-9)


def test_the_points_of_a_design_and_their_outputs_find_each_other_again():
    design = saltelli_design(4, 2, seed=1)

    f_a, f_b, f_ab = design.split(design.points[:, 0])
    second = design.split(design.points[:, 1])[2]

    assert design.points.shape == (16, 2)
    assert f_a.tolist() == design.a[:, 0].tolist()
    assert f_b.tolist() == design.b[:, 0].tolist()
    assert f_ab.tolist() == [design.b[:, 0].tolist(), design.a[:, 0].tolist()]
    assert second.tolist() == [design.a[:, 1].tolist(), design.b[:, 1].tolist()]
    assert design.split(np.zeros((5, 16)))[2].shape == (5, 2, 4)
    with pytest.raises(ValueError, match="16 points need as many outputs"):
        design.split(np.zeros(15))
    with pytest.raises(ValueError, match="power of two"):
        saltelli_design(100, 2, seed=1)


def additive(unit: Floats) -> Floats:
    """Variances 9 / 12 and 1 / 12: shares .9 and .1, no interaction."""
    return np.asarray(3 * unit[..., 0] + unit[..., 1])


def no_luck(points: Floats) -> Floats:
    return np.zeros(points.shape[:-1])


def on(design: SaltelliDesign, *luck: Function) -> tuple[Floats, Floats, Floats]:
    """Outputs of the additive function with the luck of each path set added."""
    return design.split(np.array([additive(design.points) + path(design.points) for path in luck]))


def test_path_sets_without_any_luck_change_nothing():
    design = saltelli_design(512, 2, seed=1)
    alone = sobol_indices(*design.split(additive(design.points)))

    found = sobol_indices(*on(design, *[no_luck] * 3))

    assert found.first == pytest.approx([0.9, 0.1], abs=0.02)
    assert found.first == pytest.approx(alone.first)
    assert found.total_low == pytest.approx(alone.total_low)
    assert (found.noise_share, found.path_sets) == (pytest.approx(0.0, abs=1e-12), 3)


def test_luck_that_shifts_a_whole_path_set_is_noise_but_blurs_no_index():
    """Paths one above and one below: the outputs at a point vary by 2, the function by 10/12."""
    design = saltelli_design(1024, 2, seed=1)

    found = sobol_indices(*on(design, lambda x: no_luck(x) + 1, lambda x: no_luck(x) - 1))
    still = sobol_indices(*on(design, no_luck))

    assert found.noise_share == pytest.approx(2 / (2 + 10 / 12), abs=0.005)
    assert found.first == pytest.approx(still.first)
    assert found.first_low == pytest.approx(still.first_low)


def test_the_share_of_luck_by_hand():
    """Signals 0, 4, 0, 4 and luck ± (1, 1, −1, −1): at each point the two outputs vary by 2. The means of the points
    vary by 16/3, of which half the interaction, 8/3, is luck: 4 are left, and 2 of 6 are luck."""
    luck = np.array([1, 1, -1, -1])
    signal = np.array([0, 4, 0, 4])
    both = np.array([signal + luck, signal - luck], float)

    found = sobol_indices(both[:, :2], both[:, 2:], both[:, None, :2])

    assert found.noise_share == pytest.approx(1 / 3)


def test_luck_that_bends_the_paths_widens_the_intervals():
    """The slope differs from path to path, so nobody knows it as well as one path makes believe."""
    design = saltelli_design(512, 2, seed=1)

    found = sobol_indices(*on(design, *[lambda x, tilt=tilt: tilt * x[..., 1] for tilt in (-1.0, -0.5, 0.0, 0.5, 1.0)]))
    straight = sobol_indices(*on(design, no_luck))

    assert found.first == pytest.approx(straight.first)
    assert (found.first_high - found.first_low > 1.2 * (straight.first_high - straight.first_low)).all()


def test_the_error_of_the_paths_is_that_of_the_jackknife():
    """Three paths: twice the variance of the indices that are left without each, times 4.302653, t of two degrees; both
    errors add up by Pythagoras."""
    design = saltelli_design(64, 2, seed=1)
    f_a, f_b, f_ab = on(design, *[lambda x, tilt=tilt: tilt * x[..., 1] for tilt in (-1.0, 0.2, 0.8)])
    without = [
        sobol_indices(*(f[keep].mean(axis=0) for f in (f_a, f_b, f_ab))).first for keep in ([1, 2], [0, 2], [0, 1])
    ]

    found = sobol_indices(f_a, f_b, f_ab)
    points = sobol_indices(f_a.mean(axis=0), f_b.mean(axis=0), f_ab.mean(axis=0))

    paths = 4.302653 * np.sqrt(2 * np.var(without, axis=0))
    assert found.first_high - found.first == pytest.approx(np.hypot(points.first_high - points.first, paths), rel=1e-6)


def test_the_error_of_the_points_is_that_of_samples_of_them():
    """Samples of twelve points with replacement, each judged like a design of its own: 1.96 deviations, within 6 %.

    A sample moves the mean of the outputs, which must be taken off anew.
    """
    luck = np.random.default_rng(8)
    a, b, ab = luck.exponential(size=12), luck.exponential(size=12), luck.exponential(size=(1, 12)) + 1
    picked = luck.integers(12, size=(4000, 12))
    samples = [sobol_indices(a[some], b[some], ab[:, some], resamples=2) for some in picked]

    found = sobol_indices(a, b, ab, resamples=4000)

    for name in ("first", "total"):
        spread = np.std([getattr(sample, name) for sample in samples])
        assert getattr(found, f"{name}_high") - getattr(found, name) == pytest.approx(1.959964 * spread, rel=0.06)


def test_an_output_that_does_not_vary_has_nothing_to_share_out():
    """The mean of seven times 0.1 is not 0.1 in binary numbers; that is no variance, and none to divide by."""
    still = np.full((2, 7), 0.1)

    found = sobol_indices(still, still, np.arange(28.0).reshape(2, 2, 7))

    for values in (found.first, found.first_low, found.first_high, found.total, found.total_low, found.total_high):
        assert values.tolist() == [0.0, 0.0]
    assert found.noise_share == 0.0


def test_a_single_input_takes_everything():
    found = indices(lambda unit: unit[..., 0] ** 2, 1024, 1)

    assert found.first == pytest.approx([1.0], abs=0.02)
    assert found.total == pytest.approx([1.0], abs=0.02)


def test_more_confidence_widens_the_intervals_by_the_normal_law():
    """2.5758 over 1.9600 standard errors."""
    design = saltelli_design(64, 3, seed=1)
    outputs = design.split(ishigami(design.points))

    narrow, wide = sobol_indices(*outputs), sobol_indices(*outputs, confidence=0.99)

    width = (wide.total_high - wide.total_low) / (narrow.total_high - narrow.total_low)
    assert width == pytest.approx([2.575829 / 1.959964] * 3, rel=1e-5)


@pytest.mark.parametrize(
    ("shapes", "complaint"),
    [
        (((4,), (5,), (2, 4)), "do not fit"),
        (((4,), (4,), (4,)), "do not fit"),
        (((4,), (4,), (2, 5)), "do not fit"),
        (((3, 4), (3, 4), (2, 4)), "do not fit"),
        (((3, 4), (3, 4), (2, 2, 4)), "do not fit"),
        (((1,), (1,), (2, 1)), "from n = 2"),
        (((4,), (4,), (0, 4)), "do not fit"),
    ],
)
def test_outputs_of_the_wrong_shape_are_refused(shapes: tuple[tuple[int, ...], ...], complaint: str):
    with pytest.raises(ValueError, match=complaint):
        sobol_indices(*[np.zeros(shape) for shape in shapes])


def test_an_output_of_a_desk_that_cannot_keep_up_is_refused():
    with pytest.raises(ValueError, match="keep such points out of the ranges"):
        sobol_indices([1.0, math.inf], [1.0, 2.0], [[1.0, 2.0]])


def test_the_elasticity_of_a_power_is_its_exponent():
    assert elasticity(2.0**-2.5, 3.0**-2.5, 2.0, 3.0) == pytest.approx(-2.5)
    assert elasticity(9.0, 4.0, 3.0, 2.0) == pytest.approx(2.0)
    assert elasticity(5.0, 5.0, 1.0, 2.0) == 0.0


@pytest.mark.parametrize("numbers", [(0, 1, 1, 2), (1, 1, -1, 2), (1, math.nan, 1, 2), (1, math.inf, 1, 2)])
def test_an_elasticity_needs_positive_numbers(numbers: tuple[float, float, float, float]):
    with pytest.raises(ValueError, match="needs positive numbers"):
        elasticity(*numbers)


def test_an_elasticity_needs_two_different_inputs():
    with pytest.raises(ValueError, match="two different inputs, not 2 twice"):
        elasticity(1, 3, 2, 2)
