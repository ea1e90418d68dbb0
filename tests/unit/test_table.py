"""Results as tables: one row for each measure, and whose."""

from __future__ import annotations

import pytest

from logs import a_log, ticket, work
from simdesk.errors import RunError
from simdesk.experiment.prices import prices_of
from simdesk.experiment.replicate import simulate
from simdesk.experiment.replications import Replications
from simdesk.experiment.sheet import Key, read_sheet
from simdesk.experiment.table import measure, table
from simdesk.measures import COST_LABELS
from simdesk.scenario.loading import loads

LOG = a_log(ticket(0, work(30, 90), priority="P2"), ticket(0, work(90, 100), priority="P3"))
DESK = loads("""title: A desk
demand: {contacts: 10 per day, types: {incident: {share: 100 %, work: {constant: {value: 5 min}}}}}
teams: {desk: {tier: 1, agents: 1}}
""")


def test_the_table_of_one_log_has_a_row_for_every_measure():
    """The mean response is 60 seconds; that of P2 is 30."""
    rows = measure(LOG).set_index(["measure", "by", "of"])

    assert rows.loc[("response_time", "", ""), "value"] == 60
    assert rows.loc[("response_time", "priority", "P2"), "value"] == 30
    assert rows.loc[("response_time", "", ""), "unit"] == "seconds"
    assert rows.loc[("backlog", "", ""), "label"] == "Open tickets, on average"
    assert list(rows.columns) == ["label", "unit", "value"]


def test_priorities_that_never_came_have_no_row():
    """P2 and P3 have one, P1 has none."""
    rows = measure(LOG)

    assert set(rows[rows["by"] == "priority"]["of"]) == {"P2", "P3"}


def test_the_table_of_replications_has_intervals():
    """Twice the same log: an interval of no width."""
    sheet = read_sheet(LOG, prices_of(DESK))

    rows = table(Replications(DESK, (sheet, sheet), "reference", LOG)).set_index(["measure", "by", "of"])

    row = rows.loc[("response_time", "", "")]
    assert (row["value"], row["low"], row["high"], row["replications"]) == (60, 60, 60, 2)
    assert list(rows.columns) == ["label", "unit", "value", "low", "high", "replications", "note"]


def test_what_has_no_interval_says_why():
    """One replication; and a quantile of few values."""
    rows = table(Replications(DESK, (read_sheet(LOG, prices_of(DESK)),), "reference", LOG)).set_index(
        ["measure", "by", "of"]
    )

    assert rows.loc[("response_time", "", ""), "note"] == "one replication has no interval"
    assert "replications" in rows.loc[("response_time_median", "", ""), "note"]
    assert rows["low"].isna().all()


def test_both_tables_speak_of_the_same_rows_in_the_same_units():
    """What is `seconds` in one is `seconds` in the other."""
    named = ["measure", "by", "of", "label", "unit"]
    runs = Replications(DESK, (read_sheet(LOG, None),), "reference", LOG)

    assert measure(LOG)[named].equals(table(runs)[named])


def test_every_row_of_the_estimates_is_in_the_table():
    """None is lost, and none twice."""
    runs = Replications(DESK, (read_sheet(LOG, prices_of(DESK)),), "reference", LOG)

    keys = [Key(*row) for row in table(runs)[["measure", "by", "of"]].itertuples(index=False)]

    assert keys == list(runs.estimates)


OVERTIME = """title: Overtime of two agents
run: {start: 2026-01-05, length: 7 days, cool_down: 1 day, replications: 1, open_at_start: {desk: {t: {count: 2}}}}
demand:
  contacts: 0.000001 per year
  profile: flat
  priority: {P3: 100 %}
  channels: {phone: 100 %}
  types: {t: {share: 100 %, work: {constant: {value: 12 min}}}}
teams:
  desk:
    shifts:
      two: {agents: 2, days: daily, hours: "00:00-00:10"}
      one: {agents: 1, days: daily, hours: "00:10-00:15"}
    at_shift_end: finish
    cost: 60 USD per hour
"""
"""Ciw's issue 125: two tickets of twelve minutes at the start, and shifts of 25 minutes a day."""


def test_a_log_without_a_scenario_says_nothing_of_money():
    """It has no prices; no cost of 0 is made up, and none of the times that need prices."""
    rows = measure(simulate(loads(OVERTIME)))

    assert not set(rows["measure"]) & set(COST_LABELS)
    assert "money" not in set(rows["unit"])


def test_a_log_with_its_scenario_says_what_it_costs():
    """A week of 7 × 25 minutes of shifts at 60 an hour, and four minutes of overtime."""
    desk = loads(OVERTIME)

    rows = measure(simulate(desk), desk).set_index(["measure", "by", "of"])["value"]

    assert rows["staff_cost", "", ""] == pytest.approx((7 * 25 + 4) * 365.25 / 12 / 7)
    assert rows["overtime", "team", "desk"] == 4 * 60
    assert rows["occupancy", "team", "desk"] == pytest.approx(20 / (7 * 25))


@pytest.mark.parametrize(
    ("change", "what"),
    [("teams:\n  desk:", "teams:\n  other:"), ("length: 7 days", "length: 8 days")],
    ids=["another team", "another window"],
)
def test_a_log_of_another_scenario_is_refused(change: str, what: str):
    """Its prices would be those of other people."""
    other = loads(OVERTIME.replace("open_at_start: {desk: {t: {count: 2}}}", "seed: 1").replace(change, what))

    with pytest.raises(RunError, match="not of the scenario 'Overtime of two agents'"):
        measure(simulate(loads(OVERTIME)), other)


def test_a_cost_that_is_asked_of_a_log_alone_is_refused():
    with pytest.raises(RunError, match="staff_cost needs prices"):
        read_sheet(LOG, None, [Key("staff_cost")])
