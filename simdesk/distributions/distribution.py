"""Distributions as a scenario writes them: exactly one shape, which may be a mixture of distributions."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, Self, get_args

import numpy as np
from pydantic import ConfigDict, Field, model_validator

from simdesk.distributions.measured import Empirical
from simdesk.distributions.shapes import (
    Constant,
    Erlang,
    Exponential,
    Floats,
    Frozen,
    Gamma,
    Lognormal,
    Shape,
    Triangular,
    Uniform,
    Weibull,
)
from simdesk.durations import Duration
from simdesk.shares import Share
from simdesk.spelling import nearest

LEAST_UNIFORM = 2.0**-53
"""Uniforms lie between this and one minus this; every quantile is finite there."""

_EXAMPLE = "e.g. {lognormal: {mean: 5 min, cv: 0.8}} or {constant: {value: 5 min}}"


class Part(Frozen):
    """One named part of a mixture."""

    share: Share
    """Share of the durations that come from this part, 0 to 100 %."""
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


class Distribution(Frozen):
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
            hint = nearest(names[0], cls.model_fields) or f"; known: {', '.join(cls.model_fields)}"
            raise ValueError(f"unknown shape '{names[0][:40]}'{hint}")
        return written

    @property
    def shape(self) -> Shape:
        """The one shape that it has."""
        written = (getattr(self, name) for name in self.model_fields_set)
        shape: Shape = next(value for value in written if value is not None)
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


def _without_shape(written: object) -> str:
    """What to say to somebody who wrote a bare value where a distribution belongs."""
    try:
        duration = written if isinstance(written, Duration) else Duration.parse(written)  # type: ignore[arg-type]  # parse refuses what is no text
    except ValueError:
        return f"this is not a distribution; write one shape, {_EXAMPLE}"
    return f"'{duration}' has no shape; write {{constant: {{value: {duration}}}}} if it is always the same"
