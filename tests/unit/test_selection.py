"""Kim and Nelson's procedure worked out by hand, and Rinott's constants against published tables and a closed form.

The races have two replications in their first stage, for which η is a plain fraction: ½ [(2 error)⁻² − 1].
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest

from simdesk.statistics.selection import Selection, kn, rinott_h, rinott_sizes, triangle, triangle_slope


def behind(*gaps: float, then: float) -> list[float]:
    """Observations of a system that lies behind a constant 0: first these, later always the same."""
    return [*gaps, *[then] * 998]


LEADER = behind(0, 0, then=0)
SECOND = behind(1, 3, then=2)
"""Variance of the difference to the leader after two replications: 2."""
LAST = behind(11, 13, then=12)
"""Ten behind the second, whatever the luck."""


class Race:
    """Gives prepared observations and remembers what it was asked."""

    def __init__(self, **systems: list[float]):
        self.rows = {int(name.removeprefix("s")): row for name, row in systems.items()}
        self.asked: list[tuple[tuple[int, ...], int]] = []

    def observe(self, systems: Sequence[int], replication: int) -> list[float]:
        self.asked.append((tuple(systems), replication))
        return [self.rows[system][replication] for system in systems]

    def run(self, **settings: object) -> Selection:
        options = {"indifference": 1.0, "confidence": 0.95, "first": 2, "most": 1000} | settings
        return kn(self.observe, list(self.rows), **options)


@pytest.mark.parametrize(
    ("systems", "first", "slope"),
    [(2, 10, 0.334050), (5, 10, 0.634967), (10, 10, 0.859083), (10, 20, 0.302934), (100, 20, 0.533475)],
)
def test_the_slope_of_the_triangle_is_the_one_of_the_tables(systems: int, first: int, slope: float):
    """η at an error of 5 % shared out to the rivals of the best."""
    assert triangle_slope(0.05 / (systems - 1), first) == pytest.approx(slope, abs=5e-7)


def test_the_triangle_of_two_replications_is_a_plain_fraction():
    """½ [(1/10)⁻² − 1] = 49.5, so h² = 2 · 49.5 · 1."""
    assert triangle(0.05, 2) == pytest.approx(99.0)


def test_the_second_is_given_up_when_its_gap_leaves_the_triangle():
    """h² = 99 and S² = 2: it goes when 2 r > (198 − r) / 2, which is first so at r = 40."""
    race = Race(s0=LEADER, s1=SECOND)

    found = race.run()

    assert (found.best, found.survivors, found.guaranteed) == (0, (0,), True)
    assert found.dropped_after == {1: 40}
    assert (found.replications, found.observations) == (40, 80)
    assert found.means == {0: 0.0, 1: 2.0}


def test_a_larger_indifference_decides_sooner():
    """It goes when 2 r > (99 − 2 r) / 2, first at r = 17."""
    assert Race(s0=LEADER, s1=SECOND).run(indifference=2.0).dropped_after == {1: 17}


def test_the_hopeless_go_first_and_are_not_observed_again():
    """Error 2.5 % a pair: h² = 399. The last is ten behind the second with no variance at all and goes after two
    replications; the second when 2 r > (798 − r) / 2, at r = 160."""
    race = Race(s7=SECOND, s3=LEADER, s5=LAST)

    found = race.run()

    assert found.best == 3
    assert found.dropped_after == {5: 2, 7: 160}
    assert found.observations == 160 + 160 + 2
    assert race.asked[1:3] == [((7, 3, 5), 1), ((7, 3), 2)]
    assert [replication for _, replication in race.asked] == list(range(160))


def test_the_largest_is_the_best_where_more_is_better():
    race = Race(s0=LEADER, s1=[-value for value in SECOND])

    found = race.run(smallest=False)

    assert (found.best, found.dropped_after) == (0, {1: 40})


def test_equal_luck_shows_a_steady_gap_at_once():
    """Both swing wildly, but together: the difference does not vary, and two replications are enough."""
    swings = [100.0 * (-1) ** i for i in range(1000)]
    race = Race(s0=[swing + 0.5 for swing in swings], s1=swings)

    found = race.run(indifference=0.01)

    assert (found.best, found.replications) == (1, 2)


def test_of_systems_that_do_the_same_the_first_is_taken():
    """No replication can ever tell them apart, so the race ends; both are best."""
    found = Race(s4=SECOND, s2=SECOND).run()

    assert (found.best, found.guaranteed, found.replications) == (4, True, 2)
    assert found.dropped_after == {2: 2}


def test_systems_without_any_variance_are_told_apart_by_their_means():
    found = Race(s0=[3.0] * 9, s1=[2.0] * 9, s2=[2.5] * 9).run()

    assert (found.best, found.dropped_after) == (1, {0: 2, 2: 2})


def test_a_single_system_is_the_best():
    found = Race(s6=SECOND).run()

    assert (found.best, found.survivors, found.guaranteed) == (6, (6,), True)
    assert (found.observations, found.means) == (2, {6: 2.0})


def test_a_race_that_is_cut_short_names_the_leader_and_promises_nothing():
    race = Race(s1=SECOND, s0=LEADER)

    found = race.run(most=39)

    assert (found.best, found.survivors, found.guaranteed) == (0, (1, 0), False)
    assert (found.replications, found.observations, found.dropped_after) == (39, 78, {})


def test_the_leader_of_a_race_for_the_largest_is_the_largest():
    race = Race(s1=[-value for value in SECOND], s0=LEADER)

    found = race.run(most=39, smallest=False)

    assert (found.best, found.survivors, found.guaranteed) == (0, (1, 0), False)


@pytest.mark.parametrize(
    ("settings", "complaint"),
    [
        ({"indifference": 0.0}, "indifference must be a positive number, not 0"),
        ({"indifference": math.nan}, "indifference must be a positive number"),
        ({"confidence": 0.5}, r"confidence must lie between 0\.5 and 1, not 0\.5"),
        ({"confidence": 1.0}, r"confidence must lie between 0\.5 and 1"),
        ({"first": 1}, "first must be at least 2"),
        ({"most": 1}, "most must be at least first, 2, not 1"),
    ],
)
def test_a_race_that_can_promise_nothing_is_refused(settings: dict[str, float], complaint: str):
    with pytest.raises(ValueError, match=complaint):
        Race(s0=LEADER, s1=SECOND).run(**settings)


@pytest.mark.parametrize("systems", [[], [1, 1]])
def test_a_race_needs_systems_each_named_once(systems: list[int]):
    with pytest.raises(ValueError, match="at least one system, each once"):
        kn(lambda systems, _: [0.0] * len(systems), systems, indifference=1, confidence=0.95)


def test_an_observation_that_is_missing_is_named():
    race = Race(s0=LEADER, s8=[1.0, math.nan])

    with pytest.raises(ValueError, match="replication 1 has no finite observation of system 8"):
        race.run()


def test_an_observation_of_every_system_is_asked_for():
    with pytest.raises(ValueError, match="2 systems were asked for in replication 0"):
        kn(lambda systems, _: [1.0], [0, 1], indifference=1, confidence=0.95)


@pytest.mark.parametrize(
    ("systems", "first", "confidence", "h"),
    [
        (2, 10, 0.95, 2.614),
        (2, 20, 0.95, 2.4525),
        (5, 10, 0.95, 3.693),
        (10, 10, 0.95, 4.2895),
        (10, 20, 0.95, 3.8752),
        (10, 50, 0.95, 3.687),
        (100, 20, 0.95, 5.184),
        (2, 20, 0.99, 3.540),
    ],
)
def test_rinotts_constant_is_the_one_of_the_tables(systems: int, first: int, confidence: float, h: float):
    assert rinott_h(systems, first, confidence=confidence) == pytest.approx(h, abs=4.5e-4)


@pytest.mark.parametrize("confidence", [0.6, 0.95, 0.999])
def test_rinotts_constant_for_two_systems_seen_twice(confidence: float):
    """t with one degree is Cauchy's law, and the difference of two of these is twice one: h = 2 tan(π (P − ½))."""
    assert rinott_h(2, 2, confidence=confidence) == pytest.approx(2 * math.tan(math.pi * (confidence - 0.5)), rel=1e-7)


def test_rinotts_constant_with_known_variances_is_that_of_the_normal_law():
    """With very many first observations and two systems h is √2 z, z = 1.644854 at 95 %."""
    assert rinott_h(2, 1_000_000, confidence=0.95) == pytest.approx(math.sqrt(2) * 1.644853627, rel=1e-5)


def test_rinotts_sample_sizes():
    """h = 2 tan(0.45 π) = 12.62750 and h² = 159.45; what does not vary needs no more than its first observations."""
    sizes = rinott_sizes([1.0, 0.0], first=2, indifference=1.0, confidence=0.95)

    assert sizes.tolist() == [160, 2]
    assert rinott_sizes([1.0, 4.0], first=2, indifference=2.0, confidence=0.95).tolist() == [40, 160]


def test_a_single_system_needs_its_first_observations_only():
    assert rinott_h(1, 20, confidence=0.95) == 0.0
    assert rinott_sizes([9.0], first=20, indifference=0.1, confidence=0.95).tolist() == [20]


def test_nonsense_is_refused_by_rinott():
    with pytest.raises(ValueError, match="at least one system"):
        rinott_h(0, 20, confidence=0.95)
    with pytest.raises(ValueError, match="confidence must lie between"):
        rinott_h(10, 20, confidence=0.1)
    with pytest.raises(ValueError, match="variances must be numbers from 0"):
        rinott_sizes([1.0, -1.0], first=20, indifference=1.0, confidence=0.95)
    with pytest.raises(ValueError, match="variances must be numbers from 0"):
        rinott_sizes(np.ones((2, 2)), first=20, indifference=1.0, confidence=0.95)
