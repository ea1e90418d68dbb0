"""Targets that a scenario states: met, missed, or not yet known."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

from simdesk.desk import business_day
from simdesk.errors import Problem, ScenarioError
from simdesk.experiment.clocks import clock_objection
from simdesk.experiment.estimate import CONFIDENCE, Estimate
from simdesk.experiment.sheet import FOR_EACH_TYPE, Key, describe, known_measures
from simdesk.measures import MEASURES, TEAM_MEASURES
from simdesk.scenario.excerpts import nearest, quoted
from simdesk.scenario.loading import problem_in, sources_of
from simdesk.scenario.model import Scenario
from simdesk.scenario.service_levels import Quantity, Target
from simdesk.shares import meant_as_percent

if TYPE_CHECKING:  # who checks targets need not be able to simulate
    from simdesk.experiment.replications import Replications


class Verdict(Enum):
    """Whether a target is met; undecided while the interval straddles it."""

    MET = "✓"
    MISSED = "✗"
    UNDECIDED = "?"


@dataclass(frozen=True, slots=True)
class Judgement:
    """A target, what was estimated, and the verdict.

    Attributes:
        name: of the target.
        target: as it is stated.
        key: of its measure.
        estimate: of its measure.
        verdict: on it.
        bound: of the target in the unit of the measure; business days are those of the desk that was judged.
    """

    name: str
    target: Target
    key: Key
    estimate: Estimate
    verdict: Verdict
    bound: float

    @property
    def unit(self) -> str:
        """How values of the measure are told: `business time` where the target states business time."""
        return unit_of(self.target)


def bound_of(scenario: Scenario, target: Target) -> float:
    """What a target asks for, in the unit of its measure.

    Args:
        scenario: in whose office hours business days are counted.
        target: one that `check_targets` has found good.
    """
    stated = target.bound
    return stated.in_unit(business_day(scenario)) if stated.business else float(stated)


def unit_of(target: Target) -> str:
    """How the bound and the measure of a target are told: its measure's unit, or `business time`."""
    return "business time" if target.bound.business else describe(key_of(target))[1]


def keeps(target: Target, bound: float, value: float) -> bool:
    """Whether a value keeps a target; what has no value does not.

    Args:
        target: what shall be kept.
        bound: what it asks for, see `bound_of`.
        value: of its measure.
    """
    return value >= bound if target.at_least is not None else value <= bound


def key_of(target: Target) -> Key:
    """The row of the results that a target is about."""
    for by in ("priority", "team", "type"):
        of = getattr(target, by)
        if of is not None:
            return Key(target.measure, by, of)
    return Key(target.measure)


def check_targets(scenario: Scenario, path: Path | None = None, said_in: str = "the scenario") -> None:
    """Refuse targets on measures that do not exist, not for what they ask, or with a bound in another unit.

    Args:
        scenario: whose targets.
        path: the file that states them, so that problems have a line and a column.
        said_in: what to call the place where they are stated if it is no file, such as `--set`.

    Raises:
        ScenarioError: with every such target.
    """
    places: dict[tuple[str, ...], str] = {}
    for name, target in scenario.targets.items():
        if message := _objection(target):
            places["targets", name, "measure"] = message
        elif message := _unit_objection(scenario, target):
            places["targets", name, "at_most" if target.at_least is None else "at_least"] = message
    if places and path is not None:
        sources = sources_of(path)
        raise ScenarioError([problem_in(sources, message, place) for place, message in places.items()], str(path))
    if places:
        raise ScenarioError([Problem(message, ".".join(place), said_in) for place, message in places.items()], said_in)


def _objection(target: Target) -> str:
    known = known_measures()
    if target.measure not in known:
        near = nearest(target.measure, known) or ";"
        return f"no measure named {quoted(target.measure)}{near} `simdesk measures` lists them"
    stated = [by for by in ("priority", "team", "type") if getattr(target, by) is not None]
    if len(stated) > 1:
        return f"state only one of {' and '.join(stated)}"
    if (target.measure in TEAM_MEASURES) != (stated == ["team"]):
        return "is a measure of a team; state which team" if target.measure in TEAM_MEASURES else "is not told by team"
    if stated == ["type"] and target.measure not in FOR_EACH_TYPE:
        return f"is not told by type; these are: {', '.join(FOR_EACH_TYPE)}"
    if stated == ["priority"] and target.measure not in MEASURES:
        return "is not told by priority"
    return ""


def _unit_objection(scenario: Scenario, target: Target) -> str:
    """What is wrong with the unit of a bound; zero needs none."""
    bound, key = target.bound, key_of(target)
    unit = describe(key)[1]
    if not bound and not bound.business:
        return ""
    plain = bound.written_as == "number"
    if unit == "time":
        if bound.is_time:
            return clock_objection(scenario, key) if bound.business else ""
        example = f"{bound:g} min" if plain and bound > 0 else "10 min"
        return f"{target.measure} is a time; write e.g. '{example}'"
    if unit == "share":
        return _share_objection(target.measure, bound)
    what = "money" if unit == "money" else "a number"
    return "" if plain or not bound else f"{target.measure} is {what}; write it plainly, without a unit, e.g. 100"


def _share_objection(measure: str, bound: Quantity) -> str:
    if not bound.is_time and 0 <= bound <= 1:
        return ""
    if bound.written_as == "share":
        return f"{measure} is a share, so at most 100 %"
    meant = bound.written_as == "number" and meant_as_percent(bound)
    return f"{measure} is a share; write e.g. '{bound if meant else 95:g} %'"


def judge(runs: Replications, confidence: float = CONFIDENCE) -> list[Judgement]:
    """Judge every target of a scenario.

    Args:
        runs: of a scenario.
        confidence: of the interval that must lie on one side of a target.
    """
    judgements = []
    for name, target in runs.scenario.targets.items():
        key = key_of(target)
        known = key in runs.estimates
        result = (
            runs.estimate(key, confidence) if known else Estimate(math.nan, math.nan, math.nan, 0, "no such tickets")
        )
        bound = bound_of(runs.scenario, target)
        judgements.append(Judgement(name, target, key, result, verdict_on(target, bound, result), bound))
    return judgements


def verdict_on(target: Target, bound: float, result: Estimate) -> Verdict:
    """Met if the whole interval keeps the target, missed if the whole of it does not.

    Args:
        target: what shall be kept.
        bound: what it asks for, see `bound_of`.
        result: of its measure.
    """
    if math.isnan(result.low):
        return Verdict.UNDECIDED
    if target.at_least is not None:
        good, bad = result.low >= bound, result.high < bound
    else:
        good, bad = result.high <= bound, result.low > bound
    return Verdict.MET if good else Verdict.MISSED if bad else Verdict.UNDECIDED
