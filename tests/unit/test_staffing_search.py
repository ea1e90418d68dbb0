"""The cheapest staffing of tiny desks: exact under its luck, certified by other luck, and honest if there is none."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cache
from itertools import product
from typing import Any

import numpy as np
import pytest

from simdesk.errors import RunError, ScenarioError
from simdesk.experiment.estimate import Estimate, estimate
from simdesk.experiment.lab import Lab
from simdesk.experiment.sheet import Key
from simdesk.experiment.staffing.certificate import FRESH, certify, one_sided, spent
from simdesk.experiment.staffing.exchange import Search
from simdesk.experiment.staffing.plans import Book, Goal, goals_of
from simdesk.experiment.staffing.search import Staffing, staff
from simdesk.experiment.staffing.start import Plan, workforce
from simdesk.experiment.targets import Verdict
from simdesk.measures.readings import Ratio, Total
from simdesk.queueing import agents_for_p_wait, erlang_c
from simdesk.scenario.loading import loads, vary
from simdesk.scenario.model import Scenario

DESK = loads("""title: Two teams that share nothing
run: {length: 4 days, warm_up: 6 h, cool_down: 2 days, replications: 10, seed: 5}
demand:
  profile: flat
  priority: {P3: 100 %}
  types:
    call: {contacts: 6 per hour, work: {exponential: {mean: 20 min}}}
    task: {contacts: 3 per hour, work: {exponential: {mean: 30 min}}}
flow: {entry: phones, routing: {tasks: {when: {type: task}, to: workshop}}}
teams:
  phones: {agents: 4, cost: 30 USD per hour}
  workshop: {agents: 4, cost: 40 USD per hour}
targets:
  calls: {measure: first_wait, type: call, at_most: 6 min}
  tasks: {measure: first_wait, type: task, at_most: 12 min}
""")


def asked(changes: Mapping[str, Any] | None = None, **options: Any) -> Staffing:
    """The answer for the desk with some values changed; short certificates."""
    with Lab(workers=1) as lab:
        return staff(vary(DESK, changes or {}), lab=lab, **{"certify": 40, **options})


@pytest.fixture(scope="module")
def answer() -> Staffing:
    """What is found for the desk as it stands."""
    return asked()


def keeps(readings: Estimate, goal: Goal) -> bool:
    return goal.sign * (readings.value - goal.bound) >= 0


def test_it_finds_what_trying_everything_finds(answer: Staffing):
    """Each of the plans that could be it, simulated apart with the replications that decided."""
    goals, plans = goals_of(DESK), list(product(range(3, 6), range(2, 5)))  # fewer cannot do the work
    with Lab(workers=1) as lab:
        desks = [vary(DESK, {"teams.phones.agents": a, "teams.workshop.agents": b}) for a, b in plans]
        runs = lab.many(desks, 80, wanted={goal.key for goal in goals})

    good = [
        plan
        for plan, each in zip(plans, runs, strict=True)
        if all(keeps(each.estimate(goal.key), goal) for goal in goals)
    ]

    assert answer.plan == min(good, key=lambda plan: 30 * plan[0] + 40 * plan[1])
    assert answer.certified
    assert answer.complete


def test_the_certificate_is_made_of_luck_that_nothing_else_has_met(answer: Staffing):
    """Its numbers are those of replications 10,000 and on, and every bound is one-sided and Bonferroni's share."""
    people = dict(zip(("teams.phones.agents", "teams.workshop.agents"), answer.plan, strict=True))
    with Lab(workers=1) as lab:
        keys = {proof.goal.key for proof in answer.certificate}
        runs = lab.many([vary(DESK, people)], 40, wanted=keys, first=FRESH)[0]

    for proof in answer.certificate:
        two_sided = runs.estimate(proof.goal.key, 1 - 2 * 0.05 / 2 / 2)  # half for the first attempt, two targets
        assert proof.bound == pytest.approx(two_sided.high)
        assert proof.bound <= proof.goal.bound
        assert proof.kept


def test_no_cheaper_plan_is_left_open(answer: Staffing):
    """Every plan that is cheaper was seen to fail, has nowhere more people than one that was, or cannot do the work."""
    bad = [visit.plan for visit in answer.visited if not visit.promising]

    for plan in product(range(12), repeat=2):
        if answer.staff.cost(plan) < answer.cost:
            fewer = any(all(a <= b for a, b in zip(plan, other, strict=True)) for other in bad)
            assert fewer or not answer.staff.can_serve(plan)


def test_the_neighbours_of_the_answer_are_told(answer: Staffing):
    """The next cheapest good plan costs more; the nearest cheaper one was seen to miss a target."""
    assert answer.second_best is not None
    assert answer.second_best.cost > answer.cost
    assert answer.near_miss is not None
    assert answer.near_miss.cost < answer.cost
    assert answer.near_miss.worst.relative < 0
    assert answer.today.plan == (4, 4)


def test_the_table_has_a_row_for_every_plan_and_target(answer: Staffing):
    """And marks the answer."""
    table = answer.table()

    assert len(table) == 2 * len(answer.visited)
    chosen = table[table.chosen]
    assert tuple(chosen[f"people:{team}"].unique().item() for team in ("phones", "workshop")) == answer.plan
    assert table.cost.is_monotonic_increasing


def test_a_plan_that_is_too_close_to_call_gets_more_replications():
    """A bound in the middle of what was seen, and one that is far away."""
    key = Key("first_wait", "type", "call")
    with Lab(workers=1) as lab:
        seen = lab.replications(DESK, 10, wanted=[key]).estimate(key).value
        near, far = (
            Book(DESK, workforce(DESK, ["phones"]), (Goal("calls", key, bound, -1),), lab, first=10, most=40)
            for bound in (seen, 10 * seen)
        )

        assert near.look([(4,)])[0].replications > 10
        assert far.look([(4,)])[0].replications == 10


def test_limits_are_kept():
    """At least five on the phones; the workshop as it is."""
    found = asked({"teams.workshop.agents": 3}, teams={"phones": (5, 8)})

    assert found.teams == ("phones",)
    assert found.plan == (5,)
    assert found.cost == pytest.approx((5 * 30 + 3 * 40) * 24 * 365.25 / 12)
    assert all(5 <= visit.plan[0] <= 8 for visit in found.visited if visit is not found.today)


def test_what_people_cannot_buy_is_said_to_be_out_of_reach():
    """Tasks take half an hour each: no number of people resolves nine of ten within ten minutes."""
    targets = {
        "calls": {"measure": "first_wait", "type": "call", "at_most": "6 min"},
        "resolved": {"measure": "resolution_sla", "at_least": "90 %"},
    }
    desk = {"targets": targets, "service_levels.priorities": {"P3": {"resolve": "10 min"}}}

    found = asked(desk)

    assert not found.certified
    assert found.out_of_reach == ("resolved",)
    assert found.plan == found.most
    hurried = 2 / 3 * (1 - math.exp(-10 / 20)) + 1 / 3 * (1 - math.exp(-10 / 30))  # work alone, exponential
    assert found.issued.ceilings["resolved"].value == pytest.approx(hurried, abs=0.05)


def test_a_certificate_that_fails_is_not_given():
    """With two replications hardly anything can be shown: the dearer plans are tried, and none is called certified."""
    found = asked(certify=2, attempts=2)

    assert found.certified == all(proof.kept for proof in found.certificate)
    assert found.issued.attempt <= 2
    assert found.certified or found.issued.attempt == 2


def test_each_attempt_spends_half_of_what_is_left():
    """Five per cent in all: 2.5, 1.25, and so on, however many there are."""
    errors = [1 - spent(0.95, attempt) for attempt in range(1, 30)]

    assert errors[:3] == pytest.approx([0.025, 0.0125, 0.00625])
    assert sum(errors) < 0.05


def test_attempts_meet_different_luck():
    """The second certificate of one plan differs from the first."""
    with Lab(workers=1) as lab:
        book = Book(DESK, workforce(DESK, ["phones"]), goals_of(DESK), lab, first=2, most=2)
        first, second = (certify(book, (4,), replications=3, attempt=k, confidence=0.9) for k in (1, 2))

    assert first.proofs[0].estimate.value != second.proofs[0].estimate.value


def test_the_share_of_single_runs_that_keep_a_target_is_counted():
    """Each of the fresh replications, simulated again and held to the target by itself."""
    goal = goals_of(DESK)[0]
    with Lab(workers=1) as lab:
        book = Book(DESK, workforce(DESK, ["phones"]), goals_of(DESK), lab, first=2, most=2)
        found = certify(book, (4,), replications=8, attempt=1, confidence=0.9).proofs[0]
        fresh = lab.many([book.desk((4,))], 8, first=FRESH)[0].readings(goal.key)

    kept = [reading.value >= goal.bound if goal.sign > 0 else reading.value <= goal.bound for reading in fresh]
    assert found.alone == sum(kept) / 8


def test_a_share_without_a_single_failure_is_not_certain():
    """Of 59 tickets that all went well at most five in a hundred may go wrong, with 95 % confidence: 0.95⁵⁹ < 5 %."""
    readings = [Ratio(30, 30), Ratio(29, 29)]

    bound = one_sided(readings, "share", 0.95)

    assert 0.95**59 < 0.05 < 0.95**58
    assert bound.low == pytest.approx(0.05 ** (1 / 59))
    assert (bound.value, bound.high) == (1, 1)
    assert one_sided([Ratio(0, 30), Ratio(0, 29)], "share", 0.95).high == pytest.approx(1 - 0.05 ** (1 / 59))


def test_an_end_is_that_of_an_interval_of_twice_the_error():
    """One-sided 95 % is the end of the two-sided 90 % interval."""
    readings = [Total(x) for x in (3.0, 4.0, 6.0, 9.0)]

    assert one_sided(readings, "time", 0.95).low == pytest.approx(estimate(readings, 0.90).low)


def test_no_more_than_nothing_to_measure_is_not_keeping_a_target():
    """A type that never comes keeps no promise."""
    goal = goals_of(DESK)[0]

    margin = goal.margin(Estimate(math.nan, math.nan, math.nan, 5, "there was nothing to count"))

    assert margin.verdict is Verdict.MISSED
    assert margin.relative == -math.inf


@pytest.mark.parametrize(
    ("key", "sign", "helped"),
    [
        (Key("first_wait"), -1, True),
        (Key("resolution_sla"), 1, True),
        (Key("first_wait"), 1, False),
        (Key("staff_cost"), -1, False),
        (Key("occupancy", "team", "phones"), -1, False),
    ],
)
def test_people_help_against_waits_but_not_against_costs(key: Key, sign: int, helped: bool):
    """Only of targets that people help, fewer people are known to be no better."""
    assert Goal("target", key, 1.0, sign).helped is helped


class Paper(Book):
    """A book whose plans are worth what a formula says: nothing is simulated."""

    def __init__(self, scenario: Scenario, lacking: Any) -> None:
        goals = goals_of(scenario)[:1]
        super().__init__(scenario, workforce(scenario, list(scenario.teams)), goals, Lab(workers=1), first=2, most=2)
        self.lacking = lacking

    def _simulate(self, plans: Any, numbers: range) -> None:
        from simdesk.experiment.staffing.plans import Visit

        for plan in plans:
            wait = self.goals[0].bound + self.lacking(plan)
            margins = tuple(goal.margin(Estimate(wait, wait, wait, 2)) for goal in self.goals)
            self.visits[plan] = Visit(plan, self.staff.cost(plan), margins, 2, (margins[0].relative,))


def teams_at(*prices: float) -> Scenario:
    """Teams with hardly any work, at prices for an hour."""
    here = range(len(prices))
    types = "".join(f"    t{i}: {{contacts: 1 per week, work: {{constant: {{value: 1 min}}}}}}\n" for i in here)
    rules = ", ".join(f"r{i}: {{when: {{type: t{i}}}, to: g{i}}}" for i in here if i)
    teams = "".join(f"  g{i}: {{agents: 1, cost: {price} USD per hour}}\n" for i, price in enumerate(prices))
    targets = "targets: {wait: {measure: first_wait, at_most: 10 min}}\n"
    return loads(f"demand:\n  types:\n{types}flow: {{entry: g0, routing: {{{rules}}}}}\nteams:\n{teams}{targets}")


@pytest.mark.parametrize("start", [(1, 1, 1, 1, 1), (6, 6, 6, 6, 6), (9, 1, 1, 9, 1)])
def test_five_teams_are_staffed_as_a_formula_says(start: Plan):
    """The wait falls with what each team has, ever more slowly; every plan of up to nine is compared."""
    pull = (5, 3, 8, 2, 6)

    def lacking(plan: Plan) -> float:
        return 120 * (sum(p / x for p, x in zip(pull, plan, strict=True)) - 8)

    book = Paper(teams_at(30, 35, 40, 45, 50), lacking)
    search = Search(book, (1,) * 5, (9,) * 5, served=True)

    found = search.cheapest(start)

    every = np.indices((9,) * 5).reshape(5, -1) + 1
    costs = np.dot((30, 35, 40, 45, 50), every)
    best = costs[(np.array(pull)[:, None] / every).sum(axis=0) <= 8].min()
    assert found is not None
    assert lacking(found) <= 0
    assert np.dot((30, 35, 40, 45, 50), found) <= 1.01 * best
    assert not search.complete or np.dot((30, 35, 40, 45, 50), found) == best


def test_ten_teams_take_few_plans_and_come_within_a_hundredth():
    """Ten Erlang queues with one limit on their common mean wait, against the bound of Lagrange: cost plus a price of
    waiting, least for every queue alone, is never more than the best plan costs."""
    loads_, prices = (9, 14, 8, 10, 3, 14, 10, 7, 14, 7), (50, 62, 51, 77, 26, 32, 70, 77, 38, 42)

    @cache
    def wait(queue: int, agents: int) -> float:
        """Seconds, as a part of the common mean."""
        share, load = loads_[queue] / sum(loads_), loads_[queue] - 0.5
        return share * 3600 * (erlang_c(load, 1.0, agents=agents).mean_wait if agents > load else 10 + load - agents)

    def least(price: float) -> float:
        alone = (min(c * n + price * wait(q, n) for n in range(1, 41)) for q, c in enumerate(prices))
        return sum(alone) - price * 600

    book = Paper(teams_at(*prices), lambda plan: sum(wait(q, n) for q, n in enumerate(plan)) - 600)
    start = tuple(agents_for_p_wait(load - 0.5, 0.3) for load in loads_)

    found = Search(book, (0,) * 10, (40,) * 10, served=True).cheapest(start)

    assert found is not None
    assert sum(wait(q, n) for q, n in enumerate(found)) <= 600
    bound = max(least(2.0**power) for power in np.arange(-8, 4, 0.1))
    assert np.dot(prices, found) <= 1.01 * bound
    assert len(book.visits) <= 60


def test_a_rejected_plan_is_never_proposed_again():
    """Nor one with fewer people; the next is dearer."""
    book = Paper(DESK, lambda plan: 100.0 * (7 - sum(plan)))
    search = Search(book, (0, 0), (9, 9), served=True)
    first = search.cheapest((4, 4))
    assert first is not None

    search.reject(first)
    second = search.cheapest((4, 4))

    assert second is not None
    assert second != first
    assert book.staff.weight(second) > book.staff.weight(first)


def test_without_a_good_plan_there_is_none():
    """However far it climbs."""
    book = Paper(DESK, lambda plan: 50.0)

    assert Search(book, (0, 0), (9, 9), served=True).cheapest((4, 4)) is None


@pytest.mark.parametrize(
    ("changes", "options", "error", "words"),
    [
        ({"targets": {}}, {}, RunError, "states no targets"),
        ({"targets.calls.measure": "first_wate"}, {}, ScenarioError, "did you mean 'first_wait'"),
        ({}, {"teams": ["fones"]}, RunError, "no team named 'fones'; did you mean 'phones'"),
        ({}, {"teams": {"phones": (5, 2)}}, RunError, "team phones cannot have from 5 to 2 people"),
        ({}, {"confidence": 1.0}, RunError, "confidence must be at least 50 %"),
        ({}, {"certify": 1}, RunError, "at least 2 replications"),
        ({}, {"replications": 1}, RunError, "from 2 to 10,000 replications"),
    ],
)
def test_what_cannot_be_asked_is_refused_before_anything_runs(changes, options, error, words):
    """With what to do about it."""
    desk = DESK.model_copy(update={"targets": {}}) if changes == {"targets": {}} else vary(DESK, changes)

    with pytest.raises(error, match=words):
        staff(desk, lab=Lab(workers=1, progress=lambda done, total: pytest.fail("something was simulated")), **options)


def test_a_team_that_only_has_shifts_cannot_be_varied():
    """It says what to write instead."""
    shifts = {"early": {"agents": 2, "hours": "08:00-16:00"}}
    tree = DESK.model_dump(mode="json", by_alias=True, exclude_unset=True)
    tree["teams"]["phones"] = {"shifts": shifts}

    with pytest.raises(RunError, match=r"state teams\.phones\.agents and the share of each shift"):
        staff(Scenario.model_validate(tree), ["phones"])
