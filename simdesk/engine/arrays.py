"""Desk and workload as flat arrays for the kernel, and the arrays that it writes. No rules, no compiled code."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simdesk.clock import NEVER
from simdesk.desk import Desk
from simdesk.policies import Begins
from simdesk.states import PRIORITIES, Outcome, State
from simdesk.workload.model import Workload

Ints = NDArray[np.int64]
Small = NDArray[np.integer]

NONE: Final = -1
"""No step, no agent, no row."""
LANES: Final = len(PRIORITIES)
"""Lanes that every queue has room for."""
_NONE_AT_FIRST: Final = ("hand", "parked", "held", "worked_on", "place")


class Supply(NamedTuple):
    """The desk as arrays, named as in `Desk`. Lists of lists are laid end to end with an array of offsets."""

    discipline: Ints
    agent_choice: Ints
    at_shift_end: Ints
    at_break: Ints
    begins: Ints
    any_picky: bool
    hand_over_work: Ints
    promote_after: Ints
    weights: Ints
    serves: Ints
    serves_at: Ints
    servers: Ints
    servers_at: Ints
    levels: int
    agent_team: Ints
    speed: Ints
    bench_at: Ints
    spell_at: Ints
    spell_starts: Ints
    spell_ends: Ints
    spell_break: Ints
    calendar_at: Ints
    opens: Ints
    closes: Ints
    open_before: Ints
    endless: Ints
    midnights: Ints
    midnights_at: Ints


class Bounds(NamedTuple):
    """How far a run may go: the window, the last instant, and what would cut it short; names as in `Desk`."""

    begin: int
    end: int
    horizon: int
    most_open: int
    most_events: int


class Demand(NamedTuple):
    """The workload as arrays; names as in `Workload`."""

    arrives_at: Ints
    opened_at: Ints
    priority: Ints
    ends_as: Ints
    resolution_calendar: Ints
    first: Ints
    ticket_of: Small
    kind: Small
    state: Small
    team: Small
    work: Ints
    rounding: Small
    live: Small
    expected_work: Ints
    duration: Ints
    calendar: Small
    pauses: Small
    patience: Ints
    if_given_up: Ints
    predecessors: Small
    successor_at: Ints
    successors: Ints


class Rows(NamedTuple):
    """The touches that are written: first a place for every step, then those of work taken up again."""

    step: Small
    waited_in: Small
    agent: Small
    queued_at: Ints
    started_at: Ints
    ended_at: Ints


class Fates(NamedTuple):
    """What becomes of the tickets."""

    responded_at: Ints
    ended_at: Ints
    outcome: Ints
    due_at: Ints
    paused: Ints


class Crew(NamedTuple):
    """The agents of a running replication, shape (agents,) each; `bench` holds the free agents of all teams.

    `spell` is the spell of presence that an agent is in since he `came`, or the next one. Whose break waits until he is
    done is `held` since a spell of presence, −1 for the others, and has `owed` seconds of break to come. `today` counts
    the local dates of each team, `worked_on` and `busy` those of its agents, where `least_busy` asks for them.
    """

    present: Ints
    hand: Ints
    parked: Ints
    began: Ints
    came: Ints
    spell: Ints
    held: Ints
    owed: Ints
    worked_on: Ints
    busy: Ints
    bench: Ints
    place: Ints
    rank: Ints
    tie: Ints
    seated: Ints
    today: Ints


class Late(NamedTuple):
    """Breaks that had to wait, by the spell of presence after which they were due, shape (spells,) each; see
    `breaks.LateBreak`."""

    began: Ints
    spell: Ints
    back: Ints
    lost: Ints


class Lines(NamedTuple):
    """The queues of a running replication: roots of the lanes, and links between steps, shape (steps,) each.

    Where somebody begins only what fits, `sizes` are the different amounts of expected work, shape (sizes,), `size_of`
    the place of each step's among them, and `of_size` how many of each wait for each team, shape (teams × sizes,);
    elsewhere all three are empty.
    """

    lane: Ints
    length: Ints
    waiting: Small
    rank: Ints
    child: Small
    sibling: Small
    sizes: Ints
    size_of: Ints
    of_size: Ints


class Agenda(NamedTuple):
    """What is bound to happen, and what the loop remembers of steps, tickets, teams and agents."""

    keys: Ints
    ids: Ints
    ready: Ints
    missing: Small
    work: Ints
    row_of: Small
    branches: Ints
    given_up: Ints
    dirty: Ints


_SIZES: Final[dict[str, type[np.signedinteger]]] = {
    "kind": np.int8, "live": np.int8, "state": np.int8, "pauses": np.int8, "waited_in": np.int8, "waiting": np.int8,
    "team": np.int16, "calendar": np.int16, "predecessors": np.int16, "missing": np.int16, "rounding": np.int16,
    "ticket_of": np.int32, "step": np.int32, "agent": np.int32, "child": np.int32, "sibling": np.int32,
    "row_of": np.int32,
}  # fmt: skip
"""Columns over steps that need no 64 bits; a long run has many steps."""


def empty(name: str) -> Small:
    """A column without rows, of the size that it has in the kernel."""
    return np.zeros(0, _SIZES.get(name, np.int64))


def _full(name: str, rows: int, value: int) -> Any:
    return np.full(rows, value, _SIZES.get(name, np.int64))


def _offsets(sizes: Ints) -> Ints:
    return np.concatenate(([0], np.cumsum(sizes))).astype(np.int64)


def _end_to_end(parts: Iterable[Sequence[int]]) -> Ints:
    return np.array([value for part in parts for value in part], dtype=np.int64)


def supply_of(desk: Desk, load: Workload) -> Supply:
    """The desk and its people as arrays."""
    teams, agents = len(desk.team_names), desk.agent_team.size
    levels = max(len(queues) for queues in desk.serves)
    servers = [
        [s for s in range(teams) if len(desk.serves[s]) > level and desk.serves[s][level] == team]
        for level in range(levels)
        for team in range(teams)
    ]
    calendars = desk.calendars
    return Supply(
        discipline=desk.discipline,
        agent_choice=desk.agent_choice,
        at_shift_end=desk.at_shift_end,
        at_break=desk.at_break,
        begins=desk.begins,
        any_picky=bool((desk.begins != Begins.ANYTHING).any()),
        hand_over_work=desk.hand_over_work,
        promote_after=desk.promote_after,
        weights=desk.weights,
        serves=_end_to_end(desk.serves),
        serves_at=_offsets(np.array([len(queues) for queues in desk.serves])),
        servers=_end_to_end(servers),
        servers_at=_offsets(np.array([len(part) for part in servers])),
        levels=levels,
        agent_team=desk.agent_team,
        speed=load.speed,
        bench_at=_offsets(np.bincount(desk.agent_team, minlength=teams)),
        spell_at=_offsets(np.bincount(load.duty_agent, minlength=agents)),
        spell_starts=load.duty_starts,
        spell_ends=load.duty_ends,
        spell_break=load.duty_break,
        calendar_at=_offsets(np.array([calendar.opens.size for calendar in calendars])),
        opens=np.concatenate([calendar.opens for calendar in calendars]),
        closes=np.concatenate([calendar.closes for calendar in calendars]),
        open_before=np.concatenate([calendar.cumulative for calendar in calendars]),
        endless=np.array([calendar.endless for calendar in calendars], dtype=np.int64),
        midnights=np.concatenate(desk.midnights),
        midnights_at=_offsets(np.array([midnights.size for midnights in desk.midnights])),
    )


def demand_of(load: Workload) -> Demand:
    """The workload as arrays, each in one piece: code is compiled for a layout, and would be again for another."""
    sizes = np.diff(load.first)
    columns = {
        name: np.ascontiguousarray(getattr(load, name), _SIZES.get(name, np.int64))
        for name in Demand._fields
        if name != "ticket_of"
    }
    return Demand(**columns, ticket_of=np.repeat(np.arange(load.tickets, dtype=np.int32), sizes))


def crew_of(desk: Desk, load: Workload) -> Crew:
    """The agents before anybody has come."""
    agents, teams = desk.agent_team.size, len(desk.team_names)
    columns = {name: np.full(agents, NONE if name in _NONE_AT_FIRST else 0) for name in Crew._fields}
    columns |= {"seated": np.zeros(teams, np.int64), "today": np.zeros(teams, np.int64)}
    columns["spell"] = _offsets(np.bincount(load.duty_agent, minlength=agents))[:-1].copy()
    return Crew(**columns)


def late_of(load: Workload) -> Late:
    """No break has had to wait yet."""
    spells = load.duty_agent.size
    return Late(np.full(spells, NEVER), *(np.zeros(spells, np.int64) for _ in Late._fields[1:]))


def rows_of(load: Workload) -> Rows:
    """Room for every touch: one a step, and one for every time that an agent may leave with work in hand."""
    places = load.steps + load.duty_agent.size
    return Rows(
        step=np.arange(places, dtype=np.int32),
        waited_in=_full("waited_in", places, int(State.QUEUE)),
        agent=_full("agent", places, NONE),
        queued_at=np.full(places, NONE),
        started_at=np.full(places, NEVER),
        ended_at=np.full(places, NEVER),
    )


def lines_of(desk: Desk, load: Workload) -> Lines:
    """Empty queues."""
    teams, steps = len(desk.team_names), load.steps
    sizes = size_of = np.zeros(0, np.int64)
    if (desk.begins != Begins.ANYTHING).any():
        sizes, size_of = np.unique(load.expected_work, return_inverse=True)
    return Lines(
        lane=np.full(teams * LANES, NONE),
        length=np.zeros(teams, np.int64),
        waiting=_full("waiting", steps, 0),
        rank=np.zeros(steps, np.int64),
        child=_full("child", steps, NONE),
        sibling=_full("sibling", steps, NONE),
        sizes=sizes,
        size_of=size_of.astype(np.int64),
        of_size=np.zeros(teams * sizes.size, np.int64),
    )


def fates_of(load: Workload, due_at: Ints) -> Fates:
    """Tickets of which nothing is known yet but when they are due."""
    tickets = load.tickets
    return Fates(
        responded_at=np.full(tickets, NEVER),
        ended_at=np.full(tickets, NEVER),
        outcome=np.full(tickets, int(Outcome.OPEN)),
        due_at=due_at,
        paused=np.zeros(tickets, np.int64),
    )


def agenda_of(desk: Desk, load: Workload) -> Agenda:
    """Nothing has happened yet; there is room for every event that may be pending at once.

    A step can have two, its end and the limit of its patience; every spell of presence at most four: its own, the end
    of the work that it interrupts, and another coming and leaving after a break that moved. Room that is never used is
    never touched, and costs no memory.
    """
    room = 2 * load.steps + 4 * load.duty_agent.size + 1
    return Agenda(
        keys=np.empty(room, np.int64),
        ids=np.empty(room, np.int64),
        ready=np.empty(int(np.diff(load.first).max(initial=0)) + 1, np.int64),
        missing=load.predecessors.astype(np.int16),
        work=load.work.copy(),
        row_of=np.arange(load.steps, dtype=np.int32),
        branches=np.zeros(load.tickets, np.int64),
        given_up=np.zeros(load.tickets, np.int64),
        dirty=np.zeros(len(desk.team_names), np.int64),
    )
