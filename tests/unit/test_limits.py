"""Runs that go too far, or are cancelled, end early with a log that says so; in both engines alike."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from simdesk.clock import NEVER
from simdesk.engine import ENGINES, run
from simdesk.engine.limits import CANCELLED, REASONS, TOO_MANY_EVENTS, TOO_MANY_OPEN, Cancel
from simdesk.errors import RunError
from simdesk.experiment.replicate import replicate, simulate
from simdesk.scenario.loading import loads
from tiny import delay, one_team, served, ticket, workload

pytestmark = pytest.mark.parametrize("engine", ENGINES)

MANY = 60_000
HOPELESS = """
title: Far too few people
run: {length: 2 weeks, most_open_tickets: 50}
demand: {contacts: 2000 per week, types: {incident: {share: 100 %, work: {constant: {value: 1 h}}}}}
teams: {desk: {agents: 1}}
"""


def one_after_the_other(desk, tickets):
    """A workload of tickets of a second's work, one a second."""
    sample = workload(desk, ticket(0, 1))
    many = {
        name: np.repeat(getattr(sample, name), tickets)
        for name in sample.__slots__
        if isinstance(getattr(sample, name), np.ndarray) and not name.startswith(("duty", "speed"))
    }
    counted = np.arange(tickets + 1)
    own = {
        "arrives_at": counted[:-1],
        "opened_at": counted[:-1],
        "reaches_at": counted[:-1],
        "first": counted,
        "successor_at": 0 * counted,
    }
    return replace(sample, **many | own | {"successors": sample.successors})


def test_a_run_ends_with_the_instant_in_which_too_many_tickets_are_open(engine):
    """Two may be open; in second 3 a third and a fourth come."""
    desk = one_team(most_open=2)
    load = workload(desk, ticket(0, 10), ticket(1, 10), ticket(3, 10), ticket(3, 10), ticket(4, 10))

    log = run(desk, load, engine=engine)

    assert log.cut_short == REASONS[TOO_MANY_OPEN]
    assert (log.stopped_at, len(log)) == (3, 4)


def test_who_leaves_in_the_same_instant_is_not_open(engine):
    """At second 10 one ticket ends while another comes: never more than one is open."""
    desk = one_team(most_open=1)
    load = workload(desk, ticket(0, 10), ticket(10, 10))

    log = run(desk, load, engine=engine)

    assert log.cut_short == ""
    assert served(log) == [(0, 0, 10), (1, 10, 20)]


def test_a_run_ends_once_too_much_has_happened(engine):
    """Each ticket counts twice here: it comes, and it joins the queue. The fifth event is one too many."""
    desk = one_team(most_events=4)
    load = workload(desk, ticket(0, 5), ticket(7, 5), ticket(14, 5), ticket(21, 5))

    log = run(desk, load, engine=engine)

    assert log.cut_short == REASONS[TOO_MANY_EVENTS]
    assert (log.stopped_at, len(log)) == (14, 3)


def test_a_delay_is_an_event_too(engine):
    """The ticket comes, and waits twice; the second wait is the third event."""
    desk = one_team(most_events=2)

    log = run(desk, workload(desk, ticket(0, steps=[delay(5), delay(5)])), engine=engine)

    assert log.cut_short == REASONS[TOO_MANY_EVENTS]
    assert log.stopped_at == 5
    assert log.tickets_columns["ended_at"].tolist() == [NEVER]


def test_a_limit_that_is_reached_when_all_is_done_cuts_nothing(engine):
    """The last ticket of the window ends with the event that would be one too many."""
    desk = one_team(window=(0, 5), most_events=3)
    load = workload(desk, ticket(0, 10), ticket(10, 5))

    log = run(desk, load, engine=engine)

    assert log.cut_short == ""
    assert log.stopped_at == 10


def test_a_cancelled_run_ends_with_what_was_done_until_then(engine):
    """So many tickets that even the compiled loop looks up from its work before it is done with them."""
    desk, cancel = one_team(most_open=MANY, most_events=9 * MANY, window=(0, MANY), horizon=2 * MANY), Cancel()
    load = one_after_the_other(desk, MANY)
    cancel.set()

    log = run(desk, load, engine=engine, cancel=cancel)

    assert log.cut_short == REASONS[CANCELLED]
    assert 0 < len(log) < MANY


def test_a_desk_that_cannot_keep_up_is_told_so(engine):
    """The message names the limit, the instant, the queue that grew, and what to do."""
    scenario = loads(HOPELESS)

    for attempt in (partial(simulate, scenario, 3), partial(replicate, scenario, replications=2, workers=1)):
        with pytest.raises(
            RunError,
            match=r"replication [03] was cut short on .*, day 1: more tickets were open than "
            r"run\.most_open_tickets allows\. By then .* 51 of them were open; 50 waited for desk\.",
        ):
            attempt(engine=engine)
