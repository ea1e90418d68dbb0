"""Each law holds in a sound log and is found broken in a log that breaks it."""

from __future__ import annotations

import pytest

from logs import a_log, broken, delay, queueing, resumed, ticket, work
from simdesk.clock import NEVER
from simdesk.errors import RunError
from simdesk.measures import check_laws
from simdesk.states import Outcome, State

SOUND = a_log(
    ticket(-50, work(0, 60), arrived_at=0),
    ticket(10, work(60, 90), resumed(100, 120), delay(State.PENDING, 150), work(150, 170)),
    ticket(20, work(20, 40, agent="desk/2")),
    ticket(30, queueing(80)),
    ticket(40, delay(State.SELF_SERVICE, 400), outcome=Outcome.SELF_SERVICE),
    ticket(200, work(300)),
    ticket(210, queueing()),
    window=(0, 250),
    stopped_at=500,
)


def test_a_sound_log_obeys_all_laws():
    """Open, resolved, abandoned and self-solved tickets; one was open at the start; work was parked and resumed."""
    check_laws(SOUND)


def test_an_empty_log_obeys_all_laws():
    """Nothing came, nothing was lost."""
    check_laws(a_log())


def test_parallel_branches_obey_all_laws():
    """Two branches of one ticket, one inside the other."""
    check_laws(a_log(ticket(0, work(0, 100), work(20, 40, agent="desk/2", queued_at=10))))


@pytest.mark.parametrize(
    ("law", "table", "column", "row", "value"),
    [
        ("tickets were lost or made", "tickets", "outcome", 0, Outcome.OPEN),
        ("tickets were lost or made", "tickets", "outcome", 5, Outcome.RESOLVED),
        ("tickets were lost or made", "tickets", "ended_at", 0, NEVER),
        ("time ran backwards", "tickets", "ended_at", 1, 9),
        ("Little's law", "tickets", "ended_at", 1, 171),  # it stayed for a second after its last touch
        ("Little's law", "tickets", "arrived_at", 2, 19),  # it came before it was anywhere
        ("Little's law", "touches", "ended_at", 3, 149),  # between pending and work it was nowhere for a second
        ("Little's law", "touches", "ticket", 4, 0),  # somebody else's work
        ("before it reached the desk", "tickets", "reached_desk_at", 2, 21),
        ("before it reached the desk", "tickets", "reached_desk_at", 4, 400),  # self-service alone brings nobody there
        ("came to no team", "touches", "ticket", 6, 2),  # its only wait is somebody else's
        ("time ran backwards", "touches", "ended_at", 1, 59),  # work
        ("time ran backwards", "touches", "ended_at", 3, 119),  # a delay
        ("an agent worked on two tickets at once", "touches", "agent", 5, 0),
        ("an agent worked on two tickets at once", "touches", "started_at", 1, 59),
        ("before the ticket was in the queue", "touches", "queued_at", 2, 101),
    ],
)
def test_a_law_that_is_broken_is_named(law: str, table: str, column: str, row: int, value: int):
    """One number of the sound log is changed, and the law that it breaks says so."""
    log = broken(SOUND, table, column, row, value)

    with pytest.raises(RunError, match=law):
        check_laws(log)
