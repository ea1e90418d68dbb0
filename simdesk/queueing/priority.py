"""Several classes of tickets before one team: who waits how long under which precedence.

Classes are given from the most to the least urgent. Rates are per one common unit of time. Knows no scenario
and no engine.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import accumulate, pairwise

from simdesk.queueing.erlang import erlang_c
from simdesk.queueing.limits import require_positive, require_same_length, require_stable
from simdesk.queueing.single_server import Moments


def mg1_priority(arrival_rates: Sequence[float], work: Sequence[Moments]) -> tuple[float, ...]:
    """Mean wait of each class at one agent with non-preemptive priority, M/G/1.

    Args:
        arrival_rates: tickets per unit of time, the most urgent class first.
        work: moments of the work of each class.

    Returns:
        Mean waits in the order of the classes.

    Raises:
        ValueError: lengths differ, a rate is not positive, or the total occupancy is 1 or more.

    Source: Cobham (1954), corrected (1955): W_k = W₀ / ((1 − σ_{k−1})(1 − σ_k)).
    """
    require_same_length(arrival_rates=arrival_rates, work=work)
    _require_positive_rates(arrival_rates)
    residual = sum(rate * law.second / 2 for rate, law in zip(arrival_rates, work, strict=True))
    loads = (rate * law.first for rate, law in zip(arrival_rates, work, strict=True))
    return _cobham(residual, loads)


def mmc_priority(arrival_rates: Sequence[float], service_rate: float, *, agents: int) -> tuple[float, ...]:
    """Mean wait of each class at c agents with non-preemptive priority and one common rate, M/M/c.

    Args:
        arrival_rates: tickets per unit of time, the most urgent class first.
        service_rate: tickets that one busy agent finishes per unit of time, the same for every class.
        agents: number of agents, from 1.

    Returns:
        Mean waits in the order of the classes.

    Raises:
        ValueError: a parameter is nonsensical, or the total occupancy is 1 or more.

    Source: Cobham (1954), with W₀ = C(c, a) / (c μ).
    """
    require_same_length(arrival_rates=arrival_rates)
    _require_positive_rates(arrival_rates)
    capacity = agents * service_rate
    residual = erlang_c(sum(arrival_rates), service_rate, agents=agents).p_wait / capacity
    return _cobham(residual, (rate / capacity for rate in arrival_rates))


def mm1_accumulating_priority(
    arrival_rates: Sequence[float], service_rate: float, *, slopes: Sequence[float]
) -> tuple[float, ...]:
    """Mean wait of each class when priority grows with waiting, at its own slope, M/M/1 non-preemptive.

    Args:
        arrival_rates: tickets per unit of time, the steepest class first.
        service_rate: tickets that the busy agent finishes per unit of time, the same for every class.
        slopes: priority gained per unit of wait, positive and not increasing from class to class.

    Returns:
        Mean waits in the order of the classes.

    Raises:
        ValueError: a parameter is nonsensical, the slopes increase, or the occupancy is 1 or more.

    Source: Kleinrock (1964), Kleinrock II (1976), s. 3.7; solved from the flattest class upwards.
    """
    require_same_length(arrival_rates=arrival_rates, slopes=slopes)
    _require_positive_rates(arrival_rates)
    for slope in slopes:
        require_positive(slope=slope)
    if list(slopes) != sorted(slopes, reverse=True):
        raise ValueError(f"give the classes from the steepest slope to the flattest, not {tuple(slopes)}")
    fifo_wait = erlang_c(sum(arrival_rates), service_rate, agents=1).mean_wait
    loads = [rate / service_rate for rate in arrival_rates]
    waits = [0.0] * len(loads)
    for own in reversed(range(len(loads))):
        gained = sum(
            loads[flatter] * waits[flatter] * (1 - slopes[flatter] / slopes[own])
            for flatter in range(own + 1, len(loads))
        )
        overtaken = sum(loads[steeper] * (1 - slopes[own] / slopes[steeper]) for steeper in range(own))
        waits[own] = (fifo_wait - gained) / (1 - overtaken)
    return tuple(waits)


def _require_positive_rates(arrival_rates: Iterable[float]) -> None:
    for rate in arrival_rates:
        require_positive(arrival_rate=rate)


def _cobham(residual: float, loads: Iterable[float]) -> tuple[float, ...]:
    """Waits from the mean residual work W₀ and the loads of the classes."""
    sums = list(accumulate(loads, initial=0.0))
    require_stable(sums[-1])
    return tuple(residual / ((1 - above) * (1 - upto)) for above, upto in pairwise(sums))
