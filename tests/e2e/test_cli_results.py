"""`simdesk results`: what was simulated before is listed, shown, compared, exported and deleted."""

from __future__ import annotations

import csv
import re
import sqlite3
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from keeping import RULES, a_sheet
from simdesk.cli import cli
from simdesk.errors import RunError
from simdesk.experiment.difference import difference
from simdesk.experiment.lab import Lab
from simdesk.experiment.sheet import Key
from simdesk.experiment.store import JUDGED_BY, Store, Stored
from simdesk.measures.readings import Total
from simdesk.report.differences import sentence
from simdesk.scenario.loading import alternative, loads, vary
from terminal import simdesk

DESK = loads("""title: A small desk for a few days
run: {length: 3 days, replications: 4, cool_down: 2 days}
demand:
  contacts: 60 per day
  types: {incident: {share: 100 %, work: {exponential: {mean: 15 min}}}}
teams: {desk: {agents: 1, cost: 40 USD per hour}}
""")
RICHER = vary(DESK, {"teams.desk.agents": 2})
STORE = Path("results") / "simdesk.sqlite"
WAIT = Key("first_wait")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in which two desks were simulated four times each."""
    monkeypatch.chdir(tmp_path)
    with Store(STORE) as store, Lab(workers=1, store=store) as lab:
        lab.many([DESK, RICHER], 4)
    return tmp_path


def results(*arguments: object) -> str:
    """What the command prints."""
    words = ["results", *map(str, arguments)]
    return CliRunner().invoke(cli, words, catch_exceptions=False, standalone_mode=False).output


def numbers() -> dict[int, str]:
    """The number of the row of each desk, by its agents."""
    with Store(STORE) as store:
        return {row.scenario["teams"]["desk"]["agents"]: row.number for row in store.rows()}


def test_everything_that_is_kept_is_listed(folder: Path):
    """A row for each desk: its number, its title, where it differs from others of that title, and how many runs."""
    lines = results().splitlines()

    rows = {number: line for line in lines[1:] for number in numbers().values() if line.startswith(number)}
    assert len(lines) == 3
    assert len(rows) == 2
    for agents, number in numbers().items():
        assert "A small desk for a few days" in rows[number]
        assert f"teams.desk.agents={agents} " in rows[number]
        assert re.search(r" 1 +4  ", rows[number])


def test_a_team_that_only_one_desk_has_is_a_difference(folder: Path):
    """A value that the others lack altogether."""
    with Store(STORE) as store:
        store.keep([(vary(DESK, {"teams.night": {"agents": 3}}), 0, a_sheet(0))], RULES)

    assert "teams.night.agents=3" in results()


def test_what_was_simulated_by_other_rules_is_said_to_be_of_no_use(folder: Path):
    """It is listed, never used to answer, and can be deleted by that."""
    with Store(STORE) as store:
        store.keep([(DESK, 7, a_sheet(7, first_wait=Total(1.0)))], "kernel-yesterday")

    assert "Some were simulated by other rules than today's; those are never used to answer." in results()
    assert results("delete", "--outdated") == f"deleted 1 row from {STORE}\n"
    assert "other rules" not in results()
    assert len(numbers()) == 2


def test_a_title_is_text_and_not_markup(folder: Path):
    """Whatever it contains, it is listed and shown as it was written."""
    title = "[/red] [bold]A desk[/] [link=https://example.org]{{7*7}}"
    with Store(STORE) as store, Lab(workers=1, store=store) as lab:
        lab.many([vary(RICHER, {"title": title, "teams.desk.agents": 3})], 1)

    assert "[/red] [bold]A desk[/]" in " ".join(results().split())
    assert title in results("show", numbers()[3])


@pytest.mark.parametrize("command", [["show"], ["export"]], ids=["show", "export"])
def test_a_row_of_other_rules_is_shown_as_such(folder: Path, command: list[str]):
    """Its numbers are what they were; who reads them beside today's has to know. Nothing is said of rows of today."""
    ours = numbers()[1]
    with Store(STORE) as store:
        store.keep([(vary(DESK, {"teams.desk.agents": 9}), 7, a_sheet(7, first_wait=Total(1.0)))], "kernel-yesterday")
    old, new = ([] if command == ["show"] else [f"{name}.csv"] for name in ("old", "new"))
    told = "was simulated by other rules than today's"

    assert told in results(*command, numbers()[9], *old)
    assert told not in results(*command, ours, *new)


def test_a_row_is_shown_with_its_intervals(folder: Path):
    """Every measure, with whose it is."""
    printed = results("show", numbers()[1])

    lines = printed.splitlines()
    assert lines[0] == "A small desk for a few days"
    assert lines[1] == "4 runs, seed 1; ± is half a 95 % interval"
    assert any(re.match(r"Wait in the first queue, mean +\S+ \S+ ± ", line) for line in lines)
    assert any(line.startswith("Occupancy (desk)") for line in lines)


def test_two_rows_are_compared_replication_by_replication(folder: Path):
    """Sentences as `simdesk compare` says them; the same luck on both sides."""
    found = numbers()

    printed = results("compare", found[1], found[2])

    assert printed.splitlines()[0] == f"A small desk for a few days: {found[2]} against {found[1]}, 4 runs each"
    assert "Staff cost" in printed
    assert re.search(r"Wait in the first queue, mean: .*95 % interval", printed)


def test_rows_that_were_judged_by_other_clocks_are_compared_with_a_warning(folder: Path):
    """A desk that closes at noon, run on its own; as an alternative it was judged by the hours of the desk as it is."""
    office = {"calendars.office": {"days": "daily", "hours": "08:00-20:00"}, "teams.desk.calendar": "office"}
    base = vary(DESK, {**office, "title": "Office"})
    noon = {"calendars.office.hours": "08:00-12:00"}
    with Store(STORE) as store, Lab(workers=1, store=store) as lab:
        lab.many([base, vary(base, noon), alternative(base, noon)], 2)
        rows = [row for row in store.rows() if row.title == "Office"]
    own, alone = (next(r.number for r in rows if hours(r) == (said, False)) for said in ("08:00-20:00", "08:00-12:00"))
    beside = next(row.number for row in rows if hours(row) == ("08:00-12:00", True))

    assert "judged by other opening hours" in results("compare", own, alone)
    assert "judged by other opening hours" not in results("compare", own, beside)
    assert "judged by other opening hours" in results("compare", alone, beside)
    assert "judged by=" in results()


def hours(row: Stored) -> tuple[str, bool]:
    """The office hours of a kept desk, and whether it was judged by others."""
    return row.scenario["calendars"]["office"]["hours"], JUDGED_BY in row.scenario


def test_only_replications_that_both_have_are_compared(folder: Path):
    """By their number, not by their place: numbers 2 and 3 of the one with 2 and 3 of the other."""
    third = vary(DESK, {"teams.desk.agents": 3})
    with Store(STORE) as store, Lab(workers=1, store=store) as lab:
        lab.many([third], 4, first=2)
        mine, other = lab.sheets([DESK, third], range(2, 4), [WAIT])
    pairs = difference(*([side[number].readings[WAIT] for number in (2, 3)] for side in (mine, other)))
    found = numbers()

    printed = results("compare", found[1], found[3])

    assert f"{found[3]} against {found[1]}, 2 runs each" in printed
    assert sentence(pairs, WAIT, 0.95) in printed
    with Store(STORE) as store, Lab(workers=1, store=store) as lab:
        lab.many([vary(DESK, {"teams.desk.agents": 4})], 2, first=50)
    with pytest.raises(RunError, match="have no replication in common, so they did not meet the same luck"):
        results("compare", found[1], numbers()[4])


@pytest.mark.parametrize(
    ("changes", "rules", "words"),
    [
        ({"run.seed": 2}, "", "have other seeds, so they did not meet the same luck"),
        ({"run.length": "2 days"}, "", "differ in what is under run, so they were not measured alike"),
        ({}, "kernel-yesterday", "were simulated by other rules, so they did not meet the same luck"),
    ],
)
def test_what_did_not_meet_the_same_luck_is_not_compared(folder: Path, changes: dict, rules: str, words: str):
    """And it is said why."""
    base = numbers()[1]
    with Store(STORE) as store:
        known = {row.number for row in store.rows()}
        current = store.rows()[0].version
        store.keep([(vary(DESK, {"demand.volume": "90 %", **changes}), 0, a_sheet(0))], rules or current)
        (other,) = {row.number for row in store.rows()} - known

    with pytest.raises(RunError, match=f"^{base} and {other} {words}$"):
        results("compare", base, other)


def test_rows_without_a_measure_in_common_say_so(folder: Path):
    """Two questions that read nothing alike."""
    with Store(STORE) as store:
        version = store.rows()[0].version
        for agents, name in ((5, "first_wait"), (6, "total_cost")):
            sheet = a_sheet(0, complete=False, **{name: Total(1.0)})
            sheet.readings.pop(Key("still_open"))
            store.keep([(vary(DESK, {"teams.desk.agents": agents}), 0, sheet)], version)
    found = numbers()

    assert "They have no measure in common." in results("compare", found[5], found[6])


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_a_row_is_exported_as_it_is_shown(folder: Path, suffix: str):
    """As a table that others can read; the mean is that of the four replications."""
    number = numbers()[1]

    printed = results("export", number, f"table.{suffix}")

    table = pd.read_csv("table.csv") if suffix == "csv" else pd.read_parquet("table.parquet")
    assert printed == f"wrote table.{suffix}: {len(table)} rows\n"
    with Store(STORE) as store:
        row = next(row for row in store.rows() if row.number == number)
        sheets = store.sheets(row).values()
    weekly = [sheet.readings[Key("contacts_per_week")].value for sheet in sheets]
    told = table[(table["measure"] == "contacts_per_week") & (table["by"].fillna("") == "")]
    assert told["value"].item() == pytest.approx(sum(weekly) / 4)
    assert told["replications"].item() == 4


def test_what_is_deleted_is_gone_and_is_simulated_again_when_it_is_needed(folder: Path):
    """One row by its number, then all; the answer of a deleted one comes out as before."""
    found = numbers()
    results("export", found[1], "before.csv")

    assert results("delete", found[1]) == f"deleted 1 row from {STORE}\n"
    assert list(numbers()) == [2]
    with Store(STORE) as store, Lab(workers=1, store=store) as lab:
        lab.many([DESK], 4)
    results("export", numbers()[1], "after.csv")
    assert results("delete", "--all") == f"deleted 2 rows from {STORE}\n"

    with Path("before.csv").open() as before, Path("after.csv").open() as after:
        assert list(csv.reader(before)) == list(csv.reader(after))
    assert results() == f"nothing is kept in {STORE}\n"


def test_another_store_is_named(folder: Path):
    """Before the command."""
    STORE.rename("elsewhere.sqlite")

    assert "A small desk" in results("--file", "elsewhere.sqlite")
    assert "first queue" in results("--file", "elsewhere.sqlite", "show", "1-" + _tail())
    with pytest.raises(RunError, match=r"nothing is kept in results/simdesk\.sqlite; run something first, or name"):
        results()


def _tail() -> str:
    with Store(Path("elsewhere.sqlite")) as store:
        return store.rows()[0].number.partition("-")[2]


def test_a_row_that_is_not_there_is_named_with_its_nearest(folder: Path):
    """In every command; and nothing is deleted if one of several is not there."""
    number = numbers()[1]
    for command in (["show", "1-zzzz"], ["export", "1-zzzz", "x.csv"], ["compare", number, "1-zzzz"]):
        with pytest.raises(RunError, match=r"no row 1-zzzz.* `simdesk results` lists them"):
            results(*command)
    with pytest.raises(RunError, match=f"no row {number}0; did you mean '{number}'"):
        results("delete", number, f"{number}0")
    assert len(numbers()) == 2


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("delete",), 2, "name the rows to delete, or --outdated, or --all"),
        (("show",), 2, "Missing argument"),
        (("show", "9-abcd"), 1, "simdesk: no row 9-abcd"),
        (("export", "1-{}", "table.xlsx"), 1, "simdesk: cannot write table.xlsx: name a file that ends in .csv or"),
        (("export", "1-{}", "nowhere/table.csv"), 1, "simdesk: cannot write nowhere/table.csv: "),
        (("export", "1-{}", "nowhere/table.parquet"), 1, "simdesk: cannot write nowhere/table.parquet: "),
    ],
)
def test_mistakes_have_words_and_codes(folder: Path, arguments: tuple[str, ...], code: int, words: str):
    """As a script sees them: no traceback, nothing on the output."""
    tail = numbers()[1].partition("-")[2]

    done = simdesk("results", *(word.format(tail) for word in arguments), cwd=folder)

    assert done.code == code
    assert words in done.err
    assert "None" not in done.err
    assert "Traceback" not in done.err


def test_a_desk_of_another_simdesk_is_not_read_but_can_be_deleted(folder: Path):
    """Its scenario says what this one does not know."""
    number = numbers()[1]
    with sqlite3.connect(STORE) as db:
        db.execute("""UPDATE desks SET scenario = json_set(scenario, '$.teams.desk.wizards', 3) WHERE id = 1""")

    assert number in results()
    for command in (["show", number], ["export", number, "table.csv"], ["compare", number, numbers()[2]]):
        with pytest.raises(
            RunError, match=f"row {number} is of another simdesk, whose desks this one cannot read; del"
        ):
            results(*command)
    results("delete", number)
    assert list(numbers()) == [2]
