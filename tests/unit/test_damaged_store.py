"""A store of which something is damaged: the rest still answers, and what is damaged is named and simulated again."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from keeping import RULES, a_sheet
from simdesk.cli import cli
from simdesk.errors import RunError
from simdesk.experiment.lab import Lab
from simdesk.experiment.replications import Replications
from simdesk.experiment.store import Store
from simdesk.measures.readings import Total
from simdesk.scenario.loading import loads, vary

DESK = loads("""title: A small desk for a few days
run: {length: 3 days, replications: 4, cool_down: 2 days}
demand:
  contacts: 60 per day
  types: {incident: {share: 100 %, work: {exponential: {mean: 15 min}}}}
teams: {desk: {agents: 1, cost: 40 USD per hour}}
""")
OTHER = vary(DESK, {"title": "Another desk", "teams.desk.agents": 2})
STORE = Path("results") / "simdesk.sqlite"


@pytest.fixture
def undisturbed() -> Replications:
    """What the desk says without a store."""
    with Lab(workers=1) as lab:
        return lab.replications(DESK)


@pytest.fixture
def damage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Lets a statement do its work in a store of two desks, four runs each, whatever the tables allow."""
    monkeypatch.chdir(tmp_path)
    with Store(STORE) as store, Lab(workers=1, store=store) as lab:
        lab.many([DESK, OTHER], 4)

    def execute(statement: str) -> None:
        with sqlite3.connect(STORE) as db:
            if "NULL" in statement:
                db.execute("PRAGMA writable_schema=ON")
                db.execute("UPDATE sqlite_master SET sql = replace(sql, ' NOT NULL', '')")
                db.execute("PRAGMA writable_schema=RESET")
            db.execute(statement)
        db.close()

    return execute


def asked() -> tuple[Replications, Lab, list[str]]:
    """The desk again, with the store, and what is said."""
    said: list[str] = []
    with Store(STORE) as store, Lab(workers=1, store=store, say=said.append) as lab:
        return lab.replications(DESK), lab, said


def results(*arguments: str) -> Result:
    """What the command does; errors are raised."""
    return CliRunner().invoke(cli, ["results", *arguments], catch_exceptions=False, standalone_mode=False)


def number(title: str = DESK.title) -> str:
    """The number of a row."""
    with Store(STORE) as store:
        return next(row.number for row in store.rows() if row.title == title)


def same(one: Replications, other: Replications) -> bool:
    """Whether two results agree to the last digit."""
    return repr(one.estimates) == repr(other.estimates) and one.provenance == other.provenance


IN_A_ROW = "replication = 2 AND desk = 1"


@pytest.mark.parametrize(
    "change",
    [
        "packed = x'00'",
        "packed = 'text'",
        "packed = NULL",
        "packed = (SELECT packed FROM sheets WHERE replication = 1 AND desk = 1)",
        "packed = (SELECT packed FROM sheets WHERE replication = 2 AND desk = 2)",
        "packed = substr(packed, 1, length(packed) / 2)",
        "digest = 'another'",
        "digest = 7",
        "tickets = tickets + 1",
        "tickets = 'many'",
        "truncated = 1 - truncated",
        "complete = 'yes'",
    ],
)
def test_a_damaged_replication_is_simulated_again(damage, undisturbed: Replications, change: str):
    """One line says so; the answer is that of a run without a store; the next time nothing is missing."""
    damage(f"UPDATE sheets SET {change} WHERE {IN_A_ROW}")

    runs, lab, said = asked()
    again, afterwards, silence = asked()

    assert same(runs, undisturbed)
    assert lab.reused == 3
    assert said == [f"replication 2 in {STORE} is damaged and simulated again"]
    assert same(again, undisturbed)
    assert afterwards.reused == 4
    assert silence == []


@pytest.mark.parametrize(
    "change", ["replication = 99", "replication = 'two'", "seed = 5", "version = 'x'", "complete = 0", "desk = 77"]
)
def test_a_replication_that_got_another_name_is_simulated_again(damage, undisturbed: Replications, change: str):
    """It is not found, and never taken for another."""
    damage(f"UPDATE sheets SET {change} WHERE {IN_A_ROW}")

    runs, lab, said = asked()

    assert same(runs, undisturbed)
    assert lab.reused == 3
    assert said == []


def test_desks_that_changed_places_do_not_answer_for_each_other(damage, undisturbed: Replications):
    """The seal knows which desk a replication is of."""
    with sqlite3.connect(STORE) as db:
        (mine,), (other,) = db.execute("SELECT identity FROM desks ORDER BY id")
    damage("UPDATE desks SET identity = 'nobody' WHERE id = 1")
    damage(f"UPDATE desks SET identity = '{mine}' WHERE id = 2")
    damage(f"UPDATE desks SET identity = '{other}' WHERE id = 1")

    runs, lab, _ = asked()

    assert same(runs, undisturbed)
    assert lab.reused == 0


def test_many_damaged_replications_are_told_in_one_line(damage):
    """All of them are counted."""
    damage("UPDATE sheets SET packed = x'00' WHERE desk = 1")

    assert asked()[2] == [f"replications 0, 1, 2, 3 in {STORE} are damaged and simulated again"]


def test_a_replication_that_comes_out_otherwise_is_an_alarm_only_if_what_is_kept_is_sound(damage):
    """A digest that was spoilt on the disk accuses nobody."""
    sheet = a_sheet(0, first_wait=Total(1.0))
    with Store(STORE) as store:
        store.keep([(DESK, 0, sheet)], RULES)
    damage(f"UPDATE sheets SET digest = 'spoilt' WHERE version = '{RULES}'")

    with Store(STORE) as store:
        store.keep([(DESK, 0, sheet)], RULES)

        assert store.known(DESK, [0], None, RULES) == {0: sheet}


def test_what_is_sound_of_a_row_is_shown_and_what_is_not_is_named(damage):
    """Three of four runs; in the table of others too."""
    damage(f"UPDATE sheets SET packed = x'00' WHERE {IN_A_ROW}")
    line = (
        f"! replication 2 in {STORE} is damaged and left out; to ask the same question again replaces what is damaged"
    )

    shown = results("show", number())
    exported = results("export", number(), "table.csv")
    compared = results("compare", number(), number("Another desk"))

    assert "3 runs, seed 1" in shown.stdout
    assert "3 runs each" in compared.stdout
    assert {done.stderr.strip() for done in (shown, exported, compared)} == {line}


def test_a_row_of_which_nothing_can_be_read_can_be_deleted(damage):
    """And nothing else can be done with it."""
    damage("UPDATE sheets SET packed = x'00' WHERE desk = 1")
    name = number()

    for command in (["show", name], ["export", name, "table.csv"], ["compare", name, number("Another desk")]):
        with pytest.raises(
            RunError, match=f"no replication of row {name} can be read: .*`simdesk results delete {name}`"
        ):
            results(*command)
    results("delete", name)

    assert results().stdout.count("desk") >= 1
    assert name not in results().stdout


@pytest.mark.parametrize(
    "change",
    [
        "scenario = '{'",
        "scenario = '[]'",
        "scenario = '{}'",
        "scenario = '{\"run\": 7}'",
        "scenario = 7",
        "scenario = x'ff00'",
        "scenario = NULL",
        f"scenario = '{'[' * 100_000}'",
    ],
    ids=lambda text: text[:24],
)
def test_a_desk_that_cannot_be_read_is_listed_and_can_be_deleted(damage, undisturbed: Replications, change: str):
    """The others are listed and shown as ever, and questions are answered: they know their desk."""
    damage(f"UPDATE desks SET {change} WHERE id = 1")
    name = number()

    listed = results().stdout.splitlines()
    assert [line for line in listed if line.startswith(name) and "damaged: it can only be deleted" in line]
    assert "4 runs" in results("show", number("Another desk")).stdout
    for command in (["show", name], ["export", name, "table.csv"], ["compare", name, number("Another desk")]):
        with pytest.raises(RunError, match=f"^the desk of row {name} is damaged; delete the row with `simdesk resul"):
            results(*command)
    assert same(asked()[0], undisturbed)
    results("delete", name)
    assert name not in results().stdout


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE desks SET title = 7 WHERE id = 1",
        "UPDATE desks SET title = x'ff' WHERE id = 1",
        "UPDATE desks SET title = CAST(x'ff41' AS TEXT) WHERE id = 1",
        "UPDATE desks SET title = NULL WHERE id = 1",
        "UPDATE sheets SET kept_at = 7 WHERE desk = 1",
        "UPDATE sheets SET kept_at = NULL",
        "UPDATE sheets SET seed = 'one' WHERE desk = 1",
        "UPDATE sheets SET seed = NULL WHERE desk = 1",
        "UPDATE sheets SET version = NULL WHERE desk = 1",
        "UPDATE sheets SET version = x'ff' WHERE desk = 1",
        "UPDATE sheets SET packed = NULL WHERE desk = 1",
        "UPDATE sheets SET desk = 'text' WHERE desk = 1",
        "UPDATE desks SET identity = NULL WHERE id = 1",
        "DELETE FROM desks WHERE id = 1",
    ],
)
def test_values_of_the_wrong_type_do_not_hide_the_rest(damage, undisturbed: Replications, statement: str):
    """The list, the other row, and the answer are there; and everything can be deleted."""
    damage(statement)

    assert "Another desk" in results().stdout
    assert "4 runs" in results("show", number("Another desk")).stdout
    assert same(asked()[0], undisturbed)
    results("delete", "--all")
    assert results().stdout == f"nothing is kept in {STORE}\n"
    with sqlite3.connect(STORE) as db:
        assert db.execute("SELECT count(*) FROM sheets").fetchone() == (0,)


@pytest.mark.parametrize("table", ["desks", "sheets"])
def test_a_table_that_is_missing_is_a_sentence(damage, table: str):
    """With what to do about the file."""
    damage(f"DROP TABLE {table}")

    for ask in (results, asked):
        with pytest.raises(
            RunError, match=r"^cannot read .*: no such table: .*; move the file away, or use --no-store"
        ):
            ask()


def test_a_file_without_any_bytes_is_a_new_store(damage, undisturbed: Replications):
    """As a full disk or a sudden end may leave one."""
    STORE.write_bytes(b"")

    runs, lab, said = asked()

    assert same(runs, undisturbed)
    assert (lab.reused, said) == (0, [])
    assert asked()[1].reused == 4


def test_a_store_that_is_a_folder_is_a_sentence(damage):
    """Where the file should be."""
    STORE.unlink()
    STORE.mkdir()

    with pytest.raises(RunError, match=r"^cannot use .*: unable to open database file; move it away, or use --no"):
        asked()
