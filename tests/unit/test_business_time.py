"""Opening hours, and time that passes only within them."""

from __future__ import annotations

from datetime import date, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simdesk.calendars import parse_hours, parse_weekdays, public_holidays, weekly_calendar
from simdesk.clock import NEVER, Calendar, Timeline, always

HOUR = 3_600
DAY = 86_400
BERLIN = Timeline(datetime(2026, 1, 5), "Europe/Berlin")
NEW_YORK = Timeline(datetime(2026, 1, 5), "America/New_York")


def day_of(timeline: Timeline, day: date) -> int:
    return (day - timeline.start.date()).days


def weekly(timeline: Timeline, days: str, hours: str, first: date, count: int, closed=()) -> Calendar:
    opening = dict.fromkeys(parse_weekdays(days), parse_hours(hours))
    return weekly_calendar(
        "desk",
        timeline,
        opening,
        zone=timeline.zone,
        closed_dates=frozenset(closed),
        first_day=day_of(timeline, first),
        days=count,
    )


SPAN = 40


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    ends = draw(st.lists(st.tuples(st.integers(-8, SPAN), st.integers(0, 12)), max_size=6))
    opens = np.array([begin for begin, _ in ends], np.int64)
    closes = np.array([begin + length for begin, length in ends], np.int64)
    return Calendar("small", opens, closes, 0, SPAN)


def open_seconds(calendar: Calendar) -> list[int]:
    """The seconds in which it is open, from its intervals, one by one."""
    intervals = zip(calendar.opens.tolist(), calendar.closes.tolist(), strict=True)
    return [second for begin, end in intervals for second in range(begin, end)]


@given(st.lists(st.tuples(st.integers(-8, SPAN), st.integers(0, 12)), max_size=6))
def test_intervals_are_sorted_merged_and_clipped(ends):
    begins = np.array([begin for begin, _ in ends], np.int64)
    lengths = np.array([length for _, length in ends], np.int64)

    calendar = Calendar("small", begins, begins + lengths, 0, SPAN)

    given_seconds = {t for b, n in ends for t in range(b, b + n) if 0 <= t < SPAN}
    assert open_seconds(calendar) == sorted(given_seconds)
    assert (calendar.opens < calendar.closes).all()
    assert (calendar.opens[1:] > calendar.closes[:-1]).all()
    assert calendar.cumulative.tolist() == [0, *np.cumsum(calendar.closes - calendar.opens)]


@given(calendars(), st.integers(-5, SPAN + 5), st.integers(-5, SPAN + 5))
def test_business_time_counts_open_seconds(calendar, a, b):
    assert calendar.between(a, b) == sum(a <= second < b for second in open_seconds(calendar))


@given(calendars(), st.integers(-5, SPAN + 5), st.integers(-3, SPAN))
def test_adding_business_time_finds_the_earliest_end(calendar, t, seconds):
    later = [second + 1 for second in open_seconds(calendar) if second >= t]
    expected = t if seconds <= 0 else later[seconds - 1] if seconds <= len(later) else NEVER

    assert calendar.add(t, seconds) == expected


@given(calendars(), st.integers(-5, SPAN + 5), st.integers(1, SPAN))
def test_adding_and_counting_are_inverse(calendar, t, seconds):
    end = calendar.add(t, seconds)

    if end == NEVER:
        assert calendar.between(t, NEVER) < seconds
    else:
        assert calendar.between(t, end) == seconds
        assert calendar.between(t, end - 1) == seconds - 1


@given(calendars(), st.integers(-5, SPAN + 5))
def test_it_opens_at_the_next_open_second(calendar, t):
    later = [second for second in open_seconds(calendar) if second >= t]

    assert calendar.next_open(t) == (later[0] if later else NEVER)
    assert calendar.is_open(t) == (t in later)


@given(calendars() | st.just(always()), st.lists(st.integers(-5, SPAN + 5) | st.just(NEVER)), st.data())
def test_many_at_once_are_the_same_one_by_one(calendar, instants, data):
    others = data.draw(st.lists(st.integers(-5, SPAN) | st.just(NEVER), min_size=len(instants), max_size=len(instants)))

    added, counted = calendar.add_many(instants, others), calendar.between_many(instants, others)

    assert added.dtype == counted.dtype == np.int64
    assert added.tolist() == [calendar.add(t, n) for t, n in zip(instants, others, strict=True)]
    assert counted.tolist() == [calendar.between(a, b) for a, b in zip(instants, others, strict=True)]


def test_many_at_once_broadcast():
    office = weekly(BERLIN, "Mon-Fri", "08:00-18:00", date(2026, 1, 5), 7)

    assert office.add_many([[0], [DAY]], HOUR).tolist() == [[9 * HOUR], [DAY + 9 * HOUR]]
    assert office.between_many(0, [DAY, 2 * DAY]).tolist() == [10 * HOUR, 20 * HOUR]
    assert office.between_many(0, DAY).shape == ()


def test_work_that_ends_at_closing_time_ends_then():
    office = weekly(BERLIN, "Mon-Fri", "08:00-18:00", date(2026, 1, 5), 14)
    friday = 4 * DAY

    assert office.add(friday + 17 * HOUR, HOUR) == friday + 18 * HOUR
    assert office.add(friday + 17 * HOUR, HOUR + 1) == 7 * DAY + 8 * HOUR + 1
    assert office.add(friday + 18 * HOUR, 0) == friday + 18 * HOUR
    assert not office.is_open(friday + 18 * HOUR)
    assert office.is_open(friday + 18 * HOUR - 1)
    assert office.next_open(friday + 18 * HOUR) == 7 * DAY + 8 * HOUR


def test_always_is_open_from_long_ago_to_never():
    clock = always()

    assert clock.between(-DAY, 5) == DAY + 5
    assert clock.between(5, -DAY) == 0
    assert clock.add(5, DAY) == DAY + 5
    assert clock.add(NEVER, 1) == clock.add(5, NEVER) == NEVER
    assert clock.is_open(-5)
    assert clock.next_open(7) == 7
    assert clock.day_length == DAY
    assert clock.add_many([5], [NEVER]).tolist() == [NEVER]


def test_a_calendar_that_never_opens():
    closed = weekly(BERLIN, "Mon", "08:00-18:00", date(2026, 1, 6), 5)

    assert closed.opens.size == 0
    assert closed.between(0, NEVER) == 0
    assert closed.add(0, 1) == closed.next_open(0) == NEVER
    assert closed.add(5, 0) == 5
    assert not closed.is_open(0)
    assert closed.add_many([0], 1).tolist() == [NEVER]
    assert closed.day_length == DAY


def test_the_day_length_is_that_of_the_median_open_date():
    """Five days of nine hours and one of four: Sunday does not count."""
    hours = {day: [(8 * HOUR, 17 * HOUR)] for day in range(5)} | {5: [(8 * HOUR, 12 * HOUR)]}

    desk = weekly_calendar("desk", BERLIN, hours, zone=BERLIN.zone, closed_dates=(), first_day=0, days=28)

    assert desk.day_length == 9 * HOUR


@pytest.mark.parametrize(
    ("opens", "closes", "last"), [([0, 5], [3], 9), ([5], [3], 9), ([[5]], [[6]], 9), ([0], [1], -1)]
)
def test_intervals_that_make_no_sense_are_refused(opens, closes, last):
    with pytest.raises(ValueError, match=r"opening|before it begins"):
        Calendar("x", np.array(opens), np.array(closes), 0, last)


def test_a_calendar_cannot_be_changed():
    office = weekly(BERLIN, "Mon-Fri", "08:00-18:00", date(2026, 1, 5), 7)

    with pytest.raises(ValueError, match="read-only"):
        office.opens[0] = 5


def test_a_holiday_closes_the_office():
    """New Year's Day 2027 is a Friday."""
    closed = public_holidays("DE", range(2026, 2028))

    office = weekly(BERLIN, "Mon-Fri", "08:00-18:00", date(2026, 12, 28), 7, closed=closed)

    assert office.between(0, NEVER) == 4 * 10 * HOUR
