"""What a run means, on the screen: targets first, then one sentence, then the numbers with their intervals."""

from __future__ import annotations

import math

from rich.console import Console
from rich.padding import Padding
from rich.table import Table

from simdesk.durations import WEEK
from simdesk.experiment.load import TeamLoad
from simdesk.experiment.replications import Replications
from simdesk.experiment.sheet import Key, describe
from simdesk.experiment.targets import Judgement, Verdict
from simdesk.experiment.warnings import after
from simdesk.report.captions import left_out
from simdesk.report.words import STATES, VERDICTS, asked_for, headline, plus_minus, value
from simdesk.states import State

_MEDIANS = ("response_time_median", "resolution_time_median")
_MOST_TEAMS = 20
"""Teams in the table; of more, the busiest."""
_COLOURS = {Verdict.MET: "green", Verdict.MISSED: "red", Verdict.UNDECIDED: "yellow"}


def print_summary(console: Console, runs: Replications, loads: list[TeamLoad], judgements: list[Judgement]) -> None:
    """Print the summary of a run; `loads` and `judgements` are those of its scenario.

    What was known before the run has been said before it.
    """
    scenario = runs.scenario
    console.print(scenario.title, style="bold", markup=False)
    console.print(_what(runs), style="dim", markup=False)
    if judgements:
        console.print()
        for judgement in judgements:
            console.print(_judged(judgement, scenario.money.currency), soft_wrap=True)
    console.print(f"\n{headline(runs, loads)}", markup=False)
    more = left_out("teams", _MOST_TEAMS, len(loads), "with the largest occupancy").strip()
    for table, note in ((_priorities(runs), ""), (_teams(runs, loads), more), (_whole(runs), "")):
        if table.row_count:
            console.print()
            console.print(table)
        if note:
            console.print(f"{note} All are in measures.csv.", style="dim", markup=False)
    if _unsure(runs):
        console.print(
            "± ?: too few tickets for an interval; the report says how many replications it would take", style="dim"
        )
    console.print(Padding(_where_time_goes(runs), (1, 0, 0, 0)))
    for warning in after(runs):
        console.print(f"! {warning}", markup=False)


def _what(runs: Replications) -> str:
    run, count = runs.scenario.run, len(runs.sheets)
    begin, end = runs.first_log.window
    first, last = runs.first_log.timeline.local(begin), runs.first_log.timeline.local(end)
    needs = runs.estimates[Key("contacts_per_week")].value * (end - begin) / WEEK
    warm_up = f" after {run.warm_up} of warm-up" if run.warm_up.seconds else ""
    times = "once" if count == 1 else f"{count} times with other luck"
    doubt = "" if count == 1 else "; ± is half a 95 % interval"
    return (
        f"{run.length} ({first.day} {first:%b %Y} to {last.day} {last:%b %Y}){warm_up}, simulated {times}; "
        f"about {needs:,.0f} needs for help in these weeks; seed {run.seed}{doubt}"
    )


def _unsure(runs: Replications) -> bool:
    """Whether some median by priority has no interval although there are replications enough for others."""
    shown = (runs.estimates[key] for key in runs.estimates if key.by == "priority" and key.measure in _MEDIANS)
    return len(runs.sheets) > 1 and any(math.isnan(e.low) and not math.isnan(e.value) for e in shown)


def _judged(judgement: Judgement, currency: str) -> str:
    target, result = judgement.target, judgement.estimate
    label, unit = describe(judgement.key)[0], judgement.unit
    whose = f" ({judgement.key.of})" if judgement.key.of else ""
    wish = "at least" if target.at_least is not None else "at most"
    limit = asked_for(judgement, currency)
    sign, colour = judgement.verdict.value, _COLOURS[judgement.verdict]
    return (
        f"[{colour}]{sign} {VERDICTS[sign]}[/{colour}]  {judgement.name}: {label.lower()}{whose} "
        f"{wish} {limit}; simulated {plus_minus(result, unit, currency)}"
    )


def _table(*titles: str) -> Table:
    table = Table(box=None, header_style="dim", pad_edge=False, padding=(0, 2, 0, 0))
    for index, title in enumerate(titles):
        table.add_column(title, justify="left" if index == 0 else "right", overflow="fold")
    return table


def _priorities(runs: Replications) -> Table:
    """Promises by priority; the last column is the share that would be kept without any queue."""
    names = ("tickets_per_week", "response_time_median", "response_sla", "resolution_time_median", "resolution_sla")
    table = _table(
        "priority", "a week", "median response", "responded in time", "median to resolve", "resolved in time", "ceiling"
    )
    for priority in runs.first_log.priorities:
        if Key("tickets_per_week", "priority", priority) in runs.estimates:
            cells = [plus_minus(runs.estimates.get(Key(n, "priority", priority)), describe(Key(n))[1]) for n in names]
            ceiling = runs.estimates[Key("resolution_sla_ceiling", "priority", priority)].value
            table.add_row(priority, *cells, value(ceiling, "share"))
    return table


def _teams(runs: Replications, loads: list[TeamLoad]) -> Table:
    """What teams are asked for, of what they can do; how busy they are of the time there and of paid time, and how long
    they work a week beyond it."""
    names = ("occupancy", "utilisation", "overtime", "queue_wait", "without_wait")
    heads = (
        "team",
        "agents",
        "asked for",
        "busy",
        "of paid time",
        "overtime a week",
        "mean wait, day and night",
        "no wait",
    )
    table = _table(*heads)
    for load in _shown(runs, loads):
        cells = [plus_minus(runs.estimates.get(Key(n, "team", load.team)), describe(Key(n))[1]) for n in names]
        ratio = value(load.ratio, "share") if math.isfinite(load.ratio) else "∞"
        table.add_row(load.team, str(runs.scenario.teams[load.team].headcount), ratio, *cells)
    return table


def _shown(runs: Replications, loads: list[TeamLoad]) -> list[TeamLoad]:
    """The teams that are printed: all, or of many the busiest, in the order of the scenario."""

    def busy(load: TeamLoad) -> float:
        share = runs.estimates[Key("occupancy", "team", load.team)].value
        return -1.0 if math.isnan(share) else share

    busiest = sorted(loads, key=busy, reverse=True)[:_MOST_TEAMS]
    return [load for load in loads if load in busiest]


def _whole(runs: Replications) -> Table:
    table = _table("the whole desk", "")
    currency = runs.scenario.money.currency
    names = ["flow_efficiency", "first_contact_resolution", "backlog"]
    names += [name for name in ("abandonment", "self_service_rate", "automation_rate") if _positive(runs, name)]
    names += [name for name in ("staff_cost", "lost_time_cost", "penalty_cost") if _positive(runs, name)]
    names += ["total_cost"] if _positive(runs, "total_cost") else []
    for name in names:
        label, unit, _, _ = describe(Key(name))
        table.add_row(label, plus_minus(runs.estimates[Key(name)], unit, currency))
    return table


def _positive(runs: Replications, name: str) -> bool:
    return runs.estimates[Key(name)].value > 0


def _where_time_goes(runs: Replications) -> str:
    """The wait taxonomy in one line: hours in which nobody is there on their own, the others as parts of the rest."""
    shares = {state: runs.estimates[Key(f"time_{state.name.lower()}")].value for state in State}
    outside = shares.pop(State.OUTSIDE_HOURS)
    if math.isnan(outside):
        return ""
    rest = math.fsum(shares.values()) or 1.0
    parts = sorted(((share / rest, state) for state, share in shares.items()), reverse=True)
    told = [f"{STATES[state.name.lower()]} {100 * share:.0f} %" for share, state in parts if share >= 0.005]
    return (
        f"Where a ticket's time goes: {100 * outside:.0f} % of it lies outside working hours; of the rest: "
        f"{', '.join(told)}."
    )
