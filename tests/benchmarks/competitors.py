"""Two desks in simdesk and in four other libraries, side by side: how fast each is, and that all mean the same desk."""

from __future__ import annotations

from collections.abc import Iterable
from statistics import median

import desks
from outcome import Mean
from page import table
from race import FED, FREE, Score, race
from simdesk.queueing.erlang import erlang_a
from stopwatch import spread

PACKAGES = ("simdesk", "numpy", "numba", "simpy", "ciw", "salabim", "cimba")
YARDSTICK = "SimPy"
FARTHEST = 4.0
"""Means that lie more standard errors apart than that do not agree."""

TITLES = {"w1": "One team, impatient callers", "w2": "Three tiers around the clock"}
ABOUT = {
    "w1": """\
Erlang A: 1.9 calls a minute, 20 agents, exponential work of 10 minutes, exponential patience of 30 minutes, first come,
first served.""",
    "w2": """\
4,550 tickets a week at a rate that changes every hour, four priorities, 8, 7 and 4 agents in three tiers, lognormal
work of 15, 45 and 120 minutes, 30 % and 20 % passed on, the lowest priority impatient at the first tier, 8 % reopened
once.""",
}


def section(*, quick: bool, rounds: int) -> str:
    """Both desks, in words and tables."""
    parts = []
    for desk, title in TITLES.items():
        free = race(FREE, desk, rounds=rounds, quick=quick)
        fed = race(FED, desk, rounds=rounds, quick=quick)
        parts.append(f"""\
### {title}

{ABOUT[desk]}

From nothing to the result, everybody with chance of its own:

{speeds(free)}

The simulation alone, everybody fed with tickets that simdesk drew beforehand:

{speeds(fed)}

Do they mean the same desk? {agreement(free, desk)}

Fed with the same tickets they find the same, but for ties within a second:

{same_tickets(fed)}""")
    return "\n\n".join(parts)


def speeds(scores: dict[str, Score | None]) -> str:
    """Microseconds a ticket and the ratio to SimPy."""
    yardstick = scores[YARDSTICK]
    assert yardstick is not None
    own = median(yardstick.micro)
    rows = [
        (name, "not installed", "", "", "")
        if score is None
        else (
            name,
            f"{round(median(score.tickets)):,}",
            spread(score.micro),
            f"{1e6 / median(score.micro):,.0f}",
            f"{own / median(score.micro):.2f} ×",
        )
        for name, score in scores.items()
    ]
    return table(("", "tickets a run", "µs a ticket", "tickets a second", "as fast as SimPy"), rows)


def agreement(scores: dict[str, Score | None], desk: str) -> str:
    """Every mean beside that of theory, or of SimPy where there is no theory."""
    pooled = {name: score.pooled() for name, score in scores.items() if score is not None}
    names = list(pooled[YARDSTICK])
    if desk == "w1":
        pooled = {"theory": _erlang_a(), **pooled}
    judge = "theory" if desk == "w1" else YARDSTICK
    rows, odd = [], []
    for name, found in pooled.items():
        farthest = max(found[what].distance(pooled[judge][what]) for what in names)
        rows.append((name, *(_with_error(found[what]) for what in names), "" if name == judge else f"{farthest:.1f}"))
        if farthest > FARTHEST:
            odd.append(name)
    verdict = f"**No: {', '.join(odd)} differ.**" if odd else f"Yes, all within {FARTHEST:.0f} standard errors."
    against = "Erlang A in closed form" if desk == "w1" else "SimPy"
    return f"""\
{verdict}
The table has the mean wait of everybody who queued in a tier and the share of tickets that gave up, each with its
standard error. *Farthest* says how many standard errors the farthest of them lies from {against}.

{table(("", *_heads(names), "farthest"), rows)}"""


def same_tickets(scores: dict[str, Score | None]) -> str:
    """What those found that were fed with the same tickets."""
    found = {name: score.pooled() for name, score in scores.items() if score is not None}
    rows = [(name, *(f"{mean.value:.4f}" for mean in one.values())) for name, one in found.items()]
    return table(("", *_heads(found[YARDSTICK])), rows)


def _heads(names: Iterable[str]) -> list[str]:
    return [f"{name}, {'%' if name == 'gave up' else 'min'}" for name in names]


def _erlang_a() -> dict[str, Mean]:
    long_run = erlang_a(
        desks.W1_RATE, 1 / desks.W1_WORK, abandonment_rate=1 / desks.W1_PATIENCE, agents=desks.W1_AGENTS
    )
    return {"wait 1": Mean(long_run.mean_wait, 0.0), "gave up": Mean(100 * long_run.p_abandon, 0.0)}


def _with_error(mean: Mean) -> str:
    return f"{mean.value:.3f} ± {mean.error:.3f}" if mean.error else f"{mean.value:.3f}"
