"""Desks and workloads small enough to work out by hand, built without YAML and without chance.

Lengths and instants are seconds. An agent is there from second 0 to the horizon unless his spells say otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simdesk.clock import NEVER, Calendar, Timeline, always
from simdesk.desk import Desk, Roster
from simdesk.durations import DAY
from simdesk.policies import AgentChoice, AtBreak, AtShiftEnd, Begins, Discipline
from simdesk.states import Outcome, State
from simdesk.ticketlog import TicketLog
from simdesk.workload.model import DELAY, WORK, Workload
from simdesk.workload.reached import reaches_at

Ints = NDArray[np.int64]
HORIZON = 10_000
DOWN, UP = 0, 4095
"""Roundings of work to whole seconds."""
Spell = tuple[int, int, int]
"""From, to, and 1 if a break follows."""


@dataclass(frozen=True)
class Agent:
    """When somebody is there, and how fast, in thousandths of the standard."""

    spells: tuple[Spell, ...] | None = None
    speed: int = 1000


@dataclass(frozen=True)
class Team:
    """Some agents and how they work."""

    agents: int | Sequence[Agent] = 1
    discipline: Discipline = Discipline.FIFO
    agent_choice: AgentChoice = AgentChoice.LONGEST_IDLE
    at_shift_end: AtShiftEnd = AtShiftEnd.PARK
    at_break: AtBreak = AtBreak.PARK
    live_at_shift_end: AtShiftEnd = AtShiftEnd.FINISH
    live_at_break: AtBreak = AtBreak.WAIT
    begins: Begins = Begins.ANYTHING
    hand_over_work: int = 0
    promote_after: int = 100
    weights: tuple[int, ...] = (1000, 100, 10, 2, 1)
    also_serves: tuple[int, ...] = ()

    @property
    def people(self) -> list[Agent]:
        """The agents, one by one."""
        return [Agent()] * self.agents if isinstance(self.agents, int) else list(self.agents)


@dataclass(frozen=True)
class Step:
    """A step of a ticket; `after`, `again` and the like are numbers of steps of the same ticket.

    Attributes:
        after: the steps that it may follow; the one before it unless stated.
        needs: how many of them must have finished; all unless stated.
        again: the step that follows if the user gives up, or −1 if he leaves.
    """

    kind: int
    team: int = -1
    work: int = 0
    expected_work: int = 0
    rounding: int = UP
    live: bool = False
    duration: int = 0
    calendar: int = 0
    pauses: bool = False
    state: State = State.WORK
    patience: int = NEVER
    after: tuple[int, ...] | None = None
    needs: int | None = None
    again: int = -1


@dataclass(frozen=True)
class Ticket:
    """A ticket before it becomes rows of arrays."""

    arrives_at: int
    steps: tuple[Step, ...]
    priority: int = 2
    due_at: int = NEVER
    clock: int = 0
    opened_at: int | None = None
    ends_as: Outcome = Outcome.RESOLVED
    opened: int = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "opened", self.arrives_at if self.opened_at is None else self.opened_at)


@dataclass(frozen=True)
class StaffedDesk(Desk):
    """A desk, and what only a workload says of its people: after which spells a break follows, and speeds."""

    duty_break: Ints
    speed: Ints


def shift(begin: int, end: int) -> Spell:
    """A spell at the end of which the shift ends."""
    return begin, end, 0


def until_break(begin: int, end: int) -> Spell:
    """A spell at the end of which a break begins."""
    return begin, end, 1


def agent(*spells: Spell, speed: int = 1000) -> Agent:
    """Somebody who is there in these spells only."""
    return Agent(tuple(spells), speed)


def at_speed(speed: int) -> Agent:
    """Somebody who is always there, with a speed in thousandths of the standard."""
    return Agent(None, speed)


_OF_A_DESK = "window", "horizon", "calendars", "most_open", "most_events"


def one_team(agents: int | Sequence[Agent] = 1, **rules: Any) -> StaffedDesk:
    """A desk of one team; rules are those of `Team` and of `desk`."""
    own = {name: rules.pop(name) for name in _OF_A_DESK if name in rules}
    return desk(Team(agents, **rules), **own)


def desk(
    *teams: Team,
    window: tuple[int, int] = (0, 1000),
    horizon: int = HORIZON,
    calendars: Sequence[Calendar] = (),
    most_open: int = 1000,
    most_events: int = 1000,
) -> StaffedDesk:
    """A desk of several teams; calendar 0 is open always, the given ones follow."""
    people = [(number, person) for number, team in enumerate(teams) for person in team.people]
    spells = [
        (index, *spell)
        for index, (_, person) in enumerate(people)
        for spell in (((0, horizon, 0),) if person.spells is None else person.spells)
    ]
    who, begins, ends, breaks = np.array(spells, np.int64).reshape(-1, 4).T
    return StaffedDesk(
        timeline=Timeline(datetime(2026, 1, 5), "UTC"),
        team_names=tuple(f"team-{number}" for number in range(len(teams))),
        tier=np.ones(len(teams), np.int64),
        discipline=_ints(team.discipline for team in teams),
        agent_choice=_ints(team.agent_choice for team in teams),
        at_shift_end=_pairs((team.at_shift_end, team.live_at_shift_end) for team in teams),
        at_break=_pairs((team.at_break, team.live_at_break) for team in teams),
        begins=_ints(team.begins for team in teams),
        hand_over_work=_ints(1000 * team.hand_over_work for team in teams),
        promote_after=_ints(team.promote_after for team in teams),
        weights=np.array([team.weights for team in teams], np.int64),
        serves=tuple((number, *team.also_serves) for number, team in enumerate(teams)),
        agent_team=_ints(number for number, _ in people),
        agent_number=_ints(number for team in teams for number in range(len(team.people))),
        roster=Roster(who, begins // 86400, begins, ends, breaks),
        calendar_names=("always", *(calendar.name for calendar in calendars)),
        calendars=(always(), *calendars),
        team_calendar=np.zeros(len(teams), np.int64),
        business_calendar=np.zeros(len(teams), np.int64),
        midnights=tuple(_ints(range(-DAY, horizon + DAY, DAY)) for _ in teams),
        office=0,
        window=window,
        horizon=horizon,
        most_open=most_open,
        most_events=most_events,
        duty_break=breaks,
        speed=_ints(person.speed for _, person in people),
    )


def opening_hours(*hours: tuple[int, int]) -> Calendar:
    """A calendar that is open in these spells only."""
    opens, closes = np.array(hours, np.int64).T
    return Calendar("hours", opens, closes, -HORIZON, 10 * HORIZON)


def work(seconds: int, team: int = 0, *, expected: int | None = None, **more: Any) -> Step:
    """A step that needs an agent; `expected` is the mean of its kind of ticket, `more` is as in `Step`."""
    return Step(WORK, team, seconds, seconds if expected is None else expected, **more)


def delay(seconds: int, *, state: State = State.PENDING, **more: Any) -> Step:
    """A step in which nobody of the desk works."""
    return Step(DELAY, duration=seconds, state=state, **more)


def ticket(arrives_at: int, work: int | None = None, *, steps: Sequence[Step] = (), **more: Any) -> Ticket:
    """A ticket of one work step for team 0, or of the given steps; `more` is as in `Ticket` and `work`."""
    if work is not None:
        of_step = {name: more.pop(name) for name in ("team", "patience", "calendar", "expected") if name in more}
        steps = (_work(work, **of_step),)
    return Ticket(arrives_at, tuple(steps), **more)


_work = work


def workload(desk: StaffedDesk, *tickets: Ticket) -> Workload:
    """The workload of some tickets, in the order of arrival, for the people of a desk."""
    steps = [step for one in tickets for step in one.steps]
    first = np.cumsum([0, *(len(one.steps) for one in tickets)])
    edges: list[list[int]] = [[] for _ in steps]
    needed = []
    again = []
    for start, one in zip(first.tolist(), tickets, strict=False):
        retried = {step.again for step in one.steps}
        for number, step in enumerate(one.steps):
            usual = (number - 1,) if number and number not in retried else ()
            after = usual if step.after is None else step.after
            for before in after:
                edges[start + before].append(start + number)
            needs = len(after) if step.needs is None else step.needs
            needed.append(1 if number in retried else needs)
            again.append(start + step.again if step.again >= 0 else -1)
    load = Workload(
        type_names=("incident",),
        category_names=("incident",),
        channel_names=("phone",),
        arrives_at=_ints(one.arrives_at for one in tickets),
        opened_at=_ints(one.opened for one in tickets),
        reaches_at=np.zeros(0, np.int64),
        type=np.zeros(len(tickets), np.int64),
        priority=_ints(one.priority for one in tickets),
        channel=np.zeros(len(tickets), np.int64),
        blocking=np.zeros(len(tickets), np.int64),
        ends_as=_ints(one.ends_as for one in tickets),
        response_target=np.full(len(tickets), NEVER),
        resolution_target=np.full(len(tickets), NEVER),
        response_calendar=np.zeros(len(tickets), np.int64),
        resolution_calendar=_ints(one.clock for one in tickets),
        first=first.astype(np.int64),
        kind=_ints(step.kind for step in steps),
        state=_ints(step.state for step in steps),
        team=_ints(step.team for step in steps),
        work=_ints(1000 * step.work for step in steps),
        rounding=_ints(step.rounding for step in steps),
        live=_ints(step.live for step in steps),
        expected_work=_ints(1000 * step.expected_work for step in steps),
        duration=_ints(step.duration for step in steps),
        calendar=_ints(step.calendar for step in steps),
        pauses=_ints(step.pauses for step in steps),
        patience=_ints(step.patience for step in steps),
        if_given_up=_ints(again),
        predecessors=_ints(needed),
        successor_at=np.cumsum([0, *map(len, edges)]).astype(np.int64),
        successors=_ints(following for followers in edges for following in followers),
        duty_agent=desk.roster.agent,
        duty_starts=desk.roster.starts,
        duty_ends=desk.roster.ends,
        duty_break=desk.duty_break,
        speed=desk.speed,
    )
    reached = reaches_at(load, desk.calendars)
    targets = (_target(desk, one, begins) for one, begins in zip(tickets, reached.tolist(), strict=True))
    return replace(load, reaches_at=reached, resolution_target=_ints(targets))


def served(log: TicketLog) -> list[tuple[int, int, int]]:
    """Spells of work as (ticket, started, ended), in the order in which they began."""
    return [(ticket, started, ended) for ticket, _, started, ended in spells(log)]


def spells(log: TicketLog) -> list[tuple[int, int, int, int]]:
    """Spells of work as (ticket, agent, started, ended), in the order in which they began; those at once by ticket."""
    rows = [row for row in touches(log) if row[1] == State.WORK and row[4] < NEVER]
    return [(row[0], row[2], row[4], row[5]) for row in sorted(rows, key=lambda row: (row[4], row[0], row[5]))]


def touches(log: TicketLog) -> list[tuple[int, int, int, int, int, int]]:
    """Every touch as (ticket, state, agent, queued, started, ended), in the order of the log."""
    names = ("ticket", "state", "agent", "queued_at", "started_at", "ended_at")
    return list(zip(*(log.touches_columns[name].tolist() for name in names), strict=True))


def ends(log: TicketLog) -> list[tuple[Outcome, int]]:
    """How and when every ticket ended."""
    columns = log.tickets_columns
    return [
        (Outcome(outcome), at)
        for outcome, at in zip(columns["outcome"].tolist(), columns["ended_at"].tolist(), strict=True)
    ]


def _target(desk: Desk, one: Ticket, begins: int) -> int:
    """The promise, from the instant in which it begins, by which a ticket is due when it says."""
    known = one.due_at < NEVER and begins < NEVER
    return desk.calendars[one.clock].between(begins, max(begins, one.due_at)) if known else NEVER


def _pairs(values: Iterable[tuple[int, int]]) -> Ints:
    return np.array([list(map(int, pair)) for pair in values], np.int64).reshape(-1, 2)


def _ints(values: Iterable[int]) -> Ints:
    return np.array([int(value) for value in values], np.int64)
