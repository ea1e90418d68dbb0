"""Who is there when: absences and breaks take what they should, inside shifts, and people stay who they are."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from simdesk.desk import Desk, open_desk
from simdesk.policies import AtShiftEnd
from simdesk.scenario.loading import vary
from simdesk.scenario.model import Scenario
from simdesk.workload.model import Workload
from simdesk.workload.presence import speeds
from simdesk.workload.streams import Streams
from written import drawn, one_team

HOUR = 3600
BERLIN = {"run.time_zone": "Europe/Berlin", "run.cool_down": "0 s", "run.warm_up": "0 s"}


def staffed(agents: int = 20, **team: Any) -> Scenario:
    """A desk of office hours with so many agents."""
    return one_team({"teams.desk.agents": agents, **{f"teams.desk.{name}": value for name, value in team.items()}})


def spells(work: Workload, agent: int) -> list[tuple[int, int]]:
    mine = work.duty_agent == agent
    return list(zip(work.duty_starts[mine].tolist(), work.duty_ends[mine].tolist(), strict=True))


def paid(desk: Desk) -> float:
    return float((desk.roster.ends - desk.roster.starts).sum())


def there(work: Workload) -> float:
    return float((work.duty_ends - work.duty_starts).sum())


@pytest.mark.parametrize(
    "team",
    [
        {"shrinkage": {"absent": 0.15, "breaks": 0.15}},
        {"shrinkage": {"absent": 0.4, "breaks": 0}},
        {"shrinkage": {"absent": 0, "breaks": 0.3}},
        {"ticket_time": 0.5},
        {"shrinkage": "30 %", "ticket_time": 0.6},
        {"shrinkage": {"absent": 0, "breaks": 0.9}, "ticket_time": 0.1},
    ],
)
def test_the_share_of_time_there_is_what_was_written(team: dict[str, Any]):
    """(1 - absent)(1 - breaks) x ticket time; only absence is a draw, breaks take exactly their share."""
    scenario = staffed(**team)
    spec = scenario.teams["desk"]
    absent, present = spec.shrinkage.absent, (1 - spec.shrinkage.breaks) * spec.ticket_time

    found, shifts = [], 0
    for replication in range(4):
        desk, work = drawn(scenario, replication)
        found.append(there(work) / paid(desk))
        shifts += desk.roster.agent.size

    error = present * np.sqrt(absent * (1 - absent) / shifts)
    assert abs(np.mean(found) - (1 - absent) * present) <= 4 * error + 1e-3 * present


@pytest.mark.parametrize("hours", ["08:00-17:00", "22:00-06:00", "08:00-12:00, 13:00-17:00", "00:00-24:00"])
def test_every_spell_lies_inside_a_shift_of_its_agent(hours: str):
    """No overtime, no two spells at once, and at most one gap for every two hours."""
    scenario = one_team({"calendars.office.hours": hours, "teams.desk.shrinkage": "30 %"})
    desk, work = drawn(scenario)

    shifts = set()
    for agent in range(3):
        mine = desk.roster.agent == agent
        starts, ends = desk.roster.starts[mine], desk.roster.ends[mine]
        own = spells(work, agent)
        for begin, end in own:
            shift = int(np.searchsorted(starts, begin, side="right")) - 1
            assert starts[shift] <= begin < end
            assert end <= ends[shift] or hours == "00:00-24:00"  # there one day goes over into the next
            shifts.add((agent, shift))
        assert all(end < begin for (_, end), (begin, _) in pairwise(own))
    assert len(shifts) > 20
    longest = max(end - begin for begin, end in spells(work, 0))
    assert longest < 4.5 * HOUR


def test_an_absence_is_a_whole_shift():
    """And a split day is missed as a whole."""
    scenario = one_team(
        {"calendars.office.hours": "08:00-12:00, 13:00-17:00", "teams.desk.shrinkage": {"absent": 0.5, "breaks": 0}}
    )
    _, work = drawn(scenario)

    hours = np.array([(begin // 86400, end - begin) for begin, end in spells(work, 0)])

    days, pieces = np.unique(hours[:, 0], return_counts=True)
    assert np.all(pieces == 2)
    assert np.all(hours[:, 1] == 4 * HOUR)
    assert 10 < days.size < 40


def test_breaks_are_marked_as_breaks():
    """At a break work may be parked, at the end of a shift it may be handed over: the engine must know which."""
    _, work = drawn(staffed(1, shrinkage={"absent": 0, "breaks": 0.2}))

    own = spells(work, 0)
    ends_shift = [end % 86400 == 17 * HOUR for _, end in own]

    assert [not flag for flag in work.duty_break.tolist()] == ends_shift


def test_a_night_shift_is_one_shift():
    """It begins on the evening before, also before the run; nobody goes home at midnight."""
    desk, work = drawn(one_team({"calendars.office": {"days": "daily", "hours": "22:00-06:00"}}))

    own = spells(work, 1)

    assert own[0] == (0, 6 * HOUR)
    assert own[1] == (22 * HOUR, 30 * HOUR)
    assert np.all(work.duty_starts < desk.horizon)


@pytest.mark.parametrize(("start", "hours"), [("2026-03-28", 7), ("2026-10-24", 9), ("2026-05-02", 8)])
def test_the_night_in_which_the_clocks_change_has_its_own_length(start: str, hours: int):
    """Seven hours in spring, nine in autumn."""
    night = {"days": "daily", "hours": "22:00-06:00"}
    _, work = drawn(one_team({**BERLIN, "run.start": start, "run.length": "3 days", "calendars.office": night}))

    begin, end = spells(work, 0)[1]

    assert begin == 22 * HOUR
    assert end - begin == hours * HOUR


def test_a_colleague_more_changes_nobody_elses_days():
    """An agent is a team and a number: his absences and breaks are his own, in every replication."""
    few, more = (drawn(staffed(agents, shrinkage="30 %"), 3)[1] for agents in (5, 9))

    for agent in range(5):
        assert spells(few, agent) == spells(more, agent)
    assert spells(more, 7) != spells(more, 8)


def test_every_replication_hires_its_own_people():
    """Who was hired is part of the doubt; the same replication has the same people again."""
    scenario = staffed(30, speed_cv=0.2)

    first, second, again = (drawn(scenario, replication)[1].speed for replication in (0, 1, 0))

    assert not np.any(first == second)
    assert np.array_equal(first, again)


@pytest.mark.parametrize("where", ["people", "teams.desk.people"])
def test_these_people_are_the_same_in_every_replication(where: str):
    """And others with another seed."""
    scenario = one_team({"teams.desk.agents": 30, "teams.desk.speed_cv": 0.2, where: "these"})

    first, second = (drawn(scenario, replication)[1].speed for replication in (0, 1))
    others = drawn(vary(scenario, {"run.seed": 99}))[1].speed

    assert np.array_equal(first, second)
    assert not np.any(first == others)


def test_speeds_that_are_listed_are_those_of_the_first_agents():
    """The third is drawn; of a longer list the first are there."""
    scenario = one_team({"teams.desk.agents": 3, "teams.desk.speed_cv": 0.2, "teams.desk.people": ["120 %", 0.95]})

    first, second = (drawn(scenario, replication)[1].speed.tolist() for replication in (0, 1))

    assert first[:2] == second[:2] == [1200, 950]
    assert first[2] != second[2]
    assert drawn(vary(scenario, {"teams.desk.agents": 1}))[1].speed.tolist() == [1200]


def test_a_shift_lists_its_own_people():
    shifts = {
        "early": {"agents": 1, "hours": "06:00-14:00", "people": [1.1]},
        "late": {"agents": 2, "hours": "14:00-22:00", "people": [0.9, 0.8]},
    }

    _, work = drawn(one_team({"teams.desk.agents": None, "teams.desk.shifts": shifts}))

    assert work.speed.tolist() == [1100, 900, 800]


def test_a_shift_that_grows_changes_nobody_else():
    """Speeds, absences and breaks of the late shift stay, though its agents have other numbers in the team."""

    def late(early: int) -> tuple[list[int], list[list[tuple[int, int]]]]:
        shifts = {
            "early": {"agents": early, "hours": "06:00-14:00"},
            "late": {"agents": 2, "hours": "14:00-22:00"},
        }
        team = {"agents": None, "shifts": shifts, "speed_cv": 0.2, "shrinkage": "30 %"}
        _, work = drawn(one_team({f"teams.desk.{name}": value for name, value in team.items()}))
        return work.speed.tolist()[early:], [spells(work, early + number) for number in (0, 1)]

    assert late(3) == late(4)


def test_an_agent_more_changes_nobody_else():
    few, more = (drawn(staffed(agents, speed_cv=0.2, shrinkage="30 %"))[1] for agents in (3, 4))

    assert more.speed.tolist()[:3] == few.speed.tolist()
    assert [spells(more, number) for number in range(3)] == [spells(few, number) for number in range(3)]


def test_a_gap_in_the_hours_of_a_shift_is_a_break():
    """Lunch is one; five o'clock is the end of the shift."""
    _, work = drawn(one_team({"calendars.office.hours": "08:00-12:00, 13:00-17:00"}))

    ends = [end % 86400 // HOUR for _, end in spells(work, 0)]

    assert ends[:4] == [12, 17, 12, 17]
    assert work.duty_break[work.duty_agent == 0].tolist() == [hour == 12 for hour in ends]


@pytest.mark.parametrize(
    ("hours", "ends"),
    [
        ("22:00-02:00, 03:00-06:00", [(2, 1), (6, 0)]),
        ("00:00-06:00, 22:00-24:00", [(6, 0)]),
        ("00:00-02:00, 03:00-06:00, 22:00-24:00", [(2, 1), (6, 0)]),
        ("06:00-10:00, 18:00-22:00", [(10, 1), (22, 0)]),  # of two gaps of eight hours the night is the end
    ],
)
def test_a_night_ends_in_the_morning_and_its_meal_is_a_break(hours: str, ends: list[tuple[int, int]]):
    """The longest gap of day and night is the end of the shift, wherever midnight is."""
    _, work = drawn(one_team({"calendars.office": {"days": "daily", "hours": hours}, "teams.desk.agents": 1}))

    flags = work.duty_break.tolist()[:-1]  # the run ends in the last
    found = {(end % 86400 // HOUR, flag) for (_, end), flag in zip(spells(work, 0), flags, strict=False)}

    assert found == set(ends)


def test_before_a_free_day_the_last_hours_end_the_shift():
    """Of Monday to Friday, 22 to 2 and 3 to 6, nobody comes on Saturday: at two o'clock that night all go home."""
    night = {"days": "Mon-Fri", "hours": "22:00-02:00, 03:00-06:00"}
    _, work = drawn(one_team({"calendars.office": night, "teams.desk.agents": 1}))

    saturday = (5 * 24 + 2) * HOUR
    flags = zip(spells(work, 0), work.duty_break.tolist(), strict=True)

    assert [flag for (_, end), flag in flags if end == saturday] == [0]


def test_an_absence_is_a_whole_night():
    """Also where a meal and midnight cut it."""
    night = {"days": "daily", "hours": "22:00-02:00, 03:00-06:00"}
    changes = {"calendars.office": night, "teams.desk.agents": 1, "teams.desk.shrinkage": {"absent": 0.5, "breaks": 0}}
    _, work = drawn(one_team(changes))

    nights = np.array([(begin - 12 * HOUR) // 86400 for begin, _ in spells(work, 0)])

    numbers, pieces = np.unique(nights[(nights >= 0) & (nights < nights.max())], return_counts=True)
    assert np.all(pieces == 2)
    assert 10 < numbers.size < 60


def test_a_team_whose_shifts_cover_day_and_night_parks_nothing():
    hours = {"night": "00:00-08:00", "day": "08:00-16:00", "late": "16:00-24:00"}
    shifts = {name: {"agents": 1, "days": "daily", "hours": spell} for name, spell in hours.items()}
    weekdays = {**shifts, "day": {"agents": 1, "days": "Mon-Fri", "hours": "08:00-16:00"}}

    covered, gap = (
        open_desk(one_team({"teams.desk.agents": None, "teams.desk.shifts": some})) for some in (shifts, weekdays)
    )

    assert covered.at_shift_end.tolist() == [[AtShiftEnd.HAND_OVER, AtShiftEnd.FINISH]]
    assert gap.at_shift_end.tolist() == [[AtShiftEnd.PARK, AtShiftEnd.FINISH]]


@pytest.mark.parametrize(("oldest", "live"), [("3 days", 0), ("0 s", 1)])
def test_a_call_of_the_backlog_is_on_no_line(oldest: str, live: int):
    phone = {"phone": 1, "email": 0, "portal": 0, "chat": 0, "walk-in": 0}
    backlog = {"desk": {"fault": {"count": 3, "oldest": oldest}}}

    _, work = drawn(one_team({"run.open_at_start": backlog, "demand.channels": phone}))

    assert work.live[work.first[:3]].tolist() == [live] * 3


def test_the_ends_of_two_shifts_are_no_breaks():
    shifts = {name: {"agents": 1, "hours": hours} for name, hours in (("a", "08:00-12:00"), ("b", "13:00-17:00"))}

    _, work = drawn(one_team({"teams.desk.agents": None, "teams.desk.shifts": shifts}))

    assert work.duty_break.sum() == 0


def test_hours_that_touch_are_one_spell():
    _, work = drawn(one_team({"calendars.office.hours": "08:00-12:00, 12:00-17:00"}))

    assert spells(work, 0)[0] == (8 * HOUR, 17 * HOUR)


def test_who_stays_day_and_night_does_not_go_home_at_midnight():
    """Two weeks without an absence are one spell; with absences he leaves on the eve of one, and what he would park
    others take over."""
    always = {"calendars.office": {"days": "daily", "hours": "00:00-24:00"}, "teams.desk.agents": 1}
    scenario = one_team({**always, "teams.desk.shrinkage": {"absent": 0, "breaks": 0.1}, "run.length": "2 weeks"})
    desk, work = drawn(scenario)

    own = spells(work, 0)
    assert all(flag for flag in work.duty_break.tolist()[:-1])
    assert not any(end % 86400 == 0 for _, end in own[:-1])
    assert desk.at_shift_end.tolist() == [[AtShiftEnd.HAND_OVER, AtShiftEnd.FINISH]]


@pytest.mark.parametrize(
    ("run_zone", "team_zone"),
    [("Pacific/Kiritimati", "Pacific/Pago_Pago"), ("Pacific/Pago_Pago", "Pacific/Kiritimati"), ("UTC", "UTC")],
)
def test_a_shift_under_way_at_the_start_is_manned_in_any_time_zone(run_zone: str, team_zone: str):
    """A team that is there all day and night is there from the first second, 25 h away or at home; and so is a night
    shift into which the start falls."""
    office = {"days": "daily", "hours": "00:00-24:00", "time_zone": team_zone}
    around = {"run.time_zone": run_zone, "calendars.office": office, "teams.desk.shrinkage": {"breaks": 0.1}}
    _, work = drawn(one_team({**around, "teams.desk.shrinkage": {"absent": 0, "breaks": 0.1}}))
    assert spells(work, 0)[0][0] < 3 * HOUR

    there = datetime.fromisoformat("2026-01-05").replace(tzinfo=ZoneInfo(run_zone)).astimezone(ZoneInfo(team_zone))
    begins, ends = ((there + timedelta(hours=hours)).strftime("%H:00") for hours in (-5, 3))
    night = {"days": "daily", "hours": f"{begins}-{ends}", "time_zone": team_zone}
    _, work = drawn(one_team({"run.time_zone": run_zone, "calendars.office": night}))
    assert spells(work, 0)[0] == (0, 3 * HOUR)


def test_speeds_have_mean_one_and_the_stated_variation():
    """Two thousand people, within four standard errors; everybody alike without variation."""
    scenario = staffed(2000, speed_cv=0.2)

    found = speeds(scenario, open_desk(scenario), Streams(1, 0)) / 1000

    assert abs(found.mean() - 1) < 4 * 0.2 / np.sqrt(2000)
    assert abs(found.std() - 0.2) < 4 * 0.2 / np.sqrt(2 * 2000) * 1.2
    assert set(speeds(staffed(5), open_desk(staffed(5)), Streams(1, 0)).tolist()) == {1000}


def test_nobody_is_there_at_a_team_without_agents():
    """And that is no error: its tickets wait."""
    desk, work = drawn(staffed(0))

    assert (desk.roster.agent.size, work.duty_agent.size, work.speed.size) == (0, 0, 0)
