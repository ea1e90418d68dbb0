"""Numbers and the one sentence: they say what was computed, on better and on worse desks."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from simdesk.experiment.estimate import Estimate
from simdesk.experiment.load import TeamLoad
from simdesk.experiment.replications import Replications
from simdesk.experiment.sheet import Key, Sheet
from simdesk.measures import Total
from simdesk.report.words import about, count, headline, interval, value
from simdesk.scenario.loading import loads as read

DESK = """
title: A desk
demand:
  contacts: 10 per day
  types: {question: {share: 100 %, work: {constant: {value: 5 min}}}}
teams:
  front: {agents: 2}
"""
ORDINARY = {
    "tickets_per_week": 70.0,
    "response_time_median": 240.0,
    "resolution_time_median": 7920.0,
    "resolution_sla": 0.91,
    "resolution_sla_ceiling": 0.94,
    "flow_efficiency": 0.05,
    "abandonment": 0.0,
    "still_open": 0.0,
    "served_at_once": 0.4,
}


def load(ratio: float = 0.7, team: str = "front", **fields: Any) -> TeamLoad:
    """A team's load; whatever the test does not speak of is ordinary."""
    plain = {
        "offered": 100 * ratio,
        "capacity": 100.0,
        "ratio": ratio,
        "lasting": ratio,
        "group": (team,),
        "pool": (team,),
    }
    known = {name: plain.get(name, 0.0) for name in TeamLoad.__dataclass_fields__ if name != "team"}
    return TeamLoad(team=team, **{**known, **fields})


def runs(
    changes: Mapping[str, float] | None = None,
    *,
    occupancy: float = 0.7,
    queue: list[float] | None = None,
    text: str = DESK,
) -> Replications:
    """Ten equal replications that say so."""
    told = {**ORDINARY, **(changes or {})}
    readings: dict[Key, Any] = {Key(name): Total(number) for name, number in told.items()}
    team = {"occupancy": occupancy, "readiness": 0.996, "queue_length": 31.0}
    readings |= {Key(name, "team", "front"): Total(number) for name, number in team.items()}
    series = {("queue_by_day", "front"): np.array(queue if queue is not None else [1.0] * 84)}
    sheet = Sheet(readings, series, digest="", tickets=0, truncated=False)
    return Replications(read(text), (sheet,) * 10, "reference")


def test_an_ordinary_desk_is_told_by_what_half_of_its_tickets_see():
    """Medians, promises with their ceiling, and how little of it is work."""
    sentence = headline(runs(), [load()])

    assert sentence == (
        "Half of the tickets get a first response within 4 min and half of those resolved take no longer than 2.2 h; "
        "91 % are resolved as promised (of those resolved, 94 % would be without any queue); "
        "somebody works on a ticket for 5.0 % of its life in office hours."
    )


def test_without_promises_nothing_is_said_about_promises():
    """A desk that promised nothing keeps nothing."""
    sentence = headline(runs({"resolution_sla": math.nan, "resolution_sla_ceiling": math.nan}), [load()])

    assert "promised" not in sentence


def test_a_promise_that_no_queue_could_spoil_needs_no_ceiling():
    """The ceiling is told only where it is higher."""
    sentence = headline(runs({"resolution_sla": 0.94}), [load()])

    assert "94 % are resolved as promised;" in sentence


def test_users_who_give_up_are_told_and_left_out_of_the_half():
    """A median over answered tickets is not called a median over all."""
    sentence = headline(runs({"abandonment": 0.11}), [load()])

    assert sentence.startswith("Half of the tickets that an agent takes up get")
    assert "11 % of the tickets end because the user gives up" in sentence


def test_a_median_of_nothing_is_at_least_half_at_once():
    """A median of 0 s says at least half, not exactly half."""
    sentence = headline(runs({"response_time_median": 0.0}), [load()])

    assert sentence.startswith("At least half of the tickets are answered at once")


def test_an_overloaded_team_comes_first_with_its_growing_queue():
    """The sentence begins with what is impossible, and a team keeps the spelling of its name."""
    growing = list(np.linspace(0, 400, 84))

    sentence = headline(runs(queue=growing), [load(1.3)])

    assert sentence.startswith(
        "front is asked for 130 % of what it can do, and the queue of front grows from 48 to 352"
    )


def test_an_overloaded_team_whose_users_leave_has_no_growing_queue():
    """Giving up is what keeps such a queue short, and the sentence says so."""
    sentence = headline(runs({"abandonment": 0.3}), [load(1.3, lasting=0.2)])

    assert "does not grow without end only because users give up" in sentence


def test_few_who_leave_are_not_said_to_keep_a_queue_short():
    """Those who never give up are too many by themselves."""
    sentence = headline(runs({"abandonment": 0.3}), [load(1.3, lasting=1.1)])

    assert "only because" not in sentence


def test_teams_that_help_each_other_are_overloaded_together():
    """The ratio of a group is not blamed on one of its teams."""
    sentence = headline(runs(), [load(1.25, group=("front", "back", "night"), pool=("front", "back"))])

    assert sentence.startswith("front and back together are asked for 125 % of what they can do")


def test_a_team_without_people_has_nobody():
    """An endless ratio is told in words."""
    sentence = headline(runs(), [load(math.inf, capacity=0.0, offered=5.0)])

    assert sentence.startswith("front is asked to work and has nobody there to do it")


def test_a_desk_with_a_list_is_told_by_its_list():
    """Length at the start and at the end, the wait in days, and that the scanner never stands still."""
    listed = DESK + "run: {open_at_start: {front: {question: {count: 300, oldest: 20 days}}}}\n"
    shrinking = list(np.linspace(300, 168, 84))

    sentence = headline(
        runs({"response_time_median": 16 * 86400.0, "resolution_time_median": 16 * 86400.0}, queue=shrinking,
             occupancy=0.97, text=listed),
        [load(0.96)],
    )  # fmt: skip

    assert sentence == (
        "The list of front goes from 300 to 168 tickets within the run; half of the tickets get a first response "
        "within 16 days and half of those resolved take no longer than 16 days; front works for 97 % of the time it is "
        "there."
    )


def test_waiting_for_days_is_a_list_even_if_none_was_stated():
    """Half of the tickets wait for a day or longer: that is a list."""
    sentence = headline(runs({"response_time_median": 3 * 86400.0}), [load()])

    assert sentence.startswith("On average 31 tickets wait on the list of front")


def test_a_desk_for_rare_events_is_told_by_its_readiness():
    """Not by its medians; and on how many tickets the share rests."""
    sentence = headline(runs({"served_at_once": 0.992, "tickets_per_week": 0.3}, occupancy=0.004), [load(0.004)])

    assert sentence.startswith(
        "99.2 % of the tickets find a free agent at once (36 tickets in all replications); somebody of front is free "
        "for 99.6 % of the time it is there, and its agents work for 0.4 % of theirs"
    )


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"tickets_per_week": 0.0}, "No ticket reached a team in the measured time"),
        ({"response_time_median": math.nan}, "70 tickets a week reach a team, and none of them gets a response."),
        ({"resolution_time_median": math.nan, "flow_efficiency": math.nan}, "no ticket is resolved by a team"),
    ],
)
def test_nothing_is_told_as_nothing(changes: dict[str, float], told: str):
    """No tickets, no responses, no resolutions: a sentence each, and no NaN."""
    sentence = headline(runs(changes), [load()])

    assert told in sentence
    assert "nan" not in sentence


@pytest.mark.parametrize(
    ("number", "unit", "text"),
    [
        (240.0, "time", "4 min"),
        (math.nan, "time", "–"),
        (0.0623, "share", "6.2 %"),
        (0.0, "share", "0.0 %"),
        (0.0001, "share", "< 0.1 %"),
        (0.99991, "share", "> 99.9 %"),
        (1.0, "share", "100.0 %"),
        (139_212.0, "money", "EUR 139,200"),
        (62.954, "money", "EUR 62.95"),
        (0.3039, "number", "0.30"),
        (1234.4, "number", "1,234"),
    ],
)
def test_a_number_reads_as_a_person_would_write_it(number: float, unit: str, text: str):
    """With its unit, as many digits as it deserves, and a dash for nothing."""
    assert value(number, unit, "EUR") == text


@pytest.mark.parametrize(
    ("estimate", "unit", "text"),
    [
        (Estimate(4.0 * 60, 3.1 * 60, 5.2 * 60, 20), "time", "3.1 – 5.2 min"),
        (Estimate(60.0, 50.0, 72.0, 20), "time", "50 s – 1.2 min"),
        (Estimate(0.999, 0.997, 1.001, 20), "share", "99.7 – 100.0 %"),
        (Estimate(0.01, -0.01, 0.03, 20), "share", "0.0 – 3.0 %"),
        (Estimate(5.0, 5.0, 5.0, 20), "money", "the same in every replication"),
        (Estimate(7200.0, 7199.0, 7201.0, 20), "time", "2 h to this precision"),
        (
            Estimate(5.0, math.nan, math.nan, 1, "one replication has no interval"),
            "time",
            "no interval: one replication",
        ),
        (Estimate(math.nan, math.nan, math.nan, 5, "there was nothing to count"), "time", "there was nothing to count"),
    ],
)
def test_an_interval_says_its_ends_or_why_it_has_none(estimate: Estimate, unit: str, text: str):
    """Ends stay within what is possible."""
    assert interval(estimate, unit) == text


def test_shares_and_counts_in_a_sentence_are_round():
    """Whole per cent, except near nothing and near everything."""
    assert [about(x) for x in (0.914, 0.0437, 0.9912, 1.3, 0.0)] == ["91 %", "4.4 %", "99.1 %", "130 %", "0 %"]
    assert [count(x) for x in (0, 0.3, 1, 43.4, 1200)] == [
        "no ticket", "0.3 tickets", "1 ticket", "43 tickets", "1,200 tickets",
    ]  # fmt: skip
