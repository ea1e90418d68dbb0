"""The reference engine: the desk as SimPy processes, written to be read. It is the definition.

The order of an instant is SimPy's event priority: completions, then shift and break ends, their starts, arrivals, then
dispatch, then giving up. Chance was drawn before; whatever ties go to the lower id.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from simpy import Event, Interrupt

from simdesk.clock import NEVER
from simdesk.desk import Desk
from simdesk.engine import Story
from simdesk.engine.instant import Due, Turn
from simdesk.engine.limits import CANCELLED, REASONS, TOO_MANY_EVENTS, TOO_MANY_OPEN, Cancel
from simdesk.engine.staff import Process, Staff
from simdesk.engine.story import Narrator
from simdesk.engine.waiting import Agent, Queue, Visit
from simdesk.policies import AtShiftEnd, Begins, fits, lane_rank, seconds_for
from simdesk.states import Outcome, State
from simdesk.ticketlog import TicketLog
from simdesk.workload.model import DELAY, Workload


class Reference(Staff):
    """One replication of one desk; what its people do is in `staff`."""

    def __init__(self, desk: Desk, workload: Workload, narrator: Narrator | None, cancel: Cancel) -> None:
        super().__init__(desk, workload, narrator)
        self.cancel = cancel
        self.most_open = desk.most_open
        self.step_kind: list[int] = workload.kind.tolist()
        self.step_team: list[int] = workload.team.tolist()
        self.step_work: list[int] = workload.work.tolist()
        self.step_rounding: list[int] = workload.rounding.tolist()
        self.predecessors: list[int] = workload.predecessors.tolist()
        self.step_expected_work: list[int] = workload.expected_work.tolist()
        self.step_duration: list[int] = workload.duration.tolist()
        self.step_calendar: list[int] = workload.calendar.tolist()
        self.step_pauses: list[int] = workload.pauses.tolist()
        self.patience: list[int] = workload.patience.tolist()
        self.if_given_up: list[int] = workload.if_given_up.tolist()
        self.missing: list[int] = workload.predecessors.tolist()
        self.successor_at: list[int] = workload.successor_at.tolist()
        self.successors: list[int] = workload.successors.tolist()
        self.first: list[int] = workload.first.tolist()
        self.priority: list[int] = workload.priority.tolist()
        self.opened_at: list[int] = workload.opened_at.tolist()
        self.branches = [0] * workload.tickets
        teams = range(len(desk.team_names))
        self.discipline: list[int] = desk.discipline.tolist()
        self.begins: list[int] = desk.begins.tolist()
        self.promote_after: list[int] = desk.promote_after.tolist()
        self.weights: list[list[int]] = desk.weights.tolist()
        self.queues = [Queue(self.discipline[t], self.weights[t]) for t in teams]
        self.benches = [[self.idle[s] for s in teams if t in desk.serves[s]] for t in teams]
        levels = max(len(queues) for queues in desk.serves)
        self.servers = [
            [[s for s in teams if len(desk.serves[s]) > level and desk.serves[s][level] == t] for t in teams]
            for level in range(levels)
        ]
        self.dirty: set[int] = set()
        self.dispatch_due = False
        self.cohort_open = 0
        self.open = 0
        self.window_over = False
        self.stop: Due | None = None
        self.over = self.env.event()

    # -- the life of a ticket ----------------------------------------------------------------------------------------

    def arrivals(self) -> Process:
        """Everything that enters the desk, in order."""
        env = self.env
        begin, end = self.desk.window
        for ticket, at in enumerate(self.workload.arrives_at.tolist()):
            if at > env.now:
                yield Due(env, at - env.now, Turn.ARRIVAL)
            elif at == 0 and env.now == 0 and ticket == 0:
                yield Due(env, 0, Turn.ARRIVAL)
            self.cohort_open += begin <= self.opened_at[ticket] < end
            self.arrive(ticket)
            if self.limit():
                self.ask_for_the_end()

    def arrive(self, ticket: int) -> None:
        """A ticket enters the desk: every step that waits for nothing begins."""
        self.record.arrive(ticket)
        self.open += 1
        if self.narrator is not None:
            self.narrator.arrives(self.env.now, ticket)
        for step in range(self.first[ticket], self.first[ticket + 1]):
            if self.missing[step] == 0:
                self.branches[ticket] += 1
                self.env.process(self.branch(ticket, step))

    def branch(self, ticket: int, step: int) -> Process:
        """A ticket from step to step, until nothing follows on this branch."""
        while step >= 0:
            if self.step_kind[step] == DELAY:
                yield from self.wait(ticket, step)
                step = self.follow(ticket, step)
            elif (yield from self.be_served(ticket, step)):
                step = self.follow(ticket, step)
            else:
                step = self.given_up(ticket, step)
        self.branches[ticket] -= 1
        if self.branches[ticket] == 0:
            self.leave(ticket)

    def wait(self, ticket: int, step: int) -> Process:
        """A delay: nobody of the desk works; the resolution clock may stand still."""
        env, began = self.env, self.env.now
        calendar = self.desk.calendars[self.step_calendar[step]]
        ends = calendar.add(began, self.step_duration[step])
        row = self.record.delay(ticket, step, began)
        if self.record.events > self.most_events:
            self.ask_for_the_end()
        if self.narrator is not None:
            self.narrator.waits(began, ticket, step)
        yield Due(env, ends - began, Turn.COMPLETION)
        self.record.ended(row, ends)
        if self.step_pauses[step]:
            self.record.pause(ticket, began, ends)

    def be_served(self, ticket: int, step: int) -> Generator[Event, Any, bool]:
        """Queue for an agent and be worked on, in as many spells as it takes; False if the user gave up."""
        env = self.env
        visit = self.queue(ticket, step)
        while True:
            agent: Agent | None = yield visit.assigned
            if agent is None:
                self.record.ended(visit.row, env.now)
                return False
            began = env.now
            self.record.started(visit.row, agent.number, began)
            if self.narrator is not None:
                self.narrator.works(began, visit, agent.number)
            agent.process, agent.hand = env.active_process, visit
            try:
                yield Due(env, seconds_for(visit.work, agent.speed, self.step_rounding[step]), Turn.COMPLETION)
            except Interrupt as interrupt:
                policy: Any = interrupt.cause
                self.record.ended(visit.row, env.now)
                self.put_down(visit, agent, began, AtShiftEnd(policy))
            else:
                self.record.ended(visit.row, env.now)
                self.free(agent, began)
                return True

    def follow(self, ticket: int, step: int) -> int:
        """What follows a finished step: this branch goes on with the first, others begin their own; −1 for none."""
        following = -1
        for index in range(self.successor_at[step], self.successor_at[step + 1]):
            successor = self.successors[index]
            self.missing[successor] -= 1
            if self.missing[successor] > 0:
                continue
            if following < 0:
                following = successor
            else:
                self.branches[ticket] += 1
                self.env.process(self.branch(ticket, successor))
        return following

    def given_up(self, ticket: int, step: int) -> int:
        """What follows if the user gives up: another attempt, or nothing more."""
        if self.narrator is not None:
            self.narrator.gives_up(self.env.now, ticket, self.if_given_up[step] >= 0)
        if self.if_given_up[step] < 0:
            self.record.abandon(ticket)
        return self.if_given_up[step]

    def leave(self, ticket: int) -> None:
        """The last branch of a ticket is done."""
        outcome = self.record.leave(ticket, self.env.now)
        if self.narrator is not None:
            self.narrator.leaves(self.env.now, ticket, Outcome(outcome))
        begin, end = self.desk.window
        self.cohort_open -= begin <= self.opened_at[ticket] < end
        self.open -= 1
        if self.done:
            self.ask_for_the_end()

    # -- queues and dispatch -----------------------------------------------------------------------------------------

    def queue(self, ticket: int, step: int) -> Visit:
        """Join the queue of the step's team, with a limit to the user's patience."""
        now, team = self.env.now, self.step_team[step]
        priority = self.priority[ticket]
        open_at_start = now == 0 and self.predecessors[step] == 0
        since = self.opened_at[ticket] if open_at_start else now  # such a ticket has waited before
        rank = lane_rank(
            self.discipline[team], since, self.record.due(ticket), priority, self.step_work[step],
            self.step_expected_work[step], self.weights[team][priority], self.promote_after[team],
        )  # fmt: skip
        row = self.record.queued(ticket, step, team, State.QUEUE, now)
        if self.record.events > self.most_events:
            self.ask_for_the_end()
        visit = Visit(ticket, step, team, self.step_work[step], rank, priority, row, self.env.event())
        self.join(visit)
        if self.narrator is not None:
            self.narrator.queues(now, visit, self.queues[team].live)
        if self.patience[step] < NEVER:
            calendar = self.desk.calendars[self.step_calendar[step]]
            limit = Due(self.env, calendar.add(now, self.patience[step]) - now, Turn.GIVE_UP)
            limit.callbacks.append(lambda _: self.lose_patience(visit))
        return visit

    def join(self, visit: Visit) -> None:
        """Take one's place in the queue; where nobody is free, the first who becomes free asks for a dispatch."""
        self.queues[visit.team].push(visit)
        for bench in self.benches[visit.team]:
            if bench.live:
                self.ask_for_dispatch(visit.team)
                break

    def lose_patience(self, visit: Visit) -> None:
        """The user gives up if he still waits for a response; a limit that comes too late does nothing."""
        if visit.waiting and not visit.begun:
            self.queues[visit.team].leave(visit)
            visit.assigned.succeed(None)

    def look_for_work(self, team: int) -> None:
        """Ask for a dispatch of every queue that a team serves and in which somebody waits."""
        for queue in self.desk.serves[team]:
            if self.queues[queue].live:
                self.ask_for_dispatch(queue)

    def ask_for_dispatch(self, team: int) -> None:
        """Have the queues looked at once everything that is bound to happen in this instant has happened."""
        self.dirty.add(team)
        if not self.dispatch_due:
            self.dispatch_due = True
            Due(self.env, 0, Turn.DISPATCH).callbacks.append(self.dispatch)

    def dispatch(self, _: Event) -> None:
        """Give waiting steps to free agents: every agent's own queue first, then the others by preference."""
        self.dispatch_due = False
        teams = sorted(self.dirty)
        self.dirty.clear()
        for level in self.servers:
            for team in teams:
                queue, passed_over = self.queues[team], []
                while queue.live and any(self.idle[source].live for source in level[team]):
                    visit = queue.pop(self.env.now)
                    agent = self.who_begins(level[team], visit)
                    if agent is None:
                        passed_over.append(visit)
                    else:
                        visit.assigned.succeed(agent)
                for visit in passed_over:
                    queue.push(visit)

    def who_begins(self, sources: list[int], visit: Visit) -> Agent | None:
        """The free agent whose turn it is in the first team that has one who begins this step.

        Ranks of agents are compared within a team only; teams come in the order of the scenario.
        """
        expected, now = self.step_expected_work[visit.step], self.env.now

        def suits(agent: Agent) -> bool:
            ends_with_the_run = agent.until >= self.desk.horizon  # and so, as far as one knows, not at all
            return ends_with_the_run or fits(expected, agent.speed, agent.until - now, agent.until - agent.came)

        for source in sources:
            bench = self.idle[source]
            if bench.live:
                agent = bench.pop() if self.begins[source] == Begins.ANYTHING else bench.take(suits)
                if agent is not None:
                    return agent
        return None

    # -- the end -----------------------------------------------------------------------------------------------------

    def end_of_window(self) -> Process:
        """Nothing stops before the window is over."""
        yield Due(self.env, self.desk.window[1], Turn.STOP)
        self.window_over = True
        if self.done:
            self.ask_for_the_end()

    @property
    def done(self) -> bool:
        """Whether the window is over and the last ticket of the cohort has ended."""
        return self.window_over and self.cohort_open == 0

    def limit(self) -> int:
        """Which limit the run has reached, 0 for none."""
        if self.cancel.flag[0]:
            return CANCELLED
        if self.open > self.most_open:
            return TOO_MANY_OPEN
        return TOO_MANY_EVENTS if self.record.events > self.most_events else 0

    def ask_for_the_end(self) -> None:
        """Have it looked at whether the run is over once the instant is."""
        if self.stop is None:
            self.stop = Due(self.env, 0, Turn.STOP)
            self.stop.callbacks.append(self.end)

    def end(self, _: Event) -> None:
        """The instant is over, and with it the run, if it is done or has reached a limit."""
        self.stop = None
        if self.done or self.limit():
            self.over.succeed()

    def simulate(self) -> TicketLog:
        """Run until the cohort is resolved, or the cool-down is over."""
        self.env.process(self.arrivals())
        self.everybody_lives()
        self.env.process(self.end_of_window())
        last = Due(self.env, self.desk.horizon, Turn.HORIZON)
        self.env.run(until=self.over | last)
        self.tell_of_waiting_breaks()
        return self.record.log(int(self.env.now), "" if self.done else REASONS[self.limit()])


def simulate(
    desk: Desk, workload: Workload, *, cancel: Cancel | None = None, traced: int = -1, tell: Story | None = None
) -> TicketLog:
    """Simulate one replication with SimPy; see `simdesk.engine.run`."""
    narrator = Narrator(desk, workload, traced, tell) if tell is not None else None
    return Reference(desk, workload, narrator, cancel or Cancel()).simulate()
