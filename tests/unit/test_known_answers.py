"""The closed forms against known answers with their sources; a copied case has a formula or a reason why not."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from functools import cache

import numpy as np
import pytest

from answers import CASES, Case, storm
from simdesk.queueing import (
    JacksonNetwork,
    Moments,
    SinusoidalRate,
    TimeVaryingQueue,
    erlang_a,
    erlang_a_served_within,
    erlang_b,
    erlang_c,
    jackson_network,
    mdc_mean_wait,
    mdc_p_wait,
    mg1,
    mg1_priority,
    mg1_vacations_mean_wait,
    mm1_accumulating_priority,
    mm1_first_waits,
    mm1_shortest_job_first,
    poisson_mean_queue,
    poisson_p_delay,
    served_within,
    solved_without_passing_on,
    square_root_staffed_cycle,
    square_root_staffing,
    time_varying_queue,
)


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
