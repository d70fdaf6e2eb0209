"""Topics with their sizes, and the agreement of labellers on each."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

import numpy as np

from shinrai.accounts.queries import WorkspaceRecord
from shinrai.quality.queries.day_counts import NAME, findings_before
from shinrai.quality.rules import reasons
from shinrai.quality.rules.figures import Figure, is_unknown, share_figure, unknown_figure
from shinrai.quality.rules.topical import (
    Hanging,
    TopicAgreement,
    agreement_by_topic,
    agreement_figure,
    hanging_of,
    judged_of,
    resolved,
)
from shinrai.topics.rules.codebook import Codebook
from shinrai.warehouse.day_counts import DayNumbers, day_numbers
from shinrai.warehouse.fresh import Fresh

SUNDAY: Final = timedelta(days=6)  # after a Monday
QUESTIONS: Final = ("topic_sizes", "topic_customers", "counts_as", "double_labels")


@dataclass(frozen=True)
class TopicCount:
    """The inquiries of one mode about a topic; `customers` None: no customer is known."""

    topic: str
    customers: int | None
    inquiries: int
    open: int
    came_back: Figure
    before: int | None = None  # inquiries of the span before; None where that cannot be known
    weeks: tuple[int, ...] = ()  # inquiries of each week asked for


@dataclass(frozen=True)
class ModeTopics:
    """The topics of one mode, those with most customers first; `unlabelled` inquiries have none."""

    mode: str
    topics: tuple[TopicCount, ...]
    labelled: int
    unlabelled: int
    agreement: Figure
    by_topic: tuple[TopicAgreement, ...]


@dataclass(frozen=True)
class TopicReport:
    """Topics of every mode, and what they were computed from; `at` None: not counted yet."""

    at: datetime | None
    since: date | None
    until: date | None
    modes: tuple[ModeTopics, ...]
    versions: dict[str, int]
    fresh: dict[str, Fresh | None]


def topic_report(
    *,
    workspace: WorkspaceRecord,
    since: date | None = None,
    until: date | None = None,
    agreement: bool = True,
) -> TopicReport:
    """Rank topics by distinct customers, of inquiries received between two dates, both included.

    Without `agreement`, whose intervals take longest, it is left unknown.
    """
    found = day_numbers(NAME, workspace_id=workspace.id, questions=QUESTIONS)
    if found is None:
        return TopicReport(None, since, until, modes=(), versions={}, fresh={})
    fill, numbers = found
    sizes = numbers["topic_sizes"].between(since, until).sums()
    customers = distinct_customers(numbers["topic_customers"].between(since, until))
    says = {row["label"]: row["topic"] for row in numbers["counts_as"].sums()}
    double = numbers["double_labels"].between(since, until).sums() if agreement else []
    labels = resolved(double, says)
    totals: Counter[str] = Counter()
    for row in sizes:
        totals[row["mode"]] += row["inquiries"]
    return TopicReport(
        at=fill.at,
        since=since,
        until=until,
        modes=tuple(
            _mode(mode, _of(sizes, mode), customers, _of(labels, mode))
            for mode in sorted(totals, key=lambda mode: (-totals[mode], mode))
        ),
        versions=dict(fill.versions),
        fresh=dict(fill.fresh),
    )


def topics_over_time(
    *,
    workspace: WorkspaceRecord,
    since: date | None,
    until: date | None,
    before: tuple[date, date] | None,
    weeks: Sequence[date],
) -> TopicReport:
    """Return the topics with their inquiries in the span before, and in weeks from Mondays.

    The span before is not known where the records begin in it, or nothing was labelled in it.
    Topics that came in it alone are listed too, with 0 inquiries.
    """
    report = topic_report(workspace=workspace, since=since, until=until, agreement=False)
    found = day_numbers(NAME, workspace_id=workspace.id, questions=("topic_sizes",))
    if found is None or not report.modes:
        return report
    sizes = found[1]["topic_sizes"]
    begins = date.fromordinal(int(sizes.on.min())) if len(sizes.on) else date.max
    earlier = _inquiries(sizes.between(*before)) if before and begins <= before[0] else {}
    labelled = {mode for (mode, about), count in earlier.items() if about is not None and count}
    by_week = [_inquiries(sizes.between(monday, monday + SUNDAY)) for monday in weeks]

    def over_time(mode: ModeTopics) -> ModeTopics:
        there = {topic.topic for topic in mode.topics}
        ended = (about for of, about in earlier if of == mode.mode and about not in (None, *there))
        every = (*mode.topics, *(_none_of(about) for about in ended if about is not None))
        return replace(
            mode,
            topics=tuple(
                replace(
                    topic,
                    before=earlier.get((mode.mode, topic.topic), 0)
                    if mode.mode in labelled
                    else None,
                    weeks=tuple(week.get((mode.mode, topic.topic), 0) for week in by_week),
                )
                for topic in every
            ),
        )

    return replace(report, modes=tuple(over_time(mode) for mode in report.modes))


def _none_of(topic: str) -> TopicCount:
    return TopicCount(topic, 0, 0, 0, unknown_figure(reasons.NO_TOPIC_SETTLED, of=0))


def hanging_topics(*, workspace: WorkspaceRecord) -> tuple[tuple[str, tuple[Hanging, ...]], ...]:
    """Return, for each mode, the topics with enough findings in 180 days, those on one first."""
    found = day_numbers(NAME, workspace_id=workspace.id, questions=("findings",))
    if found is None:
        return ()
    rows = findings_before(found[1]["findings"], found[0].at)
    modes = sorted({row["mode"] for row in rows})
    hanging = ((mode, hanging_of(_of(rows, mode))) for mode in modes)
    return tuple((mode, topics) for mode, topics in hanging if topics)


def _inquiries(sizes: DayNumbers) -> dict[tuple[str, str | None], int]:
    return {(row["mode"], row["about"]): int(row["inquiries"]) for row in sizes.sums()}


def distinct_customers(numbers: DayNumbers) -> dict[tuple[str, str], int]:
    """Count the distinct customers of each mode and topic over several days."""
    pairs = np.unique(np.stack([numbers.key, numbers["customer_id"]]), axis=1)
    keys, counts = np.unique(pairs[0], return_counts=True)
    return {
        numbers.combinations[key]: count
        for key, count in zip(keys.tolist(), counts.tolist(), strict=True)
    }


def _of(rows: list[dict[str, Any]], mode: str) -> list[dict[str, Any]]:
    return [row for row in rows if row["mode"] == mode]


def _mode(
    mode: str,
    sizes: list[dict[str, Any]],
    customers: Mapping[tuple[str, str], int],
    labels: list[dict[str, Any]],
) -> ModeTopics:
    topics = [
        TopicCount(
            topic=row["about"],
            customers=customers[mode, row["about"]] if row["with_customer"] else None,
            inquiries=int(row["inquiries"]),
            open=int(row["open"]),
            came_back=share_figure(
                int(row["came_back"]), int(row["settled"]), reasons.NO_TOPIC_SETTLED
            ),
        )
        for row in sizes
        if row["about"] is not None
    ]
    topics.sort(key=lambda t: (-(t.customers or 0), -t.inquiries, t.topic))
    return ModeTopics(
        mode=mode,
        topics=tuple(topics),
        labelled=sum(topic.inquiries for topic in topics),
        unlabelled=sum(int(row["inquiries"]) for row in sizes if row["about"] is None),
        agreement=agreement_figure(labels),
        by_topic=agreement_by_topic(judged_of(labels)),
    )


def gate_state(book: Codebook, agreed: TopicAgreement) -> str:
    """Return whether the agreement on a topic reaches its gate: none, unknown, above, below.

    The lower end of the interval must reach it: a few labels that agree by chance are not enough.
    """
    gate = book.topics[agreed.topic].gate if agreed.topic in book.topics else ""
    if not gate:
        return "none"
    if is_unknown(agreed.figure):
        return "unknown"
    return "above" if Decimal(agreed.figure["low"]) >= Decimal(gate) else "below"
