"""What can go wrong, said so that a person can mend it.

A message says where, what, and how to fix it. Nothing here knows YAML or pydantic; `scenario.problems` turns their
complaints into `Problem`s.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


class SimdeskError(Exception):
    """Anything that simdesk refuses or cannot do; its text is meant for the user."""


class RunError(SimdeskError):
    """A run could not be carried out, or broke one of its own laws."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with a scenario.

    Args:
        message: what is wrong and how to mend it, without the place.
        path: dotted path of the value, empty for the file as a whole.
        file: the file, or a phrase such as ``--set``, in which the value was written.
        line: line, from 1; 0 when unknown.
        column: column, from 1; 0 when unknown.
        excerpt: the offending line with carets under the value, or empty.
    """

    message: str
    path: str = ""
    file: str = ""
    line: int = 0
    column: int = 0
    excerpt: str = ""

    @property
    def head(self) -> str:
        """Place and message in one line, without the excerpt."""
        place = self.file
        if self.line:
            place += f":{self.line}:{self.column}"
        return ": ".join(part for part in (place, self.path, self.message) if part)

    def __str__(self) -> str:
        return f"{self.head}\n{self.excerpt}" if self.excerpt else self.head


class ScenarioError(SimdeskError):
    """A scenario that cannot be used; carries every problem found, in the order of the file."""

    def __init__(self, problems: Iterable[Problem], source: str = "") -> None:
        self.problems = tuple(problems)
        self.source = source
        count = len(self.problems)
        tail = f"{count} problem{'s' if count != 1 else ''} in {source or 'the scenario'}"
        super().__init__("\n".join([*map(str, self.problems), tail]))
