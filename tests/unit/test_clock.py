"""The clock: nights in which clocks change, opening hours, business time counted second by second."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simdesk.calendars import parse_hours, parse_weekdays, weekly_calendar
from simdesk.clock import Calendar, Timeline
from simdesk.zones import time_zone

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


@pytest.mark.parametrize(
    ("timeline", "day", "hours"),
    [
        (BERLIN, date(2026, 3, 29), 23),
        (BERLIN, date(2026, 10, 25), 25),
        (NEW_YORK, date(2026, 3, 8), 23),
        (NEW_YORK, date(2026, 11, 1), 25),
        (BERLIN, date(2028, 2, 29), 24),
    ],
)
def test_days_in_which_the_clocks_change_have_23_or_25_hours(timeline, day, hours):
    week_before = day_of(timeline, day) - 3

    lengths = np.diff(timeline.midnights(week_before, 7))

    assert lengths.tolist() == [DAY] * 3 + [hours * HOUR] + [DAY] * 3


def test_the_hour_that_spring_skips_has_no_length():
    hours = BERLIN.hours(day_of(BERLIN, date(2026, 3, 29)), 1)

    assert np.diff(hours)[0, :4].tolist() == [HOUR, HOUR, 0, HOUR]


def test_the_hour_that_autumn_repeats_is_two_hours_long():
    hours = BERLIN.hours(day_of(BERLIN, date(2026, 10, 25)), 1)

    assert np.diff(hours)[0, :4].tolist() == [HOUR, HOUR, 2 * HOUR, HOUR]


def test_a_time_that_does_not_exist_is_the_end_of_the_gap():
    skipped = BERLIN.instant(datetime(2026, 3, 29, 2, 30))

    assert BERLIN.local(skipped).isoformat() == "2026-03-29T03:00:00+02:00"


def test_a_time_that_comes_twice_is_the_first():
    repeated = BERLIN.instant(datetime(2026, 10, 25, 2, 30))

    assert BERLIN.local(repeated).isoformat() == "2026-10-25T02:30:00+02:00"
    assert BERLIN.local(repeated + HOUR).isoformat() == "2026-10-25T02:30:00+01:00"


def test_a_date_that_a_zone_left_out_has_no_length():
    samoa = Timeline(datetime(2011, 12, 29), "Pacific/Apia")

    assert np.diff(samoa.midnights(0, 3)).tolist() == [DAY, 0, DAY]


def test_clocks_may_change_at_midnight_and_by_half_an_hour():
    beirut = Timeline(datetime(2026, 3, 28), "Asia/Beirut")
    lord_howe = Timeline(datetime(2026, 4, 5), "Australia/Lord_Howe")

    assert np.diff(beirut.midnights(0, 2)).tolist() == [DAY, 23 * HOUR]
    assert np.diff(lord_howe.midnights(0, 1)).tolist() == [24.5 * HOUR]


def test_day_0_is_the_local_date_of_the_start():
    afternoon = Timeline(datetime(2026, 1, 5, 15), "Europe/Berlin")

    assert afternoon.date(0) == date(2026, 1, 5)
    assert afternoon.date(-5) == date(2025, 12, 31)
    assert afternoon.midnights(0, 1).tolist() == [-15 * HOUR, 9 * HOUR]
    assert afternoon.midnights(0, 0, "America/New_York").tolist() == [-9 * HOUR]
    assert afternoon.local(0, "America/New_York").isoformat() == "2026-01-05T09:00:00-05:00"
    assert afternoon.instant(datetime(2026, 1, 5, 9), "America/New_York") == 0


@given(
    st.datetimes(datetime(1975, 1, 1), datetime(2050, 1, 1)),
    st.sampled_from(["Europe/Berlin", "America/New_York", "Pacific/Apia", "Africa/Casablanca", "Asia/Kolkata"]),
)
def test_an_instant_is_when_the_wall_clock_first_reaches_the_time(local, zone):
    local = local.replace(microsecond=0)
    timeline = Timeline(datetime(2026, 1, 5), "Europe/Berlin")

    seconds = timeline.instant(local, zone)

    midnight = datetime(local.year, local.month, local.day)
    day = day_of(timeline, local.date())
    assert timeline.wall(day, (local - midnight) // timedelta(seconds=1), zone) == seconds
    assert timeline.local(seconds, zone).replace(tzinfo=None) >= local
    assert timeline.local(seconds - 1, zone).replace(tzinfo=None) < local
    aware = local.replace(tzinfo=time_zone(zone))
    if aware.utcoffset() == aware.replace(fold=1).utcoffset():  # neither skipped nor repeated
        assert timeline.local(seconds, zone) == aware


def test_three_years_of_hours_never_go_back():
    hours = Timeline(datetime(2027, 1, 4), "Australia/Sydney").hours(-30, 1_100)

    assert hours.shape == (1_100, 25)
    assert hours.dtype == np.int64
    assert (np.diff(hours, axis=1) >= 0).all()
    assert (hours[1:, 0] == hours[:-1, 24]).all()
    assert BERLIN.hours(0, 0).shape == (0, 25)


@pytest.mark.parametrize(
    ("start", "zone", "message"),
    [
        (
            datetime(2026, 1, 5),
            "Europe/Berln",
            "unknown time zone 'Europe/Berln'; did you mean 'Europe/Berlin'?",
        ),
        (datetime(2026, 1, 5), "", "write it as in 'Europe/Berlin'"),
        (datetime(2026, 1, 5), "../etc", "unknown time zone"),
        (datetime(2026, 1, 5, 0, 0, 0, 5), "UTC", "whole second"),
        (datetime(1, 1, 1), "UTC", "years 1900 to 2200"),
        (datetime(2026, 1, 5, tzinfo=ZoneInfo("UTC")), "UTC", "without an offset"),
    ],
)
def test_an_impossible_start_is_refused(start, zone, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        Timeline(start, zone)


def test_a_time_of_another_age_is_refused():
    with pytest.raises(ValueError, match="the year 1 is too far away"):
        BERLIN.instant(datetime(1, 1, 1))


def test_a_working_week_is_50_hours_also_when_the_clocks_change():
    for monday in (date(2026, 3, 23), date(2026, 10, 19), date(2026, 6, 1)):
        office = weekly(BERLIN, "Mon-Fri", "08:00-18:00", monday, 14)

        assert office.between(office.first, office.last) == 2 * 50 * HOUR
        assert office.day_length == 10 * HOUR
        assert {BERLIN.local(int(t)).hour for t in office.opens} == {8}
        assert {BERLIN.local(int(t)).hour for t in office.closes} == {18}


@pytest.mark.parametrize(
    ("timeline", "saturday", "hours"),
    [
        (BERLIN, date(2026, 3, 28), 7),
        (BERLIN, date(2026, 10, 24), 9),
        (NEW_YORK, date(2026, 3, 7), 7),
        (NEW_YORK, date(2026, 10, 31), 9),
        (BERLIN, date(2026, 6, 6), 8),
    ],
)
def test_the_night_shift_is_an_hour_shorter_in_spring_and_longer_in_autumn(timeline, saturday, hours):
    night = weekly(timeline, "Sat", "22:00-06:00", saturday, 2)

    assert (night.closes - night.opens).tolist() == [hours * HOUR]


def test_the_evening_before_the_first_date_runs_into_it():
    night = weekly(BERLIN, "daily", "22:00-06:00", date(2026, 1, 5), 1)

    assert list(zip(night.opens.tolist(), night.closes.tolist(), strict=True)) == [
        (0, 6 * HOUR),
        (22 * HOUR, 24 * HOUR),
    ]
    assert (night.first, night.last) == (0, DAY)


def test_a_closed_date_begins_no_shift_but_ends_that_of_the_evening_before():
    night = weekly(BERLIN, "daily", "22:00-06:00", date(2026, 1, 5), 3, closed=[date(2026, 1, 6)])

    assert night.opens.tolist() == [0, 22 * HOUR, 2 * DAY + 22 * HOUR]
    assert night.closes.tolist() == [6 * HOUR, DAY + 6 * HOUR, 3 * DAY]


def test_hours_that_touch_are_one_interval():
    open_all_week = weekly(BERLIN, "daily", "00:00-12:00, 12:00-24:00", date(2026, 3, 23), 7)

    assert (open_all_week.closes - open_all_week.opens).tolist() == [7 * 24 * HOUR - HOUR]
    assert open_all_week.day_length == DAY


def test_a_desk_abroad_opens_by_its_own_clock():
    """In the three weeks between the two changes New York is five hours behind Berlin, not six."""
    office = weekly_calendar(
        "new york",
        BERLIN,
        {0: [(9 * HOUR, 17 * HOUR)]},
        zone="America/New_York",
        closed_dates=(),
        first_day=day_of(BERLIN, date(2026, 3, 2)),
        days=35,
    )

    assert [BERLIN.local(int(t)).hour for t in office.opens] == [15, 14, 14, 14, 15]


def test_a_leap_day_is_a_working_day():
    february = Timeline(datetime(2028, 2, 28), "Europe/Berlin")

    office = weekly(february, "Tue", "08:00-18:00", date(2028, 2, 29), 1)

    assert [february.local(int(t)).date() for t in office.opens] == [date(2028, 2, 29)]
    assert february.date(2) == date(2028, 3, 1)


@pytest.mark.parametrize("interval", [(5, 5), (-1, 5), (DAY, DAY + 1), (0, DAY + 1)])
def test_impossible_opening_hours_are_refused(interval):
    with pytest.raises(ValueError, match="opening hours"):
        weekly_calendar("x", BERLIN, {0: [interval]}, zone="UTC", closed_dates=(), first_day=0, days=7)


def test_a_weekday_that_does_not_exist_is_refused():
    with pytest.raises(ValueError, match=r"0 \(Monday\) to 6"):
        weekly_calendar("x", BERLIN, {7: [(0, 5)]}, zone="UTC", closed_dates=(), first_day=0, days=7)
