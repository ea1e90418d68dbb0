"""Draws a workload: tickets, their attributes, their steps, and who is there when."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from simdesk.clock import NEVER
from simdesk.desk import Desk, horizon_of
from simdesk.scenario.flow import Patience, When
from simdesk.scenario.model import Scenario, as_list
from simdesk.states import PRIORITIES
from simdesk.workload.arrivals import arrivals, busyness, days_of, weights
from simdesk.workload.graph import Steps, steps_of
from simdesk.workload.journey import Builder
from simdesk.workload.model import Workload
from simdesk.workload.presence import presence, speeds
from simdesk.workload.program import Program
from simdesk.workload.reached import reaches_at
from simdesk.workload.streams import Ints, Streams

Mask = NDArray[np.bool_]


@dataclass(slots=True)
class _Tickets:
    """Tickets of one type before they are put in order; all arrays of shape (tickets,)."""

    type: str
    prefix: str
    arrives_at: Ints
    opened_at: Ints
    day: Ints
    k: Ints
    team: str | None = None
    priority: Ints = None  # type: ignore[assignment]  # filled by `_attributes`
    channel: Ints = None  # type: ignore[assignment]  # filled by `_attributes`
    blocking: Ints = None  # type: ignore[assignment]  # filled by `_attributes`


def draw(scenario: Scenario, desk: Desk, replication: int = 0, *, antithetic: bool = False) -> Workload:
    """Draw the workload of one replication.

    Args:
        scenario: what the user wrote.
        desk: its supply side.
        replication: number of the replication, from 0.
        antithetic: use the complement of every random word.
    """
    streams = Streams(scenario.run.seed, replication, antithetic=antithetic)
    channels = _channel_names(scenario)
    groups = [*_open_at_start(scenario), *_arriving(scenario, desk, streams)]
    for group in groups:
        _attributes(group, scenario, channels, streams)
    program = _program_of(scenario, desk)
    starts = [_starts(program, scenario, desk, group, channels) for group in groups]
    order = _arrival_order(groups)
    start, day, k, channel = (
        np.concatenate(parts)[order]
        for parts in (starts, *([getattr(group, name) for group in groups] for name in ("day", "k", "channel")))
    )
    steps = steps_of(program, start, day, k, streams)
    live = np.array([name in scenario.flow.live_channels for name in channels], np.int8)
    steps.columns["live"] &= np.repeat(live[channel], np.diff(steps.first))
    blank = _assemble(scenario, desk, channels, groups, order, steps, streams)
    old = int(np.searchsorted(blank.arrives_at, 0, side="right"))
    waited = np.flatnonzero(np.repeat(blank.opened_at[:old] < 0, np.diff(blank.first[: old + 1])))
    blank.live[waited] = 0  # a backlog is on no line
    workload = replace(blank, reaches_at=reaches_at(blank, desk.calendars))
    workload.check()
    return workload


class _Remembered(threading.local):
    """The journeys that this thread drew lately, the latest last; building them takes longer than following them."""

    programs: OrderedDict[tuple[int, int], tuple[Scenario, Desk, Program]]

    def __init__(self) -> None:
        self.programs = OrderedDict()


_remembered = _Remembered()
_MOST_REMEMBERED: Final = 128
"""Variants of a desk whose journeys are kept at a time."""


def _program_of(scenario: Scenario, desk: Desk) -> Program:
    programs, who = _remembered.programs, (id(scenario), id(desk))  # both are kept, so that no other can have their ids
    if who not in programs:
        programs[who] = scenario, desk, Program()
        if len(programs) > _MOST_REMEMBERED:
            programs.popitem(last=False)
    programs.move_to_end(who)
    return programs[who][2]


def _starts(program: Program, scenario: Scenario, desk: Desk, group: _Tickets, channels: tuple[str, ...]) -> Ints:
    """Where in the program each ticket of a group begins."""
    starts = np.zeros(group.day.size, np.int64)
    for team, rule, who in _alike(group, scenario, channels):
        journey = (group.prefix, group.type, team, id(rule))
        if not program.knows(journey):
            builder = Builder(scenario, desk, group.type)
            tree = builder.whole(team, rule) if group.team is None else builder.handled(team, rule)
            program.write(journey, tree, group.prefix)
        starts[who] = program.start(journey)
    return starts


def _channel_names(scenario: Scenario) -> tuple[str, ...]:
    own = [name for kind in scenario.demand.types.values() for name in kind.channels or {}]
    return tuple(dict.fromkeys([*scenario.demand.channels, *own]))


def _arriving(scenario: Scenario, desk: Desk, streams: Streams) -> Iterator[_Tickets]:
    days = days_of(scenario, desk)
    factor = busyness(scenario, streams, days.growth.size)
    horizon = horizon_of(scenario)
    for name in scenario.demand.types:
        mass = scenario.demand.per_week(name) * weights(scenario, name, days) * factor[:, None]
        at, day, k = arrivals(name, mass, days.edges, streams)
        inside = (at >= 0) & (at < horizon)
        yield _Tickets(name, "", at[inside], at[inside], day[inside], k[inside])


def _open_at_start(scenario: Scenario) -> Iterator[_Tickets]:
    """Tickets that already wait, their ages spread evenly between the oldest's and none."""
    for team, by_type in scenario.run.open_at_start.items():
        for name, spec in by_type.items():
            k = np.arange(spec.count, dtype=np.int64)
            oldest = spec.oldest.in_seconds()
            opened = -np.rint(oldest * (spec.count - k) / max(spec.count, 1)).astype(np.int64)
            zeros = np.zeros(spec.count, np.int64)
            yield _Tickets(name, f"open-at-start/{team}/", zeros, opened, zeros, k, team)


def _attributes(group: _Tickets, scenario: Scenario, channels: tuple[str, ...], streams: Streams) -> None:
    demand, name = scenario.demand, group.type
    kind = demand.types[name]

    def pick(what: str, mix: dict[str, float], names: tuple[str, ...]) -> Ints:
        known = [names.index(name) for name in names if mix.get(name, 0) > 0]
        if len(known) == 1:
            return np.full(group.day.size, known[0])
        edges = np.cumsum([mix[names[index]] for index in known])[:-1]
        u = streams.of(f"{group.prefix}{what}/{name}", group.day, group.k)
        return np.array(known, np.int64)[sum((u >= edge for edge in edges), np.zeros(u.size, np.int8))]

    group.priority = pick("priority", kind.priority or demand.priority, PRIORITIES)
    group.channel = pick("channel", kind.channels or demand.channels, channels)
    group.blocking = pick("blocking", {"yes": kind.blocking, "no": 1 - kind.blocking}, ("yes", "no")) ^ 1


def _fits(when: When, group: _Tickets, channels: tuple[str, ...]) -> Mask:
    """Which tickets of a group a rule is for that concerns their type."""
    mask = np.ones(group.day.size, np.bool_)
    if when.priority is not None:
        mask &= np.isin(group.priority, [PRIORITIES.index(name) for name in as_list(when.priority)])
    if when.channel is not None:
        mask &= np.isin(group.channel, [channels.index(name) for name in as_list(when.channel)])
    return mask


def _alike(
    group: _Tickets, scenario: Scenario, channels: tuple[str, ...]
) -> Iterator[tuple[str, Patience | None, Ints]]:
    """The tickets of a group by first team and patience; within each, the journey is the same for all."""
    unsorted = np.full(group.day.size, group.team is None)
    teams: list[tuple[str, Mask]] = []
    for rule in scenario.flow.routing.values():
        if not scenario.concerns(rule.when, group.type):
            continue
        mask = unsorted & _fits(rule.when, group, channels)
        teams.append((rule.to, mask))
        unsorted &= ~mask
    teams.append((scenario.entry, unsorted) if group.team is None else (group.team, ~unsorted))
    limits = [rule for rule in scenario.patience.values() if scenario.concerns(rule.when, group.type)]
    for team, mine in teams:
        rest = mine.copy()
        for patience in limits if mine.any() else ():
            mask = rest & _fits(patience.when, group, channels)
            rest &= ~mask
            if mask.any():
                yield team, patience, np.flatnonzero(mask)
        if rest.any():
            yield team, None, np.flatnonzero(rest)


def _arrival_order(groups: list[_Tickets]) -> Ints:
    """Order of all tickets: by arrival, then by opening, then as they were drawn (type, day, k)."""
    arrives = np.concatenate([group.arrives_at for group in groups])
    opened = np.concatenate([group.opened_at for group in groups])
    return np.lexsort((opened, arrives))


def _assemble(
    scenario: Scenario,
    desk: Desk,
    channels: tuple[str, ...],
    groups: list[_Tickets],
    order: Ints,
    steps: Steps,
    streams: Streams,
) -> Workload:
    """All columns but `reaches_at`, which follows from the others."""
    types = list(scenario.demand.types)

    def column(values: list[Ints]) -> Ints:
        return np.concatenate(values)[order]

    priority = column([group.priority for group in groups])
    targets = _targets(scenario, desk)[priority]
    duty = presence(scenario, desk, streams)
    return Workload(
        type_names=tuple(types),
        category_names=tuple(scenario.category(name) for name in types),
        channel_names=channels,
        arrives_at=column([group.arrives_at for group in groups]),
        opened_at=column([group.opened_at for group in groups]),
        reaches_at=np.zeros(0, np.int64),
        type=column([np.full(group.day.size, types.index(group.type)) for group in groups]),
        priority=priority,
        channel=column([group.channel for group in groups]),
        blocking=column([group.blocking for group in groups]),
        ends_as=steps.ends_as,
        response_target=targets[:, 0],
        response_calendar=targets[:, 1],
        resolution_target=targets[:, 2],
        resolution_calendar=targets[:, 3],
        first=steps.first,
        **steps.columns,
        successor_at=steps.successor_at,
        successors=steps.successors,
        duty_agent=duty[0],
        duty_starts=duty[1],
        duty_ends=duty[2],
        duty_break=duty[3],
        speed=speeds(scenario, desk, streams),
    )


def _targets(scenario: Scenario, desk: Desk) -> Ints:
    """Target and calendar of response and resolution for each priority, shape (priorities, 4)."""
    levels = scenario.service_levels
    office = desk.office
    rows = []
    for name in PRIORITIES:
        level = levels.priorities.get(name)
        row: list[int] = []
        for promise in (level.respond, level.resolve) if level is not None else (None, None):
            if promise is None:
                row += [NEVER, 0]
            else:
                seconds = promise.in_seconds(desk.calendars[office].day_length)
                row += [round(seconds), office if promise.business else 0]
        rows.append(row)
    return np.array(rows, dtype=np.int64)
