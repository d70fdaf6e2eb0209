"""Template tags: the figures of a series as rows, and its sentences."""

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.translation import gettext

from shinrai.console.charts.spark import Point, Spark, spark
from shinrai.console.charts.svg import Drawing
from shinrai.console.figures import FEWEST, ROW_HEIGHT, ROW_WIDTH, FigureRow
from shinrai.console.reader import reader_language, reader_text
from shinrai.satisfaction.queries.change import SeriesChange
from shinrai.satisfaction.queries.responses import DESK_WORDING
from shinrai.satisfaction.queries.sentences import (
    KIND_NAMES,
    comments_text,
    difference_text,
    score_text,
    top_box_text,
    value_words,
)
from shinrai.satisfaction.queries.summary import SeriesSummary, WaveSummary
from shinrai.satisfaction.rules.change import ScoreChange
from shinrai.satisfaction.rules.interview import InterviewConsent, scope_text, stored_consent
from shinrai.satisfaction.rules.score import Score
from shinrai.units.share import Share
from shinrai.units.text import Text, in_a_row, verbatim
from shinrai.units.unknown import Unknown

register = template.Library()


@register.filter
def spoken(text: Text) -> str:
    """Return a text in the reader's language."""
    return reader_text(text)


@register.simple_tag
def lead_of(one: SeriesSummary, change: SeriesChange) -> str:
    """Return the sentence of a series: its newest score, and the change of the larger group."""
    key = one.newest.wave.key
    is_of_desk = one.newest.wave.channel == "desk"
    name = Text("Inquiries solved in {month}", month=key.removeprefix("desk-"))
    named = name if is_of_desk else verbatim(key)
    said = [Text("{wave}: {score}.", wave=named, score=score_text(one.newest.score))]
    if isinstance(change.change, Unknown):
        said.append(Text("Change: {said}.", said=change.change))
    else:
        names = _groups(change.change)
        same, others = change.change.same, change.change.others
        shown = min(same.before.n, same.after.n) >= min(others.before.n, others.after.n)
        told = difference_text(same if shown else others)
        said.append(Text("Of {who}: {said}.", who=names[0 if shown else 1], said=told))
    return reader_text(in_a_row(said))


@register.simple_tag
def series_name(one: SeriesSummary) -> str:
    """Return what a series is called: its kind, and its key where that says more."""
    return reader_text(_named(one))


@register.simple_tag
def change_lines(change: SeriesChange) -> list[tuple[str, str]]:
    """Return how the same persons changed, and how others did."""
    if isinstance(change.change, Unknown):
        return [("", reader_text(change.change))]
    return [
        (reader_text(name), reader_text(difference_text(one)))
        for name, one in zip(
            _groups(change.change), (change.change.same, change.change.others), strict=True
        )
    ]


def _groups(change: ScoreChange) -> tuple[Text, Text]:
    before, after = change.others.before.n, change.others.after.n
    return (
        Text("the same person", "the same {count:,} persons", count=change.same.before.n),
        Text("others ({before:,} before, {after:,} after)", before=before, after=after),
    )


@register.simple_tag
def series_rows(one: SeriesSummary) -> list[FigureRow]:
    """Return the figures of a series' newest wave."""
    wave, key = one.newest, f"{one.series.survey}-{one.series.wording[:6]}"
    is_csat = one.series.kind == "csat"
    score = wave.score
    rows = [
        FigureRow(
            key=key,
            name=KIND_NAMES[one.series.kind],
            question=_question(one),
            share=Share(score.parts["satisfied"], score.n) if is_csat and score.n else None,
            said="" if is_csat and score.n else _said(wave),
            more=_beside(score),
            over_time=_over_time(one, key),
            definition="#definitions",
        )
    ]
    if wave.with_comment.n:
        rows.append(
            FigureRow(
                key=f"{key}-comment",
                name=gettext("With a comment, and without"),
                question=gettext("Do those who write speak for the others?"),
                said=reader_text(_apart(wave)),
                more=reader_text(comments_text(wave.with_comment, wave.without_comment)),
                definition="#definitions",
            )
        )
    response = wave.response
    rows.append(
        FigureRow(
            key=f"{key}-response",
            name=gettext("Scored, of those solved")
            if is_desk(one)
            else gettext("Answered, of those asked"),
            question=gettext("How many kept silent?"),
            share=None if isinstance(response, Unknown) else response,
            said=response if isinstance(response, Unknown) else "",
            definition="#definitions",
        )
    )
    return rows


@register.filter
def is_desk(one: SeriesSummary) -> bool:
    """Return whether a series is what desks report."""
    return one.series.wording == DESK_WORDING


def _beside(score: Score) -> str:
    """Return what stands beside a score: the top box of CES, and that answers are few."""
    said = [reader_text(best)] if (best := top_box_text(score)) else []
    said += [gettext("Few answers: hardly anything can be told.")] if score.is_few else []
    return " · ".join(said)


def _apart(wave: WaveSummary) -> Text:
    said = []
    for one in (wave.with_comment, wave.without_comment):
        if isinstance(one.value, Unknown):
            said.append("–")
            continue
        said.append(value_words(one.kind, one.value))
    return Text("{one} with, {other} without", one=said[0], other=said[1])


def _question(one: SeriesSummary) -> str:
    words = one.series.question
    if not words:
        return gettext("The score that the desk asked for when an inquiry was solved.")
    return words.get(reader_language()) or next(iter(words.values()))


def _said(wave: WaveSummary) -> object:
    score = wave.score
    return score.value if isinstance(score.value, Unknown) else reader_text(score_text(score))


def _named(one: SeriesSummary) -> Text:
    kind, key = KIND_NAMES[one.series.kind], one.series.survey
    if is_desk(one):
        return Text("CSAT of the desk")
    return (
        Text("{kind}", kind=kind)
        if key == kind.casefold()
        else Text("{kind} ({survey})", kind=kind, survey=key)
    )


def _over_time(one: SeriesSummary, key: str) -> Drawing | str:
    """Draw the score by wave on its whole scale; waves without an answer break the line."""
    scales = {"csat": (0.0, 1.0, "0", "100%"), "nps": (-100.0, 100.0, "−100", "100")}
    low, high, foot, head = scales.get(
        one.series.kind, (1.0, float(one.series.high), "1", str(one.series.high))
    )
    points = []
    for wave in reversed(one.waves):
        score, value = wave.score, wave.score.value
        month = f"{wave.wave.opens_at:%Y-%m}"  # keys are long and run into each other
        if isinstance(value, Unknown):
            points.append(Point(month, None))
            continue
        ends = None if isinstance(score.interval, Unknown) else score.interval
        said = value_words(score.kind, value) + ("%" if score.kind == "csat" else "")
        points.append(
            Point(
                month,
                value,
                max(low, ends.low) if ends else None,
                min(high, ends.high) if ends else None,
                title=f"{wave.wave.key}: {reader_text(score_text(score))}",
                said=said,
                is_complete=wave.wave.is_over,
                since=wave.wave.opens_at.date(),
            )
        )
    if sum(point.value is not None for point in points) < FEWEST:
        return ""
    chart = Spark(
        title=KIND_NAMES[one.series.kind],
        desc=gettext("By wave"),
        points=tuple(points),
        bottom=low,
        top=high,
        scale=(foot, head),
    )
    return spark(chart, prefix=f"s-{key}", width=ROW_WIDTH, height=ROW_HEIGHT)


@register.filter(name="scope_words")
def consent_scope_words(consent: InterviewConsent | None) -> str:
    """Return what a consent to an interview covers."""
    return reader_text(scope_text(consent))


@register.filter
def stored_scope_words(detail: Mapping[str, Any]) -> str:
    """Return what the consent that a step keeps covers."""
    return consent_scope_words(stored_consent(detail))
