"""The run chapter: when it starts, how long it lasts, how often it is repeated."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from simdesk.durations import Duration
from simdesk.scenario.excerpts import nearest, quoted
from simdesk.scenario.problems import complain
from simdesk.scenario.quantities import Chapter, Name
from simdesk.zones import zone_names


def _start(text: str) -> str:
    try:
        parsed = datetime.fromisoformat(text)
    except ValueError:
        parsed = None
    if parsed is None or parsed.tzinfo is not None:
        raise ValueError("must be a local date or date-time, such as 2026-01-05 or 2026-01-05T08:00")
    if not 1970 <= parsed.year <= 2200:
        raise ValueError("must lie between the years 1970 and 2200")
    if parsed.microsecond:
        raise ValueError("must be a whole second")
    return text


def _zone(text: str) -> str:
    if text not in zone_names():
        hint = nearest(text, zone_names()) or "; write e.g. Europe/Berlin or UTC"
        raise ValueError(f"unknown time zone {quoted(text)}{hint}")
    return text


def _elapsed(duration: Duration) -> Duration:
    if duration.business or duration.business_days:
        raise ValueError("must be elapsed time, such as 12 weeks; business time has no meaning here")
    return duration


TimeZone = Annotated[
    str, AfterValidator(_zone), Field(examples=["Europe/Berlin"], json_schema_extra={"pattern": "^[A-Za-z]"})
]
"""Name of a time zone, such as Europe/Berlin."""

Elapsed = Annotated[Duration, AfterValidator(_elapsed)]
"""A duration by the wall clock."""


class OpenTickets(Chapter):
    """Tickets of one type that already wait for a team when the run starts."""

    count: Annotated[int, Field(ge=0, le=1_000_000)]
    """How many."""
    oldest: Elapsed = Duration(0)
    """How long the oldest of them has waited; the others are spread evenly between then and the start."""


class Run(Chapter):
    """When the simulation starts, how long it lasts, how often it is repeated."""

    start: Annotated[str, AfterValidator(_start)] = "2026-01-05"
    """Local date, or date and time, at which the simulation starts. Monday 5 January 2026 unless stated."""
    time_zone: TimeZone = "UTC"
    """Time zone of the start, of the demand profile, and of every calendar that states none."""
    length: Elapsed = Duration(12 * 7 * 86400.0)
    """Length of the measured window, without warm-up. [design]"""
    warm_up: Elapsed = Duration(0)
    """Time simulated before the window and not measured. The shipped desks use two weeks. [design]"""
    cool_down: Elapsed = Duration(4 * 7 * 86400.0)
    """Longest time simulated after the window so that the tickets opened in it can be resolved. [design]"""
    replications: Annotated[int, Field(ge=1, le=100_000)] = 20
    """Independent repetitions. Fewer than 20 make intervals that promise too much. [calc]"""
    seed: Annotated[int, Field(ge=0, le=2**63 - 1)] = 1
    """Seed of all chance. The same scenario and seed give the same tickets on any machine."""
    most_open_tickets: Annotated[int, Field(ge=1, le=100_000_000)] = 1_000_000
    """Open tickets with which a run is cut short, as a desk that cannot keep up would fill the memory. [design]"""
    most_events: Annotated[int, Field(ge=1, le=10_000_000_000)] = 200_000_000
    """Events with which a run is cut short: arrivals, and beginnings of waits, spells of work and delays. [design]"""
    open_at_start: dict[Name, dict[Name, OpenTickets]] = {}
    """What already waits at the start: team, then ticket type, then how many."""

    @model_validator(mode="after")
    def _long_enough(self) -> Self:
        if self.length.seconds < 1:
            raise complain(["length"], "must be at least 1 s")
        return self
