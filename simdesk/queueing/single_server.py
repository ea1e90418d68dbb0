"""One agent, or equal work: Pollaczek-Khinchine, Takacs, vacations, shortest job first, Spitzer, M/D/c.

Rates are per one common unit of time; times come out in that unit. Knows no scenario and no engine.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from simdesk.queueing.limits import require_agents, require_not_negative, require_positive, require_stable


@dataclass(frozen=True, slots=True)
class Moments:
    """The first three raw moments of a duration: E[S], E[S²], E[S³]."""

    first: float
    second: float
    third: float

    def __post_init__(self) -> None:
        require_positive(mean=self.first)
        if self.second < self.first**2 * (1 - 1e-12) or self.third < self.first**3 * (1 - 1e-12):
            raise ValueError("no duration has these moments: E[S²] is at least E[S]², and E[S³] at least E[S]³")

    @classmethod
    def deterministic(cls, length: float) -> Self:
        """Always the same length."""
        return cls(length, length**2, length**3)

    @classmethod
    def exponential(cls, mean: float) -> Self:
        """Exponential with this mean."""
        return cls.gamma(shape=1.0, scale=mean)

    @classmethod
    def erlang(cls, stages: int, mean: float) -> Self:
        """Sum of `stages` equal exponentials with this overall mean."""
        require_positive(stages=stages)
        return cls.gamma(shape=float(stages), scale=mean / stages)

    @classmethod
    def gamma(cls, shape: float, scale: float) -> Self:
        """Gamma with mean shape × scale."""
        require_positive(shape=shape, scale=scale)
        first = shape * scale
        second = first * (shape + 1) * scale
        return cls(first, second, second * (shape + 2) * scale)

    @classmethod
    def lognormal(cls, mean: float, cv: float) -> Self:
        """Lognormal with this mean and coefficient of variation."""
        require_positive(mean=mean)
        require_not_negative(cv=cv)
        return cls(mean, mean**2 * (1 + cv**2), mean**3 * (1 + cv**2) ** 3)

    @classmethod
    def uniform(cls, low: float, high: float) -> Self:
        """Uniform between two bounds."""
        require_not_negative(low=low)
        if not high > low:
            raise ValueError(f"the upper bound must be above the lower one, not {high} with {low}")
        width = high - low
        powers = ((high ** (k + 1) - low ** (k + 1)) / ((k + 1) * width) for k in (1, 2, 3))
        return cls(*powers)


@dataclass(frozen=True, slots=True)
class MG1:
    """The long run of one agent with a FIFO queue and any law of work.

    Args:
        mean_wait: mean wait of all tickets.
        variance_wait: variance of the wait, in squared time.
        mean_queue: mean number of waiting tickets.
        occupancy: share of its time in which the agent works.
    """

    mean_wait: float
    variance_wait: float
    mean_queue: float
    occupancy: float


def mg1(arrival_rate: float, work: Moments) -> MG1:
    """How long tickets wait for one agent whatever the law of the work, M/G/1 FIFO.

    Args:
        arrival_rate: tickets per unit of time.
        work: moments of the work per ticket.

    Raises:
        ValueError: the rate is not positive, or the occupancy is 1 or more.

    Source: Pollaczek-Khinchine for the mean, Takacs for the variance; Kleinrock I (1975), s. 5.7.
    """
    require_positive(arrival_rate=arrival_rate)
    occupancy = arrival_rate * work.first
    require_stable(occupancy)
    mean_wait = arrival_rate * work.second / (2 * (1 - occupancy))
    variance = arrival_rate * work.third / (3 * (1 - occupancy)) + mean_wait**2
    return MG1(mean_wait, variance, arrival_rate * mean_wait, occupancy)


def mg1_vacations_mean_wait(arrival_rate: float, work: Moments, *, vacation: Moments) -> float:
    """Mean wait when an idle agent always takes up other work that cannot be interrupted.

    An endless supply of non-preemptible lowest-priority tickets is the same thing.

    Args:
        arrival_rate: tickets per unit of time.
        work: moments of the work per ticket.
        vacation: moments of one piece of other work.

    Raises:
        ValueError: the rate is not positive, or the occupancy by tickets is 1 or more.

    Source: decomposition of Levy & Yechiali (1975), Fuhrmann & Cooper (1985).
    """
    return mg1(arrival_rate, work).mean_wait + vacation.second / (2 * vacation.first)


def mm1_shortest_job_first(arrival_rate: float, service_rate: float) -> float:
    """Mean wait at one agent who always takes the shortest waiting ticket, not interrupting, M/M/1.

    Args:
        arrival_rate: tickets per unit of time.
        service_rate: tickets that the busy agent finishes per unit of time.

    Raises:
        ValueError: a rate is not positive, or the occupancy is 1 or more.

    Source: Phipps (1956): a ticket of length x waits W₀ / (1 − ρ(x))², ρ(x) the load of the shorter ones.
    """
    from scipy.integrate import quad

    require_positive(arrival_rate=arrival_rate, service_rate=service_rate)
    occupancy = arrival_rate / service_rate
    require_stable(occupancy)
    residual = occupancy / service_rate

    def weighted_wait(length: float) -> float:
        shorter = occupancy * (1 - math.exp(-length) * (1 + length))
        return math.exp(-length) * residual / (1 - shorter) ** 2

    mean_wait, _ = quad(weighted_wait, 0.0, math.inf, epsabs=0.0, epsrel=1e-11, limit=200)
    return float(mean_wait)


def mm1_first_waits(arrival_rate: float, service_rate: float, *, tickets: int) -> NDArray[np.float64]:
    """Mean wait of the first, second, … ticket of a desk that starts empty with one agent, M/M/1.

    The occupancy may be 1 or more: nothing here waits for a long run.

    Args:
        arrival_rate: tickets per unit of time.
        service_rate: tickets that the busy agent finishes per unit of time.
        tickets: how many, from 1.

    Returns:
        Mean waits, shape (tickets,); the first is 0.

    Raises:
        ValueError: a rate is not positive or `tickets` is below 1.

    Source: Spitzer (1956), E[W_{n+1}] = Σ_{k≤n} E[S_k⁺] / k; the probabilities are incomplete betas.
    """
    from scipy.special import betainc

    require_positive(arrival_rate=arrival_rate, service_rate=service_rate)
    if tickets < 1:
        raise ValueError(f"tickets must be at least 1, not {tickets}")
    k = np.arange(1, tickets, dtype=np.float64)
    share = arrival_rate / (arrival_rate + service_rate)
    steps = betainc(k, k + 1, share) / service_rate - betainc(k + 1, k, share) / arrival_rate
    return np.concatenate(([0.0], np.cumsum(steps)))


def mdc_mean_wait(arrival_rate: float, work: float, *, agents: int) -> float:
    """Mean wait for one of c agents when every ticket needs the same work, M/D/c FIFO.

    Args:
        arrival_rate: tickets per unit of time.
        work: length of the work, the same for every ticket.
        agents: number of agents, from 1.

    Raises:
        ValueError: a parameter is nonsensical, or the occupancy is 1 or more.

    Source: Crommelin (1932), Franx (2001); the derivative at 1 of the generating function of N, by its roots.
    """
    load, roots = _mdc_roots(arrival_rate, work, agents)
    queue = np.sum(1 / (1 - roots)).real - (agents * (agents - 1) - load**2) / (2 * (agents - load))
    return float(queue) / arrival_rate


def mdc_p_wait(arrival_rate: float, work: float, *, agents: int) -> float:
    """Share of tickets that wait when every ticket needs the same work, M/D/c.

    Args, errors and source as in `mdc_mean_wait`: P(N < c) = (c − a) / Π (1 − z_k).
    """
    load, roots = _mdc_roots(arrival_rate, work, agents)
    return 1.0 - float(((agents - load) / np.prod(1 - roots)).real)


def _mdc_roots(arrival_rate: float, work: float, agents: int) -> tuple[float, NDArray[np.complex128]]:
    """Offered load a, and the c − 1 roots of z^c = e^(a(z−1)) inside the unit circle, by Newton's method."""
    require_positive(arrival_rate=arrival_rate, work=work)
    require_agents(agents)
    load = arrival_rate * work
    occupancy = load / agents
    require_stable(occupancy)
    turn = np.exp(2j * np.pi * np.arange(1, agents) / agents)
    roots = turn * np.exp(-occupancy)
    for _ in range(200):
        image = turn * np.exp(occupancy * (roots - 1))
        step = (roots - image) / (1 - occupancy * image)
        roots = roots - step
        if np.max(np.abs(step), initial=0.0) < 1e-15:
            break
    return load, roots
