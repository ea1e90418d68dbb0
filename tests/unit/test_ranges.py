"""A measure outside its range is told as what it is: a fault of simdesk. And a desk that once had one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reported import reported
from simdesk import ask
from simdesk.experiment.replicate import replicate
from simdesk.experiment.sheet import Key, strays
from simdesk.experiment.warnings import after
from simdesk.measures import MEASURES, Ratio
from simdesk.question.loading import asked
from simdesk.report.answers.tell import tell
from simdesk.scenario.loading import loads
from simdesk.states import Outcome, State

NIGHT = """
title: The desk works at night, and its users have one hour in their office
calendars:
  night: {days: daily, hours: "20:00-06:00"}
  office: {days: daily, hours: "05:00-06:00"}
run: {length: 2 weeks, warm_up: 0 s, replications: 2, seed: 3}
demand:
  contacts: 20 per day
  types: {batch: {share: 100 %, work: {constant: {value: 25 min}}}}
teams: {operators: {agents: 2, calendar: night}}
service_levels: {calendar: office}
"""
FAULT = (
    "abandonment is 1.5 in some replication, which is outside its range; this is a fault of simdesk, please report it."
)


def test_a_run_says_that_a_measure_is_outside_its_range():
    """Three of two tickets cannot have been given up; what is in its range is not spoken of."""
    runs, _ = reported("service desk")
    wrong = replace(runs.sheets[1], readings={**runs.sheets[1].readings, Key("abandonment"): Ratio(3, 2)})

    said = after(replace(runs, sheets=(runs.sheets[0], wrong, runs.sheets[2])))

    assert FAULT in said
    assert [line for line in after(runs) if "outside its range" in line] == []


def test_an_answer_says_that_a_measure_is_outside_its_range(monkeypatch: pytest.MonkeyPatch):
    """Whatever was asked, and before everything else that it warns of."""
    wrong = replace(MEASURES["abandonment"], read=lambda cohort: Ratio(3, 2))
    monkeypatch.setitem(MEASURES, "abandonment", wrong)
    question = {"question": "Is one more worth it?", "desk": "night.yaml", "replications": 2,
                "compare": {"one more": {"teams.operators.agents": 3}}, "watch": ["abandonment"]}  # fmt: skip

    told = tell(ask(asked(question, scenario=loads(NIGHT))))

    assert told.warnings[0] == FAULT


def test_work_at_night_does_not_make_a_ticket_flow_by_day():
    """Agents work from eight in the evening, and the office is open from five to six. Touch time over office hours was
    far above 100 %; what counts is the work between five and six, spell by spell."""
    runs = replicate(loads(NIGHT), workers=1)
    log = runs.first_log
    office = log.calendars[log.office]
    tickets, touches = log.tickets_columns, log.touches_columns
    begin, end = log.window
    mine = [
        at
        for at, opened in enumerate(tickets["opened_at"].tolist())
        if begin <= opened < end and tickets["outcome"][at] == Outcome.RESOLVED
    ]

    worked = sum(
        office.between(int(touches["started_at"][row]), int(touches["ended_at"][row]))
        for row in range(touches["ticket"].size)
        if touches["state"][row] == State.WORK and touches["ticket"][row] in mine
    )
    lived = sum(office.between(int(tickets["opened_at"][at]), int(tickets["ended_at"][at])) for at in mine)

    found = runs.sheets[0].readings[Key("flow_efficiency")]
    touched = int(touches["effort"][touches["state"] == State.WORK].sum())
    assert touched > lived > 0
    assert found == Ratio(worked, lived)
    assert strays(runs.sheets) == {}
