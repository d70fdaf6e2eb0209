"""The data of a case's ribbon: who held it, its messages, its due moments, and its end."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from shinrai.console.charts.axis import closures, day_marks
from shinrai.console.charts.ribbon import Due, Holder, Life, Message, Pause, Stop, Stretch
from shinrai.console.reader import reader_language
from shinrai.console.rules.wording import MomentForm, moment_words, visible_words
from shinrai.desk.queries.case import BEYOND, CaseClock, CaseStep, CaseView
from shinrai.desk.templatetags.names import holder_words, kind_words, pause_words
from shinrai.units.text import Language

HOLDERS: dict[str, Holder] = {
    "tier:1": "tier1",
    "tier:2": "tier2",
    "tier:3": "tier3",
    "customer": "customer",
    "third_party": "third_party",
    "filer": "customer",
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
ENDS = {
    "answered": gettext_noop("answered %(at)s"),
    "withdrawn": gettext_noop("withdrawn %(at)s"),
    "solved": gettext_noop("solved %(at)s"),
    "closed": gettext_noop("closed %(at)s"),
    "cancelled": gettext_noop("cancelled %(at)s"),
}
A_FEW_DAYS = timedelta(days=7)  # beyond it, a time of day alone says too little
THEIRS = ("filed", "resubmitted", "reopened", "received", "inbound")
OURS = ("sent_back", "answered", "outbound")


def life_of(case: CaseView, at: datetime, *, zone: str) -> Life:
    """Return the data to draw a case as a ribbon, in the reader's language."""
    language = reader_language()
    stretches = tuple(_stretches(case, at))
    start = min(stretch.start for stretch in stretches)
    end = case.ends_at + (case.ends_at - start) / 50
    clock = case.clock
    return Life(
        title=gettext("The life of %(case)s") % {"case": visible_words(case.key)},
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
                gettext("sent back") if stretch.holder == "filer" else holder_words(stretch.holder),
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
    """Return the due moments of all clocks, each moment once.

    Those of other objectives than `chosen`'s are labelled with their names instead of their moment.
    """
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
            yield Message(step.at, "theirs", f"{kind_words(step.kind)} {said}")
        elif step.kind in OURS:
            yield Message(step.at, "ours", f"{kind_words(step.kind)} {said}")


def _pauses(clock: CaseClock | None, at: datetime) -> Iterable[Pause]:
    for pause in clock.facts.pauses if clock else ():
        end = pause.until or at
        if pause.since < end:
            yield Pause(pause.since, end, pause_words(pause.reason))
