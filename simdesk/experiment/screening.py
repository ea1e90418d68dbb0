"""What matters most when everything moves at once: short walks through the ranges, or shares of the variance.

Every point meets the same luck, so that the output is a function of the inputs for each replication.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from simdesk.errors import RunError
from simdesk.experiment.estimate import CONFIDENCE, estimate
from simdesk.experiment.lab import Lab, at_work
from simdesk.experiment.levels import Ends, Span, numbered, overloaded, spans
from simdesk.experiment.refusals import refuse_too_many
from simdesk.experiment.replications import Replications
from simdesk.experiment.sheet import Key, describe, name_of_row
from simdesk.scenario.loading import alternative
from simdesk.scenario.model import Scenario
from simdesk.statistics import designs
from simdesk.statistics.sensitivity import (
    ElementaryEffects,
    SobolIndices,
    elementary_effects,
    saltelli_design,
    sobol_indices,
)

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]

TRAJECTORIES: Final = 20
"""Walks of a screening. [Campolongo et al. 2007: 10 to 20 for some ten factors]"""
BASE_POINTS: Final = 256
"""Base points of the shares of the variance: their intervals are then some 0.1 wide either way. [design]"""
REPLICATIONS: Final = 5
"""Replications at each point: the points, not these, decide how exact the answer is. [design]"""


@dataclass(frozen=True, slots=True)
class Points:
    """Where was simulated.

    Attributes:
        count: different points; what whole numbers make equal is simulated once.
        replications: at each of them.
        overloaded: teams that cannot keep up, with the number of points at which they cannot; what is measured there
            depends on how long the run is.
        anywhere: points at which any team cannot keep up.
    """

    count: int
    replications: int
    overloaded: Mapping[str, int]
    anywhere: int

    @property
    def spent(self) -> int:
        """Replications in all."""
        return self.count * self.replications


@dataclass(frozen=True, slots=True)
class Screening:
    """How much each factor moves the measure while the others stand anywhere in their ranges (Morris).

    Attributes:
        scenario: the desk as it stands.
        key: the measure that is moved.
        spans: the factors, in the order of the arrays of `effects`.
        effects: change of the measure for a change of each factor over its whole range.
        noise: mean size of the effect that luck alone would show of a factor without any, shape (factors,); 0 for a
            factor that changes nothing, NaN with one replication.
        trajectories: walks.
        points: where was simulated.
        confidence: of each interval; bootstrap over the walks.
    """

    scenario: Scenario
    key: Key
    spans: tuple[Span, ...]
    effects: ElementaryEffects
    noise: Floats
    trajectories: int
    points: Points
    confidence: float = CONFIDENCE

    @property
    def spent(self) -> int:
        """Replications in all."""
        return self.points.spent

    @property
    def order(self) -> list[int]:
        """Numbers of the factors, the one that matters most first."""
        return [int(at) for at in np.argsort(-self.effects.mu_star, kind="stable")]

    def table(self) -> pd.DataFrame:
        """Every factor, the one that matters most first, tidy.

        Columns: `path, from, to, measure, by, of, label, unit, mu, mu_star, mu_star_low, mu_star_high, sigma, noise,
        trajectories, points, replications`. Times are in seconds.
        """
        import pandas as pd

        return pd.DataFrame(
            {
                **_head(self.spans[at], self.key),
                **{
                    name: float(getattr(self.effects, name)[at])
                    for name in ("mu", "mu_star", "mu_star_low", "mu_star_high", "sigma")
                },
                "noise": float(self.noise[at]),
                "trajectories": self.trajectories,
                "points": self.points.count,
                "replications": self.points.replications,
            }
            for at in self.order
        )


@dataclass(frozen=True, slots=True)
class VarianceShares:
    """Which share of the variance of the measure comes from which factor, each anywhere in its range (Sobol').

    Attributes:
        scenario: the desk as it stands.
        key: the measure that is moved.
        spans: the factors, in the order of the arrays of `indices`.
        indices: shares; those of the mean over the replications, their intervals with the luck of the simulation.
        variance: of the mean over the replications; 0 if nothing varies.
        points: where was simulated.
        confidence: of each interval.
    """

    scenario: Scenario
    key: Key
    spans: tuple[Span, ...]
    indices: SobolIndices
    variance: float
    points: Points
    confidence: float = CONFIDENCE

    @property
    def spent(self) -> int:
        """Replications in all."""
        return self.points.spent

    @property
    def order(self) -> list[int]:
        """Numbers of the factors, the one that matters most first."""
        return [int(at) for at in np.argsort(-self.indices.total, kind="stable")]

    @property
    def together(self) -> float:
        """Share that no factor has by itself: that of factors in interaction."""
        return float(1 - self.indices.first.sum()) if self.variance else 0.0

    def table(self) -> pd.DataFrame:
        """Every factor, the one that matters most first, tidy.

        Columns: `path, from, to, measure, by, of, label, unit, first, first_low, first_high, total, total_low,
        total_high, noise_share, points, replications`.
        """
        import pandas as pd

        names = ("first", "first_low", "first_high", "total", "total_low", "total_high")
        return pd.DataFrame(
            {
                **_head(self.spans[at], self.key),
                **{name: float(getattr(self.indices, name)[at]) for name in names},
                "noise_share": self.indices.noise_share,
                "points": self.points.count,
                "replications": self.points.replications,
            }
            for at in self.order
        )


def morris(
    scenario: Scenario,
    factors: Mapping[str, Ends],
    key: Key,
    *,
    trajectories: int = TRAJECTORIES,
    levels: int = designs.MORRIS_LEVELS,
    replications: int = REPLICATIONS,
    confidence: float = CONFIDENCE,
    seed: int = 1,
    lab: Lab | None = None,
) -> Screening:
    """Sort out with few points which factors matter at all, while the others move as well.

    Args:
        scenario: the desk as it stands.
        factors: by dotted path the low and the high end, or a standard error; see `tornado`.
        key: the measure that is moved; its value at a point is that of all replications there.
        trajectories: walks, from 2; each changes every factor once.
        levels: of each factor, an even number.
        replications: at each point.
        confidence: of each interval.
        seed: of the walks.
        lab: where it is simulated.

    Raises:
        RunError: a factor cannot be varied so, there is too much to simulate, or a point has nothing to measure.
        ScenarioError: a path that leads nowhere, or an end that does not fit.
    """
    found = numbered(spans(scenario, factors))
    try:
        if trajectories < 2:
            raise ValueError("one walk has no interval; take at least 2")
        walks = designs.morris_trajectories(len(found), trajectories, seed=seed, levels=levels)
    except ValueError as error:
        raise RunError(f"morris: {error}") from None
    amounts = _amounts(found, walks.points)
    runs, points = _simulated(scenario, found, amounts.reshape(-1, len(found)), key, replications, lab)
    shape = trajectories, len(found) + 1
    each = np.array([[reading.value for reading in one.readings(key)] for one in runs])
    outputs = np.array([estimate(one.readings(key)).value for one in runs])
    _refuse_nothing(outputs + each.sum(axis=1), found, amounts.reshape(-1, len(found)), key)
    walks = replace(walks, steps=_steps(found, amounts, walks.changed))
    effects = elementary_effects(walks, outputs.reshape(shape), seed=seed, confidence=confidence)
    noise = _noise(walks, each.reshape(*shape, -1))
    return Screening(scenario, key, tuple(found), effects, noise, trajectories, points, confidence)


def _noise(walks: designs.Trajectories, each: Floats) -> Floats:
    """Mean size of an effect that is nothing but the luck of the replications: √(2 / π) of its standard error.

    Args:
        walks: with the steps that were really taken.
        each: what every replication says, shape (walks, factors + 1, replications).
    """
    replications = each.shape[2]
    if replications < 2:
        return np.full(walks.changed.shape[1], np.nan)
    moved = np.diff(each, axis=1) / walks.steps[:, :, None]
    errors = np.empty(walks.changed.shape)
    np.put_along_axis(errors, walks.changed, moved.std(axis=2, ddof=1) / np.sqrt(replications), axis=1)
    return np.asarray(np.sqrt(2 / np.pi) * errors.mean(axis=0))


def sobol(
    scenario: Scenario,
    factors: Mapping[str, Ends],
    key: Key,
    *,
    points: int = BASE_POINTS,
    replications: int = REPLICATIONS,
    confidence: float = CONFIDENCE,
    seed: int = 1,
    lab: Lab | None = None,
) -> VarianceShares:
    """Share out the variance of a measure to the factors, each anywhere in its range with the same probability.

    Args:
        scenario: the desk as it stands.
        factors: by dotted path the low and the high end, or a standard error; see `tornado`.
        key: the measure that is moved; its value in a replication is that of this replication alone.
        points: base points, a power of two; for k factors k + 2 times as many are simulated.
        replications: at each point, from 2: each is a path set, and they tell the luck of the simulation apart.
        confidence: of each interval.
        seed: of the points.
        lab: where it is simulated.

    Raises:
        RunError: a factor cannot be varied so, there is too much to simulate, or a point has nothing to measure.
        ScenarioError: a path that leads nowhere, or an end that does not fit.
    """
    found = numbered(spans(scenario, factors))
    try:
        if replications < 2:
            raise ValueError("one replication cannot tell the luck of the simulation apart; take at least 2")
        refuse_too_many(points * (len(found) + 2), replications)
        design = saltelli_design(points, len(found), seed=seed)
    except ValueError as error:
        raise RunError(f"sobol: {error}") from None
    amounts = _amounts(found, design.points)
    runs, where = _simulated(scenario, found, amounts, key, replications, lab)
    outputs = np.array([[reading.value for reading in one.readings(key)] for one in runs]).T
    _refuse_nothing(outputs.sum(axis=0), found, amounts, key)
    f_a, f_b, f_ab = design.split(outputs)
    indices = sobol_indices(f_a, f_b, f_ab, seed=seed, confidence=confidence)
    variance = float(np.concatenate((f_a, f_b), axis=1).mean(axis=0).var(ddof=1))
    return VarianceShares(scenario, key, tuple(found), indices, variance, where, confidence)


def _amounts(found: Sequence[Span], unit: Floats) -> Floats:
    """Points of the unit cube in the units of the factors."""
    lows, highs = [span.amounts[0] for span in found], [span.amounts[2] for span in found]
    return designs.scaled(unit, lows, highs, whole=[span.at(0.0).whole for span in found])


def _steps(found: Sequence[Span], amounts: Floats, changed: NDArray[np.int64]) -> Floats:
    """The step that each factor really took, as a part of its range: a whole number takes another than was drawn.

    Args:
        found: the factors.
        amounts: shape (walks, factors + 1, factors).
        changed: which factor changes at each move, shape (walks, factors).
    """
    width = np.array([span.amounts[2] - span.amounts[0] for span in found])
    moved = np.diff(amounts, axis=1) / width
    return np.asarray(np.take_along_axis(moved, changed[:, :, None], axis=2)[:, :, 0])


def _simulated(
    scenario: Scenario, found: Sequence[Span], amounts: Floats, key: Key, replications: int, lab: Lab | None
) -> tuple[list[Replications], Points]:
    """The replications at every point, those of equal points simulated once."""
    changes = [_changes(found, row) for row in amounts.tolist()]
    different = {repr(one): one for one in changes}
    refuse_too_many(len(different), replications)
    varied = [alternative(scenario, one) for one in different.values()]
    with at_work(lab) as here:
        runs = dict(zip(different, here.many(varied, replications, wanted={key}), strict=True))
    full = [overloaded(one) for one in varied]
    teams = {team: sum(team in names for names in full) for team in scenario.teams}
    where = Points(len(varied), replications, {t: n for t, n in teams.items() if n}, sum(map(bool, full)))
    return [runs[repr(one)] for one in changes], where


def _changes(found: Sequence[Span], amounts: Sequence[float]) -> dict[str, Any]:
    return {span.path: span.at(amount).value for span, amount in zip(found, amounts, strict=True)}


def _refuse_nothing(outputs: Floats, found: Sequence[Span], amounts: Floats, key: Key) -> None:
    """Refuse points at which there is nothing to measure.

    Args:
        outputs: NaN at such a point, shape (points,).
        found: the factors.
        amounts: shape (points, factors).
        key: the measure.
    """
    empty = np.flatnonzero(np.isnan(outputs))
    if empty.size:
        at = amounts[int(empty[0])].tolist()
        where = ", ".join(f"{span.path} = {span.at(amount).text}" for span, amount in zip(found, at, strict=True))
        raise RunError(
            f"{name_of_row(key)}: at {where} a replication has nothing to measure; keep such points out of the ranges, "
            "or make the run longer"
        )


def _head(span: Span, key: Key) -> dict[str, Any]:
    label, unit, _, _ = describe(key)
    return {
        "path": span.path, "from": span.texts[0], "to": span.texts[2], **key._asdict(), "label": label,
        "unit": "seconds" if unit == "time" else unit,
    }  # fmt: skip
