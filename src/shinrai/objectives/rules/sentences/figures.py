"""Numbers as both languages show them: percentages never rounded to 0, 100 or a missed target."""

from fractions import Fraction

from shinrai.statistics.interval import Interval
from shinrai.units.share import Share
from shinrai.units.unknown import Unknown

MOST_PLACES = 9  # a share of fewer than a thousand million tickets
FEW = 10  # fewer tickets than this are too few to tell


def percent(share: Fraction | float, *, beside: Fraction | None = None) -> str:
    """Write a share in whole per cent; with a decimal rather than 100 or 0 if it is not exactly so.

    `beside` is a target shown with it: a share that differs is never written as the target itself.
    """
    exact = Fraction(share) * 100
    if beside is not None and exact != beside * 100:
        apart = (n for n in range(MOST_PLACES) if _rounded(exact, n) != beside * 100)
        if places := next(apart, MOST_PLACES):
            return f"{float(_rounded(exact, places)):.{places}f}"
    whole = _half_up(exact)
    if (whole == 100 and exact < 100) or (whole == 0 and exact > 0):
        tenths = min(max(_half_up(exact * 10), 1), 999)
        return f"{tenths // 10:,}.{tenths % 10}"
    return str(whole)


def percent_of_target(target: Fraction) -> str:
    """Write a target in per cent with all the digits it was given."""
    exact = target * 100
    if exact.denominator == 1:
        return str(exact.numerator)
    return f"{float(exact):.10f}".rstrip("0")


def percent_range(interval: Interval) -> tuple[str, str]:
    """Write the ends of an interval of a share in whole per cent."""
    return str(_half_up(Fraction(interval.low) * 100)), str(_half_up(Fraction(interval.high) * 100))


def is_few(share: Share) -> bool:
    """Return whether a share rests on fewer than `FEW` tickets, too few for a conclusion."""
    return share.of < FEW


def reason_of(value: object) -> str | None:
    """Return the reason if the value is unknown, else None."""
    return value.reason if isinstance(value, Unknown) else None


def _rounded(value: Fraction, places: int) -> Fraction:
    return Fraction(_half_up(value * 10**places), 10**places)


def _half_up(value: Fraction) -> int:
    return (value + Fraction(1, 2)).__floor__()
