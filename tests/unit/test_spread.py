"""Values from, to and step: every one that is asked for, none twice, each as a person would write it."""

from __future__ import annotations

import pytest

from simdesk.errors import RunError
from simdesk.question.model import Range
from simdesk.question.spread import listed


def between(low: object, high: object, step: object = None) -> list[object]:
    return listed(Range.model_validate({"from": low, "to": high, "step": step}))


@pytest.mark.parametrize(
    ("low", "high", "step", "values"),
    [
        (4, 8, 2, [4, 6, 8]),
        (4, 7, None, [4, 5, 6, 7]),
        ("80 %", "120 %", "20 %", ["80 %", "100 %", "120 %"]),
        ("5 min", "15 min", "5 min", ["5 min", "10 min", "15 min"]),
        (0.4, 0.7, 0.1, [0.4, 0.5, 0.6, 0.7]),
    ],
)
def test_values_are_written_as_their_ends(low: object, high: object, step: object, values: list[object]):
    """Whole numbers stay whole, units stay, and no tail of digits is left over."""
    assert between(low, high, step) == values


def test_values_that_lie_close_together_stay_apart():
    """Six steps of two seconds within a day are six values."""
    assert len(set(map(str, between("100000 s", "100010 s", "2 s")))) == 6


@pytest.mark.parametrize(
    ("low", "high", "step", "words"),
    [
        ("80 %", "2 h", None, "not of one kind"),
        (8, 4, None, "write the smaller value first"),
        (4, 8, 0, "does not lead from"),
        ("fifo", "lifo", None, "can be neither more nor less"),
        (0, 100_000, 1, "at most 1,000 are tried"),
    ],
)
def test_what_leads_nowhere_is_refused(low: object, high: object, step: object, words: str):
    """With the remedy."""
    with pytest.raises(RunError, match=words):
        between(low, high, step)
