"""Real desks of any number of teams, types, targets or weeks, to be loaded as a user's file is."""

from __future__ import annotations

from dataclasses import replace

from reported import reported
from simdesk.experiment.load import TeamLoad
from simdesk.experiment.replications import Replications


def desk_of(
    teams: int, *, types: int = 1, targets: int = 0, length: str = "1 week", replications: int = 2, contacts: int = 0
) -> str:
    """A desk as YAML: each team gets its share of the tickets, and each is as busy as any other.

    Args:
        teams: how many; each has two people in office hours.
        types: kinds of tickets; sent to the teams in turn.
        targets: how many are stated.
        length: of the measured time.
        replications: how many.
        contacts: a day; forty for each team unless stated.
    """
    kinds = max(types, teams)
    share = 100 / kinds
    yaml = [
        f"title: A desk of {teams} teams",
        'calendars: {office: {days: Mon-Fri, hours: "08:00-18:00"}}',
        f"run: {{length: {length}, warm_up: 0 s, replications: {replications}}}",
        "demand:",
        f"  contacts: {contacts or 40 * teams} per business day",
        "  types:",
        *(f"    kind-{at}: {{share: {share:.12f} %, work: {{constant: {{value: 15 min}}}}}}" for at in range(kinds)),
        "teams:",
        *(f"  team-{at}: {{agents: 2, calendar: office, cost: 40 USD per hour}}" for at in range(teams)),
        "flow:",
        "  routing:",
        *(f"    rule-{at}: {{when: {{type: kind-{at}}}, to: team-{at % teams}}}" for at in range(kinds)),
    ]
    if targets:
        yaml += ["targets:"]
        yaml += [
            f"  target-{at}: {{measure: occupancy, team: team-{at % teams}, at_most: 90 %}}" for at in range(targets)
        ]
    return "\n".join(yaml) + "\n"


def crowd(teams: int, types: int = 1) -> tuple[Replications, list[TeamLoad]]:
    """The small service desk, with its first team and its first type copied as often as wanted; nothing is simulated
    for them, so that a report on 300 teams costs no more than one on two."""
    runs, loads = reported("service desk")
    names = {"front": ["front", *(f"team-{at}" for at in range(teams - 1))], "back": []} if teams > 2 else {}
    names["password"] = ["password", *(f"type-{at}" for at in range(types - 1))]

    def copies(name: str) -> list[str]:
        return names.get(name, [name])

    scenario, load = runs.scenario, {one.team: one for one in loads}
    crowded = scenario.model_copy(
        update={
            "teams": {name: team for of, team in scenario.teams.items() for name in copies(of)},
            "demand": scenario.demand.model_copy(
                update={"types": {name: kind for of, kind in scenario.demand.types.items() for name in copies(of)}}
            ),
        }
    )
    sheets = tuple(
        replace(
            sheet,
            readings={key._replace(of=name): one for key, one in sheet.readings.items() for name in copies(key.of)},
            series={(what, name): one for (what, of), one in sheet.series.items() for name in copies(of)},
        )
        for sheet in runs.sheets
    )
    log = replace(runs.first_log, teams=tuple(name for of in runs.first_log.teams for name in copies(of)))
    all_loads = [replace(load[of], team=name, group=(name,)) for of in load for name in copies(of)]
    return Replications(crowded, sheets, runs.engine, log), all_loads
