"""Oddities of factors: eighty times as much where eighty per cent were meant."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from simdesk.experiment.findings.finding import Finding
from simdesk.scenario.model import Scenario, Slider

_MANY: Final = 10
"""Times as much, from which hardly anybody means it: no desk is asked what ten times as much would do. [design]"""
_VOLUME: Final = "demand.volume"
_AGAIN: Final = "flow.reopen.work"


def many_times(scenario: Scenario) -> Iterator[Finding]:
    """A volume, or work of a second visit, that is many times the usual, and the end of a slider that leads there."""
    reopen = scenario.flow.reopen
    for path, factor in ((_VOLUME, scenario.demand.volume), (_AGAIN, reopen.work if reopen is not None else 0.0)):
        if factor >= _MANY:
            yield Finding("many-times", tuple(path.split(".")), _said(path, factor))
    for index, slider in enumerate(scenario.try_):
        end = _far_end(slider)
        if slider.path in (_VOLUME, _AGAIN) and end:
            amount = slider.to if end == "to" else slider.from_
            yield Finding("many-times", ("try", index, end), _said(slider.path, float(amount or 0)))


def many_times_said(path: str, value: Any) -> str:
    """What is odd about a value for a path, if it is many times as much and no percentage; else nothing."""
    bare = isinstance(value, int | float) and not isinstance(value, bool)
    return _said(path, float(value)) if bare and path in (_VOLUME, _AGAIN) and value >= _MANY else ""


def _far_end(slider: Slider) -> str:
    """The upper end, or the lower one if there is no other, if it is a bare number that is large."""
    end, value = ("from", slider.from_) if slider.to is None else ("to", slider.to)
    return end if value is not None and value.written_as == "number" and value >= _MANY else ""


def _said(path: str, factor: float) -> str:
    of = "the volume that is stated" if path == _VOLUME else "the work of a first visit"
    return f"{factor:g} is {factor:g} times {of}; did you mean {factor:g} %?"
