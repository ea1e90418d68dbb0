"""Do nominal intervals hold what they promise? Thousands of experiments with a known truth, and how many hold it.

    pytest -m slow -s tests/verification/test_coverage.py

prints a line for each: what, how many experiments, the share that held, and the band in which it should lie, nominal
± 3 √(p(1 − p)/K). Each promise has a negative control, a plausible method that must be seen to break it. Takes about a
minute on one core.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

import numpy as np
import pytest
from promised import EXPERIMENTS, LAWS, SEED, Band, Floats, band, holds, inside, share

from simdesk.experiment.difference import bonferroni, difference, holm
from simdesk.experiment.estimate import estimate, mean_of, student_t
from simdesk.measures.readings import Quantile, Ratio, Total
from simdesk.queueing import erlang_c
from simdesk.statistics.controls import controlled
from simdesk.statistics.sequential import stops_at

pytestmark = pytest.mark.slow

AGENTS, RATE, SECTIONS, TICKETS, WARM_UP = 5, 4.0, 30, 2000, 500
"""M/M/5 with work of mean 1; 500 tickets are seven relaxation times."""


def five_agents(luck: np.random.Generator, runs: int) -> tuple[Floats, Floats]:
    """Waits by Kiefer and Wolfowitz, shape (runs, tickets), and the mean gap and work of a run, shape (runs, 2)."""
    gaps = luck.exponential(1 / RATE, (WARM_UP + TICKETS, runs))
    works = luck.exponential(1.0, (WARM_UP + TICKETS, runs))
    waits = np.empty((WARM_UP + TICKETS, runs))
    ahead = np.zeros((AGENTS, runs))  # work ahead of each agent, the least first
    for gap, work, wait in zip(gaps, works, waits, strict=True):
        np.maximum(ahead - gap, 0.0, out=ahead)
        wait[:] = ahead[0]
        carried = ahead[0] + work
        for agent in range(1, AGENTS):
            np.minimum(carried, ahead[agent], out=ahead[agent - 1])
            np.maximum(carried, ahead[agent], out=carried)
        ahead[-1] = carried
    luckiness = np.column_stack([gaps[WARM_UP:].mean(axis=0), works[WARM_UP:].mean(axis=0)])
    return np.ascontiguousarray(waits[WARM_UP:].T), luckiness


class Experiment(NamedTuple):
    """Thirty replications of 2,000 waits of M/M/5: what is said of them."""

    mean: bool
    p90: bool
    p95: bool
    pooled_p90: bool
    controlled: bool
    wrongly_controlled: bool
    error: float
    reduction: float


@cache
def experiments_with_five_agents() -> list[Experiment]:
    """All of them, drawn in parts that fit into memory."""
    luck, parts = np.random.default_rng(SEED), EXPERIMENTS // 100
    found = []
    for _ in range(parts):
        waits, luckiness = five_agents(luck, 100 * SECTIONS)
        waits.sort(axis=1)
        found += map(judge, waits.reshape(100, SECTIONS, TICKETS), luckiness.reshape(100, SECTIONS, 2))
    return found


def judge(waits: Floats, luckiness: Floats) -> Experiment:
    """Intervals of one experiment, against Erlang."""
    book = erlang_c(RATE, 1.0, agents=AGENTS)
    means = waits.mean(axis=1)
    mean = mean_of(means.tolist())
    p90, p95 = (estimate([Quantile(row, level) for row in waits]) for level in (0.90, 0.95))
    n = waits.size
    reach = 1.96 * math.sqrt(n * 0.9 * 0.1)
    ends = [math.floor(0.9 * n - reach), math.ceil(0.9 * n + reach)]
    pooled = np.partition(waits.ravel(), ends)[ends]
    right = controlled(means, luckiness, known_means=[1 / RATE, 1.0], confidence=0.95)
    wrong = controlled(means, luckiness, known_means=[1 / RATE, 1.01], confidence=0.95)
    truth, true_p90 = book.mean_wait, book.wait_quantile(0.90)
    return Experiment(
        holds(mean.low, truth, mean.high),
        holds(p90.low, true_p90, p90.high),
        holds(p95.low, book.wait_quantile(0.95), p95.high),
        holds(pooled[0], true_p90, pooled[1]),
        holds(right.low, truth, right.high),
        holds(wrong.low, truth, wrong.high),
        right.value - truth,
        right.reduction,
    )


def test_the_queue_used_here_is_that_of_the_book() -> None:
    """Five agents let wait as Erlang says, within four errors."""
    waits, _ = five_agents(np.random.default_rng(SEED), 2000)

    means = waits.mean(axis=1)
    assert abs(means.mean() - erlang_c(RATE, 1.0, agents=AGENTS).mean_wait) < 4 * means.std() / math.sqrt(2000)


@pytest.mark.parametrize("law", ["normal, cv 0.3", "gamma, cv 0.3"])
def test_a_mean_over_twenty_replications_holds(law: str) -> None:
    """Student's t."""
    rows = LAWS[law](np.random.default_rng(SEED), (EXPERIMENTS, 20)).tolist()
    expected = band(0.95, EXPERIMENTS)

    found = share(
        f"mean of 20 replications, {law}", [holds((e := mean_of(row)).low, 10, e.high) for row in rows], expected
    )

    assert inside(found, expected)


def test_a_mean_taken_from_a_normal_table_does_not_hold() -> None:
    """Negative control: 1.96 errors of five replications."""
    rows = LAWS["normal, cv 0.3"](np.random.default_rng(SEED), (EXPERIMENTS, 5))
    expected = band(0.95, EXPERIMENTS)
    reach = 1.96 * rows.std(axis=1, ddof=1) / math.sqrt(5)

    found = share("not: 1.96 errors of 5 replications", np.abs(rows.mean(axis=1) - 10) <= reach, expected)

    assert found < expected.low - 0.03


@pytest.mark.parametrize("measure", ["mean", "p90", "p95"])
def test_waits_for_five_agents_hold(measure: str) -> None:
    """Mean by replications, quantiles by sections."""
    expected = band(0.95, EXPERIMENTS)
    held = [getattr(experiment, measure) for experiment in experiments_with_five_agents()]

    assert inside(share(f"{measure} wait of M/M/5, 30 × 2,000 tickets", held, expected), expected)


def test_a_quantile_of_tickets_taken_as_independent_does_not_hold() -> None:
    """Negative control: the order statistics of all tickets pooled hold the truth one time in five."""
    expected = band(0.95, EXPERIMENTS)
    held = [experiment.pooled_p90 for experiment in experiments_with_five_agents()]

    assert share("not: p90 wait of M/M/5, tickets pooled", held, expected) < 0.3


def test_control_variates_hold_and_are_unbiased() -> None:
    """The mean gap and the mean work of a replication as controls of its mean wait."""
    expected, found = band(0.95, EXPERIMENTS), experiments_with_five_agents()
    errors = np.array([experiment.error for experiment in found])

    held = share("mean wait of M/M/5, gap and work as controls", [e.controlled for e in found], expected)

    print(f"; variance / {np.median([e.reduction for e in found]):.2f}", end="")
    assert inside(held, expected)
    assert abs(errors.mean()) < 4 * errors.std() / math.sqrt(EXPERIMENTS)


def test_a_control_with_a_wrong_mean_does_not_hold() -> None:
    """Negative control: the mean work is taken for 1 % longer than it is."""
    expected = band(0.95, EXPERIMENTS)
    held = [experiment.wrongly_controlled for experiment in experiments_with_five_agents()]

    assert share("not: the same, mean work 1 % off", held, expected) < expected.low - 0.03


def pairs(luck: np.random.Generator, alike: bool) -> tuple[Floats, Floats]:
    """Gamma values with mean 10 and 11; alike, with correlation 0.8, or opposite, a long one with a short one."""
    shape = (EXPERIMENTS, 20)
    if alike:
        common = luck.gamma(8, 1, shape)
        return common + luck.gamma(2, 1, shape), common + luck.gamma(3, 1, shape)
    common = luck.random(shape)
    return 10 + 6 * common + luck.normal(size=shape) - 3, 11 - 6 * common + luck.normal(size=shape) + 3


@pytest.mark.parametrize("alike", [True, False], ids=["alike", "opposite"])
def test_a_paired_difference_holds(alike: bool) -> None:
    """Twenty pairs, whose true difference is 1."""
    expected = band(0.95, EXPERIMENTS)
    sides = pairs(np.random.default_rng(SEED), alike)
    rows = zip(*(side.tolist() for side in sides), strict=True)

    found = [difference([Total(v) for v in base], [Total(v) for v in other]) for base, other in rows]

    what = f"paired difference of 20, {'alike' if alike else 'opposite'}"
    assert inside(share(what, [holds(d.low, 1, d.high) for d in found], expected), expected)


def test_a_paired_difference_of_ratios_holds() -> None:
    """Thirty days with a busyness that both desks share; 70 and 80 % of the tickets are in time."""
    luck, expected = np.random.default_rng(SEED), band(0.95, EXPERIMENTS)
    held = []
    for busyness in luck.gamma(25, 1 / 25, (EXPERIMENTS, 30)):
        tickets = luck.poisson(400 * busyness) + 1
        base, other = (
            [Ratio(float(a), float(b)) for a, b in zip(luck.binomial(tickets, p), tickets, strict=True)]
            for p in (0.7, 0.8)
        )
        found = difference(base, other)
        held.append(holds(found.low, 0.1, found.high))

    assert inside(share("paired difference of shares, 30 days", held, expected), expected)


def test_a_difference_that_overlooks_the_pairs_does_not_hold() -> None:
    """Negative control: Welch's interval of pairs that are opposite is too narrow."""
    base, other = pairs(np.random.default_rng(SEED), alike=False)
    expected = band(0.95, EXPERIMENTS)
    errors = np.sqrt((base.var(axis=1, ddof=1) + other.var(axis=1, ddof=1)) / 20)
    gaps = other.mean(axis=1) - base.mean(axis=1)

    found = share("not: opposite pairs taken as apart", np.abs(gaps - 1) <= student_t(0.95, 38) * errors, expected)

    assert found < expected.low - 0.03


STOPS = 20_000
"""Runs that stop by themselves: many, to tell a coverage of 94 % from one of 93."""
AFTER_A_STOP = Band(band(0.935, STOPS).low, band(0.965, STOPS).high)
"""From 93.5 to 96.5 %, and the error of the count: runs that are calm by chance stop early and cost a little."""


def stopped(law: str, at_least: int) -> tuple[list[bool], list[bool]]:
    """Whether the interval held at a stop at 10 %, and whether the mean was as near as that."""
    luck, held, near = np.random.default_rng(SEED), [], []
    for _ in range(STOPS // 100):
        for values in LAWS[law](luck, (100, 2500)):
            stop = stops_at(values, 0.1, confidence=0.95, at_least=at_least)
            assert stop is not None
            found = mean_of(values[:stop].tolist())
            held.append(holds(found.low, 10, found.high))
            near.append(abs(found.value - 10) <= 1)
    return held, near


@pytest.mark.parametrize("law", LAWS)
def test_an_interval_at_the_stop_holds(law: str) -> None:
    """Replications until it is within 10 % of the mean, at least twenty; and the mean is as near as was wished."""
    held, near = stopped(law, at_least=20)

    found = share(f"stop at 10 %, at least 20, {law}", held, AFTER_A_STOP)
    close = share(f"the mean is within 10 %, {law}", near, Band(0.95, 1.0))
    assert inside(found, AFTER_A_STOP)
    assert close >= 0.95


def test_an_interval_at_a_stop_after_three_does_not_hold() -> None:
    """Negative control: three that agree by chance end the run."""
    held, _ = stopped("normal, cv 0.3", at_least=3)

    assert share("not: stop at 10 %, at least 3, normal, cv 0.3", held, AFTER_A_STOP) < AFTER_A_STOP.low


ALTERNATIVES = 6


class Family(NamedTuple):
    """Six alternatives against a base: which differences are found, by method, and whether all intervals hold."""

    plain: list[bool]
    holm: list[bool]
    bonferroni: list[bool]
    intervals: bool


def families(effects: Sequence[float]) -> list[Family]:
    """Twenty replications of gamma values that share their luck, correlation 0.8, some longer by an effect."""
    luck, found = np.random.default_rng(SEED), []
    sure = bonferroni(0.95, ALTERNATIVES)
    for _ in range(EXPERIMENTS):
        values = luck.gamma(8, 1, (20, 1)) + luck.gamma(2, 1, (20, 1 + ALTERNATIVES)) + [0, *effects]
        base, *others = [[Total(value) for value in column] for column in values.T.tolist()]
        each = [difference(base, other, confidence=sure) for other in others]
        p_values = [one.p_value for one in each]
        found.append(
            Family(
                [p <= 0.05 for p in p_values],
                [p <= 0.05 for p in holm(p_values)],
                [p <= 0.05 / ALTERNATIVES for p in p_values],
                all(holds(one.low, effect, one.high) for one, effect in zip(each, effects, strict=True)),
            )
        )
    return found


def test_six_alternatives_that_change_nothing_are_rarely_said_to() -> None:
    """Under the null Holm finds something in at most 5 %; the intervals of Bonferroni hold together in 95 %."""
    expected = Band(0.0, band(0.05, EXPERIMENTS).high)

    found = families([0.0] * ALTERNATIVES)

    assert share("family-wise error, 6 alternatives, Holm", [any(one.holm) for one in found], expected) <= expected.high
    together = Band(band(0.95, EXPERIMENTS).low, 1.0)
    assert share("all 6 intervals, Bonferroni", [one.intervals for one in found], together) >= together.low


def test_six_alternatives_judged_one_by_one_are_often_said_to() -> None:
    """Negative control: without adjustment, something is found in more than one comparison of seven."""
    expected = Band(0.0, band(0.05, EXPERIMENTS).high)

    found = families([0.0] * ALTERNATIVES)

    assert share("not: family-wise error, unadjusted", [any(one.plain) for one in found], expected) > 0.15


def test_holm_finds_more_than_bonferroni_and_not_too_much() -> None:
    """Two alternatives are longer by two: Holm finds all that Bonferroni finds, and the four others rarely."""
    expected = Band(0.0, band(0.05, EXPERIMENTS).high)

    found = families([2.0, 2.0, 0.0, 0.0, 0.0, 0.0])

    by_holm = share("power for 2 of 6, Holm", [hit for one in found for hit in one.holm[:2]], Band(0.0, 1.0))
    by_half = share(
        "power for 2 of 6, Bonferroni", [hit for one in found for hit in one.bonferroni[:2]], Band(0.0, 1.0)
    )
    wrong = share("family-wise error beside 2 of 6, Holm", [any(one.holm[2:]) for one in found], expected)
    assert all(h >= b for one in found for h, b in zip(one.holm, one.bonferroni, strict=True))
    assert by_holm > by_half > 0.5
    assert wrong <= expected.high
