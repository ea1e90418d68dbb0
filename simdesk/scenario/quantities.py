"""Numbers as a person writes them: rates and hourly costs, each with its unit; shares and factors from `shares`.

Every quantity parses from text, prints back to text that parses to the same value, and refuses what it does not
understand with a sentence that shows how to write it.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from enum import Enum
from typing import Annotated, Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from simdesk.shares import Factor as Factor
from simdesk.shares import Share as Share
from simdesk.shares import percentage as percentage

_NUMBER = r"(?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)"

DAYS_A_MONTH = 365.25 / 12
_MOST_LISTED = 8


class Chapter(BaseModel):
    """Base of every part of a scenario: frozen, closed to unknown keys, its field docs are the manual."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True, strict=True)


class NameOf:
    """Accepts the names of an enum's members in lower case, so that a new member is a new word of the scenario."""

    def __init__(self, members: type[Enum]) -> None:
        self.names = [member.name.lower() for member in members]

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.literal_schema(self.names)


Name = Annotated[
    str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_-]*$", max_length=60, examples=["first_line", "password-reset"])
]
"""A name that can stand in a dotted path: a letter, then letters, digits, ``-`` or ``_``."""

Priority = Annotated[str, Field(pattern=r"^P[1-5]$", examples=["P1", "P3"])]
"""P1 (most urgent) to P5."""

Tier = Annotated[str, Field(pattern=r"^tier_[1-9]$", examples=["tier_1", "tier_2"])]
"""``tier_1`` (first line) to ``tier_9``."""


def mix_complaint(mix: dict[str, float], what: str) -> str:
    """What is wrong with shares that do not sum to one; nothing if they do, or if there are none."""
    total = math.fsum(mix.values())
    if not mix or abs(total - 1) <= 1e-6:
        return ""
    some = [f"{name} {100 * share:.6g} %" for name, share in mix.items()]
    listed = ", ".join(some[:_MOST_LISTED]) + (", …" if len(some) > _MOST_LISTED else "")
    return f"the shares of {what} must sum to 100 %, not {100 * total:.6g} %; they are {listed}"


class _Text:
    """A value that is written as text and shown as the same text."""

    pattern: ClassVar[str]
    example: ClassVar[str]

    @classmethod
    def parse(cls, text: str) -> Self:
        raise NotImplementedError  # every subclass has its own grammar

    @classmethod
    def _accept(cls, value: Any) -> Self:
        if isinstance(value, cls):
            return value
        if not isinstance(value, str):
            raise ValueError(f"must be text with a unit, such as '{cls.example}'")
        return cls.parse(value)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            cls._accept, serialization=core_schema.plain_serializer_function_ser_schema(str)
        )

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {"type": "string", "pattern": cls.pattern, "examples": [cls.example]}


def _plain(number: float) -> str:
    return repr(number).removesuffix(".0")  # the shortest text that reads back as the same number


@dataclass(frozen=True, slots=True)
class Rate(_Text):
    """How many contacts come in how much time, for the whole desk or for each user."""

    count: float
    unit: str
    per_user: bool = False

    pattern: ClassVar[str] = (
        r"^\s*\d+(\.\d+)?([eE][+-]?\d+)?\s+per\s+(user\s+per\s+)?"
        r"(minute|hour|day|business day|week|month|year)\s*$"
    )
    example: ClassVar[str] = "110 per business day"

    _WEEKLY: ClassVar[dict[str, float]] = {
        "minute": 7 * 1440.0,
        "hour": 168.0,
        "day": 7.0,
        "business day": 5.0,
        "week": 1.0,
        "month": 7 / DAYS_A_MONTH,
        "year": 7 / 365.25,
    }

    @classmethod
    def parse(cls, text: str) -> Self:
        match = re.match(rf"^\s*{_NUMBER}\s+per\s+(?P<user>user\s+per\s+)?(?P<unit>{'|'.join(cls._WEEKLY)})\s*$", text)
        if match is None:
            raise ValueError(
                f"'{text[:60]}' is not a rate; write '{cls.example}', '0.3 per week' or '1.1 per user per month'"
            )
        count = float(match["number"])
        if not math.isfinite(count) or count > 1e9:
            raise ValueError("must be at most 1000000000 per unit of time")
        return cls(count, match["unit"], match["user"] is not None)

    def per_week(self, users: int | None = None) -> float:
        """Contacts in an average week; a business day is a fifth of it."""
        return self.count * self._WEEKLY[self.unit] * ((users or 0) if self.per_user else 1)

    def __str__(self) -> str:
        return f"{_plain(self.count)} per {'user per ' if self.per_user else ''}{self.unit}"


@dataclass(frozen=True, slots=True)
class HourlyCost(_Text):
    """Money for an hour of somebody's time; the currency, if written, must be the scenario's."""

    amount: float
    currency: str = ""

    pattern: ClassVar[str] = r"^\s*\d+(\.\d+)?(\s+[A-Z]{3})?\s+per\s+hour\s*$"
    example: ClassVar[str] = "35 USD per hour"

    @classmethod
    def parse(cls, text: str) -> Self:
        match = re.match(rf"^\s*{_NUMBER}(?:\s+(?P<currency>[A-Z]{{3}}))?\s+per\s+hour\s*$", text)
        if match is None:
            raise ValueError(f"'{text[:60]}' is not an hourly cost; write '{cls.example}'")
        amount = float(match["number"])
        if not amount <= 1e9:
            raise ValueError("must be at most 1000000000 per hour")
        return cls(amount, match["currency"] or "")

    def __str__(self) -> str:
        return f"{_plain(self.amount)} {self.currency + ' ' if self.currency else ''}per hour"
