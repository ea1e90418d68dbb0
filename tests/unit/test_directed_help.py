"""Help in one direction: every queue has a load of its own, by hand, by another solution and by simulation."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from loaded import loads_of, queue_at
from simdesk.experiment.least_loads import least_loads
from simdesk.experiment.load import team_loads
from simdesk.experiment.replicate import simulate
from simdesk.scenario.loading import loads, vary
from simdesk.scenario.model import Scenario

Floats = NDArray[np.float64]
HELP = """title: Help in one direction
run: {start: 2026-01-05, length: 8 weeks, cool_down: 1 week, replications: 1, seed: 3}
demand:
  contacts: 0 per day
  profile: flat
  types:
    a: {contacts: 100 per day, work: {exponential: {mean: 10 min}}}
    x: {contacts: 100 per day, work: {exponential: {mean: 10 min}}}
flow: {entry: alone, routing: {second: {when: {type: x}, to: helper}}}
teams:
  alone: {agents: 1}
  helper: {agents: 1, also_serves: [alone]}
"""
"""100 tickets of ten minutes are 1,000 minutes of work in a day of 1,440."""


def helped(alone: float, helper: float, **changes: Any) -> Scenario:
    """The desk with so many tickets a day at each queue."""
    volume = {"demand.types.a.contacts": f"{alone} per day", "demand.types.x.contacts": f"{helper} per day"}
    return vary(loads(HELP), {**volume, **changes})


@pytest.mark.parametrize(
    ("alone", "helper", "of_alone", "of_helper"),
    [
        (200, 50, 2500 / 2880, 2500 / 2880),  # the helper takes over as much as makes both alike
        (50, 100, 500 / 1440, 1000 / 1440),  # the busier cannot be helped, and does not make the other busy
        (50, 200, 500 / 1440, 2000 / 1440),  # nor where he is overloaded
        (250, 50, 3000 / 2880, 3000 / 2880),  # both together have too little time
    ],
)
def test_help_goes_one_way(alone: float, helper: float, of_alone: float, of_helper: float):
    """The least loads that the direction of help allows, by hand."""
    found = loads_of(helped(alone, helper))

    assert (found["alone"].ratio, found["helper"].ratio) == (pytest.approx(of_alone), pytest.approx(of_helper))
    together = ("alone", "helper")
    assert found["alone"].pool == (together if of_alone == of_helper else ("alone",))
    assert found["alone"].group == found["helper"].group == together


@pytest.mark.parametrize(("alone", "helper"), [(200, 50), (50, 200)])
def test_the_queues_that_grow_are_those_that_the_loads_name(alone: float, helper: float):
    """Simulated: the overloaded helper's queue grows by what does not fit, the queue that he may help does not."""
    desk = helped(alone, helper)

    log = simulate(desk)

    for load in team_loads(desk):
        end = queue_at(log, load.team)
        grown = load.growth * 8
        assert end == pytest.approx(grown, rel=0.15) if grown else end < 60, load.team
    assert (loads_of(desk)["helper"].growth > 0) == (helper == 200)


def test_of_a_chain_of_help_each_queue_has_its_own_load():
    """C helps B, B helps A, with 1,200, 900 and 0 minutes in days of 1,440 and a fourth team that has 720 for itself.

    C takes from B what makes A, B and C alike: 2,100 / 4,320.
    """
    found = least_loads([(0,), (1, 0), (2, 1), (3,)], np.array([1200.0, 900, 0, 720]), np.full(4, 1440.0))

    assert [one.ratio for one in found] == [pytest.approx(2100 / 4320)] * 3 + [0.5]
    assert [one.pool for one in found] == [(0, 1, 2)] * 3 + [(3,)]


def test_what_a_bottleneck_leaves_open_is_divided_evenly_too():
    """Queue 0 has team 0 alone, which helps nobody therefore; queue 1 has teams 1 and 2: 3 of 4; queue 2 has team 3."""
    serves = [(0, 1), (1,), (2, 1), (3, 2)]

    found = least_loads(serves, np.array([5.0, 3, 1, 0]), np.array([2.0, 2, 2, 2]))

    assert [one.ratio for one in found] == [2.5, 0.75, 0.5, 0.5]
    assert [one.pool for one in found] == [(0,), (1, 2), (3,), (3,)]


def test_nobody_helps_who_is_not_there():
    """A team without people takes nothing over; a queue that nobody serves waits for ever, unless it is empty."""
    found = least_loads([(0,), (1, 0), (2,)], np.array([1.0, 0, 0]), np.array([0.0, 0, 0]))

    assert [one.ratio for one in found] == [np.inf, 0, 0]
    assert least_loads([(0,), (1, 0)], np.array([1.0, 0]), np.array([0.0, 2]))[0].ratio == 0.5


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_the_loads_are_those_of_a_division_that_cannot_be_evened_out(data: st.DataObject):
    """Against an independent solution: the division of least squares (load² · capacity), by small steps of exchange."""
    teams = data.draw(st.integers(1, 5))
    serves = [(team, *(q for q in range(teams) if q != team and data.draw(st.booleans()))) for team in range(teams)]
    offered = np.array(data.draw(st.lists(st.integers(0, 6), min_size=teams, max_size=teams)), float)
    able = np.array(data.draw(st.lists(st.integers(1, 5), min_size=teams, max_size=teams)), float)

    found = least_loads(serves, offered, able)

    by_exchange = _evened_out(serves, offered, able)
    for queue, one in enumerate(found):
        least = min(by_exchange[team] for team in range(teams) if queue in serves[team])
        assert one.ratio == pytest.approx(least, abs=1e-3)


def _evened_out(serves: list[tuple[int, ...]], offered: Floats, able: Floats) -> Floats:
    """Loads of the teams once no two of them can be evened out further by moving work of a queue that both serve."""
    done = {(team, queue): 0.0 for team, queues in enumerate(serves) for queue in queues}
    for queue, hours in enumerate(offered):
        done[queue, queue] = float(hours)
    for _ in range(4000):
        moved = 0.0
        load = np.array([sum(done[team, q] for q in serves[team]) for team in range(len(serves))]) / able
        for one, queue in done:
            for other in range(len(serves)):
                if (other, queue) in done and load[one] > load[other]:
                    even = (load[one] - load[other]) / (1 / able[one] + 1 / able[other])
                    part = min(done[one, queue], even)
                    done[one, queue] -= part
                    done[other, queue] += part
                    load[one] -= part / able[one]
                    load[other] += part / able[other]
                    moved = max(moved, part)
        if moved < 1e-7:
            break
    return np.array([sum(done[team, q] for q in serves[team]) for team in range(len(serves))]) / able
