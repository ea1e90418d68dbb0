"""The way from what a scenario says to another value, in equal steps that are each written as a scenario takes them."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any, Final

from simdesk.errors import RunError, ScenarioError
from simdesk.experiment.levels import Level, level
from simdesk.scenario.excerpts import quoted
from simdesk.scenario.loading import vary
from simdesk.scenario.model import Scenario
from simdesk.scenario.paths import standing
from simdesk.scenario.quantities import HourlyCost

_PARTS: Final = 100
"""Steps of the way, unless one is stated."""
_MOST: Final = 10_000
"""Steps of the way; finer is not asked for in earnest."""
_HALF_AGAIN: Final = 1.5
_ALMOST: Final = 1e-9
"""A last step that arithmetic made longer by less is a whole one."""


@dataclass(frozen=True, slots=True)
class Scale:
    """Equal steps from one value to another; the last may be shorter.

    Attributes:
        start: what the scenario says, in the unit in which the other end is written.
        end: the last value.
        step: distance of two values, positive, in the unit of their amounts: a part of one of a share, seconds of a
            time, contacts a week of a rate.
        count: steps to the end.
    """

    start: Level
    end: Level
    step: float
    count: int

    def amount(self, at: int) -> float:
        """The value after so many steps."""
        if at >= self.count:
            return self.end.amount
        way = math.copysign(at * self.step, self.end.amount - self.start.amount)
        return float(f"{self.start.amount + way:.12g}")

    def written(self, at: int) -> Any:
        """The value after so many steps, as a scenario takes it."""
        return replace(self.start, amount=self.amount(at)).value

    def text(self, amount: float) -> str:
        """A value of the way, for a reader: all digits of percentages and numbers, for steps may be small."""
        if self.start.unit == "%":
            return f"{100 * amount:.6g} %"
        return f"{amount:.6g}" if self.start.kind == "number" else replace(self.start, amount=amount).text

    @property
    def unit(self) -> str:
        """What the amounts are: `share`, `number`, or a kind of time, rate or cost."""
        return "share" if self.start.unit == "%" else self.start.kind

    @property
    def rises(self) -> bool:
        """Whether values grow along the way."""
        return self.end.amount > self.start.amount


def scale_of(scenario: Scenario, path: str, up_to: Any, step: Any = None) -> Scale:
    """The way from what a scenario says to the largest, or smallest, value that is tried.

    Args:
        scenario: the desk as it stands.
        path: dotted path of a number, share, duration, rate or hourly cost, or of a team's shrinkage.
        up_to: the other end, written as in YAML: `300 %`, `4 h`, `30`.
        step: distance of two values, written alike; a hundredth of the way unless stated, and at least 1 of whole
            numbers.

    Raises:
        RunError: the path has no value that can grow, or a value does not fit it.
    """
    today = _standing(scenario, path)
    end = _read(up_to, today)
    if end is None:
        raise RunError(
            f"{path}: up_to must be a number, a share, a time or a rate, such as '300 %', not {_said(up_to)}"
        )
    start = _start(path, today, end)
    width = abs(end.amount - start.amount)
    if not width:
        raise RunError(f"{path} is {_said(up_to)} today; up_to must be another value")
    size = _step(path, start, width, _read(step, today), step)
    count = math.ceil(width / size - _ALMOST)
    if count > _MOST:
        raise RunError(f"{path}: {count:,} steps are too many; at most {_MOST:,} are tried, so state a larger step")
    return Scale(start, end, size, count)


def refuse_no_more(scenario: Scenario, path: str, up_to: Any) -> None:
    """Refuse a last value that is not more than today's, where it is asked how much more a desk can take.

    Args:
        scenario: the desk as it stands.
        path: dotted path of what shall grow.
        up_to: the last value, as written in YAML; what is none at all is left to `scale_of`.

    Raises:
        RunError: it is today's value or less, with one that would do.
    """
    today = _standing(scenario, path)
    end = _read(up_to, today)
    if end is None:
        return
    start = _start(path, today, end)
    if end.amount <= start.amount:
        raise RunError(f"{end.text} is not more than today's {start.text}; {_more(scenario, path, start)}")


def _more(scenario: Scenario, path: str, start: Level) -> str:
    """How to write half as much again, if the desk takes it."""
    half = replace(start, amount=_HALF_AGAIN * start.amount)
    if start.whole and not half.amount.is_integer():
        return f"write e.g. {math.ceil(half.amount)}"
    try:
        vary(scenario, {path: half.written})
    except ScenarioError:
        return "write more"
    return f"write e.g. {half.written} for half as much again" if half.amount > start.amount else "write more"


def _standing(scenario: Scenario, path: str) -> Any:
    try:
        return standing(scenario, path)
    except ValueError as error:
        raise RunError(f"{path}: {error}") from None


def _read(stated: Any, today: Any) -> Level | None:
    """What is written as the other end; `10 per hour` is a cost where the scenario has one, and else a rate."""
    if isinstance(today, HourlyCost) and isinstance(stated, str):
        try:
            return level(HourlyCost.parse(stated))
        except ValueError:
            return None
    return level(stated)


def _start(path: str, value: Any, end: Level) -> Level:
    """What the scenario says, in the unit of the other end."""
    start = level(value)
    if start is None:
        why = "says nothing there" if value is None else "has no single number there"
        raise RunError(f"{path}: the scenario {why}; name a path with a number, a share, a time or a rate")
    if start.kind != end.kind or (end.unit == "%" and start.whole):
        raise RunError(f"{path} is {start.text} today; write up_to in the same way")
    return replace(start, unit="%") if end.unit == "%" else start


def _step(path: str, start: Level, width: float, found: Level | None, stated: Any) -> float:
    if stated is None:
        return max(1.0, float(round(width / _PARTS))) if start.whole else width / _PARTS
    fits = found is not None and found.kind == start.kind and 0 < found.amount <= width
    if found is None or not fits or (start.whole and not found.whole):
        raise RunError(f"{path}: step must be written like up_to and fit into the way, not {_said(stated)}")
    return found.amount


def _said(value: Any) -> str:
    return quoted(str(value))
