"""The closed forms against tables that others computed or printed."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pytest

from simdesk.queueing import (
    Moments,
    SinusoidalRate,
    agents_for_p_wait,
    agents_for_service_level,
    allen_cunneen,
    cheapest_team,
    erlang_a,
    erlang_b,
    erlang_c,
    halfin_whitt_beta,
    halfin_whitt_p_wait,
    jackson_network,
    mg1,
    mg1_priority,
    mm1_accumulating_priority,
    mm1_first_waits,
    poisson_agents_for_p_delay,
    poisson_p_delay,
    square_root_staffing,
    visit_rates,
)


@pytest.mark.parametrize(
    ("agents", "arrival_rate", "p_wait", "mean_wait", "mean_queue", "beyond_1", "p90", "lost"),
    [
        (1, 0.8, 0.8, 4, 3.2, 0.654984602462, 10.3972077084, 0.444444444444),
        (1, 0.9, 0.9, 9, 8.1, 0.814353676232, 21.9722457734, 0.473684210526),
        (5, 4, 0.554112554113, 0.554112554113, 2.21645021645, 0.203846616753, 1.71219764639, 0.199066874028),
        (10, 9, 0.668731524108, 0.668731524108, 6.01858371697, 0.246012579382, 1.90021248434, 0.167963226292),
        (30, 27, 0.471408369947, 0.157136123316, 4.24267532952, 0.0234700407437, 0.516851519955,
         0.081879761335),
        (100, 95, 0.506456853913, 0.101291370783, 9.62268022435, 0.00341247943899, 0.32445378986,
         0.0488042061787),
    ],
)  # fmt: skip
def test_erlang_b_and_c_reproduce_the_golden_table(
    agents: int,
    arrival_rate: float,
    p_wait: float,
    mean_wait: float,
    mean_queue: float,
    beyond_1: float,
    p90: float,
    lost: float,
) -> None:
    """Computed to twelve digits, μ = 1."""
    queue = erlang_c(arrival_rate, 1.0, agents=agents)

    found = (queue.p_wait, queue.mean_wait, queue.mean_queue, 1 - queue.served_within(1.0))
    assert found == pytest.approx((p_wait, mean_wait, mean_queue, beyond_1), rel=1e-10)
    assert queue.wait_quantile(0.9) == pytest.approx(p90, rel=1e-10)
    assert erlang_b(arrival_rate, agents) == pytest.approx(lost, rel=1e-10)


@pytest.mark.parametrize(
    ("arrival_rate", "service_rate", "threshold", "levels"),
    [
        (20.0, 60 / 12, 10 / 60, (0.75918, 0.94622, 0.98891)),
        (12.0, 60 / 20, 20 / 60, (0.79615, 0.96146, 0.99327)),
        (6.0, 60 / 45, 60 / 60, (0.60852, 0.94294, 0.99225)),
    ],
)
def test_service_levels_of_three_small_desks(
    arrival_rate: float, service_rate: float, threshold: float, levels: Sequence[float]
) -> None:
    """A separable staffing problem with 5, 6 and 7 agents; five digits are printed."""
    found = [erlang_c(arrival_rate, service_rate, agents=c).served_within(threshold) for c in (5, 6, 7)]

    assert found == pytest.approx(levels, abs=5e-6)


@pytest.mark.parametrize(
    ("arrival_rate", "waits", "mean_of_1000"),
    [
        (0.5, (0.3333333333, 0.5185185185, 0.7206218564, 0.9071616318, 0.9847606618, 0.9998372424,
               0.9999998115, 1, 1, 1), 0.996),
        (0.8, (0.4444444444, 0.7517146776, 1.18895941, 1.859832086, 2.573283412, 3.410509256,
               3.810376245, 3.970906444, 3.999745397, 3.999999787), 3.900000015),
        (0.9, (0.4736842105, 0.8161539583, 1.329464804, 2.195003437, 3.274725144, 4.998451277,
               6.399233726, 7.658407821, 8.703418284, 8.961345963), 8.110599827),
    ],
)  # fmt: skip
def test_the_first_tickets_of_an_empty_desk_wait_as_spitzer_says(
    arrival_rate: float, waits: Sequence[float], mean_of_1000: float
) -> None:
    """Computed to ten digits, μ = 1; the 2nd, 3rd, 5th, … 1000th ticket."""
    found = mm1_first_waits(arrival_rate, 1.0, tickets=1000)

    assert found[0] == 0
    assert found[[1, 2, 4, 9, 19, 49, 99, 199, 499, 999]] == pytest.approx(waits, rel=1e-9)
    assert found.mean() == pytest.approx(mean_of_1000, rel=1e-9)


@pytest.mark.parametrize(
    ("agents", "arrival_rate", "abandonment_rate", "p_wait", "p_abandon", "mean_queue", "mean_wait"),
    [
        (10, 9, 1, 0.412591755668, 0.085912111602, 0.773209004418, 0.085912111602),
        (10, 10, 0.5, 0.619655230884, 0.103913212326, 2.07826424653, 0.207826424653),
        (50, 50, 1, 0.518808315472, 0.0563250063252, 2.81625031626, 0.0563250063252),
        (100, 105, 0.3, 0.868792838428, 0.0560944822171, 19.633068776, 0.18698160739),
    ],
)
def test_erlang_a_reproduces_the_golden_table(
    agents: int,
    arrival_rate: float,
    abandonment_rate: float,
    p_wait: float,
    p_abandon: float,
    mean_queue: float,
    mean_wait: float,
) -> None:
    """Computed to twelve digits, μ = 1; occupancy follows from who is served."""
    queue = erlang_a(arrival_rate, 1.0, abandonment_rate=abandonment_rate, agents=agents)

    found = (queue.p_wait, queue.p_abandon, queue.mean_queue, queue.mean_wait)
    assert found == pytest.approx((p_wait, p_abandon, mean_queue, mean_wait), rel=1e-10)
    assert queue.occupancy == pytest.approx(arrival_rate * (1 - p_abandon) / agents, rel=1e-10)


@pytest.mark.parametrize(("offered_load", "agents"), [(10, 14), (20, 26), (50, 58), (100, 111), (500, 525)])
def test_least_agents_so_that_a_fifth_of_tickets_waits(offered_load: float, agents: int) -> None:
    """The least number of agents; the square-root rule may be one agent off."""
    assert agents_for_p_wait(offered_load, 0.2) == agents
    assert abs(square_root_staffing(offered_load, halfin_whitt_beta(0.2)) - agents) <= 1


@pytest.mark.parametrize(("beta", "p_wait"), [(0.5, 0.50), (1.0, 0.22), (1.5, 0.085), (2.0, 0.027)])
def test_halfin_whitt_delay_and_its_inverse(beta: float, p_wait: float) -> None:
    """A known table, printed to two digits."""
    assert halfin_whitt_p_wait(beta) == pytest.approx(p_wait, abs=0.005)
    assert halfin_whitt_beta(halfin_whitt_p_wait(beta)) == pytest.approx(beta, rel=1e-9)


def test_twohundred_calls_an_hour_at_80_20_need_fourteen_agents() -> None:
    """200 calls/h, 180 s each, 80 % within 20 s."""
    agents = agents_for_service_level(200.0, 20.0, threshold=20 / 3600, share=0.8)

    queue = erlang_c(200.0, 20.0, agents=agents)
    fewer = erlang_c(200.0, 20.0, agents=agents - 1)
    assert agents == 14
    assert queue.served_within(20 / 3600) == pytest.approx(0.88835, abs=5e-6)
    assert queue.mean_wait * 3600 == pytest.approx(7.836, abs=5e-4)
    assert queue.p_wait == pytest.approx(0.17413, abs=5e-6)
    assert queue.occupancy == pytest.approx(0.7143, abs=5e-5)
    assert fewer.served_within(20 / 3600) == pytest.approx(0.79559, abs=5e-6)


@pytest.mark.parametrize(
    ("offered_load", "occupancies"),
    [
        (0.05, (0.05, 0.05, 0.05, 0.05, 0.05, 0.05, 0.03)),
        (1, (0.50, 0.50, 0.50, 0.33, 0.33, 0.25, 0.20)),
        (3, (0.75, 0.75, 0.60, 0.50, 0.43, 0.38, 0.30)),
        (10, (0.91, 0.83, 0.77, 0.67, 0.59, 0.53, 0.48)),
        (30, (0.94, 0.88, 0.86, 0.79, 0.73, 0.68, 0.61)),
        (100, (0.97, 0.94, 0.93, 0.88, 0.83, 0.79, 0.75)),
    ],
)
def test_the_best_occupancy_falls_with_the_cost_of_waiting(offered_load: float, occupancies: Sequence[float]) -> None:
    """Waiting costs .1, .5, 1, 5, 20, 100, 1000 times an agent."""
    ratios = (0.1, 0.5, 1, 5, 20, 100, 1000)

    teams = [cheapest_team(offered_load, 1.0, agent_cost=1.0, waiting_cost=ratio) for ratio in ratios]

    assert [team.queue.occupancy for team in teams] == pytest.approx(occupancies, abs=0.005 + 1e-9)


def test_a_small_desk_has_a_flat_bottom_and_a_cliff_on_the_left() -> None:
    """For 2.88 Erlang, 12 min each, $35 per agent-hour, $25 per hour of waiting."""
    printed = {3: 966, 4: 186, 5: 186, 6: 213, 8: 280}

    def cost(agents: int) -> float:
        wait = allen_cunneen(14.4, 5.0, agents=agents, arrival_cv=math.sqrt(1.5), work_cv=math.sqrt(1.6))
        return 35 * agents + 25 * 14.4 * wait

    assert {agents: round(cost(agents)) for agents in printed} == printed


def test_three_silos_wait_almost_seven_times_as_long_as_one_pool() -> None:
    """Three of 2 Erlang and 3 agents against 6 Erlang and 9 agents; 8 pooled agents match."""
    silo = erlang_c(2.0, 1.0, agents=3).mean_wait

    assert silo / erlang_c(6.0, 1.0, agents=9).mean_wait == pytest.approx(6.8, abs=0.05)
    assert erlang_c(6.0, 1.0, agents=8).mean_wait < silo < erlang_c(6.0, 1.0, agents=7).mean_wait


@pytest.mark.parametrize(
    ("work", "mean_wait"),
    [
        (Moments.deterministic(1.0), 2.0),
        (Moments.erlang(2, 1.0), 3.0),
        (Moments.exponential(1.0), 4.0),
        (Moments.lognormal(1.0, 2.0), 10.0),
    ],
)
def test_the_wait_grows_with_the_spread_of_the_work(work: Moments, mean_wait: float) -> None:
    """Pollaczek-Khinchine at occupancy 0.8."""
    assert mg1(0.8, work).mean_wait == pytest.approx(mean_wait, rel=1e-12)


def test_two_classes_of_equal_work_share_one_agent() -> None:
    """Cobham: λ = .3 and .5, exponential work of mean 1."""
    waits = mg1_priority([0.3, 0.5], [Moments.exponential(1.0)] * 2)

    assert waits == pytest.approx((1.142857, 5.714286), abs=5e-7)


def test_a_ticket_whose_priority_grows_three_times_as_fast_waits_less() -> None:
    """Known answers apq-high and apq-low (Kleinrock II, s. 3.7)."""
    waits = mm1_accumulating_priority([0.3, 0.5], 1.0, slopes=[3.0, 1.0])

    assert waits == pytest.approx((2.333333333, 5.0), rel=1e-9)


def test_two_single_agents_in_a_row() -> None:
    """M/M/1 tandem, λ = .8, μ = 1 and 1.25, lead time 7.222222."""
    desk = jackson_network([0.8, 0.0], [[0, 1], [0, 0]], service_rates=[1.0, 1.25], agents=[1, 1])

    assert desk.mean_lead_time == pytest.approx(7.222222, abs=5e-7)
    assert desk.visits == pytest.approx((1, 1))


def test_visits_of_an_incident_to_the_third_support_group() -> None:
    """Known answer symian-visits-SG3 (Bartolini, Stefanelli & Tortonesi 2010, reference configuration)."""
    visits = visit_rates([0.25, 0.5, 0.25], [[0, 0.1, 0.7], [0.05, 0, 0.45], [0.1, 0.2, 0]])

    assert visits[2] == pytest.approx(0.8227079539, rel=1e-9)


@pytest.mark.parametrize(
    ("target", "agents", "p_delay"),
    [
        (0.1, (103, 125, 125, 103), (0.09578, 0.08546, 0.08546, 0.09578)),
        (0.5, (91, 111, 111, 91), None),
    ],
)
def test_staffing_that_keeps_the_delay_steady_through_a_cycle(
    target: float, agents: Sequence[int], p_delay: Sequence[float] | None
) -> None:
    """λ(t) = 100 + 20 sin t, μ = θ = 1, at t = 0, π/2, π, 3π/2 in the long run."""
    rate = SinusoidalRate(100.0, 20.0, 1.0)
    loads = [rate.offered_load(quarter * math.pi / 2, 1.0) for quarter in range(4)]

    found = [poisson_agents_for_p_delay(load, target) for load in loads]

    assert found == list(agents)
    if p_delay:
        assert list(map(poisson_p_delay, loads, found)) == pytest.approx(p_delay, abs=5e-6)
