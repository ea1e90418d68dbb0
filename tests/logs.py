"""Ticket logs written by hand, row by row, as a person would tell them.

Instants and lengths are seconds; teams and agents are named. Spells of a ticket follow one another unless they say when
they begin.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simdesk.clock import NEVER, Calendar, Timeline, always
from simdesk.measures import MEASURES, TEAM_MEASURES, Cohort, Prices, TeamView, costs
from simdesk.states import PRIORITIES, Outcome, State
from simdesk.ticketlog import TicketLog

Ints = NDArray[np.int64]
CHANNELS = ("phone", "portal")
TYPES = ("incident", "request")


@dataclass(frozen=True)
class Spell:
    """One touch: a wait that may lead to work, or a delay. `queued_at` is the end of the spell before unless stated."""

    state: State
    started_at: int = NEVER
    ended_at: int = NEVER
    queued_at: int | None = None
    team: str = ""
    agent: str = ""
    waited_in: State | None = None
    calendar: int = 0
    pauses: bool = False
    same_step: bool = False


@dataclass(frozen=True)
class Ticket:
    """A ticket and its spells; outcome and instants follow from them unless stated."""

    opened_at: int
    spells: tuple[Spell, ...]
    priority: str = "P3"
    type: str = "incident"
    channel: str = "phone"
    blocking: bool = False
    respond_by: int = NEVER
    resolve_by: int = NEVER
    paused: int = 0
    clock: int = 0
    arrived_at: int | None = None
    reached_desk_at: int | None = None
    outcome: Outcome | None = None
    ended_at: int | None = None


@dataclass(frozen=True)
class Shift:
    """When an agent is paid, and when he is there for tickets: the same unless stated."""

    agent: str
    paid: tuple[tuple[int, int], ...]
    there: tuple[tuple[int, int], ...] = field(default=())


def work(begin: int, end: int = NEVER, *, agent: str = "desk/1", team: str = "", **more: Any) -> Spell:
    """Work of an agent on a ticket, in his own team's queue unless stated."""
    return Spell(State.WORK, begin, end, team=team or agent.split("/")[0], agent=agent, **more)


def resumed(begin: int, end: int = NEVER, **more: Any) -> Spell:
    """The same agent goes on with what he had parked."""
    return work(begin, end, waited_in=State.PARKED, same_step=True, **more)


def handed_over(begin: int, end: int = NEVER, **more: Any) -> Spell:
    """Another agent takes up, from the queue, what one had to leave."""
    return work(begin, end, same_step=True, **more)


def queueing(until: int = NEVER, *, team: str = "desk", **more: Any) -> Spell:
    """A wait that nobody ended: the user gave up, or still waits."""
    return Spell(State.WORK, ended_at=until, team=team, **more)


def delay(state: State, end: int = NEVER, **more: Any) -> Spell:
    """Nobody of the desk works."""
    return Spell(state, ended_at=end, **more)


def ticket(opened_at: int, *spells: Spell, **more: Any) -> Ticket:
    """A ticket; `more` is as in `Ticket`."""
    return Ticket(opened_at, spells, **more)


def shift(agent: str, begin: int, end: int) -> Shift:
    """A shift without a break."""
    return Shift(agent, ((begin, end),), ((begin, end),))


def opening_hours(*hours: tuple[int, int]) -> Calendar:
    """A calendar that is open in these spells only."""
    opens, closes = np.array(hours, np.int64).T
    return Calendar("hours", opens, closes, -(10**8), 10**8)


def a_log(
    *tickets: Ticket,
    agents: Sequence[str] = ("desk/1", "desk/2"),
    duty: Sequence[Shift] = (),
    calendars: Sequence[Calendar] = (),
    office: int = 0,
    window: tuple[int, int] = (0, 10_000),
    stopped_at: int | None = None,
    start: datetime = datetime(2026, 1, 5),
    zone: str = "UTC",
) -> TicketLog:
    """A log; calendar 0 is open always, the given ones follow. It stops at its last instant unless stated."""
    teams = tuple(dict.fromkeys(name.split("/")[0] for name in agents))
    filled = [_filled(one) for one in tickets]
    known = [window[1], *(i for one in filled for spell in one.spells for i in (spell.started_at, spell.ended_at))]
    stop = stopped_at if stopped_at is not None else max(instant for instant in known if instant < NEVER)
    return TicketLog(
        tickets_columns=_tickets(filled),
        touches_columns=_touches(filled, stop, teams, tuple(agents)),
        duty_columns=_duty(duty, teams, tuple(agents)),
        types=TYPES,
        categories=TYPES,
        channels=CHANNELS,
        priorities=PRIORITIES,
        teams=teams,
        agents=tuple(agents),
        calendars=(always(), *calendars),
        office=office,
        timeline=Timeline(start, zone),
        window=window,
        stopped_at=stop,
    )


def broken(log: TicketLog, table: str, column: str, row: int, value: int) -> TicketLog:
    """The same log with one number changed; `table` is tickets, touches or duty."""
    columns = dict(getattr(log, f"{table}_columns"))
    columns[column] = columns[column].copy()
    columns[column][row] = value
    return replace(log, **{f"{table}_columns": columns})


def reading(log: TicketLog, measure: str, **of: str) -> float:
    """The value of a measure of tickets; `of` narrows the cohort, as in `priority="P1"`."""
    cohort = Cohort.of(log)
    for by, name in of.items():
        cohort = cohort.only(by, name)
    return MEASURES[measure].read(cohort).value


def team_reading(log: TicketLog, measure: str, team: str = "desk") -> float:
    """The value of a measure of a team."""
    return TEAM_MEASURES[measure].read(TeamView(log, log.teams.index(team))).value


def cost(log: TicketLog, name: str, prices: Prices) -> float:
    """One of the costs."""
    return costs(Cohort.of(log), prices)[name].value


def _filled(one: Ticket) -> Ticket:
    """The ticket with every instant filled in."""
    arrived = one.opened_at if one.arrived_at is None else one.arrived_at
    spells, before = [], arrived
    for spell in one.spells:
        queued = before if spell.queued_at is None else spell.queued_at
        started = queued if spell.state != State.WORK else spell.started_at
        spells.append(replace(spell, queued_at=queued, started_at=started))
        before = spell.ended_at
    ended = max((spell.ended_at for spell in spells), default=NEVER) if one.ended_at is None else one.ended_at
    return replace(
        one, arrived_at=arrived, reached_desk_at=_reached(one, arrived, spells), spells=tuple(spells), ended_at=ended,
        outcome=_outcome(one, spells, ended),
    )  # fmt: skip


def _reached(one: Ticket, arrived: int, spells: list[Spell]) -> int:
    """The first spell that is neither self-service nor automation; the opening of a ticket that was open before."""
    if one.reached_desk_at is not None:
        return one.reached_desk_at
    if one.opened_at < arrived:
        return one.opened_at
    at_the_desk = [s.queued_at for s in spells if s.state not in (State.SELF_SERVICE, State.AUTOMATION)]
    return min((queued for queued in at_the_desk if queued is not None), default=NEVER)


def _outcome(one: Ticket, spells: list[Spell], ended: int) -> Outcome:
    if one.outcome is not None:
        return one.outcome
    if ended == NEVER:
        return Outcome.OPEN
    last = max(spells, key=lambda spell: spell.ended_at)
    return Outcome.ABANDONED if last.state == State.WORK and last.started_at == NEVER else Outcome.RESOLVED


def _tickets(tickets: list[Ticket]) -> dict[str, Ints]:
    begins = [[s.started_at for s in one.spells if s.state == State.WORK] for one in tickets]
    return {
        "type": _ints(TYPES.index(one.type) for one in tickets),
        "priority": _ints(PRIORITIES.index(one.priority) for one in tickets),
        "channel": _ints(CHANNELS.index(one.channel) for one in tickets),
        "blocking": _ints(one.blocking for one in tickets),
        "opened_at": _ints(one.opened_at for one in tickets),
        "arrived_at": _ints(one.arrived_at for one in tickets),
        "reached_desk_at": _ints(one.reached_desk_at for one in tickets),
        "responded_at": _ints(min(begin, default=NEVER) for begin in begins),
        "ended_at": _ints(one.ended_at for one in tickets),
        "outcome": _ints(one.outcome for one in tickets),
        "response_due_at": _ints(one.respond_by for one in tickets),
        "resolution_due_at": _ints(one.resolve_by for one in tickets),
        "resolution_paused": _ints(one.paused for one in tickets),
        "resolution_calendar": _ints(one.clock for one in tickets),
    }


def _touches(tickets: list[Ticket], stop: int, teams: tuple[str, ...], agents: tuple[str, ...]) -> dict[str, Ints]:
    rows = [(number, spell) for number, one in enumerate(tickets) for spell in one.spells]
    steps = [step for one in tickets for step in np.cumsum([not spell.same_step for spell in one.spells]) - 1]
    spells = [spell for _, spell in rows]
    return {
        "ticket": _ints(number for number, _ in rows),
        "step": _ints(steps),
        "state": _ints(spell.state for spell in spells),
        "waited_in": _ints(_waited_in(spell) for spell in spells),
        "team": _ints(teams.index(spell.team) if spell.team else -1 for spell in spells),
        "agent": _ints(agents.index(spell.agent) if spell.agent else -1 for spell in spells),
        "queued_at": _ints(spell.queued_at for spell in spells),
        "started_at": _ints(spell.started_at for spell in spells),
        "ended_at": _ints(spell.ended_at for spell in spells),
        "effort": _ints(_effort(spell, stop) for spell in spells),
        "calendar": _ints(spell.calendar for spell in spells),
        "pauses": _ints(spell.pauses for spell in spells),
    }


def _waited_in(spell: Spell) -> State:
    if spell.waited_in is not None:
        return spell.waited_in
    return State.QUEUE if spell.state == State.WORK else spell.state


def _effort(spell: Spell, stop: int) -> int:
    worked = spell.state == State.WORK and spell.started_at < NEVER
    return min(spell.ended_at, stop) - spell.started_at if worked else 0


def _duty(duty: Sequence[Shift], teams: tuple[str, ...], agents: tuple[str, ...]) -> dict[str, Ints]:
    rows = [(one.agent, *span, 1) for one in duty for span in one.paid]
    rows += [(one.agent, *span, 0) for one in duty for span in one.there]
    return {
        "agent": _ints(agents.index(name) for name, *_ in rows),
        "team": _ints(teams.index(name.split("/")[0]) for name, *_ in rows),
        "started_at": _ints(begin for _, begin, _, _ in rows),
        "ended_at": _ints(end for _, _, end, _ in rows),
        "paid": _ints(paid for *_, paid in rows),
    }


def _ints(values: Iterable[int]) -> Ints:
    return np.array([int(value) for value in values], np.int64)


def issue_125() -> TicketLog:
    """Ciw's issue 125: two agents are there for 10 min and work 12 min each, a third is there for 5 and idle."""
    return a_log(
        ticket(0, work(0, 720)),
        ticket(0, work(0, 720, agent="desk/2")),
        agents=("desk/1", "desk/2", "desk/3"),
        duty=[shift("desk/1", 0, 600), shift("desk/2", 0, 600), shift("desk/3", 600, 900)],
        window=(0, 86_400),
    )
