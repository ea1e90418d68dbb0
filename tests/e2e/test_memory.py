"""A desk for which there is no memory: the command ends in a sentence, whoever runs out of it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from terminal import COMMAND

LARGE = """
run: {replications: 4}
demand: {contacts: 40000 per day, types: {q: {share: 100 %, work: {exponential: {mean: 10 min}}}}}
teams: {desk: {agents: 400}}
"""
"""Some four million tickets, and so some gigabytes."""
ROOM = 1_700_000_000
"""Bytes of addresses in which a command starts and a small desk is simulated."""


def limited(*arguments: object, folder: Path) -> subprocess.CompletedProcess[str]:
    """A command that may not have more addresses than that."""
    import resource

    def little_room() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (ROOM, ROOM))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

    return subprocess.run(
        [COMMAND, *map(str, arguments)], cwd=folder, capture_output=True, encoding="utf-8", timeout=300, check=False,
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1"}, preexec_fn=little_room,
    )  # fmt: skip


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not limit addresses")
@pytest.mark.parametrize("how", [("--workers", 1), ("--workers", 2), ("--engine", "reference", "--workers", 1)])
def test_a_desk_for_which_there_is_no_memory_ends_in_a_sentence(tmp_path: Path, how: tuple[object, ...]):
    """In this process or in a worker, with either engine; a small desk is simulated in the same room."""
    (tmp_path / "large.yaml").write_text(LARGE, "utf-8")

    small = limited("run", "quickstart", "--replications", 2, *how, "--no-store", folder=tmp_path)
    done = limited("run", "large.yaml", "--force", *how, "--no-store", folder=tmp_path)

    assert small.returncode == 0, small.stderr
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "memory; " in done.stderr.splitlines()[-1]
