"""What is odd about a question that can be asked: alternatives that change nothing, and volumes eighty times as large.

A warning, with its place, that refuses nothing; what is odd about a desk itself is in `experiment.findings`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from simdesk.errors import Problem
from simdesk.experiment.findings import many_times_said
from simdesk.question.case import Case
from simdesk.question.places import Place
from simdesk.scenario.excerpts import quoted


def oddities_of(case: Case) -> tuple[Problem, ...]:
    """Everything that is accepted and hardly meant about a question that all checks have found good."""
    found = [*_changes_nothing(case), *_many_times(case)]
    return tuple(case.places.problem(message, place) for place, message in found)


def _changes_nothing(case: Case) -> Iterator[tuple[Place, str]]:
    """Alternatives that are the desk as it stands; a candidate that states nothing is meant to be."""
    for name, desk in case.others.items():
        changes = case.stated[name]
        if desk == case.scenario and (changes or case.question.rank is None):
            yield (*case.place, name), f"changes nothing{_already(changes)}"


def _already(changes: Mapping[str, Any]) -> str:
    """What the desk says already."""
    said = [f"{path} is {quoted(value) if isinstance(value, str) else value}" for path, value in changes.items()
            if not isinstance(value, dict | list)]  # fmt: skip
    return f": {' and '.join(said)} already" if said and len(said) == len(changes) else ": the desk is so already"


def _many_times(case: Case) -> Iterator[tuple[Place, str]]:
    """Volumes to try that were very likely meant in per cent; those of alternatives are told with their desks."""
    for place, path, value in _tried(case):
        if message := many_times_said(path, value):
            yield place, message


def _tried(case: Case) -> Iterator[tuple[Place, str, Any]]:
    """What a sweep or a sensitivity analysis tries, at most one value of each path: the largest that is written."""
    question = case.question
    for path, levels in (question.sweep.over if question.sweep is not None else {}).items():
        place: Place = ("sweep", "over", path)
        if not isinstance(levels, list):
            yield (*place, "to"), path, levels.to
            continue
        numbers = [(one, at) for at, one in enumerate(levels) if isinstance(one, int | float)]
        if numbers:
            yield (*place, max(numbers)[1]), path, max(numbers)[0]
    for path, factor in (question.sensitivity.factors if question.sensitivity is not None else {}).items():
        yield ("sensitivity", "factors", path, "high"), path, factor.high
