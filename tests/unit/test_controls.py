"""Visible luck taken out: by hand, against other least squares, and what must not matter."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from simdesk.experiment.estimate import mean_of
from simdesk.statistics.controls import controlled

Floats = NDArray[np.float64]


def desks(n: int = 40, seed: int = 1) -> tuple[Floats, Floats]:
    """A cost that grows with the tickets and with their work, and both, whose true means are 100 and 5."""
    luck = np.random.default_rng(seed)
    controls = np.column_stack([luck.normal(100, 10, n), luck.gamma(25, 0.2, n)])
    return controls @ [3.0, 40.0] + luck.normal(0, 20, n), controls


def test_one_control_by_hand() -> None:
    """Controls 0, 0, 2, 2 with values 1, 3, 5, 7: a slope of 2, so at a true mean of 2 the value is 6 and not 4.

    Each residual is 1, so their variance is 4/2; at the edge of the controls the value has ¼ + 1²/4 of it. The plain
    mean has a variance of 20/3/4. Student's t of two degrees is 0.95 / √(2·0.975·0.025).
    """
    found = controlled([1, 3, 5, 7], [[0], [0], [2], [2]], known_means=[2], confidence=0.95)

    assert found.value == pytest.approx(6)
    assert found.coefficients == pytest.approx((2,))
    assert found.half_width == pytest.approx(0.95 / math.sqrt(2 * 0.975 * 0.025) * math.sqrt(2 * 0.5))
    assert found.reduction == pytest.approx(5 / 3)
    assert found.r_squared == pytest.approx(1 - 4 / 20)
    assert found.degrees == 2


def test_one_control_is_a_regression_line_at_the_known_mean() -> None:
    """The intercept of another library, and its error."""
    values, controls = desks()
    line = stats.linregress(controls[:, 0] - 100, values)

    found = controlled(values, controls[:, :1], known_means=[100], confidence=0.9)

    assert found.value == pytest.approx(line.intercept)
    assert found.coefficients == pytest.approx([line.slope])
    assert found.half_width == pytest.approx(stats.t.ppf(0.95, 38) * line.intercept_stderr)
    assert found.r_squared == pytest.approx(line.rvalue**2)


def test_two_controls_by_the_normal_equations() -> None:
    """β = S⁻¹s; the variance of the value is σ²(1/n + d'C⁻¹d), with d the mean of the controls less the known one."""
    values, controls = desks()
    n, known = 40, np.array([100.0, 5.0])
    joint = np.cov(np.column_stack([controls, values]), rowvar=False)
    slopes = np.linalg.inv(joint[:2, :2]) @ joint[:2, 2]
    off = controls.mean(axis=0) - known
    unexplained = (joint[2, 2] - slopes @ joint[:2, 2]) * (n - 1) / (n - 3)
    error = math.sqrt(unexplained * (1 / n + off @ np.linalg.inv(joint[:2, :2] * (n - 1)) @ off))

    found = controlled(values, controls, known_means=known, confidence=0.95)

    assert found.value == pytest.approx(values.mean() - slopes @ off)
    assert found.coefficients == pytest.approx(slopes)
    assert found.half_width == pytest.approx(stats.t.ppf(0.975, 37) * error)
    assert found.reduction == pytest.approx(joint[2, 2] / n / error**2)
    assert found.degrees == 37


def test_a_control_that_explains_everything_leaves_no_doubt() -> None:
    """Value 7 + 3x, true mean of x 10: it is 37."""
    x = np.random.default_rng(1).normal(10, 1, 12)

    found = controlled(7 + 3 * x, x[:, None], known_means=[10], confidence=0.95)

    assert found.value == pytest.approx(37)
    assert found.half_width < 1e-9
    assert found.reduction > 1e12
    assert found.r_squared == pytest.approx(1)


def test_the_units_of_the_controls_do_not_matter() -> None:
    """Hours for seconds, and an origin of one's own; the coefficient is in the other unit."""
    values, controls = desks()
    plain = controlled(values, controls, known_means=[100, 5], confidence=0.95)

    other = controlled(values, controls * [3600, 1e-6] + [7, 0], known_means=[360_007, 5e-6], confidence=0.95)

    assert (other.value, other.low, other.high) == pytest.approx((plain.value, plain.low, plain.high))
    assert other.coefficients == pytest.approx((plain.coefficients[0] / 3600, plain.coefficients[1] * 1e6))


def test_a_constant_control_is_left_out() -> None:
    """It costs no degree of freedom, wherever it stands, and sums of tenths are constant too."""
    values, controls = desks()
    constant = np.where(np.arange(40) % 2, 0.3, 0.1 + 0.2)
    without = controlled(values, controls, known_means=[100, 5], confidence=0.95)

    found = controlled(values, np.insert(controls, 1, constant, axis=1), known_means=[100, 0.3, 5], confidence=0.95)

    assert (found.value, found.half_width, found.degrees) == (without.value, without.half_width, without.degrees)
    assert found.coefficients == (without.coefficients[0], 0.0, without.coefficients[1])


@pytest.mark.parametrize("controls", [np.empty((5, 0)), np.ones((5, 1))], ids=["none", "constant"])
def test_without_a_control_the_mean_is_the_mean(controls: Floats) -> None:
    """Student's interval, and nothing gained."""
    values = [1.0, 2.0, 4.0, 8.0, 16.0]
    plain = mean_of(values)

    found = controlled(values, controls, known_means=np.ones(controls.shape[1]), confidence=0.95)

    assert (found.value, found.low, found.high) == pytest.approx((plain.value, plain.low, plain.high))
    assert found.reduction == pytest.approx(1)
    assert found.r_squared == pytest.approx(0)


def test_values_that_are_all_the_same_have_nothing_to_reduce() -> None:
    """Their mean is sure; by how much surer than sure, nobody can say."""
    found = controlled([5.0] * 6, np.arange(6.0)[:, None], known_means=[2], confidence=0.95)

    assert (found.value, found.low, found.high) == (5.0, 5.0, 5.0)
    assert math.isnan(found.reduction)
    assert math.isnan(found.r_squared)


def test_a_control_that_follows_from_the_others_is_refused() -> None:
    """Tickets of both kinds and all tickets: the third is the sum."""
    values, controls = desks()
    summed = np.column_stack([controls, controls.sum(axis=1)])

    with pytest.raises(ValueError, match="control 3 follows from those before it"):
        controlled(values, summed, known_means=[100, 5, 105], confidence=0.95)


def test_too_few_replications_are_refused() -> None:
    """Two controls and four replications; a constant one is not counted."""
    values, controls = desks(4)

    with pytest.raises(ValueError, match="2 controls need at least 5 replications, not 4"):
        controlled(values, controls, known_means=[100, 5], confidence=0.95)
    with pytest.raises(ValueError, match="0 controls need at least 3 replications, not 2"):
        controlled([1, 2], np.ones((2, 1)), known_means=[1], confidence=0.95)


@pytest.mark.parametrize(
    ("values", "controls", "known_means", "confidence", "message"),
    [
        ([1, 2, 3, 4], [1, 2, 3, 4], [2], 0.95, "a table of controls"),
        ([1, 2, 3, 4], [[1], [2], [3]], [2], 0.95, "need a table of 4 × 1 controls, not 3 × 1"),
        ([1, 2, 3, 4], [[1], [2], [3], [4]], [2, 2], 0.95, "need a table of 4 × 2 controls, not 4 × 1"),
        ([1, 2, 3, math.nan], [[1], [2], [3], [4]], [2], 0.95, "finite"),
        ([], np.empty((0, 1)), [2], 0.95, "a row of values"),
        ([1, 2, 3, 4], [[1], [2], [3], [4]], [2], 95, "between 0 and 1, not 95"),
    ],
    ids=["a row", "too few rows", "too many means", "missing", "nothing", "per cent"],
)
def test_what_does_not_fit_is_refused(
    values: object, controls: object, known_means: object, confidence: float, message: str
) -> None:
    """The message says what is wrong."""
    with pytest.raises(ValueError, match=message):
        controlled(values, controls, known_means=known_means, confidence=confidence)
