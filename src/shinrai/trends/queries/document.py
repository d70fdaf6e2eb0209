"""Trends as programs and pages read them: values that JSON has."""

from collections.abc import Sequence
from typing import Any

from shinrai.trends.queries.report import RiseReport, TrendsReport, alarm_rows
from shinrai.trends.rules.new_words import NewWord
from shinrai.trends.rules.ranking import NO_MAPPING, Ranked, Silent
from shinrai.units.unknown import Unknown


def ranked_row(row: Ranked, silent: Silent | Unknown | None = None) -> dict[str, Any]:
    """Return a row of a ranking."""
    per_person = row.per_active_person
    return {
        "by": row.by,
        "key": row.name,
        "customers": row.customers,
        "customers_a_week": round(row.customers_a_week, 2),
        "per_active_person": None if isinstance(per_person, Unknown) else round(per_person, 6),
        "inquiries": row.inquiries,
        "loudest": {"count": row.loudest.count, "of": row.loudest.of},
        "loudest_share": round(row.loudest.count / row.loudest.of, 4),
        "effective_customers": round(row.effective, 2),
        "silent": None if silent is None else silent_row(silent),
    }


def silent_row(found: Silent | Unknown) -> dict[str, Any]:
    """Return who is affected and silent, or why that is not known."""
    if isinstance(found, Unknown):
        return {"unknown": str(found)}
    likely = found.estimate
    known = None if isinstance(likely, Unknown) else [round(one) for one in likely]
    return {
        "event": found.event,
        "affected": found.affected,
        "wrote": found.wrote,
        "silent": found.silent,
        "estimate": known and {"low": known[0], "likely": known[1], "high": known[2]},
        "method": "Chapman" if known else None,
        "estimate_unknown": str(likely) if isinstance(likely, Unknown) else None,
    }


def word_rows(found: Sequence[NewWord]) -> list[dict[str, Any]]:
    """Return new words with the customers who used them."""
    return [{"word": one.word, "customers": one.now, "before": one.before} for one in found]


def rise_row(one: RiseReport) -> dict[str, Any]:
    """Return a rise with its evidence."""
    event = one.event
    return {
        **alarm_rows([one.rise.worst])[0],
        "first_on": f"{one.rise.first_on}",
        "last_on": f"{one.rise.last_on}",
        "alarms": one.rise.alarms,
        "customers": one.customers,
        "inquiries": one.inquiries,
        "event": event
        and {"kind": event.kind, "name": event.name, "on": f"{event.first_on}"}
        | {"days_after": one.days_after},
        "silent": silent_row(one.silent),
        "words": word_rows(one.words),
    }


def trends_document(found: TrendsReport) -> dict[str, Any]:
    """Return everything the page shows."""
    unknown = isinstance(found.active, Unknown)
    return {
        "at": found.at.isoformat(),
        "on": f"{found.on}",
        "rises": [rise_row(one) for one in found.rises],
        "ranked": {
            by: [
                ranked_row(row, found.silent.get(row.name, NO_MAPPING) if by == "topic" else None)
                for row in rows
            ]
            for by, rows in found.ranked.items()
        },
        "words": {topic: word_rows(words) for topic, words in found.words.items() if words},
        "floods": [
            {"topic": topic, "on": f"{on}", "inquiries": count}
            for (topic, on), count in sorted(found.flooded.items(), key=lambda one: one[0][1])
        ],
        "active_a_week": None if unknown else round(float(found.active), 1),  # type: ignore[arg-type]
        "topics": found.topics,
        "false_alarms_a_year": round(found.false_alarms, 3),
    }
