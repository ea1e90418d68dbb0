"""The parts of the page between the figures: tiles, targets, tables of measures, load, provenance. Knows no HTML."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Final

import yaml

from simdesk.experiment.sheet import Key, describe
from simdesk.experiment.targets import Judgement, judge
from simdesk.report.nearest import nearest_form
from simdesk.report.subject import Subject
from simdesk.report.tables import Cell, Column, Table
from simdesk.report.words import DASH, VERDICTS, asked_for, interval, value
from simdesk.scenario.loading import canonical

_MOST_TILES: Final = 6
_MOST_ROWS: Final = 60
"""Types or teams in one table of measures; of more, the first that the scenario names."""


@dataclass(frozen=True, slots=True)
class Tile:
    """One large number with its interval and, if it has one, a remark."""

    label: str
    number: str
    interval: str
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Goal:
    """A target as it stands: mark and verdict in words, what it is about, the value, and the bound."""

    mark: str
    verdict: str
    label: str
    number: str
    interval: str
    bound: str


def tiles(subject: Subject) -> list[Tile]:
    """Four to six numbers that matter at this desk, the most telling first."""
    found = [tile for tile in _candidates(subject) if tile.number != DASH]
    return found[:_MOST_TILES]


def _candidates(subject: Subject) -> Iterator[Tile]:
    money, busiest = subject.scenario.money.currency, subject.busiest
    yield _tile(subject, "response_time_median", p90="response_time_p90")
    if subject.rare:
        yield _tile(subject, "served_at_once")
        yield _tile(subject, "readiness", team=busiest)
    if (listed := subject.list_team) is not None:
        yield _tile(subject, "queue_length", team=listed)
    if math.isnan(subject["resolution_sla"]):
        yield _tile(subject, "resolution_time_median", p90="resolution_time_p90")
    else:
        ceiling = value(subject["resolution_sla_ceiling"], "share")
        best = "" if ceiling == DASH else f"{ceiling} of those resolved, had there been no queue"
        yield _tile(subject, "resolution_sla", remark=best)
    if subject.scenario.patience or subject["abandonment"] > 0:
        yield _tile(subject, "abandonment")
    yield _tile(subject, "flow_efficiency", remark="of a ticket's life in office hours is work")
    yield _tile(subject, "occupancy", team=busiest)
    if subject["total_cost"] > 0:
        yield _tile(subject, "total_cost", currency=money)
    yield _tile(subject, "backlog")


def _tile(
    subject: Subject, measure: str, *, team: str = "", p90: str = "", remark: str = "", currency: str = ""
) -> Tile:
    by, of = ("team", team) if team else ("", "")
    label, unit, _, _ = describe(Key(measure, by, of))
    found = subject.estimate(measure, by, of)
    if p90 and not math.isnan(subject[p90]):
        remark = f"nine of ten within {value(subject[p90], unit)}"
    if team and len(subject.teams) > 1:
        label = f"{label}, {team}"
    return Tile(label, value(found.value, unit, currency), interval(found, unit), remark)


def goals(subject: Subject) -> list[Goal]:
    """Every target of the scenario, judged."""
    return [_goal(subject, one) for one in judge(subject.runs)]


def _goal(subject: Subject, one: Judgement) -> Goal:
    label, unit = describe(one.key)[0], one.unit
    currency = subject.scenario.money.currency
    least = one.target.at_least is not None
    told = f"at {'least' if least else 'most'} {asked_for(one, currency)}"
    whose = f"{label}, {one.key.of}" if one.key.of else label
    verdict = VERDICTS[one.verdict.value]
    return Goal(
        one.verdict.value, verdict, whose, value(one.estimate.value, unit, currency), interval(one.estimate, unit), told
    )


def measures_of_all(subject: Subject) -> Table:
    """Every measure over all tickets with its definition."""
    columns = (
        Column("measure", "Measure"), Column("value", "Value"), Column("interval", "95 % interval"),
        Column("doc", "Definition"),
    )  # fmt: skip
    rows: list[tuple[Cell, ...]] = []
    for key, found in subject.runs.estimates.items():
        if not key.by:
            label, unit, _, doc = describe(key)
            currency = subject.scenario.money.currency
            text = " ".join(doc.split())
            rows.append((label, value(found.value, unit, currency), interval(found, unit), text))
    return Table(columns, tuple(rows))


def measures_by(subject: Subject, by: str) -> Table | None:
    """Measures of each priority, type or team: a row for each measure, or for each of many names."""
    keys = [key for key in subject.runs.estimates if key.by == by]
    names = sorted({key.of for key in keys}) if by == "priority" else list(dict.fromkeys(key.of for key in keys))
    measures = list(dict.fromkeys(key.measure for key in keys))
    if not keys:
        return None
    head = {"priority": "Priority", "type": "Ticket type", "team": "Team"}[by]
    if by == "priority":
        columns = (Column("measure", "Measure"), *(Column(name, name, "text") for name in names))
        rows = [(describe(Key(m, by))[0], *(_cell(subject, Key(m, by, name)) for name in names)) for m in measures]
    else:
        columns = (Column("name", head), *(Column(m, describe(Key(m, by))[0]) for m in measures))
        rows = [(name, *(_cell(subject, Key(m, by, name)) for m in measures)) for name in names[:_MOST_ROWS]]
    return Table(columns, tuple(rows))


def by_name(subject: Subject, by: str, title: str) -> tuple[str, Table | None]:
    """A title and its table of measures of each priority, type or team; the title says if there are others."""
    table = measures_by(subject, by)
    count = len({key.of for key in subject.runs.estimates if key.by == by})
    if by == "priority" or count <= _MOST_ROWS:
        return title, table
    return f"{title}: the first {_MOST_ROWS} of {count:,}; all are in measures.csv", table


def _cell(subject: Subject, key: Key) -> str:
    """A value and, on a second line, its interval."""
    found, unit = subject.estimate(*key), describe(key)[1]
    number = value(found.value, unit)
    ends = interval(found, unit) if not math.isnan(found.low) else ""
    return f"{number}\n{ends}" if ends else number


def load_table(subject: Subject) -> Table:
    """What every team is asked and what it can do, beside what was simulated and what a formula says."""
    columns = (
        Column("team", "Team"), Column("offered", "Asked, hours a week"), Column("capacity", "Can do, hours a week"),
        Column("ratio", "Asked of what it can do"), Column("occupancy", "Occupancy, simulated"),
        Column("overtime", "Overtime a week, simulated"), Column("wait", "Mean wait, simulated"),
        Column("formula", "Nearest formula"), Column("formula_wait", "its mean wait"), Column("why", "Why they differ"),
    )  # fmt: skip
    rows: list[tuple[Cell, ...]] = []
    for load in subject.loads:
        nearest = nearest_form(subject, load.team)
        told = ("none applies", DASH, _why_none(subject, load.team))
        if nearest is not None:
            agents = f"{nearest.agents} agent{'' if nearest.agents == 1 else 's'}"
            told = (f"{nearest.name}, {agents}", value(nearest.wait, "time"), nearest.why)
        asked, able = value(load.offered, "number"), value(load.capacity, "number")
        ratio = value(load.ratio, "share") if math.isfinite(load.ratio) else "more than nothing"
        helpers = [name for name in load.pool if name != load.team]
        if helpers:
            ratio += f"\nwith {', '.join(helpers)}"
        simulated = (_cell(subject, Key(name, "team", load.team)) for name in ("occupancy", "overtime", "queue_wait"))
        rows.append((load.team, asked, able, ratio, *simulated, *told))
    return Table(columns, tuple(rows))


def _why_none(subject: Subject, team: str) -> str:
    load = next(load for load in subject.loads if load.team == team)
    if len(load.group) > 1:
        return "The team shares its queue with others."
    if load.ratio >= 1:
        return "With more work than time no queue settles, and formulas speak of settled ones."
    return "Too few tickets to say how long the work varies."


def provenance_table(subject: Subject) -> Table:
    """Where the numbers come from."""
    told = asdict(subject.runs.provenance)
    libraries = ", ".join(f"{name} {version}" for name, version in told.pop("libraries").items())
    labels = {
        "scenario": "Scenario (SHA-256)", "logs": "Ticket logs (SHA-256)", "simdesk": "simdesk", "python": "Python",
        "seed": "Seed", "replications": "Replications", "engine": "Engine", "title": "Title",
        "time_zones": "Time-zone database",
    }  # fmt: skip
    rows = [(labels.get(name, name), str(text)) for name, text in told.items()]
    return Table((Column("what", "What"), Column("value", "Value")), (*rows, ("Libraries", libraries)))


def as_yaml(subject: Subject) -> str:
    """The scenario as it ran, every default filled in; reading it back gives the same scenario."""
    text: str = yaml.safe_dump(canonical(subject.scenario), sort_keys=False, allow_unicode=True, width=110)
    return text


def command(subject: Subject) -> str:
    """What repeats the run from the scenario at the foot of the page."""
    run, count = subject.scenario.run, len(subject.runs.sheets)
    changed = "" if run.replications == count else f" --set run.replications={count}"
    return f"simdesk run scenario.yaml{changed}"
