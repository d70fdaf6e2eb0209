"""Time to first value: how many days until a person does what the service is for."""

from dataclasses import dataclass
from datetime import date

from shinrai.statistics.interval import Interval
from shinrai.statistics.survival import SurvivalCurve, kaplan_meier
from shinrai.statistics.wilson import wilson
from shinrai.units.share import Share
from shinrai.units.text import Text
from shinrai.units.unknown import Unknown
from shinrai.usage.queries.habit import lives
from shinrai.usage.queries.scope import BadUsageQuestion, UsageScope

MOST_DAYS = 3_650


@dataclass(frozen=True)
class FirstValue:
    """Persons by the days from their first act of any kind to their first of one kind.

    `within`: of those seen for so many whole days, who did it by then; the others are not over.
    `median` is of the estimate, in which whoever has not done it yet is cut off today; None if it
    is not reached.
    """

    event: str
    on: date
    since: date | None
    people: int
    reached: int
    within_days: int
    within: Share
    curve: SurvivalCurve

    @property
    def interval(self) -> Interval | Unknown:
        """Return the 95 % interval of the share within so many days."""
        return wilson(self.within.count, self.within.of)

    @property
    def median(self) -> float | None:
        """Return the days by which half have done it."""
        return self.curve.median

    @property
    def median_interval(self) -> tuple[float | None, float | None] | None:
        """Return where the 95 % bounds of the curve fall to a half; None where they never do.

        Source: R. Brookmeyer and J. Crowley, A confidence interval for the median survival time,
                Biometrics 38 (1982), 29-41, by the log(-log) bounds of the curve.
        """
        if self.median is None:
            return None
        points = self.curve.points
        low = next((p.time for p in points if p.low is not None and p.low <= 0.5), self.median)
        high = next((p.time for p in points if p.high is not None and p.high <= 0.5), None)
        return low, high


def first_value(
    scope: UsageScope, *, event: str, within_days: int = 7, since: date | None = None
) -> FirstValue:
    """Return how long persons who came on a date or later take to their first event of a name.

    Dates are the person's own. Day 0: on the very first day.
    Raises: BadUsageQuestion.
    """
    if not 0 <= within_days <= MOST_DAYS:
        raise BadUsageQuestion(Text("ask for 0 to {most} days", most=MOST_DAYS))
    came = {one: first for one, (first, _last) in lives(scope, None).items()}
    did = {one: first for one, (first, _last) in lives(scope, event).items()}
    there = {one: first for one, first in came.items() if since is None or first >= since}
    took = {one: (did[one] - first).days for one, first in there.items() if one in did}
    seen = {one for one, first in there.items() if (scope.today - first).days > within_days}
    ready = sum(took.get(one, MOST_DAYS + 1) <= within_days for one in seen)
    durations = [
        took[one] if one in took else max((scope.today - first).days - 1, 0)
        for one, first in there.items()
    ]
    curve = kaplan_meier(durations, [one in took for one in there], entries=[-1.0] * len(there))
    within = Share(ready, len(seen))
    return FirstValue(event, scope.today, since, len(there), len(took), within_days, within, curve)
