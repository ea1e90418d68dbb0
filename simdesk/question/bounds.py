"""Whether a bound fits the measure that it is about, at every desk that is judged by it."""

from __future__ import annotations

from collections.abc import Mapping

from simdesk.desk import business_day
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
    return _days_objection(desks) if margin.kind == "business days" else ""


def _days_objection(desks: Mapping[str, Scenario]) -> str:
    """Why business days are no bound for several desks: they have not the same length at each."""
    days = {name: business_day(desk) for name, desk in desks.items()}
    today = days[""]
    other = next((name for name, day in days.items() if day != today), None)
    if other is None:
        return ""
    return (
        f"a business day has {today / 3600:g} h at the desk as it stands and {days[other] / 3600:g} h with "
        f"{quoted(other)}; write business hours, such as '{today / 3600:g} business hours', or elapsed time"
    )
