"""Compiled code is named by all that it was compiled from, and made once. What is believed is in test_kept_code.py."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import simdesk
from simdesk import compiled as cache

PACKAGE = Path(simdesk.__file__).parent
NOT_COMPILED = {"desk.py", "ticketlog.py", "engine/breaks.py", "engine/record.py"}
"""What the kernel's modules import only for the code around the loop."""
LIFO_TURNED_ROUND = ("return -queued_at", "return queued_at")


def imported_by(source: Path) -> set[str]:
    """Modules of the package that a file imports from, as paths within the package."""
    nodes = ast.walk(ast.parse(source.read_text(encoding="utf-8")))
    names = [node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module]
    parts = [name.removeprefix("simdesk.").replace(".", "/") + ".py" for name in names if name.startswith("simdesk.")]
    return {part for part in parts if (PACKAGE / part).is_file()}


def test_the_sources_are_all_that_the_loop_is_made_of():
    """A module that one of them imports is one of them, or is known not to be compiled; a package's door counts too."""
    known = {str(path.relative_to(PACKAGE)) for path in cache.SOURCES}
    compiled = [path for path in cache.SOURCES if path.parent.name == "engine" or path.name == "walk.py"]

    found = set().union(*map(imported_by, compiled)) - NOT_COMPILED

    assert "policies.py" in found
    assert found <= known


def test_another_source_is_another_folder(monkeypatch, tmp_path):
    """One changed byte in a file that is only imported is enough."""
    monkeypatch.setenv("SIMDESK_CACHE_DIR", str(tmp_path / "cache"))
    before = cache.cache_folder()
    changed = tmp_path / "policies.py"
    changed.write_text((PACKAGE / "policies.py").read_text(encoding="utf-8") + "#", encoding="utf-8")
    sources = [changed if path.name == "policies.py" else path for path in cache.SOURCES]
    monkeypatch.setattr(cache, "SOURCES", tuple(sources))

    after = cache.cache_folder()

    assert before != after
    assert before.parent == after.parent


def simdesk_command(*arguments: str, home: Path, **env: str) -> subprocess.CompletedProcess[str]:
    """Run a command with a compiled cache of its own."""
    return subprocess.run(
        [sys.executable, "-m", "simdesk", *arguments], capture_output=True, text=True, check=True, cwd=home,
        env=os.environ | {"SIMDESK_CACHE_DIR": str(home / "cache")} | env,
    )  # fmt: skip


def test_the_engine_is_compiled_once_on_a_machine_and_never_by_workers(tmp_path):
    """The first run says so in one line; four worker processes, and the next run, find it compiled. What is compiled
    ahead is what is run: of the loop, and of the walk through journeys, there is one version."""
    command = "run", "quickstart", "--replications", "6", "--out"

    first = simdesk_command(*command, "one", "--workers", "4", home=tmp_path)
    compiled = {path: path.stat().st_mtime_ns for path in (tmp_path / "cache").rglob("*.code")}
    second = simdesk_command(*command, "two", "--workers", "1", home=tmp_path)

    assert first.stderr.count("compiling the engine") == 1
    assert [sum(f".{loop}-" in path.name for path in compiled) for loop in ("kernel._run", "walk.walk")] == [1, 1]
    assert "compiling" not in second.stderr
    assert compiled == {path: path.stat().st_mtime_ns for path in (tmp_path / "cache").rglob("*.code")}
    assert (tmp_path / "one" / "measures.csv").read_bytes() == (tmp_path / "two" / "measures.csv").read_bytes()


@pytest.mark.slow
def test_a_changed_rule_is_never_run_from_stale_code(tmp_path):
    """LIFO is turned into FIFO in a file that the compiled file only imports; the old code lies in the same cache."""
    shutil.copytree(PACKAGE, tmp_path / "simdesk")
    shutil.copytree(PACKAGE.parent / "scenarios", tmp_path / "simdesk" / "scenarios")
    command = "run", "quickstart", "--replications", "1", "--set", "teams.desk.discipline=lifo", "--out"
    here = {"PYTHONPATH": str(tmp_path)}

    before = simdesk_command(*command, "lifo", home=tmp_path, **here)
    rules = tmp_path / "simdesk" / "policies.py"
    rules.write_text(rules.read_text(encoding="utf-8").replace(*LIFO_TURNED_ROUND), encoding="utf-8")
    after = simdesk_command(*command, "fifo", home=tmp_path, **here)

    assert before.stderr.count("compiling") == after.stderr.count("compiling") == 1
    assert (tmp_path / "lifo" / "measures.csv").read_bytes() != (tmp_path / "fifo" / "measures.csv").read_bytes()
