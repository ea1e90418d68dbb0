"""A desk at many points: some values varied together, on a grid or filling a space, every point with the same luck."""

from __future__ import annotations

import json
import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, get_args

from simdesk.errors import RunError
from simdesk.experiment.best import Best, best_of
from simdesk.experiment.estimate import CONFIDENCE, Estimate
from simdesk.experiment.lab import Lab, at_work
from simdesk.experiment.levels import Level, both_ends, overloaded
from simdesk.experiment.refusals import refuse_run_changes, refuse_too_many
from simdesk.experiment.replications import Replications
from simdesk.experiment.sheet import Key, describe, name_of_row
from simdesk.scenario.excerpts import quoted
from simdesk.scenario.loading import alternative
from simdesk.scenario.model import Scenario
from simdesk.statistics import designs

if TYPE_CHECKING:
    import pandas as pd

Design = Literal["grid", "latin_hypercube", "sobol"]
"""Every combination of listed values, or a number of points that fill the ranges evenly."""


@dataclass(frozen=True, slots=True)
class Sweep:
    """What the replications of every point say.

    Attributes:
        scenario: the desk as it stands.
        paths: what is varied.
        points: the values there, by path; no two points are the same.
        runs: of each point; replication r of each met the same luck.
        overloaded: teams that cannot keep up at each point: they are asked for as much as they can do, or more.
        confidence: of each interval.
        design: how the points were chosen.
    """

    scenario: Scenario
    paths: tuple[str, ...]
    points: tuple[Mapping[str, Any], ...]
    runs: tuple[Replications, ...]
    overloaded: tuple[tuple[str, ...], ...]
    confidence: float = CONFIDENCE
    design: Design = "grid"

    def estimate(self, point: int, key: Key) -> Estimate:
        """One measure at one point, with its interval."""
        return self.runs[point].estimate(key, self.confidence)

    def best(self, key: Key) -> Best:
        """The point with the best value of a measure, and those that cannot be told from it.

        Raises:
            RunError: no value of the measure is better than another, or there was nothing to measure at any point.
        """
        found = best_of([runs.readings(key) for runs in self.runs], smallest=_less(key), confidence=self.confidence)
        if found is None:
            raise RunError(f"{name_of_row(key)}: there was nothing to measure at any point")
        return found

    def front(self, first: Key, second: Key) -> tuple[int, ...]:
        """Points that no other beats in both measures, by their values; the best in the first measure first.

        Raises:
            RunError: no value of a measure is better than another.
        """
        signs = [1 if _less(key) else -1 for key in (first, second)]
        both = [
            tuple(sign * self.estimate(at, key).value for sign, key in zip(signs, (first, second), strict=True))
            for at in range(len(self.points))
        ]
        found: list[int] = []
        for at in sorted((at for at in range(len(both)) if not any(map(math.isnan, both[at]))), key=both.__getitem__):
            if not found or both[at][1] < both[found[-1]][1]:
                found.append(at)
        return tuple(found)

    def table(self) -> pd.DataFrame:
        """Every measure at every point, tidy.

        Columns: one for each path, `overloaded` (names of teams, with commas), `measure, by, of, label, unit, value,
        low, high, replications, note`. Times are in seconds.
        """
        import pandas as pd

        rows = []
        for point, runs, teams in zip(self._cells(), self.runs, self.overloaded, strict=True):
            for key in runs.estimates:
                label, unit, _, _ = describe(key)
                found = runs.estimate(key, self.confidence)
                rows.append(
                    {
                        **point, "overloaded": ", ".join(teams), **key._asdict(), "label": label,
                        "unit": "seconds" if unit == "time" else unit, "value": found.value, "low": found.low,
                        "high": found.high, "replications": found.replications, "note": found.note,
                    }
                )  # fmt: skip
        return pd.DataFrame(rows)

    def wide(self) -> pd.DataFrame:
        """One row for each point: its values, `overloaded`, and every measure without its interval, by name."""
        import pandas as pd

        return pd.DataFrame(
            {
                **point,
                "overloaded": ", ".join(teams),
                **{name_of_row(key): runs.estimate(key).value for key in runs.estimates},
            }
            for point, runs, teams in zip(self._cells(), self.runs, self.overloaded, strict=True)
        )

    def _cells(self) -> list[dict[str, Any]]:
        """The points as cells of a table: numbers where all values of a path are, else text."""
        plain = {path: all(isinstance(point[path], int | float) for point in self.points) for path in self.paths}
        return [
            {path: value if plain[path] else _text(value) for path, value in point.items()} for point in self.points
        ]


def sweep(
    scenario: Scenario,
    over: Mapping[str, Sequence[Any]],
    *,
    design: Design = "grid",
    points: int | None = None,
    seed: int = 1,
    replications: int | None = None,
    confidence: float = CONFIDENCE,
    wanted: Collection[Key] | None = None,
    lab: Lab | None = None,
) -> Sweep:
    """Simulate a desk at many points with the same luck.

    Args:
        scenario: the desk as it stands.
        over: for each dotted path its values; or, unless the design is a grid, its lowest and its highest. Whole ends
            give whole numbers; texts such as `5 min` and `20 min` give texts in the same unit.
        design: every combination, or points that fill the space.
        points: how many, unless the design is a grid; for `sobol` a power of two. Points that whole numbers make equal
            are simulated once.
        seed: of the points; the same seed gives the same points.
        replications: of each point; the scenario's own number unless stated.
        confidence: of the intervals.
        wanted: measures to read; all of them unless stated.
        lab: where it is simulated.

    Raises:
        RunError: there is nothing to vary, too much, or how long or with what luck is measured.
        ScenarioError: a path that leads nowhere, or a value that does not fit.
    """
    if not over:
        raise RunError("there is nothing to sweep over: state at least one path with its values")
    refuse_run_changes(over, "the sweep")
    for path, values in over.items():
        if isinstance(values, str) or not len(values):
            raise RunError(f"{path}: state its values as a list, e.g. [4, 5, 6]")
    count = math.prod(map(len, over.values())) if design == "grid" else points or 0
    each = scenario.run.replications if replications is None else replications
    refuse_too_many(count, each)
    chosen = _grid(over, points) if design == "grid" else _filling(over, design, points, seed)
    varied = [alternative(scenario, point) for point in chosen]
    with at_work(lab) as here:
        runs = here.many(varied, each, wanted=wanted)
    full = tuple(overloaded(one) for one in varied)
    return Sweep(scenario, tuple(over), tuple(chosen), tuple(runs), full, confidence, design)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _less(key: Key) -> bool:
    """Whether less of a measure is better."""
    better = describe(key)[2]
    if better == "neither":
        raise RunError(f"{name_of_row(key)} is neither better high nor better low, so that no point has the best")
    return better == "lower"


def _grid(over: Mapping[str, Sequence[Any]], points: int | None) -> list[dict[str, Any]]:
    if points is not None:
        raise RunError("a grid has a point for every combination; state points for latin_hypercube or sobol only")
    numbers = designs.grid([range(len(values)) for values in over.values()])
    return _different(
        [
            {path: values[int(at)] for at, (path, values) in zip(row, over.items(), strict=True)}
            for row in numbers.tolist()
        ]
    )


def _filling(over: Mapping[str, Sequence[Any]], design: Design, points: int | None, seed: int) -> list[dict[str, Any]]:
    if design not in get_args(Design):
        raise RunError(f"no design named {quoted(design)}; there are {', '.join(get_args(Design))}")
    if points is None:
        raise RunError(f"state how many points the design {design} shall have")
    ranges = [_ends(path, ends) for path, ends in over.items()]
    try:
        choose = designs.latin_hypercube if design == "latin_hypercube" else designs.sobol_points
        unit = choose(points, len(ranges), seed=seed)
    except ValueError as error:
        raise RunError(f"design {design}: {error}") from None
    lows, highs = ([one.amount for one in side] for side in zip(*ranges, strict=True))
    values = designs.scaled(unit, lows, highs, whole=[low.whole for low, _ in ranges])
    return _different(
        [
            {
                path: replace(low, amount=number).written
                for path, (low, _), number in zip(over, ranges, row, strict=True)
            }
            for row in values.tolist()
        ]
    )


def _ends(path: str, ends: Sequence[Any]) -> tuple[Level, Level]:
    """The lowest and the highest value of a factor."""
    if len(ends) != 2:
        raise RunError(f"{path}: state its lowest and its highest value, e.g. [4, 8] or ['80 %', '120 %']")
    try:
        return both_ends(*ends)
    except RunError as error:
        raise RunError(f"{path}: {error}") from None


def _different(points: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The points without repetitions, in order; values may be mappings, which have no hash."""
    return list({repr(point): point for point in points}.values())
