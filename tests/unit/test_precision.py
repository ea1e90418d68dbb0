"""Runs until it is known precisely enough: where it stops, what it says before, and what known arrivals are worth."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from scripted import desk
from simdesk.errors import RunError
from simdesk.experiment.estimate import mean_of
from simdesk.experiment.known_luck import KnownLuck, contacts_keys, expected_contacts
from simdesk.experiment.lab import Lab
from simdesk.experiment.precision import Precise, precise
from simdesk.experiment.sheet import Key
from simdesk.measures.readings import Total
from simdesk.scenario.loading import loads
from simdesk.scenario.model import Scenario
from simdesk.statistics.sequential import stops_at

BUSY, WAIT, GAVE_UP = Key("occupancy", "team", "desk"), Key("first_wait"), Key("abandonment")
CAME, AGE = Key("contacts_per_week"), Key("first_wait_p90")


def run(watched: list[Key], changes: Mapping[str, Any] | None = None, **options: Any) -> Precise:
    with Lab(workers=1) as lab:
        return precise(desk({}, changes), watched, lab=lab, **options)


def test_it_stops_at_the_first_replication_after_which_the_interval_is_narrow_enough():
    """Worked out again from the number of tickets in each replication."""
    with Lab(workers=1) as lab:
        values = [reading.value for reading in lab.replications(desk({}), 60, wanted=[CAME]).readings(CAME)]
    wished = next(
        within / 1000
        for within in range(60, 10, -1)
        if 22 <= (stops_at(values, within / 1000, confidence=0.95, absolute=0.01) or 0) < 40
    )

    found = run([CAME], within=wished)

    assert found.replications == stops_at(values, wished, confidence=0.95, absolute=0.01)
    assert found.reached
    assert found.known[0].estimate.value == pytest.approx(mean_of(values[: found.replications]).value)


def test_where_it_stops_does_not_depend_on_how_many_are_simulated_ahead():
    """A lab with many processors runs further ahead, and what it ran too far is not used."""

    class Wide(Lab):
        processors = property(lambda self: 13)

    narrow = run([WAIT, BUSY], within=0.15)
    with Wide(workers=1) as lab:
        wide = precise(desk({}), [WAIT, BUSY], within=0.15, lab=lab)

    assert 20 < narrow.replications < 200
    assert wide.replications == narrow.replications
    assert [one.estimate for one in wide.known] == [one.estimate for one in narrow.known]


def test_every_measure_must_be_known_and_the_one_that_takes_longest_is_named():
    """Waits swing more than occupancy."""
    found = run([BUSY, WAIT], within=0.15)

    assert found.reached
    assert all(one.estimate.half_width <= 0.15 / 1.15 * abs(one.estimate.value) for one in found.known)
    assert found.binding.key == WAIT
    assert found.predicted.replications >= 20


def test_what_is_not_reached_says_what_it_would_take():
    """At most 25 for a wait to within 2 %: not reached, and many more would be needed."""
    found = run([WAIT, BUSY], within=0.02, at_most=25)

    assert not found.reached
    assert found.replications == 25
    assert found.binding.key == WAIT
    assert found.needed > 25
    half, value = found.binding.estimate.half_width, found.binding.estimate.value
    assert found.needed == pytest.approx(25 * (half / (0.02 / 1.02 * value)) ** 2, rel=0.15)  # t shrinks towards z


def test_the_prediction_is_told_before_the_long_part_starts():
    """Once, after the twenty of the first look, and with the time that the rest takes."""
    done: list[int] = []
    told: list[tuple[int, float, int]] = []
    with Lab(workers=1, progress=lambda count, total: done.append(count)) as lab:
        found = precise(
            desk({}), [WAIT], within=0.15, predicted=lambda n, seconds: told.append((n, seconds, len(done))), lab=lab
        )

    [(needed, seconds, so_far)] = told
    assert so_far == 20
    assert seconds > 0
    assert (needed, seconds) == (found.predicted.replications, found.predicted.seconds)


def test_what_is_known_at_once_is_not_predicted():
    """Twenty replications know the staff cost, which never varies."""
    found = run([Key("staff_cost")], predicted=lambda n, seconds: pytest.fail("nothing long was to come"))

    assert (found.replications, found.predicted.replications, found.predicted.seconds) == (20, 20, 0.0)


def test_what_is_next_to_nothing_is_known_to_within_a_guard():
    """Nobody gives up here: no part of nothing is narrow enough, but half a point is."""
    found = run([GAVE_UP])

    assert found.known[0].by_guard
    assert found.known[0].wanted == 0.005
    assert found.reached


def test_a_quantile_without_an_interval_is_run_until_it_has_one():
    """Some sixty tickets a replication are too few for a section of the 90th percentile; more runs make ten of them."""
    found = run([AGE], {"run.length": "5 days"}, within=0.9, at_most=400)

    assert found.reached
    assert found.replications > 20
    assert not math.isnan(found.known[0].estimate.low)


@pytest.mark.parametrize(
    ("watched", "options", "words"),
    [
        ([], {}, "nothing to watch"),
        ([WAIT], {"within": 0.0}, "within must lie between"),
        ([WAIT], {"at_least": 1}, "one replication has no interval"),
        ([WAIT], {"at_most": 10}, "must not be below the 20"),
        ([WAIT], {"confidence": 1.0}, "confidence must lie between"),
        ([Key("resolution_sla")], {}, "resolution_sla: there was nothing to count in 20 replications"),
    ],
)
def test_what_cannot_be_known_is_refused(watched: list[Key], options: dict[str, Any], words: str):
    """With what to do instead."""
    with pytest.raises(RunError, match=words):
        run(watched, **options)


def test_the_table_has_a_row_for_every_measure_once():
    """In the order in which they were asked for."""
    found = run([BUSY, CAME, BUSY], within=0.2)

    table = found.table()
    assert list(table.measure) == ["occupancy", "contacts_per_week"]
    assert list(table.reached) == [True, True]
    assert (table.half_width <= table.wanted).all()


MONDAYS = """title: Mondays
run: {start: 2026-01-05, length: 10 days}
demand:
  contacts: 70 per week
  profile: {weekdays: {Mon: 1}, hours: [0,0,0,0,0,0,0,0,1,1,0,0,0,0,0,0,0,0,0,0,0,0,0,0]}
  types:
    a: {share: 60 %, work: {constant: {value: 5 min}}}
    b: {share: 40 %, work: {constant: {value: 5 min}}}
teams: {desk: {agents: 1}}
"""


@pytest.mark.parametrize(
    ("start", "mondays"),
    [("2026-01-05", 2.0), ("2026-01-06", 1.0), ("2026-01-05T08:30", 1.75), ("2026-01-05T10:00", 1.0)],
)
def test_expected_contacts_are_those_of_the_hours_in_the_window(start: str, mondays: float):
    """Seventy on each Monday, half of them from eight to nine; ten days from half past eight miss a quarter of one."""
    expected = expected_contacts(loads(MONDAYS.replace("2026-01-05", start)))

    assert expected == pytest.approx({"a": 42 * mondays * 0.7, "b": 28 * mondays * 0.7})  # a week is 0.7 of ten days


def test_as_many_come_as_are_expected_even_with_busy_and_quiet_days():
    """Over 150 replications, within four standard errors."""
    scenario = desk({}, {"demand.busyness_cv": 0.4, "demand.growth.per_year": 3.0, "run.length": "5 days"})
    with Lab(workers=1) as lab:
        runs = lab.replications(scenario, 150, wanted=contacts_keys(scenario))

    found = runs.estimate(contacts_keys(scenario)[0])

    assert abs(found.value - expected_contacts(scenario)["question"]) < 4 * found.standard_error


def luck(changes: Mapping[str, Any] | None = None, count: int = 20) -> tuple[Scenario, list[Total], KnownLuck]:
    """Tickets that came by luck, and what is known of it."""
    scenario = desk({}, changes)
    expected = expected_contacts(scenario)["question"]
    off = np.random.default_rng(1).normal(0, 5, count)
    came = [Total(expected + x) for x in off]
    return scenario, came, KnownLuck(scenario, [came])


def test_a_measure_that_follows_the_arrivals_is_known_better_with_them():
    """Ten times what came beyond what was to come, and a little noise: the true value is 7, and it is found."""
    scenario, came, known = luck()
    noise = np.random.default_rng(2).normal(0, 1, len(came))
    readings = [
        Total(7 + 10 * (one.value - expected_contacts(scenario)["question"]) + x)
        for one, x in zip(came, noise, strict=True)
    ]

    plain, allowed = mean_of([one.value for one in readings]), known.allowed_for(readings, 0.95)

    assert allowed is not None
    assert allowed.reduction > 100
    assert allowed.half_width < plain.half_width / 10
    assert allowed.low < 7 < allowed.high


@pytest.mark.parametrize(
    "changes",
    [{"demand.forecast_error": "10 %"}, None],
    ids=["a forecast may be wrong", "it is the arrivals themselves"],
)
def test_arrivals_are_not_allowed_for_where_that_would_say_too_much(changes: Mapping[str, Any] | None):
    """A doubt about the volume shall stay in the interval; and what came needs no help to be known."""
    _, came, known = luck(changes)

    assert known.allowed_for(came, 0.95) is None


def test_an_estimate_with_known_arrivals_stands_beside_the_plain_one():
    """Occupancy follows the work that comes; quantiles are no means and have none."""
    found = run([BUSY, AGE], {"run.length": "30 days", "run.warm_up": "5 days"}, within=0.5, confidence=0.99)

    busy, age = found.known
    assert busy.controlled is not None
    assert busy.narrower > 1
    assert busy.controlled.low < 0.5 < busy.controlled.high
    assert age.controlled is None
    assert age.narrower == 1
