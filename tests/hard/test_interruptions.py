"""Three of the interruptions that are made by the dozen by hand: `python tests/hard/interruptions.py`."""

from __future__ import annotations

from pathlib import Path

import pytest

from hard.interruptions import interruptions
from terminal import LINUX


@pytest.mark.slow
@pytest.mark.skipif(not LINUX, reason="looks for processes where Linux shows them")
def test_a_run_that_is_stopped_leaves_nothing_half_done_and_goes_on_as_if_it_had_not_been(tmp_path: Path):
    """No traceback, no process, no partial file; the results of the next run are those of an undisturbed one."""
    found = interruptions(3, seed=9, folder=tmp_path, commands=("run",), earliest=0.2)

    assert [one.wrong for one in found] == [[], [], []]
    assert {one.code for one in found} <= {0, 130, 143}
