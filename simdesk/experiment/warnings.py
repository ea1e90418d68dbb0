"""Warnings that matter, in plain words: what a reader must know before believing the numbers."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from simdesk.durations import human
from simdesk.experiment.load import TeamLoad
from simdesk.experiment.sheet import Key, name_of_row, strays
from simdesk.scenario.clocks import own_clocks
from simdesk.scenario.model import Scenario

if TYPE_CHECKING:  # who warns before a run need not be able to simulate
    from simdesk.experiment.replications import Replications

_NEARLY_FULL = 0.95
FEW = 20
"""Replications below which intervals promise too much."""
_WIDE = 0.20
_UNFINISHED = 0.02
_RELAXATIONS = 3
_NOTHING = 1e-9


def before(scenario: Scenario, loads: list[TeamLoad]) -> list[str]:
    """Warnings about what was written, the load and the warm-up, known before the run."""
    told = [*_resolved_after_all(scenario), *_without_tickets(scenario), *_overloads(loads)]
    slow = [(_RELAXATIONS * load.relaxation, load.team) for load in loads if load.builds_up]
    needed, team = max(slow, default=(0.0, ""))
    if not scenario.run.open_at_start and scenario.run.warm_up.seconds < needed:
        told.append(
            f"the warm-up of {scenario.run.warm_up} is short: the queue of {team} needs about {human(needed)} to "
            "forget that the desk started empty; as an answer about the long run, waits come out too low."
        )
    return told


def _resolved_after_all(scenario: Scenario) -> Iterator[str]:
    """Shares that are not to be resolved at a tier from which nothing can go up."""
    kinds: dict[str, list[str]] = {}
    above = {f"tier_{team.tier}" for team in scenario.teams.values() if team.escalates_to is not None}
    for name, kind in scenario.demand.types.items():
        for tier in sorted(kind.resolves.keys() - above):
            if kind.resolves[tier] < 1:
                kinds.setdefault(tier, []).append(name)
    for tier, names in kinds.items():
        others = f" and {len(names) - 1} other{'s' if len(names) > 2 else ''}" if len(names) > 1 else ""
        stated = scenario.demand.types[names[0]].resolves
        where = "resolves" if len(stated) == 1 else f"resolves.{tier}"  # which one share alone does not name
        yield (
            f"demand.types.{names[0]}{others} should be resolved at {tier} in only {100 * stated[tier]:g} % of cases, "
            f"but no team there escalates, so that all are; give the team an escalates_to, or remove {where}."
        )


def _without_tickets(scenario: Scenario) -> Iterator[str]:
    """Teams that no ticket can get to, and who help nobody."""
    reached = _reached(scenario)
    for name, team in scenario.teams.items():
        if name in reached or reached & set(team.also_serves):
            continue
        senders = [other for other in reached if scenario.teams[other].escalates_to == name]
        if senders:
            yield (
                f"{name} never gets a ticket: teams escalate to it, but resolve everything themselves; state a share "
                f"below 100 % as resolves of a ticket type, or leave {name} out."
            )
        else:
            yield (
                f"{name} never gets a ticket: it is not where tickets enter, no routing rule names it, no team that "
                f"gets tickets escalates to it, and it helps none; send it tickets, or leave {name} out."
            )


def _reached(scenario: Scenario) -> set[str]:
    """Teams that a ticket can get to; by mistake, to any on the way up."""
    routed = (rule.to for rule in scenario.flow.routing.values())
    listed = (team for team, tickets in scenario.run.open_at_start.items() if tickets)
    astray = scenario.flow.misroute is not None and scenario.flow.misroute.share > 0
    leaves = {tier: _leaves_some(scenario, tier) for tier in {team.tier for team in scenario.teams.values()}}
    reached: set[str] = set()
    for start in (scenario.entry, *routed, *listed):
        name: str | None = start
        while name is not None and name not in reached:
            reached.add(name)
            team = scenario.teams[name]
            name = team.escalates_to if astray or leaves[team.tier] else None
    return reached


def _leaves_some(scenario: Scenario, tier: int) -> bool:
    """Whether some tickets are not resolved at a tier."""
    return any(kind.resolved_at(tier) < 1 for kind in scenario.demand.types.values())


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
    if not load.capacity and math.isinf(load.ratio):
        return (
            f"{load.team} is asked for work, but nobody is there in the measured time: everything waits. Look at "
            "run.start and run.length, and at the team's calendar and agents."
        )
    asked = f"{load.team} is asked for {load.offered:,.1f} hours of work a week and has {load.capacity:,.1f}"
    helpers = [name for name in load.pool if name != load.team]
    if load.short <= _NOTHING * load.offered:
        ahead = ": just what can be done, so that a backlog never goes away"
    else:
        share = f" ({100 * load.offered / load.capacity:.0f} %)" if load.capacity else ""
        if helpers:
            share = f", and with {' and '.join(helpers)} it is at {100 * load.ratio:.0f} % of what they can do together"
        ahead = (
            f"{share}: {load.short:,.1f} hours a week are missing, and the backlog would grow by about "
            f"{load.growth:,.0f} tickets a week"
        )
    end = (
        "What is measured depends on how long the run is." if load.grows else "Those who give up keep the queue short."
    )
    return f"{asked}{ahead} if nobody gave up. {end}"


def other_clocks(scenario: Scenario) -> str:
    """What to say of an alternative whose own opening hours would judge it otherwise; nothing of any other."""
    if not scenario.changes_the_clocks:
        return ""
    own, judging = own_clocks(scenario), scenario.clocks
    moved = [name for name, hours in own.teams.items() if hours != judging.teams[name]]
    whose = ["the users' office hours"] * (own.office != judging.office)
    whose += [f"the opening hours of {', '.join(moved)}"] * bool(moved)
    return (
        f"{' and '.join(whose)} change, but promises, lost time and waits outside hours are judged by those of "
        "the desk as it stands."
    )


def few(count: int, of: str) -> str:
    """What to say of too few replications.

    Args:
        count: how many.
        of: what they are called, such as `runs of each desk`.
    """
    return f"{count} {of} only: intervals of fewer than {FEW} promise too much."


def out_of_range(strays: Mapping[Key, float]) -> list[str]:
    """What to say of measures that cannot be what they are."""
    return [
        f"{name_of_row(key)} is {value:.6g} in some replication, which is outside its range; this is a fault of "
        "simdesk, please report it."
        for key, value in strays.items()
    ]


def after(runs: Replications) -> list[str]:
    """Warnings about the answer."""
    told = out_of_range(strays(runs.sheets))
    count = len(runs.sheets)
    if count == 1:
        told.append("one replication: luck, and no intervals.")
    elif count < FEW:
        told.append(few(count, "replications"))
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
