"""Who waits: steps for an agent, in queues, and free agents for a step. Knows ranks, and no clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from heapq import heappop, heappush
from operator import itemgetter
from typing import Any

from simpy import Event

from simdesk.policies import lane_of, lane_score


@dataclass(slots=True)
class Visit:
    """A step that waits for an agent of a team, or is worked on; once it has begun, nobody gives it up."""

    ticket: int
    step: int
    team: int
    work: int
    rank: int
    priority: int
    row: int
    assigned: Event
    waiting: bool = True
    begun: bool = False


class Agent:
    """A person: whether he is there, since when and until when, what he has in hand, and how busy he was.

    `process` is the one of the ticket that he works on; `done` happens when he is, if his break
    waits for it since the spell `held`; in `spell` he is then.
    """

    __slots__ = (
        "busy", "came", "done", "hand", "held", "number", "parked", "present", "process", "speed", "spell", "stamp",
        "team", "until", "worked_on",
    )  # fmt: skip

    def __init__(self, number: int, team: int, speed: int) -> None:
        self.number, self.team, self.speed = number, team, speed
        self.present = False
        self.came, self.until = 0, 0
        self.process: Any = None
        self.hand: Visit | None = None
        self.done: Event | None = None
        self.held: Spell | None = None
        self.spell: Spell | None = None
        self.parked: Visit | None = None
        self.worked_on, self.busy = -1, 0
        self.stamp = 0


@dataclass(frozen=True, slots=True)
class Spell:
    """A planned spell of presence, with its number in the workload; then comes a break, or the shift ends."""

    number: int
    starts: int
    ends: int
    is_break: int


class Queue:
    """The waiting steps of one team in lanes, each a heap; those who gave up are skipped when they come up."""

    __slots__ = ("discipline", "lanes", "live", "weights")

    def __init__(self, discipline: int, weights: list[int]) -> None:
        self.discipline, self.weights = discipline, weights
        self.lanes: dict[int, list[tuple[int, int, int, Visit]]] = {}
        self.live = 0

    def push(self, visit: Visit) -> None:
        """Join the queue, or come back to one's place in it."""
        lane = self.lanes.setdefault(lane_of(self.discipline, visit.priority), [])
        heappush(lane, (visit.rank, visit.ticket, visit.step, visit))
        visit.waiting = True
        self.live += 1

    def leave(self, visit: Visit) -> None:
        """Give up."""
        visit.waiting = False
        self.live -= 1

    def pop(self, now: int) -> Visit:
        """The next to be served; the queue must not be empty."""
        best: tuple[int, int, int, int] | None = None
        for key, lane in self.lanes.items():
            while lane and not lane[0][3].waiting:
                heappop(lane)
            if lane:
                rank, ticket, step = lane[0][:3]
                score = lane_score(self.discipline, rank, now, self.weights[key])
                if best is None or (score, ticket, step) < best[:3]:
                    best = score, ticket, step, key
        assert best is not None  # the caller looked at `live`
        visit = heappop(self.lanes[best[3]])[3]
        self.leave(visit)
        return visit


class Bench:
    """The free agents of one team, a heap; those who have left are skipped when they come up."""

    __slots__ = ("heap", "live")

    def __init__(self) -> None:
        self.heap: list[tuple[tuple[int, int], int, int, Agent]] = []
        self.live = 0

    def push(self, agent: Agent, rank: tuple[int, int]) -> None:
        """Become free."""
        heappush(self.heap, (rank, agent.number, agent.stamp, agent))
        self.live += 1

    def leave(self, agent: Agent) -> None:
        """Go home, or be given work: what the heap knows of him is out of date."""
        agent.stamp += 1
        self.live -= 1

    def take(self, suits: Callable[[Agent], bool]) -> Agent | None:
        """Take the first by rank who suits, or nobody."""
        free = (agent for _, _, stamp, agent in sorted(self.heap, key=itemgetter(0, 1)) if stamp == agent.stamp)
        for agent in free:
            if suits(agent):
                self.leave(agent)
                return agent
        return None

    def pop(self) -> Agent:
        """Take the one whose turn it is; somebody must be free."""
        while self.heap[0][2] != self.heap[0][3].stamp:
            heappop(self.heap)
        agent = heappop(self.heap)[3]
        self.leave(agent)
        return agent
