"""Time that runs in opening hours runs there wherever it is written, in both engines: worked out by hand.

The office is open from 08:00 to 16:00 from Monday to Friday. Eight of its hours from Friday noon are four on Friday and
four on Monday: 72 hours by the wall clock.
"""

from __future__ import annotations

from typing import Any

import pytest

from simdesk.errors import ScenarioError
from simdesk.experiment.replicate import simulate
from simdesk.scenario.loading import alternative, loads, vary
from simdesk.states import Outcome, State
from simdesk.ticketlog import TicketLog

HOUR = 3600
DESK = """title: From Friday noon
run: {start: "2026-01-09T12:00", length: 1 week, cool_down: 4 weeks, replications: 1}
calendars: {office: {days: Mon-Fri, hours: "08:00-16:00"}}
demand:
  contacts: 0 per day
  channels: {phone: 100 %}
  priority: {P3: 100 %}
  types: {question: {share: 100 %, work: {constant: {value: 1 h}}}}
teams: {desk: {agents: 1}}
service_levels: {calendar: office}
"""
ONE = {"run.open_at_start": {"desk": {"question": {"count": 1}}}}
"""One ticket, which is there at the start."""
FRIDAYS: dict[str, Any] = {
    "demand.contacts": "20 per week",
    "demand.profile": {"weekdays": {"Fri": 1}, "hours": [0] * 12 + [1] + [0] * 11},
}
"""Some tickets, which come between twelve and one on the first Friday."""
EIGHT = {"constant": {"value": "8 business hours"}}
ENGINES = pytest.mark.parametrize("engine", ["reference", "kernel"])


def simulated(changes: dict[str, Any], engine: str) -> TicketLog:
    return simulate(vary(loads(DESK), changes), engine=engine)


def spent(log: TicketLog, state: State) -> list[tuple[int, int]]:
    """When each delay of a kind began, and how long it took."""
    touches = log.touches_columns
    mine = touches["state"] == state
    began = touches["started_at"][mine]
    return list(zip(began.tolist(), (touches["ended_at"][mine] - began).tolist(), strict=True))


@ENGINES
def test_patience_in_business_time_waits_for_monday(engine: str):
    """Nobody is there; the user gives up on Monday at noon."""
    patience = {"patience.all": {"gives_up_after": EIGHT}}

    log = simulated({**ONE, **patience, "teams.desk.agents": 0}, engine)

    assert log.tickets_columns["outcome"].tolist() == [Outcome.ABANDONED]
    assert log.tickets_columns["ended_at"].tolist() == [72 * HOUR]


@ENGINES
def test_patience_by_the_wall_clock_does_not(engine: str):
    """Eight hours of any kind are over at 20:00."""
    patience = {"patience.all": {"gives_up_after": {"constant": {"value": "8 h"}}}}

    log = simulated({**ONE, **patience, "teams.desk.agents": 0}, engine)

    assert log.tickets_columns["ended_at"].tolist() == [8 * HOUR]


@ENGINES
def test_a_reopening_in_business_time_comes_on_monday(engine: str):
    """Resolved at 13:00 on Friday, it comes back at 13:00 on Monday."""
    log = simulated({**ONE, "flow.reopen": {"share": 1.0, "after": EIGHT}}, engine)

    assert spent(log, State.REOPENED) == [(HOUR, 72 * HOUR)]


@ENGINES
def test_another_attempt_in_business_time_is_made_on_monday(engine: str):
    """The user who finds nobody at noon on Friday calls again at noon on Monday."""
    at_once = {"constant": {"value": 0}}
    rule = {"gives_up_after": at_once, "redials": 1.0, "redials_after": EIGHT}

    log = simulated({**ONE, "patience.all": rule, "teams.desk.agents": 0}, engine)

    assert spent(log, State.REDIAL) == [(0, 72 * HOUR)]
    assert log.tickets_columns["ended_at"].tolist() == [72 * HOUR]


@ENGINES
@pytest.mark.parametrize(
    ("what", "state"),
    [
        ({"self_service": {"attempted": 1.0, "solved": 0.0, "takes": EIGHT}}, State.SELF_SERVICE),
        ({"automation": {"covered": 1.0, "succeeded": 0.0, "takes": EIGHT}}, State.AUTOMATION),
    ],
    ids=["self-service", "automation"],
)
def test_what_comes_before_the_desk_in_business_time_ends_on_monday(engine: str, what: dict[str, Any], state: State):
    """From any minute between twelve and one on Friday to the same minute of Monday."""
    kind = {f"demand.types.question.{name}": value for name, value in what.items()}

    found = spent(simulated({**FRIDAYS, "run.length": "1 day", **kind}, engine), state)

    assert found
    assert {length for _, length in found} == {72 * HOUR}


@ENGINES
def test_business_hours_from_the_night_begin_in_the_morning(engine: str):
    """Two hours from Saturday noon are over on Monday at 10:00."""
    two = {"gives_up_after": {"constant": {"value": "2 business hours"}}}
    saturday = {**ONE, "run.start": "2026-01-10T12:00"}

    log = simulated({**saturday, "patience.all": two, "teams.desk.agents": 0}, engine)

    assert log.tickets_columns["ended_at"].tolist() == [(12 + 24 + 10) * HOUR]


def test_users_of_an_alternative_come_back_in_its_own_office_hours():
    """Open from 10 to 14 unlike the desk by whose clocks it is judged: eight hours from Friday 13:00 end on Tuesday at
    13:00. Only the promise runs by the clocks of the desk as it stands."""
    base = vary(loads(DESK), {**ONE, "flow.reopen": {"share": 1.0, "after": EIGHT}})
    shorter = alternative(base, {"calendars.office.hours": "10:00-14:00"})

    assert spent(simulate(shorter), State.REOPENED) == [(HOUR, 96 * HOUR)]


@pytest.mark.parametrize(
    "changes",
    [
        {"demand.types.question.work": {"constant": {"value": "3 business hours"}}},
        {"flow.hand_off": {}, "flow.misroute": {"look": {"constant": {"value": "10 business minutes"}}}},
        {"flow.hand_off": {"read_up": "5 business minutes"}},
        {"teams.desk.hand_over_work": "5 business minutes"},
        {"teams.desk.promote_after": "4 business hours"},
        {"run.cool_down": "10 business days"},
        {"run.open_at_start": {"desk": {"question": {"count": 1, "oldest": "5 business days"}}}},
    ],
    ids=lambda changes: next(reversed(changes)),
)
def test_business_time_that_nothing_would_run_in_is_refused(changes: dict[str, Any]):
    """An agent's work is touch time, and the run itself has no office."""
    with pytest.raises(ScenarioError, match="must be elapsed time"):
        vary(loads(DESK), changes)


def test_business_days_of_a_distribution_are_refused():
    """A day has no length there; it says what to write."""
    with pytest.raises(ScenarioError, match="write business hours"):
        vary(loads(DESK), {"flow.reopen": {"after": {"exponential": {"mean": "2 business days"}}}})


@ENGINES
def test_time_until_a_reopening_does_not_count_against_the_promise(engine: str):
    """Two office hours are promised. Work of an hour is done at 13:00; a second hour, from Monday at 13:00 to 14:00, is
    in time unless the clock went on over the three days between: eight office hours."""
    promise = {"service_levels.priorities": {"P3": {"resolve": "2 business hours"}}}
    again = {**ONE, **promise, "flow.reopen": {"share": 1.0, "after": EIGHT, "work": 1.0}}

    pauses, counts = (simulated({**again, **more}, engine) for more in ({}, {"service_levels.pause_on": []}))

    for log, due in ((pauses, 2 * HOUR + 72 * HOUR), (counts, 2 * HOUR)):
        assert log.tickets_columns["ended_at"].tolist() == [(1 + 72 + 1) * HOUR]
        assert log.tickets_columns["resolution_due_at"].tolist() == [due]
