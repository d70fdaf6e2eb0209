"""A whole report in words, part by part: for the page, the file, Markdown, mail and chat alike."""

from collections.abc import Iterator

from django.utils.translation import get_language, gettext

from shinrai.console.rules.wording import Language, language_of, moment_words
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
from shinrai.reports.queries.promises import dates_words, definition_of, lost_words, promise_parts
from shinrai.reports.queries.records import PeriodReport
from shinrai.reports.queries.weighed import work_parts
from shinrai.reports.rules.headline import Headline, headline, period_words
from shinrai.reports.rules.outline import Outline, Part


def laid_out(report: PeriodReport) -> Outline:
    """Lay a report out in the language that is spoken."""
    language = _language()
    made_up = gettext("Made-up data: nothing here happened to a real customer.")
    return Outline(
        title=f"{report.workspace.name}: {title_of(report)}",
        notice=made_up if report.workspace.is_simulated else "",
        lead=sentence_of(report),
        parts=tuple(_parts(report, language)),
    )


def sentence_of(report: PeriodReport) -> str:
    """Say a report in a sentence or two."""
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
        lost=tuple(lost_words(one, _language()) for one in lost),
        lost_is_over=all(one.lost.end <= report.at for one in lost if one.lost),
    )
    return headline(told, _language())


def title_of(report: PeriodReport) -> str:
    """Name a report by its period and dates."""
    dates = dates_words(report.first, report.last, _language())
    if report.period.kind == "dates":
        return dates
    name = period_words(report.period, _language())
    return f"{name}（{dates}）" if _language() == "ja" else f"{name[:1].upper()}{name[1:]}, {dates}"


def _parts(report: PeriodReport, language: Language) -> Iterator[Part]:
    if report.sections:
        yield pressing_part(report, language)
    yield from promise_parts(report, language)
    if report.quality.found.modes or report.quality.before.modes:
        yield volume_part(report, language)
    yield from quality_parts(report, language)
    yield from work_parts(report, language)
    yield from unknown_parts(report, language)
    if report.sections or report.quality.found.modes:
        yield definitions(report, language)
    yield footnotes(report, language)


def footnotes(report: PeriodReport, language: Language) -> Part:
    """Say as of when it is, how sure intervals are, and what it was computed from."""
    ja = language == "ja"
    at = moment_words(report.at, zone=report.workspace.zone, language=language)
    how = (
        "期間の終わりの時点を、現在分かっている記録から再現しています。確定済みの結果は別に示します。"
        if ja
        else "As it stood at its end, from the steps known now; frozen verdicts stand."
    )
    now = "期間の途中です。" if ja else "The period is not over: as it stands."
    notes = [
        f"{at}（{report.workspace.zone}）の時点。{how if report.span.finished else now}"
        if ja
        else f"{at} ({report.workspace.zone}). {how if report.span.finished else now}",
        "区間は95%。割合はWilson、割合の差はNewcombe。20個比べれば1個は偶然でも差が出ます。"
        if ja
        else "Intervals are at 95 %: Wilson of shares, Newcombe of differences. "
        "Of twenty comparisons one differs by chance alone.",
    ]
    if report.versions:
        tables = ", ".join(f"{name}@{number}" for name, number in report.versions.items())
        notes.append(f"使った表: {tables}" if ja else f"Computed from {tables}")
    upto = min((fresh.at for fresh in report.fresh.values() if fresh), default=None)
    if upto is not None:
        said = moment_words(upto, zone=report.workspace.zone, language=language)
        notes.append(f"反映済みの時点: {said}" if ja else f"Complete up to {said}")
    return Part(
        key="footnotes",
        heading="時点と元データ" if ja else "As of when, and from what",
        notes=tuple(notes),
    )


def definitions(report: PeriodReport, language: Language) -> Part:
    """Say what every figure asks, in which version."""
    return Part(
        key="definitions",
        heading="定義" if language == "ja" else "Definitions",
        aside="版つき" if language == "ja" else "with their versions",
        notes=(
            *(definition_of(section, language) for section in report.sections),
            *_measures(report, language),
        ),
        is_detail=True,
    )


def _measures(report: PeriodReport, language: Language) -> Iterator[str]:
    """Name the measures shown, with their versions and what each asks."""
    if not report.quality.found.modes:
        return
    for key in dict.fromkeys((*SHARES, *SPREADS)):
        measure = BY_KEY[key]
        asks = measure.question_ja if language == "ja" else measure.question
        yield f"{NAMES[key][language]} ({key} v{measure.version}): {asks}"


def _language() -> Language:
    return language_of(get_language())
