"""Two engines, one truth: the compiled engine writes the reference's log, row by row, on any desk.

The desks are tiny and full of ties. `SIMDESK_TWINS=10000 pytest tests/property/test_twins.py` looks longer.
"""

from __future__ import annotations

import os

from hypothesis import given, settings

from simdesk.engine import run
from tiny_desks import Case, cases, limited, one_queue, tables

EXAMPLES = int(os.environ.get("SIMDESK_TWINS", "200"))


def differing(case: Case) -> list[str]:
    """Columns in which the two logs differ."""
    desk, workload = case.build()
    one, other = (run(desk, workload, engine=engine) for engine in ("reference", "kernel"))
    ends = [(log.stopped_at, log.cut_short) for log in (one, other)]
    if ends[0] != ends[1]:
        return [f"stopped: {ends[0]} and {ends[1]}"]
    left, right = tables(one), tables(other)
    return [name for name in left if left[name] != right[name]]


@settings(max_examples=EXAMPLES, deadline=None)
@given(cases())
def test_the_logs_of_a_random_desk_are_equal(case):
    assert differing(case) == []


@settings(max_examples=max(EXAMPLES // 4, 20), deadline=None)
@given(cases(most_teams=5))
def test_the_logs_of_many_teams_that_help_each_other_are_equal(case):
    assert differing(case) == []


@settings(max_examples=max(EXAMPLES // 4, 20), deadline=None)
@given(one_queue())
def test_the_logs_of_one_queue_under_every_discipline_are_equal(case):
    assert differing(case) == []


@settings(max_examples=max(EXAMPLES // 4, 20), deadline=None)
@given(limited())
def test_runs_that_are_cut_short_end_alike(case):
    assert differing(case) == []
