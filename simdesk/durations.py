"""Lengths of time as a person writes them: "15 min", "1.5 h", "8 business hours".

Knows units and their spelling; knows no calendar, so a business day has no length until a calendar gives
it one.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, SchemaSerializer, core_schema

from simdesk.spelling import nearest

MINUTE = 60
HOUR = 3_600
DAY = 86_400
WEEK = 7 * DAY
MONTH = DAY * 36_525 // 1_200
"""A twelfth of 365.25 days."""
YEAR = 365 * DAY
"""365 days, so a little less than twelve months of 365.25 / 12 days."""
LONGEST = 10 * YEAR

_UNITS = {
    **dict.fromkeys(("s", "sec", "second", "seconds"), 1),
    **dict.fromkeys(("min", "minute", "minutes"), MINUTE),
    **dict.fromkeys(("h", "hour", "hours"), HOUR),
    **dict.fromkeys(("day", "days"), DAY),
    **dict.fromkeys(("week", "weeks"), WEEK),
    **dict.fromkeys(("month", "months"), MONTH),
    **dict.fromkeys(("year", "years"), YEAR),
}
_BUSINESS_UNITS = [unit for unit, seconds in _UNITS.items() if seconds <= DAY]
_NO_BUSINESS_UNITS = [f"business {unit}" for unit, seconds in _UNITS.items() if seconds > DAY]
_NUMBER = r"[0-9]*\.?[0-9]+"
_PATTERN = rf"^\s*(?:0|({_NUMBER})\s*(?:({'|'.join(_UNITS)})|business\s+({'|'.join(_BUSINESS_UNITS)})))\s*$"
_GRAMMAR = re.compile(_PATTERN)
_TEXT = core_schema.plain_serializer_function_ser_schema(str, return_schema=core_schema.str_schema())
_EXAMPLES = ["15 min", "1.5 h", "2 days", "12 weeks", "8 business hours", "2 business days"]
_EXAMPLE = "write a number and a unit, e.g. '15 min', '1.5 h', '2 days' or '8 business hours'"


@dataclass(frozen=True, slots=True)
class Duration:
    """A length of time, elapsed or business.

    Args:
        seconds: length, seconds, between 0 and ten years of 365 days.
        business: whether the clock runs only while a calendar is open.
        business_days: opening days of a calendar, instead of `seconds`.

    Raises:
        ValueError: not finite, negative, longer than ten years, or business days together with seconds.
    """

    seconds: float
    business: bool = False
    business_days: float = 0.0
    # Without it pydantic would write a default value in a JSON Schema as a mapping of these fields.
    __pydantic_serializer__: ClassVar[SchemaSerializer] = SchemaSerializer(core_schema.any_schema(serialization=_TEXT))

    def __post_init__(self) -> None:
        for field, longest in (("seconds", LONGEST), ("business_days", LONGEST / DAY)):
            amount = float(getattr(self, field))
            if not math.isfinite(amount):
                raise ValueError("a duration must be finite")
            if amount < 0:
                raise ValueError("a duration cannot be negative")
            if amount > longest:
                raise ValueError("a duration is at most 10 years (3650 days)")
            object.__setattr__(self, field, abs(amount))  # no minus zero
        if self.business_days and (self.seconds or not self.business):
            raise ValueError("business days are business time and stand alone, without seconds")

    @classmethod
    def parse(cls, text: str | float) -> Duration:
        """The duration that a person wrote.

        Args:
            text: a number and a unit, such as "90 s", "1.5 h", "12 weeks" or "2 business days". A month is
                365.25 / 12 days, a year 365 days. Only 0 may stand without a unit.

        Raises:
            ValueError: anything else; the message says how to write it.
        """
        if not isinstance(text, str):
            if isinstance(text, bool) or not isinstance(text, int | float):
                raise ValueError(f"this is not a duration: {_EXAMPLE}")
            if text == 0:
                return cls(0.0)
            raise ValueError(_unit_missing(_shown(text)))
        match = _GRAMMAR.fullmatch(text)
        if match is None:
            raise ValueError(_complaint(text.strip()))
        number, unit, business_unit = match.groups()
        amount = float(number or 0)
        if business_unit and _UNITS[business_unit] == DAY:
            return cls(0.0, business=True, business_days=amount)
        return cls(amount * _UNITS[unit or business_unit or "s"], business=business_unit is not None)

    def in_seconds(self, day_length: int = DAY) -> float:
        """Length in seconds; a business day counts `day_length` seconds, see `clock.Calendar.day_length`."""
        return self.seconds + self.business_days * day_length

    def __str__(self) -> str:
        """The one text for this length, which parses back to an equal value."""
        if self.business_days:
            return _counted(self.business_days, "business day")
        units = [(HOUR, "business hour"), (MINUTE, "business minute"), (1, "business second")]
        if not self.business:
            units = [(HOUR, "h"), (MINUTE, "min"), (1, "s")]
            whole = [(YEAR, "year"), (MONTH, "month"), (WEEK, "week"), (DAY, "day")]
            units = [(size, unit) for size, unit in whole if self.seconds % size == 0] + units
        for size, unit in units:
            amount = self.seconds / size
            if amount >= 1 and round(amount, 1) * size == self.seconds:
                return _counted(round(amount, 1), unit)
        return _counted(self.seconds, "business hour" if self.business and not self.seconds else units[-1][1])

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Pydantic reads text, 0 or a `Duration`, and writes the canonical text."""
        return core_schema.no_info_plain_validator_function(
            lambda value: value if isinstance(value, cls) else cls.parse(value),
            serialization=_TEXT,
        )

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """The same grammar for editors."""
        return {
            "type": "string",
            "pattern": _PATTERN,
            "description": "A number and a unit: s, min, h, days, weeks, months, years or business hours.",
            "examples": list(_EXAMPLES),
        }


def human(seconds: float) -> str:
    """A length of time for people, two digits or so: "18 s", "4.2 min", "39 min", "2.3 h", "3.1 days".

    Never shows sixty minutes: what rounds to a whole larger unit is written in it. Not known (NaN) is a dash.
    """
    if math.isnan(seconds):
        return "–"
    if seconds < 0:
        return f"-{human(-seconds)}"
    if math.isinf(seconds):
        return "∞"
    if seconds < 0.995:
        return f"{round(seconds, 2):g} s"
    for size, unit, following in ((1, "s", MINUTE), (MINUTE, "min", HOUR), (HOUR, "h", DAY)):
        amount = _two_digits(seconds / size)
        if amount * size < following:
            return f"{amount:g} {unit}"
    return _counted(_two_digits(seconds / DAY), "day")


def _two_digits(amount: float) -> float:
    """One decimal below ten, else none."""
    return round(amount, 1) if amount < 9.95 else float(round(amount))


def _counted(amount: float, unit: str) -> str:
    """ "1 day", "2 days", "1.5 h": abbreviations have no plural."""
    number = format(Decimal(repr(amount)), "f").removesuffix(".0")
    plural = "s" if amount != 1 and unit not in ("h", "min", "s") else ""
    return f"{number} {unit}{plural}"


def _shown(value: object) -> str:
    """What was written, shortened; an int of many thousand digits has no decimal text in Python."""
    try:
        text = str(value)
    except ValueError:
        return "this number"
    return text if len(text) <= 40 else f"{text[:40]}…"


def _unit_missing(number: str) -> str:
    sample = number if len(number) < 8 else "5"
    return f"the unit is missing after {number}: write, e.g., '{sample} min', '{sample} h' or '{sample} days'"


def _complaint(text: str) -> str:
    """Why `text` is not a duration, and how to write it."""
    shown = _shown(text)
    if text.startswith(("-", "−")):
        return f"'{shown}': a duration cannot be negative"
    if re.fullmatch(_NUMBER, text):
        return _unit_missing(shown)
    if re.match(r"[0-9]+,[0-9]", text):
        return f"'{shown}': use a decimal point, e.g. '{_shown(text.replace(',', '.', 1))}'"
    parts = re.fullmatch(rf"({_NUMBER})\s*([^0-9\s].*)", text, re.DOTALL)
    if parts is None:
        return f"'{shown}' is not a duration: {_EXAMPLE}"
    number, unit = _shown(parts[1]), " ".join(parts[2].split())
    if re.search(r"[0-9]", unit):
        return f"'{shown}': write one number and one unit, e.g. '1.5 h' instead of '1 h 30 min'"
    if unit in ("m", "M"):
        return f"'{shown}': 'm' may be minutes or months; write '{number} min' or '{number} months'"
    if unit in _NO_BUSINESS_UNITS:
        return f"'{shown}': business time is counted in minutes, hours or days; write '5 business days'"
    spellings = [*_UNITS, *(f"business {name}" for name in _BUSINESS_UNITS if len(name) > 3)]
    return f"'{shown}': unknown unit '{_shown(unit)}'{nearest(unit, spellings) or f'; {_EXAMPLE}'}"
