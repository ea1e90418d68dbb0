"""`--out`: no file of the user's is overwritten, whatever folder is named; refused before anything is simulated."""

from __future__ import annotations

from pathlib import Path

import pytest

from terminal import Done, simdesk

DESK = """title: A small desk
run: {length: 2 days, replications: 3, cool_down: 1 day}
demand: {contacts: 40 per day, types: {incident: {share: 100 %, work: {exponential: {mean: 15 min}}}}}
teams: {desk: {agents: 1, cost: 40 USD per hour}}
targets: {soon: {measure: first_wait, at_most: 10 h}}
"""
QUESTION = """question: Is a second person worth it?
desk: scenario.yaml
compare: {two people: {teams.desk.agents: 2}}
quick: {replications: 2, set: {run.length: 1 day}}
"""


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    """A folder with a scenario and a question that bear the names of files that simdesk writes."""
    (tmp_path / "scenario.yaml").write_text(DESK, encoding="utf-8")
    (tmp_path / "question.yaml").write_text(QUESTION, encoding="utf-8")
    return tmp_path


def here(folder: Path, *arguments: str) -> Done:
    """Run the command in a folder, in one process."""
    return simdesk(*arguments, "--workers", "1", cwd=folder)


COMMANDS = {
    "run": ("run", "scenario.yaml"),
    "ask": ("ask", "question.yaml", "--quick"),
    "compare": ("compare", "scenario.yaml", "--with", "teams.desk.agents=2"),
}


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("out", [".", "../{name}", "linked"])
def test_a_hand_written_file_is_not_overwritten(mine: Path, command: str, out: str):
    """Neither in this folder by any name, nor behind a link."""
    (mine / "linked").symlink_to(mine)
    before = sorted(mine.iterdir())

    done = here(mine, *COMMANDS[command], "--out", out.format(name=mine.name))

    assert done.code == 1
    assert "and no provenance.json says that simdesk wrote it there for this question; choose another" in done.err
    assert "Traceback" not in done.err
    assert (mine / "scenario.yaml").read_text(encoding="utf-8") == DESK
    assert (mine / "question.yaml").read_text(encoding="utf-8") == QUESTION
    assert sorted(mine.iterdir()) == before  # refused before anything was simulated


def test_a_quick_look_and_the_whole_answer_do_not_mix(mine: Path):
    """The same folder holds one of them; asked again, the same question may replace itself."""
    assert here(mine, "ask", "question.yaml", "--quick", "--out", "out").code == 0
    quick = (mine / "out" / "question.yaml").read_bytes()

    whole = here(mine, "ask", "question.yaml", "--out", "out")
    again = here(mine, "ask", "question.yaml", "--quick", "--out", "out")

    assert (whole.code, again.code) == (1, 0)
    assert "it holds the quick answer to 'Is a second person worth it?', and this is another question" in whole.err
    assert (mine / "out" / "question.yaml").read_bytes() == quick


def test_without_a_folder_each_question_gets_its_own(mine: Path):
    assert here(mine, "ask", "question.yaml", "--quick").code == 0
    assert here(mine, "ask", "question.yaml").code == 0

    assert len(list((mine / "results").glob("question-*"))) == 2


@pytest.mark.parametrize("arguments", [("schema", "--out", "scenario.yaml"), ("schema", "--out", "linked.json")])
def test_a_schema_is_not_written_over_something_else(mine: Path, arguments: tuple[str, ...]):
    """Its own earlier edition is replaced."""
    (mine / "linked.json").symlink_to(mine / "scenario.yaml")

    refused = simdesk(*arguments, cwd=mine)
    fresh = [simdesk("schema", "--out", "schema.json", cwd=mine) for _ in range(2)]
    other = simdesk("schema", "--question", "--out", "schema.json", cwd=mine)

    assert refused.code == 1
    assert "is there already, with other content; choose another name, or delete it" in refused.err
    assert [done.code for done in (*fresh, other)] == [0, 0, 0]
    assert (mine / "scenario.yaml").read_text(encoding="utf-8") == DESK


def test_an_export_is_not_written_over_something_else(mine: Path):
    """The same export may be written again."""
    assert here(mine, "run", "scenario.yaml").code == 0
    number = simdesk("results", cwd=mine).out.splitlines()[1].split()[0]
    (mine / "mine.csv").write_text("my own table")

    refused = simdesk("results", "export", number, "mine.csv", cwd=mine)
    fresh = [simdesk("results", "export", number, "new.csv", cwd=mine) for _ in range(2)]

    assert refused.code == 1
    assert "mine.csv is there already, with other content" in refused.err
    assert [done.code for done in fresh] == [0, 0]
    assert (mine / "mine.csv").read_text() == "my own table"
