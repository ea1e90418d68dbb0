"""Writes a ticket log while an engine runs: instants as they happen, promises as they are paused."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from simdesk.clock import NEVER, Calendar
from simdesk.desk import Desk
from simdesk.engine.breaks import LateBreak, presence
from simdesk.states import PRIORITIES, Outcome, State
from simdesk.ticketlog import TicketLog
from simdesk.workload.model import Workload

Ints = NDArray[np.int64]

_STATE, _WAITED_IN, _AGENT, _QUEUED, _STARTED, _ENDED = 2, 3, 5, 6, 7, 8
_ROW = (
    "ticket",
    "step",
    "state",
    "waited_in",
    "team",
    "agent",
    "queued_at",
    "started_at",
    "ended_at",
    "calendar",
    "pauses",
)


class Record:
    """The growing log of one replication."""

    def __init__(self, desk: Desk, workload: Workload) -> None:
        self.desk, self.workload = desk, workload
        self.rows: list[list[int]] = []
        self.responded_at = [NEVER] * workload.tickets
        self.ended_at = [NEVER] * workload.tickets
        self.outcome = [int(Outcome.OPEN)] * workload.tickets
        self.given_up = [False] * workload.tickets
        self.paused = [0] * workload.tickets
        self.late_breaks: list[LateBreak] = []
        self.arrived = 0
        self.events = 0
        """Arrivals, and beginnings of waits and delays."""
        reached = workload.reaches_at
        self.due_at: list[int] = due_instants(
            desk, reached, workload.resolution_target, workload.resolution_calendar
        ).tolist()
        self.clock: list[Calendar] = [desk.calendars[c] for c in workload.resolution_calendar.tolist()]
        self.first: list[int] = workload.first.tolist()
        self.state: list[int] = workload.state.tolist()
        self.calendar: list[int] = workload.calendar.tolist()
        self.pauses: list[int] = workload.pauses.tolist()
        self.team_calendar: list[int] = desk.team_calendar.tolist()

    def arrive(self, ticket: int) -> None:
        """A ticket has entered the desk; tickets arrive in order."""
        self.arrived = ticket + 1
        self.events += 1

    def due(self, ticket: int) -> int:
        """Until when the resolution is promised, as it stands now."""
        return self.due_at[ticket]

    def delay(self, ticket: int, step: int, now: int) -> int:
        """A delay begins; returns its row."""
        number = step - self.first[ticket]
        state = self.state[step]
        self.rows.append(
            [ticket, number, state, state, -1, -1, now, now, NEVER, self.calendar[step], self.pauses[step]]
        )
        self.events += 1
        return len(self.rows) - 1

    def queued(self, ticket: int, step: int, team: int, waits_in: State, now: int) -> int:
        """A wait for an agent begins; returns the row of the spell of work that it leads to."""
        number = step - self.first[ticket]
        calendar = self.team_calendar[team]
        self.rows.append([ticket, number, int(State.WORK), int(waits_in), team, -1, now, NEVER, NEVER, calendar, 0])
        self.events += 1
        return len(self.rows) - 1

    def started(self, row: int, agent: int, now: int) -> None:
        """An agent begins to work."""
        line = self.rows[row]
        line[_AGENT], line[_STARTED] = agent, now
        if self.responded_at[line[0]] == NEVER:
            self.responded_at[line[0]] = now

    def ended(self, row: int, now: int) -> None:
        """A spell ends, or the wait for it is given up."""
        self.rows[row][_ENDED] = now

    def pause(self, ticket: int, began: int, ended: int) -> None:
        """The resolution clock stood still; the promise moves by as much, in the clock's own calendar."""
        if self.due_at[ticket] < NEVER:
            still = self.clock[ticket].between(began, ended)
            self.paused[ticket] += still
            self.due_at[ticket] = self.clock[ticket].add(self.due_at[ticket], still)

    def abandon(self, ticket: int) -> None:
        """The user has given up for good."""
        self.given_up[ticket] = True

    def leave(self, ticket: int, now: int) -> int:
        """A ticket has ended; returns its outcome."""
        outcome = int(Outcome.ABANDONED) if self.given_up[ticket] else int(self.workload.ends_as[ticket])
        self.outcome[ticket], self.ended_at[ticket] = outcome, now
        return outcome

    def log(self, stopped_at: int, cut_short: str) -> TicketLog:
        """The finished log; tickets that would have arrived later are not in it."""
        fates = {
            "responded_at": self.responded_at,
            "ended_at": self.ended_at,
            "outcome": self.outcome,
            "due_at": self.due_at,
            "paused": self.paused,
        }
        columns = {name: np.array(column, dtype=np.int64) for name, column in fates.items()}
        there = presence(self.workload, self.late_breaks, stopped_at)
        touches = _table(self.rows)
        return finished_log(self.desk, self.workload, self.arrived, columns, touches, there, stopped_at, cut_short)


def finished_log(
    desk: Desk,
    load: Workload,
    arrived: int,
    fates: Mapping[str, Ints],
    touches: Mapping[str, Ints],
    there: tuple[Ints, Ints],
    stopped_at: int,
    cut_short: str,
) -> TicketLog:
    """The log of a replication, from what an engine wrote.

    Args:
        desk: the supply side.
        load: the demand side.
        arrived: tickets that entered the desk before the end; they come first.
        fates: `responded_at, ended_at, outcome, due_at, paused` of the tickets, shape (tickets,) each.
        touches: the columns of the touches table but `effort`, in the order (ticket, step, time).
        there: when agents came and left, for each spell of presence of the workload; as planned where it is ahead.
        stopped_at: when the replication ended.
        cut_short: why it ended before its time; nothing if it did not.
    """
    n = arrived
    reached = np.where(load.reaches_at[:n] <= stopped_at, load.reaches_at[:n], NEVER)
    came = reached < NEVER  # nothing is promised to who has not come yet
    response_due = due_instants(desk, reached, load.response_target[:n], load.response_calendar[:n])
    tickets = {
        "type": load.type[:n],
        "priority": load.priority[:n],
        "channel": load.channel[:n],
        "blocking": load.blocking[:n],
        "opened_at": load.opened_at[:n],
        "arrived_at": load.arrives_at[:n],
        "reached_desk_at": reached,
        "responded_at": fates["responded_at"][:n],
        "ended_at": fates["ended_at"][:n],
        "outcome": fates["outcome"][:n],
        "response_due_at": response_due,
        "resolution_due_at": np.where(came, fates["due_at"][:n], NEVER),
        "resolution_paused": fates["paused"][:n],
        "resolution_calendar": load.resolution_calendar[:n],
    }
    started = touches["started_at"]
    worked = (touches["state"] == State.WORK) & (started < NEVER)
    effort = np.minimum(touches["ended_at"], stopped_at)
    effort -= started
    effort[~worked] = 0
    return TicketLog(
        tickets_columns=tickets,
        touches_columns={**touches, "effort": effort},
        duty_columns=_duty(desk, load, *there),
        types=load.type_names,
        categories=load.category_names,
        channels=load.channel_names,
        priorities=PRIORITIES,
        teams=desk.team_names,
        agents=tuple(
            f"{desk.team_names[team]}/{number + 1}"
            for team, number in zip(desk.agent_team.tolist(), desk.agent_number.tolist(), strict=True)
        ),
        calendars=desk.calendars,
        office=desk.office,
        timeline=desk.timeline,
        window=desk.window,
        stopped_at=stopped_at,
        cut_short=cut_short,
    )


def due_instants(desk: Desk, reaches_at: Ints, target: Ints, calendar: Ints) -> Ints:
    """Until when something is promised to who reaches the desk at some instants, `NEVER` without a promise or to who
    never does; all of shape (tickets,)."""
    due = np.full(reaches_at.size, NEVER, np.int64)
    promised = (target < NEVER) & (reaches_at < NEVER)
    for index in np.flatnonzero(np.bincount(calendar[promised])):
        mine = promised & (calendar == index)
        due[mine] = desk.calendars[index].add_many(reaches_at[mine], target[mine])
    return due


def _table(rows: list[list[int]]) -> dict[str, Ints]:
    """The rows as columns, in the order (ticket, step, time)."""
    table = np.array(rows, dtype=np.int64).reshape(-1, len(_ROW))
    table = table[np.lexsort((table[:, 1], table[:, 0]))]
    return {name: np.ascontiguousarray(table[:, i]) for i, name in enumerate(_ROW)}


def _duty(desk: Desk, load: Workload, came: Ints, left: Ints) -> dict[str, Ints]:
    """Paid shifts, and the spells of presence as they were; of some, a break that moved has left nothing."""
    roster, some = desk.roster, left > came
    agent = np.concatenate((roster.agent, load.duty_agent[some]))
    return {
        "agent": agent,
        "team": desk.agent_team[agent] if agent.size else agent,
        "started_at": np.concatenate((roster.starts, came[some])),
        "ended_at": np.concatenate((roster.ends, left[some])),
        "paid": np.repeat(np.array([1, 0], np.int64), [roster.agent.size, agent.size - roster.agent.size]),
    }
