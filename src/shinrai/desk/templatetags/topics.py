"""Template tags of topics: names, shares, alphas, and the first sentence of the page."""

from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from shinrai.console.reader import reader_text
from shinrai.console.templatetags.console import share, unknown
from shinrai.desk.rules.topics import topics_sentence
from shinrai.quality.queries.topics import TopicReport, gate_state
from shinrai.quality.rules.figures import Figure, is_unknown
from shinrai.quality.rules.topical import TopicAgreement
from shinrai.topics.rules.codebook import Codebook, Topic
from shinrai.units.share import Share
from shinrai.units.text import Text

register = template.Library()
DEEP = "\u3000"
FEWEST = 10  # judged by two; an alpha of fewer is a draw of lots


@register.simple_tag
def topic_name(book: Codebook, key: str) -> str:
    """Return the name of a topic in the reader's language."""
    return reader_text(book.name(key))


@register.simple_tag
def topic_choices(book: Codebook) -> list[tuple[str, str, Topic]]:
    """List the topics usable as labels: key, name indented by its depth, and the topic."""
    return [
        (topic.key, DEEP * (len(book.path(topic.key)) - 1) + reader_text(topic.name), topic)
        for topic in book.in_use
    ]


@register.simple_tag
def figure_share(figure: Figure) -> SafeString:
    """Write a figure that is a share, or why it is not known."""
    if is_unknown(figure):
        return unknown(figure["unknown"])
    return share(Share(int(figure["count"]), int(figure["of"])))


@register.simple_tag
def alpha(figure: Figure) -> SafeString:
    """Write an alpha with its interval and n, or why it is not known."""
    if is_unknown(figure):
        return unknown(figure["unknown"])
    if figure["of"] < FEWEST:
        few = gettext("%(n)s judged by two: too few to tell") % {"n": figure["of"]}
        return format_html('<span class="soft">{}</span>', few)
    said = f"{figure['alpha']:.2f}"
    inside = f"{figure['low']:.2f}–{figure['high']:.2f}"
    count = Text("n = {count:,}", count=figure["of"])
    text = reader_text(Text("({words})", words=[inside, count]))
    return format_html('<span class="nowrap">α {}</span> <span class="soft">{}</span>', said, text)


@register.simple_tag
def gate_word(book: Codebook, agreed: TopicAgreement) -> str:
    """Write whether a topic's agreement is above or below the least value set for it."""
    state = gate_state(book, agreed)
    if state == "none":
        return gettext("no gate")
    words = {
        "above": gettext("above %(gate)s"),
        "below": gettext("below %(gate)s"),
        "unknown": gettext("not known against %(gate)s"),
    }
    return words[state] % {"gate": book.topics[agreed.topic].gate}


@register.simple_tag
def topics_lead(found: TopicReport, book: Codebook, days: int | None) -> str:
    """Write in one sentence what most customers write about."""
    largest = max(found.modes, key=lambda mode: mode.labelled + mode.unlabelled, default=None)
    first: Any = largest.topics[0] if largest and largest.topics else None
    sentence = topics_sentence(
        topic=reader_text(book.name(first.topic)) if first else None,
        customers=first.customers if first else None,
        inquiries=first.inquiries if first else 0,
        unlabelled=largest.unlabelled if largest else 0,
        of=largest.labelled + largest.unlabelled if largest else 0,
        days=days,
    )
    return reader_text(sentence)


@register.filter
def item(found: dict[str, Any], key: str) -> Any:
    """Return `found[key]`, or "" if it is missing; templates cannot use a variable as key."""
    return found.get(key, "")
