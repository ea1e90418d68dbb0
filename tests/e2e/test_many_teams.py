"""Desks of more teams than any shipped one, from the command line to the page."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from many_teams import desk_of
from terminal import simdesk


@pytest.mark.parametrize("teams", [5, 40])
def test_a_desk_of_many_teams_runs_from_end_to_end(teams: int, tmp_path: Path):
    """Five rows of one figure once left no summary, no report and no table after everything had been simulated."""
    (tmp_path / "desk.yaml").write_text(desk_of(teams, targets=3, length="2 days"))

    done = simdesk("run", "desk.yaml", "--no-store", "--out", "out", cwd=tmp_path)

    assert done.code == 0
    assert "Traceback" not in done.err
    assert "could not be drawn" not in done.err
    page = (tmp_path / "out" / "report.html").read_text("utf-8")
    assert "How busy the teams are through the week" in page
    assert ("34 are left out" in page) == (teams == 40)
    assert ("20 are left out. All are in measures.csv." in done.out) == (teams == 40)
    measures = pd.read_csv(tmp_path / "out" / "measures.csv")
    assert set(measures[measures["by"] == "team"]["of"]) == {f"team-{at}" for at in range(teams)}
    assert measures[measures["unit"] == "share"]["value"].dropna().between(0, 1).all()
