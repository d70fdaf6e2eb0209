"""Template tags of initiatives: texts of rules, differences, and groups of a comparison."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from shinrai.console.reader import reader_text
from shinrai.console.rules.wording import grouped
from shinrai.console.templatetags.console import share_figure, unknown
from shinrai.initiatives.pages.fields import SECTIONS
from shinrai.initiatives.queries.results import kpi_name
from shinrai.initiatives.rules.comparison import VERDICTS, Comparison, difference_text
from shinrai.initiatives.rules.declaration import ARROWS, DESIGNS, DIRECTIONS, MODES
from shinrai.initiatives.rules.progress import STATES, InitiativeRecord, grade_of
from shinrai.statistics.differences import Sums
from shinrai.statistics.interval import Interval
from shinrai.units.unknown import Unknown
from shinrai.warehouse.kpis import kpis

register = template.Library()
WORDS = {**ARROWS, **DESIGNS, **DIRECTIONS, **MODES}


@register.filter
def word(value: str) -> str:
    """Return the words for a value of a declaration."""
    return reader_text(WORDS[value]) if value in WORDS else value


@register.filter
def state_word(found: InitiativeRecord) -> str:
    """Return the words for the state of an initiative."""
    return reader_text(STATES[found.state])


@register.filter
def kpi_word(found: InitiativeRecord) -> str:
    """Return the name of the KPI of an initiative."""
    return reader_text(kpi_name(found))


@register.filter
def grade_word(found: InitiativeRecord) -> str:
    """Return the words for the grade of an initiative."""
    return reader_text(grade_of(found).words)


@register.filter
def field_word(name: str) -> str:
    """Return the label of a field of a declaration."""
    for _title, fields in SECTIONS:
        for one in fields:
            if one.key == name:
                return str(one.label)
    return gettext("Population") if name == "only" else name


@register.filter
def plain_value(value: object) -> str:
    """Return a value of a declaration as people read it."""
    if isinstance(value, dict):
        names = {key: text for kpi in kpis().values() for key, text in kpi.fields.items()}
        said = (
            (reader_text(names.get(name) or name), word(str(one))) for name, one in value.items()
        )
        return ", ".join(f"{name}: {one}" for name, one in said) or "—"
    if isinstance(value, list):
        return ", ".join(f"{name} {share:g} %" for name, share in value) or "—"
    return f"{value:g}" if isinstance(value, float) else word(str(value)) or "—"


@register.simple_tag
def sums_figure(sums: Sums) -> SafeString:
    """Write a group: its share with the interval, or its mean with how many."""
    if not sums.of:
        return unknown(Unknown("nothing to count"))
    if sums.share is not None:
        return share_figure(sums.share)
    of = gettext("mean of %(of)s") % {"of": grouped(sums.of)}
    return format_html('{} <span class="of">{}</span>', f"{sums.total / sums.of:.2f}", of)


@register.simple_tag
def difference(found: Comparison, ends: Interval | Unknown) -> str | SafeString:
    """Write a difference with one of its intervals."""
    estimate = found.estimate
    if estimate is None or isinstance(ends, Unknown):
        return unknown(ends if isinstance(ends, Unknown) else Unknown("too few to tell"))
    return reader_text(difference_text(estimate, ends, is_share=found.now.squares is None))


@register.filter
def verdict_word(found: Comparison) -> str:
    """Return what a comparison says today."""
    return reader_text(VERDICTS.get(found.verdict, Unknown("too few to tell")))


@register.simple_tag
def p_words(p: float | None) -> str:
    """Write a p value with as many digits as matter."""
    if p is None:
        return "—"
    return "p < 0.001" if p < 0.001 else f"p = {p:.3f}"
