"""Sentences about differences: better, worse, the same, not known; every figure is the one that was computed."""

from __future__ import annotations

import math

import pytest

from simdesk.experiment.difference import Difference
from simdesk.experiment.risk import interval_of
from simdesk.experiment.sheet import Key
from simdesk.report.differences import risk, sentence

WAIT, PROMISED, COST, BUSY = Key("first_wait"), Key("resolution_sla"), Key("total_cost"), Key("occupancy", "team", "l1")


def known(value: float, half: float, note: str = "") -> Difference:
    """A difference and its interval; the error is that of 19 degrees of freedom."""
    low, high = (value - half, value + half) if not note else (math.nan, math.nan)
    error = half / 2.093024 if not note else math.nan
    return Difference(value, low, high, 0.0, value, error, 19, 20, 0.5, 10.0, note)


@pytest.mark.parametrize(
    ("found", "key", "told"),
    [
        (known(-600, 120), WAIT, "{}: falls by 10 min, which is better (95 % interval 8 to 12 min)."),
        (known(600, 120), WAIT, "{}: rises by 10 min, which is worse (95 % interval 8 to 12 min)."),
        (known(0.042, 0.01), PROMISED, "{}: rises by 4.2 points, which is better (95 % interval 3.2 to 5.2 points)."),
        (known(-0.042, 0.01), PROMISED, "{}: falls by 4.2 points, which is worse (95 % interval 3.2 to 5.2 points)."),
        (known(-0.05, 0.01), BUSY, "{} (l1): falls by 5.0 points (95 % interval 4.0 to 6.0 points)."),
        (known(13_600, 900), COST, "{}: rises by EUR 13,600, which is worse (95 % interval EUR 12,700 to EUR 14,500)."),
        (known(0.0, 0.0), WAIT, "{}: the same in every replication."),
        (known(13_600, 0.0), COST, "{}: rises by EUR 13,600, which is worse, the same in every replication."),
    ],
)  # fmt: skip
def test_a_difference_that_is_known_is_told_with_its_direction(found: Difference, key: Key, told: str):
    """Falling waits are better, falling promises worse, occupancy neither."""
    from simdesk.experiment.sheet import describe

    assert sentence(found, key, 0.95, "EUR") == told.format(describe(key)[0])


def test_a_difference_that_is_not_known_is_not_told_as_one():
    """The interval holds both signs: neither is claimed, and what it would take is said."""
    found = known(-60, 120)

    told = sentence(found, WAIT, 0.95)

    assert "not known whether it falls or rises; between 3 min less and 1 min more (95 % interval)" in told
    assert f"about {found.replications_for(60):,} replications would tell" in told
    assert "better" not in told
    assert "worse" not in told


def test_what_is_next_to_nothing_is_not_chased():
    """A hundredth of a second with a doubt of two minutes: no number of replications is named."""
    assert "no number of replications worth running would tell" in sentence(known(0.01, 120), WAIT, 0.95)


def test_without_an_interval_only_the_sample_is_described():
    """And the reason stands there."""
    told = sentence(known(-60, 0, "needs 400 replications for an interval"), WAIT, 0.95)

    assert told.endswith("falls by 1 min in this sample; needs 400 replications for an interval.")


def test_a_target_is_told_run_by_run():
    """Counts on both sides, with the intervals of their shares."""
    told = risk("urgent-in-time", interval_of(0, 20), interval_of(2, 20), "12 weeks", 0.95)

    assert told == (
        "Target urgent-in-time: kept in 0 of 20 runs of 12 weeks without the change, in 2 of 20 with it "
        "(95 % intervals 0 to 17 % and 1 to 32 %)."
    )
    assert risk("x", interval_of(0, 0), interval_of(1, 2), "1 week", 0.95) == "Target x: nothing to judge."


def test_where_one_side_has_nothing_there_is_no_difference():
    """No such ticket on one side."""
    assert sentence(known(math.nan, 0, "there was nothing to count"), WAIT, 0.95).endswith(
        "one of the two has nothing to measure."
    )
