"""Wrong files get sentences that a person can act on, at the place of the mistake, and never a traceback.

The first line of every file in `wrong/` says what must be told: line:column, path, and a phrase of the message.
"""

from __future__ import annotations

import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest
from click.testing import CliRunner

from simdesk.cli.validate import validate
from simdesk.errors import ScenarioError
from simdesk.scenario.loading import load

FOLDER = Path(__file__).parent / "wrong"
FILES = sorted(FOLDER.glob("*.yaml"))
BY_THE_COMMAND = ("agents-negative", "extends-a-missing-file", "key-twice")


class Expected(NamedTuple):
    """What must be told about a file."""

    place: str
    path: str
    phrase: str


def expected(file: Path) -> Expected:
    first = file.read_text("utf-8").partition("\n")[0]
    return Expected(*(part.strip() for part in first.removeprefix("# ").split(" | ")))


@cache
def told(file: Path) -> tuple[int, str]:
    """Exit code and everything that `simdesk validate` prints."""
    result = CliRunner().invoke(validate, [str(file)])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.output


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_mistake_is_told_at_its_place(file: Path):
    """Line and column, the dotted path, a sentence, and the line itself with carets below."""
    wanted = expected(file)

    code, output = told(file)

    assert code == 2
    heads = [line for line in output.splitlines() if line.startswith(f"{file}:{wanted.place}: {wanted.path}")]
    assert any(wanted.phrase in line for line in heads), output
    assert "^" in output
    assert output.rstrip().endswith(f"in {file}")


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_no_sentence_speaks_of_the_machinery(file: Path):
    """A manager reads it: no pattern, no class, no word of pydantic or Python."""
    _, output = told(file)

    sentences = [line for line in output.splitlines() if line.startswith(str(file))]
    assert sentences
    foreign = ("pydantic", "Traceback", "regex", "NoneType", "dict", "Input should", "Value error", "pattern", "model")
    for sentence in sentences:
        assert not any(word in sentence.removeprefix(str(file)) for word in foreign), sentence


@pytest.mark.parametrize("name", BY_THE_COMMAND)
def test_the_command_exits_with_two(name: str):
    """As a shell sees it: exit code 2, the message on stderr, no traceback."""
    command = [sys.executable, "-m", "simdesk", "validate", str(FOLDER / f"{name}.yaml")]

    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)

    assert done.returncode == 2
    assert done.stdout == ""
    assert expected(FOLDER / f"{name}.yaml").phrase in done.stderr
    assert "Traceback" not in done.stderr


def test_all_mistakes_of_a_file_are_told_at_once():
    """Four mistakes in four places: four sentences, in the order of the file, and a count."""
    with pytest.raises(ScenarioError) as caught:
        load(FOLDER / "several-at-once.yaml")

    lines = [problem.line for problem in caught.value.problems]
    assert lines == sorted(lines)
    assert [problem.path for problem in caught.value.problems] == [
        "demand.types.fault.share",
        "demand.types.fault.work.exponential.mean",
        "teams.desk.agents",
        "teams.experts.tier",
    ]
    assert str(caught.value).endswith(f"4 problems in {FOLDER / 'several-at-once.yaml'}")


def test_the_sound_one_among_them_is_accepted():
    """A negative control: what the wrong files were made from is right."""
    code, output = told(FOLDER / "parents" / "sound.yaml")

    assert code == 0
    assert "Two tiers" in output
