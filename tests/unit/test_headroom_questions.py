"""How much more is asked up to more than today: anything else is refused at its line, with a value that would do."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_question import DESK, HEAD, told

NO_MORE = {
    "headroom below today's volume": (
        "headroom: {up_to: 50 %}\n",
        "question.yaml:3:19: headroom.up_to: 50 % is not more than today's 100 %; write e.g. 150 % for half as much",
    ),
    "headroom up to today's volume, as a number": (
        "headroom: {up_to: 1}\n",
        "question.yaml:3:19: headroom.up_to: 1 is not more than today's 1; write e.g. 1.5 for half as much again",
    ),
    "headroom up to fewer people than today": (
        "headroom: {of: teams.desk.agents, up_to: 0}\n",
        "question.yaml:3:42: headroom.up_to: 0 is not more than today's 1; write e.g. 2",
    ),
    "headroom up to less work than today": (
        "headroom: {of: demand.types.incident.work.tier_1.exponential.mean, up_to: 10 min}\n",
        "headroom.up_to: 10 min is not more than today's 15 min; write e.g. 22.5 min for half as much again",
    ),
    "headroom up to the absence of today": (
        "set: {teams.desk.shrinkage: 80 %}\nheadroom: {of: teams.desk.shrinkage, up_to: 70 %}\n",
        "headroom.up_to: 70 % is not more than today's 80 %; write more",
    ),
    "headroom up to what is usual at a desk with more": (
        "set: {demand.volume: 4}\nheadroom: {of: demand.volume}\n",
        "question.yaml:4:16: headroom.of: 300 % is not more than today's 400 %; write e.g. 600 %",
    ),
}


@pytest.mark.parametrize(("text", "wanted"), NO_MORE.values(), ids=NO_MORE)
def test_up_to_no_more_than_today_is_refused(tmp_path: Path, text: str, wanted: str):
    """Nothing would be said of growth."""
    (tmp_path / "desk.yaml").write_text(DESK, encoding="utf-8")

    assert wanted in told(tmp_path, HEAD + text)


def test_other_mistakes_are_told_with_it(tmp_path: Path):
    """At once, each at its line."""
    (tmp_path / "desk.yaml").write_text(DESK, encoding="utf-8")

    said = told(tmp_path, HEAD + "headroom: {up_to: 50 %, targets: []}\n")

    assert "headroom.up_to: 50 % is not more" in said
    assert "headroom.targets: must not be empty" in said
