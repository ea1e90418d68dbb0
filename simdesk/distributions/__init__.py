"""Shapes of durations, one class each, turned from uniforms into seconds by inverse transform.

Knows quantile functions and moments; knows no stream and rolls no dice.
"""

from simdesk.distributions.distribution import LEAST_UNIFORM, SHAPES, Distribution, Mixture, Part
from simdesk.distributions.measured import Empirical
from simdesk.distributions.shapes import (
    Constant,
    Erlang,
    Exponential,
    Gamma,
    Lognormal,
    Shape,
    Triangular,
    Uniform,
    Weibull,
)

__all__ = [
    "LEAST_UNIFORM",
    "SHAPES",
    "Constant",
    "Distribution",
    "Empirical",
    "Erlang",
    "Exponential",
    "Gamma",
    "Lognormal",
    "Mixture",
    "Part",
    "Shape",
    "Triangular",
    "Uniform",
    "Weibull",
]
