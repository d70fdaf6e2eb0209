"""Words about a sheet: meanings of columns and states, questions, verdicts, and its sentence."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import template
from django.template import Context
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_lazy as _

from shinrai.console.rules.wording import language_of, moment_words
from shinrai.importers.run.result import ImportReport
from shinrai.importers.upload.trial import SheetTrial

register = template.Library()

ROLE_WORDS: dict[str, Promise] = {
    "key": _("Number of the case"),
    "filed": _("When it was filed"),
    "answered": _("When it was answered"),
    "sent_back": _("When it was sent back"),
    "resubmitted": _("When it was resubmitted"),
    "waiting": _("When a wait began"),
    "resumed": _("When a wait ended"),
    "withdrawn": _("When it was withdrawn"),
    "state": _("State"),
    "verdict": _("Verdict"),
    "text": _("What it is about, in words"),
    "person": _("Who works on it"),
    "requester": _("Who filed it"),
    "customer": _("Number of the customer"),
    "group": _("Service or team"),
    "account": _("Company or school"),
    "topic": _("Topic"),
    "priority": _("Priority"),
    "screen": _("Screen"),
    "app_version": _("Version of the app"),
    "device": _("Device"),
    "last_failure": _("Last failure"),
    "attachment": _("Whether there is an attachment"),
    "satisfaction": _("Satisfaction"),
}
WORDS: dict[str, dict[str, Promise]] = {
    "role": ROLE_WORDS,
    "meaning": {
        "done": _("finished"),
        "open": _("being worked on"),
        "sent_back": _("sent back"),
        "waiting": _("waiting"),
        "withdrawn": _("taken back by who filed it"),
        "nothing": _("none of these"),
    },
    "question": {
        "table": _("Table"),
        "header_row": _("Header row"),
        "zone": _("Time zone"),
        "day_order": _("Order of day and month"),
        "year": _("Year of the first row"),
        "filed": _("When it was filed"),
        "answered": _("When it was answered"),
    },
    "day_order": {
        "year_first": _("year, month, day (2026/11/02)"),
        "month_first": _("month, day, year (11/02/2026)"),
        "day_first": _("day, month, year (02/11/2026)"),
    },
    "record": {
        "investigation": _("Investigations: CS files them, CRE answers"),
        "inquiry": _("Inquiries: customers ask, CS answers"),
    },
    "mend": {
        "empty": _("Take the cell as empty and keep the case"),
        "leave_out": _("Leave these rows out"),
    },
    "verdict": {
        "kept": _("kept"),
        "missed": _("missed"),
        "open": _("still open"),
        "paused": _("paused"),
        "unknown": _("ended, not said when"),
    },
}


@register.simple_tag
def sheet_words() -> dict[str, dict[str, Promise]]:
    """Return all names by kind, for drop-downs."""
    return WORDS


@register.filter
def words_of(value: str, kind: str) -> str:
    """Return the name of a value: `{{ role|words_of:"role" }}`."""
    return str(WORDS[kind].get(value, value))


@register.filter
def spoken(words: Mapping[str, str]) -> str:
    """Return a text that is stored in both languages, in the reader's."""
    return words[language_of(get_language())]


@register.filter
def taken(sheet: SheetTrial, name: str) -> str:
    """Return what is taken as the answer to a question; empty if the sheet says it itself."""
    return next((one.taken for one in sheet.questions if one.name == name), "")


@register.filter
def known(mapping: Mapping[str, Any], key: str) -> Any:
    """Return the value of a key; empty if there is none."""
    return mapping.get(key, "")


@register.simple_tag(takes_context=True)
def sheet_moment(context: Context, at: datetime | None, zone: str) -> SafeString | str:
    """Write a moment in the time zone in which the sheet is read."""
    if at is None:
        return "—"
    near = getattr(context.get("request"), "at", None)
    said = moment_words(at, zone=zone, language=language_of(get_language()), near=near)
    return format_html('<time datetime="{}">{}</time>', at.isoformat(), said)


@register.simple_tag
def sheet_sentence(sheet: SheetTrial, report: ImportReport) -> str:
    """Return sentences about what a sheet holds, and what importing it would change."""
    count, aside = sheet.case_count, sum(group.count for group in sheet.set_aside)
    told = [
        ngettext("%(n)s case is read.", "%(n)s cases are read.", count) % {"n": f"{count:,}"},
    ]
    kept, missed = (sheet.verdicts.get(verdict, 0) for verdict in ("kept", "missed"))
    if kept or missed:
        said = gettext("Missed: %(missed)s, kept: %(kept)s.")
        told.append(said % {"missed": f"{missed:,}", "kept": f"{kept:,}"})
    if aside:
        said = ngettext("%(n)s row is set aside.", "%(n)s rows are set aside.", aside)
        told.append(said % {"n": f"{aside:,}"})
    if count and not report.counts.steps and not report.counts.corrected:
        told.append(gettext("All of it was imported before: nothing would change."))
    elif report.counts.unchanged:
        changed = report.counts.steps + report.counts.corrected
        said = ngettext(
            "Part of it was imported before: %(n)s step is new or corrected.",
            "Part of it was imported before: %(n)s steps are new or corrected.",
            changed,
        )
        told.append(said % {"n": f"{changed:,}"})
    return ("" if told[0].endswith("。") else " ").join(told)
