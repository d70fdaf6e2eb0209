"""What persons wrote beside a score: masked, with its topic."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import OuterRef, QuerySet, Subquery

from shinrai.privacy.operations import read_masked
from shinrai.satisfaction.models import QuoteLabel, SurveyAnswer

MOST_SEARCHED: Final = 5_000  # comments that are opened for a search, the newest
NO_TOPIC: Final = "-"


@dataclass(frozen=True)
class Quote:
    """A comment as members read it; `words` is None once its author was erased."""

    id: int
    survey: str
    wave: str
    score: int | None
    at: datetime
    topic: str
    words: str | None


@dataclass(frozen=True)
class QuoteQuestion:
    """Which comments are asked for; empty: all. `topic` NO_TOPIC: those nobody labelled."""

    survey: str = ""
    topic: str = ""
    search: str = ""
    is_oldest_first: bool = False
    sort: str = "answered_at"


def quotes(
    *, workspace_id: int, asked: QuoteQuestion, skip: int, most: int
) -> tuple[Sequence[Quote], int]:
    """Return a page of comments, and how many there are."""
    rows = _rows(workspace_id, asked)
    if not asked.search:
        return _read(list(rows[skip : skip + most])), rows.count()
    found = [
        one
        for one in _read(list(rows[:MOST_SEARCHED]))
        if one.words is not None and asked.search.casefold() in one.words.casefold()
    ]
    return found[skip : skip + most], len(found)


def topic_counts(*, workspace_id: int) -> Mapping[str, int]:
    """Return how many comments are about each topic; "" are those that nobody labelled."""
    found: dict[str, int] = {}
    for row in _rows(workspace_id, QuoteQuestion()).values_list("topic_now", flat=True):
        found[row or ""] = found.get(row or "", 0) + 1
    return found


def _rows(workspace_id: int, asked: QuoteQuestion) -> "QuerySet[Any, Any]":
    newest = QuoteLabel.objects.filter(answer_id=OuterRef("pk")).order_by("-id")
    rows: QuerySet[Any, Any] = SurveyAnswer.objects.filter(
        workspace_id=workspace_id, words_id__isnull=False, file__withdrawal__isnull=True
    ).annotate(topic_now=Subquery(newest.values("topic")[:1]))
    if asked.survey:
        rows = rows.filter(wave__survey__key=asked.survey)
    if asked.topic == NO_TOPIC:
        rows = rows.exclude(topic_now__gt="")
    elif asked.topic:
        rows = rows.filter(topic_now=asked.topic)
    sign = "" if asked.is_oldest_first else "-"
    first = "score" if asked.sort == "score" else "answered_at"
    return rows.order_by(f"{sign}{first}", f"{sign}id").values(
        "id", "wave__survey__key", "wave__key", "score", "answered_at", "topic_now", "words_id"
    )


def _read(rows: Sequence[Mapping[str, Any]]) -> list[Quote]:
    words = read_masked(row["words_id"] for row in rows)
    return [
        Quote(
            row["id"],
            row["wave__survey__key"],
            row["wave__key"],
            row["score"],
            row["answered_at"],
            row["topic_now"] or "",
            words.get(row["words_id"]),
        )
        for row in rows
    ]


def quotes_numbered(numbers: Iterable[int], *, workspace_id: int) -> Mapping[int, Quote]:
    """Return some comments by their number."""
    rows = _rows(workspace_id, QuoteQuestion()).filter(id__in=list(numbers))
    return {one.id: one for one in _read(list(rows))}
