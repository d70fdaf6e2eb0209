"""Filters of explore's templates: cells of an answer, and meanings of columns."""

from datetime import date, datetime
from typing import Any

from django import template
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import pgettext

from shinrai.console.templatetags.console import visible

register = template.Library()
LONGEST_CELL = 400


@register.filter
def meaning(text: str) -> str:
    """Return what a table or column means, in the reader's language where it is translated."""
    return pgettext("column", text) if text else ""


@register.filter
def is_number(value: Any) -> bool:
    """Tell whether a cell is a number."""
    return isinstance(value, int | float) and not isinstance(value, bool)


@register.simple_tag
def cell(value: Any) -> str | SafeString:
    """Return a cell of an answer as people read it; an empty one is a dash."""
    if value is None:
        return format_html('<span class="soft">{}</span>', "–")
    if isinstance(value, datetime):
        return value.isoformat(" ", "seconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return number_format(value, decimal_pos=4).rstrip("0").rstrip(".")
    if isinstance(value, int) and not isinstance(value, bool):
        return number_format(value, use_l10n=False)
    text = str(value)
    return visible(text if len(text) <= LONGEST_CELL else f"{text[: LONGEST_CELL - 1]}…")


@register.filter
def drawing(svg: str) -> SafeString:
    """Return a chart as it was drawn: its words are escaped where it is made."""
    return SafeString(svg)


@register.filter
def of_tile(alerts: dict[str, Any], tile: str) -> Any:
    """Return the alert of a tile; None if it has none."""
    return (alerts or {}).get(tile)
