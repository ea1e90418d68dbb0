"""The clocks by which a desk is judged stand still: they come from what is written as hours, never from who works."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from simdesk.desk import business_day, open_desk
from simdesk.durations import DAY, HOUR
from simdesk.experiment.compare import compare
from simdesk.experiment.replicate import replicate, simulate
from simdesk.experiment.sheet import Key
from simdesk.experiment.store import identity
from simdesk.measures import Cohort, time_by_state
from simdesk.report.answers.compare import tell_comparison
from simdesk.scenario.loading import alternative, loads, vary
from simdesk.scenario.model import Scenario
from simdesk.states import State

EARLY_AND_LATE = """
title: An early and a late shift
run: {start: 2026-01-05, length: 2 weeks, cool_down: 1 week, replications: 2, seed: 3}
calendars: {office: {days: Mon-Fri, hours: "06:00-22:00"}}
demand:
  contacts: 160 per business day
  profile: {weekdays: {Mon-Fri: 1}, hours: [0,0,0,0,0,0,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,0,0]}
  priority: {P3: 100 %}
  types: {fault: {share: 100 %, work: {constant: {value: 3 min}}}}
teams:
  desk:
    calendar: office
    shifts: {early: {agents: 9, hours: "06:00-14:00"}, late: {agents: 9, hours: "14:00-22:00"}}
service_levels: {priorities: {P3: {respond: 30 business minutes}}}
"""
NIGHT_ENTRY = """
title: An entry team that is there at night, and experts who are not
run: {start: 2026-01-05, length: 1 week, cool_down: 1 week, replications: 2, seed: 3}
calendars: {office: {days: Mon-Fri, hours: "09:00-17:00"}}
demand:
  contacts: 20 per day
  profile: flat
  priority: {P3: 100 %}
  types: {fault: {share: 100 %, work: {constant: {value: 5 min}}, resolves: {tier_1: 0 %}}}
teams:
  entry: {agents: 5, escalates_to: experts}
  experts: {tier: 2, agents: 5, calendar: office}
"""
NOBODY_LATE = {"teams.desk.shifts.late.agents": 0}
OFFICE_DAY = 8 * HOUR


def office_of(text: str, changes: dict[str, Any] | None = None) -> tuple[str, list[str], list[str]]:
    """Names of the users' calendar, of those of waits for each team, and of those in which its business time runs."""
    desk = open_desk(vary(loads(text), changes or {}))
    names = desk.calendar_names
    waits, runs = ([names[calendar] for calendar in some] for some in (desk.team_calendar, desk.business_calendar))
    return names[desk.office], waits, runs


def test_an_empty_late_shift_does_not_raise_the_share_of_responses_in_time():
    """Half of the tickets come when nobody is there any more; they are answered the next morning, and late.

    By a clock of the shifts that were left, every ticket of the evening would count from the next morning only.
    """
    scenario = loads(EARLY_AND_LATE)

    found = compare(scenario, {"nobody late": NOBODY_LATE})

    share = found.difference("nobody late", Key("response_sla"))
    assert share.base > 0.97
    assert 0.4 < share.other < 0.6
    assert found.difference("nobody late", Key("resolution_time")).value > 4 * HOUR


def test_a_shift_that_nobody_works_moves_neither_the_business_day_nor_the_hours_of_a_wait():
    """They are those of the calendar, sixteen hours, whoever is there."""
    scenario = loads(EARLY_AND_LATE)
    desks = [open_desk(one) for one in (scenario, vary(scenario, NOBODY_LATE))]

    assert business_day(scenario) == business_day(vary(scenario, NOBODY_LATE)) == 16 * HOUR
    for desk in desks:
        assert desk.calendars[desk.team_calendar[0]].between(0, DAY) == 16 * HOUR
        assert desk.calendar_names == ("always", "office")


def test_users_do_not_lose_the_nights_because_somebody_answers_at_night():
    """The first team that is not open round the clock gives the users their hours: those of the experts."""
    scenario = vary(loads(NIGHT_ENTRY), {"money.impaired_other": 1, "money.impaired_blocking": 1})

    log = simulate(scenario)
    lost = replicate(scenario).estimates[Key("lost_time_per_need")].value

    assert log.calendars[log.office].name == "office"
    cohort = Cohort.of(log)
    open_time = cohort.office.between_many(cohort["opened_at"], cohort["ended_at"])
    assert lost == pytest.approx(np.minimum(open_time, 2 * OFFICE_DAY).mean(), rel=0.2)
    assert lost < 0.2 * cohort.lead_time.mean()


@pytest.mark.parametrize(
    ("changes", "office", "waits"),
    [
        ({}, "office", ["office", "office"]),
        ({"teams.entry.calendar": "always"}, "office", ["always", "office"]),
        ({"teams.entry.calendar": "whole"}, "office", ["whole", "office"]),
        ({"teams.entry.calendar": "saturdays"}, "saturdays", ["saturdays", "office"]),
        ({"service_levels.calendar": "saturdays"}, "saturdays", ["saturdays", "office"]),
        ({"service_levels.calendar": "always"}, "always", ["always", "office"]),
        ({"teams.experts.calendar": None}, "always", ["always", "always"]),
        ({"teams.experts.shifts": {"day": {"share": 1, "hours": "09:00-12:00"}}}, "office", ["office", "office"]),
    ],
)
def test_the_users_hours_are_stated_or_those_of_the_first_team_that_closes(
    changes: dict[str, Any], office: str, waits: list[str]
):
    """And a wait goes by the calendar that its team states, else by the users' hours; so does business time of a team.

    `whole` has hours on all seven days that leave no gap, two of them past midnight.
    """
    hours = {"days": "daily", "hours": "06:00-22:00, 22:00-06:00"}
    calendars = {"calendars.whole": hours, "calendars.saturdays": {"days": "Sat"}}

    assert office_of(NIGHT_ENTRY, calendars | changes) == (office, waits, waits)


def test_six_days_round_the_clock_are_not_round_the_clock():
    """Sunday is a day off, so that this team gives the users their hours."""
    changes = {"calendars.six": {"days": "Mon-Sat", "hours": "00:00-24:00"}, "teams.entry.calendar": "six"}

    assert office_of(NIGHT_ENTRY, changes)[0] == "six"


def test_a_stated_calendar_is_told_from_none_when_the_desk_is_kept():
    """`calendar: always` and no calendar are two desks: the first is open at night, the second in the users' hours."""
    scenario = loads(NIGHT_ENTRY)

    assert identity(scenario) != identity(vary(scenario, {"teams.entry.calendar": "always"}))


def beside(scenario: Scenario, changes: dict[str, Any]) -> tuple[float, float]:
    """Share of responses in time of a changed desk, on its own and as an alternative."""
    return tuple(  # type: ignore[return-value]  # two of them
        replicate(how(scenario, changes)).estimates[Key("response_sla")].value for how in (vary, alternative)
    )


def test_an_alternative_is_judged_by_the_clock_of_the_desk_as_it_stands():
    """A desk that is open, and staffed, for one hour a day answers all in time by its own clock, and few by the old."""
    scenario = vary(loads(EARLY_AND_LATE), {"teams.desk.agents": 200, "teams.desk.shifts": None})

    alone, judged = beside(scenario, {"calendars.office.hours": "06:00-07:00"})

    assert alone > 0.99
    assert judged < 0.15


def test_the_hours_of_a_wait_are_those_of_the_base():
    """Nights with a team that now opens at noon only: the forenoon is a wait in the queue, and not outside hours."""
    scenario = vary(
        loads(EARLY_AND_LATE),
        {"teams.desk.agents": 200, "teams.desk.shifts": None, "teams.desk.at_shift_end": "finish"},
    )
    later = {"calendars.office.hours": "12:00-22:00"}

    spent = [time_by_state(Cohort.of(simulate(how(scenario, later)))).sum(axis=1) for how in (vary, alternative)]

    assert spent[0][State.QUEUE] == 0
    assert spent[1][State.OUTSIDE_HOURS] == 0
    assert spent[0][State.OUTSIDE_HOURS] == spent[1][State.QUEUE] > 0


def test_business_time_of_an_alternative_runs_in_its_own_hours():
    """A hand-off is noticed after an hour of the team's business as it works then, whoever judges."""
    flow = {"flow.hand_off": {"pick_up": {"constant": {"value": "1 business hour"}}}}
    scenario = vary(loads(NIGHT_ENTRY), flow)
    desk = open_desk(alternative(scenario, {"calendars.office.hours": "10:00-12:00"}))

    waits, runs = (desk.calendars[some[1]] for some in (desk.team_calendar, desk.business_calendar))

    assert waits.between(0, DAY) == 8 * HOUR
    assert runs.between(0, DAY) == 2 * HOUR


def test_business_days_of_an_alternative_are_those_of_the_base():
    """Of a bound, of a workaround and of a promise."""
    scenario = loads(NIGHT_ENTRY)
    longer = {"calendars.office.hours": "06:00-22:00"}

    assert business_day(vary(scenario, longer)) == 16 * HOUR
    assert business_day(alternative(scenario, longer)) == OFFICE_DAY


def test_an_alternative_of_an_alternative_is_still_judged_by_the_base():
    """So is the same desk with more replications, as the lab makes it."""
    scenario = loads(NIGHT_ENTRY)
    longer = alternative(scenario, {"calendars.office.hours": "06:00-22:00"})

    assert business_day(vary(longer, {"run.replications": 3})) == OFFICE_DAY
    assert business_day(alternative(longer, {"teams.entry.agents": 9})) == OFFICE_DAY
    assert business_day(vary(longer, {"calendars.office.hours": "09:00-17:00"})) == OFFICE_DAY
    assert not vary(longer, {"calendars.office.hours": "09:00-17:00"}).changes_the_clocks


def test_only_who_is_judged_by_other_clocks_is_another_desk_to_the_store():
    """An alternative with more people is the desk that `run --set` simulates, and is not simulated twice."""
    scenario = loads(NIGHT_ENTRY)
    longer, more = {"calendars.office.hours": "06:00-22:00"}, {"teams.entry.agents": 9}

    assert identity(alternative(scenario, more)) == identity(vary(scenario, more))
    assert identity(alternative(scenario, longer)) != identity(vary(scenario, longer))


def test_a_comparison_that_changes_the_clock_says_so():
    """In one sentence, that names whose hours they are; nothing is said of who only staffs another shift."""
    scenario = loads(EARLY_AND_LATE)
    longer = {"calendars.office.hours": "06:00-23:00"}

    told = tell_comparison(compare(scenario, {"longer": longer, "nobody late": NOBODY_LATE}), [Key("response_sla")])

    (said,) = [text for text in told.warnings if "judged" in text]
    assert said == (
        "With longer: the users' office hours and the opening hours of desk change, but promises, lost time and waits "
        "outside hours are judged by those of the desk as it stands."
    )
