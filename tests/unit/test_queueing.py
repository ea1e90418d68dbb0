"""The closed forms against numbers that others computed, and against one another at their limits."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from simdesk.queueing import (
    ErlangA,
    ErlangC,
    JacksonNetwork,
    Moments,
    SinusoidalRate,
    TimeVaryingQueue,
    agents_for_p_wait,
    agents_for_service_level,
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
    square_root_staffing,
    time_varying_queue,
    visit_rates,
)

Case = dict[str, Any]
KNOWN_ANSWERS = Path(__file__).parents[1] / "verification" / "known_answers.yaml"
CASES: list[Case] = yaml.safe_load(KNOWN_ANSWERS.read_text(encoding="utf-8"))["cases"]


def moments(law: Case) -> Moments:
    match law["dist"]:
        case "deterministic":
            return Moments.deterministic(law["length"] if "length" in law else law["mean"])
        case "exponential":
            return Moments.exponential(law["mean"])
        case "erlang":
            return Moments.erlang(law["k"], law["mean"])
        case "uniform":
            return Moments.uniform(law["low"], law["high"])
        case "lognormal":
            return Moments.lognormal(law["mean"], law["cv"])
        case "gamma":
            return Moments.gamma(law["shape"], law["scale"])
    raise ValueError(f"no moments for {law}")


def answer_erlang_b(case: Case) -> float:
    given = case["parameters"]
    return erlang_b(given["offered_load_erlang"], given["servers"])


def answer_erlang_c(case: Case) -> float:
    given = case["parameters"]
    queue = erlang_c(given["arrival_rate"], given["service_rate"], agents=given["servers"])
    match case["quantity"]:
        case "P(W>0)":
            return queue.p_wait
        case "P(W<=threshold)":
            return queue.served_within(given["threshold"])
        case "mean wait in queue" | "mean wait, A":
            return queue.mean_wait
    raise ValueError(f"no formula for {case['quantity']}")


def answer_discipline(case: Case) -> float:
    given = case["parameters"]
    if case["id"] == "mm1-sjf":
        return mm1_shortest_job_first(given["arrival_rate"], given["service_rate"])
    return answer_erlang_c(case)


def answer_mg1(case: Case) -> float:
    given = case["parameters"]
    queue = mg1(given["arrival_rate"], moments(given["service"]))
    answers = {"mean wait in queue": queue.mean_wait, "variance of wait in queue": queue.variance_wait}
    return answers[case["quantity"]]


def answer_availability(case: Case) -> float:
    given = case["parameters"]
    return mg1_vacations_mean_wait(
        given["arrival_rate"], moments(given["service"]), vacation=moments(given["vacation"])
    )


def answer_mdc(case: Case) -> float:
    given = case["parameters"]
    answers = {"mean wait in queue": mdc_mean_wait, "P(W>0)": mdc_p_wait}
    formula = answers[case["quantity"]]
    return formula(given["arrival_rate"], given["service"]["mean"], agents=given["servers"])


def answer_accumulating_priority(case: Case) -> float:
    """Classes by name in the case, by slope in the formula."""
    given = case["parameters"]
    rates, slopes = given["arrival_rates"], given["priority_slopes"]
    classes = sorted(slopes, key=slopes.__getitem__, reverse=True)
    waits = mm1_accumulating_priority(
        [rates[name] for name in classes], given["service_rate"], slopes=[slopes[name] for name in classes]
    )
    return waits[classes.index(case["quantity"].split(", ")[1])]


def answer_priority(case: Case) -> float:
    given = case["parameters"]
    if "priority_slopes" in given:
        return answer_accumulating_priority(case)
    if "services" in given:
        work = [moments(law) for law in given["services"]]
    else:
        work = [Moments.exponential(1 / rate) for rate in given["service_rates"]]
    quantity, ordinal = case["quantity"].split(", class ")
    chosen = int(ordinal) - 1
    wait = mg1_priority(given["arrival_rates"], work)[chosen]
    return {"mean wait in queue": wait, "mean sojourn time": wait + work[chosen].first}[quantity]


def answer_abandonment(case: Case) -> float:
    given = dict(case["parameters"])
    arrival_rate, service_rate = given["arrival_rate"], given["service_rate"]
    theta, agents = given["abandonment_rate"], given["servers"]
    if "threshold" in given:
        return erlang_a_served_within(
            arrival_rate,
            service_rate,
            abandonment_rate=theta,
            agents=agents,
            threshold=given["threshold"],
        )
    queue = erlang_a(arrival_rate, service_rate, abandonment_rate=theta, agents=agents)
    return {
        "P(W>0)": queue.p_wait,
        "P(abandon)": queue.p_abandon,
        "mean wait, all customers": queue.mean_wait,
        "server utilisation": queue.occupancy,
    }[case["quantity"]]


def answer_network(case: Case) -> float:
    given = case["parameters"]
    if case["quantity"] == "P(never escalated)":
        return solved_without_passing_on(given["routing"])
    desk = three_tiers(given)
    if case["quantity"] == "mean lead time per ticket":
        return desk.mean_lead_time
    quantity, name = case["quantity"].split(" at ")
    tier: int = given["nodes"].index(name)
    return {
        "total arrival rate": desk.arrival_rates[tier],
        "mean wait per visit": desk.teams[tier].mean_wait,
    }[quantity]


def three_tiers(given: Case) -> JacksonNetwork:
    return jackson_network(
        given["external_rates"],
        given["routing"],
        service_rates=given["service_rates"],
        agents=given["servers"],
    )


def answer_transient(case: Case) -> float:
    given = case["parameters"]
    waits = mm1_first_waits(given["arrival_rate"], given["service_rate"], tickets=given["customers"])
    return float(waits.mean())


def answer_time_varying(case: Case) -> float:
    match case["id"].split("-")[0]:
        case "isa":
            return answer_isa(case)
        case "gk":
            return answer_daily_sinusoid(case["quantity"])
        case "storm":
            return float(storm().mean_number[-1])
        case "shift":
            staffing = [(0.0, 4), (4.0, 8), (8.0, 4)]
            return float(time_varying_queue(lambda t: 5.0, 1.0, staffing=staffing, end=12.0).mean_number[-1])
    raise ValueError(f"no formula for {case['id']}")


def cycle_of(case: Case) -> tuple[SinusoidalRate, float]:
    given = case["parameters"]
    found = re.search(r"beta=(-?[\d.]+)", given["staffing"])
    assert found
    return SinusoidalRate(given["base"], given["amplitude"], given["angular_frequency"]), float(found[1])


def answer_isa(case: Case) -> float:
    """The mean over evenly spaced instants, as the expected value was computed."""
    rate, beta = cycle_of(case)
    points: int = case["quadrature"]["points"]
    loads = [rate.offered_load(2 * math.pi * k / points, 1.0) for k in range(points)]
    agents = [square_root_staffing(load, beta) for load in loads]
    if case["quantity"] == "time-average P(delay) over a cycle":
        return sum(map(poisson_p_delay, loads, agents)) / points
    return sum(map(poisson_mean_queue, loads, agents)) / points / rate.base


@cache
def daily_sinusoid() -> TimeVaryingQueue:
    """Green & Kolesar's day, the fifth of five, on a grid of 0.025 h."""
    return time_varying_queue(
        lambda t: 16 * (1 + 0.5 * math.sin(2 * math.pi * (t - 8) / 24)),
        4.0,
        staffing=[(0.0, 6)],
        end=120.0,
        measured_from=96.0,
        points=961,
    )


def answer_daily_sinusoid(quantity: str) -> float:
    day = daily_sinusoid()
    peak = int(np.argmax(day.mean_queue))
    return {
        "daily P(delay) of arrivals": day.share_delayed,
        "mean wait of all arrivals (h)": day.mean_wait,
        "max over the day of E[Lq(t)]": float(day.mean_queue[peak]),
        "clock time of the maximum of E[Lq(t)] (lambda peaks at 14)": float(day.times[peak]) - 96.0,
    }[quantity]


def storm(**options: Any) -> TimeVaryingQueue:
    return time_varying_queue(
        lambda t: 30.0 if 8 <= t < 10 else 5.0,
        1.0,
        staffing=[(0.0, 10)],
        end=12.0,
        rate_jumps=[8.0, 10.0],
        **options,
    )


@cache
def contact_centre_day() -> TimeVaryingQueue:
    """Eight hours of calls, then the queue is drained."""
    return time_varying_queue(
        lambda t: 4.2 if t < 480 else 0.0, 0.5, staffing=[(0.0, 12)], end=560.0, rate_jumps=[480.0]
    )


def answer_contact_centre_day(case: Case) -> float:
    day = contact_centre_day()
    if case["quantity"] == "mean number served within 20 s":
        return day.arrivals * served_within(day.seen_by_arrivals, 0.5, agents=12, threshold=1 / 3)
    return day.mean_wait


ANSWERS: dict[str, Callable[[Case], float]] = {
    "erlang-b": answer_erlang_b,
    "erlang-c": answer_erlang_c,
    "skills": answer_erlang_c,
    "discipline": answer_discipline,
    "mg1": answer_mg1,
    "availability": answer_availability,
    "mdc": answer_mdc,
    "priority": answer_priority,
    "abandonment": answer_abandonment,
    "network": answer_network,
    "transient": answer_transient,
    "time-varying": answer_time_varying,
    "contact-centre-day": answer_contact_centre_day,
}


def without_formula(case: Case) -> bool:
    return case.get("formula") == "none"


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_a_known_answer_has_a_formula_that_gives_it_or_a_reason_why_not(case: Case) -> None:
    if without_formula(case):
        assert case["reason"]
        return

    answer = ANSWERS[case["family"]](case)

    assert answer == pytest.approx(case["expected"], rel=case["tolerance"]["analytic_rel"])


def test_known_answers_are_named_once_and_tell_their_source() -> None:
    names = [case["id"] for case in CASES]

    assert len(set(names)) == len(names)
    assert all(case["source"] and case["tolerance"]["analytic_rel"] <= 1e-6 for case in CASES)


def test_a_wrong_discipline_is_noticed() -> None:
    """Negative control: FIFO in place of shortest job first is far outside the tolerance."""
    case = next(case for case in CASES if case["id"] == "mm1-sjf")

    assert answer_erlang_c(case) != pytest.approx(case["expected"], rel=0.5)


@pytest.mark.parametrize("case", [case for case in CASES if "quadrature" in case], ids=lambda case: case["id"])
def test_the_exact_cycle_agrees_with_its_evenly_spaced_mean(case: Case) -> None:
    """Their difference is the error of a grid on which the staffing jumps; 4e-4 at most, as the file says."""
    rate, beta = cycle_of(case)

    cycle = square_root_staffed_cycle(rate, 1.0, beta=beta)

    exact = cycle.p_delay if case["quantity"].startswith("time-average") else cycle.p_abandon
    assert exact == pytest.approx(case["expected"], rel=5e-4)


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
