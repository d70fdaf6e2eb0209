"""The summary, and one measure of it, as documents for JSON; nothing is rounded."""

from typing import Any, Final

from shinrai.quality.queries.definitions import Definition, definitions
from shinrai.quality.queries.summary import QualitySummary
from shinrai.quality.rules.figures import plain
from shinrai.units.errors import UserError
from shinrai.units.text import Text, in_both_languages

DECLARED: Final = ("version", "owner", "grain", "unit", "better")
WORDS: Final = ("question", "numerator", "denominator", "unknown_when")


class UnknownMeasure(UserError, LookupError):
    """No measure is declared with this key."""


def summary_document(found: QualitySummary) -> dict[str, Any]:
    """Return the JSON document of a summary."""
    document: dict[str, Any] = {
        "workspace": found.workspace,
        "at": found.at,
        "from": found.since,
        "to": found.until,
        "dates": "date received in the workspace's zone, both included",
        "mode": found.mode,
        "topic": found.topic,
        "inquiries": found.inquiries,
        "steps": found.steps,
        "investigations": found.investigations,
        **plain(found.figures),
        "proactive": plain(found.proactive),
        "calendar": {"name": found.calendar, "zone": found.zone}
        if found.calendar
        else {"name": None, "zone": found.zone, "note": "no calendar: around the clock"},
        "rules": {"substantive": plain(found.substance)},
        "versions": found.versions,
        "fresh": _fresh(found),
        "from_steps": found.from_steps,
    }
    if len(found.modes) > 1:
        document["modes"] = plain(found.modes)
    return document


def measure_document(key: str, found: QualitySummary) -> dict[str, Any]:
    """Return one figure of a summary by each mode, with its definition. Raises: UnknownMeasure."""
    every = {one.measure.key: one for one in definitions()}
    if key not in every:
        known = ", ".join(every)
        raise UnknownMeasure(
            Text("there is no measure {key!r}; there are {known}", key=key, known=known)
        )
    return {
        **definition_document(every[key]),
        "at": found.at,
        "from": found.since,
        "to": found.until,
        "modes": {mode: plain(figures.get(key)) for mode, figures in found.modes.items()},
        "fresh": _fresh(found),
        "from_steps": found.from_steps,
    }


def definition_document(defined: Definition) -> dict[str, Any]:
    """Return the definition of a measure as a document, its words in both languages."""
    return {
        "measure": defined.measure.key,
        **{name: getattr(defined.measure, name) for name in DECLARED},
        **{name: in_both_languages(getattr(defined, name)) for name in WORDS},
    }


def _fresh(found: QualitySummary) -> dict[str, Any]:
    return {
        name: None if fresh is None else {"at": fresh.at, "upto": fresh.upto}
        for name, fresh in found.fresh.items()
    }
