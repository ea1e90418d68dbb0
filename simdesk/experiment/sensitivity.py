"""What matters most: a desk with one value at a time at its low and at its high end, under the same luck.

Values that are not known exactly are told apart from values that could be chosen: what they add to the doubt of the
result stands beside the luck of the simulation.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from simdesk.experiment.difference import Difference, bonferroni, difference
from simdesk.experiment.estimate import CONFIDENCE, Estimate, error_of, sample, sections_need, student_t
from simdesk.experiment.lab import Lab, at_work
from simdesk.experiment.levels import Ends, Span, overloaded, spans
from simdesk.experiment.replications import Replications
from simdesk.experiment.sheet import Key, describe
from simdesk.measures.readings import Quantile, Reading
from simdesk.scenario.loading import alternative
from simdesk.scenario.model import Scenario
from simdesk.statistics.sensitivity import elasticity

if TYPE_CHECKING:
    import pandas as pd

Readings = Sequence[Reading]


@dataclass(frozen=True, slots=True)
class Bar:
    """What one factor does to the measure.

    Attributes:
        span: the factor, where it stands, and where it was tried.
        at_low, at_high: the measure at either end less that of the desk as it stands; exactly 0 for a factor that
            changes nothing.
        across: the measure at the high end less that at the low end. The intervals of these three of all bars hold
            together (Bonferroni).
        elasticity: by how many per cent the measure changes for one per cent of the factor, over the range that was
            tried; None where there are no positive numbers. The intervals of all bars hold together.
        overloaded: teams that cannot keep up at the low end, and at the high end.
    """

    span: Span
    at_low: Difference
    at_high: Difference
    across: Difference
    elasticity: Estimate | None
    overloaded: tuple[tuple[str, ...], tuple[str, ...]]

    @property
    def noticeable(self) -> bool:
        """Whether the two ends, or one of them and the desk as it stands, are shown to differ."""
        return any(one.low > 0 or one.high < 0 for one in (self.at_low, self.at_high, self.across))

    @property
    def swing(self) -> float:
        """From the smallest to the largest of the three values; orders the bars."""
        ends = self.at_low.value, 0.0, self.at_high.value
        return math.nan if any(map(math.isnan, ends)) else max(ends) - min(ends)


@dataclass(frozen=True, slots=True)
class InputUncertainty:
    """How much of the doubt about a result comes from inputs that are not known exactly.

    Of first order: each input by itself, the measure as straight between its ends, the inputs independent. The slopes
    are estimates, so that the parts are rather too large than too small.

    Attributes:
        parts: variance that each of these inputs adds, by path.
        simulation: variance of the estimate from the luck of the simulation; more replications make it smaller.
        base: the measure with the interval of the simulation alone.
        widened: the same with the interval of both.
    """

    parts: Mapping[str, float]
    simulation: float
    base: Estimate
    widened: Estimate

    @property
    def share(self) -> float:
        """Share of the variance that comes from inputs, which no number of replications makes smaller."""
        inputs = math.fsum(self.parts.values())
        return inputs / (inputs + self.simulation) if inputs else 0.0


@dataclass(frozen=True)
class Tornado:
    """What the replications at both ends of every factor say; replication r of each met the same luck.

    Attributes:
        base: the desk as it stands.
        ends: the desk at the low and at the high end of each factor, in the order of `spans`.
        spans: the factors.
        key: the measure that is moved.
        confidence: of all intervals together.
    """

    base: Replications
    ends: tuple[tuple[Replications, Replications], ...]
    spans: tuple[Span, ...]
    key: Key
    confidence: float = CONFIDENCE

    @property
    def scenario(self) -> Scenario:
        """The desk as it stands."""
        return self.base.scenario

    @property
    def spent(self) -> int:
        """Replications in all."""
        return len(self.base.sheets) * (1 + 2 * len(self.ends))

    @cached_property
    def value(self) -> Estimate:
        """The measure of the desk as it stands, with the interval of the simulation alone."""
        return self.base.estimate(self.key, self.confidence)

    @cached_property
    def bars(self) -> tuple[Bar, ...]:
        """What each factor does, the largest swing first; those without a value last."""
        found = [self._bar(at) for at in range(len(self.spans))]
        return tuple(sorted(found, key=lambda bar: (math.isnan(bar.swing), -bar.swing)))

    @cached_property
    def alike(self) -> tuple[str, ...]:
        """Paths of the other factors of which it is not known whether they matter less than the first.

        The swings are compared in pairs; the intervals of all these comparisons hold together (Bonferroni).
        """
        first, *others = self.bars
        each = bonferroni(self.confidence, len(others))
        largest = self._extremes(first.span)
        found = []
        for other in others:
            smaller = self._extremes(other.span)
            gap = combination([*largest, *smaller], (-1, 1, 1, -1), each)
            if math.isnan(gap.low) or gap.low <= 0:
                found.append(other.span.path)
        return tuple(found)

    @cached_property
    def inputs(self) -> InputUncertainty | None:
        """How much doubt comes from inputs with a standard error; None if there are none, or nothing can be said."""
        parts = {bar.span.path: self._part(bar) for bar in self.bars if bar.span.unknown}
        base = self.value
        if not parts or math.isnan(base.low) or any(map(math.isnan, parts.values())):
            return None
        half = math.hypot(base.half_width, _normal(self.confidence) * math.sqrt(math.fsum(parts.values())))
        widened = replace(base, low=base.value - half, high=base.value + half)
        return InputUncertainty(parts, base.standard_error**2, base, widened)

    def table(self) -> pd.DataFrame:
        """Every end of every factor, tidy.

        Columns: `path, end, tried, amount, stands_at, measure, by, of, label, unit, base, value, difference, low,
        high, elasticity, elasticity_low, elasticity_high, standard_error, variance, overloaded, replications, note`.
        Times are in seconds; `variance` is what an input adds that is not known exactly.
        """
        import pandas as pd

        label, unit, _, _ = describe(self.key)
        rows = []
        for bar in self.bars:
            span, nothing = bar.span, Estimate(math.nan, math.nan, math.nan, 0)
            percent = bar.elasticity or nothing
            for end, found, at in (("low", bar.at_low, 0), ("high", bar.at_high, 2)):
                rows.append(
                    {
                        "path": span.path, "end": end, "tried": span.texts[at], "amount": span.amounts[at],
                        "stands_at": span.texts[1], **self.key._asdict(), "label": label,
                        "unit": "seconds" if unit == "time" else unit, "base": found.base, "value": found.other,
                        "difference": found.value, "low": found.low, "high": found.high,
                        "elasticity": percent.value, "elasticity_low": percent.low, "elasticity_high": percent.high,
                        "standard_error": span.standard_error,
                        "variance": self._part(bar) if span.unknown else math.nan,
                        "overloaded": ", ".join(bar.overloaded[at // 2]), "replications": found.replications,
                        "note": found.note,
                    }
                )  # fmt: skip
        return pd.DataFrame(rows)

    def _bar(self, at: int) -> Bar:
        span = self.spans[at]
        base, (low, high) = self.base.readings(self.key), self._readings(span)
        each = bonferroni(self.confidence, 3 * len(self.spans))
        return Bar(
            span=span,
            at_low=difference(base, low, confidence=each),
            at_high=difference(base, high, confidence=each),
            across=difference(low, high, confidence=each),
            elasticity=self._elasticity(span, low, high),
            overloaded=(overloaded(self.ends[at][0].scenario), overloaded(self.ends[at][1].scenario)),
        )

    def _readings(self, span: Span) -> tuple[Readings, Readings]:
        low, high = self.ends[self.spans.index(span)]
        return low.readings(self.key), high.readings(self.key)

    def _extremes(self, span: Span) -> tuple[Readings, Readings]:
        """The readings where the measure is smallest, and those where it is largest."""
        three = [self.base.readings(self.key), *self._readings(span)]
        values = [sample(readings).value for readings in three]
        return three[values.index(min(values))], three[values.index(max(values))]

    def _elasticity(self, span: Span, low: Readings, high: Readings) -> Estimate | None:
        """On the logarithms; the error by linearising them (delta method)."""
        at, _, to = span.amounts
        below, above = sample(low).value, sample(high).value
        if not all(number > 0 for number in (at, to, below, above)):
            return None
        step = math.log(to / at)
        each = bonferroni(self.confidence, len(self.spans))
        moved = combination([low, high], (-1 / below / step, 1 / above / step), each)
        found = elasticity(below, above, at, to)
        half = moved.half_width
        return replace(moved, value=found, low=found - half, high=found + half)

    def _part(self, bar: Bar) -> float:
        """Variance that an input adds: that of its slope times its error."""
        low, base, high = bar.span.amounts
        slope = bar.across.value / (high - low)
        return float((slope * bar.span.standard_error * base) ** 2)


def tornado(
    scenario: Scenario,
    factors: Mapping[str, Ends],
    key: Key,
    *,
    replications: int | None = None,
    confidence: float = CONFIDENCE,
    lab: Lab | None = None,
) -> Tornado:
    """Try one value after the other at its low and at its high end, with the same luck.

    Args:
        scenario: the desk as it stands.
        factors: by dotted path the low and the high end as they are written, or a standard error as a share of the
            value for what is not known exactly: it is tried at 1.96 of these either way. Whole numbers are rounded
            outwards.
        key: the measure that is moved.
        replications: of each desk; the scenario's own number unless stated.
        confidence: of all intervals together.
        lab: where it is simulated.

    Raises:
        RunError: there is no factor, or one that cannot be varied so.
        ScenarioError: a path that leads nowhere, or an end that does not fit.
    """
    found = spans(scenario, factors)
    varied = [alternative(scenario, {span.path: end}) for span in found for end in (span.low, span.high)]
    with at_work(lab) as here:
        base, *others = here.many([scenario, *varied], replications, wanted={key})
    pairs = zip(others[::2], others[1::2], strict=True)
    return Tornado(base, tuple(pairs), tuple(found), key, confidence)


def combination(several: Sequence[Readings], weights: Sequence[float], confidence: float) -> Estimate:
    """A weighted sum of a measure over several desks that met the same luck, with its interval.

    Args:
        several: readings of each desk, of the same replications in the same order.
        weights: of each desk.
        confidence: of the interval.
    """
    sides = [[reading for reading in side if isinstance(reading, Quantile)] for side in several]
    each = max(map(sections_need, sides)) if all(sides) else 1
    samples = [sample(readings, each) for readings in several]
    value = math.fsum(weight * one.value for weight, one in zip(weights, samples, strict=True))
    if note := next((one.note for one in samples if one.note), ""):
        return Estimate(value, math.nan, math.nan, len(several[0]), note)
    error = error_of(np.tensordot(np.array(weights), np.array([one.parts for one in samples]), axes=1))
    half = student_t(confidence, samples[0].parts.size - 1) * error
    return Estimate(value, value - half, value + half, len(several[0]), standard_error=error)


def _normal(confidence: float) -> float:
    """Two-sided critical value of the normal distribution: the standard errors of inputs are taken as they are."""
    from scipy.special import ndtri

    return float(ndtri(0.5 + confidence / 2))
