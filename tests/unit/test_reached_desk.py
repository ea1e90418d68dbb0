"""A ticket exists for the desk when it reaches it: after self-service and automation, worked out by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from logs import a_log, queueing, reading
from logs import delay as passed
from logs import ticket as told
from logs import work as worked
from simdesk.clock import NEVER
from simdesk.engine import kernel, reference
from simdesk.experiment.replicate import replicate
from simdesk.experiment.sheet import Key
from simdesk.measures import check_laws
from simdesk.measures.cohort import Cohort
from simdesk.measures.series import backlog_by_day, by_hour_of_day
from simdesk.scenario.loading import loads
from simdesk.states import Outcome, State
from simdesk.ticketlog import TicketLog
from simdesk.workload.model import Workload
from tiny import StaffedDesk, delay, one_team, opening_hours, ticket, work, workload

HIMSELF, MACHINE = State.SELF_SERVICE, State.AUTOMATION
NEVER_LATE = """
title: Twenty minutes of self-service, and fifty idle agents
run: {start: 2026-01-05, length: 2 days, cool_down: 1 day, replications: 2, seed: 1}
demand:
  contacts: 50 per day
  profile: flat
  priority: {P3: 100 %}
  types:
    call:
      share: 100 %
      work: {constant: {value: 3 min}}
      self_service: {attempted: 100 %, solved: 0 %, takes: {constant: {value: 20 min}}}
teams:
  desk: {agents: 50}
service_levels: {priorities: {P3: {respond: 15 min, resolve: 18 min}}}
"""


def simulated(office: StaffedDesk, load: Workload) -> TicketLog:
    """The log of both engines, which are equal and obey every law."""
    logs = reference.simulate(office, load), kernel.simulate(office, load)
    assert logs[0].digest() == logs[1].digest()
    check_laws(logs[1])
    return logs[1]


def reached(log: TicketLog) -> list[int]:
    """When each ticket reached the desk."""
    return log.tickets_columns["reached_desk_at"].tolist()


def test_a_ticket_reaches_the_desk_after_self_service_and_automation():
    """5 and 3 s after 10; at once; never, where self-service is all there is; a wait for the user is the desk's."""
    office = one_team(agents=9)
    load = workload(
        office,
        ticket(10, steps=[delay(5, state=HIMSELF), delay(3, state=MACHINE), work(1)]),
        ticket(11, 1),
        ticket(12, steps=[delay(5, state=HIMSELF)], ends_as=Outcome.SELF_SERVICE),
        ticket(13, steps=[delay(5), work(1), delay(5, state=HIMSELF), work(1)]),
    )

    assert reached(simulated(office, load)) == [18, 11, NEVER, 13]


def test_automation_may_have_hours():
    """Open 0–10 and 50–60: 6 s from second 8 end at 54; and 4 s more by the wall clock at 58."""
    office = one_team(calendars=[opening_hours((0, 10), (50, 60))])
    steps = [delay(6, state=MACHINE, calendar=1), delay(4, state=MACHINE), work(1)]

    assert reached(simulated(office, workload(office, ticket(8, steps=steps)))) == [58]


def test_of_several_branches_the_first_one_at_the_desk_counts():
    """Both begin after 4 s of self-service: one works at once, the other is with a machine for 9 s more."""
    office = one_team(agents=2)
    steps = [
        delay(4, state=HIMSELF),
        delay(9, state=MACHINE, after=(0,)),
        work(1, after=(1,)),
        work(1, after=(0,)),
    ]

    assert reached(simulated(office, workload(office, ticket(0, steps=steps)))) == [4]


def test_a_join_before_the_desk_waits_for_its_last_branch():
    """Two machines at once, of 3 and of 8 s, and then work."""
    office = one_team()
    steps = [
        delay(1, state=HIMSELF),
        delay(3, state=MACHINE, after=(0,)),
        delay(8, state=MACHINE, after=(0,)),
        work(1, after=(1, 2)),
    ]

    assert reached(simulated(office, workload(office, ticket(0, steps=steps)))) == [9]


def test_what_was_open_at_the_start_reached_the_desk_when_it_was_opened():
    """300 s ago."""
    office = one_team()

    assert reached(simulated(office, workload(office, ticket(0, 5, opened_at=-300)))) == [-300]


@pytest.mark.parametrize(("takes", "there"), [(60, [60]), (61, [NEVER])])
def test_who_has_not_come_when_the_log_stops_is_promised_nothing(takes: int, there: list[int]):
    """The run stops at 60; who comes in that second has come, and is promised an answer until 70."""
    office = one_team(window=(0, 50), horizon=60)
    load = workload(office, ticket(0, steps=[delay(takes, state=HIMSELF), work(1)], due_at=takes + 10))
    log = simulated(office, replace(load, response_target=np.array([10])))

    assert reached(log) == there
    for promise in ("response_due_at", "resolution_due_at"):
        assert log.tickets_columns[promise].tolist() == [70 if there == [60] else NEVER]


def test_promises_run_from_the_desk():
    """20 s of self-service; 15 s for the response end at 35, and 30 s for the resolution at 50."""
    office = one_team()
    load = workload(office, ticket(0, steps=[delay(20, state=HIMSELF), work(1)]))
    promised = replace(load, response_target=np.array([15]), resolution_target=np.array([30]))

    log = simulated(office, promised)

    assert log.tickets_columns["response_due_at"].tolist() == [35]
    assert log.tickets_columns["resolution_due_at"].tolist() == [50]


def test_fifty_idle_agents_answer_in_time_whatever_the_user_tried_before():
    """Everybody tries for 20 minutes, is answered in the second in which he comes, and helped in 3 minutes."""
    found = replicate(loads(NEVER_LATE)).estimates

    value = {name: found[Key(name)].value for name in ("response_sla", "resolution_sla", "response_time")}
    assert value == {"response_sla": 1, "resolution_sla": 1, "response_time": 0}
    assert found[Key("resolution_sla_ceiling")].value == 1
    assert found[Key("resolution_time")].value == 23 * 60
    assert found[Key("resolution_time_promised")].value == 3 * 60
    assert found[Key("watermelon")].value == pytest.approx(23 / 3)


def test_a_response_is_measured_from_the_desk_and_a_life_from_the_need():
    """The need begins at 0, is at the desk at 360, in work at 400 and over at 500, of which the promise knows 140."""
    log = a_log(told(0, passed(HIMSELF, 360), worked(400, 500), respond_by=410, resolve_by=500))

    assert reading(log, "response_time") == 40
    assert reading(log, "response_sla") == reading(log, "resolution_sla") == 1
    assert reading(log, "resolution_time") == 500
    assert reading(log, "resolution_time_promised") == 140
    assert reading(log, "watermelon") == pytest.approx(500 / 140)
    assert reading(log, "flow_efficiency_elapsed") == 100 / 500


@pytest.mark.parametrize(("due", "kept"), [(479, 0), (480, 1)])
def test_the_ceiling_begins_at_the_desk(due: int, kept: int):
    """At the desk at 360; without its queue of 200 the work of 120 would have been done at 480."""
    log = a_log(told(0, passed(HIMSELF, 360), worked(560, 680), resolve_by=due))

    assert reading(log, "resolution_sla_ceiling") == kept


def test_who_gives_up_has_waited_since_he_came_to_the_desk():
    """At the desk at 300 and gone at 350; who helps himself has not given up, and is no caller."""
    log = a_log(
        told(0, passed(HIMSELF, 300), queueing(350)),
        told(0, passed(HIMSELF, 300), outcome=Outcome.SELF_SERVICE),
        told(0, worked(5, 10)),
    )

    assert reading(log, "abandonment") == 1 / 2
    assert reading(log, "first_wait") == (50 + 5) / 2


def test_a_need_in_self_service_is_not_backlog():
    """Opened at 100, at the desk at 400, open when the window ends at 1000; another never comes."""
    log = a_log(told(100, passed(HIMSELF, 400), queueing()), told(200, passed(HIMSELF, 900)), window=(0, 1000))

    assert reading(log, "backlog") == 600 / 1000
    assert reading(log, "backlog_age_median") == 600
    assert reading(log, "backlog_at_end") == 1


def test_the_hour_of_a_ticket_is_that_in_which_it_comes_to_the_desk():
    """Opened at 8:50 and at the desk at 9:10; another tries for two days and comes after the window, at 0:05."""
    hour, day = 3600, 86400
    late = told(9 * hour, passed(HIMSELF, 2 * day + 300), worked(2 * day + 300, 2 * day + 400))
    log = a_log(
        told(9 * hour - 600, passed(HIMSELF, 9 * hour + 600), worked(9 * hour + 900, 9 * hour + 1000)), late,
        window=(0, day),
    )  # fmt: skip

    found = by_hour_of_day(Cohort.of(log))

    assert np.flatnonzero(found.offered).tolist() == [0, 9]
    assert found.waited[9] == 300
    assert backlog_by_day(log)[0].tolist() == [0]
