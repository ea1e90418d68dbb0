"""Opening hours: how a person writes them, what is refused, and who has a holiday."""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import date

import pytest

from simdesk.calendars import parse_hours, parse_weekdays, public_holidays

HOUR = 3_600


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("Mon-Fri", {0, 1, 2, 3, 4}),
        ("Mon, Wed, Sat-Sun", {0, 2, 5, 6}),
        ("Fri-Mon", {4, 5, 6, 0}),
        ("Tue–Wed", {1, 2}),
        ("Sun", {6}),
        ("daily", set(range(7))),
    ],
)
def test_weekdays(text, days):
    assert parse_weekdays(text) == days


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("monday", "unknown weekday 'monday'; did you mean 'Mon'?"),
        ("Mon-Frei", "did you mean 'Fri'?"),
        ("Mon-", "write, e.g., 'Mon-Fri'"),
        ("Mon-Tue-Wed", "unknown weekday 'Tue-Wed'"),
        ("", "write, e.g., 'Mon-Fri', 'Mon, Wed, Sat-Sun' or 'daily'"),
    ],
)
def test_weekdays_that_are_none(text, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        parse_weekdays(text)


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("08:00-18:00", ((8, 18),)),
        ("13:00-17:00, 08:00 - 12:00", ((8, 12), (13, 17))),
        ("08:00-12:00,12:00-13:00", ((8, 12), (12, 13))),
        ("00:00-24:00", ((0, 24),)),
        ("22:00-06:00", ((22, 30),)),
        ("22:00-06:00, 06:00-08:00", ((6, 8), (22, 30))),
        ("18:00-00:00", ((18, 24),)),
    ],
)
def test_opening_hours(text, hours):
    assert parse_hours(text) == tuple((begin * HOUR, end * HOUR) for begin, end in hours)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("8:00-18:00", "'8:00-18:00' is not a pair of times; write, e.g., '08:00-17:30'"),
        ("08:00", "write, e.g., '08:00-17:30'"),
        ("", "write, e.g., '08:00-17:30'"),
        ("08:00-25:00", "write, e.g., '08:00-17:30'"),
        ("08:00-24:30", "the day ends at 24:00"),
        ("08:00-08:00", "the whole day is '00:00-24:00'"),
        ("08:00-12:00, 11:00-13:00", "the hours overlap"),
        ("22:00-06:00, 05:00-07:00", "the hours overlap"),
    ],
)
def test_opening_hours_that_are_none(text, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        parse_hours(text)


def test_public_holidays_of_a_country_and_of_its_parts():
    germany = public_holidays("DE", range(2026, 2028))
    bavaria = public_holidays("DE-BY", range(2026, 2027))

    assert germany[date(2026, 10, 3)] == "German Unity Day"
    assert date(2027, 12, 25) in germany
    assert date(2026, 1, 6) in bavaria
    assert date(2026, 1, 6) not in germany
    assert list(germany) == sorted(germany)
    assert date(2026, 7, 4) in public_holidays("US-CA", range(2026, 2027))
    assert date(2026, 10, 1) in public_holidays("CN", range(2026, 2027))
    assert public_holidays("DE", range(0)) == {}


@pytest.mark.parametrize(
    ("place", "message"),
    [
        ("Germany", "no holidays known for 'Germany'; did you mean 'DE'?"),
        ("de", "did you mean 'DE'?"),
        ("UK", "did you mean 'GB'?"),
        ("??", "write a code such as 'DE', 'DE-BY' or 'US-CA'"),
        ("DE-by", "no holidays known for 'by' in DE; did you mean 'BY'?"),
        ("US-XX", "known: "),
    ],
)
def test_places_without_known_holidays(place, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        public_holidays(place, range(2026, 2027))


def test_reading_opening_hours_does_not_wait_for_the_holidays():
    code = "import sys, simdesk.calendars; sys.exit('holidays' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
