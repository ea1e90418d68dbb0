"""What was simulated before: every finished replication, in one SQLite file, so that nothing is simulated twice.

A replication belongs to (scenario, seed, number, version of the rules). It counts as kept when its transaction is
committed, and not before; then neither Ctrl-C nor a killed process can lose it.
"""

from __future__ import annotations

import json
import os
import sqlite3
import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final, Self

from simdesk.errors import RunError
from simdesk.experiment.packing import pack, unpack
from simdesk.experiment.sheet import Key, Sheet, only
from simdesk.scenario.loading import canonical
from simdesk.scenario.model import Scenario
from simdesk.zones import edition

FILE: Final = Path("results") / "simdesk.sqlite"
"""Where the commands keep what they simulated, below the current folder."""

_SCHEMA: Final = 1
_PATIENCE: Final = 30.0
"""Seconds to wait for another process that is writing."""
_TOLD: Final = ("title", "story", "try", "targets", "observed")
"""Chapters that change neither what happens nor what is measured."""
_RULES: Final = (
    "calendars.py", "clock.py", "desk.py", "distributions", "durations.py", "engine", "experiment/packing.py",
    "experiment/point.py", "experiment/sheet.py", "measures", "policies.py", "scenario/demand.py", "scenario/flow.py",
    "scenario/model.py", "scenario/money.py", "scenario/people.py", "scenario/profiles.py", "scenario/quantities.py",
    "scenario/run.py", "scenario/service_levels.py", "shares.py", "states.py", "ticketlog.py", "workload", "zones.py",
)  # fmt: skip
"""Files and folders that decide what a replication says."""

_SHEET: Final = "replication, packed, digest, tickets, truncated, complete"
"""Columns that make a sheet."""
_TABLES: Final = """
CREATE TABLE IF NOT EXISTS desks (
    id INTEGER PRIMARY KEY AUTOINCREMENT, identity TEXT NOT NULL UNIQUE, title TEXT NOT NULL, scenario TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS sheets (
    desk INTEGER NOT NULL REFERENCES desks ON DELETE CASCADE, seed INTEGER NOT NULL, replication INTEGER NOT NULL,
    version TEXT NOT NULL, digest TEXT NOT NULL, tickets INTEGER NOT NULL, truncated INTEGER NOT NULL,
    complete INTEGER NOT NULL, kept_at TEXT NOT NULL, packed BLOB NOT NULL,
    PRIMARY KEY (desk, seed, replication, version)
);
"""


@dataclass(frozen=True, slots=True)
class Stored:
    """Replications of one desk with one seed, as `simdesk results` lists them.

    Attributes:
        number: of the row, by which a person names it.
        title: of the desk.
        scenario: as canonical data.
        seed: of all chance.
        replications: how many are kept.
        version: of the rules that simulated them.
        latest: when the last one was kept, UTC.
        size: bytes.
    """

    number: str
    title: str
    scenario: dict[str, Any]
    seed: int
    replications: int
    version: str
    latest: str
    size: int


def identity(scenario: Scenario) -> str:
    """SHA-256 of all that decides what a replication of a desk says, the seed apart."""
    text = json.dumps(_deciding(scenario))  # in the order in which it was written: the first rule that fits decides
    return sha256(text.encode()).hexdigest()


def _deciding(scenario: Scenario) -> dict[str, Any]:
    tree = {chapter: value for chapter, value in canonical(scenario).items() if chapter not in _TOLD}
    tree["run"] = {name: value for name, value in tree["run"].items() if name not in ("replications", "seed")}
    return tree


@cache
def rules_version() -> str:
    """Names the rules: the sources that decide what a replication says, and the libraries and the edition of the
    time-zone database whose numbers they use."""
    root = Path(__file__).parents[1]
    libraries = " ".join(f"{name} {version(name)}" for name in ("numpy", "scipy", "holidays"))
    seal = sha256(f"{libraries} {edition()}".encode())
    for name in _RULES:
        path = root / name
        for file in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
            seal.update(str(file.relative_to(root)).encode())
            seal.update(file.read_bytes())
    return seal.hexdigest()[:12]


class Store:
    """The file of finished replications. Use it in a `with` statement, from one thread.

    Args:
        path: the file; its folder is made.

    Raises:
        RunError: the file cannot be opened, or was written by a later simdesk.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(path, timeout=_PATIENCE, isolation_level=None)
        except (sqlite3.Error, OSError) as error:
            raise self._unusable(error) from None
        try:
            self._prepare()
        except sqlite3.Error as error:
            self._db.close()
            raise self._unusable(error) from None
        except RunError:
            self._db.close()
            raise

    def _unusable(self, error: Exception) -> RunError:
        return RunError(f"cannot keep results in {self.path}: {error}; choose another file, or --no-store")

    def _prepare(self) -> None:
        """See that the file is ours, and make the tables if it is new; a file that is ready is not written to."""
        self._db.execute("BEGIN")  # both at one instant, as another process may be making the tables
        found = self._db.execute("PRAGMA user_version").fetchone()[0]
        filled = self._db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        self._db.execute("COMMIT")
        if found > _SCHEMA:
            raise RunError(f"{self.path} was written by a later simdesk; update simdesk, or move the file away")
        if filled and not found:
            raise RunError(f"{self.path} is a database of another program; choose another file")
        self._db.execute("PRAGMA synchronous=FULL")
        self._db.execute("PRAGMA foreign_keys=ON")
        if found < _SCHEMA:
            self._patiently("PRAGMA journal_mode=WAL")
            self._db.executescript(f"BEGIN IMMEDIATE; {_TABLES} PRAGMA user_version={_SCHEMA}; COMMIT;")

    def _patiently(self, statement: str) -> None:
        """Execute what SQLite, against its own timeout, does not wait for while another process is at it."""
        until = time.monotonic() + _PATIENCE
        while True:
            try:
                self._db.execute(statement)
                return
            except sqlite3.OperationalError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.01)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._db.close()

    def known(
        self, scenario: Scenario, numbers: Collection[int], wanted: Collection[Key] | None, version: str
    ) -> dict[int, Sheet]:
        """What is kept of some replications of a desk: sheets that hold everything wanted, and show nothing else.

        Args:
            scenario: the desk, with its seed.
            numbers: of the replications.
            wanted: measures that are needed; all of them if None.
            version: of the rules.
        """
        rows = self._rows(
            f"SELECT {_SHEET} FROM sheets JOIN desks ON desk = id "
            "WHERE identity = ? AND seed = ? AND version = ? AND complete >= ? AND replication BETWEEN ? AND ?",
            (
                identity(scenario),
                scenario.run.seed,
                version,
                int(wanted is None),
                min(numbers, default=0),
                max(numbers, default=-1),
            ),
        )
        sheets = {row[0]: self._sheet(row) for row in rows if row[0] in numbers}
        if wanted is None:
            return sheets
        return {
            number: only(sheet, wanted)  # what else is kept must not show in the answer
            for number, sheet in sheets.items()
            if sheet.readings.keys() >= set(wanted)
        }

    def keep(self, found: Iterable[tuple[Scenario, int, Sheet]], version: str) -> None:
        """Keep some replications for good; when this returns, they are on the disk.

        Of a replication that is kept already, the measures of both are kept.

        Raises:
            RunError: they could not be written, because the disk is full, say; what was kept before is safe.
        """
        now = datetime.now(UTC).isoformat(timespec="seconds")
        with self._transaction():
            for scenario, number, sheet in found:
                desk = self._desk(scenario)
                whole = self._merged(desk, scenario.run.seed, number, version, sheet)
                self._db.execute(
                    "INSERT OR REPLACE INTO sheets VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    (
                        desk, scenario.run.seed, number, version, whole.digest, whole.tickets, whole.truncated,
                        whole.complete, now, pack(whole),
                    ),
                )  # fmt: skip

    def _desk(self, scenario: Scenario) -> int:
        who = identity(scenario)
        known = self._db.execute("SELECT id FROM desks WHERE identity = ?", (who,)).fetchone()
        if known is not None:
            return int(known[0])
        added = self._db.execute(
            "INSERT INTO desks (identity, title, scenario) VALUES (?, ?, ?)",
            (who, scenario.title, json.dumps(canonical(scenario))),
        )
        return int(added.lastrowid or 0)

    def _merged(self, desk: int, seed: int, number: int, version: str, sheet: Sheet) -> Sheet:
        row = self._db.execute(
            f"SELECT {_SHEET} FROM sheets WHERE desk = ? AND seed = ? AND replication = ? AND version = ?",
            (desk, seed, number, version),
        ).fetchone()
        if row is None:
            return sheet
        if row[2] != sheet.digest:
            raise RunError(
                f"replication {number} gave another ticket log than the one kept in {self.path}; please report this"
            )
        if sheet.complete:
            return sheet
        kept = self._sheet(row)
        if kept.complete:
            return kept
        return Sheet(kept.readings | sheet.readings, {}, sheet.digest, sheet.tickets, sheet.truncated, False)

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        try:
            self._db.execute("BEGIN IMMEDIATE")
            yield
            self._db.execute("COMMIT")
        except sqlite3.Error as error:
            self._undo()
            raise RunError(
                f"cannot write to {self.path}: {error}; what was kept before is safe, and the same command goes on "
                "from there"
            ) from None
        except BaseException:
            self._undo()
            raise

    def _undo(self) -> None:
        if self._db.in_transaction:
            self._db.execute("ROLLBACK")

    def rows(self) -> list[Stored]:
        """Everything that is kept: a row for each desk, seed and version, the latest first."""
        rows = self._rows(
            "SELECT desk, title, scenario, seed, count(*), version, max(kept_at), sum(length(packed)) "
            "FROM sheets JOIN desks ON desk = id GROUP BY desk, seed, version ORDER BY max(kept_at) DESC, desk DESC"
        )
        return [
            Stored(_number(desk, seed, version), title, json.loads(text), seed, count, version, latest, size)
            for desk, title, text, seed, count, version, latest, size in rows
        ]

    def sheets(self, kept: Stored) -> dict[int, Sheet]:
        """The replications of one row by number, in order; some numbers may be missing."""
        desk = int(kept.number.partition("-")[0])
        rows = self._rows(
            f"SELECT {_SHEET} FROM sheets WHERE desk = ? AND seed = ? AND version = ? ORDER BY replication",
            (desk, kept.seed, kept.version),
        )
        return {row[0]: self._sheet(row) for row in rows}

    def delete(self, rows: Sequence[Stored]) -> None:
        """Delete some rows for good, and give the room back when nobody uses the file any more."""
        with self._transaction():
            for kept in rows:
                desk = int(kept.number.partition("-")[0])
                self._db.execute(
                    "DELETE FROM sheets WHERE desk = ? AND seed = ? AND version = ?", (desk, kept.seed, kept.version)
                )
            self._db.execute("DELETE FROM desks WHERE id NOT IN (SELECT desk FROM sheets)")
        try:
            self._db.execute("VACUUM")
        except sqlite3.Error as error:
            raise RunError(f"deleted, but {self.path} stays as large as it was: {error}") from None

    def _rows(self, query: str, values: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
        try:
            return self._db.execute(query, values).fetchall()
        except sqlite3.Error as error:
            raise RunError(f"cannot read {self.path}: {error}; move the file away, or use --no-store") from None

    def _sheet(self, row: tuple[Any, ...]) -> Sheet:
        number, packed, digest, tickets, truncated, complete = row
        try:
            return unpack(packed, digest=digest, tickets=tickets, truncated=bool(truncated), complete=bool(complete))
        except RunError as error:
            raise RunError(f"replication {number} in {self.path}: {error}") from None


def _number(desk: int, seed: int, version: str) -> str:
    return f"{desk}-{sha256(f'{seed} {version}'.encode()).hexdigest()[:4]}"


def usable(path: Path) -> bool:
    """Whether a store can be made or written there."""
    folder = next(parent for parent in path.absolute().parents if parent.exists())
    return os.access(folder, os.W_OK) and (not path.exists() or os.access(path, os.W_OK))
