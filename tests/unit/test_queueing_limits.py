"""The closed forms against one another at their limits, and against nonsense."""

from __future__ import annotations

import math
import re
from collections.abc import Callable

import numpy as np
import pytest

from answers import CASES, storm
from simdesk.queueing import (
    ErlangA,
    ErlangC,
    Moments,
    SinusoidalRate,
    allen_cunneen,
    cheapest_team,
    erlang_a,
    erlang_a_served_within,
    erlang_b,
    erlang_c,
    halfin_whitt_beta,
    halfin_whitt_p_wait,
    jackson_network,
    mdc_mean_wait,
    mdc_p_wait,
    mg1,
    mg1_priority,
    mg1_vacations_mean_wait,
    mm1_accumulating_priority,
    mm1_first_waits,
    mm1_shortest_job_first,
    mmc_priority,
    poisson_agents_for_p_delay,
    poisson_mean_queue,
    poisson_p_delay,
    sakasegawa,
    served_within,
    solved_without_passing_on,
    square_root_staffed_cycle,
    time_varying_queue,
    visit_rates,
)

PATIENT = 1e-9
HASTY = 1e9


@pytest.mark.parametrize(("arrival_rate", "agents"), [(0.8, 1), (9.0, 10), (95.0, 100), (1.0, 12)])
def test_endless_patience_gives_erlang_c(arrival_rate: float, agents: int) -> None:
    patient = erlang_c(arrival_rate, 1.0, agents=agents)

    for theta in (0.0, PATIENT):
        queue = erlang_a(arrival_rate, 1.0, abandonment_rate=theta, agents=agents)
        assert queue.p_wait == pytest.approx(patient.p_wait, rel=1e-5)
        assert queue.mean_queue == pytest.approx(patient.mean_queue, rel=1e-5)
        assert queue.occupancy == pytest.approx(patient.occupancy, rel=1e-5)
        assert queue.p_abandon == pytest.approx(0.0, abs=1e-6)


@pytest.mark.parametrize("threshold", [0.0, 0.1, 1.0, 30.0])
def test_endless_patience_gives_the_service_level_of_erlang_c(threshold: float) -> None:
    found = erlang_a_served_within(9.0, 1.0, abandonment_rate=PATIENT, agents=10, threshold=threshold)

    assert found == pytest.approx(erlang_c(9.0, 1.0, agents=10).served_within(threshold), rel=1e-6)


@pytest.mark.parametrize(("arrival_rate", "agents"), [(0.5, 1), (9.0, 10), (30.0, 10)])
def test_no_patience_gives_erlang_b(arrival_rate: float, agents: int) -> None:
    queue = erlang_a(arrival_rate, 1.0, abandonment_rate=HASTY, agents=agents)

    lost = erlang_b(arrival_rate, agents)
    assert queue.p_wait == pytest.approx(lost, rel=1e-6)
    assert queue.p_abandon == pytest.approx(lost, rel=1e-6)
    assert queue.mean_queue == pytest.approx(0.0, abs=1e-6)


@pytest.mark.parametrize(
    ("arrival_rate", "abandonment_rate"), [(9.0, 0.5), (10.0, 0.001), (25.0, 0.01), (25.0, 3.0), (2.0, 50.0)]
)
def test_in_the_end_everyone_is_served_or_gives_up(arrival_rate: float, abandonment_rate: float) -> None:
    """P(served and W ≤ ∞) by quadrature and P(abandon) by summation are two routes to one number."""
    queue = erlang_a(arrival_rate, 1.0, abandonment_rate=abandonment_rate, agents=10)

    served = erlang_a_served_within(arrival_rate, 1.0, abandonment_rate=abandonment_rate, agents=10, threshold=1e7)

    assert served == pytest.approx(1 - queue.p_abandon, rel=1e-9)


def test_abandonment_as_fast_as_service_makes_the_desk_poisson() -> None:
    queue = erlang_a(110.0, 1.0, abandonment_rate=1.0, agents=100)

    assert queue.p_wait == pytest.approx(poisson_p_delay(110.0, 100), rel=1e-10)
    assert queue.mean_queue == pytest.approx(poisson_mean_queue(110.0, 100), rel=1e-10)


@pytest.mark.parametrize("occupancy", [0.1, 0.5, 0.9, 0.99])
def test_one_agent_with_equal_work_is_a_special_case_of_pollaczek_khinchine(occupancy: float) -> None:
    queue = mg1(occupancy / 7.0, Moments.deterministic(7.0))

    assert mdc_mean_wait(occupancy / 7.0, 7.0, agents=1) == pytest.approx(queue.mean_wait, rel=1e-9)
    assert mdc_p_wait(occupancy / 7.0, 7.0, agents=1) == pytest.approx(occupancy, rel=1e-9)


@pytest.mark.parametrize("agents", [2, 30, 100])
def test_equal_work_waits_between_half_of_exponential_work_and_all_of_it(agents: int) -> None:
    """Cosmetatos (1976): the ratio of M/D/c to M/M/c is above 1/2 and tends to it in heavy traffic."""
    ratios = [
        mdc_mean_wait(rho * agents, 1.0, agents=agents) / erlang_c(rho * agents, 1.0, agents=agents).mean_wait
        for rho in (0.9, 0.999)
    ]

    assert 0.5 < ratios[1] < ratios[0] < 1
    assert ratios[1] == pytest.approx(0.5, abs=0.01)


def test_exponential_work_makes_mg1_and_erlang_c_agree() -> None:
    queue, patient = mg1(0.7, Moments.exponential(1.2)), erlang_c(0.7, 1 / 1.2, agents=1)

    assert queue.mean_wait == pytest.approx(patient.mean_wait, rel=1e-12)
    assert queue.mean_queue == pytest.approx(patient.mean_queue, rel=1e-12)
    assert queue.variance_wait == pytest.approx((2 - 0.84) * 0.84 / (0.16 / 1.2) ** 2, rel=1e-9)


@pytest.mark.parametrize("agents", [1, 4])
def test_precedence_only_moves_waiting_from_one_class_to_another(agents: int) -> None:
    """Kleinrock's conservation law: the mean over tickets is that of FIFO."""
    rates = [0.2 * agents, 0.3 * agents, 0.35 * agents]

    waits = mmc_priority(rates, 1.0, agents=agents)

    fifo = erlang_c(sum(rates), 1.0, agents=agents).mean_wait
    assert sum(rate * wait for rate, wait in zip(rates, waits, strict=True)) == pytest.approx(fifo * sum(rates))
    assert list(waits) == sorted(waits)
    assert mmc_priority([0.6 * agents], 1.0, agents=agents)[0] == pytest.approx(
        erlang_c(0.6 * agents, 1.0, agents=agents).mean_wait
    )


def test_one_agent_with_equal_rates_is_the_common_case_of_both_priority_formulas() -> None:
    rates = [0.2, 0.3, 0.3]

    single = mg1_priority(rates, [Moments.exponential(1.0)] * 3)

    assert mmc_priority(rates, 1.0, agents=1) == pytest.approx(single, rel=1e-12)


def test_accumulating_priority_lies_between_fifo_and_static_priority() -> None:
    rates = [0.2, 0.3, 0.3]

    fifo = erlang_c(0.8, 1.0, agents=1).mean_wait
    static = mmc_priority(rates, 1.0, agents=1)

    assert mm1_accumulating_priority(rates, 1.0, slopes=[1.0, 1.0, 1.0]) == pytest.approx([fifo] * 3)
    assert mm1_accumulating_priority(rates, 1.0, slopes=[1e12, 1e6, 1.0]) == pytest.approx(static, rel=1e-4)


def test_shortest_job_first_never_waits_longer_than_fifo() -> None:
    for occupancy in (0.05, 0.5, 0.95):
        assert mm1_shortest_job_first(occupancy, 1.0) < erlang_c(occupancy, 1.0, agents=1).mean_wait
    assert mm1_shortest_job_first(0.001, 1.0) == pytest.approx(0.001, rel=0.002)


def test_vacations_that_shrink_to_nothing_leave_pollaczek_khinchine() -> None:
    work = Moments.erlang(3, 2.0)

    found = mg1_vacations_mean_wait(0.3, work, vacation=Moments.deterministic(1e-9))

    assert found == pytest.approx(mg1(0.3, work).mean_wait, rel=1e-8)


def test_approximations_are_exact_where_they_should_be_and_close_elsewhere() -> None:
    """Allen-Cunneen is exact for M/M/c and M/G/1; within 3 % of M/E₂/3 (mE23-Wq); Sakasegawa close."""
    erlang_2 = next(case for case in CASES if case["id"] == "mE23-Wq")["expected"]

    assert allen_cunneen(9.0, 1.0, agents=10) == pytest.approx(erlang_c(9.0, 1.0, agents=10).mean_wait)
    assert allen_cunneen(0.8, 1.0, agents=1, work_cv=0.0) == pytest.approx(2.0)
    assert allen_cunneen(2.55, 1.0, agents=3, work_cv=math.sqrt(0.5)) == pytest.approx(erlang_2, rel=0.03)
    assert sakasegawa(0.8, 1.0, agents=1, work_cv=0.0) == pytest.approx(2.0)
    assert sakasegawa(9.0, 1.0, agents=10) == pytest.approx(erlang_c(9.0, 1.0, agents=10).mean_wait, rel=0.03)


def test_without_escalation_a_network_is_one_tier() -> None:
    desk = jackson_network([4.0], [[0.0]], service_rates=[1.0], agents=[5])

    tier = erlang_c(4.0, 1.0, agents=5)
    assert desk.teams == (tier,)
    assert desk.mean_lead_time == pytest.approx(tier.mean_lead_time)
    assert solved_without_passing_on([[0.0]]) == 1.0


def test_a_constant_desk_settles_to_erlang_c_and_erlang_a() -> None:
    calm = time_varying_queue(lambda t: 4.0, 1.0, staffing=[(0.0, 5)], end=150.0, measured_from=149.0)
    hurried = time_varying_queue(
        lambda t: 6.0, 1.0, staffing=[(0.0, 5)], end=60.0, measured_from=59.0, abandonment_rate=0.5
    )

    patient = erlang_c(4.0, 1.0, agents=5)
    impatient = erlang_a(6.0, 1.0, abandonment_rate=0.5, agents=5)
    assert (calm.share_delayed, calm.mean_wait) == pytest.approx((patient.p_wait, patient.mean_wait), rel=1e-5)
    assert served_within(calm.seen_by_arrivals, 1.0, agents=5, threshold=0.4) == pytest.approx(
        patient.served_within(0.4), rel=1e-5
    )
    assert hurried.share_abandoned == pytest.approx(impatient.p_abandon, rel=1e-7)
    assert hurried.mean_queue[-1] == pytest.approx(impatient.mean_queue, rel=1e-7)


def test_whatever_the_staffing_the_number_is_poisson_if_tickets_leave_as_fast_as_they_are_served() -> None:
    """Empty start: m(t) = 100 + 10 (sin t − cos t) − 90 e^(−t), at a tenth of the size."""
    rate = SinusoidalRate(10.0, 2.0, 1.0)
    staffing = [(0.0, 8), (1.5, 13), (3.0, 0), (4.0, 11)]

    desk = time_varying_queue(rate, 1.0, staffing=staffing, end=6.0, abandonment_rate=1.0, points=13, largest_number=60)

    loads = [10 + math.sin(t) - math.cos(t) - 9 * math.exp(-t) for t in desk.times]
    agents = [[count for start, count in staffing if start <= t][-1] for t in desk.times]
    assert desk.mean_number == pytest.approx(loads, abs=1e-7)
    assert [rate.offered_load_from_empty(float(t), 1.0) for t in desk.times] == pytest.approx(loads, abs=1e-12)
    assert desk.p_delay == pytest.approx(list(map(poisson_p_delay, np.maximum(loads, 0), agents)), abs=1e-7)
    assert desk.mean_queue == pytest.approx(list(map(poisson_mean_queue, np.maximum(loads, 0), agents)), abs=1e-7)


def test_constant_demand_needs_no_cycle() -> None:
    cycle = square_root_staffed_cycle(SinusoidalRate(50.0, 0.0, 1.0), 1.0, beta=0.5)

    queue = erlang_a(50.0, 1.0, abandonment_rate=1.0, agents=math.ceil(50 + 0.5 * math.sqrt(50)))
    assert (cycle.p_delay, cycle.p_abandon) == pytest.approx((queue.p_wait, queue.p_abandon), rel=1e-9)


def test_large_and_tiny_teams_stay_accurate() -> None:
    """Nothing overflows: thousands of agents, heavy overload with much patience, a sleepy fire brigade."""
    huge: ErlangC = erlang_c(10_000.0, 1.0, agents=10_100)
    flooded: ErlangA = erlang_a(2_000.0, 1.0, abandonment_rate=0.01, agents=1_000)
    sleepy = erlang_c(0.01, 1.0, agents=1)

    assert huge.p_wait == pytest.approx(halfin_whitt_p_wait(1.0), rel=0.01)
    assert flooded.p_abandon == pytest.approx(0.5, rel=1e-9)
    assert flooded.occupancy == pytest.approx(1.0, rel=1e-9)
    assert sleepy.wait_quantile(0.9) == 0.0


@pytest.mark.parametrize(
    ("attempt", "message"),
    [
        (lambda: erlang_c(5.0, 1.0, agents=5), "grows without bound; add agents"),
        (lambda: erlang_c(-1.0, 1.0, agents=5), "arrival rate must be a positive number, not -1"),
        (lambda: erlang_c(math.nan, 1.0, agents=5), "arrival rate must be a positive number"),
        (lambda: erlang_c(1.0, 1.0, agents=0), "whole number from 1 upwards, not 0"),
        (lambda: erlang_c(1.0, 1.0, agents=2).wait_quantile(1.0), "share must lie between 0 and 1"),
        (lambda: erlang_c(1.0, 1.0, agents=2).served_within(-1.0), "threshold must be a number from 0"),
        (lambda: erlang_b(0.0, 3), "offered load must be a positive number"),
        (lambda: erlang_a(5.0, 1.0, abandonment_rate=0.0, agents=5), "grows without bound"),
        (lambda: erlang_a(5.0, 1.0, abandonment_rate=-1.0, agents=5), "abandonment rate must be a"),
        (lambda: erlang_a(0.1, 1.0, abandonment_rate=1.0, agents=500), "nobody ever waits"),
        (lambda: mg1(1.0, Moments.exponential(1.0)), "grows without bound"),
        (lambda: Moments(1.0, 0.5, 1.0), "no duration has these moments"),
        (lambda: Moments.uniform(3.0, 3.0), "upper bound must be above"),
        (lambda: mdc_mean_wait(3.0, 1.0, agents=3), "grows without bound"),
        (lambda: mm1_shortest_job_first(1.0, 1.0), "grows without bound"),
        (lambda: mm1_first_waits(1.0, 1.0, tickets=0), "tickets must be at least 1"),
        (lambda: mg1_priority([0.1, 0.2], [Moments.exponential(1.0)]), "same number of entries"),
        (lambda: mg1_priority([0.6, 0.5], [Moments.exponential(1.0)] * 2), "grows without bound"),
        (lambda: mmc_priority([1.0, 0.0], 1.0, agents=2), "arrival rate must be a positive number"),
        (lambda: mm1_accumulating_priority([0.1, 0.1], 1.0, slopes=[1.0, 2.0]), "steepest slope"),
        (lambda: visit_rates([1.0, 0.0], [[0.0, 1.0], [1.0, 0.0]]), "some tickets never leave"),
        (lambda: visit_rates([1.0], [[1.2]]), "must not exceed 1"),
        (lambda: visit_rates([1.0, 1.0], [[0.1], [0.2]]), "routing must be square"),
        (lambda: solved_without_passing_on([[1.0]]), "comes back to it for ever"),
        (lambda: allen_cunneen(1.0, 1.0, agents=1), "grows without bound"),
        (lambda: sakasegawa(1.0, 1.0, agents=2, work_cv=-1.0), "work cv must be a number from 0"),
        (lambda: halfin_whitt_p_wait(-0.5), "beta must be a positive number"),
        (lambda: halfin_whitt_beta(1.0), "p wait must lie between 0 and 1"),
        (lambda: cheapest_team(1.0, 1.0, agent_cost=0.0, waiting_cost=1.0), "agent cost must be a positive"),
        (lambda: SinusoidalRate(1.0, 2.0, 1.0), "a negative rate"),
        (lambda: square_root_staffed_cycle(SinusoidalRate(2.0, 1.0, 1.0), 1.0, beta=-3.0), "leaves nobody"),
        (lambda: poisson_agents_for_p_delay(10.0, 0.0), "p delay must be a positive number"),
        (lambda: time_varying_queue(lambda t: 1.0, 1.0, staffing=[(1.0, 2)], end=2.0), "must start at 0"),
        (lambda: storm(largest_number=20), "raise largest_number"),
        (lambda: storm(measured_from=13.0), "stretch must be a positive number"),
    ],
)  # fmt: skip
def test_nonsense_is_refused_in_a_sentence(attempt: Callable[[], object], message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        attempt()
