"""Tickets come as a Poisson stream with the shape of the week, and more volume moves nobody to another day."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from simdesk.desk import Desk, open_desk
from simdesk.scenario.loading import loads, vary
from simdesk.scenario.model import Scenario
from simdesk.workload.arrivals import busyness, days_of, weights
from simdesk.workload.draw import draw
from simdesk.workload.model import Workload
from simdesk.workload.streams import Streams
from written import ONE_TEAM, Identity, identities, one_team

HOUR, DAY = 3600, 86400
YEAR = {"run.length": "52 weeks", "run.warm_up": "0 s", "run.cool_down": "0 s"}
BERLIN = {"run.time_zone": "Europe/Berlin", "run.start": "2026-03-23", "demand.profile": "flat"}


def simulated(scenario: Scenario, replication: int = 0) -> tuple[Desk, Workload]:
    desk = open_desk(scenario)
    return desk, draw(scenario, desk, replication)


def daily(scenario: Scenario, replication: int = 0) -> np.ndarray:
    """Arrivals of each local date of a run."""
    desk, work = simulated(scenario, replication)
    edges = desk.timeline.midnights(0, desk.horizon // DAY)
    return np.histogram(work.arrives_at, edges)[0]


def flat(changes: dict[str, Any] | None = None) -> Scenario:
    """A year of fifty tickets a day, day and night."""
    return one_team({**YEAR, "demand.profile": "flat", "demand.contacts": "50 per day", **(changes or {})})


def test_daily_counts_are_poisson():
    """Mean and variance are both fifty, within four standard errors."""
    counts = np.concatenate([daily(flat(), replication) for replication in range(4)])

    n = counts.size
    assert abs(counts.mean() - 50) < 4 * np.sqrt(50 / n)
    # the variance of a Poisson sample's variance is (mu + 2 mu^2) / n nearly
    assert abs(counts.var(ddof=1) - 50) < 4 * np.sqrt((50 + 2 * 50**2) / n)


def test_times_between_flat_arrivals_are_exponential():
    """Also across midnight: the stream is drawn day by day, and nobody can see it."""
    _, work = simulated(flat())

    gaps = np.diff(work.arrives_at + 0.0)

    mean = DAY / 50
    assert abs(gaps.mean() - mean) < 4 * mean / np.sqrt(gaps.size)
    assert abs(gaps.std() / gaps.mean() - 1) < 4 / np.sqrt(gaps.size) * np.sqrt(2)
    across = [abs(gaps[:-1] @ gaps[1:] / gaps.size / mean**2 - 1)]
    assert max(across) < 4 * np.sqrt(3 / gaps.size)


def test_hours_and_weekdays_have_the_shape_of_the_profile():
    """Every hour of the week within four standard errors of its share."""
    scenario = one_team({**YEAR, "demand.contacts": "2000 per week"})
    _, work = simulated(scenario)

    counts = np.bincount(work.arrives_at // HOUR % 168, minlength=168)

    expected = scenario.demand.shape("question").ravel() * 52 * 2000
    assert np.all(np.abs(counts - expected) < 4.5 * np.sqrt(expected) + 1)
    by_day = np.abs(counts.reshape(7, 24).sum(1) - expected.reshape(7, 24).sum(1))
    assert np.all(by_day < 4 * np.sqrt(expected.reshape(7, 24).sum(1)))


def test_a_profile_of_ones_own_is_reproduced():
    """Nothing at night, nothing at the weekend, Friday mornings only."""
    hours = [0] * 8 + [3, 1] + [0] * 14
    friday = [0] * 8 + [1] + [0] * 15
    profile = {"weekdays": {"Mon-Thu": 1, "Fri": 2}, "hours": hours, "hours_on": {"Fri": friday}}
    _, work = simulated(one_team({**YEAR, "demand.profile": profile, "demand.contacts": "600 per week"}))

    counts = np.bincount(work.arrives_at // HOUR % 168, minlength=168).reshape(7, 24)

    expected = np.zeros((7, 24))
    expected[:4, 8:10] = np.array([75, 25]) * 52
    expected[4, 8] = 200 * 52
    assert np.all(counts[expected == 0] == 0)
    assert np.all(np.abs(counts - expected) <= 4 * np.sqrt(expected))


def test_busy_days_are_busier_than_chance():
    """Fano factor of daily counts: 1 + mu cv^2, here 1 + 50 x 0.3^2 = 5.5."""
    counts = np.concatenate([daily(flat({"demand.busyness_cv": 0.3}), replication) for replication in range(8)])

    # blocks give the standard error without an assumption about the fourth moment
    fano = np.array([block.var(ddof=1) / block.mean() for block in np.array_split(counts, 32)])
    assert abs(fano.mean() - 5.5) < 4 * fano.std(ddof=1) / np.sqrt(fano.size) + 0.1
    assert abs(counts.mean() - 50) < 4 * np.sqrt(5.5 * 50 / counts.size)


def test_all_types_share_the_same_busy_days():
    """A day is busy for everybody; without busyness every factor is one."""
    streams = Streams(1, 0)

    factors = busyness(flat({"demand.busyness_cv": 0.3}), streams, 2000)

    assert abs(factors.mean() - 1) < 4 * 0.3 / np.sqrt(2000)
    assert abs(factors.std() - 0.3) < 0.03
    assert np.all(busyness(flat(), streams, 5) == 1)


def test_volume_grows_by_compound_interest():
    """Twice as much after a year is the square root of two after half a year."""
    scenario = flat({"demand.growth.per_year": "200 %", "demand.contacts": "400 per day"})
    days = days_of(scenario, open_desk(scenario))

    counts = daily(scenario)

    assert days.growth[0] == 1
    assert days.growth[182:184].mean() == pytest.approx(np.sqrt(2), rel=0.002)
    expected = 400 * days.growth[: counts.size]
    assert np.all(np.abs(counts - expected) < 5 * np.sqrt(expected))


def test_a_holiday_is_a_sunday():
    """Good Friday 2026, in Germany, with the demand of a Sunday; the Friday after is a Friday."""
    text = ONE_TEAM.replace("{days: Mon-Fri,", "{days: Mon-Fri, holidays: DE,")
    scenario = vary(loads(text), {"run.start": "2026-03-30", "demand.holidays_of": "office"})

    hours = weights(scenario, "question", days_of(scenario, open_desk(scenario)))

    shape = scenario.demand.shape("question")
    assert hours[4] == pytest.approx(shape[6])  # 3 April
    assert hours[11] == pytest.approx(shape[4])
    assert hours[7] == pytest.approx(shape[6])  # Easter Monday


@pytest.mark.parametrize(("start", "hours"), [("2026-03-29", 23), ("2026-10-25", 25), ("2026-06-01", 24)])
def test_a_day_on_which_the_clocks_change_has_its_own_length(start: str, hours: int):
    """23 hours in spring, 25 in autumn; flat demand has so many hours' worth."""
    scenario = one_team({**BERLIN, "run.start": start, "demand.contacts": "24000 per day", "run.length": "2 days"})
    days = days_of(scenario, open_desk(scenario))

    first = weights(scenario, "question", days)[0].sum() * scenario.demand.per_week("question")

    assert first == pytest.approx(0.6 * 1000 * hours)
    assert days.edges[0, -1] - days.edges[0, 0] == hours * HOUR
    work = draw(scenario, open_desk(scenario))
    count = np.sum(work.arrives_at < hours * HOUR)
    assert abs(count - 1000 * hours) < 4 * np.sqrt(1000 * hours)


@pytest.mark.parametrize(
    ("contacts", "weekly"),
    [
        ("50 per business day", 250),
        ("50 per day", 350),
        ("1 per user per month", 1000 * 7 * 12 / 365.25),
        ("2 per hour", 336),
        ("7000 per year", 7000 * 7 / 365.25),
    ],
)
def test_every_unit_of_volume_gives_its_weeks(contacts: str, weekly: float):
    """Within four standard errors; a factor on volume is a factor."""
    scenario = one_team({**YEAR, "demand.users": 1000, "demand.contacts": contacts, "demand.volume": "150 %"})

    _, work = simulated(scenario)

    assert abs(work.tickets - 1.5 * weekly * 52) < 4 * np.sqrt(1.5 * weekly * 52)


def who(scenario: Scenario) -> dict[Identity, int]:
    desk, work = simulated(scenario)
    return dict(zip(identities(desk, work), work.arrives_at.tolist(), strict=True))


def test_more_volume_moves_tickets_only_within_their_day():
    """Two per cent more: everybody who came comes again, on the same day, a little earlier; a few are added."""
    before, after = who(one_team()), who(one_team({"demand.volume": "102 %"}))

    assert before.keys() <= after.keys()
    moved = np.array([after[one] - at for one, at in before.items()])
    assert np.all(moved <= 0)
    days = [(at // DAY, after[one] // DAY) for one, at in before.items()]
    assert all(old == new for old, new in days)
    assert 0 < len(after) - len(before) < 0.06 * len(before)


def test_a_longer_run_begins_the_same():
    """Weeks added at the end change nothing before."""
    short, long = who(one_team()), who(one_team({"run.length": "9 weeks"}))

    assert short.items() <= long.items()


def test_every_ticket_comes_within_its_day():
    """Also where nearly all of the volume is in the last hour before midnight, and the clocks change."""
    late = {"hours": [0] * 23 + [1]}
    scenario = one_team(
        {**BERLIN, "demand.profile": late, "demand.contacts": "5000 per day", "run.start": "2026-03-28"}
    )

    desk, work = simulated(scenario)

    found = identities(desk, work)
    hour = np.array([desk.timeline.local(int(at)).hour for at in work.arrives_at[:2000]])
    assert np.all(hour == 23)
    assert len(set(found)) == len(found)


def test_no_volume_is_no_tickets():
    """And a run without tickets is a run."""
    _, work = simulated(one_team({"demand.volume": 0}))

    assert work.tickets == 0
    assert work.steps == 0


def test_a_run_that_begins_at_noon_keeps_the_identity_of_its_day():
    """The tickets of the morning are not there, the rest of that day is not drawn anew."""
    whole, noon = (who(one_team({"run.start": start})) for start in ("2026-01-05", "2026-01-05T12:00"))

    afternoon = sorted(at for (_, day, _), at in whole.items() if day == 0 and at >= 12 * HOUR)
    assert sorted(at + 12 * HOUR for (_, day, _), at in noon.items() if day == 0) == afternoon


def test_every_replication_has_a_true_volume_of_its_own_if_the_forecast_may_be_wrong():
    """With an error of 20 % the levels of 4,000 replications have mean 1 and that deviation; days of one share it."""
    levels = []
    for replication in range(4000):
        factors = busyness(flat({"demand.forecast_error": 0.2}), Streams(7, replication), 3)
        assert np.all(factors == factors[0])
        levels.append(factors[0])

    error = 0.2 / np.sqrt(4000)
    assert abs(np.mean(levels) - 1) < 4 * error
    assert np.std(levels) == pytest.approx(0.2, rel=0.06)  # four standard errors of a deviation, and its skewness


def test_the_error_of_a_forecast_is_the_same_luck_on_both_sides_of_a_comparison():
    """Ten per cent more volume is ten per cent more in each replication, whatever its true level."""
    for replication in range(3):
        streams = Streams(1, replication)
        few, many = (
            busyness(flat({"demand.forecast_error": "30 %", "demand.volume": volume}), streams, 4)
            for volume in ("100 %", "110 %")
        )
        assert np.array_equal(few, many)
