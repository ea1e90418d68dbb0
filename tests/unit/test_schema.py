"""The JSON Schema that editors use agrees with the model that decides."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from pydantic import BaseModel

from simdesk.errors import ScenarioError
from simdesk.scenario.forms import forms_of
from simdesk.scenario.loading import loads
from simdesk.scenario.model import Scenario
from simdesk.scenario.schema import json_schema
from simdesk.scenario.yaml_source import parse_yaml, read_yaml
from written import ONE_TEAM, SHELF

SCHEMA = json_schema()
JUDGE = jsonschema.Draft202012Validator(SCHEMA)
WRONG = Path(__file__).parent / "wrong"


def models(of: type[BaseModel], seen: set[type[BaseModel]]) -> Iterator[type[BaseModel]]:
    """A model and all that it contains."""
    if of in seen:
        return
    seen.add(of)
    yield of
    for field in of.model_fields.values():
        yield from _inside(field.annotation, seen)


def _inside(annotation: Any, seen: set[type[BaseModel]]) -> Iterator[type[BaseModel]]:
    for form in forms_of(annotation):
        if inspect.isclass(form.type) and issubclass(form.type, BaseModel):
            yield from models(form.type, seen)
        for inner in getattr(form.type, "__args__", ()):
            yield from _inside(inner, seen)


def test_it_is_a_valid_schema():
    """Of draft 2020-12."""
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("path", SHELF, ids=lambda path: path.stem)
def test_it_accepts_every_desk_of_the_shelf(path: Path):
    """Those that extend another, too."""
    assert [error.message for error in JUDGE.iter_errors(read_yaml(path).data)] == []


@pytest.mark.parametrize(
    "name",
    [
        "agents-negative", "agents-fraction", "key-misspelt", "chapter-misspelt", "chapter-missing", "work-missing",
        "share-without-percent", "priority-unknown", "tier-misspelt", "unit-misspelt", "distribution-bare",
        "distribution-of-two-shapes", "rate-misspelt", "discipline-misspelt", "team-name-with-space", "teams-as-a-list",
        "cost-without-hour", "currency-in-words", "extends-a-list", "extends-and-breaks", "patience-without-limit",
        "priority-mix-empty", "profile-of-23-hours",
    ],
)  # fmt: skip
def test_it_refuses_what_an_editor_can_see(name: str):
    """Misspelt keys, missing chapters, wrong units; red lines while one writes."""
    wrong = read_yaml(WRONG / f"{name}.yaml").data

    assert not JUDGE.is_valid(wrong)


@pytest.mark.parametrize(
    "team",
    [
        "{agents: 3, shrinkage: 30 %}",
        "{agents: 3, shrinkage: 0.3}",
        "{agents: 3, shrinkage: {absent: 10 %}}",
        "{agents: 3, shrinkage: 150 %}",
        "{agents: 3, ticket_time: 1.5}",
        "{agents: 3, also_serves: desk}",
    ],
)
def test_it_judges_a_team_as_the_model_does(team: str):
    """Short spellings are accepted by both, mistakes refused by both."""
    text = ONE_TEAM.replace("{agents: 3, calendar: office}", team)
    by_model = True
    try:
        loads(text)
    except ScenarioError:
        by_model = False

    by_schema = JUDGE.is_valid(parse_yaml(text, "desk").data)

    # "150 %" is a well-formed percentage; that it is too much only the model sees
    assert by_schema == (by_model or "150 %" in team)


def test_every_word_of_a_scenario_is_explained():
    """Each chapter and each field says what it is for; this is the manual."""
    found = list(models(Scenario, set()))

    silent = [
        f"{model.__name__}.{n}" for model in found for n, field in model.model_fields.items() if not field.description
    ]
    assert len(found) > 30
    assert silent == []
    assert [model.__name__ for model in found if not inspect.getdoc(model)] == []


def test_defaults_are_shown_as_a_person_writes_them():
    """A duration as `4 weeks`, not as a mapping of its parts."""
    run = SCHEMA["$defs"]["Run"]["properties"]

    assert run["cool_down"]["default"] == "4 weeks"
