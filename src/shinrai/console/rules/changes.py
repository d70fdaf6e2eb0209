"""Whether a share changed since earlier periods, and how certain that is."""

from dataclasses import dataclass

from shinrai.statistics.interval import Interval
from shinrai.statistics.wilson import newcombe
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
