"""The store's file: two processes, a full disk, a folder that cannot be written, a file that is not ours or is spoilt.

Whatever happens, what was kept before is still there, and a sentence says what to do.
"""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from keeping import DESK, RULES, found, intact, keep, large
from simdesk.errors import RunError
from simdesk.experiment.lab import Lab
from simdesk.experiment.sheet import Key
from simdesk.experiment.store import Store, usable
from written import one_team


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "results" / "simdesk.sqlite"


def test_a_file_of_a_later_simdesk_is_refused_and_left_alone(path: Path):
    """It may hold what this one would spoil."""
    keep(path, 0)
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA user_version=2")
    before = path.read_bytes()

    with pytest.raises(RunError, match="was written by a later simdesk; update simdesk, or move the file away"):
        Store(path)

    assert path.read_bytes() == before


def test_the_database_of_another_program_is_refused_and_left_alone(tmp_path: Path):
    """A file that somebody named by mistake."""
    other = tmp_path / "bookmarks.sqlite"
    with sqlite3.connect(other) as db:
        db.execute("CREATE TABLE bookmarks (url TEXT)")
    before = other.read_bytes()

    with pytest.raises(RunError, match="is a database of another program"):
        Store(other)

    assert other.read_bytes() == before


@pytest.mark.parametrize("content", [b"title: not a database\n" * 9, b"SQLite format 3\x00" + b"\xff" * 4096])
def test_a_file_that_is_no_database_is_refused(tmp_path: Path, content: bytes):
    """With a way out."""
    file = tmp_path / "notes.txt"
    file.write_bytes(content)

    with pytest.raises(RunError, match=r"cannot keep results in .*; choose another file, or --no-store"):
        Store(file)

    assert file.read_bytes() == content


def test_a_folder_that_is_a_file_is_refused(tmp_path: Path):
    """Before anything is simulated."""
    (tmp_path / "results").write_text("a file")

    with pytest.raises(RunError, match="cannot keep results in "):
        Store(tmp_path / "results" / "simdesk.sqlite")


MANY = """
import sys
import time
from pathlib import Path

sys.path[:0] = sys.argv[3:]
from keeping import DESK, RULES, a_sheet
from simdesk.experiment.store import Store
from simdesk.measures.readings import Total

path, first = Path(sys.argv[1]), int(sys.argv[2])
print("ready", flush=True)
at = float(sys.stdin.readline())
for number in range(60):
    time.sleep(max(at + 0.03 * number - time.time(), 0))
    Store(path.with_name(f"{number}.sqlite")).__exit__()
with Store(path) as store:
    for number in range(first, first + 20):
        store.keep([(DESK, number, a_sheet(number, first_wait=Total(1.0)))], RULES)
        store.keep([(DESK, 99, a_sheet(99, complete=False, **{f"m{first}": Total(1.0)}))], RULES)
"""


def test_two_processes_keep_at_once(path: Path):
    """They open sixty new files in the same moments, which SQLite does not wait for by itself, and write to another by
    turns; nobody loses anything, not even what was merged into one replication."""
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", MANY, str(path), str(first), str(Path(__file__).parents[1])],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8",
        )
        for first in (0, 20, 40)
    ]  # fmt: skip
    for writer in writers:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"

    soon = time.time() + 0.2
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write(f"{soon}\n")
        writer.stdin.flush()

    assert [writer.communicate(timeout=60)[1] for writer in writers] == ["", "", ""]
    assert found(path) == [*range(60)]
    assert found(path, wanted=[Key("m0"), Key("m20"), Key("m40")]) == [99]
    assert intact(path)


def test_who_waits_too_long_for_another_is_told_so(path: Path, monkeypatch: pytest.MonkeyPatch):
    """A process that holds the file and does not let go: what was kept is safe."""
    keep(path, 0)
    connect = sqlite3.connect
    monkeypatch.setattr("sqlite3.connect", lambda file, **more: connect(file, **{**more, "timeout": 0.05}))
    holder = connect(path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")

    with pytest.raises(RunError, match="database is locked; what was kept before is safe"):
        keep(path, 1)

    assert found(path) == [0]  # who only reads need not wait
    holder.close()
    keep(path, 1)
    assert found(path) == [0, 1]


@pytest.fixture
def small_disk(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """A disk with room for so many pages of 4 KiB; the number can be changed."""
    connect, room = sqlite3.connect, [40]

    def limited(file: Path, **more: Any) -> sqlite3.Connection:
        db = connect(file, **more)
        db.execute(f"PRAGMA max_page_count={room[0]}")
        return db

    monkeypatch.setattr("sqlite3.connect", limited)
    return room


def test_a_full_disk_loses_nothing_that_was_kept(path: Path, small_disk: list[int]):
    """The sentence says so, and that the same command goes on; with more room it does."""
    kept: list[int] = []

    def keep_on(store: Store) -> None:
        for number in range(100):
            store.keep([(DESK, number, large(number))], RULES)
            kept.append(number)

    with Store(path) as store, pytest.raises(RunError) as error:
        keep_on(store)

    assert 0 < len(kept) < 100
    assert "is full; what was kept before is safe, and the same command goes on from there" in str(error.value)
    assert found(path) == kept
    assert intact(path)

    small_disk[0] = 4000
    with Store(path) as store:
        store.keep([(DESK, len(kept), large(len(kept)))], RULES)
    assert found(path) == [*kept, len(kept)]


def test_what_does_not_fit_is_kept_whole_or_not_at_all(path: Path, small_disk: list[int]):
    """A batch is one transaction; and the store is still good for a smaller one."""
    with Store(path) as store:
        store.keep([(DESK, 0, large(0))], RULES)
        with pytest.raises(RunError, match="what was kept before is safe"):
            store.keep([(DESK, number, large(number)) for number in range(1, 100)], RULES)
        store.keep([(DESK, 1, large(1))], RULES)

    assert found(path) == [0, 1]


def test_a_full_disk_in_the_middle_of_a_question_ends_it_with_the_same_sentence(path: Path, small_disk: list[int]):
    """And what the lab had kept is not simulated again when there is room."""
    small_disk[0] = 12
    desk = one_team({"run.length": "2 weeks", "run.replications": 40})
    with Store(path) as store, Lab(workers=1, store=store) as lab, pytest.raises(RunError, match="the same command"):
        [lab.many([desk], 1, first=first) for first in range(40)]  # a question that asks by and by

    small_disk[0] = 4000
    with Store(path) as store, Lab(workers=1, store=store) as lab:
        lab.many([desk], 40)

    assert 0 < lab.reused < 40


@pytest.fixture
def nobody() -> Iterator[tuple[Path, Callable[[], None]]]:
    """A folder, and how to become somebody who may not write to it, whoever runs the tests."""
    if not hasattr(os, "setresuid"):
        pytest.skip("who may write is another matter here")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        was_root = os.geteuid() == 0

        def leave() -> None:
            folder.chmod(0o555)
            if was_root:
                os.setresuid(65534, 65534, 0)

        yield folder, leave
        if was_root:
            os.setresuid(0, 0, 0)
        folder.chmod(0o755)


def test_a_folder_that_cannot_be_written_is_told_before(nobody: tuple[Path, Callable[[], None]]):
    """`usable` says so without a trace, and `Store` with a sentence; with or without a file in it."""
    folder, leave = nobody
    keep(folder / "there.sqlite", 0)
    assert usable(folder / "there.sqlite")
    assert usable(folder / "below" / "new.sqlite")

    leave()

    assert not usable(folder / "there.sqlite")
    assert not usable(folder / "below" / "new.sqlite")
    for name in ("there.sqlite", "new.sqlite", "below/new.sqlite"):
        with pytest.raises(RunError, match=r"cannot (keep results in|write to) "):
            keep(folder / name, 1)


def test_deleting_while_somebody_else_reads_is_no_accident(path: Path):
    """The rows are gone; if the room cannot be given back now, a sentence says so."""
    keep(path, *range(5))
    reader = sqlite3.connect(path, isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT * FROM sheets").fetchone()

    with Store(path) as store:
        store.delete(store.rows())
        rows = store.rows()

    reader.close()
    assert rows == []


def test_a_spoilt_file_is_told_in_words(path: Path):
    """Pages overwritten by something else: no question gets an exception that is not meant for people."""
    with Store(path) as store:
        store.keep([(DESK, number, large(number)) for number in range(20)], RULES)
    content = bytearray(path.read_bytes())
    content[8192:-8192] = b"\x5a" * (len(content) - 16384)
    path.write_bytes(content)

    with Store(path) as store:
        for ask in (lambda: store.known(DESK, range(20), None, RULES), store.rows):
            with pytest.raises(RunError, match=r"cannot (be )?read"):
                ask()


def test_a_replication_that_cannot_be_read_is_named(path: Path):
    """With what to do about it; the list can still be shown, and the row deleted."""
    keep(path, 0, 1)
    with sqlite3.connect(path) as db:
        db.execute("UPDATE sheets SET packed = x'00' WHERE replication = 1")

    with Store(path) as store:
        with pytest.raises(RunError, match=r"replication 1 in .*delete it with `simdesk results`"):
            store.known(DESK, range(2), None, RULES)
        store.delete(store.rows())

    assert found(path) == []
