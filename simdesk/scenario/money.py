"""The money chapter: staff, users' lost time and penalties, in one currency."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from simdesk.durations import Duration
from simdesk.scenario.quantities import Chapter, HourlyCost, Priority, Share

Amount = Annotated[float, Field(ge=0, le=1e12, allow_inf_nan=False)]


class Money(Chapter):
    """What an hour of everybody's time and a broken promise cost."""

    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$", examples=["EUR", "USD"])] = "USD"
    """Currency of the whole scenario."""
    users_time: HourlyCost = HourlyCost(50.0)
    """Cost of an hour of a user's time. [design]"""
    impaired_blocking: Share = 0.8
    """Part of a user's time that is lost while a ticket that stops his work is open, in business hours. [design]"""
    impaired_other: Share = 0.1
    """The same for other tickets. [design]"""
    workaround_after: Duration = Duration(4 * 3600.0, business=True)
    """Time after which a user has found another way and loses no more; business time is that of the users' office.
    [design]"""
    penalties: dict[Priority, Amount] = {}
    """Penalty for each ticket that is not resolved as promised. Preset: P1 500, P2 100, P3 20, P4 5. [design]"""
