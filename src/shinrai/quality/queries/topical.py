"""What topics, labels, findings and reviews add to the counts, from the published tables."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from shinrai.calendars.rules.zones import midnight
from shinrai.quality.measures.answers import marks
from shinrai.quality.measures.population import population
from shinrai.quality.measures.repeats import repeats
from shinrai.quality.measures.topical import double_labels, findings, with_topics
from shinrai.quality.rules.topical import resolved
from shinrai.quality.tables import ANSWERS, INQUIRIES, INVESTIGATIONS
from shinrai.topics.tables import TOPICS
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
