"""A question and its answer: every kind of question goes to the function of the same name."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simdesk.desk import business_day
from simdesk.experiment.compare import Comparison
from simdesk.experiment.decide import Decision, Rule, decide
from simdesk.experiment.lab import Lab, at_work
from simdesk.experiment.warnings import out_of_range
from simdesk.experiment.watch import key_named
from simdesk.question.loading import Asked, load_question
from simdesk.question.verbs import VERBS


@dataclass(frozen=True)
class Answer:
    """What was asked, and what was found.

    Attributes:
        asked: the question and its desk.
        result: of the function that the question went to.
        decisions: what the question's rule says of each alternative it judges.
        faults: what simdesk got wrong, in plain words; there should be none.
    """

    asked: Asked
    result: Any
    decisions: tuple[Decision, ...] = ()
    faults: tuple[str, ...] = ()


def ask(question: Asked | str | Path, *, quick: bool = False, lab: Lab | None = None) -> Answer:
    """Answer a question.

    Args:
        question: one that was read, or its file.
        quick: whether a first look is enough; for a file.
        lab: where it is simulated.

    Raises:
        ScenarioError: the question makes no sense, with every problem at its place.
        RunError: it cannot be simulated.
    """
    asked = question if isinstance(question, Asked) else load_question(question, quick=quick)
    with at_work(lab) as here:
        result = VERBS[asked.question.verb](asked, here)
    decisions = tuple(_decided(asked, result)) if isinstance(result, Comparison) else ()
    return Answer(asked, result, decisions, tuple(out_of_range(here.strays)))


def _decided(asked: Asked, result: Comparison) -> list[Decision]:
    stated = asked.question.decide
    if stated is None:
        return []
    key = key_named(asked.scenario, stated.measure)
    name, margin = stated.rule
    amount = margin.in_unit(business_day(asked.scenario)) if margin.business else margin.amount
    relative = margin.kind == "relative" and name not in ("at_least", "at_most")
    rule = Rule(name, amount, relative, str(margin) if margin.business else "")
    judged = [stated.alternative] if stated.alternative is not None else list(result.alternatives)
    return [decide(result, alternative, key, rule) for alternative in judged]
