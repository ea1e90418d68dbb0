"""Every kind of question as a command: it answers, says what it rests on, and writes the same files."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
import rich_click as click
from click.testing import CliRunner

from simdesk.cli import cli
from simdesk.errors import ScenarioError

DESK = """title: A small desk for a few days
run: {length: 6 days, warm_up: 1 day, replications: 6, cool_down: 2 days}
demand:
  contacts: 40 per day
  profile: flat
  types: {incident: {share: 100 %, work: {exponential: {mean: 15 min}}}}
teams: {desk: {agents: 2, cost: 40 USD per hour}}
targets:
  soon: {measure: first_wait, at_most: 30 min}
"""
FILES = {"answer.html", "results.csv", "results.parquet", "question.yaml", "scenario.yaml", "provenance.json"}


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "desk.yaml"
    path.write_text(DESK, encoding="utf-8")
    return path


def run(*arguments: str | Path) -> str:
    """What a command prints."""
    result = CliRunner().invoke(cli, [*map(str, arguments)], catch_exceptions=False, standalone_mode=False)
    return result.output


VERBS = {
    "compare": ("--with", "teams.desk.agents=3"),
    "explain": ("--with", "teams.desk.agents=3"),
    "sweep": ("--over", "teams.desk.agents=1..3", "--watch", "first_wait"),
    "slack": ("desk", "--agents", "1..3"),
    "staff": ("--team", "desk=1..4", "--certify", "20"),
    "shifts": ("desk", "--hours", "00:00-24:00", "--days", "daily"),
    "rank": ("--with", "teams.desk.agents=3", "--by", "first_wait", "--indifference", "5 min"),
    "sensitivity": ("--factor", "demand.volume=90 %..110 %", "--of", "first_wait"),
    "precision": ("--watch", "first_wait", "--within", "50 %", "--at-most", "20"),
    "warm-up": (),
    "steady": ("--set", "run.length=200 days"),
    "headroom": ("--up-to", "200 %"),
}
LATE = {"rank", "precision"}
"""They need twenty runs in any case."""


@pytest.mark.parametrize("verb", VERBS)
def test_every_kind_of_question_answers_and_writes_the_same_files(desk: Path, verb: str):
    """The question, what the answer rests on, the answer itself; the page, a table with rows, and the question."""
    printed = run(verb, desk, *VERBS[verb], "--workers", "1", "--out", "out")

    lines = [line for line in printed.splitlines() if line.strip() and not line.startswith(("!", "…"))]
    assert lines[0].endswith("?")
    assert lines[1].startswith("A small desk for a few days: ")
    assert lines[2].rstrip()[-1] in ".:"
    planned = {"planned.yaml"} if verb in ("staff", "shifts") else set()
    assert {path.name for path in Path("out").iterdir()} == FILES | planned
    assert len(pd.read_csv("out/results.csv")) > 0
    assert len(pd.read_parquet("out/results.parquet")) == len(pd.read_csv("out/results.csv"))
    assert lines[0] in Path("out/answer.html").read_text("utf-8").replace("&#39;", "'")


@pytest.mark.parametrize("verb", VERBS)
def test_what_was_written_is_a_question_that_can_be_asked_again(desk: Path, verb: str):
    """question.yaml beside scenario.yaml gives the same table."""
    run(verb, desk, *VERBS[verb], "--workers", "1", "--out", "out")

    run("ask", "out/question.yaml", "--workers", "1", "--out", "again")

    assert Path("again/results.csv").read_text("utf-8") == Path("out/results.csv").read_text("utf-8")


def test_points_of_a_sweep_may_be_mappings(desk: Path):
    """In the tables they are text."""
    question = """question: What does shrinkage do?
desk: desk.yaml
watch: [first_wait]
sweep: {over: {teams.desk.shrinkage: [20 %, {absent: 10 %, breaks: 10 %}]}}
"""
    Path("shrinkage.yaml").write_text(question, encoding="utf-8")

    run("ask", "shrinkage.yaml", "--workers", "1", "--out", "out")

    assert set(pd.read_csv("out/results.csv")["teams.desk.shrinkage"]) == {
        "20 %", '{"absent": "10 %", "breaks": "10 %"}',
    }  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        (("sweep", "--over", "teams.desk.agents"), click.UsageError, "write PATH=LOW..HIGH or PATH=A,B,C"),
        (("sweep", "--over", "teams.desk.agent=1..3"), ScenarioError, "did you mean 'agents'"),
        (("sweep", "--over", "teams.desk.agents=3..1"), ScenarioError, "write the smaller value first"),
        (("sweep", "--over", "demand.volume=80 %..2"), ScenarioError, "not of one kind"),
        (("sweep", "--over", "demand.volume=80 %..120 %", "--design", "sobol"), ScenarioError, "state points"),
        (("slack", "dsk"), ScenarioError, "did you mean 'desk'"),
        (("staff", "--team", "dsk=1..3"), ScenarioError, "did you mean 'desk'"),
        (("rank", "--with", "teams.desk.agents=3", "--by", "first_wait", "--indifference", "5 %"),
         ScenarioError, "indifference"),
        (("rank", "--with", "teams.desk.agents=3", "--by", "occupancy:desk", "--indifference", "1 point"),
         ScenarioError, "neither less nor more"),
        (("sensitivity", "--factor", "demand.volume=90 %", "--of", "first_wait"), click.UsageError, "±SHARE"),
        (("headroom", "--target", "son"), ScenarioError, "did you mean 'soon'"),
        (("staff", "--team", "desk=10 %..20 %"), ScenarioError, "people are counted"),
        (("slack", "desk", "--agents", "1.5..4"), ScenarioError, "people are counted"),
        (("slack", "desk", "--watch", "first_wait"), ScenarioError, "tells of measures of its own"),
        (("steady", "--replications", "30"), ScenarioError, "finds out by itself"),
        (("compare", "--with", "teams.desk.agents=3 + teams.desk.agents=4"), click.UsageError, "stated twice"),
        (("compare", "--with", "teams.desk.agents=3", "--with", "teams.desk.agents=3"), click.UsageError, "twice"),
        (("compare", "--with", "targets.soon.at_most=1 min"), ScenarioError, "must be measured alike"),
        (("steady", "--of", "total_cost"), ScenarioError, "total_cost"),
        (("precision", "--within", "5"), ScenarioError, "must be a percentage or a number, such as 30 %"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_place_and_remedy(desk: Path, arguments: tuple[str, ...], error, words: str):
    """Before anything is written."""
    verb, *rest = arguments
    with pytest.raises(error, match=words):
        run(verb, desk, *rest, "--workers", "1", "--out", "out")

    assert not Path("out").exists()


@pytest.mark.parametrize(
    ("arguments", "option"),
    [
        (("compare", "--with", "teams.dsk.agents=2"), "--with: teams.dsk.agents: leads nowhere at 'dsk'"),
        (("compare", "--with", "teams.desk.agents"), "--with: 'teams.desk.agents' does not set anything"),
        (("sweep", "--over", "teams.desk.agents=-1..3"), "--over: teams.desk.agents.from: must be at least 0"),
        (("headroom", "--up-to", "much"), "--up-to: up_to must be a number"),
        (("sensitivity", "--factor", "demand.volume=±60 %", "--of", "first_wait"), "--factor: demand.volume: a"),
        (("slack", "dsk"), "TEAM: no team named 'dsk'; did you mean 'desk'?"),
        (("warm-up", "--forecast-error", "much"), "--forecast-error: demand.forecast_error: must be a"),
        (("warm-up", "--set", "teams.desk.agents=-1"), "--set: teams.desk.agents: must be at least 0"),
        (("explain", "--with", "teams.desk.agents=2", "--watch", "foo"), "--watch: no measure named 'foo'"),
    ],
)  # fmt: skip
def test_a_mistake_names_the_option_that_was_typed(desk: Path, arguments: tuple[str, ...], option: str):
    """And no other."""
    verb, *rest = arguments

    with pytest.raises(ScenarioError) as refused:
        run(verb, desk, *rest)

    said = str(refused.value).splitlines()[0]
    assert said.startswith(option)
    assert said.count("--") == option.count("--")


def test_a_tab_in_an_option_does_not_make_the_question_unreadable(desk: Path):
    """Nor letters that are put together from two; the name of the alternative has a space, and the letter is one."""
    run(
        "compare",
        desk,
        "--with",
        "teams.desk.agents=2\t",
        "--with",
        "title=Cafe\u0301",
        "--workers",
        "1",
        "--out",
        "out",
    )

    run("ask", "out/question.yaml", "--workers", "1", "--out", "again")

    names = set(pd.read_csv("again/results.csv")["alternative"])
    assert {name.strip() for name in names} >= {"teams.desk.agents=2", "title=Caf\u00e9"}
