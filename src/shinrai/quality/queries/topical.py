"""What topics, labels, findings and reviews add to the counts, from the published tables."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from shinrai.calendars.rules.zones import midnight
from shinrai.quality.measures.answers import marks
from shinrai.quality.measures.population import population
from shinrai.quality.measures.repeats import repeats
from shinrai.quality.measures.topical import (
    SPAN,
    double_labels,
    findings,
    findings_told,
    with_topics,
)
from shinrai.quality.rules.topical import resolved
from shinrai.quality.tables import ANSWERS, INQUIRIES, INVESTIGATIONS
from shinrai.topics.tables import TOPICS
from shinrai.units.moments import epoch_us
from shinrai.warehouse.running import Answer, run_all
from shinrai.warehouse.store import Warehouse

TABLES = (INQUIRIES, INVESTIGATIONS, TOPICS, ANSWERS)
SAME = ("customer_id", "about")
Rows = dict[str, list[dict[str, Any]]]


def topical_rows(
    warehouse: Warehouse,
    workspace_id: int,
    *,
    at: datetime,
    since: date | None = None,
    until: date | None = None,
    mode: str | None = None,
    zone: str = "UTC",
    versions: Mapping[str, int] | None = None,
) -> tuple[Rows, list[Answer]]:
    """Count what figures by topic are made of; only what was labelled is looked at.

    Findings are those of the 180 days before the moment, or before the end of `until`.
    """
    topics = TOPICS.unbound()
    inquiries = with_topics(INQUIRIES.unbound(), topics)
    found = population(inquiries, at=at, since=since, until=until, mode=mode)
    ends = at if until is None else min(at, midnight(zone, until + timedelta(days=1)))
    asked = {
        "repeats_on_topic": repeats(found, inquiries, same=SAME),
        "double_labels": double_labels(found),
        "findings": findings(
            with_topics(INVESTIGATIONS.unbound(), topics), inquiries, until=ends, mode=mode
        ),
        "marks": marks(ANSWERS.unbound(), at=at, since=since, until=until, mode=mode),
        "counts_as": topics.select("label", "topic"),
    }
    within = {"workspace_id": workspace_id}
    answers = run_all(warehouse, asked, tables=TABLES, within=within, versions=versions)
    rows = {name: answer.records() for name, answer in answers.items()}
    rows["double_labels"] = resolved(rows["double_labels"], rows.pop("counts_as"))
    return rows, list(answers.values())


@dataclass(frozen=True)
class TopicalDays:
    """The same, day by day and finding by finding: any dates are counted from it."""

    repeats: list[dict[str, Any]]
    labels: list[dict[str, Any]]
    findings: list[dict[str, Any]]
    marks: list[dict[str, Any]]
    answers: tuple[Answer, ...]


def topical_days(
    warehouse: Warehouse, workspace_id: int, *, at: datetime, versions: Mapping[str, int]
) -> TopicalDays:
    """Count by day of receipt what figures by topic are made of, and list the findings."""
    topics = TOPICS.unbound()
    inquiries = with_topics(INQUIRIES.unbound(), topics)
    found = population(inquiries, at=at)
    by = ("received_on",)
    asked = {
        "repeats": repeats(found, inquiries, same=SAME, by=by),
        "labels": double_labels(found, by=by),
        "findings": findings_told(with_topics(INVESTIGATIONS.unbound(), topics), inquiries),
        "marks": marks(ANSWERS.unbound(), at=at, by=("answered_on",)),
        "counts_as": topics.select("label", "topic"),
    }
    within = {"workspace_id": workspace_id}
    answers = run_all(warehouse, asked, tables=TABLES, within=within, versions=versions)
    rows = {name: answer.records() for name, answer in answers.items()}
    return TopicalDays(
        repeats=rows["repeats"],
        labels=resolved(rows["labels"], rows["counts_as"]),
        findings=rows["findings"],
        marks=rows["marks"],
        answers=tuple(answers.values()),
    )


def topical_rows_in(
    days: TopicalDays, *, at: datetime, since: date | None, until: date | None, zone: str
) -> Rows:
    """Count over some dates what `topical_rows` counts."""
    ends = epoch_us(at if until is None else min(at, midnight(zone, until + timedelta(days=1))))
    first = ends - SPAN // timedelta(microseconds=1)

    def inside(rows: list[dict[str, Any]], day: str) -> list[dict[str, Any]]:
        if since is None and until is None:
            return rows  # also what has no date, as without a filter
        first_on, last_on = since or date.min, until or date.max
        return [row for row in rows if row[day] and first_on <= row[day] <= last_on]

    again: dict[str, Counter[str]] = {}
    for row in inside(days.repeats, "received_on"):
        sums = {name: int(row[name]) for name in ("settled", "repeated", "held")}
        again.setdefault(row["mode"], Counter()).update(sums)
    said = Counter[tuple[str, str]]()
    for row in inside(days.labels, "received_on"):
        said[row["mode"], row["double_labels"]] += int(row["count"])
    judged = Counter[tuple[str, str, str | None]]()
    for row in inside(days.marks, "answered_on"):
        judged[row["mode"], row["criterion"], row["marks"]] += int(row["count"])
    who = Counter(
        (row["mode"], row["finder"], row["about"])
        for row in days.findings
        if first < row["finding_us"] <= ends
    )
    return {
        "repeats_on_topic": [{"mode": mode, **sums} for mode, sums in again.items()],
        "double_labels": [
            {"mode": mode, "double_labels": labels, "count": count}
            for (mode, labels), count in said.items()
        ],
        "marks": [
            {"mode": mode, "criterion": criterion, "marks": both, "count": count}
            for (mode, criterion, both), count in judged.items()
        ],
        "findings": [
            {"mode": mode, "finder": finder, "about": about, "count": count}
            for (mode, finder, about), count in who.items()
        ],
    }
