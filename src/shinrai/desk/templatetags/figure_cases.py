"""Cells of the list of cases behind a figure, by column."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from django import template
from django.template import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from shinrai.console.reader import reader_text
from shinrai.console.rules.wording import visible_words
from shinrai.console.templatetags.console import duration, moment, unknown
from shinrai.desk.queries.figure_cases import FigureCase
from shinrai.desk.templatetags.names import (
    DOUBT_WORDS,
    FACT_WORDS,
    VERDICT_WORDS,
    WAITING_WORDS,
)
from shinrai.workload.templatetags.workload import tier_word

register = template.Library()

# What stands where there is no value: it is not known, or it did not happen.
MOMENTS: dict[str, Callable[[FigureCase], datetime | None]] = {
    "received_at": lambda row: row.case.began_at,
    "due": lambda row: row.case.due_at,
    "sent_back_at": lambda row: row.case.sent_back_at,
    "solved_at": lambda row: row.case.ended_at,
    "came_back_at": lambda row: row.case.back_at,
}
NEVER = ("sent_back_at", "came_back_at")


@register.simple_tag(takes_context=True)
def figure_cell(context: Context, row: FigureCase, key: str) -> SafeString | str:
    """Write one column of a case behind a figure."""
    if key in MOMENTS:
        at = MOMENTS[key](row)
        if at is None:
            said = format_html('<span class="soft">{}</span>', gettext("did not"))
            return said if key in NEVER else unknown("not yet")
        return moment(context, at)
    if key == "first_reply_s":
        return (
            unknown("not yet") if row.case.first_reply is None else duration(row.case.first_reply)
        )
    return _words(row, key)


def _words(row: FigureCase, key: str) -> str:
    case = row.case
    values: dict[str, Sequence[Any]] = {
        "missing": [FACT_WORDS.get(one, one) for one in row.missing],
        "waits": [WAITING_WORDS.get(one, one) for one in row.waits],
        "doubt": [DOUBT_WORDS.get(case.doubt, case.doubt)] if case.doubt else [],
        "verdict": [VERDICT_WORDS.get(row.verdict, row.verdict)] if row.verdict else [],
        "tier": [tier_word(case.tier)] if case.tier else [],
        "topic": [reader_text(row.topic)] if row.topic else [],
        "kind": [gettext("inquiry") if case.record == "inquiry" else gettext("investigation")],
        "round_trips": [] if case.round_trips is None else [case.round_trips],
        "handovers": [] if case.handovers is None else [case.handovers],
        "person": [row.person],
        "filed_by": [row.filed_by],
        "service": [row.service],
    }
    return visible_words(gettext(", ").join(map(str, values[key])))
