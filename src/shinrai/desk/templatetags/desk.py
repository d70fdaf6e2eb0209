"""A case on a page: its ribbon, the names of what happened to it, and leads of lists."""

import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django import template
from django.template import Context
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import ngettext

from shinrai.console.charts.ribbon import (
    ribbon,
)
from shinrai.console.charts.svg import Drawing
from shinrai.console.figures import FEWEST, share_point, share_spark
from shinrai.console.reader import reader_language, reader_text
from shinrai.console.rules.wording import (
    PERCENT,
    MomentForm,
    grouped,
    moment_words,
)
from shinrai.console.templatetags.console import unknown
from shinrai.desk.queries.board import BoardRow
from shinrai.desk.queries.case import CaseView
from shinrai.desk.queries.overview import Overview
from shinrai.desk.queries.queue import Queue
from shinrai.desk.queries.workspaces import WorkspaceSummary
from shinrai.desk.rules.sentences import (
    Clause,
    QueueCounts,
    overview_clauses,
    places_clauses,
    queue_clauses,
    unpromised_clauses,
)
from shinrai.desk.templatetags.names import (
    CHANNEL_WORDS,
    DOUBT_WORDS,
    FACT_WORDS,
    HOLDER_WORDS,
    LABEL_WORDS,
    PHASE_WORDS,
    PRIORITY_WORDS,
    ROLE_WORDS,
    VERDICT_WORDS,
    WAITING_WORDS,
    WHY_WORDS,
    holder_words,
    kind_words,
    language_words,
    pause_words,
)
from shinrai.desk.templatetags.ribbon import life_of
from shinrai.objectives.queries.weekly import KeptWeek
from shinrai.objectives.rules.definition import Objective
from shinrai.objectives.rules.sentences.clocks import late_text
from shinrai.objectives.rules.sentences.figures import percent_of_target
from shinrai.units.text import Text
from shinrai.workload.rules.kinds import job_name

register = template.Library()

SEMICOLON = Text("; ", context="clauses")
KANA = re.compile(r"[\u3041-\u30ff]")


@register.simple_tag(takes_context=True)
def queue_lead(context: Context, found: Queue) -> SafeString:
    """Say what presses in the queue."""
    return _sentence(queue_clauses(_pressing(found, context)))


@register.simple_tag(takes_context=True)
def overview_lead(context: Context, found: Overview) -> SafeString:
    """Say what presses, and whether the promises hold."""
    return _sentence(
        overview_clauses(
            _pressing(found.queue, context),
            [report.standing for report in found.reports],
        )
    )


@register.simple_tag
def unpromised_lead(count: int) -> SafeString:
    """Say how many investigations are open where no objective is about them."""
    return _sentence(unpromised_clauses(count))


@register.simple_tag(takes_context=True)
def age(context: Context, since: datetime) -> str:
    """Say how long ago something began: days, or hours on the first."""
    at = getattr(context.get("as_of"), "moment", None) or context["request"].at
    days = (at - since).days
    if days:
        return ngettext("%(n)s day", "%(n)s days", days) % {"n": grouped(days)}
    hours = (at - since) // timedelta(hours=1)
    return ngettext("%(n)s hour", "%(n)s hours", hours) % {"n": hours}


@register.simple_tag
def places_lead(found: Sequence[WorkspaceSummary]) -> SafeString:
    """Say what presses in all the workspaces of a visitor."""
    late = [place.late for place in found if place.late]
    return _sentence(places_clauses(sum(late), len(late), len(found)))


@register.simple_tag
def kept_line(weeks: Sequence[KeptWeek], objective: Objective, prefix: str) -> Drawing | str:
    """Draw what was kept by week beside the target; nothing where hardly any week had any due."""
    target = objective.target
    points = [
        share_point(_week_label(week.since), week.share, is_complete=week.is_over, target=target)
        for week in weeks
    ]
    if sum(point.value is not None for point in points) < FEWEST:
        return ""
    return share_spark(
        objective.title,
        points,
        prefix=prefix,
        target=float(target),
        target_label=f"{percent_of_target(target)}{PERCENT[reader_language()]}",
    )


@register.simple_tag
def row_state(row: BoardRow, closes_at: datetime | None) -> str:
    """Say in which group of the queue a row stands: late, at_risk, running or at_rest."""
    if row.due_at is None:
        return "at_rest"
    if row.state == "overdue":
        return "late"
    return "at_risk" if closes_at is not None and row.due_at <= closes_at else "running"


@register.simple_tag
def phase_word(phase: str) -> str:
    """Name what an inquiry is now."""
    return str(PHASE_WORDS.get(phase, phase))


@register.simple_tag
def channel_word(channel: str) -> str:
    """Name a channel."""
    return str(CHANNEL_WORDS.get(channel, channel))


def _pressing(found: Queue, context: Context) -> QueueCounts:
    counts = found.going.counts
    close = ""
    if found.closes_at is not None:
        form: MomentForm = "time" if found.closes_today else "moment"
        near = getattr(context.get("request"), "at", None)
        zone, language = _zone(context), reader_language()
        close = moment_words(found.closes_at, zone=zone, language=language, form=form, near=near)
    return QueueCounts(
        counts["late"], counts["at_risk"], found.going.count, close, found.has_objectives
    )


def _sentence(clauses: list[Clause]) -> SafeString:
    """Make one sentence; what tells of lateness is set apart."""
    mark = '<strong class="late">{}</strong>'
    parts = [(reader_text(text), is_late) for text, is_late in clauses]
    parts[0] = (parts[0][0][:1].upper() + parts[0][0][1:], parts[0][1])
    said = [format_html(mark if is_late else "{}", words) for words, is_late in parts]
    joints = [reader_text(joint) for joint in (Text(", ", context="clauses"), SEMICOLON, SEMICOLON)]
    text = format_html_join("", "{}{}", zip(["", *joints], said, strict=False))
    return format_html("{}{}", text, reader_text(Text(".", context="hint")))


def _week_label(since: date) -> str:
    return reader_text(Text("{on.day} {on:%b}", context="short", on=since))


def _zone(context: Context) -> str:
    return str(getattr(context.get("workspace"), "zone", "") or "UTC")


@register.simple_tag
def lang_of(words: str) -> SafeString:
    """Mark words that are Japanese as such, whatever the page speaks: kana tell it."""
    return SafeString(' lang="ja"' if KANA.search(words) else "")


@register.simple_tag
def kind_word(kind: str) -> str:
    """Name a step."""
    return kind_words(kind)


@register.simple_tag
def lateness(business_time: timedelta | None) -> str:
    """Say that something is late, and by how much business time."""
    if business_time is None:
        return unknown()
    return reader_text(late_text(-business_time // timedelta(seconds=1)))


@register.simple_tag
def holder_word(holder: str | None) -> str:
    """Name who holds a case."""
    return holder_words(holder)


@register.simple_tag
def role_word(role: str) -> str:
    """Name a role."""
    return str(ROLE_WORDS.get(role, role))


@register.simple_tag
def doubt_word(code: str) -> str:
    """Say what is doubtful about a step."""
    return str(DOUBT_WORDS.get(code, code))


@register.simple_tag
def pause_word(reason: str) -> str:
    """Say what a case waits for."""
    return pause_words(reason)


@register.simple_tag
def verdict_word(verdict: str) -> str:
    """Name a finding."""
    return str(VERDICT_WORDS.get(verdict, verdict))


@register.simple_tag
def label_word(name: str) -> str:
    """Name a detail of a step."""
    return str(LABEL_WORDS.get(name, name))


@register.simple_tag(takes_context=True)
def detail_word(context: Context, name: str, value: str) -> str:
    """Say a detail of a step; a topic by its name in the codebook."""
    words: dict[str, dict[str, Promise]] = {
        "verdict": VERDICT_WORDS,
        "missing_fact": FACT_WORDS,
        "priority": PRIORITY_WORDS,
        "on": HOLDER_WORDS,
        "channel": CHANNEL_WORDS,
    }
    if name == "topic" and "book" in context:
        return reader_text(context["book"].name(value))
    if name == "job":
        return reader_text(job_name(value))
    if name in {"language", "locale"}:
        return language_words(value)
    return str(words.get(name, {}).get(value, value))


@register.simple_tag
def case_ribbon(case: CaseView, at: datetime, zone: str) -> Drawing | str:
    """Draw a case's life as one band; nothing where nobody ever held it."""
    if not case.stretches:
        return ""
    return ribbon(life_of(case, at, zone=case.zone or zone), prefix="life")


@register.simple_tag
def waiting_choices() -> list[tuple[str, str]]:
    """List on whom one may wait."""
    return [(key, str(word)) for key, word in WAITING_WORDS.items()]


@register.simple_tag
def why_choices() -> list[tuple[str, str]]:
    """List why a step may be corrected."""
    return [(key, str(word)) for key, word in WHY_WORDS.items()]
