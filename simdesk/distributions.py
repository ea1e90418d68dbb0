"""Shapes of durations, one class each, turned from uniforms into seconds by inverse transform.

Knows quantile functions and moments; knows no stream and rolls no dice. A uniform keeps its meaning when a
mean changes: the same history is stretched, not rolled again.
"""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Iterator
from typing import Annotated, Any, Self, get_args

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, model_validator

from simdesk.durations import Duration, did_you_mean

LEAST_UNIFORM = 2.0**-53
"""Uniforms lie between this and one minus this; every quantile is finite there."""

_EXAMPLE = "e.g. {lognormal: {mean: 5 min, cv: 0.8}} or {constant: {value: 5 min}}"

Cv = Annotated[float, Field(gt=0, le=20)]
Floats = NDArray[np.float64]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True, serialize_by_alias=True)


class Shape(_Frozen):
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


class Empirical(Shape):
    """Measured durations: the straight lines through the sorted values at equally spaced probabilities.

    The first value has probability 0 and the last 1, so nothing is shorter or longer than what was measured.
    """

    values: tuple[Duration, ...] = Field(min_length=2)
    """At least two measured durations, in any order."""

    @property
    def mean(self) -> float:
        """Mean of the midpoints of neighbouring values."""
        low, high = self._segments()
        return float(np.mean((low + high) / 2))

    @property
    def variance(self) -> float:
        """Variance of the midpoints plus the mean variance within a segment."""
        low, high = self._segments()
        return float(np.var((low + high) / 2) + np.mean((high - low) ** 2) / 12)

    def quantile(self, u: Floats) -> Floats:
        """Linear between neighbouring values."""
        ordered = sorted(duration.seconds for duration in self.values)
        return np.asarray(np.interp(u, np.linspace(0, 1, len(ordered)), ordered), np.float64)

    def _segments(self) -> tuple[Floats, Floats]:
        ordered = np.sort([duration.seconds for duration in self.values])
        return ordered[:-1], ordered[1:]


class Part(_Frozen):
    """One named part of a mixture."""

    share: float = Field(ge=0, le=1)
    """Share of the durations that come from this part, 0 to 1."""
    shape: Distribution
    """How long they are."""


class Mixture(Shape):
    """Several kinds of case in one: most are short, some are long.

    One uniform picks the part and, rescaled, is inverted inside it. So its quantile follows the order of the
    parts and is not a monotone function of u: it samples the law, but 0.5 does not give the median.
    """

    parts: dict[str, Part] = Field(min_length=1)
    """The parts by name; their shares sum to 1."""

    @model_validator(mode="after")
    def _shares_sum_to_one(self) -> Self:
        total = math.fsum(part.share for part in self.parts.values())
        if abs(total - 1) > 1e-9:
            raise ValueError(f"the shares of the parts must sum to 1; they sum to {total:.10g}")
        return self

    @property
    def mean(self) -> float:
        """Mean of the means."""
        return math.fsum(part.share * part.shape.mean for part in self.parts.values())

    @property
    def variance(self) -> float:
        """Mean of the variances plus variance of the means."""
        mean = self.mean
        return math.fsum(
            part.share * (part.shape.variance + (part.shape.mean - mean) ** 2) for part in self.parts.values()
        )

    def quantile(self, u: Floats) -> Floats:
        """Seconds of the part that u picks, at the place of u within it; not monotone."""
        u = np.asarray(u, np.float64)
        upper = np.cumsum([part.share for part in self.parts.values()])
        upper /= upper[-1]
        picked = np.searchsorted(upper, u, side="right")
        seconds = np.empty_like(u)
        for index, part in enumerate(self.parts.values()):
            mine = picked == index
            lower = upper[index - 1] if index else 0.0
            if mine.any():
                within = (u[mine] - lower) / (upper[index] - lower)
                seconds[mine] = part.shape.quantile(np.clip(within, LEAST_UNIFORM, 1 - LEAST_UNIFORM))
        return seconds

    def durations(self) -> Iterator[Duration]:
        """Every duration written in its parts, apart from zeros."""
        for part in self.parts.values():
            yield from part.shape.shape.durations()


class Distribution(_Frozen):
    """How long something takes: a mapping with exactly one shape, `{lognormal: {mean: 5 min, cv: 0.8}}`."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1, "maxProperties": 1})

    constant: Constant | None = None
    """Always the same duration."""
    exponential: Exponential | None = None
    """Memoryless, cv 1."""
    lognormal: Lognormal | None = None
    """Many short, a few very long: the usual shape of work done by people."""
    gamma: Gamma | None = None
    """A mean and any cv, with a lighter tail than lognormal."""
    erlang: Erlang | None = None
    """A sum of equally long exponential phases."""
    weibull: Weibull | None = None
    """Patience and lifetimes."""
    uniform: Uniform | None = None
    """Anything between two bounds."""
    triangular: Triangular | None = None
    """At best, usually, at worst."""
    empirical: Empirical | None = None
    """Straight lines through measured values."""
    mixture: Mixture | None = None
    """Named parts, each with a share and a shape of its own."""

    @model_validator(mode="before")
    @classmethod
    def _exactly_one(cls, written: Any) -> Any:
        if isinstance(written, cls):
            return written
        if not isinstance(written, dict):
            raise ValueError(_without_shape(written))
        names = [str(name) for name, value in written.items() if value is not None]
        if len(names) != 1:
            found = " and ".join(names) or "none"
            raise ValueError(f"write exactly one shape, {_EXAMPLE}; found {found}")
        if names[0] not in cls.model_fields:
            hint = did_you_mean(names[0], cls.model_fields) or f"; known: {', '.join(cls.model_fields)}"
            raise ValueError(f"unknown shape '{names[0][:40]}'{hint}")
        return written

    @property
    def shape(self) -> Shape:
        """The one shape that it has."""
        shape: Shape = next(value for _, value in self if value is not None)
        return shape

    @property
    def mean(self) -> float:
        """Mean, seconds."""
        return self.shape.mean

    @property
    def variance(self) -> float:
        """Variance, square seconds."""
        return self.shape.variance

    @property
    def scv(self) -> float:
        """Squared coefficient of variation; 0 when the mean is 0."""
        return self.shape.scv

    @property
    def business(self) -> bool:
        """Whether its durations are business time."""
        return self.shape.business

    def quantile(self, u: Floats) -> Floats:
        """Seconds for uniforms u in (0, 1), same array shape, finite; see the shape."""
        return self.shape.quantile(u)


Part.model_rebuild()
Mixture.model_rebuild()
Distribution.model_rebuild()

SHAPES: dict[str, type[Shape]] = {
    name: get_args(field.annotation)[0] for name, field in Distribution.model_fields.items()
}
"""Every shape by its name in YAML."""


def _gamma_quantile(u: Floats, mean: float, shape: float) -> Floats:
    from scipy.special import gammaincinv

    return np.asarray(gammaincinv(shape, u) * (mean / shape), np.float64)


def _without_shape(written: object) -> str:
    """What to say to somebody who wrote a bare value where a distribution belongs."""
    try:
        duration = written if isinstance(written, Duration) else Duration.parse(written)  # type: ignore[arg-type]
    except ValueError:
        return f"this is not a distribution; write one shape, {_EXAMPLE}"
    return f"'{duration}' has no shape; write {{constant: {{value: {duration}}}}} if it is always the same"
