"""Achievement (成績): each learner's scores against their own earlier ones.

Learners are never compared with each other, and nothing here says what a change comes from.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from math import sqrt
from statistics import quantiles
from typing import Any, Final

from shinrai.statistics.interval import Interval
from shinrai.statistics.wilson import wilson
from shinrai.units.share import Share
from shinrai.units.text import Text
from shinrai.units.unknown import Unknown
from shinrai.usage.queries.scope import BadUsageQuestion, UsageScope
from shinrai.usage.rules.periods import PeriodBuckets

USUAL_DAYS: Final = 28
MOST_DAYS: Final = 730
LEAST_SCORES: Final = 3  # in each of the two times, of a learner who is counted


@dataclass(frozen=True)
class OwnScores:
    """A learner's mean score in the last days and before them, and how many scores each has."""

    person: int
    recent: float
    recent_count: int
    before: float
    before_count: int

    @property
    def change(self) -> float:
        """Return the change of the mean."""
        return self.recent - self.before


@dataclass(frozen=True)
class Achievement:
    """Learners' scores of the last days against their own earlier ones.

    `apart` are learners with too few scores in either time; they say nothing here.
    """

    since: date
    until: date
    least_scores: int
    learners: tuple[OwnScores, ...]
    apart: int

    @property
    def risen(self) -> Share:
        """Return the learners whose mean rose."""
        return Share(sum(one.change > 0 for one in self.learners), len(self.learners))

    @property
    def interval(self) -> Interval | Unknown:
        """Return the 95 % interval of the share whose mean rose."""
        return wilson(self.risen.count, self.risen.of)

    @property
    def mean_change(self) -> float | None:
        """Return the mean of the learners' changes, each learner once."""
        count = len(self.learners)
        return sum(one.change for one in self.learners) / count if count else None

    @property
    def quartiles(self) -> list[float] | None:
        """Return a quarter, the half and three quarters of the learners' changes."""
        changes = [one.change for one in self.learners]
        return quantiles(changes, n=4, method="inclusive") if len(changes) > 1 else None

    @property
    def change_interval(self) -> Interval | Unknown:
        """Return the 95 % interval of the mean change, of Student's t.

        Source: NIST/SEMATECH e-Handbook of Statistical Methods, 7.3.1.1 (paired observations).
        """
        count, mean = len(self.learners), self.mean_change
        if mean is None or count < 3:
            return Unknown("too few learners")
        from scipy.stats import t  # slow to load

        spread = sqrt(sum((one.change - mean) ** 2 for one in self.learners) / (count - 1))
        half = float(t.ppf(0.975, count - 1)) * spread / sqrt(count)
        return Interval(mean - half, mean + half, 0.95, "t")


def achievement(
    scope: UsageScope,
    *,
    days: int = USUAL_DAYS,
    property_name: str = "score",
    event: str | None = None,
    least_scores: int = LEAST_SCORES,
) -> Achievement:
    """Return how scores of the last days, up to yesterday, stand against each one's earlier ones.

    Raises: BadUsageQuestion.
    """
    from shinrai.usage.measures.scores import scores

    if not 1 <= days <= MOST_DAYS or least_scores < 1:
        raise BadUsageQuestion(Text("ask for 1 to {most} days", most=MOST_DAYS))
    since = scope.today - timedelta(days=days)
    buckets = PeriodBuckets("day", scope.zone)
    asked = scores(
        scope.reading(buckets, own=True, windows=True),
        since=buckets.of_day(since),
        until=buckets.of_day(scope.today) - 1,
        name=property_name,
        event=event,
    )
    rows: list[dict[str, Any]] = scope.ask(rows=asked)["rows"]
    enough = [
        row
        for row in rows
        if min(row["recent_count"] or 0, row["before_count"] or 0) >= least_scores
    ]
    learners = tuple(
        OwnScores(
            row["person_id"],
            row["recent_sum"] / row["recent_count"],
            row["recent_count"],
            row["before_sum"] / row["before_count"],
            row["before_count"],
        )
        for row in sorted(enough, key=lambda row: row["person_id"])
    )
    until = scope.today - timedelta(days=1)
    return Achievement(since, until, least_scores, learners, len(rows) - len(learners))
