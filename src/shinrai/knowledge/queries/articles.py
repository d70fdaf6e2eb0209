"""Articles as they stand: the newest version of each, earlier ones, and what makes them stale."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from shinrai.knowledge.models import ArticleMark, ArticleUse, ArticleVersion, PreparedKnowledge
from shinrai.knowledge.rules.article import Article, ArticleFields
from shinrai.knowledge.rules.staleness import StaleMark, Staleness, staleness
from shinrai.units.errors import UserError
from shinrai.units.share import Share
from shinrai.units.text import Text

NONE: Final = Share(0, 0)


class UnknownArticle(UserError, LookupError):
    """There is no article of this key."""


@dataclass(frozen=True)
class ArticleUses:
    """How often an article was sent, and after how many sendings the customer came back.

    `returned` counts uses since the article was last written or checked that are 14 days old, or
    after which somebody came back already; `none_fits` how often it was suggested first and nothing
    was taken.
    """

    used: int = 0
    none_fits: int = 0
    returned: Share = NONE

    @property
    def solved(self) -> Share:
        return Share(self.returned.of - self.returned.count, self.returned.of)


@dataclass(frozen=True)
class ArticleRecord:
    """An article with what is known about it."""

    article: Article
    written_at: datetime  # when it last said something new: publishing does not
    staleness: Staleness = field(default_factory=Staleness)
    uses: ArticleUses = field(default_factory=ArticleUses)

    @property
    def key(self) -> str:
        return self.article.key

    @property
    def is_doubtful(self) -> bool:
        """Return whether it may be wrong while people are offered it."""
        return self.article.is_published and bool(self.staleness)

    @property
    def fields(self) -> ArticleFields:
        return self.article.fields


def articles(*, workspace_id: int, key: str = "") -> tuple[ArticleRecord, ...]:
    """List the newest version of every article, the last written first; of one key if asked for."""
    newest: dict[str, Article] = {}
    written: dict[str, datetime] = {}
    only = {"key": key} if key else {}
    rows = ArticleVersion.objects.filter(workspace_id=workspace_id, **only)
    for row in rows.order_by("key", "number"):
        found = _article(row)
        before = newest.get(row.key)
        # A version that only publishes or retires says nothing new: it does not make it fresh.
        if before is None or before.fields != found.fields:
            written[row.key] = found.at
        newest[row.key] = found
    marks = _marks(workspace_id, only)
    uses = article_uses(workspace_id=workspace_id, key=key)
    return tuple(
        ArticleRecord(
            one,
            written[one.key],
            staleness(marks.get(one.key, ()), written_at=written[one.key]),
            uses.get(one.key, ArticleUses()),
        )
        for one in sorted(newest.values(), key=lambda one: one.at, reverse=True)
    )


def article_named(*, workspace_id: int, key: str) -> ArticleRecord:
    """Return an article by its key.

    Raises: UnknownArticle.
    """
    found = articles(workspace_id=workspace_id, key=key) if key else ()
    if not found:
        raise UnknownArticle(Text("no article {key!r} here", key=key[:80]))
    return found[0]


def versions_of(*, workspace_id: int, key: str) -> tuple[Article, ...]:
    """List the versions of an article, the newest first."""
    rows = ArticleVersion.objects.filter(workspace_id=workspace_id, key=key).order_by("-number")
    return tuple(_article(row) for row in rows)


def article_uses(*, workspace_id: int, key: str = "") -> dict[str, ArticleUses]:
    """Return by key how often articles were used; what came of it is counted by the worker."""
    rows = ArticleUse.objects.filter(workspace_id=workspace_id, article__isnull=False)
    rows = rows.filter(article__key=key) if key else rows
    counts: dict[str, dict[str, int]] = defaultdict(lambda: {"used": 0, "none_fits": 0})
    for key, choice in rows.values_list("article__key", "choice"):
        counts[key][choice] += 1
    returned = prepared(workspace_id=workspace_id).get("returned", {})
    return {
        key: ArticleUses(found["used"], found["none_fits"], Share(*returned.get(key, (0, 0))))
        for key, found in counts.items()
    }


def prepared(*, workspace_id: int) -> Mapping[str, Any]:
    """Return what the worker computed last; empty before the first time."""
    row = PreparedKnowledge.objects.filter(workspace_id=workspace_id).first()
    return {} if row is None else row.document | {"prepared_at": row.prepared_at.isoformat()}


def articles_by_id(ids: Iterable[int]) -> dict[int, Article]:
    """Return versions by their numbers."""
    return {row.pk: _article(row) for row in ArticleVersion.objects.filter(pk__in=list(ids))}


def _marks(workspace_id: int, only: Mapping[str, str]) -> dict[str, list[StaleMark]]:
    found: dict[str, list[StaleMark]] = defaultdict(list)
    for row in ArticleMark.objects.filter(workspace_id=workspace_id, **only).order_by("id"):
        found[row.key].append(StaleMark(row.kind, row.cause, row.at, row.by))
    return found


def _article(row: ArticleVersion) -> Article:
    return Article(
        id=row.pk,
        key=row.key,
        number=row.number,
        state=row.state,
        fields=ArticleFields(
            row.kind, row.language, row.title, row.body, row.topic, row.owner, row.review_on,
            row.release, row.valid_until,
        ),
        case_id=row.case_id,
        at=row.at,
        by=row.by,
    )  # fmt: skip
