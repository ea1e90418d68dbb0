"""Simulation time: whole seconds from the start of a scenario, time zones and business time.

Everything is an exact integer, also in the nights in which the clocks change. Knows no ticket, no team and no
YAML; lengths of time as a person writes them are in `durations`, opening hours in `calendars`.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from copy import copy
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simdesk.durations import DAY, HOUR
from simdesk.spelling import nearest
from simdesk.zones import time_zone, zone_names

NEVER = 1 << 62
"""The instant that does not come, seconds; a sum of it and any length of a run still fits into int64."""
_LONG_AGO = -(1 << 60)
"""Where the span of an always open calendar begins: its open seconds up to NEVER still fit into int64."""
_EPOCH = datetime(1970, 1, 1)
_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Timeline:
    """Simulation time against local dates and wall clocks.

    Args:
        start: the local date-time that is second 0; whole seconds, without tzinfo.
        zone: its time zone, such as "Europe/Berlin".

    Raises:
        ValueError: unknown zone, or a start that is aware, has fractions of a second or is not in 1900..2200.
    """

    start: datetime
    zone: str
    _epoch: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.start.microsecond or not 1900 <= self.start.year <= 2200:
            raise ValueError(f"a start is a whole second in the years 1900 to 2200, not {self.start}")
        object.__setattr__(self, "_epoch", _to_utc(self.start, self.zone))

    def instant(self, local: datetime, zone: str | None = None) -> int:
        """Seconds from the start to a wall-clock time; fractions are cut off.

        A time that a spring gap skips is the end of the gap; one that autumn repeats is the first of the two.

        Raises:
            ValueError: unknown zone, `local` is aware, or its year is not in 3..9996.
        """
        return _to_utc(local, zone or self.zone) - self._epoch

    def local(self, seconds: int, zone: str | None = None) -> datetime:
        """The wall clock at an instant, aware of its zone."""
        utc = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=int(self._epoch + seconds))
        return utc.astimezone(_zone_info(zone or self.zone))

    def date(self, day: int) -> date:
        """The date of a day; day 0 is the local date of the start, day -1 the one before."""
        return self.start.date() + timedelta(days=int(day))

    def midnights(self, first_day: int, days: int, zone: str | None = None) -> NDArray[np.int64]:
        """Instants of the local midnights that bound consecutive dates, seconds, shape [days + 1]."""
        return self.wall(np.arange(first_day, first_day + days + 1), 0, zone)

    def hours(self, first_day: int, days: int, zone: str | None = None) -> NDArray[np.int64]:
        """Instants of 00:00, 01:00, … 24:00 on consecutive local dates, seconds, shape [days, 25].

        Never decreasing: an hour that spring skips has no length, one that autumn repeats is two hours long.
        """
        return self.wall(np.arange(first_day, first_day + days)[:, None], np.arange(25) * HOUR, zone)

    def wall(self, day: ArrayLike, seconds: ArrayLike, zone: str | None = None) -> NDArray[np.int64]:
        """Instants at which wall clocks show `seconds` after the midnight of `day`; the two broadcast.

        More than 86 400 seconds is a time on the next date. Gaps and repeats are read as by `instant`.
        """
        midnight = (np.asarray(day, np.int64) + (self.start.date() - _EPOCH.date()).days) * DAY
        shown = np.asarray(midnight + np.asarray(seconds, np.int64), np.int64)
        if not shown.size:
            return shown
        years = np.array([shown.min(), shown.max()]).astype("datetime64[s]").astype("datetime64[Y]").astype(int)
        begins, offsets, ends = _offsets(zone or self.zone, 1970 + int(years[0]), 1970 + int(years[1]))
        period = np.searchsorted(ends, shown, side="right")
        instants = np.maximum(shown - np.asarray(offsets)[period], np.asarray(begins)[period])
        return np.asarray(instants - self._epoch, np.int64)


def _to_utc(local: datetime, zone: str) -> int:
    """Seconds since 1970 UTC at which wall clocks first reach `local`."""
    if local.tzinfo is not None:
        raise ValueError(f"{local.isoformat()}: write the local time without an offset; its zone is {zone}")
    begins, offsets, ends = _offsets(zone, local.year, local.year)
    shown = (local - _EPOCH) // _SECOND
    period = bisect_right(ends, shown)
    return max(shown - offsets[period], begins[period])


@lru_cache(maxsize=1024)
def _offsets(zone: str, first_year: int, last_year: int) -> tuple[list[int], list[int], list[int]]:
    """Periods of constant UTC offset that cover some local years, and one year on either side.

    Returns:
        begins of n periods in UTC seconds since 1970, their n offsets in seconds, and the n - 1 wall-clock
        times at which they end, as if in UTC.
    """
    if not (first_year >= 3 and last_year <= 9996):
        raise ValueError(f"the year {first_year if first_year < 3 else last_year} is too far away")
    years = range(first_year - 1, last_year + 2)
    earliest = (datetime(years[0], 1, 1) - _EPOCH) // _SECOND
    changes = [(earliest, _offset(_zone_info(zone), earliest))]
    for year in years:
        changes += _offset_changes(zone, year)
    begins, offsets = map(list, zip(*changes, strict=True))
    begins[0] = -NEVER
    return begins, offsets, [begin + offset for begin, offset in zip(begins[1:], offsets, strict=False)]


@lru_cache(maxsize=4096)
def _offset_changes(zone: str, year: int) -> list[tuple[int, int]]:
    """When in a UTC year a zone changes its offset, and to what; no zone does so twice on one day."""
    info = _zone_info(zone)
    first = (datetime(year, 1, 1) - _EPOCH) // _SECOND
    last = (datetime(year + 1, 1, 1) - _EPOCH) // _SECOND
    changes = []
    before = _offset(info, first)
    for day in range(first, last, DAY):
        after = _offset(info, day + DAY)
        if after != before:
            hours = range(day + 1, day + DAY + 1)
            changed = bisect_left(hours, True, key=lambda instant: _offset(info, instant) == after)
            changes.append((hours[changed], after))
        before = after
    return changes


def _offset(info: ZoneInfo, instant: int) -> int:
    utc = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=instant)
    offset = utc.astimezone(info).utcoffset()
    assert offset is not None  # a ZoneInfo always knows it
    return offset // _SECOND


def _zone_info(zone: str) -> ZoneInfo:
    try:
        return time_zone(zone)
    except KeyError:
        hint = nearest(zone, zone_names()) or "; write it as in 'Europe/Berlin'"
        raise ValueError(f"unknown time zone '{zone[:80]}'{hint}") from None


@dataclass(frozen=True, slots=True, eq=False)
class Calendar:
    """When something is open, and arithmetic in the seconds in which it is: business time.

    Args:
        name: as in the scenario.
        opens, closes: instants at which n intervals begin and end, seconds, shape [n]. Sorted, clipped to the
            span and merged where they touch or overlap.
        first, last: the span that is known, seconds; outside it the calendar counts as closed.
        midnights: instants that bound local dates, seconds; only `day_length` needs them.

    Attributes:
        cumulative: open seconds before each interval and, last, in all of them, shape [n + 1].
        day_length: open seconds of the median local date with any opening (the lower of two); or 86 400.

    Raises:
        ValueError: `opens` and `closes` do not pair, an interval ends before it begins, or the span does.
    """

    name: str
    opens: NDArray[np.int64] = field(repr=False)
    closes: NDArray[np.int64] = field(repr=False)
    first: int
    last: int
    midnights: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64), repr=False)
    cumulative: NDArray[np.int64] = field(init=False, repr=False)
    day_length: int = field(init=False)
    _ends: NDArray[np.int64] = field(init=False, repr=False)
    _always: bool = field(init=False, repr=False)
    # The same as Python lists, in which bisect is ten times as fast for a single instant.
    _opens_list: list[int] = field(init=False, repr=False)
    _ends_list: list[int] = field(init=False, repr=False)
    _cumulative_list: list[int] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        opens, closes = _merged(self.opens, self.closes, self.first, self.last)
        cumulative = np.concatenate(([0], np.cumsum(closes - opens))).astype(np.int64)
        ends = np.concatenate(([-NEVER], closes)).astype(np.int64)
        midnights = np.array(self.midnights, np.int64)
        arrays = {"opens": opens, "closes": closes, "cumulative": cumulative, "midnights": midnights}
        for name, array in {**arrays, "_ends": ends}.items():
            array.flags.writeable = False
            object.__setattr__(self, name, array)
        object.__setattr__(self, "_always", self.first <= _LONG_AGO and bool(cumulative[-1] == NEVER - _LONG_AGO))
        object.__setattr__(self, "_opens_list", opens.tolist())
        object.__setattr__(self, "_ends_list", ends.tolist())
        object.__setattr__(self, "_cumulative_list", cumulative.tolist())
        by_date = self.between_many(midnights[:-1], midnights[1:])
        by_date = np.sort(by_date[by_date > 0])
        object.__setattr__(self, "day_length", int(by_date[(by_date.size - 1) // 2]) if by_date.size else DAY)

    def called(self, name: str) -> Calendar:
        """The same hours under another name; the two share their arrays."""
        twin = copy(self)
        object.__setattr__(twin, "name", name)
        return twin

    @property
    def endless(self) -> bool:
        """Whether it never closes."""
        return self._always

    def between(self, a: int, b: int) -> int:
        """Open seconds in [a, b); 0 if b is not after a."""
        if b <= a:
            return 0
        return b - a if self._always else self._open_before(b) - self._open_before(a)

    def add(self, t: int, seconds: int) -> int:
        """The earliest instant with `seconds` open seconds since t; t itself if `seconds` is not positive.

        What ends exactly at closing time ends then, not at the next opening. NEVER if the span is too short.
        """
        if seconds <= 0:
            return t
        if self._always:
            return min(t + seconds, NEVER)
        goal = self._open_before(t) + seconds
        interval = bisect_left(self._cumulative_list, goal)
        if interval == len(self._cumulative_list):
            return NEVER
        return self._ends_list[interval] - (self._cumulative_list[interval] - goal)

    def is_open(self, t: int) -> bool:
        """Whether it is open in the second that begins at t; at closing time it is not."""
        return t < self._ends_list[bisect_right(self._opens_list, t)]

    def next_open(self, t: int) -> int:
        """The first instant from t on at which it is open; NEVER if there is none."""
        begun = bisect_right(self._opens_list, t)
        if t < self._ends_list[begun]:
            return t
        return self._opens_list[begun] if begun < len(self._opens_list) else NEVER

    def between_many(self, a: ArrayLike, b: ArrayLike) -> NDArray[np.int64]:
        """`between` for arrays of instants, which broadcast."""
        a, b = np.asarray(a, np.int64), np.asarray(b, np.int64)
        return np.asarray(np.maximum(self._open_before_many(b) - self._open_before_many(a), 0), np.int64)

    def add_many(self, t: ArrayLike, seconds: ArrayLike) -> NDArray[np.int64]:
        """`add` for arrays of instants and of seconds, which broadcast."""
        t, seconds = np.asarray(t, np.int64), np.asarray(seconds, np.int64)
        before = self._open_before_many(t)
        left = self.cumulative[-1] - before
        goal = before + np.minimum(seconds, left)
        interval = np.searchsorted(self.cumulative, goal)
        reached = self._ends[interval] - (self.cumulative[interval] - goal)
        return np.where(seconds <= 0, t, np.where(seconds > left, NEVER, reached)).astype(np.int64)

    def _open_before(self, t: int) -> int:
        """Open seconds of the span before t: those of the intervals begun, less what is left of the last."""
        begun = bisect_right(self._opens_list, t)
        left = self._ends_list[begun] - t
        return self._cumulative_list[begun] - left if left > 0 else self._cumulative_list[begun]

    def _open_before_many(self, t: NDArray[np.int64]) -> NDArray[np.int64]:
        begun = np.searchsorted(self.opens, t, side="right")
        return np.asarray(self.cumulative[begun] - np.maximum(self._ends[begun] - t, 0), np.int64)


def _merged(
    all_opens: ArrayLike, all_closes: ArrayLike, first: int, last: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Intervals clipped to [first, last), without empty ones, sorted, and joined where they touch."""
    opens, closes = np.asarray(all_opens, np.int64), np.asarray(all_closes, np.int64)
    if opens.shape != closes.shape or opens.ndim != 1:
        raise ValueError("every opening needs one closing: opens and closes differ in shape")
    if last < first or (closes < opens).any():
        raise ValueError("an interval or a span ends before it begins")
    opens, closes = np.maximum(opens, first), np.minimum(closes, last)
    order = np.argsort(opens, kind="stable")
    order = order[(opens < closes)[order]]
    opens, closes = opens[order], np.maximum.accumulate(closes[order])
    gap = opens[1:] > closes[:-1]
    some = np.ones(min(opens.size, 1), np.bool_)
    return opens[np.concatenate((some, gap))], closes[np.concatenate((gap, some))]


def always(name: str = "always") -> Calendar:
    """The calendar that never closes, from long before any start to NEVER."""
    return Calendar(name, np.array([_LONG_AGO]), np.array([NEVER]), _LONG_AGO, NEVER)
