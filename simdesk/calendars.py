"""Opening hours as a person writes them, and the public holidays on which they do not hold.

Knows weekdays, hours of the day and holidays; arithmetic in open seconds is the `clock`'s.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Final

import numpy as np

from simdesk.clock import Calendar, Timeline
from simdesk.durations import DAY, HOUR
from simdesk.spelling import nearest, nearest_of

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

MOST_SPELLS: Final = 48
"""Spells of opening hours in a day; over ten years each is thousands of instants. [design]"""


def weekly_calendar(
    name: str,
    timeline: Timeline,
    hours: Mapping[int, Sequence[tuple[int, int]]],
    *,
    zone: str,
    closed_dates: Collection[date],
    first_day: int,
    days: int,
) -> Calendar:
    """Opening hours that repeat every week, read from wall clocks, exact when the clocks change.

    Args:
        name: as in the scenario.
        timeline: says when day 0 is.
        hours: weekday (0 is Monday) to intervals in wall-clock seconds after midnight; an interval may end
            after 86 400, on the next date, and belongs to the date on which it begins.
        zone: time zone of the wall clocks.
        closed_dates: dates on which no interval begins.
        first_day, days: the dates to cover, from midnight to midnight in `zone`.

    Raises:
        ValueError: an interval is empty, longer than a day, or begins on another date; or unknown zone.
    """
    if not hours.keys() <= set(range(7)):
        raise ValueError("a weekday is a number from 0 (Monday) to 6 (Sunday)")
    spells = []
    for day in range(first_day - 1, first_day + days):  # the evening before may run into the first date
        day_date = timeline.date(day)
        if day_date not in closed_dates:
            spells += [(day, begin, end) for begin, end in hours.get(day_date.weekday(), ())]
    day_of, begins, ends = np.array(spells, np.int64).reshape(-1, 3).T
    if ((begins < 0) | (begins >= DAY) | (ends <= begins) | (ends > begins + DAY)).any():
        raise ValueError(f"{name}: opening hours begin on their own date and last up to 24 h")
    midnights = timeline.midnights(first_day, days, zone)
    opens, closes = timeline.wall(day_of, begins, zone), timeline.wall(day_of, ends, zone)
    return Calendar(name, opens, closes, int(midnights[0]), int(midnights[-1]), midnights)


def parse_weekdays(text: str) -> frozenset[int]:
    """Weekdays, 0 is Monday, from "Mon-Fri", "Mon, Wed, Sat-Sun", "Fri-Mon" or "daily".

    Raises:
        ValueError: anything else; the message says how to write it.
    """
    if text.strip() == "daily":
        return frozenset(range(7))
    weekdays: set[int] = set()
    for part in text.split(","):
        first, *rest = (_weekday(word.strip(), text) for word in re.split("[-–]", part, maxsplit=1))
        last = rest[0] if rest else first
        weekdays.update((first + step) % 7 for step in range((last - first) % 7 + 1))
    return frozenset(weekdays)


def _weekday(word: str, text: str) -> int:
    if word not in WEEKDAYS:
        hint = nearest(word, WEEKDAYS) or "; write, e.g., 'Mon-Fri', 'Mon, Wed, Sat-Sun' or 'daily'"
        raise ValueError(f"'{text[:80]}': unknown weekday '{word[:40]}'{hint}")
    return WEEKDAYS.index(word)


def parse_hours(text: str) -> tuple[tuple[int, int], ...]:
    """Opening hours as wall-clock seconds after midnight, sorted, from "08:00-12:00, 13:00-17:00".

    "22:00-06:00" runs past midnight and ends at 108 000; the whole day is "00:00-24:00".

    Raises:
        ValueError: anything else, or hours that overlap, also with those of the next day.
    """
    parts = text.split(",")
    if len(parts) > MOST_SPELLS:
        raise ValueError(f"a day has at most {MOST_SPELLS} spells of hours, not {len(parts)}")
    intervals = sorted(_interval(part.strip()) for part in parts)
    following = [*intervals[1:], (intervals[0][0] + DAY, 0)]
    if any(end > begin for (_, end), (begin, _) in zip(intervals, following, strict=True)):
        raise ValueError(f"'{text[:80]}': the hours overlap")
    return tuple(intervals)


def _interval(text: str) -> tuple[int, int]:
    match = re.fullmatch(r"([01][0-9]|2[0-3]):([0-5][0-9])\s*[-–]\s*([01][0-9]|2[0-4]):([0-5][0-9])", text)
    if match is None:
        raise ValueError(f"'{text[:80]}' is not a pair of times; write, e.g., '08:00-17:30'")
    hour, minute, to_hour, to_minute = map(int, match.groups())
    begin, end = hour * HOUR + minute * 60, to_hour * HOUR + to_minute * 60
    if end > DAY:
        raise ValueError(f"'{text}': the day ends at 24:00; hours past midnight are written as '22:00-06:00'")
    if begin == end:
        raise ValueError(f"'{text}' is empty; the whole day is '00:00-24:00'")
    return begin, end if end > begin else end + DAY


@lru_cache(maxsize=64)
def public_holidays(place: str, years: range) -> Mapping[date, str]:
    """Public holidays of a country or one of its parts, by date, named in English where the library can.

    Args:
        place: ISO 3166 codes, such as "DE", "DE-BY" or "US-CA".
        years: calendar years.

    Raises:
        ValueError: unknown country or part; the message names the nearest spelling.
    """
    import holidays  # slow to import, and few commands need it

    country, _, part = place.partition("-")
    parts = _countries()
    if country not in parts:
        raise ValueError(f"no holidays known for '{country[:40]}'{_nearest_country(country)}")
    if part and part not in parts[country]:
        hint = nearest(part, parts[country])
        raise ValueError(f"no holidays known for '{part[:40]}' in {country}{hint}; known: {', '.join(parts[country])}")
    languages = holidays.country_holidays(country).supported_languages
    language = "en_US" if "en_US" in languages else None
    found = holidays.country_holidays(country, subdiv=part or None, years=years, language=language)
    return {day: name for day, name in sorted(found.items()) if day.year in years}


@lru_cache(maxsize=1)
def _countries() -> Mapping[str, Sequence[str]]:
    """Codes of the countries whose holidays are known, with those of their parts."""
    import holidays

    return dict(holidays.list_supported_countries(include_aliases=False))


@lru_cache(maxsize=1)
def _codes() -> Mapping[str, str]:
    """Codes of countries by whatever they may be called."""
    from holidays.registry import COUNTRIES

    return {str(name): names[1] for key, names in COUNTRIES.items() for name in (key, *names)}


def _nearest_country(country: str) -> str:
    """The hint for an unknown country code, which may be a name or a three-letter code."""
    near = nearest_of(country.replace(" ", "_"), _codes())
    return f"; did you mean '{_codes()[near]}'?" if near else "; write a code such as 'DE', 'DE-BY' or 'US-CA'"
