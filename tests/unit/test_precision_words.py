"""Sentences about precision and about warm-ups: reached and not, needed and not, and where nobody can say."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from scripted import desk
from simdesk.experiment.estimate import Estimate
from simdesk.experiment.precision import CLOSE_ENOUGH, Known, Precise, Prediction
from simdesk.experiment.replications import Replications
from simdesk.experiment.sheet import Key, Sheet, describe
from simdesk.experiment.warm_up import Forgets, WarmUpAdvice
from simdesk.report.answers.precision import tell_precise, tell_warm_up
from simdesk.scenario.loading import vary
from simdesk.statistics.controls import Controlled

WAIT, GAVE_UP = Key("first_wait"), Key("abandonment")
DAY, WEEK = 86_400.0, 604_800.0
CALM = {"run.warm_up": "10 days"}


def runs(count: int) -> Replications:
    """So many runs of which nothing is told."""
    empty = Sheet({}, {}, "", 0, truncated=False)
    return Replications(vary(desk({}, CALM), {"run.replications": count}), (empty,) * count, "kernel")


def known(key: Key, value: float, half: float, wanted: float, needed: int = 0, **options: Any) -> Known:
    """A measure known to so much."""
    guard = CLOSE_ENOUGH[describe(key)[1]]
    return Known(key, Estimate(value, value - half, value + half, 20), wanted, guard, needed, **options)


def result(*measures: Known, count: int = 143, first: int = 130, at_most: int = 1000) -> Precise:
    return Precise(runs(count), measures, 0.05, at_most, 0.95, Prediction(first, 12.0))


def test_what_is_reached_names_what_took_longest():
    """600 s ± 28 s of the 28.6 asked; the share was there long before."""
    found = result(known(WAIT, 600, 28, 28.6, 140), known(Key("occupancy", "team", "desk"), 0.8, 0.01, 0.038, 20))

    assert tell_precise(found).sentence == (
        "After 143 runs, all 2 measures are known to within 5 % (95 % intervals); Wait in the first queue, mean took "
        "longest: 10 min ± 28 s, which is 4.7 % of it."
    )


def test_one_measure_is_told_alone():
    """Without a race."""
    assert tell_precise(result(known(WAIT, 600, 28, 28.6, 140))).sentence == (
        "After 143 runs, Wait in the first queue, mean is known to within 5 %: 10 min ± 28 s, which is 4.7 % of it "
        "(95 % interval)."
    )


def test_what_is_known_by_the_guard_is_not_told_as_five_per_cent():
    """Half a point of 1 % is half of it."""
    told = tell_precise(result(known(GAVE_UP, 0.01, 0.004, 0.005, 20)))

    assert "known as precisely as was asked: 1.0 % ± 0.4 points, which is 40 % of it" in told.sentence
    assert any("so close to nothing that ± 0.5 points was asked for" in detail for detail in told.details)


def test_what_is_not_reached_says_what_it_would_take():
    """The one that is furthest off, and the runs for all of them."""
    found = result(known(WAIT, 600, 90, 28.6, 1310), known(GAVE_UP, 0.2, 0.005, 0.0095, 20), count=60, at_most=60)

    assert tell_precise(found).sentence == (
        "After 60 runs, 1 of 2 measures is not known to within 5 %; furthest off is Wait in the first queue, mean: "
        "10 min ± 1.5 min, which is 15 % of it (95 % interval); about 1,310 runs would be needed, 60 were allowed."
    )


def test_where_nobody_can_say_no_number_is_made_up():
    """An interval of nothing predicts nothing."""
    found = result(known(WAIT, 600, 90, 28.6, 0), count=60, at_most=60)

    assert "nobody can say how many more than the 60 that were allowed would be needed" in tell_precise(found).sentence


def test_a_measure_without_an_interval_is_furthest_off():
    """And says why it has none."""
    none = Known(Key("first_wait_p90"), Estimate(900, math.nan, math.nan, 60, "needs 400 replications for an interval"),
                 42.0, 1.0, 400)  # fmt: skip
    told = tell_precise(result(known(WAIT, 600, 90, 28.6, 1310), none, count=60, at_most=60)).sentence

    assert (
        "2 of 2 measures are not known to within 5 %; furthest off is Wait in the first queue, 90th percentile" in told
    )
    assert "no interval: needs 400 replications" in told


def test_known_arrivals_are_told_of_only_where_they_help():
    """Half as wide is; a hundredth narrower or wider is not."""

    def controlled(half: float) -> Controlled:
        return Controlled(598, 598 - half, 598 + half, 4.0, (1.0,), 0.5, 18)

    helped, same, worse = (
        tell_precise(result(known(WAIT, 600, 28, 28.6, 140, controlled=controlled(half)))) for half in (14, 27.9, 30)
    )

    assert any(
        "narrower by a factor of 2 thanks to known arrivals: 10 min ± 14 s; stopping does not use it" in detail
        for detail in helped.details
    )
    assert not any("thanks to known arrivals" in detail for told in (same, worse) for detail in told.details)


def test_what_was_expected_stands_beside_what_it_took():
    """A prediction can be checked."""
    details = tell_precise(result(known(WAIT, 600, 28, 28.6, 140), first=130)).details

    assert "After the first look about 130 runs were expected to be needed; it stopped after 143." in details


def forgets(team: str, cut: float, relaxation: float, too_short: bool = False) -> Forgets:
    mean = np.arange(30.0)
    return Forgets(team, cut, too_short, relaxation, mean, mean[:25])


def advice(*teams: Forgets, stated: float = 2 * WEEK, length: float = 12 * WEEK, **options: Any) -> WarmUpAdvice:
    return WarmUpAdvice(runs(20), stated, length, teams, int(options.get("cycle", WEEK)), options.get("backlog", False))


@pytest.mark.parametrize(
    ("stated", "judged"),
    [
        (0.0, "no warm-up is stated."),
        (WEEK, "the stated one of 1 week is too short."),
        (2 * WEEK, "the stated one of 2 weeks is long enough."),
        (3 * WEEK, "the stated one of 3 weeks is long enough."),
    ],
)
def test_a_warm_up_is_told_with_what_needs_it_and_beside_what_is_stated(stated: float, judged: str):
    """Three times 3 days are 9, so two weeks; a cut after 5 days is less."""
    told = tell_warm_up(advice(forgets("front", 5 * DAY, 1 * DAY), forgets("back", 5 * DAY, 3 * DAY), stated=stated))

    assert told.sentence == (
        "A warm-up of 2 weeks is enough: the queue of back takes longest to forget the empty start, 9 days; " + judged
    )


def test_all_open_tickets_are_told_as_such():
    """Of the whole desk, not of a team without a name."""
    told = tell_warm_up(advice(forgets("front", 0.0, 1 * DAY), forgets("", 20 * DAY, math.nan)))

    assert "the number of open tickets takes longest to forget the empty start, 20 days" in told.sentence


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (advice(forgets("front", 5 * DAY, math.inf)), "No warm-up helps: front cannot keep up"),
        (advice(forgets("front", 5 * DAY, DAY), backlog=True), "No warm-up: the desk begins with open tickets"),
        (advice(forgets("front", 0.0, math.nan)), "No warm-up is needed"),
        (advice(forgets("front", 0.0, 4000 * DAY)), "No warm-up of a length worth running helps: the queue of front"),
    ],
)
def test_where_no_warm_up_helps_none_is_advised(found: WarmUpAdvice, words: str):
    """Overload, a backlog, nothing that builds up, and what takes for ever."""
    told = tell_warm_up(found)

    assert told.sentence.startswith(words)
    assert "is enough" not in told.sentence


def test_short_runs_are_warned_of():
    """Ten relaxation times of twelve days are more than twelve weeks, and a cut at the edge may lie later."""
    told = tell_warm_up(advice(forgets("front", 15 * DAY, 12 * DAY, too_short=True)))

    assert any("shorter than 10 relaxation times of the queue of front" in warning for warning in told.warnings)
    assert any("too short to see where the queue of front settles" in warning for warning in told.warnings)
    assert not any(
        "relaxation" in x or "settles" in x for x in tell_warm_up(advice(forgets("front", DAY, DAY))).warnings
    )


def test_the_numbers_of_the_advice_are_in_its_table_and_its_figures():
    """A row for each queue and the advice; a day of the series each."""
    told = tell_warm_up(advice(forgets("front", 5 * DAY, 1 * DAY), forgets("back", 5 * DAY, 3 * DAY)))

    [(_, table)] = told.tables
    assert [row[0] for row in table.rows] == ["front", "back", "advised"]
    assert table.values("needed") == pytest.approx([5 * DAY, 9 * DAY, 2 * WEEK])
    assert told.panels[0].title == "The queue of back from an empty start"
    assert len(told.panels[0].table.rows) == 30
    assert any("nothing is cut by them" in detail for detail in told.details)
