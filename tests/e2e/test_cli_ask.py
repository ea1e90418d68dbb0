"""`simdesk ask`: a question from a file, an honest sentence, a page that is safe to open, and mistakes in words."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import pandas as pd
import pytest
import yaml
from click.testing import CliRunner

from reported import PAYLOAD
from simdesk.cli import cli
from simdesk.cli.commands import carried_out
from simdesk.cli.screen import telling
from simdesk.errors import RunError, ScenarioError
from simdesk.report.folder import Written
from terminal import simdesk

DESK = """title: A small desk for a few days
run: {length: 4 days, replications: 6, cool_down: 2 days, seed: 3}
demand:
  contacts: 60 per day
  types: {incident: {share: 100 %, work: {exponential: {mean: 15 min}}}}
teams: {desk: {agents: 1, cost: 40 USD per hour}}
targets:
  at-once: {measure: first_wait, at_most: 10 min}
"""
QUESTION = """question: Is a second person worth it?
story: One is busy all day.
desk: desk.yaml
replications: 5
watch: [total_cost]
compare:
  two people: {teams.desk.agents: 2}
  last come: {teams.desk.discipline: lifo}
decide: {measure: first_wait, alternative: two people, falls_by: 1 min}
quick: {replications: 3, set: {run.length: 2 days}}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a desk and a question, in which the command is used."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "desk.yaml").write_text(DESK, encoding="utf-8")
    (tmp_path / "worth.yaml").write_text(QUESTION, encoding="utf-8")
    return tmp_path


def ask(*arguments: object) -> str:
    """What the command prints."""
    words = ["ask", *map(str, arguments), "--workers", "1"]
    return CliRunner().invoke(cli, words, catch_exceptions=False, standalone_mode=False).output


class Page(HTMLParser):
    """Elements and visible text of a page."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text, self._inside = "", ""
        self.feed(path.read_text("utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Remember an element."""
        self.elements.append((tag, dict(attrs)))
        self._inside = tag

    def handle_endtag(self, tag: str) -> None:
        """Scripts and styles end."""
        self._inside = ""

    def handle_data(self, data: str) -> None:
        """Remember what can be seen."""
        if self._inside not in ("script", "style"):
            self.text += data.replace("\u00a0", " ")

    @property
    def policy(self) -> str:
        """What the page may do."""
        metas = (dict(attrs) for tag, attrs in self.elements if tag == "meta")
        return next(str(one["content"]) for one in metas if one.get("http-equiv") == "Content-Security-Policy")


def rows(path: Path) -> list[dict[str, str]]:
    """A table as text."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_a_question_is_answered_in_a_sentence_and_in_files(folder: Path):
    """The verdict of its rule first, then what else was asked; all that was written is named, and nothing else is."""
    printed = ask("worth.yaml")

    lines = [line for line in printed.splitlines() if not line.startswith("!")]
    assert lines[0] == "Is a second person worth it?"
    assert all(words in lines[1] for words in ("5 runs of each desk", "all with the same luck", "of 4 days", "seed 3"))
    assert lines[3].startswith("Yes: with two people, wait in the first queue, mean, falls by ")
    assert lines[3].endswith("; asked was a fall of at least 1 min.")
    assert any(line.startswith("  With last come: wait in the first queue, mean: ") for line in lines)
    assert any(line.startswith("  With two people: total cost") for line in lines)
    place, _, names = lines[-1].removeprefix("Written to ").partition("/: ")
    assert place.startswith("results/worth-")
    assert sorted(names.split(", ")) == sorted(path.name for path in (folder / place).iterdir())
    assert set(names.split(", ")) == {
        "answer.html", "results.csv", "results.parquet", "question.yaml", "scenario.yaml", "provenance.json",
    }  # fmt: skip


def test_the_page_says_what_is_printed_and_shows_the_figures_of_every_sentence(folder: Path):
    """Question, verdict, tables with the measure that was decided, provenance; it may run nothing but its own."""
    printed = [line for line in ask("worth.yaml", "--out", "out").splitlines() if not line.startswith("!")]

    page = Page(folder / "out" / "answer.html")
    assert [tag for tag, _ in page.elements].count("h1") == 1
    assert "Is a second person worth it?" in page.text
    assert "One is busy all day." in page.text
    assert printed[3] in page.text
    for words in ("Every difference that was asked for", "How often each target was kept", "simdesk ask question.yaml"):
        assert words in page.text
    assert page.policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe-inline" not in page.policy.partition("style-src")[0]
    assert not [attrs for tag, attrs in page.elements if tag in ("img", "iframe", "link") and "http" in str(attrs)]
    assert "A quick look" not in page.text
    table = {(row["alternative"], row["measure"]) for row in rows(folder / "out" / "results.csv")}
    assert {(name, "first_wait") for name in ("two people", "last come")} < table


def test_the_files_are_read_by_others(folder: Path):
    """CSV and Parquet hold the same; the provenance says what was asked of what."""
    ask("worth.yaml", "--out", "out")

    table = pd.read_parquet("out/results.parquet")
    origin = json.loads((folder / "out" / "provenance.json").read_text("utf-8"))
    written = pd.read_csv("out/results.csv")
    assert list(written["measure"]) == list(table["measure"])
    assert written["difference"].tolist() == pytest.approx(table["difference"].tolist(), nan_ok=True)
    assert (origin["kind"], origin["seed"], origin["quick"]) == ("compare", 3, False)
    assert len(origin["scenario (SHA-256)"]) == 64


@pytest.mark.parametrize("options", [(), ("--quick",), ("--set", "demand.volume=90 %"), ("--replications", "4")])
def test_what_lies_beside_an_answer_asks_the_same_again(folder: Path, options: tuple[str, ...]):
    """The question and the scenario as they were written, saved elsewhere, give the same table."""
    ask("worth.yaml", *options, "--out", "out", "--no-store")

    again = ("--quick",) if "--quick" in options else ()
    ask("out/question.yaml", *again, "--out", "again", "--no-store")

    assert (folder / "again" / "results.csv").read_bytes() == (folder / "out" / "results.csv").read_bytes()
    assert (folder / "again" / "question.yaml").read_bytes() == (folder / "out" / "question.yaml").read_bytes()


def test_a_quick_look_says_so_wherever_it_is_read(folder: Path):
    """On the screen, on the page, in the provenance; with fewer runs, and shorter ones."""
    printed = ask("worth.yaml", "--quick", "--out", "out")

    page = Page(folder / "out" / "answer.html")
    assert "A quick look: ask again without --quick before you act on it." in printed
    assert "3 runs of each desk" in printed
    assert "each of 2 days" in printed
    assert "A quick look: fewer or shorter runs than the question asks for." in page.text
    assert "simdesk ask question.yaml --quick" in page.text
    assert json.loads((folder / "out" / "provenance.json").read_text("utf-8"))["quick"] is True


def test_asked_again_nothing_is_simulated_and_the_answer_is_the_same(folder: Path, monkeypatch: pytest.MonkeyPatch):
    """Letter by letter, on the screen and in the files; also where other questions were asked in between."""
    first = ask("worth.yaml", "--out", "out")
    table = (folder / "out" / "results.csv").read_bytes()
    CliRunner().invoke(cli, ["run", "desk.yaml", "--workers", "1"], catch_exceptions=False, standalone_mode=False)

    monkeypatch.setattr("simdesk.experiment.point.run", lambda *_, **__: pytest.fail("something was simulated"))
    again = ask("worth.yaml", "--out", "out")

    assert again == first
    assert (folder / "out" / "results.csv").read_bytes() == table


def test_without_a_store_nothing_is_left_but_the_answer(folder: Path):
    """And the answer is the same."""
    kept, not_kept = ask("worth.yaml", "--out", "a"), ask("worth.yaml", "--out", "a", "--no-store")
    (folder / "results" / "simdesk.sqlite").unlink()

    ask("worth.yaml", "--out", "b", "--no-store")

    assert kept == not_kept
    assert not (folder / "results" / "simdesk.sqlite").exists()
    assert (folder / "a" / "results.csv").read_bytes() == (folder / "b" / "results.csv").read_bytes()


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("falls_by: 90 h", "No: with two people, wait in the first queue, mean, falls by "),
        ("at_most: 90 h", "Yes: with two people, wait in the first queue, mean, is "),
        ("stays_within: 1 s", "No: with two people, "),
        ("falls_by: 1 min, expected: yes", "That was expected."),
        ("falls_by: 1 min, expected: no", "That is not what was expected."),
    ],
)
def test_a_rule_is_answered_as_it_was_asked(folder: Path, rule: str, said: str):
    """With one person nearly always busy, a second one takes it away: more than a minute of wait, not 90 h."""
    (folder / "worth.yaml").write_text(QUESTION.replace("falls_by: 1 min", rule), encoding="utf-8")

    assert said in ask("worth.yaml", "--out", "out")


def test_a_rule_for_every_alternative_has_a_verdict_for_each(folder: Path):
    """One sentence each; serving the last first changes no mean beyond luck, so of it nothing is known yet."""
    text = QUESTION.replace("alternative: two people, ", "").replace("falls_by: 1 min", "rises_by: 30 min")
    (folder / "worth.yaml").write_text(text, encoding="utf-8")

    printed = ask("worth.yaml", "--out", "out")

    assert "No: with two people, " in printed
    assert "with last come, wait in the first queue, mean, " in printed


def test_text_of_a_question_is_never_code(folder: Path):
    """Attacks in the question, its story, its alternatives and the title of its desk are shown as what they are."""
    desk = {**yaml.safe_load(DESK), "title": PAYLOAD, "story": PAYLOAD}
    (folder / "desk.yaml").write_text(yaml.safe_dump(desk), encoding="utf-8")
    question = {
        "question": PAYLOAD, "story": PAYLOAD, "desk": "desk.yaml",
        "compare": {PAYLOAD[:95]: {"teams.desk.agents": 2}, "[/red] {{7*7}}": {"title": PAYLOAD}},
        "decide": {"measure": "first_wait", "falls_by": "1 min"}, "replications": 2,
    }  # fmt: skip
    (folder / "worth.yaml").write_text(yaml.safe_dump(question), encoding="utf-8")

    printed = ask("worth.yaml", "--out", "out")

    page = Page(folder / "out" / "answer.html")
    assert PAYLOAD in printed
    assert PAYLOAD in page.text
    assert "[/red] {{7*7}}" in page.text
    assert [tag for tag, _ in page.elements].count("script") == 3
    assert not [attrs for tag, attrs in page.elements if tag in ("img", "a") and attrs.get("class") != "skip"]
    drawn = (folder / "out" / "answer.html").read_text("utf-8").partition('id="data">')[2].partition("</script>")[0]
    assert "onerror" not in json.dumps(json.loads(drawn))


def test_a_name_is_no_formula_to_a_spreadsheet(folder: Path):
    """It is written as text; numbers stay numbers, also negative ones."""
    alternatives = {name: {"teams.desk.agents": 2} for name in ("=1+1", "+1 agent", "-20 %", "@sum", "＝1")}
    question = {"question": "What?", "desk": "desk.yaml", "compare": alternatives, "replications": 2}
    (folder / "worth.yaml").write_text(yaml.safe_dump(question, allow_unicode=True), encoding="utf-8")

    ask("worth.yaml", "--out", "out")

    table = rows(folder / "out" / "results.csv")
    assert {row["alternative"] for row in table} == {f"'{name}" for name in alternatives}
    assert any(float(row["difference"]) < 0 for row in table)


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        (["worht.yaml"], ScenarioError, r"worht\.yaml: no such file; did you mean 'worth\.yaml'"),
        (["desk.yaml"], ScenarioError, "this is a desk and not a question; simulate it with `simdesk run desk.yaml`"),
        (["worth.yaml", "--set", "teams.desk.agent=2"], ScenarioError, r"--set: teams\.desk\.agent: leads nowhere"),
        (["worth.yaml", "--set", "teams.desk.agents"], ScenarioError, "does not set anything; write path=value"),
        (["worth.yaml", "--out", "desk.yaml/out"], RunError, r"cannot write to desk\.yaml/out: .*another folder with"),
    ],
)
def test_a_mistake_is_told_before_anything_is_simulated(
    folder: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], error: type[Exception], words: str
):
    """In words, and nothing is written."""
    monkeypatch.setattr("simdesk.experiment.point.run", lambda *_, **__: pytest.fail("something was simulated"))

    with pytest.raises(error, match=words):
        ask(*arguments)

    assert sorted(path.name for path in folder.iterdir()) == ["desk.yaml", "worth.yaml"]


def test_a_file_with_mistakes_is_2_and_no_traceback(folder: Path):
    """From outside: the places and the lines themselves."""
    (folder / "worth.yaml").write_text(QUESTION.replace("teams.desk.agents: 2", "teams.desk.agent: 2"))

    done = simdesk("ask", "worth.yaml", cwd=folder)

    assert done.code == 2
    assert done.out == ""
    assert done.err.startswith("worth.yaml:7:34: compare.two people.teams.desk.agent: leads nowhere at 'agent'; did")
    assert "    two people: {teams.desk.agent: 2}\n" in done.err
    assert done.err.endswith("1 problem in worth.yaml\n")


def test_a_long_alternative_is_an_alternative(folder: Path):
    """On the command line its changes are its name, cut so that the question beside the answer can be asked again."""
    changes = "teams.desk.agents=2 + demand.volume=110 % + teams.desk.cost=45 USD per hour + teams.desk.shrinkage=10 %"
    assert len(changes) > 100

    result = CliRunner().invoke(
        cli, ["compare", "desk.yaml", "--with", changes, "--replications", "2", "--workers", "1", "--out", "first"],
        catch_exceptions=False, standalone_mode=False,
    )  # fmt: skip

    again = ask("first/question.yaml", "--out", "again")
    assert "With teams.desk.agents=2 + demand.volume=110 % + " in result.output
    assert (folder / "again" / "results.csv").read_bytes() == (folder / "first/results.csv").read_bytes()
    assert again


def unable(error: BaseException) -> Callable[..., None]:
    """Something that goes wrong whenever it is used."""

    def go_wrong(*_: object) -> None:
        raise error

    return go_wrong


@pytest.mark.parametrize(
    ("command", "broken"),
    [
        (["ask", "worth.yaml", "--quick"], "simdesk.report.answers.tell.tell"),
        (["ask", "worth.yaml", "--quick"], "simdesk.report.answer_page.capital"),
        (["run", "desk.yaml", "--replications", "2"], "simdesk.report.summary.print_summary"),
    ],
)
def test_an_answer_that_cannot_be_told_costs_a_line(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], command: list[str], broken: str
):
    """The numbers are written, and the line says where."""
    monkeypatch.setattr(sys, "argv", ["simdesk", *command, "--workers", "1", "--out", "out"])
    monkeypatch.setattr(broken, unable(KeyError("team-7")))
    monkeypatch.setattr("simdesk.report.answer_page.write_page", lambda *_: Written(()))

    code = carried_out()

    said = capsys.readouterr().err
    assert code == 1
    assert said.splitlines()[-1] == (
        "simdesk: the answer could not be told (KeyError: 'team-7'); the numbers are in out. Please report this."
    )
    assert "Traceback" not in said
    assert list((folder / "out").glob("*.csv"))


@pytest.mark.parametrize("error", [KeyboardInterrupt(), MemoryError(), RunError("a law is broken")])
def test_what_is_no_fault_of_the_words_is_not_taken_for_one(error: BaseException):
    """Somebody who wants to stop, no memory, and what is said in words already."""
    with pytest.raises(type(error)) as found, telling(Path("out")):
        raise error

    assert found.value is error
