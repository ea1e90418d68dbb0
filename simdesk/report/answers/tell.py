"""Which answer is told by whom. A new kind of question adds a line."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from simdesk.experiment.screening import Screening
from simdesk.experiment.sensitivity import Tornado
from simdesk.question.ask import Answer
from simdesk.report.answers.compare import tell_comparison
from simdesk.report.answers.explain import tell_brief
from simdesk.report.answers.headroom import tell_headroom
from simdesk.report.answers.precision import tell_precise, tell_warm_up
from simdesk.report.answers.rank import tell_ranking
from simdesk.report.answers.screening import tell_screening, tell_shares
from simdesk.report.answers.sensitivity import tell_tornado
from simdesk.report.answers.slack import tell_slack
from simdesk.report.answers.staffing import tell_staffing
from simdesk.report.answers.steady import tell_steady
from simdesk.report.answers.sweep import tell_sweep
from simdesk.report.answers.week import tell_week
from simdesk.report.told import Told


def tell(answer: Answer) -> Told:
    """An answer in words, figures and tables."""
    told = _TELLERS[answer.asked.question.verb](answer)
    return replace(told, warnings=(*answer.faults, *told.warnings))


def _compare(answer: Answer) -> Told:
    rule = answer.asked.question.decide
    expected = rule.expected if rule is not None else None
    return tell_comparison(answer.result, answer.asked.watched, answer.decisions, expected)


def _headroom(answer: Answer) -> Told:
    return tell_headroom(answer.result.headroom, answer.result.nothing)


def _sensitivity(answer: Answer) -> Told:
    result = answer.result
    if isinstance(result, Tornado):
        return tell_tornado(result)
    return tell_screening(result) if isinstance(result, Screening) else tell_shares(result)


_TELLERS: Final[Mapping[str, Callable[[Answer], Told]]] = {
    "compare": _compare,
    "explain": lambda answer: tell_brief(answer.result),
    "headroom": _headroom,
    "precision": lambda answer: tell_precise(answer.result),
    "rank": lambda answer: tell_ranking(answer.result),
    "sensitivity": _sensitivity,
    "shifts": lambda answer: tell_week(answer.result),
    "slack": lambda answer: tell_slack(answer.result),
    "staff": lambda answer: tell_staffing(answer.result),
    "steady": lambda answer: tell_steady(answer.result),
    "sweep": lambda answer: tell_sweep(answer.result, answer.asked.watched),
    "warm_up": lambda answer: tell_warm_up(answer.result),
}
