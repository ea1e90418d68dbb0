"""More desks in both languages: people who give up, several teams, shifts and waves of demand."""

from __future__ import annotations

import random
from math import inf
from typing import Any

import ciw
from ciw.dists import Deterministic
from third_voice_desks import (
    BUSY,
    GAVE_UP,
    LEAD,
    QUEUE,
    RESPONSE,
    WAIT,
    Scene,
    Wrong,
    by_type,
    exponential,
    gamma,
    leaves,
    lognormal,
    poisson,
    steps,
    visits,
    waits,
)

from simdesk.experiment.sheet import Key


def gave_up(*types: str) -> tuple[Key, ...]:
    """The share of each of some ticket types that gave up."""
    return tuple(Key("abandonment", "type", name) for name in types)


IMPATIENT = (
    Scene(
        name="M/M/4+M",
        desk="""
        demand: {contacts: 4 per hour, profile: flat,
          types: {ticket: {share: 100 %, work: {exponential: {mean: 1 h}}}}}
        patience: {everybody: {gives_up_after: {exponential: {mean: 2 h}}}}
        teams: {desk: {agents: 4}}
        """,
        network=lambda: {
            "arrival_distributions": [poisson(4)],
            "service_distributions": [exponential(1)],
            "reneging_time_distributions": [exponential(2)],
            "number_of_servers": [4],
        },
        compares=(WAIT, RESPONSE, GAVE_UP, QUEUE, BUSY),
        length=1000,
        wrong=(
            Wrong(
                "everybody waits 2 h, not on average",
                lambda: {"reneging_time_distributions": [Deterministic(2.0)]},
                (WAIT, RESPONSE, GAVE_UP, QUEUE),
            ),
        ),
    ),
    Scene(
        name="M/G/3+D, lognormal work",
        desk="""
        demand:
          contacts: 3.3 per hour
          profile: flat
          types: {ticket: {share: 100 %, work: {lognormal: {mean: 1 h, cv: 1.2}}}}
        patience: {everybody: {gives_up_after: {constant: {value: 30 min}}}}
        teams: {desk: {agents: 3}}
        """,
        network=lambda: {
            "arrival_distributions": [poisson(3.3)],
            "service_distributions": [lognormal(1, 1.2)],
            "reneging_time_distributions": [Deterministic(0.5)],
            "number_of_servers": [3],
        },
        compares=(WAIT, RESPONSE, GAVE_UP),
        length=1200,
    ),
    Scene(
        name="priorities, all impatient",
        desk="""
        demand:
          profile: flat
          types:
            urgent:   {contacts: 0.8 per hour, priority: {P1: 100 %}, work: {exponential: {mean: 1 h}}}
            ordinary: {contacts: 1.4 per hour, priority: {P3: 100 %}, work: {exponential: {mean: 1 h}}}
        patience:
          hurried: {when: {type: urgent}, gives_up_after: {exponential: {mean: 30 min}}}
          others:  {gives_up_after: {gamma: {mean: 3 h, cv: 0.5}}}
        teams: {desk: {agents: 2, discipline: priority}}
        """,
        network=lambda: {
            "arrival_distributions": by_type(urgent=poisson(0.8), ordinary=poisson(1.4)),
            "service_distributions": by_type(urgent=exponential(1), ordinary=exponential(1)),
            "reneging_time_distributions": by_type(urgent=exponential(0.5), ordinary=gamma(3, 0.5)),
            "number_of_servers": [2],
            "routing": leaves("urgent", "ordinary"),
            "priority_classes": {"urgent": 0, "ordinary": 1},
        },
        compares=(*waits("urgent", "ordinary"), *gave_up("urgent", "ordinary")),
        length=1800,
    ),
    Scene(
        name="only callers are impatient",
        desk="""
        demand:
          profile: flat
          types:
            call:  {contacts: 1.5 per hour, work: {exponential: {mean: 1 h}}}
            email: {contacts: 1 per hour,   work: {exponential: {mean: 1 h}}}
        patience: {callers: {when: {type: call}, gives_up_after: {exponential: {mean: 20 min}}}}
        teams: {desk: {agents: 3}}
        """,
        network=lambda: {
            "arrival_distributions": by_type(call=poisson(1.5), email=poisson(1)),
            "service_distributions": by_type(call=exponential(1), email=exponential(1)),
            "reneging_time_distributions": by_type(call=exponential(1 / 3), email=None),
            "number_of_servers": [3],
            "routing": leaves("call", "email"),
        },
        compares=(*waits("call", "email"), *gave_up("call"), LEAD),
        length=1600,
        wrong=(
            Wrong(
                "everybody is patient",
                lambda: {"reneging_time_distributions": by_type(call=None, email=None)},
                (*waits("call", "email"), *gave_up("call"), LEAD),
            ),
        ),
    ),
)
"""One team, people who give up."""


def comes_back(individual: Any, simulation: Any) -> list[int]:
    """After the desk (1): away for a while (2) and back, 40 % of the times, at most three times."""
    route: list[int] = []
    while len(route) < 6 and random.random() < 0.4:
        route += [2, 1]
    return route


NETWORKS = (
    Scene(
        name="two tiers, two types, priorities",
        desk="""
        demand:
          profile: flat
          types:
            incident:
              contacts: 0.8 per hour
              priority: {P2: 100 %}
              work: {tier_1: {exponential: {mean: 1 h}}, tier_2: {gamma: {mean: 2 h, cv: 0.5}}}
              resolves: {tier_1: 40 %}
            request:
              contacts: 1.4 per hour
              priority: {P4: 100 %}
              work: {tier_1: {gamma: {mean: 40 min, cv: 0.8}}, tier_2: {exponential: {mean: 3 h}}}
              resolves: {tier_1: 80 %}
        teams:
          first:  {tier: 1, agents: 3, escalates_to: second, discipline: priority}
          second: {tier: 2, agents: 3, discipline: priority}
        """,
        network=lambda: {
            "arrival_distributions": {"incident": [poisson(0.8), None], "request": [poisson(1.4), None]},
            "service_distributions": {
                "incident": [exponential(1), gamma(2, 0.5)],
                "request": [gamma(2 / 3, 0.8), exponential(3)],
            },
            "number_of_servers": [3, 3],
            "routing": {"incident": [[0.0, 0.6], [0.0, 0.0]], "request": [[0.0, 0.2], [0.0, 0.0]]},
            "priority_classes": {"incident": 0, "request": 1},
        },
        compares=(*visits("first", "second"), LEAD),
        length=1600,
        replications=150,
        precision=0.08,
    ),
    Scene(
        name="three tiers, picked up late",
        desk="""
        demand:
          contacts: 2.5 per hour
          profile: flat
          types:
            ticket:
              share: 100 %
              work:
                tier_1: {exponential: {mean: 1 h}}
                tier_2: {gamma: {mean: 2 h, cv: 0.6}}
                tier_3: {lognormal: {mean: 4 h, cv: 0.7}}
              resolves: {tier_1: 50 %, tier_2: 60 %}
        flow: {hand_off: {pick_up: {exponential: {mean: 5 h}}, write_up: 0 s, read_up: 15 min}}
        teams:
          first:  {tier: 1, agents: 4, escalates_to: second}
          second: {tier: 2, agents: 4, escalates_to: third}
          third:  {tier: 3, agents: 3}
        """,
        network=lambda: {  # nodes 4 and 5 are the ways to the second and the third team
            "arrival_distributions": [poisson(2.5), None, None, None, None],
            "service_distributions": [
                exponential(1),
                gamma(2, 0.6) + Deterministic(0.25),
                lognormal(4, 0.7) + Deterministic(0.25),
                exponential(5),
                exponential(5),
            ],
            "number_of_servers": [4, 4, 3, inf, inf],
            "routing": [
                [0.0, 0.0, 0.0, 0.5, 0.0],
                [0.0, 0.0, 0.0, 0.0, 0.4],
                [0.0, 0.0, 0.0, 0.0, 0.0],
                [0.0, 1.0, 0.0, 0.0, 0.0],
                [0.0, 0.0, 1.0, 0.0, 0.0],
            ],
        },
        compares=(*visits("first", "second", "third"), LEAD),
        length=1200,
        warm_up=100,
        cool_down=200,
        replications=150,
        precision=0.15,  # the third team sees few tickets
        wrong=(
            Wrong(
                "nobody reads what was written",
                lambda: {
                    "service_distributions": [
                        exponential(1),
                        gamma(2, 0.6),
                        lognormal(4, 0.7),
                        exponential(5),
                        exponential(5),
                    ]
                },
                visits("second"),
            ),
        ),
    ),
    Scene(
        name="tickets come back",
        desk="""
        demand: {contacts: 1.1 per hour, profile: flat,
          types: {ticket: {share: 100 %, work: {gamma: {mean: 1 h, cv: 0.8}}}}}
        flow: {reopen: {share: 40 %, after: {exponential: {mean: 6 h}}, work: 100 %, at_most: 3}}
        teams: {desk: {agents: 3}}
        """,
        network=lambda: {
            "arrival_distributions": [poisson(1.1), None],
            "service_distributions": [gamma(1, 0.8), exponential(6)],
            "number_of_servers": [3, inf],
            "routing": ciw.routing.ProcessBased(comes_back),
        },
        compares=(*visits("desk"), WAIT, LEAD, BUSY),
        length=2200,
        warm_up=100,
        cool_down=200,
        replications=150,
        precision=0.06,
        wrong=(
            Wrong(
                "they do not come back",
                lambda: {"routing": [[0.0, 0.0], [0.0, 0.0]]},
                (*visits("desk"), WAIT, LEAD, BUSY),
            ),
        ),
    ),
)
"""Several teams, or one team again."""

WAVE = [0.5, 0.4, 0.4, 0.4, 0.6, 1, 2, 3.5, 5, 6, 6.5, 6, 5.5, 5.5, 6, 5.5, 5, 4, 3, 2.5, 2, 1.5, 1, 0.7]
"""Arrivals an hour; 74.5 a day."""
DAYS = 24 * 60

CHANGING = (
    Scene(
        name="shifts, work in hand is finished",
        desk="""
        demand: {contacts: 2.4 per hour, profile: flat,
          types: {ticket: {share: 100 %, work: {gamma: {mean: 1 h, cv: 0.8}}}}}
        teams:
          desk:
            shifts:
              night: {agents: 2, days: daily, hours: "00:00-08:00"}
              day:   {agents: 5, days: daily, hours: "08:00-16:00"}
              late:  {agents: 3, days: daily, hours: "16:00-24:00"}
            at_shift_end: finish
        """,
        # In Ciw every agent goes at a change and new ones come, so the shifts are different people.
        network=lambda: {
            "arrival_distributions": [poisson(2.4)],
            "service_distributions": [gamma(1, 0.8)],
            "number_of_servers": [ciw.Schedule([2, 5, 3], [8, 16, 24], preemption=False)],
        },
        compares=(WAIT, QUEUE, LEAD),
        length=DAYS,
        warm_up=120,
        replications=150,
        wrong=(
            Wrong(
                "the next shift goes on with it",
                lambda: {"number_of_servers": [ciw.Schedule([2, 5, 3], [8, 16, 24], preemption="resume")]},
                (WAIT, QUEUE, LEAD),
            ),
        ),
    ),
    Scene(
        name="shifts, work in hand is handed over",
        desk="""
        demand: {contacts: 2.4 per hour, profile: flat,
          types: {ticket: {share: 100 %, work: {gamma: {mean: 1 h, cv: 0.8}}}}}
        teams:
          desk:
            shifts:
              night: {agents: 2, days: daily, hours: "00:00-08:00"}
              day:   {agents: 5, days: daily, hours: "08:00-16:00"}
              late:  {agents: 3, days: daily, hours: "16:00-24:00"}
            at_shift_end: hand_over
            hand_over_work: 0 s
        """,
        # Ciw serves the interrupted before the waiting; in order of arrival the original place is the same.
        # No queue length: Ciw counts the work before an interruption as waiting.
        network=lambda: {
            "arrival_distributions": [poisson(2.4)],
            "service_distributions": [gamma(1, 0.8)],
            "number_of_servers": [ciw.Schedule([2, 5, 3], [8, 16, 24], preemption="resume")],
        },
        compares=(WAIT, LEAD),
        length=DAYS,
        warm_up=120,
        wrong=(
            Wrong(
                "what was done is lost",
                lambda: {"number_of_servers": [ciw.Schedule([2, 5, 3], [8, 16, 24], preemption="restart")]},
                (WAIT, LEAD),
            ),
        ),
    ),
    Scene(
        name="a wave every day",
        desk=f"""
        demand:
          contacts: {sum(WAVE)} per day
          profile: {{hours: {WAVE}}}
          types: {{ticket: {{share: 100 %, work: {{exponential: {{mean: 1 h}}}}}}}}
        teams: {{desk: {{agents: 6}}}}
        """,
        network=lambda: {
            "arrival_distributions": [steps(WAVE, DAYS + 240)],
            "service_distributions": [exponential(1)],
            "number_of_servers": [6],
        },
        compares=(WAIT, QUEUE, BUSY),
        length=DAYS,
        warm_up=120,
        replications=150,
        precision=0.06,
        wrong=(Wrong("the same all day", lambda: {"arrival_distributions": [poisson(sum(WAVE) / 24)]}, (WAIT, QUEUE)),),
    ),
    Scene(
        name="a wave, shifts, impatient people",
        desk=f"""
        demand:
          contacts: {sum(WAVE)} per day
          profile: {{hours: {WAVE}}}
          types: {{ticket: {{share: 100 %, work: {{gamma: {{mean: 1 h, cv: 0.8}}}}}}}}
        patience: {{everybody: {{gives_up_after: {{exponential: {{mean: 1 h}}}}}}}}
        teams:
          desk:
            shifts:
              early: {{agents: 1, days: daily, hours: "00:00-07:00"}}
              day:   {{agents: 5, days: daily, hours: "07:00-15:00"}}
              late:  {{agents: 3, days: daily, hours: "15:00-24:00"}}
            at_shift_end: finish
        """,
        network=lambda: {
            "arrival_distributions": [steps(WAVE, DAYS + 240)],
            "service_distributions": [gamma(1, 0.8)],
            "reneging_time_distributions": [exponential(1)],
            "number_of_servers": [ciw.Schedule([1, 5, 3], [7, 15, 24], preemption=False)],
        },
        compares=(WAIT, RESPONSE, GAVE_UP, QUEUE),
        length=DAYS,
        warm_up=120,
    ),
)
"""What changes with the hour."""
