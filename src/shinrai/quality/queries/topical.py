"""What topics, labels, findings and reviews add to the counts, from the published tables."""

from collections import Counter
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from shinrai.calendars.rules.zones import midnight
from shinrai.quality.measures.answers import marks
from shinrai.quality.measures.repeats import repeats
from shinrai.quality.measures.tallies import MOMENT
from shinrai.quality.measures.topical import (
    SPAN_US,
    double_labels,
    findings,
    of_topic,
)
from shinrai.quality.queries.asking import as_asked, ask, moment
from shinrai.quality.queries.tallied import Tallied
from shinrai.quality.rules.labels import finding_rows, label_rows
from shinrai.quality.rules.tallies import Span, repeat_rows, rows_among
from shinrai.quality.tables import ANSWERS, INQUIRIES, INVESTIGATIONS
from shinrai.topics.tables import TOPICS
from shinrai.units.moments import epoch_us
from shinrai.warehouse.parameters import of_shape
from shinrai.warehouse.running import Answer
from shinrai.warehouse.store import Warehouse

TABLES = (INQUIRIES, INVESTIGATIONS, TOPICS, ANSWERS)
SAME = ("customer_id", "about")
Rows = dict[str, list[dict[str, Any]]]


def topical_counts(
    found: Any, inquiries: Any, investigations: Any, names: frozenset[str]
) -> dict[str, Any]:
    """Count what figures by topic are made of; only what was labelled is looked at.

    Input:  the population asked about, all inquiries and all investigations, each `with_topics`.
    Findings are those of the 180 days before `ends`. With a `topic`, only what counts as it; how
    far labellers agree is then not asked, for what they disagreed on would be told by what was
    decided.
    """
    asked = of_shape(names, "at", "since", "until", "mode")
    more = of_shape(names, "ends", "mode", "topic")
    sampled = ANSWERS.unbound()
    if more["topic"] is not None:
        about = of_topic(inquiries, more["topic"])
        sampled = sampled.semi_join(about, [sampled.case_id == about.case_id])
    return {
        "repeats_on_topic": repeats(found, inquiries, same=SAME),
        "double_labels": double_labels(found),
        "findings": findings(
            investigations,
            inquiries,
            until=more["ends"],
            mode=more["mode"],
            topic=more["topic"],
        ),
        "marks": marks(sampled, **asked),
        "counts_as": TOPICS.unbound().select("label", "topic"),
    }


def topical_in(
    found: Tallied, *, at: datetime, since: date | None, until: date | None, zone: str
) -> Rows:
    """Count over some dates what `topical_rows` counts, marks aside, out of tallies."""
    ends_us = epoch_us(at if until is None else min(at, midnight(zone, until + timedelta(days=1))))
    inside = Span(since, until).of(found.inquiries["on"])
    modes, mode_of_kind = found.kinds.groups(("mode",))
    places = rows_among(inside)
    mode_of = mode_of_kind[found.inquiries["kind"][places]]
    again = found.inquiries["again_on_topic"][places]
    return {
        "repeats_on_topic": repeat_rows([mode for (mode,) in modes], mode_of, again),
        "double_labels": label_rows(found.labelled, found.inquiries, found.kinds, inside),
        "findings": finding_rows(found.labelled, first_us=ends_us - SPAN_US, ends_us=ends_us),
    }


@lru_cache(maxsize=1)
def _marks_by_day() -> Any:
    return marks(as_asked(ANSWERS.unbound()), at=MOMENT, by=("answered_on",))


def marks_by_day(warehouse: Warehouse, workspace_id: int, *, at: datetime) -> Answer:
    """Count by day what reviewers said of sampled answers: any dates are added up from it."""
    asked = moment(epoch_us(at))
    return ask(warehouse, workspace_id, ANSWERS, _marks_by_day(), asked=asked)


def marks_in(days: Answer, *, since: date | None, until: date | None) -> list[dict[str, Any]]:
    """Add up over some dates, without dates also what has none."""
    first_on, last_on = since or date.min, until or date.max
    is_all = since is None and until is None
    judged = Counter[tuple[str, str, str | None]]()
    for row in days.records():
        if is_all or (row["answered_on"] and first_on <= row["answered_on"] <= last_on):
            judged[row["mode"], row["criterion"], row["marks"]] += int(row["count"])
    return [
        {"mode": mode, "criterion": criterion, "marks": both, "count": count}
        for (mode, criterion, both), count in judged.items()
    ]
