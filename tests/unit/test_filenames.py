"""Names of files: what no file can have is refused with the remedy, in every command, before anything is simulated."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import rich_click as click
from click.testing import CliRunner

from simdesk.cli import cli
from simdesk.cli.paths import FilePath
from simdesk.cli.run import default_folder
from simdesk.filenames import fault_of, shortened
from written import one_team

TOO_LONG = "ü" * 128
WRONG = {
    "too long": (TOO_LONG, "has 256 bytes, and 255 is the most; choose a shorter one"),
    "too long further up": (f"{TOO_LONG}/below", "has 256 bytes, and 255 is the most; choose a shorter one"),
    "not UTF-8": (os.fsdecode(b"caf\xe9"), "is not UTF-8; rename it, or choose another"),
    "line break": ("two\nlines", "contains a line break or another control character; choose another"),
    "NUL": ("one\0two", "contains a line break or another control character; choose another"),
    "deep": ("deep/" * 900, "the whole path has "),
}


@pytest.mark.parametrize("name", ["ü" * 127 + "a", "a" * 255, "设备组.yaml", "with space.yaml", "../results", "/", "."])
def test_a_name_that_a_file_can_have_is_accepted(name: str):
    """As long as a file system takes it, of any alphabet."""
    assert fault_of(Path(name)) == ""


@pytest.mark.parametrize(("name", "words"), WRONG.values(), ids=WRONG)
def test_a_name_that_no_file_can_have_is_refused(name: str, words: str):
    """Why, and what to do; the sentence itself can be written in any file."""
    fault = fault_of(Path(name))

    assert words in fault
    assert fault.encode("utf-8").decode("utf-8") == fault
    assert "\n" not in fault
    assert len(fault) < 160


def test_names_of_files_beside_are_counted():
    """A database of 250 bytes leaves no room for the journal beside it."""
    assert fault_of(Path("a" * 247), spare=8) == ""
    assert "has 248 bytes, and 247 is the most" in fault_of(Path("a" * 248), spare=8)


@pytest.mark.parametrize(("room", "kept"), [(7, "Müller"), (6, "Mülle"), (2, "M"), (3, "Mü"), (0, "")])
def test_a_name_is_cut_between_two_characters(room: int, kept: str):
    """An ü has two bytes."""
    assert shortened("Müller", room) == kept


def test_the_default_folder_of_a_long_name_is_one_that_can_be_made(tmp_path: Path):
    """A scenario's name may use up all that a file system takes; the folder is named by it and a seal."""
    folder = default_folder(Path("ü" * 125 + ".yaml"), one_team())

    (tmp_path / folder).mkdir(parents=True)
    assert re.fullmatch(r"ü{123}-[0-9a-f]{8}", folder.name)


def _paths(command: click.Command, name: str) -> Iterator[tuple[str, click.Parameter]]:
    for parameter in command.params:
        if isinstance(parameter.type, click.Path):
            yield name, parameter
    for below, other in getattr(command, "commands", {}).items():
        yield from _paths(other, f"{name} {below}")


CONTEXT = click.Context(cli)
PATHS = [
    found
    for name in cli.list_commands(CONTEXT)
    if (command := cli.get_command(CONTEXT, name)) is not None
    for found in _paths(command, name)
]


def test_there_are_paths_to_look_at():
    """Or the next test would prove nothing."""
    assert len(PATHS) >= 20


@pytest.mark.parametrize(("where", "parameter"), PATHS, ids=lambda one: getattr(one, "name", one))
def test_every_path_of_every_command_is_looked_at(where: str, parameter: click.Parameter):
    """Whoever adds a command need not think of it."""
    assert isinstance(parameter.type, FilePath), where


@pytest.mark.parametrize(
    "command",
    [
        ["run", "quickstart", "--out", "NAME"],
        ["run", "NAME"],
        ["ask", "slack", "--out", "NAME"],
        ["ask", "NAME"],
        ["compare", "NAME", "--with", "teams.desk.agents=4"],
        ["demo", "--out", "NAME"],
        ["validate", "NAME"],
        ["schema", "--out", "NAME"],
        ["results", "--file", "NAME"],
        ["results", "export", "1-abcd", "NAME"],
    ],
    ids=" ".join,
)
@pytest.mark.parametrize("wrong", ["too long", "not UTF-8", "line break"])
def test_a_wrong_name_ends_a_command_before_it_begins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: list[str], wrong: str
):
    """As wrong usage, in words; nothing is written."""
    monkeypatch.chdir(tmp_path)
    name, words = WRONG[wrong]

    done = CliRunner().invoke(cli, [name if word == "NAME" else word for word in command])

    assert done.exit_code == 2
    assert words.rpartition("; ")[2] in " ".join(re.sub(r"[│╭╰─╮╯]", " ", done.output).split())
    assert list(tmp_path.iterdir()) == []


def test_a_schema_that_cannot_be_written_is_a_sentence(tmp_path: Path):
    """In a folder that is not there."""
    done = CliRunner().invoke(cli, ["schema", "--out", str(tmp_path / "nowhere" / "schema.json")])

    assert str(done.exception) == (
        f"cannot write {tmp_path}/nowhere/schema.json: No such file or directory; choose another file with --out"
    )
