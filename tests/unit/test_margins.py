"""Sizes that matter, as a person writes them; each fits some measures, and the others are refused in words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, ValidationError

from simdesk.question.margins import Margin


class Asked(BaseModel):
    """Something that states a size."""

    model_config = ConfigDict(strict=True)
    size: Margin


@pytest.mark.parametrize(
    ("written", "amount", "kind"),
    [
        ("10 min", 600, "time"),
        ("1.5 h", 5400, "time"),
        ("2 days", 172_800, "time"),
        ("0", 0, "time"),
        ("5 points", 0.05, "points"),
        ("1 point", 0.01, "points"),
        ("0.5 points", 0.005, "points"),
        ("20 %", 0.2, "relative"),
        ("  7.5%  ", 0.075, "relative"),
        (500, 500, "number"),
        (2.5, 2.5, "number"),
        (0, 0, "number"),
    ],
)
def test_a_size_is_read_as_it_is_meant(written: str | float, amount: float, kind: str):
    """Seconds, a part of one, or a number."""
    found = Margin.parse(written)

    assert found.kind == kind
    assert found.amount == pytest.approx(amount, rel=1e-12, abs=0)


@pytest.mark.parametrize(
    "written",
    ["", "ten minutes", "10", "10 minuts", "-5 %", "-5 points", "5 point s", "1e3", "5 %%", "%", "inf", "500 EUR", True,
     None, [5], {"min": 5}],
)  # fmt: skip
def test_what_is_no_size_is_refused_with_an_example_of_each_kind(written: object):
    """As `falls_by` and `indifference` show it."""
    with pytest.raises(
        ValueError, match=r"is no size; write e\.g\. '10 min', '5 points' of a share, '20 %' of what it was"
    ):
        Margin.parse(written)


@pytest.mark.parametrize(
    "written",
    [-1, -0.5, float("inf"), float("nan"), 10**400, "9" * 400 + " %"],
    ids=["-1", "-0.5", "inf", "nan", "huge", "huge share"],
)
def test_a_number_is_not_negative_and_not_without_end(written: str | float):
    """A fall by less than nothing is a rise."""
    with pytest.raises(ValueError, match="must be a number between 0 and 1,000,000,000,000"):
        Margin.parse(written)


@pytest.mark.parametrize(
    ("written", "seconds"),
    [("2 business days", 2 * 36_000), ("8 business hours", 28_800), ("30 business minutes", 1800)],
)
def test_business_time_keeps_its_unit_and_its_day_is_as_long_as_the_office_is_open(written: str, seconds: float):
    """Two days of an office that is open for ten hours are 20 hours; it is shown as it was written."""
    found = Margin.parse(written)

    assert found.business
    assert found.in_unit(10 * 3600) == seconds
    assert Margin.parse(str(found)) == found
    assert found != Margin.parse(written.replace("business ", ""))
    assert found.objection("time", level=True) == ""
    assert "does not fit a measure that is money" in found.objection("money", level=False)


tenths = st.integers(0, 10_000_000).map(lambda number: number / 10)
written_sizes = st.one_of(
    tenths,
    tenths.map(lambda number: f"{number} %"),
    tenths.map(lambda number: f"{number} points"),
    st.integers(0, 10_000).map(lambda number: f"{number} min"),
    st.integers(0, 10_000).map(lambda number: f"{number} s"),
    st.integers(1, 400).map(lambda number: f"{number} h"),
)


@given(written_sizes)
def test_a_size_that_is_written_down_reads_back_as_the_same(written: str | float):
    """In the file beside an answer: a number stays a number, everything else is text with its unit."""
    asked = Asked(size=Margin.parse(written))

    again = Asked.model_validate(asked.model_dump(mode="json"))

    assert again.size.kind == asked.size.kind
    assert again.size.amount == pytest.approx(asked.size.amount, rel=1e-9)


@pytest.mark.parametrize(
    ("written", "shown"),
    [("10 min", "10 min"), ("90 min", "1.5 h"), ("5 points", "5 points"), ("7 %", "7 %"), (1_234_567, "1234567")],
)
def test_a_size_is_shown_as_it_would_be_written(written: str | float, shown: str):
    """Without the dust of binary fractions, and without powers of ten."""
    assert str(Margin.parse(written)) == shown


@pytest.mark.parametrize(
    ("written", "unit", "level"),
    [
        ("10 min", "time", False),
        ("10 min", "time", True),
        ("5 points", "share", False),
        ("80 %", "share", True),
        ("20 %", "share", False),
        ("20 %", "time", False),
        ("20 %", "money", False),
        ("20 %", "number", False),
        (500, "money", False),
        (500, "money", True),
        (3, "number", False),
        (3, "number", True),
    ],
)
def test_a_size_that_fits_is_not_objected_to(written: str | float, unit: str, level: bool):
    """A difference of a share is in points, its level in per cent; of anything a difference can be relative."""
    assert Margin.parse(written).objection(unit, level=level) == ""


@pytest.mark.parametrize(
    ("written", "unit", "level", "message"),
    [
        ("10 min", "share", False, "does not fit a measure that is a share; write e.g. '10 min', '5 points'"),
        ("10 min", "money", False, "does not fit a measure that is money"),
        ("5 points", "time", False, "does not fit a measure that is a time"),
        (5, "time", False, "does not fit a measure that is a time"),
        (0.8, "share", False, "does not fit a measure that is a share"),
        (0.8, "share", True, "write a percentage, such as '80 %'"),
        ("80 points", "share", True, "write a percentage, such as '80 %'"),
        ("80 %", "time", True, "is a share, and the measure is a time"),
        ("80 %", "number", True, "is a share, and the measure is a number"),
        ("10 min", "number", True, "does not fit a measure that is a number"),
    ],
)
def test_a_size_in_another_unit_is_objected_to(written: str | float, unit: str, level: bool, message: str):
    """With what would fit."""
    assert message in Margin.parse(written).objection(unit, level=level)


def test_a_model_says_what_is_wrong_with_a_size():
    """As with any other value of a file."""
    with pytest.raises(ValidationError, match=r"is no size; write e\.g\."):
        Asked.model_validate({"size": "much"})


def test_the_json_schema_says_that_it_is_text_or_a_number():
    """For editors."""
    assert Asked.model_json_schema()["properties"]["size"]["anyOf"] == [{"type": "string"}, {"type": "number"}]
