"""Tags of knowledge: the state of an article and of its versions in words."""

from django import template
from django.utils.translation import gettext

from shinrai.console.reader import reader_text
from shinrai.knowledge.queries.articles import ArticleRecord
from shinrai.knowledge.rules.article import STATES, Article
from shinrai.topics.rules.codebook import Codebook

register = template.Library()


@register.filter
def state_words(row: ArticleRecord) -> str:
    """Return the state of an article, with whether it may be wrong."""
    if row.is_doubtful:
        return gettext("may be wrong")
    return reader_text(STATES[row.article.state])


@register.filter
def why_words(row: ArticleRecord) -> str:
    """Return why an article may be wrong, "" if nothing says so."""
    return "; ".join(reader_text(one) for one in row.staleness.reasons) if row.is_doubtful else ""


@register.simple_tag
def topic_label(book: Codebook, key: str) -> str:
    """Return the name of a topic in the reader's language."""
    return reader_text(book.name(key))


@register.filter
def version_words(article: Article) -> str:
    """Return the state of a version in words."""
    return reader_text(STATES[article.state])
