"""JSON Schema of scenarios, for editors: hover texts, completion and red lines while one writes."""

from __future__ import annotations

from typing import Any, Final

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from simdesk.scenario.model import Scenario

Schema = dict[str, Any]

_PLACE: Final = "#/$defs/"
_CHANGED: Final = "Changed"
"""A file that extends another may leave out anything; for it there is a second set of definitions, named so."""


class _Closed(GenerateJsonSchema):
    """Refuses keys that do not fit the pattern of a mapping, as the model does."""

    def dict_schema(self, schema: core_schema.DictSchema) -> JsonSchemaValue:
        found = super().dict_schema(schema)
        if "patternProperties" in found:
            found["additionalProperties"] = False
        return found


def json_schema() -> Schema:
    """The schema (draft 2020-12) of a scenario file, of one that extends another as well."""
    whole = Scenario.model_json_schema(by_alias=True, mode="validation", schema_generator=_Closed)
    chapters = whole.pop("$defs") | {"Scenario": whole}
    changed = {name + _CHANGED: _may_leave_out(chapter) for name, chapter in chapters.items()}
    extends = {"type": "string", "description": "Another file, in this folder or below it, that this one changes."}
    changed["Scenario" + _CHANGED]["properties"] |= {"extends": extends}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "simdesk scenario",
        "type": "object",
        "if": {"required": ["extends"]},
        "then": {"$ref": f"{_PLACE}Scenario{_CHANGED}"},
        "else": {"$ref": f"{_PLACE}Scenario"},
        "$defs": chapters | changed,
    }


def schema_of(model: type[BaseModel], title: str) -> Schema:
    """The schema (draft 2020-12) of files that hold a model and extend nothing."""
    whole = model.model_json_schema(by_alias=True, mode="validation", schema_generator=_Closed)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **whole, "title": title}


def _may_leave_out(schema: Any) -> Any:
    """The same schema with nothing required, referring to others of its kind."""
    if isinstance(schema, list):
        return [_may_leave_out(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    kept = {key: _may_leave_out(part) for key, part in schema.items() if not _requires(key, part)}
    if isinstance(place := kept.get("$ref"), str):
        kept["$ref"] = place + _CHANGED
    return kept


def _requires(key: str, part: Any) -> bool:
    """Whether it is the keyword `required`, not a property of that name."""
    return key == "required" and isinstance(part, list)
