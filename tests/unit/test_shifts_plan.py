"""Shifts that cover what is needed: problems whose best answer is known, brute force on small ones, and back."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simdesk.durations import DAY, HOUR, MINUTE
from simdesk.errors import RunError
from simdesk.experiment.lab import Lab
from simdesk.experiment.staffing.patterns import Pattern, patterns, runs_of_days
from simdesk.experiment.staffing.shifts import ShiftPlan, as_shifts, cover
from simdesk.scenario.loading import loads, vary
from written import from_shelf, one_team

QUARTERS = 4
"""Intervals of six hours, in the small problems."""
DAILY = tuple(range(7))


def every_day(*people: float) -> np.ndarray:
    """The same need on each day of the week."""
    return np.tile(np.array(people, float), (7, 1))


def day_shift(start: int, hours: int, **more: object) -> Pattern:
    return Pattern(start * HOUR, hours * HOUR, DAILY, **more)


def test_the_post_office_needs_twenty_three():
    """Five days in a row, then two off: 23 clerks; 22 1/3 if clerks could be divided (Winston, Operations Research)."""
    needed = np.array([[17], [13], [15], [19], [14], [16], [11]])
    forms = patterns(earliest=0, latest=DAY, lengths=(DAY,), break_after=(), days=runs_of_days(5))

    plan = cover(needed, forms)

    assert plan.people == 23
    assert plan.is_best
    assert plan.relaxed == pytest.approx(120 * 67 / 3)
    assert plan.bound == plan.cost == pytest.approx(120 * 23)
    assert plan.surplus == pytest.approx(1 - 105 / 115)


def test_two_short_shifts_are_cheaper_than_a_long_one():
    """One is needed in the morning and in the evening: two quarters are paid, not three."""
    plan = cover(every_day(1, 0, 1, 0), [day_shift(0, 6), day_shift(12, 6), day_shift(0, 18)])

    assert [(pattern.start // HOUR, count) for pattern, count in plan.forms] == [(0, 1), (12, 1)]
    assert (plan.paid_hours, plan.surplus, plan.uncovered_hours) == (84, 0, 0)


def test_a_break_takes_its_owner_away():
    """Somebody must be there all day: the break of each is covered by the other."""
    forms = [day_shift(6, 12, break_after=after * HOUR, break_length=HOUR) for after in (4, 6)]

    plan = cover(every_day(*[0] * 6, *[1] * 12, *[0] * 6), forms)

    assert plan.people == 2
    assert plan.present[0, 10] == plan.present[0, 12] == 1
    assert plan.paid_hours == 2 * 7 * 11


def test_shrinkage_asks_for_more_people():
    """Two at their place take three on the roster when each is there for 70 % of the time."""
    plan = cover(every_day(2, 2, 2, 2), [day_shift(0, 24)], presence=0.7)

    assert plan.people == 3
    assert plan.present == pytest.approx(np.full((7, 4), 2.1))


def test_a_night_shift_reaches_into_the_next_day():
    """From Sunday 22:00 to Monday 06:00: the week is a circle."""
    night = Pattern(22 * HOUR, 8 * HOUR, (6,))

    there = night.present(24)

    assert np.flatnonzero(there[6]).tolist() == [22, 23]
    assert np.flatnonzero(there[0]).tolist() == [0, 1, 2, 3, 4, 5]
    assert there.sum() == 8


def test_a_price_makes_weekends_dearer():
    """A week of five days with Saturday at the price of one and a half is still cheaper than a person for a day."""
    week, saturday = Pattern(0, DAY, (0, 1, 2, 3, 4)), Pattern(0, DAY, (5,), price=1.5)
    needed = np.array([[1], [1], [1], [1], [1], [1], [0]])

    plan = cover(needed, [week, saturday, Pattern(0, DAY, DAILY)])

    assert (plan.people, plan.paid_hours, plan.cost) == (2, 144, 120 + 36)


def test_a_gap_is_left_where_it_is_cheaper_than_a_shift():
    """An hour is needed and the shortest shift has six: worth it at seven hours for a missing one, not at five."""
    needed = every_day(*[1] + [0] * 23)

    dear, cheap = (cover(needed, [day_shift(0, 6)], price_of_gaps=price) for price in (7, 5))

    assert (dear.people, dear.uncovered_hours, dear.cost) == (1, 0, 42)
    assert (cheap.people, cheap.uncovered_hours, cheap.cost) == (0, 7, 35)


def test_a_plan_can_be_kept_simple():
    """Three shifts fit the day exactly; with one form only the long one covers it."""
    forms = [day_shift(0, 6), day_shift(6, 6), day_shift(12, 6), day_shift(0, 18)]
    needed = every_day(1, 3, 1, 0)

    exact, simple = cover(needed, forms), cover(needed, forms, most_forms=1)

    assert exact.paid_hours == 7 * 30
    assert (len(simple.forms), simple.people, simple.paid_hours) == (1, 3, 7 * 54)


def test_nobody_works_where_nobody_is_needed():
    """An empty week costs nothing, and that is proved."""
    plan = cover(np.zeros((7, 24)), [day_shift(0, 8)])

    assert (plan.people, plan.cost, plan.bound, plan.gap, plan.surplus) == (0, 0, 0, 0, 0)


SMALL_FORMS = (day_shift(0, 12), day_shift(6, 12), day_shift(0, 18), day_shift(12, 6))
needs = st.lists(st.integers(0, 3), min_size=QUARTERS, max_size=QUARTERS)


@settings(max_examples=40, deadline=None)
@given(
    weekdays=needs,
    weekend=needs,
    forms=st.lists(st.sampled_from(SMALL_FORMS), min_size=1, max_size=4, unique=True),
    presence=st.sampled_from([1.0, 0.75]),
)
def test_everything_is_covered_and_nothing_is_cheaper(
    weekdays: list[int], weekend: list[int], forms: list[Pattern], presence: float
):
    """Against every way of giving up to six people to each form."""
    needed = np.array([weekdays] * 5 + [weekend] * 2, float)
    there = np.array([form.present(QUARTERS) for form in forms]) * presence
    if ((needed > 0) & (there.max(axis=0) == 0)).any():
        with pytest.raises(RunError, match="no form of shift is there"):
            cover(needed, forms, presence=presence)
        return

    plan = cover(needed, forms, presence=presence)

    assert (plan.present >= needed - 1e-6).all()
    assert plan.relaxed <= plan.bound + 1e-6
    assert plan.bound <= plan.cost + 1e-9
    costs = [
        sum(form.cost * count for form, count in zip(forms, counts, strict=True))
        for counts in product(range(5), repeat=len(forms))
        if (np.tensordot(np.array(counts, float), there, 1) >= needed - 1e-9).all()
    ]
    assert plan.cost == pytest.approx(min(costs))
    assert plan.is_best


def test_every_form_of_shift_lies_within_the_hours():
    """Four hours without a break, eight with one of two breaks, every hour, on two sets of days."""
    forms = patterns(
        earliest=8 * HOUR, latest=18 * HOUR, lengths=(4 * HOUR, 8 * HOUR), break_after=(4 * HOUR, 5 * HOUR),
        break_length=HOUR, step=HOUR, days=("Mon-Fri", "Sat-Sun"),
    )  # fmt: skip

    assert len(forms) == 2 * (7 + 2 * 2)  # starts 8 to 14 without a break, 8 and 9 with
    assert all(form.start >= 8 * HOUR and form.start + form.length <= 18 * HOUR for form in forms)
    assert {form.paid for form in forms} == {4 * HOUR, 8 * HOUR}
    assert {form.break_length for form in forms if form.paid == 4 * HOUR} == {0}


@pytest.mark.parametrize(
    ("days", "text"),
    [((0, 1, 2, 3, 4), "Mon-Fri"), ((5, 6, 0), "Sat-Mon"), ((0, 2), "Mon, Wed"), (DAILY, "daily"), ((6,), "Sun")],
)
def test_days_are_written_as_a_person_would(days: tuple[int, ...], text: str):
    """And read back they are the same days."""
    from simdesk.calendars import parse_weekdays

    assert Pattern(0, HOUR, days).days_text == text
    assert parse_weekdays(text) == frozenset(days)


def presence_by_hour(plan: ShiftPlan, changes: dict[str, object]) -> np.ndarray:
    """Mean number of people there in each hour of the week, of a desk that works a plan, as simulated."""
    text = """
run: {start: 2026-01-05, length: 3 weeks, cool_down: 1 day, replications: 1}
demand: {contacts: 1 per day, profile: flat, types: {call: {share: 100 %, work: {constant: {value: 1 min}}}}}
teams: {desk: {agents: 1}}
"""
    scenario = vary(loads(text), changes)
    with Lab(workers=1) as lab:
        (sheet,) = lab.replications(vary(scenario, as_shifts(plan, scenario, "desk"))).sheets
    return sheet.series["present_by_hour", "desk"].reshape(7, 24) / (3 * HOUR)


def test_the_simulated_desk_works_the_plan():
    """Hour by hour the people there are those of the plan, breaks, nights and weekends included."""
    forms = [
        Pattern(8 * HOUR, 9 * HOUR, (0, 1, 2, 3, 4), break_after=4 * HOUR, break_length=30 * MINUTE),
        Pattern(8 * HOUR, 9 * HOUR, (0, 1, 2, 3, 4), break_after=5 * HOUR, break_length=30 * MINUTE),
        Pattern(20 * HOUR, 10 * HOUR, (1, 3, 5)),
        Pattern(10 * HOUR, 4 * HOUR, (5, 6)),
    ]
    needed = sum(form.present(24) * count for form, count in zip(forms, (2, 1, 1, 2), strict=True))
    plan = cover(needed, forms)

    there = presence_by_hour(plan, {})

    assert plan.people == 6
    assert there == pytest.approx(plan.present)


def test_shifts_that_a_team_had_are_left_without_people():
    """The plan replaces them, in one change, and what stays of them is only their names."""
    scenario = from_shelf("service-desk")
    plan = cover(every_day(*[0] * 8, *[2] * 8, *[0] * 8), [Pattern(8 * HOUR, 8 * HOUR, DAILY)])

    team = vary(scenario, as_shifts(plan, scenario, "first_line")).teams["first_line"]

    assert team.headcount == 2
    assert set(team.shift_of_each()) == {"daily-0800-1600"}
    assert team.shrinkage == scenario.teams["first_line"].shrinkage


def test_a_plan_can_be_put_in_place_of_another():
    """Also where both have a shift of the same name."""
    one, two = (cover(every_day(people, people), [day_shift(0, 24)]) for people in (1, 2))
    scenario = one_team()

    first = vary(scenario, as_shifts(one, scenario, "desk"))
    second = vary(first, as_shifts(two, first, "desk"))

    assert (first.teams["desk"].headcount, second.teams["desk"].headcount) == (1, 2)


def test_a_break_after_midnight_cannot_be_written():
    """The hours of a day end at midnight, and a part that begins later belongs to another day."""
    night = Pattern(22 * HOUR, 8 * HOUR, DAILY, break_after=4 * HOUR, break_length=HOUR)
    plan = cover(every_day(1, 0, 0, 0), [night], price_of_gaps=100)

    with pytest.raises(RunError, match="22:00 ends after midnight"):
        as_shifts(plan, one_team(), "desk")


def test_the_table_adds_up():
    """People and paid hours of all forms are those of the plan."""
    plan = cover(every_day(1, 3, 1, 0), [day_shift(0, 6), day_shift(6, 6), day_shift(12, 6)])

    table = plan.table()

    assert (table["people"].sum(), table["paid_hours"].sum()) == (plan.people, plan.paid_hours)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"most_people": 1}, "most_people: 1 is too few to cover what is needed; these forms of shift take at least 2"),
        ({"most_forms": 0}, "no plan with 0 forms"),
        ({"presence": 0.0}, "above 0 and at most 1"),
        ({"price_of_gaps": -1.0}, "at least 0"),
    ],
)
def test_what_cannot_be_is_told_with_what_could(options: dict[str, float], told: str):
    """Two are needed all day."""
    with pytest.raises(RunError, match=told):
        cover(every_day(2, 2, 2, 2), [day_shift(0, 24)], **options)


def test_a_time_that_nobody_can_cover_is_named():
    """The first such time, and how many more there are."""
    with pytest.raises(RunError, match="no form of shift is there on Mon 18:00-24:00 and at 6 other times, when 1"):
        cover(every_day(1, 1, 1, 1), [day_shift(0, 18)])


@pytest.mark.parametrize("shape", [(7, 7), (5, 24), (7,)])
def test_a_week_has_seven_days_of_equal_intervals(shape: tuple[int, ...]):
    """Anything else is refused."""
    with pytest.raises(RunError, match="by weekday and interval"):
        cover(np.ones(shape), [day_shift(0, 24)])


@pytest.mark.parametrize(
    "wrong",
    [
        {"start": 25 * HOUR, "length": HOUR},
        {"start": 0, "length": 0},
        {"start": 0, "length": HOUR, "days": ()},
        {"start": 0, "length": HOUR, "days": (7,)},
        {"start": 0, "length": HOUR, "break_after": 50 * MINUTE, "break_length": 20 * MINUTE},
        {"start": 0, "length": HOUR, "price": 0.0},
    ],
)
def test_a_form_that_nobody_can_work_is_refused(wrong: dict[str, object]):
    """A shift begins on its day, has a length, days, a price, and its break inside."""
    with pytest.raises(RunError):
        Pattern(**wrong)


def test_no_shift_fits_into_too_few_hours():
    """The message names the hours."""
    with pytest.raises(RunError, match="between 08:00 and 12:00"):
        patterns(earliest=8 * HOUR, latest=12 * HOUR)
