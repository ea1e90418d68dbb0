"""Time zones, from one edition of the time-zone database on every machine.

The operating system's own edition is not asked: what it says of an instant may differ from machine to machine, and so
would a log.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from simdesk.errors import SimdeskError


@cache
def time_zone(name: str) -> ZoneInfo:
    """A time zone by its name, such as `Europe/Berlin`.

    Raises:
        KeyError: there is none of that name.
        SimdeskError: the time-zone database is not installed.
    """
    if name not in zone_names():
        raise KeyError(name)
    with files("tzdata").joinpath("zoneinfo", *name.split("/")).open("rb") as file:
        return ZoneInfo.from_file(file, key=name)


@cache
def zone_names() -> frozenset[str]:
    """The names of all time zones.

    Raises:
        SimdeskError: the time-zone database is not installed.
    """
    return frozenset(_read("zones").split())


def edition() -> str:
    """Which edition of the time-zone database counts, such as `2026f`.

    Raises:
        SimdeskError: the time-zone database is not installed.
    """
    try:
        from tzdata import IANA_VERSION
    except ImportError:
        raise _missing() from None
    return str(IANA_VERSION)


def _read(name: str) -> str:
    try:
        return files("tzdata").joinpath(name).read_text("utf-8")
    except (ModuleNotFoundError, OSError):
        raise _missing() from None


def _missing() -> SimdeskError:
    return SimdeskError("the time-zone database is missing; install the Python package tzdata, or simdesk again")
