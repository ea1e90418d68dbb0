"""Time zones: one edition everywhere, known by name, and missed in words."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import simdesk as sd
from simdesk.errors import SimdeskError
from simdesk.experiment.store import rules_version
from simdesk.provenance import provenance
from simdesk.shelf import on_the_shelf
from simdesk.zones import edition, time_zone, zone_names


def test_a_zone_says_what_its_law_says():
    """Berlin in winter and in summer; the clocks of the Chatham Islands run three quarters of an hour off."""
    winter, summer = datetime(2026, 1, 5, tzinfo=UTC), datetime(2026, 7, 6, tzinfo=UTC)

    assert winter.astimezone(time_zone("Europe/Berlin")).utcoffset() == timedelta(hours=1)
    assert summer.astimezone(time_zone("Europe/Berlin")).utcoffset() == timedelta(hours=2)
    assert summer.astimezone(time_zone("Pacific/Chatham")).utcoffset() == timedelta(hours=12, minutes=45)
    assert "Europe/Berlin" in zone_names()


@pytest.mark.parametrize("name", ["Europe/Nowhere", "", "../zones", "/etc/localtime", "Europe", "Europe/Berlin\0"])
def test_what_is_no_zone_is_no_file(name: str):
    """A name cannot lead out of the database."""
    with pytest.raises(KeyError):
        time_zone(name)


def test_the_system_is_not_asked(tmp_path: Path):
    """A system that thinks otherwise of Berlin changes nothing."""
    script = (
        "from datetime import datetime, UTC; from simdesk.zones import time_zone; "
        "print(datetime(2026, 1, 5, tzinfo=UTC).astimezone(time_zone('Europe/Berlin')).utcoffset())"
    )
    (tmp_path / "Europe").mkdir()
    (tmp_path / "Europe" / "Berlin").write_bytes(b"not a time zone")

    done = subprocess.run(
        [sys.executable, "-c", script], env={"PYTHONTZPATH": str(tmp_path)}, capture_output=True, text=True, check=False
    )

    assert done.stdout == "1:00:00\n", done.stderr


def test_the_edition_is_part_of_where_a_number_comes_from(monkeypatch: pytest.MonkeyPatch):
    """In the provenance, and in the seal of the rules: under another edition nothing kept is used again."""
    desk = sd.load(on_the_shelf("quickstart"))
    rules_version.cache_clear()
    before = rules_version()

    monkeypatch.setattr("tzdata.IANA_VERSION", "1999z")
    rules_version.cache_clear()
    after, told = rules_version(), provenance(desk, replications=1, engine="kernel", digests=["a"])
    rules_version.cache_clear()

    assert (edition(), told.time_zones) == ("1999z", "1999z")
    assert after != before


def test_a_missing_database_is_named(monkeypatch: pytest.MonkeyPatch):
    """And what to do about it."""
    monkeypatch.setitem(sys.modules, "tzdata", None)
    zone_names.cache_clear()
    try:
        with pytest.raises(SimdeskError, match="the time-zone database is missing; install the Python package tzdata"):
            sd.loads("run: {time_zone: Europe/Berlin}")
        with pytest.raises(SimdeskError, match="the time-zone database is missing"):
            edition()
    finally:
        zone_names.cache_clear()
