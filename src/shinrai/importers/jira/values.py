"""Conversions of Jira's values: ids, texts of fields, SLA times."""

from collections.abc import Mapping
from typing import Any, Final

from shinrai.importers.flatten.values import moment

SHOWN_BY: Final = ("value", "displayName", "name", "title", "key")


def id_of(value: Any) -> str | None:
    """Return the id of a person, a status or an option: account on Cloud, else key or name."""
    if not isinstance(value, Mapping):
        return None if value in (None, "") else str(value)
    found = next((value[n] for n in ("accountId", "key", "id", "name") if value.get(n)), None)
    return None if found is None else str(found)


def shown(value: Any) -> str | None:
    """Return the text of a field: of an option its name, of a list its parts; None if empty."""
    if isinstance(value, bool) or value in (None, "", [], {}):
        return None
    if isinstance(value, str | int | float):
        return str(value)
    if isinstance(value, Mapping):
        found = next((value[name] for name in SHOWN_BY if value.get(name)), None)
        return found if isinstance(found, str) else None
    if isinstance(value, list):
        return ";".join(filter(None, map(shown, value))) or None
    return None


def is_cycles(value: Any) -> bool:
    """Return whether a value holds the cycles of an SLA."""
    return isinstance(value, Mapping) and ("completedCycles" in value or "ongoingCycle" in value)


def at_of(value: Any) -> str | None:
    """Return a moment of the service desk: `{iso8601, epochMillis, …}`, milliseconds, or text."""
    if isinstance(value, Mapping):
        return moment(value.get("epochMillis")) or moment(value.get("iso8601"))
    return moment(value)


def millis_of(value: Any) -> int | None:
    """Return a duration in milliseconds: from `{millis, friendly}`, or from a raw field."""
    found = value.get("millis") if isinstance(value, Mapping) else value
    return int(found) if isinstance(found, int | float) and not isinstance(found, bool) else None
