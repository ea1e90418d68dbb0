"""Question files: what makes sense is read, and every mistake is told at its line with its remedy."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from simdesk.errors import ScenarioError
from simdesk.experiment.sheet import Key
from simdesk.question.loading import Asked, asked, load_question
from simdesk.question.model import VERBS
from simdesk.scenario.loading import loads
from simdesk.shelf import questions

DESK = """title: A small desk for a few days
run: {length: 4 days, replications: 6, cool_down: 2 days}
demand:
  contacts: 60 per day
  types: {incident: {share: 100 %, work: {exponential: {mean: 15 min}}}}
teams:
  desk: {agents: 1, cost: 40 USD per hour, escalates_to: experts}
  experts: {tier: 2, agents: 1}
targets:
  at-once: {measure: first_wait, at_most: 10 min}
"""
HEAD = "question: What would it bring?\ndesk: desk.yaml\n"
COMPARE = "compare:\n  one more: {teams.desk.agents: 2}\n"

GOOD = {
    "compare": COMPARE + "decide: {measure: first_wait, alternative: one more, falls_by: 20 %}\n",
    "sweep": "sweep:\n  over: {teams.desk.agents: {from: 1, to: 4, step: 1}, demand.volume: [90 %, 110 %]}\n"
             "  trade: [total_cost, first_wait]\n",
    "slack": "slack: {team: desk, agents: [1, 2, 3]}\n",
    "staff": "staff: {teams: {desk: {from: 1, to: 5}}, certify: 100}\n",
    "rank": "rank:\n  among: {as it is: {}, one more: {teams.desk.agents: 2}}\n  by: total_cost\n  indifference: 500\n",
    "sensitivity": "sensitivity:\n  factors: {demand.volume: {low: 90 %, high: 110 %}, "
                   "demand.types.incident.work.tier_1.exponential.mean: {standard_error: 10 %}}\n  of: first_wait\n",
    "precision": "precision: {within: 5 %, at_most: 200}\nwatch: [first_wait]\n",
    "headroom": "headroom: {of: demand.volume, up_to: 200 %, targets: [at-once]}\n",
}  # fmt: skip
"""A question of each kind."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a desk in it."""
    (tmp_path / "desk.yaml").write_text(DESK, encoding="utf-8")
    return tmp_path


def read(folder: Path, text: str, **options: Any) -> Asked:
    """The question in a file beside the desk."""
    (folder / "question.yaml").write_text(text, encoding="utf-8")
    return load_question(folder / "question.yaml", **options)


def told(folder: Path, text: str, **options: Any) -> str:
    """What is said about a file with a mistake."""
    with pytest.raises(ScenarioError) as error:
        read(folder, text, **options)
    return str(error.value).replace(f"{folder}/", "")


@pytest.mark.parametrize("verb", GOOD)
def test_a_question_of_each_kind_is_read(folder: Path, verb: str):
    """Its verb, its desk and what it watches; the desk stays as it is."""
    found = read(folder, HEAD + GOOD[verb])

    assert found.question.verb == verb
    assert found.scenario == loads(DESK)
    assert found.watched[0] == Key("first_wait")
    assert found.replications == 6


@pytest.mark.parametrize("verb", GOOD)
def test_a_question_that_is_written_down_reads_back_as_the_same(folder: Path, verb: str):
    """As plain data with what was stated, which is what lies beside an answer."""
    question = read(folder, HEAD + GOOD[verb]).question

    text = yaml.safe_dump(question.model_dump(mode="json", by_alias=True, exclude_unset=True), sort_keys=False)

    assert read(folder, text).question == question


@pytest.mark.parametrize("path", sorted(questions().glob("*.yaml")), ids=lambda path: path.stem)
def test_every_shipped_question_makes_sense_and_is_short(path: Path):
    """At most thirty lines, and quick or not it finds its desk."""
    assert len(path.read_text("utf-8").splitlines()) <= 30
    for quick in (False, True):
        assert load_question(path, quick=quick).question.verb in VERBS


def test_what_is_set_is_set_on_all_sides(folder: Path):
    """By the file, and after it by the command line; an alternative starts from there."""
    found = read(
        folder,
        f"{HEAD}set: {{teams.experts.agents: 3, demand.volume: 90 %}}\n{COMPARE}",
        changes={"demand.volume": "80 %"},
    )

    assert {name: desk.teams["experts"].agents for name, desk in found.desks.items()} == {"": 3, "one more": 3}
    assert [desk.teams["desk"].agents for desk in found.desks.values()] == [1, 2]
    assert {desk.demand.volume for desk in found.desks.values()} == {0.8}


@pytest.mark.parametrize(
    ("stated", "options", "replications"),
    [
        ("", {}, 6),
        ("replications: 40\n", {}, 40),
        ("replications: 40\n", {"replications": 30}, 30),
        ("replications: 40\n", {"quick": True}, 10),
        ("replications: 40\nquick: {replications: 3}\n", {"quick": True}, 3),
        ("", {"quick": True}, 6),
        ("replications: 40\n", {"quick": True, "replications": 4}, 4),
    ],
)
def test_the_number_of_runs_is_the_one_stated_last_and_a_quick_look_never_takes_longer(
    folder: Path, stated: str, options: dict[str, Any], replications: int
):
    """By the desk, the question, the command line; a quick look has at most that many."""
    found = read(folder, HEAD + stated + COMPARE, **options)

    assert found.replications == replications
    assert found.quick is bool(options.get("quick"))


def test_a_quick_look_may_change_the_desk(folder: Path):
    """A shorter run, for instance; only then."""
    text = HEAD + COMPARE + "quick: {set: {run.length: 1 day}}\n"

    assert str(read(folder, text, quick=True).scenario.run.length) == "1 day"
    assert str(read(folder, text).scenario.run.length) == "4 days"


def test_what_is_watched_is_what_is_stated_or_the_usual(folder: Path):
    """Each once; without a word the measures of the targets come first."""
    assert read(folder, HEAD + COMPARE).watched[:2] == [Key("first_wait"), Key("resolution_time")]
    stated = "watch: [occupancy:desk, first_wait, total_cost, first_wait, first_wait:P2, first_wait:incident]\n"
    assert read(folder, HEAD + stated + COMPARE).watched == [
        Key("occupancy", "team", "desk"), Key("first_wait"), Key("total_cost"), Key("first_wait", "priority", "P2"),
        Key("first_wait", "type", "incident"),
    ]  # fmt: skip


def test_a_shipped_desk_is_found_by_its_name(folder: Path):
    """Also one in a folder of the shelf."""
    for name in ("quickstart", "textbook/mm1"):
        text = f"question: What now?\ndesk: {name}\ncompare: {{more: {{demand.volume: 110 %}}}}\n"
        assert read(folder, text).scenario.title


def test_a_desk_may_lie_below_the_question(folder: Path):
    """But nowhere else."""
    (folder / "below").mkdir()
    (folder / "below" / "desk.yaml").write_text(DESK, encoding="utf-8")

    assert read(folder, f"question: What now?\ndesk: below/desk.yaml\n{COMPARE}").scenario == loads(DESK)


TWO = "slack: {team: desk}\n"
DECIDE = COMPARE + "decide: {measure: first_wait, "

MISTAKES = {
    "no verb": ("", "question.yaml:1:1: asks nothing; add one of compare, "),
    "two verbs": (COMPARE + TWO, "question.yaml:5:1: slack: a file asks one question, and compare is one already"),
    "a wrong verb": ("compair: {a: {title: b}}\n", "question.yaml:3:1: compair: unknown key; did you mean 'compare'?"),
    "nothing": (None, "question.yaml: the file is empty"),
    "no question": ("desk: desk.yaml\n" + COMPARE, "question.yaml:1:1: question: missing"),
    "a misspelt path in an alternative": (
        "compare:\n  one more: {teams.desk.agent: 2}\n",
        "question.yaml:4:32: compare.one more.teams.desk.agent: leads nowhere at 'agent'; did you mean 'agents'?",
    ),
    "a value that does not fit": (
        "compare:\n  fewer: {teams.desk.agents: -1}\n",
        "question.yaml:4:30: compare.fewer.teams.desk.agents: must be at least 0",
    ),
    "what would contradict itself elsewhere": (
        "compare:\n  gone: {teams.desk.escalates_to: nobody}\n",
        "question.yaml:4:35: compare.gone.teams.desk.escalates_to: no team named 'nobody'",
    ),
    "two mistakes in two alternatives": (
        "compare:\n  a: {teams.dask.agents: 2}\n  b: {demand.volum: 90 %}\n",
        "2 problems in question.yaml",
    ),
    "a path that is none": ("compare: {a: {teams..agents: 2}}\n", "question.yaml:3:15: compare.a.teams..agents: "),
    "an alternative that is measured otherwise": (
        "compare:\n  longer: {run.length: 9 days}\n",
        "question.yaml:4:24: compare.longer.run.length: all sides must be measured alike; state it under set",
    ),
    "no alternatives": ("compare: {}\n", "question.yaml:3:10: compare: "),
    "set": ("set: {teams.desk.agnets: 2}\n" + COMPARE, "question.yaml:3:26: set.teams.desk.agnets: leads nowhere at"),
    "a target that is set on no measure": (
        "set: {targets.new: {measure: frist_wait, at_most: 5 min}}\n" + COMPARE,
        "question.yaml:3:20: set.targets.new: no measure named 'frist_wait'; did you mean 'first_wait'?",
    ),
    "a watched measure": (
        "watch: [first_wait, frist_wait]\n" + COMPARE,
        "question.yaml:3:21: watch.1: no measure named 'frist_wait'; did you mean 'first_wait'? `simdesk measures`",
    ),
    "a measure of a team, of none": (
        "watch: [occupancy]\n" + COMPARE,
        "question.yaml:3:9: watch.0: occupancy is not told of the whole desk; write e.g. occupancy:desk",
    ),
    "a measure of a team that is not there": (
        "watch: [occupancy:desks]\n" + COMPARE,
        "question.yaml:3:9: watch.0: occupancy is not told of 'desks'; write e.g. occupancy:desk",
    ),
    "a rule without its measure": (
        DECIDE.replace("first_wait", "wait") + "falls_by: 5 min}\n",
        "question.yaml:5:19: decide.measure: no measure named 'wait'",
    ),
    "a size in another unit": (
        DECIDE + "falls_by: 5 points}\n",
        "question.yaml:5:41: decide.falls_by: does not fit a measure that is a time; write e.g. '10 min'",
    ),
    "a size that is none": (
        DECIDE + "falls_by: much}\n",
        "question.yaml:5:41: decide.falls_by: is no size; write e.g. '10 min'",
    ),
    "a level in another unit": (
        DECIDE + "at_most: 80 %}\n",
        "question.yaml:5:40: decide.at_most: is a share, and the measure is a time",
    ),
    "two rules": (DECIDE + "falls_by: 5 min, at_most: 9 min}\n", "question.yaml:5:9: decide: state one rule, not 2"),
    "no rule": (COMPARE + "decide: {measure: first_wait}\n", "question.yaml:5:9: decide: state one rule, not 0"),
    "a rule about an alternative that is not there": (
        DECIDE + "alternative: two more, falls_by: 5 min}\n",
        "question.yaml:5:44: decide.alternative: no alternative named 'two more'; there are 'one more'",
    ),
    "a rule without a comparison": (
        "slack: {team: desk}\ndecide: {measure: first_wait, falls_by: 5 min}\n",
        "question.yaml:4:1: decide: decides comparisons only; remove it, or ask with compare",
    ),
    "an unknown team": (
        "slack: {team: dask}\n",
        "question.yaml:3:15: slack.team: no team named 'dask'; did you mean 'desk'?",
    ),
    "an unknown team to staff": (
        "staff: {teams: {dask: {from: 1, to: 2}}}\n",
        "staff.teams.dask: no team named 'dask'; did you mean 'desk'?",
    ),
    "an unknown target": (
        "headroom: {targets: [at-onse]}\n",
        "question.yaml:3:22: headroom.targets.0: no target named 'at-onse'; did you mean 'at-once'?",
    ),
    "headroom of nothing": (
        "headroom: {of: demand.volumes}\n",
        "question.yaml:3:16: headroom.of: leads nowhere at 'volumes'; did you mean 'volume'?",
    ),
    "a sweep over a misspelt path": (
        "sweep: {over: {teams.desk.agent: [1, 2]}}\n",
        "sweep.over.teams.desk.agent: leads nowhere at 'agent'; did you mean 'agents'?",
    ),
    "a sweep over luck": (
        "sweep: {over: {run.seed: [1, 2]}}\n",
        "sweep.over.run.seed: all sides must be measured alike; state it under set, for all of them",
    ),
    "a grid with points": ("sweep: {over: {demand.volume: [90 %]}, points: 5}\n", "sweep: state points for a spread"),
    "a trade with an unknown measure": (
        "sweep: {over: {teams.desk.agents: [1, 2]}, trade: [total_cost, wait]}\n",
        "sweep.trade.1: no measure named 'wait'",
    ),
    "a rank by what is neither": (
        "rank: {among: {a: {}, b: {demand.volume: 90 %}}, by: tickets_per_week, indifference: 1}\n",
        "rank.by: neither less nor more of this is better; rank by another measure",
    ),
    "an indifference in another unit": (
        "rank: {among: {a: {}, b: {demand.volume: 90 %}}, by: total_cost, indifference: 2 min}\n",
        "rank.indifference: does not fit a measure that is money",
    ),
    "one candidate": ("rank: {among: {a: {}}, by: total_cost, indifference: 1}\n", "rank.among: "),
    "a factor without its ends": (
        "sensitivity: {factors: {demand.volume: {low: 90 %}}, of: first_wait}\n",
        "sensitivity.factors.demand.volume: state low and high, or a standard_error",
    ),
    "a factor that leads nowhere": (
        "sensitivity: {factors: {demand.volumen: {low: 1, high: 2}}, of: first_wait}\n",
        "sensitivity.factors.demand.volumen: leads nowhere at 'volumen'; did you mean 'volume'?",
    ),
    "a precision of nothing": ("precision: {within: 0 %}\n", "question.yaml:3:21: precision.within: "),
    "too sure": ("confidence: 100 %\n" + COMPARE, "question.yaml:3:13: confidence: "),
    "one run": ("replications: 1\n" + COMPARE, "question.yaml:3:15: replications: must be at least 2"),
    "a key that is there twice": (
        COMPARE + "compare: {a: {title: b}}\n",
        "question.yaml:5:1: compare: duplicate key; 'compare' is already set in line 3",
    ),
    "an alternative that is there twice": (
        "compare:\n  a: {teams.desk.agents: 2}\n  a: {teams.desk.agents: 3}\n",
        "question.yaml:5:3: compare.a: duplicate key; 'a' is already set in line 4",
    ),
}  # fmt: skip
"""What is wrong below the first two lines, and what is said."""


@pytest.mark.parametrize("mistake", MISTAKES)
def test_every_mistake_is_told_at_its_place_with_its_remedy(folder: Path, mistake: str):
    """File, line, column, path, what is wrong; nothing of the machinery."""
    text, wanted = MISTAKES[mistake]

    said = told(folder, text if mistake == "no question" else HEAD + text if text is not None else "")

    assert wanted in said, said
    assert said.splitlines()[-1].endswith("in question.yaml")
    assert "Traceback" not in said
    assert "validat" not in said


@pytest.mark.parametrize(
    ("desk", "wanted"),
    [
        ("dsek.yaml", "question.yaml:2:7: desk: no file 'dsek.yaml' beside this one; did you mean 'desk.yaml'?"),
        ("quickstrat", "question.yaml:2:7: desk: no shipped desk named 'quickstrat'; did you mean 'quickstart'?"),
        ("../desk.yaml", "question.yaml:2:7: desk: must lie in the folder of this file or below it, or be the name of"),
        ("/etc/desk.yaml", "question.yaml:2:7: desk: must lie in the folder of this file or below it"),
        ("outside.yaml", "question.yaml:2:7: desk: must lie in the folder of this file or below it"),
        ("round.yaml", "question.yaml:2:7: desk: "),
        ("folder.yaml", "question.yaml:2:7: desk: no file 'folder.yaml' beside this one"),
        ("../../etc/passwd", "question.yaml:2:7: desk: no shipped desk named '../../etc/passwd'"),
        ("x" * 280 + ".yaml", "question.yaml:2:7: desk: no file 'xxx"),
        ('"a\\0b.yaml"', "question.yaml:2:7: desk: U+0000 is an invisible character"),
        ('""', "question.yaml:2:7: desk: "),
        ("[desk.yaml]", "question.yaml:2:7: desk: "),
    ],
)
def test_a_desk_that_cannot_be_found_is_named_with_its_nearest(folder: Path, desk: str, wanted: str):
    """In this folder, below it or on the shelf; by no name does one get out of there, nor past the sentences."""
    outside = folder.parent / "outside.yaml"
    outside.write_text(DESK, encoding="utf-8")
    (folder / "outside.yaml").symlink_to(outside)
    (folder / "round.yaml").symlink_to(folder / "round.yaml")
    (folder / "folder.yaml").mkdir()

    said = told(folder, f"question: What now?\ndesk: {desk}\n{COMPARE}")

    assert wanted in said, said


def test_a_mistake_in_the_desk_is_told_in_the_desk(folder: Path):
    """At its line of its file, also if it is in a target."""
    (folder / "desk.yaml").write_text(DESK.replace("first_wait", "frist_wait"), encoding="utf-8")

    said = told(folder, HEAD + COMPARE)

    assert said.startswith("desk.yaml:10:22: targets.at-once.measure: no measure named 'frist_wait'; did you mean")


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({"teams.desk.agent": 2}, "--set: teams.desk.agent: leads nowhere at 'agent'; did you mean 'agents'?"),
        ({"targets.at-once.measure": "wait"}, "--set: targets.at-once.measure: no measure named 'wait'"),
    ],
)
def test_a_mistake_on_the_command_line_is_told_there(folder: Path, changes: dict[str, Any], wanted: str):
    """And not in the file, which is not to blame."""
    assert wanted in told(folder, HEAD + COMPARE, changes=changes)


@pytest.mark.parametrize("verb", ["staff", "headroom"])
def test_without_targets_there_is_nothing_to_keep(folder: Path, verb: str):
    """Any staffing does, and nothing can break."""
    (folder / "desk.yaml").write_text(DESK.partition("targets:")[0], encoding="utf-8")

    assert f"{verb}: the desk states no targets" in told(folder, f"{HEAD}{verb}: {{}}\n")


def test_a_quick_change_is_checked_when_it_is_quick(folder: Path):
    """At its place."""
    text = HEAD + COMPARE + "quick: {set: {run.lenght: 1 day}}\n"

    assert "question.yaml:5:27: quick.set.run.lenght: leads nowhere at 'lenght'; did you mean" in told(
        folder, text, quick=True
    )


def test_all_mistakes_of_a_file_are_told_at_once(folder: Path):
    """In the order of the file, each at its line."""
    said = told(folder, HEAD + "watch: [a, b]\ncompare:\n  x: {teams.desk.agent: 2}\n  y: {run.seed: 3}\n")

    assert [line.split(": ")[1] for line in said.splitlines() if line.startswith("question.yaml:")] == [
        "watch.0", "watch.1", "compare.x.teams.desk.agent", "compare.y.run.seed",
    ]  # fmt: skip


def test_a_question_may_be_plain_data(folder: Path):
    """As the command line puts it together; a mistake has a path, and no line."""
    desk = loads(DESK)
    fine = {"question": "What now?", "desk": "any", "compare": {"more": {"teams.desk.agents": 2}}}

    assert asked(fine, scenario=desk).desks["more"].teams["desk"].agents == 2
    with pytest.raises(ScenarioError, match=r"^the question: compare\.more\.teams\.desk\.agent: leads nowhere"):
        asked({**fine, "compare": {"more": {"teams.desk.agent": 2}}}, scenario=desk)
    with pytest.raises(ScenarioError, match=r"the question: compare"):
        asked({**fine, "compare": {}}, scenario=desk)
