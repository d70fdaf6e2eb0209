"""A digest to take away: JSON, Markdown, issues as GitHub's API takes them, and Jira's CSV."""

import csv
import io
import json
from collections.abc import Callable
from typing import Any, Final

from shinrai.console.spreadsheet import csv_cell
from shinrai.reports.queries.digests import DigestRecord, ItemRecord, PastItem
from shinrai.reports.rules.digest import HORIZONS, KINDS
from shinrai.reports.rules.digest_words import (
    COVERED,
    became_words,
    claims,
    decision_words,
    grade_words,
)
from shinrai.units.text import Language, Text, translated, verbatim

FORMATS: Final = {
    "markdown": ("md", "text/markdown; charset=utf-8"),
    "github": ("jsonl", "application/x-ndjson; charset=utf-8"),
    "jira": ("csv", "text/csv; charset=utf-8"),
}
JIRA: Final = ("Summary", "Description", "Issue Type", "Labels", "Priority")
PRIORITIES: Final = {"short": "High", "middle": "Medium", "long": "Low", "": "Medium"}
TITLE: Final = Text("Sprint digest {key}: {first} to {last}")
MOST_TITLE: Final = 200
Say = Callable[[Text | str | list[Text]], str]


def digest_file(found: DigestRecord, form: str, language: Language) -> str:
    """Return a digest as a file of one of FORMATS."""
    write = {"markdown": digest_markdown, "github": github_issues, "jira": jira_csv}[form]
    return write(found, language)


def digest_document(found: DigestRecord) -> dict[str, Any]:
    """Return everything the page shows, without the words of quotes."""
    return {
        "key": found.key,
        "from": f"{found.first}",
        "to": f"{found.last}",
        "state": found.state,
        "prepared_at": found.prepared_at and found.prepared_at.isoformat(),
        "closed_at": found.closed_at and found.closed_at.isoformat(),
        "previous": found.previous,
        "past": [_past_document(one) for one in found.past],
        "items": [_item_document(one, found) for one in found.items],
        "undecided": found.undecided,
        "carried": list(found.carried),
    }


def _past_document(one: PastItem) -> dict[str, Any]:
    return {
        "digest": one.digest,
        "number": one.item.number,
        "kind": one.item.kind,
        "topic": one.item.topic,
        "decision": _decision_document(one.item),
        "defect": one.found["defect"],
        "customers_a_week": one.found["weeks"],
        "comes_back": one.found["comes_back"],
    }


def _item_document(one: ItemRecord, digest: DigestRecord) -> dict[str, Any]:
    said = claims(one.evidence, kind=one.kind, last=digest.last)
    return {
        "number": one.number,
        "kind": one.kind,
        "topic": one.topic,
        "text": str(one.words),
        "horizon": one.horizon or None,
        "carried_from": one.carried_from or None,
        "evidence": dict(one.evidence),
        "claims": [str(claim.text) for claim in said],
        "decision": _decision_document(one),
    }


def _decision_document(one: ItemRecord) -> dict[str, Any] | None:
    said = one.decision
    if said is None:
        return None
    return {
        "verdict": said.verdict,
        "ticket": said.ticket,
        "owner": said.owner,
        "until": said.until and f"{said.until}",
        "reason": said.reason,
        "at": said.at.isoformat(),
    }


def decision_of(one: ItemRecord) -> Text:
    """Return what was decided about an item, as a sentence."""
    said = one.decision
    if one.is_covered:
        return COVERED
    if said is None:
        return decision_words("", owner="", until=None, reason="")
    return decision_words(said.verdict, owner=said.owner, until=said.until, reason=said.reason)


def digest_markdown(found: DigestRecord, language: Language) -> str:
    """Return a digest to paste into notes of the sprint."""

    def say(text: Text | str | list[Text]) -> str:
        return translated(text, language)

    title = TITLE.using(key=found.key, first=found.first, last=found.last)
    lines = [f"# {say(title)}", ""]
    if found.past:
        lines += [f"## {say(Text('What became of the last digest'))}", ""]
        for past, kinds in found.past_topics:
            became = became_words(past.found, is_taken=past.item.verdict == "taken")
            said = " ".join(say(one) for one in (decision_of(past.item), *became))
            about = say([KINDS[kind] for kind in kinds])
            lines.append(f"- **{_heading(past.item, say)}** ({about}; {past.digest}). {said}")
        lines.append("")
    for _kind, name, items in found.sections:
        if items:
            lines += [f"## {say(name)}", ""]
            for one in items:
                lines += [f"### {_heading(one, say)}", "", _body(one, found, say), ""]
    return "\n".join(lines).rstrip() + "\n"


def github_issues(found: DigestRecord, language: Language) -> str:
    """Return a line of JSON for each proposal that is not declined: title, body, labels.

    Source: docs.github.com/rest/issues/issues, create an issue.
    """
    lines = [
        json.dumps({"title": title, "body": body, "labels": labels}, ensure_ascii=False)
        for title, body, labels, _horizon in _tickets(found, language)
    ]
    return "".join(f"{line}\n" for line in lines)


def jira_csv(found: DigestRecord, language: Language) -> str:
    """Return a row for each proposal that is not declined, with the columns Jira's importer maps.

    Source: confluence.atlassian.com/adminjiraserver, importing data from CSV.
    """
    out = io.StringIO()
    rows = csv.writer(out)
    rows.writerow(JIRA)
    for title, body, labels, horizon in _tickets(found, language):
        cells = (title, body, "Task", " ".join(labels), PRIORITIES[horizon])
        rows.writerow([csv_cell(cell) for cell in cells])
    return out.getvalue()


def _tickets(found: DigestRecord, language: Language) -> list[tuple[str, str, list[str], str]]:
    def say(text: Text | str | list[Text]) -> str:
        return translated(text, language)

    made = []
    for one in found.items:
        if one.kind == "proposal" and one.verdict != "declined":
            title = say(one.words).split("\n")[0][:MOST_TITLE]
            labels = ["sprint-digest", f"horizon-{one.horizon}"]
            made.append((title, _body(one, found, say), labels, one.horizon))
    return made


def _heading(one: ItemRecord, say: Say) -> str:
    name = say(one.name) if one.topic else say(one.words).split("\n")[0][:MOST_TITLE]
    return f"{name} ({say(HORIZONS[one.horizon])})" if one.horizon else name


def _body(one: ItemRecord, digest: DigestRecord, say: Say) -> str:
    """Return an item's text, its claims, its grade and the decision, as Markdown."""
    if one.kind == "quote":
        words = one.quote and one.quote.words
        return "> " + (words or say(Text("no longer there"))).replace("\n", "\n> ")
    parts = [say(one.words)] if say(one.words) else []
    said = [claim.text for claim in claims(one.evidence, kind=one.kind, last=digest.last)]
    said.append(grade_words(one.evidence))
    if one.carried_from:
        said.append(Text("Carried over from digest {key}.", key=one.carried_from))
    said.append(decision_of(one))
    if one.decision and one.decision.ticket:
        said.append(verbatim(one.decision.ticket))
    parts.append("\n".join(f"- {say(text)}" for text in said))
    return "\n\n".join(parts)
