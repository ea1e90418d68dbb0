"""Everything moves at once: walks through the ranges, and shares of the variance.

What people cost is people × price × hours, whatever happens; its truths are worked out by hand.
"""

from __future__ import annotations

import numpy as np
import pytest

from simdesk.errors import RunError
from simdesk.experiment.lab import Lab
from simdesk.experiment.screening import morris, sobol
from simdesk.experiment.sheet import Key
from simdesk.scenario.loading import loads, vary

DESK = loads("""title: A small desk for half a day
run: {length: 12 h, replications: 2}
demand:
  contacts: 100 per day
  profile: flat
  types: {question: {share: 100 %, work: {exponential: {mean: 15 min}}}}
teams: {desk: {agents: 2, cost: 40 USD per hour}}
""")
WAIT, COST = Key("first_wait"), Key("staff_cost")
AGENTS, PRICE, PROMISE = "teams.desk.agents", "teams.desk.cost", "service_levels.target_share"
FACTORS = {AGENTS: (1, 4), PRICE: ("20 USD per hour", "60 USD per hour"), PROMISE: ("80 %", "90 %")}


@pytest.fixture(scope="module")
def lab():
    """One process for all tests of this file."""
    with Lab(workers=1) as one:
        yield one


def cost_of_one_hour_of_one_agent(lab: Lab) -> float:
    """What a dollar an hour for one agent adds to the cost."""
    return lab.replications(DESK, 1, wanted={COST}).estimate(COST).value / (2 * 40)


def test_shares_of_a_product_are_those_of_the_book(lab: Lab):
    """n from 1 to 4, p from 20 to 60: V = E n² E p² − (E n E p)², V_n = Var n (E p)², V_p = Var p (E n)²."""
    quiet = vary(DESK, {"demand.contacts": "4 per day"})  # nobody's pay depends on it, and it is quick
    ranges = {AGENTS: FACTORS[AGENTS], PRICE: FACTORS[PRICE]}

    found = sobol(quiet, ranges, COST, points=64, replications=2, lab=lab)

    mean_n, var_n, mean_p, var_p = 2.5, 15 / 12, 40.0, 40**2 / 12
    total = (var_n + mean_n**2) * (var_p + mean_p**2) - (mean_n * mean_p) ** 2
    first = np.array([var_n * mean_p**2, var_p * mean_n**2]) / total
    together = var_n * var_p / total
    shares = found.indices
    assert ((shares.first_low <= first) & (first <= shares.first_high)).all()
    assert shares.first == pytest.approx(first, abs=0.08)
    assert shares.total == pytest.approx(first + together, abs=0.08)
    assert found.together == pytest.approx(together, abs=0.1)


def test_what_changes_nothing_has_no_share_and_what_has_no_luck_no_noise(lab: Lab):
    """Exactly nothing, not nearly; and nobody's pay depends on the luck of a run."""
    found = sobol(DESK, FACTORS, COST, points=8, replications=2, lab=lab)

    at = [span.path for span in found.spans].index(PROMISE)
    assert (found.indices.first[at], found.indices.total[at], found.indices.total_high[at]) == (0.0, 0.0, 0.0)
    assert found.indices.noise_share == pytest.approx(0.0, abs=1e-9)
    assert found.order[-1] == at


def test_a_wait_is_noisy_and_says_so(lab: Lab):
    """Two runs of half a day at each point: a good part of what is seen is luck."""
    found = sobol(DESK, {AGENTS: (2, 3), PROMISE: ("80 %", "90 %")}, WAIT, points=8, replications=2, lab=lab)

    assert 0.05 < found.indices.noise_share < 1
    assert found.table()["noise_share"].unique().tolist() == [found.indices.noise_share]


def test_points_that_whole_numbers_make_equal_are_simulated_once(lab: Lab):
    """Eight base points and two factors are 32 points, of which only four differ."""
    found = sobol(DESK, {AGENTS: (1, 4)}, COST, points=8, replications=2, lab=lab)

    assert found.points.count == 4
    assert found.spent == 8


def test_an_effect_is_that_of_the_whole_range_whatever_step_was_taken(lab: Lab):
    """From 1 to 3 agents in four levels: some steps go all the way, some half; the effect is always that of two."""
    each = 40 * cost_of_one_hour_of_one_agent(lab)

    found = morris(DESK, {AGENTS: (1, 3)}, COST, trajectories=8, replications=2, lab=lab)

    assert found.effects.mu_star == pytest.approx([2 * each])
    assert found.effects.mu == pytest.approx([2 * each])
    assert found.effects.sigma == pytest.approx([0.0], abs=1e-9 * each)
    assert found.noise == pytest.approx([0.0], abs=1e-9 * each)


def test_an_effect_depends_on_where_the_other_factor_stands(lab: Lab):
    """Three agents more cost three prices, between 20 and 60; forty dollars more cost forty times the agents."""
    unit = cost_of_one_hour_of_one_agent(lab)

    found = morris(DESK, FACTORS, COST, trajectories=6, replications=2, lab=lab)

    people, price, promise = found.effects.mu_star
    assert 3 * 20 * unit < people < 3 * 60 * unit
    assert 40 * 1 * unit < price < 40 * 4 * unit
    assert promise == 0.0
    assert found.noise[2] == 0.0
    assert (found.effects.sigma[:2] > 0).all()
    assert (found.effects.mu == found.effects.mu_star).all()  # more of either never costs less


def test_the_same_seed_walks_the_same_way(lab: Lab):
    """And another seed another."""
    walks = [
        morris(DESK, FACTORS, COST, trajectories=3, replications=1, seed=seed, lab=lab).table() for seed in (1, 1, 2)
    ]

    assert walks[0].equals(walks[1])
    assert not walks[0].equals(walks[2])


def test_points_that_cannot_keep_up_are_flagged_and_kept(lab: Lab):
    """A hundred tickets a day are 25 hours of work: one agent, who works 24, cannot, two can."""
    found = morris(DESK, {AGENTS: (1, 2)}, WAIT, trajectories=4, replications=1, lab=lab)

    assert found.points.overloaded == {"desk": 1}
    assert (found.points.count, found.points.anywhere) == (2, 1)
    assert found.effects.mu[0] < 0


def test_the_desk_as_it_stands_need_not_be_stated(lab: Lab):
    """A value that is known to within a standard error is tried at 1.96 of these."""
    [span] = morris(DESK, {PRICE: 0.1}, COST, trajectories=2, replications=1, lab=lab).spans

    assert span.amounts == pytest.approx((40 * 0.804, 40.0, 40 * 1.196))


@pytest.mark.parametrize(
    ("verb", "factors", "more", "words"),
    [
        (morris, {"teams.desk.discipline": ("fifo", "lifo")}, {}, "nothing lies between fifo and lifo"),
        (morris, FACTORS, {"trajectories": 1}, "take at least 2"),
        (morris, FACTORS, {"levels": 3}, "even number"),
        (sobol, FACTORS, {"points": 100}, "power of two, not 100; take 64 or 128"),
        (sobol, FACTORS, {"replications": 1}, "take at least 2"),
        (sobol, FACTORS, {"points": 65_536}, "at most 100,000 are simulated"),
    ],
)
def test_what_makes_no_sense_is_refused_before_anything_runs(verb, factors, more, words):
    """Saying how to mend it."""
    with pytest.raises(RunError, match=words):
        verb(DESK, factors, COST, lab=Lab(workers=1, progress=lambda done, total: pytest.fail("it ran")), **more)


@pytest.mark.parametrize("verb", [morris, sobol])
def test_a_point_with_nothing_to_measure_is_named(verb, lab: Lab):
    """Hardly a ticket in half a day: there is no wait to measure."""
    empty = vary(DESK, {"demand.contacts": "1 per month"})
    size = {"trajectories": 2} if verb is morris else {"points": 2}

    with pytest.raises(
        RunError, match=r"first_wait: at demand\.volume = .* has nothing to measure; keep such points out"
    ):
        verb(empty, {"demand.volume": ("50 %", "60 %")}, WAIT, replications=2, lab=lab, **size)
