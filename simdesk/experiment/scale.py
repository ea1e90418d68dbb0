"""A value of a scenario as a number that can be halved, and every number of the way written as a person writes it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from simdesk.durations import Duration
from simdesk.errors import RunError
from simdesk.scenario.excerpts import quoted
from simdesk.scenario.model import Scenario, follow
from simdesk.scenario.people import Shrinkage
from simdesk.scenario.quantities import HourlyCost, Rate, percentage

_WHOLE, _NUMBER, _PERCENT = "whole number", "number", "%"
_DURATIONS = {(False, False): "time", (True, False): "business time", (True, True): "business days"}
_HUNDREDTHS = 100
"""Parts of the way, unless a step is stated."""
_MOST = 10_000
"""Steps of the way; finer is not asked for in earnest."""


@dataclass(frozen=True, slots=True)
class Scale:
    """The way from today's value to another, in equal steps; the last may be shorter.

    Attributes:
        today, far: both ends, in the unit.
        step: distance of two values, in the unit, positive.
        unit: what the numbers count: `%`, `number`, `whole number`, a kind of time in seconds or business days, or what
            is written behind them.
        count: steps to the far end.
    """

    today: float
    far: float
    step: float
    unit: str
    count: int

    def number(self, at: int) -> float:
        """The value after so many steps, in the unit."""
        if at >= self.count:
            return self.far
        return self.today + math.copysign(at * self.step, self.far - self.today)

    def written(self, at: int) -> Any:
        """The value after so many steps, as it is written in a scenario."""
        return _written(self.number(at), self.unit)

    def text(self, number: float) -> str:
        """A value of the way, for a reader."""
        return str(_written(number, self.unit))

    @property
    def rises(self) -> bool:
        """Whether values grow along the way."""
        return self.far > self.today


def scale_of(scenario: Scenario, path: str, up_to: Any, step: Any = None) -> Scale:
    """The way from what a scenario says to the largest, or smallest, value that is tried.

    Args:
        scenario: the desk as it stands.
        path: dotted path of a number, share, duration, rate or hourly cost.
        up_to: the other end, written as in YAML: `300 %`, `4 h`, `30`.
        step: distance of two values, written alike; a hundredth of the way unless stated, and at least 1 of whole
            numbers.

    Raises:
        RunError: the path has no value that can grow, or a value does not fit it.
    """
    try:
        value = follow(scenario, path)
    except ValueError as error:
        raise RunError(f"{path}: {error}") from None
    far, unit = _read(path, "up_to", up_to)
    today, unit = _today(path, value, unit)
    if far == today:
        raise RunError(f"{path} is {_written(today, unit)} today; up_to must be another value")
    width = abs(far - today)
    if step is None:
        size = width / _HUNDREDTHS
        size = max(1.0, float(round(size))) if unit == _WHOLE else size
    else:
        size, other = _read(path, "step", step)
        if not _alike(other, unit) or not 0 < size <= width:
            raise RunError(f"{path}: step must be written like up_to and fit into the way, not {quoted(str(step))}")
    count = math.ceil(width / size - 1e-9)
    if count > _MOST:
        raise RunError(f"{path}: {count:,} steps are too many; at most {_MOST:,} are tried, so state a larger step")
    return Scale(today, far, size, unit, count)


def _read(path: str, what: str, value: Any) -> tuple[float, str]:
    """A number and its unit, from what is written."""
    if isinstance(value, int) and not isinstance(value, bool):
        return float(value), _WHOLE
    if isinstance(value, float) and math.isfinite(value):
        return value, _NUMBER
    if isinstance(value, str):
        for read in (_percent, _duration, _rate, _cost):
            try:
                return read(value)
            except ValueError:
                continue
    shown = quoted(str(value))
    raise RunError(f"{path}: {what} must be a number, a share, a duration or a rate, such as '300 %', not {shown}")


def _percent(text: str) -> tuple[float, str]:
    return 100 * float(percentage(text)), _PERCENT


def _duration(text: str) -> tuple[float, str]:
    return _seconds(Duration.parse(text))


def _seconds(length: Duration) -> tuple[float, str]:
    kind = _DURATIONS[length.business, bool(length.business_days)]
    return length.business_days or length.seconds, kind


def _rate(text: str) -> tuple[float, str]:
    return _counted(Rate.parse(text))


def _counted(rate: Rate) -> tuple[float, str]:
    return rate.count, f"per {'user per ' if rate.per_user else ''}{rate.unit}"


def _cost(text: str) -> tuple[float, str]:
    return _paid(HourlyCost.parse(text))


def _paid(cost: HourlyCost) -> tuple[float, str]:
    return cost.amount, f"{cost.currency} per hour".lstrip()


def _today(path: str, value: Any, unit: str) -> tuple[float, str]:
    """Today's value in the unit in which the other end is written; whole only if the scenario asks for a whole one."""
    found: tuple[float, str] | None = None
    if isinstance(value, Shrinkage):  # written as one share, it is what is not there for tickets in all
        found = 100 * (1 - (1 - value.absent) * (1 - value.breaks)), _PERCENT
    elif isinstance(value, int) and not isinstance(value, bool):
        found = float(value), _WHOLE
    elif isinstance(value, float):
        found = (100 * value, _PERCENT) if unit == _PERCENT else (value, _NUMBER)
    elif isinstance(value, Duration):
        found = _seconds(value)
    elif isinstance(value, Rate):
        found = _counted(value)
    elif isinstance(value, HourlyCost):
        found = _paid(value)
    if found is None:
        said = "says nothing there" if value is None else "has no single number there"
        raise RunError(f"{path}: the scenario {said}; name a path with a number, a share, a duration or a rate")
    if not _alike(found[1], unit):
        raise RunError(f"{path} is {_written(*found)} today; write up_to and step in the same way")
    return found


def _alike(one: str, other: str) -> bool:
    return one == other or {one, other} == {_WHOLE, _NUMBER}


def _written(number: float, unit: str) -> Any:
    if unit == _WHOLE:
        return round(number)
    if unit == _NUMBER:
        return float(f"{number:.10g}")
    if unit == _DURATIONS[True, True]:
        return str(Duration(0.0, business=True, business_days=number))
    if unit in _DURATIONS.values():
        return str(Duration(float(f"{number:.10g}"), business=unit != _DURATIONS[False, False]))
    return f"{number:.10g} {unit}"
