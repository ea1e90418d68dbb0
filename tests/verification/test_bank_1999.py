"""The twin of the "Anonymous Bank" against what really happened there, hour by hour.

The bars come from a yardstick that needs no simulation: an Erlang-A queue for every hour of the average weekday misses
the mean wait by 5 %, the share who hang up by 2.5 points, and half of the hours by more than 18 %. The bar on the mean
wait is twice as wide: the days of the log differ so much that its own mean is known to 8 % only (bootstrap, 95 %).
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from simdesk.experiment.estimate import Estimate
from simdesk.experiment.replicate import replicate
from simdesk.experiment.replications import Replications
from simdesk.experiment.sheet import Key
from simdesk.scenario.loading import load, vary
from simdesk.scenario.model import Scenario
from simdesk.shelf import on_the_shelf

LOG = Path(__file__).parents[3] / "shared" / "data" / "anonymous_bank_1999"

WAIT_WITHIN = 0.10
"""Bar on the mean wait, relative."""
ABANDONED_WITHIN = 0.025
"""Bar on the share who hang up, absolute."""
HOURS_WITHIN = 0.18
"""Bar on the relative error of the mean wait in the median hour."""
STAFFED = range(7, 24)


class Real(NamedTuple):
    """What was seen at the bank."""

    offered: np.ndarray
    """Calls a weekday, by staffed hour."""
    wait: np.ndarray
    """Mean wait by staffed hour, seconds."""
    mean_wait: float
    abandoned: float


def real(bank: Scenario) -> Real:
    assert bank.observed is not None
    hours = [bank.observed.by_hour[f"{hour:02d}:00"] for hour in STAFFED]
    offered = np.array([hour.offered for hour in hours])
    wait = np.array([hour.wait.seconds for hour in hours])
    abandoned = np.array([hour.abandoned for hour in hours])
    return Real(offered, wait, float(wait @ offered / offered.sum()), float(abandoned @ offered / offered.sum()))


def error_of_the_median_hour(runs: Replications, seen: Real) -> float:
    offered, waited = (
        np.sum([sheet.series[name, ""] for sheet in runs.sheets], axis=0)[STAFFED.start :]
        for name in ("offered_by_hour", "waited_by_hour")
    )
    return float(np.median(np.abs(waited / offered / seen.wait - 1)))


def lies_outside(estimate: Estimate, centre: float, bar: float) -> bool:
    """Whether the whole interval does."""
    return estimate.high < centre - bar or centre + bar < estimate.low


@pytest.fixture(scope="module")
def bank() -> Scenario:
    return load(on_the_shelf("bank-1999"))


def test_the_calls_of_the_scenario_are_those_of_the_log(bank):
    """As many in every hour of an average weekday, none on Friday, on Saturday and at night."""
    demand, seen = bank.demand, real(bank)

    calls = sum(demand.per_week(name) * demand.shape(name) for name in demand.types)

    assert calls[[4, 5]].sum() == 0
    assert calls[:, : STAFFED.start].sum() == 0
    # The log has 23 to 26 of each weekday, the scenario as many of each.
    assert calls[:, STAFFED.start :].sum(axis=0) / 5 == pytest.approx(seen.offered, rel=0.02)


@pytest.mark.slow
def test_waits_and_abandonment_are_those_of_the_bank(bank):
    runs, seen = replicate(bank), real(bank)

    assert runs.estimate(Key("first_wait")).value == pytest.approx(seen.mean_wait, rel=WAIT_WITHIN)
    assert runs.estimate(Key("abandonment")).value == pytest.approx(seen.abandoned, abs=ABANDONED_WITHIN)
    assert error_of_the_median_hour(runs, seen) <= HOURS_WITHIN


@pytest.mark.slow
@pytest.mark.parametrize(
    "wrong",
    [{"teams.phones.shifts.one-more.agents": 1}, {"demand.volume": "90 %"}],
    ids=["one agent more in every hour", "a tenth fewer calls"],
)
def test_a_wrong_bank_is_told_apart(bank, wrong):
    runs, seen = replicate(vary(bank, wrong), replications=6), real(bank)

    assert lies_outside(runs.estimate(Key("first_wait")), seen.mean_wait, WAIT_WITHIN * seen.mean_wait)
    assert lies_outside(runs.estimate(Key("abandonment")), seen.abandoned, ABANDONED_WITHIN)
    assert error_of_the_median_hour(runs, seen) > HOURS_WITHIN


@pytest.mark.slow
@pytest.mark.skipif(not LOG.exists(), reason=f"the log itself is not there: {LOG}")
def test_the_file_is_what_its_command_writes():
    from simdesk.twin.anonymous_bank import estimate
    from simdesk.twin.bank_scenario import scenario_text

    assert on_the_shelf("bank-1999").read_text("utf-8") == scenario_text(estimate(LOG))
