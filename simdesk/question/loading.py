"""YAML → Question: reads it, finds its desk, and says where in the file something is wrong."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from simdesk.errors import Problem, ScenarioError
from simdesk.experiment.desks import usable_desk
from simdesk.experiment.sheet import Key
from simdesk.experiment.targets import check_targets, key_of
from simdesk.experiment.watch import key_named
from simdesk.question.case import Case
from simdesk.question.checks import CHECKS
from simdesk.question.model import Question
from simdesk.question.oddities import oddities_of
from simdesk.question.places import THE_QUESTION, Places, Typed, by_option
from simdesk.scenario.excerpts import nearest, quoted
from simdesk.scenario.loading import alternative, vary
from simdesk.scenario.model import Scenario
from simdesk.scenario.problems import problems_from
from simdesk.scenario.yaml_source import read_yaml
from simdesk.shelf import find_named

USUAL = ("first_wait", "resolution_time", "resolution_sla", "abandonment", "total_cost")
"""Measures that are told of unless somebody asks for others, after those of the targets."""


@dataclass(frozen=True)
class Asked:
    """A question that makes sense: its desk exists, and so does everything that it names.

    Attributes:
        question: what is asked.
        scenario: the desk as it stands, with what is changed on all sides.
        quick: whether a first look is enough.
        file: where the desk is written, if it was read for this question.
        odd: what is accepted and hardly meant about the question itself.
    """

    question: Question
    scenario: Scenario
    quick: bool = False
    file: Path | None = None
    odd: tuple[Problem, ...] = ()

    @property
    def changed(self) -> tuple[str, ...]:
        """Dotted paths of what the question itself changes on all sides."""
        return (*self.question.set, *(self.question.quick.set if self.quick else ()))

    @property
    def replications(self) -> int:
        """Runs of each desk."""
        whole = self.question.replications or self.scenario.run.replications
        return min(self.question.quick.replications, whole) if self.quick else whole

    @property
    def traded(self) -> list[Key]:
        """The two measures of a sweep that are traded against each other, if any are."""
        stated = self.question.sweep.trade if self.question.sweep is not None else None
        return [key_named(self.scenario, text) for text in stated or []]

    @property
    def desks(self) -> dict[str, Scenario]:
        """The desks that are known before anything is simulated: the base, without a name, and its alternatives."""
        ranked = self.question.rank.among if self.question.rank is not None else {}
        others = self.question.compare or self.question.explain or ranked
        return {"": self.scenario, **{name: alternative(self.scenario, changes) for name, changes in others.items()}}

    @property
    def watched(self) -> list[Key]:
        """Measures to tell of, the most important first."""
        if self.question.watch:
            return list(dict.fromkeys(key_named(self.scenario, text) for text in self.question.watch))
        return self.usual

    @property
    def usual(self) -> list[Key]:
        """Measures to tell of unless the question names some: those of the targets, then the usual ones."""
        stated = [key_of(target) for target in self.scenario.targets.values()]
        return list(dict.fromkeys([*stated, *(Key(name) for name in USUAL if _can_be_measured(self.scenario, name))]))


def _can_be_measured(scenario: Scenario, measure: str) -> bool:
    """Whether a usual measure has anything to count at this desk."""
    if measure == "resolution_sla":
        return any(level.resolve is not None for level in scenario.service_levels.priorities.values())
    return measure != "abandonment" or bool(scenario.patience)


def load_question(
    path: str | Path,
    *,
    quick: bool = False,
    changes: Mapping[str, Any] | None = None,
    replications: int | None = None,
) -> Asked:
    """Read a question from a file.

    Args:
        path: the file.
        quick: whether a first look is enough; applies what the question says of it.
        changes: of the desk on all sides, besides those of the question.
        replications: runs of each desk, instead of the question's number.

    Raises:
        ScenarioError: with every problem of the file, each at its line and column; or with those of its desk.
    """
    source = read_yaml(Path(path))
    if "question" not in source.data and "demand" in source.data:
        message = f"this is a desk and not a question; simulate it with `simdesk run {path}`, or ask about it"
        raise ScenarioError([Problem(message, file=source.name)], source.name)
    try:
        question = Question.model_validate(source.data)
    except ValidationError as error:
        raise ScenarioError(problems_from(error, source, Question), source.name) from None
    if replications is not None:
        question = question.model_copy(update={"replications": replications})
    return _checked(question, Places(source), Path(path).parent, quick, changes=changes)


def asked(
    question: Mapping[str, Any], *, quick: bool = False, scenario: Scenario | None = None, typed: Typed | None = None
) -> Asked:
    """A question from plain data, as the command line puts it together.

    Args:
        question: as it would be written in a file.
        quick: whether a first look is enough.
        scenario: the desk, if it has been read already; else it is found by name.
        typed: by which option of a command each part was typed.

    Raises:
        ScenarioError: something in it makes no sense.
    """
    try:
        found = Question.model_validate(question)
    except ValidationError as error:
        problems = problems_from(error, None, Question, file=THE_QUESTION)
        raise ScenarioError([by_option(one, typed or {}) for one in problems], THE_QUESTION) from None
    return _checked(found, Places(None, typed), Path(), quick, scenario)


def _checked(
    question: Question,
    places: Places,
    folder: Path,
    quick: bool,
    scenario: Scenario | None = None,
    changes: Mapping[str, Any] | None = None,
) -> Asked:
    """The question, if it makes sense as it is and as a quick look, so that neither is refused later."""
    desk, file = (scenario, None) if scenario is not None else _desk(question.desk, folder, places)
    whole = places.varied(desk, question.set, ("set",))
    if changes and whole is not None:
        whole = vary(whole, changes, "--set")
        check_targets(whole, said_in="--set")
    first_look = places.varied(whole, question.quick.set, ("quick", "set")) if whole is not None else None
    places.stop()
    assert whole is not None  # or there would have been a problem
    assert first_look is not None
    looks = [Asked(question, whole, file=file), Asked(question, first_look, True, file)]
    cases = [Case(question, look.scenario, look.replications, places, look.usual) for look in looks]
    for case in cases if _differs(question) else cases[:1]:
        for check in CHECKS[question.verb]:
            check(case)
    places.stop()
    return replace(looks[quick], odd=oddities_of(cases[quick]))


def _differs(question: Question) -> bool:
    """Whether a quick look may be refused where the whole is not; a planned week does not depend on the run."""
    changed = {path.partition(".")[0] for path in question.quick.set}
    return bool(changed - ({"run"} if question.verb == "shifts" else set()))


def _desk(name: str, folder: Path, places: Places) -> tuple[Scenario, Path]:
    """The desk that a question names, a file in its folder or below, or a shipped one; and that file."""
    inside = Path(os.path.realpath(folder / name))
    is_file = Path(name).suffix in (".yaml", ".yml")
    if is_file and (Path(name).is_absolute() or not inside.is_relative_to(os.path.realpath(folder))):
        places.add("must lie in the folder of this file or below it, or be the name of a shipped desk", ("desk",))
    elif is_file and not os.path.isfile(inside):  # which no name can upset, however long
        near = nearest(name, [path.name for path in sorted(folder.glob("*.y*ml"))])
        places.add(f"no file {quoted(name)} beside this one{near}", ("desk",))
    places.stop()
    shipped, names = (folder / name, []) if is_file else find_named(name)
    if shipped is None:
        places.add(f"no shipped desk named {quoted(name)}{nearest(name, names)}", ("desk",))
        places.stop()
    assert shipped is not None  # or there would have been a problem
    return usable_desk(shipped), shipped
