"""The figure of neglect: open accounts nobody has reached, and the account with most hours."""

from collections.abc import Mapping
from datetime import timedelta
from fractions import Fraction
from typing import Final

from shinrai.quality.rules import reasons
from shinrai.quality.rules.counted import Counted
from shinrai.quality.rules.figures import Figure, share_figure, unknown_figure
from shinrai.units.moments import from_us

SILENCE: Final = timedelta(days=30)  # 30 x 24 h without a touch, whatever the clocks did


def neglected_figure(found: Counted) -> Figure:
    """Return the share of open accounts that nobody has reached for 30 days (MEASURES §5).

    Accounts that use the product less should be looked at too, but use is not recorded here; the
    figure contains that as unknown.
    """
    if not found.telling("with_account"):
        return unknown_figure(reasons.NO_ACCOUNTS)
    row = _sums(found)
    return share_figure(
        row["neglected"],
        row["open"],
        reasons.NO_OPEN_ACCOUNT,
        days=SILENCE.days,
        open_as_long=row["long_open"],
        accounts=[
            {
                "source": one["source"],
                "account": one["account"],
                "silent_since": from_us(one["silent_us"]),
                "open": int(one["open"]),
            }
            for one in found.longest_silent
        ],
        falling_use=unknown_figure(reasons.NO_USE),
        top_account_hours=_top(found, row),
    )


def _sums(found: Counted) -> dict[str, int]:
    names = ("accounts", "open", "neglected", "long_open", "spent_s")
    return {name: sum(int(row[name]) for row in found.account_counts) for name in names}


def _top(found: Counted, sums: Mapping[str, int]) -> Figure:
    """Return which part of all hours recorded for accounts went to the one with most."""
    without_s = found.sum("worked_s") - sums["spent_s"]
    if not found.top_accounts:
        return unknown_figure(reasons.NO_ACCOUNT_MINUTES, without_account_s=without_s)
    [top] = found.top_accounts
    spent_s = int(top["spent_s"])
    return {
        "source": top["source"],
        "account": top["account"],
        "spent_s": spent_s,
        "of_s": sums["spent_s"],
        "share": float(Fraction(spent_s, sums["spent_s"])),
        "accounts": sums["accounts"],
        "without_account_s": without_s,
    }
