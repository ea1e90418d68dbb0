"""The store's file: two processes, a full disk, a folder that cannot be written, a file that is not ours or is spoilt.

Whatever happens, what was kept before is still there, and a sentence says what to do.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from keeping import DESK, RULES, found, intact, keep, large
from simdesk.errors import RunError
from simdesk.experiment.database import usable
from simdesk.experiment.lab import Lab
from simdesk.experiment.point import Point
from simdesk.experiment.sheet import Key
from simdesk.experiment.store import Store
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

    with pytest.raises(RunError, match=r"cannot use .*: file is not a database; move it away, or use --no-store"):
        Store(file)

    assert file.read_bytes() == content


def test_a_folder_that_is_a_file_is_refused(tmp_path: Path):
    """Before anything is simulated."""
    (tmp_path / "results").write_text("a file")

    with pytest.raises(RunError, match=r"cannot use .*; move it away, or use --no-store"):
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
    """The sentence says so; with more room one goes on."""
    kept: list[int] = []

    def keep_on(store: Store) -> None:
        for number in range(100):
            store.keep([(DESK, number, large(number))], RULES)
            kept.append(number)

    with Store(path) as store, pytest.raises(RunError) as error:
        keep_on(store)

    assert 0 < len(kept) < 100
    assert str(error.value).endswith("is full; what was kept before is safe")
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


def test_a_full_disk_in_the_middle_of_a_question_does_not_cost_the_answer(path: Path, small_disk: list[int]):
    """It is said once; what was kept until then is not simulated again when there is room."""
    small_disk[0] = 12
    desk = one_team({"run.length": "2 weeks", "run.replications": 40})
    said: list[str] = []
    with Store(path) as store, Lab(workers=1, store=store, say=said.append) as lab:
        answers = [lab.many([desk], 1, first=first)[0] for first in range(40)]  # a question that asks by and by
    (told,) = [text for text in said if "disk" in text]

    small_disk[0] = 4000
    with Store(path) as store, Lab(workers=1, store=store) as lab:
        whole = lab.many([desk], 40)[0]

    assert told == (
        f"cannot write to {path}: database or disk is full; what was kept before is safe; the answer comes all the "
        "same, but runs that are finished from here on are not kept"
    )
    assert 0 < lab.reused < 40
    assert [answer.sheets[0].digest for answer in answers] == [sheet.digest for sheet in whole.sheets]


def test_ctrl_c_is_ctrl_c_on_a_full_disk_too(path: Path, small_disk: list[int], monkeypatch: pytest.MonkeyPatch):
    """What cannot be kept any more does not hide why the run ended."""
    small_disk[0] = 8
    monkeypatch.setattr("simdesk.experiment.lab._BETWEEN_COMMITS", 1e9)
    simulate = Point.sheet

    def interrupted(point: Point, replication: int, *more: object) -> object:
        if replication == 30:
            raise KeyboardInterrupt
        return simulate(point, replication, *more)

    monkeypatch.setattr(Point, "sheet", interrupted)
    with Store(path) as store, Lab(workers=1, store=store) as lab, pytest.raises(KeyboardInterrupt):
        lab.many([one_team({"run.length": "2 weeks"})], 40)


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
    """`usable` says so without a trace, and `Store` with a sentence; what is there can be read all the same."""
    folder, leave = nobody
    keep(folder / "there.sqlite", 0)
    assert usable(folder / "there.sqlite")
    assert usable(folder / "below" / "new.sqlite")

    leave()

    assert not usable(folder / "there.sqlite")
    assert not usable(folder / "below" / "new.sqlite")
    for name in ("there.sqlite", "new.sqlite", "below/new.sqlite"):
        with pytest.raises(RunError, match=r"cannot (use|write to) "):
            keep(folder / name, 1)
    assert found(folder / "there.sqlite") == [0]


def test_a_store_that_can_only_be_read_answers(nobody: tuple[Path, Callable[[], None]]):
    """It is said once that nothing more is kept; what is not in it is simulated."""
    folder, leave = nobody
    path = folder / "simdesk.sqlite"
    desk = one_team({"run.length": "1 week"})
    with Store(path) as store, Lab(workers=1, store=store) as lab:
        before = lab.many([desk], 2)[0]
    said: list[str] = []

    leave()
    with Store(path) as store, Lab(workers=1, store=store, say=said.append) as lab:
        runs = lab.many([desk], 3)[0]

    assert lab.reused == 2
    assert [sheet.digest for sheet in runs.sheets[:2]] == [sheet.digest for sheet in before.sheets]
    assert len(said) == 1
    assert said[0].startswith(f"{path} cannot be written (")
    assert said[0].endswith("), so finished runs are not kept")


KEEP_AND_DIE = """
import os, sys
from pathlib import Path

sys.path[:0] = sys.argv[2:]
from keeping import DESK, RULES, a_sheet
from simdesk.experiment.store import Store
from simdesk.measures.readings import Total

store = Store(Path(sys.argv[1]))
store.keep([(DESK, 5, a_sheet(5, first_wait=Total(1.0)))], RULES)
os._exit(1)
"""


def left_behind(path: Path) -> None:
    """A store whose process was killed: what it wrote last is in a file beside it."""
    command = [sys.executable, "-c", KEEP_AND_DIE, str(path), str(Path(__file__).parents[1])]
    assert subprocess.run(command, check=False).returncode == 1
    assert path.with_name(f"{path.name}-wal").stat().st_size > 0


def test_what_a_killed_process_left_is_read_where_nobody_may_write(nobody: tuple[Path, Callable[[], None]]):
    """What it wrote last counts; where it cannot be read, that is said, and nothing older is taken for it."""
    folder, leave = nobody
    for name in ("whole.sqlite", "copied.sqlite"):
        left_behind(folder / name)
    (folder / "copied.sqlite-shm").unlink()
    for file in folder.iterdir():
        file.chmod(0o644)

    leave()

    assert found(folder / "whole.sqlite") == [5]
    with pytest.raises(RunError, match=r"cannot use .*; move it away, or use --no-store"):
        found(folder / "copied.sqlite")


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of half a megabyte, where the system lets one be made."""
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", str(folder)]
    if shutil.which("mount") is None or subprocess.run(command, check=False, capture_output=True).returncode:
        pytest.skip("no file system can be mounted here")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.mark.parametrize("killed", [False, True])
def test_what_is_kept_can_be_read_on_a_disk_without_any_room(tiny_disk: Path, killed: bool):
    """Whether the last process closed the store or was killed; and what cannot be kept is said in words."""
    path = tiny_disk / "simdesk.sqlite"
    if killed:
        left_behind(path)
    else:
        keep(path, 5)
    with (tiny_disk / "all the rest").open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(512))

    assert found(path) == [5]
    with Store(path) as store:
        assert [row.replications for row in store.rows()] == [1]
        with pytest.raises(RunError, match=r"cannot write to .*; what was kept before is safe"):
            store.keep([(DESK, number, large(number)) for number in range(40)], RULES)
    assert found(path) == [5]


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
