"""Demand and staffing that change over the day: the chain of M(t)/M/s(t)+M, and the case that Poisson solves.

Rates are per one common unit of time; times come out in that unit. Knows no scenario and no engine.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from simdesk.queueing.limits import require_agents, require_not_negative, require_positive

Floats = NDArray[np.float64]

NEGLIGIBLE = 1e-9
"""Probability of the last state of a cut chain that is small enough to forget the cut."""


@dataclass(frozen=True, slots=True)
class TimeVaryingQueue:
    """A desk over time, and what the arrivals of the measured stretch met.

    Args:
        times: instants at which the next three are given, shape (points,).
        mean_number: mean number of tickets at the desk.
        mean_queue: mean number of waiting tickets.
        p_delay: probability that no agent is free.
        arrivals: mean number of arrivals in the measured stretch.
        share_delayed: share of those arrivals that find no free agent.
        mean_wait: waiting in the stretch over its arrivals (Little's law: their mean wait if the stretch is a
            period in the long run, or ends after the desk has drained).
        share_abandoned: abandonments in the stretch over its arrivals.
        seen_by_arrivals: share of those arrivals that find 0, 1, 2, … tickets at the desk.
    """

    times: Floats
    mean_number: Floats
    mean_queue: Floats
    p_delay: Floats
    arrivals: float
    share_delayed: float
    mean_wait: float
    share_abandoned: float
    seen_by_arrivals: Floats


def time_varying_queue(
    arrival_rate: Callable[[float], float],
    service_rate: float,
    *,
    staffing: Sequence[tuple[float, int]],
    end: float,
    abandonment_rate: float = 0.0,
    measured_from: float = 0.0,
    rate_jumps: Sequence[float] = (),
    points: int = 241,
    largest_number: int = 200,
) -> TimeVaryingQueue:
    """Waits at a desk that starts empty at time 0, with demand and staffing that change, M(t)/M/s(t)+M.

    Where staffing falls, surplus work goes back to the queue (what remains of exponential work is as good as
    new). An overloaded stretch is welcome.

    Args:
        arrival_rate: tickets per unit of time at each instant, smooth except at `rate_jumps`.
        service_rate: tickets that one busy agent finishes per unit of time.
        staffing: (from, agents), ascending; the first from 0 on.
        end: end of the observation.
        abandonment_rate: 1 / mean patience; 0 for endless patience.
        measured_from: start of the measured stretch and of `times`.
        rate_jumps: instants at which the arrival rate jumps; it counts from the instant on.
        points: number of instants, evenly spaced from `measured_from` to `end`.
        largest_number: tickets at the desk at which the chain is cut.

    Raises:
        ValueError: a parameter is nonsensical, or more tickets than `largest_number` are too probable.

    Source: Kolmogorov's forward equations, integrated by Dormand-Prince 8(5,3); Green, Kolesar & Svoronos
    (1991).
    """
    require_positive(service_rate=service_rate, stretch=end - measured_from)
    require_not_negative(abandonment_rate=abandonment_rate, measured_from=measured_from)
    _require_staffing(staffing)
    chain = _Chain(arrival_rate, service_rate, abandonment_rate, largest_number + 1)
    cuts = {0.0, end, measured_from, *rate_jumps, *(instant for instant, _ in staffing)}
    grid = np.linspace(measured_from, end, points)
    state = chain.empty()
    rows: list[tuple[float, float, float]] = []
    for start, stop in pairwise(sorted(cut for cut in cuts if 0 <= cut <= end)):
        if start == measured_from:
            state = chain.forget_totals(state)
        agents = _agents_at(staffing, start)
        last = stop == end
        inside = grid[(grid >= start) & (grid < stop)]
        columns = chain.integrate(state, np.append(inside, stop), start, agents)
        state = columns[-1]
        rows += [chain.glance(column, agents) for column in (columns if last else columns[:-1])]
    return chain.summary(state, grid, np.array(rows))


def served_within(seen_by_arrivals: Floats, service_rate: float, *, agents: int, threshold: float) -> float:
    """Share of patient arrivals that wait no longer than the threshold, given what they find at the desk.

    Staffing must not change while they wait; service is FIFO.

    Args:
        seen_by_arrivals: share of arrivals that find 0, 1, 2, … tickets at the desk.
        service_rate: tickets that one busy agent finishes per unit of time.
        agents: number of agents, from 1.
        threshold: the wait allowed, positive.

    Raises:
        ValueError: a parameter is nonsensical.

    Source: who finds n ≥ c waits for n − c + 1 completions at rate c μ, a gamma law.
    """
    from scipy.special import gammainc

    require_positive(service_rate=service_rate, threshold=threshold)
    require_agents(agents)
    ahead = np.arange(len(seen_by_arrivals) - agents) + 1.0
    waiting = gammainc(ahead, agents * service_rate * threshold)
    return float(seen_by_arrivals[:agents].sum() + seen_by_arrivals[agents:] @ waiting)


@dataclass(frozen=True, slots=True)
class _Chain:
    """The birth-death chain cut at `size` states, followed by running totals.

    A state vector holds the probabilities, then ∫λp dt (what arrivals see), ∫λ dt, ∫λP(delay) dt and
    ∫E[Q] dt.
    """

    arrival_rate: Callable[[float], float]
    service_rate: float
    abandonment_rate: float
    size: int

    def empty(self) -> Floats:
        """Nobody is at the desk."""
        state = np.zeros(2 * self.size + 3)
        state[0] = 1.0
        return state

    def forget_totals(self, state: Floats) -> Floats:
        """The same probabilities with the totals at zero."""
        return np.concatenate((state[: self.size], np.zeros(self.size + 3)))

    def integrate(self, state: Floats, instants: Floats, start: float, agents: int) -> Floats:
        """State vectors at the instants, shape (instants, state), from `start` on with constant staffing."""
        from scipy.integrate import solve_ivp

        stop = float(instants[-1])
        inside = math.nextafter(stop, start)
        number = np.arange(self.size)
        queue = np.maximum(number - agents, 0).astype(np.float64)
        deaths = np.minimum(number, agents) * self.service_rate + queue * self.abandonment_rate

        def derivative(t: float, state: Floats) -> Floats:
            rate = self.arrival_rate(min(t, inside))
            p = state[: self.size]
            flow = rate * p[:-1] - deaths[1:] * p[1:]
            change = np.empty_like(state)
            change[: self.size] = 0.0
            change[: self.size - 1] -= flow
            change[1 : self.size] += flow
            change[self.size : -3] = rate * p
            change[-3:] = rate, rate * p[agents:].sum(), queue @ p
            return change

        solution = solve_ivp(derivative, (start, stop), state, method="DOP853", t_eval=instants, rtol=1e-10, atol=1e-13)
        if not solution.success:
            raise ValueError(f"the equations could not be integrated: {solution.message}")
        if solution.y[self.size - 1].max() > NEGLIGIBLE:
            raise ValueError(f"the desk may hold more than {self.size - 1} tickets; raise largest_number")
        return np.asarray(solution.y.T, dtype=np.float64)

    def glance(self, state: Floats, agents: int) -> tuple[float, float, float]:
        """Mean number, mean queue and P(delay) of one state vector."""
        p = state[: self.size]
        number = np.arange(self.size)
        return float(number @ p), float(np.maximum(number - agents, 0) @ p), float(p[agents:].sum())

    def summary(self, state: Floats, grid: Floats, rows: Floats) -> TimeVaryingQueue:
        """The result from the last state vector and the glances on the grid."""
        arrivals, delayed, waiting = (float(total) for total in state[-3:])
        require_positive(arrivals=arrivals)
        return TimeVaryingQueue(
            times=grid,
            mean_number=rows[:, 0],
            mean_queue=rows[:, 1],
            p_delay=rows[:, 2],
            arrivals=arrivals,
            share_delayed=delayed / arrivals,
            mean_wait=waiting / arrivals,
            share_abandoned=self.abandonment_rate * waiting / arrivals,
            seen_by_arrivals=state[self.size : -3] / arrivals,
        )


def _require_staffing(staffing: Sequence[tuple[float, int]]) -> None:
    instants = [instant for instant, _ in staffing]
    if not instants or instants[0] != 0 or any(later <= earlier for earlier, later in pairwise(instants)):
        raise ValueError(f"staffing must start at 0 and ascend in time, not {instants}")
    for _, agents in staffing:
        require_agents(agents, least=0)


def _agents_at(staffing: Sequence[tuple[float, int]], instant: float) -> int:
    return [agents for start, agents in staffing if start <= instant][-1]


@dataclass(frozen=True, slots=True)
class SinusoidalRate:
    """Arrivals at the rate base + amplitude × sin(angular frequency × t).

    Args:
        base: mean rate, tickets per unit of time.
        amplitude: from 0 to base.
        angular_frequency: radians per unit of time.
    """

    base: float
    amplitude: float
    angular_frequency: float

    def __post_init__(self) -> None:
        require_positive(base=self.base, angular_frequency=self.angular_frequency)
        require_not_negative(amplitude=self.amplitude)
        if self.amplitude > self.base:
            raise ValueError(f"amplitude {self.amplitude} exceeds base {self.base}: a negative rate")

    def __call__(self, t: float) -> float:
        """Arrival rate at t."""
        return self.base + self.amplitude * math.sin(self.angular_frequency * t)

    def offered_load(self, t: float, service_rate: float) -> float:
        """Busy agents at t in the long run, if agents were endless, Erlang (Eick, Massey & Whitt 1993)."""
        require_positive(service_rate=service_rate)
        frequency = self.angular_frequency
        swing = service_rate * math.sin(frequency * t) - frequency * math.cos(frequency * t)
        return self.base / service_rate + self.amplitude * swing / (service_rate**2 + frequency**2)

    def offered_load_from_empty(self, t: float, service_rate: float) -> float:
        """As `offered_load`, for a desk that is empty at time 0."""
        start = self.offered_load(0.0, service_rate)
        return self.offered_load(t, service_rate) - start * math.exp(-service_rate * t)

    def load_swing(self, service_rate: float) -> float:
        """Half the distance between the largest and the smallest offered load, Erlang."""
        return self.amplitude / math.hypot(service_rate, self.angular_frequency)


def poisson_p_delay(offered_load: float, agents: int) -> float:
    """Probability that no agent is free, where tickets give up as fast as they are served (θ = μ).

    The number at the desk is then Poisson with the offered load of this instant, whatever the staffing.

    Args:
        offered_load: of this instant, Erlang; see `SinusoidalRate.offered_load`.
        agents: number of agents, from 0.

    Raises:
        ValueError: the load is negative or the number of agents is not a whole number from 0.

    Source: Feldman, Mandelbaum, Massey & Whitt (2008).
    """
    from scipy.special import gammainc

    require_not_negative(offered_load=offered_load)
    require_agents(agents, least=0)
    return float(gammainc(agents, offered_load)) if agents else 1.0


def poisson_mean_queue(offered_load: float, agents: int) -> float:
    """Mean number of waiting tickets, E[(N − s)⁺] = m P(N ≥ s) − s P(N > s), where θ = μ.

    Args, errors and source as in `poisson_p_delay`.
    """
    delayed = poisson_p_delay(offered_load, agents)
    return offered_load * delayed - agents * poisson_p_delay(offered_load, agents + 1)


def poisson_agents_for_p_delay(offered_load: float, p_delay: float) -> int:
    """The fewest agents at which the probability of delay stays below the target, where θ = μ.

    Args:
        offered_load: of this instant, Erlang.
        p_delay: the target, positive.

    Raises:
        ValueError: the load is negative or the target not positive.

    Source: Feldman, Mandelbaum, Massey & Whitt (2008).
    """
    require_positive(p_delay=p_delay)
    agents = 0
    while poisson_p_delay(offered_load, agents) >= p_delay:
        agents += 1
    return agents


@dataclass(frozen=True, slots=True)
class StaffedCycle:
    """The long run over a cycle: time-average P(delay), and the share of arrivals that give up."""

    p_delay: float
    p_abandon: float


def square_root_staffed_cycle(rate: SinusoidalRate, service_rate: float, *, beta: float) -> StaffedCycle:
    """A cycle staffed with ⌈m(t) + β√m(t)⌉ agents, where tickets give up as fast as they are served (θ = μ).

    Agents above the staffing finish their work.

    Args:
        rate: arrivals.
        service_rate: tickets that one busy agent finishes per unit of time; also 1 / mean patience.
        beta: quality of service; may be negative.

    Raises:
        ValueError: the rate is not positive, or β is so low that hardly anybody works at the trough.

    Source: Feldman, Mandelbaum, Massey & Whitt (2008); averaged exactly between the steps of the staffing.
    """
    middle = rate.base / service_rate
    edges = _staffing_steps(middle, rate.load_swing(service_rate), beta)
    nodes, weights = np.polynomial.legendre.leggauss(16)
    p_delay = mean_queue = 0.0
    for low, high in edges:
        half = (high - low) / 2
        centre = middle + rate.load_swing(service_rate) * math.sin(low + half)
        agents = math.ceil(centre + beta * math.sqrt(centre))
        for node, weight in zip(nodes, weights, strict=True):
            load = middle + rate.load_swing(service_rate) * math.sin(low + half * (1 + float(node)))
            share = float(weight) * half / math.pi
            p_delay += share * poisson_p_delay(load, agents)
            mean_queue += share * poisson_mean_queue(load, agents)
    return StaffedCycle(p_delay, service_rate * mean_queue / rate.base)


def _staffing_steps(middle: float, swing: float, beta: float) -> Iterator[tuple[float, float]]:
    """Phases, from the trough to the crest of the load, between which ⌈m + β√m⌉ is constant."""
    trough, crest = middle - swing, middle + swing
    if not math.sqrt(max(0.0, trough)) > max(0.0, -beta):
        raise ValueError(f"beta {beta} leaves nobody at work at the trough of {trough:.4g} Erlang; raise it")
    phases = [-math.pi / 2]
    fewest, most = (math.ceil(load + beta * math.sqrt(load)) for load in (trough, crest))
    for agents in range(fewest, most):
        load = ((math.sqrt(beta**2 + 4 * agents) - beta) / 2) ** 2
        phases.append(math.asin(max(-1.0, min(1.0, (load - middle) / swing))))
    return pairwise([*phases, math.pi / 2])
