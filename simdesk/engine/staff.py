"""The people of the reference engine: how they come and go, and what becomes of the work that they have in hand."""

from __future__ import annotations

from abc import ABC, abstractmethod
from bisect import bisect_right
from collections.abc import Generator
from typing import Any

from simpy import Environment, Event

from simdesk.clock import NEVER
from simdesk.desk import Desk
from simdesk.engine.breaks import LateBreak
from simdesk.engine.instant import Due, Turn
from simdesk.engine.record import Record
from simdesk.engine.story import Narrator
from simdesk.engine.waiting import Agent, Bench, Spell, Visit
from simdesk.policies import AtBreak, AtShiftEnd, agent_rank, work_done
from simdesk.states import State
from simdesk.workload.model import Workload

Process = Generator[Event, Any, None]


class Staff(ABC):
    """The agents of one replication; queues and tickets are the engine's."""

    def __init__(self, desk: Desk, workload: Workload, narrator: Narrator | None) -> None:
        self.env: Any = Environment()  # for the type checker its clock may hold floats; here it holds whole seconds
        self.desk, self.workload, self.narrator = desk, workload, narrator
        self.most_events = desk.most_events
        self.record = Record(desk, workload)
        self.choice: list[int] = desk.agent_choice.tolist()
        self.at_shift_end: list[list[int]] = desk.at_shift_end.tolist()
        self.at_break: list[list[int]] = desk.at_break.tolist()
        self.midnights: list[list[int]] = [midnights.tolist() for midnights in desk.midnights]
        self.hand_over_work: list[int] = desk.hand_over_work.tolist()
        self.step_live: list[int] = workload.live.tolist()
        self.agents = [
            Agent(n, int(t), int(v)) for n, (t, v) in enumerate(zip(desk.agent_team, workload.speed, strict=True))
        ]
        self.idle = [Bench() for _ in desk.team_names]

    @abstractmethod
    def join(self, visit: Visit) -> None:
        """Take one's place in a queue."""

    @abstractmethod
    def look_for_work(self, team: int) -> None:
        """Have the queues looked at that a team serves, for somebody of it is free."""

    @abstractmethod
    def ask_for_the_end(self) -> None:
        """Have it looked at whether the run is over once the instant is."""

    def everybody_lives(self) -> None:
        """Start the working lives of all agents."""
        plans: list[list[Spell]] = [[] for _ in self.agents]
        load = self.workload
        columns = (load.duty_agent, load.duty_starts, load.duty_ends, load.duty_break)
        for number, (agent, *spell) in enumerate(zip(*(column.tolist() for column in columns), strict=True)):
            plans[agent].append(Spell(number, *spell))
        for agent, plan in zip(self.agents, plans, strict=True):
            self.env.process(self.working_life(agent, plan))

    def working_life(self, agent: Agent, plan: list[Spell]) -> Process:
        """An agent comes and goes, shift by shift and break by break."""
        env, at = self.env, 0
        comes = plan[0].starts if plan else NEVER
        while at < len(plan):
            yield Due(env, comes - env.now, Turn.COMING)
            self.come(agent, plan[at])
            yield Due(env, plan[at].ends - env.now, Turn.DEPARTURE)
            if self.break_waits(agent, plan, at):
                at, comes = yield from self.late_break(agent, plan, at)
            else:
                self.go(agent, plan[at])
                at += 1
                comes = plan[at].starts if at < len(plan) else NEVER

    def policy(self, agent: Agent, spell: Spell) -> int:
        """What becomes of an agent's work in hand at the end of a spell; until it is first put down it may be live."""
        visit = agent.hand
        live = visit is not None and not visit.begun and self.step_live[visit.step]
        return (self.at_break if spell.is_break else self.at_shift_end)[agent.team][1 if live else 0]

    def break_waits(self, agent: Agent, plan: list[Spell], at: int) -> bool:
        """Whether an agent who should have a break now is kept from it; where nothing follows, his day is over."""
        goes_on = at + 1 < len(plan)
        return goes_on and agent.process is not None and self.policy(agent, plan[at]) == AtBreak.WAIT

    def late_break(self, agent: Agent, plan: list[Spell], at: int) -> Generator[Event, Any, tuple[int, int]]:
        """An agent has his break when he is done with what he has in hand, unless his shift ends before.

        Breaks that become due meanwhile are added. Returns the spell in which he comes back and when.
        """
        env = self.env
        agent.present = False
        agent.done, agent.held, owed = env.event(), plan[at], 0
        self.tell_of_staying(agent, "and has his break then")
        while True:
            owed += plan[at + 1].starts - plan[at].ends
            at += 1
            agent.spell = plan[at]
            yield agent.done | Due(env, plan[at].ends - env.now, Turn.DEPARTURE)
            done, held = agent.done.triggered, agent.held
            if done or not self.break_waits(agent, plan, at):
                agent.done = agent.held = None
                break
        if done:
            return self.have_a_break(held, plan, at, owed)
        self.go(agent, plan[at])
        return at + 1, plan[at + 1].starts if at + 1 < len(plan) else NEVER

    def have_a_break(self, held: Spell, plan: list[Spell], at: int, owed: int) -> tuple[int, int]:
        """A break that had to wait begins; returns the spell in which the agent comes back and when.

        Further breaks that are due before he is back follow at once; the end of the shift ends them all.
        """
        now, lost = self.env.now, 0
        comes = now + owed
        while comes >= plan[at].ends and plan[at].is_break and at + 1 < len(plan):
            comes += plan[at + 1].starts - plan[at].ends
            at += 1
        ends_in = plan[at].number
        if comes >= plan[at].ends:
            lost = comes - plan[at].ends
            at += 1
            comes = plan[at].starts if at < len(plan) else NEVER
            ends_in += lost == 0
        self.record.late_breaks.append(LateBreak(held.number, now, ends_in, comes, lost))
        return at, comes

    def tell_of_waiting_breaks(self) -> None:
        """At the end, note the breaks that still wait."""
        for agent in self.agents:
            if agent.held is not None and agent.spell is not None:
                self.record.late_breaks.append(LateBreak(agent.held.number, NEVER, agent.spell.number, NEVER, 0))

    def come(self, agent: Agent, spell: Spell) -> None:
        """An agent is there: he goes on with what he parked, or is free."""
        agent.present = True
        agent.came, agent.until = self.env.now, spell.ends
        if agent.parked is not None:
            visit, agent.parked = agent.parked, None
            visit.assigned.succeed(agent)
        elif agent.process is None:
            self.become_idle(agent)

    def go(self, agent: Agent, spell: Spell) -> None:
        """An agent leaves: what he has in hand is finished, parked or handed over, as the team does it."""
        agent.present = False
        policy = self.policy(agent, spell)
        if agent.process is None:
            self.idle[agent.team].leave(agent)
        elif policy in (AtShiftEnd.PARK, AtShiftEnd.HAND_OVER):
            agent.process.interrupt(policy)
        else:
            self.tell_of_staying(agent, "in his break" if spell.is_break else "beyond his shift")

    def tell_of_staying(self, agent: Agent, what: str) -> None:
        """An agent finishes what he has in hand first."""
        if self.narrator is not None and agent.hand is not None:
            self.narrator.stays(self.env.now, agent.hand, agent.number, what)

    def put_down(self, visit: Visit, agent: Agent, began: int, policy: AtShiftEnd) -> None:
        """Keep what remains of the work: for the same agent, or for the queue at its original place."""
        now = self.env.now
        visit.begun = True
        visit.work -= work_done(now - began, agent.speed)
        visit.assigned = self.env.event()
        self.account(agent, now - began)
        agent.process = agent.hand = None
        if self.narrator is not None:
            self.narrator.puts_down(now, visit, agent.number, policy)
        if policy is AtShiftEnd.PARK:
            visit.row = self.record.queued(visit.ticket, visit.step, visit.team, State.PARKED, now)
            agent.parked = visit
        else:
            visit.work += self.hand_over_work[visit.team]
            visit.row = self.record.queued(visit.ticket, visit.step, visit.team, State.QUEUE, now)
            self.join(visit)
        if self.record.events > self.most_events:
            self.ask_for_the_end()

    def free(self, agent: Agent, began: int) -> None:
        """An agent is done with a piece of work."""
        self.account(agent, self.env.now - began)
        agent.process = agent.hand = None
        if agent.present:
            self.become_idle(agent)
        elif agent.done is not None:
            agent.done.succeed()

    def account(self, agent: Agent, seconds: int) -> None:
        """Remember how long an agent worked on the local date on which he put the work down."""
        today = bisect_right(self.midnights[agent.team], self.env.now)
        agent.busy = seconds + (agent.busy if agent.worked_on == today else 0)
        agent.worked_on = today

    def become_idle(self, agent: Agent) -> None:
        """An agent is there and free."""
        team, now = agent.team, self.env.now
        rank = agent_rank(self.choice[team], now, agent.speed, agent.worked_on, agent.busy)
        self.idle[team].push(agent, rank)
        self.look_for_work(team)
