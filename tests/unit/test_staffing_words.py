"""What is said of a staffing: certified, already there, cheaper or dearer than today, not certified, out of reach."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from simdesk.experiment.estimate import Estimate
from simdesk.experiment.staffing.certificate import Certificate, Proof
from simdesk.experiment.staffing.plans import Goal, Margin, Visit, goals_of
from simdesk.experiment.staffing.search import Staffing
from simdesk.experiment.staffing.start import Plan, Workforce, workforce
from simdesk.report.answers.staffing import people_of, tell_staffing
from simdesk.scenario.loading import loads, vary
from simdesk.scenario.model import Scenario

DESK = loads("""title: Two teams
money: {currency: USD}
demand:
  contacts: 60 per day
  profile: flat
  types: {call: {share: 100 %, work: {constant: {value: 20 min}}, resolves: {tier_1: 50 %}}}
teams:
  first: {agents: 4, cost: 10 USD per hour, escalates_to: second}
  second: {tier: 2, agents: 3, cost: 20 USD per hour}
targets:
  in-time: {measure: response_sla, at_least: 90 %}
  wait: {measure: first_wait, at_most: 10 min}
""")
HOURS = 24 * 365.25 / 12
NOTHING = Estimate(0.0, 0.0, 0.0, 200)


def visit(staff: Workforce, goals: tuple[Goal, ...], plan: Plan, share: float, half: float = 0.01) -> Visit:
    """A plan whose first target was at a share, and whose wait was five minutes."""
    found = (Estimate(share, share - half, share + half, 20), Estimate(300.0, 280.0, 320.0, 20))
    margins: tuple[Margin, ...] = tuple(goal.margin(one) for goal, one in zip(goals, found, strict=True))
    return Visit(plan, staff.cost(plan), margins, 20, tuple(margin.relative for margin in margins))


def result(
    plan: Plan = (3, 3),
    low: float = 0.92,
    *,
    today: float = 0.97,
    ceilings: Any = None,
    desk: Scenario = DESK,
    **changes: Any,
) -> Staffing:
    """An answer whose first target is shown to be kept to some share, beside today's 4 + 3 people."""
    staff, goals = workforce(desk, ["first", "second"]), goals_of(desk)
    proofs = (
        Proof(goals[0], Estimate(low + 0.01, low, low + 0.02, 200), 0.9875),
        Proof(goals[1], Estimate(310.0, 300.0, 320.0, 200), 0.9875),
    )
    now = visit(staff, goals, (4, 3), today, 0.02)
    miss, second = visit(staff, goals, (2, 3), 0.85), visit(staff, goals, (3, 4), 0.99)
    chosen = visit(staff, goals, plan, low + 0.01)
    answer = Staffing(
        scenario=desk,
        staff=staff,
        issued=Certificate(plan, 1, proofs, NOTHING, NOTHING, ceilings or {}),
        out_of_reach=(),
        most=(20, 20),
        lower_bound=(1, 1),
        start=(3, 2),
        today=now,
        second_best=second,
        near_miss=miss,
        refused=(),
        complete=True,
        visited=(miss, chosen, now, second) if plan != now.plan else (miss, now, second),
        certifying=200,
        confidence=0.95,
    )
    return replace(answer, **changes)


def test_the_cheapest_staffing_is_told_with_its_certificate():
    """Ninety hours' pay an hour, 730.5 hours a month."""
    told = tell_staffing(result())

    assert told.sentence == (
        "The cheapest staffing that keeps both targets is 3 + 3 people, USD 65,740 a month, certified with 200 fresh "
        "runs at 95 % confidence."
    )
    assert pytest.approx(90 * HOURS, rel=1e-4) == 65_740
    assert told.warnings == ()


def test_how_often_a_single_run_keeps_a_target_is_told():
    """A target is kept on average; two of three runs, each with people of its own, keep the one that is kept least."""
    answer = result()
    proofs = tuple(replace(proof, alone=share) for proof, share in zip(answer.certificate, (2 / 3, 1.0), strict=True))

    told = tell_staffing(replace(answer, issued=replace(answer.issued, proofs=proofs)))

    assert told.details[1] == (
        "Targets hold on average; of single runs of 12 weeks, each with weeks of its own, 66.7 % keep in-time."
    )


def test_what_today_costs_is_told_beside_it():
    """One person of ten an hour less, and what today's staffing keeps."""
    cheaper, dearer, close = (
        tell_staffing(one).details[0] for one in (result(), result((5, 3), today=0.85), result((5, 3), today=0.89))
    )

    assert cheaper == "It costs USD 7,305 less a month than today's 4 + 3 people, which keeps them too in the search."
    assert dearer == "It costs USD 7,305 more a month than today's 4 + 3 people, which misses in-time in the search."
    assert close.endswith("of which in-time is too close to call in the search.")


def test_today_may_already_be_the_cheapest():
    """And is not compared with itself."""
    told = tell_staffing(result((4, 3), 0.92))

    assert told.sentence.startswith(
        "Today's staffing is already the cheapest that keeps both targets: 4 + 3 people, USD"
    )
    assert not any("than today" in detail for detail in told.details)


def test_what_was_not_ruled_out_is_not_claimed():
    """Neither the cheapest nor already the cheapest."""
    found, same = (tell_staffing(result(plan, complete=False)) for plan in ((3, 3), (4, 3)))

    assert found.sentence.startswith("The cheapest staffing found that keeps both targets is 3 + 3 people")
    assert same.sentence.startswith("The cheapest staffing found that keeps both targets is 4 + 3 people")
    assert any("a cheaper one may keep the targets too" in warning for warning in found.warnings)
    assert not any("ruled out under the luck" in detail for detail in found.details)


def test_a_failed_certificate_is_not_a_recommendation():
    """It says which target was shown to be how far, and what was needed."""
    told = tell_staffing(result((3, 3), 0.89))

    assert told.sentence == (
        "No staffing was certified to keep both targets: with 3 + 3 people, USD 65,740 a month, in-time is only shown "
        "to be at least 89.0 %, and at least 90.0 % is needed."
    )
    assert "cheapest" not in told.sentence


def test_without_a_bound_the_reason_is_told():
    """A quantile of too few tickets."""
    answer = result()
    missing = Estimate(0.93, math.nan, math.nan, 200, "needs 900 replications for an interval")
    proofs = (replace(answer.certificate[0], estimate=missing), answer.certificate[1])

    told = tell_staffing(replace(answer, issued=replace(answer.issued, proofs=proofs, attempt=3)))

    assert "the last of 3 that were tried" in told.sentence
    assert "in-time has no bound: it needs 900 replications for an interval" in told.sentence


def test_what_people_cannot_buy_is_said_so():
    """With the most people, and what would be without any queue."""
    ceiling = {"in-time": Estimate(0.72, 0.71, 0.73, 200)}
    told = tell_staffing(result((20, 20), 0.68, out_of_reach=("in-time",), ceilings=ceiling, near_miss=None))

    assert told.sentence == (
        "No staffing keeps both targets: even with 20 + 20 people, in-time is at most 70.0 % (95 % confidence), "
        "not 90.0 %."
    )
    assert told.details[0].startswith("in-time: more people do not buy it. Of the tickets that are resolved, 72.0 %")
    assert not any("than today" in detail for detail in told.details)


def test_neighbours_are_told_with_why_they_lost():
    """The next one costs 14,610 more; of the cheaper ones one missed by five points."""
    details = " ".join(tell_staffing(result()).details)

    next_one = (
        "Of the plans that were simulated the next cheapest that looked good is 3 + 4 people; it costs USD 14,610"
    )
    assert f"{next_one} more a month." in details
    assert "2 + 3 people came nearest: in-time was 85.0 % in the search, where at least 90.0 % is needed." in details
    assert "at least 1 + 1 people, USD 21,920 a month, whatever the targets." in details


def test_a_plan_that_was_refused_is_told_with_the_targets_that_fresh_runs_did_not_confirm():
    """Not with those that the search found closest: they may have been confirmed."""
    answer = result()
    proofs = result(low=0.5).certificate
    refused = Certificate((2, 3), 1, proofs, NOTHING, NOTHING, {})

    details = " ".join(tell_staffing(replace(answer, refused=(refused,))).details)

    missed = [proof.goal.name for proof in proofs if not proof.kept]
    assert missed
    assert f"looked good in the search, but fresh runs did not confirm {' and '.join(missed)}." in details


def test_a_near_miss_that_is_not_decided_is_not_called_one():
    """89.5 ± 1 %: too close to call."""
    answer = result()
    close = visit(answer.staff, goals_of(DESK), (2, 3), 0.895)

    details = " ".join(tell_staffing(replace(answer, near_miss=close)).details)

    assert (
        "in-time was 89.5 % in the search, where at least 90.0 % is needed; after 20 runs too close to call." in details
    )


def test_without_costs_people_are_counted():
    """And nothing is said of money."""
    desk = vary(DESK, {"teams.first.cost": "0 USD per hour", "teams.second.cost": "0 USD per hour"})

    told = tell_staffing(result(desk=desk, note="no team has a cost, so people are counted"))

    assert "is 3 + 3 people, certified with" in told.sentence
    assert "It costs 1 person less than today's 4 + 3 people" in told.details[0]
    assert told.warnings[0] == "No team has a cost, so people are counted."
    assert not any("USD" in text for text in (told.sentence, *told.details))


def test_what_no_target_speaks_of_is_warned_of():
    """Users who give up, tickets that are not over, a team with no time to spare."""
    answer = result()
    issued = replace(answer.issued, gave_up=Estimate(0.12, 0.11, 0.13, 200), still_open=Estimate(0.03, 0.02, 0.04, 200))
    busy = replace(answer.staff, able=answer.staff.offered / np.array([2.94, 1.0]), due=answer.staff.offered)

    told = " ".join(tell_staffing(replace(answer, issued=issued, staff=busy)).warnings)

    assert "give up on 12.0 % of the tickets" in told
    assert "3.0 % of the tickets were not over" in told
    assert "first is asked for 98 % of what it can do" in told
    assert "second is asked" not in told


def test_every_figure_of_the_sentences_is_in_a_table():
    """Costs, differences, bounds and what is needed."""
    told = tell_staffing(
        result((20, 20), 0.68, out_of_reach=("in-time",), ceilings={"in-time": Estimate(0.72, 0.7, 0.74, 9)})
    )
    plans, certificate, visited = (table for _, table in told.tables)

    assert certificate["needed"] == ["at least 90.0 %", "at most 10 min"]
    assert certificate["best"] == ["70.0 %", "5 min"]
    assert certificate["kept"] == ["missed", "kept"]
    assert certificate["ceiling"][0] == 0.72
    assert [name for name, _ in told.tables][1] == "The certificate: 200 fresh runs"
    rows = dict(zip(plans.texts("what"), zip(plans.values("cost"), plans.values("more"), strict=True), strict=True))
    assert rows["today"] == pytest.approx((100 * HOURS, (100 - 600) * HOURS))
    assert rows["least that can serve all work"][0] == pytest.approx(30 * HOURS)
    assert visited.texts("people") == ["2 + 3", "20 + 20", "4 + 3", "3 + 4"]
    assert visited.texts("chosen") == ["", "yes", "", ""]


def test_the_figure_shows_every_plan_once_and_rings_the_answer():
    """Good ones, bad ones, and those that are too close to call."""
    answer = result(visited=(visit(result().staff, goals_of(DESK), (2, 3), 0.895), *result().visited))

    panel = tell_staffing(answer).panels[0]

    marks = [len(trace.x) for trace in panel.figure.data if trace.mode == "markers"]
    assert sum(marks[:-1]) == len(answer.visited)
    assert marks[-1] == 1
    assert {sign.label for sign in panel.legend} >= {"keeps all", "misses", "too close to call"}


@pytest.mark.parametrize(
    ("plan", "told"),
    [((1,), "1 person"), ((7,), "7 people"), ((7, 11, 9), "7 + 11 + 9 people"), ((2,) * 10, "20 people in 10 teams")],
)
def test_people_are_told_team_by_team_unless_there_are_many(plan: Plan, told: str):
    """In the order of the teams."""
    assert people_of(plan) == told
