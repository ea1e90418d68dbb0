"""One long run of a desk that is the same at any time, and every desk that is not."""

from __future__ import annotations

from typing import Any

import pytest

from scripted import desk
from simdesk.errors import RunError
from simdesk.experiment.replicate import simulate
from simdesk.experiment.sheet import Key
from simdesk.experiment.steady import steady

WAIT = Key("first_wait")


def test_the_mean_wait_of_one_memoryless_agent_lies_in_the_interval_of_one_run():
    """ρ = ½ and work of an hour: an hour."""
    found = steady(desk({}, {"run.length": "200 weeks"}), WAIT, confidence=0.99)

    assert found.found.sufficient
    assert found.found.low < 3600 < found.found.high
    assert found.found.half_width < 600


def test_a_deliberately_wrong_mean_lies_outside():
    """Constant work of an hour makes half the wait."""
    work = {"demand.types.question.work.tier_1": {"constant": {"value": "1 h"}}}

    found = steady(desk({}, {"run.length": "200 weeks", **work}), WAIT, confidence=0.99)

    assert found.found.low < 1800 < found.found.high < 3600


def test_waits_are_taken_in_the_order_in_which_tickets_come():
    """As many as came in twenty weeks; the queue of the only team is the first."""
    scenario = desk({}, {"run.length": "20 weeks"})

    waits, queue = (steady(scenario, key) for key in (WAIT, Key("queue_wait", "team", "desk")))

    opened, (begin, end) = simulate(scenario).tickets_columns["opened_at"], (0, 20 * 7 * 86_400)
    assert waits.tickets == ((opened >= begin) & (opened < end)).sum()
    assert queue.found == waits.found
    assert list(waits.table().tickets) == [waits.tickets]


def test_a_priority_has_an_interval_of_its_own():
    """Of its own tickets, fewer than all."""
    scenario = desk({}, {"run.length": "100 weeks"})

    some = steady(scenario, Key("first_wait", "priority", "P3"))

    assert 1280 < some.tickets < steady(scenario, WAIT).tickets


def test_a_short_run_has_no_interval_and_says_what_it_needs():
    """A hundred tickets."""
    found = steady(desk({}), WAIT)

    assert not found.found.sufficient
    assert "1,280" in found.found.note


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"demand.profile": "office"}, "at some hours more than at others"),
        ({"demand.growth.per_year": 1.1}, "demand grows"),
        ({"demand.forecast_error": 0.1}, "differs from run to run"),
        ({"calendars": {"office": {}}, "teams.desk.calendar": "office"}, "not there day and night"),
        ({"teams.desk.shrinkage": "10 %"}, "absences or breaks"),
        ({"demand.contacts": "30 per day"}, "never settles"),
        ({"calendars": {"office": {}}, "flow.pending": {"calendar": "office"}}, "in the hours of office"),
        ({"calendars": {"office": {}}, "demand.holidays_of": "office"}, "has holidays"),
    ],
)
def test_a_desk_that_is_not_the_same_at_any_time_is_refused(changes: dict[str, Any], words: str):
    """With the reason, and what to do instead."""
    with pytest.raises(RunError, match=f"{words}.*use replications instead"):
        steady(desk({}, changes), WAIT)


@pytest.mark.parametrize("key", [Key("occupancy", "team", "desk"), Key("queue_wait", "team", "nobody")])
def test_only_waits_are_successive(key: Key):
    """Other measures are told what has an interval."""
    with pytest.raises(RunError, match="first_wait, of all"):
        steady(desk({}), key)


def test_nothing_that_waited_has_no_mean():
    """No ticket of that priority ever came."""
    with pytest.raises(RunError, match="no ticket waited"):
        steady(desk({}, {"demand.priority": {"P3": 1.0}}), Key("first_wait", "priority", "P1"))
