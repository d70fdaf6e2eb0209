"""Reconciliations in sentences and small drawings."""

from collections.abc import Sequence
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, ngettext

from shinrai.importers.reconciling.reconciliation import CaseLine, Reconciliation
from shinrai.importers.reconciling.wording import reason_words
from shinrai.importers.rules.reconciling.comparing import Entry
from shinrai.units.wording import Words

register = template.Library()

BAR = 160  # units of the drawing, whose width the page decides


@register.simple_tag
def reconciliation_sentence(found: Reconciliation) -> str:
    """Say in one sentence how far the source's figures and ours agree."""
    compared = [entry for entry in found.entries if entry.metric.why_not is None]
    differing = sum(entry.differing for entry in compared)
    n = sum(entry.n for entry in compared)
    if not n:
        return gettext("The source says nothing of its cases that can be compared.")
    if not differing:
        first = gettext("All %(n)s figures of the source are ours too.") % {"n": f"{n:,}"}
        return first
    first = _differing(n, differing)
    left = found.unexplained
    if not left:
        return _joined(first, gettext("Every difference has its reason."))
    said = ngettext(
        "%(n)s difference has no reason we could find.",
        "%(n)s differences have no reason we could find.",
        left,
    )
    return _joined(first, said % {"n": f"{left:,}"})


@register.simple_tag
def case_sentence(lines: Sequence[CaseLine]) -> str:
    """Say in one sentence how far the source's figures of one case and ours agree."""
    differing = sum(line.row is not None for line in lines)
    n = sum(line.entry.metric.why_not is None for line in lines)
    if not n:
        return gettext("The source says nothing of its cases that can be compared.")
    if not differing:
        return gettext("All %(n)s figures of the source are ours too.") % {"n": n}
    return _differing(n, differing)


@register.simple_tag
def words_of(words: Words) -> str:
    """Say what is there in both languages, in the reader's."""
    return words["ja"] if (get_language() or "").startswith("ja") else words["en"]


@register.simple_tag
def reason_word(code: str) -> str:
    """Name a reason."""
    return words_of(reason_words(code))


@register.simple_tag
def reason_bar(count: int, entry: Entry) -> SafeString:
    """Draw how much of the differences a reason makes up; the count stands beside it."""
    of = max(entry.differing + entry.not_comparable, 1)
    width = max(round(BAR * count / of), 2)
    return format_html(
        '<svg class="reason-bar" viewBox="0 0 {} 8" width="{}" height="8" aria-hidden="true">'
        '<rect class="all" width="{}" height="8"/><rect class="of" width="{}" height="8"/></svg>',
        BAR,
        BAR,
        BAR,
        width,
    )


@register.filter
def by_weight(entry: Entry) -> list[tuple[str, int]]:
    """List the reasons of a figure, the heaviest first."""
    return entry.reasons.most_common()


@register.simple_tag
def figure(value: Any) -> str:
    """Write a figure as the source would: words as they are, thousands apart, no empty cell."""
    if value is None:
        return "—"
    if isinstance(value, bool | str):
        return str(value).replace("T", " ").replace("+00:00", " UTC")
    return f"{value:,}"


def _differing(n: int, differing: int) -> str:
    said = ngettext(
        "Of %(n)s figures %(differing)s differs from ours.",
        "Of %(n)s figures %(differing)s differ from ours.",
        differing,
    )
    return said % {"n": f"{n:,}", "differing": f"{differing:,}"}


def _joined(*sentences: str) -> str:
    # Japanese sentences follow each other without a blank.
    return ("" if sentences[0].endswith("。") else " ").join(sentences)
