"""A desk at many points: which points, the same luck for all, the best and those that may be as good."""

from __future__ import annotations

import math

import pytest

from simdesk.errors import RunError, ScenarioError
from simdesk.experiment.lab import Lab
from simdesk.experiment.sheet import Key
from simdesk.experiment.sweep import Sweep, sweep
from simdesk.scenario.loading import loads

DESK = loads("""title: A small desk for some days
run: {length: 6 days, warm_up: 1 day, replications: 6, cool_down: 3 days}
demand:
  contacts: 60 per day
  types: {question: {share: 100 %, work: {exponential: {mean: 15 min}}}}
teams: {desk: {agents: 1, cost: 40 USD per hour}}
""")
AGENTS, VOLUME = "teams.desk.agents", "demand.volume"
WAIT, STAFF, BUSY = Key("first_wait"), Key("staff_cost"), Key("occupancy", "team", "desk")
WANTED = [WAIT, STAFF, BUSY]


def told_only() -> Lab:
    """A lab in which nothing may be simulated."""
    return Lab(workers=1, progress=lambda done, total: pytest.fail("something was simulated"))


@pytest.fixture(scope="module")
def grid() -> Sweep:
    """One to three agents, and two volumes; one agent cannot do twice the work."""
    with Lab(workers=1) as lab:
        return sweep(DESK, {AGENTS: [1, 2, 3], VOLUME: ["100 %", "200 %"]}, wanted=WANTED, lab=lab)


def test_a_grid_has_every_combination(grid: Sweep):
    """The last path changes fastest, and every value is written as it was given."""
    points = [(point[AGENTS], point[VOLUME]) for point in grid.points]

    assert points == [(agents, volume) for agents in (1, 2, 3) for volume in ("100 %", "200 %")]
    assert [runs.scenario.teams["desk"].agents for runs in grid.runs] == [1, 1, 2, 2, 3, 3]
    assert [runs.scenario.demand.volume for runs in grid.runs] == [1.0, 2.0] * 3


def test_a_point_that_cannot_keep_up_is_named_and_kept(grid: Sweep):
    """60 tickets a day of 15 min are 15 h of work for 24 h of an agent; twice as many are too much for one."""
    overloaded = dict(zip(((p[AGENTS], p[VOLUME]) for p in grid.points), grid.overloaded, strict=True))

    assert overloaded == {
        (agents, volume): ("desk",) if (agents, volume) == (1, "200 %") else ()
        for agents in (1, 2, 3)
        for volume in ("100 %", "200 %")
    }


def test_the_best_of_what_is_certain_is_told_from_all_others(grid: Sweep):
    """One agent costs a half and a third of the others, whatever the volume; the two with one agent are equal."""
    best = grid.best(STAFF)

    assert best.index == 0
    assert best.alike == (1,)
    assert [found.other / found.base for found in best.differences] == pytest.approx([1, 1, 2, 2, 3, 3])


def test_the_others_are_compared_together(grid: Sweep):
    """Five comparisons share the doubt of one, so each interval is that of 99 %."""
    best = grid.best(WAIT)

    assert {found.confidence for found in best.differences} == {1 - 0.05 / 5}
    assert grid.points[best.index][VOLUME] == "100 %"
    assert all(best.differences[at].low <= 0 for at in best.alike)


def test_nothing_is_best_where_no_value_is_better(grid: Sweep):
    """An occupancy is neither good high nor good low."""
    with pytest.raises(RunError, match="occupancy:desk is neither better high nor better low"):
        grid.best(BUSY)


def test_the_front_holds_what_no_point_beats_in_both(grid: Sweep):
    """Checked against every pair of points."""
    front = grid.front(STAFF, WAIT)

    both = [(grid.estimate(at, STAFF).value, grid.estimate(at, WAIT).value) for at in range(len(grid.points))]
    beaten = [any(a <= x and b <= y and (a, b) != (x, y) for a, b in both) for x, y in both]
    assert set(front) == {at for at, is_beaten in enumerate(beaten) if not is_beaten}
    assert [both[at] for at in front] == sorted(both[at] for at in front)


def test_the_table_has_a_row_for_every_point_and_measure(grid: Sweep):
    """With the values of the point, the teams that cannot keep up, and the interval of the sweep."""
    table, wide = grid.table(), grid.wide()

    row = table[(table[AGENTS] == 1) & (table[VOLUME] == "200 %") & (table.measure == "first_wait")]
    found = grid.estimate(1, WAIT)
    assert len(row) == 1
    assert row[["value", "low", "high", "overloaded"]].values.tolist() == [
        [found.value, found.low, found.high, "desk"],
    ]
    assert set(WANTED) <= {Key(*key) for key in zip(table.measure, table["by"], table["of"], strict=True)}
    assert len(wide) == len(grid.points)
    assert wide["occupancy:desk"].tolist() == [grid.estimate(at, BUSY).value for at in range(len(grid.points))]


def test_equal_points_are_equal_in_everything():
    """Two spellings of one volume meet the same luck; a value that is listed twice is simulated once."""
    told: list[int] = []

    with Lab(workers=1, progress=lambda done, total: told.append(done)) as lab:
        result = sweep(DESK, {VOLUME: ["100 %", 1.0, "100 %"]}, replications=2, wanted=[WAIT], lab=lab)

    assert [point[VOLUME] for point in result.points] == ["100 %", 1.0]
    assert result.estimate(0, WAIT) == result.estimate(1, WAIT)
    assert told[-1] == 4


@pytest.mark.parametrize("design", ["latin_hypercube", "sobol"])
def test_points_that_fill_the_space_are_written_as_their_ends(design):
    """Whole numbers stay whole, texts keep their unit, and each range is filled from one end to the other."""
    work = "demand.types.question.work.tier_1.exponential.mean"
    over = {AGENTS: (1, 4), VOLUME: ("80 %", "130 %"), work: ("5 min", "20 min")}

    with Lab(workers=1) as lab:
        result = sweep(DESK, over, design=design, points=8, replications=1, wanted=[BUSY], lab=lab)

    means = [float(point[work].removesuffix(" min")) for point in result.points]
    assert len(result.points) == 8
    assert sorted(point[AGENTS] for point in result.points) == [1, 1, 2, 2, 3, 3, 4, 4]
    assert all(0.8 <= runs.scenario.demand.volume <= 1.3 for runs in result.runs)
    assert sorted(int((mean - 5) / 15 * 8) for mean in means) == list(range(8))  # one in each eighth of the range


def test_the_same_seed_gives_the_same_points():
    """And another seed others."""
    over = {VOLUME: ("80 %", "120 %")}

    with Lab(workers=1) as lab:
        first, again, other = (
            sweep(DESK, over, design="latin_hypercube", points=3, seed=seed, replications=1, wanted=[BUSY], lab=lab)
            for seed in (1, 1, 2)
        )

    assert first.points == again.points
    assert first.points != other.points


def test_points_that_whole_numbers_make_equal_are_simulated_once():
    """Eight points between one and two agents are two."""
    with Lab(workers=1) as lab:
        result = sweep(DESK, {AGENTS: (1, 2)}, design="sobol", points=8, replications=1, wanted=[BUSY], lab=lab)

    assert sorted(point[AGENTS] for point in result.points) == [1, 2]


@pytest.mark.parametrize(
    ("over", "options", "error", "words"),
    [
        ({}, {}, RunError, "nothing to sweep over"),
        ({"run.length": ["2 days", "4 days"]}, {}, RunError, r"the sweep changes run\.length; all sides"),
        ({AGENTS: []}, {}, RunError, r"teams\.desk\.agents: state its values as a list"),
        ({VOLUME: "80 %"}, {}, RunError, "state its values as a list"),
        ({"teams.desk.agent": [1, 2]}, {}, ScenarioError, "did you mean 'agents'"),
        ({AGENTS: [1, 2]}, {"points": 8}, RunError, "a grid has a point for every combination"),
        ({AGENTS: list(range(1001))}, {"replications": 100}, RunError, r"100,100 replications, at most 100,000.*fewer"),
        ({AGENTS: (1, 2)}, {"design": "sobol"}, RunError, "state how many points"),
        ({AGENTS: (1, 2)}, {"design": "sobol", "points": 6}, RunError, "power of two, not 6; take 4 or 8"),
        ({AGENTS: (1, 2)}, {"design": "stars", "points": 6}, RunError, "no design named .stars.; there are grid"),
        ({AGENTS: (1, 2, 3)}, {"design": "sobol", "points": 4}, RunError, "its lowest and its highest value"),
        ({AGENTS: (3, 1)}, {"design": "sobol", "points": 4}, RunError, "1 is not more than 3"),
        ({AGENTS: (math.nan, 1)}, {"design": "sobol", "points": 4}, RunError, "write the smaller value first"),
        ({VOLUME: ("80 %", "2 h")}, {"design": "sobol", "points": 4}, RunError, "80 % and 2 h are not of one kind"),
        ({VOLUME: (5, "10 s")}, {"design": "sobol", "points": 4}, RunError, "5 and 10 s are not of one kind"),
        ({VOLUME: ("few", "many")}, {"design": "sobol", "points": 4}, RunError, "can be neither more nor less"),
    ],
)  # fmt: skip
def test_what_cannot_be_swept_is_refused_before_anything_runs(over, options, error, words):
    """With the path, and what to do instead."""
    with pytest.raises(error, match=words):
        sweep(DESK, over, lab=told_only(), **options)
