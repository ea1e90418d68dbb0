"""Sentences on sweeps and slack curves: known, undecided, nothing to choose, no price, too much work."""

from __future__ import annotations

import re
from functools import cache

import numpy as np
import pytest

from simdesk.experiment.replications import Replications
from simdesk.experiment.sheet import Key, Sheet
from simdesk.experiment.slack import Level, SlackCurve, keys_for
from simdesk.experiment.sweep import Sweep
from simdesk.measures.readings import Quantile, Ratio, Reading, Total
from simdesk.report.answers.slack import tell_slack
from simdesk.report.answers.sweep import tell_sweep
from simdesk.report.told import Told
from simdesk.report.words import about, value, within
from simdesk.scenario.loading import loads, vary
from simdesk.scenario.model import Scenario

PRICED = """title: A desk
try: [{path: teams.desk.agents, label: First-line agents}]
run: {length: 1 day, replications: 20}
demand: {contacts: 10 per day, types: {question: {share: 100 %, work: {constant: {value: 1 h}}}}}
teams: {desk: {agents: 5, cost: 40 USD per hour}}
"""
COUNT = 20
LUCK = np.sin(np.arange(COUNT) * 2.4)
"""The same for every point, as with common random numbers; it sums to about nothing."""
OWN = np.cos(np.arange(COUNT) ** 2 * 1.7)
"""What distinguishes one point from another beyond that."""

WAIT, COST, BUSY = Key("first_wait"), Key("total_cost"), Key("occupancy", "team", "desk")


@cache
def desk() -> Scenario:
    return loads(PRICED)


def runs(readings: dict[Key, list[Reading]]) -> Replications:
    """Replications that say what a test wants."""
    sheets = [
        Sheet({key: values[at] for key, values in readings.items()}, {}, "", 10, False, complete=False)
        for at in range(len(next(iter(readings.values()))))
    ]
    return Replications(desk(), tuple(sheets), "none")


def level(
    agents: int, *, total: float, own: float = 10.0, wait: float = 60.0, ratio: float | None = None, lost: float = 0.0,
    count: int = COUNT,
) -> Level:  # fmt: skip
    """A level whose total cost, wait and share of users who give up are known; 4 Erlang."""
    said: dict[Key, list[Reading]] = {key: [Total(0.0)] * count for key in keys_for("desk")}
    said[BUSY] = [Ratio(min(4 / agents, 1) + 0.01 * luck, 1.0) for luck in LUCK[:count]]
    said[Key("queue_wait", "team", "desk")] = [Ratio(wait + luck, 1.0) for luck in LUCK[:count]]
    said[Key("queue_wait_p90", "team", "desk")] = [Quantile(np.full(1000, 2 * wait), 0.9)] * count
    said[Key("abandonment")] = [Ratio(lost, 1.0)] * count
    staff = 1000.0 * agents
    said[Key("staff_cost")] = [Total(staff)] * count
    totals = [total + 500 * luck + own * agents * mine for luck, mine in zip(LUCK[:count], OWN[:count], strict=True)]
    said[Key("lost_time_cost")] = [Total(one - staff) for one in totals]
    said[COST] = [Total(one) for one in totals]
    return Level(agents, 4 / agents if ratio is None else ratio, runs(said), "desk")


def curve(*levels: Level, scenario: Scenario | None = None, fewest: int | None = 5) -> SlackCurve:
    """Some levels, of which five agents are today."""
    return SlackCurve(scenario or desk(), "desk", levels, fewest)


def figures(text: str) -> set[str]:
    """Amounts and times in a sentence, without their units."""
    return set(re.findall(r"(?<![\w.])\d+(?:,\d{3})*(?:\.\d+)?", text))


def shown(told: Told) -> set[str]:
    """Every figure of the tables, however precisely a sentence may say it, without signs."""
    found: set[str] = set()
    for _, table in told.tables:
        for column in table.columns:
            texts = table.texts(column.name) if column.unit == "text" else []
            numbers = [] if texts else table.estimates(column.name)
            ends = [end for one in numbers for end in (one.value, *within(one, column.unit))]
            for end in (end for end in ends if end == end):
                texts += [value(abs(end), column.unit)] + ([about(end)] if column.unit == "share" else [])
            found |= {figure for text in texts for figure in figures(text)}
    return found


def test_a_cheaper_number_of_people_is_told_with_its_interval():
    """Both occupancies, the saving and its doubt; the other levels are clearly dearer."""
    told = tell_slack(curve(level(5, total=20_000), level(6, total=18_000), level(7, total=19_500)))

    assert re.fullmatch(
        r"Today desk has 5 people and is busy for 80 % of its time; a month costs least in total with 6, "
        r"busy for 67 %: USD [\d,]+ less than today \(95 % interval USD [\d,.]+ to USD [\d,.]+\)\.",
        told.sentence,
    )
    assert "cannot" not in told.sentence


def test_every_figure_of_the_sentence_stands_in_a_table():
    """Nothing is claimed that cannot be looked up."""
    told = tell_slack(curve(level(5, total=20_000, lost=0.05), level(6, total=18_000), level(7, total=18_010, own=80)))

    assert figures(told.sentence) - shown(told) <= {"95"}
    for detail in told.details:
        assert figures(detail) - shown(told) <= {"95"}, detail


def test_levels_that_may_be_as_cheap_are_named():
    """Seven differs from six by less than its doubt."""
    told = tell_slack(curve(level(5, total=20_000), level(6, total=18_000), level(7, total=18_010, own=80)))

    assert told.sentence.endswith("; 7 cannot be told from it.")


def test_a_saving_that_is_not_known_is_not_promised():
    """The interval holds both signs: no saving is claimed, and today is not named twice."""
    told = tell_slack(curve(level(5, total=18_010, own=80), level(6, total=18_000), level(7, total=19_500)))

    assert re.search(r"but it cannot be told from today: between USD [\d,.]+ less and USD [\d,.]+ more", told.sentence)
    assert "less than today" not in told.sentence
    assert "5 cannot be told" not in told.sentence


def test_today_can_be_the_cheapest():
    """And every other number dearer, or not."""
    alone = tell_slack(curve(level(4, total=25_000, ratio=0.99), level(5, total=18_000), level(6, total=20_000)))
    tied = tell_slack(curve(level(5, total=18_000), level(6, total=18_010, own=80), level(7, total=25_000)))

    assert alone.sentence.endswith("of all the numbers tried that costs least in total; every other costs more.")
    assert tied.sentence.endswith("costs least in total; 6 cannot be told from it.")


def test_without_prices_no_number_is_called_the_cheapest():
    """What must be stated is said, path by path."""
    free = vary(desk(), {"teams.desk.cost": "0 per hour", "money.users_time": "0 per hour"})

    told = tell_slack(curve(level(5, total=0), level(6, total=0), scenario=free))

    assert "No number of people can be called the cheapest" in told.sentence
    assert (
        "gives no price to the people of desk and to waiting: state teams.desk.cost and money.users_time."
        in told.sentence
    )
    assert not any("cheapest" in sign.label for panel in told.panels for sign in panel.legend)


def test_one_replication_has_a_saving_and_no_interval():
    """In this sample, and with the reason."""
    told = tell_slack(curve(level(5, total=20_000, count=1), level(6, total=18_000, count=1)))

    assert re.search(r"less than today in this sample, but one replication has no interval", told.sentence)


def test_the_end_of_the_range_is_not_taken_for_the_optimum():
    """At the upper end more may be cheaper still; at the lower only if fewer could keep up."""
    most = tell_slack(curve(level(5, total=20_000), level(6, total=18_000)))
    fewest = tell_slack(curve(level(5, total=18_000), level(6, total=20_000)))
    not_fewest = tell_slack(curve(level(5, total=18_000), level(6, total=20_000), fewest=3))

    assert "6 is the most that was tried: the cheapest number may lie beyond." in most.details
    assert "Fewer than 5 could not keep up with what desk is asked for." in fewest.details
    assert "5 is the fewest that was tried, but fewer could keep up: the cheapest may be less." in not_fewest.details


def test_levels_that_cannot_keep_up_are_a_warning():
    """With what they are asked for."""
    told = tell_slack(curve(level(3, total=30_000, ratio=4 / 3), level(5, total=18_000), level(6, total=20_000)))

    assert any("with these numbers of people: 3 (133.3 %)" in text for text in told.warnings)
    assert not tell_slack(curve(level(5, total=18_000), level(6, total=20_000))).warnings


def test_people_who_are_cheap_because_users_give_up_are_not_recommended_in_silence():
    """Who gives up costs nothing from then on."""
    left = (level(4, total=15_000, lost=0.3, ratio=0.99), level(5, total=18_000, lost=0.1), level(6, total=20_000))

    told = tell_slack(curve(*left))

    assert "but then 30 % of the tickets end because the user gives up, today 10 %" in told.sentence
    assert any("gives up costs nothing" in text for text in told.warnings)


def test_the_next_person_is_told_by_what_he_costs_and_saves():
    """A thousand of staff more, three thousand of lost time less."""
    told = tell_slack(curve(level(5, total=20_000, own=0), level(6, total=18_000, own=0), level(7, total=19_500)))

    assert (
        "With 6 people instead of 5 a month costs USD 2,000 less (known to this precision): "
        "staff USD 1,000 more, users' lost time USD 3,000 less." in told.details
    )


def point_runs(wait: float, cost: float, own: float = 1.0, busy: float = 0.5) -> Replications:
    """A point that says these three."""
    return runs(
        {
            WAIT: [Ratio(wait + 5 * luck + own * mine, 1.0) for luck, mine in zip(LUCK, OWN, strict=True)],
            COST: [Total(cost + luck) for luck in LUCK],
            BUSY: [Ratio(busy, 1.0)] * COUNT,
        }
    )


def swept(*points: Replications, full: tuple[int, ...] = (), **more: object) -> Sweep:
    """Points with 4, 5, 6 … agents."""
    values = tuple({"teams.desk.agents": 4 + at} for at in range(len(points)))
    overloaded = tuple(("desk",) if at in full else () for at in range(len(points)))
    return Sweep(desk(), ("teams.desk.agents",), values, points, overloaded)


def test_a_best_point_is_told_with_what_cannot_be_told_from_it():
    """By the label of the slider."""
    result = swept(point_runs(600, 100), point_runs(60, 110), point_runs(60.1, 120, own=4))

    told = tell_sweep(result, [WAIT])

    assert told.sentence.startswith(
        "Wait in the first queue, mean is lowest at First-line agents 5: 1 min (95 % interval"
    )
    assert told.sentence.endswith("; 6 cannot be told from it.")


def test_a_best_point_that_beats_all_others_is_said_to():
    """And nothing else is said to."""
    told = tell_sweep(swept(point_runs(600, 100), point_runs(60, 110), point_runs(90, 120)), [WAIT, COST])

    assert told.sentence.endswith("; every other point is worse.")
    assert told.details[0].startswith("Total cost, a month is lowest at First-line agents 4")


def test_points_of_which_none_can_be_told_from_the_best_show_nothing():
    """Undecided is said as such."""
    told = tell_sweep(swept(point_runs(60.2, 100), point_runs(60, 100, own=4), point_runs(60.1, 100, own=-4)), [WAIT])

    assert told.sentence.endswith(
        "no other point can be told from it, so these replications do not show that it is the best."
    )


def test_what_is_the_same_everywhere_is_not_lowest_anywhere():
    """No best point is made up."""
    told = tell_sweep(swept(point_runs(60, 100), point_runs(60, 100)), [COST])

    assert "at every point" in told.sentence
    assert "lowest" not in told.sentence


def test_what_is_neither_good_nor_bad_is_told_by_its_range():
    """An occupancy goes from here to there."""
    told = tell_sweep(swept(point_runs(60, 100, busy=0.9), point_runs(60, 100, busy=0.5)), [BUSY])

    assert told.sentence == (
        "Occupancy (desk) goes from 50.0 % at First-line agents 5 to 90.0 % at First-line agents 4."
    )


def test_cost_and_wait_are_set_against_each_other():
    """Six agents cost more than five and let wait longer."""
    told = tell_sweep(swept(point_runs(600, 100), point_runs(60, 110), point_runs(90, 120)), [COST, WAIT, BUSY])
    alone = tell_sweep(swept(point_runs(60, 100), point_runs(90, 110)), [COST, WAIT])

    assert any(
        "2 of 3 points trade Total cost, a month against Wait in the first queue, mean, from First-line agents 4"
        in text
        for text in told.details
    )
    assert told.panels[-1].title == "Total cost, a month against Wait in the first queue, mean"
    assert alone.details[-1].startswith("First-line agents 4 is lowest in both")


def test_points_that_cannot_keep_up_are_a_warning_and_are_marked():
    """Kept in the table with the name of the team."""
    told = tell_sweep(swept(point_runs(600, 100), point_runs(60, 110), full=(0,)), [WAIT])

    assert told.warnings == (
        "At 1 of 2 points a team is asked for more than it can do (desk): what is measured there depends on how long "
        "the run is.",
    )
    assert told.tables[0][1].texts("overloaded") == ["desk", ""]


@pytest.mark.parametrize(("factors", "kind"), [(1, "scatter"), (2, "heatmap"), (3, "heatmap"), (4, "scatter")])
def test_the_figure_fits_the_number_of_factors(factors: int, kind: str):
    """A line, a heat map, one for each value of the third, a scatter for each of many."""
    paths = ("teams.desk.agents", "demand.volume", "teams.desk.discipline", "money.currency")[:factors]
    first = dict(zip(paths, (4, "80 %", "fifo", "USD"), strict=False))
    second = dict(zip(paths, (5, "90 %", "lifo", "EUR"), strict=False))
    result = Sweep(desk(), paths, (first, second), (point_runs(60, 100), point_runs(90, 110)), ((), ()))

    (panel,) = tell_sweep(result, [WAIT]).panels

    assert {trace.type for trace in panel.figure.data} == {kind}
    assert len([trace for trace in panel.figure.data if trace.type == "heatmap"]) == max(0, (0, 0, 1, 2, 0)[factors])
    assert panel.table.values("first_wait")[0] == pytest.approx(60, abs=1)
