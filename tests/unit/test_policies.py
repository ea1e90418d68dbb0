"""Ranks: smaller goes first, pure, whole, and small enough for any engine. Who is served is in `test_disciplines`."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simdesk.clock import NEVER
from simdesk.durations import LONGEST
from simdesk.policies import (
    AgentChoice,
    AtBreak,
    AtShiftEnd,
    Discipline,
    agent_rank,
    lane_of,
    lane_rank,
    lane_score,
    seconds_for,
    work_done,
)

INT64 = 2**63
disciplines = st.sampled_from(Discipline)
instants = st.integers(0, 2 * LONGEST)
promises = st.one_of(instants, st.just(NEVER))
priorities = st.integers(0, 4)
milliseconds = st.integers(0, 1000 * LONGEST)
weights = st.integers(1, 1_000_000)
speeds = st.integers(1, 10_000)
roundings = st.integers(0, 4095)


def rank(discipline: Discipline, queued_at: int = 0, **of_ticket: int) -> int:
    """The rank of a step that differs in what matters only."""
    usual = {"due_at": NEVER, "priority": 2, "work": 60_000, "expected_work": 60_000}
    usual |= {"waiting_cost": 10, "promote_after": 3600}
    return lane_rank(discipline, queued_at, **(usual | of_ticket))


@given(disciplines, instants, promises, priorities, milliseconds, milliseconds, weights, instants)
def test_every_rank_fits_into_64_bits(
    discipline: Discipline, queued_at: int, due_at: int, priority: int, work: int, expected: int, cost: int, after: int
):
    assert -INT64 < lane_rank(discipline, queued_at, due_at, priority, work, expected, cost, after) < INT64


@given(disciplines, instants, instants, weights)
def test_every_score_fits_into_64_bits(discipline: Discipline, queued_at: int, waited: int, weight: int):
    assert -INT64 < lane_score(discipline, rank(discipline, queued_at), queued_at + waited, weight) < INT64


@given(disciplines, st.tuples(instants, instants), st.tuples(priorities, priorities), weights, instants)
def test_time_never_reorders_a_lane(
    discipline: Discipline, queued_at: tuple[int, int], priority: tuple[int, int], weight: int, waited: int
):
    """Of two steps of one lane, the one of the smaller rank has the smaller score (or the same) at any time."""
    if lane_of(discipline, priority[0]) != lane_of(discipline, priority[1]):
        priority = (priority[0], priority[0])
    ranks = sorted(rank(discipline, at, priority=level) for at, level in zip(queued_at, priority, strict=True))
    now = max(queued_at) + waited

    scores = [lane_score(discipline, one, now, weight) for one in ranks]

    assert scores == sorted(scores)


def test_no_wait_makes_up_for_a_level_of_priority():
    """A P2 that has waited for twenty years is behind a P1 of now."""
    assert rank(Discipline.PRIORITY, 2 * LONGEST, priority=0) < rank(Discipline.PRIORITY, 0, priority=1)


def test_with_aging_a_wait_of_promote_after_is_worth_exactly_one_level():
    """Half an hour a level: a P3 of 00:00 equals a P2 of 00:30, is ahead of one of 00:31 and behind one of 00:29."""
    old = rank(Discipline.AGING, 0, priority=2, promote_after=1800)

    newer = [rank(Discipline.AGING, 60 * minute, priority=1, promote_after=1800) for minute in (29, 30, 31)]

    assert newer[0] < old == newer[1] < newer[2]


@pytest.mark.parametrize("discipline", [Discipline.EARLIEST_DUE, Discipline.LEAST_SLACK])
def test_what_was_promised_goes_before_what_was_not(discipline: Discipline):
    assert rank(discipline, due_at=10 * LONGEST) < rank(discipline)


def test_waiting_that_costs_nothing_counts_as_the_least_cost():
    """A cost of 0 neither divides by zero nor goes before a cost of 1."""
    assert rank(Discipline.COST, waiting_cost=0) == rank(Discipline.COST, waiting_cost=1)


def test_cost_and_work_are_compared_as_a_quotient():
    """100 s at a cost of 50 equals 2 s at a cost of 1; a millisecond more or less decides."""
    works = (99_999, 100_000, 100_001)
    longer = [rank(Discipline.COST, expected_work=work, waiting_cost=50) for work in works]
    shorter = rank(Discipline.COST, expected_work=2_000, waiting_cost=1)

    assert longer[0] < shorter == longer[1] < longer[2]


def test_only_accumulating_priority_has_lanes():
    lanes = {one: {lane_of(one, priority) for priority in range(5)} for one in Discipline}

    assert lanes.pop(Discipline.WEIGHTED) == {0, 1, 2, 3, 4}
    assert all(lane == {0} for lane in lanes.values())


def test_the_agent_free_for_longest_is_first():
    assert agent_rank(AgentChoice.LONGEST_IDLE, 5, 900, 0, 100) < agent_rank(AgentChoice.LONGEST_IDLE, 6, 2000, 0, 0)


def test_the_fastest_agent_is_first():
    assert agent_rank(AgentChoice.FASTEST, 9, 1001, 0, 100) < agent_rank(AgentChoice.FASTEST, 0, 1000, 0, 0)


def test_who_has_not_worked_today_is_before_who_has():
    """Whatever he did yesterday; among those of one day the busy seconds count."""
    yesterday, today, busier = (
        agent_rank(AgentChoice.LEAST_BUSY, 0, 1000, day, busy) for day, busy in ((3, 28_000), (4, 10), (4, 11))
    )

    assert yesterday < today < busier


@pytest.mark.parametrize(("rounding", "seconds"), [(0, 13), (2730, 13), (2731, 14), (4095, 14)])
def test_ten_seconds_of_work_at_three_quarters_of_the_speed_take_thirteen_or_fourteen(rounding: int, seconds: int):
    """10 000 / 750 is 13 ⅓: up for a third of the roundings, those from ⅔ · 4096 = 2730.7 on."""
    assert seconds_for(10_000, 750, rounding) == seconds


@given(milliseconds, speeds, roundings)
def test_the_time_for_some_work_is_one_of_the_whole_seconds_beside_it(work: int, speed: int, rounding: int):
    assert work // speed <= seconds_for(work, speed, rounding) <= -(-work // speed)


@given(milliseconds, st.integers(300, 3000))
def test_the_time_for_some_work_is_right_on_average(work: int, speed: int):
    """Over all roundings the mean is the exact quotient, to the width of one of them."""
    mean = sum(seconds_for(work, speed, rounding) for rounding in range(4096)) / 4096

    assert abs(mean - work / speed) <= 1 / 4096


@given(milliseconds, speeds, roundings, st.integers(0, 10**6))
def test_work_put_down_and_taken_up_again_takes_as_long_as_without_a_break(
    work: int, speed: int, rounding: int, after: int
):
    seconds = seconds_for(work, speed, rounding)
    spell = min(after, seconds - 1)
    if spell >= 0:
        left = work - work_done(spell, speed)

        assert left > 0
        assert seconds_for(left, speed, rounding) == seconds - spell


def test_what_both_ends_of_a_spell_know_has_one_number():
    """The engines compare rules for breaks and for ends of shifts without asking which they are."""
    assert {rule.name: rule.value for rule in AtShiftEnd}.items() <= {rule.name: rule.value for rule in AtBreak}.items()
