"""The slack curve of a team: which levels, what is cheapest, how surely, and where the wait begins to climb."""

from __future__ import annotations

import math

import pytest

from simdesk.errors import RunError
from simdesk.experiment.difference import difference
from simdesk.experiment.lab import Lab
from simdesk.experiment.sheet import Key
from simdesk.experiment.slack import TOTAL, SlackCurve, keys_for, knee_of, slack_curve
from simdesk.scenario.loading import loads, vary
from simdesk.scenario.model import Scenario

DESK = loads("""title: Two Erlang
run: {length: 5 days, warm_up: 1 day, cool_down: 3 days, replications: 8}
demand:
  contacts: 192 per day
  profile: flat
  types: {question: {share: 100 %, work: {exponential: {mean: 15 min}}}}
teams: {desk: {agents: 3, cost: 40 USD per hour}}
money: {users_time: 40 USD per hour, impaired_blocking: 100 %, impaired_other: 100 %}
""")
"""192 tickets a day of 15 min are two Erlang."""


def levels_of(scenario: Scenario, agents: list[int] | None = None, team: str = "desk") -> SlackCurve:
    """A slack curve that is enough to see which levels it has."""
    quick = vary(scenario, {"run.length": "1 day", "run.warm_up": "0 s"})
    with Lab(workers=1) as lab:
        return slack_curve(quick, team, agents, replications=1, lab=lab)


@pytest.fixture(scope="module")
def curve() -> SlackCurve:
    """Two Erlang and three to seven agents."""
    with Lab(workers=1) as lab:
        return slack_curve(DESK, "desk", [4, 5, 6, 7], lab=lab)


def test_the_usual_levels_go_from_just_enough_to_a_third_busy():
    """Two Erlang: two agents would never be free, three are enough; six are busy for a third of their time."""
    usual = levels_of(DESK)

    assert [level.agents for level in usual.levels] == [3, 4, 5, 6]
    assert usual.fewest == 3
    assert [level.ratio for level in usual.levels] == pytest.approx([2 / agents for agents in (3, 4, 5, 6)], rel=1e-3)


def test_a_large_team_has_at_most_twelve_levels_and_today_is_one_of_them():
    """Forty Erlang: levels lie close where waits are long, and wide apart where they are not."""
    large = vary(DESK, {"demand.contacts": "3840 per day", "teams.desk.agents": 53})

    found = [level.agents for level in levels_of(large).levels]

    assert len(found) <= 12
    assert 53 in found
    assert found[0] == 41
    assert found[-1] == pytest.approx(120, abs=1)
    assert found[1] - found[0] < found[-1] - found[-2]


def test_a_crew_that_is_hardly_ever_busy_has_some_levels_too():
    """A twentieth of an Erlang: one is already idle for nineteen hours of twenty."""
    crew = vary(DESK, {"demand.contacts": "4.8 per day", "teams.desk.agents": 1})

    assert [level.agents for level in levels_of(crew).levels] == [1, 2, 3, 4]


def test_today_is_added_though_it_cannot_keep_up():
    """Two agents for two Erlang and a half."""
    short = vary(DESK, {"demand.contacts": "240 per day", "teams.desk.agents": 2})

    found = levels_of(short)

    assert found.today.agents == 2
    assert [level.agents for level in found.levels if level.overloaded] == [2]
    assert levels_of(short, [3]).levels[0].agents == 2


def test_where_nobody_is_ever_there_no_number_is_enough():
    """A team whose calendar is closed throughout: around today, and all of it too little."""
    closed = loads("""title: Closed
run: {start: 2026-01-05, length: 1 day, cool_down: 1 day}
calendars: {weekend: {days: Sat-Sun}}
demand: {contacts: 20 per day, types: {question: {share: 100 %, work: {constant: {value: 5 min}}}}}
teams: {desk: {agents: 2, calendar: weekend}}
""")

    with Lab(workers=1) as lab:
        found = slack_curve(closed, "desk", replications=1, lab=lab)

    assert found.fewest is None
    assert [level.agents for level in found.levels] == [1, 2, 3, 4]
    assert all(level.overloaded for level in found.levels)


def test_every_level_costs_what_its_people_cost(curve: SlackCurve):
    """An agent who is always there is paid for 730.5 hours of an average month."""
    for level in curve.levels:
        assert level["staff_cost"].value == pytest.approx(level.agents * 40 * 365.25 / 12 * 24)
        parts = [level[name].value for name in ("staff_cost", "lost_time_cost", "penalty_cost")]
        assert level["total_cost"].value == pytest.approx(math.fsum(parts))


def test_more_people_are_less_busy_and_let_wait_less(curve: SlackCurve):
    """With the same luck at every level."""
    busy, wait = ([level[name].value for level in curve.levels] for name in ("occupancy", "queue_wait"))

    assert busy == sorted(busy, reverse=True)
    assert wait == sorted(wait, reverse=True)
    assert curve.levels[0]["occupancy"].value == pytest.approx(2 / 3, rel=0.1)


def test_the_cheapest_is_the_least_total_and_the_others_are_compared_with_it(curve: SlackCurve):
    """Four comparisons share the doubt; who has an interval that holds nothing may be as cheap."""
    totals = {level.agents: level["total_cost"].value for level in curve.levels}

    assert curve.cheapest is not None
    assert curve.best is not None
    assert curve.cheapest.agents == min(totals, key=totals.__getitem__)
    clear = {level.agents for level, d in zip(curve.levels, curve.best.differences, strict=True) if d.low > 0}
    assert {level.agents for level in curve.as_cheap} == totals.keys() - clear - {curve.cheapest.agents}
    assert 7 in clear  # three idle people more than needed


def test_the_saving_is_the_paired_difference_from_today(curve: SlackCurve):
    """With an interval that allows for the choice among five levels."""
    assert curve.cheapest is not None

    sides = [level.runs.readings(TOTAL) for level in (curve.today, curve.cheapest)]

    assert curve.today.agents == 3
    assert curve.saving == difference(sides[0], sides[1], confidence=1 - 0.05 / 4)


def test_the_table_has_every_measure_of_every_level(curve: SlackCurve):
    """And its interval."""
    table = curve.table()

    row = table[(table.agents == 4) & (table.measure == "queue_wait")]
    assert len(table) == len(curve.levels) * len(keys_for("desk"))
    assert row["value"].item() == curve.levels[1]["queue_wait"].value
    assert row["unit"].item() == "seconds"


@pytest.mark.parametrize(
    ("changes", "missing"),
    [
        ({"teams.desk.cost": "0 per hour"}, ("teams.desk.cost",)),
        ({"money.users_time": "0 per hour"}, ("money.users_time",)),
        ({"money.users_time": "0 per hour", "money.penalties": {"P3": 20}}, ()),
        ({"teams.desk.cost": "0 per hour", "money.users_time": "0 per hour"}, ("teams.desk.cost", "money.users_time")),
    ],
)
def test_without_a_price_on_either_side_nothing_is_the_cheapest(changes, missing):
    """Free agents are never too many, free waiting is never too long."""
    found = levels_of(vary(DESK, changes), [3, 4])

    assert found.unpriced == missing
    assert (found.cheapest is None) == bool(missing)
    assert (found.saving is None) == bool(missing)
    assert not (missing and found.as_cheap)


def test_the_knee_of_a_hyperbola_lies_where_its_slope_is_that_of_the_chord():
    """y = 1/(1−x) between 0 and 0.9: the chord rises by 10, the curve does so at 1 − √0.1."""
    x = [at / 1000 for at in range(901)]

    knee = knee_of(x, [1 / (1 - at) for at in x])

    assert knee is not None
    assert x[knee] == pytest.approx(1 - math.sqrt(0.1), abs=0.001)


@pytest.mark.parametrize(
    ("x", "y"),
    [
        ([0.3, 0.5, 0.9], [1.0, 1.1, 9.0]),  # three points
        ([0.1, 0.2, 0.3, 0.4], [1.0, 2.0, 3.0, 4.0]),  # straight
        ([0.1, 0.2, 0.3, 0.4], [0.0, 0.0, 0.0, 0.0]),  # no wait at all
        ([0.5, 0.5, 0.5, 0.5], [1.0, 2.0, 3.0, 4.0]),  # always as busy
        ([0.1, 0.2, 0.3, math.nan], [1.0, 1.0, 1.1, 9.0]),  # one is not known
        ([0.1, 0.2, 0.3, 0.4], [1.0, 3.0, 3.8, 4.0]),  # the other way round
    ],
)
def test_a_curve_without_a_knee_gets_none(x, y):
    """Too few points, a straight line, or none that rises faster and faster."""
    assert knee_of(x, y) is None


def test_the_knee_is_the_same_in_whatever_order_the_points_come():
    """And it leaves out what is not known."""
    x, y = [0.9, 0.3, math.nan, 0.5, 0.7], [20.0, 1.0, 2.0, 1.2, 2.0]

    assert knee_of(x, y) == 4


SHIFTS = """title: Two shifts
run: {length: 1 day}
demand: {contacts: 20 per day, types: {question: {share: 100 %, work: {constant: {value: 5 min}}}}}
teams: {desk: {shifts: {early: {agents: 2, hours: "08:00-16:00"}}}}
"""


@pytest.mark.parametrize(
    ("scenario", "team", "words"),
    [
        (DESK, "dsek", "no team 'dsek'; did you mean 'desk'"),
        (DESK, "zzz", "no team 'zzz'; there are desk"),
        (loads(SHIFTS), "desk", "give the team `agents` and each of its shifts a `share`"),
    ],
)
def test_a_team_whose_agents_cannot_be_varied_is_refused(scenario, team, words):
    """Before anything runs, and with what to do."""
    lab = Lab(workers=1, progress=lambda done, total: pytest.fail("something was simulated"))

    with pytest.raises(RunError, match=words):
        slack_curve(scenario, team, lab=lab)


def test_a_curve_that_would_never_be_done_is_refused():
    """Two levels of a hundred thousand replications each."""
    with pytest.raises(RunError, match="fewer replications"):
        slack_curve(DESK, "desk", [3, 4], replications=100_000)


def test_a_team_that_others_help_is_measured_with_them():
    """Helpers with nothing of their own to do: one agent is enough for two Erlang if three others help."""
    helped = loads("""title: Helped
run: {length: 1 day, cool_down: 1 day}
demand: {contacts: 192 per day, profile: flat, types: {question: {share: 100 %, work: {constant: {value: 15 min}}}}}
teams: {desk: {agents: 2}, helpers: {agents: 3, also_serves: [desk]}}
""")

    found = levels_of(helped)

    assert found.fewest == 1
    assert not any(level.overloaded for level in found.levels)


def test_readings_of_the_desk_are_there_for_every_level(curve: SlackCurve):
    """Whatever the page may want to say of users."""
    for level in curve.levels:
        assert {"resolution_sla", "abandonment", "flow_efficiency"} <= level.estimates.keys()
        assert level.runs.readings(Key("occupancy", "team", "desk"))
