"""Template tags: the words of digests of sprints."""

from django import template

from shinrai.console.reader import reader_text
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


@register.filter
def decided(found: DigestRecord, verdict: str) -> int:
    """Count the items of a digest with a verdict."""
    return found.decided(verdict)
