"""How far a value can go before a target breaks: on desks whose answers are written down, and against a closed form."""

from __future__ import annotations

import math
from typing import Any

import pytest

from scripted import ScriptedLab, desk, half_width
from simdesk.errors import RunError, ScenarioError
from simdesk.experiment.doing_nothing import do_nothing
from simdesk.experiment.headroom import Fate, headroom
from simdesk.experiment.lab import Lab
from simdesk.experiment.levels import level
from simdesk.experiment.scale import scale_of
from simdesk.experiment.sheet import Key
from simdesk.scenario.loading import loads, vary
from simdesk.scenario.model import Scenario

OPEN, ENDED = Key("backlog_at_end"), Key("throughput")
FEW_OPEN = {"measure": "backlog_at_end", "at_most": 150}


def grows(scenario: Scenario) -> float:
    """A hundred open tickets at today's volume, in proportion to it."""
    return 100 * scenario.demand.volume


def test_a_target_breaks_where_its_line_crosses_the_bound():
    """100 tickets at 100 % are 150 at 150 %; with 3 either way, whole per cents are shown kept or missed outside."""
    half = half_width(6.0, 20)
    assert 2 < half < 3

    found = headroom(desk({"few": FEW_OPEN}), up_to="300 %", step="1 %", lab=ScriptedLab({OPEN: grows}, 6.0))

    limit = found.limits[0]
    assert (limit.fate, limit.critical) == (Fate.BREAKS, 1.5)
    assert (limit.low, limit.high) == (1.47, 1.53)  # 147 + half < 150 < 148 + half, and the same from above
    assert limit.again == ()


def test_bisection_finds_what_trying_every_value_finds():
    """A desk of ten days at each of fifteen volumes, judged one by one."""
    scenario = desk({"soon": {"measure": "first_wait", "at_most": "90 min"}}, {"run.replications": 6})
    with Lab(workers=1) as lab:
        found = headroom(scenario, up_to="170 %", step="5 %", lab=lab)
        volumes = [1 + 0.05 * at for at in range(15)]
        runs = lab.many([vary(scenario, {"demand.volume": volume}) for volume in volumes], wanted=[Key("first_wait")])

    estimates = [one.estimate(Key("first_wait")) for one in runs]
    kept = [volume for volume, one in zip(volumes, estimates, strict=True) if one.value <= 90 * 60]
    missed = [volume for volume, one in zip(volumes, estimates, strict=True) if one.low > 90 * 60]
    assert kept == volumes[: len(kept)]  # or the one value that is searched for would not exist
    assert 0 < len(kept) < len(volumes)
    limit = found.limits[0]
    assert limit.critical == pytest.approx(kept[-1])
    assert limit.high == (pytest.approx(missed[0]) if missed else pytest.approx(math.nan, nan_ok=True))
    assert len(found.points) < len(volumes)


@pytest.mark.parametrize(("work", "holds"), [("exponential", True), ("constant", False)])
def test_the_critical_volume_of_one_memoryless_agent_lies_in_its_interval(work: str, holds: bool):
    """M/M/1 waits ρ/(1 − ρ) hours, so one hour at ρ = ½; an agent whose work is constant would go to ⅔."""
    shape = {"exponential": {"mean": "1 h"}} if work == "exponential" else {"constant": {"value": "1 h"}}
    scenario = desk(
        {"soon": {"measure": "first_wait", "at_most": "1 h"}},
        {
            "demand.contacts": "1 per hour", "demand.volume": "30 %", "run.length": "12 weeks",
            "run.warm_up": "1 week", "demand.types.question.work.tier_1": shape,
        },
    )  # fmt: skip

    with Lab(workers=1) as lab:
        limit = headroom(scenario, up_to="90 %", step="1 %", confidence=0.99, lab=lab).limits[0]

    assert limit.fate is Fate.BREAKS
    assert (limit.low <= 0.5 <= limit.high) == holds
    if not holds:
        assert limit.low <= 2 / 3 <= limit.high


def test_fates_are_told_apart():
    """Broken on the way, held to the end, missed today already, and not known today."""
    targets = {
        "breaks": FEW_OPEN,
        "holds": {"measure": "backlog_at_end", "at_most": 1000},
        "missed": {"measure": "backlog_at_end", "at_least": 103},
        "unsure": {"measure": "backlog_at_end", "at_most": 100.5},
    }

    found = headroom(desk(targets), up_to="200 %", lab=ScriptedLab({OPEN: grows}, 4.0))

    assert {limit.name: limit.fate for limit in found.limits} == {
        "breaks": Fate.BREAKS, "holds": Fate.HOLDS, "missed": Fate.MISSED_TODAY, "unsure": Fate.NOT_KNOWN,
    }  # fmt: skip
    assert found.first is not None
    assert found.first.name == "breaks"
    assert [limit.name for limit in found.missed_today] == ["missed"]
    by_name = {limit.name: limit for limit in found.limits}
    assert by_name["holds"].low == 2.0
    assert math.isnan(by_name["holds"].high)
    assert math.isnan(by_name["missed"].low)


def test_the_first_to_break_has_rivals_if_their_intervals_overlap():
    """150 and 152 tickets are not told apart by five either way; 190 is."""
    targets = {
        name: {"measure": "backlog_at_end", "at_most": most} for name, most in (("a", 152), ("b", 150), ("c", 190))
    }

    found = headroom(desk(targets), up_to="300 %", step="1 %", lab=ScriptedLab({OPEN: grows}, 10.0))

    assert found.first is not None
    assert found.first.name == "b"
    assert [limit.name for limit in found.rivals] == ["a"]


def test_a_target_that_is_met_again_further_on_is_noticed():
    """A measure that falls below its bound again beyond 250 %: told is where it first breaks."""

    def hump(scenario: Scenario) -> float:
        return 100 * scenario.demand.volume if scenario.demand.volume < 2.5 else 10.0

    found = headroom(
        desk({"hump": FEW_OPEN, "straight": {"measure": "throughput", "at_most": 280}}), up_to="300 %", step="10 %",
        lab=ScriptedLab({OPEN: hump, ENDED: grows}),
    )  # fmt: skip

    limit = found.limits[0]
    assert limit.critical == pytest.approx(1.5)
    assert limit.again
    assert all(again >= 2.5 for again in limit.again)


def test_no_more_is_tried_than_can_tell_something():
    """Once every target is missed, values further on are left alone: they are the ones that take long."""
    lab = ScriptedLab({OPEN: grows})

    headroom(desk({"few": {"measure": "backlog_at_end", "at_most": 110}}), up_to="300 %", lab=lab)

    assert max(one.demand.volume for one in lab.asked) < 1.3
    assert len(lab.asked) < 12


def test_targets_of_other_measures_can_be_left_out():
    """Only those that are named are read."""
    targets = {"few": FEW_OPEN, "many": {"measure": "throughput", "at_least": 1}}

    found = headroom(desk(targets), up_to="300 %", targets=["few"], lab=ScriptedLab({OPEN: grows}))

    assert [limit.name for limit in found.limits] == ["few"]
    assert set(found.table().target) == {"few"}
    assert set(found.curve().target) == {"few"}
    assert len(found.curve()) == len(found.points)


@pytest.mark.parametrize(
    ("path", "up_to", "values"),
    [
        ("demand.volume", "300 %", (1.0, 1.02, 3.0)),
        ("demand.volume", 3, (1.0, 1.02, 3.0)),
        ("teams.desk.agents", 30, (1, 2, 30)),
        ("teams.desk.shrinkage", "50 %", (0.0, 0.005, 0.5)),
        ("demand.contacts", "24 per day", ("12 per day", "12.12 per day", "24 per day")),
        ("demand.types.question.work.tier_1.exponential.mean", "3 h", ("1 h", "1.02 h", "3 h")),
        ("teams.desk.cost", "10 per hour", ("0 per hour", "0.1 per hour", "10 per hour")),
    ],
)
def test_values_are_written_as_a_scenario_takes_them(path: str, up_to: Any, values: tuple[Any, ...]):
    """Today's, that of a hundredth of the way, and the last; each can be put into the scenario."""
    scenario = desk({"few": FEW_OPEN})

    scale = scale_of(scenario, path, up_to)

    first, second, last = (scale.written(at) for at in (0, 1, scale.count))
    for written, wanted in zip((first, second, last), values, strict=True):
        assert type(written) is type(wanted)
        found, meant = level(written), level(wanted)
        assert found is not None
        assert meant is not None
        assert found.amount == pytest.approx(meant.amount)
        vary(scenario, {path: written})


def test_a_value_can_also_become_smaller():
    """Fewer agents: four of six are enough for a measure that is 100 for six and grows as they become fewer."""

    def crowded(scenario: Scenario) -> float:
        return 600 / (scenario.teams["desk"].agents or 1)

    found = headroom(
        desk({"few": FEW_OPEN}, {"teams.desk.agents": 6}), "teams.desk.agents", up_to=2,
        lab=ScriptedLab({OPEN: crowded}),
    )  # fmt: skip

    assert (found.limits[0].critical, found.limits[0].high) == (4, 3)
    assert not found.scale.rises


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"up_to": "300 %", "targets": ["fow"]}, RunError, "no target named 'fow'; did you mean 'few'"),
        ({"up_to": "100 %"}, RunError, "100 %' today; up_to must be another value"),
        ({"up_to": "4 h"}, RunError, "demand.volume is 1 today; write up_to in the same way"),
        ({"up_to": "soon"}, RunError, "up_to must be a number"),
        ({"up_to": "300 %", "step": "1 h"}, RunError, "step must be written like up_to"),
        ({"up_to": "300 %", "step": "0.001 %"}, RunError, "steps are too many"),
        ({"up_to": "300 %", "path": "demand.volum"}, RunError, "did you mean 'volume'"),
        ({"up_to": "300 %", "path": "teams.desk"}, RunError, "no single number there"),
        ({"up_to": "20 weeks", "path": "run.length"}, RunError, "changes run.length"),
        ({"up_to": "100 %", "path": "teams.desk.shrinkage"}, ScenarioError, "below 100 %"),
    ],
)
def test_what_cannot_be_searched_is_refused_before_anything_runs(options: dict[str, Any], error: type, words: str):
    """With the name of the path, and how to write it."""
    lab = ScriptedLab({OPEN: grows})

    with pytest.raises(error, match=words):
        headroom(desk({"few": FEW_OPEN}), lab=lab, **options)

    assert lab.asked == []


def test_a_desk_without_targets_has_nothing_that_could_break():
    """And is told to state one."""
    with pytest.raises(RunError, match="states no targets"):
        headroom(desk({}), up_to="300 %", lab=ScriptedLab({}))


LOST, PENALTY = Key("lost_time_cost"), Key("penalty_cost")


def test_years_compound_and_are_paired_with_today():
    """Ten per cent a year: 1.21 after two. Lost time 100 × volume and penalties 50: 21 more, without a doubt."""
    lab = ScriptedLab({LOST: grows, PENALTY: lambda one: 50.0, OPEN: grows}, 8.0)

    found = do_nothing(desk({"few": {"measure": "backlog_at_end", "at_most": 115}}), growth=0.1, years=2, lab=lab)

    assert [year.volume for year in found.years] == pytest.approx([1.0, 1.1, 1.21])
    assert [year.delay.value for year in found.years] == pytest.approx([150, 160, 171])
    assert found.years[0].more is None
    assert found.years[2].more is not None
    assert found.years[2].more.value == pytest.approx(21)
    assert found.years[2].more.high - found.years[2].more.low < 1e-6  # the same luck either way
    assert [year.judgements[0].verdict.value for year in found.years] == ["✓", "✓", "✗"]
    assert list(found.table()["target:few"]) == ["met", "met", "missed"]


def test_a_year_in_which_somebody_cannot_keep_up_is_marked():
    """Half busy today; with half as much again every year it is ¾ after one and 1.125 after two."""
    lab = ScriptedLab({LOST: grows, PENALTY: grows})

    found = do_nothing(desk({}), growth=0.5, years=2, lab=lab)

    assert [year.overloaded for year in found.years] == [(), (), ("desk",)]


@pytest.mark.parametrize(
    ("growth", "years", "words"), [(-1.0, 3, "growth must be"), (0.1, 0, "years are looked ahead")]
)
def test_growth_and_years_must_make_sense(growth: float, years: int, words: str):
    """Before anything is simulated."""
    with pytest.raises(RunError, match=words):
        do_nothing(desk({}), growth=growth, years=years, lab=ScriptedLab({}))


def test_todays_desk_is_tried_as_it_stands():
    """A shrinkage of absence alone is not turned into half breaks at the first value."""
    scenario = vary(
        loads("""title: Absent
run: {length: 5 days, replications: 20}
targets: {few: {measure: backlog_at_end, at_most: 150}}
demand: {contacts: 12 per day, types: {question: {share: 100 %, work: {constant: {value: 5 min}}}}}
teams: {desk: {agents: 2}}
"""),
        {"teams.desk.shrinkage": {"absent": 0.2, "breaks": 0.0}},
    )
    lab = ScriptedLab({OPEN: grows})

    headroom(scenario, "teams.desk.shrinkage", up_to="40 %", lab=lab)

    assert lab.asked[0].teams["desk"].shrinkage == scenario.teams["desk"].shrinkage
