"""Oddities of promises, penalties and the share of promises that shall be kept."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from simdesk.desk import business_day
from simdesk.durations import Duration
from simdesk.experiment.findings.finding import Finding
from simdesk.experiment.findings.mix import mix_of
from simdesk.scenario.model import Scenario

_SHORTEST: Final = {"respond": 5.0, "resolve": 60.0}
"""Seconds below which nobody promises: a call is not taken up within one ring of the telephone, which comes every four
to six seconds, and nothing is resolved in less than a minute."""


def promise_for_nobody(scenario: Scenario) -> Iterator[Finding]:
    """Promises and penalties for a priority of which no ticket comes."""
    mix = mix_of(scenario)
    if mix is None:
        return
    coming = mix.of_priority()
    stated = {("service_levels", "priorities", name): name for name in scenario.service_levels.priorities}
    stated |= {("money", "penalties", name): name for name, amount in scenario.money.penalties.items() if amount}
    for where, name in stated.items():
        if not coming.get(name):
            yield Finding(
                "promise-for-nobody", where, f"no ticket is of {name}; remove it, or give {name} a share in priority"
            )


def penalty_without_promise(scenario: Scenario) -> Iterator[Finding]:
    """Penalties for a broken promise that nobody made."""
    levels, mix = scenario.service_levels.priorities, mix_of(scenario)
    coming = mix.of_priority() if mix is not None else {}
    for name, amount in scenario.money.penalties.items():
        promised = name in levels and levels[name].resolve is not None
        if amount and not promised and coming.get(name):  # of the others `promise_for_nobody` tells
            yield Finding(
                "penalty-without-promise", ("money", "penalties", name),
                f"is never paid, for no time to resolve is promised; state service_levels.priorities.{name}.resolve",
            )  # fmt: skip


def respond_after_resolve(scenario: Scenario) -> Iterator[Finding]:
    """A response that is promised later than the resolution, on whatever clock."""
    for name, level in scenario.service_levels.priorities.items():
        if level.respond is not None and level.resolve is not None and _longer(scenario, level.respond, level.resolve):
            yield Finding(
                "respond-after-resolve", ("service_levels", "priorities", name, "respond"),
                f"is longer than the {level.resolve} in which it is to be resolved; exchange or correct them",
            )  # fmt: skip


def urgent_later(scenario: Scenario) -> Iterator[Finding]:
    """A promise to the more urgent that is later than the next one by the same clock."""
    levels = scenario.service_levels.priorities
    for what in ("respond", "resolve"):
        for business in (False, True):
            promised = {name: getattr(levels[name], what) for name in sorted(levels)}
            alike = {n: one for n, one in promised.items() if one is not None and one.business == business}
            for (urgent, first), (less, then) in pairwise(alike.items()):
                if _longer(scenario, first, then):
                    yield Finding(
                        "urgent-later", ("service_levels", "priorities", urgent, what),
                        f"{urgent} is promised later than {less}, {first} instead of {then}; exchange or correct them",
                    )  # fmt: skip


def _longer(scenario: Scenario, one: Duration, other: Duration) -> bool:
    """Whether one is surely longer: business time takes at least as long by the wall clock, elapsed time may not."""
    day = business_day(scenario) if one.business_days or other.business_days else 0
    known = one.business or not other.business
    return known and one.in_seconds(day) > other.in_seconds(day)


def too_short_to_keep(scenario: Scenario) -> Iterator[Finding]:
    """A promise of a second."""
    for name, level in scenario.service_levels.priorities.items():
        for what, least in _SHORTEST.items():
            promise: Duration | None = getattr(level, what)
            if promise is not None and not promise.business_days and promise.seconds < least:
                unit = "business minutes" if promise.business else "min"
                yield Finding(
                    "too-short-to-keep", ("service_levels", "priorities", name, what),
                    f"{promise} is hardly ever kept, whoever is there; check the unit, such as 15 {unit}",
                )  # fmt: skip


def nothing_promised(scenario: Scenario) -> Iterator[Finding]:
    """A target share of nothing."""
    if scenario.service_levels.target_share == 0:
        yield Finding(
            "nothing-promised", ("service_levels", "target_share"),
            "is kept by any desk; state the share of tickets for which promises are meant to hold, such as 90 %",
        )  # fmt: skip
