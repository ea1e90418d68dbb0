"""What was simulated before: every finished replication, in one SQLite file, so that nothing is simulated twice.

A replication belongs to (scenario, seed, number, version of the rules). It counts as kept when its transaction is
committed, and not before; then neither Ctrl-C nor a killed process can lose it.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final, Self

from simdesk.errors import RunError
from simdesk.experiment.database import open_database
from simdesk.experiment.packing import pack, seal, unpack, unseal
from simdesk.experiment.sheet import Key, Sheet, only
from simdesk.scenario.loading import canonical
from simdesk.scenario.model import Scenario
from simdesk.zones import edition

_TOLD: Final = ("title", "story", "try", "targets", "observed")
"""Chapters that change neither what happens nor what is measured."""
_RULES: Final = (
    "calendars.py", "clock.py", "compiled.py", "desk.py", "distributions", "durations.py", "engine",
    "experiment/packing.py", "experiment/point.py", "experiment/prices.py", "experiment/sheet.py", "measures",
    "policies.py", "scenario/clocks.py", "scenario/demand.py", "scenario/flow.py", "scenario/model.py",
    "scenario/money.py", "scenario/people.py", "scenario/profiles.py", "scenario/quantities.py", "scenario/run.py",
    "scenario/service_levels.py", "shares.py", "states.py", "ticketlog.py", "workload", "zones.py",
)  # fmt: skip
"""Files and folders that decide what a replication says."""

_LIBRARIES: Final = ("numpy", "scipy", "holidays", "numba", "simpy")
"""Libraries that draw, measure, know holidays, compile one engine and drive the other."""
JUDGED_BY: Final = "judged by"
"""Beside the chapters of a kept desk: the mark of the clocks by which it was judged, if they are not its own."""

_SHEET: Final = "identity, seed, replication, version, digest, tickets, truncated, complete, packed"
"""Columns that make a sheet; `_sheet` reads them."""
_NAMED: Final = 5
"""Damaged replications that are named before the rest is counted."""


class NotKeptError(RunError):
    """Replications could not be written; what was kept before is safe, and the store can still be read."""


@dataclass(frozen=True, slots=True)
class Stored:
    """Replications of one desk with one seed, as `simdesk results` lists them.

    Attributes:
        place: desk, seed and version as they are in the file, of whatever type.
        number: of the row, by which a person names it.
        title: of the desk.
        scenario: as canonical data; empty if it is damaged.
        seed: of all chance.
        replications: how many are kept.
        version: of the rules that simulated them.
        latest: when the last one was kept, UTC.
        size: bytes.
    """

    place: tuple[Any, Any, Any]
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
    if scenario.changes_the_clocks:
        tree[JUDGED_BY] = scenario.clocks.written
    return tree


def _judged(scenario: Scenario) -> dict[str, Any]:
    """By which clocks an alternative is judged, if they are not its own."""
    return {JUDGED_BY: scenario.clocks.mark} if scenario.changes_the_clocks else {}


@cache
def rules_version() -> str:
    """Names the rules: the sources that decide what a replication says, and the libraries and the edition of the
    time-zone database whose numbers they use."""
    root = Path(__file__).parents[1]
    libraries = " ".join(f"{name} {version(name)}" for name in _LIBRARIES)
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

    Attributes:
        read_only: why nothing can be kept; empty if it can.

    Raises:
        RunError: the file cannot be opened, or was written by a later simdesk.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        database = open_database(path)
        self._db, self.read_only = database.connection, database.read_only

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._db.close()

    def known(
        self,
        scenario: Scenario,
        numbers: Collection[int],
        wanted: Collection[Key] | None,
        version: str,
        say: Callable[[str], None] | None = None,
    ) -> dict[int, Sheet]:
        """What is kept of some replications of a desk: sheets that hold everything wanted, and show nothing else.

        Args:
            scenario: the desk, with its seed.
            numbers: of the replications.
            wanted: measures that are needed; all of them if None.
            version: of the rules.
            say: told which of them are damaged, which are left out.
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
        sheets = self._sheets([row for row in rows if row[2] in numbers], say, "simulated again")
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
            NotKeptError: they could not be written, because the disk is full, say; what was kept before is safe.
            RunError: one of them is kept already with another ticket log.
        """
        now = datetime.now(UTC).isoformat(timespec="seconds")
        with self._transaction():
            for scenario, number, sheet in found:
                desk, seed = self._desk(scenario), scenario.run.seed
                whole = self._merged(desk, seed, number, version, sheet)
                facts = (
                    seed, number, version, whole.digest, whole.tickets, int(whole.truncated), int(whole.complete)
                )  # fmt: skip
                self._db.execute(
                    "INSERT OR REPLACE INTO sheets VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    (desk, *facts, now, seal(pack(whole), identity(scenario), *facts)),
                )

    def _desk(self, scenario: Scenario) -> int:
        who = identity(scenario)
        known = self._db.execute("SELECT id FROM desks WHERE identity = ?", (who,)).fetchone()
        if known is not None:
            return int(known[0])
        added = self._db.execute(
            "INSERT INTO desks (identity, title, scenario) VALUES (?, ?, ?)",
            (who, scenario.title, json.dumps(canonical(scenario) | _judged(scenario))),
        )
        return int(added.lastrowid or 0)

    def _merged(self, desk: int, seed: int, number: int, version: str, sheet: Sheet) -> Sheet:
        row = self._db.execute(
            f"SELECT {_SHEET} FROM sheets JOIN desks ON desk = id "
            "WHERE desk = ? AND seed = ? AND replication = ? AND version = ?",
            (desk, seed, number, version),
        ).fetchone()
        kept = self._sheets([] if row is None else [row]).get(number)
        if kept is None:  # or damaged, and then replaced
            return sheet
        if kept.digest != sheet.digest:
            raise RunError(
                f"replication {number} gave another ticket log than the one kept in {self.path}; please report this"
            )
        if sheet.complete:
            return sheet
        if kept.complete:
            return kept
        return Sheet(kept.readings | sheet.readings, {}, sheet.digest, sheet.tickets, sheet.truncated, False)

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        if self.read_only:
            raise NotKeptError(f"cannot write to {self.path}: {self.read_only}; what was kept before is safe")
        try:
            self._db.execute("BEGIN IMMEDIATE")
            yield
            self._db.execute("COMMIT")
        except sqlite3.Error as error:
            self._undo()
            raise NotKeptError(f"cannot write to {self.path}: {error}; what was kept before is safe") from None
        except BaseException:
            self._undo()
            raise

    def _undo(self) -> None:
        if self._db.in_transaction:
            with suppress(sqlite3.Error):  # of a damaged file; the reason is being told
                self._db.execute("ROLLBACK")

    def rows(self) -> list[Stored]:
        """Everything that is kept: a row for each desk, seed and version, the latest first."""
        rows = self._rows(
            "SELECT desk, title, scenario, seed, count(*), version, max(kept_at), sum(length(packed)) "
            "FROM sheets JOIN desks ON desk = id GROUP BY desk, seed, version ORDER BY max(kept_at) DESC, desk DESC"
        )
        return [_stored(*row) for row in rows]

    def sheets(self, kept: Stored, say: Callable[[str], None] | None = None) -> dict[int, Sheet]:
        """The replications of one row by number, in order; some numbers may be missing.

        Args:
            kept: the row.
            say: told which are damaged, which are left out.
        """
        rows = self._rows(
            f"SELECT {_SHEET} FROM sheets JOIN desks ON desk = id WHERE desk = ? AND seed IS ? AND version IS ? "
            "ORDER BY replication",
            kept.place,
        )
        return self._sheets(rows, say, "left out; to ask the same question again replaces what is damaged")

    def delete(self, rows: Sequence[Stored]) -> None:
        """Delete some rows for good, and give the room back when nobody uses the file any more."""
        with self._transaction():
            for kept in rows:
                self._db.execute("DELETE FROM sheets WHERE desk = ? AND seed IS ? AND version IS ?", kept.place)
            self._db.execute("DELETE FROM desks WHERE id NOT IN (SELECT desk FROM sheets)")
            self._db.execute("DELETE FROM sheets WHERE desk NOT IN (SELECT id FROM desks)")  # damaged, seen by nobody
        try:
            self._db.execute("VACUUM")
        except sqlite3.Error as error:
            raise RunError(f"deleted, but {self.path} stays as large as it was: {error}") from None

    def _rows(self, query: str, values: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
        try:
            return self._db.execute(query, values).fetchall()
        except sqlite3.Error as error:
            raise RunError(f"cannot read {self.path}: {error}; move the file away, or use --no-store") from None

    def _sheets(
        self, rows: list[tuple[Any, ...]], say: Callable[[str], None] | None = None, then: str = ""
    ) -> dict[int, Sheet]:
        """Rows as sheets; what is damaged is left out, and told in one line."""
        sheets, damaged = {}, []
        for row in rows:
            try:
                sheets[row[2]] = _sheet(*row)
            except RunError:
                damaged.append(str(row[2]))
        if say is not None and damaged:
            named = ", ".join(damaged[:_NAMED])
            more = f" and {len(damaged) - _NAMED} more" if len(damaged) > _NAMED else ""
            words = ("replication", "is") if len(damaged) == 1 else ("replications", "are")
            say(f"{words[0]} {named}{more} in {self.path} {words[1]} damaged and {then}")
        return sheets


def _sheet(identity: str, seed: int, number: int, version: str, *rest: Any) -> Sheet:
    digest, tickets, truncated, complete, sealed = rest
    packed = unseal(sealed, identity, seed, number, version, digest, tickets, truncated, complete)
    return unpack(packed, digest=digest, tickets=tickets, truncated=bool(truncated), complete=bool(complete))


def _stored(
    desk: int, title: Any, text: Any, seed: Any, replications: int, version: Any, latest: Any, size: Any
) -> Stored:
    """A row of the list; what is damaged in it may be of any type."""
    try:
        found = json.loads(text)
    except (TypeError, ValueError, RecursionError):
        found = None
    sound = isinstance(found, dict) and isinstance(found.get("run"), dict) and isinstance(seed, int)
    return Stored(
        (desk, seed, version), _number(desk, seed, version), str(title), found if sound else {}, seed, replications,
        str(version), str(latest), size if isinstance(size, int) else 0,
    )  # fmt: skip


def _number(desk: int, seed: int, version: str) -> str:
    return f"{desk}-{sha256(f'{seed} {version}'.encode()).hexdigest()[:4]}"
