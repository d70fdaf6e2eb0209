"""Amounts as people write them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shinrai.revenue.rules.money import (
    BadAmount,
    currency_code,
    currency_in,
    digits_of,
    in_major,
    read_number,
    to_minor,
)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1,234", "1234"), ("¥1,234", "1234"), ("\\1,234", "1234"),
        ("￥１，２３４", "1234"), ("1,980円", "1980"),
        ("$12.50", "12.50"), ("GBP 9.99", "9.99"), ("-500", "-500"), ("−500", "-500"),
        ("△500", "-500"), ("(12.50)", "-12.50"), ("500-", "-500"), ("¥-500", "-500"), (".5", "0.5"),
        ("1 234", "1234"),
    ],
)  # fmt: skip
def test_an_amount_is_read_as_people_write_it(text: str, number: str) -> None:
    assert read_number(text) == Decimal(number)


@pytest.mark.parametrize("text", ["", "abc", "1,23", "1.2.3", "12,3456", "--5", "1e5", "NaN", "٣"])
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(BadAmount):
        read_number(text)


def test_a_decimal_comma_is_read_where_the_mapping_says_so() -> None:
    assert read_number("1.234,56 €", decimal=",") == Decimal("1234.56")


def test_yen_has_no_decimals_and_says_so() -> None:
    assert to_minor(Decimal("1000.00"), "JPY") == 1000
    with pytest.raises(BadAmount, match="decimals"):
        to_minor(Decimal("1000.50"), "JPY")
    assert to_minor(Decimal("9.95"), "GBP") == 995
    assert to_minor(Decimal("1.234"), "KWD") == 1234


def test_a_sign_names_its_currency() -> None:
    assert (currency_in("￥300"), currency_in("£3"), currency_in("300")) == ("JPY", "GBP", None)
    assert (currency_code("usd"), currency_code("円")) == ("USD", "JPY")
    with pytest.raises(BadAmount):
        currency_code("yen!")


@given(st.integers(-(10**12), 10**12), st.sampled_from(["JPY", "EUR", "KWD"]))
def test_an_amount_that_is_written_and_read_again_is_the_same(minor: int, currency: str) -> None:
    digits = digits_of(currency)
    written = f"{Decimal(minor).scaleb(-digits):,.{digits}f}"
    assert to_minor(read_number(written), currency) == minor
    assert in_major(minor, currency) == pytest.approx(minor / 10**digits)
