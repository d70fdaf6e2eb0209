"""Template tags: the sentence of a promise with its fields, and what a draft would have said."""

from collections.abc import Iterable, Mapping
from typing import Final

from django import template
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from shinrai.console.reader import reader_language, reader_text
from shinrai.console.rules.wording import moment_words
from shinrai.objectives.queries.promise import DraftedPromise, PromisedMonth
from shinrai.objectives.rules.definition import MODES, PAUSES
from shinrai.objectives.rules.explained import ExplainedClock
from shinrai.objectives.rules.promise import OWN, TIMED, UNITS, WINDOWS, PromiseForm, plain
from shinrai.objectives.rules.sentences.clocks import STARTED
from shinrai.objectives.templatetags.objectives import MODE_WORDS, PAUSE_WORDS
from shinrai.units.text import Text

register = template.Library()

TIMED_WORDS: Final[dict[str, Promise]] = {
    "investigation": _("Answer investigations"),
    "acknowledgement": _("Begin work on investigations"),
    "first_reply": _("Reply to new inquiries"),
    "next_reply": _("Reply to every further message"),
    "resolution_first": _("Solve inquiries the first time"),
    "resolution_full": _("Solve inquiries for good"),
    "held-1": _("Hand on what tier 1 holds"),
    "held-2": _("Hand on what tier 2 holds"),
    "held-3": _("Hand on what tier 3 holds"),
}
UNIT_WORDS: Final[dict[str, Promise]] = {
    "close": _("business days, by close"),
    "same_time": _("business days, same time"),
    "hours": _("business hours"),
    "minutes": _("business minutes"),
}
WINDOW_WORDS: Final[dict[str, Promise]] = {
    "week": _("a week"),
    "month": _("a month"),
    "quarter": _("a quarter"),
    "7_days": _("the last 7 days"),
    "30_days": _("the last 30 days"),
    "90_days": _("the last 90 days"),
    OWN: _("its window, as it is"),
}
LABELS: Final[dict[str, Promise]] = {
    "clock": _("What is promised"),
    "unit": _("Counted in"),
    "window": _("Window"),
    "calendar": _("Calendar"),
    "number": _("Within"),
    "percent": _("Share that is kept, in per cent"),
    "title": _("Name of the promise"),
    "mode": _("How the matter came"),
    "pauses": _("What pauses the clock"),
    "start": _("For example, one that begins"),
}


@register.filter
def promise_label(field: str) -> str:
    """Return the name of a field of the form; "" for what is wrong with all of it."""
    return str(LABELS.get(field, ""))


@register.simple_tag
def promise_sentence(
    form: PromiseForm, calendars: Iterable[str], wrong: Mapping[str, str], has_own: bool
) -> SafeString:
    """Write the promise as one sentence whose words are the fields of a form."""
    windows = (*WINDOWS, OWN) if has_own else WINDOWS
    options: dict[str, list[tuple[str, object]]] = {
        "clock": [(key, TIMED_WORDS[key]) for key in TIMED],
        "unit": [(key, UNIT_WORDS[key]) for key in UNITS],
        "window": [(key, WINDOW_WORDS[key]) for key in windows],
        "calendar": [(name, name) for name in calendars],
    }
    fields = {
        name: _select(name, str(LABELS[name]), listed, getattr(form, name), name in wrong)
        for name, listed in options.items()
    }
    for name in ("number", "percent"):
        fields[name] = _input(name, str(LABELS[name]), getattr(form, name), name in wrong)
    words = gettext(
        "{clock} within {number} {unit}, {percent} % of {window}, on the calendar {calendar}"
    )
    return format_html(words, **fields)


@register.filter
def usual_title(form: PromiseForm) -> str:
    """Return the name a promise has if nobody gives it one: what is promised, and within what."""
    words = {"clock": TIMED_WORDS, "unit": UNIT_WORDS}
    said = {field: str(known.get(getattr(form, field), "")) for field, known in words.items()}
    return gettext("%(clock)s: %(number)s %(unit)s") % (said | {"number": plain(form.number)})


@register.simple_tag
def promise_choices(name: str) -> list[tuple[str, Promise]]:
    """Return the modes, or the waits that may pause a clock, each with its words."""
    words = MODE_WORDS if name == "mode" else PAUSE_WORDS
    return [(key, words[key]) for key in (MODES if name == "mode" else PAUSES)]


@register.simple_tag
def example_words(example: ExplainedClock) -> str:
    """Return when a case that begins at the example's moment is due, in one sentence."""
    began, due = (
        moment_words(at, zone=example.zone, language=reader_language(), near=example.at)
        for at in (example.started_at, example.due_at or example.started_at)
    )
    started = STARTED[example.definition.clock]
    return reader_text(
        Text("{started:capfirst} {began}: due {due}", started=started, began=began, due=due)
    )


@register.simple_tag
def drafted_words(drafted: DraftedPromise) -> str:
    """Return in one sentence whether the promise would have been held."""
    if not drafted.windows:
        return gettext("Nothing fell due in a window that ended, so it cannot be said.")
    words = ngettext(
        "It would have been held in %(held)s of %(n)s window that ended",
        "It would have been held in %(held)s of %(n)s windows that ended",
        drafted.windows,
    )
    return words % {"held": drafted.held, "n": drafted.windows}


@register.simple_tag
def month_state(month: PromisedMonth) -> str:
    """Return the kind of square drawn for a month: kept, missed, or "" if it cannot be said."""
    if not month.windows:
        return ""
    return "kept" if month.held == month.windows else "missed"


@register.simple_tag
def month_words(month: PromisedMonth) -> str:
    """Return whether the windows that ended in a month would have been held."""
    if month.windows == 1:
        return gettext("held") if month.held else gettext("broken")
    return gettext("%(held)s of %(n)s held") % {"held": month.held, "n": month.windows}


def _select(
    name: str, label: str, options: Iterable[tuple[str, object]], chosen: str, is_wrong: bool
) -> SafeString:
    listed = format_html_join(
        "",
        '<option value="{}"{}>{}</option>',
        ((key, SafeString(" selected") if key == chosen else "", words) for key, words in options),
    )
    return format_html(
        '<select name="{}" id="{}" aria-label="{}"{}>{}</select>',
        name, name, label, _invalid(name, is_wrong), listed,
    )  # fmt: skip


def _input(name: str, label: str, value: str, is_wrong: bool) -> SafeString:
    return format_html(
        '<input name="{}" id="{}" value="{}" aria-label="{}" inputmode="decimal" size="4" '
        'maxlength="20" autocomplete="off" required{}>',
        name, name, value, label, _invalid(name, is_wrong),
    )  # fmt: skip


def _invalid(name: str, is_wrong: bool) -> SafeString | str:
    return format_html(' aria-invalid="true" aria-describedby="wrong-{}"', name) if is_wrong else ""
