"""Shares and factors as a person writes them, ``30 %`` or ``0.3``; the same wherever one is written."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

_SHARE_PATTERN = r"^\s*\d+(\.\d+)?\s*%\s*$"


def percentage(value: Any) -> Any:
    """The number behind ``30 %``; anything that is no text or whole number is returned as it is."""
    if isinstance(value, str):
        text = value.strip()
        if not re.match(_SHARE_PATTERN, text):
            raise ValueError(f"must be a percentage or a number, such as 30 % or 0.3, not '{text[:40]}'")
        return float(text.rstrip("%")) / 100
    if isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    return value


def meant_as_percent(number: float) -> bool:
    """Whether a number that is too large for a share was very likely meant in per cent: 30, but not 1.2, which may be
    120 % as well as 1.2 %."""
    return 2 <= number <= 100


def _part(value: Any) -> Any:
    """The number behind a share; `15` was meant to be `15 %`."""
    number = percentage(value)
    if isinstance(number, float) and number > 1:
        raise ValueError(f"must be at most 1, which is 100 %{percent_meant(value)}")
    return number


def percent_meant(value: Any) -> str:
    """The end of a message about a number that is too large for a share: `; did you mean 25 %?`, or nothing."""
    bare = isinstance(value, int | float) and not isinstance(value, bool)
    return f"; did you mean {value:g} %?" if bare and meant_as_percent(value) else ""


def share_schema(maximum: float | None) -> dict[str, Any]:
    """JSON Schema of a share or a factor."""
    number: dict[str, Any] = {"type": "number", "minimum": 0}
    if maximum is not None:
        number["maximum"] = maximum
    return {"anyOf": [{"type": "string", "pattern": _SHARE_PATTERN}, number]}


class _PercentageSchema:
    """Lets the JSON Schema accept ``30 %`` beside ``0.3``."""

    def __init__(self, maximum: float | None) -> None:
        self.maximum = maximum

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return share_schema(self.maximum)


Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False), BeforeValidator(_part), _PercentageSchema(1)]
"""A part of a whole, between 0 and 1; written ``30 %`` or ``0.3``."""

Factor = Annotated[
    float, Field(ge=0, le=1000, allow_inf_nan=False), BeforeValidator(percentage), _PercentageSchema(None)
]
"""A multiplier, written ``110 %`` or ``1.1``."""
