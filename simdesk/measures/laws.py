"""Laws that every log must obey. They are checked on every run; a broken one is a fault of simdesk, never of the
desk."""

from __future__ import annotations

import numpy as np

from simdesk.clock import NEVER
from simdesk.errors import RunError
from simdesk.states import Outcome, State
from simdesk.ticketlog import TicketLog


def check_laws(log: TicketLog) -> None:
    """Conservation of tickets, Little's law as an equality of whole seconds, and nobody in two places at once.

    Raises:
        RunError: naming the law that is broken.
    """
    _check_conservation(log)
    _check_little(log)
    _check_agents(log)


def _check_conservation(log: TicketLog) -> None:
    tickets = log.tickets_columns
    ended = tickets["ended_at"] < NEVER
    if np.any(ended == (tickets["outcome"] == Outcome.OPEN)):
        raise RunError("a ticket is both over and open, or neither: tickets were lost or made")
    if np.any(tickets["ended_at"] < tickets["arrived_at"]):
        raise RunError("a ticket ended before it arrived: time ran backwards")


def _check_little(log: TicketLog) -> None:
    """Σ time in the desk = ∫ number in the desk dt over the whole run; both sides computed in their own way."""
    tickets, stop = log.tickets_columns, log.stopped_at
    arrived, ended = tickets["arrived_at"], np.minimum(tickets["ended_at"], stop)
    instants = np.concatenate((arrived, ended))
    change = np.repeat(np.array([1, -1], np.int64), len(log))
    order = np.lexsort((-change, instants))
    number = np.cumsum(change[order])
    if number.size and (number.min() < 0 or number[-1] != 0):
        raise RunError("the number of tickets in the desk became negative")
    integral = int((number[:-1] * np.diff(instants[order])).sum())
    if integral != int((ended - arrived).sum()):
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
