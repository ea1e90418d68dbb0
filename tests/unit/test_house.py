"""The house rules that a machine can check: how the rooms are cut, who knows whom, and what starts with the command."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "simdesk"
MODULES = sorted(PACKAGE.rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))

MOST_LINES = 400
LONGER_WITH_REASON: dict[str, str] = {}
"""Path → why it is one story and has to be longer."""

NO_NAMES = {"utils", "core", "common", "base", "helpers", "manager"}
"""Names that say nothing about what is in the room."""

HEAVY = {"scipy", "numba", "pandas", "plotly", "simpy", "pyarrow", "psutil", "rapidfuzz"}
"""Libraries that take long to import, so that `simdesk --help` must do without them."""


def _name(module: Path) -> str:
    return module.relative_to(PACKAGE).as_posix()


def test_imports_follow_the_arrow():
    """The contracts of pyproject.toml hold; the output names every import that breaks one."""
    command = shutil.which("lint-imports", path=Path(sys.executable).parent)
    assert command is not None, "import-linter is missing: install the dev extra"

    done = subprocess.run([command, "--no-cache", "--no-logo"], cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr


def test_every_file_is_a_small_room():
    """No file of package or tests is longer than the house allows, and no exception outlives its reason."""
    rooms = [*MODULES, *TESTS]
    lengths = {room.relative_to(ROOT).as_posix(): len(room.read_text("utf-8").splitlines()) for room in rooms}

    too_long = {name: lines for name, lines in lengths.items() if lines > MOST_LINES}

    assert too_long.keys() - LONGER_WITH_REASON.keys() == set(), f"over {MOST_LINES} lines: {too_long}"
    assert LONGER_WITH_REASON.keys() - too_long.keys() == set(), "exceptions that are no longer needed"


def test_no_test_holds_a_stopwatch():
    """How long something takes depends on who else is at work; benchmarks report it, tests do not judge it."""
    clocks = ("perf" + "_counter", "process" + "_time", "time" + "it")
    tests = [test for test in TESTS if test.parent.name != "benchmarks"]

    holding = [test.name for test in tests if any(clock in test.read_text("utf-8") for clock in clocks)]

    assert holding == []


def test_every_name_says_what_is_inside():
    """No folder and no module has a name under which anything could be put."""
    places = {part for module in MODULES for part in module.relative_to(PACKAGE).with_suffix("").parts}

    assert places & NO_NAMES == set()


@pytest.mark.parametrize("module", MODULES, ids=_name)
def test_every_module_begins_with_what_it_is_for(module: Path):
    """A docstring stands at the head of every file."""
    tree = ast.parse(module.read_text("utf-8"))

    assert ast.get_docstring(tree), f"{_name(module)} has no docstring"


def test_help_starts_without_the_heavy_libraries():
    """`python -m simdesk --help` answers at once: it imports only what it needs."""
    command = [sys.executable, "-X", "importtime", "-m", "simdesk", "--help"]

    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=False)

    said = [line for line in done.stderr.splitlines() if not line.startswith("import time:")]
    assert done.returncode == 0, "python -m simdesk --help fails: " + "\n".join(said)
    imported = set(re.findall(r"^import time:.*\|\s+(\w+)", done.stderr, re.MULTILINE))
    assert "simdesk" in imported, "python -X importtime printed no list of imports"
    assert imported & HEAVY == set()


def test_the_check_in_ci_is_the_command_of_the_readme():
    """What a newcomer is told to run is what is run before every merge, letter by letter."""
    readme = (ROOT / "README.md").read_text("utf-8").splitlines()
    checks = [line.strip() for line in (ROOT / ".ci" / "run").read_text("utf-8").splitlines()]

    told = [line.strip() for line in readme if ".venv/bin/pytest" in line]

    assert len(told) == 1, f"the README should have one test command, not {told}"
    assert told[0] in checks
    assert os.access(ROOT / ".ci" / "run", os.X_OK)


def test_the_version_is_the_same_everywhere():
    """Package, metadata and citation speak of one version."""
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    citation = (ROOT / "CITATION.cff").read_text("utf-8")
    package = (PACKAGE / "__init__.py").read_text("utf-8")

    assert f"\nversion: {declared}\n" in citation
    assert f'__version__ = "{declared}"' in package
