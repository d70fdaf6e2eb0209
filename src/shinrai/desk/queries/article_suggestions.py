"""Answers written down that fit a case, and one of them filled for its form."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from shinrai.accounts.queries import WorkspaceRecord
from shinrai.desk.queries.titles import masked, shown_text
from shinrai.desk.rules.attributes import attributes_of
from shinrai.knowledge.queries.articles import UnknownArticle, article_named
from shinrai.knowledge.queries.suggestions import (
    SuggestedArticle,
    filled_article,
    suggested_articles,
)
from shinrai.knowledge.rules.article import FilledText
from shinrai.ledger.queries import CaseHead, standing_of
from shinrai.ledger.rules.steps import Step
from shinrai.topics.queries import codebook
from shinrai.units.text import translated

NONE: Final = "none"
# The action whose form a suggestion fills, and the field it goes into.
FIELD_OF: Final = {"reply": "message", "answer": "plain"}
ASKED: Final = ("received", "filed", "inbound", "resubmitted")
TEXTS: Final = 3  # of what was asked: the first, and what came last


@dataclass(frozen=True)
class FilledArticle:
    """An article chosen for a case: its number, key, and the text with what is known filled in."""

    article_id: int
    key: str
    filled: FilledText


def suggestions_for(
    workspace: WorkspaceRecord, head: CaseHead, *, at: datetime
) -> tuple[SuggestedArticle, ...]:
    """Return up to three templates for a case, by what was asked in it and by its topic."""
    steps = standing_of([head.id], workspace_id=workspace.id, until=at).get(head.id, [])
    on = at.astimezone(ZoneInfo(workspace.zone)).date()
    return suggested_articles(
        workspace_id=workspace.id, text=_asked(steps), topic=topic_of_case(head, steps), on=on
    )


def chosen_article(
    workspace: WorkspaceRecord, head: CaseHead, key: str, *, at: datetime
) -> FilledArticle | None:
    """Return a template with what is known of a case filled in; None if there is no such."""
    try:
        record = article_named(workspace_id=workspace.id, key=key)
    except UnknownArticle:
        return None
    on = at.astimezone(ZoneInfo(workspace.zone)).date()
    if not record.article.is_valid(on):
        return None
    steps = standing_of([head.id], workspace_id=workspace.id, until=at).get(head.id, [])
    topic = topic_of_case(head, steps)
    name = codebook(workspace_id=workspace.id).name(topic) if topic else None
    language = record.fields.language
    values: Mapping[str, str] = {
        "case": head.source_key,
        "today": on.isoformat(),
        "topic": translated(name, "ja" if language == "ja" else "en") if name else "",
    }
    return FilledArticle(record.article.id, record.key, filled_article(record, values))


def topic_of_case(head: CaseHead, steps: list[Step] | None = None) -> str:
    """Return the topic of a case; of an investigation without one, that of its inquiry."""
    there = head.workspace_id
    if steps is None:
        steps = standing_of([head.id], workspace_id=there).get(head.id, [])
    said = attributes_of(steps).topic
    if not said and head.parent_id is not None:
        above = standing_of([head.parent_id], workspace_id=there).get(head.parent_id, [])
        said = attributes_of(above).topic
    return codebook(workspace_id=there).counts_as(said) if said else ""


def _asked(steps: list[Step]) -> str:
    found = [one.words_id for one in steps if one.kind in ASKED and one.words_id is not None]
    wanted = [*found[:1], *found[1:][-(TEXTS - 1) :]]
    words = masked(wanted)
    return "\n".join(shown_text(words[one]) for one in wanted if one in words)
