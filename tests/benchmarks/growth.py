"""How the kernel's time and memory grow with tickets, agents, teams and load. Every size runs in a process of its own.

The workloads are built here, with NumPy, and not drawn: tickets of one step, exponential gaps and work, one endless
shift. Drawing has columns of its own. Run one size: ``python tests/benchmarks/growth.py '{"tickets": 10000}'``.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from page import figure, table
from simdesk.clock import NEVER
from simdesk.desk import Desk, open_desk
from simdesk.scenario.loading import loads
from simdesk.scenario.model import Scenario
from simdesk.states import Outcome, State
from simdesk.workload.draw import draw
from simdesk.workload.model import WORK, Ints, Workload
from stopwatch import apart, cpu_seconds, kernel_time, spread

PACKAGES = ("simdesk", "numpy", "numba")
MEAN_WORK = 600.0
"""Seconds."""
WEEK = 7 * 86_400


@dataclass(frozen=True)
class Size:
    """A desk of equal teams and the tickets that reach it."""

    tickets: int = 1_000_000
    agents: int = 100
    teams: int = 1
    load: float = 0.9
    rounds: int = 1
    drawn: bool = False

    @property
    def gap(self) -> float:
        """Mean seconds between arrivals."""
        return MEAN_WORK / (self.agents * self.load)


def scenario_of(size: Size) -> Scenario:
    """The desk in YAML; its demand counts only where the tickets are drawn, all of them for the first team."""
    minutes = size.tickets * size.gap / 60
    ends, later = (minutes, 1) if size.drawn else (1.1 * minutes + 1440, minutes + 14 * 1440)
    weekly = round(WEEK / size.gap) if size.drawn else 7
    teams = "\n".join(f"  team-{number}: {{agents: {size.agents // size.teams}}}" for number in range(size.teams))
    return loads(f"""
title: growth
run: {{length: {ends:.0f} min, cool_down: {later:.0f} min}}
demand:
  contacts: {weekly} per week
  profile: {{hours: [{", ".join(["1"] * 24)}]}}
  types: {{task: {{share: 100 %, work: {{exponential: {{mean: {MEAN_WORK:.0f} s}}}}}}}}
flow: {{entry: team-0}}
teams:
{teams}
""")


def built(size: Size, desk: Desk) -> Workload:
    """Tickets of one step, without drawing, in columns as wide as those that are drawn."""
    little = scenario_of(Size(tickets=100, agents=1, drawn=True))
    few = draw(little, open_desk(little))
    wide = _columns(size, desk)
    columns = {part.name: getattr(wide, part.name) for part in fields(wide)}
    return replace(
        wide,
        **{
            name: column.astype(getattr(few, name).dtype, copy=False)
            for name, column in columns.items()
            if isinstance(column, np.ndarray)
        },
    )


def _columns(size: Size, desk: Desk) -> Workload:
    chance, n = np.random.default_rng(1), size.tickets
    arrives_at = np.floor(np.cumsum(chance.exponential(size.gap, n))).astype(np.int64)

    def all_are(value: int) -> Ints:
        return np.full(n, value)

    return Workload(
        type_names=("task",), category_names=("task",), channel_names=("any",),
        arrives_at=arrives_at, opened_at=arrives_at, reaches_at=arrives_at, type=all_are(0), priority=all_are(0),
        channel=all_are(0),
        blocking=all_are(0), ends_as=all_are(int(Outcome.RESOLVED)),
        response_target=all_are(NEVER), resolution_target=all_are(NEVER),
        response_calendar=all_are(0), resolution_calendar=all_are(0),
        first=np.arange(n + 1), kind=all_are(WORK), state=all_are(int(State.WORK)),
        team=chance.integers(0, size.teams, n),
        work=np.rint(chance.exponential(1000 * MEAN_WORK, n)).astype(np.int64),
        expected_work=all_are(round(1000 * MEAN_WORK)),
        duration=all_are(0), calendar=all_are(0), pauses=all_are(0), patience=all_are(NEVER), if_given_up=all_are(-1),
        predecessors=all_are(0), successor_at=np.zeros(n + 1, np.int64), successors=np.zeros(0, np.int64),
        duty_agent=desk.roster.agent, duty_starts=desk.roster.starts, duty_ends=desk.roster.ends,
        duty_break=np.zeros_like(desk.roster.agent), speed=np.full(size.agents, 1000),
    )  # fmt: skip


def measured(size: Size) -> dict[str, Any]:
    """Microseconds and bytes a ticket-step of one size, in this process."""
    scenario = scenario_of(size)
    desk = open_desk(scenario)
    small = replace(size, tickets=1000)
    kernel_time(desk, built(small, desk))  # so that it is compiled
    if size.drawn:
        draw(scenario_of(small), desk)
        before = _memory("VmRSS")
        seconds, drawn = cpu_seconds(lambda: draw(scenario, desk))
        return {"draw": 1e6 * seconds / drawn.steps, "draw_bytes": (_memory("VmHWM") - before) / drawn.steps}
    workload = built(size, desk)
    before = _memory("VmRSS")
    first = kernel_time(desk, workload)
    extra = (_memory("VmHWM") - before) / workload.steps
    runs = [first, *(kernel_time(desk, workload) for _ in range(size.rounds - 1))]
    return {
        "loop": [1e6 * one.loop / workload.steps for one in runs],
        "whole": [1e6 * one.whole / workload.steps for one in runs],
        "bytes": extra,
        "workload_bytes": sum(_bytes(getattr(workload, part.name)) for part in fields(workload)) / workload.steps,
    }


def _bytes(column: Any) -> int:
    return column.nbytes if isinstance(column, np.ndarray) else 0


def _memory(what: str) -> int:
    """Bytes that this process has now (`VmRSS`) or had at most (`VmHWM`).

    `getrusage` will not do: its peak begins with that of the parent.
    """
    lines = Path("/proc/self/status").read_text("utf-8").splitlines()
    return next(1024 * int(line.split()[1]) for line in lines if line.startswith(f"{what}:"))


def _measured_apart(size: Size) -> dict[str, Any]:
    return apart(__file__, asdict(size))


def section(*, quick: bool, rounds: int) -> str:
    """Four tables and their figures."""
    base = Size(tickets=50_000 if quick else 1_000_000, rounds=rounds)
    tickets = (10_000, 100_000) if quick else (10_000, 100_000, 1_000_000, 10_000_000)
    return "\n\n".join(
        (
            INTRODUCTION.format(tickets=base.tickets, agents=base.agents, load=base.load),
            _by_tickets(base, tickets),
            _by("agents", "Agents, at the same load", base, [replace(base, agents=n) for n in AGENTS]),
            _by("teams", "Teams of ten", base, [replace(base, agents=10 * n, teams=n) for n in TEAMS]),
            _by("load", "Load", base, [replace(base, load=part) for part in LOADS]),
        )
    )


AGENTS, TEAMS, LOADS = (10, 100, 1_000, 10_000), (3, 30, 300), (0.5, 0.7, 0.9, 1.0, 1.1, 1.2)
INTRODUCTION = """\
Tickets of one step, exponential work, first come, first served; {tickets:,} tickets, {agents} agents and a load of
{load} unless the table says otherwise. The workloads are built with NumPy and not drawn, so that the kernel alone is
seen; drawing stands beside it in the first table. *Loop* is the compiled loop, *run* adds the arrays that go in and the
log that comes out. Memory is the peak of the process less what it held before: the engine's arrays and the log, beside
the workload's own."""


def _by_tickets(base: Size, counts: Sequence[int]) -> str:
    found = [_measured_apart(replace(base, tickets=n)) for n in counts]
    drawn = [_measured_apart(replace(base, tickets=n, drawn=True)) if n <= 1_000_000 else None for n in counts]
    rows = [
        (
            f"{n:,}", spread(one["loop"], 3), spread(one["whole"], 3), f"{one['bytes']:,.0f}",
            f"{one['workload_bytes']:,.0f}",
            *((f"{dice['draw']:.3f}", f"{dice['draw_bytes']:,.0f}") if dice else ("", "")),
        )
        for n, one, dice in zip(counts, found, drawn, strict=True)
    ]  # fmt: skip
    heads = (
        "tickets", "loop, µs a step", "run, µs a step", "engine and log, bytes a step", "workload, bytes a step",
        "draw, µs a step", "draw, bytes a step",
    )  # fmt: skip
    return f"### Tickets\n\n{_drawn('tickets', counts, found, log=True)}\n\n{table(heads, rows)}"


def _by(name: str, title: str, base: Size, sizes: Sequence[Size]) -> str:
    found = [_measured_apart(size) for size in sizes]
    xs = [getattr(size, name) for size in sizes]
    rows = [
        (f"{x:,}", spread(one["loop"], 3), spread(one["whole"], 3), f"{one['bytes']:,.0f}")
        for x, one in zip(xs, found, strict=True)
    ]
    heads = (name, "loop, µs a step", "run, µs a step", "engine and log, bytes a step")
    return f"### {title}\n\n{_drawn(name, xs, found, log=name != 'load')}\n\n{table(heads, rows)}"


def _drawn(name: str, xs: Sequence[float], found: Sequence[dict[str, Any]], *, log: bool) -> str:
    lines = {part: [median(one[key]) for one in found] for part, key in (("run", "whole"), ("loop", "loop"))}
    return figure(name, name, "µs a ticket-step", xs, lines, log=log)


if __name__ == "__main__":
    print(json.dumps(measured(Size(**json.loads(sys.argv[1])))))
