"""Sizes that matter, as a person writes them: `10 min`, `5 points` of a share, `20 %` of what it was, or a number."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final, Literal, Self

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from simdesk.durations import Duration

Kind = Literal["time", "business time", "business days", "points", "relative", "number"]

_NUMBER: Final = re.compile(r"^\s*(\d+(?:\.\d+)?)\s*(%|points?)\s*$")
_MOST: Final = 10**12
_GRAMMAR: Final = "write e.g. '10 min', '5 points' of a share, '20 %' of what it was, or a number"


@dataclass(frozen=True, slots=True)
class Margin:
    """A size.

    Attributes:
        amount: seconds of a time, business days, a part of 1 for points and for relative sizes, else a number.
        kind: which of them.
    """

    amount: float
    kind: Kind

    @classmethod
    def parse(cls, written: str | float) -> Self:
        """The size that a person wrote.

        Raises:
            ValueError: it is none; shows how one is written.
        """
        if isinstance(written, int | float) and not isinstance(written, bool):
            return cls(_in_bounds(written), "number")
        if isinstance(written, str) and (found := _NUMBER.match(written)):
            return cls(_in_bounds(float(found[1])) / 100, "relative" if found[2] == "%" else "points")
        try:
            duration = Duration.parse(written)
        except (ValueError, TypeError):
            raise ValueError(f"is no size; {_GRAMMAR}") from None
        if duration.business_days:
            return cls(duration.business_days, "business days")
        return cls(duration.seconds, "business time" if duration.business else "time")

    def __str__(self) -> str:
        if self.kind == "business days":
            return str(Duration(0.0, business=True, business_days=self.amount))
        if self.kind in ("time", "business time"):
            return str(Duration(self.amount, business=self.business))
        if self.kind == "number":
            return f"{self.amount:.12g}"
        return f"{100 * self.amount:.12g} {'%' if self.kind == 'relative' else 'points'}"

    @property
    def business(self) -> bool:
        """Whether it is a time whose clock runs in opening hours only."""
        return self.kind in ("business time", "business days")

    def in_unit(self, day_length: int) -> float:
        """In the unit of a measure, in which a time is in seconds.

        Args:
            day_length: seconds of a business day, see `clock.Calendar.day_length`.
        """
        return self.amount * day_length if self.kind == "business days" else self.amount

    @property
    def written(self) -> str | float:
        """As it is written in a file, where a number is a number."""
        return self.amount if self.kind == "number" else str(self)

    def objection(self, unit: str, *, level: bool) -> str:
        """What is wrong with it as a size of a measure in this unit; nothing if it fits.

        Args:
            unit: of the measure: `time`, `share`, `money` or `number`.
            level: whether it is a value of the measure and not a difference.
        """
        if self.kind == "relative":
            return "" if not level or unit == "share" else f"is a share, and the measure is {_WORDS[unit]}"
        wanted = {"time": "time", "share": "points", "money": "number", "number": "number"}[unit]
        if level and unit == "share":
            return "write a percentage, such as '80 %'"
        kind = "time" if self.business else self.kind
        return "" if kind == wanted else f"does not fit a measure that is {_WORDS[unit]}; {_GRAMMAR}"

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        def read(value: Any) -> Margin:
            return value if isinstance(value, Margin) else cls.parse(value)

        return core_schema.no_info_plain_validator_function(
            read,
            serialization=core_schema.plain_serializer_function_ser_schema(lambda size: size.written, when_used="json"),
        )

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {"anyOf": [{"type": "string"}, {"type": "number"}]}


def _in_bounds(number: float) -> float:
    if not 0 <= number <= _MOST:
        raise ValueError(f"must be a number between 0 and {_MOST:,}")
    return float(number)


_WORDS: Final = {"time": "a time", "share": "a share", "money": "money", "number": "a number"}
