"""Laws that every log must obey. They are checked on every run; a broken one is a fault of simdesk, never of the
desk."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simdesk.clock import NEVER
from simdesk.errors import RunError
from simdesk.states import Outcome, State
from simdesk.ticketlog import TicketLog


def check_laws(log: TicketLog) -> None:
    """Conservation of tickets, Little's law ticket by ticket as an equality of whole seconds, and nobody in two places
    at once.

    Raises:
        RunError: naming the law that is broken.
    """
    _check_conservation(log)
    _check_agents(log)
    _check_little(log)


def _check_conservation(log: TicketLog) -> None:
    tickets = log.tickets_columns
    ended = tickets["ended_at"] < NEVER
    if np.any(ended == (tickets["outcome"] == Outcome.OPEN)):
        raise RunError("a ticket is both over and open, or neither: tickets were lost or made")
    if np.any(tickets["ended_at"] < tickets["arrived_at"]):
        raise RunError("a ticket ended before it arrived: time ran backwards")
    reached, arrived = tickets["reached_desk_at"], tickets["arrived_at"]
    if np.any(first_at_the_desk(log) != np.where(reached < NEVER, np.maximum(reached, arrived), NEVER)):
        raise RunError("a ticket was with a team before it reached the desk, or reached it and came to no team")


def first_at_the_desk(log: TicketLog) -> NDArray[np.int64]:
    """When the first touch of each ticket begins that is neither self-service nor automation, or `NEVER`."""
    touches = log.touches_columns
    rows = ~np.isin(touches["state"], (State.SELF_SERVICE, State.AUTOMATION))
    first = np.full(len(log), NEVER)
    np.minimum.at(first, touches["ticket"][rows], touches["queued_at"][rows])
    return first


def _check_little(log: TicketLog) -> None:
    """Σ time in the desk, told by the tickets, = ∫ number in the desk dt, told by the touches, over the whole run."""
    tickets, touches, stop = log.tickets_columns, log.touches_columns, log.stopped_at
    sojourn = np.minimum(tickets["ended_at"], stop) - tickets["arrived_at"]
    ticket = touches["ticket"]
    begin, end = (np.minimum(touches[name], stop) for name in ("queued_at", "ended_at"))
    if np.any(end < begin) or np.any(begin < 0):
        raise RunError("a touch ended before it began: time ran backwards")
    lane = ticket * (stop + 1)  # every ticket gets a stretch of its own on one long line
    order = np.argsort(lane + begin)
    begin, end = (lane + begin)[order], (lane + end)[order]
    reached = np.maximum.accumulate(end)
    begin[1:] = np.maximum(begin[1:], reached[:-1])  # a second with two branches counts once
    present = np.bincount(ticket[order], np.maximum(end - begin, 0), len(log))
    if present.size != len(log) or np.any(present != sojourn):
        raise RunError("Little's law is broken: time in the desk does not equal the integral of the number in it")


def _check_agents(log: TicketLog) -> None:
    touches = log.touches_columns
    worked = (touches["state"] == State.WORK) & (touches["started_at"] < NEVER)
    agent, begin = touches["agent"][worked], touches["started_at"][worked]
    end = np.minimum(touches["ended_at"][worked], log.stopped_at)
    if np.any(end < begin):
        raise RunError("work ended before it began: time ran backwards")
    order = np.lexsort((end, begin, agent))
    agent, begin, end = agent[order], begin[order], end[order]
    if np.any((agent[1:] == agent[:-1]) & (begin[1:] < end[:-1])):
        raise RunError("an agent worked on two tickets at once")
    if np.any(touches["queued_at"][worked] > touches["started_at"][worked]):
        raise RunError("work began before the ticket was in the queue")
