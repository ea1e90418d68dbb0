"""How many agents: approximations for general work, square-root staffing, and the cheapest team.

Rates are per one common unit of time; times come out in that unit. Knows no scenario and no engine.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from simdesk.queueing.erlang import ErlangC, erlang_c
from simdesk.queueing.limits import (
    require_agents,
    require_not_negative,
    require_positive,
    require_share,
    require_stable,
)

ROUNDING = 1e-12
"""Relative error that a computed load may carry."""


@dataclass(frozen=True, slots=True)
class CheapestTeam:
    """The number of agents at which staffing plus waiting costs least.

    Args:
        agents: number of agents.
        cost: agents × their cost plus waiting tickets × their cost, per unit of time.
        queue: the long run with so many agents.
    """

    agents: int
    cost: float
    queue: ErlangC


def allen_cunneen(
    arrival_rate: float, service_rate: float, *, agents: int, arrival_cv: float = 1.0, work_cv: float = 1.0
) -> float:
    """Approximate mean wait for one of c agents with any arrivals and any work, GI/G/c.

    Args:
        arrival_rate: tickets per unit of time.
        service_rate: 1 / mean work.
        agents: number of agents, from 1.
        arrival_cv: coefficient of variation of the time between arrivals.
        work_cv: coefficient of variation of the work.

    Raises:
        ValueError: a parameter is nonsensical, or the occupancy is 1 or more.

    Source: Allen (1990), (c_a² + c_s²)/2 × the wait of M/M/c; exact for M/M/c and M/G/1.
    """
    require_not_negative(arrival_cv=arrival_cv, work_cv=work_cv)
    patient = erlang_c(arrival_rate, service_rate, agents=agents)
    return (arrival_cv**2 + work_cv**2) / 2 * patient.mean_wait


def sakasegawa(
    arrival_rate: float, service_rate: float, *, agents: int, arrival_cv: float = 1.0, work_cv: float = 1.0
) -> float:
    """Approximate mean wait as `allen_cunneen`, by a formula that fits into one line of a spreadsheet.

    Args and errors as in `allen_cunneen`.

    Source: Sakasegawa (1977): (c_a² + c_s²)/2 × ρ^(√(2(c+1)) − 1) / (c (1 − ρ)) × mean work.
    """
    require_positive(arrival_rate=arrival_rate, service_rate=service_rate)
    require_not_negative(arrival_cv=arrival_cv, work_cv=work_cv)
    require_agents(agents)
    occupancy = arrival_rate / (agents * service_rate)
    require_stable(occupancy)
    crowding = math.pow(occupancy, math.sqrt(2 * (agents + 1)) - 1) / (agents * (1 - occupancy))
    return (arrival_cv**2 + work_cv**2) / 2 * crowding / service_rate


def halfin_whitt_p_wait(beta: float) -> float:
    """Share of tickets that wait in a large team of R + β√R agents.

    Args:
        beta: quality of service, positive.

    Raises:
        ValueError: β is not positive: such a team has no long run without abandonment.

    Source: Halfin & Whitt (1981): P(W > 0) = [1 + β Φ(β) / φ(β)]⁻¹.
    """
    require_positive(beta=beta)
    density = math.exp(-(beta**2) / 2) / math.sqrt(2 * math.pi)
    below = (1 + math.erf(beta / math.sqrt(2))) / 2
    return density / (density + beta * below)


def halfin_whitt_beta(p_wait: float) -> float:
    """The β at which the given share of tickets waits in a large team; inverse of `halfin_whitt_p_wait`.

    Args:
        p_wait: share of tickets that may wait, between 0 and 1.

    Raises:
        ValueError: the share is not between 0 and 1.
    """
    from scipy.optimize import brentq

    require_share(p_wait=p_wait)
    return float(brentq(lambda beta: halfin_whitt_p_wait(beta) - p_wait, 1e-12, 38.0, xtol=1e-13))


def square_root_staffing(offered_load: float, beta: float) -> int:
    """Agents by the square-root rule, ⌈R + β√R⌉.

    Args:
        offered_load: arrival rate × mean work, R, Erlang.
        beta: quality of service; negative where tickets may give up.

    Raises:
        ValueError: the load is not positive.

    Source: Erlang; Halfin & Whitt (1981).
    """
    require_positive(offered_load=offered_load)
    needed = offered_load + beta * math.sqrt(offered_load)
    # a load that is whole but for rounding must not cost an agent
    return max(0, math.ceil(needed - ROUNDING * max(1.0, offered_load)))


def agents_for_p_wait(offered_load: float, p_wait: float) -> int:
    """The smallest patient team in which at most the given share of tickets waits, exact for M/M/c.

    Args:
        offered_load: arrival rate × mean work, Erlang.
        p_wait: share of tickets that may wait, between 0 and 1.

    Raises:
        ValueError: the load is not positive or the share not between 0 and 1.

    Source: Erlang C, searched upwards from the smallest stable team.
    """
    require_share(p_wait=p_wait)
    agents = smallest_stable_team(offered_load)
    while erlang_c(offered_load, 1.0, agents=agents).p_wait > p_wait:
        agents += 1
    return agents


def agents_for_service_level(arrival_rate: float, service_rate: float, *, threshold: float, share: float) -> int:
    """The smallest patient team that serves at least this share of tickets within the threshold, M/M/c.

    Args:
        arrival_rate: tickets per unit of time.
        service_rate: tickets that one busy agent finishes per unit of time.
        threshold: the wait allowed, from 0.
        share: share of tickets, between 0 and 1.

    Raises:
        ValueError: a parameter is nonsensical.

    Source: Erlang C, searched upwards from the smallest stable team.
    """
    require_positive(arrival_rate=arrival_rate, service_rate=service_rate)
    require_share(share=share)
    agents = smallest_stable_team(arrival_rate / service_rate)
    while erlang_c(arrival_rate, service_rate, agents=agents).served_within(threshold) < share:
        agents += 1
    return agents


def cheapest_team(arrival_rate: float, service_rate: float, *, agent_cost: float, waiting_cost: float) -> CheapestTeam:
    """The number of agents at which staffing plus waiting costs least, M/M/c.

    Args:
        arrival_rate: tickets per unit of time.
        service_rate: tickets that one busy agent finishes per unit of time.
        agent_cost: cost of one agent per unit of time.
        waiting_cost: cost of one waiting ticket per unit of time.

    Raises:
        ValueError: a rate or a cost is not positive.

    Source: Borst, Mandelbaum & Reiman (2004): minimise agents × cost + waiting cost × L_q. L_q is convex in
    the number of agents (Dyer & Proll 1977), so the first rise ends the search.
    """
    require_positive(
        arrival_rate=arrival_rate, service_rate=service_rate, agent_cost=agent_cost, waiting_cost=waiting_cost
    )

    def team(agents: int) -> CheapestTeam:
        queue = erlang_c(arrival_rate, service_rate, agents=agents)
        return CheapestTeam(agents, agents * agent_cost + waiting_cost * queue.mean_queue, queue)

    best = team(smallest_stable_team(arrival_rate / service_rate))
    while (larger := team(best.agents + 1)).cost < best.cost:
        best = larger
    return best


def smallest_stable_team(offered_load: float) -> int:
    """The fewest agents whose occupancy stays below 1.

    Args:
        offered_load: arrival rate × mean work, Erlang.

    Raises:
        ValueError: the load is not positive.
    """
    require_positive(offered_load=offered_load)
    return math.floor(offered_load) + 1
