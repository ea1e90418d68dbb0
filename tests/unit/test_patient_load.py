"""What is left of a load when those have left who give up, by hand and by simulation."""

from __future__ import annotations

import pytest

from loaded import loads_of, queue_at_end
from simdesk.experiment.levels import overloaded
from simdesk.experiment.load import team_loads
from simdesk.experiment.warnings import before
from simdesk.scenario.loading import vary
from simdesk.scenario.model import Scenario
from written import two_tiers

PATIENCE = {"gives_up_after": {"exponential": {"mean": "5 min"}}, "when": {"channel": "phone"}}


def impatient(per_day: float, share: float) -> Scenario:
    """Two tiers; so many tickets a day, of which a share come by phone and give up."""
    mix = {"demand.channels": {"phone": share, "email": 1 - share}}
    return two_tiers({"demand.contacts": f"{per_day} per day", **mix, "patience.callers": PATIENCE})


def test_few_who_give_up_do_not_relieve_a_team():
    """500 tickets of ten minutes for three people of 1,440 minutes: without the one per cent that gives up, 115 %."""
    load = loads_of(impatient(500, 0.01))["desk"]

    assert load.ratio == pytest.approx(5000 / 4320)
    assert load.lasting == pytest.approx(4950 / 4320)
    assert load.grows
    assert not load.builds_up


def test_those_who_do_not_give_up_decide():
    """Of the same 500 a fifth may leave: the rest are 93 % of what the team can do, and its queue settles."""
    load = loads_of(impatient(500, 0.2))["desk"]

    assert load.ratio > 1 > load.lasting == pytest.approx(4000 / 4320)
    assert not load.grows
    assert load.builds_up


def test_who_is_told_of_an_overload_is_told_whether_giving_up_settles_it():
    """The same 116 %: with one caller in a hundred the queue grows; with a fifth it does not, and nothing flags it."""
    few, many = impatient(500, 0.01), impatient(500, 0.2)

    (grows,), (settles,) = (
        [text for text in before(one, team_loads(one)) if "missing" in text and "experts" not in text]
        for one in (few, many)
    )

    assert grows.endswith("What is measured depends on how long the run is.")
    assert settles.endswith("Those who give up keep the queue short.")
    assert ("desk" in overloaded(few), "desk" in overloaded(many)) == (True, False)


def test_who_leaves_the_first_team_never_gets_to_the_next():
    """All call: the desk serves 432 of 600 a day, and 0.3 · 432 tickets of 40 minutes are 120 % of three experts.

    Though it is full, the desk loses no more than it must; a queue in which all give up is bounded.
    """
    found = loads_of(impatient(600, 1.0))

    assert found["desk"].lasting == 0
    assert not found["desk"].grows
    assert found["experts"].ratio == pytest.approx(600 * 0.3 * 40 / 4320)
    assert found["experts"].lasting == pytest.approx(432 * 0.3 * 40 / 4320)
    assert found["experts"].grows


def test_patience_at_a_team_with_time_relieves_nobody_else():
    """300 a day keep the desk at 69 %, so that nobody need leave; the experts get 0.3 · 300 · 40 minutes."""
    experts = loads_of(impatient(300, 1.0))["experts"]

    assert experts.lasting == experts.ratio == pytest.approx(300 * 0.3 * 40 / 4320)


def test_simulated_queues_grow_where_the_loads_say_so():
    """Eight weeks of the desk with one per cent and with a fifth of callers, at 116 %."""
    few, many = (impatient(500, share) for share in (0.01, 0.2))

    grown = queue_at_end(vary(few, {"run.length": "8 weeks"}))

    assert grown == pytest.approx((4950 - 4320) / 10 * 56, rel=0.15)
    assert queue_at_end(vary(many, {"run.length": "8 weeks"})) < 150
