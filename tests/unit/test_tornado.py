"""One value at a time at its low and its high end: differences, elasticities, and what is not known exactly."""

from __future__ import annotations

import math

import pytest

from simdesk.errors import RunError, ScenarioError
from simdesk.experiment.compare import compare
from simdesk.experiment.lab import Lab
from simdesk.experiment.levels import level, spans
from simdesk.experiment.sensitivity import Tornado, tornado
from simdesk.experiment.sheet import Key
from simdesk.queueing import erlang_c
from simdesk.scenario.loading import load, loads
from simdesk.shelf import on_the_shelf

DESK = loads("""title: A small desk for a day
run: {length: 1 day, replications: 3}
demand:
  contacts: 20 per day
  types: {question: {share: 100 %, work: {exponential: {mean: 15 min}}}}
teams: {desk: {agents: 2, cost: 40 USD per hour}}
targets: {soon: {measure: first_wait, at_most: 10 min}}
""")
WAIT, COST = Key("first_wait"), Key("staff_cost")
WORK = "demand.types.ticket.work.tier_1.exponential.mean"
PROMISE = "service_levels.target_share"


def of_the_small_desk(factors, key=COST, **more) -> Tornado:
    with Lab(workers=1) as lab:
        return tornado(DESK, factors, key, lab=lab, **more)


@pytest.fixture(scope="module")
def queue() -> Tornado:
    """M/M/5 at 80 %: volume, work, agents, and two things that change no wait."""
    factors = {
        "demand.volume": ("90 %", "105 %"),
        WORK: 0.02,
        "teams.desk.agents": (5, 7),
        PROMISE: ("80 %", "95 %"),
        "service_levels.priorities.P3.respond": ("10 min", "1 h"),
    }
    with Lab(workers=1) as lab:
        return tornado(load(on_the_shelf("textbook/mmc")), factors, WAIT, confidence=0.99, lab=lab)


def test_elasticities_agree_with_erlang(queue: Tornado):
    """From the wait of M/M/c at either end, by the formula."""
    reach = 1.96 * 0.02
    ends = {  # (factor, arrivals an hour, hours of work, agents) at the low and at the high end
        "demand.volume": ((0.90, 4 * 0.90, 1.0, 5), (1.05, 4 * 1.05, 1.0, 5)),
        WORK: ((1 - reach, 4.0, 1 - reach, 5), (1 + reach, 4.0, 1 + reach, 5)),
        "teams.desk.agents": ((5, 4.0, 1.0, 5), (7, 4.0, 1.0, 7)),
    }

    found = {bar.span.path: bar.elasticity for bar in queue.bars}

    for path, (low, high) in ends.items():
        waits = [erlang_c(rate, 1 / work, agents=agents).mean_wait for _, rate, work, agents in (low, high)]
        truth = math.log(waits[1] / waits[0]) / math.log(high[0] / low[0])
        assert found[path] is not None
        assert found[path].low < truth < found[path].high, path
        assert found[path].high - found[path].low < abs(truth), path


def test_what_changes_nothing_has_a_bar_of_exactly_nothing(queue: Tornado):
    """The luck is the same to the last second; and what stands at an end differs from itself by nothing."""
    bars = {bar.span.path: bar for bar in queue.bars}

    for path in (PROMISE, "service_levels.priorities.P3.respond"):
        assert [bars[path].at_low.value, bars[path].at_high.value, bars[path].across.low] == [0.0, 0.0, 0.0]
        assert not bars[path].noticeable
    assert bars["teams.desk.agents"].at_low.value == 0.0
    assert bars["teams.desk.agents"].at_high.high < 0
    assert [bar.span.path for bar in queue.bars[-2:]] == [PROMISE, "service_levels.priorities.P3.respond"]


def test_bars_are_sorted_and_rivals_of_the_first_are_named(queue: Tornado):
    """Volume from 90 to 105 % and two agents more move the wait about as far; work by 4 % does not."""
    swings = [bar.swing for bar in queue.bars]

    assert swings == sorted(swings, reverse=True)
    assert {queue.bars[0].span.path, *queue.alike} == {"demand.volume", "teams.desk.agents"}


def test_differences_are_those_of_a_comparison():
    """The same desks, the same luck, paired the same way."""
    factors = {"demand.volume": ("80 %", "150 %")}

    [bar] = of_the_small_desk(factors, WAIT, replications=6, confidence=0.9).bars
    with Lab(workers=1) as lab:
        other = compare(DESK, {"more": {"demand.volume": 1.5}}, replications=6, wanted={WAIT}, lab=lab)

    single = other.difference("more", WAIT)
    assert bar.at_high.value == single.value
    assert bar.at_high.standard_error == single.standard_error
    assert bar.at_high.confidence == pytest.approx(1 - 0.1 / 3)  # two differences from the base, one across


def test_the_cost_of_people_is_in_proportion_to_people_and_price():
    """An elasticity of one, without any doubt; both move the cost as far, so neither is first."""
    found = of_the_small_desk({"teams.desk.agents": (1, 3), "teams.desk.cost": ("20 USD per hour", "60 USD per hour")})

    for bar in found.bars:
        assert bar.elasticity is not None
        assert bar.elasticity.value == pytest.approx(1.0)
        assert bar.elasticity.high - bar.elasticity.low == pytest.approx(0.0, abs=1e-9)
        assert bar.at_high.value == pytest.approx(bar.at_high.base / 2)
    assert len(found.alike) == 1


def test_what_is_not_known_exactly_widens_the_interval():
    """Cost = people × price × hours, so a standard error of a tenth of the price is one of a tenth of the cost."""
    found = of_the_small_desk({"teams.desk.cost": 0.1, "teams.desk.agents": (1, 3)})

    inputs = found.inputs
    assert inputs is not None
    cost = inputs.base.value
    assert inputs.parts == {"teams.desk.cost": pytest.approx((0.1 * cost) ** 2)}
    assert inputs.share == pytest.approx(1.0)  # the simulation adds no doubt to what people are paid
    assert inputs.widened.half_width == pytest.approx(1.959964 * 0.1 * cost)


def test_luck_and_inputs_add_as_variances(queue: Tornado):
    """First order: slope times error, beside the squared error of the simulation."""
    inputs, [work] = queue.inputs, [bar for bar in queue.bars if bar.span.unknown]
    low, _, high = work.span.amounts

    assert inputs is not None
    slope = (work.at_high.value - work.at_low.value) / (high - low)
    expected = (slope * 0.02 * 3600) ** 2
    assert inputs.parts[WORK] == pytest.approx(expected)
    assert inputs.share == pytest.approx(expected / (expected + queue.value.standard_error**2))
    assert inputs.widened.low < inputs.base.low < inputs.base.high < inputs.widened.high


def test_without_doubtful_inputs_nothing_is_said_of_them():
    """Ends that somebody chose are no error bars."""
    assert of_the_small_desk({"teams.desk.agents": (1, 3)}).inputs is None


def test_a_whole_number_is_rounded_outwards_and_says_so():
    """Two agents, give or take a fifth: 1.2 to 2.8, tried with one and with three, and the slope is that of three."""
    found = of_the_small_desk({"teams.desk.agents": 0.2})

    [bar] = found.bars
    assert bar.span.amounts == (1.0, 2.0, 3.0)
    assert bar.span.rounded
    assert found.inputs is not None
    assert math.sqrt(found.inputs.parts["teams.desk.agents"]) == pytest.approx(0.2 * found.value.value)


def test_words_have_no_elasticity_but_a_bar():
    """The order of a queue can be tried, too."""
    [bar] = of_the_small_desk({"teams.desk.discipline": ("fifo", "lifo")}, WAIT).bars

    assert bar.elasticity is None
    assert bar.at_low.value == 0.0  # it is first come, first served already
    assert bar.span.texts == ("fifo", "fifo", "lifo")


def test_an_end_that_cannot_keep_up_is_flagged_and_kept():
    """Twenty times the tickets are five hours of work an hour for two agents."""
    [bar] = of_the_small_desk({"demand.volume": ("50 %", "2000 %")}, WAIT).bars

    assert bar.overloaded == ((), ("desk",))
    assert bar.at_high.low > 0


@pytest.mark.parametrize(
    ("ends", "at", "texts", "values"),
    [
        (("80 %", "120 %"), "demand.volume", ("80 %", "100 %", "120 %"), ("80 %", "120 %")),
        (0.1, "demand.volume", ("0.804", "1", "1.2"), (0.804, 1.196)),
        (("10 min", "1 h"), "demand.types.question.work.tier_1.exponential.mean",
         ("10 min", "15 min", "1 h"), ("10 min", "1 h")),
        (("10 per day", "2 per hour"), "demand.contacts", ("10 per day", "20 per day", "2 per hour"),
         ("10 per day", "2 per hour")),
        (0.25, "teams.desk.cost", ("20.4 USD per hour", "40 USD per hour", "59.6 USD per hour"),
         ("20.4 USD per hour", "59.6 USD per hour")),
        ((1.5, 3.5), "teams.desk.agents", ("1", "2", "4"), (1, 4)),
    ],
)  # fmt: skip
def test_a_value_keeps_its_unit(ends, at, texts, values):
    """Written ends stay as they are; ends from a standard error are written in the unit of what stands there."""
    [span] = spans(DESK, {at: ends})

    assert span.texts == texts
    assert [end if isinstance(end, str) else pytest.approx(end) for end in (span.low, span.high)] == list(values)


@pytest.mark.parametrize("text", ["80 %", "12 min", "1.5 business hours", "2 business days", "1.1 per user per month",
                                  "110 per business day", "35 USD per hour", 6, 0.3])  # fmt: skip
def test_a_level_reads_back_as_itself(text):
    """What a level writes is the same level."""
    found = level(text)

    assert found is not None
    again = level(found.value)
    assert again is not None
    assert (again.amount, again.kind) == (pytest.approx(found.amount), found.kind)


@pytest.mark.parametrize("value", [True, None, "fifo", [1, 2], {"mean": "5 min"}])
def test_what_is_no_number_is_no_level(value):
    """Neither more nor less."""
    assert level(value) is None


@pytest.mark.parametrize(
    ("factors", "error", "words"),
    [
        ({}, RunError, "at least one factor"),
        ({"run.length": ("1 day", "2 days")}, RunError, r"changes run\.length"),
        ({"teams.desk.agent": (1, 2)}, ScenarioError, "did you mean 'agents'"),
        ({"teams.desk.agents": (3, 1)}, RunError, "low must be below high, not 3 and 1"),
        ({"teams.desk.agents": (1, "5 min")}, RunError, "cannot be compared"),
        ({"teams.desk.agents": (-1, 3)}, ScenarioError, "at least 0"),
        ({"teams.desk.discipline": 0.1}, RunError, "is no number that could be known"),
        ({"teams.desk.discipline": ("fifo", "fifo")}, RunError, "low and high are the same"),
        ({"demand.volume": 0.6}, RunError, "below 51 %"),
        ({"demand.growth.per_year": 0.0}, RunError, "above 0"),
        ({"teams.desk.shrinkage.absent": 0.1}, RunError, "a part of nothing is nothing"),
        ({PROMISE: 0.3}, RunError, r"with a standard error of 30 % it would be tried at .* state low and high"),
    ],
)
def test_what_cannot_be_varied_so_is_refused_before_anything_runs(factors, error, words):
    """With the path, and how to mend it."""
    with pytest.raises(error, match=words):
        tornado(DESK, factors, WAIT, lab=Lab(workers=1, progress=lambda done, total: pytest.fail("something ran")))


def test_the_table_has_two_rows_for_every_factor(queue: Tornado):
    """And says in them what the bars say."""
    table = queue.table()

    row = table[(table.path == "teams.desk.agents") & (table.end == "high")]
    bar = next(bar for bar in queue.bars if bar.span.path == "teams.desk.agents")
    assert len(table) == 10
    assert row["difference"].item() == bar.at_high.value
    assert row["tried"].item() == "7"
    assert row["unit"].item() == "seconds"
    assert queue.spent == 20 * 11
