"""What is odd about a scenario: rules that each look for one thing that is accepted and hardly meant.

A rule is a function from a scenario to findings; a new one is a line in `RULES`.
"""

from __future__ import annotations

from typing import Final

from simdesk.experiment.findings.demand import no_demand, no_work
from simdesk.experiment.findings.factors import many_times, many_times_said
from simdesk.experiment.findings.finding import Finding, Rule, placed
from simdesk.experiment.findings.hours import (
    afternoon_as_night,
    closed_when_tickets_come,
    flat_at_an_office,
    swapped_hours,
)
from simdesk.experiment.findings.matching import hardly_patient, rule_for_nobody
from simdesk.experiment.findings.promises import (
    nothing_promised,
    penalty_without_promise,
    promise_for_nobody,
    respond_after_resolve,
    too_short_to_keep,
    urgent_later,
)
from simdesk.experiment.findings.runs import long_warm_up
from simdesk.experiment.findings.sliders import check_sliders, slider_elsewhere
from simdesk.experiment.findings.targets import (
    days_of_office_hours,
    kept_by_any_desk,
    target_for_nobody,
    target_without_promise,
    wrong_way_round,
)
from simdesk.scenario.model import Scenario

__all__ = ["RULES", "Finding", "Rule", "check_sliders", "findings_of", "many_times_said", "placed"]

RULES: Final[tuple[Rule, ...]] = (
    slider_elsewhere,
    wrong_way_round,
    kept_by_any_desk,
    target_without_promise,
    target_for_nobody,
    days_of_office_hours,
    long_warm_up,
    afternoon_as_night,
    swapped_hours,
    closed_when_tickets_come,
    many_times,
    no_demand,
    flat_at_an_office,
    no_work,
    rule_for_nobody,
    hardly_patient,
    nothing_promised,
    promise_for_nobody,
    too_short_to_keep,
    respond_after_resolve,
    urgent_later,
    penalty_without_promise,
)
"""In the order of the chapters of a scenario."""


def findings_of(scenario: Scenario, *, as_read: bool = True) -> list[Finding]:
    """Everything that is odd about a scenario whose targets `check_targets` has found good.

    Args:
        scenario: what may be odd.
        as_read: whether it is as its file says; where something was tried on it, sliders need not hold it.
    """
    rules = RULES if as_read else [rule for rule in RULES if rule is not slider_elsewhere]
    return [finding for rule in rules for finding in rule(scenario)]
