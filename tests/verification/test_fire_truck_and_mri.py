"""The two desks that everybody remembers, against closed forms and honest about time.

The scanner: M/D/1 in working time, started with a two-week list. The crew: one agent, almost never busy.
"""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

import simdesk as sd
from simdesk.experiment.replications import Replications
from simdesk.experiment.sheet import Key
from simdesk.queueing import Moments, mg1
from simdesk.shelf import on_the_shelf

SLOTS_A_DAY = 20
SLACK = {"demand.contacts": "19 per day"}


def lists(runs: Replications) -> NDArray[np.float64]:
    """Patients on the list at the end of each day, in days of work, shape (replications, days)."""
    return np.array([sheet.series["queue_by_day", "scanner"] for sheet in runs.sheets]) / SLOTS_A_DAY


def steady_days(per_day: float) -> float:
    """Steady mean wait of M/D/1 in days of twenty slots (Pollaczek-Khinchine)."""
    return mg1(per_day, Moments.deterministic(1 / SLOTS_A_DAY)).mean_wait


def test_the_crew_is_idle_and_ready_and_one_is_the_complement_of_the_other():
    """Readiness as arrivals see it, readiness by time, and 1 − busy agree (Poisson arrivals see time averages)."""
    runs = sd.replicate(sd.load(on_the_shelf("fire-truck")), replications=40)

    busy = runs.estimates[Key("occupancy", "team", "crew")]
    ready = runs.estimates[Key("readiness", "team", "crew")]
    at_once = runs.estimates[Key("served_at_once")]

    assert busy.high <= 0.01
    assert ready.low >= 0.99
    assert at_once.value >= 0.99
    assert ready.value == pytest.approx(1 - busy.value, abs=1e-12)
    assert at_once.low - 0.005 <= 1 - busy.value <= at_once.high + 0.005


def test_a_crew_that_is_kept_busy_is_not_ready():
    """Negative control: the same crew at 85 % load finds itself free for about 15 % of the alarms."""
    busy = sd.vary(sd.load(on_the_shelf("fire-truck")), {"demand.contacts": "142.8 per week", "run.length": "20 weeks"})

    at_once = sd.replicate(busy, replications=20).estimates[Key("served_at_once")]

    assert at_once.low <= 0.15 <= at_once.high
    assert at_once.high < 0.30


def test_five_per_cent_of_slack_makes_the_steady_wait_less_than_a_day():
    """M/D/1 at 95 %: 0.475 days; the list is cleared first, then measured."""
    cleared = sd.vary(
        sd.load(on_the_shelf("mri")),
        SLACK | {"run.open_at_start.scanner.scan.count": 0, "run.length": "1 year", "run.warm_up": "16 weeks"},
    )

    runs = sd.replicate(cleared, replications=40)

    length = runs.estimate(Key("queue_length", "team", "scanner"), 0.999)
    theory = steady_days(19) * 19  # Little: the wait in days of work times arrivals a day
    assert length.low <= theory + 1e-9
    assert length.high >= theory * 0.999
    assert theory / 19 < 1


@pytest.mark.slow
def test_the_list_stays_for_three_years_and_a_single_scanner_wanders():
    """At 99.7 % of capacity the mean list over 200 scanners stays at 10 to 14 days."""
    runs = sd.replicate(sd.load(on_the_shelf("mri")), replications=200)

    days = lists(runs)

    means = days.mean(axis=0)
    assert means.min() >= 10
    assert means.max() <= 14.2  # the first day's arrivals are on top of the list
    assert np.quantile(days[:, -1], 0.05) < 3  # the spread: some scanners have all but cleared it,
    assert np.quantile(days[:, -1], 0.95) > 20  # others have three weeks


@pytest.mark.slow
def test_with_slack_the_old_list_takes_most_of_a_year_to_melt():
    """One slot a day: the median scanner has less than a day's list after about 250 working days."""
    runs = sd.replicate(sd.vary(sd.load(on_the_shelf("mri")), SLACK | {"run.length": "2 years"}), replications=200)

    days = lists(runs)

    cleared = np.array([np.flatnonzero(row <= 1)[0] if (row <= 1).any() else row.size for row in days])
    assert 225 <= np.median(cleared) <= 275


def test_extra_sessions_clear_the_old_list_in_a_season():
    """Two scanners for the same demand: twenty slots a day of slack clear 280 slots in about a fortnight."""
    extra = sd.vary(sd.load(on_the_shelf("mri")), {"teams.scanner.agents": 2, "run.length": "12 weeks"})

    runs = sd.replicate(extra, replications=20)

    cleared = [int(np.flatnonzero(row <= 1)[0]) for row in lists(runs)]
    assert 10 <= np.median(cleared) <= 18
