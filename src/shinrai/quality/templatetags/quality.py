"""Figures of quality on a page: name, value, what stands beside it, and lines over time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import template
from django.template import Context
from django.utils.html import format_html
from django.utils.translation import get_language, gettext, gettext_noop

from shinrai.console.charts.interval import Placed, interval_bar
from shinrai.console.charts.spark import Point, Spark, spark
from shinrai.console.charts.svg import Drawing
from shinrai.console.rules.wording import (
    MONTHS,
    Language,
    kept_together,
    language_of,
    percent_words,
    share_words,
)
from shinrai.console.templatetags.console import reason_words, unknown
from shinrai.console.templatetags.console import share as say_share
from shinrai.quality.measures.declared import BY_KEY
from shinrai.quality.queries.definitions import Definition, definitions
from shinrai.quality.queries.lines import Stretch
from shinrai.quality.queries.summary import QualitySummary
from shinrai.quality.queries.words import MODES, NAMES
from shinrai.quality.rules.beside import beside_words, said_words
from shinrai.quality.rules.drilling import share_behind
from shinrai.quality.rules.figures import is_unknown
from shinrai.quality.rules.remedies import remedy_words
from shinrai.quality.rules.sentences import quality_sentence as sentence_of
from shinrai.statistics.interval import Interval
from shinrai.statistics.wilson import wilson
from shinrai.units.measure import Measure
from shinrai.units.share import Share
from shinrai.units.unknown import Unknown

register = template.Library()
KNOWN_REASONS = (gettext_noop("told of inquiries only"),)
FEWEST = 3  # points a line is drawn of
ROW_WIDTH, ROW_HEIGHT = 240, 72
# Lines that can be drawn, in the order in which they are asked about.
# Of how many periods back from now cases may not be settled yet: three weeks, or a month.
RECENT = {"W": 4, "M": 2}
DRAWN = ("next_business_day", "same_day", "one_reply", "reopened_14")


@dataclass(frozen=True)
class Shown:
    """A figure as a row shows it; `share` or `said`, sentences beside it, and what lies behind."""

    key: str
    name: str
    question: str
    share: Share | str
    said: str | Unknown
    more: str
    measure: Measure
    behind: Share | None
    remedy: str

    @property
    def rest(self) -> int:
        """Count the cases it does not count."""
        return 0 if self.behind is None else self.behind.of - self.behind.count

    @property
    def is_unknown(self) -> bool:
        """Tell whether it could not be known."""
        return isinstance(self.said, Unknown)


@register.simple_tag
def quality_lead(found: QualitySummary, mode: str) -> str:
    """Say in one sentence how good support is, of the mode looked at."""
    if mode not in found.modes:
        return sentence_of("via_cs", 0, {}, language=_language())
    figures = found.modes[mode]
    said = sentence_of(mode, figures["flagged"]["of"], figures, language=_language())
    return kept_together(said)


@register.simple_tag(takes_context=True)
def shown_figure(context: Context, key: str, figure: dict[str, Any]) -> Shown:
    """Lay one figure out for its row; topics by their names in the page's `book`."""
    language = _language()
    if key == "single_person" and "topics" in figure and "book" in context:
        name = context["book"].name
        topics = [{**one, "topic": name(one["topic"], language)} for one in figure["topics"]]
        figure = {**figure, "topics": topics}
    share: Share | str = ""
    said: str | Unknown = ""
    if is_unknown(figure):
        said = figure["unknown"]
    elif "count" in figure and "of" in figure:
        share = Share(int(figure["count"]), int(figure["of"]))
    else:
        said = _in_two_sizes(said_words(key, figure, language))
    joint = "" if language == "ja" else " "
    measure = BY_KEY[key]
    return Shown(
        key=key,
        name=_capital(NAMES[key][language]),
        question=measure.question_ja if language == "ja" else measure.question,
        share=share,
        said=said,
        more=kept_together(joint.join(beside_words(key, figure, language))),
        measure=measure,
        behind=share_behind(key, figure),
        remedy=remedy_words(said, language) if isinstance(said, Unknown) else "",
    )


def _in_two_sizes(said: str) -> str:
    """Set what stands in brackets smaller, as beside a share."""
    main, bracket, rest = said.partition("（" if "（" in said else " (")
    if not bracket:
        return said
    return format_html('{} <span class="of">{}{}</span>', main, bracket.strip(), rest)


@register.simple_tag
def share_said(figure: dict[str, Any], counter: str = "件") -> str:
    """Say a figure that is a share with n and interval, or why it is unknown."""
    if is_unknown(figure):
        return unknown(figure["unknown"])
    return say_share(Share(int(figure["count"]), int(figure["of"])), None, counter)


@register.simple_tag
def interval_of(share: Share) -> Drawing | str:
    """Draw a share with its interval from 0 to 100 %."""
    fraction, interval = share.fraction, wilson(share.count, share.of)
    if isinstance(fraction, Unknown) or not isinstance(interval, Interval):
        return ""
    return interval_bar(Placed(float(fraction), interval.low, interval.high))


@register.simple_tag
def all_definitions() -> tuple[Definition, ...]:
    """Give every definition in the reader's language."""
    return definitions(_language())


@register.simple_tag
def why(figure: dict[str, Any]) -> str:
    """Say why a figure is unknown."""
    return reason_words(figure["unknown"])


@register.simple_tag
def mode_name(mode: str) -> str:
    """Name a mode."""
    return _capital(MODES[mode][_language()]) if mode in MODES else mode


@register.simple_tag
def figure_name(key: str) -> str:
    """Name a figure."""
    if key in NAMES:
        return _capital(NAMES[key][_language()])
    return {"open": gettext("Open"), "flagged": gettext("To be looked at")}.get(key, key)


@register.simple_tag
def drawable(stretches: Sequence[Stretch]) -> list[str]:
    """List the figures of which enough periods are known to draw a line."""
    return [
        key
        for key in DRAWN
        if sum(_known(stretch, key) is not None for stretch in stretches) >= FEWEST
    ]


@register.simple_tag
def count_line(stretches: Sequence[Stretch], name: str, prefix: str, period: str) -> Drawing | str:
    """Draw how many inquiries came, or investigations were filed; nothing if hardly any."""
    counts = [getattr(stretch, name) for stretch in stretches]
    if sum(count > 0 for count in counts) < FEWEST:
        return ""
    said = gettext("Filed") if name == "filed" else gettext("Received")
    points = tuple(
        Point(
            _label(stretch.since, period),
            float(count),
            is_complete=stretch.is_over,
            title=f"{_label(stretch.since, period)}: {count:,}",
            said=f"{count:,}",
        )
        for stretch, count in zip(stretches, counts, strict=True)
    )
    return spark(
        Spark(title=said, desc="", points=points, bottom=0.0),
        prefix=prefix,
    )


@register.simple_tag
def row_line(stretches: Sequence[Stretch], key: str, prefix: str) -> Drawing | str:
    """Draw a share by month beside its figure; nothing where hardly any month is known."""
    if sum(_known(stretch, key) is not None for stretch in stretches) < FEWEST:
        return ""
    return share_line(stretches, key, prefix, "M", width=ROW_WIDTH, height=ROW_HEIGHT)


@register.simple_tag
def share_line(
    stretches: Sequence[Stretch],
    key: str,
    prefix: str,
    period: str,
    width: int = 360,
    height: int = 96,
) -> Drawing:
    """Draw a share over time, with its intervals."""
    recent = len(stretches) - RECENT[period]
    points = tuple(
        _point(stretch, key, period, is_recent=i >= recent) for i, stretch in enumerate(stretches)
    )
    return spark(
        Spark(
            title=_capital(NAMES[key][_language()]),
            desc="",
            points=points,
            bottom=0.0,
            top=1.0,
        ),
        prefix=prefix,
        width=width,
        height=height,
    )


def share_point(label: str, share: Share, *, is_complete: bool) -> Point:
    """Make a point of a share, with its interval."""
    fraction, interval = share.fraction, wilson(share.count, share.of)
    if isinstance(fraction, Unknown) or not isinstance(interval, Interval):
        return Point(label, None, is_complete=is_complete)
    said = share_words(share, language=_language(), interval=interval)
    return Point(
        label,
        float(fraction),
        interval.low,
        interval.high,
        is_complete=is_complete,
        title=f"{label}: {said}",
        said=percent_words(fraction),
    )


def _point(stretch: Stretch, key: str, period: str, *, is_recent: bool) -> Point:
    label = _label(stretch.since, period)
    share = _known(stretch, key)
    is_complete = stretch.is_over and not (is_recent and _has_open_ends(stretch, key))
    if share is None:
        return Point(label, None, is_complete=is_complete)
    return share_point(label, share, is_complete=is_complete)


def _has_open_ends(stretch: Stretch, key: str) -> bool:
    """Tell whether cases of a period are still to be counted: not settled, or not due yet."""
    if key in ("one_reply", "reopened_14"):
        return bool(stretch.figures.get("reopened_14", {}).get("too_recent"))
    asked, share = stretch.figures.get("first_reply", {}), _known(stretch, key)
    apart = sum(asked.get(name, 0) for name in ("no_reply_needed", "in_doubt"))
    return share is not None and share.of < asked.get("of", 0) - apart


def _known(stretch: Stretch, key: str) -> Share | None:
    figure = stretch.figures.get(key)
    if figure is None or is_unknown(figure) or "count" not in figure:
        return None
    return Share(int(figure["count"]), int(figure["of"]))


def _label(since: date, period: str) -> str:
    if period == "M":
        return f"{since.month}月" if _language() == "ja" else MONTHS[since.month - 1][:3]
    return f"{since.month}/{since.day}" if _language() == "ja" else f"{since.day} {since:%b}"


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _language() -> Language:
    return language_of(get_language())
