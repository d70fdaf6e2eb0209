"""Initiatives as JSON, for commands and the API."""

from typing import Any

from shinrai.initiatives.queries.results import Results
from shinrai.initiatives.rules.comparison import Comparison, Power
from shinrai.initiatives.rules.progress import InitiativeRecord, grade_of
from shinrai.statistics.differences import Sums
from shinrai.statistics.interval import Interval
from shinrai.units.json_values import json_values
from shinrai.units.unknown import Unknown


def progress_document(found: InitiativeRecord) -> dict[str, Any]:
    """Return what is declared of an initiative, and how it stands."""
    asked = found.declaration
    return {
        "key": found.key,
        "name": found.name,
        "owner": found.owner,
        "state": found.state,
        "grade": grade_of(found).key,
        "next_on": found.next_on and found.next_on.isoformat(),
        "digest": found.digest,
        "declared_at": found.declared.at.isoformat(),
        "declaration": asked and asked.document,
        "reason": found.reason,
        "amendments": [
            {
                "at": one.step.at.isoformat(),
                "by": one.step.by,
                "changed": list(one.changed),
                "reason": one.reason,
                "lowers": one.lowers,
                "digest": one.step.digest,
            }
            for one in found.amendments
        ],
        "beyond_the_kpi": [json_values(one.document) for one in found.notes],
        "closed": found.closed and json_values(found.closed.document),
    }


def results_document(found: Results) -> dict[str, Any]:
    """Return the figures of an initiative."""
    return {
        **progress_document(found.progress),
        "grade": found.grade.key,
        "answer": str(found.sentence),
        "weeks_done": found.done,
        "weeks": found.declaration.weeks,
        "before": _sums(found.before),
        "after": _sums(found.now),
        "change": _comparison(found.change),
        "comparison": _comparison(found.main),
        "arms": [
            {"arm": one.name, "people": one.people, **_sums(one.sums), "p_holm": one.p}
            for one in found.arms
        ],
        "sample_ratio_p": found.ratio_p,
    }


def power_document(found: Power) -> dict[str, Any]:
    """Return how long a declaration takes."""
    return {
        "cases_a_week": found.a_week,
        "now": found.history.value,
        "weeks_needed": found.needed,
        "weeks": found.declaration.weeks,
        "chance": found.chance,
        "answer": str(found.text),
    }


def _sums(sums: Sums) -> dict[str, Any]:
    return {"of": sums.of, "total": sums.total, "value": sums.value}


def _comparison(found: Comparison) -> dict[str, Any]:
    return {
        "estimate": found.estimate,
        "verdict": found.verdict,
        "decides": "fixed" if found.is_over else "sequence",
        "fixed": _ends(found.fixed),
        "sequence": _ends(found.sequence),
    }


def _ends(ends: Interval | Unknown) -> dict[str, Any]:
    if isinstance(ends, Unknown):
        return {"unknown": ends.reason}
    return {"low": ends.low, "high": ends.high, "level": ends.level, "method": ends.method}
