"""A sweep that is killed fifty times, at moments of chance, loses nothing and says the same in the end.

    .venv/bin/pytest -m slow tests/verification/test_killed_fifty_times.py

The whole process is killed (`kill -9`), in the midst of simulating, of committing or of starting its workers, and so
are single workers, while the rest goes on. It takes some five minutes on two processors.
"""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from killed import DESKS, Sweep
from terminal import LINUX

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not LINUX, reason="a process is killed as only Unix does it")]

KILLS = 50
REPLICATIONS = 150


def test_a_sweep_that_is_killed_fifty_times_loses_nothing(tmp_path: Path):
    """Nothing acknowledged is missing or simulated again, the file is sound after each kill, the table is equal."""
    chance = Random(2026)
    killed = Sweep(tmp_path / "killed", REPLICATIONS, 8, chance)
    undisturbed = Sweep(tmp_path / "undisturbed", REPLICATIONS, 8, chance)
    for sweep in (killed, undisturbed):
        sweep.folder.mkdir()

    while killed.kills < KILLS and not killed.finished:
        a_worker = chance.random() < 0.3
        killed.run(
            2,
            worker_after=chance.uniform(0, 0.5) if a_worker else None,
            kill_after=chance.uniform(0, 3) if a_worker else chance.uniform(0, 0.6),
        )
    kills = killed.kills
    killed.run(2)
    undisturbed.run(2)

    assert kills >= KILLS
    assert len(killed.kept) == REPLICATIONS * DESKS
    assert (killed.folder / "table").read_bytes() == (undisturbed.folder / "table").read_bytes()
