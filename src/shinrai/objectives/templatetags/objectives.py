"""Objectives on a page: their sentences, the budget row, the alarm, in the reader's language.

The words come from `rules.sentences`, the drawings from `console.charts`; here they only meet.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from types import ModuleType
from zoneinfo import ZoneInfo

from django import template
from django.template import Context
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_lazy as _

from shinrai.console.charts.budget_row import Budget, Square, SquareState, budget_row
from shinrai.console.charts.svg import Drawing
from shinrai.console.rules.wording import (
    Language,
    date_words,
    decimal_words,
    language_of,
    moment_words,
    percent_words,
)
from shinrai.objectives.queries.standings import DueLine, ObjectiveReport
from shinrai.objectives.rules.definition import ClockDefinition
from shinrai.objectives.rules.escalation import LEVELS
from shinrai.objectives.rules.explained import ExplainedClock
from shinrai.objectives.rules.from_cases import INVESTIGATION_CLOCKS
from shinrai.objectives.rules.sentences import en, headline_en, headline_ja, ja
from shinrai.objectives.rules.sentences.figures import percent_of_target
from shinrai.objectives.rules.standing import Standing
from shinrai.units.unknown import Unknown

register = template.Library()

STATE_WORDS: dict[str, Promise] = {
    "kept": _("kept"),
    "missed": _("missed"),
    "overdue": _("overdue"),
    "running": _("running"),
    "paused": _("paused"),
    "void": _("void"),
    "exempt": _("exempt"),
}
DRAWN: dict[str, SquareState] = {
    "kept": "kept",
    "missed": "missed",
    "overdue": "overdue",
    "running": "running",
    "paused": "paused",
}
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
MOST_LINES = 200
# Where a clause ends, in either language: the first one of a headline says what is late.
CLAUSE_ENDS = (",", ";", "。")


@register.simple_tag
def headline(standing: Standing) -> SafeString:
    """Say the one sentence of an objective; what is late is set apart."""
    return _marked_first(_headlines().headline(standing), is_late=standing.late > 0)


@register.simple_tag
def headline_words(standing: Standing) -> str:
    """Say the same as plain text."""
    return str(_headlines().headline(standing))


@register.simple_tag
def details(standing: Standing) -> list[str]:
    """List what the headline rests on, one sentence a fact."""
    return list(_headlines().details(standing))


@register.simple_tag
def window_words(standing: Standing) -> str:
    """Name the window as people do: this month."""
    return str(_headlines().window(standing))


@register.simple_tag
def level_words(number: int) -> str:
    """Say what is done at a level of the escalation policy."""
    return str(_headlines().LEVELS[LEVELS[number - 1]])


@register.simple_tag
def reading(definition: ClockDefinition) -> str:
    """Say how "2 business days" is read."""
    said: str = _sentences().reading(definition)
    return said[:1].upper() + said[1:]


@register.simple_tag
def target(standing: Standing) -> str:
    """Write the target with all the digits it was given: 90 %."""
    return f"{percent_of_target(standing.objective.target)} %"


@register.simple_tag
def facts(clock: ExplainedClock) -> list[str]:
    """List everything that made a case due when it is."""
    return list(_sentences().facts(clock))


@register.simple_tag
def summary(clock: ExplainedClock) -> SafeString:
    """Say in one line when a case is due and what became of it; lateness is set apart."""
    said: str = _sentences().summary(clock)
    is_late = clock.state in ("missed", "overdue")
    if language_of(get_language()) == "ja":
        parts = [f"{part}。" for part in said.split("。") if part]
        return _marked_last(parts, "", is_late=is_late)
    parts = f"{said[:1].upper()}{said[1:]}.".split("; ")
    return _marked_last(parts, "; ", is_late=is_late)


@register.simple_tag
def state_word(state: str) -> str:
    """Name the state of a clock."""
    return str(STATE_WORDS[state])


@register.simple_tag
def square_of(state: str) -> str:
    """Choose the square that stands for a state; void and exempt have none."""
    return DRAWN.get(state, "")


@register.simple_tag(takes_context=True)
def budget_picture(context: Context, report: ObjectiveReport, prefix: str) -> Drawing:
    """Draw the budget row of a window: a square per ticket due, and the misses allowed."""
    return budget_row(budget_of(report, where=_place(context), query=_query(context)), prefix=prefix)


@register.simple_tag
def budget_key(report: ObjectiveReport) -> list[tuple[str, str]]:
    """List the states of the row with their counts, for `console/_budget_key.html`."""
    return _key(report)


def budget_of(report: ObjectiveReport, *, where: str, query: str = "") -> Budget:
    """Lay out a report as a budget row; `where` is the workspace's address, "" links nothing."""
    stands = report.standing
    window = _headlines().window(stands)
    title = gettext("Budget of %(objective)s, %(window)s") % {
        "objective": stands.objective.title,
        "window": window,
    }
    squares = [
        Square(
            state=DRAWN[line.state],
            title=_square_words(line, stands),
            href=_href(line, stands, where, query),
            group=group,
        )
        for line, group in _by_week(report)
    ]
    expected = gettext("expected, as in the last weeks")
    squares += [Square("expected", expected, group="") for _place in range(_expected(report))]
    allowed = stands.budget.allowed
    return Budget(
        title=title,
        desc=str(_headlines().attained(stands)),
        squares=tuple(_same_group_to_the_end(squares)),
        allowed=None if isinstance(allowed, Unknown) else allowed,
        allowed_label="" if isinstance(allowed, Unknown) else _allowed_words(allowed, stands),
        scale_words=gettext("one square is {k} tickets"),
        state_words=tuple((DRAWN.get(s, "expected"), words) for s, words in _key(report)),
    )


def _expected(report: ObjectiveReport) -> int:
    arrivals = report.standing.budget.arrivals
    return 0 if isinstance(arrivals, Unknown) else round(arrivals)


def _same_group_to_the_end(squares: list[Square]) -> list[Square]:
    """Let what is expected follow the last week, without a name of its own."""
    last = next((s.group for s in reversed(squares) if s.group), "")
    return [s if s.group else Square(s.state, s.title, s.href, last) for s in squares]


def _by_week(report: ObjectiveReport) -> list[tuple[DueLine, str]]:
    """Name the Monday of each ticket's week: 2 November, then 9, 16."""
    zone = ZoneInfo(report.standing.zone)
    ja_words = _language() == "ja"
    named: list[tuple[DueLine, str]] = []
    month, group, monday = 0, "", None
    for line in report.lines:
        if line.state not in DRAWN:
            continue
        due = line.due_at.astimezone(zone)
        week = due.date() - timedelta(days=due.weekday())
        if week != monday:
            monday = week
            first = max(week, report.standing.span.start.astimezone(zone).date())
            if first.month != month:
                month = first.month
                group = f"{month}月{first.day}日" if ja_words else f"{first.day} {first:%b}"
            else:
                group = f"{first.day}日" if ja_words else str(first.day)
        named.append((line, group))
    return named


def _square_words(line: DueLine, standing: Standing) -> str:
    due = moment_words(line.due_at, zone=standing.zone, language=_language(), near=standing.at)
    return gettext("%(case)s, due %(due)s, %(state)s") % {
        "case": line.case_key,
        "due": due,
        "state": STATE_WORDS[line.state],
    }


def _href(line: DueLine, standing: Standing, where: str, query: str) -> str:
    if not where or standing.objective.clock.clock not in INVESTIGATION_CLOCKS:
        return ""
    return reverse("investigation", args=[where, line.case_key]) + query


def _allowed_words(allowed: Fraction, standing: Standing) -> str:
    return gettext("%(allowed)s misses allowed, %(used)s used") % {
        "allowed": decimal_words(allowed),
        "used": standing.counts.misses,
    }


def _key(report: ObjectiveReport) -> list[tuple[str, str]]:
    stands, counts = report.standing, report.standing.counts
    expected = _expected(report)
    told = (
        ("kept", counts.kept + counts.kept_ahead, gettext("%(n)s kept")),
        ("running", counts.running, gettext("%(n)s running")),
        ("paused", stands.paused, gettext("%(n)s paused, so without a due time")),
        ("missed", counts.missed, gettext("%(n)s missed")),
        ("overdue", counts.overdue, gettext("%(n)s overdue")),
        ("expected", expected, gettext("%(n)s still expected")),
    )
    return [(state, words % {"n": n}) for state, n, words in told if n]


@dataclass(frozen=True)
class Listed:
    """The cases of a window a page shows, and how many it leaves out."""

    lines: tuple[DueLine, ...]
    left_out: int


@register.simple_tag
def listed_lines(report: ObjectiveReport) -> Listed:
    """Choose which cases to list: all misses and the latest, newest due first."""
    newest = report.lines[-MOST_LINES:]
    older = [line for line in report.lines[:-MOST_LINES] if line.state in ("missed", "overdue")]
    lines = tuple(reversed([*older, *newest]))
    return Listed(lines, len(report.lines) - len(lines))


@register.simple_tag(takes_context=True)
def case_address(context: Context, line: DueLine, standing: Standing) -> str:
    """Give the address of a case's page, or nothing where cases of this kind have none."""
    return _href(line, standing, _place(context), _query(context))


@register.simple_tag
def percent_figure(value: float | Unknown) -> str | Unknown:
    """Write a probability, or leave the reason why there is none."""
    return value if isinstance(value, Unknown) else percent_words(value)


@register.simple_tag(takes_context=True)
def alarm_words(context: Context, standing: Standing) -> str:
    """Say where the CUSUM stands."""
    alarm = standing.alarm
    if isinstance(alarm, Unknown):
        return alarm.reason
    if alarm.stands_at(standing.at):
        last = moment_words(
            alarm.alarmed_at[-1], zone=standing.zone, language=_language(), near=standing.at
        )
        return gettext("raised %(last)s: misses come too thick for chance") % {"last": last}
    return gettext("quiet: at %(height)s of %(threshold)s") % {
        "height": alarm.height,
        "threshold": alarm.plan.threshold,
    }


@register.simple_tag
def mode_word(mode: str) -> str:
    """Name how matters came."""
    return str(MODE_WORDS[mode])


@register.simple_tag
def pause_words(definition: ClockDefinition) -> str:
    """List what stops a clock for a while."""
    joint = "、" if _language() == "ja" else ", "
    return joint.join(str(PAUSE_WORDS[pause]) for pause in definition.pauses)


@register.simple_tag
def exempt_words(standing: Standing) -> str:
    """Say how many of the window stand apart, or nothing."""
    apart = standing.counts.exempt_kept + standing.counts.exempt_missed
    if not apart:
        return ""
    return ngettext("%(n)s exempted, standing apart", "%(n)s exempted, standing apart", apart) % {
        "n": apart
    }


@register.simple_tag
def span_words(start: datetime, end: datetime, zone: str) -> str:
    """Say a window by its first and last date."""
    language = _language()
    first = date_words(start, zone=zone, language=language, near=end - timedelta(seconds=1))
    last = date_words(end - timedelta(seconds=1), zone=zone, language=language)
    return f"{first}〜{last}" if language == "ja" else f"{first} – {last}"


@register.filter
def tenth(value: Fraction | Unknown | None) -> str | Unknown | None:
    """Write an exact number with one decimal, and leave what is unknown to say why."""
    return decimal_words(value) if isinstance(value, Fraction | float | int) else value


def _marked_first(said: str, *, is_late: bool) -> SafeString:
    cut = min((said.find(end) for end in CLAUSE_ENDS if end in said), default=len(said))
    if not is_late:
        return format_html("{}", said)
    return format_html('<strong class="late">{}</strong>{}', said[:cut], said[cut:])


def _marked_last(parts: list[str], joint: str, *, is_late: bool) -> SafeString:
    if not is_late or len(parts) < 2:
        return format_html("{}", joint.join(parts))
    before = format_html_join("", "{}{}", ((part, joint) for part in parts[:-1]))
    return format_html('{}<strong class="late">{}</strong>', before, parts[-1])


def _language() -> Language:
    return language_of(get_language())


def _headlines() -> ModuleType:
    return headline_ja if _language() == "ja" else headline_en


def _sentences() -> ModuleType:
    return ja if _language() == "ja" else en


def _place(context: Context) -> str:
    return "" if context.get("unlinked") else str(getattr(context.get("workspace"), "slug", ""))


def _query(context: Context) -> str:
    return str(getattr(context.get("as_of"), "query", ""))
