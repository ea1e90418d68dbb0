"""Warnings that matter, in plain words: what a reader must know before believing the numbers."""

from __future__ import annotations

import math
from collections.abc import Iterator

from simdesk.durations import human
from simdesk.experiment.load import TeamLoad
from simdesk.experiment.replicate import Replications
from simdesk.experiment.sheet import Key
from simdesk.scenario.model import Scenario

_NEARLY_FULL = 0.95
_FEW = 20
_WIDE = 0.20
_UNFINISHED = 0.02
_RELAXATIONS = 3


def before(scenario: Scenario, loads: list[TeamLoad]) -> list[str]:
    """Warnings about the load and the warm-up, known before the run."""
    told = list(_overloads(loads))
    slow = [(_RELAXATIONS * load.relaxation, load.team) for load in loads if _builds_up(scenario, load)]
    needed, team = max(slow, default=(0.0, ""))
    if not scenario.run.open_at_start and scenario.run.warm_up.seconds < needed:
        told.append(
            f"the warm-up of {scenario.run.warm_up} is short: the queue of {team} needs about {human(needed)} to "
            "forget that the desk started empty; as an answer about the long run, waits come out too low."
        )
    return told


def _builds_up(scenario: Scenario, load: TeamLoad) -> bool:
    """Whether a team's queue grows slowly into a steady state; one that its customers leave is there soon.

    Of a team without people, whom others help, nothing is known.
    """
    finds_one = load.offered > 0 and load.ratio < 1 and math.isfinite(load.relaxation)
    return finds_one and not (scenario.patience and load.team == scenario.entry)


def _overloads(loads: list[TeamLoad]) -> Iterator[str]:
    for load in loads:
        if load.offered and load.ratio >= 1:
            yield _overloaded(load)
        elif load.offered and load.ratio > _NEARLY_FULL:
            yield (
                f"{load.team} is asked for {100 * load.ratio:.1f} % of what it can do: waits are long and swing "
                "widely; a longer warm-up and more replications may be needed."
            )


def _overloaded(load: TeamLoad) -> str:
    asked = f"{load.team} is asked for {load.offered:,.1f} hours of work a week and has {load.capacity:,.1f}"
    if load.short > 0:
        share = f" ({100 * load.offered / load.capacity:.0f} %)" if load.capacity else ""
        ahead = (
            f"{share}: {load.short:,.1f} hours a week are missing, and the backlog would grow by about "
            f"{load.growth:,.0f} tickets a week"
        )
    elif len(load.group) == 1:
        ahead = ": just what it can do, so that a backlog never goes away"
    else:
        ahead = ", but the teams that it shares work with are asked for more than all of them have: backlogs would grow"
    return f"{asked}{ahead} if nobody gave up. What is measured depends on how long the run is."


def after(runs: Replications) -> list[str]:
    """Warnings about the answer."""
    told = []
    count = len(runs.sheets)
    if count < _FEW:
        told.append(
            f"{count} replication{'s' if count != 1 else ''} only: intervals of fewer than {_FEW} promise too much."
        )
    unfinished = runs.estimates[Key("still_open")].value
    if unfinished > _UNFINISHED:
        told.append(
            f"{100 * unfinished:.1f} % of the tickets were still open when the cool-down ended; times to resolve leave "
            "them out and are too short."
        )
    wait = runs.estimates[Key("response_time")]
    if wait.value > 0 and not math.isnan(wait.low) and wait.half_width > _WIDE * wait.value:
        told.append(
            f"the mean first response is known only to ± {100 * wait.half_width / wait.value:.0f} %; more replications "
            "would narrow it."
        )
    return told
