"""How long a warm-up has to be: by hand for one memoryless agent, and where none would help."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from scripted import desk
from simdesk.errors import RunError
from simdesk.experiment.lab import Lab
from simdesk.experiment.warm_up import WarmUpAdvice, warm_up_advice

DAY = 86_400


def advice(changes: Mapping[str, Any] | None = None, replications: int = 8) -> WarmUpAdvice:
    with Lab(workers=1) as lab:
        return warm_up_advice(desk({}, changes), replications=replications, lab=lab)


def test_three_relaxation_times_are_the_floor():
    """μ = 1 an hour and ρ = 0.64: 1 / (1 − 0.8)² = 25 h are forgotten to a third, 75 h are more than three days."""
    found = advice({"demand.contacts": "15.36 per day", "run.length": "40 days"})

    one = found.teams[0]
    assert one.relaxation == pytest.approx(25 * 3600)
    assert one.needed >= 3 * one.relaxation
    assert found.advised >= 4 * DAY
    assert found.advised % DAY == 0
    assert found.cycle == DAY


def test_the_slowest_decides_in_whole_cycles():
    """Not less than any queue needs, and less than a cycle more than the slowest."""
    found = advice({"run.length": "40 days"})

    assert all(found.advised >= one.needed for one in found.teams)
    assert found.advised - found.slowest.needed < DAY


@pytest.mark.parametrize(
    "changes",
    [
        {"demand.profile": "office"},
        {"calendars": {"office": {"hours": "00:00-23:00"}}, "teams.desk.calendar": "office"},
    ],
)
def test_a_desk_whose_days_differ_is_warmed_up_for_whole_weeks(changes: dict[str, Any]):
    """Whether it is the demand or the people."""
    found = advice({"run.length": "10 weeks", **changes})

    assert found.cycle == 7 * DAY
    assert found.advised % (7 * DAY) == 0


def test_only_the_mean_of_all_replications_is_looked_at_from_the_very_start():
    """The stated warm-up is part of the series; no replication is cut."""
    found = advice({"run.length": "20 days", "run.warm_up": "5 days"})

    series = [sheet.series["queue_by_day", "desk"] for sheet in found.runs.sheets]
    assert found.teams[0].mean == pytest.approx(np.mean(series, axis=0))
    assert found.teams[0].mean.size == 25
    assert (found.stated, found.length) == (5 * DAY, 20 * DAY)


def test_a_desk_that_cannot_keep_up_has_no_warm_up():
    """Twenty-five hours of work a day for one agent."""
    found = advice({"demand.contacts": "25 per day", "run.length": "20 days"})

    assert found.overloaded == ("desk",)
    assert math.isnan(found.advised)


def test_customers_who_give_up_settle_an_overload():
    """The queue is as long as patience allows, and no relaxation time is known."""
    patience = {"all": {"gives_up_after": {"exponential": {"mean": "1 h"}}}}

    found = advice({"demand.contacts": "25 per day", "patience": patience, "run.length": "20 days"})

    assert found.overloaded == ()
    assert math.isnan(found.teams[0].relaxation)
    assert found.advised <= 10 * DAY


def test_a_backlog_at_the_start_is_not_warmed_away():
    """How it is worked off is the question."""
    found = advice({"run.open_at_start": {"desk": {"question": {"count": 20}}}, "run.length": "20 days"})

    assert found.backlog
    assert found.advised == 0


def test_a_run_that_sees_too_little_of_its_queue_is_told_so():
    """25 h ten times are more than ten days, and less than eleven."""
    changes = {"demand.contacts": "15.36 per day"}

    assert advice({**changes, "run.length": "10 days"}).run_too_short == ("desk",)
    assert advice({**changes, "run.length": "11 days"}).run_too_short == ()


def test_a_run_of_a_few_days_has_only_the_floor():
    """MSER-5 needs two batches of five days."""
    found = advice({"run.length": "6 days"})

    one = found.teams[0]
    assert one.too_short
    assert math.isnan(one.cut)
    assert one.needed == pytest.approx(3 * one.relaxation)


def test_the_tables_tell_what_was_looked_at():
    """A row for the queue and one for all open tickets; a day of the series each."""
    found = advice({"run.length": "20 days"})

    assert list(found.table().team) == ["desk", ""]
    assert len(found.series()) == 2 * 20


def test_one_replication_has_no_mean():
    """Two have."""
    with pytest.raises(RunError, match="at least 2"):
        advice(replications=1)


def test_few_customers_who_give_up_do_not_settle_an_overload():
    """Of 25 hours of work a day one per cent may leave: the queue of the rest grows without end."""
    calls = {"demand.channels": {"phone": 0.01, "email": 0.99}}
    patience = {"callers": {"when": {"channel": "phone"}, "gives_up_after": {"exponential": {"mean": "1 h"}}}}

    found = advice({"demand.contacts": "25 per day", **calls, "patience": patience, "run.length": "20 days"})

    assert found.overloaded == ("desk",)
