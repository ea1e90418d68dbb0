"""Ctrl-C and its like, at instants that are chosen; tests/hard/interruptions.py chooses them at random."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals are those of Unix")

ROOT = Path(__file__).parents[2]
STOP_AT_IMPORT = """
import os, signal, sys

class Stopping:
    def find_spec(self, name, path=None, target=None):
        if name == {module!r}:
            os.kill(os.getpid(), signal.{stop})

sys.meta_path.insert(0, Stopping())
"""
"""Stops the process at the instant at which a module is about to be imported."""
INSTEAD_OF_LOADING = """
import os, signal, sys
import simdesk.scenario.loading

def load(*arguments, **named):
    {body}

simdesk.scenario.loading.load = load
"""
"""Does something else in the middle of a command."""
MAIN = """
import runpy
runpy.run_module("simdesk", run_name="__main__", alter_sys=True)
"""


def as_usual() -> None:
    """A job in the background ignores Ctrl-C, and one under nohup the end of its terminal; this one shall not."""
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


def driven(before: str, *arguments: str, **env: str) -> tuple[int, str, str]:
    """Run a command after some lines of Python; its exit code and what it says."""
    done = subprocess.run(
        [sys.executable, "-c", before + MAIN, *arguments], capture_output=True, text=True, timeout=120, check=False,
        env=os.environ | {"PYTHONPATH": str(ROOT)} | env,
        preexec_fn=as_usual,
    )  # fmt: skip
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize("stop", ["SIGINT", "SIGTERM", "SIGHUP"])
@pytest.mark.parametrize("module", ["simdesk.cli.streams", "rich_click", "simdesk.cli.validate", "pydantic", "yaml"])
def test_a_stop_while_importing_ends_in_words(module: str, stop: str):
    """From the first line of ours on, whatever is being imported."""
    code, out, err = driven(STOP_AT_IMPORT.format(module=module, stop=stop), "validate", "quickstart")

    words = {"SIGINT": "interrupted", "SIGTERM": "terminated", "SIGHUP": "the terminal was closed"}[stop]
    assert (code, out) == (128 + getattr(signal, stop), "")
    assert err.strip().startswith(f"simdesk: {words}")
    assert len(err.strip().splitlines()) == 1


def test_a_stop_that_python_swallows_is_heard_all_the_same():
    """In a destructor an exception is only printed; the command would go on as if nobody had asked."""
    body = """
    class Dying:
        def __del__(self):
            os.kill(os.getpid(), signal.SIGINT)
            for _ in range(1000): pass
    Dying()
    import time
    time.sleep(60)
"""

    code, out, err = driven(INSTEAD_OF_LOADING.format(body=body), "validate", "quickstart")

    assert (code, out) == (130, "")
    assert err.strip().startswith("simdesk: interrupted")
    assert "Exception ignored" not in err


def test_a_stop_during_the_last_cleaning_up_changes_nothing():
    """All is done and written by then; Python could only print a traceback."""
    late = "import atexit, os, signal\natexit.register(lambda: os.kill(os.getpid(), signal.SIGINT))\n"

    code, out, err = driven(late, "validate", "quickstart")

    assert (code, err) == (0, "")
    assert out.startswith("✓")


def test_a_stop_that_is_to_be_ignored_is_ignored():
    """As after `nohup`, or in the background of a script."""
    ignored = "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\n"

    code, out, err = driven(ignored + STOP_AT_IMPORT.format(module="pydantic", stop="SIGINT"), "validate", "quickstart")

    assert (code, err) == (0, "")
    assert out.startswith("✓")


def test_a_passing_folder_goes_with_a_command_that_is_stopped(tmp_path: Path):
    """It was made because the user's own cache cannot be used; nothing of it stays with the temporary files."""
    body = """
    from simdesk.compiled import cache_folder
    assert cache_folder().is_relative_to(os.environ["TMPDIR"])
    os.kill(os.getpid(), signal.SIGINT)
"""

    code, _, err = driven(
        INSTEAD_OF_LOADING.format(body=body), "validate", "quickstart",
        SIMDESK_CACHE_DIR="/dev/null", TMPDIR=str(tmp_path),
    )  # fmt: skip

    assert code == 130, err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "body", ["raise MemoryError", "import numpy; numpy.ones(2**50)", "raise OSError(12, 'Cannot allocate memory')"]
)
def test_too_little_memory_is_a_sentence_with_a_remedy(body: str):
    """Whoever notices it first."""
    code, out, err = driven(INSTEAD_OF_LOADING.format(body=body), "validate", "quickstart")

    assert (code, out) == (1, "")
    assert err.startswith("simdesk: there is not enough memory; ")
    assert "--workers" in err


def test_a_fault_of_ours_is_not_hushed_up():
    """An exception that nobody expected keeps its traceback, so that it can be reported."""
    code, _, err = driven(INSTEAD_OF_LOADING.format(body="raise AssertionError('a fault')"), "validate", "quickstart")

    assert code == 1
    assert err.startswith("Traceback")
    assert err.endswith("AssertionError: a fault\n")
