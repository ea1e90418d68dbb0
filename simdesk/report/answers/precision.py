"""What precision says: how well everything is known and after how many runs; and how long a warm-up has to be."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import partial
from typing import Final

from simdesk.durations import DAY, WEEK, Duration, human
from simdesk.experiment.load import team_loads
from simdesk.experiment.precision import Known, Precise
from simdesk.experiment.sheet import describe
from simdesk.experiment.warm_up import RELAXATIONS, RUN_RELAXATIONS, Forgets, WarmUpAdvice
from simdesk.experiment.warnings import FEW, before, few
from simdesk.report import headroom_figures
from simdesk.report.differences import amount, name_of
from simdesk.report.panels import Panel, Sign
from simdesk.report.tables import Cell, Column, Table
from simdesk.report.told import Told
from simdesk.report.words import DASH, interval, listed, value

_WORTH_TELLING: Final = 1.05
"""Factor by which known arrivals must narrow an interval to be told of."""
_MOST_PANELS: Final = 6
_ALL: Final = "all open tickets"


def tell_precise(result: Precise) -> Told:
    """How precisely every watched measure is known, in words and in a table."""
    return Told(
        sentence=_sentence(result),
        details=tuple(_details(result)),
        warnings=tuple(_precise_warnings(result)),
        tables=(("How well each measure is known", _known_table(result)),),
    )


def _sentence(result: Precise) -> str:
    binding, runs = result.binding, f"{result.replications:,} runs"
    wished, sure = f"{100 * result.within:.3g} %", f"{100 * result.confidence:g} % interval"
    label = name_of(binding.key)
    if result.reached:
        asked = "as precisely as was asked" if any(one.by_guard for one in result.known) else f"to within {wished}"
        if len(result.known) == 1:
            return f"After {runs}, {label} is known {asked}: {_stands(binding, result)} ({sure})."
        return (
            f"After {runs}, all {len(result.known)} measures are known {asked} ({sure}s); {label} took longest: "
            f"{_stands(binding, result)}."
        )
    left, count = sum(not one.reached for one in result.known), len(result.known)
    if count == 1:
        stands = f"{_stands(binding, result)} ({sure})"
        return f"After {runs}, {label} is not known to within {wished}: {stands}; {_more(result)}."
    return (
        f"After {runs}, {left} of {count} measures {'is' if left == 1 else 'are'} not known to within {wished}; "
        f"furthest off is {label}: {_stands(binding, result)} ({sure}); {_more(result)}."
    )


def _stands(one: Known, result: Precise) -> str:
    """A value with half its interval, and what part of the value that is."""
    unit, currency, found = describe(one.key)[1], result.runs.scenario.money.currency, one.estimate
    told = value(found.value, unit, currency)
    if math.isnan(found.half_width):
        return f"{told}, {interval(found, unit, currency)}"
    part = f", which is {100 * found.half_width / abs(found.value):.2g} % of it" if found.value else ""
    return f"{told} ± {amount(found.half_width, unit, currency)}{part}"


def _more(result: Precise) -> str:
    needed = result.needed
    if not needed:
        return f"nobody can say how many more than the {result.at_most:,} that were allowed would be needed"
    return f"about {needed:,} runs would be needed, {result.at_most:,} were allowed"


def _details(result: Precise) -> Iterator[str]:
    currency = result.runs.scenario.money.currency
    first = result.predicted.replications
    if result.predicted.seconds != 0:
        told = (
            f"about {first:,} runs were expected to be needed" if first else "nobody could say how many would be needed"
        )
        yield f"After the first look {told}; it stopped after {result.replications:,}."
    for one in result.known:
        unit = describe(one.key)[1]
        if one.by_guard and not math.isnan(one.estimate.half_width):
            yield (
                f"{name_of(one.key)} is so close to nothing that ± {amount(one.close_enough, unit, currency)} was "
                f"asked for, which is more than {100 * result.within:.3g} % of it."
            )
    for one in result.known:
        if one.controlled is not None and one.narrower >= _WORTH_TELLING:
            unit, other = describe(one.key)[1], one.controlled
            yield (
                f"{name_of(one.key)} is narrower by a factor of {one.narrower:.2g} thanks to known arrivals: "
                f"{value(other.value, unit, currency)} ± {amount(other.half_width, unit, currency)}; stopping "
                "does not use it."
            )


def _precise_warnings(result: Precise) -> Iterator[str]:
    if result.replications < FEW:
        yield few(result.replications, "runs")
    yield from before(result.runs.scenario, team_loads(result.runs.scenario))


def _known_table(result: Precise) -> Table:
    currency = result.runs.scenario.money.currency
    columns = (
        Column("measure", "Measure"),
        Column("value", "Value"),
        Column("half", "Known to ±"),
        Column("part", "Of the value"),
        Column("wanted", "Asked for ±"),
        Column("reached", "Reached"),
        Column("needed", "Runs needed"),
        Column("known", "With known arrivals"),
    )
    rows: list[tuple[Cell, ...]] = []
    for one in result.known:
        unit, found = describe(one.key)[1], one.estimate
        half, other = found.half_width, one.controlled
        unknown = math.isnan(half)
        rows.append(
            (
                name_of(one.key),
                f"{value(found.value, unit, currency)}\n{interval(found, unit, currency)}",
                DASH if unknown else amount(half, unit, currency),
                DASH if unknown or not found.value else f"{100 * half / abs(found.value):.2g} %",
                amount(one.wanted, unit, currency),
                "yes" if one.reached else "no",
                f"{one.needed:,}" if one.needed else DASH,
                DASH
                if other is None
                else f"{value(other.value, unit, currency)}\n± {amount(other.half_width, unit, currency)}"
                + (f", narrower by a factor of {one.narrower:.2g}" if one.narrower >= _WORTH_TELLING else ""),
            )
        )
    return Table(columns, tuple(rows))


def tell_warm_up(advice: WarmUpAdvice) -> Told:
    """How long a warm-up has to be, and what that rests on."""
    shown = sorted(advice.teams, key=lambda one: -one.needed if math.isfinite(one.needed) else -math.inf)
    return Told(
        sentence=_advice(advice),
        details=tuple(_reasons(advice)),
        warnings=tuple(_advice_warnings(advice)),
        panels=tuple(_settling(advice, one) for one in shown[:_MOST_PANELS] if one.mean.size > 1),
        tables=(("How soon each queue forgets the start", _forgets_table(advice)),),
    )


def _advice(advice: WarmUpAdvice) -> str:
    if advice.backlog:
        return (
            "No warm-up: the desk begins with open tickets, and how it goes on from there is what the run shows; a "
            "warm-up would hide it."
        )
    if advice.overloaded:
        names = listed(list(advice.overloaded))
        return f"No warm-up helps: {names} cannot keep up, so that the queue grows for as long as the run is."
    slowest, stated = advice.slowest, _length(advice.stated)
    if math.isnan(advice.advised):
        return f"No warm-up of a length worth running helps: {_whose(slowest)} would need {human(slowest.needed)}."
    if not advice.advised:
        return "No warm-up is needed: no queue was seen to build up from the empty start."
    length = _length(advice.advised)
    told = f"at least {length} of warm-up are needed, as far as these runs show" if advice.run_too_short else ""
    told = f"{told or f'a warm-up of {length} is enough'}: {_whose(slowest)} takes longest to forget the empty start"
    told = told[0].upper() + told[1:]
    has = "no warm-up is stated" if not advice.stated else f"the stated one of {stated} is"
    if advice.stated:
        has += " long enough" if advice.stated >= advice.advised else " too short"
    return f"{told}, {human(slowest.needed)}; {has}."


def _whose(one: Forgets) -> str:
    return f"the queue of {one.team}" if one.team else "the number of open tickets"


def _length(seconds: float) -> str:
    return str(Duration(seconds))


def _reasons(advice: WarmUpAdvice) -> Iterator[str]:
    cycle = "weeks, because the days of the week differ" if advice.cycle == WEEK else "days"
    runs = len(advice.runs.sheets)
    yield (
        f"It is the longest of two bounds for each queue, rounded up to whole {cycle}: where the mean of {runs} runs "
        f"settles (MSER-5, which cuts too early more often than too late), and {RELAXATIONS} relaxation times, after "
        "which a twentieth of the start is left."
    )
    yield "The thick lines of the figures are moving averages (Welch), to look at; nothing is cut by them."
    if any(math.isnan(one.relaxation) and one.team for one in advice.teams):
        names = [one.team for one in advice.teams if math.isnan(one.relaxation) and one.team]
        yield f"Of {listed(names)} only the first bound is used: customers give up there, or nobody asks for it."


def _advice_warnings(advice: WarmUpAdvice) -> Iterator[str]:
    if len(advice.runs.sheets) < FEW:
        yield f"{len(advice.runs.sheets)} runs only: their mean is rough, and where it settles is too."
    if advice.run_too_short:
        yield (
            f"The window of {_length(advice.length)} is shorter than {RUN_RELAXATIONS} relaxation times of the queue "
            f"of {listed(list(advice.run_too_short))}: it sees too little of it; a longer run.length would help."
        )
    unsettled = [one for one in advice.teams if one.too_short and not math.isinf(one.relaxation)]
    if unsettled and not advice.overloaded:
        names = listed([_whose(one) for one in unsettled])
        yield f"The run is too short to see where {names} {'settle' if len(unsettled) > 1 else 'settles'}."


def _forgets_table(advice: WarmUpAdvice) -> Table:
    columns = (
        Column("whose", "Queue"),
        Column("cut", "Settles after (MSER-5)", "time"),
        Column("floor", f"{RELAXATIONS} relaxation times", "time"),
        Column("needed", "Needed", "time"),
    )
    rows: list[tuple[Cell, ...]] = [
        (one.team or _ALL, one.cut, RELAXATIONS * one.relaxation, one.needed) for one in advice.teams
    ]
    rows.append(("advised", math.nan, math.nan, advice.advised))
    return Table(columns, tuple(rows))


def _settling(advice: WarmUpAdvice, one: Forgets) -> Panel:
    columns = (
        Column("day", "End of day", "number"),
        Column("mean", "Mean number of tickets", "number"),
        Column("smooth", "Moving average", "number"),
    )
    smooth = [*one.smooth.tolist(), *[math.nan] * (one.mean.size - one.smooth.size)]
    rows = tuple(
        (float(day), mean, level) for day, (mean, level) in enumerate(zip(one.mean.tolist(), smooth, strict=True), 1)
    )
    table = Table(columns, rows)
    signs = [Sign("━", "response", f"mean of {len(advice.runs.sheets)} runs"), Sign("━", "accent", "moving average")]
    if advice.advised > 0:
        signs.append(Sign("▮", "warn", f"warm-up of {advice.advised / DAY:.0f} days"))
    whose = _whose(one)
    return Panel(
        f"{whose[0].upper()}{whose[1:]} from an empty start", f"Tickets at the end of every day; mean of "
        f"{len(advice.runs.sheets)} runs without a warm-up.", partial(headroom_figures.settling, table, advice.advised),
        table,
        tuple(signs),
    )  # fmt: skip
