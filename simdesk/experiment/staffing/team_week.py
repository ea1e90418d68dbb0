"""How much work a team holds at each moment of an ordinary week, if nobody ever had to wait for it.

The load of many-server queues in changing times: m(t) = E[Λ(t) − Λ(t − S)], where Λ counts what has come and S is the
touch time (Eick, Massey & Whitt 1993). Time here is the team's open time: what is in hand at closing time goes on at
the next opening. Knows no target and no shift.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from simdesk.calendars import parse_hours, parse_weekdays
from simdesk.desk import Desk, open_desk
from simdesk.distributions import Distribution
from simdesk.durations import DAY, HOUR, WEEK
from simdesk.errors import RunError
from simdesk.experiment.load import first_contacts
from simdesk.scenario.flow import Patience
from simdesk.scenario.model import Scenario
from simdesk.scenario.people import Team
from simdesk.workload.arrivals import days_of
from simdesk.workload.grammar import Detour, Node, Work, reach
from simdesk.workload.journey import Builder

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

SLOT: Final = 300
"""Seconds of a slot: the load is constant within it. [design]"""
SLOTS: Final = WEEK // SLOT
"""Slots of a week, from Monday 00:00 on."""

_TIMES: Final = (np.arange(128) + 0.5) / 128
"""Uniforms that stand for the law of a touch time. [design]"""
_ANYBODY: Final = Patience(gives_up_after=Distribution.model_validate({"constant": {"value": "1 h"}}))
"""Marks first visits; how long does not matter."""


@dataclass(frozen=True, slots=True)
class TeamWeek:
    """What comes to a team in an ordinary week.

    Attributes:
        load: work in hand if nobody had to wait, Erlang, by slot; shape (SLOTS,).
        is_open: whether the team is open, by slot; shape (SLOTS,).
        visits: tickets that reach the team in the week; one that returns is counted again.
        work: mean touch time of a visit, seconds.
        while_closed: share of the visits that come while the team is closed.
        later: share of the visits that are not the first of a ticket.
        gives_up: of those who may give up, 1 / mean patience on average, per second; 0 if nobody may.
        can_give_up: share of the visits whose visitor may give up.
    """

    load: Floats
    is_open: Mask
    visits: float
    work: float
    while_closed: float
    later: float
    gives_up: float
    can_give_up: float


@dataclass(frozen=True, slots=True)
class _Stream:
    """Visits of one kind.

    Attributes:
        arrivals: visits a week in each slot.
        first: of them, first visits.
        limited: of those, visits whose visitor may give up.
        giving_up: sum over those of 1 / mean patience.
        times, weights: touch times that stand for their law, seconds.
    """

    arrivals: Floats
    first: float
    limited: float
    giving_up: float
    times: Floats
    weights: Floats


def team_week(scenario: Scenario, team: str, *, caught_up_within: int = 2 * HOUR) -> TeamWeek:
    """The load of a team through an ordinary week without holidays, at the mean growth of the measured window.

    Later visits come in the shape of the week of the first ones, which is an approximation: what is escalated comes
    somewhat later.

    Args:
        scenario: the desk.
        team: whose load.
        caught_up_within: seconds after opening over which what came while the team was closed is spread.

    Raises:
        RunError: there is no such team, or it is never open.
    """
    if team not in scenario.teams:
        raise RunError(f"there is no team '{team}'; known: {', '.join(scenario.teams)}")
    desk = open_desk(scenario)
    is_open = open_slots(scenario, team)
    if not is_open.any():
        raise RunError(f"{team} is never open, so nobody can be needed; give it hours in teams.{team}.calendar")
    streams = list(_streams(scenario, desk, team))
    total = sum(float(stream.arrivals.sum()) for stream in streams)
    if total == 0:
        return TeamWeek(np.zeros(SLOTS), is_open, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    load = np.zeros(SLOTS)
    for stream in streams:
        load[is_open] += _in_hand(carried_over(stream.arrivals, is_open, caught_up_within)[is_open], stream)
    limited = sum(stream.limited for stream in streams)
    return TeamWeek(
        load=load,
        is_open=is_open,
        visits=total,
        work=sum(float(stream.arrivals.sum()) * float(stream.times @ stream.weights) for stream in streams) / total,
        while_closed=sum(float(stream.arrivals[~is_open].sum()) for stream in streams) / total,
        later=max(0.0, 1 - sum(stream.first for stream in streams) / total),
        gives_up=sum(stream.giving_up for stream in streams) / limited if limited else 0.0,
        can_give_up=min(1.0, limited / total),
    )


def open_slots(scenario: Scenario, team: str) -> Mask:
    """Slots in which a team is open: the hours of its calendar, or those of its shifts if it has no calendar."""
    spec = scenario.teams[team]
    result = np.zeros(SLOTS, bool)
    middles = np.arange(SLOTS) * SLOT + SLOT / 2
    for day, begin, end in _openings(scenario, spec):
        since = (middles - day * DAY - begin) % WEEK
        result |= since < end - begin
    return result


def _openings(scenario: Scenario, spec: Team) -> Iterator[tuple[int, int, int]]:
    calendar = scenario.calendars.get(spec.calendar)
    if calendar is not None:
        yield from ((day, *interval) for day, intervals in calendar.weekly().items() for interval in intervals)
    elif spec.shifts:
        for shift in spec.shifts.values():
            yield from ((day, *hours) for day in parse_weekdays(shift.days) for hours in parse_hours(shift.hours))
    else:
        yield from ((day, 0, DAY) for day in range(7))


def carried_over(arrivals: Floats, is_open: Mask, within: int) -> Floats:
    """Arrivals by slot after what comes while closed is spread evenly over the first open slots that follow."""
    if is_open.all():
        return arrivals
    start = int(np.flatnonzero(is_open & ~np.roll(is_open, 1))[0])
    rolled, state = np.roll(arrivals, -start).copy(), np.roll(is_open, -start)
    spells = [(opened, len(list(group))) for opened, group in groupby(state.tolist())]
    edges = np.cumsum([0, *(length for _, length in spells)])
    for number in range(1, len(spells), 2):  # open and closed spells alternate, an open one first
        closed = slice(edges[number], edges[number + 1])
        opening = number + 1 if number + 1 < len(spells) else 0
        length = min(max(within // SLOT, 1), spells[opening][1])
        rolled[edges[opening] : edges[opening] + length] += rolled[closed].sum() / length
        rolled[closed] = 0.0
    return np.roll(rolled, start)


def _in_hand(arrivals: Floats, stream: _Stream) -> Floats:
    """E[Λ(t) − Λ(t − S)] at the middles of the open slots, which follow one another as if there were no nights."""
    edges = np.concatenate(([0.0], np.cumsum(arrivals)))
    period = arrivals.size * SLOT

    def counted(at: NDArray[np.floating[Any]]) -> Floats:
        weeks = np.floor(at / period)
        result: Floats = weeks * edges[-1] + np.interp(at - weeks * period, np.arange(edges.size) * SLOT, edges)
        return result

    middles = (np.arange(arrivals.size) + 0.5) * SLOT
    before = counted(middles[:, None] - stream.times[None, :]) @ stream.weights
    result: Floats = np.maximum(counted(middles) - before, 0.0)  # rounding leaves next to nothing below zero
    return result


def _streams(scenario: Scenario, desk: Desk, team: str) -> Iterator[_Stream]:
    """Visits to a team, by ticket type and first team."""
    ahead = _clock_ahead(scenario, desk, team)
    begin, end = desk.window
    days = days_of(scenario, desk)
    inside = (days.edges[:, 0] < end) & (days.edges[:, -1] > begin)
    growth = float(days.growth[inside].mean())
    for name in scenario.demand.types:
        hourly = scenario.demand.shape(name).ravel() * scenario.demand.per_week(name) * growth
        by_slot = np.roll(np.repeat(hourly, HOUR // SLOT) * SLOT / HOUR, ahead)
        for entry, who in _who_comes(scenario, name).items():
            tree = Builder(scenario, desk, name).whole(entry, _ANYBODY)
            works = list(_visits(tree, desk.team(team)))
            each = sum(count for _, count in works)
            if each * who.share > 0:
                times = np.concatenate([_times(work) for work, _ in works])
                weights = np.concatenate([np.full(_TIMES.size, count / _TIMES.size) for _, count in works]) / each
                first = float(by_slot.sum()) * sum(count for work, count in works if work.patience is not None)
                counted = (first * who.share, first * who.limited, first * who.giving_up)
                yield _Stream(by_slot * who.share * each, *counted, times, weights)


@dataclass(slots=True)
class _Who:
    """Of the tickets of a type, the share that gets to a team first, that which may give up there, and how soon."""

    share: float = 0.0
    limited: float = 0.0
    giving_up: float = 0.0


def _who_comes(scenario: Scenario, name: str) -> dict[str, _Who]:
    """Who comes to which team first."""
    found: dict[str, _Who] = {}
    for team, patience, share in first_contacts(scenario, name):
        who = found.setdefault(team, _Who())
        who.share += share
        if patience is not None:
            who.limited += share
            who.giving_up += share / max(patience.gives_up_after.mean, 1.0)
    return found


def _visits(tree: Node, team: int) -> Iterator[tuple[Work, float]]:
    """Pieces of work of a team in a journey, each with how often it is expected."""
    found: list[tuple[Work, float]] = []

    def note(part: Work | Detour, reaching: float) -> None:
        if isinstance(part, Work) and part.team == team:
            found.append((part, reaching))
        elif isinstance(part, Detour) and part.leads_to(team):
            found.append((part.look, reaching / part.ways))

    reach(tree, 1.0, note)
    yield from found


def _times(work: Work) -> Floats:
    """Touch times that stand for the law of a piece of work, seconds; their mean is exact."""
    drawn = np.asarray(work.shape.quantile(_TIMES), np.float64)
    exact = drawn * (work.shape.mean / drawn.mean()) if drawn.mean() > 0 else drawn
    result: Floats = exact * work.scale + work.extra / 1000
    return result


def _clock_ahead(scenario: Scenario, desk: Desk, team: str) -> int:
    """Slots by which the team's clock is ahead of the run's when the window begins."""
    calendar = scenario.calendars.get(scenario.teams[team].calendar)
    zone = calendar.time_zone if calendar is not None else None
    begin = desk.window[0]
    own, run = (desk.timeline.local(begin, zone).utcoffset(), desk.timeline.local(begin).utcoffset())
    assert own is not None  # an aware date-time has an offset
    assert run is not None
    return round((own - run).total_seconds() / SLOT)
