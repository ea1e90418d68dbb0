"""The folder of an answer: nothing of anybody else's is replaced, and what is written is whole and of one question."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from simdesk.errors import RunError
from simdesk.report.folder import Folder

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
    folder(tmp_path / "out").write({"table.csv": text("1")}, {})
    other = folder(tmp_path / "out", "another")

    for act in (other.check, lambda: other.write({"table.csv": text("2")}, {})):
        with pytest.raises(RunError, match="it holds the answer to another question; choose another folder with --out"):
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
        with pytest.raises(RunError, match=f"it holds {name}, which simdesk did not write there for this question"):
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

    with pytest.raises(RunError, match=r"it holds provenance\.json, which simdesk did not write"):
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


def test_what_a_killed_process_left_is_cleared_away(tmp_path: Path):
    """Its staging folder bears its number; that of a process which still writes stays."""
    (tmp_path / ".simdesk-4194999-abc").mkdir()
    (tmp_path / f".simdesk-{os.getpid()}-def").mkdir()

    folder(tmp_path).write({"table.csv": text("1")}, {})

    assert names(tmp_path) == [f".simdesk-{os.getpid()}-def", "provenance.json", "table.csv"]


def test_a_folder_that_cannot_be_made_is_told_before_anything_is_simulated(tmp_path: Path):
    (tmp_path / "file").write_text("")

    with pytest.raises(RunError, match=r"cannot write to .*file/below: .*file is not a folder; choose another folder"):
        folder(tmp_path / "file" / "below").check()


@ROOT_ONLY
def test_another_user_who_prepares_the_folder_gets_nothing_of_ours_overwritten(tmp_path: Path):
    """Links in the places of our files, of half-written ones, and a folder in which more could be exchanged."""
    precious = tmp_path / "precious"
    precious.write_text("mine")
    trap = tmp_path / "trap"
    trap.mkdir()
    for name in ("table.csv", ".table.csv.part", ".simdesk-1-abc"):
        (trap / name).symlink_to(precious)
        os.lchown(trap / name, STRANGER, STRANGER)
    os.chown(trap, STRANGER, STRANGER)
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared").chmod(0o777)

    for path, why in ((trap, "belongs to another user"), (tmp_path / "shared", "can be changed by every user")):
        for act in (folder(path).check, lambda path=path: folder(path).write({"table.csv": text("2")}, {})):
            with pytest.raises(RunError, match=why):
                act()

    assert precious.read_text() == "mine"
    assert names(tmp_path / "shared") == []
