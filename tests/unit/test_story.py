"""The story of one ticket, line by line, as a trainer would tell it."""

from __future__ import annotations

from simdesk.engine import run
from simdesk.policies import AtShiftEnd
from simdesk.states import Outcome, State
from simdesk.workload.model import Workload
from tiny import (
    StaffedDesk,
    Team,
    agent,
    at_speed,
    delay,
    desk,
    one_team,
    shift,
    ticket,
    until_break,
    work,
    workload,
)


def story(office: StaffedDesk, load: Workload, traced: int) -> list[tuple[int, str]]:
    """What is told of a ticket."""
    lines: list[tuple[int, str]] = []
    run(office, load, traced=traced, tell=lambda at, sentence: lines.append((at, sentence)))
    return lines


def test_the_life_of_an_escalated_ticket():
    """Ticket 1 waits behind ticket 0 until 10, is worked on for 60 s, pending for 30 s, and served by team 1."""
    office = desk(Team(), Team())
    load = workload(office, ticket(0, 10), ticket(4, steps=[work(60), delay(30), work(120, team=1)], priority=0))

    assert story(office, load, traced=1) == [
        (4, "opens: incident, P1, by phone"),
        (4, "joins the queue of team-0; 1 waiting"),
        (10, "team-0/1 begins to work on it, for 1 min"),
        (70, "waits for the user"),
        (100, "joins the queue of team-1; 1 waiting"),
        (100, "team-1/1 begins to work on it, for 2 min"),
        (220, "is resolved"),
    ]


def test_a_user_who_gives_up_twice():
    office = one_team()
    again = [work(5, patience=4, again=1), delay(6, state=State.REDIAL), work(5, patience=4)]
    load = workload(office, ticket(0, 100), ticket(1, steps=again))

    assert story(office, load, traced=1)[2:] == [
        (5, "the user gives up, for the moment"),
        (5, "is silent: the user will try again"),
        (11, "joins the queue of team-0; 1 waiting"),
        (15, "the user gives up"),
        (15, "is lost: the user has given up"),
    ]


def test_an_agent_who_parks_what_he_has_in_hand():
    office = one_team([agent(shift(0, 10), shift(50, 90))])

    assert story(office, workload(office, ticket(4, 14)), traced=0)[2:] == [
        (4, "team-0/1 begins to work on it, for 14 s"),
        (10, "team-0/1 leaves with 8 s of work to go and puts it aside and will go on with it"),
        (50, "team-0/1 begins to work on it, for 8 s"),
        (58, "is resolved"),
    ]


def test_an_agent_who_is_kept_from_his_break_by_a_call():
    office = one_team([agent(until_break(0, 10), shift(15, 20))])
    calls = [ticket(arrives_at, steps=[work(6, live=True)]) for arrives_at in (8, 19)]

    assert story(office, workload(office, *calls), traced=0)[3:] == [
        (10, "team-0/1 stays until it is done, and has his break then"),
        (14, "is resolved"),
    ]
    assert story(office, workload(office, *calls), traced=1)[3:] == [
        (20, "team-0/1 stays until it is done, beyond his shift"),
        (25, "is resolved"),
    ]


def test_an_agent_who_hands_over_what_he_has_in_hand():
    """What is to go is told before the 3 s for the hand-over are added."""
    office = one_team([agent(shift(0, 10)), agent(shift(20, 90))], at_shift_end=AtShiftEnd.HAND_OVER, hand_over_work=3)

    assert story(office, workload(office, ticket(4, 14)), traced=0)[3:] == [
        (10, "team-0/1 leaves with 8 s of work to go and hands it over to the queue"),
        (20, "team-0/2 begins to work on it, for 11 s"),
        (31, "is resolved"),
    ]


def test_the_story_tells_the_time_that_this_agent_needs():
    """60 s of work take somebody of half the speed two minutes, as the next line of the story shows."""
    office = one_team([at_speed(500)])

    assert story(office, workload(office, ticket(0, 60)), traced=0)[2:] == [
        (0, "team-0/1 begins to work on it, for 2 min"),
        (120, "is resolved"),
    ]


def test_a_ticket_that_no_team_sees():
    office = one_team()
    load = workload(office, ticket(3, steps=[delay(60, state=State.AUTOMATION)], ends_as=Outcome.AUTOMATION))

    assert story(office, load, traced=0) == [
        (3, "opens: incident, P3, by phone"),
        (3, "is taken by automation"),
        (63, "is fulfilled by automation"),
    ]


def test_every_state_of_a_delay_and_every_end_has_words():
    """Nothing that a scenario can make a ticket wait for leaves the narrator speechless."""
    office = one_team()
    delays = (
        State.HAND_OFF,
        State.PENDING,
        State.SELF_SERVICE,
        State.AUTOMATION,
        State.REDIAL,
        State.REOPENED,
    )
    for state in delays:
        for outcome in set(Outcome) - {Outcome.OPEN}:
            load = workload(office, ticket(0, steps=[delay(1, state=state)], ends_as=outcome))
            assert [at for at, _ in story(office, load, traced=0)] == [0, 0, 1]


def test_only_the_traced_ticket_is_told_of():
    """The first of two equal tickets, or nobody where no ticket has the number."""
    office = one_team()
    load = workload(office, ticket(0, 5), ticket(0, 5))

    assert [at for at, _ in story(office, load, traced=0)] == [0, 0, 0, 5]
    assert story(office, load, traced=2) == []


def test_telling_changes_nothing():
    office = one_team([agent(shift(0, 10), shift(50, 90))])
    load = workload(office, ticket(0, 5), ticket(4, 14, patience=9), ticket(4, 14, patience=1))

    told = run(office, load, traced=1, tell=lambda at, sentence: None)

    assert told.digest() == run(office, load).digest()
