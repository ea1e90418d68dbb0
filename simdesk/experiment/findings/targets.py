"""Oddities of targets: the wrong way round, kept by any desk, or about what never happens."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from simdesk.durations import DAY
from simdesk.experiment.clocks import OFFICE_CLOCK
from simdesk.experiment.findings.finding import Finding
from simdesk.experiment.findings.mix import mix_of
from simdesk.experiment.sheet import describe
from simdesk.experiment.targets import key_of
from simdesk.scenario.model import Scenario
from simdesk.scenario.service_levels import Target

_OF_PROMISES: Final = {
    "response_sla": "respond", "resolution_sla": "resolve", "resolution_sla_ceiling": "resolve",
    "resolution_time_promised": "resolve", "watermelon": "resolve",
}  # fmt: skip
"""Measures that only tickets with a promise have, and which promise."""


def _bounded(target: Target) -> str:
    return "at_most" if target.at_least is None else "at_least"


def wrong_way_round(scenario: Scenario) -> Iterator[Finding]:
    """A wait that shall be long, or a promise that shall seldom be kept."""
    for name, target in scenario.targets.items():
        better, bound = describe(key_of(target))[2], _bounded(target)
        other = {"lower": "at_most", "higher": "at_least"}.get(better, bound)
        if bound != other and not _trivial(target):
            word = "less" if better == "lower" else "more"
            yield Finding(
                "wrong-way-round", ("targets", name, bound), f"{word} of {target.measure} is better; write {other}"
            )


def kept_by_any_desk(scenario: Scenario) -> Iterator[Finding]:
    """At least nothing, or at most everything."""
    for name, target in scenario.targets.items():
        if _trivial(target):
            yield Finding(
                "kept-by-any-desk", ("targets", name, _bounded(target)),
                f"is kept by any desk, for {target.measure} is never {'more' if target.at_least is None else 'less'}; "
                "state a bound that could be missed",
            )  # fmt: skip


def _trivial(target: Target) -> bool:
    share = describe(key_of(target))[1] == "share"
    return (target.at_least is not None and float(target.at_least) == 0) or (
        share and target.at_most is not None and float(target.at_most) == 1
    )


def target_without_promise(scenario: Scenario) -> Iterator[Finding]:
    """A target on promises that nobody made, or for a priority that nobody has: it will never be judged."""
    levels = scenario.service_levels.priorities
    for name, target in scenario.targets.items():
        wanted = _OF_PROMISES.get(target.measure)
        about = [target.priority] if target.priority is not None else list(levels)
        if wanted and not any(one in levels and getattr(levels[one], wanted) is not None for one in about):
            which = target.priority or "P1"
            yield Finding(
                "target-without-promise", ("targets", name, "measure"),
                f"is never judged, for nothing is promised; state service_levels.priorities.{which}.{wanted}",
            )  # fmt: skip


def target_for_nobody(scenario: Scenario) -> Iterator[Finding]:
    """A target for a priority of which no ticket comes."""
    mix = mix_of(scenario)
    coming = mix.of_priority() if mix is not None else {}
    for name, target in scenario.targets.items():
        if mix is not None and target.priority is not None and not coming.get(target.priority):
            yield Finding(
                "target-for-nobody", ("targets", name, "priority"),
                f"is never judged, for no ticket is of {target.priority}; give it a share in priority",
            )  # fmt: skip


def days_of_office_hours(scenario: Scenario) -> Iterator[Finding]:
    """Days of 24 hours on a clock that has none."""
    for name, target in scenario.targets.items():
        bound = target.bound
        if target.measure in OFFICE_CLOCK and bound.written_as == "time" and bound >= DAY and not bound % DAY:
            yield Finding(
                "days-of-office-hours", ("targets", name, _bounded(target)),
                f"{target.measure} counts office hours, and {bound.written()} are {float(bound) / 3600:g} of them; "
                f"write e.g. '{float(bound) / DAY:g} business days'",
            )  # fmt: skip
