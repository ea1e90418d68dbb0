"""Sliders (`try`): those that offer what the scenario refuses, and those that do not begin where the desk stands."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from simdesk.errors import Problem, ScenarioError
from simdesk.experiment.findings.finding import Finding
from simdesk.experiment.levels import Level, level
from simdesk.scenario.excerpts import dotted
from simdesk.scenario.loading import problem_in, sources_of, vary
from simdesk.scenario.model import Scenario, Slider
from simdesk.scenario.paths import standing
from simdesk.scenario.service_levels import Quantity

_ONE_BY_ONE: Final = 6
"""So many sliders are tried one by one; more are tried together, so that a long list costs no more time."""

_Place = tuple[str | int, ...]


def slider_elsewhere(scenario: Scenario) -> Iterator[Finding]:
    """A slider whose range does not hold today's value."""
    for index, slider in enumerate(scenario.try_):
        today, low, high = level(standing(scenario, slider.path)), _level(slider.from_), _level(slider.to)
        if today is None or not all(end is None or end.kind == today.kind for end in (low, high)):
            continue
        if low is not None and today.amount < low.amount:
            end, side, limit = "from", "below", low
        elif high is not None and today.amount > high.amount:
            end, side, limit = "to", "above", high
        else:
            continue
        yield Finding(
            "slider-elsewhere", ("try", index, end),
            f"{slider.path} is {Level(today.amount, today.kind, limit.unit or today.unit).text} today, {side} this; "
            "widen the range so that it holds today's value",
        )  # fmt: skip


def check_sliders(scenario: Scenario, path: Path | None = None) -> None:
    """Refuse sliders that offer what the scenario does not take, or that lead nowhere.

    Args:
        scenario: as it was read.
        path: the file that states it, so that problems have a line and a column.

    Raises:
        ScenarioError: with every such slider.
    """
    found = dict(_complaints(scenario))
    if not found:
        return
    if path is None:
        problems = [Problem(message, dotted(place), "the scenario") for place, message in found.items()]
    else:
        sources = sources_of(path)
        problems = [problem_in(sources, message, place) for place, message in found.items()]
    raise ScenarioError(problems, str(path or "the scenario"))


def _complaints(scenario: Scenario) -> Iterator[tuple[_Place, str]]:
    for index, slider in enumerate(scenario.try_):
        if message := _misordered(slider):
            yield ("try", index, "from"), message
        elif message := _misstepped(slider):
            yield ("try", index, "step"), message
    yield from _refused(scenario, "from", [slider.from_ for slider in scenario.try_])
    yield from _refused(scenario, "to", [slider.to for slider in scenario.try_])


def _misordered(slider: Slider) -> str:
    low, high = _level(slider.from_), _level(slider.to)
    if low is None or high is None:
        return ""
    if low.kind != high.kind or (low.unit == "%") != (high.unit == "%"):
        return "is not of one kind with to; write both with the same unit"
    return "is more than to; exchange them" if low.amount > high.amount else ""


def _misstepped(slider: Slider) -> str:
    low, high, step = _level(slider.from_), _level(slider.to), _level(slider.step)
    if step is None:
        return ""
    if step.amount <= 0:
        return "must be more than 0"
    ends = [end for end in (low, high) if end is not None]
    if any(end.kind != step.kind for end in ends):
        return "is not of one kind with the range; write it with the same unit"
    if low is not None and high is not None and step.amount > high.amount - low.amount > 0:
        return "is larger than the whole range; make it smaller"
    return ""


def _refused(scenario: Scenario, end: str, values: list[Quantity | None]) -> Iterator[tuple[_Place, str]]:
    """Ends that the scenario does not take."""
    tried = {i: _as_taken(scenario, scenario.try_[i].path, one) for i, one in enumerate(values) if one is not None}
    if len(tried) <= _ONE_BY_ONE:
        for index, value in tried.items():
            path = scenario.try_[index].path
            for problem in _problems(scenario, {path: value}):
                inside = problem.path == path or problem.path.startswith(f"{path}.")
                yield ("try", index, end), problem.message if inside else f"{problem.path}: {problem.message}"
        return
    together = {scenario.try_[index].path: value for index, value in tried.items()}
    for problem in _problems(scenario, together):
        for index in tried:
            if problem.path == scenario.try_[index].path or problem.path.startswith(f"{scenario.try_[index].path}."):
                yield ("try", index, end), problem.message


def _problems(scenario: Scenario, changes: dict[str, Any]) -> tuple[Problem, ...]:
    try:
        vary(scenario, changes)
    except ScenarioError as error:
        return error.problems
    return ()


def _as_taken(scenario: Scenario, path: str, end: Quantity) -> Any:
    """An end as a scenario takes it: a whole number where there is one today."""
    written = end.written()
    today = standing(scenario, path)
    whole = isinstance(today, int) and not isinstance(today, bool) and isinstance(written, float)
    return int(written) if whole and float(written).is_integer() else written


def _level(end: Quantity | None) -> Level | None:
    return None if end is None else level(end.written())
