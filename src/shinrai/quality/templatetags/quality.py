"""Template tags: figures of quality with name, value, sentences beside it, and lines over time."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django import template
from django.template import Context
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext

from shinrai.console.charts.marks import ChartMark
from shinrai.console.charts.svg import Drawing
from shinrai.console.figures import (
    FEWEST,
    ROW_HEIGHT,
    ROW_WIDTH,
    FigureLink,
    FigureRow,
    change_of,
    count_point,
    count_spark,
    page_marks,
    said_before,
    share_point,
    share_spark,
)
from shinrai.console.reader import reader_language, reader_text
from shinrai.console.rules.wording import Counted, grouped, kept_together
from shinrai.console.templatetags.console import reason_words, unknown
from shinrai.console.templatetags.console import share as say_share
from shinrai.quality.measures.declared import BY_KEY
from shinrai.quality.queries.definitions import Definition, definitions
from shinrai.quality.queries.lines import PeriodFigures
from shinrai.quality.queries.summary import QualitySummary
from shinrai.quality.queries.words import MODES, NAMES
from shinrai.quality.rules.beside import beside_words, said_words
from shinrai.quality.rules.drilling import share_behind
from shinrai.quality.rules.figures import is_unknown
from shinrai.quality.rules.remedies import remedy_words
from shinrai.quality.rules.sentences import quality_sentence as sentence_of
from shinrai.units.share import Share
from shinrai.units.text import Text, in_a_row
from shinrai.units.unknown import Unknown

register = template.Library()
# Lines that can be drawn, in the order in which they are asked about.
# Of how many periods back from now cases may not be settled yet: three weeks, or a month.
RECENT = {"W": 4, "M": 2}
BY_TOPIC = {"agreement": ("topic_agreement", ""), "single_person": ("findings", "#one-person")}
DRAWN = ("next_business_day", "same_day", "one_reply", "reopened_14")


@register.simple_tag
def quality_lead(found: QualitySummary, mode: str) -> str:
    """Return one sentence about the quality of support in one mode."""
    if mode not in found.modes:
        return reader_text(sentence_of("via_cs", 0, {}))
    figures = found.modes[mode]
    return _typed(reader_text(sentence_of(mode, figures["flagged"]["of"], figures)))


@register.simple_tag(takes_context=True)
def figure_rows(
    context: Context,
    figures: Sequence[tuple[str, dict[str, Any], dict[str, Any] | None]],
    mode: str = "",
    stretches: Sequence[PeriodFigures] = (),
) -> list[FigureRow]:
    """Return figures as rows; each comes as key, figure, and the same of the span before."""
    return [_row(context, key, now, mode, stretches, before) for key, now, before in figures]


@register.simple_tag(takes_context=True)
def proactive_rows(context: Context) -> list[FigureRow]:
    """Return the row of the one figure that is about all modes together."""
    before = context.get("before")
    then = None if before is None else before.proactive
    return [_row(context, "proactive", context["found"].proactive, "", (), then)]


@register.simple_tag(takes_context=True)
def week_rows(context: Context, stretches: Sequence[PeriodFigures], mode: str) -> list[FigureRow]:
    """Return the shares that can be drawn by week as rows, each with its last settled week."""
    slug = context["workspace"].slug
    found = []
    for key in drawable(stretches):
        weeks = [
            (one, share)
            for one, done in zip(stretches, settled(stretches, key, "W"), strict=True)
            if done and (share := known_share(one, key)) is not None
        ]
        if not weeks:
            continue
        week, share = weeks[-1]
        last = week.since + timedelta(days=6)
        has_before = len(weeks) > 1 and weeks[-2][0].since == week.since - timedelta(days=7)
        asked = {"figure": key, "mode": mode, "from": week.since, "to": last}
        counted = gettext("%(n)s counted") % {"n": grouped(share.count)}
        behind = f"{reverse('quality_cases', args=[slug])}?{urlencode(asked)}"
        row = FigureRow(
            key=key,
            name=figure_name(key),
            question=gettext("Week from %(first)s to %(last)s")
            % {"first": _label(week.since, "W"), "last": _label(last, "W")},
            share=share,
            over_time=share_line(
                stretches,
                key,
                f"ws{key}",
                "W",
                marks=page_marks(context),
                width=ROW_WIDTH,
                height=ROW_HEIGHT,
            ),
            change=change_of(
                share, weeks[-2][1] if has_before else None, gettext("the week before")
            ),
            definition=f"{reverse('quality', args=[slug])}#measure-{key}",
            version=BY_KEY[key].version,
            links=(FigureLink(behind, counted),),
        )
        found.append(row)
    return found


def _row(
    context: Context,
    key: str,
    figure: dict[str, Any],
    mode: str,
    stretches: Sequence[PeriodFigures],
    before: dict[str, Any] | None,
) -> FigureRow:
    """Return one figure as a row; topics are shown by their names in the page's `book`.

    `before` is the same figure of the span before; `mode` is "" for a figure about all modes.
    """
    if key == "single_person" and "topics" in figure and "book" in context:
        name = context["book"].name
        topics = [{**one, "topic": name(one["topic"])} for one in figure["topics"]]
        figure = {**figure, "topics": topics}
    share, said = _value(key, figure)
    against = context["dates"].before_words if "dates" in context else ""
    share_then, said_then = _value(key, before) if before else (None, "")
    measure = BY_KEY[key]
    beside = beside_words(key, figure)
    return FigureRow(
        key=key,
        name=figure_name(key),
        question=reader_text(measure.text(measure.question)),
        share=share,
        said=_in_two_sizes(said) if isinstance(said, str) else said,
        more=_typed(reader_text(in_a_row(beside))) if beside else "",
        over_time=_row_line(context, stretches, key, f"r{key}") if share else "",
        change=change_of(share, share_then, against) or said_before(said_then, against),
        definition=f"#measure-{key}",
        version=measure.version,
        links=tuple(_links(context, key, figure, mode)),
    )


def _value(key: str, figure: dict[str, Any]) -> tuple[Share | None, str | Unknown]:
    """Return a figure as a share, or in words, or the reason why it is unknown."""
    if is_unknown(figure):
        return None, figure["unknown"]
    if "count" in figure and "of" in figure:
        return Share(int(figure["count"]), int(figure["of"])), ""
    return None, reader_text(said_words(key, figure) or "")


def _links(context: Context, key: str, figure: dict[str, Any], mode: str) -> Iterator[FigureLink]:
    """Yield links to what is behind a figure: cases, topics, accounts or reviews."""
    slug, query = context["workspace"].slug, context["query"]
    behind = share_behind(key, figure)
    if behind is not None:
        address = reverse("quality_cases", args=[slug])
        asked = f"{address}?{urlencode({'figure': key, 'mode': mode})}"
        n = grouped(behind.count)
        yield FigureLink(f"{asked}&{query}", gettext("%(n)s counted") % {"n": n})
        if behind.of > behind.count:
            n = grouped(behind.of - behind.count)
            said = gettext("%(n)s not counted") % {"n": n}
            yield FigureLink(f"{asked}&part=rest&{query}", said)
    if key in BY_TOPIC:
        page, anchor = BY_TOPIC[key]
        yield FigureLink(f"{reverse(page, args=[slug])}?{query}{anchor}", gettext("By topic"))
    elif key == "neglected" and not is_unknown(figure):
        address = reverse("quality_accounts", args=[slug])
        said = gettext("%(n)s accounts") % {"n": grouped(int(figure["of"]))}
        yield FigureLink(f"{address}?mode={mode}&part=all&{query}", said)
    elif key == "answer_quality" and context.get("member"):
        yield FigureLink(reverse("reviews", args=[slug]), gettext("Reviews"))


@register.simple_tag
def remedy(figure: dict[str, Any]) -> str:
    """Return what would make an unknown figure known."""
    return reader_text(remedy_words(figure["unknown"]))


def _typed(said: str) -> str:
    return kept_together(said, language=reader_language())


def _in_two_sizes(said: str) -> str:
    """Return the text with its part in brackets in smaller type."""
    main, bracket, rest = said.partition("（" if "（" in said else " (")
    if not bracket:
        return said
    return format_html('{} <span class="of">{}{}</span>', main, bracket.strip(), rest)


@register.simple_tag
def share_said(figure: dict[str, Any], of: Counted = None) -> str:
    """Return a share in words with n and interval, or why it is unknown."""
    if is_unknown(figure):
        return unknown(figure["unknown"])
    return say_share(Share(int(figure["count"]), int(figure["of"])), None, of)


@register.simple_tag
def all_definitions() -> tuple[Definition, ...]:
    """Return the definitions of all measures."""
    return definitions()


@register.simple_tag
def why(figure: dict[str, Any]) -> str:
    """Return why a figure is unknown."""
    return reason_words(figure["unknown"])


@register.simple_tag
def mode_name(mode: str) -> str:
    """Return the name of a mode."""
    return _capital(reader_text(MODES[mode])) if mode in MODES else mode


@register.simple_tag
def figure_name(key: str) -> str:
    """Return the name of a figure."""
    if key in NAMES:
        return _capital(reader_text(NAMES[key]))
    return {"open": gettext("Open"), "flagged": gettext("To be looked at")}.get(key, key)


@register.simple_tag
def drawable(stretches: Sequence[PeriodFigures]) -> list[str]:
    """Return the figures of which enough periods are known to draw a line."""
    return [
        key
        for key in DRAWN
        if sum(known_share(stretch, key) is not None for stretch in stretches) >= FEWEST
    ]


@register.simple_tag(takes_context=True)
def count_line(
    context: Context, stretches: Sequence[PeriodFigures], name: str, prefix: str, period: str
) -> Drawing | str:
    """Draw how many inquiries came or investigations were filed; "" if there are too few."""
    points = [
        count_point(
            _label(one.since, period), getattr(one, name), is_complete=one.is_over, since=one.since
        )
        for one in stretches
    ]
    said = gettext("Filed") if name == "filed" else gettext("Received")
    return count_spark(said, points, prefix=prefix, marks=page_marks(context))


def _row_line(
    context: Context, stretches: Sequence[PeriodFigures], key: str, prefix: str
) -> Drawing | str:
    """Draw a share by month beside its figure; "" if too few months are known."""
    if sum(known_share(stretch, key) is not None for stretch in stretches) < FEWEST:
        return ""
    return share_line(
        stretches,
        key,
        prefix,
        "M",
        marks=page_marks(context),
        width=ROW_WIDTH,
        height=ROW_HEIGHT,
    )


def share_line(
    stretches: Sequence[PeriodFigures],
    key: str,
    prefix: str,
    period: str,
    *,
    marks: Iterable[ChartMark] = (),
    width: int = 360,
    height: int = 96,
) -> Drawing:
    """Draw a share over time, with its intervals."""
    points = [
        share_point(
            _label(one.since, period), known_share(one, key), is_complete=done, since=one.since
        )
        for one, done in zip(stretches, settled(stretches, key, period), strict=True)
    ]
    return share_spark(
        figure_name(key), points, prefix=prefix, marks=marks, width=width, height=height
    )


def settled(stretches: Sequence[PeriodFigures], key: str, period: str) -> list[bool]:
    """Return, for each period, whether a figure is final: it is over, no case is pending."""
    recent = len(stretches) - RECENT[period]
    return [
        one.is_over and not (i >= recent and _has_open_ends(one, key))
        for i, one in enumerate(stretches)
    ]


def _has_open_ends(stretch: PeriodFigures, key: str) -> bool:
    """Return whether cases of a period are still to be counted: not settled, or not due yet."""
    if key in ("one_reply", "reopened_14"):
        return bool(stretch.figures.get("reopened_14", {}).get("too_recent"))
    asked, share = stretch.figures.get("first_reply", {}), known_share(stretch, key)
    apart = sum(asked.get(name, 0) for name in ("no_reply_needed", "in_doubt"))
    return share is not None and share.of < asked.get("of", 0) - apart


def known_share(stretch: PeriodFigures, key: str) -> Share | None:
    """Return a figure of a period as a share; None if it is not a share or is unknown."""
    figure = stretch.figures.get(key)
    if figure is None or is_unknown(figure) or "count" not in figure:
        return None
    return Share(int(figure["count"]), int(figure["of"]))


def _label(since: date, period: str) -> str:
    if period == "M":
        return reader_text(Text("{on:%b}", on=since))
    return reader_text(Text("{on.day} {on:%b}", context="short", on=since))


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
