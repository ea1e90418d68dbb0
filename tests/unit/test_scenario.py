"""The whole scenario: cross-references, money in one currency, and what follows from what was written."""

from __future__ import annotations

from typing import Any

import pytest

from simdesk.errors import ScenarioError
from simdesk.scenario.loading import loads, vary
from simdesk.scenario.model import MOST_SHIFTS, MOST_TICKETS, Scenario
from simdesk.scenario.paths import follow
from simdesk.scenario.people import Team
from simdesk.scenario.writing import dumps
from written import ONE_TEAM, from_shelf, one_team, two_tiers


def complaints(text: str) -> list[str]:
    """Path and message of every problem."""
    with pytest.raises(ScenarioError) as caught:
        loads(text)
    return [f"{problem.path}: {problem.message}" for problem in caught.value.problems]


def team(**written: Any) -> Team:
    """A team as the model reads it."""
    return Team.model_validate(written)


def test_the_lowest_tier_is_the_entry():
    """Whatever the order of the file; `flow.entry` says otherwise."""
    scenario = two_tiers()

    assert scenario.entry == "desk"
    assert two_tiers({"teams.desk.tier": 3, "teams.experts.tier": 1}).entry == "experts"
    assert two_tiers({"flow.entry": "experts"}).entry == "experts"


def test_a_type_is_its_own_category_unless_stated():
    """So every ticket has a heading."""
    scenario = one_team()

    assert [scenario.category(name) for name in ("question", "fault")] == ["question", "broken"]


def test_all_dangling_references_are_told_at_once():
    """Calendars, teams, types, channels and categories, each with the nearest name."""
    text = (
        ONE_TEAM
        + """
flow:
  entry: dsk
  routing:
    one: {when: {type: [question, faults], category: brokn, channel: fone}, to: desc}
patience:
  all: {when: {type: questions}, gives_up_after: {constant: {value: 5 min}}}
service_levels: {calendar: ofice}
targets: {busy: {measure: occupancy, team: dsk, at_most: 85 %}}
"""
    )

    assert complaints(text) == [
        "flow.entry: no team named 'dsk'; did you mean 'desk'?",
        "flow.routing.one.when.type: no ticket type named 'faults'; did you mean 'fault'?",
        "flow.routing.one.when.category: no category named 'brokn'; did you mean 'broken'?",
        "flow.routing.one.when.channel: no channel named 'fone'; did you mean 'phone'?",
        "flow.routing.one.to: no team named 'desc'; did you mean 'desk'?",
        "patience.all.when.type: no ticket type named 'questions'; did you mean 'question'?",
        "service_levels.calendar: no calendar named 'ofice'; did you mean 'office'?",
        "targets.busy.team: no team named 'dsk'; did you mean 'desk'?",
    ]


def test_a_scenario_has_one_currency():
    """Of users' time as well; no currency at all is the scenario's."""
    text = ONE_TEAM.replace("agents: 3", "agents: 3, cost: 35 EUR per hour")

    assert complaints(text) == ["teams.desk.cost: is in EUR, but money.currency is USD; use one currency"]
    assert loads(text + "money: {currency: EUR}\n").teams["desk"].cost.amount == 35
    assert complaints(text + "money: {currency: EUR, users_time: 50 USD per hour}\n") == [
        "money.users_time: is in USD, but money.currency is EUR; use one currency"
    ]


def test_a_climb_that_goes_round_is_refused():
    """Two teams that escalate to each other; both places are told."""
    text = (
        ONE_TEAM
        + """
  second: {tier: 2, agents: 1, escalates_to: third}
  third: {tier: 3, agents: 1, escalates_to: second}
"""
    )

    assert len(complaints(text)) == 2
    assert two_tiers().path_from("desk") == ["desk", "experts"]


def test_one_percentage_of_shrinkage_is_half_absence_and_half_breaks():
    """And together they take away exactly so much."""
    shrinkage = team(agents=1, shrinkage="30 %").shrinkage

    assert shrinkage.absent == pytest.approx(0.15)
    assert (1 - shrinkage.absent) * (1 - shrinkage.breaks) == pytest.approx(0.70)


def test_one_share_or_one_distribution_stands_for_the_first_tier():
    """Work at a tier that is not named is that of the next lower one."""
    kind = loads(ONE_TEAM.replace("{share: 60 %,", "{share: 60 %, resolves: 80 %,")).demand.types["question"]

    assert kind.resolves == {"tier_1": 0.8}
    assert list(kind.work) == ["tier_1"]


def test_what_is_stated_for_a_tier_without_a_team_is_refused():
    """Touch times, shares resolved, shares pending: all that nobody would go by."""
    work = "{tier_1: {exponential: {mean: 25 min}}, tier_3: {exponential: {mean: 1 h}}}"
    fault = ONE_TEAM.replace("40 %,", "40 %, resolves: {tier_1: 70 %, tier_2: 80 %},")
    text = fault.replace("{exponential: {mean: 25 min}}", work)
    text += "flow: {pending: {share: {tier_1: 20 %, tier_4: 30 %}}}\n"

    assert complaints(text) == [
        "demand.types.fault.resolves.tier_2: no team is of tier 2, only of 1; correct or remove it",
        "demand.types.fault.work.tier_3: no team is of tier 3, only of 1; correct or remove it",
        "flow.pending.share.tier_4: no team is of tier 4, only of 1; correct or remove it",
    ]


def test_usual_values_may_speak_of_tiers_that_are_not_there():
    """Pending has them for three tiers; a desk of one can take them, write them out, and vary one of them."""
    scenario = loads(ONE_TEAM + "flow: {pending: {}}\n")

    assert loads(dumps(scenario)) == scenario
    assert vary(scenario, {"flow.pending.share.tier_1": "10 %"}).flow.pending is not None


def test_a_tier_between_the_teams_may_be_named():
    """The team of tier 3 works as at tier 2, which is the next lower one that is named."""
    assert two_tiers({"teams.experts.tier": 3}).demand.types["fault"].work.keys() == {"tier_1", "tier_2"}


def test_weights_that_are_not_named_keep_their_usual_values():
    """Stated as a mapping or by its path, the same comes out."""
    usual = {"P1": 1000, "P2": 100, "P3": 10, "P4": 2, "P5": 1}

    assert team(agents=1, weights={"P1": 7}).weights == {**usual, "P1": 7}
    assert one_team({"teams.desk.weights": {"P1": 7}}) == one_team({"teams.desk.weights.P1": 7})
    assert one_team().teams["desk"].weights == team(agents=1, weights={}).weights == usual


@pytest.mark.parametrize("agents", range(12))
def test_one_more_agent_moves_nobody_to_another_shift(agents: int):
    """Where shifts have shares, the new one goes where most is missing."""
    shifts = {
        name: {"share": share, "hours": hours}
        for name, share, hours in (
            ("early", 0.5, "06:00-14:00"),
            ("late", 0.3, "14:00-22:00"),
            ("night", 0.2, "22:00-06:00"),
        )
    }

    before, after = (team(agents=n, shifts=shifts).shift_of_each() for n in (agents, agents + 1))

    assert after[:-1] == before
    assert all(abs(after.count(name) - share["share"] * (agents + 1)) < 1 for name, share in shifts.items())


def test_a_run_that_would_fill_the_memory_is_refused_before_it_begins():
    """Per minute instead of per day; a crowd for ten years. A hundred times today is no mistake."""
    flood = ONE_TEAM.replace("50 per business day", "5000 per minute")
    crowd = ONE_TEAM.replace("agents: 3", "agents: 100000").replace("length: 4 weeks", "length: 9 years")
    busy = ONE_TEAM.replace("50 per business day", "5000 per business day")

    assert f"at most {MOST_TICKETS:,} are simulated" in complaints(flood)[0]
    assert f"at most {MOST_SHIFTS:,} are simulated" in complaints(crowd)[0]
    assert loads(busy).demand.per_week("question") == pytest.approx(15_000)


def test_a_path_is_followed_to_what_it_means():
    """Through chapters, names, aliases, and into what was left out."""
    scenario = from_shelf("service-desk")

    assert follow(scenario, "teams.first_line.agents") == 6
    assert follow(scenario, "demand.types.password.self_service.solved") == pytest.approx(0.3)
    assert follow(scenario, "demand.types.network.automation.covered") is None
    assert len(follow(scenario, "try")) == len(scenario.try_)


def test_every_slider_of_the_shelf_moves_something():
    """Its path can be set to both of its ends."""
    scenario = from_shelf("service-desk")
    reachable = [slider for slider in scenario.try_ if slider.from_ is not None and slider.to is not None]

    for slider in reachable:
        whole = isinstance(follow(scenario, slider.path), int)
        for end in (slider.from_, slider.to):
            varied = from_shelf("service-desk", {slider.path: int(end) if whole else end})
            assert isinstance(varied, Scenario)
    assert len(reachable) == len(scenario.try_)


def test_a_scenario_cannot_be_changed_in_place():
    """Frozen, all the way down."""
    with pytest.raises(ValueError, match="frozen"):
        one_team().teams["desk"].agents = 5
