"""A sweep that is killed goes on where it was; `tests/verification/test_killed_fifty_times.py` kills it fifty times."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from killed import DESKS, Sweep
from terminal import LINUX

pytestmark = pytest.mark.skipif(not LINUX, reason="a process is killed as only Unix does it")

REPLICATIONS = 15


def test_a_sweep_that_is_killed_three_times_ends_with_the_table_of_one_that_was_not(tmp_path: Path):
    """Nothing that was said to be safe is missing or simulated again; the table is equal, letter by letter."""
    killed, undisturbed = (Sweep(tmp_path / name, REPLICATIONS, 1, Random(1)) for name in ("killed", "undisturbed"))
    for sweep in (killed, undisturbed):
        sweep.folder.mkdir()

    for moment in (0.0, 0.2, 0.1):
        killed.run(1, kill_after=moment)
    before = len(killed.kept)
    killed.run(1)
    undisturbed.run(1)

    assert killed.kills == 3
    assert 0 < before < REPLICATIONS * DESKS
    assert len(killed.kept) == REPLICATIONS * DESKS
    assert (killed.folder / "table").read_bytes() == (undisturbed.folder / "table").read_bytes()
