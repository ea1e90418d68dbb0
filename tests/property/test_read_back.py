"""What simdesk writes it can read back, and it says the same: scenarios, questions, bounds, sliders, odd characters."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from simdesk.question.model import Question
from simdesk.scenario.excerpts import printable
from simdesk.scenario.loading import loads, vary
from simdesk.scenario.model import Scenario
from simdesk.scenario.writing import dump, dumps
from simdesk.scenario.yaml_source import parse_yaml
from written import two_tiers

visible = st.characters(exclude_categories=("C", "Zl", "Zp"))
texts = st.text(visible | st.sampled_from("\t\n"), max_size=80)
names = st.from_regex(r"[A-Za-z][A-Za-z0-9_-]{0,20}", fullmatch=True)
tenths = st.integers(0, 5000).map(lambda number: number / 10)
times = st.builds(
    lambda number, unit: f"{number} {unit}",
    tenths,
    st.sampled_from(["s", "min", "h", "days", "business minutes", "business hours", "business days"]),
)
shares = st.integers(0, 1000).map(lambda number: f"{number / 10} %") | st.floats(0, 1)
bounds = times | shares | st.floats(-1e12, 1e12) | st.integers(0, 10**12)
sides = st.sampled_from(["at_least", "at_most"])
stated_targets = st.builds(lambda side, bound: {"measure": "first_wait", side: bound}, sides, bounds)
targets = st.dictionaries(names, stated_targets, max_size=4)
sliders = st.lists(
    st.fixed_dictionaries({"path": st.just("demand.volume"), "from": bounds, "to": bounds, "label": texts}), max_size=3
)
promises = st.dictionaries(st.sampled_from(["P1", "P2", "P3"]), st.fixed_dictionaries({"resolve": times}))
chapters = st.fixed_dictionaries(
    {},
    optional={
        "title": texts, "story": texts, "targets": targets, "try": sliders, "service_levels.priorities": promises,
        "service_levels.target_share": shares, "run.seed": st.integers(0, 2**63 - 1),
        "money.workaround_after": times, "demand.volume": st.floats(0, 1000),
    },
)  # fmt: skip


@given(chapters)
@settings(max_examples=100, deadline=None)
def test_a_scenario_reads_back_as_the_same(stated: dict[str, Any]):
    """Titles in any script, seeds of any size, bounds on either clock; to the last digit."""
    scenario = vary(two_tiers(), stated)

    again = loads(dumps(scenario))

    assert again == scenario
    assert dumps(again) == dumps(scenario)
    for one, other in zip(again.try_, scenario.try_, strict=True):
        assert one.model_dump(mode="json", by_alias=True) == other.model_dump(mode="json", by_alias=True)


titles = st.text(visible, min_size=1, max_size=100).map(lambda text: printable(text)[:100])
values = bounds | texts | st.booleans() | st.lists(bounds, max_size=3) | st.dictionaries(names, bounds, max_size=3)
alternatives = st.dictionaries(titles, st.dictionaries(names, values, max_size=3), min_size=1, max_size=4)


@given(alternatives, titles, texts)
@settings(max_examples=200, deadline=None)
def test_a_question_reads_back_as_the_same(compare: dict[str, Any], question: str, story: str):
    """Its titles are keys of the file, such as `1.5`, `<<`, `~`, `09:00` or words that begin with a dash."""
    asked = Question.model_validate({"question": question, "desk": "desk", "story": story, "compare": compare})

    text = dump(asked.model_dump(mode="json", by_alias=True, exclude_unset=True))

    assert Question.model_validate(parse_yaml(text, "question.yaml").data) == asked


def test_a_desk_of_a_thousand_teams_is_written_as_it_was_stated():
    """With every default filled in it would have some 50,000 values, more than are read."""
    teams = "".join(f"  team{number}: {{agents: 1, shrinkage: 30 %}}\n" for number in range(1000))
    work = "{a: {share: 100 %, work: {constant: {value: 5 min}}}}"
    scenario = loads(f"demand: {{contacts: 10 per day, types: {work}}}\nteams:\n{teams}")

    again = loads(dumps(scenario))

    assert again == scenario
    assert dumps(again) == dumps(scenario)


def test_a_desk_that_is_too_long_in_lines_is_written_without_them():
    """The 24 hours of 480 types fill 70 KiB in one line each, and more than is read one below the other."""
    hours = "[" + ", ".join(["1.25"] * 24) + "]"
    types = "".join(
        f"  t{number}: {{contacts: 1 per day, profile: {{hours: {hours}}}, work: {{constant: {{value: 5 min}}}}}}\n"
        for number in range(480)
    )
    scenario: Scenario = loads(f"demand:\n types:\n{types}\nteams: {{desk: {{agents: 1}}}}")

    assert loads(dumps(scenario)) == scenario
