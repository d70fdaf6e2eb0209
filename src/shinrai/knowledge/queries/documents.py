"""Articles as programs read them: values that JSON has."""

from typing import Any

from shinrai.knowledge.queries.articles import ArticleRecord
from shinrai.knowledge.queries.solitary import SolitaryRow
from shinrai.knowledge.queries.suggestions import SuggestedArticle


def article_document(one: ArticleRecord) -> dict[str, Any]:
    """Return an article with its uses and what makes it doubtful."""
    article, uses = one.article, one.uses
    fields = {
        name: value.isoformat() if hasattr(value, "isoformat") else value
        for name, value in vars(one.fields).items()
    }
    return {
        "key": article.key,
        "number": article.number,
        "state": article.state,
        **fields,
        "written_at": article.at.isoformat(),
        "uses": uses.used,
        "none_fits": uses.none_fits,
        "returned": {"count": uses.returned.count, "of": uses.returned.of},
        "is_stale": bool(one.staleness) and article.is_published,
        "stale_for": [
            {"kind": mark.kind, "cause": mark.cause, "at": mark.at.isoformat()}
            for mark in one.staleness.marks
        ],
    }


def suggestion_document(one: SuggestedArticle) -> dict[str, Any]:
    """Return a suggested article with its reason."""
    return {
        "key": one.record.key,
        "title": one.record.article.title,
        "body": one.record.fields.body,
        "likeness": round(one.ranked.likeness, 4),
        "is_same_topic": one.ranked.is_same_topic,
        "is_stale": one.is_stale,
        "reason": str(one.reason),
    }


def solitary_document(one: SolitaryRow) -> dict[str, Any]:
    """Return a topic that one person alone answers."""
    return {
        "topic": one.topic,
        "person": one.person,
        "answered": {"count": one.share.count, "of": one.share.of},
        "article": one.article_key or None,
        "draft_from": one.draft_from.source_key if one.draft_from else None,
    }
