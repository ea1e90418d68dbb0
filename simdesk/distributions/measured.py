"""The law of what was measured: straight lines through measured durations, or through a table of quantiles."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated

import numpy as np
from pydantic import Field, ValidationInfo, field_validator

from simdesk.distributions.shapes import Floats, Shape
from simdesk.durations import Duration
from simdesk.shares import Share


class Empirical(Shape):
    """Measured durations: the straight lines through the sorted values, at equally spaced shares or at those in `at`.

    The first value has share 0 and the last 1, so nothing is shorter or longer than what was measured.
    """

    values: tuple[Duration, ...] = Field(min_length=2)
    """At least two measured durations, in any order; with `at`, from the shortest to the longest."""
    at: Annotated[tuple[Share, ...], Field(min_length=2)] | None = None
    """Share of the durations that are no longer than each value, from 0 % to 100 %; equally spaced unless stated."""

    @field_validator("at")
    @classmethod
    def _a_share_for_every_value(cls, at: tuple[float, ...] | None, info: ValidationInfo) -> tuple[float, ...] | None:
        values: tuple[Duration, ...] = info.data.get("values", ())
        if at is None or not values:
            return at
        if len(at) != len(values):
            raise ValueError(f"every value needs its share in at: {len(values)} values, {len(at)} shares")
        if at[0] != 0 or at[-1] != 1:
            raise ValueError(
                f"at must begin with 0 % and end with 100 %, not with {_percent(at[0])} and {_percent(at[-1])}"
            )
        for before, after in pairwise(at):
            if after <= before:
                raise ValueError(f"at must increase; here {_percent(before)} is followed by {_percent(after)}")
        for shorter, longer in pairwise(values):
            if longer.seconds < shorter.seconds:
                raise ValueError(f"with at, values must not decrease; here {shorter} is followed by {longer}")
        return at

    @property
    def mean(self) -> float:
        """Mean of the midpoints of neighbouring values, each with the share between them."""
        low, high, share = self._segments()
        return float(share @ (low + high) / 2)

    @property
    def variance(self) -> float:
        """Variance of the midpoints plus the mean variance within a segment."""
        low, high, share = self._segments()
        return float(share @ (((low + high) / 2 - self.mean) ** 2 + (high - low) ** 2 / 12))

    def quantile(self, u: Floats) -> Floats:
        """Linear between neighbouring values."""
        shares, ordered = self._points()
        return np.asarray(np.interp(u, shares, ordered), np.float64)

    def _points(self) -> tuple[Floats, Floats]:
        ordered = np.sort([duration.seconds for duration in self.values])
        return np.linspace(0, 1, ordered.size) if self.at is None else np.array(self.at), ordered

    def _segments(self) -> tuple[Floats, Floats, Floats]:
        """Shorter end, longer end and share of each straight line."""
        shares, ordered = self._points()
        return ordered[:-1], ordered[1:], np.diff(shares)


def _percent(share: float) -> str:
    return f"{100 * share:.10g} %"
