"""Desks that simdesk and Ciw can both describe, each written twice, side by side; hours on the right-hand side.

What Ciw cannot say (aging, overflow, breaks, business time) is not here. Where the two mean different things by a word,
a comment says which setting of the other is the same.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from math import inf, log, log1p, sqrt
from typing import Any

import ciw
from ciw.disciplines import FIFO, LIFO
from ciw.dists import Deterministic, Distribution, Gamma, Lognormal, PoissonIntervals, Sequential

from simdesk.experiment.sheet import Key

Words = dict[str, Any]
"""Arguments of `ciw.create_network`."""


@dataclass(frozen=True)
class Wrong:
    """A negative control: Ciw's half with one mistake.

    Attributes:
        mistake: what it is.
        words: replaces these of the network's words.
        shows_in: measures that must differ.
    """

    mistake: str
    words: Callable[[], Words]
    shows_in: tuple[Key, ...]


@dataclass(frozen=True)
class Scene:
    """One desk in both languages, and what is compared.

    Attributes:
        name: of the desk.
        desk: simdesk's half, without the run chapter.
        network: Ciw's half; made anew for each replication, because `PoissonIntervals` rolls its dice when it is made.
            Its first nodes are the teams in their order, those behind them are delays.
        compares: measures.
        length, warm_up, cool_down: hours; the cohort arrives within `length` after `warm_up`.
        replications: of Ciw; simdesk, which is faster, makes twice as many.
        precision: what the half-width of the difference may be at most, as a share of the value.
        wrong: its negative controls.
    """

    name: str
    desk: str
    network: Callable[[], Words]
    compares: tuple[Key, ...]
    length: int
    warm_up: int = 50
    cool_down: int = 50
    replications: int = 100
    precision: float = 0.05
    wrong: tuple[Wrong, ...] = field(default=())


WAIT, GAVE_UP, LEAD = Key("first_wait"), Key("abandonment"), Key("resolution_time")
AT_ONCE, RESPONSE, WITHIN = Key("served_at_once"), Key("response_time"), Key("response_sla")
QUEUE, BUSY = Key("queue_length", "team", "desk"), Key("occupancy", "team", "desk")


def waits(*types: str) -> tuple[Key, ...]:
    """The wait of each of some ticket types."""
    return tuple(Key("first_wait", "type", name) for name in types)


def visits(*teams: str) -> tuple[Key, ...]:
    """The wait in the queue of each of some teams."""
    return tuple(Key("queue_wait", "team", name) for name in teams)


def poisson(an_hour: float) -> Distribution:
    return ciw.dists.Exponential(an_hour)


def exponential(mean: float) -> Distribution:
    return ciw.dists.Exponential(1 / mean)


def lognormal(mean: float, cv: float) -> Distribution:
    sigma = sqrt(log1p(cv**2))
    return Lognormal(log(mean) - sigma**2 / 2, sigma)


def gamma(mean: float, cv: float) -> Distribution:
    return Gamma(1 / cv**2, mean * cv**2)


def steps(an_hour: list[float], until: float) -> Distribution:
    """Poisson arrivals with another rate in each hour of the day."""
    return PoissonIntervals(an_hour, [float(hour) for hour in range(1, 25)], until)


def by_type(**of_each: Distribution | None) -> dict[str, list[Distribution | None]]:
    """One node, several types."""
    return {name: [one] for name, one in of_each.items()}


def leaves(*types: str) -> dict[str, list[list[float]]]:
    """One node that everybody leaves for good."""
    return {name: [[0.0]] for name in types}


ONE_NODE = (
    Scene(
        name="M/M/1",
        desk="""
        demand: {contacts: 0.5 per hour, profile: flat,
          types: {ticket: {share: 100 %, work: {exponential: {mean: 1 h}}}}}
        teams: {desk: {agents: 1}}
        """,
        network=lambda: {
            "arrival_distributions": [poisson(0.5)],
            "service_distributions": [exponential(1)],
            "number_of_servers": [1],
        },
        compares=(WAIT, QUEUE, BUSY, LEAD),
        length=9000,
    ),
    Scene(
        name="M/M/3",
        desk="""
        demand: {contacts: 1.8 per hour, profile: flat,
          types: {ticket: {share: 100 %, work: {exponential: {mean: 1 h}}}}}
        teams: {desk: {agents: 3}}
        """,
        network=lambda: {
            "arrival_distributions": [poisson(1.8)],
            "service_distributions": [exponential(1)],
            "number_of_servers": [3],
        },
        compares=(WAIT, AT_ONCE, QUEUE),
        length=2500,
        replications=150,
        wrong=(Wrong("one agent more", lambda: {"number_of_servers": [4]}, (WAIT, AT_ONCE, QUEUE)),),
    ),
    Scene(
        name="M/D/2",
        desk="""
        demand: {contacts: 1.2 per hour, profile: flat,
          types: {ticket: {share: 100 %, work: {constant: {value: 1 h}}}}}
        teams: {desk: {agents: 2}}
        """,
        network=lambda: {
            "arrival_distributions": [poisson(1.2)],
            "service_distributions": [Deterministic(1.0)],
            "number_of_servers": [2],
        },
        compares=(WAIT, AT_ONCE, BUSY),
        length=4000,
    ),
    Scene(
        name="M/G/2, lognormal work, cv 1.2",
        desk="""
        demand:
          contacts: 1 per hour
          profile: flat
          types: {ticket: {share: 100 %, work: {lognormal: {mean: 1 h, cv: 1.2}}}}
        teams: {desk: {agents: 2}}
        """,
        network=lambda: {
            "arrival_distributions": [poisson(1)],
            "service_distributions": [lognormal(1, 1.2)],
            "number_of_servers": [2],
        },
        compares=(WAIT, LEAD),
        length=4500,
        replications=150,
        precision=0.06,
        wrong=(Wrong("cv 0.8", lambda: {"service_distributions": [lognormal(1, 0.8)]}, (WAIT, LEAD)),),
    ),
    Scene(
        name="M/G/3, gamma work, cv 0.7",
        desk="""
        demand:
          contacts: 4 per hour
          profile: flat
          types: {ticket: {share: 100 %, work: {gamma: {mean: 30 min, cv: 0.7}}}}
        teams: {desk: {agents: 3}}
        """,
        network=lambda: {
            "arrival_distributions": [poisson(4)],
            "service_distributions": [gamma(0.5, 0.7)],
            "number_of_servers": [3],
        },
        compares=(WAIT, QUEUE),
        length=1300,
        replications=150,
    ),
    Scene(
        name="newest first, M/M/2",
        desk="""
        demand:
          contacts: 1.1 per hour
          profile: flat
          priority: {P3: 100 %}
          types: {ticket: {share: 100 %, work: {exponential: {mean: 1 h}}}}
        teams: {desk: {agents: 2, discipline: lifo}}
        service_levels: {priorities: {P3: {respond: 1 h}}}
        """,
        network=lambda: {
            "arrival_distributions": [poisson(1.1)],
            "service_distributions": [exponential(1)],
            "number_of_servers": [2],
            "service_disciplines": [LIFO],
        },
        compares=(WAIT, WITHIN),  # the mean alone is that of any order
        length=4000,
        wrong=(Wrong("oldest first", lambda: {"service_disciplines": [FIFO]}, (WITHIN,)),),
    ),
    Scene(
        name="two priorities, one agent",
        desk="""
        demand:
          profile: flat
          types:
            urgent:   {contacts: 0.2 per hour, priority: {P1: 100 %}, work: {exponential: {mean: 1 h}}}
            ordinary: {contacts: 0.3 per hour, priority: {P3: 100 %}, work: {exponential: {mean: 1 h}}}
        teams: {desk: {agents: 1, discipline: priority}}
        """,
        network=lambda: {
            "arrival_distributions": by_type(urgent=poisson(0.2), ordinary=poisson(0.3)),
            "service_distributions": by_type(urgent=exponential(1), ordinary=exponential(1)),
            "number_of_servers": [1],
            "routing": leaves("urgent", "ordinary"),
            "priority_classes": {"urgent": 0, "ordinary": 1},
        },
        compares=(*waits("urgent", "ordinary"), WAIT),
        length=9000,
        wrong=(
            Wrong(
                "no priorities",
                lambda: {"priority_classes": {"urgent": 0, "ordinary": 0}},
                waits("urgent", "ordinary"),
            ),
            Wrong(
                "the urgent interrupt",
                lambda: {"priority_classes": ({"urgent": 0, "ordinary": 1}, ["resume"])},
                waits("urgent"),
            ),
        ),
    ),
    Scene(
        name="three priorities and laws of work",
        desk="""
        demand:
          profile: flat
          types:
            reset:   {contacts: 1 per hour,   priority: {P1: 100 %}, work: {constant: {value: 30 min}}}
            change:  {contacts: 0.4 per hour, priority: {P2: 100 %}, work: {exponential: {mean: 1 h}}}
            problem: {contacts: 0.2 per hour, priority: {P4: 100 %}, work: {erlang: {mean: 90 min, phases: 2}}}
        teams: {desk: {agents: 2, discipline: priority}}
        """,
        network=lambda: {
            "arrival_distributions": by_type(reset=poisson(1), change=poisson(0.4), problem=poisson(0.2)),
            "service_distributions": by_type(
                reset=Deterministic(0.5), change=exponential(1), problem=gamma(1.5, sqrt(0.5))
            ),
            "number_of_servers": [2],
            "routing": leaves("reset", "change", "problem"),
            "priority_classes": {"reset": 0, "change": 1, "problem": 2},
        },
        compares=(*waits("reset", "change", "problem"), QUEUE),
        length=2900,
        replications=150,
        precision=0.07,
    ),
    Scene(
        name="four priorities, three agents",
        desk="""
        demand:
          contacts: 2 per hour
          profile: flat
          types:
            a: {share: 10 %, priority: {P1: 100 %}, work: {exponential: {mean: 1 h}}}
            b: {share: 20 %, priority: {P2: 100 %}, work: {exponential: {mean: 1 h}}}
            c: {share: 30 %, priority: {P3: 100 %}, work: {exponential: {mean: 1 h}}}
            d: {share: 40 %, priority: {P4: 100 %}, work: {exponential: {mean: 1 h}}}
        teams: {desk: {agents: 3, discipline: priority}}
        """,
        network=lambda: {
            "arrival_distributions": by_type(a=poisson(0.2), b=poisson(0.4), c=poisson(0.6), d=poisson(0.8)),
            "service_distributions": by_type(a=exponential(1), b=exponential(1), c=exponential(1), d=exponential(1)),
            "number_of_servers": [3],
            "routing": leaves("a", "b", "c", "d"),
            "priority_classes": {"a": 0, "b": 1, "c": 2, "d": 3},
        },
        compares=waits("a", "b", "c", "d"),
        length=2300,
        replications=150,
        precision=0.07,
    ),
    Scene(
        name="two types share a queue",
        desk="""
        demand:
          profile: flat
          types:
            quick: {contacts: 1.8 per hour,  work: {exponential: {mean: 20 min}}}
            slow:  {contacts: 0.25 per hour, work: {gamma: {mean: 2 h, cv: 0.5}}}
        teams: {desk: {agents: 2}}
        """,
        network=lambda: {
            "arrival_distributions": by_type(quick=poisson(1.8), slow=poisson(0.25)),
            "service_distributions": by_type(quick=exponential(1 / 3), slow=gamma(2, 0.5)),
            "number_of_servers": [2],
            "routing": leaves("quick", "slow"),
        },
        compares=(*waits("quick", "slow"), LEAD),
        length=2200,
        replications=150,
        precision=0.06,
    ),
    Scene(
        name="a list of 100 at the start",
        desk="""
        run: {open_at_start: {desk: {ticket: {count: 100}}}}
        demand: {contacts: 4 per hour, profile: flat,
          types: {ticket: {share: 100 %, work: {exponential: {mean: 1 h}}}}}
        teams: {desk: {agents: 8}}
        """,
        network=lambda: {
            "arrival_distributions": by_type(list=Sequential([0.0, inf]), ticket=poisson(4)),
            "batching_distributions": by_type(list=Deterministic(100), ticket=Deterministic(1)),
            "service_distributions": by_type(list=exponential(1), ticket=exponential(1)),
            "number_of_servers": [8],
            "routing": leaves("list", "ticket"),
        },
        compares=(WAIT, QUEUE, LEAD),
        length=40,
        warm_up=0,
        replications=600,
        wrong=(
            Wrong(
                "a tenth of the list is missing",
                lambda: {"batching_distributions": by_type(list=Deterministic(90), ticket=Deterministic(1))},
                (WAIT, QUEUE),
            ),
        ),
    ),
)
"""One team, everybody patient."""
