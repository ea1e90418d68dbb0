"""`simdesk compare` as a newcomer uses it, and gets it wrong."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from simdesk.cli import cli
from simdesk.errors import RunError, ScenarioError

DESK = """title: A small desk for a few days
run: {length: 4 days, replications: 6, cool_down: 2 days}
demand:
  contacts: 60 per day
  types: {incident: {share: 100 %, work: {exponential: {mean: 15 min}}}}
teams: {desk: {agents: 1, cost: 40 USD per hour}}
targets:
  at-once: {measure: first_wait, at_most: 10 min}
"""


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    path = tmp_path / "desk.yaml"
    path.write_text(DESK, encoding="utf-8")
    return path


def run(*arguments: str | Path) -> str:
    """What the command prints."""
    result = CliRunner().invoke(cli, ["compare", *map(str, arguments)], catch_exceptions=False, standalone_mode=False)
    return result.output


def test_every_sentence_has_its_figures_in_the_table_beside_it(desk: Path, tmp_path: Path):
    """Two alternatives, one of several changes; the target's measure is told first."""
    out = tmp_path / "out"

    printed = run(
        desk, "--with", "teams.desk.agents=2", "--with", "teams.desk.agents=2 + demand.volume=110 %", "--out", out,
        "--workers", "1",
    )  # fmt: skip

    assert "each side simulated 6 times, both with the same luck every time; the intervals of all" in printed
    first, second = printed.split("\nwith ")[1:]
    assert first.startswith("teams.desk.agents=2\n")
    assert second.startswith("teams.desk.agents=2 + demand.volume=110 %\n")
    assert "falls by" in first
    assert "which is better" in first
    assert "Target at-once: kept in " in first
    assert " of 6 runs of 4 days without the change, in " in first
    with (out / "differences.csv").open(encoding="utf-8") as file:
        rows = {(row["alternative"], row["measure"], row["by"]): row for row in csv.DictReader(file)}
    wait = rows["teams.desk.agents=2", "first_wait", ""]
    assert float(wait["high"]) < 0
    births = json.loads((out / "provenance.json").read_text(encoding="utf-8"))
    assert list(births) == ["base", "teams.desk.agents=2", "teams.desk.agents=2 + demand.volume=110 %"]


def test_an_alternative_that_cannot_keep_up_is_told_so_before_it_runs(desk: Path, tmp_path: Path):
    """With the change that makes it so; the base is not accused."""
    printed = run(desk, "--with", "demand.volume=200 %", "--out", tmp_path, "--workers", "1")

    alarms = [line for line in printed.splitlines() if "is asked for" in line]
    assert len(alarms) == 1
    assert alarms[0].startswith("! with demand.volume=200 %: desk is asked for")


def test_a_watched_measure_can_be_that_of_a_team(desk: Path, tmp_path: Path):
    """And then nothing else is told."""
    printed = run(
        desk, "--with", "teams.desk.agents=2", "--watch", "occupancy:desk", "--out", tmp_path, "--workers", "1"
    )

    assert "Occupancy (desk): falls by" in printed
    assert "Wait in" not in printed
    assert "Total cost" not in printed


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        (["--with", "teams.desk.agent=2"], ScenarioError, "did you mean 'agents'"),
        (["--with", "teams.desk.agents"], ScenarioError, "--with"),
        (["--with", "run.seed=2"], RunError, r"changes run\.seed"),
        (["--with", "teams.desk.agents=2", "--watch", "first_wiat"], RunError, "did you mean 'first_wait'"),
        (["--with", "teams.desk.agents=2", "--watch", "occupancy"], RunError, "write e.g. occupancy:desk"),
        (["--with", "teams.desk.agents=2", "--watch", "occupancy:desks"], RunError, "not told of 'desks'"),
    ],
)
def test_a_mistake_is_named_before_anything_is_simulated(desk: Path, arguments: list[str], error, words: str):
    """With the place and the remedy."""
    with pytest.raises(error, match=words):
        run(desk, *arguments)
