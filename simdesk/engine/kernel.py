"""The compiled engine: the same desk as the reference, as one loop over arrays; it writes the identical log.

Every instant has the order of `reference`: completions, departures, comings, arrivals, dispatch, giving up, the end. An
event is a key, time × 8 + its class, and an id; see `heaps` for where events, steps and agents wait. Every event is
O(log n).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from simdesk import policies
from simdesk.clock import NEVER
from simdesk.desk import Desk
from simdesk.engine.heaps import goes_before, grown, jit, melded, schedule, sift, take_first, without_root
from simdesk.engine.record import due_instants, finished_log
from simdesk.policies import AtShiftEnd, Discipline
from simdesk.states import PRIORITIES, Outcome, State
from simdesk.ticketlog import TicketLog
from simdesk.workload.model import DELAY, Workload

Ints = NDArray[np.int64]

_lane_of = jit(policies.lane_of)
_lane_rank = jit(policies.lane_rank)
_lane_score = jit(policies.lane_score)
_agent_rank = jit(policies.agent_rank)
_seconds_for = jit(policies.seconds_for)
_work_done = jit(policies.work_done)

_COMPLETION, _DEPARTURE, _COMING, _GIVE_UP, _STOP = 1, 2, 3, 6, 7
_CLASSES = 8
_POLLS = 0xFFFF
_A_DAY = 86400
_NONE = -1
_FINISH, _PARK = int(AtShiftEnd.FINISH), int(AtShiftEnd.PARK)
_WORK, _QUEUE, _PARKED = int(State.WORK), int(State.QUEUE), int(State.PARKED)
_ABANDONED = int(Outcome.ABANDONED)
_LANES = len(PRIORITIES)
_WEIGHTED = int(Discipline.WEIGHTED)


class Supply(NamedTuple):
    """The desk as arrays, named as in `Desk`. Lists of lists are laid end to end with an array of offsets."""

    discipline: Ints
    agent_choice: Ints
    at_shift_end: Ints
    at_break: Ints
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


class Demand(NamedTuple):
    """The workload as arrays; names as in `Workload`."""

    arrives_at: Ints
    opened_at: Ints
    priority: Ints
    ends_as: Ints
    resolution_calendar: Ints
    first: Ints
    ticket_of: Ints
    kind: Ints
    state: Ints
    team: Ints
    work: Ints
    expected_work: Ints
    duration: Ints
    calendar: Ints
    pauses: Ints
    patience: Ints
    if_given_up: Ints
    predecessors: Ints
    successor_at: Ints
    successors: Ints


class Rows(NamedTuple):
    """The touches that are written: first a place for every step, then those of work taken up again."""

    step: Ints
    waited_in: Ints
    agent: Ints
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
    """The agents of a running replication, shape (agents,) each; `bench` holds the free agents of all teams."""

    present: Ints
    hand: Ints
    parked: Ints
    began: Ints
    worked_on: Ints
    busy: Ints
    bench: Ints
    place: Ints
    rank: Ints
    tie: Ints
    seated: Ints


class Lines(NamedTuple):
    """The queues of a running replication: roots of the lanes, and links between steps, shape (steps,) each."""

    lane: Ints
    live: Ints
    waiting: Ints
    rank: Ints
    child: Ints
    sibling: Ints


# -- business time, as `Calendar` does it -----------------------------------------------------------------------------


@jit
def _count_not_after(array: Ints, low: int, high: int, value: int) -> int:
    """Entries of array[low:high] that are at most `value`; it is sorted."""
    begin = low
    while low < high:
        middle = (low + high) >> 1
        if array[middle] <= value:
            low = middle + 1
        else:
            high = middle
    return low - begin


@jit
def _open_before(supply: Supply, calendar: int, instant: int) -> int:
    low, high = supply.calendar_at[calendar], supply.calendar_at[calendar + 1]
    begun = _count_not_after(supply.opens, low, high, instant)
    total = supply.open_before[low + calendar + begun]
    if begun and supply.closes[low + begun - 1] > instant:
        total -= supply.closes[low + begun - 1] - instant
    return total


@jit
def _between(supply: Supply, calendar: int, a: int, b: int) -> int:
    if b <= a:
        return 0
    if supply.endless[calendar]:
        return b - a
    return _open_before(supply, calendar, b) - _open_before(supply, calendar, a)


@jit
def _add(supply: Supply, calendar: int, instant: int, seconds: int) -> int:
    if seconds <= 0:
        return instant
    if supply.endless[calendar]:
        return min(instant + seconds, NEVER)
    goal = _open_before(supply, calendar, instant) + seconds
    low, high = supply.calendar_at[calendar], supply.calendar_at[calendar + 1]
    first = low + calendar
    before = _count_not_after(supply.open_before, first, first + high - low + 1, goal - 1)
    if before > high - low:
        return NEVER
    return supply.closes[low + before - 1] - (supply.open_before[first + before] - goal)


# -- what several turns of an instant have in common ------------------------------------------------------------------


@jit
def _pause(supply: Supply, demand: Demand, fates: Fates, ticket: int, began: int, ended: int) -> None:
    if fates.due_at[ticket] < NEVER:
        clock = demand.resolution_calendar[ticket]
        still = _between(supply, clock, began, ended)
        fates.paused[ticket] += still
        fates.due_at[ticket] = _add(supply, clock, fates.due_at[ticket], still)


@jit
def _account(crew: Crew, agent: int, now: int) -> None:
    seconds, today = now - crew.began[agent], now // _A_DAY
    crew.busy[agent] = seconds + (crew.busy[agent] if crew.worked_on[agent] == today else 0)
    crew.worked_on[agent] = today
    crew.hand[agent] = _NONE


@jit
def _sit_down(supply: Supply, crew: Crew, agent: int, now: int) -> None:
    team = supply.agent_team[agent]
    choice = supply.agent_choice[team]
    rank, tie = _agent_rank(choice, now, supply.speed[agent], crew.worked_on[agent], crew.busy[agent])
    crew.rank[agent], crew.tie[agent] = rank, tie
    low, size = supply.bench_at[team], crew.seated[team]
    crew.bench[low + size] = agent
    crew.seated[team] = size + 1
    sift(crew.bench, low, size + 1, size, crew.place, crew.rank, crew.tie)


@jit
def _stand_up(supply: Supply, crew: Crew, agent: int) -> None:
    team = supply.agent_team[agent]
    last = crew.seated[team] - 1
    low, at = supply.bench_at[team], crew.place[agent]
    crew.seated[team] = last
    crew.place[agent] = _NONE
    if at != last:
        crew.bench[low + at] = crew.bench[low + last]
        sift(crew.bench, low, last, at, crew.place, crew.rank, crew.tie)


@jit
def _whose_turn(supply: Supply, crew: Crew, at: int) -> int:
    """The free agent whose turn it is among the teams that serve a queue at some level of preference, or −1."""
    best = _NONE
    for index in range(supply.servers_at[at], supply.servers_at[at + 1]):
        source = supply.servers[index]
        if crew.seated[source]:
            agent = crew.bench[supply.bench_at[source]]
            if best < 0 or goes_before(agent, best, crew.rank, crew.tie):
                best = agent
    return best


@jit
def _enqueue(supply: Supply, demand: Demand, lines: Lines, step: int) -> None:
    team = demand.team[step]
    lane = team * _LANES + _lane_of(supply.discipline[team], demand.priority[demand.ticket_of[step]])
    lines.child[step] = lines.sibling[step] = _NONE
    lines.lane[lane] = melded(lines.lane[lane], step, lines.rank, lines.child, lines.sibling)
    lines.waiting[step] = True
    lines.live[team] += 1


@jit
def _serve_next(supply: Supply, lines: Lines, team: int, now: int) -> int:
    """Take the next step out of a queue that is not empty."""
    discipline = supply.discipline[team]
    lanes = _LANES if discipline == _WEIGHTED else 1
    best, best_score, chosen = _NONE, 0, 0
    for number in range(lanes):
        lane = team * _LANES + number
        root = lines.lane[lane]
        while root >= 0 and not lines.waiting[root]:
            root = without_root(root, lines.rank, lines.child, lines.sibling)
        lines.lane[lane] = root
        if root >= 0:
            score = _lane_score(discipline, lines.rank[root], now, supply.weights[team, number])
            if best < 0 or score < best_score or (score == best_score and root < best):
                best, best_score, chosen = root, score, lane
    lines.lane[chosen] = without_root(best, lines.rank, lines.child, lines.sibling)
    lines.waiting[best] = False
    lines.live[team] -= 1
    return best


@jit
def _take_up(
    supply: Supply, demand: Demand, rows: Rows, fates: Fates, crew: Crew,
    agent: int, step: int, row: int, work: int, now: int,
) -> int:  # fmt: skip
    """An agent begins to work on a step; returns when he will be done."""
    crew.hand[agent] = step
    crew.began[agent] = now
    rows.agent[row], rows.started_at[row] = agent, now
    ticket = demand.ticket_of[step]
    if fates.responded_at[ticket] == NEVER:
        fates.responded_at[ticket] = now
    return now + _seconds_for(work, supply.speed[agent])


@jit
def _run(
    supply: Supply, demand: Demand, rows: Rows, fates: Fates, crew: Crew, lines: Lines, window: Ints, cancel: Ints
) -> tuple[int, int, int]:
    """One replication; returns when it stopped (−1 if cancelled), how many tickets arrived, and how many rows were
    needed beyond one a step. `window` holds its begin, its end and the horizon."""
    begin, end, horizon = window[0], window[1], window[2]
    tickets, steps = demand.arrives_at.size, demand.kind.size
    teams, agents = supply.discipline.size, supply.agent_team.size
    keys, ids = np.empty(4 * agents + 1024, np.int64), np.empty(4 * agents + 1024, np.int64)
    events = 0
    missing, work = demand.predecessors.copy(), demand.work.copy()
    branches = np.zeros(tickets, np.int64)
    given_up = np.zeros(tickets, np.bool_)
    row_of = np.arange(steps)
    dirty = np.zeros(teams, np.bool_)
    any_dirty, window_over = False, False
    spell = supply.spell_at[:agents].copy()
    ready = np.empty(max(64, steps if steps < 64 else 64), np.int64)
    extra, readies, now, arrived, cohort_open, turns = 0, 0, 0, 0, 0, 0
    for agent in range(agents):
        if spell[agent] < supply.spell_at[agent + 1]:
            schedule(keys, ids, events, supply.spell_starts[spell[agent]] * _CLASSES + _COMING, agent)
            events += 1
    schedule(keys, ids, events, end * _CLASSES + _STOP, _NONE)
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
                return _NONE, arrived, extra
            while events + agents + ready.size + 8 > keys.size:
                keys, ids = grown(keys), grown(ids)
            finished, left, idle = _NONE, _NONE, _NONE
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
                                _pause(supply, demand, fates, demand.ticket_of[finished], rows.started_at[who], now)
                        else:
                            agent = rows.agent[who]
                            _account(crew, agent, now)
                            if crew.present[agent]:
                                idle = agent
                elif turn == _DEPARTURE:
                    crew.present[who] = False
                    is_break = supply.spell_break[spell[who]]
                    spell[who] += 1
                    if spell[who] < supply.spell_at[who + 1]:
                        schedule(keys, ids, events, supply.spell_starts[spell[who]] * _CLASSES + _COMING, who)
                        events += 1
                    step, team = crew.hand[who], supply.agent_team[who]
                    policy = supply.at_break[team] if is_break else supply.at_shift_end[team]
                    if step < 0:
                        _stand_up(supply, crew, who)
                    elif policy != _FINISH:
                        rows.ended_at[row_of[step]] = now
                        work[step] -= _work_done(now - crew.began[who], supply.speed[who])
                        _account(crew, who, now)
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
                            _enqueue(supply, demand, lines, step)
                            dirty[queue] = any_dirty = True
                else:
                    crew.present[who] = True
                    schedule(keys, ids, events, supply.spell_ends[spell[who]] * _CLASSES + _DEPARTURE, who)
                    events += 1
                    step = crew.parked[who]
                    if step >= 0:
                        crew.parked[who] = _NONE
                        ends = _take_up(supply, demand, rows, fates, crew, who, step, row_of[step], work[step], now)
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
                        if readies == ready.size:
                            ready = grown(ready)
                        ready[readies] = step
                        readies += 1
            elif any_dirty:
                any_dirty = False
                for level in range(supply.levels):
                    for team in range(teams):
                        if not dirty[team]:
                            continue
                        while lines.live[team]:
                            agent = _whose_turn(supply, crew, level * teams + team)
                            if agent < 0:
                                break
                            _stand_up(supply, crew, agent)
                            step = _serve_next(supply, lines, team, now)
                            row = row_of[step]
                            ends = _take_up(supply, demand, rows, fates, crew, agent, step, row, work[step], now)
                            if ends <= horizon:
                                schedule(keys, ids, events, ends * _CLASSES + _COMPLETION, row)
                                events += 1
                for team in range(teams):
                    dirty[team] = False
            elif events and keys[0] == bound:
                step = take_first(keys, ids, events)
                events -= 1
                if lines.waiting[step] and row_of[step] == step:  # who was worked on once stays
                    lines.waiting[step] = False
                    lines.live[demand.team[step]] -= 1
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
                        if readies == ready.size:
                            ready = grown(ready)
                        ready[readies] = step
                        readies += 1
                if not goes_on:
                    left = ticket
            if left >= 0:
                branches[left] -= 1
                if branches[left] == 0:
                    fates.ended_at[left] = now
                    fates.outcome[left] = _ABANDONED if given_up[left] else demand.ends_as[left]
                    if begin <= demand.opened_at[left] < end:
                        cohort_open -= 1
            if idle >= 0:
                _sit_down(supply, crew, idle, now)
                team = supply.agent_team[idle]
                for index in range(supply.serves_at[team], supply.serves_at[team + 1]):
                    queue = supply.serves[index]
                    if lines.live[queue]:
                        dirty[queue] = any_dirty = True
            while readies:
                readies -= 1
                step = ready[readies]
                rows.queued_at[step] = now
                if demand.kind[step] == DELAY:
                    rows.started_at[step] = now
                    ends = _add(supply, demand.calendar[step], now, demand.duration[step])
                    if ends <= horizon:
                        schedule(keys, ids, events, ends * _CLASSES + _COMPLETION, step)
                        events += 1
                    continue
                team, ticket = demand.team[step], demand.ticket_of[step]
                priority = demand.priority[ticket]
                lines.rank[step] = _lane_rank(
                    supply.discipline[team], now, fates.due_at[ticket], priority, demand.work[step],
                    demand.expected_work[step], supply.weights[team, priority], supply.promote_after[team],
                )  # fmt: skip
                _enqueue(supply, demand, lines, step)
                dirty[team] = any_dirty = True
                if demand.patience[step] <= horizon - now:
                    schedule(keys, ids, events, (now + demand.patience[step]) * _CLASSES + _GIVE_UP, step)
                    events += 1
        if window_over and cohort_open == 0:
            break
    return now, arrived, extra


# -- from and to the house's own types --------------------------------------------------------------------------------


def _offsets(sizes: Ints) -> Ints:
    return np.concatenate(([0], np.cumsum(sizes))).astype(np.int64)


def _supply(desk: Desk, load: Workload) -> Supply:
    teams, agents = len(desk.team_names), desk.agent_team.size
    levels = max(len(queues) for queues in desk.serves)
    servers = [
        [s for s in range(teams) if len(desk.serves[s]) > level and desk.serves[s][level] == team]
        for level in range(levels)
        for team in range(teams)
    ]
    calendars = desk.calendars
    flat = lambda parts: np.array([value for part in parts for value in part], dtype=np.int64)  # noqa: E731
    return Supply(
        discipline=desk.discipline,
        agent_choice=desk.agent_choice,
        at_shift_end=desk.at_shift_end,
        at_break=desk.at_break,
        hand_over_work=desk.hand_over_work,
        promote_after=desk.promote_after,
        weights=desk.weights,
        serves=flat(desk.serves),
        serves_at=_offsets(np.array([len(queues) for queues in desk.serves])),
        servers=flat(servers),
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
    )


def _demand(load: Workload) -> Demand:
    sizes = np.diff(load.first)
    columns = {name: getattr(load, name) for name in Demand._fields if name != "ticket_of"}
    return Demand(**columns, ticket_of=np.repeat(np.arange(load.tickets), sizes))


def _crew(desk: Desk) -> Crew:
    agents = desk.agent_team.size
    zero, none = (lambda: np.zeros(agents, np.int64)), (lambda: np.full(agents, _NONE, np.int64))
    return Crew(
        present=zero(), hand=none(), parked=none(), began=zero(), worked_on=none(), busy=zero(), bench=zero(),
        place=none(), rank=zero(), tie=zero(), seated=np.zeros(len(desk.team_names), np.int64),
    )  # fmt: skip


def simulate(desk: Desk, load: Workload) -> TicketLog:
    """Simulate one replication; the log equals the reference's, row by row."""
    steps, tickets, places = load.steps, load.tickets, load.steps + load.duty_agent.size
    rows = Rows(
        step=np.arange(places), waited_in=np.full(places, _QUEUE), agent=np.full(places, _NONE),
        queued_at=np.full(places, _NONE), started_at=np.full(places, NEVER), ended_at=np.full(places, NEVER),
    )  # fmt: skip
    due = due_instants(desk, load.opened_at, load.resolution_target, load.resolution_calendar)
    fates = Fates(
        responded_at=np.full(tickets, NEVER), ended_at=np.full(tickets, NEVER), outcome=np.zeros(tickets, np.int64),
        due_at=due, paused=np.zeros(tickets, np.int64),
    )  # fmt: skip
    teams = len(desk.team_names)
    lines = Lines(
        lane=np.full(teams * _LANES, _NONE), live=np.zeros(teams, np.int64), waiting=np.zeros(steps, np.int64),
        rank=np.zeros(steps, np.int64), child=np.full(steps, _NONE), sibling=np.full(steps, _NONE),
    )  # fmt: skip
    demand = _demand(load)
    window = np.array([*desk.window, desk.horizon])
    stopped_at, arrived, extra = _run(
        _supply(desk, load), demand, rows, fates, _crew(desk), lines, window, np.zeros(1, np.int64)
    )
    touches = _touches(desk, load, demand, rows, steps + extra, extra)
    return finished_log(desk, load, arrived, fates._asdict(), touches, stopped_at)


def _touches(desk: Desk, load: Workload, demand: Demand, rows: Rows, used: int, extra: int) -> dict[str, Ints]:
    """The touches table in the order (ticket, step, time)."""
    written = np.flatnonzero(rows.queued_at[:used] >= 0)
    if extra:
        written = written[np.argsort(rows.step[written], kind="stable")]
    step = rows.step[written]
    worked = load.kind[step] != DELAY
    ticket = demand.ticket_of[step]
    return {
        "ticket": ticket,
        "step": step - load.first[ticket],
        "state": np.where(worked, _WORK, load.state[step]),
        "waited_in": np.where(worked, rows.waited_in[written], load.state[step]),
        "team": np.where(worked, load.team[step], _NONE),
        "agent": rows.agent[written],
        "queued_at": rows.queued_at[written],
        "started_at": rows.started_at[written],
        "ended_at": rows.ended_at[written],
        "calendar": np.where(worked, desk.team_calendar[load.team[step]], load.calendar[step]),
        "pauses": load.pauses[step],
    }
