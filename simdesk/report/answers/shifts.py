"""What a plan of shifts says: how many people, what it covers, and how far the best plan could be."""

from __future__ import annotations

import math
from functools import partial
from typing import Final

import numpy as np

from simdesk.durations import human
from simdesk.experiment.staffing.requirements import WEEKDAYS, Requirements, clock
from simdesk.experiment.staffing.shifts import ShiftPlan, told_hours
from simdesk.report.hours import staffing
from simdesk.report.panels import Panel, Sign
from simdesk.report.tables import Cell, Column, Table
from simdesk.report.told import Told
from simdesk.report.words import about

_LENGTHS: Final = {900: "quarter of an hour", 1800: "half hour", 3600: "hour", 2 * 3600: "two hours"}
_WORTH_A_WORD: Final = 0.02
"""Share of the visits from which an approximation is mentioned. [design]"""


UNTRIED: Final = "What is needed comes from a formula; simulate the desk with these shifts before you rely on it."
"""Said of a plan that nobody has simulated."""


def tell_shifts(plan: ShiftPlan, needed: Requirements | None = None) -> Told:
    """A plan in words, a figure and tables.

    Args:
        plan: what `cover` found.
        needed: where its requirement comes from, if it comes from a desk.
    """
    if not plan.required.any():
        return Told(f"Nobody is needed in any {_interval(plan)} of the week, so there is no shift to plan.")
    through_the_week = _through_the_week(plan)
    return Told(
        sentence=_sentence(plan),
        details=tuple(_details(plan, needed)),
        warnings=tuple(_warnings(plan, needed)),
        panels=(_panel(plan, through_the_week),),
        tables=(("Shifts", _shifts(plan)), ("The plan in numbers", _numbers(plan, needed))),
    )


def _sentence(plan: ShiftPlan) -> str:
    if not plan.forms:
        return (
            f"At this price of a gap nobody is worth employing: all {_number(plan.required_hours)} person-hours that "
            "are needed in a week stay uncovered."
        )
    who = _who(plan)
    if plan.uncovered_hours:
        at = tuple(int(place) for place in np.unravel_index(int(plan.uncovered.argmax()), plan.uncovered.shape))
        return (
            f"{who} cannot cover everything: {_number(plan.uncovered_hours)} of the {_number(plan.required_hours)} "
            f"person-hours that are needed in a week are missing, at most {_number(float(plan.uncovered[at]))} people "
            f"at once (first on {_hour(plan, *at)}); {_bound(plan)}."
        )
    return (
        f"{who} cover{'s' if plan.people == 1 else ''} every {_interval(plan)} of the week with "
        f"{_number(plan.paid_hours)} paid hours; {about(plan.surplus)} of the time they are there is more than needed; "
        f"{_bound(plan)}."
    )


def _who(plan: ShiftPlan) -> str:
    shifts = f"{len(plan.forms)} shift{'' if len(plan.forms) == 1 else 's'}"
    return f"{plan.people} {'person' if plan.people == 1 else 'people'} in {shifts}"


def _bound(plan: ShiftPlan) -> str:
    """What is proved about every other plan of these forms of shift, within the same limits."""
    limits = [f"at most {plan.most_people} people"] * (plan.most_people is not None)
    limits += [f"at most {plan.most_forms} of them in use"] * (plan.most_forms is not None)
    no_plan = f"no plan of these forms of shift{' with ' if limits else ''}{' and '.join(limits)}"
    if plan.is_best:
        return f"{no_plan} takes fewer {_unit(plan)}"
    return f"{no_plan} takes fewer than {_number(_floor(plan))} {_unit(plan)}"


def _unit(plan: ShiftPlan) -> str:
    """What a plan is to have as few of as possible."""
    if plan.uncovered_hours and plan.price_of_gaps is not None:
        return f"paid hours, if a missing person-hour counts for {plan.price_of_gaps:g} of them"
    return "paid hours" if _one_price(plan) else "paid hours, each counted at its price"


def _floor(plan: ShiftPlan) -> float:
    """The bound, rounded down, so that it stays one."""
    return math.floor(plan.bound * 10 + 1e-6) / 10


def _one_price(plan: ShiftPlan) -> bool:
    """Whether the cost is nothing but paid hours."""
    return math.isclose(plan.cost, plan.paid_hours, rel_tol=1e-9)


def _details(plan: ShiftPlan, needed: Requirements | None) -> list[str]:
    told = []
    if needed is not None:
        told.append(_target(needed))
    if plan.presence < 1:
        told.append(
            f"Everybody counts for {about(plan.presence)} of the working time, because of absence, meetings and other "
            "work; the cover is what is expected, and on some days fewer are there."
        )
    if _one_price(plan) and plan.relaxed < plan.bound - 0.05:
        told.append(
            f"If people could be divided, {_number(plan.relaxed)} paid hours would do; the rest is what whole people "
            "in whole shifts take."
        )
    return told


def _target(needed: Requirements) -> str:
    """What had to be reached, and by which formula."""
    if needed.answered_within is not None and needed.share is not None:
        aim = f"{about(needed.share)} of the tickets are taken up within {human(needed.answered_within)}"
    else:
        aim = f"at most {about(needed.delay_probability or 0.0)} of the tickets wait"
    rule = needed.rule
    if rule == "Erlang C" and needed.week.can_give_up > 0:
        rule += " (as if nobody gave up, which asks for more people)"
    return (
        f"Needed are the fewest people at their place in {needed.team} with whom {aim}, by {rule} "
        f"with the work that is in hand in each {_LENGTHS.get(needed.interval, human(needed.interval))}."
    )


def _warnings(plan: ShiftPlan, needed: Requirements | None) -> list[str]:
    told = []
    if not plan.is_best:
        told.append(
            "The search was stopped before it was proved that this plan is the best; another could save at most "
            f"{about(plan.gap)} of its cost."
        )
    if plan.presence < 1 and any(pattern.break_length for pattern, _ in plan.forms):
        told.append(
            "The shifts hold their breaks. If the team's shrinkage counts these breaks too, they are taken off twice; "
            "take them out of the shrinkage."
        )
    if needed is not None:
        told.append(UNTRIED)
        if needed.week.later >= _WORTH_A_WORD:
            told.append(
                f"{about(needed.week.later)} of the visits to {needed.team} are not the first of their ticket; they "
                "are taken to come in the same hours as first ones, and come somewhat later."
            )
        if needed.week.while_closed >= _WORTH_A_WORD:
            told.append(
                f"{about(needed.week.while_closed)} of the visits come while {needed.team} is closed; they wait until "
                "it opens, whoever is there, and are counted in the first hours after that."
            )
    return told


def _through_the_week(plan: ShiftPlan) -> Table:
    """Every interval in which anybody is needed or there."""
    columns = (
        Column("hour", "From"), Column("required", "Needed", "number"), Column("present", "There", "number"),
        Column("surplus", "More than needed", "number"), Column("missing", "Missing", "number"),
    )  # fmt: skip
    rows: list[tuple[Cell, ...]] = []
    for day, at in np.ndindex(*plan.required.shape):
        need, there = float(plan.required[day, at]), float(plan.present[day, at])
        if need > 0 or there > 0:
            missing = float(plan.uncovered[day, at])
            rows.append((_hour(plan, day, at), need, there, max(there - need, 0.0), missing))
    return Table(columns, tuple(rows))


def _panel(plan: ShiftPlan, table: Table) -> Panel:
    signs = [Sign("■", "band", "there"), Sign("┅", "ink", "needed")]
    if plan.uncovered_hours:
        signs.append(Sign("■", "warn", "missing", f"{_number(plan.uncovered_hours)} person-hours"))
    caption = (
        f"In a week {_number(plan.required_hours)} person-hours are needed and {_number(plan.present_hours)} are there."
    )
    return Panel("People needed and people there", caption, partial(staffing, table), table, tuple(signs), wide=True)


def _shifts(plan: ShiftPlan) -> Table:
    columns = (
        Column("days", "Days"), Column("hours", "Hours"), Column("people", "People", "number"),
        Column("paid", "Paid hours a week", "number"),
    )  # fmt: skip
    rows: list[tuple[Cell, ...]] = [
        (pattern.days_text, told_hours(pattern), str(count), pattern.paid_hours * count)
        for pattern, count in plan.forms
    ]
    return Table(columns, (*rows, ("all", "", str(plan.people), plan.paid_hours)))


def _numbers(plan: ShiftPlan, needed: Requirements | None) -> Table:
    """Every figure of the sentences."""
    rows = [
        ("People", str(plan.people)),
        ("Shifts in use", str(len(plan.forms))),
        ("Forms of shift to choose from", str(plan.offered)),
        ("Paid hours a week", _number(plan.paid_hours)),
        ("Paid hours a week at their prices, with gaps", _number(plan.cost)),
        ("No plan takes fewer than", _number(_floor(plan))),
        ("If people could be divided", _number(plan.relaxed)),
        ("Another plan could save at most", about(0.0 if plan.is_best else plan.gap)),
        ("Person-hours needed", _number(plan.required_hours)),
        ("Person-hours there", _number(plan.present_hours)),
        ("Person-hours missing", _number(plan.uncovered_hours)),
        ("Most people missing at once", _number(float(plan.uncovered.max()))),
        ("Time there that is more than needed", about(plan.surplus)),
        ("Working time that counts", about(plan.presence)),
    ]
    if plan.price_of_gaps is not None:
        rows.append(("Paid hours that a missing person-hour counts for", f"{plan.price_of_gaps:g}"))
    if needed is not None:
        rows += [
            ("Visits a week", _number(needed.week.visits)),
            ("Mean touch time of a visit", human(needed.week.work)),
            ("Visits that are not the first", about(needed.week.later)),
            ("Visits that come while closed", about(needed.week.while_closed)),
        ]
    return Table((Column("what", "What"), Column("value", "Value")), tuple(rows))


def _interval(plan: ShiftPlan) -> str:
    return _LENGTHS.get(plan.interval, human(plan.interval))


def _hour(plan: ShiftPlan, day: int, at: int) -> str:
    return f"{WEEKDAYS[day]} {clock(at * plan.interval)}"


def _number(amount: float) -> str:
    """Hours or people: a decimal only where there is one."""
    return f"{amount:,.1f}".removesuffix(".0")
