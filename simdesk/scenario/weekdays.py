"""Weekdays as keys of a mapping: each day may be named once, for nobody can see which of two would count."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from simdesk.calendars import WEEKDAYS, parse_weekdays
from simdesk.scenario.problems import Complaint


def named_twice(place: str, keys: Iterable[str]) -> Iterator[Complaint]:
    """A complaint at every key that names a day which another names too.

    Args:
        place: of the mapping, in the model that complains.
        keys: such as `Mon` and `Tue-Thu`, each of which can be read.
    """
    named = {key: parse_weekdays(key) for key in keys}
    for key, days in named.items():
        for other, theirs in named.items():
            if other != key and (both := sorted(days & theirs)):
                listed = ", ".join(WEEKDAYS[day] for day in both)
                are = "is" if len(both) == 1 else "are"
                yield Complaint([place, key], f"{listed} {are} named here and in '{other}'; name each day once", True)
                break
