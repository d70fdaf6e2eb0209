"""What is said in Slack: how a case stands, what happened to it, what is due, and plain text."""

import html
import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final
from urllib.parse import quote

from django.utils.translation import override

from shinrai.console.rules.wording import moment_text, visible_words
from shinrai.desk.queries.case import CaseStep
from shinrai.desk.queries.rows import BoardRow
from shinrai.desk.rules.actions import phase_text
from shinrai.desk.rules.case_facts import fact_named
from shinrai.desk.templatetags.names import KIND_WORDS, VERDICT_WORDS
from shinrai.intake.status import CaseStatus
from shinrai.units.text import Text, translated

MOST_WORDS: Final = 3000
# Steps that are told in the thread; the others change the message alone.
MIRRORED: Final = (
    *("acknowledged", "sent_back", "resubmitted", "answered"),
    *("reopened", "contradicted", "withdrawn"),
)
MARKUP: Final = re.compile(r"<([^<>|]*)(?:\|([^<>]*))?>")


def escaped(text: str) -> str:
    """Return text that is no markup in Slack: nobody is mentioned, nothing is a link."""
    lines = (visible_words(line) for line in text.splitlines())
    return html.escape("\n".join(lines), quote=False)


def plain(text: str) -> str:
    """Return a message of Slack as plain text: its links, names and signs written out."""

    def said(found: re.Match[str]) -> str:
        target, label = found[1], found[2]
        if target[:1] in "@#!":
            return label or target
        return f"{label} ({target})" if label and label != target else target

    return html.unescape(MARKUP.sub(said, text)).replace("\0", "")


def link(url: str, label: str) -> str:
    """Return a link in Slack's markup."""
    return f"<{escaped(quote(url, safe=':/?=&%#'))}|{escaped(label)}>"


def status_message(status: CaseStatus, language: str, *, has_words: bool) -> str:
    """Return the one message about a case: key, state, due moment, facts asked, verdict, answer."""
    key = link(status.url, status.head.source_key)
    stands = _standing(status.phase, status.due, is_late=status.is_overdue)
    lines = [f"*{key}* {escaped(translated(stands, language))}"]
    if status.missing:
        asked = Text("Missing: {facts}", facts=_names(status.missing))
        lines.append(escaped(translated(asked, language)))
    if status.phase == "answered" and status.case.verdict:
        lines.append(_verdict(status.case.verdict, language))
    if has_words and status.answer:
        lines.append(_quoted(status.answer))
    return "\n".join(lines)


def step_message(step: CaseStep, status: CaseStatus, language: str) -> str:
    """Return what is replied about one step of a case: never words, which cannot be edited away."""
    with override(language):
        lines = [escaped(str(KIND_WORDS[step.kind]))]
    if step.kind == "sent_back":
        lines += _asked(step, language)
    elif step.kind == "answered":
        lines += [_verdict(status.case.verdict, language)] if status.case.verdict else []
        lines.append(link(status.url, translated(Text("Read the answer"), language)))
    if status.due is not None:
        lines.append(due_message(status.due, language))
    return "\n".join(lines)


def due_message(due: Text, language: str) -> str:
    """Return what is replied about a due moment that moved."""
    return escaped(translated(Text("It is due {due}.", due=due), language))


def due_list(
    rows: Sequence[BoardRow], *, listed: int, address: str, at: datetime, language: str
) -> str:
    """Return the list of what is late or due today, as the queue has it."""
    if not rows:
        return escaped(translated(Text("Nothing is late, and nothing is due today."), language))
    heading = Text(
        "{count} case is late or due today:",
        "{count} cases are late or due today:",
        count=listed,
    )
    lines = [escaped(translated(heading, language))]
    for row in rows:
        zone = row.place.workspace.zone if row.place else "UTC"
        due = moment_text(row.due_at, zone=zone, near=at) if row.due_at else None
        stands = _standing(row.stands.phase, due, is_late=row.group == "late")
        folder = "inquiries" if row.record == "inquiry" else "investigations"
        key = link(f"{address}/{folder}/{row.case_key}/", row.case_key)
        lines.append(f"• {key} {escaped(translated(stands, language))}")
    if listed > len(rows):
        more = translated(Text("and {count} more", count=listed - len(rows)), language)
        lines.append(f"• {escaped(more)}")
    queue = translated(Text("Open the queue"), language)
    return "\n".join([*lines, link(f"{address}/queue/", queue)])


def _standing(phase: str, due: Text | None, *, is_late: bool) -> Text:
    if due is None:
        return phase_text(phase)
    if is_late:
        return Text("{what}; late, it was due {due}", what=phase_text(phase), due=due)
    return Text("{what}; due {due}", what=phase_text(phase), due=due)


def _asked(step: CaseStep, language: str) -> list[str]:
    """Name the facts that are missing, and how to reply with them."""
    names = _names(one.strip() for one in dict(step.detail).get("missing", "").split(","))
    if not names:
        return []
    how = Text("Reply in this thread, one line for each:")
    said = (translated(how, language), *(f"{translated(one, language)}: …" for one in names))
    return [escaped(line) for line in said]


def _names(keys: Iterable[str]) -> list[Text | str]:
    return [fact_named(key).name for key in keys if key]


def _verdict(verdict: str, language: str) -> str:
    with override(language):
        said = str(VERDICT_WORDS.get(verdict, verdict))
    return escaped(translated(Text("Verdict: {verdict}", verdict=said), language))


def _quoted(words: str) -> str:
    cut = words if len(words) <= MOST_WORDS else words[:MOST_WORDS] + "…"
    return "\n".join(f"> {line}" for line in escaped(cut).splitlines())
