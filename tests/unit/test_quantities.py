"""Numbers as a person writes them: rates, hourly costs, shares and factors."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from simdesk.scenario.quantities import Factor, HourlyCost, Name, Priority, Rate, Share, Tier, mix_complaint

numbers = st.floats(min_value=0, max_value=1e9, allow_nan=False, allow_infinity=False)


@pytest.mark.parametrize(
    ("written", "weekly"),
    [
        ("1 per minute", 7 * 24 * 60),
        ("2 per hour", 2 * 168),
        ("3 per day", 21),
        ("110 per business day", 550),  # a business day is a fifth of a week
        ("0.3 per week", 0.3),
        ("365.25 per month", 12 * 7),  # twelve months are 365.25 days
        ("365.25 per year", 7),
        ("1e3 per week", 1000),
    ],
)
def test_every_unit_of_time_has_its_weeks(written: str, weekly: float):
    """A rate is what comes in an average week."""
    assert Rate.parse(written).per_week() == pytest.approx(weekly)


def test_a_rate_per_user_is_multiplied_by_the_users():
    """1.1 a month for each of 2,000 users are 2,200 a month."""
    rate = Rate.parse("1.1 per user per month")

    assert rate.per_user
    assert rate.per_week(2000) == pytest.approx(Rate.parse("2200 per month").per_week())


@pytest.mark.parametrize(
    "written", ["110", "110 business day", "110 per fortnight", "-1 per day", "1,5 per day", "per day", "1 per days"]
)
def test_what_is_no_rate_is_refused_with_examples(written: str):
    """The sentence shows how to write one."""
    with pytest.raises(ValueError, match=r"is not a rate; write '110 per business day', '0\.3 per week' or"):
        Rate.parse(written)


@pytest.mark.parametrize(
    "written", ["35 USD", "35 per hour per day", "USD 35 per hour", "35 usd per hour", "-5 per hour"]
)
def test_what_is_no_hourly_cost_is_refused_with_an_example(written: str):
    """Amount, currency, per hour."""
    with pytest.raises(ValueError, match="is not an hourly cost; write '35 USD per hour'"):
        HourlyCost.parse(written)


@pytest.mark.parametrize("kind", [Rate, HourlyCost])
def test_a_bare_number_has_no_unit(kind: type[Rate] | type[HourlyCost]):
    """35 of what?"""
    with pytest.raises(ValidationError, match="must be text with a unit"):
        TypeAdapter(kind).validate_python(35)


@pytest.mark.parametrize("written", ["1e99 per day", "1e999 per day"])
def test_absurd_rates_are_refused(written: str):
    """A run could not hold them."""
    with pytest.raises(ValueError, match="at most 1000000000"):
        Rate.parse(written)


@given(count=numbers, unit=st.sampled_from(["minute", "business day", "month"]), per_user=st.booleans())
def test_a_rate_prints_to_text_that_parses_to_the_same_rate(count: float, unit: str, per_user: bool):
    """To the last digit."""
    rate = Rate(count, unit, per_user)

    assert Rate.parse(str(rate)) == rate


@given(amount=numbers, currency=st.sampled_from(["", "EUR", "USD"]))
def test_a_cost_prints_to_text_that_parses_to_the_same_cost(amount: float, currency: str):
    """To the last digit."""
    cost = HourlyCost(amount, currency)

    assert HourlyCost.parse(str(cost)) == cost


@pytest.mark.parametrize(
    ("written", "value"),
    [("30 %", 0.3), ("30%", 0.3), (" 2.5 % ", 0.025), (0.3, 0.3), (1, 1.0), (0, 0.0), ("100 %", 1)],
)
def test_a_share_is_a_percentage_or_a_number(written: object, value: float):
    """Two spellings, one meaning."""
    assert TypeAdapter(Share).validate_python(written) == pytest.approx(value)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (15, "must be at most 1, which is 100 %; did you mean 15 %?"),
        (40.5, "did you mean 40.5 %?"),
        (2, "must be at most 1, which is 100 %; did you mean 2 %?"),
        (1000, "must be at most 1, which is 100 %"),
        ("120 %", "must be at most 1, which is 100 %"),
        ("-5 %", "must be a percentage or a number, such as 30 % or 0.3, not '-5 %'"),
        ("a third", "must be a percentage or a number"),
        (-0.1, "greater than or equal to 0"),
        (float("nan"), "finite number"),
        (float("inf"), "at most 1"),
    ],
)
def test_what_is_no_share_is_explained(written: object, said: str):
    """The commonest mistake, a forgotten per cent sign, is met with the likely meaning."""
    with pytest.raises(ValidationError, match=said.replace("?", r"\?")):
        TypeAdapter(Share).validate_python(written)


def test_a_factor_may_be_above_one():
    """110 % of today."""
    assert TypeAdapter(Factor).validate_python("110 %") == pytest.approx(1.1)


@pytest.mark.parametrize("name", ["first_line", "P1-phone", "a"])
def test_names_can_stand_in_a_path(name: str):
    """Letters, digits, - and _."""
    assert TypeAdapter(Name).validate_python(name) == name


@pytest.mark.parametrize("name", ["first.line", "first line", "1st", "", "x" * 61, "naïve", "a\n"])
def test_names_that_cannot_stand_in_a_path_are_refused(name: str):
    """A dot, a space, a leading digit, letters that others cannot type."""
    with pytest.raises(ValidationError):
        TypeAdapter(Name).validate_python(name)


@pytest.mark.parametrize(("kind", "good", "bad"), [(Priority, "P5", "P6"), (Tier, "tier_9", "tier_0")])
def test_priorities_and_tiers_are_few(kind: object, good: str, bad: str):
    """P1 to P5, tier_1 to tier_9."""
    adapter = TypeAdapter(kind)

    assert adapter.validate_python(good) == good
    with pytest.raises(ValidationError):
        adapter.validate_python(bad)


def test_a_mix_may_be_out_by_rounding_only():
    """Three thirds are a whole; 99 % are not, and the sentence lists the parts."""
    assert mix_complaint({"a": 1 / 3, "b": 1 / 3, "c": 1 / 3}, "the parts") == ""
    assert mix_complaint({}, "the parts") == ""
    assert mix_complaint({"a": 0.5, "b": 0.49}, "the parts") == (
        "the shares of the parts must sum to 100 %, not 99 %; they are a 50 %, b 49 %"
    )
    assert mix_complaint({str(i): 0.2 for i in range(9)}, "the parts").endswith(", 7 20 %, …")


@pytest.mark.parametrize("written", [1.2, 1.999, 100.5, 500])
def test_no_hint_is_given_where_another_number_may_be_meant(written: float):
    """1.2 may be 120 % as well as 1.2 %, and 500 nothing at all."""
    with pytest.raises(ValidationError) as refused:
        TypeAdapter(Share).validate_python(written)

    assert "did you mean" not in str(refused.value)
