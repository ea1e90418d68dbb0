"""Warnings that matter, in plain words: what a reader must know before believing the numbers."""

from __future__ import annotations

import math

from simdesk.experiment.load import TeamLoad
from simdesk.experiment.replicate import Replications
from simdesk.experiment.sheet import Key

_NEARLY_FULL = 0.95
_FEW = 20
_WIDE = 0.20
_UNFINISHED = 0.02


def before(loads: list[TeamLoad]) -> list[str]:
    """Warnings about the load, known before the run."""
    told = []
    for load in loads:
        if load.offered and load.ratio >= 1:
            ahead = (
                f"{load.short:.0f} hours a week are missing, and the backlog would grow by about {load.growth:.0f} "
                "tickets a week"
                if load.short > 0
                else "and teams that help each other cannot make up for it"
            )
            told.append(
                f"{load.team} is asked for {load.offered:.0f} hours of work a week and has {load.capacity:.0f} "
                f"({100 * load.ratio:.0f} %): {ahead} if nobody gave up. What is measured depends on how long the run "
                "is."
            )
        elif load.ratio > _NEARLY_FULL:
            told.append(
                f"{load.team} is asked for {100 * load.ratio:.1f} % of what it can do: waits are long and swing widely; "
                "a longer warm-up and more replications may be needed."
            )
    return told


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
