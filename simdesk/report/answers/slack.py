"""What the slack curve of a team says: how busy it is, what its users wait, and which number of people costs least."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from functools import partial

from simdesk.experiment.difference import Difference
from simdesk.experiment.estimate import Estimate
from simdesk.experiment.sheet import Key
from simdesk.experiment.slack import TOTAL, Level, SlackCurve
from simdesk.experiment.warnings import FEW, few
from simdesk.report import curves
from simdesk.report.differences import amount
from simdesk.report.panels import Panel, Sign
from simdesk.report.tables import Cell, Column, Table
from simdesk.report.told import Told
from simdesk.report.words import COSTS, about, interval, value

_GIVES_UP = 0.01
"""Difference in the share of users who give up, beyond which their free departure distorts the costs."""


def tell_slack(result: SlackCurve) -> Told:
    """The slack curve in words: today, the cheapest number of people, and those that cannot be told from it."""
    levels, costs = level_table(result), cost_table(result)
    priced = any(value > 0 for value in costs.values("total"))
    tables = [(f"{result.team} with each number of people", levels)]
    if priced:
        tables.append(("What a month costs with each of them", costs))
    return Told(
        sentence=_sentence(result),
        details=tuple(_details(result)),
        warnings=tuple(_warnings(result)),
        panels=(_curve_panel(result, levels), *([_cost_panel(result, costs)] if priced else [])),
        tables=tuple(tables),
    )


def level_table(result: SlackCurve) -> Table:
    """How busy the team is and what its users wait, with each number of people."""
    columns = (
        Column("people", "People"),
        Column("mark", "What it is"),
        Column("load", "Asked for, of what they can do", "share"),
        Column("busy", "Busy, of their time there", "share"),
        Column("wait", "Wait in this queue, mean", "time"),
        Column("p90", "Nine of ten wait at most", "time"),
        Column("at_once", "Served without a wait", "share"),
        Column("ready", "Somebody is free", "share"),
        Column("kept", "Resolved as promised", "share"),
        Column("gave_up", "Gave up", "share"),
    )
    names = ("occupancy", "queue_wait", "queue_wait_p90", "without_wait", "readiness", "resolution_sla", "abandonment")
    rows: list[tuple[Cell, ...]] = [
        (str(level.agents), _mark(result, level), level.ratio, *(level[name] for name in names))
        for level in result.levels
    ]
    return Table(columns, tuple(rows))


def cost_table(result: SlackCurve) -> Table:
    """What a month costs with each number of people, against today and against the cheapest."""
    parts = [name for name in COSTS if any(level[name].value > 0 for level in result.levels)]
    columns = [
        Column("people", "People"),
        Column("mark", "What it is"),
        *(Column(name, COSTS[name].capitalize(), "money") for name in parts),
        Column("total", "Total, a month", "money"),
        *_difference_columns("today", "Total less today's"),
        *(Column(f"{name}_change", f"{COSTS[name].capitalize()} less today's", "money") for name in parts),
    ]
    if result.best is not None:
        columns += _difference_columns("best", "Total less the cheapest")
    rows: list[tuple[Cell, ...]] = []
    for at, level in enumerate(result.levels):
        cells: list[Cell] = [
            str(level.agents),
            _mark(result, level, knee=False),
            *(level[name] for name in parts),
            level[TOTAL.measure],
        ]
        cells += _difference_cells(result.against_today(level, TOTAL))
        cells += [result.against_today(level, Key(name)).value for name in parts]
        if result.best is not None:
            cells += _difference_cells(result.best.differences[at])
        rows.append(tuple(cells))
    return Table(tuple(columns), tuple(rows))


def _difference_columns(name: str, label: str) -> list[Column]:
    return [Column(name, label, "money"), Column(f"{name}_low", "from", "money"), Column(f"{name}_high", "to", "money")]


def _difference_cells(found: Difference) -> list[Cell]:
    return [found.value, found.low, found.high]


def _mark(result: SlackCurve, level: Level, *, knee: bool = True) -> str:
    named = {"today": result.today, "cheapest": result.cheapest, "knee": result.knee if knee else None}
    return ", ".join(name for name, one in named.items() if one is level)


def _sentence(result: SlackCurve) -> str:
    today, cheapest, saving = result.today, result.cheapest, result.saving
    now = f"Today {result.team} has {_people(today)} and is busy for {about(today['occupancy'].value)} of its time"
    if math.isnan(today["occupancy"].value):
        now = f"Today {result.team} has {_people(today)}"
    if cheapest is None or saving is None:
        return (
            f"{now}. No number of people can be called the cheapest, because the scenario gives no price to "
            f"{_unpriced(result)}: state {' and '.join(result.unpriced)}."
        )
    if cheapest is today:
        return f"{now}, and of all the numbers tried that costs least in total{_rivals(result)}."
    with_it = f"a month costs least in total with {cheapest.agents}, busy for {about(cheapest['occupancy'].value)}"
    return f"{now}; {with_it}: {_saved(result, saving)}{_lost(result, cheapest)}{_rivals(result, but=today)}."


def _lost(result: SlackCurve, cheapest: Level) -> str:
    """Users whom the cheapest number of people loses, if they are more than today."""
    there, now = cheapest["abandonment"].value, result.today["abandonment"].value
    if not there - now > _GIVES_UP:
        return ""
    return f"; but then {about(there)} of the tickets end because the user gives up, today {about(now)}"


def _saved(result: SlackCurve, saving: Difference) -> str:
    """How much less the cheapest level costs than today, and how sure that is."""
    currency, sure = result.scenario.money.currency, f"{100 * result.confidence:g} %"
    less = amount(saving.value, "money", currency)
    if math.isnan(saving.low):
        return f"{less} less than today in this sample, but {saving.note}"
    if saving.low <= 0 <= saving.high:
        low, high = amount(saving.low, "money", currency), amount(saving.high, "money", currency)
        return f"but it cannot be told from today: between {low} less and {high} more ({sure} interval)"
    return f"{less} less than today ({_interval(result, saving.high, saving.low)})"


def _interval(result: SlackCurve, nearer: float, farther: float, *, signed: bool = False) -> str:
    """The interval of a difference of money, or that it is narrower than what is shown."""
    currency = result.scenario.money.currency
    ends = [f"{_sign(end) if signed else ''}{amount(end, 'money', currency)}" for end in (nearer, farther)]
    if ends[0] == ends[1]:
        return "known to this precision"
    return f"{100 * result.confidence:g} % interval {ends[0]} to {ends[1]}"


def _rivals(result: SlackCurve, but: Level | None = None) -> str:
    """The other numbers that cannot be told from the cheapest, as a clause; today is told elsewhere."""
    others = [str(level.agents) for level in result.as_cheap if level is not but]
    if not others:
        return "" if but is not None else "; every other costs more" if len(result.levels) > 1 else ""
    listed = others[0] if len(others) == 1 else f"{', '.join(others[:-1])} and {others[-1]}"
    return f"; {listed} cannot be told from it"


def _details(result: SlackCurve) -> Iterator[str]:
    yield _waits(result)
    following = next((level for level in result.levels if level.agents > result.today.agents), None)
    if following is not None and not result.unpriced:
        yield _one_more(result, following)
    if result.knee is not None:
        yield (
            f"The wait begins to climb at about {about(result.knee['occupancy'].value)} busy, with "
            f"{_people(result.knee)}: there the curve of mean wait against occupancy lies farthest below a straight "
            "line between its ends. This depends on the numbers tried, and knows no cost."
        )
    yield from _edges(result)


def _waits(result: SlackCurve) -> str:
    """What a ticket waits in the queue of the team, today and with the cheapest number of people."""
    today, cheapest = result.today, result.cheapest
    wait, p90 = today["queue_wait"], today["queue_wait_p90"]
    if math.isnan(wait.value):
        return f"No ticket joins the queue of {result.team}."
    told = f"Today a ticket waits {value(wait.value, 'time')} on average in the queue of {result.team}{_doubt(wait)}"
    if not math.isnan(p90.value):
        told += (
            f", and nine of ten wait at most {value(p90.value, 'time')}"
            if p90.value
            else ", and nine of ten do not wait"
        )
    if cheapest is not None and cheapest is not today:
        other = cheapest["queue_wait"]
        told += f"; with {_people(cheapest)} it waits {value(other.value, 'time')}{_doubt(other)}"
    return f"{told}."


def _doubt(one: Estimate) -> str:
    """The interval of a wait in brackets; nothing if there is none, or if it is narrower than what is shown."""
    shown = interval(one, "time")
    return "" if math.isnan(one.low) or shown.endswith("to this precision") else f" ({shown})"


def _one_more(result: SlackCurve, level: Level) -> str:
    """What the next larger number of people that was tried costs and saves."""
    currency = result.scenario.money.currency
    changes = {name: result.against_today(level, Key(name)).value for name in COSTS}
    told = [
        f"{label} {amount(change, 'money', currency)} {'more' if change > 0 else 'less'}"
        for (name, label), change in zip(COSTS.items(), changes.values(), strict=True)
        if change
    ]
    if not told:
        return f"With {level.agents} people instead of {result.today.agents} a month costs the same."
    total = result.against_today(level, TOTAL)
    doubt = total.note if math.isnan(total.low) else _interval(result, total.low, total.high, signed=True)
    in_all = f"{amount(total.value, 'money', currency)} {'more' if total.value > 0 else 'less'}"
    instead = f"With {level.agents} people instead of {result.today.agents} a month costs"
    return f"{instead} {in_all} ({doubt}): {', '.join(told)}."


def _sign(number: float) -> str:
    return "−" if number < 0 else "+" if number > 0 else ""


def _edges(result: SlackCurve) -> Iterator[str]:
    """Whether the cheapest number may lie outside of those tried."""
    cheapest = result.cheapest
    if cheapest is None:
        return
    if cheapest is result.levels[-1] and len(result.levels) > 1:
        yield f"{cheapest.agents} is the most that was tried: the cheapest number may lie beyond."
    elif cheapest is result.levels[0]:
        if result.fewest is not None and cheapest.agents > result.fewest:
            yield f"{cheapest.agents} is the fewest that was tried, but fewer could keep up: the cheapest may be less."
        elif cheapest.agents == result.fewest and cheapest.agents > 1:
            yield f"Fewer than {cheapest.agents} could not keep up with what {result.team} is asked for."


def _warnings(result: SlackCurve) -> Iterator[str]:
    if (count := len(result.today.runs.sheets)) < FEW:
        yield few(count, "runs of each level")
    full = [level for level in result.levels if level.overloaded]
    if full:
        asked = ", ".join(f"{level.agents} ({_ratio(level.ratio)})" for level in full)
        yield (
            f"{result.team} is asked for more than it can do with these numbers of people: {asked}. What is measured "
            "there depends on how long the run is."
        )
    cheapest = result.cheapest
    left = [level["abandonment"].value for level in result.levels]
    if cheapest is not None and max(left) - min(left) > _GIVES_UP:
        low, high = result.levels[0], result.levels[-1]
        yield (
            f"A user who gives up costs nothing from then on. With {low.agents} people "
            f"{value(low['abandonment'].value, 'share')} of the tickets end so, with {high.agents} "
            f"{value(high['abandonment'].value, 'share')}: few people look cheaper than they are."
        )


def _ratio(ratio: float) -> str:
    return "nobody is there" if math.isinf(ratio) else value(ratio, "share")


def _curve_panel(result: SlackCurve, table: Table) -> Panel:
    sure = f"{100 * result.confidence:g} %"
    signs = [
        Sign("━", "accent", "mean wait"),
        Sign("▬", "band", f"its {sure} interval"),
        Sign("┄", "response", "nine of ten wait at most"),
        Sign("○", "ink", "today"),
    ]
    if result.cheapest is not None:
        signs.append(Sign("●", "accent", "cheapest in total"))
    if result.knee is not None:
        signs.append(Sign("◇", "ink", "knee: the wait begins to climb"))
    if any(level.overloaded for level in result.levels):
        signs.append(Sign("△", "warn", "cannot keep up; the wait is longer than drawn"))
    caption = f"Wait in the queue of {result.team} against how busy it is; a number at a dot is that of its people."
    return Panel("How much slack is right?", caption, partial(curves.slack, table), table, tuple(signs), wide=True)


def _cost_panel(result: SlackCurve, table: Table) -> Panel:
    there = {column.name for column in table.columns}
    signs = [Sign("■", name, label) for name, label in COSTS.items() if name in there]
    signs.append(Sign("┃", "ink", f"{100 * result.confidence:g} % interval of the total"))
    caption = f"Staff of all teams, users' lost time and penalties a month, by the number of people in {result.team}."
    draw = partial(curves.cost_by_level, table, result.scenario.money.currency)
    return Panel("What a month costs", caption, draw, table, tuple(signs), wide=True)


def _people(level: Level) -> str:
    return "1 person" if level.agents == 1 else f"{level.agents} people"


def _unpriced(result: SlackCurve) -> str:
    words: Sequence[str] = [
        f"the people of {result.team}" if path.startswith("teams.") else "waiting" for path in result.unpriced
    ]
    return " and to ".join(words)
