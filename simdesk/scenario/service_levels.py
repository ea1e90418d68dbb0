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
    """Promise for one priority, from the instant in which a ticket reaches the desk: after self-service and automation.
    The unit says the clock: `2 h` runs day and night, `2 business hours` in office hours."""

    respond: Duration | None = None
    """Until an agent starts to work on the ticket."""
    resolve: Duration | None = None
    """Until the ticket is resolved for the last time."""


class ServiceLevels(Chapter):
    """What was promised to the users. The `seed` table of the literature: P1 15 min / 2 h … P4 1 / 5 business days."""

    calendar: Name | None = None
    """The users' office hours: the clock of promises in business time, of lost time and of business measures. Unless
    stated, the `calendar` of the first team in the file that is not open round the clock, else `always`. Shifts never
    move it, and alternatives are judged by that of the desk as it stands."""
    target_share: Share = 0.90
    """Share of tickets for which a promise is meant to hold. [src:53-55]"""
    pause_on: list[Waiting] = ["pending", "reopened"]
    """Waiting during which the resolution clock stands still: unless stated, while the user (or a vendor) has to
    answer, and between a resolution and the user's coming back, as GLPI and Zammad do it."""
    priorities: dict[Priority, ServiceLevel] = {}
    """The promises."""


Form = Literal["time", "business time", "business days", "share", "number"]
"""How a quantity is written; what it means in seconds depends on a calendar for business days."""


class Quantity(float):
    """A number that remembers how it was written: seconds of a time, business days, a part of one, or a number."""

    written_as: Form = "number"

    @property
    def business(self) -> bool:
        """Whether it is a time whose clock runs in opening hours only."""
        return self.written_as in ("business time", "business days")

    @property
    def is_time(self) -> bool:
        """Whether it is a time of either clock."""
        return self.business or self.written_as == "time"

    def in_unit(self, day_length: int) -> float:
        """In the unit of a measure, in which a time is in seconds.

        Args:
            day_length: seconds of a business day, see `clock.Calendar.day_length`.
        """
        return float(self) * day_length if self.written_as == "business days" else float(self)

    def written(self) -> str | float:
        """As a person writes it: `10 min`, `2 business days`, `95 %` or a plain number; it reads back as the same."""
        if self.written_as == "business days":
            return str(Duration(0.0, business=True, business_days=float(self)))
        if self.is_time:
            return str(Duration(float(self), business=self.business))
        if self.written_as == "share":
            percent = f"{(100 * Decimal(repr(float(self)))).normalize():f} %"
            return percent if percentage(percent) == float(self) else float(self)
        return float(self)

    def __eq__(self, other: object) -> bool:
        """Equal numbers of different clocks are different: eight business hours are not eight hours."""
        if not isinstance(other, int | float):
            return NotImplemented
        mine, theirs = (one.written_as if isinstance(one, Quantity) and one.business else "" for one in (self, other))
        return mine == theirs and float(self) == float(other)

    def __ne__(self, other: object) -> bool:
        equal = self.__eq__(other)
        return equal if equal is NotImplemented else not equal

    __hash__ = float.__hash__

    @classmethod
    def _read(cls, value: Any, as_number: ValidatorFunctionWrapHandler) -> Quantity:
        if isinstance(value, cls):
            return value
        written_as: Form = "number"
        if isinstance(value, str):
            written_as, value = _amount(value.strip())
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


def _amount(text: str) -> tuple[Form, float]:
    """What a text says, and how it says it."""
    if text.endswith("%"):
        return "share", float(percentage(text))
    duration = Duration.parse(text)
    if duration.business_days:
        return "business days", duration.business_days
    return "business time" if duration.business else "time", duration.seconds


class _TextOrNumber:
    """Lets the JSON Schema accept ``95 %`` and ``30 min`` beside numbers."""

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {"anyOf": [{"type": "string"}, {"type": "number"}]}


Bound = Annotated[Quantity, _TextOrNumber()]
"""A share (`95 %`), a duration (`30 min`, `2 business days`) or a number."""


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
    """Smallest acceptable value: a share (`95 %`), a duration (`30 min`) or a number. Business time (`2 business days`)
    bounds what is measured in office hours, such as `resolution_time_business`."""
    at_most: Bound | None = None
    """Largest acceptable value."""

    @model_validator(mode="after")
    def _one_bound(self) -> Self:
        if (self.at_least is None) == (self.at_most is None):
            raise ValueError("state either at_least or at_most")
        return self

    @property
    def bound(self) -> Quantity:
        """The one that is stated."""
        stated = self.at_most if self.at_least is None else self.at_least
        assert stated is not None  # the validator has seen to it
        return stated
