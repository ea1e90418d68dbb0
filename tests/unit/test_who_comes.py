"""Which rule is for whom, and what tickets are that come or wait at the start."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pytest

from simdesk.experiment.load import first_teams
from simdesk.scenario.loading import vary
from written import drawn, from_shelf, life, loads, near, two_tiers

ALWAYS_UP = {"demand.types.fault.resolves.tier_1": 0}
HAND_OFF = {"flow.hand_off": {}}

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
