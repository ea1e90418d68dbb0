"""Tells one ticket's story line by line, as a trainer would; only the reference engine can."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simdesk.desk import Desk
from simdesk.durations import human
from simdesk.engine import Story
from simdesk.policies import AtShiftEnd, seconds_for
from simdesk.states import PRIORITIES, Outcome, State
from simdesk.workload.model import Workload

if TYPE_CHECKING:
    from simdesk.engine.waiting import Visit

_WAITS = {
    State.HAND_OFF: "is handed over and waits to be noticed",
    State.PENDING: "waits for the user",
    State.SELF_SERVICE: "is not a ticket yet: the user tries to help himself",
    State.AUTOMATION: "is taken by automation",
    State.REDIAL: "is silent: the user will try again",
    State.REOPENED: "is resolved, or so it seems",
}
_ENDS = {
    Outcome.RESOLVED: "is resolved",
    Outcome.SELF_SERVICE: "is solved by the user himself",
    Outcome.AUTOMATION: "is fulfilled by automation",
    Outcome.ABANDONED: "is lost: the user has given up",
}
_PUTS_DOWN = {
    AtShiftEnd.PARK: "puts it aside and will go on with it",
    AtShiftEnd.HAND_OVER: "hands it over to the queue",
}


class Narrator:
    """Turns events of one ticket into sentences.

    Args:
        desk: for names.
        workload: for what the ticket is.
        ticket: number of the ticket whose story is told.
        tell: receives (instant, sentence).
    """

    def __init__(self, desk: Desk, workload: Workload, ticket: int, tell: Story) -> None:
        self.desk, self.workload, self.ticket, self.tell = desk, workload, ticket, tell

    def _agent(self, agent: int) -> str:
        team = int(self.desk.agent_team[agent])
        return f"{self.desk.team_names[team]}/{int(self.desk.agent_number[agent]) + 1}"

    def arrives(self, now: int, ticket: int) -> None:
        """The ticket enters the desk."""
        if ticket == self.ticket:
            load = self.workload
            kind = load.type_names[int(load.type[ticket])]
            channel = load.channel_names[int(load.channel[ticket])]
            self.tell(now, f"opens: {kind}, {PRIORITIES[int(load.priority[ticket])]}, by {channel}")

    def queues(self, now: int, visit: Visit, live: int) -> None:
        """It joins a queue in which so many wait, itself included."""
        if visit.ticket == self.ticket:
            team = self.desk.team_names[visit.team]
            self.tell(now, f"joins the queue of {team}; {live} waiting")

    def works(self, now: int, visit: Visit, agent: int) -> None:
        """An agent begins."""
        if visit.ticket == self.ticket:
            seconds = seconds_for(visit.work, int(self.workload.speed[agent]), int(self.workload.rounding[visit.step]))
            self.tell(now, f"{self._agent(agent)} begins to work on it, for {human(seconds)}")

    def puts_down(self, now: int, visit: Visit, agent: int, policy: AtShiftEnd) -> None:
        """The agent leaves with the work unfinished."""
        if visit.ticket == self.ticket:
            rest = human(visit.work / 1000)
            self.tell(now, f"{self._agent(agent)} leaves with {rest} of work to go and {_PUTS_DOWN[policy]}")

    def stays(self, now: int, visit: Visit, agent: int, what: str) -> None:
        """A break or the end of the shift has come, and the agent finishes first."""
        if visit.ticket == self.ticket:
            self.tell(now, f"{self._agent(agent)} stays until it is done, {what}")

    def waits(self, now: int, ticket: int, step: int) -> None:
        """A delay begins."""
        if ticket == self.ticket:
            self.tell(now, _WAITS[State(int(self.workload.state[step]))])

    def gives_up(self, now: int, ticket: int, again: bool) -> None:
        """The user loses patience."""
        if ticket == self.ticket:
            self.tell(now, "the user gives up" + (", for the moment" if again else ""))

    def leaves(self, now: int, ticket: int, outcome: Outcome) -> None:
        """It ends."""
        if ticket == self.ticket:
            self.tell(now, _ENDS[outcome])
