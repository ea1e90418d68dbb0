"""The demand chapter: who needs help, how often, when, with what, and through which channel."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any, Literal, Self, TypeVar

from pydantic import AfterValidator, BeforeValidator, Field, GetJsonSchemaHandler, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from simdesk.calendars import parse_weekdays
from simdesk.distributions import Distribution
from simdesk.scenario.problems import Complaint, Complaints, complain_of
from simdesk.scenario.profiles import BUILT_IN, Shape, shape_of
from simdesk.scenario.quantities import Chapter, Factor, Name, Priority, Rate, Share, Tier, mix_complaint
from simdesk.scenario.weekdays import named_twice


def _work_by_tier(value: Any) -> Any:
    """Let one distribution stand for every tier; a mapping of which no key speaks of a tier is meant to be one."""
    one = isinstance(value, Distribution | str | int | float)
    shape = isinstance(value, dict) and bool(value) and not any(str(key).startswith("tier") for key in value)
    return {"tier_1": value} if one or shape else value


def _share_by_tier(value: Any) -> Any:
    """Let one share stand for the first tier."""
    return {"tier_1": value} if isinstance(value, str | int | float) else value


class _OneForAll:
    """Lets the JSON Schema accept one value beside one for each tier."""

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        by_tier = handler(schema)
        return {"anyOf": [*by_tier["patternProperties"].values(), by_tier]}


def _of_an_agent(shape: Distribution) -> Distribution:
    if shape.business:
        raise ValueError(
            "must be elapsed time, such as 20 min; an agent works when he is there, and no calendar runs meanwhile"
        )
    return shape


TouchTime = Annotated[Distribution, AfterValidator(_of_an_agent)]
"""How long an agent works on something; business time has no meaning there."""

WorkByTier = Annotated[dict[Tier, TouchTime], Field(min_length=1), BeforeValidator(_work_by_tier), _OneForAll()]
"""Touch time at each tier; one distribution alone stands for all. A tier that is not named works as the next lower
one."""

ShareByTier = Annotated[dict[Tier, Share], BeforeValidator(_share_by_tier), _OneForAll()]
"""A share for each tier, one number alone under the first; the field says what holds for tiers that are not named."""


T = TypeVar("T")


def at_tier(values: Mapping[str, T], tier: int) -> T | None:
    """The value for a tier, else the next lower tier's, else the lowest there is."""
    known = sorted(values)
    below = [name for name in known if int(name[5:]) <= tier]
    return values[below[-1]] if below else (values[known[0]] if known else None)


def tiers_read(values: Iterable[str], tiers: Iterable[int]) -> set[str]:
    """Which of the tiers that have a value are those that teams of some tiers go by."""
    names = {name: name for name in values}
    return {name for tier in tiers if (name := at_tier(names, tier)) is not None}


PriorityMix = Annotated[dict[Priority, Share], Field(min_length=1)]
"""Shares of the priorities; they sum to 100 %."""
ChannelMix = Annotated[dict[Name, Share], Field(min_length=1)]
"""Shares of the channels; they sum to 100 %."""


def _mix_complaints(priority: dict[str, float] | None, channels: dict[str, float] | None) -> Iterator[Complaint]:
    for place, mix, what in (("priority", priority, "the priorities"), ("channels", channels, "the channels")):
        if message := mix_complaint(mix or {}, what):
            yield Complaint([place], message)


class Profile(Chapter):
    """How demand is spread over the hours of the day and the days of the week."""

    weekdays: dict[str, Annotated[float, Field(ge=0, le=1e6)]] = {"daily": 1.0}
    """Relative volume of the days: `Mon`, `Tue-Thu` (each of them), `daily`. Days not named have none; each is named
    once."""
    hours: Annotated[list[Annotated[float, Field(ge=0, le=1e6)]], Field(min_length=24, max_length=24)]
    """Relative volume of the 24 hours of a day."""
    hours_on: dict[
        str, Annotated[list[Annotated[float, Field(ge=0, le=1e6)]], Field(min_length=24, max_length=24)]
    ] = {}
    """Other hours for some days, such as `Fri`."""

    @model_validator(mode="after")
    def _readable(self) -> Self:
        for days in (*self.weekdays, *self.hours_on):
            parse_weekdays(days)
        complain_of([*named_twice("weekdays", self.weekdays), *named_twice("hours_on", self.hours_on)])
        shape_of(self.weekdays, self.hours, self.hours_on)
        return self

    @property
    def shape(self) -> Shape:
        """Weights of the week."""
        return shape_of(self.weekdays, self.hours, self.hours_on)


class SelfService(Chapter):
    """Users who try to help themselves before they contact the desk, in its plain form."""

    attempted: Share = 0.35
    """Share of needs for which self-service is tried first. [src:25]"""
    solved: Share = 0.30
    """Share of the attempts that solve the need; these tickets end before a team sees them. [src:24]"""
    takes: Distribution = Distribution.model_validate({"constant": {"value": "6 min"}})
    """Time of the user that an attempt takes, whether or not it succeeds; business time is that of the users' office.
    [design]"""


class Automation(Chapter):
    """Requests that a machine fulfils, in its plain form."""

    covered: Share
    """Share of tickets that automation takes first."""
    succeeded: Share
    """Share of those that it fulfils; the rest arrive at a team later."""
    takes: Distribution = Distribution.model_validate({"constant": {"value": "2 min"}})
    """Time that automation takes, whether or not it succeeds; business time is that of the users' office. [design]"""


class TicketType(Chapter):
    """One kind of thing that users need help with."""

    kind: Literal["incident", "request", "enquiry"] = "incident"
    """ITIL record type; routing rules can ask for it."""
    category: Name | None = None
    """Heading under which reports and routing rules find it; its own name unless stated."""
    share: Share | None = None
    """Share of the desk's contacts. Shares of all types sum to 100 %."""
    contacts: Rate | None = None
    """Own volume instead of a share of the desk's."""
    profile: Literal["office", "flat"] | Profile | None = None
    """Shape of the week, if not the desk's."""
    priority: PriorityMix | None = None
    """Mix of priorities, if not the desk's."""
    channels: ChannelMix | None = None
    """Mix of channels, if not the desk's."""
    work: WorkByTier
    """Touch time of an agent at each tier."""
    resolves: ShareByTier = {}
    """Share resolved at each tier; the rest is escalated. One share alone is the first tier's. A tier that is not named
    resolves all, as does a team that escalates to nobody."""
    blocking: Share = 0.22
    """Share of tickets that stop the user's work; they weigh more in users' lost time. [src:8]"""
    self_service: SelfService | None = None
    """Self-service before the desk; none unless stated."""
    automation: Automation | None = None
    """Automation before the desk; none unless stated."""

    def resolved_at(self, tier: int) -> float:
        """Share of the tickets at a tier that it resolves, if its team can escalate."""
        return self.resolves.get(f"tier_{tier}", 1.0)

    @model_validator(mode="after")
    def _whole(self) -> Self:
        complaints = list(_mix_complaints(self.priority, self.channels))
        if self.share is not None and self.contacts is not None:
            complaints.append(Complaint((), "state either share or contacts, not both"))
        if complaints:
            raise Complaints(complaints)
        return self


class Growth(Chapter):
    """Change of volume over time."""

    per_year: Annotated[Factor, Field(ge=0.01, le=100)] = 1.0
    """Volume after a year relative to the start, compounded daily: `104 %` is four per cent more."""


class Demand(Chapter):
    """Who needs help, how often, when, and with what."""

    users: Annotated[int, Field(ge=1, le=10_000_000)] | None = None
    """Users of the desk; needed when volume is stated per user."""
    contacts: Rate | None = None
    """Needs for help of all types that have a share, before self-service and automation. A business day is a fifth of a
    week. Typical: 1.1 per user per month. [src:26]"""
    volume: Factor = 1.0
    """Factor on all volume: the slider `volume against today`."""
    profile: Literal["office", "flat"] | Profile = "office"
    """Shape of the week: `office` (measured on 35,208 incidents of a bank [data]), `flat`, or your own."""
    holidays_of: Name | None = None
    """Calendar on whose holidays demand is that of a Sunday."""
    busyness_cv: Annotated[float, Field(ge=0, le=2)] = 0.0
    """Variation of whole days beyond chance, as a coefficient of variation. Typical: 0.12. [mem-M]"""
    forecast_error: Annotated[Share, Field(le=1)] = 0.0
    """How wrong the stated volume may be: one standard deviation of the true volume, as a share of it. Each replication
    has a true volume of its own, so that every interval carries the doubt. [design]"""
    growth: Growth = Growth()
    """Change of volume over time."""
    priority: PriorityMix = {"P1": 0.01, "P2": 0.06, "P3": 0.58, "P4": 0.35}
    """Mix of priorities of types that state none. [data]"""
    channels: ChannelMix = {"phone": 0.4, "email": 0.28, "portal": 0.22, "chat": 0.08, "walk-in": 0.02}
    """Mix of channels of types that state none. [src:5]"""
    types: Annotated[dict[Name, TicketType], Field(min_length=1, max_length=500)]
    """What users need help with."""

    @model_validator(mode="after")
    def _whole(self) -> Self:
        complaints = [*_mix_complaints(self.priority, self.channels), *self._volume_complaints()]
        if complaints:
            raise Complaints(complaints)
        return self

    def _volume_complaints(self) -> Iterator[Complaint]:
        shares = {name: kind.share for name, kind in self.types.items() if kind.share is not None}
        if message := mix_complaint(shares, "the ticket types"):
            yield Complaint(["types"], message)
        for name, kind in self.types.items():
            if kind.share is None and kind.contacts is None:
                yield Complaint(["types", name], "needs a share (of demand.contacts) or contacts of its own")
        if shares and self.contacts is None:
            message = f"missing; ticket types state their shares of it, so add e.g. 'contacts: {Rate.example}'"
            yield Complaint(["contacts"], message)
        rates = [self.contacts, *(kind.contacts for kind in self.types.values())]
        if self.users is None and any(rate is not None and rate.per_user for rate in rates):
            yield Complaint(["users"], "missing; a volume is stated per user, so add e.g. 'users: 2000'")

    def shape(self, name: str) -> Shape:
        """Weights of the week of a type."""
        profile = self.types[name].profile or self.profile
        return profile.shape if isinstance(profile, Profile) else BUILT_IN[profile]

    def per_week(self, name: str) -> float:
        """Mean contacts of a type in an ordinary week at the start."""
        kind = self.types[name]
        if kind.contacts is not None:
            return kind.contacts.per_week(self.users) * self.volume
        total = self.contacts.per_week(self.users) if self.contacts is not None else 0.0
        return total * (kind.share or 0.0) * self.volume
