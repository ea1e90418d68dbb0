"""Rules that answer a comparison: yes, no, or not yet known, and how many replications would tell."""

from __future__ import annotations

import math

import pytest

from simdesk.experiment.compare import Comparison
from simdesk.experiment.decide import Answer, Rule, decide
from simdesk.experiment.replications import Replications
from simdesk.experiment.sheet import Key, Sheet
from simdesk.measures.readings import Ratio, Reading, Total
from simdesk.scenario.loading import loads

DESK = loads("""title: A desk
demand: {contacts: 10 per day, types: {incident: {share: 100 %, work: {constant: {value: 5 min}}}}}
teams: {desk: {agents: 1}}
""")
COST = Key("total_cost")


def replicated(values: list[float]) -> Replications:
    """Replications that say nothing but a cost."""
    readings: list[dict[Key, Reading]] = [{COST: Total(value)} for value in values]
    return Replications(DESK, tuple(Sheet(one, {}, "", 1, False, False) for one in readings), "kernel")


def decided(change: list[float], rule: Rule, *, together: int = 1) -> tuple[Answer, int]:
    """What a rule says of a base near 100 and an alternative that differs by so much in each replication."""
    base = [98.0, 101.0, 99.0, 102.0] * (len(change) // 4)
    other = [one + by for one, by in zip(base, change, strict=True)]
    sides = {str(number): replicated(other) for number in range(together)}
    found = decide(Comparison(replicated(base), sides, together=together > 1), "0", COST, rule)
    return found.answer, found.needed


STEADY = [-10.0, -10.5, -9.5, -10.0] * 2
"""Falls by 10, known to about half a unit."""
LOOSE = [-30.0, 12.0, -25.0, 3.0] * 2
"""Falls by 10 on average, and nobody knows."""


@pytest.mark.parametrize(
    ("rule", "answer"),
    [
        (Rule("falls_by", 9), Answer.YES),
        (Rule("falls_by", 11), Answer.NO),
        (Rule("falls_by", 10), Answer.NOT_YET_KNOWN),
        (Rule("falls_by", 0.09, relative=True), Answer.YES),
        (Rule("falls_by", 0.12, relative=True), Answer.NO),
        (Rule("rises_by", 1), Answer.NO),
        (Rule("stays_within", 11), Answer.YES),
        (Rule("stays_within", 9), Answer.NO),
        (Rule("stays_within", 0.12, relative=True), Answer.YES),
        (Rule("rises_at_most", 1), Answer.YES),
        (Rule("falls_at_most", 11), Answer.YES),
        (Rule("falls_at_most", 5), Answer.NO),
        (Rule("at_most", 95), Answer.YES),
        (Rule("at_least", 95), Answer.NO),
        (Rule("at_most", 90), Answer.NOT_YET_KNOWN),
    ],
)
def test_a_rule_is_answered_when_the_whole_interval_is_on_one_side(rule: Rule, answer: Answer):
    """A cost of about 100 falls by 10, give or take half a unit."""
    assert decided(STEADY, rule)[0] is answer


def test_what_is_not_known_says_how_many_replications_would_tell():
    """A fall of 10 that swings by 20 each time: 0 cannot be excluded yet."""
    answer, needed = decided(LOOSE, Rule("falls_by", 0))

    assert answer is Answer.NOT_YET_KNOWN
    assert needed > len(LOOSE)


def test_a_larger_claim_never_becomes_easier_to_show():
    """From a fall of nothing to a fall of 20: yes first, then not known, then no, and never back."""
    order = [Answer.YES, Answer.NOT_YET_KNOWN, Answer.NO]

    found = [order.index(decided(STEADY, Rule("falls_by", by / 10))[0]) for by in range(200)]

    assert found == sorted(found)
    assert set(found) == {0, 1, 2}


def test_among_many_alternatives_each_needs_more_evidence():
    """A fall that is shown alone is not shown as one of fifty."""
    nearly = Rule("falls_by", 9.6)

    assert decided(STEADY, nearly)[0] is Answer.YES
    assert decided(STEADY, nearly, together=50)[0] is Answer.NOT_YET_KNOWN


@pytest.mark.parametrize("rule", [Rule("falls_by", 0.2, relative=True), Rule("rises_by", 0.2, relative=True)])
def test_what_stays_the_same_neither_falls_nor_rises(rule: Rule):
    """A fifth of nothing is nothing; even so nothing fell."""
    nothing = replicated([0.0] * 8)

    found = decide(Comparison(nothing, {"0": nothing}), "0", COST, rule)

    assert found.answer is Answer.NO


def test_a_level_is_judged_whatever_the_base_says():
    """Where the base has nothing to measure the alternative still is what it is."""
    nobody = Replications(DESK, tuple(Sheet({COST: Ratio(0, 0)}, {}, "", 1, False, False) for _ in range(8)), "kernel")
    some = Replications(DESK, tuple(Sheet({COST: Ratio(50, 1)}, {}, "", 1, False, False) for _ in range(8)), "kernel")

    found = decide(Comparison(nobody, {"0": some}), "0", COST, Rule("at_most", 60))

    assert found.answer is Answer.YES


def test_one_replication_decides_nothing():
    """Without an interval there is no answer, and no number of replications is made up."""
    result = Comparison(replicated([100.0]), {"0": replicated([90.0])})

    found = decide(result, "0", COST, Rule("falls_by", 1))

    assert found.answer is Answer.NOT_YET_KNOWN
    assert found.needed == 0
    assert math.isnan(found.found.low)
