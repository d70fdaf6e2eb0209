"""Template tags: the words of digests of sprints."""

from django import template

from shinrai.console.reader import reader_text
from shinrai.desk.queries.defects import defects_at
from shinrai.reports.queries.digests import DigestRecord
from shinrai.reports.rules.digest import HORIZONS, KINDS, STATES

register = template.Library()


@register.filter
def digest_state(found: DigestRecord) -> str:
    """Return the words for the state of a digest."""
    return reader_text(STATES[found.state])


@register.filter
def digest_kind(kind: str) -> str:
    """Return the title of the section that an item is in."""
    return reader_text(KINDS[kind])


@register.filter
def digest_horizon(horizon: str) -> str:
    """Return by when something is proposed."""
    return reader_text(HORIZONS[horizon])


@register.simple_tag
def defect_at(ticket: str, workspace_id: int) -> int | None:
    """Return the number of the defect that has a ticket; None if none has."""
    return defects_at([ticket], workspace_id=workspace_id).get(ticket)


@register.filter
def decided(found: DigestRecord, verdict: str) -> int:
    """Count the items of a digest with a verdict."""
    return found.decided(verdict)
