"""What happens in the turns of an instant, compiled: business time, agents, queues. The rules are in `policies`."""

from __future__ import annotations

from simdesk import policies
from simdesk.clock import NEVER
from simdesk.compiled import jit
from simdesk.engine.arrays import LANES, NONE, Crew, Demand, Fates, Ints, Late, Lines, Rows, Supply
from simdesk.engine.heaps import goes_before, melded, sift, without_root
from simdesk.policies import AgentChoice, Begins, Discipline

lane_rank = jit(policies.lane_rank)
seconds_for = jit(policies.seconds_for)
work_done = jit(policies.work_done)
_lane_of = jit(policies.lane_of)
_lane_score = jit(policies.lane_score)
_agent_rank = jit(policies.agent_rank)
_fits = jit(policies.fits)

_WEIGHTED = int(Discipline.WEIGHTED)
_LEAST_BUSY = int(AgentChoice.LEAST_BUSY)
_ANYTHING = int(Begins.ANYTHING)


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
def between(supply: Supply, calendar: int, a: int, b: int) -> int:
    """Open seconds between two instants."""
    if b <= a:
        return 0
    if supply.endless[calendar]:
        return b - a
    return _open_before(supply, calendar, b) - _open_before(supply, calendar, a)


@jit
def add(supply: Supply, calendar: int, instant: int, seconds: int) -> int:
    """The instant after so many open seconds."""
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


@jit
def pause(supply: Supply, demand: Demand, fates: Fates, ticket: int, began: int, ended: int) -> None:
    """The resolution clock of a ticket stood still."""
    if fates.due_at[ticket] < NEVER:
        clock = demand.resolution_calendar[ticket]
        still = between(supply, clock, began, ended)
        fates.paused[ticket] += still
        fates.due_at[ticket] = add(supply, clock, fates.due_at[ticket], still)


@jit
def account(supply: Supply, crew: Crew, agent: int, now: int) -> None:
    """An agent puts his work down: remember how long he worked today, where somebody wants to know."""
    crew.hand[agent] = NONE
    team = supply.agent_team[agent]
    if supply.agent_choice[team] == _LEAST_BUSY:
        low, today = supply.midnights_at[team], crew.today[team]
        while low + today < supply.midnights_at[team + 1] and supply.midnights[low + today] <= now:
            today += 1
        crew.today[team] = today
        crew.busy[agent] = now - crew.began[agent] + (crew.busy[agent] if crew.worked_on[agent] == today else 0)
        crew.worked_on[agent] = today


@jit
def sit_down(supply: Supply, crew: Crew, agent: int, now: int) -> None:
    """An agent is there and free."""
    team = supply.agent_team[agent]
    choice = supply.agent_choice[team]
    rank, tie = _agent_rank(choice, now, supply.speed[agent], crew.worked_on[agent], crew.busy[agent])
    crew.rank[agent], crew.tie[agent] = rank, tie
    low, size = supply.bench_at[team], crew.seated[team]
    crew.bench[low + size] = agent
    crew.seated[team] = size + 1
    sift(crew.bench, low, size + 1, size, crew.place, crew.rank, crew.tie)


@jit
def stand_up(supply: Supply, crew: Crew, agent: int) -> None:
    """A free agent leaves or is given work."""
    team = supply.agent_team[agent]
    last = crew.seated[team] - 1
    low, at = supply.bench_at[team], crew.place[agent]
    crew.seated[team] = last
    crew.place[agent] = NONE
    if at != last:
        crew.bench[low + at] = crew.bench[low + last]
        sift(crew.bench, low, last, at, crew.place, crew.rank, crew.tie)


@jit
def whose_turn(supply: Supply, crew: Crew, at: int) -> int:
    """The free agent whose turn it is in the first team, of those that serve a queue at some level of preference, that
    has anybody free, or −1. Ranks of agents are compared within a team only."""
    for index in range(supply.servers_at[at], supply.servers_at[at + 1]):
        source = supply.servers[index]
        if crew.seated[source]:
            return int(crew.bench[supply.bench_at[source]])
    return NONE


@jit
def who_begins(supply: Supply, demand: Demand, crew: Crew, at: int, step: int, now: int, horizon: int) -> int:
    """The same of those who begin this step: whoever it is, or he for whom it fits."""
    for index in range(supply.servers_at[at], supply.servers_at[at + 1]):
        source = supply.servers[index]
        low = supply.bench_at[source]
        if supply.begins[source] == _ANYTHING:
            if crew.seated[source]:
                return int(crew.bench[low])
            continue
        best = NONE
        for place in range(low, low + crew.seated[source]):
            agent = crew.bench[place]
            begins = _begins(supply, crew, agent, demand.expected_work[step], now, horizon)
            if begins and (best < 0 or goes_before(agent, best, crew.rank, crew.tie)):
                best = agent
        if best >= 0:
            return int(best)
    return NONE


@jit
def break_begins(supply: Supply, crew: Crew, late: Late, agent: int, now: int) -> int:
    """An agent whose break had to wait is done; returns when he is back, `NEVER` if he is not.

    Further breaks that are due before he is back follow at once; the end of the shift ends them all.
    """
    held, spell, back = crew.held[agent], crew.spell[agent], now + crew.owed[agent]
    crew.held[agent], crew.owed[agent] = NONE, 0
    late.began[held], late.lost[held], last = now, 0, supply.spell_at[agent + 1] - 1
    while back >= supply.spell_ends[spell]:
        if spell == last or not supply.spell_break[spell]:
            late.spell[held], late.lost[held] = spell, back - supply.spell_ends[spell]
            late.back[held] = back = supply.spell_starts[spell + 1] if spell < last else NEVER
            if late.lost[held] == 0:
                late.spell[held] = spell + 1
            crew.spell[agent] = spell + 1
            return int(back)
        back += supply.spell_starts[spell + 1] - supply.spell_ends[spell]
        spell += 1
    late.spell[held], late.back[held], crew.spell[agent] = spell, back, spell
    return int(back)


@jit
def anything_fits(supply: Supply, crew: Crew, lines: Lines, at: int, team: int, now: int, horizon: int) -> bool:
    """Whether anybody free begins anything that waits for a team; it spares a look at every step of a long queue."""
    sizes = lines.sizes.size
    for index in range(supply.servers_at[at], supply.servers_at[at + 1]):
        source = supply.servers[index]
        low = supply.bench_at[source]
        if supply.begins[source] == _ANYTHING and crew.seated[source]:
            return True
        for place in range(low, low + crew.seated[source]):
            agent = crew.bench[place]
            for size in range(sizes):
                if lines.of_size[team * sizes + size] and _begins(supply, crew, agent, lines.sizes[size], now, horizon):
                    return True
    return False


@jit
def _begins(supply: Supply, crew: Crew, agent: int, expected_work: int, now: int, horizon: int) -> bool:
    """Whether an agent who begins what fits begins this; where the run ends, no shift does."""
    until = supply.spell_ends[crew.spell[agent]]
    fits: bool = until >= horizon or _fits(expected_work, supply.speed[agent], until - now, until - crew.came[agent])
    return fits


@jit
def enqueue(supply: Supply, demand: Demand, lines: Lines, step: int) -> None:
    """A step joins the queue of its team, at its rank."""
    team = demand.team[step]
    lane = team * LANES + _lane_of(supply.discipline[team], demand.priority[demand.ticket_of[step]])
    lines.child[step] = lines.sibling[step] = NONE
    lines.lane[lane] = melded(lines.lane[lane], step, lines.rank, lines.child, lines.sibling)
    lines.waiting[step] = True
    _count(lines, team, step, 1)


@jit
def _count(lines: Lines, team: int, step: int, change: int) -> None:
    lines.length[team] += change
    if lines.sizes.size:
        lines.of_size[team * lines.sizes.size + lines.size_of[step]] += change


@jit
def step_out(demand: Demand, lines: Lines, step: int) -> None:
    """A step leaves the queue unserved."""
    lines.waiting[step] = False
    _count(lines, demand.team[step], step, -1)


@jit
def serve_next(supply: Supply, lines: Lines, team: int, now: int) -> int:
    """Take the next step out of a queue that is not empty."""
    discipline = supply.discipline[team]
    lanes = LANES if discipline == _WEIGHTED else 1
    best, best_score, chosen = NONE, 0, 0
    for number in range(lanes):
        lane = team * LANES + number
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
    _count(lines, team, best, -1)
    return best


@jit
def take_up(
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
    return now + seconds_for(work, supply.speed[agent], demand.rounding[step])
