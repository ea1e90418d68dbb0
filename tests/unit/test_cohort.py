"""The cut: which tickets count, and what their touches say."""

from __future__ import annotations

import numpy as np
import pytest

from logs import a_log, delay, handed_over, opening_hours, queueing, resumed, ticket, work
from simdesk.clock import NEVER
from simdesk.measures import Cohort
from simdesk.measures.cohort import promised
from simdesk.states import Outcome, State


def test_the_cohort_are_the_tickets_opened_in_the_window():
    """The first second of the window is in it, the first behind it is not."""
    log = a_log(*(ticket(at, work(at, at + 1)) for at in (-5, 99, 100, 199, 200)), window=(100, 200))

    cohort = Cohort.of(log)

    assert cohort["opened_at"].tolist() == [100, 199]
    assert len(cohort) == 2


def test_a_cohort_is_followed_to_its_end_and_no_further_than_the_log():
    """The second ticket is still open when the log stops at 900."""
    log = a_log(ticket(10, work(10, 500)), ticket(20, queueing()), window=(0, 100), stopped_at=900)

    assert Cohort.of(log).lead_time.tolist() == [490, 880]


def test_who_reached_a_team_and_whom_a_team_resolved():
    """A ticket that is solved in self-service never reaches a team; one that is given up is not resolved."""
    log = a_log(
        ticket(0, delay(State.SELF_SERVICE, 9), outcome=Outcome.SELF_SERVICE),
        ticket(1, delay(State.SELF_SERVICE, 9), work(20, 30)),
        ticket(2, queueing(7)),
    )

    cohort = Cohort.of(log)

    assert cohort.offered.rows.tolist() == [1, 2]
    assert cohort.resolved.rows.tolist() == [1]
    assert cohort.offered.first_wait.tolist() == [11, 5]


def test_narrowing_keeps_what_a_backlog_is_made_of():
    """Two tickets of P1, of which one was opened before the window, and one of P2."""
    log = a_log(
        ticket(0, work(0, 500), priority="P1"),
        ticket(150, work(500, 600), priority="P1"),
        ticket(160, work(600, 700), priority="P2"),
        window=(100, 200),
    )

    some = Cohort.of(log).only("priority", "P1")

    assert some.rows.tolist() == [1]
    assert some.whenever.tolist() == [0, 1]
    assert some.only("type", "request").whenever.tolist() == []


def test_a_visit_is_a_step_in_which_a_team_worked():
    """However often the work was put down; a queue in which nobody served is no visit."""
    log = a_log(
        ticket(0, work(0, 1), resumed(5, 6), handed_over(9, 10, agent="desk/2"), work(12, 13, agent="back/1")),
        ticket(0, queueing(3), delay(State.REDIAL, 5), work(20, 21)),
        agents=("desk/1", "desk/2", "back/1"),
    )

    visited, _, team = Cohort.of(log).facts.team_visits

    assert visited.tolist() == [0, 0, 1]
    assert team.tolist() == [0, 1, 0]


def test_a_ticket_that_is_reopened_begins_anew():
    """A resolved it twice; B handed to A, who resolved, and it came back to B: one change each time, and no return."""
    log = a_log(
        ticket(0, work(0, 1, agent="a/1"), delay(State.REOPENED, 9), work(9, 10, agent="a/1")),
        ticket(0, work(1, 2, agent="a/1"), delay(State.REOPENED, 9), work(10, 11, agent="b/1")),
        ticket(
            0, work(2, 3, agent="b/1"), work(3, 4, agent="a/1"), delay(State.REOPENED, 11),
            work(11, 12, agent="b/1"), work(12, 13, agent="a/1"), work(13, 14, agent="b/1"),
        ),
        agents=("a/1", "b/1"),
    )  # fmt: skip

    cohort = Cohort.of(log)

    assert cohort.fact("team_changes").tolist() == [0, 0, 1 + 2]
    assert cohort.fact("loops").tolist() == [0, 0, 1]


def test_work_that_another_office_takes_up_is_a_hand_off():
    """At the end of the shift the day hands over to the night, whose agent helps in its queue; then the day finishes.

    Within the day's own people it is none, and neither is a helper who does the whole step.
    """
    log = a_log(
        ticket(0, work(0, 5, agent="day/1"), handed_over(6, 9, agent="night/1", team="day"),
               handed_over(20, 30, agent="day/2")),
        ticket(0, work(5, 6, agent="day/1"), handed_over(7, 8, agent="day/2")),
        ticket(0, work(40, 50, agent="night/1", team="day"), work(50, 60, agent="day/1")),
        ticket(0, work(61, 70, agent="night/1", team="day"), resumed(75, 80, agent="night/1", team="day")),
        agents=("day/1", "day/2", "night/1"),
    )  # fmt: skip

    cohort = Cohort.of(log)

    assert cohort.fact("team_changes").tolist() == [2, 0, 0, 0]
    assert cohort.fact("loops").tolist() == [1, 0, 0, 0]
    assert np.bincount(cohort.facts.team_visits[0]).tolist() == [3, 1, 2, 1]


def test_work_that_was_handed_over_to_another_office_and_on_is_with_that_office():
    """The night's agent took it up and his own office went on with it: one hand-off, from the day to the night."""
    log = a_log(
        ticket(0, work(0, 5, agent="day/1"), handed_over(6, 9, agent="night/1", team="day"),
               work(10, 20, agent="night/2")),
        agents=("day/1", "night/1", "night/2"),
    )  # fmt: skip

    assert Cohort.of(log).fact("team_changes").tolist() == [1]


@pytest.mark.parametrize(
    ("path", "changes", "loops"),
    [("a", 0, 0), ("ab", 1, 0), ("aab", 1, 0), ("aba", 2, 1), ("abab", 3, 2), ("abcab", 4, 2), ("abba", 2, 1)],
)
def test_changes_and_returns_of_a_path(path: str, changes: int, loops: int):
    """A return is a stay at a team beyond its first; two steps in a row at one team are one stay."""
    log = a_log(
        ticket(0, *(work(at, at + 1, agent=f"{team}/1") for at, team in enumerate(path))),
        agents=("a/1", "b/1", "c/1"),
    )

    cohort = Cohort.of(log)

    assert cohort.fact("team_changes").tolist() == [changes]
    assert cohort.fact("loops").tolist() == [loops]


def test_paths_of_neighbouring_tickets_do_not_mix():
    """One ends at the team at which the next begins, and the other way round."""
    log = a_log(
        ticket(0, work(0, 1, agent="a/1"), work(1, 2, agent="b/1")),
        ticket(0, work(2, 3, agent="b/1"), work(3, 4, agent="a/1")),
        ticket(0, delay(State.SELF_SERVICE, 5), outcome=Outcome.SELF_SERVICE),
        ticket(0, work(4, 5, agent="b/1")),
        agents=("a/1", "b/1"),
    )

    cohort = Cohort.of(log)

    assert cohort.fact("team_changes").tolist() == [1, 1, 0, 0]
    assert cohort.fact("loops").tolist() == [0, 0, 0, 0]


def test_open_time_is_read_in_each_ticket_s_own_calendar():
    """From 0 to 100 a calendar that is open from 10 to 30 has 20 seconds, the one that never closes 100."""
    cohort = Cohort.of(a_log(calendars=[opening_hours((10, 30))]))

    spans = cohort.facts.in_calendar(np.array([1, 0]), np.array([0, 0]), np.array([100, 100]))

    assert spans.tolist() == [20, 100]


@pytest.mark.parametrize(
    ("due", "done", "ended", "verdict"),
    [
        (100, 100, 100, "kept"),
        (100, 101, 101, "broken"),
        (100, 60, 900, "kept"),  # responded in time, resolved later
        (100, NEVER, NEVER, "broken"),  # open, and the log goes on to 200
        (200, NEVER, NEVER, "not judged"),
        (100, NEVER, 100, "not judged"),  # gave up in the second in which it was due
        (100, NEVER, 101, "broken"),
        (NEVER, 50, 50, "not judged"),  # nothing was promised
        (NEVER, NEVER, NEVER, "not judged"),
    ],
)
def test_promises(due: int, done: int, ended: int, verdict: str):
    """Kept, broken, or not to be judged, in a log that ends at 200."""
    judged, kept = promised(np.array([due]), np.array([done]), np.array([ended]), 200)

    assert ("not judged" if not judged[0] else "kept" if kept[0] else "broken") == verdict
