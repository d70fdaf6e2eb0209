"""Topics with their sizes, and how far labellers agree on each."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from shinrai.accounts.queries import WorkspaceRecord
from shinrai.quality.measures.population import population
from shinrai.quality.measures.topical import double_labels, findings, topic_sizes, with_topics
from shinrai.quality.queries.remembering import quarter
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
from shinrai.quality.tables import INQUIRIES, INVESTIGATIONS
from shinrai.topics.rules.codebook import Codebook
from shinrai.topics.tables import TOPICS
from shinrai.units.moments import epoch_us
from shinrai.warehouse.parameters import of_shape, shape
from shinrai.warehouse.remembering import remembered
from shinrai.warehouse.running import run_all
from shinrai.warehouse.store import Fresh, Warehouse

TABLES = (INQUIRIES, INVESTIGATIONS, TOPICS)


@dataclass(frozen=True)
class TopicCount:
    """How much of one mode is about a topic; `customers` None: no customer is known."""

    topic: str
    customers: int | None
    inquiries: int
    open: int
    came_back: Figure


@dataclass(frozen=True)
class ModeTopics:
    """The topics of one mode, those of most customers first; `unlabelled` have none."""

    mode: str
    topics: tuple[TopicCount, ...]
    labelled: int
    unlabelled: int
    agreement: Figure
    by_topic: tuple[TopicAgreement, ...]
    hanging: tuple[Hanging, ...]


@dataclass(frozen=True)
class TopicReport:
    """All of it, mode by mode, and what it was computed from."""

    at: datetime
    since: date | None
    until: date | None
    modes: tuple[ModeTopics, ...]
    versions: dict[str, int]
    fresh: dict[str, Fresh | None]


def topic_report(
    *,
    workspace: WorkspaceRecord,
    at: datetime,
    warehouse: Warehouse,
    since: date | None = None,
    until: date | None = None,
) -> TopicReport:
    """Rank topics by distinct customers, of inquiries received between two dates, both included.

    Findings are those of the 180 days before the moment.
    """

    def made() -> TopicReport:
        values = {"at": epoch_us(at), "since": since, "until": until}
        asked = _asked(shape(values))
        within = {"workspace_id": workspace.id}
        answers = run_all(warehouse, asked, tables=TABLES, within=within, parameters=values)
        rows = {name: answer.records() for name, answer in answers.items()}
        says = {row["label"]: row["topic"] for row in rows["counts_as"]}
        rows["double_labels"] = resolved(rows["double_labels"], says)
        sizes: dict[str, int] = {row["mode"]: 0 for row in (*rows["sizes"], *rows["findings"])}
        for row in rows["sizes"]:
            sizes[row["mode"]] += int(row["inquiries"])
        modes = sorted(sizes, key=lambda mode: (-sizes[mode], mode))
        return TopicReport(
            at=at,
            since=since,
            until=until,
            modes=tuple(
                _mode(mode, *(_of(rows[name], mode) for name in asked if name != "counts_as"))
                for mode in modes
            ),
            versions=dict(answers["findings"].versions),
            fresh=dict(answers["findings"].fresh),
        )

    key = ("topics", workspace.id, since, until, quarter(at))
    return remembered(warehouse, TABLES, key, made)


@lru_cache(maxsize=8)
def _asked(names: frozenset[str]) -> dict[str, Any]:
    span, topics = of_shape(names, "at", "since", "until"), TOPICS.unbound()
    inquiries = with_topics(INQUIRIES.unbound(), topics)
    found = population(inquiries, **span)
    filed = with_topics(INVESTIGATIONS.unbound(), topics)
    return {
        "sizes": topic_sizes(found),
        "double_labels": double_labels(found),
        "findings": findings(filed, inquiries, until=span["at"]),
        "counts_as": topics.select("label", "topic"),
    }


def _of(rows: list[dict[str, Any]], mode: str) -> list[dict[str, Any]]:
    return [row for row in rows if row["mode"] == mode]


def _mode(
    mode: str,
    sizes: list[dict[str, Any]],
    labels: list[dict[str, Any]],
    found: list[dict[str, Any]],
) -> ModeTopics:
    topics = [
        TopicCount(
            topic=row["about"],
            customers=int(row["customers"]) if row["with_customer"] else None,
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
    """Say how a topic stands to its gate: none, unknown, above, below.

    Above is judged by the lower end of the interval: what few labels happen to show is not enough.
    """
    gate = book.topics[agreed.topic].gate if agreed.topic in book.topics else ""
    if not gate:
        return "none"
    if is_unknown(agreed.figure):
        return "unknown"
    return "above" if Decimal(agreed.figure["low"]) >= Decimal(gate) else "below"
