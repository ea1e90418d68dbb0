"""A weekday that two keys name is refused at both of them: nobody can see which of the two would count."""

from __future__ import annotations

import pytest

from simdesk.errors import ScenarioError
from simdesk.scenario.loading import loads, vary
from simdesk.scenario.weekdays import named_twice
from written import one_team

HOURS = "[0,0,0,0,0,0,0,0,1,1,1,1,1,1,1,1,1,0,0,0,0,0,0,0]"
WEEK = f"""
title: A week
calendars: {{office: {{hours: "08:00-17:00", hours_on: {{CALENDAR}}}}}}
demand:
  contacts: 900 per week
  profile: {{weekdays: {{WEEKDAYS}}, hours: {HOURS}, hours_on: {{PROFILE}}}}
  types: {{t: {{share: 100 %, work: {{constant: {{value: 1 min}}}}}}}}
teams: {{desk: {{agents: 3, calendar: office}}}}
"""


def week(*, weekdays: str = "{Mon-Fri: 1}", profile: str = "{}", calendar: str = "{}") -> str:
    """A desk with some weekdays as keys."""
    return WEEK.replace("{WEEKDAYS}", weekdays).replace("{PROFILE}", profile).replace("{CALENDAR}", calendar)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (week(weekdays="{Mon: 5, Mon-Fri: 1}"), [
            (6, "Mon: 5", "demand.profile.weekdays.Mon: Mon is named here and in 'Mon-Fri'"),
            (6, "Mon-Fri: 1", "demand.profile.weekdays.Mon-Fri: Mon is named here and in 'Mon'"),
        ]),
        (week(weekdays="{Thu-Sat: 1, daily: 2}"), [
            (6, "Thu-Sat: 1", "demand.profile.weekdays.Thu-Sat: Thu, Fri, Sat are named here and in 'daily'"),
            (6, "daily: 2", "demand.profile.weekdays.daily: Thu, Fri, Sat are named here and in 'Thu-Sat'"),
        ]),
        (week(profile=f"{{Fri: {HOURS}, Fri-Mon: {HOURS}}}"), [
            (6, "Fri: [0", "demand.profile.hours_on.Fri: Fri is named here and in 'Fri-Mon'"),
            (6, "Fri-Mon: [0", "demand.profile.hours_on.Fri-Mon: Fri is named here and in 'Fri'"),
        ]),
        (week(calendar='{Fri: "08:00-12:00", "Wed, Fri": "09:00-12:00"}'), [
            (3, "Fri: ", "calendars.office.hours_on.Fri: Fri is named here and in 'Wed, Fri'"),
            (3, '"Wed, Fri"', "calendars.office.hours_on.Wed, Fri: Fri is named here and in 'Fri'"),
        ]),
    ],
)  # fmt: skip
def test_a_day_that_is_named_twice_is_refused_at_both_places(text: str, wanted: list[tuple[int, str, str]]):
    """Line and column of either key: of relative volumes, and of other hours of a profile and of a calendar."""
    with pytest.raises(ScenarioError) as error:
        loads(text)

    problems = error.value.problems
    lines = text.splitlines()
    places = [(line, lines[line - 1].index(written) + 1) for line, written, _ in wanted]
    assert [(one.line, one.column) for one in problems] == places
    for problem, (_, _, said) in zip(problems, wanted, strict=True):
        assert f"{problem.path}: {problem.message}" == f"{said}; name each day once"


def test_the_order_of_the_keys_does_not_matter():
    """Neither the wider nor the later one wins."""
    for weekdays in ("{Mon: 5, Mon-Fri: 1}", "{Mon-Fri: 1, Mon: 5}"):
        with pytest.raises(ScenarioError, match="Mon is named here"):
            loads(week(weekdays=weekdays))


def test_days_that_are_named_once_are_read():
    """Also where a calendar's other hours are those of days that it opens anyway."""
    scenario = loads(week(weekdays="{Mon: 5, Tue-Fri: 1}", calendar='{Fri: "08:00-12:00", Sat: "09:00-12:00"}'))

    assert scenario.demand.shape("t").sum(axis=1).tolist() == pytest.approx([5 / 9, 1 / 9, 1 / 9, 1 / 9, 1 / 9, 0, 0])


def test_a_change_that_names_a_day_again_is_refused():
    """`--set` may not do what a file may not."""
    with pytest.raises(ScenarioError, match=r"calendars.office.hours_on.Fri: Fri is named here and in 'Thu-Fri'"):
        vary(one_team(), {"calendars.office.hours_on": {"Thu-Fri": "08:00-12:00", "Fri": "08:00-11:00"}})


def test_every_key_is_told_of_once():
    """Three keys that all name Friday are three places."""
    found = list(named_twice("weekdays", ["Fri", "Mon", "Thu-Fri", "daily"]))

    assert [place[1] for place, _, _ in found] == ["Fri", "Mon", "Thu-Fri", "daily"]
