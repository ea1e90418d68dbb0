"""YAML → Question: reads it, finds its desk, and says where in the file something is wrong."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from simdesk.errors import Problem, RunError, ScenarioError
from simdesk.experiment.sheet import Key, describe
from simdesk.experiment.targets import check_targets, key_of
from simdesk.experiment.watch import key_named
from simdesk.question.margins import Margin
from simdesk.question.model import Question, Range
from simdesk.scenario.excerpts import nearest, quoted
from simdesk.scenario.loading import load, vary
from simdesk.scenario.model import Scenario, follow
from simdesk.scenario.problems import problems_from
from simdesk.scenario.yaml_source import Source, read_yaml
from simdesk.shelf import find_named

USUAL = ("first_wait", "resolution_time", "resolution_sla", "abandonment", "total_cost")
"""Measures that are told of unless somebody asks for others, after those of the targets."""

Place = tuple[str | int, ...]


@dataclass(frozen=True)
class Asked:
    """A question that makes sense: its desk exists, and so does everything that it names.

    Attributes:
        question: what is asked.
        scenario: the desk as it stands, with what is changed on all sides.
        quick: whether a first look is enough.
    """

    question: Question
    scenario: Scenario
    quick: bool = False

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
        return {"": self.scenario, **{name: vary(self.scenario, changes) for name, changes in others.items()}}

    @property
    def watched(self) -> list[Key]:
        """Measures to tell of, the most important first."""
        if self.question.watch:
            return list(dict.fromkeys(key_named(self.scenario, text) for text in self.question.watch))
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
    try:
        question = Question.model_validate(source.data)
    except ValidationError as error:
        raise ScenarioError(problems_from(error, source, Question), source.name) from None
    if replications is not None:
        question = question.model_copy(update={"replications": replications})
    return _checked(question, _Places(source), Path(path).parent, quick, changes=changes)


def asked(question: Mapping[str, Any], *, quick: bool = False, scenario: Scenario | None = None) -> Asked:
    """A question from plain data, as the command line puts it together.

    Args:
        question: as it would be written in a file.
        quick: whether a first look is enough.
        scenario: the desk, if it has been read already; else it is found by name.

    Raises:
        ScenarioError: something in it makes no sense.
    """
    try:
        found = Question.model_validate(question)
    except ValidationError as error:
        raise ScenarioError(problems_from(error, None, Question, file="the question"), "the question") from None
    return _checked(found, _Places(None), Path(), quick, scenario)


class _Places:
    """Where in the file a problem is, if there is a file; collects all of them."""

    def __init__(self, source: Source | None) -> None:
        self.source = source
        self.name = source.name if source is not None else "the question"
        self.problems: list[Problem] = []

    def add(self, message: str, place: Place) -> None:
        """Something is wrong at a place."""
        if self.source is not None:
            self.problems.append(self.source.problem(message, place))
        else:
            self.problems.append(Problem(message, ".".join(map(str, place)), self.name))

    def stop(self) -> None:
        """Raise what was found."""
        if self.problems:
            raise ScenarioError(self.problems, self.name)

    def varied(self, scenario: Scenario, changes: Mapping[str, Any], place: Place) -> Scenario | None:
        """A desk with changes; what is wrong with them is told where they are written."""
        try:
            varied = vary(scenario, changes)
            check_targets(varied)
        except ScenarioError as error:
            for problem in error.problems:
                paths = [path for path in changes if problem.path == path or problem.path.startswith(f"{path}.")]
                message = problem.message if paths else f"{problem.path}: {problem.message}"
                self.add(message, (*place, *paths[:1]))
            return None
        return varied

    def path(self, scenario: Scenario, path: str, place: Place) -> None:
        """Whether a path leads to something that can be varied here."""
        try:
            follow(scenario, path)
        except ValueError as error:
            self.add(str(error), place)
        if path.partition(".")[0] == "run":
            self.add("all sides must be measured alike; state it under set, for all of them", place)

    def measure(self, scenario: Scenario, text: str, place: Place) -> Key | None:
        """Whether somebody measures that."""
        try:
            return key_named(scenario, text)
        except RunError as error:
            self.add(str(error), place)
        return None


def _checked(
    question: Question,
    places: _Places,
    folder: Path,
    quick: bool,
    scenario: Scenario | None = None,
    changes: Mapping[str, Any] | None = None,
) -> Asked:
    desk = scenario if scenario is not None else _desk(question.desk, folder, places)
    varied = places.varied(desk, question.set, ("set",))
    if changes and varied is not None:
        varied = vary(varied, changes)
        check_targets(varied)
    if quick and varied is not None:
        varied = places.varied(varied, question.quick.set, ("quick", "set"))
    places.stop()
    assert varied is not None  # or there would have been a problem
    for index, text in enumerate(question.watch):
        places.measure(varied, text, ("watch", index))
    if (check := _CHECKS.get(question.verb)) is not None:
        check(question, varied, places)
    places.stop()
    return Asked(question, varied, quick)


def _desk(name: str, folder: Path, places: _Places) -> Scenario:
    """The desk that a question names: a file in its folder or below, or a shipped one."""
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
    desk = load(shipped)
    check_targets(desk, shipped)
    return desk


def _check_compare(question: Question, scenario: Scenario, places: _Places) -> None:
    for name, changes in (question.compare or {}).items():
        _check_changes(scenario, changes, ("compare", name), places)
    rule = question.decide
    if rule is None:
        return
    key = places.measure(scenario, rule.measure, ("decide", "measure"))
    name, margin = rule.rule
    if key is not None and (message := objection(margin, key, name)):
        places.add(message, ("decide", name))


def objection(margin: Margin, key: Key, rule: str) -> str:
    """What is wrong with a bound for a measure; nothing if it fits."""
    return margin.objection(describe(key)[1], level=rule in ("at_least", "at_most"))


def _check_changes(scenario: Scenario, changes: Mapping[str, Any], place: Place, places: _Places) -> None:
    for path in changes:
        if path.partition(".")[0] in ("run", "targets"):
            places.add("all sides must be measured alike; state it under set, for all of them", (*place, path))
    places.varied(scenario, changes, place)


def _check_sweep(question: Question, scenario: Scenario, places: _Places) -> None:
    assert question.sweep is not None  # it is asked for
    for path in question.sweep.over:
        places.path(scenario, path, ("sweep", "over", path))
    for index, text in enumerate(question.sweep.trade or []):
        places.measure(scenario, text, ("sweep", "trade", index))


def _check_slack(question: Question, scenario: Scenario, places: _Places) -> None:
    assert question.slack is not None  # it is asked for
    _check_teams([question.slack.team], scenario, ("slack", "team"), places)
    if question.slack.agents is not None:
        _check_people(question.slack.agents, ("slack", "agents"), places)


def _check_shifts(question: Question, scenario: Scenario, places: _Places) -> None:
    assert question.shifts is not None  # it is asked for
    _check_teams([question.shifts.team], scenario, ("shifts", "team"), places)


def _check_teams(names: Sequence[str], scenario: Scenario, place: Place, places: _Places) -> None:
    for name in names:
        if name not in scenario.teams:
            places.add(f"no team named {quoted(name)}{nearest(name, list(scenario.teams))}", place)


def _check_people(levels: list[Any] | Range, place: Place, places: _Places) -> None:
    """Whether numbers of people are whole numbers."""
    written = levels if isinstance(levels, list) else [levels.from_, levels.to, levels.step or 1]
    if not all(isinstance(one, int) and not isinstance(one, bool) and one >= 0 for one in written):
        places.add("people are counted; write whole numbers, such as {from: 3, to: 12}", place)


def _check_staff(question: Question, scenario: Scenario, places: _Places) -> None:
    assert question.staff is not None  # it is asked for
    for name, people in (question.staff.teams or {}).items():
        _check_teams([name], scenario, ("staff", "teams", name), places)
        _check_people(people, ("staff", "teams", name), places)
    if not scenario.targets:
        places.add("the desk states no targets, so any staffing keeps them; state some under set", ("staff",))


def _check_rank(question: Question, scenario: Scenario, places: _Places) -> None:
    assert question.rank is not None  # it is asked for
    for name, changes in question.rank.among.items():
        _check_changes(scenario, changes, ("rank", "among", name), places)
    key = places.measure(scenario, question.rank.by, ("rank", "by"))
    if key is not None and describe(key)[2] == "neither":
        places.add("neither less nor more of this is better; rank by another measure", ("rank", "by"))
    if question.rank.indifference.kind == "relative":
        places.add("of what? write a size, such as '2 min', '1 point' or 500", ("rank", "indifference"))
    elif key is not None and (message := objection(question.rank.indifference, key, "falls_by")):
        places.add(message, ("rank", "indifference"))


def _check_sensitivity(question: Question, scenario: Scenario, places: _Places) -> None:
    assert question.sensitivity is not None  # it is asked for
    for path in question.sensitivity.factors:
        places.path(scenario, path, ("sensitivity", "factors", path))
    places.measure(scenario, question.sensitivity.of, ("sensitivity", "of"))


def _check_explain(question: Question, scenario: Scenario, places: _Places) -> None:
    for name, changes in (question.explain or {}).items():
        _check_changes(scenario, changes, ("explain", name), places)


def _check_steady(question: Question, scenario: Scenario, places: _Places) -> None:
    assert question.steady is not None  # it is asked for
    places.measure(scenario, question.steady.of, ("steady", "of"))


def _check_headroom(question: Question, scenario: Scenario, places: _Places) -> None:
    assert question.headroom is not None  # it is asked for
    places.path(scenario, question.headroom.of, ("headroom", "of"))
    if not scenario.targets:
        places.add("the desk states no targets, so nothing can break; state some under set", ("headroom",))
    for index, name in enumerate(question.headroom.targets or []):
        if name not in scenario.targets:
            near = nearest(name, list(scenario.targets))
            places.add(f"no target named {quoted(name)}{near}", ("headroom", "targets", index))


_CHECKS: Final[Mapping[str, Callable[[Question, Scenario, _Places], None]]] = {
    "compare": _check_compare,
    "sweep": _check_sweep,
    "slack": _check_slack,
    "shifts": _check_shifts,
    "staff": _check_staff,
    "rank": _check_rank,
    "sensitivity": _check_sensitivity,
    "headroom": _check_headroom,
    "explain": _check_explain,
    "steady": _check_steady,
}
