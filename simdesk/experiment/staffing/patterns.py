"""Forms of shifts that people can work: when they come, how long they stay, when their break is, and on which days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

import numpy as np
from numpy.typing import NDArray

from simdesk.calendars import WEEKDAYS, parse_weekdays
from simdesk.durations import DAY, HOUR, MINUTE, WEEK
from simdesk.errors import RunError

Floats = NDArray[np.float64]

WORKING_WEEK: Final = ("Mon-Fri",)
"""Days on which most people work."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """One form of shift: the same hours on some days of every week.

    Attributes:
        start: when it begins, seconds after midnight, from 0 and before 24:00.
        length: from coming to going, the break included, seconds; at most a day.
        days: weekdays on which it begins, 0 for Monday.
        break_after: seconds from the start to the break; there is none if `break_length` is 0.
        break_length: length of the break, seconds.
        paid_break: whether the break is paid.
        price: of a paid hour, relative to an ordinary one, such as 1.5 at weekends.
    """

    start: int
    length: int
    days: tuple[int, ...] = (0, 1, 2, 3, 4)
    break_after: int = 0
    break_length: int = 0
    paid_break: bool = False
    price: float = 1.0

    def __post_init__(self) -> None:
        in_order = 0 <= self.start < DAY and 0 < self.length <= DAY and self.break_length >= 0 <= self.break_after
        if not in_order or (self.break_length and not 0 < self.break_after < self.length - self.break_length):
            raise RunError(
                f"a shift must begin on its day, last up to 24 h and hold its break; this does not: {self!r}"
            )
        if not self.days or len(set(self.days)) < len(self.days) or not set(self.days) <= set(range(7)):
            raise RunError(f"a shift needs days, each once, numbered 0 (Monday) to 6 (Sunday); not {self.days}")
        if self.price <= 0:
            raise RunError(f"the price of an hour must be positive, not {self.price:g}")

    @property
    def spells(self) -> tuple[tuple[int, int], ...]:
        """From when to when somebody is at work, seconds after midnight; beyond 24:00 is the next day."""
        end = self.start + self.length
        if not self.break_length:
            return ((self.start, end),)
        pause = self.start + self.break_after
        return (self.start, pause), (pause + self.break_length, end)

    @property
    def paid(self) -> int:
        """Seconds paid on each of its days."""
        return self.length - (0 if self.paid_break else self.break_length)

    @property
    def paid_hours(self) -> float:
        """Hours paid in a week."""
        return self.paid * len(self.days) / HOUR

    @property
    def cost(self) -> float:
        """Hours paid in a week, weighted by their price."""
        return self.paid_hours * self.price

    @property
    def days_text(self) -> str:
        """Days as in a scenario: `Mon-Fri`, `Mon, Wed`."""
        return _days_text(self.days)

    @property
    def hours_text(self) -> str:
        """Hours as in a scenario: `08:00-12:00, 12:30-16:30`.

        Raises:
            RunError: a part of it begins after midnight, which hours of a day cannot say.
        """
        if self.spells[-1][0] >= DAY:
            raise RunError(
                f"the break of the shift from {_clock(self.start)} ends after midnight, which the hours of a day "
                "cannot say; let it begin earlier, or leave it out and count it in teams.….shrinkage.breaks"
            )
        return ", ".join(f"{_clock(begin)}-{_clock(end)}" for begin, end in self.spells)

    @property
    def name(self) -> str:
        """A name that can stand in a dotted path: `Mon-Fri-0800-1630-break-1200`."""
        begin, end = (_clock(at).replace(":", "") for at in (self.start, self.start + self.length))
        days = self.days_text.replace(", ", "-") if self.days_text != "daily" else "daily"
        pause = f"-break-{_clock(self.start + self.break_after).replace(':', '')}" if self.break_length else ""
        return f"{days}-{begin}-{end}{pause}"

    def present(self, intervals: int) -> Floats:
        """Part of each interval of the week in which one who works this is there; shape (7, intervals a day)."""
        length = DAY // intervals
        begins = np.arange(7 * intervals) * length
        there = np.zeros(begins.size)
        for day in self.days:
            for begin, end in self.spells:
                for week in (0, WEEK):  # what runs past Sunday night is there on Monday
                    since, until = day * DAY + begin - week, day * DAY + end - week
                    there += np.clip(np.minimum(begins + length, until) - np.maximum(begins, since), 0, None)
        result: Floats = (there / length).reshape(7, intervals)
        return result


def patterns(
    *,
    earliest: int,
    latest: int,
    lengths: Sequence[int] = (8 * HOUR,),
    break_after: Sequence[int] = (4 * HOUR,),
    break_length: int = 30 * MINUTE,
    step: int = 30 * MINUTE,
    days: Sequence[str] = WORKING_WEEK,
) -> tuple[Pattern, ...]:
    """Every form of shift within some hours.

    Args:
        earliest: the first start, seconds after midnight.
        latest: the last end, seconds after the same midnight; beyond 24:00 is the next day.
        lengths: working time without the break, seconds.
        break_after: when the break may begin, seconds after the start; a shift that is no longer has none.
        break_length: length of the unpaid break, seconds; 0 for none.
        step: distance between starts, seconds.
        days: sets of days, such as `Mon-Fri`, `Sat-Sun`; see also `runs_of_days`.

    Raises:
        RunError: no shift fits, or a step or a length is not positive.
    """
    if step <= 0 or any(length <= 0 for length in lengths):
        raise RunError("the step between starts and the lengths of shifts must be positive")
    sets = [tuple(sorted(parse_weekdays(text))) for text in days]
    found: dict[Pattern, None] = {}
    for length in lengths:
        pauses = [after for after in break_after if break_length and after < length]
        for start in range(earliest, DAY, step):
            for after in pauses or [0]:
                whole = length + (break_length if after else 0)
                if start + whole <= latest:
                    pause = (after, break_length) if after else (0, 0)
                    found |= {Pattern(start, whole, one, *pause): None for one in sets}
    if not found:
        raise RunError(
            f"no shift of these lengths fits between {_clock(earliest)} and {_clock(latest)}; allow shorter ones"
        )
    return tuple(found)


def runs_of_days(count: int) -> tuple[str, ...]:
    """Every run of so many days in a row: for 5, `Mon-Fri`, `Tue-Sat` … `Sun-Thu`, so that days off come together."""
    if not 1 <= count <= 7:
        raise RunError(f"a week has 1 to 7 days, not {count}")
    if count == 7:
        return ("daily",)
    return tuple(
        f"{WEEKDAYS[day]}-{WEEKDAYS[(day + count - 1) % 7]}" if count > 1 else WEEKDAYS[day] for day in range(7)
    )


def _days_text(days: Sequence[int]) -> str:
    """Runs of three days or more by their ends."""
    if len(days) == 7:
        return "daily"
    shift = next(day for day in range(7) if day in days and (day - 1) % 7 not in days)
    around = sorted((day - shift) % 7 for day in days)
    parts = []
    for _, run in groupby(enumerate(around), key=lambda pair: pair[1] - pair[0]):
        names = [WEEKDAYS[(day + shift) % 7] for _, day in run]
        parts.append(f"{names[0]}-{names[-1]}" if len(names) > 1 else names[0])
    return ", ".join(parts)


def _clock(seconds: int) -> str:
    """A time of the day; what lies beyond 24:00 as the time of the next day."""
    at = seconds if seconds <= DAY else seconds - DAY
    return f"{at // HOUR:02d}:{at % HOUR // MINUTE:02d}"
