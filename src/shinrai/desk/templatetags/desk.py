"""Template tags of a case: its ribbon, the words for its steps, and first sentences of lists."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django import template
from django.template import Context
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

from shinrai.console.charts.ribbon import (
    ribbon,
)
from shinrai.console.charts.svg import Drawing
from shinrai.console.lists import ListPage
from shinrai.console.reader import reader_language, reader_text
from shinrai.console.rules.wording import (
    MomentForm,
    duration_text,
    grouped,
    moment_words,
    visible_words,
)
from shinrai.console.templatetags.console import bracketed, moment, unknown
from shinrai.desk.operations.bulk import refusal
from shinrai.desk.queries.case import REFERENCE, CaseView
from shinrai.desk.queries.files import CaseFileView
from shinrai.desk.queries.kinds import kinds_of
from shinrai.desk.queries.queue import Queue
from shinrai.desk.queries.rows import BoardRow
from shinrai.desk.queries.workspaces import WorkspaceSummary
from shinrai.desk.rules.case_facts import CaseKind, fact_named
from shinrai.desk.rules.next_step import next_step
from shinrai.desk.rules.sentences import (
    Clause,
    QueueCounts,
    open_clauses,
    places_clauses,
    queue_clauses,
    unpromised_clauses,
)
from shinrai.desk.rules.tell_back import STATES
from shinrai.desk.templatetags.names import (
    CHANNEL_WORDS,
    DOUBT_WORDS,
    FACT_WORDS,
    GROUP_WORDS,
    HOLDER_WORDS,
    LABEL_WORDS,
    OPENING_WORDS,
    OUTCOME_WORDS,
    PRIORITY_WORDS,
    PURPOSE_WORDS,
    ROLE_WORDS,
    VERDICT_WORDS,
    WAITING_WORDS,
    WHY_WORDS,
    holder_words,
    kind_words,
    language_words,
    notice_words,
    pause_words,
    phase_words,
)
from shinrai.desk.templatetags.ribbon import life_of
from shinrai.objectives.queries.usual import UsualTime
from shinrai.objectives.rules.sentences.clocks import late_text
from shinrai.units.text import Text, translated
from shinrai.workload.rules.kinds import job_name

register = template.Library()
register.filter("notice_words", notice_words)

COMMA, SEMICOLON = Text(", ", context="clauses"), Text("; ", context="clauses")
USUALLY = Text("{title}: {time} (median of {count:,} answers)")
KANA = re.compile(r"[\u3041-\u30ff]")


@register.simple_tag(takes_context=True)
def queue_lead(context: Context, found: Queue) -> SafeString:
    """Write the first sentence of the queue: what is late and what is due next."""
    if not found.has_objectives:
        counts = (found.records["inquiry"], found.records["investigation"])
        return sentence_of(open_clauses(*counts), COMMA if all(counts) else SEMICOLON)
    return sentence_of(queue_clauses(pressing_counts(found, context)))


@register.simple_tag
def unpromised_lead(count: int) -> SafeString:
    """Write how many investigations are open, where no objective covers them."""
    return sentence_of(unpromised_clauses(count))


@register.simple_tag(takes_context=True)
def age(context: Context, since: datetime) -> str:
    """Write how long ago something began: in days, or in hours on the first day."""
    at = getattr(context.get("as_of"), "moment", None) or context["request"].at
    days = (at - since).days
    if days:
        return ngettext("%(n)s day", "%(n)s days", days) % {"n": grouped(days)}
    hours = (at - since) // timedelta(hours=1)
    return ngettext("%(n)s hour", "%(n)s hours", hours) % {"n": hours}


@register.simple_tag
def places_lead(found: Sequence[WorkspaceSummary]) -> SafeString:
    """Write how many cases are late in all the workspaces of a visitor."""
    late = [place.late for place in found if place.late]
    return sentence_of(places_clauses(sum(late), len(late), len(found)))


@register.simple_tag
def usual_words(usual: Mapping[str, UsualTime]) -> list[str]:
    """Write how long an answer usually takes, of each objective that has had enough."""
    return [
        reader_text(USUALLY.using(title=title, time=duration_text(one.time), count=one.count))
        for title, one in usual.items()
    ]


@register.simple_tag(takes_context=True)
def source_link(context: Context, source: str, key: str) -> SafeString:
    """Write a link to where a case stands in its source; nothing if nobody set its pattern."""
    address = context["workspace"].source_address(source, key)
    if source == REFERENCE and key.startswith(("https://", "http://")):
        address = key
    if not address:
        return SafeString("")
    link = '<a class="source-link" href="{}" target="_blank" rel="noopener noreferrer">{} ↗</a>'
    said = gettext("in the source") if source == REFERENCE else visible_words(source)
    return format_html(link, address, said)


@register.simple_tag(takes_context=True)
def can_assign(context: Context, row: BoardRow) -> bool:
    """Tell whether the reader may assign a case, which is worked here."""
    return refusal(context["member"], row.head, "assign") is None


@register.simple_tag
def countdown_of(row: BoardRow) -> SafeString:
    """Return the attributes by which a page counts down what is left of a case."""
    if row.due_at is None or row.business_time is None:
        return SafeString("")
    return format_html(
        ' data-left="{}" data-due="{}" data-risk="{}" data-hours="{}" data-group="{}"',
        row.business_time // timedelta(seconds=1),
        int(row.due_at.timestamp()),
        (row.risk_begins or timedelta()) // timedelta(seconds=1),
        row.calendar,
        row.group,
    )


@register.simple_tag
def next_words(row: BoardRow) -> str:
    """Write the next step of a case in one sentence."""
    zone = row.place.workspace.zone if row.place else "UTC"
    said = next_step(row.stands, row.due_at, is_late=row.group == "late", zone=zone)
    return reader_text(said)


@register.filter
def of_step(
    files: Mapping[int, Sequence[CaseFileView]] | None, sequence: int
) -> Sequence[CaseFileView]:
    """Return the files that came with a step: `{{ files|of_step:step.sequence }}`."""
    return (files or {}).get(sequence, ())


@register.filter
def narrowed(person: str, page: ListPage[Any]) -> str:
    """Return the address of a list, narrowed to the cases of a person."""
    return page.narrowed_to(person=person)


@register.simple_tag
def group_word(group: str) -> str:
    """Return the name of a group of open cases."""
    return str(GROUP_WORDS.get(group, group))


@register.simple_tag
def phase_word(phase: str) -> str:
    """Return the name of a case's phase."""
    return phase_words(phase)


@register.simple_tag
def channel_word(channel: str) -> str:
    """Return the name of a channel."""
    return str(CHANNEL_WORDS.get(channel, channel))


def pressing_counts(found: Queue, context: Context) -> QueueCounts:
    close, place = "", found.places[0]
    at = getattr(context.get("request"), "at", None)
    if len(found.places) == 1 and place.closes_at is not None and at is not None:
        form: MomentForm = "time" if place.closes_today(at) else "moment"
        zone, language = place.workspace.zone, reader_language()
        close = moment_words(place.closes_at, zone=zone, language=language, form=form, near=at)
    late = found.counts.get("late", 0)
    return QueueCounts(late, found.due_next, found.in_hand, close, found.has_objectives)


def sentence_of(clauses: list[Clause], first_joint: Text = COMMA) -> SafeString:
    """Join clauses into one sentence; clauses about lateness are emphasised."""
    mark = '<strong class="late">{}</strong>'
    parts = [(reader_text(text), is_late) for text, is_late in clauses]
    parts[0] = (parts[0][0][:1].upper() + parts[0][0][1:], parts[0][1])
    said = [format_html(mark if is_late else "{}", words) for words, is_late in parts]
    joints = [reader_text(joint) for joint in (first_joint, SEMICOLON, SEMICOLON, SEMICOLON)]
    text = format_html_join("", "{}{}", zip(["", *joints], said, strict=False))
    return format_html("{}{}", text, reader_text(Text(".", context="hint")))


def _zone(context: Context) -> str:
    return str(getattr(context.get("workspace"), "zone", "") or "UTC")


@register.simple_tag
def lang_of(words: str) -> SafeString:
    """Return the attribute ` lang="ja"` for words that contain kana, else ""."""
    return SafeString(' lang="ja"' if KANA.search(words) else "")


@register.simple_tag
def kind_word(kind: str) -> str:
    """Return the name of a kind of step."""
    return kind_words(kind)


@register.simple_tag
def lateness(business_time: timedelta | None) -> str:
    """Write that something is late, and by how much business time."""
    if business_time is None:
        return unknown()
    return reader_text(late_text(-business_time // timedelta(seconds=1)))


@register.simple_tag
def holder_word(holder: str | None) -> str:
    """Return the name of the party that holds a case."""
    return holder_words(holder)


@register.simple_tag
def role_word(role: str) -> str:
    """Return the name of a role."""
    return str(ROLE_WORDS.get(role, role))


@register.simple_tag
def doubt_word(code: str) -> str:
    """Write what is doubtful about a step."""
    return str(DOUBT_WORDS.get(code, code))


@register.simple_tag
def pause_word(reason: str) -> str:
    """Write what a paused case waits for."""
    return pause_words(reason)


@register.simple_tag
def verdict_word(verdict: str) -> str:
    """Return the name of an investigation's verdict."""
    return str(VERDICT_WORDS.get(verdict, verdict))


@register.simple_tag
def label_word(name: str) -> str:
    """Return the name of a field in a step's details."""
    return str(LABEL_WORDS.get(name, name))


@register.simple_tag(takes_context=True)
def detail_word(context: Context, name: str, value: str) -> str:
    """Write the value of a field in a step's details; a topic gets its name in the codebook."""
    words: dict[str, dict[str, Promise]] = {
        "verdict": VERDICT_WORDS,
        "missing_fact": FACT_WORDS,
        "priority": PRIORITY_WORDS,
        "on": HOLDER_WORDS,
        "channel": CHANNEL_WORDS,
        "purpose": PURPOSE_WORDS,
        "outcome": OUTCOME_WORDS,
    }
    if name == "topic" and "book" in context:
        return reader_text(context["book"].name(value))
    if name == "kind":
        kinds = kinds_of(workspace_id=context["workspace"].id, also_retired=True)
        return next((reader_text(kind.name) for kind in kinds if kind.key == value), value)
    if name == "happened_at":
        return moment(context, datetime.fromisoformat(value))
    if name == "job":
        return reader_text(job_name(value))
    if name in {"language", "locale"}:
        return language_words(value)
    if name == "missing":
        return translated([fact_named(one).name for one in value.split(", ")], reader_language())
    return str(words.get(name, {}).get(value, value))


@register.simple_tag
def case_ribbon(case: CaseView, at: datetime, zone: str) -> Drawing | str:
    """Draw the ribbon of a case's life; "" if nobody ever held the case."""
    if not case.stretches:
        return ""
    return ribbon(life_of(case, at, zone=case.zone or zone), prefix="life")


@register.simple_tag
def asked_facts(kind: CaseKind) -> str:
    """Name what a kind of investigation asks for; what need not be said stands in brackets."""
    names = [
        one.fact.name if one.is_required else bracketed(reader_text(one.fact.name))
        for one in kind.facts
    ]
    return reader_text(names) or gettext("asks for nothing more")


@register.simple_tag
def priority_choices() -> list[tuple[str, str]]:
    """List the priorities of a case that is opened here, as (key, name)."""
    return [(key, str(word)) for key, word in PRIORITY_WORDS.items()]


@register.simple_tag
def opening_modes() -> list[tuple[str, str]]:
    """List who can begin a case, as (mode, words)."""
    return [(key, str(word)) for key, word in OPENING_WORDS.items()]


@register.simple_tag
def waiting_choices() -> list[tuple[str, str]]:
    """List the parties a case can wait for, as (key, name)."""
    return [(key, str(word)) for key, word in WAITING_WORDS.items()]


@register.simple_tag
def why_choices() -> list[tuple[str, str]]:
    """List the possible reasons for correcting a step, as (key, name)."""
    return [(key, str(word)) for key, word in WHY_WORDS.items()]


@register.simple_tag
def tell_back_state(state: str) -> str:
    """Return how somebody on the list of a fix stands."""
    return reader_text(STATES[state])
