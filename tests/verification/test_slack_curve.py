"""The slack curve against Erlang C: the cheapest number of agents is that of the formula, for a patient team that is
always there, exponential in work and in arrivals.

There is no right occupancy: it goes from a twentieth for a crew that is hardly ever called to three quarters for a
larger team, and the simulated optimum goes with it.
"""

from __future__ import annotations

from typing import NamedTuple

import pytest

from simdesk.experiment.lab import Lab
from simdesk.experiment.sheet import Key
from simdesk.experiment.slack import SlackCurve, slack_curve
from simdesk.queueing import cheapest_team, erlang_c
from simdesk.scenario.loading import load, vary
from simdesk.shelf import on_the_shelf

pytestmark = pytest.mark.slow

A_MONTH = 365.25 / 12 * 24
"""Hours."""
AN_AGENT = 40.0
"""Cost of an hour."""


class Cell(NamedTuple):
    """A cell of the table of optimal occupancies.

    Attributes:
        load: Erlang.
        waiting: cost of a waiting ticket over that of an agent.
        agents: levels to simulate.
        weeks: length of a replication.
    """

    load: float
    waiting: float
    agents: tuple[int, ...]
    weeks: int


CELLS = (
    Cell(load=3, waiting=1, agents=(4, 5, 6, 7), weeks=12),
    Cell(load=10, waiting=5, agents=(12, 13, 14, 15, 16, 17, 18), weeks=12),
    Cell(load=0.05, waiting=100, agents=(1, 2, 3), weeks=52),
)
"""In each of them the neighbours of the optimum cost so much more that luck cannot hide it."""


@pytest.fixture(scope="module", params=CELLS, ids=lambda cell: f"{cell.load} Erlang, {cell.waiting} agents")
def cell(request: pytest.FixtureRequest) -> Cell:
    """One of the cells."""
    found: Cell = request.param
    return found


@pytest.fixture(scope="module")
def curve(cell: Cell) -> SlackCurve:
    """The desk of the book with work of ten minutes; every hour of an open ticket costs the same to its user."""
    desk = vary(
        load(on_the_shelf("textbook/mmc")),
        {
            "demand.contacts": f"{6 * cell.load:g} per hour",
            "demand.types.ticket.work": {"exponential": {"mean": "10 min"}},
            "teams.desk.agents": cell.agents[0],
            "teams.desk.cost": f"{AN_AGENT} per hour",
            "money.users_time": f"{AN_AGENT * cell.waiting} per hour",
            "money.impaired_blocking": "100 %",
            "money.impaired_other": "100 %",
            "money.workaround_after": "52 weeks",
            "run.length": f"{cell.weeks} weeks",
        },
    )
    with Lab() as lab:
        return slack_curve(desk, "desk", cell.agents, replications=40, lab=lab)


def by_formula(cell: Cell, agents: int, variability: float = 1.0) -> float:
    """Cost of a month: agents, and tickets that wait or are worked on; the work costs the same at every level."""
    open_tickets = variability * erlang_c(cell.load, 1.0, agents=agents).mean_queue + cell.load
    return A_MONTH * AN_AGENT * (agents + cell.waiting * open_tickets)


def test_the_cheapest_number_of_agents_is_that_of_the_formula(cell: Cell, curve: SlackCurve):
    """It beats every other level clearly, and the formula's occupancy is its own."""
    exact = cheapest_team(cell.load, 1.0, agent_cost=1.0, waiting_cost=cell.waiting)

    assert curve.cheapest is not None
    assert curve.cheapest.agents == exact.agents
    assert curve.as_cheap == ()
    assert curve.cheapest.ratio == pytest.approx(exact.queue.occupancy, rel=1e-3)
    busy = curve.cheapest.runs.estimate(Key("occupancy", "team", "desk"), 0.999)
    assert busy.low <= exact.queue.occupancy <= busy.high


def test_every_level_costs_what_the_formula_says_it_costs_beyond_the_cheapest(cell: Cell, curve: SlackCurve):
    """Paired differences hold the exact ones, all of them together."""
    assert curve.best is not None
    assert curve.cheapest is not None
    for level, found in zip(curve.levels, curve.best.differences, strict=True):
        exact = by_formula(cell, level.agents) - by_formula(cell, curve.cheapest.agents)
        room = 0.002 * abs(exact) + 1e-9 * found.base  # whole seconds
        assert found.low - room <= exact <= found.high + room, level.agents


def test_work_of_constant_length_would_be_noticed(cell: Cell, curve: SlackCurve):
    """About half the queue: at the fewest agents beside the cheapest that lies outside of the interval."""
    assert curve.best is not None
    assert curve.cheapest is not None
    at = next(at for at, level in enumerate(curve.levels) if level is not curve.cheapest)
    agents, found = curve.levels[at].agents, curve.best.differences[at]

    wrong = by_formula(cell, agents, 0.5) - by_formula(cell, curve.cheapest.agents, 0.5)

    assert not found.low <= wrong <= found.high


def test_a_wrong_price_of_waiting_would_be_noticed(cell: Cell, curve: SlackCurve):
    """With twenty times the price, or a five-hundredth, the formula's optimum is another, and none of those that may
    be as cheap here."""
    factor = 20.0 if cell.load > 1 else 500.0
    wrong = cheapest_team(cell.load, 1.0, agent_cost=1.0, waiting_cost=cell.waiting * factor).agents

    assert wrong not in {level.agents for level in (curve.cheapest, *curve.as_cheap) if level is not None}
