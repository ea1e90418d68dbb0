"""What doing nothing says: the targets year by year with the staff of today, and what the delay costs beside today."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import groupby
from typing import Final

from simdesk.experiment.doing_nothing import DoingNothing, Year
from simdesk.experiment.targets import Verdict
from simdesk.report.differences import amount, between
from simdesk.report.tables import Cell, Column, Table
from simdesk.report.words import DASH, listed, value

_VERDICTS: Final = {Verdict.MET: "kept", Verdict.MISSED: "missed", Verdict.UNDECIDED: "not yet known"}
_COST: Final = "Users' lost time and penalties"


def sentences(nothing: DoingNothing) -> Iterator[str]:
    """What becomes of every target, and of the cost of delay."""
    names = [one.name for one in nothing.years[0].judgements]
    if names:
        grows = f"With {100 * nothing.growth:.3g} % more volume every year and the staff of today"
        yield f"{grows}, {'; '.join(_kept(nothing, name, at) for at, name in enumerate(names))}."
    yield _cost(nothing)


def _kept(nothing: DoingNothing, name: str, at: int) -> str:
    """One target through the years."""
    parts = []
    for verdict, some in groupby(nothing.years, key=lambda year: year.judgements[at].verdict):
        years = [_named(year) for year in some]
        when = years[0] if len(years) == 1 else f"from {years[0]} to {years[-1]}"
        parts.append(f"{_VERDICTS[verdict]} {f'in {when}' if when.startswith('year') else when}")
    return f"'{name}' is {', '.join(parts)}"


def _cost(nothing: DoingNothing) -> str:
    """What delay costs in the last year beside today."""
    last, currency = nothing.years[-1], nothing.scenario.money.currency
    more, sure = last.more, f"{100 * nothing.confidence:g} % interval"
    assert more is not None  # only today has none
    if math.isnan(more.low):
        way = "more" if more.value > 0 else "less"
        size = amount(more.value, "money", currency)
        return f"{_COST} cost {size} {way} a month in {_named(last)} than today in this sample; {more.note}."
    if more.low == more.high == 0:
        return f"{_COST} cost the same in {_named(last)} as today."
    if more.low <= 0 <= more.high:
        low, high = (amount(end, "money", currency) for end in (more.low, more.high))
        return (
            f"{_COST}: not known whether they cost more in {_named(last)} than today; between {low} less and {high} "
            f"more a month ({sure})."
        )
    nearer, farther = sorted((more.low, more.high), key=abs)
    return (
        f"{_COST} cost {amount(more.value, 'money', currency)} {'more' if more.value > 0 else 'less'} a month in "
        f"{_named(last)} than today ({sure} {between(nearer, farther, 'money', currency)})."
    )


def warnings(nothing: DoingNothing) -> Iterator[str]:
    """Years in which a team cannot keep up."""
    for year in nothing.years:
        if year.overloaded:
            yield (
                f"{_named(year).capitalize()}: {listed(list(year.overloaded))} cannot keep up, and a backlog grows for "
                "as long as one looks: the numbers of that year depend on the length of the run "
                f"({nothing.scenario.run.length})."
            )


def table(nothing: DoingNothing) -> Table:
    """Year by year: the volume, every target, and what delay costs."""
    names = [one.name for one in nothing.years[0].judgements]
    columns = (
        Column("year", "Year"),
        Column("volume", "Volume against today"),
        *(Column(name, name) for name in names),
        Column("delay", f"{_COST}, a month", "money"),
        Column("more", "More than today"),
        Column("full", "Cannot keep up"),
    )
    rows: list[tuple[Cell, ...]] = []
    for year in nothing.years:
        verdicts = [f"{one.verdict.value} {_VERDICTS[one.verdict]}" for one in year.judgements]
        full = ", ".join(year.overloaded) or DASH
        more = _more(year, nothing.scenario.money.currency)
        rows.append((_named(year).capitalize(), f"{100 * year.volume:.4g} %", *verdicts, year.delay, more, full))
    return Table(columns, tuple(rows))


def _more(year: Year, currency: str) -> str:
    more = year.more
    if more is None:
        return DASH
    told, low, high = (value(x, "money", currency) for x in (more.value, more.low, more.high))
    return f"{told}\n{more.note}" if more.note else f"{told}\n{low} to {high}"


def _named(year: Year) -> str:
    return f"year {year.year}" if year.year else "today"
