"""Which systems keep a limit: the triangle worked out by hand, with two replications in the first stage."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pytest

from simdesk.statistics.feasibility import Feasibility, feasible

LIMIT = 10.0
LOW = [9.0, 7.0, *[8.0] * 998]
"""Variance 2 after two replications; two below the limit on average."""
HIGH = [11.0, 13.0, *[12.0] * 998]
"""As far above it."""


def judged(rows: dict[int, list[float]], **settings: float) -> tuple[Feasibility, list[tuple[int, ...]]]:
    """The verdicts, and which systems each replication was asked for."""
    asked: list[tuple[int, ...]] = []

    def observe(systems: Sequence[int], replication: int) -> list[float]:
        assert replication == len(asked)
        asked.append(tuple(systems))
        return [rows[system][replication] for system in systems]

    options = {"indifference": 1.0, "confidence": 0.95, "first": 2, "most": 1000} | settings
    return feasible(observe, list(rows), LIMIT, **options), asked  # type: ignore[arg-type]


@pytest.mark.parametrize(("row", "kept"), [(LOW, True), (HIGH, False)])
def test_a_system_is_judged_when_its_sum_leaves_the_triangle(row: list[float], kept: bool):
    """h² = 99 and S² = 2: the edge is 99 − r / 2, and 2 r gets there first at r = 40."""
    found, asked = judged({5: row})

    assert (found.feasible, found.infeasible) == (((5,), ()) if kept else ((), (5,)))
    assert found.decided_after == {5: 40}
    assert (found.observations, len(asked), found.guaranteed) == (40, 40, True)
    assert found.means == {5: 8.0 if kept else 12.0}


def test_the_promise_for_several_systems_costs_more_and_the_decided_are_left_alone():
    """Error 2.5 % each: h² = 399, the edge is 399 − r / 2, and 2 r gets there at r = 160. What does not vary is judged
    after the first stage."""
    found, asked = judged({2: LOW, 1: [10.5] * 1000})

    assert (found.feasible, found.infeasible) == ((2,), (1,))
    assert found.decided_after == {1: 2, 2: 160}
    assert found.observations == 162
    assert asked[1:3] == [(2, 1), (2,)]


def test_a_larger_indifference_decides_sooner():
    """The edge is 198 / 4 − r, and 2 r gets there at r = 17."""
    found, _ = judged({0: LOW}, indifference=2.0)

    assert found.decided_after == {0: 17}


def test_a_system_exactly_at_the_limit_keeps_it():
    found, _ = judged({0: [LIMIT] * 1000})

    assert found.feasible == (0,)


def test_what_is_still_open_when_the_search_is_cut_short_is_called_undecided():
    found, asked = judged({0: LOW, 1: [3.0] * 1000}, most=30)

    assert (found.feasible, found.undecided, found.guaranteed) == ((1,), (0,), False)
    assert found.decided_after == {1: 2}
    assert (found.observations, len(asked)) == (32, 30)


@pytest.mark.parametrize(
    ("settings", "complaint"),
    [
        ({"indifference": -1.0}, "indifference must be a positive number"),
        ({"confidence": 0.4}, r"confidence must be at least 0\.5 and below 1"),
        ({"confidence": 1.0}, r"confidence must be at least 0\.5 and below 1"),
        ({"first": 1}, "first must be at least 2"),
        ({"most": 1}, "most must be at least first"),
    ],
)
def test_a_search_that_can_promise_nothing_is_refused(settings: dict[str, float], complaint: str):
    with pytest.raises(ValueError, match=complaint):
        judged({0: LOW}, **settings)


def test_a_limit_must_be_a_number():
    with pytest.raises(ValueError, match="bound must be a finite number"):
        feasible(lambda systems, _: [0.0], [0], math.inf, indifference=1, confidence=0.95)


def test_a_missing_observation_is_named():
    with pytest.raises(ValueError, match="replication 0 has no finite observation of system 3"):
        judged({3: [math.nan] * 5})
