"""The only way to vary anything: a scenario plus dotted paths."""

from __future__ import annotations

import math
from typing import Any

import pytest

from simdesk.errors import ScenarioError
from simdesk.scenario.loading import loads, vary
from simdesk.scenario.model import Scenario
from written import from_shelf, one_team, two_tiers


def refused(scenario: Scenario, changes: dict[str, Any]) -> list[str]:
    """Every problem of a change, as it is shown."""
    with pytest.raises(ScenarioError) as caught:
        vary(scenario, changes)
    assert str(caught.value).endswith("in the changes")
    return [str(problem) for problem in caught.value.problems]


def test_a_path_changes_one_value_and_nothing_else():
    """The old scenario stays as it is."""
    before = one_team()

    after = vary(before, {"teams.desk.agents": 6})

    assert (before.teams["desk"].agents, after.teams["desk"].agents) == (3, 6)
    assert vary(after, {"teams.desk.agents": 3}) == before


def test_no_change_is_no_change():
    """Varying nothing gives an equal scenario."""
    assert vary(one_team(), {}) == one_team()


def test_values_are_written_as_in_yaml():
    """Shares with a per cent sign, durations and rates with units."""
    varied = one_team({"demand.volume": "110 %", "demand.contacts": "60 per business day", "run.length": "5 weeks"})

    assert varied.demand.volume == pytest.approx(1.1)
    assert varied.demand.per_week("question") == pytest.approx(60 * 5 * 0.6 * 1.1)
    assert varied.run.length.seconds == 5 * 7 * 86400


def test_a_type_that_grows_takes_from_the_others_in_proportion():
    """15 % of passwords become 32 %: what is left, 68 of 85 parts, is shared as before."""
    before = from_shelf("service-desk")

    after = vary(before, {"demand.types.password.share": "32 %"})

    old, new = ({n: k.share for n, k in s.demand.types.items()} for s in (before, after))
    assert new["password"] == pytest.approx(0.32)
    assert {n: new[n] / old[n] for n in old if n != "password"} == pytest.approx(
        dict.fromkeys(set(old) - {"password"}, 0.68 / 0.85)
    )
    assert math.fsum(new.values()) == pytest.approx(1)


def test_several_shares_at_once_leave_the_rest_to_the_others():
    """What was set stays as set."""
    after = vary(from_shelf("service-desk"), {"demand.types.password.share": 0.2, "demand.types.network.share": "10 %"})

    shares = {name: kind.share for name, kind in after.demand.types.items()}
    assert (shares["password"], shares["network"]) == pytest.approx((0.2, 0.1))
    assert shares["application"] / shares["hardware"] == pytest.approx(3.8)
    assert math.fsum(shares.values()) == pytest.approx(1)


@pytest.mark.parametrize("chapter", ["priority", "channels"])
def test_a_share_of_a_mix_rescales_its_siblings(chapter: str):
    """Priorities and channels, of the desk and of a type of its own."""
    name = {"priority": "P1", "channels": "phone"}[chapter]
    own = "{P1: 50 %, P2: 50 %}" if chapter == "priority" else "{phone: 50 %, chat: 50 %}"
    scenario = loads(_WITH_OWN_MIX.format(chapter=chapter, own=own))

    desk = getattr(vary(scenario, {f"demand.{chapter}.{name}": "70 %"}).demand, chapter)
    kind = getattr(vary(scenario, {f"demand.types.a.{chapter}.{name}": "70 %"}).demand.types["a"], chapter)

    assert desk[name] == pytest.approx(0.7)
    assert math.fsum(desk.values()) == pytest.approx(1)
    assert sorted(kind.values()) == pytest.approx([0.3, 0.7])


_WITH_OWN_MIX = """
demand:
  contacts: 5 per day
  types:
    a: {{share: 100 %, {chapter}: {own}, work: {{constant: {{value: 5 min}}}}}}
teams:
  desk: {{agents: 1}}
"""


def test_a_type_without_a_mix_of_its_own_begins_with_the_desks():
    """A slider on the priority of one type works, whether or not the file states that type's mix."""
    scenario = one_team({"demand.priority": {"P1": 0.2, "P2": 0.2, "P3": 0.6, "P4": 0}})

    mix = vary(scenario, {"demand.types.fault.priority.P1": "60 %"}).demand.types["fault"].priority

    assert mix == pytest.approx({"P1": 0.6, "P2": 0.1, "P3": 0.3, "P4": 0})
    assert vary(scenario, {"demand.types.fault.priority.P1": "60 %"}).demand.types["question"].priority is None


def test_shares_of_shifts_rescale_too():
    """More people early are fewer people late."""
    shifts = {"early": {"share": 0.5, "hours": "06:00-14:00"}, "late": {"share": 0.5, "hours": "14:00-22:00"}}
    scenario = one_team({"teams.desk.shifts": shifts})

    varied = vary(scenario, {"teams.desk.shifts.early.share": "80 %"}).teams["desk"].shifts

    assert varied is not None
    assert [shift.share for shift in varied.values()] == pytest.approx([0.8, 0.2])


def test_shares_that_leave_nothing_or_too_little_are_refused():
    """Two types cannot have 130 % together; the sentence lists them."""
    (said,) = refused(one_team(), {"demand.types.question.share": "70 %", "demand.types.fault.share": "60 %"})

    assert said == (
        "the changes: demand.types: the shares of the ticket types must sum to 100 %, not 130 %; "
        "they are question 70 %, fault 60 %"
    )


def test_a_distribution_is_replaced_by_another_shape():
    """And a parameter of the same shape is merely changed."""
    scenario = one_team()

    other = vary(scenario, {"demand.types.question.work.tier_1": {"constant": {"value": "5 min"}}})
    for_all = vary(scenario, {"demand.types.question.work": {"exponential": {"mean": "7 min"}}})
    same = vary(scenario, {"demand.types.question.work.tier_1.lognormal.mean": "20 min"})

    work = [s.demand.types["question"].work["tier_1"] for s in (other, for_all, same)]
    assert [w.mean for w in work] == [300, 420, 1200]
    assert [w.scv for w in work] == pytest.approx([0, 1, 1])


def test_a_chapter_that_was_left_out_is_filled_with_its_defaults():
    """`flow.reopen.share` switches reopening on, with typical values for the rest."""
    varied = one_team({"flow.reopen.share": "20 %"})

    assert varied.flow.reopen is not None
    assert varied.flow.reopen.share == 0.2
    assert varied.flow.reopen.work == 0.6


def test_null_switches_a_part_off():
    """As in a file."""
    varied = from_shelf("service-desk", {"flow.misroute": None, "flow.hand_off": None})

    assert (varied.flow.misroute, varied.flow.hand_off) == (None, None)
    assert varied.flow.pending is not None


def test_a_new_team_or_channel_can_be_added():
    """What has a name has a path, also if it is new."""
    varied = two_tiers({"teams.third": {"agents": 2, "tier": 3}, "teams.experts.escalates_to": "third"})

    assert varied.path_from("desk") == ["desk", "experts", "third"]


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("taems.desk.agents", "leads nowhere at 'taems'; did you mean 'teams'?"),
        ("teams.dsk.agents", "leads nowhere at 'dsk'; did you mean 'desk'?"),
        ("teams.desk.agnets", "leads nowhere at 'agnets'; did you mean 'agents'?"),
        ("flow.misroute.shar", "leads nowhere at 'shar'; did you mean 'share'?"),
        ("teams.desk.agents.number", "leads nowhere at 'number': 'agents' is a single value"),
        ("teams.desk.also_serves.0", "leads nowhere at '0': 'also_serves' is a list, which is changed as a whole"),
        ("demand.types.fault.work.exponental.mean", "leads nowhere at 'exponental'; did you mean 'exponential'?"),
        ("demand.types.fault.work.tear_1.exponential.mean", "leads nowhere at 'tear_1'; did you mean 'tier_1'?"),
        ("", "leads nowhere at ''"),
    ],
)
def test_a_path_that_leads_nowhere_is_met_with_the_nearest_spelling(path: str, said: str):
    """The part that is wrong is named."""
    assert refused(one_team(), {path: 5})[0].startswith(
        f"the changes: {path}: {said}" if path else f"the changes: {said}"
    )


def test_all_problems_of_a_change_are_told_at_once():
    """Every one with --set and its path."""
    said = refused(one_team(), {"teams.desk.agents": -1, "demand.volume": "lots", "run.seed": 1.5})

    assert said == [
        "the changes: run.seed: must be a whole number, not a number with decimals",
        "the changes: demand.volume: must be a percentage or a number, such as 30 % or 0.3, not 'lots'",
        "the changes: teams.desk.agents: must be at least 0",
    ]


@pytest.mark.parametrize(
    "changes",
    [
        {"demand": 5, "demand.types.fault.share": "10 %"},
        {"demand.types.fault.share": "10 %", "demand.types": 5},
        {"demand.types.question": 5, "demand.types.fault.share": "10 %"},
        {"demand.types.question.share": [1], "demand.types.fault.share": "10 %"},
        {"demand.priority": "high", "demand.priority.P1": "10 %"},
        {"teams.desk": None},
        {"demand.types.fault.work": []},
    ],
)
def test_nonsense_is_refused_without_a_traceback(changes: dict[str, Any]):
    """Whatever else is changed at the same time."""
    assert refused(one_team(), changes)
