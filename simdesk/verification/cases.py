"""The table of known answers: which desk, which measure, what the book says. Knows no engine.

A run is a desk of the shelf, changed as `--set` would change it; one run gives several answers. A control is a run with
a mistake in it, whose answers must not come out.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from simdesk.errors import SimdeskError
from simdesk.experiment.sheet import Key
from simdesk.scenario.loading import load, vary
from simdesk.scenario.model import Scenario
from simdesk.scenario.problems import nearest
from simdesk.scenario.quantities import percentage
from simdesk.scenario.yaml_source import read_yaml
from simdesk.shelf import on_the_shelf

UNITS: Final = {"": 1.0, "min": 60.0, "h": 3600.0, "day": 86400.0}
"""Seconds of the unit in which a book gives a time; none for shares and numbers."""

_PRECISION: Final = 0.02
"""Half-width over theory that a full run works for. [design; for a desk below 85 %]"""
_REPLICATIONS: Final = 20
"""Of a pilot: fewer make intervals that promise too much. [calc]"""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class Formula(_Frozen):
    """A closed form of `simdesk.queueing`, what it is asked, and which part of its answer is meant."""

    name: str
    """Its name."""
    arguments: dict[str, Any]
    """As in its signature; see `theory.closed_form` for laws of work and hourly rates."""
    gives: str = ""
    """Dotted path to the part that is meant: attributes and positions; nothing if the answer is the number."""
    at: float | None = None
    """What the part is asked, if it is a function, such as the limit of a wait."""


class Answer(_Frozen):
    """One number that a book prints, and the measure that must come near it."""

    title: str
    """What it is."""
    measure: str
    """Name of the measure."""
    by: Literal["", "priority", "type", "team"] = ""
    """Whose: of everybody unless stated."""
    of: str = ""
    """The priority, type or team."""
    unit: Literal["", "min", "h", "day"] = ""
    """Unit of a time; none for shares and numbers."""
    complement: bool = False
    """Whether the book prints one minus the measure: tickets that wait, instead of those that do not."""
    times: float = 1.0
    """What the measure is multiplied by to give the book's number."""
    expected: float
    """The book's number."""
    known_answer: str | None = None
    """Its name in the project's collection of known answers, if it is from there."""
    source: str
    """The book."""
    formula: Formula | None = None
    """The closed form that gives the same number, where there is one."""

    @property
    def key(self) -> Key:
        """Row of the results in which the measure stands."""
        return Key(self.measure, self.by, self.of)

    def in_units(self, value: float) -> float:
        """A value of the measure as the book would print it."""
        value *= self.times / UNITS[self.unit]
        return 1 - value if self.complement else value

    @property
    def scale(self) -> float:
        """Length in the book's units of one unit of the measure."""
        return self.times / UNITS[self.unit]


class Run(_Frozen):
    """A desk of the shelf and the answers that it must give."""

    family: str
    """Heading under which it is printed."""
    title: str
    """The model, as a book would name it."""
    desk: str
    """Name of a scenario of the shelf."""
    set: dict[str, Any] = {}
    """Changes by dotted path."""
    quick: Annotated[int, Field(ge=2, le=100_000)] = _REPLICATIONS
    """Replications of a quick verification, and of the pilot of a full one."""
    precision: Annotated[float, Field(gt=0, lt=1), BeforeValidator(percentage)] = _PRECISION
    """Half-width of the interval over theory that a full verification works for."""
    answers: Annotated[dict[str, Answer], Field(min_length=1)]
    """By name."""

    def scenario(self) -> Scenario:
        """The desk, as it is simulated."""
        return vary(load(on_the_shelf(self.desk)), self.set)


class Control(_Frozen):
    """A run with a mistake: its answers must lie outside their intervals, or the verification sees nothing."""

    title: str
    """The mistake."""
    like: str
    """Name of the run in which it is made."""
    set: dict[str, Any]
    """The mistake, by dotted path."""
    answers: Annotated[list[str], Field(min_length=1)]
    """Names of the answers that must not come out."""


class Cases(_Frozen):
    """All runs and controls, by name."""

    runs: dict[str, Run]
    """Must come out."""
    must_fail: dict[str, Control]
    """Must not."""

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        names = [name for run in self.runs.values() for name in run.answers]
        twice = {name for name in names if names.count(name) > 1}
        if twice:
            raise ValueError(f"answers named twice: {', '.join(sorted(twice))}")
        for name, control in self.must_fail.items():
            if control.like not in self.runs:
                raise ValueError(f"control '{name}' is like '{control.like}', which is no run")
            missing = set(control.answers) - set(self.runs[control.like].answers)
            if missing:
                raise ValueError(f"control '{name}': '{control.like}' has no answer {', '.join(sorted(missing))}")
        return self

    def wrong(self, name: str) -> Run:
        """The run of a control, with its mistake."""
        control = self.must_fail[name]
        right = self.runs[control.like]
        return right.model_copy(
            update={
                "title": f"{right.title}, {control.title}",
                "set": {**right.set, **control.set},
                "answers": {answer: right.answers[answer] for answer in control.answers},
            }
        )

    def trials(self, only: Collection[str] = ()) -> list[Trial]:
        """What is to be simulated, in the order of the file, controls last.

        Args:
            only: names of runs, controls, families or single answers; everything unless stated.

        Raises:
            SimdeskError: for a name that is none of these.
        """
        trials = [Trial(name, run, must_fail=False) for name, run in self.runs.items()]
        trials += [Trial(name, self.wrong(name), must_fail=True) for name in self.must_fail]
        known = [*self.runs, *self.must_fail]
        names = {*known, *(trial.run.family for trial in trials), *(a for t in trials for a in t.run.answers)}
        for name in only:
            if name not in names:
                raise SimdeskError(f"no case named '{name}'{nearest(name, sorted(names))}; known: {', '.join(known)}")
        return [part for trial in trials if (part := trial.part(only)) is not None] if only else trials


@dataclass(frozen=True, slots=True)
class Trial:
    """A run, right or wrong.

    Attributes:
        name: of the run or the control.
        run: what is simulated, and what must, or must not, come out.
        must_fail: whether it is a control.
    """

    name: str
    run: Run
    must_fail: bool

    def part(self, only: Collection[str]) -> Trial | None:
        """The trial with those of its answers that are asked for: all if it is itself, or its family."""
        if self.name in only or self.run.family in only:
            return self
        answers = {name: answer for name, answer in self.run.answers.items() if name in only}
        return Trial(self.name, self.run.model_copy(update={"answers": answers}), self.must_fail) if answers else None


def read_cases(path: Path | None = None) -> Cases:
    """The shipped table of known answers, or another.

    Raises:
        SimdeskError: when it cannot be read.
    """
    source = read_yaml(path or Path(__file__).with_name("cases.yaml"))
    try:
        return Cases.model_validate(dict(source.data))
    except ValidationError as error:
        raise SimdeskError(f"{source.name}: {error}") from None
