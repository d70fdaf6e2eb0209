"""Topics with their sizes, and the agreement of labellers on each."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

import numpy as np

from shinrai.accounts.queries import WorkspaceRecord
from shinrai.quality.queries.day_counts import NAME, findings_before
from shinrai.quality.rules import reasons
from shinrai.quality.rules.figures import Figure, is_unknown, share_figure
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

QUESTIONS: Final = (*("topic_sizes", "topic_customers", "counts_as", "double_labels", "findings"),)


@dataclass(frozen=True)
class TopicCount:
    """The inquiries of one mode about a topic; `customers` None: no customer is known."""

    topic: str
    customers: int | None
    inquiries: int
    open: int
    came_back: Figure


@dataclass(frozen=True)
class ModeTopics:
    """The topics of one mode, those with most customers first; `unlabelled` inquiries have none."""

    mode: str
    topics: tuple[TopicCount, ...]
    labelled: int
    unlabelled: int
    agreement: Figure
    by_topic: tuple[TopicAgreement, ...]
    hanging: tuple[Hanging, ...]


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
    *, workspace: WorkspaceRecord, since: date | None = None, until: date | None = None
) -> TopicReport:
    """Rank topics by distinct customers, of inquiries received between two dates, both included.

    Findings are those of the 180 days before the moment of counting.
    """
    found = day_numbers(NAME, workspace_id=workspace.id, questions=QUESTIONS)
    if found is None:
        return TopicReport(None, since, until, modes=(), versions={}, fresh={})
    fill, numbers = found
    sizes = numbers["topic_sizes"].between(since, until).sums()
    customers = distinct_customers(numbers["topic_customers"].between(since, until))
    says = {row["label"]: row["topic"] for row in numbers["counts_as"].sums()}
    labels = resolved(numbers["double_labels"].between(since, until).sums(), says)
    found_rows = findings_before(numbers["findings"], fill.at)
    totals: Counter[str] = Counter({row["mode"]: 0 for row in found_rows})
    for row in sizes:
        totals[row["mode"]] += row["inquiries"]
    return TopicReport(
        at=fill.at,
        since=since,
        until=until,
        modes=tuple(
            _mode(mode, _of(sizes, mode), customers, _of(labels, mode), _of(found_rows, mode))
            for mode in sorted(totals, key=lambda mode: (-totals[mode], mode))
        ),
        versions=dict(fill.versions),
        fresh=dict(fill.fresh),
    )


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
    found: list[dict[str, Any]],
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
        hanging=hanging_of(found),
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
