"""The summary as a document for JSON; nothing is rounded."""

from typing import Any

from shinrai.quality.queries.summary import QualitySummary
from shinrai.quality.rules.figures import plain


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
        "fresh": {
            name: None if fresh is None else {"at": fresh.at, "upto": fresh.upto}
            for name, fresh in found.fresh.items()
        },
        "from_steps": found.from_steps,
    }
    if len(found.modes) > 1:
        document["modes"] = plain(found.modes)
    return document
