"""Rosters: every rule is checked on every one, and the fewest people are those that counting allows."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simdesk.durations import DAY, HOUR
from simdesk.errors import RunError
from simdesk.experiment.staffing.assignment import OFF
from simdesk.experiment.staffing.contracts import Contract, Duty
from simdesk.experiment.staffing.patterns import Pattern
from simdesk.experiment.staffing.rosters import Roster, duties_of, roster
from simdesk.experiment.staffing.shifts import cover

EARLY = Duty("early", 6 * HOUR, 14 * HOUR, 8 * HOUR)
LATE = Duty("late", 14 * HOUR, 22 * HOUR, 8 * HOUR)
NIGHT = Duty("night", 22 * HOUR, 30 * HOUR, 8 * HOUR)
FULL = Contract("full time", 40, 30)


def check(made: Roster) -> None:
    """Every rule, recomputed day by day from who works what."""
    rules = made.rules
    for person, contract in enumerate(made.contracts):
        days = made.works[person].tolist()
        spells = [
            (day * DAY + made.duties[number].start, day * DAY + made.duties[number].end)
            for day, number in enumerate(days)
            if number != OFF
        ]
        assert all(begin - end >= rules.rest for (_, end), (begin, _) in pairwise(spells))
        for week in range(made.weeks):
            worked = [made.duties[number] for number in days[7 * week : 7 * week + 7] if number != OFF]
            assert len(worked) <= min(contract.days, 7 - rules.days_off)
            assert sum(duty.paid for duty in worked) <= contract.hours * HOUR
        if not made.unmet:
            total = sum(made.duties[number].paid for number in days if number != OFF) / HOUR
            assert total >= (1 - rules.tolerance) * contract.hours * made.weeks - 1e-6
    if not made.unmet:
        for number in range(len(made.duties)):
            assert ((made.works == number).sum(axis=0) >= made.needed[number]).all()
    assert made.least <= made.people or made.unmet


def test_twenty_people_for_four_weeks_round_the_clock():
    """Early, late and night on every day, 412 shifts: the fewest people who can, weekends shared to within one."""
    needed = {EARLY: [6, 6, 6, 6, 6, 5, 5], LATE: [5, 5, 5, 5, 5, 5, 5], NIGHT: [4, 4, 4, 4, 4, 4, 4]}

    made = roster(needed, [FULL], weeks=4, time_limit=120)

    check(made)
    assert made.unmet == ()
    assert made.least == math.ceil((40 + 35 + 28) / 5)  # shifts a week, five to each
    assert made.people == made.least
    assert made.spread <= 1


def test_one_at_a_time_takes_two():
    """Somebody every day and two days off each: one is too few, two share the weekends."""
    made = roster({EARLY: [1] * 7}, [FULL], weeks=2, tolerance=1.0)

    check(made)
    assert (made.people, made.least, made.gap) == (2, 2, 0)


def test_a_late_shift_before_an_early_one_takes_more_people():
    """Late on Monday and early on Tuesday lie eight hours apart: with a rest of eleven nobody works both."""
    needed = {EARLY: [0, 1, 0, 0, 0, 0, 0], LATE: [1, 0, 0, 0, 0, 0, 0]}

    rested, tired = (
        roster(needed, [FULL], weeks=1, tolerance=1.0, rest=hours * HOUR, time_limit=20) for hours in (11, 8)
    )

    assert (rested.people, tired.people) == (2, 1)
    for made in (rested, tired):
        check(made)


def test_contracts_limit_hours_and_days():
    """Part-timers of 24 hours work three shifts a week; with at most one full-timer the rest is theirs."""
    full, half = Contract("full", 40, 1), Contract("half", 24, 9, days=4)

    made = roster({EARLY: [2] * 5 + [0] * 2}, [full, half], weeks=2)

    check(made)
    assert sorted(contract.name for contract in made.contracts) == ["full", "half", "half"]  # 5 + 3 + 3 ≥ 10
    assert made.names == ["full 1", "half 1", "half 2"]
    assert made.hours.max() <= 40


def test_weekends_are_shared():
    """One person on both days of four weekends and four on weekdays: nobody works two weekends more than another."""
    made = roster({EARLY: [2, 2, 2, 2, 2, 1, 1]}, [FULL], weeks=4, tolerance=0.5)

    check(made)
    assert made.people == 3
    assert made.spread <= 1
    assert made.weekends.sum() >= 4


@settings(max_examples=15, deadline=None)
@given(week=st.lists(st.integers(0, 4), min_size=7, max_size=7).filter(any), most_days=st.integers(1, 5))
def test_one_kind_of_shift_takes_what_counting_says(week: Sequence[int], most_days: int):
    """The busiest day, and the shifts of the week over the days of a person: with one kind of shift that is enough
    (Gale and Ryser: rows and columns that can be filled greedily)."""
    contract = Contract("some", 8.0 * most_days, 30, most_days)

    made = roster({EARLY: week}, [contract], weeks=1, tolerance=1.0)

    check(made)
    assert made.people == made.least == max(*week, math.ceil(sum(week) / most_days))


def test_too_few_people_leave_shifts_empty_and_named():
    """Two people fill ten of fourteen shifts; three would do."""
    made = roster({EARLY: [2] * 7}, [Contract("full time", 40, 2)], weeks=1)

    check(made)
    assert sum(one.missing for one in made.unmet) == 4
    assert {one.unit for one in made.unmet} == {"people"}
    assert all(one.what.startswith("early on ") and one.what.endswith(" of week 1") for one in made.unmet)
    assert (made.people, made.least) == (2, 3)


def test_hours_that_rest_forbids_are_named():
    """Twenty hours of rest after early shifts leave every other day: four of the five shifts of the contract."""
    needed = {EARLY: [3] * 7}

    made = roster(needed, [Contract("full time", 40, 4, days=5)], weeks=1, rest=20 * HOUR, tolerance=0.0)

    check(made)
    assert {one.unit for one in made.unmet} == {"hours", "people"}


def test_what_counting_cannot_see_is_proved_by_trying():
    """With 41 hours of rest one works every third day: two are too few for one shift a day, three are enough."""
    alone = roster({EARLY: [1] * 7}, [FULL], weeks=1, rest=41 * HOUR, tolerance=1.0)
    mixed = roster({EARLY: [1] * 7}, [FULL, Contract("half", 24, 9)], weeks=1, rest=41 * HOUR, tolerance=1.0)

    for made in (alone, mixed):
        check(made)
        assert made.people == 3
    assert (alone.least, alone.gap) == (3, 0)
    assert (mixed.least, mixed.gap) == (2, pytest.approx(1 / 3))  # two of another mix were not tried


def test_a_plan_becomes_shifts_of_each_weekday():
    """Forms that differ only in their break are one shift; days are counted."""
    week, weekend = (0, 1, 2, 3, 4), (5, 6)
    forms = [Pattern(8 * HOUR, 9 * HOUR, week, break_after=after * HOUR, break_length=HOUR) for after in (3, 5)] + [
        Pattern(8 * HOUR, 8 * HOUR, weekend)
    ]
    plan = cover(sum(form.present(24) for form in forms), forms)

    found = {duty.name: people for duty, people in duties_of(plan).items()}

    assert found == {
        "08:00-16:00": (0, 0, 0, 0, 0, 1, 1),
        "08:00-17:00 with 60 min unpaid": (2, 2, 2, 2, 2, 0, 0),
    }
    check(roster(plan, [FULL], weeks=2, tolerance=0.8))


def test_needs_can_differ_from_week_to_week():
    """Two weeks day by day: nobody in the first, three on each weekday of the second."""
    made = roster({EARLY: [0] * 7 + [3] * 5 + [0] * 2}, [FULL], weeks=2, tolerance=0.5)

    check(made)
    assert (made.present[0, 7:12] >= 3).all()


def test_the_table_has_a_row_for_each_person_and_day():
    """And its hours are those of the roster."""
    made = roster({EARLY: [1] * 7}, [FULL], weeks=1, tolerance=1.0)

    table = made.table()

    assert len(table) == made.people * 7
    assert table["paid_hours"].sum() == made.hours.sum()
    assert (table["duty"] == "early").sum() == np.count_nonzero(made.works != OFF)


def test_a_contract_that_no_shifts_can_fill_is_refused():
    """Four hours on five days are twenty, and the contract has forty."""
    short = Duty("short", 8 * HOUR, 12 * HOUR, 4 * HOUR)

    with pytest.raises(RunError, match="at most 20 of the 40 hours of 'full time'"):
        roster({short: [1] * 7}, [FULL])


@pytest.mark.parametrize(
    ("needed", "contracts", "told"),
    [
        ({}, [FULL], "at least one shift|one week and one shift"),
        ({EARLY: [1, 1]}, [FULL], "7 weekdays or for all 28 days"),
        ({EARLY: [1] * 7}, [], "nobody to be assigned"),
        ({EARLY: [1] * 7}, [Contract("nobody", 40, 0)], "nobody to be assigned"),
    ],
)
def test_what_makes_no_sense_is_refused(needed: dict[Duty, list[int]], contracts: list[Contract], told: str):
    """With what to state instead."""
    with pytest.raises(RunError, match=told):
        roster(needed, contracts)


def test_terms_that_nobody_can_work_are_refused():
    """Shifts within a day, hours above nothing, days off in a week of seven."""
    with pytest.raises(RunError):
        Duty("long", 0, 25 * HOUR, HOUR)
    with pytest.raises(RunError):
        Duty("unpaid", 0, HOUR, 0)
    with pytest.raises(RunError):
        Contract("none", 0, 1)
    with pytest.raises(RunError):
        roster({EARLY: [1] * 7}, [FULL], days_off=7)
