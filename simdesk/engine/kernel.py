"""The compiled engine: the same desk as the reference, as one loop over arrays; it writes the identical log.

Every instant has the order of `reference`: completions, departures, comings, arrivals, dispatch, giving up, the end. An
event is a key, time × 8 + its class, and an id; see `heaps` for where events, steps and agents wait. Every event is
O(log n).
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numba
import numpy as np

from simdesk.clock import NEVER
from simdesk.compiled import jit
from simdesk.desk import Desk
from simdesk.engine.arrays import (
    NONE,
    Agenda,
    Bounds,
    Crew,
    Demand,
    Fates,
    Ints,
    Late,
    Lines,
    Rows,
    Supply,
    agenda_of,
    crew_of,
    demand_of,
    empty,
    fates_of,
    late_of,
    lines_of,
    rows_of,
    supply_of,
)  # fmt: skip
from simdesk.engine.breaks import LateBreak, presence
from simdesk.engine.heaps import schedule, take_first
from simdesk.engine.limits import CANCELLED, REASONS, TOO_MANY_EVENTS, TOO_MANY_OPEN, Cancel
from simdesk.engine.record import due_instants, finished_log
from simdesk.engine.turns import (
    account,
    add,
    anything_fits,
    break_begins,
    enqueue,
    lane_rank,
    pause,
    serve_next,
    sit_down,
    stand_up,
    step_out,
    take_up,
    who_begins,
    whose_turn,
    work_done,
)  # fmt: skip
from simdesk.policies import AtBreak
from simdesk.states import Outcome, State
from simdesk.ticketlog import TicketLog
from simdesk.workload.model import DELAY, Workload

_COMPLETION, _DEPARTURE, _COMING, _GIVE_UP, _STOP = 1, 2, 3, 6, 7
_CLASSES = 8
_POLLS = 0xFFFF
"""The kernel looks every so many turns whether it was cancelled."""
_TABLES = Supply, Demand, Rows, Fates, Crew, Late, Lines, Agenda
_PAIRS = np.zeros((0, 0), np.int64)
_EMPTY: dict[str, Any] = {
    "levels": 0, "any_picky": False, "weights": _PAIRS, "at_shift_end": _PAIRS, "at_break": _PAIRS,
}  # fmt: skip
"""What is no list of whole numbers in the tables."""
_PARK, _HAND_OVER, _WAIT = int(AtBreak.PARK), int(AtBreak.HAND_OVER), int(AtBreak.WAIT)
"""The numbers of `AtShiftEnd`, too."""
_WORK, _QUEUE, _PARKED = int(State.WORK), int(State.QUEUE), int(State.PARKED)
_ABANDONED = int(Outcome.ABANDONED)


@jit
def _run(  # noqa: C901 - the one loop of the house; cutting it up costs speed and hides the order of an instant
    supply: Supply, demand: Demand, rows: Rows, fates: Fates, crew: Crew, late: Late, lines: Lines,
    agenda: Agenda, bounds: Bounds, cancel: Ints,
) -> tuple[int, int, int, int]:  # fmt: skip
    """One replication; returns when it stopped, how many tickets arrived, how many rows were needed beyond one a step,
    and which limit cut it short."""
    begin, end, horizon = bounds.begin, bounds.end, bounds.horizon
    tickets, steps = demand.arrives_at.size, demand.kind.size
    teams, agents, picky = supply.discipline.size, supply.agent_team.size, supply.any_picky
    keys, ids, missing, work = agenda.keys, agenda.ids, agenda.missing, agenda.work
    branches, given_up, row_of = agenda.branches, agenda.given_up, agenda.row_of
    dirty, spell, ready = agenda.dirty, crew.spell, agenda.ready
    events = 0
    any_dirty, window_over = False, False
    extra, readies, now, arrived, left_for_good, begun, cohort_open, turns, limit = 0, 0, 0, 0, 0, 0, 0, 0, 0
    for agent in range(agents):
        if spell[agent] < supply.spell_at[agent + 1]:
            schedule(keys, ids, events, supply.spell_starts[spell[agent]] * _CLASSES + _COMING, agent)
            events += 1
    schedule(keys, ids, events, end * _CLASSES + _STOP, NONE)
    events += 1
    while True:
        following = keys[0] // _CLASSES if events else NEVER
        if arrived < tickets and demand.arrives_at[arrived] < following:
            following = demand.arrives_at[arrived]
        if following > horizon:
            now = horizon
            break
        assert following >= now
        now = following
        bound = now * _CLASSES + _GIVE_UP
        while True:  # what is bound now, until nothing is; then dispatch; then, one at a time, those who give up
            turns += 1
            if (turns & _POLLS) == 0 and cancel[0]:
                return now, arrived, extra, CANCELLED
            finished, left, idle = NONE, NONE, NONE
            if events and keys[0] < bound:
                turn = keys[0] % _CLASSES
                who = take_first(keys, ids, events)
                events -= 1
                if turn == _COMPLETION:
                    if rows.ended_at[who] == NEVER:
                        rows.ended_at[who] = now
                        finished = rows.step[who]
                        if demand.kind[finished] == DELAY:
                            if demand.pauses[finished]:
                                pause(supply, demand, fates, demand.ticket_of[finished], rows.started_at[who], now)
                        else:
                            agent = rows.agent[who]
                            account(supply, crew, agent, now)
                            if crew.present[agent]:
                                idle = agent
                            elif crew.held[agent] >= 0:
                                back = break_begins(supply, crew, late, agent, now)
                                if back <= horizon:
                                    schedule(keys, ids, events, back * _CLASSES + _COMING, agent)
                                    events += 1
                elif turn == _DEPARTURE:
                    at = spell[who]
                    if at == supply.spell_at[who + 1] or supply.spell_ends[at] != now:
                        continue  # a break that moved has made it void
                    crew.present[who] = False
                    follows = at + 1 < supply.spell_at[who + 1]
                    step, team = crew.hand[who], supply.agent_team[who]
                    live = 1 if step >= 0 and demand.live[step] and row_of[step] == step else 0
                    policy = supply.at_break[team, live] if supply.spell_break[at] else supply.at_shift_end[team, live]
                    if step >= 0 and policy == _WAIT and follows:
                        if crew.held[who] < 0:
                            crew.held[who] = at
                        crew.owed[who] += supply.spell_starts[at + 1] - now
                        spell[who] = at + 1
                        schedule(keys, ids, events, supply.spell_ends[at + 1] * _CLASSES + _DEPARTURE, who)
                        events += 1
                        continue
                    crew.held[who], crew.owed[who] = NONE, 0  # a break that still waits is lost
                    spell[who] = at + 1
                    if follows:
                        schedule(keys, ids, events, supply.spell_starts[at + 1] * _CLASSES + _COMING, who)
                        events += 1
                    if step < 0:
                        stand_up(supply, crew, who)
                    elif policy in (_PARK, _HAND_OVER):
                        rows.ended_at[row_of[step]] = now
                        work[step] -= work_done(now - crew.began[who], supply.speed[who])
                        account(supply, crew, who, now)
                        row = steps + extra
                        extra += 1
                        row_of[step] = row
                        rows.step[row], rows.queued_at[row], rows.ended_at[row] = step, now, NEVER
                        if policy == _PARK:
                            rows.waited_in[row] = _PARKED
                            crew.parked[who] = step
                        else:
                            rows.waited_in[row] = _QUEUE
                            queue = demand.team[step]
                            work[step] += supply.hand_over_work[queue]
                            enqueue(supply, demand, lines, step)
                            dirty[queue] = any_dirty = True
                else:
                    crew.present[who] = True
                    crew.came[who] = now
                    schedule(keys, ids, events, supply.spell_ends[spell[who]] * _CLASSES + _DEPARTURE, who)
                    events += 1
                    step = crew.parked[who]
                    if step >= 0:
                        crew.parked[who] = NONE
                        ends = take_up(supply, demand, rows, fates, crew, who, step, row_of[step], work[step], now)
                        if ends <= horizon:
                            schedule(keys, ids, events, ends * _CLASSES + _COMPLETION, row_of[step])
                            events += 1
                    elif crew.hand[who] < 0:
                        idle = who
            elif arrived < tickets and demand.arrives_at[arrived] == now:
                ticket = arrived
                arrived += 1
                if begin <= demand.opened_at[ticket] < end:
                    cohort_open += 1
                for step in range(demand.first[ticket], demand.first[ticket + 1]):
                    if missing[step] == 0:
                        branches[ticket] += 1
                        ready[readies] = step
                        readies += 1
            elif any_dirty:
                any_dirty = False
                for level in range(supply.levels):
                    for team in range(teams):
                        if not dirty[team]:
                            continue
                        passed = NONE
                        while lines.length[team]:
                            agent = whose_turn(supply, crew, level * teams + team)
                            if agent < 0:
                                break
                            if picky and not anything_fits(
                                supply, crew, lines, level * teams + team, team, now, horizon
                            ):
                                break
                            step = serve_next(supply, lines, team, now)
                            if picky:
                                agent = who_begins(supply, demand, crew, level * teams + team, step, now, horizon)
                                if agent < 0:
                                    lines.sibling[step] = passed
                                    passed = step
                                    continue
                            stand_up(supply, crew, agent)
                            row = row_of[step]
                            ends = take_up(supply, demand, rows, fates, crew, agent, step, row, work[step], now)
                            if ends <= horizon:
                                schedule(keys, ids, events, ends * _CLASSES + _COMPLETION, row)
                                events += 1
                        while passed >= 0:
                            step, passed = passed, lines.sibling[passed]
                            enqueue(supply, demand, lines, step)
                for team in range(teams):
                    dirty[team] = False
            elif events and keys[0] == bound:
                step = take_first(keys, ids, events)
                events -= 1
                if lines.waiting[step] and row_of[step] == step:  # who was worked on once stays
                    step_out(demand, lines, step)
                    rows.ended_at[row_of[step]] = now
                    if demand.if_given_up[step] >= 0:
                        ready[0] = demand.if_given_up[step]
                        readies = 1
                    else:
                        left = demand.ticket_of[step]
                        given_up[left] = True
            elif events and keys[0] == now * _CLASSES + _STOP:
                take_first(keys, ids, events)
                events -= 1
                window_over = True
            else:
                break
            if finished >= 0:
                goes_on = False
                ticket = demand.ticket_of[finished]
                for index in range(demand.successor_at[finished], demand.successor_at[finished + 1]):
                    step = demand.successors[index]
                    missing[step] -= 1
                    if missing[step] <= 0:
                        if goes_on:
                            branches[ticket] += 1
                        goes_on = True
                        ready[readies] = step
                        readies += 1
                if not goes_on:
                    left = ticket
            if left >= 0:
                branches[left] -= 1
                if branches[left] == 0:
                    left_for_good += 1
                    fates.ended_at[left] = now
                    fates.outcome[left] = _ABANDONED if given_up[left] else demand.ends_as[left]
                    if begin <= demand.opened_at[left] < end:
                        cohort_open -= 1
            if idle >= 0:
                sit_down(supply, crew, idle, now)
                team = supply.agent_team[idle]
                for index in range(supply.serves_at[team], supply.serves_at[team + 1]):
                    queue = supply.serves[index]
                    if lines.length[queue]:
                        dirty[queue] = any_dirty = True
            while readies:
                readies -= 1
                begun += 1
                step = ready[readies]
                rows.queued_at[step] = now
                if demand.kind[step] == DELAY:
                    rows.started_at[step] = now
                    ends = add(supply, demand.calendar[step], now, demand.duration[step])
                    if ends <= horizon:
                        schedule(keys, ids, events, ends * _CLASSES + _COMPLETION, step)
                        events += 1
                    continue
                team, ticket = demand.team[step], demand.ticket_of[step]
                priority = demand.priority[ticket]
                since = demand.opened_at[ticket] if now == 0 and demand.predecessors[step] == 0 else now
                lines.rank[step] = lane_rank(
                    supply.discipline[team], since, fates.due_at[ticket], priority, demand.work[step],
                    demand.expected_work[step], supply.weights[team, priority], supply.promote_after[team],
                )  # fmt: skip
                enqueue(supply, demand, lines, step)
                dirty[team] = any_dirty = True
                if demand.patience[step] <= horizon - now:
                    leaves_at = add(supply, demand.calendar[step], now, demand.patience[step])
                    if leaves_at <= horizon:
                        schedule(keys, ids, events, leaves_at * _CLASSES + _GIVE_UP, step)
                        events += 1
        if window_over and cohort_open == 0:
            break
        if arrived - left_for_good > bounds.most_open:
            limit = TOO_MANY_OPEN
            break
        if arrived + begun + extra > bounds.most_events:
            limit = TOO_MANY_EVENTS
            break
    return now, arrived, extra, limit


def compile_ahead() -> None:
    """Compile the loop, or load what was compiled, without simulating anything."""
    dispatcher: Any = _run
    if hasattr(dispatcher, "compile"):  # not where compiling is switched off
        tables = [kind(*(_EMPTY.get(name, empty(name)) for name in kind._fields)) for kind in _TABLES]
        typeof: Callable[..., Any] = numba.typeof
        dispatcher.compile(tuple(typeof(one) for one in (*tables, Bounds(0, 0, 0, 0, 0), Cancel().flag)))


def simulate(desk: Desk, load: Workload, *, cancel: Cancel | None = None) -> TicketLog:
    """Simulate one replication; the log equals the reference's, row by row.

    The loop runs in a thread of its own, so that this one still hears of Ctrl-C.
    """
    cancel = cancel or Cancel()
    rows = rows_of(load)
    due = due_instants(desk, load.reaches_at, load.resolution_target, load.resolution_calendar)
    fates = fates_of(load, due)
    crew, late = crew_of(desk, load), late_of(load)
    bounds = Bounds(*desk.window, desk.horizon, desk.most_open, desk.most_events)
    with ThreadPoolExecutor(1) as thread:
        running = thread.submit(
            _run, supply_of(desk, load), demand_of(load), rows, fates, crew, late,
            lines_of(desk, load), agenda_of(desk, load), bounds, cancel.flag,
        )  # fmt: skip
        try:
            stopped_at, arrived, extra, limit = running.result()
        except BaseException:
            cancel.set()
            raise
    touches = _touches(desk, load, rows, extra)
    del rows  # a long run needs its memory back
    there = presence(load, _late_breaks(crew, late), stopped_at)
    return finished_log(desk, load, arrived, fates._asdict(), touches, there, stopped_at, REASONS[limit])


def _late_breaks(crew: Crew, late: Late) -> list[LateBreak]:
    """The breaks that had to wait, and those that still do."""
    had = np.flatnonzero(late.began < NEVER)
    found = [LateBreak(*one) for one in zip(had.tolist(), *(column[had].tolist() for column in late), strict=True)]
    waits = crew.held >= 0
    for held, spell in zip(crew.held[waits].tolist(), crew.spell[waits].tolist(), strict=True):
        found.append(LateBreak(held, NEVER, spell, NEVER, 0))
    return found


def _touches(desk: Desk, load: Workload, rows: Rows, extra: int) -> dict[str, Ints]:
    """The touches table in the order (ticket, step, time)."""
    written = np.flatnonzero(rows.queued_at[: load.steps + extra] >= 0)
    if extra:
        written = written[np.argsort(rows.step[written], kind="stable")]
    step = rows.step[written]
    worked = load.kind[step] != DELAY
    ticket = np.repeat(np.arange(load.tickets), np.diff(load.first))[step]
    columns = {
        "ticket": ticket,
        "step": step - load.first[ticket],
        "state": np.where(worked, _WORK, load.state[step]),
        "waited_in": np.where(worked, rows.waited_in[written], load.state[step]),
        "team": np.where(worked, load.team[step], NONE),
        "agent": rows.agent[written],
        "queued_at": rows.queued_at[written],
        "started_at": rows.started_at[written],
        "ended_at": rows.ended_at[written],
        "calendar": np.where(worked, desk.team_calendar[load.team[step]], load.calendar[step]),
        "pauses": load.pauses[step],
    }
    return {name: column.astype(np.int64, copy=False) for name, column in columns.items()}
