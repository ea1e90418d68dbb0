"""Where a question says what: in a file, with line and column, or in the options that somebody typed.

Collects what is wrong, so that all of it is told at once. Knows no kind of question.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, Final

from simdesk.errors import Problem, RunError, ScenarioError
from simdesk.experiment.sheet import Key
from simdesk.experiment.targets import check_targets
from simdesk.experiment.watch import key_named
from simdesk.scenario.loading import vary
from simdesk.scenario.model import Scenario
from simdesk.scenario.paths import follow
from simdesk.scenario.yaml_source import Source

Place = tuple[str | int, ...]
Typed = Mapping[Place, str]
"""Options of the command line by what they state in a question: `("rank", "by")` is `--by`."""

THE_QUESTION: Final = "the question"


class Places:
    """Where in the file a problem is, or by which option it was typed; collects all problems.

    Args:
        source: the file, if there is one.
        typed: options, if the question was put together from a command.
    """

    def __init__(self, source: Source | None, typed: Typed | None = None) -> None:
        self.source = source
        self.typed = typed or {}
        self.name = source.name if source is not None else THE_QUESTION
        self._problems: dict[Problem, None] = {}

    def add(self, message: str, place: Place) -> None:
        """Something is wrong at a place."""
        self._problems[self.problem(message, place)] = None

    def problem(self, message: str, place: Place) -> Problem:
        """What is to be told at a place, whether it is wrong or only odd."""
        if self.source:
            return self.source.problem(message, place)
        return by_option(Problem(message, ".".join(map(str, place)), self.name), self.typed)

    @property
    def count(self) -> int:
        """Problems so far."""
        return len(self._problems)

    def stop(self) -> None:
        """Raise what was found, in the order of the file."""
        if self._problems:
            raise ScenarioError(sorted(self._problems, key=lambda one: (one.line, one.column)), self.name)

    @contextmanager
    def told(self, place: Place, path: str = "") -> Iterator[None]:
        """Tell at a place what is refused within; what varies a path need not be told that path again."""
        try:
            yield
        except RunError as error:
            self.add(str(error).removeprefix(f"{path}: "), place)
        except ScenarioError as error:
            for problem in error.problems:
                inside = problem.path == path or problem.path.startswith(f"{path}.")
                self.add(problem.message if inside and path else f"{problem.path}: {problem.message}", place)

    def takes(self, scenario: Scenario, path: str, value: Any, place: Place) -> None:
        """Whether a desk takes a value, and its targets are still measured by a clock that fits them."""
        with self.told(place, path):
            check_targets(vary(scenario, {path: value}))

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

    def path(self, scenario: Scenario, path: str, place: Place) -> bool:
        """Whether a path leads to something that can be varied here."""
        if path.partition(".")[0] in ("run", "targets"):
            self.add("all sides must be measured alike; state it under set, for all of them", place)
            return False
        try:
            follow(scenario, path)
        except ValueError as error:
            self.add(str(error), place)
            return False
        return True

    def measure(self, scenario: Scenario, text: str, place: Place) -> Key | None:
        """Whether somebody measures that."""
        try:
            return key_named(scenario, text)
        except RunError as error:
            self.add(str(error), place)
        return None


def by_option(problem: Problem, typed: Typed) -> Problem:
    """A problem of a question, told of the option by which it was typed, if it was."""
    for place in sorted(typed, key=len, reverse=True):
        stated = ".".join(map(str, place))
        if problem.path == stated or problem.path.startswith(f"{stated}."):
            rest = problem.path[len(stated) + 1 :]
            return replace(problem, path="" if rest.isdigit() else rest, file=typed[place])
    return problem
