"""Several teams that pass tickets to one another: the open Jackson network.

Rates are per one common unit of time; times come out in that unit. Knows no scenario and no engine.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from simdesk.queueing.erlang import ErlangC, erlang_c
from simdesk.queueing.limits import require_not_negative, require_positive, require_same_length


@dataclass(frozen=True, slots=True)
class JacksonNetwork:
    """The long run of a desk of several teams, in the order of the teams.

    Args:
        arrival_rates: all visits to each team per unit of time, new and passed on.
        visits: mean visits of a ticket to each team.
        teams: each team as an M/M/c queue.
        mean_number: mean number of tickets at the desk, waiting or in work.
        mean_lead_time: mean time from a ticket's arrival to its end.
    """

    arrival_rates: tuple[float, ...]
    visits: tuple[float, ...]
    teams: tuple[ErlangC, ...]
    mean_number: float
    mean_lead_time: float


def visit_rates(external_rates: Sequence[float], routing: Sequence[Sequence[float]]) -> tuple[float, ...]:
    """All visits to each team per unit of time: the traffic equations γ = α + γ R.

    With the shares of new tickets in place of rates the answer is the mean visits per ticket.

    Args:
        external_rates: new tickets per unit of time at each team.
        routing: `routing[i][j]`, share of the visits to team i that go on to team j; the rest leave.

    Returns:
        Rates in the order of the teams.

    Raises:
        ValueError: shapes differ, a rate or share is negative, a row exceeds 1, or tickets can never leave.

    Source: Jackson (1957).
    """
    require_same_length(external_rates=external_rates, routing=routing)
    for rate in external_rates:
        require_not_negative(external_rate=rate)
    require_positive(sum_of_external_rates=sum(external_rates))
    _require_routing(routing)
    matrix = np.asarray(routing, dtype=np.float64)
    if max(abs(np.linalg.eigvals(matrix))) > 1 - 1e-12:
        raise ValueError("some tickets never leave: give at least one team on every loop a share that leaves")
    rates = np.linalg.solve(np.eye(len(matrix)) - matrix.T, np.asarray(external_rates, dtype=np.float64))
    return tuple(float(rate) for rate in rates)


def jackson_network(
    external_rates: Sequence[float],
    routing: Sequence[Sequence[float]],
    *,
    service_rates: Sequence[float],
    agents: Sequence[int],
) -> JacksonNetwork:
    """Waits and lead time of a desk whose teams escalate, push back and rework at random.

    Args:
        external_rates: new tickets per unit of time at each team.
        routing: `routing[i][j]`, share of the visits to team i that go on to team j; the rest leave.
        service_rates: visits that one busy agent of each team finishes per unit of time.
        agents: number of agents of each team, from 1.

    Raises:
        ValueError: shapes differ, a share or rate is nonsensical, or a team has no tickets or too few agents.

    Source: Jackson (1957): each team is an independent M/M/c queue with the rate of the traffic equations.
    """
    require_same_length(external_rates=external_rates, service_rates=service_rates, agents=agents)
    rates = visit_rates(external_rates, routing)
    teams = tuple(
        erlang_c(rate, service_rate, agents=count)
        for rate, service_rate, count in zip(rates, service_rates, agents, strict=True)
    )
    mean_number = sum(rate * team.mean_lead_time for rate, team in zip(rates, teams, strict=True))
    demand = sum(external_rates)
    return JacksonNetwork(
        arrival_rates=rates,
        visits=tuple(rate / demand for rate in rates),
        teams=teams,
        mean_number=mean_number,
        mean_lead_time=mean_number / demand,
    )


def solved_without_passing_on(routing: Sequence[Sequence[float]], team: int = 0) -> float:
    """Share of the tickets arriving at a team that end there, never seen by another team.

    Rework within the team counts as staying. For the first tier this is the first-level resolution.

    Args:
        routing: `routing[i][j]`, share of the visits to team i that go on to team j; the rest leave.
        team: position of the team.

    Raises:
        ValueError: a share is nonsensical, or every ticket of the team stays in it for ever.

    Source: absorbing Markov chain, Kemeny & Snell (1960).
    """
    _require_routing(routing)
    row = routing[team]
    if row[team] >= 1:
        raise ValueError("every ticket of the team comes back to it for ever; give it a share that leaves")
    return (1 - sum(row)) / (1 - row[team])


def _require_routing(routing: Sequence[Sequence[float]]) -> None:
    for row in routing:
        if len(row) != len(routing):
            raise ValueError(f"routing must be square: {len(routing)} rows, but a row of {len(row)} shares")
        for share in row:
            require_not_negative(routing_share=share)
        if sum(row) > 1 + 1e-12:
            raise ValueError(f"the shares of a routing row add up to {sum(row):.6g}; they must not exceed 1")
