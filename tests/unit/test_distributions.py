"""Shapes of durations: every shape is found in the registry, and has one example worked by hand."""

from __future__ import annotations

import math
import re
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from simdesk.distributions import LEAST_UNIFORM, SHAPES, Distribution, Shape

# Shape: (as written, mean, variance, u, seconds at u). All by hand, from the definition of the law.
EXAMPLES = {
    "constant": ({"value": "5 min"}, 300, 0, 0.3, 300),
    "exponential": ({"mean": "100 s"}, 100, 10_000, 1 - math.exp(-2), 200),
    # The median of a lognormal is mean / √(1 + cv²).
    "lognormal": ({"mean": "5 min", "cv": 0.75}, 300, 225**2, 0.5, 240),
    # cv 1 is exponential.
    "gamma": ({"mean": "100 s", "cv": 1.0}, 100, 10_000, 1 - math.exp(-2), 200),
    # Two phases of 50 s: P(T ≤ 100 s) = 1 - 3 e⁻².
    "erlang": ({"mean": "100 s", "phases": 2}, 100, 5_000, 1 - 3 * math.exp(-2), 100),
    # Shape 2: scale² = mean² · 4/π, variance = scale² - mean².
    "weibull": (
        {"mean": "100 s", "shape": 2.0},
        100,
        1e4 * (4 / math.pi - 1),
        1 - math.exp(-1),
        200 / math.sqrt(math.pi),
    ),
    "uniform": ({"low": "1 min", "high": "3 min"}, 120, 1_200, 0.25, 90),
    # Rising from 0 to the mode at 1/3, then falling: at 5/6 half of the falling side is left.
    "triangular": ({"low": "0 s", "mode": "1 min", "high": "3 min"}, 80, 1_400, 5 / 6, 120),
    # Half uniform on 60..120 s, half on 120..300 s.
    "empirical": (
        {"values": ["5 min", "1 min", "2 min"]},
        150,
        60**2 + (60**2 + 180**2) / 24,
        0.75,
        210,
    ),
    # A tenth takes no time, the others 100 s: Bernoulli.
    "mixture": (
        {
            "parts": {
                "void": {"share": 0.1, "shape": {"constant": {"value": "0 s"}}},
                "real": {"share": 0.9, "shape": {"constant": {"value": "100 s"}}},
            }
        },
        90,
        900,
        0.1,
        100,
    ),
}

every_shape = pytest.mark.parametrize("name", SHAPES)


def distribution(**shape: object) -> Distribution:
    return Distribution.model_validate(shape)


def example(name: str) -> Distribution:
    assert name in EXAMPLES, f"the shape {name} has no worked example"
    return distribution(**{name: EXAMPLES[name][0]})


def complaint(written: object) -> str:
    with pytest.raises(ValidationError) as caught:
        Distribution.model_validate(written)
    return str(caught.value)


def moments(law: Distribution) -> tuple[float, float]:
    """Mean and variance by the midpoint rule over a normal deviate, which resolves both tails."""
    deviates = (np.arange(400_000) + 0.5) / 400_000 * 16 - 8
    weights = np.exp(-(deviates**2) / 2)
    weights /= weights.sum()
    uniforms = np.cumsum(weights) - weights / 2
    seconds = law.quantile(np.clip(uniforms, LEAST_UNIFORM, 1 - LEAST_UNIFORM))
    mean = float(weights @ seconds)
    return mean, float(weights @ (seconds - mean) ** 2)


def test_the_registry_knows_every_shape():
    def concrete(parent: type[Shape]) -> set[type[Shape]]:
        below = {child for each in parent.__subclasses__() for child in concrete(each)}
        return below | ({parent} if not parent.__abstractmethods__ else set())

    assert set(SHAPES.values()) == concrete(Shape)


@every_shape
def test_the_worked_example(name):
    law, (_, mean, variance, u, seconds) = example(name), EXAMPLES[name]

    assert law.mean == pytest.approx(mean, rel=1e-12)
    assert law.variance == pytest.approx(variance, rel=1e-12)
    assert law.scv == pytest.approx(variance / mean**2, rel=1e-12)
    assert law.quantile(np.array([[u]])) == pytest.approx(np.array([[seconds]]), rel=1e-9)


@every_shape
def test_the_moments_are_those_of_the_quantile_function(name):
    law = example(name)

    mean, variance = moments(law)

    assert mean == pytest.approx(law.mean, rel=1e-4)
    assert variance == pytest.approx(law.variance, rel=1e-3, abs=1e-9)


@pytest.mark.parametrize(
    "law",
    [
        distribution(lognormal={"mean": "20 min", "cv": 1.5}),
        distribution(gamma={"mean": "20 min", "cv": 2.5}),
        distribution(gamma={"mean": "20 min", "cv": 0.05}),
        distribution(erlang={"mean": "20 min", "phases": 1000}),
        distribution(weibull={"mean": "20 min", "shape": 0.6}),
        distribution(weibull={"mean": "20 min", "shape": 20}),
        distribution(triangular={"low": "1 min", "mode": "1 min", "high": "9 min"}),
        distribution(triangular={"low": "1 min", "mode": "9 min", "high": "9 min"}),
        distribution(empirical={"values": ["1 s", "1 s", "5 s", "3 s", "100 s"]}),
        distribution(empirical={"values": ["0 s", "20 s", "20 s", "600 s"], "at": ["0 %", "5 %", 0.75, 1]}),
        distribution(
            mixture={
                "parts": {
                    "short": {"share": 0.75, "shape": {"erlang": {"mean": "5 min", "phases": 3}}},
                    "never": {"share": 0, "shape": {"constant": {"value": "9 days"}}},
                    "long": {"share": 0.25, "shape": {"lognormal": {"mean": "2 h", "cv": 0.8}}},
                }
            }
        ),
    ],
    ids=lambda law: str(law.model_dump(exclude_none=True))[:60],
)
def test_the_moments_hold_for_other_parameters(law):
    mean, variance = moments(law)

    assert mean == pytest.approx(law.mean, rel=1e-3)
    assert variance == pytest.approx(law.variance, rel=1e-3)


@pytest.mark.parametrize("name", [name for name in SHAPES if name != "mixture"])
@given(st.lists(st.floats(LEAST_UNIFORM, 1 - LEAST_UNIFORM), min_size=2))
def test_a_larger_uniform_never_gives_less_time(name, uniforms):
    seconds = example(name).quantile(np.sort(uniforms))

    assert (np.diff(seconds) >= -1e-9 * seconds[1:]).all()
    assert (seconds >= 0).all()


EXTREMES = [
    {"lognormal": {"mean": "10 years", "cv": 20}},
    {"gamma": {"mean": "10 years", "cv": 20}},
    {"gamma": {"mean": "1 s", "cv": 0.001}},
    {"weibull": {"mean": "10 years", "shape": 0.1}},
    {"weibull": {"mean": "1 s", "shape": 20}},
    {"erlang": {"mean": "10 years", "phases": 1000}},
    {"uniform": {"low": "1 s", "high": "1 s"}},
    {"triangular": {"low": "1 s", "mode": "1 s", "high": "1 s"}},
]


@pytest.mark.parametrize("law", [*map(example, EXAMPLES), *map(Distribution.model_validate, EXTREMES)], ids=str)
def test_every_uniform_gives_finite_time(law):
    ends = np.array([LEAST_UNIFORM, 1e-9, 0.5, 1 - 1e-9, 1 - LEAST_UNIFORM])

    seconds = law.quantile(ends)

    assert seconds.shape == ends.shape
    assert seconds.dtype == np.float64
    assert np.isfinite(seconds).all()
    assert (seconds >= 0).all()
    assert math.isfinite(law.scv)


@every_shape
def test_a_longer_mean_stretches_the_same_history(name):
    law = example(name)
    uniforms = np.linspace(0.01, 0.99, 25)

    assert law.quantile(uniforms.reshape(5, 5)).shape == (5, 5)
    assert law.quantile(np.array(0.5)).shape == ()
    if name in ("exponential", "lognormal", "gamma", "erlang", "weibull"):
        doubled = dict(EXAMPLES[name][0], mean=f"{2 * law.mean} s")
        assert distribution(**{name: doubled}).quantile(uniforms) == pytest.approx(2 * law.quantile(uniforms))


@every_shape
def test_it_writes_back_what_was_read(name):
    law = example(name)

    written = law.model_dump(mode="json", exclude_none=True)

    assert list(written) == [name]
    assert Distribution.model_validate(written) == law
    assert Distribution.model_validate(law.model_dump()) == law


@every_shape
def test_every_shape_and_field_explains_itself(name):
    assert SHAPES[name].__doc__
    assert all(field.description for field in SHAPES[name].model_fields.values())
    assert Distribution.model_fields[name].description


def test_one_uniform_picks_the_part_and_the_place_in_it():
    law = distribution(
        mixture={
            "parts": {
                "long": {"share": 0.5, "shape": {"uniform": {"low": "100 s", "high": "200 s"}}},
                "short": {"share": 0.5, "shape": {"uniform": {"low": "0 s", "high": "10 s"}}},
            }
        }
    )

    assert law.quantile(np.array([0.25, 0.49, 0.5, 0.75])) == pytest.approx([150, 198, 0, 5])


def test_a_table_of_quantiles_is_joined_by_straight_lines():
    """A fifth takes up to a minute, the rest between one and five: mean 0.2 · 30 + 0.8 · 180 = 150 seconds."""
    law = distribution(empirical={"values": ["0 s", "1 min", "5 min"], "at": ["0 %", "20 %", "100 %"]})

    assert law.quantile(np.array([0.1, 0.2, 0.6])) == pytest.approx([30, 60, 180])
    assert law.mean == pytest.approx(150)
    assert law.variance == pytest.approx(0.2 * (120**2 + 60**2 / 12) + 0.8 * (30**2 + 240**2 / 12))


def test_equal_spacing_is_what_shares_mean_unless_stated():
    values = ["0 s", "40 s", "60 s", "5 min", "1 h"]
    uniforms = np.linspace(0.01, 0.99, 25)

    stated = distribution(empirical={"values": values, "at": [0, "25 %", 0.5, "75 %", 1]})
    silent = distribution(empirical={"values": values})

    assert stated.quantile(uniforms) == pytest.approx(silent.quantile(uniforms))
    assert (stated.mean, stated.variance) == pytest.approx((silent.mean, silent.variance))
    assert Distribution.model_validate(stated.model_dump(mode="json", exclude_none=True)) == stated


def table(*at: object) -> dict[str, object]:
    return {"empirical": {"values": ["1 min", "2 min", "3 min"], "at": list(at)}}


def test_business_time_is_told_apart():
    assert distribution(lognormal={"mean": "2 business hours", "cv": 1}).business
    assert not distribution(lognormal={"mean": "2 h", "cv": 1}).business
    assert distribution(uniform={"low": 0, "high": "2 business hours"}).business


HOUR = {"constant": {"value": "1 h"}}


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("5 min", "write {constant: {value: 5 min}}"),
        (5, "this is not a distribution; write one shape, e.g. {lognormal: {mean: 5 min, cv: 0.8}}"),
        (None, "this is not a distribution"),
        ({}, "found none"),
        ({"lognormal": None}, "found none"),
        ({"constant": {"value": "1 h"}, "gamma": {}}, "exactly one shape"),
        ({"constant": {"value": "1 h"}, "gamma": {}}, "found constant and gamma"),
        ({"lognorml": {}}, "unknown shape 'lognorml'; did you mean 'lognormal'?"),
        ({"zipf": {}}, "unknown shape 'zipf'; known: constant, "),
        ({"lognormal": {"mean": "5", "cv": 1}}, "the unit is missing"),
        ({"lognormal": {"mean": "5 min", "cv": 0}}, "greater than 0"),
        ({"lognormal": {"mean": "5 min", "cv": 21}}, "less than or equal to 20"),
        ({"gamma": {"mean": "5 min", "cv": float("nan")}}, "gamma.cv"),
        ({"weibull": {"mean": "5 min", "shape": 0.05}}, "greater than or equal to 0.1"),
        ({"erlang": {"mean": "5 min", "phases": 1.5}}, "valid integer"),
        ({"erlang": {"mean": "5 min", "phases": 1001}}, "less than or equal to 1000"),
        ({"exponential": {"mean": 0}}, "the mean must be more than 0; for no time at all write {constant:"),
        ({"uniform": {"low": "3 h", "high": "2 h"}}, "low (3 h) must not be longer than high (2 h)"),
        ({"triangular": {"low": "1 h", "mode": "3 h", "high": "2 h"}}, "low ≤ mode ≤ high"),
        ({"empirical": {"values": ["1 h"]}}, "at least 2 items"),
        (table(0, 1), "every value needs its share in at: 3 values, 2 shares"),
        (table("5 %", "50 %", "100 %"), "at must begin with 0 % and end with 100 %, not with 5 % and 100 %"),
        (table(0, "50 %", "99.9 %"), "not with 0 % and 99.9 %"),
        (table(0, 0, 1), "at must increase; here 0 % is followed by 0 %"),
        (table(0, "5", 1), "must be a percentage or a number, such as 30 % or 0.3"),
        (table(0, "150 %", 1), "at most 1, which is 100 %"),
        (
            {"empirical": {"values": ["1 min", "3 min", "2 min"], "at": [0, 0.5, 1]}},
            "with at, values must not decrease; here 3 min is followed by 2 min",
        ),
        ({"exponential": {"mean": "2 business days"}}, "e.g. '16 business hours'"),
        ({"uniform": {"low": "1 h", "high": "2 business hours"}}, "business and elapsed time are mixed"),
        ({"mixture": {"parts": {}}}, "at least 1 item"),
        ({"mixture": {"parts": {"a": {"share": 0.9, "shape": HOUR}}}}, "must sum to 1; they sum to 0.9"),
        ({"exponential": {"mean": "1 h", "cv": 1}}, "Extra inputs"),
    ],
)
def test_a_mistake_is_explained(written, message):
    assert re.search(re.escape(message), complaint(written))


def test_parts_must_agree_on_the_kind_of_time():
    business = {"constant": {"value": "1 business hour"}}
    parts = {"a": {"share": 0.5, "shape": HOUR}, "b": {"share": 0.5, "shape": business}}

    assert "business and elapsed time are mixed" in complaint({"mixture": {"parts": parts}})


def test_reading_a_scenario_does_not_wait_for_scipy():
    code = "import sys, simdesk.distributions; sys.exit(any(name.startswith('scipy') for name in sys.modules))"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
