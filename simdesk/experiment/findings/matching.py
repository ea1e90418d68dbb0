"""Oddities of patience and routing: rules that are for almost nobody, and patience that nobody has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from simdesk.durations import WEEK, human
from simdesk.experiment.findings.finding import Finding
from simdesk.experiment.findings.mix import Floats, Mix, mix_of
from simdesk.scenario.flow import When
from simdesk.scenario.model import Scenario

_TWO_RINGS: Final = 10.0
"""Seconds in which a telephone rings twice; who gives up sooner has not tried. No mean patience is as short, but 0 is
meant: a desk that turns away whom it cannot serve at once (Erlang's loss system)."""
_NOTHING: Final = 1e-9


def hardly_patient(scenario: Scenario) -> Iterator[Finding]:
    """Customers who give up before a telephone has rung twice."""
    for name, rule in scenario.patience.items():
        mean = rule.gives_up_after.mean
        if 0 < mean < _TWO_RINGS:
            yield Finding(
                "hardly-patient", ("patience", name, "gives_up_after"),
                f"customers give up after {human(mean)} on average, before a telephone has rung twice; check the unit, "
                "such as 3 min",
            )  # fmt: skip


def rule_for_nobody(scenario: Scenario) -> Iterator[Finding]:
    """Rules that are for no ticket, for fewer than one in the whole run, or only for those that a rule above takes."""
    patience: dict[str, When] = {name: rule.when for name, rule in scenario.patience.items()}
    routing = {name: rule.when for name, rule in scenario.flow.routing.items()}
    mix = mix_of(scenario) if patience or routing else None
    if mix is None:
        return
    coming = mix.weekly * (scenario.run.length.seconds / WEEK)
    yield from _unused(mix, ("patience",), patience, coming + mix.listed)
    if coming.any():  # what is open at the start is in a team's hands already, and no rule routes it
        yield from _unused(mix, ("flow", "routing"), routing, coming)


def _unused(mix: Mix, place: tuple[str, ...], rules: Mapping[str, When], tickets: Floats) -> Iterator[Finding]:
    """Rules that have hardly anything to decide about the tickets of a run."""
    left = tickets.copy()
    for name, when in rules.items():
        cells = mix.cells(when)
        fitting, reached = float(tickets[cells].sum()), float(left[cells].sum())
        left[cells] = 0.0
        if fitting <= 0:
            message = "no ticket is like that; correct or remove the rule"
        elif reached <= _NOTHING * fitting:
            message = "never decides, for the rules above it take all of its tickets; move it up or remove it"
        elif reached < 1:
            message = (
                f"is for only about {reached:.2g} tickets in a run of {mix.scenario.run.length}; correct the rule, "
                "or make run.length longer"
            )
        else:
            continue
        yield Finding("rule-for-nobody", (*place, name), message)
