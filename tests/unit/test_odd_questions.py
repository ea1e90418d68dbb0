"""What can be asked and is hardly meant is told at its line of the question, and refuses nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from simdesk.question.loading import asked, load_question
from simdesk.scenario.loading import loads

DESK = """title: A small desk for a few days
run: {length: 4 days, replications: 6, cool_down: 2 days}
demand:
  contacts: 60 per day
  types: {incident: {share: 100 %, work: {exponential: {mean: 15 min}}}}
teams:
  desk: {agents: 6, cost: 40 USD per hour}
targets:
  at-once: {measure: first_wait, at_most: 10 min}
"""
HEAD = "question: What would it bring?\ndesk: desk.yaml\n"
RANK = "by: first_wait, indifference: 1 min"

ODD = {
    "six instead of six": (
        "compare: {more: {teams.desk.agents: 6}}\n",
        "3:17: compare.more: changes nothing: teams.desk.agents is 6 already",
    ),
    "the same in other words": (
        "explain: {more: {demand.volume: 100 %, teams.desk.agents: 6}}\n",
        "3:17: explain.more: changes nothing: demand.volume is '100 %' and teams.desk.agents is 6 already",
    ),
    "six as set on all sides": (
        "set: {teams.desk.agents: 7}\ncompare: {more: {teams.desk.agents: 7}, less: {teams.desk.agents: 6}}\n",
        "4:17: compare.more: changes nothing: teams.desk.agents is 7 already",
    ),
    "a candidate": (
        f"rank: {{among: {{as it is: {{}}, more: {{teams.desk.agents: 6}}}}, {RANK}}}\n",
        "3:36: rank.among.more: changes nothing: teams.desk.agents is 6 already",
    ),
    "eighty times the volume": (
        "sweep: {over: {demand.volume: {from: 1, to: 80}}}\n",
        "3:45: sweep.over.demand.volume.to: 80 is 80 times the volume that is stated; did you mean 80 %?",
    ),
    "one volume of several": (
        "sweep: {over: {demand.volume: [80, 100, 90]}}\n",
        "3:36: sweep.over.demand.volume.1: 100 is 100 times the volume that is stated; did you mean 100 %?",
    ),
    "a wide guess": (
        "sensitivity: {factors: {demand.volume: {low: 1, high: 90}}, of: first_wait}\n",
        "3:55: sensitivity.factors.demand.volume.high: 90 is 90 times the volume that is stated; did you mean 90 %?",
    ),
}  # fmt: skip

MEANT = {
    "the desk as it stands": f"rank: {{among: {{as it is: {{}}, more: {{teams.desk.agents: 7}}}}, {RANK}}}\n",
    "a change": "compare: {more: {teams.desk.agents: 7}}\n",
    "two changes, of which one is none": "compare: {more: {teams.desk.agents: 6, demand.volume: 110 %}}\n",
    "many times in per cent": "sweep: {over: {demand.volume: {from: 100 %, to: 1500 %}}}\n",
    "many agents": "sweep: {over: {teams.desk.agents: {from: 1, to: 80}}}\n",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a desk in it."""
    (tmp_path / "desk.yaml").write_text(DESK, encoding="utf-8")
    return tmp_path


def oddities(folder: Path, text: str) -> list[str]:
    """What is told of a question, without its folder."""
    file = folder / "question.yaml"
    file.write_text(HEAD + text, encoding="utf-8")
    return [problem.head.removeprefix(f"{file}:") for problem in load_question(file).odd]


@pytest.mark.parametrize(("text", "wanted"), ODD.values(), ids=ODD)
def test_what_is_odd_is_told_once_at_its_place(folder: Path, text: str, wanted: str):
    """The question is read all the same."""
    assert oddities(folder, text) == [wanted]


@pytest.mark.parametrize("text", MEANT.values(), ids=MEANT)
def test_what_may_be_meant_is_not_told(folder: Path, text: str):
    """As near to it as one can come."""
    assert oddities(folder, text) == []


def test_what_was_typed_is_told_of_its_option():
    """A comparison that was put together from a command has no line."""
    question = {"question": "More?", "desk": "any", "compare": {"more": {"teams.desk.agents": 6}}}

    found = asked(question, scenario=loads(DESK), typed={("compare", "more"): "--alternative"})

    assert [problem.head for problem in found.odd] == ["--alternative: changes nothing: teams.desk.agents is 6 already"]
