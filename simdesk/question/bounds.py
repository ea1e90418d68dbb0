"""Whether a bound fits the measure that it is about, at every desk that is judged by it."""

from __future__ import annotations

from collections.abc import Mapping

from simdesk.experiment.clocks import clock_objection
from simdesk.experiment.sheet import Key, describe
from simdesk.question.margins import Margin
from simdesk.scenario.excerpts import quoted
from simdesk.scenario.model import Scenario


def objection(margin: Margin, key: Key, rule: str, desks: Mapping[str, Scenario]) -> str:
    """What is wrong with a bound for a measure; nothing if it fits.

    Args:
        margin: the bound.
        key: of the measure.
        rule: name of the rule, which says whether the bound is a value of the measure or a difference.
        desks: the desk as it stands, without a name, and then the others that are judged by the same bound.
    """
    message = margin.objection(describe(key)[1], level=rule in ("at_least", "at_most"))
    if message or not margin.business:
        return message
    for name, desk in desks.items():
        if message := clock_objection(desk, key):
            return f"with {quoted(name)}, {message}" if name else message
    return ""  # a business day is that of the desk as it stands, whatever an alternative opens
