"""Sentences about what matters: one factor, two that cannot be told apart, nothing, and too much luck to tell."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest

from simdesk.experiment.levels import spans
from simdesk.experiment.replications import Replications
from simdesk.experiment.screening import Points, Screening, VarianceShares
from simdesk.experiment.sensitivity import Tornado
from simdesk.experiment.sheet import Key, Sheet
from simdesk.measures.readings import Total
from simdesk.report.answers.screening import tell_screening, tell_shares
from simdesk.report.answers.sensitivity import tell_tornado
from simdesk.report.factors import factor_name
from simdesk.scenario.loading import loads, vary
from simdesk.statistics.sensitivity import ElementaryEffects, SobolIndices

DESK = loads("""title: A desk
try:
  - {path: demand.volume, from: 80 %, to: 120 %, label: Volume against today}
demand: {contacts: 20 per day, types: {question: {share: 100 %, work: {exponential: {mean: 10 min}}}}}
teams: {desk: {agents: 2}}
""")
WAIT, PROMISED = Key("first_wait"), Key("resolution_sla")
WORK, VOLUME, AGENTS = "demand.types.question.work.tier_1.exponential.mean", "demand.volume", "teams.desk.agents"
FACTORS = {WORK: ("9 min", "11 min"), VOLUME: ("90 %", "110 %"), AGENTS: (1, 3)}
WOBBLE = [60.0 * at for at in (-3, -2, -1, 0, 1, 2, 3)] * 3
"""What luck does to the wait, seconds, in 21 replications."""


def runs(values: Sequence[float], changes: dict | None = None, key: Key = WAIT) -> Replications:
    """Replications that say this."""
    sheets = tuple(Sheet({key: Total(value)}, {}, "", 0, False, False) for value in values)
    return Replications(vary(DESK, changes or {}), sheets, "kernel")


def luck(size: float, turn: int = 0) -> list[float]:
    """Replications around nothing, with another order for another `turn`, as far as `size` seconds."""
    return [size * one / 180 for one in WOBBLE[turn:] + WOBBLE[:turn]]


def tornado(
    *moves: tuple[float, float], noise: float = 3.0, factors=None, key: Key = WAIT, scale: float = 1.0
) -> Tornado:
    """A base of 20 minutes, and ends that differ from it by so many seconds, give or take the noise."""
    found = spans(DESK, factors or dict(list(FACTORS.items())[: len(moves)]))
    base = [scale * (1200 + one) for one in WOBBLE]
    ends = []
    for at, (span, pair) in enumerate(zip(found, moves, strict=True)):
        sides = []
        for move, end, turn in ((pair[0], span.low, 2 * at + 1), (pair[1], span.high, 2 * at + 4)):
            extras = luck(noise if move else 0.0, turn)
            values = [b + scale * (move + extra) for b, extra in zip(base, extras, strict=True)]
            sides.append(runs(values, {span.path: end}, key))
        ends.append((sides[0], sides[1]))
    return Tornado(runs(base, key=key), tuple(ends), tuple(found), key)


def test_what_matters_most_is_told_with_its_size_and_what_matters_too():
    """Ten per cent more work adds fourteen minutes; less of a change by the second."""
    told = tell_tornado(tornado((-600, 840), (-240, 300), (0, 0)))

    assert told.sentence.startswith(
        "What matters most for wait in the first queue, mean, is how long question tickets take in tier_1: 10 % more "
        "adds 14 min ("
    )
    assert "; volume against today matters too: 10 % more adds 5 min (" in told.sentence
    assert "As the desk stands it is 20 min (95 % interval " in told.details[0]
    unknown = "No change can be told from luck over the range of the number of"
    assert any(one.startswith(unknown) for one in told.details)


def test_less_that_is_better_takes_off():
    """A third agent: whole numbers are told as such, with what stands."""
    told = tell_tornado(tornado((0, -300), factors={AGENTS: (2, 3)}))

    assert told.sentence.startswith(
        "The number of agents in desk matters for wait in the first queue, mean: 3 instead of 2"
    )
    assert "takes off 5 min (" in told.sentence


def test_two_that_cannot_be_told_apart_are_both_named():
    """Their swings differ by less than luck."""
    result = tornado((-600, 840), (-600, 838), noise=60)

    told = tell_tornado(result)

    assert result.alike
    assert (
        "is how long question tickets take in tier_1 or volume against today, and these replications cannot tell"
        in (told.sentence)
    )


def test_nothing_noticeable_is_told_with_what_could_be_hidden():
    """Seconds, of twenty minutes."""
    told = tell_tornado(tornado((2, -1), (1, 1), noise=20))

    assert told.sentence.startswith(
        "Nothing here matters noticeably for wait in the first queue, mean: over any of the 2 ranges it changes by "
    )
    assert told.sentence.endswith(" at most.")


def test_nothing_at_all_is_told_as_that():
    """The same in every replication."""
    told = tell_tornado(tornado((0, 0), (0, 0)))

    assert told.sentence == (
        "Nothing here matters for wait in the first queue, mean: none of the 2 factors changes it in any replication."
    )


def test_too_much_luck_is_not_told_as_nothing():
    """A change of minutes could be hidden: it is not known, and what would help is said."""
    told = tell_tornado(tornado((20, -10), noise=1800))

    assert told.sentence.startswith("It is not known what matters for wait in the first queue, mean: the luck of the")
    assert told.sentence.endswith("more replications, or longer ones, would tell.")


def test_shares_move_by_points():
    """A promise that is kept more often is raised."""
    told = tell_tornado(tornado((60, -60), key=PROMISED, scale=1 / 3000))

    assert "lowers it by 2.0 points" in told.sentence or "raises it by 2.0 points" in told.sentence


def test_one_replication_has_no_interval_and_no_verdict():
    """Not enough to say anything."""
    [span] = spans(DESK, {VOLUME: ("90 %", "110 %")})
    ends = runs([1.0], {VOLUME: 0.9}), runs([3.0], {VOLUME: 1.1})

    told = tell_tornado(Tornado(runs([2.0]), (ends,), (span,), WAIT))

    assert told.sentence.endswith("one replication has no interval.")
    assert any("fewer than 20 promise too much" in one for one in told.warnings)


def test_doubt_about_inputs_is_a_bar_of_its_own():
    """Its share, what most of it is, and both intervals; the parts sum to everything."""
    result = tornado((-600, 840), (-240, 300), factors={WORK: 0.05, VOLUME: 0.05})

    told = tell_tornado(result)

    doubt = next(panel for panel in told.panels if panel.title == "Where the doubt comes from")
    assert doubt.table.texts("part")[0] == "luck of the simulation"
    assert math.fsum(doubt.table.values("share")) == pytest.approx(1)
    said = next(one for one in told.details if "not known exactly" in one)
    assert "most of it how long question tickets take in tier_1" in said
    assert " instead of " in said


def test_an_end_that_cannot_keep_up_and_a_rounded_one_are_warned_of():
    """Fifty times the tickets; one agent and three instead of 1.2 and 2.8."""
    told = tell_tornado(tornado((-60, 9000), (60, -60), factors={VOLUME: ("90 %", "5000 %"), AGENTS: 0.2}))

    assert any(one.startswith("With volume against today at 5000 %, desk cannot keep up") for one in told.warnings)
    assert "The number of agents in desk is a whole number: it was tried at 1 and 3." in told.warnings


def test_the_tornado_shows_every_bar_with_its_interval():
    """The largest on top, in minutes."""
    result = tornado((-600, 840), (-240, 300))

    panel = tell_tornado(result).panels[0]

    low, high = panel.figure.data[:2]
    assert list(high.x) == pytest.approx([bar.at_high.value / 60 for bar in result.bars])
    assert list(low.x) == pytest.approx([bar.at_low.value / 60 for bar in result.bars])
    assert list(high.error_x.array) == pytest.approx([(b.at_high.high - b.at_high.value) / 60 for b in result.bars])
    assert "How long question" in panel.figure.layout.yaxis.ticktext[0]


def points(anywhere: int = 0) -> Points:
    return Points(40, 5, {"desk": anywhere} if anywhere else {}, anywhere)


def screening(mu_star: Sequence[float], *, half: float = 60.0, noise: float = 1.0, anywhere: int = 0) -> Screening:
    """Effects of so many seconds."""
    size = np.array(mu_star)
    wide = np.where(size > 0, half, 0.0)
    effects = ElementaryEffects(-size, size, 0.1 * size, size - wide, size + wide)
    found = tuple(spans(DESK, dict(list(FACTORS.items())[: size.size])))
    return Screening(DESK, WAIT, found, effects, np.where(size > 0, noise, 0.0), 10, points(anywhere))


def test_a_screening_tells_the_first_and_what_matters_too():
    """Over the whole range, on average."""
    told = tell_screening(screening([300, 900, 0]))

    assert told.sentence == (
        "What matters most for wait in the first queue, mean, is volume against today: from 90 % to 110 % moves it by "
        "15 min on average (14 to 16 min); how long question tickets take in tier_1 matters too: from 9 min to 11 min "
        "moves it by 5 min on average (4 to 6 min)."
    )
    assert "The number of agents in desk: no change anywhere." in told.details


@pytest.mark.parametrize(
    ("result", "words"),
    [
        (screening([300, 320]), "is volume against today or how long question tickets take in tier_1, and these walks"),
        (screening([0, 0]), "Nothing here matters for wait in the first queue, mean: none of the factors changes it"),
        (
            screening([300, 20], noise=200),
            "It is not known what matters for wait in the first queue, mean: the luck of",
        ),
    ],
)
def test_a_screening_claims_no_more_than_it_shows(result: Screening, words: str):
    """Two alike, nothing, luck."""
    assert words in tell_screening(result).sentence


def test_points_that_cannot_keep_up_are_counted():
    """They were kept."""
    [warning] = tell_screening(screening([300, 900], anywhere=3)).warnings

    assert warning.startswith("At 3 of 40 points somebody cannot keep up: desk (3).")


def shares(total: Sequence[float], *, half: float = 0.05, noise: float = 0.01, variance: float = 1.0) -> VarianceShares:
    """Shares of the variance, the first two thirds of the total."""
    whole = np.array(total)
    first = whole * 2 / 3
    found = SobolIndices(first, first - half, first + half, whole, whole - half, whole + half, noise, 5)
    factors = tuple(spans(DESK, dict(list(FACTORS.items())[: whole.size])))
    return VarianceShares(DESK, WAIT, factors, found, variance, points())


def test_shares_are_told_with_and_without_the_others():
    """Both shares, the interval, and what comes from interaction."""
    told = tell_shares(shares([0.3, 0.9]))

    assert told.sentence == (
        "What matters most for wait in the first queue, mean, is volume against today: from 90 % to 110 % it has "
        "part in 90 % of the variance (85 to 95 %), and 60 % by itself; how long question tickets take in tier_1 "
        "matters too: from 9 min to 11 min it has part in 30 % of the variance (25 to 35 %), and 20 % by itself."
    )
    assert told.details[0] == "About 20 % of the variance comes from factors in interaction, not from any by itself."
    assert not told.warnings


@pytest.mark.parametrize(
    ("result", "words"),
    [
        (shares([0.5, 0.55]), "is volume against today or how long question tickets take in tier_1, and these points"),
        (shares([0.0, 0.0], variance=0.0), "Nothing here matters for wait in the first queue, mean: it is the same at"),
        (
            shares([0.5, 0.6], half=0.9, noise=0.7),
            "It is not known what matters for wait in the first queue, mean: with",
        ),
    ],
)
def test_shares_claim_no_more_than_they_show(result: VarianceShares, words: str):
    """Two alike, nothing, luck."""
    assert words in tell_shares(result).sentence


def test_noise_above_a_twentieth_is_warned_of():
    """With what to do."""
    [warning] = tell_shares(shares([0.3, 0.9], noise=0.29)).warnings

    assert warning.startswith("Of the variance of a single run 29 % is luck of the simulation")
    assert "take more than 5 replications at each point" in warning


def test_figures_of_screening_and_shares_show_every_factor():
    """A dot or two bars for each."""
    dots = tell_screening(screening([300, 900, 0])).panels[0].figure
    bars = tell_shares(shares([0.3, 0.9])).panels[0].figure

    assert list(dots.data[1].x) == pytest.approx([15, 5, 0])
    assert [note.text for note in dots.layout.annotations] == [
        "Volume against today", "How long question tickets take in tier_1",
    ]  # fmt: skip
    assert list(bars.data[1].x) == pytest.approx([90, 30])


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("demand.volume", "volume against today"),
        ("teams.desk.agents", "the number of agents in desk"),
        ("teams.desk.ticket_time", "the ticket_time of desk"),
        ("demand.types.question.share", "the share of question tickets"),
        ("flow.pending.share.tier_1", "flow pending share tier_1"),
    ],
)
def test_a_factor_has_a_name(path: str, name: str):
    """The label of its slider, a phrase, or its last words."""
    assert factor_name(DESK, path) == name
