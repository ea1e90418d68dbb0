"""The laws of durations: base of all shapes, and those with a formula.

Each turns uniforms into seconds by inverse transform, so a uniform keeps its meaning when a mean changes: the same
history is stretched, not rolled again.
"""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Iterator
from typing import Annotated, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, model_validator

from simdesk.durations import Duration

Cv = Annotated[float, Field(gt=0, le=20)]
Floats = NDArray[np.float64]


class Frozen(BaseModel):
    """Closed to unknown keys; its field docs are the manual."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True, serialize_by_alias=True)


class Shape(Frozen):
    """A law of durations."""

    @property
    @abstractmethod
    def mean(self) -> float:
        """Mean, seconds."""

    @property
    @abstractmethod
    def variance(self) -> float:
        """Variance, square seconds."""

    @abstractmethod
    def quantile(self, u: Floats) -> Floats:
        """Seconds that a share u of the durations does not exceed, u in (0, 1); same shape as u, finite."""

    @property
    def scv(self) -> float:
        """Squared coefficient of variation, variance over squared mean; 0 when the mean is 0."""
        return (math.sqrt(self.variance) / self.mean) ** 2 if self.mean else 0.0

    @property
    def business(self) -> bool:
        """Whether its durations are business time."""
        return any(duration.business for duration in self.durations())

    def durations(self) -> Iterator[Duration]:
        """Every duration written in it, apart from zeros, which are of either kind of time."""
        for _, value in self:
            for duration in value if isinstance(value, tuple) else (value,):
                if isinstance(duration, Duration) and duration != Duration(0.0):
                    yield duration

    @model_validator(mode="after")
    def _one_kind_of_time(self) -> Self:
        if any(duration.business_days for duration in self.durations()):
            raise ValueError(
                "a business day has no fixed length in a distribution; write business hours, "
                "e.g. '16 business hours' instead of '2 business days'"
            )
        if len({duration.business for duration in self.durations()}) > 1:
            raise ValueError("business and elapsed time are mixed; write all durations in one of the two")
        return self

    @model_validator(mode="after")
    def _takes_time(self) -> Self:
        if self.mean == 0 and not isinstance(self, Constant):
            raise ValueError("the mean must be more than 0; for no time at all write {constant: {value: 0}}")
        return self


class _WithMean(Shape):
    """A shape whose mean is written down."""

    mean_duration: Duration = Field(alias="mean")
    """The mean, more than 0."""

    @property
    def mean(self) -> float:
        """Mean, seconds."""
        return self.mean_duration.seconds


class Constant(Shape):
    """Always the same duration."""

    value: Duration
    """The duration; 0 is allowed."""

    @property
    def mean(self) -> float:
        """The value, seconds."""
        return self.value.seconds

    @property
    def variance(self) -> float:
        """0."""
        return 0.0

    def quantile(self, u: Floats) -> Floats:
        """The value, seconds, for every u."""
        return np.full(np.shape(u), self.mean)


class Exponential(_WithMean):
    """Memoryless: how long it has taken says nothing about how long it will still take."""

    @property
    def variance(self) -> float:
        """mean²."""
        return self.mean**2

    def quantile(self, u: Floats) -> Floats:
        """-mean · ln(1 - u)."""
        return -self.mean * np.log1p(-u)


class Lognormal(_WithMean):
    """Many short, a few very long: the usual shape of work done by people."""

    cv: Cv
    """Coefficient of variation, standard deviation over mean; between 0 and 20."""

    @property
    def variance(self) -> float:
        """(cv · mean)²."""
        return (self.cv * self.mean) ** 2

    def quantile(self, u: Floats) -> Floats:
        """exp(μ + σ Φ⁻¹(u)) with σ² = ln(1 + cv²) and μ = ln(mean) - σ²/2."""
        from scipy.special import ndtri

        sigma = math.sqrt(math.log1p(self.cv**2))
        return self.mean * np.exp(sigma * (ndtri(u) - sigma / 2))


class Gamma(_WithMean):
    """Between exponential (cv 1) and constant (cv near 0), or burstier than both."""

    cv: Cv
    """Coefficient of variation, standard deviation over mean; between 0 and 20."""

    @property
    def variance(self) -> float:
        """(cv · mean)²."""
        return (self.cv * self.mean) ** 2

    def quantile(self, u: Floats) -> Floats:
        """Inverse of the regularised incomplete gamma function with shape 1 / cv²."""
        return _gamma_quantile(u, self.mean, 1 / self.cv**2)


class Erlang(_WithMean):
    """A sum of equally long exponential phases."""

    phases: int = Field(ge=1, le=1000)
    """Number of phases, 1 to 1000; the more, the closer to constant."""

    @property
    def variance(self) -> float:
        """mean² / phases."""
        return self.mean**2 / self.phases

    def quantile(self, u: Floats) -> Floats:
        """The gamma quantile with shape `phases`."""
        return _gamma_quantile(u, self.mean, float(self.phases))


class Weibull(_WithMean):
    """Impatience and lifetimes: the longer it lasts the sooner (shape > 1) or later (shape < 1) it ends."""

    shape: float = Field(ge=0.1, le=20)
    """Weibull shape, 0.1 to 20; 1 is exponential."""

    @property
    def variance(self) -> float:
        """mean² · (Γ(1 + 2/shape) / Γ(1 + 1/shape)² - 1)."""
        log_ratio = math.lgamma(1 + 2 / self.shape) - 2 * math.lgamma(1 + 1 / self.shape)
        return self.mean**2 * math.expm1(log_ratio)

    def quantile(self, u: Floats) -> Floats:
        """scale · (-ln(1 - u))^(1/shape) with scale = mean / Γ(1 + 1/shape)."""
        return np.asarray(self.mean / math.gamma(1 + 1 / self.shape) * (-np.log1p(-u)) ** (1 / self.shape), np.float64)


class Uniform(Shape):
    """Every duration between two bounds is as likely as any other."""

    low: Duration
    """The shortest."""
    high: Duration
    """The longest."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.low.seconds > self.high.seconds:
            raise ValueError(f"low ({self.low}) must not be longer than high ({self.high})")
        return self

    @property
    def mean(self) -> float:
        """(low + high) / 2."""
        return (self.low.seconds + self.high.seconds) / 2

    @property
    def variance(self) -> float:
        """(high - low)² / 12."""
        return (self.high.seconds - self.low.seconds) ** 2 / 12

    def quantile(self, u: Floats) -> Floats:
        """low + (high - low) · u."""
        return self.low.seconds + (self.high.seconds - self.low.seconds) * u


class Triangular(Shape):
    """An expert's three numbers: at best, usually, at worst."""

    low: Duration
    """The shortest."""
    mode: Duration
    """The most likely."""
    high: Duration
    """The longest."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not self.low.seconds <= self.mode.seconds <= self.high.seconds:
            raise ValueError(f"write low ≤ mode ≤ high; here low is {self.low}, mode {self.mode} and high {self.high}")
        return self

    @property
    def mean(self) -> float:
        """(low + mode + high) / 3."""
        return (self.low.seconds + self.mode.seconds + self.high.seconds) / 3

    @property
    def variance(self) -> float:
        """((high - low)² - (mode - low)(high - mode)) / 18."""
        low, mode, high = self.low.seconds, self.mode.seconds, self.high.seconds
        return ((high - low) ** 2 - (mode - low) * (high - mode)) / 18

    def quantile(self, u: Floats) -> Floats:
        """A square root from below up to the mode, and from above beyond it."""
        low, mode, high = self.low.seconds, self.mode.seconds, self.high.seconds
        rising = low + np.sqrt(u * (high - low) * (mode - low))
        falling = high - np.sqrt((1 - u) * (high - low) * (high - mode))
        return np.where(u * (high - low) < mode - low, rising, falling)


def _gamma_quantile(u: Floats, mean: float, shape: float) -> Floats:
    from scipy.special import gammaincinv

    return np.asarray(gammaincinv(shape, u) * (mean / shape), np.float64)
