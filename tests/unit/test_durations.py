"""Durations: what a person may write, what they are told otherwise, and the text that comes back."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from simdesk.durations import Duration, human


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("90 s", 90),
        ("1 second", 1),
        ("15 min", 900),
        ("15min", 900),
        ("2 minutes", 120),
        ("4 h", 14_400),
        ("1.5 h", 5_400),
        (".5 h", 1_800),
        ("1 hour", 3_600),
        ("2 days", 172_800),
        ("12 weeks", 7_257_600),
        ("1 month", 2_629_800),  # 365.25 / 12 days
        ("1 year", 31_536_000),  # 365 days
        ("10 years", 315_360_000),
        ("0", 0),
        (0, 0),
        (0.0, 0),
    ],
)
def test_elapsed_time_is_a_number_and_a_unit(text, seconds):
    assert Duration.parse(text) == Duration(seconds)


def test_business_time_runs_while_a_calendar_is_open():
    assert Duration.parse("8 business hours") == Duration(28_800, business=True)
    assert Duration.parse("30 business minutes") == Duration(1_800, business=True)


def test_a_business_day_is_as_long_as_the_calendar_says():
    two_days = Duration.parse("2 business days")

    assert two_days == Duration(0, business=True, business_days=2)
    assert two_days.in_seconds(day_length=36_000) == 72_000
    assert Duration.parse("2 days").in_seconds(day_length=36_000) == 172_800


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("5", "the unit is missing after 5: write, e.g., '5 min', '5 h' or '5 days'"),
        (15, "the unit is missing after 15: write, e.g., '15 min'"),
        pytest.param(10**5_000, "the unit is missing after this number", id="huge"),
        (float("nan"), "the unit is missing"),
        ("9" * 5_000 + " s", "finite"),
        ("5 mins", "'5 mins': unknown unit 'mins'; did you mean 'min'?"),
        ("5 Hours", "did you mean 'hours'?"),
        ("5 bussiness hours", "did you mean 'business hours'?"),
        ("2 business weeks", "write '5 business days'"),
        ("5 m", "write '5 min' or '5 months'"),
        ("1,5 h", "use a decimal point, e.g. '1.5 h'"),
        ("1 h 30 min", "one number and one unit"),
        ("-3 h", "cannot be negative"),
        ("11 years", "at most 10 years"),
        ("3651 business days", "at most 10 years"),
        ("soon", "'soon' is not a duration: write a number and a unit, e.g. '15 min'"),
        ("", "write a number and a unit"),
        ("٣ min", "write a number and a unit"),
        ("7 日", "unknown unit '日'"),
        (True, "this is not a duration"),
        (None, "this is not a duration"),
        ([], "this is not a duration"),
    ],
)
def test_whatever_else_is_written_is_explained(text, complaint):
    with pytest.raises(ValueError, match=re.escape(complaint)):
        Duration.parse(text)


@given(st.text() | st.from_regex(r"[0-9]{1,3} ?\w+( \w+)?"))
def test_no_text_does_worse_than_a_value_error(text):
    try:
        duration = Duration.parse(text)
    except ValueError:
        return
    assert Duration.parse(str(duration)) == duration


@pytest.mark.parametrize("arguments", [(-1,), (float("inf"),), (float("nan"),), (1, True, 1), (0, False, 1)])
def test_an_impossible_length_is_refused(arguments):
    with pytest.raises(ValueError, match=r"duration|business days"):
        Duration(*arguments)


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("300 s", "5 min"),
        ("90 min", "1.5 h"),
        ("24 h", "1 day"),
        ("36 h", "36 h"),
        ("14 days", "2 weeks"),
        ("365 days", "1 year"),
        ("100 s", "100 s"),
        ("0.001 s", "0.001 s"),
        ("0", "0 s"),
        ("20 business hours", "20 business hours"),
        ("60 business minutes", "1 business hour"),
        ("0.5 business days", "0.5 business days"),
        ("0 business days", "0 business hours"),
    ],
)
def test_each_length_has_one_text(written, canonical):
    assert str(Duration.parse(written)) == canonical


@given(st.floats(0, 315_360_000), st.booleans())
def test_the_text_reads_back_to_an_equal_value(seconds, business):
    duration = Duration(seconds, business)

    assert Duration.parse(str(duration)) == duration
    assert hash(Duration.parse(str(duration))) == hash(duration)


@given(st.floats(0, 3_650))
def test_business_days_read_back_to_an_equal_value(days):
    duration = Duration(0, business=True, business_days=days)

    assert Duration.parse(str(duration)) == duration


class Target(BaseModel):
    respond: Duration = Duration.parse("15 min")
    resolve: Duration | None = None


def test_a_model_reads_and_writes_the_text():
    target = Target.model_validate({"respond": 0, "resolve": "60 business minutes"})

    assert target.resolve == Duration(3_600, business=True)
    assert target.model_dump() == {"respond": "0 s", "resolve": "1 business hour"}
    assert Target.model_validate_json(target.model_dump_json()) == target
    assert Target(respond=Duration(60)).respond == Duration(60)


def test_a_model_passes_the_complaint_on():
    with pytest.raises(ValidationError, match="unit is missing"):
        Target.model_validate({"respond": 5})


@pytest.mark.parametrize("mode", ["validation", "serialization"])
def test_the_schema_shows_the_grammar_and_the_default_as_text(mode):
    schema = Target.model_json_schema(mode=mode)["properties"]["respond"]

    assert schema["type"] == "string"
    assert schema["default"] == "15 min"
    assert all(re.fullmatch(schema["pattern"], example) for example in schema["examples"])
    assert not re.fullmatch(schema["pattern"], "5")


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 s"),
        (0.25, "0.25 s"),
        (0.996, "1 s"),
        (18, "18 s"),
        (59.6, "1 min"),
        (252, "4.2 min"),
        (39 * 60, "39 min"),
        (9.96 * 60, "10 min"),
        (59.97 * 60, "1 h"),
        (2.3 * 3_600, "2.3 h"),
        (23.7 * 3_600, "1 day"),
        (3.1 * 86_400, "3.1 days"),
        (400 * 86_400, "400 days"),
        (-90, "-1.5 min"),
        (float("inf"), "∞"),
        (float("nan"), "–"),
    ],
)
def test_people_read_two_digits_and_never_sixty_minutes(seconds, text):
    assert human(seconds) == text


@given(st.floats(0, 1e9))
def test_a_rounded_time_is_near_the_true_one(seconds):
    number, unit = human(seconds).split()

    size = {"s": 1, "min": 60, "h": 3_600, "day": 86_400, "days": 86_400}[unit]
    assert float(number) * size == pytest.approx(seconds, rel=0.051, abs=0.006)
    assert size >= 86_400 or float(number) * size < {1: 60, 60: 3_600, 3_600: 86_400}[size]
