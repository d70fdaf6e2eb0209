"""The page of habit laid out: its sentence, cells and charts, each with the people behind it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from shinrai.accounts.queries import WorkspaceRecord
from shinrai.console.charts.bars import Bar, bars
from shinrai.console.charts.marks import ChartMark
from shinrai.console.figures import count_point, count_spark
from shinrai.console.reader import reader_language, reader_text
from shinrai.console.rules.wording import date_text, kept_together, share_parts
from shinrai.statistics.interval import Interval
from shinrai.statistics.wilson import wilson
from shinrai.units.share import Share
from shinrai.units.unknown import Unknown
from shinrai.usage.queries.activity import LifecycleBucket
from shinrai.usage.queries.people import OF_A_BUCKET
from shinrai.usage.queries.retention import RetentionCohort
from shinrai.usage.queries.view import COLUMNS, RECENT_DAYS, HabitView, UsageQuestion, UsageView
from shinrai.usage.rules.cohort import where_words
from shinrai.usage.rules.periods import Period

# Of 28 days: once, up to once a week, up to twice, up to every other day, more.
HABITS: Final = ((1, 1), (2, 4), (5, 8), (9, 14), (15, RECENT_DAYS))
STREAKS: Final = ((1, 1), (2, 6), (7, 13), (14, 29), (30, None))
# The sentence of the page, by period, and whether cohorts are of the first time.
LEADS: Final = {
    ("day", True): _(
        "{count} of the {of} persons ({share}) who first came on {start} came back the day after."
    ),
    ("week", True): _(
        "{count} of the {of} persons ({share}) who first came in the week of {start} "
        "came back the week after."
    ),
    ("month", True): _(
        "{count} of the {of} persons ({share}) who first came in the month of {start} "
        "came back the month after."
    ),
    ("day", False): _(
        "{count} of the {of} persons ({share}) active on {start} came back the day after."
    ),
    ("week", False): _(
        "{count} of the {of} persons ({share}) active in the week of {start} "
        "came back the week after."
    ),
    ("month", False): _(
        "{count} of the {of} persons ({share}) active in the month of {start} "
        "came back the month after."
    ),
}


@dataclass(frozen=True)
class TriangleCell:
    """A column of a cohort: a share with its interval, or that its time is not over."""

    column: int
    share: Share | None
    interval: Interval | None
    href: str


@dataclass(frozen=True)
class TriangleRow:
    """A cohort with its cells, and what was declared in its period."""

    cohort: RetentionCohort
    cells: tuple[TriangleCell, ...]
    marks: tuple[str, ...]
    href: str


def asked_of(question: UsageQuestion, usual: UsageQuestion) -> dict[str, str]:
    """Return the parameters of the page's address that ask this; those as usual are left out."""
    asked, span, plain = question.retention, question.span, usual.retention
    found = {
        "period": "" if span.period == plain.span.period else span.period,
        "kind": "" if asked.kind == plain.kind else asked.kind,
        "start": asked.start or "",
        "return": asked.back or "",
        "cumulative": "1" if asked.is_cumulative else "",
        "minimum": "" if asked.minimum == 1 else str(asked.minimum),
        "columns": "" if asked.periods == COLUMNS.get(span.period) else str(asked.periods),
        "zone": span.zone or "",
        "week_starts": "" if span.week_starts == "sunday" else span.week_starts,
        "where": where_words(asked.where),
        "cohort": str(question.cohort.number) if question.cohort else "",
        "least": "" if question.least_days == usual.least_days else str(question.least_days),
        "idle": "" if question.idle_days == usual.idle_days else str(question.idle_days),
        # The dates of a page without any move with the day.
        "from": f"{span.since or ''}" if span.until else "",
        "to": f"{span.until or ''}",
    }
    return {name: value for name, value in found.items() if value}


def page_layout(
    view: UsageView, workspace: WorkspaceRecord, usual: UsageQuestion
) -> dict[str, Any]:
    """Return what the templates of the page show, with words in the reader's language."""
    asked = asked_of(view.question, usual)
    place = reverse("usage_people", args=[workspace.slug])

    def people(figure: str, on: date | datetime | None = None, **more: int) -> str:
        of = {} if on is None else {"on": f"{on:%Y-%m-%d}"}
        return f"{place}?{urlencode({'figure': figure, **of, **more, **asked})}"

    cohorts = view.triangle.cohorts
    return {
        "question": view.question,
        "asked": urlencode(asked),
        "lead": _lead(cohorts, view.question),
        "columns": range(1, view.question.retention.periods),
        "rows": [_row(one, view, people) for one in reversed(cohorts)],
        "lifecycle": [
            (one, [(part, getattr(one, part), people(part, one.start)) for part in OF_A_BUCKET])
            for one in reversed(view.lifecycle)
        ],
        "active_chart": _active_chart(view.lifecycle, view.question, view.marks),
        "since": view.question.span.since or cohorts[0].start,
        "workspace": workspace,
        **({} if view.habit is None else _habit(view.habit, view, people)),
    }


def _habit(habit: HabitView, view: UsageView, people: Any) -> dict[str, Any]:
    last, most = habit.actives[-1], max(habit.streaks, default=0)
    return {
        "daily_chart": count_spark(
            gettext("Active persons by day"),
            [
                count_point(_label(one.on), one.dau, is_complete=True, since=one.on)
                for one in habit.actives
            ],
            prefix="daily",
            marks=view.marks,
        ),
        "active": last,
        "active_hrefs": {name: people(name, last.on) for name in ("dau", "wau", "mau")},
        "daily_share": Share(last.dau, last.mau) if last.mau else None,
        "habits": _bars(
            HABITS, habit.days.people, lambda low, high: people("days", low=low, high=high),
            prefix="habits", title=gettext("Persons by active days"),
        ),
        "habit_days": RECENT_DAYS,
        "streaks": _bars(
            [(low, high or max(most, low)) for low, high in STREAKS if low <= max(most, 1)],
            habit.streaks, lambda low, high: people("streak", low=low, high=high),
            prefix="streaks", title=gettext("Persons by the streak that runs"),
        ),
        "learning": [
            (one, people("learners", one.month), people("learned", one.month))
            for one in reversed(habit.learning)
        ],
        "least_days": view.question.least_days,
        "churned": habit.churned,
        "churned_href": people("churned"),
    }  # fmt: skip


def _row(cohort: RetentionCohort, view: UsageView, people: Any) -> TriangleRow:
    first = _day(cohort.start)
    step = {"day": 1, "week": 7}.get(view.question.span.period)
    after = first + timedelta(days=step or 31)
    after = after if step else after.replace(day=1)
    marks = (one.label for one in view.marks if one.first_on < after and one.last_on >= first)
    return TriangleRow(
        cohort, tuple(_cells(cohort, people)), tuple(marks), people("retention", first, low=0)
    )


def _cells(cohort: RetentionCohort, people: Any) -> Iterator[TriangleCell]:
    columns = zip(cohort.returned, cohort.intervals, strict=True)
    for column, (count, interval) in enumerate(columns):
        if column:
            bounds = interval if isinstance(interval, Interval) else None
            share = None if count is None else Share(count, cohort.size)
            href = people("retention", cohort.start, low=column) if count else ""
            yield TriangleCell(column, share, bounds, href)


def _lead(cohorts: Iterable[RetentionCohort], question: UsageQuestion) -> str:
    """Say who came back of the newest cohort whose next period is over."""
    period, language = question.span.period, reader_language()
    for one in reversed(tuple(cohorts)):
        count = one.returned[1] if len(one.returned) > 1 else None
        bounds = wilson(count, one.size) if count is not None else None
        if count is None or not isinstance(bounds, Interval):
            continue
        parts = share_parts(Share(count, one.size), interval=bounds)
        if isinstance(parts, Unknown):
            continue
        said = kept_together(reader_text(parts[1]), language=language)
        words = LEADS[period, question.retention.kind != "recurring"]
        start = _label(one.start, period)
        return str(words).format(count=count, of=one.size, share=said, start=start)
    return gettext("Nobody is new whose first time after is over.")


def _active_chart(
    life: Iterable[LifecycleBucket], question: UsageQuestion, marks: Iterable[ChartMark]
) -> Any:
    points = [
        count_point(
            _label(one.start, question.span.period),
            one.active,
            is_complete=one.dormant is not None,
            since=_day(one.start),
        )
        for one in life
    ]
    return count_spark(gettext("Active persons"), points, prefix="active", marks=marks)


def _bars(
    spans: Iterable[tuple[int, int]], counts: Any, href: Any, *, prefix: str, title: str
) -> Any:
    rows = []
    for low, high in spans:
        count = sum(n for days, n in counts.items() if low <= days <= high)
        where = href(low, high) if count else ""
        rows.append(Bar(_span_of_days(low, high), count, f"{count:,}", where))
    return bars(rows, prefix=prefix, title=title)


def _span_of_days(low: int, high: int) -> str:
    if low == high:
        return ngettext("{n} day", "{n} days", low).format(n=low)
    return gettext("{low} to {high} days").format(low=low, high=high)


def _day(start: date | datetime) -> date:
    return start.date() if isinstance(start, datetime) else start


def _label(start: date | datetime, period: Period = "day") -> str:
    on = _day(start)
    return f"{on:%Y-%m}" if period == "month" else reader_text(date_text(on, has_year=False))
