"""Template tags for moments, durations, shares, unknown values and Markdown, for the reader."""

from datetime import datetime, timedelta
from fractions import Fraction
from functools import cache
from typing import Any

from django import template
from django.template import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, gettext_noop

from shinrai.console.charts.budget_row import SquareState
from shinrai.console.charts.budget_row import glyph as draw_glyph
from shinrai.console.reader import reader_text
from shinrai.console.rules.wording import (
    Bounds,
    Counted,
    MomentForm,
    decimal_words,
    duration_words,
    grouped,
    language_of,
    moment_words,
    share_parts,
    share_words,
    visible_words,
)
from shinrai.statistics.wilson import wilson
from shinrai.units.share import Share
from shinrai.units.text import Language, Text, translated
from shinrai.units.unknown import Unknown

register = template.Library()

# Reasons are written where the number is; those of the ground are listed here to be translated.
KNOWN_REASONS = (gettext_noop("nothing to count"), gettext_noop("not recorded"))


@register.simple_tag(takes_context=True)
def moment(
    context: Context, at: datetime | Unknown | None, form: MomentForm = "moment"
) -> SafeString:
    """Write a moment: `{% moment case.due_at %}`, or with "date", "time" or "full"."""
    if not isinstance(at, datetime):
        return unknown(at)
    zone = _zone(context)
    near = getattr(context.get("request"), "at", None)
    said = moment_words(at, zone=zone, language=_language(), near=near, form=form)
    whole = moment_words(at, zone=zone, language=_language(), form="full")
    return format_html('<time datetime="{}" title="{}">{}</time>', at.isoformat(), whole, said)


@register.filter
def visible(text: str) -> str:
    """Show invisible characters in a key or name from outside: `{{ key|visible }}`."""
    return visible_words(str(text))


@register.simple_tag
def duration(span: timedelta | int | Unknown | None) -> SafeString:
    """Write a duration, given as a timedelta or in seconds: `{% duration case.left %}`."""
    if isinstance(span, bool) or not isinstance(span, timedelta | int):
        return unknown(span)
    whole = timedelta(seconds=span) if isinstance(span, int) else span
    return format_html(
        '<span class="nowrap">{}</span>', duration_words(whole, language=_language())
    )


@register.simple_tag
def share(
    value: Share | Unknown | None, interval: Bounds | None = None, of: Counted = None
) -> SafeString:
    """Write a share with its count, total and interval: `{% share report.kept %}`."""
    if not isinstance(value, Share):
        return unknown(value)
    bounds = interval or wilson(value.count, value.of)
    said = share_words(value, language=_language(), interval=bounds, of=of)
    if isinstance(said, Unknown):
        return unknown(said)
    return format_html('<span class="count">{}</span>', said)


@register.simple_tag
def share_figure(
    value: Share | Unknown | None,
    interval: Bounds | None = None,
    target: Fraction | None = None,
) -> SafeString:
    """Write a share in large type, with its percentage and interval in small type."""
    if not isinstance(value, Share):
        return unknown(value)
    bounds = interval or wilson(value.count, value.of)
    goal = target if isinstance(target, Fraction) else None  # "" where a template names none
    parts = share_parts(value, interval=bounds, target=goal)
    if isinstance(parts, Unknown):
        return unknown(parts)
    counts, inside = (translated(part, _language()) for part in parts)
    return format_html('{} <span class="of">{}</span>', counts, bracketed(inside))


@register.simple_tag
def known(value: object) -> SafeString:
    """Write any value, or a dash with the reason if it is unknown."""
    if value is None or value == "" or isinstance(value, Unknown):
        return unknown(value)
    if isinstance(value, timedelta):
        return duration(value)
    return count(value) if isinstance(value, int | Fraction) else format_html("{}", value)


@register.simple_tag
def count(value: int | Fraction | Any) -> SafeString:
    """Write a count with separators (27,594), or a fraction with one decimal (2.6)."""
    if isinstance(value, bool) or not isinstance(value, int | float | Fraction):
        return unknown(value)
    said = grouped(value) if isinstance(value, int) else decimal_words(value)
    return format_html('<span class="count">{}</span>', said)


def reason_words(value: object) -> str:
    """Return why a value is unknown."""
    if isinstance(value, Unknown):
        return translated(value, _language())
    return gettext(value) if isinstance(value, str) and value else ""


@register.simple_tag
def unknown(value: object = None) -> SafeString:
    """Write a dash with the reason: `{% unknown value %}`, `{% unknown "no messages" %}`."""
    words = reason_words(value) or gettext("not recorded")
    return format_html(
        '<span class="unknown"><span aria-hidden="true">—</span>'
        '<span class="unseen-words">{}</span> <span class="reason">{}</span></span>',
        gettext("unknown"),
        bracketed(words),
    )


@register.filter
def text(value: Text | str) -> str:
    """Translate a text into the reader's language: `{{ definition.question|text }}`."""
    return reader_text(value)


@register.filter
def markdown(text: str) -> SafeString:
    """Return Markdown as HTML that nothing can run in: `{{ article.body|markdown }}`."""
    return SafeString(_renderer().render(text))


def bracketed(words: object) -> str:
    """Put words in the brackets of the reader's language."""
    return translated(Text("({words})", words=words), _language())


@register.simple_tag
def glyph(state: SquareState) -> SafeString:
    """Draw the square of a ticket's state, to put before its name."""
    return SafeString(draw_glyph(state))


@cache
def _renderer() -> Any:
    from markdown_it import MarkdownIt

    # Raw HTML is shown as text, links to scripts stay text; a picture would be fetched elsewhere.
    return MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")


def _language() -> Language:
    return language_of(get_language())


def _zone(context: Context) -> str:
    return str(getattr(context.get("workspace"), "zone", "") or "UTC")
