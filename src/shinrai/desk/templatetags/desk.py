"""A case on a page: its ribbon, and the names of steps, holders, roles and doubts."""

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from django import template
from django.template import Context
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from shinrai.console.charts.axis import closures, day_marks
from shinrai.console.charts.ribbon import (
    Due,
    Holder,
    Life,
    Message,
    Pause,
    Stop,
    Stretch,
    ribbon,
)
from shinrai.console.charts.spark import Spark, spark
from shinrai.console.charts.svg import Drawing
from shinrai.console.rules.wording import (
    Language,
    MomentForm,
    language_of,
    moment_words,
    percent_words,
)
from shinrai.console.templatetags.console import duration
from shinrai.desk.queries.board import BoardRow
from shinrai.desk.queries.case import BEYOND, CaseClock, CaseStep, CaseView
from shinrai.desk.queries.overview import Overview
from shinrai.desk.queries.places import Place
from shinrai.desk.queries.queue import Queue
from shinrai.desk.rules.sentences import (
    Clause,
    Pressing,
    overview_clauses,
    places_clauses,
    queue_clauses,
)
from shinrai.objectives.queries.weekly import KeptWeek
from shinrai.objectives.templatetags.objectives import PAUSE_WORDS
from shinrai.quality.templatetags.quality import FEWEST, share_point
from shinrai.workload.rules.kinds import job_words

register = template.Library()

KIND_WORDS: dict[str, Promise] = {
    "received": _("Received"),
    "inbound": _("From the customer"),
    "outbound": _("To the customer"),
    "consulted": _("Asked a higher line"),
    "returned": _("Handed back"),
    "solved": _("Solved"),
    "closed": _("Closed"),
    "restored": _("Restored"),
    "cancelled": _("Cancelled"),
    "split": _("Split"),
    "labelled": _("Labelled"),
    "rated": _("Rated by the customer"),
    "filed": _("Filed"),
    "acknowledged": _("Taken up"),
    "assigned": _("Assigned"),
    "escalated": _("Escalated"),
    "sent_back": _("Sent back"),
    "resubmitted": _("Resubmitted"),
    "waiting": _("Waiting"),
    "resumed": _("Resumed"),
    "finding": _("Finding"),
    "action_taken": _("Action taken"),
    "answered": _("Answered"),
    "withdrawn": _("Withdrawn"),
    "reopened": _("Reopened"),
    "contradicted": _("Contradicted"),
    "exempted": _("Exempted from the target"),
    "note": _("Note"),
    "worked": _("Time worked"),
    "corrected": _("Corrected"),
    "erased": _("Erased"),
}
HOLDER_WORDS: dict[str, Promise] = {
    "tier:1": _("CS"),
    "tier:2": _("CRE"),
    "tier:3": _("product engineers"),
    "customer": _("customer"),
    "third_party": _("third party"),
    "filer": _("filer"),
}
WAITING_WORDS: dict[str, Promise] = {
    "customer": _("customer"),
    "third_party": _("third party"),
    "problem": _("known problem"),
}
WHY_WORDS: dict[str, Promise] = {
    "slip": _("a slip of the hand"),
    "judged_anew": _("judged anew"),
    "rule_wrong": _("the rule was wrong"),
    "source_wrong": _("the source was wrong"),
}
HOLDERS: dict[str, Holder] = {
    "tier:1": "tier1",
    "tier:2": "tier2",
    "tier:3": "tier3",
    "customer": "customer",
    "third_party": "third_party",
    "filer": "customer",
}
ROLE_WORDS: dict[str, Promise] = {
    "cs": _("CS"),
    "agent": _("CS"),
    "cre": _("CRE"),
    "engineer": _("CRE"),
    "product": _("product engineer"),
    "customer": _("customer"),
    "system": _("system"),
    "staff": _("staff"),
    "volunteer": _("volunteer"),
    "tier1": _("CS"),
    "tier2": _("CRE"),
    "tier3": _("product engineer"),
}
VERDICT_WORDS: dict[str, Promise] = {
    "as_designed": _("as designed"),
    "defect": _("defect"),
    "environment": _("the user's environment"),
    "operation_error": _("operation error"),
    "abuse": _("abuse"),
    "unknown": _("not known"),
}
FACT_WORDS: dict[str, Promise] = {
    "identity": _("identity"),
    "device": _("device"),
    "evidence": _("evidence"),
    "moment": _("when it happened"),
    "other": _("other"),
}
PRIORITY_WORDS: dict[str, Promise] = {
    "urgent": _("urgent"),
    "high": _("high"),
    "normal": _("normal"),
    "low": _("low"),
}
LABEL_WORDS: dict[str, Promise] = {
    "service": _("Service"),
    "priority": _("Priority"),
    "inquiry_reference": _("Inquiry"),
    "verdict": _("Finding"),
    "missing_fact": _("Missing fact"),
    "group": _("Group"),
    "on": _("Waiting for"),
    "reason": _("Reason"),
    "channel": _("Channel"),
    "follow_up_of": _("Follow-up of"),
    "topic": _("Topic"),
    "tags": _("Tags"),
    "language": _("Language"),
    "locale": _("Language"),
    "job": _("Job"),
    "minutes": _("Minutes"),
    "due": _("Due"),
    "status": _("State in the source"),
    "purpose": _("Purpose"),
}
CHANNEL_WORDS: dict[str, Promise] = {
    "mail": _("mail"),
    "form": _("form"),
    "phone": _("phone"),
    "chat": _("chat"),
    "forum": _("forum"),
    "sheet": _("sheet"),
    "other": _("other"),
}
PHASE_WORDS: dict[str, Promise] = {
    "open": _("open"),
    "waiting": _("waiting"),
    "solved": _("solved"),
    "closed": _("closed"),
    "cancelled": _("cancelled"),
}
DOUBT_WORDS: dict[str, Promise] = {
    "out_of_order": _("does not fit the step before it; kept as the source says"),
    "unknown_kind": _("no step we know; kept and left out of every clock"),
    "answered_before_asked": _("answered before it was asked"),
    "followed_up_before_asked": _("followed up before it was asked"),
    "before_opening": _("earlier than the opening of the case"),
    "future": _("later than its import"),
    "non_monotonic": _("the order of rows and of moments disagree"),
    "zone_jump": _("the source's zone is in doubt here"),
}
DUE_WORDS: dict[str, Promise] = {
    "investigation": _("answer due"),
    "acknowledgement": _("to be taken up"),
    "held": _("to be handed on"),
    "first_reply": _("first reply due"),
    "next_reply": _("next reply due"),
    "resolution_first": _("solution due"),
    "resolution_full": _("final solution due"),
}
KNOWN_REASONS = (
    gettext_noop("erased"),
    gettext_noop("no messages in the source"),
    gettext_noop("no objective yet"),
)
ENDS = {
    "answered": gettext_noop("answered %(at)s"),
    "withdrawn": gettext_noop("withdrawn %(at)s"),
    "solved": gettext_noop("solved %(at)s"),
    "closed": gettext_noop("closed %(at)s"),
    "cancelled": gettext_noop("cancelled %(at)s"),
}
KANA = re.compile(r"[\u3041-\u30ff]")
A_FEW_DAYS = timedelta(days=7)  # beyond it, a time of day alone says too little
THEIRS = ("filed", "resubmitted", "reopened", "received", "inbound")
OURS = ("sent_back", "answered", "outbound")


@register.simple_tag(takes_context=True)
def queue_lead(context: Context, found: Queue) -> SafeString:
    """Say what presses in the queue."""
    return _sentence(queue_clauses(_pressing(found, context), _language()))


@register.simple_tag(takes_context=True)
def overview_lead(context: Context, found: Overview) -> SafeString:
    """Say what presses, and whether the promises hold."""
    return _sentence(
        overview_clauses(
            _pressing(found.queue, context),
            broken=found.broken,
            objectives=len(found.reports),
            language=_language(),
        )
    )


@register.simple_tag
def places_lead(found: Sequence[Place]) -> SafeString:
    """Say what presses in all the workspaces of a visitor."""
    late = [place.late for place in found if place.late]
    return _sentence(places_clauses(sum(late), len(late), len(found), _language()))


@register.simple_tag
def kept_line(weeks: Sequence[KeptWeek], title: str, prefix: str) -> Drawing | str:
    """Draw what was kept by week; nothing where hardly any week had anything due."""
    points = tuple(
        share_point(_week_label(week.since), week.share, is_complete=week.is_over) for week in weeks
    )
    known = [point.value for point in points if point.value is not None]
    if len(known) < FEWEST:
        return ""
    label = percent_words(known[-1])
    return spark(
        Spark(title=title, desc="", points=points, end_label=label, bottom=0.0, top=1.0),
        prefix=prefix,
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


def _pressing(found: Queue, context: Context) -> Pressing:
    counts = found.going.counts
    close = ""
    if found.closes_at is not None:
        form: MomentForm = "time" if found.closes_today else "moment"
        near = getattr(context.get("request"), "at", None)
        zone, language = _zone(context), _language()
        close = moment_words(found.closes_at, zone=zone, language=language, form=form, near=near)
    return Pressing(
        counts["late"], counts["at_risk"], found.going.count, close, found.has_objectives
    )


def _sentence(clauses: list[Clause]) -> SafeString:
    """Make one sentence; what tells of lateness is set apart."""
    mark = '<strong class="late">{}</strong>'
    said = [format_html(mark if is_late else "{}", words) for words, is_late in clauses]
    if _language() == "ja":
        return format_html_join("", "{}。", ((one,) for one in said))
    joints = ["", ", ", "; "]
    text = format_html_join("", "{}{}", zip(joints, said, strict=False))
    return format_html("{}.", text)


def _week_label(since: date) -> str:
    return f"{since.month}/{since.day}" if _language() == "ja" else f"{since.day} {since:%b}"


def _zone(context: Context) -> str:
    return str(getattr(context.get("workspace"), "zone", "") or "UTC")


@register.simple_tag
def lang_of(words: str) -> SafeString:
    """Mark words that are Japanese as such, whatever the page speaks: kana tell it."""
    return SafeString(' lang="ja"' if KANA.search(words) else "")


@register.simple_tag
def kind_word(kind: str) -> str:
    """Name a step."""
    return str(KIND_WORDS.get(kind, kind))


@register.simple_tag
def late_by(business_time: timedelta | None) -> SafeString:
    """Say how much open time has passed since something was due."""
    if business_time is not None and business_time == timedelta(0):
        return format_html("{}", gettext("since the close"))
    return duration(None if business_time is None else -business_time)


@register.simple_tag
def lateness(business_time: timedelta | None) -> SafeString:
    """Say that something is late, and by how much open time."""
    if business_time is not None and business_time == timedelta(0):
        return format_html("{}", gettext("late since the close"))
    return format_html(gettext("late by {}"), late_by(business_time))


@register.simple_tag
def holder_word(holder: str | None) -> str:
    """Name who holds a case."""
    if holder is None:
        return ""
    return str(HOLDER_WORDS.get(holder, holder.removeprefix("tier:")))


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
    return str(PAUSE_WORDS.get(reason, reason))


@register.simple_tag
def verdict_word(verdict: str) -> str:
    """Name a finding."""
    return str(VERDICT_WORDS.get(verdict, verdict))


@register.simple_tag
def label_word(name: str) -> str:
    """Name a detail of a step."""
    return str(LABEL_WORDS.get(name, name))


@register.simple_tag
def detail_word(name: str, value: str) -> str:
    """Say a detail of a step."""
    words: dict[str, dict[str, Promise]] = {
        "verdict": VERDICT_WORDS,
        "missing_fact": FACT_WORDS,
        "priority": PRIORITY_WORDS,
        "on": HOLDER_WORDS,
        "channel": CHANNEL_WORDS,
    }
    if name == "job":
        return job_words(value, _language())
    return str(words.get(name, {}).get(value, value))


@register.simple_tag
def case_ribbon(case: CaseView, at: datetime, zone: str) -> Drawing | str:
    """Draw a case's life as one band; nothing where nobody ever held it."""
    if not case.stretches:
        return ""
    return ribbon(life_of(case, at, zone=case.zone or zone), prefix="life")


def life_of(case: CaseView, at: datetime, *, zone: str) -> Life:
    """Lay a case out as a ribbon, in the reader's language."""
    language = _language()
    stretches = tuple(_stretches(case, at))
    start = min(stretch.start for stretch in stretches)
    end = case.ends_at + (case.ends_at - start) / 50
    clock = case.clock
    return Life(
        title=gettext("The life of %(case)s") % {"case": case.key},
        desc="",
        stretches=stretches,
        stop=_stop(case, clock, at, zone, language),
        dues=tuple(_dues(case, clock, at, zone, language)),
        messages=tuple(_messages(case.steps, zone, language, at)),
        pauses=tuple(_pauses(clock, at)),
        closed=closures(case.open_spans, start - BEYOND, end + BEYOND) if case.open_spans else (),
        marks=day_marks(start, end, zone=zone, language=language),
        above=gettext("customer") if case.record == "inquiry" else gettext("filer"),
        below=gettext("us"),
    )


def _stretches(case: CaseView, at: datetime) -> Iterable[Stretch]:
    before: datetime | None = None
    for stretch in case.stretches:
        if before is not None and before < stretch.since:
            yield Stretch(before, stretch.since, "nobody", gettext("at rest"))
        end = stretch.until or max(at, stretch.since)
        if stretch.since < end:
            yield Stretch(
                stretch.since,
                end,
                HOLDERS.get(stretch.holder, "tier3"),
                gettext("sent back") if stretch.holder == "filer" else holder_word(stretch.holder),
            )
        before = end


def _stop(
    case: CaseView, clock: CaseClock | None, at: datetime, zone: str, language: Language
) -> Stop:
    ended = case.stretches[-1].until
    if ended is None:
        form: MomentForm = "time" if at - case.stretches[0].since < A_FEW_DAYS else "moment"
        said = moment_words(at, zone=zone, language=language, form=form, near=at)
        return Stop(at, gettext("as of %(time)s") % {"time": said}, "running")
    said = moment_words(ended, zone=zone, language=language, near=at)
    last = next((s for s in reversed(case.steps) if s.at == ended), None)
    words = gettext(ENDS.get(last.kind if last else "", "answered %(at)s"))
    # The end is kept or missed only where it is what the clock waited for.
    state = clock.facts.state if clock and clock.facts.stopped_at == ended else None
    shown = state if state in ("kept", "missed") else "ended"
    return Stop(ended, words % {"at": said}, shown)


def _dues(
    case: CaseView, chosen: CaseClock | None, at: datetime, zone: str, language: Language
) -> Iterable[Due]:
    """Mark the due moment of every clock; one that is not the first sentence's says whose it is."""
    seen: set[datetime] = set()
    for clock in sorted(case.clocks, key=lambda clock: clock is not chosen):
        due = clock.facts.due_at
        if due is None or due in seen:
            continue
        seen.add(due)
        said = moment_words(due, zone=zone, language=language, near=at)
        words = gettext("due %(at)s") % {"at": said}
        if chosen is not None and clock.objective != chosen.objective:
            # The axis says when; a label with name and moment would not fit on a phone.
            words = str(DUE_WORDS.get(clock.facts.definition.clock, clock.title))
        missed = clock.facts.state in ("missed", "overdue")
        yield Due(due, words, missed=missed, until=clock.facts.stopped_at)


def _messages(
    steps: Iterable[CaseStep], zone: str, language: Language, at: datetime
) -> Iterable[Message]:
    for step in steps:
        said = moment_words(step.at, zone=zone, language=language, near=at)
        if step.kind in THEIRS:
            yield Message(step.at, "theirs", f"{kind_word(step.kind)} {said}")
        elif step.kind in OURS:
            yield Message(step.at, "ours", f"{kind_word(step.kind)} {said}")


def _pauses(clock: CaseClock | None, at: datetime) -> Iterable[Pause]:
    for pause in clock.facts.pauses if clock else ():
        end = pause.until or at
        if pause.since < end:
            yield Pause(pause.since, end, pause_word(pause.reason))


def _language() -> Language:
    return language_of(get_language())


@register.simple_tag
def waiting_choices() -> list[tuple[str, str]]:
    """List on whom one may wait."""
    return [(key, str(word)) for key, word in WAITING_WORDS.items()]


@register.simple_tag
def why_choices() -> list[tuple[str, str]]:
    """List why a step may be corrected."""
    return [(key, str(word)) for key, word in WHY_WORDS.items()]
