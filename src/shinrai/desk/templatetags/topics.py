"""Template tags of topics: names, shares, alphas, and the first sentence of the page."""

from datetime import date, datetime
from typing import Any

from django import template
from django.template import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from shinrai.console.charts.svg import Drawing
from shinrai.console.figures import count_point, count_spark, page_marks
from shinrai.console.reader import reader_text
from shinrai.console.rules.changes import count_change_text
from shinrai.console.templatetags.console import share, unknown
from shinrai.desk.rules.topics import topics_sentence
from shinrai.quality.queries.findings import NOT_RECORDED, Finding
from shinrai.quality.queries.topics import TopicReport, gate_state
from shinrai.quality.rules.figures import Figure, is_unknown
from shinrai.quality.rules.topical import TopicAgreement
from shinrai.topics.rules.codebook import Codebook, Topic
from shinrai.units.share import Share
from shinrai.units.text import Text, in_a_row

register = template.Library()
DEEP = "\u3000"
LINE_WIDTH = 220
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


@register.simple_tag(takes_context=True)
def topic_line(context: Context, row: Any, weeks: list[tuple[date, bool]]) -> Drawing | str:
    """Draw how many inquiries about a topic came in each week."""
    points = [
        count_point(
            reader_text(Text("{on.day} {on:%b}", context="short", on=monday)),
            count,
            is_complete=is_over,
            since=monday,
        )
        for (monday, is_over), count in zip(weeks, row.topic.weeks, strict=False)
    ]
    prefix = f"t-{row.mode}-{context['forloop']['counter']}"
    marks = page_marks(context)
    line = count_spark(row.name, points, prefix=prefix, marks=marks, width=LINE_WIDTH, height=72)
    return line or format_html('<span class="soft">{}</span>', gettext("too few to draw"))


@register.simple_tag
def topic_change(row: Any) -> SafeString:
    """Write how a topic changed against the span before, or why that is not known."""
    if row.change is None:
        return unknown("nothing to set it against")
    words = reader_text(count_change_text(row.change))
    kind = "strong" if row.change.at_least else "span"
    return format_html("<{0}>{1}</{0}>", kind, words)


@register.simple_tag
def agreement_lead(found: TopicReport) -> str:
    """Write in one sentence how far labellers agree, of the mode with most labels."""
    largest = max(found.modes, key=lambda mode: mode.agreement.get("of", 0), default=None)
    if largest is None or is_unknown(largest.agreement):
        return gettext("Nobody labelled what another had labelled, so agreement is not known.")
    if largest.agreement["of"] < FEWEST:
        return gettext("Too few were labelled by two to tell how far labellers agree.")
    words = Text(
        "Of {of:,} inquiries labelled by two, agreement is alpha {alpha:.2f} "
        "({low:.2f} to {high:.2f}).",
        **largest.agreement,
    )
    return reader_text(words)


@register.simple_tag
def topics_lead(found: TopicReport, book: Codebook, days: int | None, risen: Any = None) -> str:
    """Write what most customers write about, and which topic rose most for certain."""
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
    if risen is None or not risen.change or risen.change.at_least <= 0:
        return reader_text(sentence)
    rose = Text(
        "Most risen: {topic}, {now:,} ({change}).",
        topic=risen.name,
        now=risen.change.now,
        change=count_change_text(risen.change),
    )
    return reader_text(in_a_row([sentence, rose]))


@register.simple_tag
def findings_lead(
    mine: list[Finding], at: datetime | None, defects: list[tuple[str, str, int, str]]
) -> str:
    """Write how many findings were defects, and what became of these."""
    if at is None:
        return gettext("The figures are not made yet.")
    if not mine:
        return gettext("Nothing was found in these dates.")
    count = sum(one.verdict == "defect" for one in mine)
    found = Text("{count:,} of {of:,} findings are defects.", count=count, of=len(mine))
    return reader_text(in_a_row([found, defects_text(defects)]) if count else found)


@register.simple_tag
def defects_words(defects: list[tuple[str, str, int, str]]) -> str:
    """Write what became of defects: how many are fixed, of how many nothing is recorded."""
    return reader_text(defects_text(defects))


def defects_text(defects: list[tuple[str, str, int, str]]) -> Text:
    """Return what became of defects, given by state, words, count and address."""
    counts = {state: count for state, _words, count, _href in defects}
    unsaid = counts[NOT_RECORDED]
    if not any(counts.values()):
        return Text("No defect was found in these dates.")
    if unsaid == sum(counts.values()):
        return Text("What became of them is not recorded.")
    fixed = {"fixed": counts["fixed"], "known": sum(counts.values()) - unsaid}
    if not unsaid:
        return Text("Fixed: {fixed:,} of {known:,}.", **fixed)
    return Text("Fixed: {fixed:,} of {known:,}; of {unsaid:,} more it is not recorded.", **fixed,
                unsaid=unsaid)  # fmt: skip


@register.filter
def item(found: dict[str, Any], key: str) -> Any:
    """Return `found[key]`, or "" if it is missing; templates cannot use a variable as key."""
    return found.get(key, "")
