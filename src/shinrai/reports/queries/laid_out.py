"""A whole report in words, part by part: for the page, the file, Markdown, mail and chat."""

from collections.abc import Iterator

from shinrai.console.rules.wording import dates_text, moment_text, visible_words
from shinrai.initiatives.queries.results import kpi_name
from shinrai.initiatives.rules.progress import STATES, grade_of
from shinrai.quality.measures.declared import BY_KEY
from shinrai.quality.queries.words import NAMES
from shinrai.reports.queries.parts import (
    SHARES,
    SPREADS,
    pressing_part,
    quality_parts,
    unknown_parts,
    volume_part,
)
from shinrai.reports.queries.promises import definition_of, lost_words, promise_parts
from shinrai.reports.queries.records import PeriodReport
from shinrai.reports.queries.weighed import work_parts
from shinrai.reports.rules.headline import Headline, headline, period_text
from shinrai.reports.rules.outline import Grid, Outline, Part
from shinrai.reports.rules.short import MADE_UP
from shinrai.units.text import Text


def laid_out(report: PeriodReport, language: str) -> Outline:
    """Return a report in words of one language."""
    outline = Outline(
        title=Text("{name}: {title}", name=report.workspace.name, title=title_of(report)),
        notice=MADE_UP if report.workspace.is_simulated else "",
        lead=sentence_of(report),
        parts=tuple(_parts(report)),
    )
    return outline.in_language(language)


def sentence_of(report: PeriodReport) -> Text:
    """Return a report in a sentence or two."""
    judged = [section.is_met for section in report.sections if section.is_met is not None]
    lost = [section for section in report.worst_first if section.lost]
    told = Headline(
        period=report.period,
        is_over=report.span.finished,
        late=report.late,
        at_risk=report.at_risk,
        met=sum(judged),
        judged=len(judged),
        objectives=len(report.sections),
        inquiries=report.quality.found.inquiries,
        lost=tuple(lost_words(one) for one in lost),
        lost_is_over=all(one.lost.end <= report.at for one in lost if one.lost),
    )
    return headline(told)


def title_of(report: PeriodReport) -> Text:
    """Return the title of a report: its period and dates."""
    dates = dates_text(report.first, report.last)
    if report.period.kind == "dates":
        return dates
    return Text("{name:capfirst}, {dates}", name=period_text(report.period), dates=dates)


def _parts(report: PeriodReport) -> Iterator[Part]:
    if report.sections:
        yield pressing_part(report)
    yield from promise_parts(report)
    if report.quality.found.modes or report.quality.before.modes:
        yield volume_part(report)
    yield from quality_parts(report)
    yield from work_parts(report)
    if report.initiatives:
        yield initiatives_part(report)
    yield from unknown_parts(report)
    if report.sections or report.quality.found.modes:
        yield definitions(report)
    yield footnotes(report)


def initiatives_part(report: PeriodReport) -> Part:
    """Return the part with the initiatives: the hash says what was declared before each began."""
    head = (Text("Initiative"), Text("KPI"), Text("State"), Text("Grade"), Text("Hash"))
    rows = tuple(
        (
            visible_words(one.name),
            kpi_name(one),
            STATES[one.state],
            grade_of(one).words,
            one.digest[:12],
        )
        for one in report.initiatives
    )
    return Part(key="initiatives", heading=Text("Initiatives"), grid=Grid(head, rows))


def footnotes(report: PeriodReport) -> Part:
    """Return the part that names the report's moment, its intervals and its source tables."""
    at = moment_text(report.at, zone=report.workspace.zone)
    how = Text("As it stood at its end, from the steps known now; frozen verdicts stand.")
    now = Text("The period is not over: as it stands.")
    notes = [
        Text(
            "{at} ({zone}). {how}",
            at=at,
            zone=report.workspace.zone,
            how=how if report.span.finished else now,
        ),
        Text(
            "Intervals are at 95 %: Wilson of shares, Newcombe of differences. Of "
            "twenty comparisons one differs by chance alone."
        ),
    ]
    if report.versions:
        tables = ", ".join(f"{name}@{number}" for name, number in report.versions.items())
        notes.append(Text("Computed from {tables}", tables=tables))
    upto = min((fresh.at for fresh in report.fresh.values() if fresh), default=None)
    if upto is not None:
        said = moment_text(upto, zone=report.workspace.zone)
        notes.append(Text("Complete up to {said}", said=said))
    return Part(
        key="footnotes",
        heading=Text("As of when, and from what"),
        notes=tuple(notes),
    )


def definitions(report: PeriodReport) -> Part:
    """Return the part with the definition of every figure, and its version."""
    return Part(
        key="definitions",
        heading=Text("Definitions"),
        aside=Text("with their versions"),
        notes=(
            *(definition_of(section) for section in report.sections),
            *_measures(report),
        ),
        is_detail=True,
    )


def _measures(report: PeriodReport) -> Iterator[Text]:
    """Yield the definition of each measure shown, with its version."""
    if not report.quality.found.modes:
        return
    for key in dict.fromkeys((*SHARES, *SPREADS)):
        measure = BY_KEY[key]
        yield Text(
            "{name} ({key} v{version}): {question}",
            name=NAMES[key],
            key=key,
            version=measure.version,
            question=measure.text(measure.question),
        )
