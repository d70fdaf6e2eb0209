"""A closed investigation as the draft of an answer: symptom, cause, plain answer, how to tell."""

from datetime import datetime

from shinrai.accounts.queries import workspace_numbered
from shinrai.desk.queries.titles import masked, shown_text, titles
from shinrai.desk.rules.attributes import attributes_of
from shinrai.investigations.rules.replay import replay
from shinrai.knowledge.operations.articles import write_article
from shinrai.knowledge.queries.articles import articles
from shinrai.knowledge.rules.article import LONGEST_BODY, Article, ArticleFields
from shinrai.ledger.queries import CaseHead, case_heads, standing_of
from shinrai.ledger.rules.steps import Step
from shinrai.topics.queries import codebook
from shinrai.units.errors import UserError
from shinrai.units.text import Text, translated


class NothingToDraft(UserError, ValueError):
    """An investigation from which no article can be drafted."""


def may_be_drafted(head: CaseHead, steps: list[Step]) -> bool:
    """Tell whether an investigation was answered, stands, and has no draft yet."""
    if head.record != "investigation":
        return False
    state = replay(steps)
    if state.answered_at is None or state.contradicted:
        return False
    there = articles(workspace_id=head.workspace_id)
    return not any(one.article.case_id == head.id for one in there)


def draft_article(*, case_id: int, at: datetime, by: str, owner: str) -> Article:
    """Write the draft of a manual from an answered investigation; words are masked.

    Raises: NothingToDraft.
    """
    head = case_heads([case_id])[case_id]
    steps = standing_of([case_id], workspace_id=head.workspace_id).get(case_id, [])
    if not may_be_drafted(head, steps):
        raise NothingToDraft(
            Text(
                "{key}: only an investigation that was answered, was not contradicted, and has "
                "no draft yet can be drafted from",
                key=head.source_key,
            )
        )
    above = head.parent_id
    cases = {case_id: steps}
    if above is not None:
        cases[above] = standing_of([above], workspace_id=head.workspace_id).get(above, [])
    said = titles(cases)
    workspace = workspace_numbered(head.workspace_id)
    language = "ja" if workspace.language == "ja" else "en"
    answered = _last(steps, "answered")
    title = said.get(above or 0) or said.get(case_id) or head.source_key
    parts = (
        (Text("Symptom"), title),
        (Text("Cause"), _last(steps, "finding")),
        (Text("Answer in plain words"), answered),
        (Text("How to tell it is this"), ""),
    )
    to_write = translated(Text("(to be written)"), language)
    body = "\n\n".join(
        f"## {translated(name, language)}\n\n{words or to_write}" for name, words in parts
    )
    topic = next(filter(None, (attributes_of(found).topic for found in cases.values())), "")
    book = codebook(workspace_id=head.workspace_id)
    fields = ArticleFields(
        kind="manual",
        language=language,
        title=title[:200],
        body=body[:LONGEST_BODY],
        topic=book.counts_as(topic) if topic else "",
        owner=owner,
    )
    return write_article(
        workspace_id=head.workspace_id,
        key="",
        fields=fields,
        is_new=True,
        at=at,
        by=by,
        case_id=case_id,
    )


def _last(steps: list[Step], kind: str) -> str:
    lying = [one.words_id for one in steps if one.kind == kind and one.words_id is not None]
    words = masked(lying[-1:])
    return shown_text(words[lying[-1]]) if lying and lying[-1] in words else ""
