"""Sentences and small drawings about reconciliations."""

from collections.abc import Sequence
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, ngettext

from shinrai.console.reader import reader_language
from shinrai.console.rules.wording import kept_together
from shinrai.importers.reconciliation.queries import CaseLine, Reconciliation
from shinrai.importers.reconciliation.reason_names import reason_words
from shinrai.importers.rules.reconciliation.comparison import FigureComparison
from shinrai.importers.rules.reconciliation.figure import UNEXPLAINED
from shinrai.units.text import Text

register = template.Library()

BAR = 240  # units of the drawing, whose width the page decides
LEAST, GAP = 3, 1


@register.simple_tag
def reconciliation_sentence(found: Reconciliation) -> str:
    """Return sentences about how many of the source's figures equal ours."""
    compared = [entry for entry in found.entries if entry.metric.why_not is None]
    differing = sum(entry.differing for entry in compared)
    n = sum(entry.n for entry in compared)
    if not n:
        return gettext("The source says nothing of its cases that can be compared.")
    if not differing:
        return gettext("All %(n)s figures of the source are ours too.") % {"n": f"{n:,}"}
    said = {"equal": f"{n - differing:,}", "n": f"{n:,}", "share": _percent(n - differing, n)}
    first = gettext("%(equal)s of the source's %(n)s figures are ours too (%(share)s).") % said
    left = found.unexplained
    if not left:
        other = ngettext(
            "The other %(n)s has its reason.", "Each of the other %(n)s has its reason.", differing
        )
        return _joined(first, other % {"n": f"{differing:,}"})
    told = ngettext(
        "%(left)s of the other %(n)s has no reason we could find.",
        "%(left)s of the other %(n)s have no reason we could find.",
        left,
    )
    return _joined(first, told % {"left": f"{left:,}", "n": f"{differing:,}"})


@register.simple_tag
def case_sentence(lines: Sequence[CaseLine]) -> str:
    """Return a sentence about how many of the source's figures of one case equal ours."""
    differing = sum(line.row is not None for line in lines)
    n = sum(line.entry.metric.why_not is None for line in lines)
    if not n:
        return gettext("The source says nothing of its cases that can be compared.")
    if not differing:
        return gettext("All %(n)s figures of the source are ours too.") % {"n": n}
    return _differing(n, differing)


@register.simple_tag
def words_of(words: Text) -> str:
    """Return a text in the reader's language."""
    return words["ja"] if (get_language() or "").startswith("ja") else words["en"]


@register.simple_tag
def reason_word(code: str) -> str:
    """Return the name of a reason, in the reader's language."""
    return words_of(reason_words(code))


@register.simple_tag
def agreement_bar(entry: FigureComparison) -> SafeString:
    """Draw a bar of a figure's cases: equal ones, and those that differ for each reason.

    Very small parts are drawn wide enough to be seen; the counts are next to the bar as text.
    """
    pieces = [("equal", entry.equal)]
    pieces += [
        ("unexplained" if code == UNEXPLAINED else "explained", count)
        for code, count in by_weight(entry)
    ]
    total = max(sum(count for _, count in pieces), 1)
    drawn, left = [], 0.0
    for kind, count in pieces:
        width = max(BAR * count / total, LEAST) if count else 0.0
        drawn.append((kind, left, width))
        left += width
    scale = BAR / max(left, 1)
    rects = format_html_join(
        "",
        '<rect class="{}" x="{}" width="{}" height="8"/>',
        (
            (kind, f"{x * scale:.1f}", f"{max(width * scale - GAP, 1):.1f}")
            for kind, x, width in drawn
            if width
        ),
    )
    return format_html(
        '<svg class="agreement" viewBox="0 0 {} 8" width="{}" height="8" aria-hidden="true">{}'
        "</svg>",
        BAR,
        BAR,
        rects,
    )


@register.simple_tag
def equal_share(entry: FigureComparison) -> str:
    """Write the share of a figure's cases in which the source and we agree, in percent.

    It reads 100 % only if all cases agree, and 0 % only if none does.
    """
    return _percent(entry.equal, entry.n)


@register.simple_tag
def defined(words: Text) -> SafeString:
    """Return a definition in the reader's language as HTML; text between backticks is code."""
    parts = words_of(words).split("`")
    return format_html_join(
        "",
        "{}",
        (
            (format_html("<code>{}</code>", part) if place % 2 else part,)
            for place, part in enumerate(parts)
        ),
    )


@register.filter
def by_weight(entry: FigureComparison) -> list[tuple[str, int]]:
    """Return the reasons of a figure with their counts, the most frequent first."""
    return entry.reasons.most_common()


@register.simple_tag
def figure(value: Any) -> str:
    """Write a figure: words unchanged, numbers with thousands separators, None as a dash."""
    if value is None:
        return "—"
    if isinstance(value, bool | str):
        return str(value).replace("T", " ").replace("+00:00", " UTC")
    return f"{value:,}"


def _percent(part: int, of: int) -> str:
    """Write a share in percent; it reads 100 % only for all and 0 % only for none."""
    if part in (0, of):
        return kept_together(f"{100 * part // max(of, 1)} %", language=reader_language())
    for digits in (1, 2, 3):
        said = f"{100 * part / of:.{digits}f}"
        if said not in (f"{100:.{digits}f}", f"{0:.{digits}f}"):
            break
    return kept_together(f"{said} %", language=reader_language())


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
