"""JSON Schema of scenarios, for editors: hover texts, completion and red lines while one writes."""

from __future__ import annotations

from typing import Any

from simdesk.scenario.model import Scenario


def json_schema() -> dict[str, Any]:
    """The schema (draft 2020-12) of a scenario file, `extends` included."""
    schema = Scenario.model_json_schema(by_alias=True, mode="validation")
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = "simdesk scenario"
    schema["properties"]["extends"] = {
        "type": "string",
        "description": "Another scenario file, in this folder or below it, that this one changes.",
    }
    schema["anyOf"] = [{"required": schema.pop("required", [])}, {"required": ["extends"]}]
    return schema
