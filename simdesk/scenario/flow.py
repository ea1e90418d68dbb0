"""The flow chapter: where tickets go, and all the waiting that is not a queue for an agent."""

from __future__ import annotations

from typing import Annotated, Final, Literal, Self

from pydantic import Field, model_validator

from simdesk.distributions import Distribution
from simdesk.durations import Duration
from simdesk.scenario.demand import ShareByTier, TouchTime
from simdesk.scenario.problems import complain
from simdesk.scenario.quantities import Chapter, Factor, Name, Priority, Share
from simdesk.scenario.run import Elapsed


def _shape(name: str, **parameters: object) -> Distribution:
    return Distribution.model_validate({name: parameters})


class When(Chapter):
    """Which tickets a rule is for; everything that is stated must hold."""

    type: Name | list[Name] | None = None
    """Ticket type, or several."""
    category: Name | list[Name] | None = None
    """Category, or several."""
    kind: Literal["incident", "request", "enquiry"] | None = None
    """ITIL record type."""
    priority: Priority | list[Priority] | None = None
    """Priority, or several."""
    channel: Name | list[Name] | None = None
    """Channel, or several."""


class RoutingRule(Chapter):
    """Tickets that go to a certain team first."""

    when: When
    """Which tickets."""
    to: Name
    """The team that gets them first."""


class HandOff(Chapter):
    """What it costs to give a ticket to another team."""

    pick_up: Distribution = _shape("exponential", mean="5 business hours")
    """Time until the receiving team notices the ticket; business time is that team's. [sim]"""
    write_up: Elapsed = Duration(120.0)
    """Work of the sender. [mem-M]"""
    read_up: Elapsed = Duration(240.0)
    """Work of the receiver before the real work begins. [mem-M]"""


class Misroute(Chapter):
    """Tickets that are handed to the wrong team and bounce."""

    share: Share = 0.25
    """Share of hand-offs that go to a wrong team. [data]"""
    look: TouchTime = _shape("uniform", low="3 min", high="10 min")
    """Work of the wrong team until it sees that it is wrong. [src:86]"""
    at_most: Annotated[int, Field(ge=1, le=5)] = 3
    """Most bounces in one hand-off. [design]"""


class Pending(Chapter):
    """Tickets that wait for the user (or a vendor) in the middle of the work."""

    share: ShareByTier = {"tier_1": 0.30, "tier_2": 0.45, "tier_3": 0.50}
    """Share of the visits to a tier in which the ticket becomes pending. One share alone stands for all tiers; a tier
    that is not named has that of the next lower one. [sim]"""
    lasts: Distribution = _shape("lognormal", mean="20 business hours", cv=2.0)
    """How long it waits; business time is that of `calendar`. [sim]"""
    calendar: Name | None = None
    """Calendar of whoever is waited for; that of the team which waits unless stated."""
    follow_up: Share = 0.3
    """Part of the visit's work that is done after the answer has come. [design]"""


class Reopen(Chapter):
    """Tickets that come back after they were resolved."""

    share: Share = 0.03
    """Share of resolved tickets. [mem-M]"""
    after: Distribution = _shape("exponential", mean="1 day")
    """Time until the user comes back; business time is that of the users' office. [design]"""
    work: Factor = 0.6
    """Touch time of the second visit relative to a first. [design]"""
    at_most: Annotated[int, Field(ge=1, le=5)] = 1
    """Most reopenings of one ticket. [design]"""


class Patience(Chapter):
    """Customers who give up while they wait for their first response."""

    when: When = When()
    """Which tickets; all unless stated."""
    gives_up_after: Distribution
    """How long a customer waits in the queue before giving up; in business time he waits while the users' office is
    open."""
    redials: Share = 0.0
    """Share of those who try again. Typical on the phone: 50 %. [src:58; mem-M]"""
    redials_after: Distribution = _shape("exponential", mean="20 min")
    """When they try again; business time is that of the users' office. [mem-M]"""
    at_most: Annotated[int, Field(ge=1, le=5)] = 1
    """Most further attempts of one customer. [design]"""


LIVE_CHANNELS: Final = ("phone", "chat", "walk-in")
"""Channels on which users are on the line unless a desk says otherwise, whether or not it has them. [design]"""


class Flow(Chapter):
    """Where tickets go, and what they wait for besides agents."""

    entry: Name | None = None
    """Team that gets tickets first when no rule says otherwise; the only team of the lowest tier unless stated."""
    routing: dict[Name, RoutingRule] = {}
    """Rules, tried in the order of the file; the first that fits decides."""
    live_channels: list[Name] = list(LIVE_CHANNELS)
    """Channels on which the user is on the line: until it is first put down such a contact is live, and a team may
    treat it otherwise than all else when a break or the end of a shift comes. Only the first contact can be; what was
    escalated, became pending, came back or has waited since before the start is not. [design]"""
    hand_off: HandOff | None = None
    """Cost of a hand-off; `{}` takes the typical values, `null` switches it off."""
    misroute: Misroute | None = None
    """Wrong hand-offs; `{}` takes the typical values, `null` switches them off."""
    pending: Pending | None = None
    """Waiting for the user; `{}` takes the typical values, `null` switches it off."""
    reopen: Reopen | None = None
    """Tickets that come back; `{}` takes the typical values, `null` switches it off."""

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.misroute is not None and self.hand_off is None:
            raise complain(
                ["misroute"], "needs hand_off, because a wrong team is reached by a hand-off; add hand_off: {}"
            )
        return self
