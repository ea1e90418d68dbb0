"""A question and its desk while both are checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from simdesk.experiment.sheet import Key
from simdesk.question.model import Question
from simdesk.question.places import Place, Places
from simdesk.scenario.model import Scenario


@dataclass(frozen=True)
class Case:
    """A question with the desk that it will be put to.

    Attributes:
        question: what is asked.
        scenario: the desk, with what is set on all sides.
        replications: runs of each desk.
        places: collects what is wrong.
        usual: measures to tell of if the question names none.
    """

    question: Question
    scenario: Scenario
    replications: int
    places: Places
    usual: Sequence[Key] = ()

    @cached_property
    def others(self) -> dict[str, Scenario]:
        """The alternatives or candidates that a desk takes, by name; what is wrong with one is told at its place."""
        found = {}
        for name, changes in self.stated.items():
            varied = self.places.varied(self.scenario, changes, (*self.place, name))
            if varied is not None:
                found[name] = varied
        return found

    @property
    def stated(self) -> Mapping[str, Mapping[str, Any]]:
        """What the alternatives or candidates change, by name."""
        ranked = self.question.rank.among if self.question.rank is not None else {}
        return self.question.compare or self.question.explain or ranked

    @property
    def place(self) -> Place:
        """Where they are stated."""
        return ("rank", "among") if self.question.rank is not None else (self.question.verb,)
