"""Retention: of those who began in a period, who came back in which later one (MEASURES §6)."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from shinrai.statistics.interval import Interval
from shinrai.statistics.wilson import wilson
from shinrai.units.text import Text
from shinrai.units.unknown import Unknown
from shinrai.usage.queries.scope import BadUsageQuestion, Span, UsageScope
from shinrai.usage.rules.periods import PeriodBuckets

if TYPE_CHECKING:
    from shinrai.usage.measures.retention import Kind, Returning

MOST_PERIODS: Final = 1_000
USUAL: Final = 12


@dataclass(frozen=True)
class RetentionRequest:
    """Which cohorts, and what counts as coming back.

    `start` and `back` name events; None is any. `periods` is the number of columns, column 0, the
    cohort, included. `windows`: columns are spans of 24 hours (or 1, or 7 × 24) from each actor's
    own start, not dates of the calendar. `same_bucket`: also ask who came back after the start in
    its own bucket.
    """

    span: Span = field(default_factory=lambda: Span("week"))
    periods: int = USUAL
    start: str | None = None
    back: str | None = None
    kind: "Kind" = "recurring"
    minimum: int = 1
    is_cumulative: bool = False
    windows: bool = False
    where: tuple[tuple[str, str], ...] = ()
    back_where: tuple[tuple[str, str], ...] = ()
    same_bucket: bool = False

    def __post_init__(self) -> None:
        if not 1 <= self.periods <= MOST_PERIODS:
            raise BadUsageQuestion(
                Text(
                    "ask for 1 to {most} periods, not {count}",
                    most=MOST_PERIODS,
                    count=self.periods,
                )
            )
        if self.minimum < 1:
            raise BadUsageQuestion(Text("whoever comes back does so at least once"))
        if self.windows and (self.is_cumulative or self.span.period == "month"):
            raise BadUsageQuestion(
                Text("windows of 24 hours are neither cumulative nor months; leave out one of them")
            )


@dataclass(frozen=True)
class RetentionCohort:
    """The actors who began in one bucket, and how many came back in each column.

    `returned[0]` is the cohort. None: the column's time is not over. `open_from`: the first column
    whose time is not over; None if all are. `same_bucket`: who came back after the start in its own
    bucket; None unless asked for.
    """

    start: date | datetime
    size: int
    returned: tuple[int | None, ...]
    open_from: int | None
    same_bucket: int | None = None

    @property
    def intervals(self) -> tuple[Interval | Unknown, ...]:
        """Return the 95 % interval of the share that came back, by column."""
        return tuple(
            Unknown("its time is not over") if count is None else wilson(count, self.size)
            for count in self.returned
        )


@dataclass(frozen=True)
class RetentionTriangle:
    """A triangle: one cohort per bucket, the oldest first; `unit` says what is counted."""

    request: RetentionRequest
    unit: str
    zone: str
    cohorts: tuple[RetentionCohort, ...]


def retention(scope: UsageScope, request: RetentionRequest) -> RetentionTriangle:
    """Return who came back.

    Raises: BadUsageQuestion, UnknownZone.
    """
    from shinrai.usage.measures.retention import same_bucket, triangle

    buckets = request.span.buckets(scope)
    asked = returning(scope, request)
    first, last = asked.first, asked.last
    reading = scope.reading(buckets, windows=request.windows)
    counts = {base: [0] * request.periods for base in range(first, last + 1)}
    for row in scope.ask(rows=triangle(reading, asked))["rows"]:
        counts[row["base"]][row["column"]] = row["people"]
    now = buckets.of_moment(scope.at)
    cohorts = [_cohort(request, buckets, base, counts[base], now=now) for base in counts]
    if request.same_bucket:
        within = same_bucket(scope.reading(buckets, windows=True), asked)
        back = {row["base"]: row["people"] for row in scope.ask(rows=within)["rows"]}
        cohorts = [
            replace(one, same_bucket=back.get(base, 0))
            for base, one in zip(counts, cohorts, strict=True)
        ]
    return RetentionTriangle(request, scope.by, buckets.zone, tuple(cohorts))


def returning(scope: UsageScope, request: RetentionRequest) -> "Returning":
    """Return a request as its measure takes it, with cohorts as numbers of buckets.

    Raises: BadUsageQuestion, UnknownZone.
    """
    from shinrai.usage.measures.retention import Returning

    first, last = request.span.bounds(scope, usual=request.periods)
    return Returning(
        first=first,
        last=last,
        periods=request.periods,
        start=request.start,
        back=request.back,
        kind=request.kind,
        minimum=request.minimum,
        is_cumulative=request.is_cumulative,
        windows=request.windows,
        where=request.where,
        back_where=request.back_where,
    )


def _cohort(
    request: RetentionRequest,
    buckets: PeriodBuckets,
    base: int,
    counts: list[int],
    *,
    now: int,
) -> RetentionCohort:
    size, back = counts[0], counts[1:]
    if request.is_cumulative:  # counted in the last column of a return: add up from the right
        total = 0
        for column in reversed(range(len(back))):
            total += back[column]
            back[column] = total
    # who began at the end of the bucket has a window that ends one bucket later
    later = 1 if request.windows else 0
    column_now = max(0, now - base - later)
    open_from = column_now if column_now < request.periods else None
    shown = [
        None if open_from is not None and column >= open_from else count
        for column, count in enumerate(back, 1)
    ]
    return RetentionCohort(buckets.start(base), size, (size, *shown), open_from)
