"""The observed chapter: what really happened at the desk that the scenario describes."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from simdesk.scenario.quantities import Chapter, Share
from simdesk.scenario.run import Elapsed


class ObservedHour(Chapter):
    """What was seen in one hour of the day."""

    offered: Annotated[float, Field(ge=0)]
    """Contacts, a day on average."""
    wait: Elapsed
    """Mean wait of all of them."""
    abandoned: Share
    """Share of them that gave up."""


class Observed(Chapter):
    """Aggregates of a real log, by local hour of the day, to stand beside the simulation."""

    source: str
    """Where they come from, and the thanks that are due."""
    days: str
    """Which days they are from."""
    by_hour: dict[Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):00$", examples=["09:00"])], ObservedHour]
    """Hours, such as `09:00`."""
