"""Whatever the encoding, and whoever reads the output or does not: a command does its work and says how it ended."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from simdesk.cli.streams import spelled

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="pipes, descriptors and signals are those of Unix")

ROOT = Path(__file__).parents[2]
CHEAP = (
    (0, "--help"), (0, "run", "--help"), (0, "validate", "quickstart"), (2, "validate", "wrong.yaml"),
    (2, "validate", "nowhere\udcff.yaml"), (0, "measures"), (1, "results"), (2, "simulate"),
)  # fmt: skip
"""Commands that simulate nothing, with their exit codes."""
WRONG = "title: Schreibtisch – 机\nteams:\n  désk: {agents: -1}\n"
RUN = ("run", "quickstart", "--replications", "1", "--out", "out")
FULL = Path("/dev/full")


def command(*arguments: str, cwd: Path, **how: object) -> subprocess.CompletedProcess[bytes]:
    """Run a command; its output as bytes."""
    env = {name: value for name, value in os.environ.items() if name not in ("PYTHONIOENCODING", "COLUMNS")}
    env |= {"PYTHONPATH": str(ROOT)} | how.pop("env", {})
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | how
    call = [sys.executable, "-m", "simdesk", *arguments]
    return subprocess.run(call, cwd=cwd, env=env, timeout=300, check=False, **streams)


def closing(*numbers: int) -> dict[str, object]:
    """Start a command without some of its streams."""
    return {"preexec_fn": lambda: [os.close(number) for number in numbers]}


@pytest.fixture
def nobody() -> object:
    """A pipe whose reader has left."""
    reading, writing = os.pipe()
    os.close(reading)
    yield writing
    os.close(writing)


@pytest.mark.parametrize(
    "env",
    [
        *({"PYTHONIOENCODING": encoding} for encoding in ("ascii", "latin-1", "cp1252", "cp932", "utf-16-le")),
        {"PYTHONUTF8": "0", "LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "TERM": "dumb", "COLUMNS": "20"},
    ],
    ids=lambda env: env.get("PYTHONIOENCODING", "C"),
)
def test_every_encoding_holds_the_output(tmp_path: Path, env: dict[str, str]):
    """All that is written is of that encoding, and no command fails for a sign that it lacks."""
    (tmp_path / "wrong.yaml").write_text(WRONG, "utf-8")
    encoding = env.get("PYTHONIOENCODING", "ascii")

    for code, *arguments in CHEAP:
        done = command(*arguments, cwd=tmp_path, env=env)

        out, err = done.stdout.decode(encoding), done.stderr.decode(encoding)
        assert (done.returncode, "Traceback" in err) == (code, False), err
        assert bool(out) == (code == 0)


def test_a_run_in_ascii_on_a_narrow_dumb_terminal_says_what_it_says_elsewhere(tmp_path: Path):
    """Signs are spelled on the screen; the files are UTF-8 as ever."""
    done = command(*RUN, cwd=tmp_path, env={"PYTHONIOENCODING": "ascii", "COLUMNS": "20", "TERM": "dumb"})

    said = done.stdout.decode("ascii")
    assert done.returncode == 0, done.stderr
    assert "+/-" in said
    assert "Traceback" not in done.stderr.decode("ascii")
    assert not (tmp_path / "out" / "report.html").read_text("utf-8").isascii()


def test_no_sign_is_spelled_as_the_sign_of_the_undecided():
    """Met, missed and undecided stay three; letters keep their letter; what is no letter is no other sign."""
    verdicts = {spelled("✓"), spelled("✗"), "?"}

    assert len(verdicts) == 3
    assert [spelled(sign) for sign in "±×≥…—é╭│━┼█"] == ["+/-", "x", ">=", "...", "-", "e", "+", "|", "-", "+", "#"]
    assert [spelled(sign) for sign in ("机", "\udcff", "≢", "⑨")] == ["?"] * 4
    assert all(spelled(chr(code)).isascii() and spelled(chr(code)) for code in range(0x80, 0x3000))


@pytest.mark.parametrize(("code", "arguments"), [(0, ["schema"]), (2, ["schema", "--wrong"]), (2, ["validate", "no"])])
def test_a_reader_that_has_left_changes_nothing(tmp_path: Path, nobody: int, code: int, arguments: list[str]):
    """The command ends as it would have; nothing is said of it."""
    usual = command(*arguments, cwd=tmp_path)

    done = command(*arguments, cwd=tmp_path, stdout=nobody)

    assert (done.returncode, done.stderr) == (code, usual.stderr)


def test_a_run_whose_reader_has_left_still_judges_its_targets(tmp_path: Path, nobody: int):
    """With --check it exits with 3 or 4, as when somebody reads, and the files are there."""
    checked = (*RUN, "--check", "--set", "targets.easy={measure: first_wait, at_most: 1 s}")
    usual = command(*checked, cwd=tmp_path)

    done = command(*checked, cwd=tmp_path, stdout=nobody)

    assert usual.returncode in (3, 4), usual.stderr
    assert (done.returncode, done.stderr) == (usual.returncode, b"")
    assert (tmp_path / "out" / "report.html").exists()


@pytest.mark.skipif(not FULL.exists(), reason="needs a device that is always full")
def test_a_full_disk_below_the_output_is_told_at_the_end(tmp_path: Path):
    """The work is done and its files are written; 1 says that its words are lost. What was refused is still 2."""
    with FULL.open("wb") as full:
        done = command(*RUN, cwd=tmp_path, stdout=full)
        refused = command("validate", "nowhere", cwd=tmp_path, stdout=full)
        unheard = command("measures", cwd=tmp_path, stderr=full)

    assert done.stderr.decode().splitlines()[-1] == "simdesk: cannot write the output: No space left on device"
    assert [done.returncode, refused.returncode, unheard.returncode] == [1, 2, 0]
    assert (tmp_path / "out" / "report.html").exists()


@pytest.mark.parametrize(
    ("closed", "code"), [([0], 0), ([1], 1), ([2], 0), ([0, 1], 1), ([0, 1, 2], 1)], ids=lambda value: str(value)
)
def test_a_closed_stream_is_no_traceback(tmp_path: Path, closed: list[int], code: int):
    """Nobody misses the input or the words; output that could not be written is told, and is 1, as for other tools."""
    done = command("measures", cwd=tmp_path, **closing(*closed))

    told = b"simdesk: cannot write the output: it is closed\n"
    assert (done.returncode, done.stderr) == (code, told if 1 in closed and 2 not in closed else b"")
    assert bool(done.stdout) == (1 not in closed)


def test_nothing_is_printed_into_the_store(tmp_path: Path):
    """A file that is opened must not get the number of a closed stream, or it would receive what is printed there."""
    done = command(*RUN, cwd=tmp_path, **closing(0, 1, 2))

    with sqlite3.connect(tmp_path / "results" / "simdesk.sqlite") as store:
        sound = store.execute("PRAGMA integrity_check").fetchall()
    assert done.returncode == 1
    assert sound == [("ok",)]
    assert (tmp_path / "out" / "report.html").exists()


def test_a_pipe_that_does_not_wait_gets_everything(tmp_path: Path):
    """Some programs tell their pipes not to wait; more than fits into one is written as it is read."""
    usual = command("schema", cwd=tmp_path).stdout
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    received: list[bytes] = []

    def read_later() -> None:
        with os.fdopen(reading, "rb") as pipe:
            received.append(pipe.read())

    reader = threading.Timer(1.0, read_later)
    reader.start()
    done = command("schema", cwd=tmp_path, stdout=writing)
    os.close(writing)
    reader.join()

    assert (done.returncode, done.stderr) == (0, b"")
    assert received == [usual]
