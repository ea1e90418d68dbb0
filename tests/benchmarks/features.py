"""What the generality of the kernel costs: one plain desk, and the same desk with one feature more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median
from typing import Any

import yaml

from page import table
from simdesk.desk import open_desk
from simdesk.policies import AgentChoice, Discipline
from simdesk.scenario.loading import loads
from simdesk.workload.draw import draw
from stopwatch import kernel_time, spread

PACKAGES = ("simdesk", "numpy", "numba")
TICKETS_A_WEEK = 17_136
"""A load of 0.85 for 20 agents."""
Tree = dict[str, Any]

PLAIN: Tree = {
    "title": "plain",
    "run": {"length": "7 days", "cool_down": "2 days"},
    "demand": {
        "contacts": f"{TICKETS_A_WEEK} per week",
        "profile": {"hours": [1] * 24},
        "types": {"task": {"share": "100 %", "work": {"exponential": {"mean": "10 min"}}}},
    },
    "teams": {"desk": {"agents": 20}},
}
MIX: Tree = {"demand": {"priority": {"P1": "5 %", "P2": "15 %", "P3": "50 %", "P4": "30 %"}}}
LEVELS: Tree = {
    "service_levels": {
        "calendar": "always",
        "priorities": {f"P{n}": {"respond": "15 min", "resolve": f"{n} h"} for n in range(1, 5)},
    }
}
PATIENCE: Tree = {"everybody": {"gives_up_after": {"exponential": {"mean": "30 min"}}}}
OFFICE: Tree = {"calendars": {"office": {"days": "Mon-Fri", "hours": "08:00-18:00"}}}
SHIFTS: Tree = {
    "agents": None,
    "shifts": {
        name: {"agents": 20, "days": "daily", "hours": hours}
        for name, hours in (("early", "06:00-14:00"), ("late", "14:00-22:00"), ("night", "22:00-06:00"))
    },
}
"""Three times eight hours, so that as many are there as on the plain desk."""


def _team(**rules: Any) -> Tree:
    return {"teams": {"desk": rules}}


def _pending(lasts: str, **more: str) -> Tree:
    return {"flow": {"pending": {"share": "30 %", "lasts": {"exponential": {"mean": lasts}}, **more}}}


def _tiers() -> Tree:
    work: Tree = {f"tier_{tier}": {"exponential": {"mean": "10 min"}} for tier in (1, 2, 3)}
    teams = {
        "desk": {"tier": 1, "escalates_to": "second"},
        "second": {"tier": 2, "agents": 7, "escalates_to": "third"},
        "third": {"tier": 3, "agents": 3},
    }
    kind = {"work": {"exponential": None, **work}, "resolves": {"tier_1": "70 %", "tier_2": "80 %"}}
    return {"demand": {"types": {"task": kind}}, "teams": teams}


def _helpers() -> Tree:
    types = {
        name: {"share": "50 %", "work": {"exponential": {"mean": "10 min"}}, "priority": {rank: "100 %"}}
        for name, rank in (("task", "P3"), ("question", "P4"))
    }
    teams = {"desk": {"agents": 10, "also_serves": ["other"]}, "other": {"agents": 10, "also_serves": ["desk"]}}
    routing = {"questions": {"when": {"type": "question"}, "to": "other"}}
    return {"demand": {"types": types}, "teams": teams, "flow": {"entry": "desk", "routing": routing}}


FEATURES: dict[str, tuple[Tree, ...]] = {
    "plain: one team, one step, first come, first served": (),
    "priorities": (MIX, _team(discipline="priority")),
    "promises (service levels)": (MIX, LEVELS),
    "patience": ({"patience": PATIENCE},),
    "patience, half of them call again": ({"patience": {"everybody": PATIENCE["everybody"] | {"redials": "50 %"}}},),
    "escalation, three tiers": (_tiers(),),
    "delays by the wall clock": (_pending("4 h"),),
    "delays in a calendar": (OFFICE, _pending("4 business hours", calendar="office")),
    "reopening": ({"flow": {"reopen": {"share": "8 %"}}},),
    "shifts, work is parked": (_team(**SHIFTS, at_shift_end="park"),),
    "shifts, work is finished": (_team(**SHIFTS, at_shift_end="finish"),),
    "shifts, work is handed over": (_team(**SHIFTS, at_shift_end="hand_over"),),
    "shifts and breaks": (_team(**SHIFTS, shrinkage={"absent": "0 %", "breaks": "10 %"}),),
    "two teams that help one another": (_helpers(),),
    "agents of different speed": (_team(speed_cv=0.2),),
} | {
    f"discipline `{discipline.name.lower()}`": (MIX, LEVELS, _team(discipline=discipline.name.lower()))
    for discipline in Discipline
} | {
    f"agent choice `{choice.name.lower()}`": (_team(agent_choice=choice.name.lower(), speed_cv=0.2),)
    for choice in AgentChoice
}  # fmt: skip


def merged(tree: Tree, change: Mapping[str, Any]) -> Tree:
    """A tree with another laid over it; None removes a value."""
    result = dict(tree)
    for key, value in change.items():
        if isinstance(value, Mapping) and isinstance(result.get(key), Mapping):
            result[key] = merged(result[key], value)
        else:
            result[key] = value
    return {key: value for key, value in result.items() if value is not None}


@dataclass(frozen=True)
class Pair:
    """The kernel on the plain desk and right after it on another, ns a step of the loop and of the run."""

    plain: tuple[float, float]
    other: tuple[float, float]

    def ratio(self, part: int) -> float:
        """Of the loops (0) or of the runs (1)."""
        return self.other[part] / self.plain[part]


INTRODUCTION = """\
The plain desk has one team of 20, always there, a load of 0.85 and about {tickets:,} tickets of one step. Every row
adds one feature to it. A step is a row of the log: a visit, a delay, a spell of work. Disciplines come with priorities
and promises, agent choices with agents of different speed. *Loop* is the compiled loop, *run* adds the arrays that go
in and the log that comes out. The workload is drawn beforehand and not counted. The plain desk runs again before every
other one; the ratios are of such pairs, with the least and the most.

"""


def section(*, quick: bool, rounds: int) -> str:
    """One row a feature."""
    weeks = 1 if quick else 12
    desks = {name: Measured(changes, weeks) for name, changes in FEATURES.items()}
    plain = next(iter(desks.values()))
    pairs: dict[str, list[Pair]] = {name: [] for name in desks}
    for _ in range(rounds):
        for name, desk in desks.items():
            pairs[name].append(Pair(plain.nanoseconds(), desk.nanoseconds()))
    rows = [
        (
            name, f"{desk.steps / desk.tickets:.2f}",
            f"{median(pair.other[0] for pair in pairs[name]):,.0f}", spread(pair.ratio(0) for pair in pairs[name]),
            f"{median(pair.other[1] for pair in pairs[name]):,.0f}", spread(pair.ratio(1) for pair in pairs[name]),
        )
        for name, desk in desks.items()
    ]  # fmt: skip
    heads = ("", "steps a ticket", "loop, ns a step", "× plain", "run, ns a step", "× plain")
    return INTRODUCTION.format(tickets=plain.tickets) + table(heads, rows)


class Measured:
    """The plain desk with some changes, its drawn tickets, and how many steps they took."""

    def __init__(self, changes: tuple[Tree, ...], weeks: int) -> None:
        tree = merged(PLAIN, {"run": {"length": f"{7 * weeks} days"}})
        for change in changes:
            tree = merged(tree, change)
        scenario = loads(yaml.safe_dump(tree, sort_keys=False))
        self.desk = open_desk(scenario)
        self.workload = draw(scenario, self.desk)
        log = kernel_time(self.desk, self.workload).log
        self.tickets = len(log)
        self.steps = int(log.touches_columns["ticket"].size)

    def nanoseconds(self) -> tuple[float, float]:
        """The loop and the run, a step."""
        loop, whole, _ = kernel_time(self.desk, self.workload)
        return 1e9 * loop / self.steps, 1e9 * whole / self.steps
