"""Desks that a report must be able to show, simulated once for all tests: ordinary, a list, rare events, nothing."""

from __future__ import annotations

import dataclasses
from functools import lru_cache

from simdesk.experiment.load import TeamLoad, team_loads
from simdesk.experiment.replicate import replicate
from simdesk.experiment.replications import Replications
from simdesk.experiment.sheet import Key
from simdesk.report.subject import Subject
from simdesk.scenario.loading import loads

DESKS = {
    "service desk": """
title: A small service desk
story: Two teams in office hours.
targets: {in-time: {measure: resolution_sla, at_least: 90 %}}
calendars: {office: {days: Mon-Fri, hours: "08:00-18:00"}}
run: {length: 3 weeks, warm_up: 1 week, replications: 3}
demand:
  contacts: 60 per business day
  types:
    password: {share: 40 %, work: {lognormal: {mean: 5 min, cv: 0.8}}, resolves: {tier_1: 90 %}}
    app: {share: 60 %, work: {lognormal: {mean: 20 min, cv: 1.2}}, resolves: {tier_1: 60 %}}
teams:
  front: {tier: 1, agents: 4, calendar: office, shrinkage: 30 %, cost: 35 USD per hour, escalates_to: back}
  back: {tier: 2, agents: 3, calendar: office, cost: 50 USD per hour}
flow: {hand_off: {}, pending: {}}
patience: {callers: {when: {channel: phone}, gives_up_after: {exponential: {mean: 8 min}}}}
service_levels:
  calendar: office
  priorities: {P1: {respond: 15 min, resolve: 2 h}, P3: {respond: 2 business hours, resolve: 8 business hours}}
observed:
  source: A made-up log.
  days: Weekdays.
  by_hour:
    "09:00": {offered: 8, wait: 3 min, abandoned: 2 %}
    "10:00": {offered: 9, wait: 4 min, abandoned: 1 %}
""",
    "scanner": """
title: One scanner and its list
calendars: {scanner: {days: Mon-Fri, hours: "08:00-18:00"}}
run: {length: 4 weeks, replications: 3, open_at_start: {mri: {scan: {count: 120, oldest: 20 days}}}}
demand:
  contacts: 23 per business day
  priority: {P3: 100 %}
  types: {scan: {share: 100 %, work: {constant: {value: 24 min}}}}
teams: {mri: {agents: 1, calendar: scanner}}
""",
    "crew": """
title: A crew for rare events
run: {length: 26 weeks, replications: 3}
demand:
  contacts: 0.3 per week
  profile: flat
  priority: {P1: 100 %}
  types: {fire: {share: 100 %, work: {lognormal: {mean: 3 h, cv: 1.0}}}}
teams: {crew: {agents: 2}}
""",
    "nobody comes": """
title: Nobody comes
run: {length: 1 week, replications: 1}
demand:
  contacts: 0 per week
  types: {question: {share: 100 %, work: {constant: {value: 5 min}}}}
teams: {front: {agents: 1}}
""",
    "nobody is there": """
title: Nobody is there
run: {length: 1 week, cool_down: 1 day, replications: 1}
demand:
  contacts: 20 per week
  types: {question: {share: 100 %, work: {constant: {value: 5 min}}}}
teams: {front: {agents: 0}}
""",
}

PAYLOAD = "<img src=x onerror=alert(1)></script><script>alert(2)</script><a href='javascript:alert(3)'>x</a>{{7*7}}"
"""Text that must be shown and never run."""


@lru_cache
def reported(name: str) -> tuple[Replications, list[TeamLoad]]:
    """A simulated desk and the load of its teams."""
    scenario = loads(DESKS[name], name)
    return replicate(scenario, workers=1), team_loads(scenario)


def subject(name: str) -> Subject:
    """What a report on a desk is about."""
    return Subject(*reported(name))


def poisoned() -> tuple[Replications, list[TeamLoad]]:
    """A desk whose title, story, type, team and source are attacks; the schema would refuse most of them."""
    runs, team_load = reported("service desk")
    scenario = runs.scenario
    names = {"front": PAYLOAD, "password": PAYLOAD}
    demand = scenario.demand.model_copy(update={"types": _renamed(scenario.demand.types, names)})
    observed = scenario.observed and scenario.observed.model_copy(update={"source": PAYLOAD, "days": PAYLOAD})
    scenario = scenario.model_copy(
        update={
            "title": PAYLOAD, "story": PAYLOAD, "observed": observed, "demand": demand,
            "teams": _renamed(scenario.teams, names),
        }
    )  # fmt: skip
    sheets = tuple(
        dataclasses.replace(
            sheet,
            readings={Key(k.measure, k.by, names.get(k.of, k.of)): reading for k, reading in sheet.readings.items()},
            series={(what, names.get(of, of)): series for (what, of), series in sheet.series.items()},
        )
        for sheet in runs.sheets
    )
    log = dataclasses.replace(runs.first_log, teams=tuple(names.get(team, team) for team in runs.first_log.teams))
    loaded = [
        dataclasses.replace(one, team=names.get(one.team, one.team), group=tuple(names.get(n, n) for n in one.group))
        for one in team_load
    ]
    return Replications(scenario, sheets, runs.engine, log), loaded


def _renamed(entries: dict[str, object], names: dict[str, str]) -> dict[str, object]:
    return {names.get(name, name): entry for name, entry in entries.items()}
