"""Is the cheapest staffing really the cheapest, and is a plan that misses a target never returned? Three desks whose
best plan is known exactly, each with a near miss beside it, asked again and again with another seed.

    SIMDESK_SEEDS=100 pytest -m slow tests/verification/test_staffing_optima.py -s

prints a line for each desk: how many seeds gave the optimum, and how many gave a plan that misses a target. The bar is
95 of 100 right and none infeasible, with 95 % certificates; with fewer seeds, no larger part of them wrong. 100 seeds
take about three quarters of an hour on one core; the few that are used unless stated, about three minutes.

Negative controls: without the certificate, and with two short replications instead of as many as a close call needs,
the near miss is returned again and again.
"""

from __future__ import annotations

import os
from functools import cache
from typing import NamedTuple

import numpy as np
import pytest
from scipy.stats import binom

from simdesk.experiment.lab import Lab
from simdesk.experiment.sheet import Key
from simdesk.experiment.staffing.exchange import Search
from simdesk.experiment.staffing.plans import Book, goals_of
from simdesk.experiment.staffing.search import Staffing, staff
from simdesk.experiment.staffing.start import Plan, workforce
from simdesk.queueing import erlang_c
from simdesk.scenario.loading import loads, vary
from simdesk.scenario.model import Scenario

pytestmark = pytest.mark.slow

SEEDS = int(os.environ.get("SIMDESK_SEEDS", "4"))
BAR = 0.95
"""Part of the seeds in which the optimum must be found."""

QUEUES = """title: Three queues that share nothing
run: {length: 10 days, warm_up: 1 day, cool_down: 2 days, replications: 20}
money: {currency: USD}
demand:
  profile: flat
  channels: {phone: 100 %}
  types:
    first: {contacts: 20 per hour, priority: {P1: 100 %}, work: {exponential: {mean: 12 min}}}
    second: {contacts: 12 per hour, priority: {P2: 100 %}, work: {exponential: {mean: 20 min}}}
    third: {contacts: 6 per hour, priority: {P3: 100 %}, work: {exponential: {mean: 45 min}}}
flow: {entry: one, routing: {b: {when: {type: second}, to: two}, c: {when: {type: third}, to: three}}}
teams:
  one: {agents: 8, cost: 25 USD per hour}
  two: {agents: 8, cost: 35 USD per hour}
  three: {agents: 8, cost: 55 USD per hour}
service_levels: {priorities: {P1: {respond: 10 min}, P2: {respond: 20 min}, P3: {respond: 60 min}}}
targets:
"""
SEPARABLE = loads(
    QUEUES
    + """  first: {measure: response_sla, priority: P1, at_least: 80 %}
  second: {measure: response_sla, priority: P2, at_least: 80 %}
  third: {measure: response_sla, priority: P3, at_least: 90 %}
"""
)
COUPLED = loads(
    QUEUES
    + """  all: {measure: response_sla, at_least: 90 %}
  first: {measure: response_sla, priority: P1, at_least: 70 %}
  second: {measure: response_sla, priority: P2, at_least: 70 %}
  third: {measure: response_sla, priority: P3, at_least: 70 %}
"""
)
N_MODEL = loads("""title: Two pools, of which one helps the other
run: {length: 10 days, warm_up: 1 day, cool_down: 2 days, replications: 20}
money: {currency: USD}
demand:
  profile: flat
  priority: {P3: 100 %}
  channels: {phone: 100 %}
  types:
    one: {contacts: 6 per hour, work: {exponential: {mean: 60 min}}}
    two: {contacts: 4 per hour, work: {exponential: {mean: 60 min}}}
flow: {entry: a, routing: {two: {when: {type: two}, to: b}}}
teams:
  a: {agents: 8, cost: 1 USD per hour}
  b: {agents: 8, cost: 1.15 USD per hour, also_serves: [a]}
targets:
  one: {measure: first_wait, type: one, at_most: 6 min}
  two: {measure: first_wait, type: two, at_most: 6 min}
""")
"""Agents of `a` take tickets of one before those of `b` do; a free agent of `b` serves tickets of two first."""


class Case(NamedTuple):
    """A desk and its optimum, hourly; `near_miss` is the cheaper plan that comes nearest."""

    desk: Scenario
    best: Plan
    hourly: float
    near_miss: Plan


CASES = {
    "separable": Case(SEPARABLE, (6, 6, 6), 690, (6, 5, 6)),
    "coupled": Case(COUPLED, (7, 5, 6), 680, (6, 5, 6)),
    "N-model": Case(N_MODEL, (6, 8), 15.20, (7, 7)),
}
WORK = ((20, 12, 10), (12, 20, 20), (6, 45, 60))
"""Tickets an hour, minutes of work, and minutes within which a response is promised."""


@cache
def service_level(queue: int, agents: int) -> float:
    """Share of a queue's tickets that wait no longer than promised; nothing if the agents cannot keep up."""
    rate, minutes, promise = WORK[queue]
    if agents * 60 / minutes <= rate:
        return 0.0
    return erlang_c(rate, 60 / minutes, agents=agents).served_within(promise / 60)


@cache
def n_model_waits(a: int, b: int, most: int = 90) -> tuple[float, float]:
    """Mean waits in the N-model, hours, from the stationary law of its Markov chain.

    States: busy agents of a and of b, waiting tickets of one and of two. A ticket of one waits only if all agents are
    busy, one of two only if all of b are; both queues are cut off at `most`.
    """
    import scipy.sparse as sparse
    from scipy.sparse.linalg import spsolve

    states: dict[tuple[int, int, int, int], int] = {}
    for x in range(a + 1):
        for y in range(b + 1):
            for one in range(most if x == a and y == b else 1):
                for two in range(most if y == b else 1):
                    states[x, y, one, two] = len(states)
    rows, columns, rates = [], [], []
    for (x, y, one, two), at in states.items():
        moves = []
        if x < a:
            moves.append((6.0, (x + 1, y, one, two)))
        elif y < b:
            moves.append((6.0, (x, y + 1, one, two)))
        else:
            moves.append((6.0, (x, y, one + 1, two)))
        moves.append((4.0, (x, y + 1, one, two) if y < b else (x, y, one, two + 1)))
        if x:
            moves.append((float(x), (x, y, one - 1, two) if one else (x - 1, y, one, two)))
        if y:
            after = (x, y, one, two - 1) if two else (x, y, one - 1, two) if one else (x, y - 1, one, two)
            moves.append((float(y), after))
        for rate, to in moves:
            if to in states:
                rows += [states[to], at]
                columns += [at, at]
                rates += [rate, -rate]
    law = sparse.csc_matrix((rates, (rows, columns)), shape=(len(states), len(states))).tolil()
    law[0, :] = 1.0
    right = np.zeros(len(states))
    right[0] = 1.0
    share = spsolve(law.tocsc(), right)
    return tuple(sum(p * s[i] for s, p in zip(states, share, strict=True)) / r for i, r in ((2, 6.0), (3, 4.0)))


def keeps_its_targets(name: str, plan: Plan) -> bool:
    """Whether a plan keeps the targets of a case, by theory."""
    if name == "N-model":
        a, b = plan
        return b > 4 and a + b > 10 and max(n_model_waits(a, b)) <= 0.1
    levels = [service_level(queue, agents) for queue, agents in enumerate(plan)]
    if name == "separable":
        return all(level >= needed for level, needed in zip(levels, (0.8, 0.8, 0.9), strict=True))
    volumes = [rate for rate, _, _ in WORK]
    return bool(np.average(levels, weights=volumes) >= 0.9 and min(levels) >= 0.7)


def hourly(name: str, plan: Plan) -> float:
    """What the people of a plan cost an hour."""
    prices = (1, 1.15) if name == "N-model" else (25, 35, 55)
    return float(np.dot(prices, plan))


def answered(case: Case, seed: int) -> Staffing:
    """The answer with one seed."""
    with Lab(workers=1) as lab:
        return staff(vary(case.desk, {"run.seed": seed}), lab=lab)


def proposed(case: Case, seed: int) -> Plan | None:
    """What two replications propose, without another look and without a certificate."""
    teams = list(case.desk.teams)
    with Lab(workers=1) as lab:
        desk = vary(case.desk, {"run.seed": seed})
        book = Book(desk, workforce(desk, teams), goals_of(desk), lab, first=2, most=2)
        return Search(book, (0,) * len(teams), (20,) * len(teams), served=True).cheapest((8,) * len(teams))


def test_the_known_levels_are_those_of_erlang():
    """Five, six and seven agents at each of the three queues, as published with the case."""
    known = (
        (0.75918, 0.94622, 0.98891),
        (0.79615, 0.96146, 0.99327),  # the trap: almost four fifths
        (0.60852, 0.94294, 0.99225),
    )

    for queue, levels in enumerate(known):
        assert [service_level(queue, agents) for agents in (5, 6, 7)] == pytest.approx(levels, abs=5e-6)


def test_the_known_waits_are_those_of_the_markov_chain():
    """The optimum, and the three plans that come nearest."""
    known = {
        (6, 8): (0.048853, 0.063581),
        (7, 7): (None, 0.103788),
        (6, 7): (0.109916, 0.136080),
        (5, 8): (0.118157, None),
    }

    for plan, waits in known.items():
        for found, wanted in zip(n_model_waits(*plan), waits, strict=True):
            assert wanted is None or found == pytest.approx(wanted, abs=1e-6)


@pytest.mark.parametrize("name", CASES)
def test_the_optimum_is_the_cheapest_of_all_plans_by_theory(name: str):
    """Every plan that could be it is judged by its formula; the near miss is cheaper, and misses."""
    case = CASES[name]
    plans = [(a, b) for a in range(10) for b in range(4, 15)] if name == "N-model" else list(np.ndindex(12, 12, 12))

    cheaper = [plan for plan in plans if hourly(name, plan) < case.hourly - 1e-9]

    assert hourly(name, case.best) == pytest.approx(case.hourly)
    assert keeps_its_targets(name, case.best)
    assert case.near_miss in cheaper
    assert not any(keeps_its_targets(name, plan) for plan in cheaper)


@pytest.mark.parametrize("plan", [(6, 8), (7, 7)])
def test_the_desk_of_two_pools_is_the_markov_chain(plan: Plan):
    """Own queue first, and own agents first: the simulated means lie within their intervals of the chain's."""
    desk = vary(N_MODEL, {"teams.a.agents": plan[0], "teams.b.agents": plan[1], "run.length": "120 days"})
    keys = [Key("first_wait", "type", name) for name in ("one", "two")]

    with Lab(workers=1) as lab:
        runs = lab.many([desk], 60, wanted=keys)[0]

    for key, wait in zip(keys, n_model_waits(*plan), strict=True):
        found = runs.estimate(key, 0.999)
        assert found.low <= 3600 * wait <= found.high
        assert found.half_width < 0.1 * found.value  # or the interval proves nothing


@pytest.mark.parametrize("name", CASES)
def test_the_optimum_is_found_and_nothing_infeasible_is_returned(name: str):
    """With every seed another luck; a plan that is returned is certified."""
    case = CASES[name]

    answers = [answered(case, seed) for seed in range(1, SEEDS + 1)]

    certified = [answer for answer in answers if answer.certified]
    right = [answer for answer in certified if answer.plan == case.best]
    infeasible = [answer.plan for answer in certified if not keeps_its_targets(name, answer.plan)]
    first_tries = sum(answer.issued.attempt == 1 for answer in answers)
    print(
        f"\n{name}: {len(right)} of {SEEDS} seeds right, {len(infeasible)} infeasible, {SEEDS - len(certified)} not "
        f"certified, {first_tries} at the first attempt; {np.mean([len(a.visited) for a in answers]):.0f} plans and "
        f"{np.mean([a.replications for a in answers]):.0f} search runs each"
    )
    assert infeasible == []
    assert SEEDS - len(right) <= int((1 - BAR) * SEEDS + 1e-9)
    for answer in right:
        assert answer.cost == pytest.approx(case.hourly * 24 * 365.25 / 12)
        assert answer.complete


@pytest.mark.parametrize("name", CASES)
def test_without_precision_and_certificate_plans_that_miss_are_returned(name: str):
    """The negative control: the same search on two short replications is wrong far more often than one in twenty."""
    case, seeds = CASES[name], 20

    plans = [plan for seed in range(1, seeds + 1) if (plan := proposed(case, seed)) is not None]

    infeasible = [plan for plan in plans if not keeps_its_targets(name, plan)]
    print(
        f"\n{name}, control: {len(infeasible)} of {len(plans)} infeasible, {plans.count(case.near_miss)} the near miss"
    )
    assert binom.sf(len(infeasible) - 1, len(plans), 1 - BAR) < 0.001
    assert case.near_miss in infeasible
