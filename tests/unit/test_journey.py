"""What is drawn is what is expected: the life of a ticket, part by part, against the words of the scenario."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pytest

from simdesk.desk import Desk
from simdesk.experiment.load import first_teams
from simdesk.scenario.loading import vary
from simdesk.states import Outcome, State
from simdesk.workload.grammar import expected_work
from simdesk.workload.journey import Builder
from simdesk.workload.model import DELAY, WORK, Workload
from written import drawn, from_shelf, life, loads, steps_of, two_tiers, worked

ALWAYS_UP = {"demand.types.fault.resolves.tier_1": 0}
HAND_OFF = {"flow.hand_off": {}}


def states(work: Workload, ticket: int) -> list[tuple[str, int]]:
    """State and team of every step of a ticket."""
    own = range(work.first[ticket], work.first[ticket + 1])
    return [(State(work.state[s]).name, int(work.team[s])) for s in own]


def share_of(work: Workload, outcome: Outcome) -> float:
    return float((work.ends_as == outcome).mean())


def near(share: float, expected: float, count: int) -> bool:
    """Within four standard errors of a share."""
    return bool(abs(share - expected) <= 4 * np.sqrt(expected * (1 - expected) / count))


def by_team(desk: Desk, work: Workload) -> np.ndarray:
    """Drawn touch time of every ticket at every team, milliseconds, shape (tickets, teams)."""
    teams = len(desk.team_names)
    ticket = np.repeat(np.arange(work.tickets), np.diff(work.first))
    mine = work.kind == WORK
    flat = np.bincount(ticket[mine] * teams + work.team[mine], work.work[mine], work.tickets * teams)
    return flat.reshape(work.tickets, teams)


def test_the_shipped_desk_draws_what_its_stability_check_expects():
    """Mean work of every type at every team over 25,000 tickets, within four standard errors of the expectation."""
    scenario = from_shelf(
        "service-desk", {"patience.callers.redials": 0, "demand.types.access.automation.covered": 0.3}
    )
    drawings = [drawn(scenario, replication) for replication in range(3)]

    misses = []
    for index, name in enumerate(scenario.demand.types):
        desk = drawings[0][0]
        expected = np.zeros(len(desk.team_names))
        for team, share in first_teams(scenario, name):
            for at, amount in expected_work(Builder(scenario, desk, name).whole(team, None))[0].items():
                expected[at] += share * amount
        found = np.concatenate([by_team(desk, work)[work.type == index] for _, work in drawings])
        z = (found.mean(axis=0) - expected) / (found.std(axis=0, ddof=1) / np.sqrt(len(found)))
        misses += z.tolist()
        assert len(found) > 1000

    assert np.abs(misses).max() < 4
    assert np.std(misses) < 2


def test_the_same_holds_with_every_part_of_the_flow_at_full_stretch():
    """High shares, several reopenings and bounces, routing to two entries, three teams."""
    scenario = two_tiers(
        {
            "demand.contacts": "600 per day",
            "teams.experts.escalates_to": "third",
            "teams.third": {"tier": 3, "agents": 3},
            "demand.types.fault.resolves": {"tier_1": 0.4, "tier_2": 0.5},
            "flow.hand_off": {},
            "flow.misroute": {"share": 0.6, "at_most": 2},
            "flow.pending": {"share": {"tier_1": 0.5, "tier_2": 0.5}},
            "flow.reopen": {"share": 0.5, "at_most": 2},
            "flow.routing": {"urgent": {"when": {"channel": "phone"}, "to": "experts"}},
        }
    )
    desk, work = drawn(scenario)

    expected = np.zeros(3)
    for team, share in first_teams(scenario, "fault"):
        for at, amount in expected_work(Builder(scenario, desk, "fault").whole(team, None))[0].items():
            expected[at] += share * amount

    found = by_team(desk, work)
    z = (found.mean(axis=0) - expected) / (found.std(axis=0, ddof=1) / np.sqrt(work.tickets))
    assert np.all(np.abs(z) < 4)


def test_what_a_tier_does_not_resolve_climbs():
    """70 % stay at the desk, 30 % go on; each works as its tier does."""
    desk, work = drawn(two_tiers())

    climbed = np.diff(work.first) == 2

    assert near(climbed.mean(), 0.3, work.tickets)
    assert set(work.team[work.first[:-1]].tolist()) == {desk.team("desk")}
    experts = work.work[work.team == desk.team("experts")]
    assert abs(experts.mean() - 40 * 60_000) < 4 * 40 * 60_000 / np.sqrt(experts.size)


def test_whoever_escalates_to_nobody_resolves_everything():
    """A share for the last tier is not asked for."""
    _, work = drawn(two_tiers({"demand.types.fault.resolves": {"tier_1": 0, "tier_2": 0}}))

    assert set(np.diff(work.first).tolist()) == {2}
    assert share_of(work, Outcome.RESOLVED) == 1


def test_a_hand_off_costs_writing_noticing_and_reading():
    """Two minutes of the sender, a pick-up, four minutes of the receiver; nothing for who stays."""
    plain, costly = (drawn(two_tiers({**ALWAYS_UP, **more}))[1] for more in ({}, HAND_OFF))

    assert states(costly, 0) == [("WORK", 0), ("HAND_OFF", -1), ("WORK", 1)]
    before, after = steps_of(plain, 0), steps_of(costly, 0)
    assert after[0][1] - before[0][1] == 120_000
    assert after[2][1] - before[1][1] == 240_000


@pytest.mark.parametrize("at_most", [1, 2, 5])
def test_a_ticket_bounces_no_more_often_than_the_cap(at_most: int):
    """If every hand-off goes wrong, each ticket sees exactly so many wrong teams, the right one never among them."""
    scenario = two_tiers(
        {
            **ALWAYS_UP, **HAND_OFF,
            "flow.misroute": {"share": 1, "at_most": at_most},
            "flow.routing": {"other": {"when": {"priority": "P1"}, "to": "others"}},
            "teams.others": {"agents": 1},
        }
    )  # fmt: skip
    desk, work = drawn(scenario)
    others = desk.team("others")

    mine = [ticket for ticket in range(200) if work.priority[ticket] > 0]
    walks = [states(work, ticket) for ticket in mine]

    bounce = [("HAND_OFF", -1), ("WORK", others)]
    assert all(walk == [("WORK", 0), *bounce * at_most, ("HAND_OFF", -1), ("WORK", 1)] for walk in walks)


def test_bounces_have_the_stated_share():
    """A quarter once, a quarter of those twice, and so on to the cap."""
    _, work = drawn(two_tiers({**ALWAYS_UP, **HAND_OFF, "flow.misroute": {"share": 0.25, "at_most": 2}}))

    bounces = (np.diff(work.first) - 3) // 2

    assert near((bounces >= 1).mean(), 0.25, work.tickets)
    assert near((bounces == 2).mean(), 0.0625, work.tickets)
    assert bounces.max() == 2


def test_pending_splits_the_work_and_loses_none_of_it():
    """Seven tenths before the answer, three after; together what it would have been, to the millisecond."""
    scenario = two_tiers({"demand.types.fault.resolves.tier_1": 1})
    desk, whole = drawn(scenario)
    _, split = drawn(vary(scenario, {"flow.pending": {"share": {"tier_1": 1}, "follow_up": 0.3}}))

    assert np.all(np.diff(split.first) == 3)
    assert states(split, 5) == [("WORK", 0), ("PENDING", -1), ("WORK", 0)]
    before, after = split.work[split.first[:-1]], split.work[split.first[:-1] + 2]
    assert np.all(np.abs(before + after - whole.work) <= 1)
    assert np.allclose(after[whole.work > 60_000] / whole.work[whole.work > 60_000], 0.3, atol=1e-4)
    assert np.array_equal(split.arrives_at, whole.arrives_at)
    assert desk.calendar_names[split.calendar[split.first[0] + 1]] == "always"


@pytest.mark.parametrize(("follow_up", "steps"), [(0, 2), (1, 3)])
def test_all_of_the_work_may_stand_before_or_after_the_answer(follow_up: float, steps: int):
    """Nothing to do afterwards is no step; everything afterwards leaves a first look of no time."""
    changes: dict[str, Any] = {"flow.pending": {"share": {"tier_1": 1}, "follow_up": follow_up}}
    _, work = drawn(two_tiers({"demand.types.fault.resolves.tier_1": 1, **changes}))

    assert set(np.diff(work.first).tolist()) == {steps}
    assert worked(work).sum() == pytest.approx(
        worked(drawn(two_tiers({"demand.types.fault.resolves.tier_1": 1}))[1]).sum(), rel=1e-6
    )


@pytest.mark.parametrize("at_most", [1, 3])
def test_a_ticket_reopens_no_more_often_than_the_cap(at_most: int):
    """If everything came back, each ticket is worked on once more for each reopening, with so much of new work."""
    changes = {"demand.types.fault.resolves.tier_1": 1, "flow.reopen": {"share": 1, "at_most": at_most, "work": 0.5}}
    _, work = drawn(two_tiers(changes))

    assert states(work, 0) == [("WORK", 0), *[("REOPENED", -1), ("WORK", 0)] * at_most]
    again = work.work[work.first[:-1] + 2]
    mean = 5 * 60_000
    assert abs(again.mean() - mean) < 4 * mean / np.sqrt(work.tickets)
    first = work.work[work.first[:-1]]
    assert abs(np.corrcoef(first, again)[0, 1]) < 4 / np.sqrt(work.tickets)  # another visit has its own luck


def test_self_service_ends_a_ticket_before_a_team_sees_it():
    """Half try, four fifths of them succeed; the others arrive later."""
    own = {"attempted": 0.5, "solved": 0.8, "takes": {"constant": {"value": "6 min"}}}
    _, work = drawn(two_tiers({"demand.types.fault.self_service": own}))

    solved = work.ends_as == Outcome.SELF_SERVICE
    steps = np.diff(work.first)

    assert near(solved.mean(), 0.4, work.tickets)
    assert np.all(steps[solved] == 1)
    assert np.all(work.kind[work.first[:-1][solved]] == DELAY)
    first_state = work.state[work.first[:-1]]
    assert near((first_state == State.SELF_SERVICE).mean(), 0.5, work.tickets)
    assert set(work.duration[work.state == State.SELF_SERVICE].tolist()) == {360}


def test_automation_takes_what_self_service_left():
    """60 % of the rest are covered and all of those fulfilled."""
    changes = {
        "demand.types.fault.self_service": {"attempted": 1, "solved": 0.5},
        "demand.types.fault.automation": {"covered": 0.6, "succeeded": 1},
    }
    _, work = drawn(two_tiers(changes))

    assert near(share_of(work, Outcome.SELF_SERVICE), 0.5, work.tickets)
    assert near(share_of(work, Outcome.AUTOMATION), 0.3, work.tickets)
    assert np.all(work.team[work.kind == WORK] >= 0)


def test_who_gives_up_may_try_again():
    """Two attempts more, each after a while; whichever is answered leads to the same next step."""
    patience = {"all": {"gives_up_after": {"constant": {"value": "5 min"}}, "redials": 1, "at_most": 2}}
    desk, work = drawn(two_tiers({**ALWAYS_UP, "patience": patience}))

    first = int(work.first[4])
    called, wait, again, wait_more, last, experts = range(first, first + 6)

    assert work.first[5] == first + 6
    assert [int(work.if_given_up[s]) for s in (called, again, last)] == [wait, wait_more, -1]
    assert work.team[experts] == desk.team("experts")
    follow = {
        s: work.successors[work.successor_at[s] : work.successor_at[s + 1]].tolist() for s in range(first, first + 6)
    }
    assert follow == {
        called: [experts],
        wait: [again],
        again: [experts],
        wait_more: [last],
        last: [experts],
        experts: [],
    }
    assert len({int(work.work[s]) for s in (called, again, last)}) == 1  # the same question, the same work
    assert [int(work.patience[s]) for s in (called, again, last)] == [300] * 3


def test_half_of_those_who_give_up_try_again():
    """The others leave; patience is the first team's only."""
    rule = {"gives_up_after": {"exponential": {"mean": "8 min"}}, "redials": 0.5}
    desk, work = drawn(two_tiers({**ALWAYS_UP, "patience.callers": {**rule, "when": {"channel": "phone"}}}))

    called = work.first[:-1]
    phone = work.channel == work.channel_names.index("phone")

    assert np.all((work.patience[called] < 10**6) == phone)
    assert near((work.if_given_up[called][phone] >= 0).mean(), 0.5, int(phone.sum()))
    limits = work.patience[called][phone]
    assert abs(limits.mean() - 480) < 4 * 480 / np.sqrt(limits.size)
    assert np.all(work.patience[work.team == desk.team("experts")] > 10**6)


ROUTED = """
run: {start: 2026-01-05, length: 2 weeks, cool_down: 0 s}
demand:
  contacts: 400 per day
  priority: {P1: 30 %, P3: 70 %}
  channels: {phone: 50 %, mail: 30 %, chat: 20 %}
  types:
    a: {share: 40 %, category: x, kind: incident, work: {constant: {value: 5 min}}}
    b: {share: 40 %, category: x, kind: request, work: {constant: {value: 5 min}}}
    c: {share: 20 %, kind: enquiry, work: {constant: {value: 5 min}}}
teams: {front: {agents: 1}, one: {agents: 1}, two: {agents: 1}}
"""


@pytest.mark.parametrize(
    ("when", "fits"),
    [
        ({"type": "a"}, lambda t, p, c: t == "a"),
        ({"type": ["a", "c"]}, lambda t, p, c: t in "ac"),
        ({"category": "x"}, lambda t, p, c: t in "ab"),
        ({"category": "c"}, lambda t, p, c: t == "c"),
        ({"kind": "request"}, lambda t, p, c: t == "b"),
        ({"priority": "P1"}, lambda t, p, c: p == 0),
        ({"channel": ["mail", "chat"]}, lambda t, p, c: c in ("mail", "chat")),
        ({"type": "a", "priority": "P1", "channel": "phone"}, lambda t, p, c: (t, p, c) == ("a", 0, "phone")),
        ({}, lambda t, p, c: True),
    ],
)
def test_a_rule_is_for_those_who_fit_all_of_it(when: dict[str, Any], fits: Any):
    """They go to its team first, everybody else to the entry; the stability check expects the same shares."""
    scenario = vary(loads(ROUTED), {"flow.routing.rule": {"when": when, "to": "one"}})
    desk, work = drawn(scenario)

    entry, one = desk.team("front"), desk.team("one")
    facts = [
        (work.type_names[t], int(p), work.channel_names[c])
        for t, p, c in zip(work.type, work.priority, work.channel, strict=True)
    ]

    assert work.team[work.first[:-1]].tolist() == [one if fits(*fact) else entry for fact in facts]
    for name in "abc":
        shares = dict(first_teams(scenario, name))
        exact = sum(
            p * q
            for i, p in ((0, 0.3), (2, 0.7))
            for c, q in (("phone", 0.5), ("mail", 0.3), ("chat", 0.2))
            if fits(name, i, c)
        )
        assert shares.get("one", 0) == pytest.approx(exact)
        assert sum(shares.values()) == pytest.approx(1)


def test_the_first_rule_that_fits_decides():
    """In the order of the file, for routing and for patience alike."""
    rules = {"first": {"when": {"priority": "P1"}, "to": "one"}, "second": {"when": {"type": "a"}, "to": "two"}}
    patience = {
        "urgent": {"when": {"priority": "P1"}, "gives_up_after": {"constant": {"value": "1 min"}}},
        "all": {"gives_up_after": {"constant": {"value": "9 min"}}},
    }
    desk, work = drawn(vary(loads(ROUTED), {"flow.routing": rules, "patience": patience}))

    team, limit = work.team[work.first[:-1]], work.patience[work.first[:-1]]
    urgent, is_a = work.priority == 0, work.type == 0

    assert np.all(team[urgent] == desk.team("one"))
    assert np.all(team[~urgent & is_a] == desk.team("two"))
    assert np.all(team[~urgent & ~is_a] == desk.team("front"))
    assert np.all(limit == np.where(urgent, 60, 540))


def test_priorities_channels_and_blocking_have_their_shares():
    """Within four standard errors, and independent of one another."""
    _, work = drawn(vary(loads(ROUTED), {"demand.types.a.blocking": 0.5}))
    mine = work.type == 0
    count = int(mine.sum())

    urgent, phone, blocking = work.priority[mine] == 0, work.channel[mine] == 0, work.blocking[mine] == 1

    for found, share in ((urgent, 0.3), (phone, 0.5), (blocking, 0.5)):
        assert near(found.mean(), share, count)
    assert near((urgent & phone & blocking).mean(), 0.3 * 0.5 * 0.5, count)


def test_what_waits_at_the_start_has_waited_evenly():
    """Ten tickets, the oldest five days old; they wait for their team at second 0, the oldest first."""
    scenario = two_tiers({"run.open_at_start": {"experts": {"fault": {"count": 10, "oldest": "5 days"}}}})
    desk, work = drawn(scenario)

    waiting = work.opened_at < 0

    assert waiting.sum() == 10
    assert np.all(work.arrives_at[waiting] == 0)
    assert work.opened_at[:10].tolist() == [-day * 43200 for day in range(10, 0, -1)]
    assert set(work.team[work.first[:10]].tolist()) == {desk.team("experts")}


def test_what_waits_at_the_start_changes_nobody_elses_luck():
    """Nor does one more of them change the others'."""
    few, more = (
        two_tiers({"run.open_at_start": {"desk": {"fault": {"count": n, "oldest": "2 days"}}}}) for n in (3, 5)
    )

    lives = [life(*drawn(scenario)) for scenario in (two_tiers(), few, more)]

    assert lives[0].items() <= lives[1].items()
    assert Counter(map(str, lives[1].values())) <= Counter(map(str, lives[2].values()))


def test_every_ticket_has_a_way_from_its_arrival_to_its_end():
    """On the shipped desk: one first step, every other reached once, no way out of the ticket."""
    _, work = drawn(from_shelf("service-desk"))

    ticket = np.repeat(np.arange(work.tickets), np.diff(work.first))
    sources = np.repeat(np.arange(work.steps), np.diff(work.successor_at))

    assert np.all(np.diff(work.first) >= 1)
    assert np.array_equal(ticket[sources], ticket[work.successors])
    assert np.all(work.successors > sources)
    starts = work.predecessors == 0
    assert np.array_equal(np.flatnonzero(starts), work.first[:-1])
    again = work.if_given_up[work.if_given_up >= 0]
    reached = np.bincount(np.concatenate((work.successors, again)), minlength=work.steps)
    assert np.all(reached[~starts] >= 1)
