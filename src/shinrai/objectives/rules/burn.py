"""Burn rates: how fast a budget is used up. They are shown only; alarms are in `rules.alarms`."""

from datetime import timedelta
from fractions import Fraction

from shinrai.units.share import Share
from shinrai.units.unknown import Unknown


def burn_rate(misses: Share, target: Fraction) -> Fraction | Unknown:
    """Return the share missed over the share allowed: at 1 the budget lasts exactly the window."""
    fraction = misses.fraction
    return fraction if isinstance(fraction, Unknown) else fraction / (1 - target)


def rate_that_spends(budget_share: Fraction, *, window: timedelta, within: timedelta) -> Fraction:
    """Return the burn rate that uses up a share of a window's budget in a shorter time.

    Source: B. Beyer et al. (eds.), The Site Reliability Workbook (2018), chapter 5, table 5-4.
    """
    return (
        budget_share
        * Fraction(window // timedelta(microseconds=1))
        / (within // timedelta(microseconds=1))
    )


def lasts(window: timedelta, rate: Fraction) -> timedelta | Unknown:
    """Return how long a whole budget lasts at a constant burn rate."""
    if rate == 0:
        return Unknown("nothing burns")
    micro = timedelta(microseconds=1)
    return micro * round(Fraction(window // micro) / rate)
