"""The sheet of one replication: nothing is forgotten, every measure has an example by hand, and it can travel."""

from __future__ import annotations

import math
import pickle
from importlib import import_module
from pathlib import Path

import pytest

from logs import a_log, queueing, shift, ticket, work
from simdesk.experiment.prices import prices_of
from simdesk.experiment.replicate import simulate
from simdesk.experiment.replications import Replications
from simdesk.experiment.sheet import FOR_EACH_TYPE, Key, Sheet, describe, keys_of, known_measures, read_sheet
from simdesk.measures import COST_LABELS, MEASURES, TEAM_MEASURES, Cohort, Prices, Quantile, Ratio, Total
from simdesk.scenario.loading import load, loads
from simdesk.shelf import on_the_shelf
from simdesk.states import State

HERE = Path(__file__).parent
FREE = Prices({}, 0.0, 0.0, 0.0, 0, {})
WEEK = 7 * 86400


def test_every_measure_has_an_example_worked_out_by_hand():
    """Somewhere in `BY_HAND` of a test module beside this one; and none of a measure that does not exist."""
    modules = [path.stem for path in HERE.glob("test_*.py") if "\nBY_HAND = {" in path.read_text("utf-8")]

    by_hand = {name for module in modules for name in import_module(module).BY_HAND}

    assert by_hand == {*MEASURES, *TEAM_MEASURES, *COST_LABELS}


@pytest.mark.parametrize("name", known_measures())
def test_every_measure_is_described(name: str):
    """A label, a unit, a direction and a definition; for shares of the lead time too."""
    label, unit, better, definition = describe(Key(name))

    assert label
    assert definition.strip()[-1] in ".%"
    assert unit in {"time", "share", "number", "money"}
    assert better in {"lower", "higher", "neither"}


def test_a_sheet_holds_every_measure_for_whom_it_can_be_asked():
    """All tickets, every priority and type, every team, every cost, every state."""
    sheet = read_sheet(a_log(ticket(0, work(0, 10)), agents=("desk/1", "back/1")), FREE)

    expected = {Key(name) for name in (*MEASURES, *COST_LABELS)}
    expected |= {Key(name, "priority", priority) for name in MEASURES for priority in ("P1", "P2", "P3", "P4", "P5")}
    expected |= {Key(name, "type", kind) for name in FOR_EACH_TYPE for kind in ("incident", "request")}
    expected |= {Key(name, "team", team) for name in TEAM_MEASURES for team in ("desk", "back")}
    expected |= {Key(f"time_{state.name.lower()}") for state in State}
    assert set(sheet.readings) == expected


def test_the_states_share_the_lead_time_of_what_was_resolved():
    """10 of queue and 30 of work; the ticket that gave up after 500 is not resolved."""
    readings = read_sheet(a_log(ticket(0, work(10, 40)), ticket(0, queueing(500))), FREE).readings

    assert readings[Key("time_queue")] == Ratio(10, 40)
    assert readings[Key("time_work")] == Ratio(30, 40)
    assert sum(readings[Key(f"time_{state.name.lower()}")].value for state in State) == 1


def test_a_sheet_of_an_empty_log_can_be_read():
    """Nothing came: totals are zero, the rest is not a number, and nothing is left open."""
    sheet = read_sheet(a_log(), FREE)

    assert sheet.tickets == 0
    assert not sheet.truncated
    assert sheet.readings[Key("contacts_per_week")] == Total(0)
    assert math.isnan(sheet.readings[Key("response_time")].value)


def test_a_sheet_says_whether_the_cool_down_was_too_short():
    """A ticket of the window is open when the log ends; one opened behind the window may be."""
    assert read_sheet(a_log(ticket(0, queueing()), window=(0, 10), stopped_at=20), FREE).truncated
    assert not read_sheet(a_log(ticket(15, queueing()), window=(0, 10), stopped_at=20), FREE).truncated


def test_a_sheet_travels():
    """It comes back from a worker process as it went; the ticket log, which is large, stays behind."""
    desk = load(on_the_shelf("quickstart"))
    log = simulate(desk)
    sheet = read_sheet(log, prices_of(desk))

    parcel = pickle.dumps(sheet)
    back: Sheet = pickle.loads(parcel)

    assert back.digest == sheet.digest == log.digest()
    assert back.readings.keys() == sheet.readings.keys()
    assert values(back) == pytest.approx(values(sheet), nan_ok=True)
    assert back.series.keys() == sheet.series.keys()


def test_a_priority_that_a_replication_lacks_counts_there_as_none():
    """One P1 ticket in the first replication, none in the second: half a ticket a window, not one."""
    with_one, without = (
        read_sheet(a_log(ticket(0, work(0, 60), priority=priority), window=(0, WEEK)), FREE)
        for priority in ("P1", "P3")
    )

    runs = Replications(loads(A_DESK), (with_one, without), "reference", a_log())

    assert runs.estimates[Key("contacts_per_week", "priority", "P1")].value == 0.5
    assert runs.estimates[Key("contacts_per_week", "priority", "P3")].value == 0.5
    assert runs.estimates[Key("resolution_time", "priority", "P1")].value == 60
    assert runs.estimates[Key("resolution_time_median", "priority", "P1")].value == 60
    assert Key("contacts_per_week", "priority", "P2") not in runs.estimates


def test_a_priority_of_which_only_the_backlog_is_left_is_told_too():
    """Opened before the window, open all through it."""
    sheet = read_sheet(a_log(ticket(0, queueing(), priority="P2"), window=(100, 200), stopped_at=300), FREE)

    keys = keys_of([sheet])

    assert Key("backlog", "priority", "P2") in keys
    assert Key("backlog", "priority", "P3") not in keys


def test_by_hour_a_sheet_tells_a_mean_day():
    """Two tickets at 0:00 and one at 1:00 in two days."""
    tickets = (ticket(at, work(at + 30, at + 60)) for at in (0, 60, 90_000))
    log = a_log(*tickets, duty=[shift("desk/1", 0, 2 * 86400)], window=(0, 2 * 86400))

    series = read_sheet(log, FREE).series

    assert series["offered_by_hour", ""][:3].tolist() == [1, 0.5, 0]
    assert series["waited_by_hour", ""][:3].tolist() == [30, 15, 0]
    assert series["abandoned_by_hour", ""].sum() == 0
    assert series["worked_by_hour", "desk"].sum() == 30 * 3
    assert series["queue_by_day", "desk"].tolist() == series["backlog_by_day", ""].tolist() == [0, 0]


def test_prices_are_those_of_the_scenario():
    """What an hour of a team and of a user cost, how much of it a ticket takes, and what a broken promise costs."""
    prices = prices_of(loads(A_DESK))

    assert prices.team_hour == {"desk": 36.0}
    assert prices.user_hour == 50.0
    assert (prices.impaired_blocking, prices.impaired_other) == (0.5, 0.25)
    assert prices.workaround_after == 2 * 3600
    assert prices.penalties == {"P1": 500.0}


def test_measures_by_type_are_measures():
    """The list of those that are read for each type names no stranger, and every reading is of a known form."""
    assert set(FOR_EACH_TYPE) <= set(MEASURES)

    cohort = Cohort.of(a_log())
    assert {type(measure.read(cohort)) for measure in MEASURES.values()} <= {Ratio, Total, Quantile}


def values(sheet: Sheet) -> list[float]:
    """The values of a sheet, in order."""
    return [reading.value for reading in sheet.readings.values()]


A_DESK = """
title: A desk with prices
demand: {contacts: 10 per day, types: {incident: {share: 100 %, work: {constant: {value: 5 min}}}}}
teams: {desk: {tier: 1, agents: 1, cost: 36 USD per hour}}
money:
  users_time: 50 USD per hour
  impaired_blocking: 50 %
  impaired_other: 25 %
  workaround_after: 2 h
  penalties: {P1: 500}
"""
