"""Which answer is told by whom. A new kind of question adds a line."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from simdesk.question.ask import Answer
from simdesk.report.answers.compare import tell_comparison
from simdesk.report.answers.slack import tell_slack
from simdesk.report.answers.sweep import tell_sweep
from simdesk.report.answers.week import tell_week
from simdesk.report.told import Told


def tell(answer: Answer) -> Told:
    """An answer in words, figures and tables."""
    return _TELLERS[answer.asked.question.verb](answer)


def _compare(answer: Answer) -> Told:
    rule = answer.asked.question.decide
    expected = rule.expected if rule is not None else None
    return tell_comparison(answer.result, answer.asked.watched, answer.decisions, expected)


def _sweep(answer: Answer) -> Told:
    return tell_sweep(answer.result, answer.asked.watched)


def _slack(answer: Answer) -> Told:
    return tell_slack(answer.result)


def _shifts(answer: Answer) -> Told:
    return tell_week(answer.result)


_TELLERS: Final[Mapping[str, Callable[[Answer], Told]]] = {
    "compare": _compare,
    "shifts": _shifts,
    "slack": _slack,
    "sweep": _sweep,
}
