"""Whether a share or a count changed since earlier periods, and how certain that is."""

from dataclasses import dataclass
from math import isinf

from shinrai.statistics.interval import Interval
from shinrai.statistics.wilson import newcombe, rate_ratio
from shinrai.units.share import Share
from shinrai.units.text import Text
from shinrai.units.unknown import Unknown

POINTS = 100


@dataclass(frozen=True)
class Change:
    """The share of a period, the share of earlier ones, and the difference's interval."""

    now: Share
    before: Share
    interval: Interval | Unknown

    @property
    def is_detectable(self) -> bool:
        """Tell whether the interval of the difference, at 95 %, excludes zero."""
        ends = self.interval
        return not isinstance(ends, Unknown) and (ends.low > 0 or ends.high < 0)


def change(now: Share, before: Share) -> Change:
    """Compare a share with an earlier share of other cases."""
    return Change(now, before, newcombe(now, before))


def change_text(found: Change, against: Text) -> Text:
    """Describe a change in percentage points with its interval; `against` names the earlier.

    It never gives a cause: a report knows that a share changed, but not why.
    """
    ends = found.interval
    if isinstance(ends, Unknown):
        return Text("cannot be set against {against}", against=against)
    low, high = _points(ends.low), _points(ends.high)
    if not found.is_detectable:
        return Text(
            "no detectable change from {against} (between {low} and {high} points)",
            against=against,
            low=low,
            high=high,
        )
    now, before = found.now.count / found.now.of, found.before.count / found.before.of
    size = abs(round((now - before) * POINTS))
    if now > before:
        return Text(
            "up {size} points from {against} (between {low} and {high})",
            size=size,
            against=against,
            low=low,
            high=high,
        )
    return Text(
        "down {size} points from {against} (between {low} and {high})",
        size=size,
        against=against,
        low=low,
        high=high,
    )


def _points(part: float) -> str:
    points = round(part * POINTS)
    return f"+{points}" if points > 0 else f"−{-points}" if points < 0 else "0"


@dataclass(frozen=True)
class CountChange:
    """How many came in a period and in an earlier one; `ratio` is the interval of a day's rate.

    A ratio of 1.5 means half as many again. It takes cases as coming at random (Poisson).
    """

    now: int
    before: int
    ratio: Interval | Unknown

    @property
    def at_least(self) -> float:
        """Return by how much the rate changed for certain: 0.2 is a rise of a fifth, -0.2 a fall.

        0 where the interval holds no change.
        """
        if isinstance(self.ratio, Unknown):
            return 0.0
        return max(self.ratio.low - 1, 0.0) + min(self.ratio.high - 1, 0.0)


def count_change(now: int, before: int, *, days: int, days_before: int) -> CountChange:
    """Compare a count with an earlier one; the two may be of different lengths."""
    ratio = rate_ratio(now, before, 1)
    if isinstance(ratio, Interval):
        scale = days_before / days
        ratio = Interval(ratio.low * scale, ratio.high * scale, ratio.level, ratio.method)
    return CountChange(now, before, ratio)


def count_change_text(found: CountChange) -> Text:
    """Describe how a count changed against an earlier one, in percent with its interval."""
    ratio = found.ratio
    if isinstance(ratio, Unknown):
        return Text("none in either")
    low = _percent(ratio.low)
    reach = (
        Text("{low} or more", low=low)
        if isinf(ratio.high)
        else Text("between {low} and {high}", low=low, high=_percent(ratio.high))
    )
    if not found.at_least:
        return Text("no change one could tell ({reach})", reach=reach)
    if not found.before:
        return Text("new: none before")
    if found.at_least > 0:
        return Text("up from {before:,} ({reach})", before=found.before, reach=reach)
    return Text("down from {before:,} ({reach})", before=found.before, reach=reach)


def _percent(ratio: float) -> Text:
    percent = round((ratio - 1) * POINTS)
    sign = "+" if percent > 0 else "−" if percent < 0 else ""
    return Text("{sign}{percent:,} %", sign=sign, percent=abs(percent))
