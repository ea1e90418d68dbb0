"""Targets that a scenario states: met, missed, or not yet known."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

from simdesk.errors import Problem, ScenarioError
from simdesk.experiment.estimate import CONFIDENCE, Estimate
from simdesk.experiment.sheet import FOR_EACH_TYPE, Key, describe, known_measures
from simdesk.measures import MEASURES, TEAM_MEASURES
from simdesk.scenario.excerpts import nearest, quoted
from simdesk.scenario.model import Scenario
from simdesk.scenario.service_levels import Quantity, Target
from simdesk.scenario.yaml_source import read_yaml

if TYPE_CHECKING:  # who checks targets need not be able to simulate
    from simdesk.experiment.replications import Replications

_SET = "--set"


class Verdict(Enum):
    """Whether a target is met; undecided while the interval straddles it."""

    MET = "✓"
    MISSED = "✗"
    UNDECIDED = "?"


@dataclass(frozen=True, slots=True)
class Judgement:
    """A target, what was estimated, and the verdict."""

    name: str
    target: Target
    key: Key
    estimate: Estimate
    verdict: Verdict


def key_of(target: Target) -> Key:
    """The row of the results that a target is about."""
    for by in ("priority", "team", "type"):
        of = getattr(target, by)
        if of is not None:
            return Key(target.measure, by, of)
    return Key(target.measure)


def check_targets(scenario: Scenario, path: Path | None = None) -> None:
    """Refuse targets on measures that do not exist, not for what they ask, or with a bound in another unit.

    Args:
        scenario: whose targets.
        path: the file that states them, so that problems have a line and a column; none if `--set` states some.

    Raises:
        ScenarioError: with every such target.
    """
    places: dict[tuple[str, ...], str] = {}
    for name, target in scenario.targets.items():
        if message := _objection(target):
            places["targets", name, "measure"] = message
        elif message := _unit_objection(target):
            places["targets", name, "at_most" if target.at_least is None else "at_least"] = message
    if places and path is not None:
        source = read_yaml(path)
        raise ScenarioError([source.problem(message, place) for place, message in places.items()], source.name)
    if places:
        raise ScenarioError([Problem(message, ".".join(place), _SET) for place, message in places.items()], _SET)


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


def _unit_objection(target: Target) -> str:
    """What is wrong with the unit of a bound; zero needs none."""
    bound = target.at_most if target.at_least is None else target.at_least
    unit = describe(key_of(target))[1]
    if not bound:
        return ""
    plain = bound.written_as == "number"
    if unit == "time":
        example = f"{bound:g} min" if plain and bound > 0 else "10 min"
        return "" if bound.written_as == "time" else f"{target.measure} is a time; write e.g. '{example}'"
    if unit == "share":
        return _share_objection(target.measure, bound)
    what = "money" if unit == "money" else "a number"
    return "" if plain else f"{target.measure} is {what}; write it plainly, without a unit, e.g. 100"


def _share_objection(measure: str, bound: Quantity) -> str:
    if bound.written_as != "time" and 0 <= bound <= 1:
        return ""
    if bound.written_as == "share":
        return f"{measure} is a share, so at most 100 %"
    meant = bound.written_as == "number" and 0 < bound <= 100
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
        judgements.append(Judgement(name, target, key, result, verdict_on(target, result)))
    return judgements


def verdict_on(target: Target, result: Estimate) -> Verdict:
    """Met if the whole interval keeps the target, missed if the whole of it does not."""
    if math.isnan(result.low):
        return Verdict.UNDECIDED
    if target.at_least is not None:
        good, bad = result.low >= target.at_least, result.high < target.at_least
    else:
        limit = target.at_most if target.at_most is not None else math.inf
        good, bad = result.high <= limit, result.low > limit
    return Verdict.MET if good else Verdict.MISSED if bad else Verdict.UNDECIDED
