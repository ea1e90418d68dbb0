"""A decision brief in words: better, worse, the same, not known, without prices; every figure stands in a table."""

from __future__ import annotations

import math
import re
from dataclasses import replace

import pytest

from simdesk.experiment.best import Best
from simdesk.experiment.difference import Difference
from simdesk.experiment.effects import KEPT, STAFF, TOTAL, Effect
from simdesk.experiment.estimate import Estimate
from simdesk.experiment.explain import Brief, explain
from simdesk.experiment.lab import Lab
from simdesk.experiment.quotient import Quotient
from simdesk.experiment.sheet import Key
from simdesk.experiment.trust import Alarm
from simdesk.report.answers.explain import tell_brief
from simdesk.report.told import Told
from simdesk.report.words import interval, value
from simdesk.scenario.loading import loads

DESK = loads("""title: Two teams with promises
calendars: {office: {days: Mon-Fri, hours: "08:00-18:00"}}
run: {length: 2 weeks, warm_up: 1 week, replications: 20, cool_down: 1 week}
demand:
  contacts: 60 per business day
  types:
    question: {share: 50 %, work: {exponential: {mean: 8 min}}, resolves: {tier_1: 90 %}}
    fault: {share: 50 %, work: {lognormal: {mean: 20 min, cv: 1.2}}, resolves: {tier_1: 60 %}}
teams:
  front: {tier: 1, agents: 2, calendar: office, cost: 35 EUR per hour, escalates_to: back}
  back: {tier: 2, agents: 2, calendar: office, cost: 50 EUR per hour}
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
LIFE, WAIT = Key("resolution_time"), Key("first_wait")


def known(difference: float, half: float, base: float = 7200.0) -> Difference:
    """A difference and its interval, as of twenty pairs."""
    low, high, error = difference - half, difference + half, half / 2.093024
    return Difference(difference, low, high, base, base + difference, error, 19, 20, 0.5, 10.0)


def unknown(difference: float, note: str) -> Difference:
    """A difference without an interval."""
    nan = math.nan
    return Difference(difference, nan, nan, 7200.0, 7200.0 + difference, nan, 0, 20, 0.5, nan, note)


def told_with(brief: Brief, **changes) -> str:
    """The sentence of a brief whose lead has other effects."""
    lead = replace(brief.lead, **changes)
    effects = tuple(lead if effect.name == lead.name else effect for effect in brief.effects)
    return tell_brief(replace(brief, effects=effects)).sentence


def with_total(effect: Effect, found: Difference):
    """The differences of an effect with another total cost."""
    return {**effect.differences, TOTAL: found}


@pytest.fixture(scope="module")
def one() -> Brief:
    """One alternative, and its rivals."""
    with Lab(workers=1) as lab:
        return explain(DESK, {"a third at the front": {"teams.front.agents": 3}}, (LIFE, WAIT, KEPT), lab=lab)


@pytest.fixture(scope="module")
def three() -> Brief:
    """Three alternatives."""
    alternatives = {
        "a third at the front": {"teams.front.agents": 3},
        "a third at the back": {"teams.back.agents": 3},
        "fewer tickets": {"demand.volume": "90 %"},
    }
    with Lab(workers=1) as lab:
        return explain(DESK, alternatives, (KEPT, LIFE), lab=lab)


@pytest.fixture(scope="module")
def textbook() -> Brief:
    """Five agents become six; nobody there has a price."""
    with Lab(workers=1) as lab:
        return explain(TEXTBOOK, {"a sixth": {"teams.desk.agents": 6}}, (WAIT,), lab=lab)


@pytest.mark.parametrize(
    ("found", "better", "words"),
    [
        (known(-600, 120), True, "falls by 10 min (95 % interval 8 to 12 min; {} sure that it is better)"),
        (known(600, 120), False, "rises by 10 min (95 % interval 8 to 12 min; {} sure that it is worse)"),
        (known(-600, 120), None, "falls by 10 min (95 % interval 8 to 12 min; {} sure that it falls)"),
        (known(-600, 0), True, "falls by 10 min in every run, which is better"),
        (known(0, 0), None, "stays the same in every run"),
        (unknown(-600, "needs 400 replications for an interval"), True,
         "falls by 10 min in this sample; needs 400 replications for an interval"),
    ],
)  # fmt: skip
def test_what_it_brings_is_told_with_its_direction(one: Brief, found: Difference, better, words: str):
    """Better, worse, neither, certain, nothing, and without an interval."""
    told = told_with(one, first=found, better=better)

    assert told.startswith(f"With a third at the front, time to resolve, mean, {words.format('more than 99.9 %')}")


def test_what_is_not_known_is_not_told_as_a_fall(one: Brief):
    """The interval holds both signs; how sure one is of the sign stands beside it, and what would tell."""
    found = known(-60, 120)

    told = told_with(one, first=found, better=True)

    sure = f"{100 * found.sure:.0f} % sure that it is better"
    assert told.startswith(
        "With a third at the front, it is not known whether time to resolve, mean, falls or rises: between 3 min less "
        f"and 1 min more (95 % interval; {sure}); if it is as large as it looks, about"
    )


def test_one_side_with_nothing_to_measure_is_told_as_that(one: Brief):
    """No such tickets."""
    told = told_with(one, first=unknown(math.nan, "there was nothing to count"), better=None)

    assert "nothing is known of time to resolve, mean: one of the two sides has nothing to measure" in told


PRICE = Quotient(310.0, 250.0, 400.0)
NO_PRICE = Quotient(math.nan, math.nan, math.nan, "staff does not cost more")


@pytest.mark.parametrize(
    ("avoided", "price", "words"),
    [
        (known(24, 6), PRICE, "24.0 fewer promises to resolve are broken a month (18.0 to 30.0), each for EUR 310 "
                              "of extra staff cost (EUR 250 to EUR 400)."),
        (known(24, 6), NO_PRICE, "24.0 fewer promises to resolve are broken a month (18.0 to 30.0)."),
        (known(-24, 6), NO_PRICE, "24.0 more promises to resolve are broken a month (18.0 to 30.0)."),
        (known(2, 6), NO_PRICE, "Whether fewer promises to resolve are broken is not known: between 8.0 less and 4.0 "
                                "more a month."),
        (known(0, 0), NO_PRICE, "As many promises to resolve are broken as before."),
    ],
)  # fmt: skip
def test_promises_are_told_as_far_as_they_are_known(one: Brief, avoided: Difference, price: Quotient, words: str):
    """Fewer and at what price, more, not known, the same."""
    assert f" {words} " in told_with(one, avoided=avoided, price=price)


def test_without_promises_nothing_is_said_of_them(one: Brief):
    """None can be judged."""
    differences = {key: found for key, found in one.lead.differences.items() if key != KEPT}

    told = told_with(one, avoided=None, price=replace(NO_PRICE, note="none"), differences=differences)

    assert "promise" not in told


@pytest.mark.parametrize(
    ("total", "words"),
    [
        (known(-900, 200), "; in total a month costs EUR 900 less (EUR 700 to EUR 1,100)."),
        (known(900, 200), "; in total a month costs EUR 900 more (EUR 700 to EUR 1,100)."),
        (known(100, 300), "a month costs between EUR 200 less and EUR 400 more: it is not known which."),
        (known(900, 0), "In total a month costs EUR 900 more in every run."),
        (unknown(900, "one replication has no interval"),
         "; in total a month costs EUR 900 more in this sample; one replication has no interval."),
    ],
)  # fmt: skip
def test_money_is_told_after_what_is_saved(one: Brief, total: Difference, words: str):
    """Cheaper, dearer, not known, the same in every run, and a sample."""
    assert words in told_with(one, differences=with_total(one.lead, total))


def ranked(brief: Brief, *totals: Difference, alike: tuple[int, ...] = ()) -> Brief:
    """A brief whose alternatives lie so far behind the best."""
    best = next(at for at, found in enumerate(totals) if not found.value)
    return replace(brief, best=Best(best, alike, totals, 0.95))


@pytest.mark.parametrize(
    ("totals", "words"),
    [
        ((known(900, 200), known(1200, 200)), "The desk as it stands costs less in total than any of them, "),
        ((known(900, 200), known(1200, 1300)), "It is not shown that any of them, "),
        ((known(-900, 200), known(1200, 200)), None),
    ],
)
def test_doing_nothing_is_told_where_it_is_cheaper(one: Brief, totals, words: str | None):
    """Shown against all, not shown, and refuted."""
    effects = [replace(e, differences=with_total(e, total)) for e, total in zip(one.effects, totals, strict=True)]

    details = tell_brief(replace(one, effects=tuple(effects))).details

    told = [text for text in details if "any of them" in text]
    assert told == [] if words is None else told[0].startswith(f"{words}{one.ranking[0]} included")


def test_the_second_best_is_told_with_its_distance(one: Brief):
    """Behind the alternative that was asked for."""
    told = tell_brief(ranked(one, known(0, 0), known(300, 100))).sentence

    assert told.endswith("Second-best by total cost is one more in back, which costs EUR 300 more "
                         "(EUR 200 to EUR 400).")  # fmt: skip


def test_a_rival_that_is_better_is_named(one: Brief):
    """What was asked for is not the best."""
    told = tell_brief(ranked(one, known(300, 100), known(0, 0))).sentence

    assert told.endswith("Better by total cost is one more in back; a third at the front costs EUR 300 more "
                         "(EUR 200 to EUR 400).")  # fmt: skip


@pytest.mark.parametrize(
    ("totals", "alike", "words"),
    [
        ((known(0, 0), known(60, 100)), 1, "Second-best by total cost is one more in back, which"),
        ((known(60, 100), known(0, 0)), 0, "First by total cost comes one more in back, but a third at the front"),
    ],
)
def test_a_tie_is_told_as_one(one: Brief, totals, alike: int, words: str):
    """Whichever comes first."""
    told = tell_brief(ranked(one, *totals, alike=(alike,))).sentence

    assert told.endswith(f"{words} cannot be told from it: between EUR 40.00 less and EUR 160 more.")


def test_three_alternatives_are_told_from_the_best_one(three: Brief):
    """It leads; nobody was added; and what it does to the promises is told once."""
    told = tell_brief(three)

    start = f"With {three.ranking[0]}, the cheapest in total of all that were asked for, "
    assert told.sentence.startswith(start)
    assert "resolved as promised " in told.sentence.removeprefix(start)[:60]
    assert three.ranking[1] in told.sentence
    assert not any("simdesk added" in text for text in told.details)
    assert any("The intervals of all 3 alternatives in one measure hold together" in text for text in told.details)


def test_without_prices_the_best_of_three_is_the_best_by_the_first_measure(three: Brief):
    """And the sentence says by which, and which price is missing; what staff costs is known all the same."""
    unpriced = replace(three, ranked_by=LIFE, unpriced=("money.users_time",), watched=(LIFE,))

    told = tell_brief(unpriced).sentence

    assert "the best of all that were asked for by time to resolve, mean, " in told
    assert "othing is said of the total cost, because waiting has no price: state money.users_time. " in told


def test_what_has_no_price_is_not_added_up(textbook: Brief):
    """The sentence says what to state, and the bill is not told."""
    told = tell_brief(textbook)

    assert told.sentence.endswith(
        "Nothing is said of the total cost, because the people have no price: state teams.desk.cost."
    )
    assert not any("bill" in text for text in told.details)


def test_erlang_agrees_where_its_assumptions_hold_and_the_ratio_is_far_off(textbook: Brief):
    """Constant rate, exponential work, one queue: the formula is right there, and the wait does not fall by a sixth."""
    ratio, formula = tell_brief(textbook).details[-2:]

    assert "so the wait in its queue should fall by 17 %. Simulated, the mean wait there falls by" in ratio
    assert "Waits do not follow the work but the time to spare, which goes from 20 % to 33 %" in ratio
    assert formula.startswith("An Erlang calculation (Erlang C) gives")
    assert formula.endswith("as they should, because the desk is nearly what the formula assumes.")
    assert re.search(r": they agree (to within 10 %|within the intervals), ", formula)


def test_where_the_assumptions_do_not_hold_it_is_said_which(one: Brief):
    """Nights count as waiting, and tickets come in waves."""
    formula = tell_brief(one).details[-1]

    assert "they do not agree. The formula does not know that nights and days off count as waiting" in formula


def test_a_wrong_wait_is_never_said_to_agree(textbook: Brief):
    """A simulated wait of half the formula's: the sentence turns."""
    assert textbook.naive is not None
    half = tuple(
        replace(one, value=one.value / 2, low=one.low / 2, high=one.value / 1.9) for one in textbook.naive.waits
    )

    formula = tell_brief(replace(textbook, naive=replace(textbook.naive, waits=half))).details[-1]

    assert ": they do not agree, although the desk is nearly what the formula assumes" in formula


def test_more_work_than_a_team_can_do_has_no_formula():
    """Erlang gives no wait for a queue that grows without end, and says so."""
    changes = {"demand.volume": "130 %"}
    with Lab(workers=1) as lab:
        full = explain(TEXTBOOK, {"more tickets": changes}, (WAIT,), replications=3, lab=lab)

    ratio, formula = tell_brief(full).details[-2:]

    assert "With the change desk is asked for more than it can do" in ratio
    assert formula == (
        "No Erlang calculation of desk can be made: with the change it is asked for more than it can do, and for that "
        "there is no mean wait."
    )


def test_a_change_that_no_simple_calculation_sees_is_told_as_that(one: Brief):
    """Neither load nor staffing changes."""
    told = tell_brief(replace(one, naive=None))

    assert told.details[-1].startswith("No team's load or staffing changes, so a ratio or an Erlang calculation would")


def test_every_figure_of_the_sentences_is_in_a_table(one: Brief, three: Brief, textbook: Brief):
    """But those that say how sure, how many, and within which bounds formulas agree."""
    for brief in (one, three, textbook):
        told = tell_brief(brief)

        figures = {number for text in (told.sentence, *told.details) for number in _numbers(_without_counts(text))}

        assert figures - _numbers(_cells(told)) == set()


def test_reasons_to_doubt_are_warnings_and_a_table(one: Brief):
    """The same sentences in both, with what was found and its limit."""
    alarm = Alarm("saturation", "as it stands", 0.97, 0.95, "share", "front is asked for 97.0 % of what it can do.")

    told = tell_brief(replace(one, alarms=(alarm,)))

    row = ("saturation", "as it stands", "97.0 %", "95.0 %", alarm.sentence)
    assert told.warnings == (alarm.sentence,)
    assert dict(told.tables)["Reasons to doubt"].rows == (row,)
    assert "Reasons to doubt" not in dict(tell_brief(replace(one, alarms=())).tables)


def test_the_plane_has_a_point_and_both_intervals_for_each_alternative(one: Brief):
    """Filled where somebody asked, open where it was added; staff cost across, the effect upwards, in its own unit."""
    panel = tell_brief(one).panels[0]

    dots = [trace for trace in panel.figure.data if trace.mode == "markers"]
    assert [trace.marker.symbol for trace in dots] == ["circle", "circle-open"]
    assert [trace.x[0] for trace in dots] == [effect.differences[STAFF].value for effect in one.effects]
    ratios = [trace.y[0] / effect.first.value for trace, effect in zip(dots, one.effects, strict=True)]
    assert ratios[0] == pytest.approx(ratios[1])
    assert dots[0].error_y.array[0] / ratios[0] == pytest.approx((one.lead.first.high - one.lead.first.low) / 2)
    assert panel.table.texts("who") == ["a third at the front", "one more in back (added)"]


def test_where_staff_costs_the_same_only_the_effect_is_drawn(textbook: Brief):
    """A plane with one direction is a line."""
    panel = tell_brief(textbook).panels[0]

    assert panel.title == "Wait in the first queue, mean"
    assert "staff costs the same everywhere" in panel.caption


def _without_counts(text: str) -> str:
    """Without the figures that are no results: confidence, alternatives, and what would be enough."""
    text = re.sub(r"about [\d,]+ (runs|replications) would tell", "", text)
    text = re.sub(r"all \d+ alternatives|95 % (interval|confidence)|within 10 %", "", text)
    return re.sub(r"Target .*", "", text)


def _numbers(text: str) -> set[str]:
    return set(re.findall(r"\d[\d,]*(?:\.\d+)?", text))


def _cells(told: Told) -> str:
    """All that stands in the tables, as a reader sees it."""
    shown = []
    for table in (*(table for _, table in told.tables), *(panel.table for panel in told.panels)):
        for row in table.rows:
            for cell, column in zip(row, table.columns, strict=True):
                if isinstance(cell, Estimate):
                    shown += [value(cell.value, column.unit), interval(cell, column.unit)]
                else:
                    shown.append(cell if isinstance(cell, str) else value(cell, column.unit))
    return " | ".join(shown)
