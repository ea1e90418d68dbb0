"""The list of measures: each a plain function with a unit and a direction, found by whoever iterates."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

from simdesk.measures.cohort import Cohort
from simdesk.measures.readings import Reading

Unit = Literal["time", "share", "number", "money"]
Better = Literal["lower", "higher", "neither"]


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure of some tickets.

    Attributes:
        name: what targets and tables call it.
        label: what a report calls it.
        unit: `time` is in seconds.
        better: which direction is better.
        doc: its definition.
        read: takes a cohort.
    """

    name: str
    label: str
    unit: Unit
    better: Better
    doc: str
    read: Callable[[Cohort], Reading]


MEASURES: Final[dict[str, Measure]] = {}
"""Measures of tickets, by name."""


def measure(
    *, label: str, unit: Unit, better: Better
) -> Callable[[Callable[[Cohort], Reading]], Callable[[Cohort], Reading]]:
    """Register a function as a measure; its docstring is the definition that the reference prints."""

    def register(read: Callable[[Cohort], Reading]) -> Callable[[Cohort], Reading]:
        name = read.__name__
        MEASURES[name] = Measure(name, label, unit, better, (read.__doc__ or "").strip(), read)
        return read

    return register
