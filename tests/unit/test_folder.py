"""The folder of an answer: nothing of anybody else's is replaced, and what is written is whole and of one question."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from simdesk.errors import RunError
from simdesk.files import Staging
from simdesk.report.folder import Folder
from simdesk.signals import STOPS

NAMES = ("page.html", "table.csv", "planned.yaml")
ROOT_ONLY = pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can make files of another user"
)
STRANGER = 65_534


def folder(path: Path, question: str = "one") -> Folder:
    """A folder for the answer to a question."""
    return Folder(path, question, NAMES)


def text(words: str) -> Callable[[Path], object]:
    """Writes some words."""
    return lambda path: path.write_text(words, encoding="utf-8")


def names(path: Path) -> list[str]:
    """All that is in a folder, what is hidden too."""
    return sorted(found.name for found in path.iterdir())


def test_an_answer_is_replaced_by_a_later_one_to_the_same_question(tmp_path: Path):
    """Without leftovers: a plan that is no longer found does not stay."""
    place = folder(tmp_path / "new" / "out")
    place.write({"table.csv": text("1"), "planned.yaml": text("plan")}, {"seed": 3})
    place.add({"page.html": text("page")})

    place.check()
    paths = place.write({"table.csv": text("2")}, {"seed": 3})

    assert names(place.path) == ["provenance.json", "table.csv"]
    assert [path.name for path in paths] == ["table.csv", "provenance.json"]
    assert (place.path / "table.csv").read_text() == "2"
    assert json.loads((place.path / "provenance.json").read_text())["seed"] == 3


def test_the_answer_to_another_question_is_not_replaced(tmp_path: Path):
    folder(tmp_path / "out").write({"table.csv": text("1")}, {"title": "A desk", "replications": 2})
    other = folder(tmp_path / "out", "another")
    refused = (
        "it holds the results of 'A desk' with 2 replications, and this is another question; delete it, or choose "
        "another folder with --out"
    )

    for act in (other.check, lambda: other.write({"table.csv": text("2")}, {})):
        with pytest.raises(RunError, match=refused):
            act()

    assert (tmp_path / "out" / "table.csv").read_text() == "1"


FOREIGN: dict[str, Callable[[Path], object]] = {
    "a file of the user's": text("mine"),
    "a link to it": lambda path: path.symlink_to(path.parent / "elsewhere"),
    "a link that leads nowhere": lambda path: path.symlink_to(path.parent / "nothing"),
    "a folder": lambda path: path.mkdir(),
    "another name for a file": lambda path: path.hardlink_to(path.parent / "elsewhere"),
}


@pytest.mark.parametrize("name", [*NAMES, "provenance.json"])
@pytest.mark.parametrize("kind", FOREIGN)
def test_what_simdesk_did_not_write_stays(tmp_path: Path, name: str, kind: str):
    """Refused before anything is simulated, and again when it is written."""
    (tmp_path / "elsewhere").write_text("precious")
    FOREIGN[kind](tmp_path / name)
    before = names(tmp_path)
    place = folder(tmp_path)

    for act in (place.check, lambda: place.write({"table.csv": text("2")}, {})):
        with pytest.raises(RunError, match=f"it holds (a )?{name}(, and no|.* that simdesk did not write)"):
            act()

    assert names(tmp_path) == before
    assert (tmp_path / "elsewhere").read_text() == "precious"


@pytest.mark.parametrize("kind", FOREIGN)
def test_what_was_changed_since_it_was_written_stays(tmp_path: Path, kind: str):
    """An edited file, or something else that took its place."""
    (tmp_path / "elsewhere").write_text("precious")
    place = folder(tmp_path)
    place.write({"table.csv": text("1")}, {})
    (tmp_path / "table.csv").unlink()
    FOREIGN[kind](tmp_path / "table.csv")

    with pytest.raises(RunError, match=r"table\.csv in it was not written by simdesk, or was changed since"):
        place.write({"table.csv": text("2")}, {})

    assert (tmp_path / "elsewhere").read_text() == "precious"


def test_what_bears_no_name_of_ours_stays_and_disturbs_nobody(tmp_path: Path):
    """Notes that a user keeps beside an answer."""
    place = folder(tmp_path)
    (tmp_path / "notes.txt").write_text("mine")

    place.write({"table.csv": text("1")}, {})
    place.write({"table.csv": text("2")}, {})

    assert names(tmp_path) == ["notes.txt", "provenance.json", "table.csv"]
    assert (tmp_path / "notes.txt").read_text() == "mine"


FORGED = {
    "not JSON": "{",
    "not a mapping": "[]",
    "deeply nested": "[" * 100_000,
    "no list of files": '{"answers": "one"}',
    "files that are no seals": '{"answers": "one", "files": {"table.csv": 1}}',
    "numbers without end": '{"answers": "one", "files": {"table.csv": ' + "9" * 5000 + "}}",
    "of another program": '{"name": "provenance"}',
}


@pytest.mark.parametrize("kind", FORGED)
def test_a_provenance_that_is_not_ours_proves_nothing(tmp_path: Path, kind: str):
    (tmp_path / "provenance.json").write_text(FORGED[kind])
    (tmp_path / "table.csv").write_text("mine")

    with pytest.raises(RunError, match=r"it holds a provenance\.json that simdesk did not write, or that is damaged"):
        folder(tmp_path).check()


def test_names_that_lead_out_of_the_folder_are_not_followed(tmp_path: Path):
    """A provenance that lists files elsewhere neither deletes nor replaces them."""
    (tmp_path / "precious").write_text("mine")
    out = tmp_path / "out"
    out.mkdir()
    forged = {"answers": "one", "files": {"../precious": "0" * 64}}
    (out / "provenance.json").write_text(json.dumps(forged))

    folder(out).write({"table.csv": text("1")}, {})
    folder(out).add({"page.html": text("page")})

    assert (tmp_path / "precious").read_text() == "mine"
    assert names(out) == ["page.html", "provenance.json", "table.csv"]


@pytest.mark.parametrize("error", [ValueError("a figure"), KeyboardInterrupt(), OSError(28, "No space left on device")])
def test_a_failure_leaves_what_was_there(tmp_path: Path, error: BaseException):
    """The earlier answer whole, nothing half-written; and no empty folder where none was."""
    place = folder(tmp_path / "out")
    place.write({"table.csv": text("1")}, {})

    def fail(path: Path) -> None:
        path.write_text("half")
        raise error

    for other in (place, folder(tmp_path / "never" / "made")):
        with pytest.raises((type(error), RunError)):
            other.write({"table.csv": text("2"), "planned.yaml": fail}, {})

    assert names(tmp_path / "out") == ["provenance.json", "table.csv"]
    assert (tmp_path / "out" / "table.csv").read_text() == "1"
    assert names(tmp_path) == ["out"]


def test_a_page_that_cannot_be_drawn_costs_no_number(tmp_path: Path):
    """The numbers stay, the page of an earlier answer goes, and a sentence says what happened."""
    place = folder(tmp_path)
    place.write({"table.csv": text("1")}, {})
    place.add({"page.html": text("old")})

    def fail(path: Path) -> None:
        path.write_text("half")
        raise ZeroDivisionError("a domain of nothing")

    numbers = place.write({"table.csv": text("2")}, {})
    written = place.with_page("page.html", fail, numbers)

    assert names(tmp_path) == ["provenance.json", "table.csv"]
    assert [path.name for path in written.paths] == ["table.csv", "provenance.json"]
    assert written.failures == (
        "page.html could not be drawn (ZeroDivisionError: a domain of nothing); the other files are complete. "
        "Please report this.",
    )


LEAVES_SOMETHING = """
import os, signal, sys
from pathlib import Path
from simdesk.report.folder import Folder

def stop(path):
    path.write_text("half")
    print("writing", flush=True)
    signal.pause()

Folder(Path(sys.argv[1]), "one", ["table.csv"]).write({"table.csv": stop}, {})
"""


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="what a killed process left is found by its lock")
def test_what_a_killed_process_left_is_cleared_away(tmp_path: Path):
    """By the next one that writes there; not while the process is alive, and nothing that only bears such a name."""
    (tmp_path / ".simdesk-2024-notes").mkdir()
    (tmp_path / ".simdesk-\u00b2-x").mkdir()
    words = [sys.executable, "-c", LEAVES_SOMETHING, str(tmp_path)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, encoding="utf-8") as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "writing\n"
        folder(tmp_path).write({"table.csv": text("1")}, {})
        while_alive = names(tmp_path)
        writer.kill()

    folder(tmp_path).write({"table.csv": text("2")}, {})

    kept = [".simdesk-2024-notes", ".simdesk-\u00b2-x", "provenance.json", "table.csv"]
    assert len(while_alive) == len(kept) + 1
    assert names(tmp_path) == sorted(kept)


class Killed(BaseException):
    """The process ends here."""


def killed_after(steps: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the process end when it has changed so many files of the folder."""
    left = iter(range(steps))
    for act in ("put", "remove"):
        right = getattr(Staging, act)

        def wrong(self: Staging, name: str, right: Callable[[Staging, str], None] = right) -> None:
            if next(left, None) is None:
                raise Killed
            right(self, name)

        monkeypatch.setattr(Staging, act, wrong)


@pytest.mark.parametrize("steps", range(6))
@pytest.mark.parametrize("later", ["1", "2"])
def test_a_sudden_end_between_two_files_locks_nobody_out(
    tmp_path: Path, steps: int, later: str, monkeypatch: pytest.MonkeyPatch
):
    """Whatever was exchanged by then, the same question can be answered again, and nothing old stays."""
    place = folder(tmp_path)
    place.write({"table.csv": text("1"), "planned.yaml": text("plan")}, {})
    place.add({"page.html": text("page")})
    with monkeypatch.context() as patched:
        killed_after(steps, patched)
        with suppress(Killed):
            place.write({"table.csv": text(later)}, {})

    place.check()
    place.write({"table.csv": text("3")}, {})
    place.add({"page.html": text("new page")})

    assert names(tmp_path) == ["page.html", "provenance.json", "table.csv"]
    assert (tmp_path / "table.csv").read_text() == "3"
    assert "replaces" not in json.loads((tmp_path / "provenance.json").read_text())


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="signals are those of Unix")
@pytest.mark.parametrize("name", STOPS)
def test_files_are_exchanged_together_whatever_is_asked_meanwhile(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
):
    """A signal between two files is answered after the last one, also where another thread could be hit by it."""
    heard: list[list[str]] = []
    number = getattr(signal, name)
    before = signal.signal(number, lambda number, frame: heard.append(names(tmp_path)))
    idle = threading.Event()
    thread = threading.Thread(target=idle.wait)
    thread.start()
    right = Staging.put

    def put(self: Staging, file: str) -> None:
        os.kill(os.getpid(), number)
        right(self, file)

    monkeypatch.setattr(Staging, "put", put)
    try:
        folder(tmp_path).write({"table.csv": text("1"), "planned.yaml": text("plan")}, {})
    finally:
        idle.set()
        thread.join()
        signal.signal(number, before)

    assert heard
    assert all({"planned.yaml", "provenance.json", "table.csv"} <= set(seen) for seen in heard)


def test_a_folder_that_cannot_be_made_is_told_before_anything_is_simulated(tmp_path: Path):
    (tmp_path / "file").write_text("")

    with pytest.raises(RunError, match=r"cannot write to .*file/below: .*file is not a folder; choose another folder"):
        folder(tmp_path / "file" / "below").check()


def test_a_file_that_may_not_be_read_is_refused_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    folder(tmp_path).write({"table.csv": text("1")}, {})

    def closed(path: Path) -> str:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr("simdesk.report.folder.seal_of", closed)

    with pytest.raises(RunError, match="Permission denied; choose another folder with --out"):
        folder(tmp_path).check()


@ROOT_ONLY
def test_another_user_who_prepares_the_folder_gets_nothing_of_ours_overwritten(tmp_path: Path):
    """Links in the places of our files."""
    precious = tmp_path / "precious"
    precious.write_text("mine")
    trap = tmp_path / "trap"
    trap.mkdir()
    (trap / "table.csv").symlink_to(precious)
    os.lchown(trap / "table.csv", STRANGER, STRANGER)
    os.chown(trap, STRANGER, STRANGER)

    for act in (folder(trap).check, lambda: folder(trap).write({"table.csv": text("2")}, {})):
        with pytest.raises(RunError, match=r"it holds table\.csv, and no provenance\.json says that simdesk wrote it"):
            act()

    assert precious.read_text() == "mine"


def exchange_the_folder(out: Path, victim: Path) -> None:
    """What whoever can write into the folder above can do while we write."""
    out.rename(out.with_name("away"))
    out.mkdir()
    for staged in out.with_name("away").glob(".simdesk-*"):
        (out / staged.name).symlink_to(victim)


def exchange_the_staging(out: Path, victim: Path) -> None:
    """What whoever can write into the folder itself can do while we write."""
    for staged in out.glob(".simdesk-*"):
        staged.rename(out / "gone")
        staged.symlink_to(victim)


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="elsewhere open folders cannot be written into by name")
@pytest.mark.parametrize("attack", [exchange_the_folder, exchange_the_staging])
def test_what_another_user_exchanges_while_we_write_leads_nowhere(tmp_path: Path, attack: Callable[[Path, Path], None]):
    """Neither is a file of ours written through the link, nor moved away from behind it."""
    victim = tmp_path / "victim"
    victim.mkdir()
    (victim / "table.csv").write_text("precious")
    out = tmp_path / "out"

    def attacked(path: Path) -> None:
        attack(out, victim)
        path.write_text("ours")

    with suppress(RunError):  # to be told that somebody interferes is as good as to succeed
        folder(out).write({"table.csv": attacked}, {})

    assert names(victim) == ["table.csv"]
    assert (victim / "table.csv").read_text() == "precious"
