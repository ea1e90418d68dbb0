"""Results as tables: one row for each measure, and whose."""

from __future__ import annotations

from logs import a_log, ticket, work
from simdesk.experiment.replications import Replications
from simdesk.experiment.sheet import Key, read_sheet
from simdesk.experiment.table import FREE, measure, table
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
    sheet = read_sheet(LOG, FREE)

    rows = table(Replications(DESK, (sheet, sheet), "reference", LOG)).set_index(["measure", "by", "of"])

    row = rows.loc[("response_time", "", "")]
    assert (row["value"], row["low"], row["high"], row["replications"]) == (60, 60, 60, 2)
    assert list(rows.columns) == ["label", "unit", "value", "low", "high", "replications", "note"]


def test_what_has_no_interval_says_why():
    """One replication; and a quantile of few values."""
    rows = table(Replications(DESK, (read_sheet(LOG, FREE),), "reference", LOG)).set_index(["measure", "by", "of"])

    assert rows.loc[("response_time", "", ""), "note"] == "one replication has no interval"
    assert "replications" in rows.loc[("response_time_median", "", ""), "note"]
    assert rows["low"].isna().all()


def test_both_tables_speak_of_the_same_rows_in_the_same_units():
    """What is `seconds` in one is `seconds` in the other."""
    named = ["measure", "by", "of", "label", "unit"]
    runs = Replications(DESK, (read_sheet(LOG, FREE),), "reference", LOG)

    assert measure(LOG)[named].equals(table(runs)[named])


def test_every_row_of_the_estimates_is_in_the_table():
    """None is lost, and none twice."""
    runs = Replications(DESK, (read_sheet(LOG, FREE),), "reference", LOG)

    keys = [Key(*row) for row in table(runs)[["measure", "by", "of"]].itertuples(index=False)]

    assert keys == list(runs.estimates)
