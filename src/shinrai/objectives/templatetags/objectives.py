"""Template tags: sentences, budget row and alarm of an objective, in the reader's language.

The words come from `rules.sentences`, the drawings from `console.charts`.
"""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from fractions import Fraction
from math import floor
from zoneinfo import ZoneInfo

from django import template
from django.template import Context
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from shinrai.console.charts.budget_row import budget_row
from shinrai.console.charts.svg import Drawing
from shinrai.console.reader import reader_language, reader_text
from shinrai.console.rules.wording import (
    PERCENT,
    dates_text,
    decimal_words,
    grouped,
    kept_together,
    moment_words,
    percent_words,
)
from shinrai.objectives.queries.guidelines import GuidelineReport
from shinrai.objectives.queries.standings import DueLine, ObjectiveReport
from shinrai.objectives.rules.definition import ClockDefinition
from shinrai.objectives.rules.escalation import LEVELS
from shinrai.objectives.rules.explained import ExplainedClock
from shinrai.objectives.rules.sentences import clocks, standings
from shinrai.objectives.rules.sentences.figures import percent_of_target
from shinrai.objectives.rules.standing import Standing
from shinrai.objectives.templatetags.drawing import (
    DRAWN,
    STATE_WORDS,
    budget_of,
    case_href,
    key_of,
)
from shinrai.units.text import Text
from shinrai.units.unknown import Unknown

register = template.Library()

MODE_WORDS: dict[str, Promise] = {
    "via_cs": _("through CS"),
    "direct": _("direct, from a company"),
    "proactive": _("opened by us"),
}
PAUSE_WORDS: dict[str, Promise] = {
    "sent_back": _("sent back, facts missing"),
    "customer": _("waiting for the customer"),
    "third_party": _("waiting for a third party"),
    "problem": _("waiting for a known problem"),
}
# Where a clause ends, in either language: the first one of a headline says what is late.
CLAUSE_ENDS = (",", ";", ".", "。")


@register.simple_tag
def headline(standing: Standing) -> SafeString:
    """Return the headline of an objective; its first clause is highlighted if late or lost."""
    is_late = standing.late > 0 or standing.is_lost
    return _marked_first(reader_text(standings.headline(standing)), is_late=is_late)


@register.simple_tag
def headline_of_all(reports: Sequence[ObjectiveReport]) -> SafeString:
    """Return the headline of all objectives; its first clause is highlighted if late or lost."""
    found = [report.standing for report in reports]
    is_late = found[0].is_lost or (len(found) == 1 and found[0].late > 0)
    return _marked_first(reader_text(standings.headline_of_all(found)), is_late=is_late)


@register.simple_tag
def headline_words(standing: Standing) -> str:
    """Return the headline of an objective as plain text."""
    return reader_text(standings.headline(standing))


@register.simple_tag
def details(standing: Standing) -> list[str]:
    """Return the facts behind the headline, one sentence each."""
    return [reader_text(line) for line in standings.details(standing)]


@register.simple_tag
def attained(standing: Standing) -> str:
    """Return how many were kept of how many, with the interval and the target."""
    return reader_text(standings.attained(standing))


@register.simple_tag
def flow(standing: Standing) -> str:
    """Return how many clocks started, were due and ended in the window's dates."""
    return reader_text(standings.flow(standing))


@register.simple_tag
def window_words(standing: Standing) -> str:
    """Return the window in words: this month."""
    return reader_text(standings.window(standing))


@register.simple_tag
def level_words(number: int) -> str:
    """Return what is to be done at a level of the escalation policy."""
    said = reader_text(standings.LEVELS[LEVELS[number - 1]])
    return said[:1].upper() + said[1:]


@register.simple_tag
def reading(definition: ClockDefinition) -> str:
    """Return how "2 business days" is counted."""
    said: str = reader_text(clocks.reading(definition))
    return said[:1].upper() + said[1:]


@register.simple_tag
def target(standing: Standing) -> str:
    """Write the target with all the digits it was given: 90 %."""
    return f"{percent_of_target(standing.objective.target)}{PERCENT[reader_language()]}"


@register.simple_tag
def guideline_said(report: GuidelineReport) -> str:
    """Return the sentence about a guideline's value and limit."""
    return kept_together(reader_text(report.words), language=reader_language())


@register.simple_tag
def facts(explained: ExplainedClock) -> list[str]:
    """Return everything that made a case due when it is, one sentence per fact."""
    return [reader_text(fact) for fact in clocks.facts(explained)]


@register.simple_tag
def summary(explained: ExplainedClock) -> SafeString:
    """Return when a case is due and how it ended, in one line; lateness is highlighted."""
    said: str = reader_text(Text("{sentence:capfirst}.", sentence=clocks.summary(explained)))
    joint = "。" if "。" in said else "; "
    *before, last = said.split(joint) if joint == "; " else re.findall("[^。]+。", said)
    if explained.state not in ("missed", "overdue") or not before:
        return format_html("{}", said)
    first = f"{joint.join(before)}{joint}" if joint == "; " else "".join(before)
    return format_html('{}<strong class="late">{}</strong>', first, last)


@register.simple_tag
def state_word(state: str) -> str:
    """Return the state of a clock in words."""
    return str(STATE_WORDS[state])


@register.simple_tag
def square_of(state: str) -> str:
    """Return the kind of square drawn for a state; "" for void and exempt."""
    return DRAWN.get(state, "")


@register.simple_tag(takes_context=True)
def budget_picture(context: Context, report: ObjectiveReport, prefix: str) -> Drawing:
    """Draw the budget row of a window: a square per ticket due, and the misses allowed."""
    return budget_row(
        budget_of(report, where=_place(context), query=_query(context)), prefix=prefix
    )


@register.simple_tag
def budget_key(report: ObjectiveReport) -> list[tuple[str, str]]:
    """Return the states of the row with their counts, for `console/_budget_key.html`."""
    return key_of(report)


@register.simple_tag(takes_context=True)
def case_address(context: Context, line: DueLine, standing: Standing) -> str:
    """Return the address of a case's page; "" if pages are not linked here."""
    return case_href(line, standing, _place(context), _query(context))


@register.simple_tag
def percent_figure(value: float | Unknown) -> str | Unknown:
    """Return a probability in per cent; an unknown one is returned unchanged, with its reason."""
    return value if isinstance(value, Unknown) else percent_words(value, language=reader_language())


@register.simple_tag
def alarm_words(standing: Standing) -> str:
    """Return when the CUSUM raised its alarm, or how near it is to one."""
    alarm = standing.alarm
    if isinstance(alarm, Unknown):
        return alarm.reason
    if alarm.stands_at(standing.at):
        last = moment_words(
            alarm.alarmed_at[-1], zone=standing.zone, language=reader_language(), near=standing.at
        )
        return gettext("raised %(last)s: misses come too thick for chance") % {"last": last}
    height = percent_words(Fraction(alarm.height, alarm.plan.threshold), language=reader_language())
    return gettext("quiet: %(height)s of the way to an alarm") % {"height": height}


@register.simple_tag
def mode_word(mode: str) -> str:
    """Return the mode of an inquiry in words."""
    return str(MODE_WORDS[mode])


@register.simple_tag
def pause_words(definition: ClockDefinition) -> str:
    """Return in words what pauses a clock."""
    return reader_text([str(PAUSE_WORDS[pause]) for pause in definition.pauses])


@register.simple_tag
def exempt_words(standing: Standing) -> str:
    """Return how many clocks of the window were exempted; "" if none."""
    apart = standing.counts.exempt_kept + standing.counts.exempt_missed
    if not apart:
        return ""
    return ngettext("%(n)s of them exempted", "%(n)s of them exempted", apart) % {"n": apart}


@register.simple_tag
def span_words(start: datetime, end: datetime, zone: str) -> str:
    """Return a window by its first and last date."""
    first, last = (
        at.astimezone(ZoneInfo(zone)).date() for at in (start, end - timedelta.resolution)
    )
    return reader_text(dates_text(first, last))


@register.filter
def whole(value: Fraction | Unknown) -> str | Unknown:
    """Write how many whole cases fit into a number; an unknown one is returned unchanged."""
    return value if isinstance(value, Unknown) else grouped(floor(value))


@register.filter
def tenth(value: Fraction | Unknown | None) -> str | Unknown | None:
    """Write a number with one decimal; an unknown one is returned unchanged, with its reason."""
    return decimal_words(value) if isinstance(value, Fraction | float | int) else value


def _marked_first(said: str, *, is_late: bool) -> SafeString:
    cut = min((said.find(end) for end in CLAUSE_ENDS if end in said), default=len(said))
    if not is_late:
        return format_html("{}", said)
    return format_html('<strong class="late">{}</strong>{}', said[:cut], said[cut:])


def _place(context: Context) -> str:
    return "" if context.get("unlinked") else str(getattr(context.get("workspace"), "slug", ""))


def _query(context: Context) -> str:
    return str(getattr(context.get("as_of"), "query", ""))
