"""What people cost and can do, the least that can serve all work, and the first guess: worked out by hand."""

from __future__ import annotations

import pytest

from simdesk.durations import MONTH, WEEK
from simdesk.experiment.lab import Lab
from simdesk.experiment.sheet import Key
from simdesk.experiment.staffing.start import Cut, Plan, Workforce, suited_waiting, workforce
from simdesk.queueing import erlang_c
from simdesk.scenario.loading import vary
from simdesk.scenario.model import Scenario
from written import one_team, two_tiers

MONTHLY = MONTH / WEEK
"""Weeks in a month of 30.4 days."""


def helping(first: int, second: int) -> Scenario:
    """Two teams, 116.7 and 140 hours of work a week; the second also serves the first one's queue."""
    return two_tiers(
        {
            "teams.desk": {"agents": first, "cost": "30 USD per hour"},
            "teams.experts": {"agents": second, "cost": "40 USD per hour", "also_serves": ["desk"]},
        }
    )


def people(scenario: Scenario) -> Workforce:
    return workforce(scenario, list(scenario.teams))


def test_a_person_costs_his_paid_hours():
    """45 hours a week at 40 an hour, breaks and absences included; what he can do is less."""
    shrinkage = {"teams.desk.shrinkage": {"absent": 0.2, "breaks": 0.1}, "teams.desk.at_shift_end": "park"}
    desk = one_team({"teams.desk.cost": "40 USD per hour", **shrinkage})

    staff = people(desk)

    assert staff.price == pytest.approx([45 * 40 * MONTHLY])
    assert staff.able == pytest.approx([45 * 0.8 * 0.9])
    assert staff.opened == pytest.approx([45])
    assert staff.cost((5,)) == pytest.approx(5 * 45 * 40 * MONTHLY)


def test_the_cost_of_a_plan_is_the_cost_that_is_simulated():
    """The same number as the measure of what staff cost, for shifts of the same length and a team not asked about."""
    shifts = {"early": {"share": 0.5, "hours": "08:00-14:00"}, "late": {"share": 0.5, "hours": "12:00-18:00"}}
    desk = vary(helping(3, 4), {"teams.experts.calendar": "always", "teams.experts.shifts": shifts})
    plan: Plan = (5,)

    with Lab(workers=1) as lab:
        runs = lab.replications(vary(desk, {"teams.desk.agents": 5}), 2, wanted=[Key("staff_cost")])

    assert workforce(desk, ["desk"]).cost(plan) == pytest.approx(runs.estimate(Key("staff_cost")).value)


def test_without_prices_people_are_counted():
    """All of the desk."""
    staff = people(two_tiers())

    assert not staff.priced
    assert staff.cost((4, 5)) == 9


def test_people_of_one_team_may_differ_in_hours():
    """Half the days for one half of a team: each counts as the mean, and it is said."""
    shifts = {
        "all": {"share": 0.5, "hours": "08:00-16:00"},
        "two": {"share": 0.5, "hours": "08:00-16:00", "days": "Mon-Tue"},
    }
    desk = one_team({"teams.desk.shifts": shifts, "teams.desk.cost": "10 USD per hour"})

    staff = people(desk)

    assert staff.uneven
    assert staff.price == pytest.approx([10 * (40 + 16) / 2 * MONTHLY])


@pytest.mark.parametrize(("hours_of_work", "needed"), [(44.9, 1), (45.0, 2), (89.0, 2), (90.1, 3)])
def test_a_team_alone_needs_more_hours_than_it_is_asked_for(hours_of_work: float, needed: int):
    """People of 45 hours; at exactly all they can do, the queue has no long run."""
    hour = {"constant": {"value": "60 min"}}
    work = {"demand.types.question.work": hour, "demand.types.fault.work": hour, "teams.desk.at_shift_end": "park"}
    desk = one_team({"demand.contacts": f"{hours_of_work} per week", **work})

    staff = people(desk)

    assert staff.cheapest((0,), (9,)) == (needed,)
    assert not staff.can_serve((needed - 1,))


def test_teams_that_help_share_the_load():
    """116.7 hours at 30 and 140 at 40, people of 168: one of each would do, two cheap ones alone would not."""
    staff = people(helping(1, 1))

    assert staff.offered == pytest.approx([700 * 10 / 60, 700 * 0.3 * 40 / 60])
    assert staff.cheapest((0, 0), (9, 9)) == (1, 1)
    assert not staff.can_serve((2, 0))  # nobody serves the experts' queue
    assert staff.can_serve((0, 2))
    assert staff.cheapest((0, 0), (0, 9)) == (0, 2)


def test_where_nobody_can_do_the_work_there_is_no_plan():
    """Neither within limits that are too small, nor if a team that is not asked about cannot keep up."""
    assert people(two_tiers()).cheapest((0, 0), (9, 0)) is None
    assert workforce(two_tiers({"teams.experts.agents": 0}), ["desk"]).cheapest((0,), (9,)) is None


def test_a_cut_is_obeyed():
    """Two dear people count as three cheap ones; six are wanted beyond the least."""
    staff = people(helping(1, 1))

    found = staff.cheapest((0, 0), (9, 9), [Cut((1.0, 1.5), 7.0)])

    assert found == (1, 4)  # 1 + 6 = 7 for 30 + 160; six cheap and one dear would be 7.5 for 220


def test_of_two_plans_with_one_price_the_smaller_is_preferred():
    """Three at 20 cost what two at 30 cost."""
    desk = vary(helping(1, 1), {"teams.desk.cost": "20 USD per hour", "teams.experts.cost": "30 USD per hour"})

    assert people(desk).cheapest((0, 1), (9, 9), [Cut((2.0, 3.0), 9.0)]) == (0, 3)


def test_who_may_give_up_need_not_be_served():
    """Half of the first team's tickets have patience; nobody gives up further on."""
    limits = {"callers": {"when": {"channel": "phone"}, "gives_up_after": {"exponential": {"mean": "5 min"}}}}
    desk = two_tiers({"patience": limits, "demand.channels": {"phone": 0.5, "email": 0.5}})

    staff = people(desk)

    assert staff.due == pytest.approx([staff.offered[0] / 2, staff.offered[1]])


def test_the_first_guess_is_that_of_erlang():
    """The least number of people with whom no more than so many wait, and half as many again if a third is away."""
    desk = two_tiers({"demand.contacts": "60 per hour", "demand.types.fault.resolves": {"tier_1": "100 %"}})
    load = 60 * 10 / 60

    (guess, nobody), (thinner, _) = (
        people(vary(desk, {"teams.desk.shrinkage": shrinkage})).guess(0.2)
        for shrinkage in ({"absent": 0.0, "breaks": 0.0}, {"absent": 1 / 3, "breaks": 0.0})
    )

    assert nobody == 0
    assert erlang_c(load, 1, agents=guess).p_wait <= 0.2 < erlang_c(load, 1, agents=guess - 1).p_wait
    assert thinner == -(-guess * 3 // 2)


@pytest.mark.parametrize(
    ("shares", "waiting"), [({}, 0.3), ({"a": 0.8, "b": 0.7}, 0.2), ({"a": 0.99}, 0.05), ({"a": 0.2}, 0.5)]
)
def test_a_stricter_share_lets_fewer_wait(shares: dict[str, float], waiting: float):
    """Within reason."""
    assert suited_waiting(shares) == pytest.approx(waiting)
