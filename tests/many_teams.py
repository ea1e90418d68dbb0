"""Real desks of any number of teams, types, targets or weeks, to be loaded as a user's file is."""

from __future__ import annotations


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
