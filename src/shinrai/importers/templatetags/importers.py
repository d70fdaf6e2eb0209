"""Sentences about imports: what one would do, what it did, what state it is in."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django import template
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_lazy as _

from shinrai.importers.models import Upload
from shinrai.importers.queries import ImportRecord
from shinrai.importers.reconciliation.queries import Reconciliation
from shinrai.importers.run.result import ImportCounts, ImportReport
from shinrai.importers.templatetags.reconciliation import reconciliation_sentence

register = template.Library()

STATE_WORDS: dict[str, Promise] = {
    "complete": _("counts"),
    "withdrawn": _("withdrawn"),
    "unfinished": _("cut off; the same import goes on where it stopped"),
    "given_up": _("given up"),
}


# The fields of the form, by the options that commands take in their place.
FIELDS: dict[str, Promise] = {
    "--zone": _("Zone the times were written in"),
    "--mapping": _("What the columns mean"),
    "--ours": _("Which mail is yours"),
}


@register.simple_tag
def import_state(state: str) -> str:
    """Return the name of an import's state."""
    return str(STATE_WORDS.get(state, state))


@register.filter
def in_form(words: str) -> str:
    """Replace the options of commands in a text by the form's field names."""
    quoted = "「{}」" if (get_language() or "").startswith("ja") else "“{}”"
    for option, field in FIELDS.items():
        words = re.sub(rf"(?<![\w-]){option}(?![\w-])", quoted.format(field), words)
    return words


@register.filter
def cases(counts: ImportCounts | Mapping[str, Any]) -> int:
    """Return the number of inquiries and investigations together."""
    found = counts.as_json() if isinstance(counts, ImportCounts) else counts
    return int(found.get("investigations", 0)) + int(found.get("inquiries", 0))


@register.simple_tag
def status_sentence(upload: Upload) -> str:
    """Return a sentence about a worker's progress on an upload."""
    if not upload.phase:
        return gettext("It waits its turn.")
    if upload.phase == "waiting":
        return gettext("Another import from this source is running; this one follows.")
    said = {"done": f"{upload.done:,}", "total": f"{upload.total:,}"}
    if upload.phase == "observed":
        return gettext("%(done)s of %(total)s rows are read.") % said
    if upload.phase == "derived":
        return gettext("%(done)s of %(total)s cases are compared with the ledger.") % said
    if upload.phase == "completing":
        return gettext("All rows are read; due times are being computed.")
    return gettext("The rows are being counted.")


@register.simple_tag
def trial_sentence(report: ImportReport) -> str:
    """Return sentences about what importing would do."""
    counts = report.counts
    if not counts.steps and not counts.corrected:
        first = gettext("Nothing would change: all of it is in the ledger already.")
    else:
        first = ngettext(
            "%(steps)s new step would come in, of %(cases)s.",
            "%(steps)s new steps would come in, of %(cases)s.",
            counts.steps,
        ) % {"steps": f"{counts.steps:,}", "cases": cases_words(counts)}
    corrected = _corrected(counts.corrected)
    return _joined(first, corrected, _aside(counts.quarantined), _doubts(len(report.flags)))


@register.simple_tag
def import_sentence(found: ImportRecord, compared: Reconciliation | None = None) -> str:
    """Return a few sentences about what an import did, or that it does not count.

    `compared` adds a sentence about its reconciliation, if there is one.
    """
    if found.state == "withdrawn":
        return gettext("This import is withdrawn: its steps count in no figure.")
    if found.state == "unfinished":
        return gettext("This import was cut off. Give the same files again, and it goes on.")
    if found.state == "given_up":
        return gettext("This import was given up; nothing of it counts.")
    report = found.report
    return _joined(
        _rows_came_in(report),
        _corrected(int(report.get("corrected", 0))),
        _left_out(int(report.get("erased", 0))),
        "" if compared is None else reconciliation_sentence(compared),
        _doubts(len(report.get("flags", ()))),
    )


def _rows_came_in(report: Mapping[str, Any]) -> str:
    """Return a sentence about the rows: how many were imported and how many quarantined."""
    rows, aside = int(report.get("rows", 0)), int(report.get("quarantined", 0))
    said = {
        "rows": f"{rows:,}",
        "came": f"{rows - aside - int(report.get('erased', 0)):,}",
        "aside": f"{aside:,}",
        "cases": cases_words(report),
    }
    if aside:
        told = ngettext(
            "%(came)s of %(rows)s rows came in, as %(cases)s; %(aside)s is set aside.",
            "%(came)s of %(rows)s rows came in, as %(cases)s; %(aside)s are set aside.",
            aside,
        )
        return told % said
    if not report.get("steps") and not report.get("corrected"):
        return gettext("All %(rows)s rows say what the ledger knew already.") % said
    return gettext("All %(rows)s rows came in, as %(cases)s.") % said


@register.filter
def cases_words(counts: ImportCounts | Mapping[str, Any]) -> str:
    """Return the number of inquiries and of investigations in words."""
    found = counts.as_json() if isinstance(counts, ImportCounts) else counts
    asked, filed = int(found.get("inquiries", 0)), int(found.get("investigations", 0))
    told = []
    if asked or not filed:
        said = ngettext("%(n)s inquiry", "%(n)s inquiries", asked)
        told.append(said % {"n": f"{asked:,}"})
    if filed:
        said = ngettext("%(n)s investigation", "%(n)s investigations", filed)
        told.append(said % {"n": f"{filed:,}"})
    return gettext(", ").join(told)


@register.filter
def apart(number: Any) -> str:
    """Write a number with thousands separators, to be used within a sentence."""
    return f"{number:,}" if isinstance(number, int) else str(number)


@register.simple_tag
def imports_sentence(found: Sequence[ImportRecord]) -> str:
    """Return sentences about how many imports count, and how many were interrupted."""
    counting = [record.report for record in found if record.state == "complete"]
    rows = sum(int(report.get("rows", 0)) for report in counting)
    aside = sum(int(report.get("quarantined", 0)) for report in counting)
    said_of = {"n": len(counting), "rows": f"{rows:,}", "aside": f"{aside:,}"}
    if not counting:
        first = gettext("No import counts at present.")
    elif aside:
        first = ngettext(
            "%(rows)s rows came by %(n)s import; %(aside)s of them are set aside.",
            "%(rows)s rows came by %(n)s imports; %(aside)s of them are set aside.",
            len(counting),
        )
    else:
        first = ngettext(
            "All %(rows)s rows of %(n)s import came in.",
            "All %(rows)s rows of %(n)s imports came in.",
            len(counting),
        )
    first %= said_of
    cut = sum(record.state == "unfinished" for record in found)
    said = ngettext("%(n)s was cut off.", "%(n)s were cut off.", cut) % {"n": cut} if cut else ""
    return _joined(first, said)


def _corrected(count: int) -> str:
    if not count:
        return ""
    said = ngettext("%(n)s step is corrected.", "%(n)s steps are corrected.", count)
    return said % {"n": f"{count:,}"}


def _left_out(count: int) -> str:
    if not count:
        return ""
    said = ngettext(
        "%(n)s row is left out: whose it is asked to be forgotten.",
        "%(n)s rows are left out: those they speak of asked to be forgotten.",
        count,
    )
    return said % {"n": f"{count:,}"}


def _aside(count: int) -> str:
    if not count:
        return ""
    said = ngettext("%(n)s row is set aside.", "%(n)s rows are set aside.", count)
    return said % {"n": f"{count:,}"}


def _doubts(count: int) -> str:
    if not count:
        return ""
    said = ngettext("%(n)s thing looks doubtful.", "%(n)s things look doubtful.", count)
    return said % {"n": f"{count:,}"}


def _joined(*sentences: str) -> str:
    said = [sentence for sentence in sentences if sentence]
    # Japanese sentences follow each other without a blank.
    return ("" if said and said[0].endswith("。") else " ").join(said)
