"""A question and its answer: every kind of question goes to the function of the same name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from simdesk.calendars import parse_hours
from simdesk.experiment.compare import Comparison, compare
from simdesk.experiment.decide import Decision, Rule, decide
from simdesk.experiment.lab import Lab, at_work
from simdesk.experiment.slack import SlackCurve, slack_curve
from simdesk.experiment.staffing.contracts import Contract
from simdesk.experiment.staffing.week import PlannedWeek, planned_week
from simdesk.experiment.sweep import Sweep, sweep
from simdesk.experiment.targets import key_of
from simdesk.experiment.watch import key_named
from simdesk.question.loading import Asked, load_question
from simdesk.question.spread import listed, written_ends


@dataclass(frozen=True)
class Answer:
    """What was asked, and what was found.

    Attributes:
        asked: the question and its desk.
        result: of the function that the question went to.
        decisions: what the question's rule says of each alternative it judges.
    """

    asked: Asked
    result: Any
    decisions: tuple[Decision, ...] = ()


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
        result = _VERBS[asked.question.verb](asked, here)
    decisions = tuple(_decided(asked, result)) if isinstance(result, Comparison) else ()
    return Answer(asked, result, decisions)


def _compare(asked: Asked, lab: Lab) -> Comparison:
    assert asked.question.compare is not None  # it is asked for
    wanted = {*asked.watched, *map(key_of, asked.scenario.targets.values())}
    if asked.question.decide is not None:
        wanted.add(key_named(asked.scenario, asked.question.decide.measure))
    return compare(
        asked.scenario,
        asked.question.compare,
        replications=asked.replications,
        confidence=asked.question.confidence,
        together=True,
        wanted=wanted,
        lab=lab,
    )


def _decided(asked: Asked, result: Comparison) -> list[Decision]:
    stated = asked.question.decide
    if stated is None:
        return []
    key = key_named(asked.scenario, stated.measure)
    name, margin = stated.rule
    rule = Rule(name, margin.amount, margin.kind == "relative" and name not in ("at_least", "at_most"))
    judged = [stated.alternative] if stated.alternative is not None else list(result.alternatives)
    return [decide(result, alternative, key, rule) for alternative in judged]


def _sweep(asked: Asked, lab: Lab) -> Sweep:
    stated = asked.question.sweep
    assert stated is not None  # it is asked for
    grid = stated.design == "grid"
    over = {path: listed(levels) for path, levels in stated.over.items()} if grid else written_ends(stated.over)
    return sweep(
        asked.scenario,
        over,
        design=stated.design,
        points=stated.points,
        replications=asked.replications,
        confidence=asked.question.confidence,
        wanted={*asked.watched, *asked.traded},
        lab=lab,
    )


def _slack(asked: Asked, lab: Lab) -> SlackCurve:
    stated = asked.question.slack
    assert stated is not None  # it is asked for
    return slack_curve(
        asked.scenario,
        stated.team,
        listed(stated.agents) if stated.agents is not None else None,
        replications=asked.replications,
        confidence=asked.question.confidence,
        lab=lab,
    )


def _shifts(asked: Asked, lab: Lab) -> PlannedWeek:
    stated = asked.question.shifts
    assert stated is not None  # it is asked for
    spans = parse_hours(stated.hours)
    return planned_week(
        asked.scenario,
        stated.team,
        share=stated.share,
        within=stated.within.seconds if stated.within is not None else None,
        earliest=spans[0][0],
        latest=spans[-1][1],
        lengths=stated.lengths,
        pause=stated.pause,
        days=stated.days,
        most_forms=stated.most_forms,
        contracts=[Contract(name, terms.hours, terms.people, terms.days) for name, terms in stated.contracts.items()],
        weeks=stated.weeks,
        replications=asked.replications,
        confidence=asked.question.confidence,
        lab=lab,
    )


_VERBS: Final[Mapping[str, Callable[[Asked, Lab], Any]]] = {
    "compare": _compare,
    "shifts": _shifts,
    "slack": _slack,
    "sweep": _sweep,
}
