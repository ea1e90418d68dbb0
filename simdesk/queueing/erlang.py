"""Erlang B, C and A: exponential work, c agents, one FIFO queue.

Rates are per one common unit of time; times come out in that unit. Knows no scenario and no engine.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

from simdesk.queueing.limits import (
    require_agents,
    require_not_negative,
    require_positive,
    require_share,
    require_stable,
)

NEGLIGIBLE_LOG = 50.0
"""A density e⁻⁵⁰ below its peak is left out of an integral."""


@dataclass(frozen=True, slots=True)
class ErlangC:
    """The long run of a patient queue, M/M/c.

    Args:
        p_wait: share of tickets that wait at all.
        mean_wait: mean wait of all tickets, those that do not wait included.
        mean_queue: mean number of waiting tickets.
        occupancy: share of its time in which an agent works.
        mean_lead_time: mean wait plus mean work.
        drain_rate: c μ − λ, the rate at which the wait of those who wait decays.
    """

    p_wait: float
    mean_wait: float
    mean_queue: float
    occupancy: float
    mean_lead_time: float
    drain_rate: float

    def served_within(self, threshold: float) -> float:
        """Share of tickets that wait no longer than the threshold, P(W ≤ t) = 1 − C e^(−(cμ−λ)t)."""
        require_not_negative(threshold=threshold)
        return 1.0 - self.p_wait * math.exp(-self.drain_rate * threshold)

    def wait_quantile(self, share: float) -> float:
        """The wait that the given share of tickets does not exceed; 0 if so many do not wait at all."""
        require_share(share=share)
        return max(0.0, math.log(self.p_wait / (1.0 - share)) / self.drain_rate)


@dataclass(frozen=True, slots=True)
class ErlangA:
    """The long run of a queue with exponential patience, M/M/c+M.

    Args:
        p_wait: share of tickets that do not find a free agent.
        p_abandon: share of tickets that give up.
        mean_wait: mean wait of all tickets, served or not.
        mean_queue: mean number of waiting tickets.
        occupancy: share of its time in which an agent works.
    """

    p_wait: float
    p_abandon: float
    mean_wait: float
    mean_queue: float
    occupancy: float


def erlang_b(offered_load: float, agents: int) -> float:
    """Share of calls lost when nobody can wait, M/G/c/c.

    Args:
        offered_load: arrival rate × mean work, Erlang.
        agents: number of agents, from 0.

    Raises:
        ValueError: the load is not positive or the number of agents is not a whole number from 0.

    Source: Erlang (1917), by the stable recursion B(k) = a B(k−1) / (k + a B(k−1)).
    """
    require_positive(offered_load=offered_load)
    require_agents(agents, least=0)
    blocking = 1.0
    for k in range(1, agents + 1):
        blocking = offered_load * blocking / (k + offered_load * blocking)
    return blocking


def erlang_c(arrival_rate: float, service_rate: float, *, agents: int) -> ErlangC:
    """How long patient tickets wait for one of c agents, M/M/c.

    Args:
        arrival_rate: tickets per unit of time.
        service_rate: tickets that one busy agent finishes per unit of time.
        agents: number of agents, from 1.

    Raises:
        ValueError: a parameter is nonsensical, or the occupancy is 1 or more.

    Source: Erlang (1917); Gross, Shortle, Thompson & Harris (2008), ch. 2.
    """
    require_positive(arrival_rate=arrival_rate, service_rate=service_rate)
    require_agents(agents)
    offered_load = arrival_rate / service_rate
    occupancy = offered_load / agents
    require_stable(occupancy)
    blocking = erlang_b(offered_load, agents)
    p_wait = blocking / (1.0 - occupancy * (1.0 - blocking))
    drain_rate = agents * service_rate - arrival_rate
    mean_wait = p_wait / drain_rate
    return ErlangC(
        p_wait=p_wait,
        mean_wait=mean_wait,
        mean_queue=arrival_rate * mean_wait,
        occupancy=occupancy,
        mean_lead_time=mean_wait + 1.0 / service_rate,
        drain_rate=drain_rate,
    )


def erlang_a(arrival_rate: float, service_rate: float, *, abandonment_rate: float, agents: int) -> ErlangA:
    """How many tickets give up, and how long they wait, with exponential patience, M/M/c+M.

    Args:
        arrival_rate: tickets per unit of time.
        service_rate: tickets that one busy agent finishes per unit of time.
        abandonment_rate: 1 / mean patience; 0 for endless patience (then the occupancy must be below 1).
        agents: number of agents, from 1.

    Raises:
        ValueError: a parameter is nonsensical, or patience is endless and the occupancy is 1 or more.

    Source: Palm (1946); Mandelbaum & Zeltyn (2007), by the stationary distribution of the birth-death chain.
    """
    tail = _queue_tail(arrival_rate, service_rate, abandonment_rate, agents)
    p_wait = tail.share_waiting
    mean_queue = tail.mean_queue
    p_abandon = abandonment_rate * mean_queue / arrival_rate
    return ErlangA(
        p_wait=p_wait,
        p_abandon=p_abandon,
        mean_wait=mean_queue / arrival_rate,
        mean_queue=mean_queue,
        occupancy=arrival_rate * (1.0 - p_abandon) / (agents * service_rate),
    )


def erlang_a_served_within(
    arrival_rate: float, service_rate: float, *, abandonment_rate: float, agents: int, threshold: float
) -> float:
    """Share of all tickets that are served and wait no longer than the threshold, M/M/c+M.

    Args:
        arrival_rate: tickets per unit of time.
        service_rate: tickets that one busy agent finishes per unit of time.
        abandonment_rate: 1 / mean patience, positive.
        agents: number of agents, from 1.
        threshold: the wait allowed, from 0.

    Raises:
        ValueError: a parameter is nonsensical.

    Source: the density of the offered wait after Baccelli & Hebuterne (1981); Zeltyn & Mandelbaum (2005).
    """
    from scipy.integrate import quad

    require_positive(abandonment_rate=abandonment_rate)
    require_not_negative(threshold=threshold)
    tail = _queue_tail(arrival_rate, service_rate, abandonment_rate, agents)
    capacity = agents * service_rate

    def log_density(wait: float) -> float:
        patient = -abandonment_rate * wait
        arrived = -arrival_rate * math.expm1(patient) / abandonment_rate
        return tail.log_p_full + math.log(capacity) + arrived - capacity * wait + patient

    peak = max(0.0, math.log(arrival_rate / (capacity + abandonment_rate)) / abandonment_rate)
    reach = 1.0 / capacity
    while log_density(peak + reach) > log_density(peak) - NEGLIGIBLE_LOG:
        reach *= 2.0
    edges = (0.0, peak - reach, peak, peak + reach)
    inside = [min(max(0.0, edge), threshold) for edge in edges]
    waited = sum(
        float(quad(lambda wait: math.exp(log_density(wait)), low, high, epsabs=1e-13, epsrel=1e-11, limit=200)[0])
        for low, high in pairwise(inside)
    )
    return 1.0 - tail.share_waiting + waited


@dataclass(frozen=True, slots=True)
class _QueueTail:
    """What the states with all agents busy say: P(N ≥ c), E[(N − c)⁺] and log P(N = c)."""

    share_waiting: float
    mean_queue: float
    log_p_full: float


def _queue_tail(arrival_rate: float, service_rate: float, abandonment_rate: float, agents: int) -> _QueueTail:
    """Sum the chain above c relative to P(N = c), scaled down whenever the sum grows large."""
    require_positive(arrival_rate=arrival_rate, service_rate=service_rate)
    require_not_negative(abandonment_rate=abandonment_rate)
    require_agents(agents)
    capacity = agents * service_rate
    if abandonment_rate == 0:
        require_stable(arrival_rate / capacity)
    scale, log_scale = 1.0, 0.0
    below_and_full = _inverse_blocking(arrival_rate / service_rate, agents)
    term, waiting, queue = 1.0, 0.0, 0.0
    waited_for = 0
    while True:
        waited_for += 1
        ratio = arrival_rate / (capacity + waited_for * abandonment_rate)
        term *= ratio
        waiting += term
        queue += waited_for * term
        if ratio < 1 and waited_for * term < 1e-17 * (1.0 - ratio) ** 2 * queue:
            break
        if waiting > 1e200:
            term, waiting, queue, scale = (value * 1e-200 for value in (term, waiting, queue, scale))
            below_and_full *= 1e-200
            log_scale += 200.0 * math.log(10.0)
    total = below_and_full + waiting
    return _QueueTail((scale + waiting) / total, queue / total, -math.log(total) - log_scale)


def _inverse_blocking(offered_load: float, agents: int) -> float:
    """1 / B(c, a); refuses a team so large for its load that nobody ever waits in double precision."""
    blocking = erlang_b(offered_load, agents)
    if blocking < 1e-280:
        raise ValueError(f"{agents} agents for {offered_load:.4g} Erlang: nobody ever waits; use fewer")
    return 1.0 / blocking
