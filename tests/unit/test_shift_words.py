"""What is said of plans and rosters: covered, not covered, proved, not proved; every figure stands in a table."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest

from simdesk.durations import HOUR, MINUTE
from simdesk.experiment.staffing.contracts import Contract, Duty
from simdesk.experiment.staffing.patterns import Pattern
from simdesk.experiment.staffing.requirements import requirements
from simdesk.experiment.staffing.rosters import Roster, Unmet, roster
from simdesk.experiment.staffing.shifts import ShiftPlan, cover
from simdesk.report.answers.rosters import tell_roster
from simdesk.report.answers.shifts import tell_shifts
from simdesk.report.told import Told
from simdesk.scenario.model import Scenario
from written import from_shelf, one_team, two_tiers

WEEK = (0, 1, 2, 3, 4)
EARLY = Duty("early", 6 * HOUR, 14 * HOUR, 8 * HOUR)


def plan(people: int = 2, **options: object) -> ShiftPlan:
    """Some people from 8 to 12 on weekdays, of whom only four hours of six are needed."""
    needed = np.zeros((7, 24))
    needed[:5, 8:12] = people
    return cover(needed, [Pattern(8 * HOUR, 6 * HOUR, WEEK)], **options)


def numbers(told: Told) -> set[str]:
    """Every number that stands in a table."""
    cells = [cell for _, table in told.tables for row in table.rows for cell in row]
    texts = [f"{cell:,.1f}".removesuffix(".0") if isinstance(cell, float) else str(cell) for cell in cells]
    return {number for text in texts for number in re.findall(r"\d[\d,.]*", text)}


def test_a_plan_that_covers_everything_and_is_the_best():
    """Two people, 60 paid hours, a third of them not needed; that no plan takes fewer is proved."""
    told = tell_shifts(plan())

    assert told.sentence == (
        "2 people in 1 shift cover every hour of the week with 60 paid hours; 33 % of the time they are there is more "
        "than needed; no plan of these forms of shift takes fewer paid hours."
    )
    assert told.warnings == ()


def test_one_person_covers():
    """Grammar follows the number."""
    assert tell_shifts(plan(1)).sentence.startswith("1 person in 1 shift covers every hour of the week with 30 paid")


def test_a_plan_that_may_not_be_the_best_is_not_called_so():
    """The solver stopped at a bound of 51.26 hours: the sentence promises no more than 51.2."""
    told = tell_shifts(replace(plan(), bound=51.26, relaxed=50.0, gap=(60 - 51.26) / 60))

    assert told.sentence.endswith("no plan of these forms of shift takes fewer than 51.2 paid hours.")
    assert any("stopped before it was proved" in warning and "15 %" in warning for warning in told.warnings)
    assert "If people could be divided, 50 paid hours would do" in told.details[-1]


def test_gaps_come_first_where_there_are_any():
    """Six hours a day for four that count: at less than one and a half paid hours for a missing one nobody works."""
    needed = np.zeros((7, 24))
    needed[:5, 8:12] = 2
    needed[0, 12:16] = 3
    told = tell_shifts(cover(needed, [Pattern(8 * HOUR, 4 * HOUR, WEEK)], price_of_gaps=2.0))

    assert told.sentence == (
        "2 people in 1 shift cannot cover everything: 12 of the 52 person-hours that are needed in a week are missing, "
        "at most 3 people at once (first on Mon 12:00); no plan of these forms of shift takes fewer paid hours, if a "
        "missing person-hour counts for 2 of them."
    )
    (panel,) = told.panels
    assert [sign.label for sign in panel.legend] == ["there", "needed", "missing"]


def test_nobody_is_worth_employing_at_a_low_price():
    """And nobody is needed in an empty week: two different things."""
    low = tell_shifts(plan(price_of_gaps=1.0))
    empty = tell_shifts(plan(0))

    assert low.sentence.startswith("At this price of a gap nobody is worth employing: all 40 person-hours")
    assert empty.sentence == "Nobody is needed in any hour of the week, so there is no shift to plan."


def test_what_is_proved_holds_within_the_limits_that_were_set():
    """A bound for two people says nothing about three, and is not told as if it did."""
    told = tell_shifts(plan(most_people=2, most_forms=1))

    assert told.sentence.endswith(
        "no plan of these forms of shift with at most 2 people and at most 1 of them in use takes fewer paid hours."
    )


def test_prices_are_not_told_as_hours():
    """Where a paid hour costs one and a half, fewest hours are not what was sought."""
    needed = np.zeros((7, 24))
    needed[5, 8:12] = 1
    told = tell_shifts(cover(needed, [Pattern(8 * HOUR, 4 * HOUR, (5,), price=1.5)]))

    assert told.sentence.endswith("takes fewer paid hours, each counted at its price.")


def test_the_figure_shows_needed_and_there_step_by_step():
    """One step for each hour in which anybody is needed or there, days apart, and the numbers beside it."""
    (panel,) = tell_shifts(plan()).panels

    there, needed, missing = panel.figure.data
    assert len(panel.table.rows) == 5 * 6
    assert panel.table.values("present") == [2.0] * 30
    assert max(y for y in there.y if y is not None) == max(y for y in needed.y if y is not None) == 2
    assert list(needed.y).count(None) == 5
    assert len(missing.x) == 0
    assert panel.caption == "In a week 40 person-hours are needed and 60 are there."


def with_breaks(scenario: Scenario, team: str) -> Told:
    """Around the clock, with a break in each shift."""
    found = requirements(scenario, team, answered_within=60, share=0.8)
    forms = [Pattern(at * HOUR, 9 * HOUR, tuple(range(7)), 4 * HOUR, 30 * MINUTE) for at in range(0, 24, 3)]
    return tell_shifts(cover(found.people, forms, presence=found.presence), found)


def test_a_plan_for_a_desk_says_where_the_need_comes_from():
    """The target, the formula, and what was taken for granted: escalations, nights, breaks, shrinkage."""
    told = with_breaks(two_tiers({"teams.experts.shrinkage": "20 %"}), "experts")

    said = " ".join([*told.details, *told.warnings])
    assert "with whom 80 % of the tickets are taken up within 1 min, by Erlang C with the work" in said
    assert "Everybody counts for 80 % of the working time" in said
    assert "taken off twice" in said
    assert "100 % of the visits to experts are not the first of their ticket" in said
    assert "simulate the desk" in said
    assert "while experts is closed" not in said


def test_nights_and_impatience_are_said():
    """A desk with office hours; and one all of whose users give up."""
    closed = with_breaks(one_team(), "desk")
    impatient = with_breaks(from_shelf("textbook/daily-wave-impatient"), "desk")

    assert any("come while desk is closed" in warning for warning in closed.warnings)
    assert not any("taken off twice" in warning for warning in closed.warnings)
    assert "by Erlang A with the work" in impatient.details[0]


@pytest.mark.parametrize("told", [tell_shifts(plan()), tell_shifts(plan(3, presence=0.7))])
def test_every_figure_of_the_sentence_stands_in_a_table(told: Told):
    """So that it can be looked up."""
    assert set(re.findall(r"\d[\d,.]*\d|\d", told.sentence)) <= numbers(told)


def worked(**options: object) -> Roster:
    contract = options.pop("contract", Contract("full time", 40, 9))
    return roster({EARLY: options.pop("needed", [1] * 7)}, [contract], weeks=2, tolerance=1.0, **options)


def test_a_roster_is_told_with_its_weekends():
    """Two people; one is proved to be too few."""
    told = tell_roster(worked())

    assert told.sentence.startswith("2 people can work all shifts of 2 weeks; fewer cannot; everybody works on ")
    assert told.sentence.endswith("of the 2 weekends.")
    assert "at least 2 days off in every week and 11 h between two shifts" in told.details[0]
    assert set(re.findall(r"\d+", told.sentence.split(";")[0])) <= numbers(told)


def test_a_roster_without_weekends_says_so():
    """Weekdays only."""
    assert tell_roster(worked(needed=[1] * 5 + [0] * 2)).sentence.endswith("; nobody works at a weekend.")


def test_a_roster_that_might_be_smaller_is_not_called_the_smallest():
    """The search was not finished: the bound is told, and that it is one."""
    told = tell_roster(replace(worked(), least=1, gap=0.5))

    assert "at least 1 are needed, and whether so few can is not known" in told.sentence
    assert any("not finished" in warning for warning in told.warnings)


def test_empty_shifts_are_named():
    """Two people on two shifts a day: eight of twenty-eight stay empty."""
    told = tell_roster(worked(needed=[2] * 7, contract=Contract("full time", 40, 2)))

    assert told.sentence.startswith(
        "2 people cannot fill the shifts of 2 weeks within their contracts: 8 of 28 stay empty (early on "
    )
    assert told.sentence.endswith(" and others); at least 3 people are needed.")
    title, table = told.tables[0]
    assert title == "What could not be met"
    assert sum(table.values("missing")) == 8


def test_hours_that_are_missing_are_told():
    """All shifts are worked, but one contract is not filled."""
    told = tell_roster(replace(worked(), unmet=(Unmet("hours of full time 1", 12.0, "hours"),)))

    assert told.sentence == (
        "2 people can work all shifts of 2 weeks, but 1 person of them gets fewer hours than the contract promises."
    )


def test_unfair_weekends_are_a_warning():
    """One works on both weekends and the other on none."""
    made = worked()
    unfair = np.array([[0] * 14, [-1] * 14])

    told = tell_roster(replace(made, works=unfair))

    assert "everybody works on 0 to 2 of the 2 weekends" in told.sentence
    assert any("not shared evenly: the most that anybody works is 2 more" in warning for warning in told.warnings)
