"""The service-levels chapter: what was promised, by which clock, and the targets a person wants to see met."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal, Self

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler, ValidatorFunctionWrapHandler, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from simdesk.durations import Duration
from simdesk.scenario.quantities import Chapter, Name, Priority, Share, percentage

Waiting = Literal["pending", "hand_off", "reopened"]
"""A reason to stop the clock."""


class ServiceLevel(Chapter):
    """Promise for one priority. The unit says the clock: `2 h` runs day and night, `2 business hours` in office
    hours."""

    respond: Duration | None = None
    """Until an agent starts to work on the ticket."""
    resolve: Duration | None = None
    """Until the ticket is resolved for the last time."""


class ServiceLevels(Chapter):
    """What was promised to the users. The `seed` table of the literature: P1 15 min / 2 h … P4 1 / 5 business days."""

    calendar: Name | None = None
    """The users' office hours: the clock of promises and of lost time that are stated in business time; the hours of
    the first team unless stated."""
    target_share: Share = 0.90
    """Share of tickets for which a promise is meant to hold. [src:53-55]"""
    pause_on: list[Waiting] = ["pending"]
    """Waiting during which the resolution clock stands still."""
    priorities: dict[Priority, ServiceLevel] = {}
    """The promises."""


class Quantity(float):
    """A number that remembers what it was written as; a time is in seconds."""

    written_as: Literal["time", "share", "number"] = "number"

    def written(self) -> str | float:
        """As a person writes it: `10 min`, `95 %` or a plain number; it reads back as the same quantity."""
        if self.written_as == "time":
            return str(Duration(float(self)))
        if self.written_as == "share":
            percent = f"{(100 * Decimal(repr(float(self)))).normalize():f} %"
            return percent if percentage(percent) == self else float(self)
        return float(self)

    @classmethod
    def _read(cls, value: Any, as_number: ValidatorFunctionWrapHandler) -> Quantity:
        if isinstance(value, cls):
            return value
        written_as: Literal["time", "share", "number"] = "number"
        if isinstance(value, str):
            text = value.strip()
            written_as = "share" if text.endswith("%") else "time"
            value = percentage(text) if written_as == "share" else Duration.parse(text).in_seconds()
        quantity = cls(as_number(value))
        quantity.written_as = written_as
        return quantity

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_wrap_validator_function(
            cls._read,
            core_schema.float_schema(strict=True, allow_inf_nan=False),
            serialization=core_schema.plain_serializer_function_ser_schema(cls.written, when_used="json"),
        )


class _TextOrNumber:
    """Lets the JSON Schema accept ``95 %`` and ``30 min`` beside numbers."""

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {"anyOf": [{"type": "string"}, {"type": "number"}]}


Bound = Annotated[Quantity, _TextOrNumber()]
"""A share (`95 %`), a duration (`30 min`) or a number."""


class Target(Chapter):
    """Something that must hold; printed first in every report."""

    measure: str
    """Name of a measure; `simdesk measures` lists them."""
    priority: Priority | None = None
    """Only tickets of this priority."""
    team: Name | None = None
    """Only this team."""
    type: Name | None = None
    """Only tickets of this type."""
    at_least: Bound | None = None
    """Smallest acceptable value: a share (`95 %`), a duration (`30 min`) or a number."""
    at_most: Bound | None = None
    """Largest acceptable value."""

    @model_validator(mode="after")
    def _one_bound(self) -> Self:
        if (self.at_least is None) == (self.at_most is None):
            raise ValueError("state either at_least or at_most")
        return self
