"""Template tags of the overview: its first sentence, figures with their change, and charts."""

from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from typing import Any
from urllib.parse import urlencode

from django import template
from django.template import Context
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from shinrai.console.charts.bars import Bar, bars
from shinrai.console.charts.spark import Point
from shinrai.console.charts.svg import Drawing
from shinrai.console.figures import change_of, counts_beside, page_marks, said_before
from shinrai.console.reader import reader_text
from shinrai.console.rules.wording import duration_text, grouped
from shinrai.desk.queries.overview import Overview
from shinrai.desk.rules.sentences import open_clauses, overview_clauses
from shinrai.desk.templatetags.desk import COMMA, SEMICOLON, pressing_counts, sentence_of
from shinrai.desk.templatetags.names import VERDICT_WORDS
from shinrai.objectives.rules.sentences.standings import closed_loss, loss
from shinrai.quality.queries.weeks import PastWeeks, Wait
from shinrai.quality.rules.figures import is_unknown
from shinrai.quality.templatetags.quality import figure_name
from shinrai.units.share import Share
from shinrai.units.text import Text
from shinrai.units.unknown import Unknown

register = template.Library()

FIGURES = 3
# The shares that are asked about first, of a workspace with inquiries, and of one without.
SHARES = {
    "inquiry": ("one_reply", "reopened_14", "next_business_day", "sent_back"),
    "investigation": ("sent_back", "correctness"),
}
AGE_WORDS = ("0–1", "2–5", "6–20", "> 20")
ALL = "all"


@dataclass(frozen=True)
class OverviewFigure:
    """A figure with its change against the span before, and the page that explains it."""

    asked: str
    share: Share | None
    said: str
    change: str
    href: str
    target: Fraction | None = None
    tone: str = ""


@register.simple_tag(takes_context=True)
def overview_lead(context: Context, found: Overview) -> SafeString:
    """Write the first sentence of the overview, worst news first."""
    if not found.reports and found.weeks is not None:
        still_open = {one: sum(found.weeks.open_by_age(one)) for one in found.weeks.records}
        counts = still_open.get("inquiry", 0), still_open.get("investigation", 0)
        return sentence_of(open_clauses(*counts), COMMA if all(counts) else SEMICOLON)
    standings = [report.standing for report in found.reports]
    lost = _lost(found)
    clauses = overview_clauses(pressing_counts(found.queue, context), standings, lost)
    return sentence_of(clauses, COMMA if lost is None else SEMICOLON)


def _lost(found: Overview) -> Text | None:
    """Return the words about the worst window that is lost; None if none is."""
    if found.reports and found.reports[0].standing.is_lost:
        standing = found.reports[0].standing
        said = loss(standing, found.missed_about)
    elif found.closed_unmet is not None:
        report, verdict = found.closed_unmet
        share = Share(verdict.kept, verdict.kept + verdict.missed)
        standing, said = report.standing, closed_loss(report.standing, verdict.window, share)
    else:
        return None
    if len(found.reports) == 1:
        return said
    return Text("{title}: {loss}", context="loss", title=standing.objective.title, loss=said)


@register.simple_tag(takes_context=True)
def overview_figures(context: Context, found: Overview) -> list[OverviewFigure]:
    """Return the three figures: kept, how long it takes, and the first shares that are known."""
    slug, weeks = context["workspace"].slug, found.weeks
    against = gettext("the 4 weeks before")
    figures = []
    for report in found.reports[:1]:
        now, before = found.kept_shares(report.standing.objective.name)
        objective = report.standing.objective
        asked = gettext("Kept in time: %(objective)s") % {"objective": objective.title}
        href = reverse("objective", args=[slug, objective.name])
        change = change_of(now, before, against) if before.of else ""
        is_missed = now.of > 0 and Fraction(now.count, now.of) < objective.target
        tone = "late" if is_missed else ""
        figures.append(OverviewFigure(asked, now, "", change, href, objective.target, tone))
    if weeks is None or not weeks.records:
        return figures
    record = weeks.records[0]
    figures.append(_wait_figure(weeks, record, reverse("quality", args=[slug]), against))
    shares, then = weeks.figures(weeks.span), weeks.figures(weeks.before)
    for key in SHARES[record]:
        share, earlier = _share(shares[key]), _share(then.get(key))
        if share is None or len(figures) >= FIGURES:
            continue
        href = f"{reverse('quality', args=[slug])}?{urlencode(_dates(weeks))}#figure-{key}"
        change = change_of(share, earlier, against)
        figures.append(OverviewFigure(figure_name(key), share, "", change, href))
    return figures


def _wait_figure(weeks: PastWeeks, record: str, href: str, against: str) -> OverviewFigure:
    names = {
        "inquiry": gettext("First reply: median business time"),
        "investigation": gettext("Time to answer: median business time"),
    }
    now, before = (_wait_words(weeks.wait(record, dates)) for dates in (weeks.span, weeks.before))
    return OverviewFigure(names[record], None, now, said_before(before, against), href)


def _wait_words(wait: Wait) -> Any:
    if wait.median_s is None:
        return Unknown("nothing was answered in these weeks")
    length = duration_text(timedelta(seconds=round(wait.median_s)))
    of = reader_text(Text("({count:,} case)", "({count:,} cases)", count=wait.of))
    return format_html('{} <span class="of">{}</span>', reader_text(length), of)


def _share(figure: Any) -> Share | None:
    if figure is None or is_unknown(figure):
        return None
    return Share(int(figure["count"]), int(figure["of"]))


def _dates(weeks: PastWeeks) -> dict[str, str]:
    since, until = weeks.span
    return {"mode": weeks.mode, "from": since.isoformat(), "to": until.isoformat()}


@register.simple_tag
def span_label(weeks: PastWeeks) -> str:
    """Write the dates of the last whole weeks: 2 Nov – 29 Nov."""
    begins, ends = (Text("{on.day} {on:%b}", context="short", on=on) for on in weeks.span)
    return reader_text(Text("{begins} – {ends}", begins=begins, ends=ends))


@register.simple_tag(takes_context=True)
def flow_chart(context: Context, weeks: PastWeeks, record: str) -> Drawing | str:
    """Draw by week how many cases came and how many were solved or answered."""
    came, ended = (
        (Text("received {n:,}"), Text("solved {n:,}"))
        if record == "inquiry"
        else (Text("filed {n:,}"), Text("answered {n:,}"))
    )
    flow = weeks.flow(record)
    lines = [
        tuple(
            Point(
                reader_text(Text("{on.day} {on:%b}", context="short", on=week.since)),
                float(n),
                is_complete=week.is_over,
                title=(said := reader_text(words.using(n=n))),
                said=said,
                since=week.since,
            )
            for week, n in zip(flow, counts, strict=True)
        )
        for words, counts in (
            (came, [week.came for week in flow]),
            (ended, [week.ended for week in flow]),
        )
    ]
    marks = page_marks(context)
    return counts_beside(record_name(record), *lines, prefix=f"flow-{record}", marks=marks)


@register.simple_tag
def age_bars(weeks: PastWeeks, record: str) -> Drawing:
    """Draw how many cases are open, by age in business days."""
    rows = [
        Bar(
            gettext("%(days)s business days") % {"days": days},
            n,
            grouped(n),
        )
        for days, n in zip(AGE_WORDS, weeks.open_by_age(record), strict=True)
    ]
    return bars(rows, prefix=f"age-{record}", title=record_name(record))


@register.simple_tag
def finding_bars(weeks: PastWeeks) -> Drawing | str:
    """Draw what investigations answered in the last whole weeks found; "" if there are none."""
    rows = [
        Bar(
            str(VERDICT_WORDS.get(verdict, verdict)) if verdict else gettext("no finding"),
            n,
            grouped(n),
        )
        for verdict, n in weeks.findings(weeks.span)
    ]
    return bars(rows, prefix="findings", title=gettext("Findings")) if rows else ""


@register.simple_tag
def record_name(record: str) -> str:
    """Return the name of a kind of case, in the plural."""
    return gettext("Inquiries") if record == "inquiry" else gettext("Investigations")


@register.simple_tag
def open_count(weeks: PastWeeks, record: str) -> int:
    """Count the open cases of one kind."""
    return sum(weeks.open_by_age(record))


@register.simple_tag
def rise_words(found: Overview) -> str:
    """Write which topic rose, and from how many to how many; "" if none rose beyond chance."""
    rise = None if found.weeks is None else found.weeks.rise
    if rise is None:
        return ""
    return reader_text(
        Text(
            "{topic} rose: {now:,} in the last 4 weeks, {before:,} in the 4 before",
            topic=found.book.name(rise.topic),
            now=rise.now,
            before=rise.before,
        )
    )
