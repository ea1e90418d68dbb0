"""Bounds of questions in business time: judged by the office's clock, and told as they were written."""

from __future__ import annotations

from pathlib import Path

import pytest

from simdesk.experiment.decide import Answer
from simdesk.experiment.lab import Lab
from simdesk.experiment.prices import prices_of
from simdesk.experiment.staffing.plans import goals_of
from simdesk.question.ask import ask
from simdesk.report.answers.tell import tell
from simdesk.scenario.loading import load, vary

DESK = """title: Open for ten hours a day
run: {start: 2026-01-05, length: 5 days, replications: 3, cool_down: 2 weeks}
calendars: {office: {hours: "08:00-18:00"}}
demand:
  contacts: 2 per business day
  profile: {weekdays: {Mon-Fri: 1}, hours: [0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]}
  types: {incident: {share: 100 %, work: {constant: {value: 11 h}}}}
teams: {desk: {agents: 40, calendar: office, at_shift_end: park}}
targets: {soon: {measure: resolution_time_business, at_most: 2 business days}}
"""
"""Every ticket comes between 08:00 and 09:00 and is done after eleven hours of work, on the next day at the same hour
and one later: after 11 business hours, and 25 by the wall clock."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the desk in it."""
    (tmp_path / "desk.yaml").write_text(DESK, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("bound", "answer"),
    [("1 business day", Answer.NO), ("2 business days", Answer.YES), ("12 business hours", Answer.YES)],
)
def test_a_rule_in_business_time_is_judged_by_the_office_and_told_as_written(folder: Path, bound: str, answer: Answer):
    """Eleven business hours are more than a day of ten hours and less than two, and less than a day of 24."""
    rule = f"decide: {{measure: resolution_time_business, at_most: {bound}}}\n"
    (folder / "ask.yaml").write_text("question: Soon?\ndesk: desk.yaml\ncompare: {same: {}}\n" + rule, encoding="utf-8")

    with Lab(workers=1, engine="reference") as lab:
        found = ask(folder / "ask.yaml", lab=lab)

    (decision,) = found.decisions
    assert decision.answer is answer
    assert decision.found.value == pytest.approx(11 * 3600)
    sentence = tell(found).sentence
    assert f"asked was at most {bound}" in sentence
    assert "11 business hours" in sentence


def test_an_indifference_in_business_time_is_counted_in_office_hours(folder: Path):
    """Half a business day of ten hours is five hours."""
    (folder / "ask.yaml").write_text(
        "question: Which?\ndesk: desk.yaml\n"
        "rank: {among: {a: {}, b: {}}, by: resolution_time_business, indifference: 0.5 business days}\n",
        encoding="utf-8",
    )

    with Lab(workers=1, engine="reference") as lab:
        found = ask(folder / "ask.yaml", lab=lab)

    assert found.result.indifference == 5 * 3600
    assert "by 0.5 business days or more" in tell(found).sentence


def test_staff_is_planned_for_the_same_bound(folder: Path):
    """Two days of ten hours."""
    (goal,) = goals_of(load(folder / "desk.yaml"))

    assert (goal.bound, goal.written, goal.unit) == (20 * 3600, "2 business days", "business time")


@pytest.mark.parametrize(("after", "hours"), [("1 business day", 10), ("4 h", 4), ("6 business hours", 6)])
def test_a_way_round_that_is_found_after_a_business_day_is_found_when_the_office_closes(
    folder: Path, after: str, hours: int
):
    """And not after 24 hours of office time, which take until Wednesday."""
    varied = vary(load(folder / "desk.yaml"), {"money.workaround_after": after})

    assert prices_of(varied).workaround_after == hours * 3600
