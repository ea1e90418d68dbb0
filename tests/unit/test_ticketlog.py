"""The narrow waist: two tables of whole numbers, with names and missing values once somebody asks for them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from simdesk.clock import NEVER
from simdesk.engine import reference
from simdesk.errors import SimdeskError
from simdesk.states import Outcome
from simdesk.ticketlog import DUTY_COLUMNS, TICKET_COLUMNS, TOUCH_COLUMNS, TicketLog
from tiny import Team, agent, delay, desk, shift, ticket, until_break, work, workload


@pytest.fixture
def log() -> TicketLog:
    """Ticket 0 is served from 0 to 10, pending to 14 and served to 16; ticket 1 gives up at 4; ticket 2 stays open."""
    office = desk(Team([agent(until_break(0, 10), shift(14, 40))]), Team(agents=0), horizon=90, window=(0, 80))
    tickets = (
        ticket(0, steps=[work(10), delay(4, pauses=True), work(2)], priority=0, due_at=50),
        ticket(1, 5, patience=3),
        ticket(2, 5, team=1),
    )
    return reference.simulate(office, workload(office, *tickets))


def test_a_log_has_exactly_its_columns(log: TicketLog):
    assert list(log.tickets_columns) == list(TICKET_COLUMNS)
    assert set(log.touches_columns) == set(TOUCH_COLUMNS)
    assert list(log.duty_columns) == list(DUTY_COLUMNS)


def test_all_columns_of_a_table_are_whole_numbers_of_one_length(log: TicketLog):
    for columns in (log.tickets_columns, log.touches_columns, log.duty_columns):
        assert {column.dtype for column in columns.values()} == {np.dtype(np.int64)}
        assert len({column.size for column in columns.values()}) == 1


@pytest.mark.parametrize("table", ["tickets_columns", "touches_columns", "duty_columns"])
def test_a_missing_or_unknown_column_is_refused_by_name(log: TicketLog, table: str):
    columns = dict(getattr(log, table))
    columns["satisfaction"] = columns.pop("team", columns.get("type"))

    with pytest.raises(SimdeskError, match=r"missing or unknown: .*satisfaction"):
        replace(log, **{table: columns})


def test_its_length_is_the_number_of_tickets(log: TicketLog):
    assert len(log) == 3


def test_the_table_of_tickets_has_names_and_leaves_out_what_never_came(log: TicketLog):
    frame = log.tickets

    assert frame["outcome"].tolist() == ["resolved", "abandoned", "open"]
    assert frame["priority"].tolist() == ["P1", "P3", "P3"]
    assert frame["channel"].tolist() == ["phone"] * 3
    assert frame["responded_at"].tolist() == [0, pd.NA, pd.NA]
    assert frame["ended_at"].tolist() == [16, 4, pd.NA]
    assert frame["resolution_due_at"].tolist() == [54, pd.NA, pd.NA]


def test_the_table_of_touches_tells_every_spell(log: TicketLog):
    """Ticket 0 works, waits for the user and works; the waits of the others have no agent and no start."""
    frame = log.touches[["ticket", "step", "state", "team", "agent", "queued_at", "started_at", "ended_at", "effort"]]

    assert frame.astype(object).where(frame.notna(), None).to_numpy().tolist() == [
        [0, 0, "work", "team-0", "team-0/1", 0, 0, 10, 10],
        [0, 1, "pending", None, None, 10, 10, 14, 0],
        [0, 2, "work", "team-0", "team-0/1", 14, 14, 16, 2],
        [1, 0, "work", "team-0", None, 1, None, 4, 0],
        [2, 0, "work", "team-1", None, 2, None, None, 0],
    ]


def test_duty_tells_paid_shifts_and_presence_within_them(log: TicketLog):
    duty = {name: column.tolist() for name, column in log.duty_columns.items()}

    assert duty["paid"] == [1, 1, 0, 0]
    assert duty["started_at"] == [0, 14, 0, 14]
    assert duty["ended_at"] == [10, 40, 10, 40]


def test_types_may_share_a_category(log: TicketLog):
    """Two types under one heading are one category of the table."""
    two = replace(log, types=("password", "badge"), categories=("access", "access"))

    assert two.tickets["category"].cat.categories.tolist() == ["access"]
    assert two.tickets["type"].cat.categories.tolist() == ["password", "badge"]


def test_equal_logs_have_equal_digests(log: TicketLog):
    copies = {name: column.copy() for name, column in reversed(log.touches_columns.items())}

    assert replace(log, touches_columns=copies).digest() == log.digest()


@pytest.mark.parametrize("table", ["tickets_columns", "touches_columns", "duty_columns"])
def test_every_cell_counts_in_the_digest(log: TicketLog, table: str):
    digests = {log.digest()}
    cells = 0
    for name, column in getattr(log, table).items():
        for row in range(column.size):
            changed = column.copy()
            changed[row] ^= 1
            digests.add(replace(log, **{table: {**getattr(log, table), name: changed}}).digest())
            cells += 1

    assert len(digests) == cells + 1


@pytest.mark.parametrize(
    "change",
    [{"teams": ("team-0", "other")}, {"agents": ("somebody",)}, {"window": (0, 79)}, {"stopped_at": 91}],
    ids=lambda change: next(iter(change)),
)
def test_names_and_the_window_count_in_the_digest(log: TicketLog, change: dict[str, object]):
    assert replace(log, **change).digest() != log.digest()


def test_written_tables_can_be_read_by_anybody(log: TicketLog, tmp_path: Path):
    paths = log.write(tmp_path, "monday")

    assert [path.name for path in paths] == [f"monday-{name}.parquet" for name in ("tickets", "touches", "duty")]
    for path, frame in zip(paths, (log.tickets, log.touches, log.duty), strict=True):
        pd.testing.assert_frame_equal(pd.read_parquet(path), frame)


def test_an_empty_log_is_a_log():
    office = desk(Team(), window=(0, 5))

    log = reference.simulate(office, workload(office))

    assert (len(log), len(log.tickets), len(log.touches)) == (0, 0, 0)


def test_open_tickets_are_open_in_both_tables(log: TicketLog):
    (open_ticket,) = np.flatnonzero(log.tickets_columns["outcome"] == Outcome.OPEN)

    assert log.tickets_columns["ended_at"][open_ticket] == NEVER
    assert log.touches_columns["ended_at"][log.touches_columns["ticket"] == open_ticket].tolist() == [NEVER]
