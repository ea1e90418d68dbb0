"""What a roster says: how many people it takes, whether fewer could do it, and how weekends are shared."""

from __future__ import annotations

from collections import Counter

from simdesk.durations import human
from simdesk.experiment.staffing.assignment import OFF
from simdesk.experiment.staffing.requirements import WEEKDAYS
from simdesk.experiment.staffing.rosters import Roster
from simdesk.report.tables import Cell, Column, Table
from simdesk.report.told import Told

_MOST_SHOWN = 3
"""Empty shifts that are named; the table has them all."""


def tell_roster(roster: Roster) -> Told:
    """A roster in words and tables."""
    tables = [("People", _people(roster)), ("Who works when", _calendar(roster)), ("In numbers", _numbers(roster))]
    if roster.unmet:
        tables.insert(0, ("What could not be met", _unmet(roster)))
    return Told(
        sentence=_sentence(roster), details=tuple(_details(roster)), warnings=tuple(_warnings(roster)),
        tables=tuple(tables),
    )  # fmt: skip


def _sentence(roster: Roster) -> str:
    who, length = _counted(roster.people), f"{roster.weeks} week{'' if roster.weeks == 1 else 's'}"
    if (empty := _empty(roster)) > 0:
        places = [one.what for one in roster.unmet if one.unit == "people"]
        shown = ", ".join(places[:_MOST_SHOWN]) + (" and others" if len(places) > _MOST_SHOWN else "")
        needed = f"; at least {roster.least} people are needed" if roster.least > roster.people else ""
        return (
            f"{who} cannot fill the shifts of {length} within their contracts: {empty:g} of "
            f"{int(roster.needed.sum())} stay empty ({shown}){needed}."
        )
    if roster.unmet:
        short = len(roster.unmet)
        return (
            f"{who} can work all shifts of {length}, but {_counted(short)} of them {'gets' if short == 1 else 'get'} "
            "fewer hours than the contract promises."
        )
    fewer = (
        "fewer cannot"
        if roster.gap == 0
        else f"at least {roster.least} are needed, and whether so few can is not known"
    )
    return f"{who} can work all shifts of {length}; {fewer}; {_weekends(roster)}."


def _weekends(roster: Roster) -> str:
    low, high = int(roster.weekends.min()), int(roster.weekends.max())
    if high == 0:
        return "nobody works at a weekend"
    times = f"{low}" if low == high else f"{low} to {high}"
    return f"everybody works on {times} of the {roster.weeks} weekends"


def _counted(people: int) -> str:
    return f"{people} {'person' if people == 1 else 'people'}"


def _empty(roster: Roster) -> float:
    return sum(one.missing for one in roster.unmet if one.unit == "people")


def _details(roster: Roster) -> list[str]:
    rules = roster.rules
    told = [
        f"Everybody has at least {rules.days_off} day{'' if rules.days_off == 1 else 's'} off in every week and "
        f"{human(rules.rest)} between two shifts, and works no more hours in any week than the contract says."
    ]
    if not roster.unmet:
        told.append(f"Nobody gets less than {100 * (1 - rules.tolerance):.0f} % of the contract's hours.")
    surplus = int((roster.present - roster.needed).clip(min=0).sum())
    if surplus:
        told.append(f"{surplus} shifts are worked beyond those needed, so that contracts get their hours.")
    return told


def _warnings(roster: Roster) -> list[str]:
    told = ["What people worked before the first Monday is not known; check the rest before the first shifts."]
    if roster.gap > 0:
        told.append("The search for fewer people was not finished; more time might find a smaller roster.")
    if not roster.unmet and roster.spread > 1:
        told.append(
            f"Weekends are not shared evenly: the most that anybody works is {roster.spread} more than the fewest."
        )
    return told


def _people(roster: Roster) -> Table:
    columns = (
        Column("person", "Person"), Column("contract", "Contract"), Column("hours", "Hours a week", "number"),
        Column("most", "Most in a week", "number"), Column("promised", "Contract's hours", "number"),
        Column("weekends", "Weekends worked", "number"),
    )  # fmt: skip
    rows: list[tuple[Cell, ...]] = [
        (name, contract.name, float(hours.mean()), float(hours.max()), contract.hours, str(weekends))
        for name, contract, hours, weekends in zip(
            roster.names, roster.contracts, roster.hours, roster.weekends.tolist(), strict=True
        )
    ]
    return Table(columns, tuple(rows))


def _calendar(roster: Roster) -> Table:
    """A row for each person and week."""
    columns = (Column("person", "Person"), Column("week", "Week"), *(Column(day.lower(), day) for day in WEEKDAYS))
    rows: list[tuple[Cell, ...]] = []
    for name, works in zip(roster.names, roster.works, strict=True):
        for week, days in enumerate(works.reshape(-1, 7).tolist(), 1):
            rows.append((name, str(week), *("" if one == OFF else roster.duties[one].name for one in days)))
    return Table(columns, tuple(rows))


def _unmet(roster: Roster) -> Table:
    columns = Column("what", "What"), Column("missing", "Missing", "number"), Column("unit", "Of")
    return Table(columns, tuple((one.what, one.missing, one.unit) for one in roster.unmet))


def _numbers(roster: Roster) -> Table:
    """Every figure of the sentences."""
    units = Counter(one.unit for one in roster.unmet)
    rows = (
        ("People", str(roster.people)),
        ("At least needed, as was proved", str(roster.least)),
        ("Weeks", str(roster.weeks)),
        ("Shifts to fill", str(int(roster.needed.sum()))),
        ("Shifts left empty", f"{_empty(roster):g}"),
        ("Shifts beyond those needed", str(int((roster.present - roster.needed).clip(min=0).sum()))),
        ("People with fewer hours than promised", str(units["hours"])),
        ("Days off in a week, at least", str(roster.rules.days_off)),
        ("Rest between shifts, at least", human(roster.rules.rest)),
        ("Share of the contract's hours, at least", f"{100 * (1 - roster.rules.tolerance):.0f} %"),
        ("Most weekends of anybody less the fewest", str(roster.spread)),
    )
    return Table((Column("what", "What"), Column("value", "Value")), rows)
