"""Write articles: each change is a version, and what was sent before stays as it was."""

from datetime import datetime

from django.db import transaction

from shinrai.accounts.operations.audit import record_action
from shinrai.knowledge.models import (
    ArticleMark,
    ArticlePairs,
    ArticleVersion,
    EmptySearch,
    RevisionDecision,
)
from shinrai.knowledge.queries.articles import article_named
from shinrai.knowledge.rules.article import (
    Article,
    ArticleFields,
    BadArticle,
    checked,
    checked_key,
)
from shinrai.knowledge.rules.ranking import query_pairs
from shinrai.postgres.locks import lock_in_transaction
from shinrai.units.text import Text


def write_article(
    *,
    workspace_id: int,
    key: str,
    fields: ArticleFields,
    is_new: bool,
    at: datetime,
    by: str,
    case_id: int | None = None,
) -> Article:
    """Keep an article as written: a new draft, or the next version of one that is there.

    Raises: BadArticle; UnknownArticle if a version is to be added to nothing.
    """
    kept = checked(fields)
    with transaction.atomic():
        lock_in_transaction(f"articles:{workspace_id}")
        rows = ArticleVersion.objects.filter(workspace_id=workspace_id)
        taken = frozenset(rows.values_list("key", flat=True))
        state, number = "draft", 1
        if is_new:
            key = checked_key(key, kept.title, taken)
        else:
            before = article_named(workspace_id=workspace_id, key=key).article
            state, number, case_id = before.state, before.number + 1, before.case_id
            if before.fields == kept:
                return before
        _keep(workspace_id, key, number, kept, state, case_id, at, by)
        _audit(workspace_id, "write article", key, at, by)
    return article_named(workspace_id=workspace_id, key=key).article


def change_state(*, workspace_id: int, key: str, state: str, at: datetime, by: str) -> bool:
    """Publish or retire an article; return whether it was otherwise before.

    Raises: UnknownArticle; BadArticle.
    """
    if state not in ("published", "retired"):
        raise BadArticle("state", Text("publish or retire it"))
    with transaction.atomic():
        lock_in_transaction(f"articles:{workspace_id}")
        before = article_named(workspace_id=workspace_id, key=key).article
        if before.state == state:
            return False
        number = before.number + 1
        _keep(workspace_id, key, number, before.fields, state, before.case_id, at, by)
        what = "publish article" if state == "published" else "retire article"
        _audit(workspace_id, what, key, at, by)
    return True


def mark_fresh(*, workspace_id: int, key: str, checked_against: str, at: datetime, by: str) -> None:
    """Say that a stale article is still true, and what it was checked against.

    Raises: UnknownArticle; BadArticle without what was checked.
    """
    said = " ".join(checked_against.replace("\0", "").split())[:120]
    if not said:
        raise BadArticle("checked", Text("say what you checked it against"))
    with transaction.atomic():
        article_named(workspace_id=workspace_id, key=key)
        ArticleMark.objects.create(
            workspace_id=workspace_id, key=key, kind="fresh", cause=said, at=at, by=by
        )
        _audit(workspace_id, "article still true", key, at, by)


def decide_revision(
    *, workspace_id: int, key: str, change: str, body: str | None, at: datetime, by: str
) -> None:
    """Take a proposed revision (`body` is the new text) or decline it, once for all.

    Raises: UnknownArticle, BadArticle.
    """
    with transaction.atomic():
        article = article_named(workspace_id=workspace_id, key=key).article
        _, is_new = RevisionDecision.objects.get_or_create(
            workspace_id=workspace_id,
            key=key,
            change=change,
            defaults={"decision": "declined" if body is None else "taken", "at": at, "by": by},
        )
        if not is_new:
            raise BadArticle("change", Text("this revision was decided already"))
        if body is not None:
            fields = vars(article.fields) | {"body": body}
            write_article(
                workspace_id=workspace_id,
                key=key,
                fields=ArticleFields(**fields),
                is_new=False,
                at=at,
                by=by,
            )
        else:
            _audit(workspace_id, "decline article revision", key, at, by)


def note_empty_search(*, workspace_id: int, searched: str, at: datetime) -> None:
    """Note a search that found nothing; `searched` is masked."""
    EmptySearch.objects.create(
        workspace_id=workspace_id, searched=searched.replace("\0", "")[:200], at=at
    )


def _keep(
    workspace_id: int,
    key: str,
    number: int,
    fields: ArticleFields,
    state: str,
    case_id: int | None,
    at: datetime,
    by: str,
) -> None:
    row = ArticleVersion.objects.create(
        workspace_id=workspace_id,
        key=key,
        number=number,
        state=state,
        case_id=case_id,
        at=at,
        by=by,
        **vars(fields),
    )
    found = sorted(query_pairs(f"{fields.title}\n{fields.body}"))
    ArticlePairs.objects.create(workspace_id=workspace_id, article=row, pairs=found)


def _audit(workspace_id: int, what: str, key: str, at: datetime, by: str) -> None:
    subject = f"article:{key}"
    record_action(workspace_id=workspace_id, what=what, subject=subject, at=at, by=by)
