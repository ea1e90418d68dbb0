"""Stores that are damaged in every way that a seed can think of, and what the commands make of them.

    python tests/hard/damaged_stores.py 300

lists, shows and runs a cheap desk on so many damaged stores. A command may say that it cannot go on, in words; it may
not end with a traceback, and where `run` succeeds its numbers are those of a run without a store.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import sys
import tempfile
import time
import traceback
from collections import Counter
from contextlib import chdir, suppress
from dataclasses import dataclass
from pathlib import Path
from random import Random

from click.testing import CliRunner

from simdesk.cli import cli
from simdesk.errors import SimdeskError

DESK = """title: A cheap desk
run: {length: 2 days, replications: 3, cool_down: 1 day}
demand:
  contacts: 30 per day
  types: {incident: {share: 100 %, work: {exponential: {mean: 15 min}}}}
teams: {desk: {agents: 1}}
"""
STORE = Path("results") / "simdesk.sqlite"
COLUMNS = {
    "desks": ("id", "identity", "title", "scenario"),
    "sheets": (
        "desk", "seed", "replication", "version", "digest", "tickets", "truncated", "complete", "kept_at", "packed",
    ),
}  # fmt: skip
VALUES = (
    "NULL", "0", "-1", "7", "1e300", "9223372036854775807", "'text'", "''", "x''", "x'00ff'", "'{{}}'", "'['",
    "CAST(x'ff' AS TEXT)", "zeroblob(100000)", "hex(randomblob(40))", "rowid", "{column} || 'x'", "substr({column}, 2)",
    "(SELECT {column} FROM {table} ORDER BY rowid DESC LIMIT 1)",
)  # fmt: skip


@dataclass(frozen=True)
class Outcome:
    """What a command did.

    Attributes:
        code: it ended with.
        said: its words, or its traceback.
        crashed: whether there was one.
    """

    code: int
    said: str
    crashed: bool = False


def command(*arguments: str) -> Outcome:
    """One command in the current folder."""
    done = CliRunner().invoke(cli, arguments)
    error = done.exception
    if error is None or isinstance(error, SystemExit):
        return Outcome(done.exit_code, done.output)
    if isinstance(error, SimdeskError):
        return Outcome(1, str(error))
    return Outcome(1, "".join(traceback.format_exception(error)), crashed=True)


def measured() -> tuple[bytes, bytes]:
    """What the last run wrote of its numbers."""
    return Path("out/measures.csv").read_bytes(), Path("out/provenance.json").read_bytes()


class Stores:
    """A sound store, and damaged copies of it.

    Args:
        folder: to work in.
    """

    def __init__(self, folder: Path) -> None:
        self.folder, self.sound = folder, folder / "sound"
        self.sound.mkdir()
        with chdir(self.sound):
            Path("desk.yaml").write_text(DESK)
            assert command("run", "desk.yaml", "--workers", "1", "--no-store", "--out", "out").code == 0
            self.expected = measured()
            for more in (("--out", "out"), ("--out", "other", "--set", "teams.desk.agents=2")):
                assert command("run", "desk.yaml", "--workers", "1", *more).code == 0

    def damaged(self, seed: int) -> tuple[str, Path]:
        """A folder with a copy that is damaged, and how."""
        place = self.folder / str(seed)
        (place / "results").mkdir(parents=True)
        shutil.copy(self.sound / "desk.yaml", place)
        shutil.copy(self.sound / STORE, place / STORE)
        chance = Random(seed)
        damage = chance.choice(DAMAGES)
        damage(place / STORE, chance)
        return damage.__name__, place


def flipped_bits(path: Path, chance: Random) -> None:
    """Some bits, anywhere."""
    content = bytearray(path.read_bytes())
    for _ in range(chance.choice((1, 2, 8, 64))):
        content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    path.write_bytes(content)


def flipped_bits_in_the_head(path: Path, chance: Random) -> None:
    """Where the file says what it is, and what its tables are."""
    content = bytearray(path.read_bytes())
    for _ in range(chance.choice((1, 3))):
        content[chance.randrange(chance.choice((100, 4096)))] ^= 1 << chance.randrange(8)
    path.write_bytes(content)


def truncated(path: Path, chance: Random) -> None:
    """Cut off anywhere, or at the end of a page."""
    size = chance.randrange(path.stat().st_size)
    os.truncate(path, size // 4096 * 4096 if chance.random() < 0.5 else size)


def overwritten_pages(path: Path, chance: Random) -> None:
    """Pages of zeros, of noise, or of another page."""
    content = bytearray(path.read_bytes())
    pages = len(content) // 4096
    for _ in range(chance.choice((1, 1, 3))):
        here, there = (4096 * chance.randrange(pages) for _ in range(2))
        content[here : here + 4096] = chance.choice(
            (bytes(4096), chance.randbytes(4096), content[there : there + 4096])
        )
    path.write_bytes(content)


def something_else(path: Path, chance: Random) -> None:
    """Nothing, noise, text, a folder, the database of another program."""
    path.unlink()
    kind = chance.randrange(5)
    if kind == 0:
        path.mkdir()
    elif kind == 1:
        with sqlite3.connect(path) as db:
            db.execute("CREATE TABLE bookmarks (url TEXT)")
        db.close()
    else:
        path.write_bytes((b"", chance.randbytes(9000), b"title: a text\n" * 700)[kind - 2])


def noise_beside(path: Path, chance: Random) -> None:
    """Remains of another process that are none."""
    for ending in chance.choice((("-wal",), ("-shm",), ("-wal", "-shm"), ("-journal",))):
        path.with_name(path.name + ending).write_bytes(chance.randbytes(chance.choice((0, 32, 5000, 40_000))))


def changed_value(path: Path, chance: Random) -> None:
    """Any column of any row, any value of any type."""
    table = chance.choice(tuple(COLUMNS))
    column = chance.choice(COLUMNS[table])
    value = chance.choice(VALUES).format(table=table, column=column)
    where = chance.choice(("1", "rowid = 1", "rowid % 2"))
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("PRAGMA writable_schema=ON")
    for words in (" NOT NULL", " UNIQUE", ",\n    PRIMARY KEY (desk, seed, replication, version)"):
        if chance.random() < 0.3:
            db.execute("UPDATE sqlite_master SET sql = replace(sql, ?, '') WHERE type = 'table'", (words,))
    db.execute("PRAGMA writable_schema=RESET")
    with suppress(sqlite3.Error):  # of a value that even a lenient table refuses
        db.execute(f"UPDATE OR REPLACE {table} SET {column} = {value} WHERE {where}")
    db.close()


def changed_table(path: Path, chance: Random) -> None:
    """A table, a column or an index that is missing or another."""
    statement = chance.choice(
        (
            "DROP TABLE desks", "DROP TABLE sheets", "ALTER TABLE sheets DROP COLUMN packed",
            "ALTER TABLE desks RENAME COLUMN title TO name", "DELETE FROM desks", "DELETE FROM sqlite_sequence",
            "CREATE TRIGGER t BEFORE INSERT ON sheets BEGIN SELECT RAISE(ABORT, 'no'); END", "PRAGMA user_version=0",
            "PRAGMA user_version=-5", "PRAGMA user_version=2", "ALTER TABLE sheets ADD COLUMN more",
        )
    )  # fmt: skip
    db = sqlite3.connect(path, isolation_level=None)
    db.execute(statement)
    db.close()


DAMAGES = (
    flipped_bits, flipped_bits, flipped_bits_in_the_head, truncated, overwritten_pages, overwritten_pages,
    something_else, noise_beside, changed_value, changed_value, changed_value, changed_table,
)  # fmt: skip


def tried(stores: Stores, seed: int) -> tuple[str, list[str], list[int]]:
    """How a store was damaged, what went wrong then, and the exit codes of the commands."""
    kind, place = stores.damaged(seed)
    wrong, codes = [], []
    with chdir(place):
        listed = command("results")
        numbers = [line.split()[0] for line in listed.said.splitlines()[1:] if "-" in line.split(" ")[0]]
        done = [listed, *(command("results", "show", "--", number) for number in numbers)]
        ran = command("run", "desk.yaml", "--workers", "1", "--out", "out")
        for outcome in (*done, ran):
            codes.append(outcome.code)
            if outcome.crashed:
                wrong.append(outcome.said)
        if ran.code == 0 and measured() != stores.expected:
            wrong.append("the numbers are not those of a run without a store")
    shutil.rmtree(place)
    return kind, wrong, codes


def main(count: int) -> int:
    """Damage so many stores, and print what came of it."""
    kinds: Counter[str] = Counter()
    answers: Counter[str] = Counter()
    failed, slowest = 0, 0.0
    with tempfile.TemporaryDirectory() as folder:
        stores = Stores(Path(folder))
        for seed in range(count):
            began = time.monotonic()
            kind, wrong, codes = tried(stores, seed)
            slowest = max(slowest, time.monotonic() - began)
            kinds[kind] += 1
            answers["run answered" if codes[-1] == 0 else "run refused in words"] += 1
            failed += bool(wrong)
            for text in wrong:
                print(f"seed {seed}, {kind}: {text}", flush=True)
    print(f"{count} damaged stores ({', '.join(f'{name} {number}' for name, number in kinds.items())})")
    print(f"{failed} with a traceback or other numbers; {dict(answers)}; the slowest took {slowest:.1f} s")
    return failed


if __name__ == "__main__":
    sys.exit(min(main(int(sys.argv[1])), 1))
