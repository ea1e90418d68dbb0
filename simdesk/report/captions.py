"""One sentence below each figure: what it shows, in numbers that the figure holds too. Knows tables, no HTML."""

from __future__ import annotations

import math
from typing import Final

from simdesk.durations import human
from simdesk.report.subject import Subject
from simdesk.report.tables import MOST_TEAMS, Table, band_leaves_out
from simdesk.report.words import about, count, value

TITLES: Final = {
    "response": "First response by priority",
    "resolution": "Time to resolve by priority",
    "promises": "Promises kept",
    "life": "Where a ticket's time goes",
    "week": "How busy the teams are through the week",
    "backlog": "Open tickets",
    "age": "Age of open tickets",
    "queue": "The queue of {team}, day by day",
    "cost": "What a month costs",
    "offered": "Contacts a day, by hour",
    "wait": "Mean wait, by hour",
    "abandoned": "Gave up, by hour",
}
"""Titles of the figures."""


def left_out(what: str, shown: int, count: int, chosen: str) -> str:
    """How many rows a figure leaves out, and which measure chose those that it shows; nothing if it shows all.

    Args:
        what: the rows, in the plural.
        shown: how many a figure shows at most.
        count: how many there are.
        chosen: what the shown ones have in common.
    """
    if count <= shown:
        return ""
    return f" Shown are the {shown} of {count:,} {what} {chosen}; {count - shown:,} are left out."


def waits(table: Table, what: str) -> str:
    """Of the two figures of times by priority."""
    does = {
        "response": "that an agent takes up get their first response within",
        "resolution": "that a team resolves are resolved within",
    }[what]
    medians = list(zip(table.texts("who"), table.values("median"), strict=True))
    parts = ", ".join(f"{human(one)} ({who})" for who, one in medians)
    sentence = f"By the wall clock, half of the tickets {does} {parts}."
    if "business" in table.texts("clock"):
        sentence += " A promise in business time stands still while the desk is closed; the wall clock does not."
    return sentence


def promises(table: Table, target: float) -> str:
    """Of the promises kept and their ceiling."""
    kept, best = table.estimates("resolution")[0], table.estimates("ceiling")[0]
    if math.isnan(kept.value):
        responded = about(table.values("response")[0])
        return f"{responded} of the first responses come as promised; {about(target)} are meant to."
    sentence = f"{about(kept.value)} of the resolutions come as promised; {about(target)} are meant to."
    if not math.isnan(best.value):
        sentence += (
            f" Had the tickets that were resolved never waited for an agent, it would be {about(best.value)} of them."
        )
    return sentence


def life(table: Table) -> str:
    """Of the bar of states."""
    shares = dict(zip(table.texts("state"), table.values("share"), strict=True))
    work, outside = shares.get("work", 0.0), shares.get("outside hours", 0.0)
    sentence = f"Of the time from opening to resolution, day and night, {about(work)} is work."
    waiting = {name: share for name, share in shares.items() if name not in ("work", "outside hours")}
    if waiting:
        most = max(waiting, key=lambda name: waiting[name])
        sentence += f" The largest wait in hours that are open is “{most}” with {about(waiting[most])}."
    if outside > 0:
        sentence += f" For {about(outside)} of the time whoever it waits for is closed: nights, weekends, holidays."
    return sentence


def week(subject: Subject, table: Table) -> str:
    """Of the occupancy by hour of the week."""
    best: tuple[float, str, str] = (-1.0, "", "")
    for column in table.columns[1:]:
        for hour, share in zip(table.texts("hour"), table.values(column.name), strict=True):
            if share > best[0]:
                best = (share, column.name, hour)
    there = sum(subject.series("present_by_hour", team).sum() > 0 for team in subject.teams)
    more = left_out("teams", MOST_TEAMS, there, "with the largest occupancy")
    if best[0] <= 0:
        return f"Nobody works on a ticket in any hour.{more}"
    return (
        "Share of the time there for tickets in which agents work on them, for the hours in which anybody is there. "
        f"The fullest hour is {best[2]} in {best[1]} with {about(best[0])}.{more}"
    )


def band(subject: Subject) -> str:
    """What a band over the days covers."""
    number = len(subject.runs.sheets)
    if number == 1:
        return "One replication, so there is no band."
    if band_leaves_out(subject):
        return f"Line: mean of {number} replications; band: eight of ten replications lie in it."
    return f"Line: mean of {number} replications; band: from the smallest to the largest of them."


def backlog(subject: Subject, table: Table) -> str:
    """Of the backlog over the days."""
    number = table.values("number")
    begin, end = count(number[0]), count(number[-1])
    return f"At the end of the first day {begin} {_are(begin)} open, at the end of the last {end}. {band(subject)}"


def age(subject: Subject, table: Table) -> str:
    """Of the age of the backlog over the days."""
    last = subject["backlog_age_median"]
    ages = (
        "" if math.isnan(last) else f"Half of the tickets open at the end of the window are older than {human(last)}. "
    )
    return f"{ages}{band(subject)}"


def queue(subject: Subject, table: Table, team: str) -> str:
    """Of a team's queue over the days."""
    number = table.values("number")
    start = subject.listed_at_start(team)
    begin = count(start or number[0])
    when = "When the run starts" if start else "At the end of the first day"
    end = count(number[-1])
    return f"{when} {begin} {_are(begin)} waiting for {team}, at the end of the window {end}. {band(subject)}"


def _are(counted: str) -> str:
    return "are" if counted.endswith("tickets") else "is"


def cost(table: Table, currency: str) -> str:
    """Of the cost split."""
    parts = table.texts("part")[:-1]
    shares = table.values("share")[:-1]
    total = value(table.values("amount")[-1], "money", currency)
    most = max(range(len(parts)), key=lambda at: shares[at])
    if len(parts) == 1:
        return f"{total} a month (30.4 days), all of it {parts[0]}."
    return f"{total} a month (30.4 days); the largest part is {parts[most]} with {about(shares[most])}."


def observed(subject: Subject, table: Table) -> str:
    """How far the simulation is from what was seen, over all hours that were observed."""
    rows = range(len(table.rows))
    seen_n, model_n = table.values("offered_seen"), table.values("offered")
    seen, model = math.fsum(seen_n), math.fsum(model_n)
    if not seen or not model:
        return "One of the two has no contacts, so there is nothing to compare."

    def mean(name: str, weights: list[float]) -> float:
        cells = table.values(name)
        return math.fsum(weights[i] * cells[i] for i in rows if weights[i]) / math.fsum(weights)

    wait, wait_seen = mean("wait", model_n), mean("wait_seen", seen_n)
    left, left_seen = mean("abandoned", model_n), mean("abandoned_seen", seen_n)
    compared = _compared(model / seen - 1)
    return (
        f"Over these hours the simulation has {compared} observed ({model:,.0f} against {seen:,.0f} a day); the mean "
        f"wait is {human(wait)} against {human(wait_seen)} observed, and {about(left)} give up against "
        f"{about(left_seen)}."
    )


def _compared(change: float) -> str:
    if abs(change) < 0.0005:
        return "as many contacts as"
    return f"{about(abs(change))} {'more' if change > 0 else 'fewer'} contacts than"


def observed_gap(table: Table, name: str, unit: str) -> str:
    """In which hour the two are furthest apart, and by how much."""
    gaps = table.values(f"{name}_gap")
    known = [at for at, gap in enumerate(gaps) if not math.isnan(gap)]
    if not known:
        return "There is nothing to compare."
    worst = max(known, key=lambda at: abs(gaps[at]))
    simulated, seen = table.values(name)[worst], table.values(f"{name}_seen")[worst]
    hour = table.texts("hour")[worst]
    return f"They are furthest apart at {hour}: simulated {value(simulated, unit)}, observed {value(seen, unit)}."
