"""A week of shifts from what is needed to who works when, and the simulated desk that works them."""

from __future__ import annotations

import pytest

from simdesk.experiment.lab import Lab
from simdesk.experiment.sheet import Key
from simdesk.experiment.staffing.contracts import Contract
from simdesk.experiment.staffing.week import PLANNED, PlannedWeek, planned_week
from simdesk.report.answers.shifts import UNTRIED
from simdesk.report.answers.week import tell_week
from simdesk.scenario.loading import loads, vary

DESK = loads("""title: A desk with a morning
run: {length: 2 weeks, warm_up: 1 week, replications: 4, cool_down: 1 week}
calendars: {office: {days: Mon-Fri, hours: "08:00-16:00"}}
demand:
  contacts: 60 per business day
  types: {incident: {share: 100 %, work: {exponential: {mean: 15 min}}}}
teams: {desk: {agents: 2, calendar: office, cost: 40 USD per hour}}
""")
SERVED = Key("without_wait", "team", "desk")


@pytest.fixture(scope="module")
def week() -> PlannedWeek:
    """Nine of ten tickets shall find somebody free; people work eight hours or four, on terms of forty or twenty."""
    with Lab(workers=1) as lab:
        return planned_week(
            DESK,
            "desk",
            share=0.9,
            earliest=8 * 3600,
            latest=16 * 3600,
            lengths=(8.0, 4.0),
            pause=0.0,
            contracts=[Contract("full", 40.0, 10), Contract("part", 20.0, 10)],
            weeks=2,
            lab=lab,
        )


def test_the_desk_that_works_the_plan_serves_more_than_the_one_that_does_not(week: PlannedWeek):
    """Two people serve few of four tickets an hour's worth of work in hand at once; the plan has more of them."""
    found = week.simulated.difference(PLANNED, SERVED)

    assert found.low > 0
    assert sum(count for _, count in week.plan.forms) > 2


def test_the_plan_can_be_given_to_the_scenario(week: PlannedWeek):
    """What `vary` gets is what was simulated."""
    planned = vary(DESK, week.shifts)

    assert planned.teams["desk"].headcount == sum(count for _, count in week.plan.forms)
    assert week.simulated.alternatives[PLANNED].scenario.teams == planned.teams


def test_everybody_on_the_roster_works_within_the_contract(week: PlannedWeek):
    """Two weeks; nobody more than the hours, everybody two days off."""
    assert week.roster is not None
    assert not week.roster.unmet
    for works, contract in zip(week.roster.works, week.roster.contracts, strict=True):
        for start in (0, 7):
            days = [duty for duty in works[start : start + 7] if duty >= 0]
            assert len(days) <= 5
            assert sum(week.roster.duties[duty].paid for duty in days) <= contract.hours * 3600


def test_the_answer_sets_what_was_simulated_beside_what_was_asked(week: PlannedWeek):
    """Both sides with their intervals; and nobody is told to simulate what has been simulated."""
    told = tell_week(week)

    checked = next(text for text in told.details if text.startswith("Simulated, the tickets that desk serves"))
    assert "as it stands" in checked
    assert "with these shifts" in checked
    assert checked.endswith("asked was 90 %.")
    assert UNTRIED not in told.warnings
    titles = [title for title, _ in told.tables]
    assert {"Shifts", "People", "Every difference that was asked for"} <= set(titles)
