"""A path in the form in which the file is written works as the one with every name on it does, and is told as such."""

from __future__ import annotations

from typing import Any

import pytest

from simdesk.errors import ScenarioError
from simdesk.experiment.levels import spans
from simdesk.scenario.loading import loads, vary
from simdesk.scenario.model import Scenario
from simdesk.scenario.paths import follow, spelt_out, standing

SHORT = """
title: One value for all
try: [{path: demand.types.call.work.lognormal.mean, from: 5 min, to: 20 min}]
demand:
  contacts: 100 per day
  types:
    call: {share: 50 %, work: {lognormal: {mean: 15 min, cv: 1.0}}, resolves: 80 %}
    mail: {share: 50 %, work: {tier_1: {constant: {value: 5 min}}, tier_2: {constant: {value: 9 min}}}}
teams:
  desk: {agents: 5, shrinkage: 30 %, escalates_to: experts}
  experts: {tier: 2, agents: 5}
flow: {pending: {share: 30 %}}
"""
CALL = "demand.types.call"
PAIRS = [
    (f"{CALL}.work.lognormal.mean", f"{CALL}.work.tier_1.lognormal.mean", "20 min"),
    (f"{CALL}.work.lognormal", f"{CALL}.work.tier_1.lognormal", {"mean": "20 min"}),
    (f"{CALL}.work", f"{CALL}.work.tier_1", {"lognormal": {"mean": "20 min"}}),
    (f"{CALL}.work", f"{CALL}.work.tier_1", {"constant": {"value": "20 min"}}),
    (f"{CALL}.resolves", f"{CALL}.resolves.tier_1", "70 %"),
    ("flow.pending.share", "flow.pending.share.tier_1", "50 %"),
]


def refused(changes: dict[str, Any]) -> list[tuple[str, str]]:
    """Path and message of every problem with some changes."""
    with pytest.raises(ScenarioError) as error:
        vary(loads(SHORT), changes)
    return [(problem.path, problem.message) for problem in error.value.problems]


@pytest.mark.parametrize(("short", "whole", "value"), PAIRS)
def test_both_paths_work(short: str, whole: str, value: Any):
    """The path that the file uses, and the one with the tier; what else is stated there stays, such as the cv."""
    scenario = loads(SHORT)

    assert vary(scenario, {short: value}) == vary(scenario, {whole: value}) != scenario


@pytest.mark.parametrize(("short", "whole", "value"), PAIRS[:3])
def test_both_paths_work_where_the_file_names_the_tier(short: str, whole: str, value: Any):
    """So that who adds `tier_1:` to a file need not mend its questions."""
    scenario = loads(
        SHORT.replace("{lognormal: {mean: 15 min, cv: 1.0}}", "{tier_1: {lognormal: {mean: 15 min, cv: 1.0}}}")
    )

    assert vary(scenario, {short: value}) == vary(scenario, {whole: value}) != scenario


def test_a_slider_of_the_file_leads_where_it_says():
    """It offers values from 5 to 20 minutes, and today's are 15."""
    scenario = loads(SHORT)

    assert str(follow(scenario, scenario.try_[0].path)) == "15 min"


@pytest.mark.parametrize(
    ("changes", "path", "message"),
    [
        ({f"{CALL}.work.lognormal.mean": "-1 min"}, f"{CALL}.work.lognormal.mean", "cannot be negative"),
        ({f"{CALL}.work.tier_1.lognormal.mean": "-1 min"}, f"{CALL}.work.tier_1.lognormal.mean", "cannot be negative"),
        ({f"{CALL}.work": {"lognormal": {"mean": "-1 min"}}}, f"{CALL}.work.lognormal.mean", "cannot be negative"),
        ({f"{CALL}.work": {"tier_1": {"lognormal": {"mean": "-1 min"}}}}, f"{CALL}.work.tier_1.lognormal.mean", "neg"),
        ({f"{CALL}.work.exponental.mean": "1 min"}, f"{CALL}.work.exponental.mean", "did you mean 'exponential'?"),
        ({f"{CALL}.resolves": "170 %"}, f"{CALL}.resolves", "at most 1"),
        ({f"{CALL}.resolves.tier_1": "170 %"}, f"{CALL}.resolves.tier_1", "at most 1"),
        (
            {"demand.types.mail.work.constant.value": "1 min"},
            "demand.types.mail.work.constant.value",
            "'tier_1', 'tier_2'",
        ),
        ({"flow.pending.share": "170 %"}, "flow.pending.share", "at most 1"),
    ],
)
def test_a_problem_is_told_at_the_path_that_was_typed(changes: dict[str, Any], path: str, message: str):
    """Not at one that nobody wrote; and where two tiers are stated, a path must say which."""
    ((where, said),) = refused(changes)

    assert where == path
    assert message in said


def test_a_problem_of_a_file_is_told_at_the_path_that_the_file_uses():
    """The first line resolves 80 %, and there is none: no tier is named that the file does not name."""
    text = SHORT.replace("desk: {agents", "desk: {tier: 3, agents")

    with pytest.raises(ScenarioError) as error:
        loads(text)

    assert [(one.path, one.line) for one in error.value.problems[:1]] == [(f"{CALL}.resolves", 7)]


def test_a_short_form_has_one_number():
    """A share for all tiers, and all the time that is not there for tickets; more than one tier has none."""
    scenario = loads(SHORT)

    assert standing(scenario, f"{CALL}.resolves") == 0.8
    assert standing(scenario, "flow.pending.share") == 0.3
    assert standing(scenario, "teams.desk.shrinkage") == 0.3
    several = vary(scenario, {f"{CALL}.resolves.tier_2": "90 %"})
    assert standing(several, f"{CALL}.resolves") == {"tier_1": 0.8, "tier_2": 0.9}


@pytest.mark.parametrize(
    ("path", "low", "high"),
    [(f"{CALL}.resolves", "50 %", "90 %"), ("teams.desk.shrinkage", "10 %", "40 %"),
     (f"{CALL}.work.lognormal.mean", "5 min", "20 min")],
)  # fmt: skip
def test_a_short_form_can_be_a_factor(path: str, low: str, high: str):
    """With ends that are stated, and with a standard error of a tenth of what stands there."""
    scenario = loads(SHORT)

    (stated,), (about,) = spans(scenario, {path: (low, high)}), spans(scenario, {path: 0.1})

    assert (stated.low, stated.high) == (low, high)
    assert about.low != about.high


def test_a_path_of_anything_else_is_left_alone():
    """Also one that leads nowhere, and one of a type that does not exist."""
    scenario: Scenario = loads(SHORT)

    for path in (
        "teams.desk.agents",
        "demand.types.mail.work.tier_2.constant.value",
        "demand.types.call.work.tier_1",
        "demand.types.none.work.lognormal.mean",
        "demand.types.call.work.nothing.mean",
        "demand.types.call.work",
    ):
        assert spelt_out(scenario, path) == path
