"""Two engines, one truth: the compiled engine writes the reference's log, row by row, on any desk.

The desks are tiny and full of ties. `SIMDESK_TWINS=10000 pytest tests/property/test_twins.py` looks longer. Desks on
which the engines once differed are kept as files; see `kept`.
"""

from __future__ import annotations

import os

import pytest
from hypothesis import given, settings

import kept
from simdesk.engine import run
from tiny_desks import Case, cases, everything, limited, one_queue, tables

EXAMPLES = int(os.environ.get("SIMDESK_TWINS", "200"))


def differing(case: Case, name: str) -> list[str]:
    """Columns in which the two logs differ; a case in which they do is kept under a name."""
    found = _differing(case)
    if found:
        kept.keep(name.removeprefix("test_"), case)
    return found


def _differing(case: Case) -> list[str]:
    desk, workload = case.build()
    one, other = (run(desk, workload, engine=engine) for engine in ("reference", "kernel"))
    ends = [(log.stopped_at, log.cut_short) for log in (one, other)]
    if ends[0] != ends[1]:
        return [f"stopped: {ends[0]} and {ends[1]}"]
    left, right = everything(one), everything(other)
    return [name for name in left if left[name] != right[name]]


@settings(max_examples=EXAMPLES, deadline=None)
@given(cases())
def test_the_logs_of_a_random_desk_are_equal(case):
    assert differing(case, "test_the_logs_of_a_random_desk_are_equal") == []


@settings(max_examples=max(EXAMPLES // 4, 20), deadline=None)
@given(cases(most_teams=5))
def test_the_logs_of_many_teams_that_help_each_other_are_equal(case):
    assert differing(case, "test_the_logs_of_many_teams_that_help_each_other_are_equal") == []


@settings(max_examples=max(EXAMPLES // 4, 20), deadline=None)
@given(one_queue())
def test_the_logs_of_one_queue_under_every_discipline_are_equal(case):
    assert differing(case, "test_the_logs_of_one_queue_under_every_discipline_are_equal") == []


@settings(max_examples=max(EXAMPLES // 4, 20), deadline=None)
@given(limited())
def test_runs_that_are_cut_short_end_alike(case):
    assert differing(case, "test_runs_that_are_cut_short_end_alike") == []


@pytest.mark.parametrize("path", sorted(kept.FOLDER.glob("*.json")), ids=lambda path: path.stem)
def test_the_logs_of_desks_that_once_differed_are_equal(path):
    assert _differing(kept.read(path.read_text(encoding="utf-8"))) == []


@given(limited())
def test_a_desk_is_kept_as_it_is(case):
    again = kept.read(kept.written(case))

    assert tables(run(*case.build(), engine="reference")) == tables(run(*again.build(), engine="reference"))
    assert again.horizon == case.horizon
    assert again.most_open == case.most_open
