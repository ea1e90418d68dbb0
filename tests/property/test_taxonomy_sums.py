"""The taxonomy against the slow way: every second of every ticket classified by itself, on random logs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from logs import Spell, Ticket, a_log, opening_hours
from simdesk.clock import NEVER
from simdesk.measures import Cohort, time_by_state
from simdesk.measures.taxonomy import worked_in_office
from simdesk.states import State
from simdesk.ticketlog import TicketLog

CALENDARS = [opening_hours((0, 7), (12, 19), (30, 31)), opening_hours((5, 6), (6, 9), (15, 40))]
DELAYS = [State.HAND_OFF, State.PENDING, State.SELF_SERVICE, State.AUTOMATION, State.REDIAL, State.REOPENED]
STOP = 40


@st.composite
def lives(draw: st.DrawFn) -> Ticket:
    """A ticket with one to three branches side by side, each a chain of touches without a gap; together they begin at
    its arrival and end with it, unless the log ends first."""
    opened = draw(st.integers(0, 20))
    arrived = opened + draw(st.sampled_from([0, 0, 0, 7]))
    spells: list[Spell] = []
    for _ in range(draw(st.integers(1, 3))):
        now = arrived
        for _ in range(draw(st.integers(1, 4))):
            spell = draw(touches(now))
            spells.append(spell)
            now = spell.ended_at
            if now >= STOP:
                break
    ended = max(spell.ended_at for spell in spells)
    return Ticket(opened, tuple(spells), arrived_at=arrived, ended_at=ended if ended <= STOP else NEVER)


@st.composite
def touches(draw: st.DrawFn, queued: int) -> Spell:
    """Work after a wait, a wait in vain, or a delay; what would end after the log does not end."""
    lengths = st.sampled_from([0, 0, 1, 2, 3, 5, 9])
    calendar = draw(st.integers(0, 2))
    served = queued + draw(lengths)
    ended = served + draw(lengths)
    kind = draw(st.sampled_from(["work", "in vain", "delay"]))
    if kind == "work":
        waited = draw(st.sampled_from([State.QUEUE, State.PARKED]))
        spell = Spell(State.WORK, served, ended, queued, "desk", "desk/1", waited, calendar)
        return _cut(replace(spell, agent="" if served > STOP else "desk/1"))
    if kind == "in vain":
        return _cut(Spell(State.WORK, NEVER, served, queued, "desk", calendar=calendar))
    return _cut(Spell(draw(st.sampled_from(DELAYS)), queued, ended, queued, calendar=calendar))


def _cut(spell: Spell) -> Spell:
    started, ended = (at if at <= STOP else NEVER for at in (spell.started_at, spell.ended_at))
    return replace(spell, started_at=started, ended_at=ended)


@given(st.lists(lives(), max_size=4))
def test_every_second_of_a_life_is_in_one_state(tickets: list[Ticket]):
    """For every ticket and state the fast way counts what the slow way counts, and the sum is the lead time."""
    log = a_log(*tickets, calendars=CALENDARS, window=(0, STOP), stopped_at=STOP)
    cohort = Cohort.of(log)

    spent = time_by_state(cohort)

    assert spent.sum(axis=0).tolist() == cohort.lead_time.tolist()
    assert spent.tolist() == slowly(log).tolist()


@given(st.lists(lives(), max_size=4), st.integers(0, 2))
def test_every_second_of_work_in_office_hours_is_counted_once(tickets: list[Ticket], office: int):
    """For every ticket, however many branches are worked on at once, and whatever hours the teams keep."""
    log = a_log(*tickets, calendars=CALENDARS, office=office, window=(0, STOP), stopped_at=STOP)
    hours = log.calendars[office]

    counted = Cohort.of(log).facts.once(worked_in_office)

    for ticket in range(len(log)):
        spells = [
            (row["started_at"], row["ended_at"])
            for row in rows_of(log)
            if row["ticket"] == ticket and row["state"] == State.WORK
        ]
        seconds = [now for now in range(STOP) if any(begin <= now < end for begin, end in spells)]
        assert counted[ticket] == sum(hours.is_open(now) for now in seconds)


def rows_of(log: TicketLog) -> list[dict[str, int]]:
    """Touches as mappings."""
    return [
        dict(zip(log.touches_columns, row, strict=True))
        for row in zip(*map(list, log.touches_columns.values()), strict=True)
    ]


def slowly(log: TicketLog) -> np.ndarray:
    """Seconds of each ticket in each state, one second at a time."""
    rows = rows_of(log)
    spent = np.zeros((len(State), len(log)), np.int64)
    for ticket in range(len(log)):
        mine = [row for row in rows if row["ticket"] == ticket]
        opened, arrived, ended = (int(log.tickets_columns[n][ticket]) for n in ("opened_at", "arrived_at", "ended_at"))
        for now in range(opened, min(ended, log.stopped_at)):
            spent[before_arrival(log, mine, now) if now < arrived else state_at(log, mine, now), ticket] += 1
    return spent


def before_arrival(log: TicketLog, rows: list[dict[str, int]], now: int) -> State:
    """The queue of the first team that the ticket is going to join, if that is open."""
    joins = [row for row in rows if row["state"] == State.WORK and row["waited_in"] == State.QUEUE]
    is_open = bool(joins) and log.calendars[joins[0]["calendar"]].is_open(now)
    return State.QUEUE if is_open else State.OUTSIDE_HOURS


def state_at(log: TicketLog, rows: list[dict[str, int]], now: int) -> State:
    """Work if any branch is worked on, else the first state of those that are not closed, else outside hours."""
    states = []
    for row in rows:
        if row["started_at"] <= now < row["ended_at"]:
            state = State(row["state"])
        elif row["queued_at"] <= now < min(row["started_at"], row["ended_at"]):
            state = State(row["waited_in"])
        else:
            continue
        if state == State.WORK or log.calendars[row["calendar"]].is_open(now):
            states.append(state)
    return min(states, default=State.OUTSIDE_HOURS)
