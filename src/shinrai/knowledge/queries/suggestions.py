"""Articles for a case or a search, best first, each with its reason."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from shinrai.knowledge.models import ArticlePairs
from shinrai.knowledge.queries.articles import ArticleRecord, articles
from shinrai.knowledge.rules.article import FilledText, filled
from shinrai.knowledge.rules.ranking import SHOWN, ArticleCandidate, RankedArticle, rank
from shinrai.units.text import Text

FOUND = 20  # articles of a search


@dataclass(frozen=True)
class SuggestedArticle:
    """An article with what spoke for it."""

    record: ArticleRecord
    ranked: RankedArticle

    @property
    def reason(self) -> Text:
        """Return in one line why it is shown."""
        solved, same = self.record.uses.solved, self.ranked.is_same_topic
        if solved.of:
            given = {"count": solved.count, "of": solved.of}
            if same:
                return Text("same topic; nobody came back after {count} of {of} uses", **given)
            return Text("similar words; nobody came back after {count} of {of} uses", **given)
        if same:
            return Text("same topic; not used yet")
        return Text("similar words; not used yet")

    @property
    def is_stale(self) -> bool:
        return bool(self.record.staleness)


def suggested_articles(
    *, workspace_id: int, text: str, topic: str, on: date
) -> tuple[SuggestedArticle, ...]:
    """Return up to three templates that answer a text, best first; none below the floor."""
    there = {
        one.article.id: one
        for one in articles(workspace_id=workspace_id)
        if one.fields.kind == "template" and one.article.is_valid(on)
    }
    return _ranked(there, text, topic)[:SHOWN]


def search_articles(*, workspace_id: int, text: str, on: date) -> tuple[SuggestedArticle, ...]:
    """Return the published articles whose words are like a search, best first."""
    there = {
        one.article.id: one
        for one in articles(workspace_id=workspace_id)
        if one.article.is_valid(on)
    }
    return _ranked(there, text, "")[:FOUND]


def near_articles(
    *, workspace_id: int, record: ArticleRecord, on: date
) -> tuple[SuggestedArticle, ...]:
    """Return up to three published articles that may say already what a draft says."""
    there = {
        one.article.id: one
        for one in articles(workspace_id=workspace_id)
        if one.article.is_valid(on) and one.key != record.key
    }
    text = f"{record.fields.title}\n{record.fields.body}"
    # What is likest says it already, however often another one helped.
    found = _ranked(there, text, record.fields.topic)
    return tuple(sorted(found, key=lambda one: -one.ranked.likeness)[:SHOWN])


def filled_article(record: ArticleRecord, values: Mapping[str, str]) -> FilledText:
    """Return the text of an article with what is known filled in."""
    known = {**values, "release": record.fields.release or values.get("release", "")}
    return filled(record.fields.body, known)


def _ranked(
    there: Mapping[int, ArticleRecord], text: str, topic: str
) -> tuple[SuggestedArticle, ...]:
    rows = ArticlePairs.objects.filter(article_id__in=list(there)).values_list(
        "article_id", "pairs"
    )
    candidates: Sequence[ArticleCandidate] = [
        ArticleCandidate(
            number,
            frozenset(pairs),
            there[number].fields.topic,
            there[number].uses.solved,
            bool(there[number].staleness),
        )
        for number, pairs in rows
    ]
    return tuple(
        SuggestedArticle(there[one.candidate.article_id], one)
        for one in rank(text, candidates, topic=topic)
    )
