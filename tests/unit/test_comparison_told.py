"""What a comparison says: a verdict that claims what was decided, with every figure of a sentence in a table."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import pytest

from simdesk.experiment.compare import Comparison
from simdesk.experiment.decide import Answer, Decision, Rule, decide
from simdesk.experiment.difference import Difference
from simdesk.experiment.replications import Replications
from simdesk.experiment.sheet import Key, Sheet
from simdesk.measures.readings import Ratio, Total
from simdesk.report import forest
from simdesk.report.answers.compare import tell_comparison, verdict
from simdesk.report.differences import name_of
from simdesk.report.tables import Table
from simdesk.report.told import Told
from written import one_team

WAIT, COST, BUSY = Key("first_wait"), Key("total_cost"), Key("occupancy", "team", "desk")
MIN = 60.0
NAN = math.nan


def runs(wait: Sequence[float], cost: Sequence[float] | None = None, busy: float = 0.5) -> Replications:
    """Replications with these mean waits of ten tickets each, these costs, and always the same occupancy."""
    sheets = tuple(
        Sheet(
            {WAIT: Ratio(10 * one, 10.0), COST: Total(price), BUSY: Ratio(busy, 1.0)}, {}, f"{number}", 10, False, False
        )
        for number, (one, price) in enumerate(zip(wait, cost or [1000.0] * len(wait), strict=True))
    )
    return Replications(one_team(), sheets, "kernel")


BASE = [600.0, 660.0, 540.0, 630.0, 570.0]
FASTER = [300.0, 350.0, 250.0, 310.0, 290.0]
SLOWER = [one + gain for one, gain in zip(BASE, (290.0, 310.0, 300.0, 305.0, 295.0), strict=True)]
UNSURE = [one + gain for one, gain in zip(BASE, (-200.0, 250.0, -100.0, 150.0, -90.0), strict=True)]


def compared(**alternatives: Replications) -> Comparison:
    """These alternatives, with spaces in their names, against the base."""
    return Comparison(runs(BASE), {name.replace("_", " "): one for name, one in alternatives.items()})


def asked(wait: Sequence[float], rule: Rule, expected: str | None = None) -> str:
    """The verdict on an alternative with these waits."""
    return verdict(decide(compared(more=runs(wait)), "more", WAIT, rule), 0.95, "USD", expected)


@pytest.mark.parametrize(
    ("wait", "rule", "begins", "ends"),
    [
        (FASTER, Rule("falls_by", 2 * MIN), "Yes: ", "asked was a fall of at least 2 min."),
        (FASTER, Rule("falls_by", 20 * MIN), "No: ", "asked was a fall of at least 20 min."),
        (SLOWER, Rule("falls_by", 2 * MIN), "No: ", "asked was a fall of at least 2 min."),
        (SLOWER, Rule("rises_by", 4 * MIN), "Yes: ", "asked was a rise of at least 4 min."),
        (SLOWER, Rule("rises_at_most", 2 * MIN), "No: ", "asked was a rise of less than 2 min."),
        (FASTER, Rule("falls_at_most", 20 * MIN), "Yes: ", "asked was a fall of less than 20 min."),
        (BASE, Rule("stays_within", 2 * MIN), "Yes: ", "asked was a change of less than 2 min."),
        (FASTER, Rule("stays_within", 2 * MIN), "No: ", "asked was a change of less than 2 min."),
        (FASTER, Rule("at_most", 8 * MIN), "Yes: ", "asked was at most 8 min."),
        (SLOWER, Rule("at_most", 8 * MIN), "No: ", "asked was at most 8 min."),
        (SLOWER, Rule("at_least", 8 * MIN), "Yes: ", "asked was at least 8 min."),
        (FASTER, Rule("falls_by", 0.2, relative=True), "Yes: ", "asked was a fall of at least 20 %."),
    ],
)
def test_a_verdict_says_yes_or_no_and_what_was_asked(wait: list[float], rule: Rule, begins: str, ends: str):
    """On better, worse and equal outcomes."""
    said = asked(wait, rule)

    assert said.startswith(f"{begins}with more, wait in the first queue, mean, ")
    assert said.endswith(ends)


def test_a_verdict_says_how_far_and_how_sure():
    """The mean falls from ten minutes to five; the deviations of the pairs are 0, −10, 10, −20 and 20 s."""
    said = asked(FASTER, Rule("falls_by", 2 * MIN))

    # standard error √(1000 / 4 / 5) = 7.07 s, Student's t with 4 degrees 2.776: 19.6 s either way
    assert "falls by 5 min (95 % interval 4.7 to 5.3 min)" in said


def test_an_undecided_verdict_says_so_and_what_would_tell():
    """An interval across the bound is no answer."""
    said = asked(UNSURE, Rule("falls_by", MIN))

    assert said.startswith("Not yet known: with more, wait in the first queue, mean, rises by 2 s (")
    assert "asked was a fall of at least" in said
    assert "If things are as they look, about " in said
    assert said.endswith(" replications would tell.")


def test_an_alternative_that_changes_nothing_stays_the_same():
    """It is not said to fall or rise by nothing."""
    said = asked(BASE, Rule("falls_by", MIN))

    assert said.startswith("No: with more, wait in the first queue, mean, stays the same")
    assert "by 0" not in said


@pytest.mark.parametrize("rule", [Rule("falls_by", MIN), Rule("at_most", MIN)])
def test_where_nothing_was_measured_nothing_is_claimed(rule: Rule):
    """No ticket came to one of the sides."""
    nothing = Difference(NAN, NAN, NAN, 600.0, NAN, NAN, 0, 5, NAN, NAN, "there was nothing to count")

    said = verdict(Decision("more", WAIT, rule, Answer.NOT_YET_KNOWN, nothing, 0), 0.95, "USD")

    assert said.startswith("Not yet known: with more, wait in the first queue, mean, has nothing to be measured on one")
    assert "same" not in said
    assert "nan" not in said


@pytest.mark.parametrize(
    ("expected", "said"),
    [("yes", " That was expected."), ("no", " That is not what was expected."), (None, "min.")],
)
def test_a_verdict_is_held_against_what_was_expected(expected: str | None, said: str):
    """If somebody said so beforehand."""
    assert asked(FASTER, Rule("falls_by", 2 * MIN), expected).endswith(said)


def test_of_what_is_not_known_nothing_was_expected():
    """Neither surprise nor confirmation."""
    assert "expected" not in asked(UNSURE, Rule("falls_by", MIN), "yes")


@pytest.mark.parametrize(("confidence", "said"), [(0.95, "95 %"), (0.995, "99.5 %"), (0.9999, "99.99 %")])
def test_no_interval_is_said_to_be_sure(confidence: float, said: str):
    """99.99 % are not rounded to 100 %."""
    result = replace(compared(more=runs(FASTER)), confidence=confidence)
    decision = decide(result, "more", WAIT, Rule("falls_by", MIN))

    told = tell_comparison(result, [COST, WAIT], [decision])

    assert f"({said} interval " in told.sentence
    assert f"its {said} interval" in told.panels[0].caption
    assert "100 % interval" not in " ".join([told.sentence, *told.details])


def cells(table: Table) -> set[tuple[str, str]]:
    """First two columns of the table of differences: alternative and measure."""
    return {(str(row[0]), str(row[1])) for row in table.rows}


def everything(told: Told) -> str:
    """All sentences."""
    return " ".join([told.sentence, *told.details])


def test_what_is_decided_is_in_the_tables_even_if_it_is_not_watched():
    """Every figure of a sentence is in a table beside it."""
    result = compared(more=runs(FASTER))

    told = tell_comparison(result, [COST], [decide(result, "more", WAIT, Rule("falls_by", MIN))])

    assert ("more", "Wait in the first queue, mean") in cells(told.tables[0][1])
    assert told.panels[0].title == "Wait in the first queue, mean"


def test_an_alternative_that_is_not_judged_is_told_all_the_same():
    """The rule is about one of two; of the other the same measure is told as it is."""
    result = compared(more=runs(FASTER), other=runs(SLOWER))

    told = tell_comparison(result, [WAIT], [decide(result, "more", WAIT, Rule("falls_by", MIN))])

    assert told.sentence.startswith("Yes: with more, ")
    assert any(text.startswith("With other: wait in the first queue, mean: rises by 5 min") for text in told.details)
    assert not any(text.startswith("With more: wait in the first queue") for text in told.details)


def test_without_a_rule_the_first_watched_measure_is_the_answer():
    """And it is not told twice."""
    told = tell_comparison(compared(more=runs(FASTER)), [WAIT, BUSY])

    assert told.sentence.startswith("With more: wait in the first queue, mean: falls by 5 min, which is better")
    assert [text.partition(":")[0] for text in told.details] == ["Occupancy (desk)"]


@pytest.mark.parametrize("count", [1, 2, 3, 6])
def test_of_every_alternative_every_watched_measure_is_told_once(count: int):
    """One by one, or of many in a line each; a measure that is the same is not said to be unknown."""
    result = compared(**{f"number_{number}": runs(FASTER) for number in range(count)})

    told = tell_comparison(result, [WAIT, COST, BUSY])

    said = everything(told).lower()
    for name in result.alternatives:
        assert said.count(f"with {name}: wait in the first queue") == 1
    assert said.count("wait in the first queue") == said.count("occupancy (desk)") == said.count("total cost") == count
    assert "not known" not in said
    assert len(told.tables[0][1].rows) == 3 * count


def test_rows_are_in_the_order_of_what_is_watched():
    """The most important first, whatever the order in which it was read."""
    result = compared(more=runs(FASTER), other=runs(SLOWER))

    told = tell_comparison(result, [COST, WAIT])

    assert [(row[0], row[1]) for row in told.tables[0][1].rows] == [
        ("more", name_of(COST)), ("more", "Wait in the first queue, mean"),
        ("other", name_of(COST)), ("other", "Wait in the first queue, mean"),
    ]  # fmt: skip


def test_where_nothing_is_watched_on_both_sides_it_is_said():
    """Instead of a page without an answer."""
    told = tell_comparison(compared(more=runs(FASTER)), [Key("abandonment")])

    assert told.sentence == "Nothing that both sides have was measured."
    assert told.panels == ()


def test_few_replications_are_a_warning():
    """Five are fewer than twenty."""
    assert any(
        text.startswith("5 replications of each side only")
        for text in tell_comparison(compared(m=runs(BASE)), []).warnings
    )


def colours(wait: Sequence[float], better: str = "lower") -> str:
    """Colour of the point of an alternative with these waits."""
    found = compared(more=runs(wait)).difference("more", WAIT)
    figure = forest.differences([("more", found)], "time", better, "USD")
    point = next(trace for trace in figure.data if trace.mode == "markers")
    return next(name for name, colour in forest.LIGHT.items() if colour == point.marker.color)


def test_a_forest_colours_only_what_is_known():
    """Better, worse, not known, nothing changed; and what is neither better nor worse."""
    assert [colours(wait) for wait in (FASTER, SLOWER, UNSURE, BASE)] == ["accent", "warn", "soft", "soft"]
    assert colours(SLOWER, "higher") == "accent"
    assert colours(SLOWER, "neither") == "soft"


def test_a_forest_shows_points_in_the_unit_of_its_axis_and_names_as_text():
    """Minutes as minutes; a name with a tag is a name; what cannot be drawn leaves no NaN in the page."""
    found = compared(more=runs(FASTER)).difference("more", WAIT)
    nothing = replace(found, value=NAN, low=NAN, high=NAN)

    figure = forest.differences([("<b>more</b>", found), ("none", nothing)], "time", "lower", "USD")

    points = [trace for trace in figure.data if trace.mode == "markers"]
    assert points[0].x[0] == pytest.approx(-5.0)
    assert figure.layout.xaxis.ticksuffix == " min"
    assert points[0].y[0] == "more"
    assert "NaN" not in figure.to_json()
