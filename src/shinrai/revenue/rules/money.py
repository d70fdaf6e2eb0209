"""Amounts of money: read as people write them, kept as whole minor units of their currency."""

import re
import unicodedata
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Final

from shinrai.units.errors import UserError
from shinrai.units.text import Text

# Digits after the point that are not two. Source: ISO 4217, list one.
# https://www.six-group.com/dam/download/financial-information/data-center/iso-currrency/lists/list-one.xml
NO_DIGITS: Final = (
    "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV",
    "XAF", "XOF", "XPF",
)  # fmt: skip
THREE_DIGITS: Final = ("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND")
DIGITS: Final = dict.fromkeys(NO_DIGITS, 0) | dict.fromkeys(THREE_DIGITS, 3)
SIGNS: Final = {
    "¥": "JPY",
    "\\": "JPY",  # what ¥ is in Shift_JIS
    "円": "JPY",
    "€": "EUR",
    "£": "GBP",
    "$": "USD",
    "₩": "KRW",
}
MOST_MINOR: Final = 10**15
CODE: Final = re.compile(r"[A-Z]{3}")
NUMBER: Final = re.compile(r"(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d*)?|\.\d+", re.ASCII)
PLAIN: Final = re.compile(r"-?[0-9]{1,12}(?:\.[0-9]{1,12})?")
NEGATIVE: Final = re.compile(r"[-−△▲](.*)|\((.*)\)|(.*)-")  # triangles are of Japanese books


class BadAmount(UserError, ValueError):
    """A text is no amount of money, or none of this currency."""


def currency_code(text: str) -> str:
    """Return a currency as ISO 4217 writes it, from a code or a sign.

    Raises: BadAmount.
    """
    found = unicodedata.normalize("NFKC", text).strip().upper()
    found = SIGNS.get(found, found)
    if not CODE.fullmatch(found):
        raise BadAmount(Text("{text!r} is no currency; write one such as JPY", text=text[:40]))
    return found


def currency_in(text: str) -> str | None:
    """Return the currency whose sign an amount carries; None if it carries none."""
    shown = unicodedata.normalize("NFKC", text)
    return next((code for sign, code in SIGNS.items() if sign in shown), None)


def read_number(text: str, *, decimal: str = ".") -> Decimal:
    """Return the number of an amount as people write it: ¥1,234, (12.50), △500, 1.234,56.

    Raises: BadAmount.
    """
    if decimal == "." and PLAIN.fullmatch(text):  # of nearly every file
        return Decimal(text)
    shown = "".join(unicodedata.normalize("NFKC", text).split())
    for sign in SIGNS:
        shown = shown.replace(sign, "")
    shown = re.sub(r"^[A-Za-z]{3}|[A-Za-z]{3}$", "", shown)
    minus = NEGATIVE.fullmatch(shown)
    if minus:
        shown = "".join(filter(None, minus.groups()))
    if decimal == ",":
        shown = shown.translate({ord("."): ",", ord(","): "."})
    if len(shown) > 40 or not NUMBER.fullmatch(shown):
        raise BadAmount(Text("{text!r} is no amount of money", text=text[:40]))
    found = Decimal(shown.replace(",", ""))
    return -found if minus else found


def to_minor(amount: Decimal, currency: str, *, rounded: bool = False) -> int:
    """Return an amount in minor units; `rounded` where it was computed, half to even.

    Raises: BadAmount where it has more decimals than its currency, or is beyond belief.
    """
    exact = amount.scaleb(digits_of(currency))
    whole = int(exact.to_integral_value(ROUND_HALF_EVEN))
    if exact != whole and not rounded:
        raise BadAmount(
            Text("{amount} has more decimals than {currency}", amount=amount, currency=currency)
        )
    if abs(whole) > MOST_MINOR:
        raise BadAmount(Text("{amount} is more money than there is", amount=amount))
    return whole


def digits_of(currency: str) -> int:
    """Return how many digits after the point a currency has."""
    return DIGITS.get(currency, 2)


def in_major(minor: int | float, currency: str) -> int | float:
    """Return an amount as documents have it: 980 for yen, 9.8 for 980 cents."""
    digits = digits_of(currency)
    if digits == 0:
        return minor
    return float(Decimal(str(minor)).scaleb(-digits))


def money_words(minor: float, currency: str) -> str:
    """Return an amount as it is written: ¥12,300, £9,747.93, CHF 12.00."""
    written = f"{abs(float(in_major(minor, currency))):,.{digits_of(currency)}f}"
    sign = next((sign for sign, code in SIGNS.items() if code == currency), f"{currency} ")
    return f"{'−' if minor < 0 else ''}{sign}{written}"
