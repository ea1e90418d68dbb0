"""Sentences about rankings: a winner with a promise, one without, equals, a race cut short, nobody left."""

from __future__ import annotations

import math

import pytest

from simdesk.experiment.difference import Difference
from simdesk.experiment.estimate import Estimate
from simdesk.experiment.rank import Candidate, Ranking
from simdesk.experiment.sheet import Key
from simdesk.experiment.targets import Verdict
from simdesk.report.answers.rank import tell_ranking
from simdesk.scenario.loading import loads

DESK = loads("""title: A desk
demand: {contacts: 1 per day, types: {question: {share: 100 %, work: {constant: {value: 1 h}}}}}
teams: {desk: {agents: 1}}
""")
WAIT, PROMISED = Key("first_wait"), Key("resolution_sla")


def candidate(name: str, mean: float, apart: float = 0.0, half: float = 30.0, **more) -> Candidate:
    """A mean of twenty replications, two minutes either way, and a difference from the best."""
    found = Difference(apart, apart - half, apart + half, 0.0, apart, half / 2, 19, 20, 0.5, 1.0)
    return Candidate(name, Estimate(mean, mean - 120, mean + 120, 20, standard_error=57.0), found, **more)


def ranking(*order: Candidate, guaranteed: bool = True, key: Key = WAIT, **more) -> Ranking:
    """Of the wait, differences of two minutes matter."""
    best = more.pop("best", order[0].name)
    spent = sum(one.mean.replications for one in order)
    return Ranking(DESK, key, best, guaranteed, 0.95, 120.0, order, spent, **more)


BEST = candidate("two more", 600, half=0.0)
BEATEN = candidate("one more", 1200, apart=600, half=60, dropped_after=20)


def test_a_winner_is_told_with_exactly_what_was_promised():
    """The best is found if it leads by what matters; nothing is said of smaller leads."""
    told = tell_ranking(ranking(BEST, BEATEN))

    assert told.sentence == (
        "'two more' is the best of the 2 candidates: wait in the first queue, mean, is 10 min (8 – 12 min). With 95 % "
        "confidence the best is found if it leads by 2 min or more; smaller differences do not matter here."
    )
    assert told.details[0] == "Next comes 'one more': 10 min more (+9 min to +11 min)."
    assert "40 replications in all, 20 of each candidate" in told.details[1]
    assert not told.warnings


def test_equals_are_told_as_equals():
    """Both are named; neither is better."""
    told = tell_ranking(ranking(BEST, candidate("the same again", 600, half=0.0, dropped_after=20), BEATEN))

    assert told.sentence.startswith(
        "'two more' and 'the same again' are the best of the 3 candidates and equal in every"
    )
    assert "Next comes 'one more'" in told.details[0]
    assert [row[4] for row in told.tables[0][1].rows] == [
        "best", "as good as another after 20 replications", "beaten after 20 replications",
    ]  # fmt: skip


def test_a_race_that_was_cut_short_claims_no_winner():
    """The leader is named as that, with those he could not shake off."""
    told = tell_ranking(
        ranking(BEST, candidate("one more", 610, apart=10), guaranteed=False, probability=0.7, note="cut")
    )

    assert told.sentence == (
        "It is not guaranteed which of the 2 candidates is best: 'two more' leads, wait in the first queue, mean, is "
        "10 min (8 – 12 min), but the race with 'one more' was cut short before it was known to within 2 min."
    )


@pytest.mark.parametrize(
    ("chance", "words"), [(0.932, "is about 93.2 %."), (0.99999, "is more than 99.9 %."), (0.4, "is about 40.0 %.")]
)
def test_a_budget_promises_nothing_and_says_how_probable_it_is(chance: float, words: str):
    """Approximately."""
    told = tell_ranking(ranking(BEST, BEATEN, guaranteed=False, budget=40, probability=chance, note="x"))

    assert told.sentence.startswith("'two more' looks best of the 2 candidates:")
    assert "A budget promises nothing; the chance that no other is better by more than 2 min" in told.sentence
    assert told.sentence.endswith(words)


def test_who_was_left_out_is_named_with_the_target():
    """And of the best it is said if it is not known to keep one."""
    best = candidate("two more", 600, half=0.0, targets={"soon": Verdict.UNDECIDED, "cheap": Verdict.MET})
    out = candidate("none", 3000, apart=2400, dropped_after=20, misses="soon", targets={"soon": Verdict.MISSED})

    told = tell_ranking(ranking(best, out))

    assert "best of the 1 of 2 candidates not shown to miss a target" in told.sentence
    assert "Left out because a target is shown to be missed: 'none' (soon)." in told.details
    assert told.warnings == ("Of 'two more' it is not yet known whether it keeps soon.",)
    assert told.tables[0][1].rows[0][-1] == "soon undecided, cheap met"


def test_if_nobody_is_left_nobody_is_best():
    """No value is told as if it were the answer."""
    out = [
        Candidate(name, Estimate(600, 480, 720, 20), None, 20, "soon", {"soon": Verdict.MISSED}) for name in ("a", "b")
    ]

    told = tell_ranking(ranking(*out, guaranteed=False, best=None))

    assert told.sentence == "None of the 2 candidates is left: each is shown to miss a target."
    assert "nan" not in str(told.tables)


def test_one_that_cannot_keep_up_is_warned_of():
    """Its wait depends on how long one looks."""
    told = tell_ranking(ranking(BEST, candidate("flood", 9000, apart=8400, dropped_after=20, overloaded=("desk",))))

    [warning] = told.warnings
    assert warning.startswith("With 'flood', desk cannot keep up")
    assert any(sign.label.startswith("cannot keep up") for sign in told.panels[0].legend)


def test_every_figure_of_the_sentence_is_in_the_table():
    """Mean, interval and difference."""
    told = tell_ranking(ranking(BEST, BEATEN))

    rows = told.tables[0][1].rows
    assert rows[0][:4] == ("two more", "10 min\n8 – 12 min", "–", "20")
    assert rows[1][:4] == ("one more", "20 min\n18 – 22 min", "+10 min\n+9 min to +11 min", "20")


def test_the_figure_shows_every_candidate_and_trusts_no_name():
    """Shares are read in per cent; a name cannot bring tags along."""
    cells = [Estimate(0.9, 0.88, 0.92, 20), Estimate(0.8, 0.78, 0.82, 20)]
    order = [Candidate("<b>a</b>", cells[0], None), Candidate("b", cells[1], None, 20)]

    panel = tell_ranking(ranking(*order, key=PROMISED)).panels[0]

    assert "right is better" in panel.caption
    assert list(panel.figure.layout.yaxis.ticktext) == ["a", "b"]
    markers = [trace.x[0] for trace in panel.figure.data if trace.mode == "markers"]
    assert markers == pytest.approx([90.0, 80.0])
    assert not math.isnan(panel.figure.layout.xaxis.range[0])
