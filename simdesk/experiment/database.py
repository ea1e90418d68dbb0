"""Opens the SQLite file of a store: a new one, one of ours, one that can only be read; refuses what is not ours.

Knows the tables and what can be wrong with a file; knows nothing about what is in the rows.
"""

from __future__ import annotations

import os
import sqlite3
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from simdesk.errors import RunError

FILE: Final = Path("results") / "simdesk.sqlite"
"""Where the commands keep what they simulated, below the current folder."""
_SCHEMA: Final = 1
_PATIENCE: Final = 30.0
"""Seconds to wait for another process that is writing."""
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
class Database:
    """An open file.

    Attributes:
        connection: to it; transactions are the user's.
        read_only: why it cannot be written; empty if it can.
    """

    connection: sqlite3.Connection
    read_only: str


def open_database(path: Path) -> Database:
    """Open a store's file, or make it with its folder.

    Where it cannot be written, because of permissions or a full disk, it is opened for reading.

    Raises:
        RunError: the file cannot be opened, is not ours, or was written by a later simdesk; says what to do.
    """
    try:
        if not os.path.exists(path):
            path.parent.mkdir(parents=True, exist_ok=True)
        return Database(_prepared(path, str(path)), "" if usable(path) else "permission denied")
    except sqlite3.OperationalError as error:
        if _is_busy(error) or not _can_be_read_as_it_is(path):
            raise _refused(path, error) from None
        reason = str(error)
    except (sqlite3.Error, OSError, ValueError) as error:  # a name with a NUL is a ValueError
        raise _refused(path, error) from None
    try:
        return Database(_prepared(path, f"{path.absolute().as_uri()}?immutable=1"), reason)
    except sqlite3.Error as error:
        raise _refused(path, error) from None


def usable(path: Path) -> bool:
    """Whether a store can be made or written there."""
    folder = next(parent for parent in path.absolute().parents if os.path.exists(parent))  # also below a closed folder
    return os.access(folder, os.W_OK) and (not os.path.exists(path) or os.access(path, os.W_OK))


def _can_be_read_as_it_is(path: Path) -> bool:
    """Whether the file is complete without the one beside it in which SQLite keeps what was written last.

    SQLite makes that file and another even where one only reads, which fails in a folder that cannot be written and on
    a full disk.
    """
    beside = path.with_name(f"{path.name}-wal")
    return path.is_file() and path.stat().st_size > 0 and not (beside.exists() and beside.stat().st_size)


def _refused(path: Path, error: Exception) -> RunError:
    return RunError(f"cannot use {path}: {error}; move it away, or use --no-store")


def _prepared(path: Path, address: str) -> sqlite3.Connection:
    """A connection to a file that is ours; tables are made if it is new. A file that is ready is not written to."""
    connection = sqlite3.connect(address, timeout=_PATIENCE, isolation_level=None, uri=address != str(path))
    try:
        _make_ready(path, connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _make_ready(path: Path, db: sqlite3.Connection) -> None:
    db.text_factory = lambda text: text.decode("utf-8", "replace")  # a spoilt title must not hide the other rows
    db.execute("BEGIN")  # both at one instant, as another process may be making the tables
    found = db.execute("PRAGMA user_version").fetchone()[0]
    filled = db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    db.execute("COMMIT")
    if found > _SCHEMA:
        raise RunError(f"{path} was written by a later simdesk; update simdesk, or move the file away")
    if filled and found < _SCHEMA:
        raise RunError(f"{path} is a database of another program; choose another file")
    db.execute("PRAGMA synchronous=FULL")
    db.execute("PRAGMA foreign_keys=ON")
    db.execute("PRAGMA temp_store=MEMORY")  # to sort what is read needs no room on a disk
    if found < _SCHEMA:
        _patiently(db, "PRAGMA journal_mode=WAL")
        db.executescript(f"BEGIN IMMEDIATE; {_TABLES} PRAGMA user_version={_SCHEMA}; COMMIT;")


def _patiently(db: sqlite3.Connection, statement: str) -> None:
    """Execute what SQLite, against its own timeout, does not wait for while another process is at it."""
    until = time.monotonic() + _PATIENCE
    while True:
        try:
            db.execute(statement)
            return
        except sqlite3.OperationalError as error:
            if not _is_busy(error) or time.monotonic() > until:
                raise
            time.sleep(0.01)


def _is_busy(error: sqlite3.OperationalError) -> bool:
    """Whether another process is at the file; the lowest byte of an error code is its kind."""
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
    return code & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
