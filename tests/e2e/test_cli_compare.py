"""`simdesk compare` as a newcomer uses it, and gets it wrong."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from click.testing import CliRunner

from simdesk.cli import cli
from simdesk.errors import ScenarioError

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
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)  # finished runs are kept below the current folder
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

    assert "6 runs of each desk, all with the same luck, each of 4 days; seed 1" in printed
    assert "With teams.desk.agents=2: wait in the first queue, mean: falls by" in printed
    assert "With teams.desk.agents=2 + demand.volume=110 %: wait in the first queue, mean:" in printed
    assert "which is better" in printed
    with (out / "results.csv").open(encoding="utf-8") as file:
        rows = {(row["alternative"], row["measure"], row["by"]): row for row in csv.DictReader(file)}
    assert {name for name, _, _ in rows} == {"teams.desk.agents=2", "teams.desk.agents=2 + demand.volume=110 %"}
    wait = rows["teams.desk.agents=2", "first_wait", ""]
    assert float(wait["high"]) < 0
    assert "Chance that 4 days keep it" in (out / "answer.html").read_text(encoding="utf-8")


def test_of_one_alternative_it_is_told_in_how_many_runs_each_target_is_kept(desk: Path, tmp_path: Path):
    """A promise is kept or broken in a period, not on average."""
    printed = run(desk, "--with", "teams.desk.agents=2", "--out", tmp_path / "out", "--workers", "1")

    assert "Target at-once: kept in " in printed
    assert " of 6 runs of 4 days without the change, in " in printed


def test_asking_again_simulates_nothing_and_says_the_same(desk: Path, tmp_path: Path, monkeypatch):
    """Finished runs are kept; where nothing can be simulated any more the answer is still there."""
    question = [desk, "--with", "teams.desk.agents=2", "--out", tmp_path / "out", "--workers", "1"]
    first = run(*question)

    monkeypatch.setattr("simdesk.experiment.point.run", lambda *_, **__: pytest.fail("something was simulated"))
    again = run(*question)

    assert again == first


def test_an_alternative_that_cannot_keep_up_is_told_so_before_it_runs(desk: Path, tmp_path: Path):
    """With the change that makes it so; the base is not accused."""
    printed = run(desk, "--with", "demand.volume=200 %", "--out", tmp_path, "--workers", "1")

    alarms = [line for line in printed.splitlines() if "is asked for" in line]
    assert len(alarms) == 1
    assert alarms[0].startswith("! With demand.volume=200 %: desk is asked for")
    assert printed.index(alarms[0]) < printed.index("What does demand.volume=200 % change?")


def test_a_watched_measure_can_be_that_of_a_team(desk: Path, tmp_path: Path):
    """And then nothing else is told."""
    printed = run(
        desk, "--with", "teams.desk.agents=2", "--watch", "occupancy:desk", "--out", tmp_path, "--workers", "1"
    )

    assert "occupancy (desk): falls by" in printed
    assert "ait in" not in printed
    assert "otal cost" not in printed


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        (["--with", "teams.desk.agent=2"], ScenarioError, "did you mean 'agents'"),
        (["--with", "teams.desk.agents"], ScenarioError, "--with"),
        (["--with", "run.seed=2"], ScenarioError, r"run\.seed: all sides must be measured alike"),
        (["--with", "teams.desk.agents=2", "--watch", "first_wiat"], ScenarioError, "did you mean 'first_wait'"),
        (["--with", "teams.desk.agents=2", "--watch", "occupancy"], ScenarioError, "write e.g. occupancy:desk"),
        (["--with", "teams.desk.agents=2", "--watch", "occupancy:desks"], ScenarioError, "not told of 'desks'"),
    ],
)
def test_a_mistake_is_named_before_anything_is_simulated(desk: Path, arguments: list[str], error, words: str):
    """With the place and the remedy."""
    with pytest.raises(error, match=words):
        run(desk, *arguments)
