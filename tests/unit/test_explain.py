"""A decision brief: what a change brings and costs, what is second-best, and what is wrong with the answer."""

from __future__ import annotations

import math

import numpy as np
import pytest

from simdesk.errors import RunError
from simdesk.experiment.difference import difference
from simdesk.experiment.effects import STAFF, TOTAL
from simdesk.experiment.estimate import sample, student_t
from simdesk.experiment.explain import Brief, explain, natural_rivals
from simdesk.experiment.lab import Lab
from simdesk.experiment.quotient import quotient
from simdesk.experiment.sheet import Key
from simdesk.measures.readings import Total
from simdesk.queueing import erlang_c
from simdesk.scenario.loading import loads, vary

DESK = loads("""title: Two teams with promises
calendars: {office: {days: Mon-Fri, hours: "08:00-18:00"}}
run: {length: 2 weeks, warm_up: 1 week, replications: 12, cool_down: 1 week}
demand:
  contacts: 60 per business day
  types:
    question: {share: 50 %, work: {exponential: {mean: 8 min}}, resolves: {tier_1: 90 %}}
    fault: {share: 50 %, work: {lognormal: {mean: 20 min, cv: 1.2}}, resolves: {tier_1: 60 %}}
teams:
  front: {tier: 1, agents: 2, calendar: office, cost: 35 EUR per hour, escalates_to: back, at_shift_end: park}
  back: {tier: 2, agents: 2, calendar: office, cost: 50 EUR per hour}
  idle: {agents: 1, calendar: office}
service_levels:
  calendar: office
  priorities: {P3: {resolve: 2 business hours}, P4: {resolve: 2 business hours}}
money: {currency: EUR, users_time: 50 EUR per hour}
""")
TEXTBOOK = loads("""title: "M/M/c"
run: {length: 3 weeks, warm_up: 3 days, cool_down: 2 weeks, replications: 20}
demand:
  contacts: 4 per hour
  profile: flat
  priority: {P3: 100 %}
  types: {ticket: {share: 100 %, work: {exponential: {mean: 1 h}}}}
teams: {desk: {agents: 5}}
""")
SHORT_PATIENCE = {"gives_up_after": {"exponential": {"mean": "5 min"}}}
NINE = {"09:00": {"offered": 8, "wait": "3 min", "abandoned": 0}}
OBSERVED = {"source": "A log.", "days": "Weekdays.", "by_hour": NINE}
LONGER = {"tier_1": {"constant": {"value": "22 min"}}, "tier_2": {"constant": {"value": "22 min"}}}
"""Work of a visit; 1.25 visits a ticket make 27.5 min, where 18.4 min (14 and then 0.05 of 8 and 0.2 of 20) were."""
WAIT, LIFE = Key("first_wait"), Key("resolution_time")
ONE_MORE = {"one more in front of house": {"teams.front.agents": 3}}


def brief_of(scenario, alternatives, *watched: Key, replications: int | None = None) -> Brief:
    """A brief, simulated here."""
    with Lab(workers=1) as lab:
        return explain(scenario, alternatives, watched or (LIFE, WAIT), replications=replications, lab=lab)


@pytest.fixture(scope="module")
def brief() -> Brief:
    """One person more in the first line, and the rivals that are added."""
    return brief_of(DESK, ONE_MORE)


def test_a_single_alternative_meets_its_natural_rivals(brief: Brief):
    """One more person in each team that works, but neither what was asked for nor a team without tickets."""
    added = [effect.name for effect in brief.effects if effect.added]

    assert added == ["one more in back"]
    assert brief.stated == ("one more in front of house",)
    assert brief.lead.name == "one more in front of house"


def test_a_rival_never_takes_a_name_that_is_taken():
    """Somebody calls something else "one more in front"."""
    rivals = natural_rivals(DESK, {"one more in front": {"demand.volume": "90 %"}})

    assert rivals == {
        "one more in front (added)": {"teams.front.agents": 3},
        "one more in back": {"teams.back.agents": 3},
    }


def test_several_alternatives_get_no_rivals_and_the_best_of_them_leads():
    """Two more, or one less: ranked by total cost."""
    found = brief_of(DESK, {"one less": {"teams.back.agents": 1}, "two more": {"teams.back.agents": 4}}, WAIT)

    levels = {name: found.comparison.alternatives[name].estimates[TOTAL].value for name in found.stated}
    assert [effect.name for effect in found.effects] == list(found.stated)
    assert found.ranked_by == TOTAL
    assert found.lead.name == found.ranking[0] == min(levels, key=levels.__getitem__)


def test_avoided_breaches_are_the_promises_broken_before_less_those_broken_after(brief: Brief):
    """Recomputed from the sheets: promises judged less those kept, over the two weeks as a part of a month."""
    months = 14 / (365.25 / 12)
    broken = [
        np.mean([(kept.denominator - kept.numerator) / months for kept in side.readings(Key("resolution_sla"))])
        for side in (brief.comparison.base, brief.comparison.alternatives[brief.lead.name])
    ]

    avoided = brief.lead.avoided

    assert avoided is not None
    assert avoided.value == pytest.approx(broken[0] - broken[1])
    assert avoided.low > 0


def test_the_price_of_an_avoided_breach_is_what_staff_costs_more_over_them(brief: Brief):
    """One more person costs 10 hours at 35 EUR a working day; its interval is that of the breaches turned over."""
    avoided, price = brief.lead.avoided, brief.lead.price
    extra = 10 * 35 * 10 / (14 / (365.25 / 12))

    assert avoided is not None
    assert brief.lead.extra_staff.value == pytest.approx(extra)
    assert price.value == pytest.approx(extra / avoided.value)
    assert (price.low, price.high) == pytest.approx((extra / avoided.high, extra / avoided.low))


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"teams.front.agents": 1}, "more promises are broken, not fewer"),
        ({"title": "The same"}, "it is not shown that fewer promises are broken"),
        ({"teams.front.agents": 3, "teams.front.cost": "0 EUR per hour"}, "the people of front have no price"),
        ({"demand.volume": "70 %"}, "staff does not cost more"),
    ],
)
def test_what_is_not_bought_has_no_price(changes, why: str):
    """Promises that are broken more often, as often, for nothing, or less without anybody more."""
    found = brief_of(DESK, {"this": changes, "other": {"demand.volume": "99 %"}}, WAIT, replications=6)

    price = found.effect("this").price
    assert price.note == why
    assert math.isnan(price.value)


def test_sure_is_the_confidence_in_the_sign_and_better_says_which_way(brief: Brief):
    """A shorter life is better; a lower occupancy is neither."""
    busy = brief_of(DESK, ONE_MORE, Key("occupancy", "team", "front"), replications=4).lead

    assert brief.lead.first.value < 0
    assert brief.lead.better is True
    assert brief.lead.sure == 1 - brief.lead.first.p_value / 2
    assert busy.first.value < 0
    assert busy.better is None


def test_the_second_best_is_set_against_the_best_pair_by_pair(brief: Brief):
    """The same paired difference as from the readings themselves."""
    first, second = (brief.comparison.alternatives[name].readings(TOTAL) for name in brief.ranking)

    behind = brief.behind(brief.ranking[1])

    assert brief.second_best == brief.ranking[1]
    assert behind == difference(first, second)
    assert brief.told_from_best(brief.ranking[1]) == (behind.low > 0)


def test_without_a_price_the_first_measure_ranks():
    """The people of the textbook cost nothing, so that more of them always look cheaper."""
    found = brief_of(TEXTBOOK, {"one": {"teams.desk.agents": 6}, "two": {"teams.desk.agents": 7}}, WAIT, replications=4)

    assert found.unpriced == ("teams.desk.cost",)
    assert found.ranked_by == WAIT
    assert found.ranking == ("two", "one")


def test_where_waiting_has_no_price_fewer_people_would_always_look_cheaper():
    """So total cost does not rank, and what is missing is named; a measure without a better side ranks nothing."""
    free = vary(DESK, {"money.users_time": "0 EUR per hour"})

    found = brief_of(free, ONE_MORE, Key("occupancy", "team", "front"), replications=2)

    assert found.unpriced == ("money.users_time",)
    assert found.ranking == ()
    assert found.lead.name == found.stated[0]


def test_a_change_of_nothing_is_told_as_nothing():
    """Every difference is zero, and simple calculations have nothing to look at."""
    found = brief_of(DESK, {"renamed": {"title": "The same"}}, replications=3)

    assert {one.value for one in found.lead.differences.values() if not math.isnan(one.value)} == {0.0}
    assert found.lead.better is None
    assert found.naive is None


def test_the_ratio_calculation_is_work_for_each_person():
    """Five people become six: a sixth less for each, while the wait falls as Erlang C says."""
    found = brief_of(TEXTBOOK, {"one more": {"teams.desk.agents": 6}}, WAIT)
    naive = found.naive
    before, after = (erlang_c(4.0, 1.0, agents=agents).mean_wait * 3600 for agents in (5, 6))

    assert naive is not None
    assert naive.team == "desk"
    assert naive.before.work_each == pytest.approx(4 * 168 / 5)
    assert naive.ratio_change == pytest.approx(-1 / 6)
    assert naive.waits[0].low < before < naive.waits[0].high
    assert naive.waits[1].low < after < naive.waits[1].high
    assert naive.change.high < naive.ratio_change


def test_the_formula_gets_complete_sheets_and_the_occupancy_of_all_runs(brief: Brief):
    """A handful is read in full; the others are read for the watched measures."""
    naive = brief.naive

    assert naive is not None
    assert [sheet.complete for sheet in naive.runs[0].sheets] == [True] * 5 + [False] * 7
    occupancy = Key("occupancy", "team", naive.team)
    assert naive.runs[0].estimates[occupancy] == brief.comparison.base.estimates[occupancy]


def test_progress_counts_everything_that_is_simulated():
    """Three desks, and a handful of two of them again in full."""
    told: list[tuple[int, int]] = []

    with Lab(workers=1, progress=lambda done, total: told.append((done, total))) as lab:
        explain(DESK, ONE_MORE, (WAIT,), replications=2, lab=lab)

    assert told[-1] == (3 * 2 + 2 * 2, 3 * 2 + 2 * 2)
    assert {total for _, total in told} == {10}


@pytest.mark.parametrize(
    ("alternatives", "watched", "words"),
    [
        ({}, (WAIT,), "nothing to compare with"),
        ({"longer": {"run.length": "20 days"}}, (WAIT,), r"alternative 'longer' changes run\.length"),
        (ONE_MORE, (), "state at least one measure"),
    ],
)
def test_what_cannot_be_explained_is_refused_before_anything_runs(alternatives, watched, words):
    """No alternative, another run, no measure."""
    with pytest.raises(RunError, match=words):
        explain(DESK, alternatives, watched, lab=Lab(progress=lambda done, total: pytest.fail("it was simulated")))


def test_the_table_has_every_effect_its_price_and_its_rank(brief: Brief):
    """One row for each alternative and measure."""
    table = brief.table().set_index(["alternative", "measure", "of"])

    lead = brief.lead
    assert table.loc[(lead.name, "staff_cost", ""), "difference"] == lead.differences[STAFF].value
    assert table.loc[(lead.name, "avoided_breach_price", ""), "value"] == lead.price.value
    assert table.loc[(lead.name, "broken_promises", ""), "difference"] == pytest.approx(-lead.avoided.value)
    assert list(table.loc["one more in back"]["added"].unique()) == [True]
    assert set(table["rank"]) == {1, 2}


def kinds(found: Brief) -> set[str]:
    """Of the alarms."""
    return {alarm.kind for alarm in found.alarms}


@pytest.mark.parametrize(
    ("base", "changes", "alarm"),
    [
        ({}, {"demand.volume": "101 %"}, "replications"),
        ({}, {"demand.volume": "138 %"}, "saturation"),
        ({}, {"demand.volume": "160 %"}, "overload"),
        ({"run.warm_up": "0 s"}, {"demand.volume": "101 %"}, "warm_up"),
        ({"run.length": "2 days"}, {"demand.volume": "101 %"}, "interval"),
        ({"run.cool_down": "0 s", "run.length": "1 day"}, {"demand.volume": "101 %"}, "unfinished"),
        ({}, {"title": "The same"}, "tie"),
        ({}, {"teams.spare": {"agents": 1}}, "written"),
        ({"patience.all": SHORT_PATIENCE}, {"teams.front.agents": 1}, "gives_up"),
    ],
)
def test_every_doubt_is_told_with_its_figure(base, changes, alarm: str):
    """And lies beyond its limit."""
    other = {"story": "Told otherwise."}

    found = brief_of(vary(DESK, base), {"this": changes, "other": other}, LIFE, replications=3)

    told = next(one for one in found.alarms if one.kind == alarm)
    assert told.sentence.endswith(".")
    assert math.isnan(told.figure) or (told.figure < told.limit) == (alarm == "replications")


def test_a_good_brief_raises_no_alarm():
    """Enough runs, room to spare, a long warm-up."""
    calm = vary(DESK, {"demand.volume": "40 %"})

    found = brief_of(calm, {"a": {"teams.front.agents": 3}, "b": {"teams.back.agents": 4}}, LIFE, replications=20)

    assert kinds(found) <= {"written"}  # the idle team is named
    assert [alarm.where for alarm in found.alarms] == ["in every desk"]


@pytest.mark.parametrize(
    ("changes", "figure"),
    [
        ({"demand.volume": "120 %"}, 0.2),
        ({"demand.contacts": "58 per business day"}, None),
        ({"demand.types.question.work": LONGER, "demand.types.fault.work": LONGER}, 27.5 / 18.4 - 1),
        ({"teams.front.agents": 3}, None),
    ],
)
def test_what_was_never_observed_is_called_an_extrapolation(changes, figure: float | None):
    """A fifth more tickets, or double work; but neither 3 % fewer tickets nor one more person."""
    found = brief_of(vary(DESK, {"observed": OBSERVED}), {"this": changes}, LIFE, replications=2)

    told = [(alarm.where, alarm.figure) for alarm in found.alarms if alarm.kind == "extrapolation"]

    assert told == ([] if figure is None else [("this", pytest.approx(figure))])


def test_a_quotient_holds_what_the_pairs_do_not_refute():
    """Fieller's ends: there, and only there, top less q times bottom is just t standard errors from nothing."""
    rng = np.random.default_rng(1)
    luck = rng.normal(0, 1, 15)
    top, bottom = 10 + luck + rng.normal(0, 0.5, 15), 5 + luck

    found = quotient(sample([Total(x) for x in top]), sample([Total(x) for x in bottom]), 0.95)

    assert found.low < found.value < found.high
    for end in (found.low, found.high):
        gaps = top - end * bottom
        error = gaps.std(ddof=1) / math.sqrt(gaps.size)
        assert abs(gaps.mean()) == pytest.approx(student_t(0.95, 14) * error)


def test_a_quotient_over_what_may_be_nothing_has_no_interval():
    """Its value is told, no bound is made up; one replication has none either."""
    wild = [Total(x) for x in (-3.0, 4.0, -2.0, 3.0)]
    one = sample([Total(1.0)])

    found = quotient(sample([Total(1.0)] * 4), sample(wild))

    assert found.value == pytest.approx(1 / 0.5)
    assert math.isnan(found.low)
    assert found.note == "what it is divided by may be nothing"
    assert quotient(one, one).note == "one replication has no interval"
    with pytest.raises(ValueError, match="cannot be paired"):
        quotient(sample(wild), sample(wild[:3]))
