"""Objectives of a report in words: what was kept, what is left, how it moved, and what it means."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.utils.translation import gettext

from shinrai.calendars.rules.time_zone import zone_named
from shinrai.console.rules.changes import change_words
from shinrai.console.rules.wording import (
    DAYS,
    MONTHS,
    Language,
    decimal_words,
    duration_words,
    grouped,
    moment_words,
    share_words,
    visible_words,
)
from shinrai.objectives.rules.sentences import en, headline_en, headline_ja, ja
from shinrai.reports.queries.records import PeriodReport, Section, Spread, Week
from shinrai.reports.rules.headline import against_words
from shinrai.reports.rules.outline import Grid, Part
from shinrai.reports.rules.periods import BEFORE
from shinrai.statistics.wilson import wilson
from shinrai.units.share import Share
from shinrai.units.unknown import Unknown
from shinrai.units.wording import both

MOST_MISSES = 20
LOST = {
    "broken": both(en="and the target was broken", ja="目標は未達です"),
    "cannot_be_kept": both(
        en="and the target can no longer be kept", ja="目標はもう達成できません"
    ),
}


def promise_parts(report: PeriodReport, language: Language) -> Iterator[Part]:
    """Lay out every objective: its sentences and figures, then what was missed."""
    for section in report.worst_first:
        stands = section.report.standing
        yield Part(
            key="objective",
            mode=stands.objective.name,
            heading=stands.objective.title,
            said=tuple(section_sentences(report, section, language)),
            grid=Grid((gettext("Figure"), ""), tuple(_figures(section, language))),
        )
        if section.misses:
            yield Part(
                key="missed",
                mode=stands.objective.name,
                is_detail=True,
                heading=f"{stands.objective.title}: {gettext('Missed')}",
                grid=Grid(
                    (gettext("Missed"), gettext("Due"), gettext("Answered")),
                    tuple(
                        (
                            visible_words(line.case_key),
                            _moment(report, line.due_at, language),
                            _moment(report, line.stopped_at, language)
                            if line.stopped_at
                            else gettext("not yet"),
                        )
                        for line in section.misses[:MOST_MISSES]
                    ),
                ),
                notes=_more(len(section.misses) - MOST_MISSES, language),
            )


def _more(count: int, language: Language) -> tuple[str, ...]:
    if count <= 0:
        return ()
    return (f"ほか{count:,}件。" if language == "ja" else f"{count:,} more.",)


def section_sentences(report: PeriodReport, section: Section, language: Language) -> Iterator[str]:
    """Say what was kept, what a closed window came to, what is left of it, and what moved."""
    own = [left_sentence(section, language)] if section.own is not section.report else []
    frozen = [verdict_sentence(section, language)] if section.verdict is not None else []
    if section.heads is not None or (section.lost and not section.own.standing.is_lost):
        yield from frozen
        frozen = []
    if section.own.standing.is_lost:
        yield from own
        own = []
    yield section_sentence(section, language)
    yield from (*frozen, *own)
    against = against_words(report.period, BEFORE[report.period.kind], language)
    moved = change_words(section.change, against, language)
    before = share_words(
        section.change.before,
        language=language,
        interval=wilson(section.change.before.count, section.change.before.of),
    )
    if isinstance(before, Unknown) or isinstance(section.change.interval, Unknown):
        return
    if language == "ja":
        yield f"{moved}。{against}は{before}。"
    else:
        yield f"{moved[:1].upper()}{moved[1:]}. {against[:1].upper()}{against[1:]}: {before}."


def section_sentence(section: Section, language: Language) -> str:
    """Say of one objective what was kept, how sure that is, and what was aimed at."""
    stands = section.report.standing
    if stands.attained.share.of == 0:
        return gettext("Nothing fell due.")
    speak = headline_ja if language == "ja" else headline_en
    said: str = speak.attained(stands)
    return said


def verdict_sentence(section: Section, language: Language) -> str:
    """Say how a window stood when it was closed, and what it comes to as known now."""
    beside = section.verdict
    assert beside is not None
    when = window_dates(section, beside.verdict.window.start, beside.verdict.window.end, language)
    frozen, now = _share(beside.frozen, language), _share(beside.now, language)
    if language == "ja":
        met = {True: "達成", False: "未達", None: "判定なし"}[beside.verdict.is_met]
        known = f"（現在分かっている限りでは{now}）" if beside.differs else ""
        return f"{when}の確定結果は{met}、{frozen}{known}です。"
    met = {True: "held", False: "broken", None: "nothing to judge"}[beside.verdict.is_met]
    known = f" (as known now: {now})" if beside.differs else ""
    return f"The verdict frozen for {when}: {met}, {frozen}{known}."


def lost_words(section: Section, language: Language) -> str:
    """Name an objective whose own window is lost, and the dates of that window."""
    lost, title = section.lost, section.report.standing.objective.title
    if lost is None:
        return title
    dates = window_dates(section, lost.start, lost.end, language)
    return f"「{title}」（{dates}）" if language == "ja" else f"“{title}” ({dates})"


def left_sentence(section: Section, language: Language) -> str:
    """Say what was left of the objective's own window at the report's moment."""
    stands = section.own.standing
    budget, counts = stands.budget, stands.counts
    when = window_dates(section, stands.span.start, stands.span.end, language)
    kept = _share(stands.attained.share, language)
    allowed, left = budget.allowed, budget.misses_left
    ja_ = language == "ja"
    if isinstance(allowed, Unknown) or isinstance(left, Unknown):
        why = allowed if isinstance(allowed, Unknown) else left
        assert isinstance(why, Unknown)
        reason = why.ja if ja_ and why.ja else why.reason
        return (
            f"{when}の期間では{kept}、超過{counts.misses}件。許容できる残りは不明です（{reason}）。"
            if ja_
            else f"In its window, {when}: {kept}, {counts.misses} missed; what is left is not "
            f"known ({reason})."
        )
    room = decimal_words(allowed)
    said = LOST.get(str(stands.outcome))
    if ja_:
        end = said["ja"] if said else f"残り{left}件です"
        return (
            f"{when}の期間では{kept}、許容できる超過{room}件のうち{counts.misses}件を使い、{end}。"
        )
    end = said["en"] if said else f"{left} left"
    return (
        f"In its window, {when}: {kept}; {counts.misses} of {room} allowed misses are used, {end}."
    )


def window_dates(section: Section, start: datetime, end: datetime, language: Language) -> str:
    """Say the dates of a window on the clocks of the objective's calendar."""
    zone = zone_named(section.report.standing.zone)
    first = start.astimezone(zone).date()
    last = (end - timedelta(microseconds=1)).astimezone(zone).date()
    return dates_words(first, last, language)


def dates_words(first: date, last: date, language: Language) -> str:
    """Say a span of dates: Mon 1 June – Tue 30 June 2026."""
    if language == "ja":
        until = f"{last.year}年" if last.year != first.year else ""
        return f"{first.year}年{_day(first, language)}〜{until}{_day(last, language)}"
    year = f" {first.year}" if last.year != first.year else ""
    return f"{_day(first, language)}{year} – {_day(last, language)} {last.year}"


def _day(on: date, language: Language) -> str:
    if language == "ja":
        return f"{on.month}月{on.day}日（{DAYS['ja'][on.weekday()]}）"
    return f"{DAYS['en'][on.weekday()]} {on.day} {MONTHS[on.month - 1]}"


def spread_words(spread: Spread | Unknown, language: Language) -> str:
    """Say how long answers took: middle, mean and tail together."""
    if isinstance(spread, Unknown):
        return f"— ({gettext(spread.reason)})"

    def said(seconds: int) -> str:
        return duration_words(timedelta(seconds=seconds), language=language)

    words = gettext("median %(median)s, mean %(mean)s, nine in ten within %(tail)s (n = %(n)s)")
    return words % {
        "median": said(spread.median_s),
        "mean": said(spread.mean_s),
        "tail": said(spread.tail_s),
        "n": grouped(spread.count),
    }


def _figures(section: Section, language: Language) -> Iterator[tuple[str, str]]:
    stands, counts = section.report.standing, section.report.standing.counts
    yield gettext("Kept in time"), _share(stands.attained.share, language)
    exempted = _share(stands.attained_with_exempted.share, language)
    yield gettext("Kept, with those exempted counted in"), exempted
    yield gettext("Kept, had no clock ever paused"), _share(section.never_paused, language)
    yield gettext("Missed"), str(counts.misses)
    speak = headline_ja if language == "ja" else headline_en
    yield gettext("In the same period"), speak.flow(stands)
    yield gettext("Business time to the answer"), spread_words(section.spread, language)
    for week in section.weeks if len(section.weeks) > 1 else ():
        yield f"{gettext('Week')} {week_words(week)}", _share(week.share, language)


def week_words(week: Week) -> str:
    """Say the dates of a stretch, and whether it is over."""
    said = f"{week.first:%m-%d}"
    if week.last != week.first:
        said = f"{said} – {week.last:%m-%d}"
    return said if week.is_over else f"{said} ({gettext('not over')})"


def definition_of(section: Section, language: Language) -> str:
    """Say what an objective counts, with its version and calendar."""
    stands = section.report.standing
    reading = (ja if language == "ja" else en).reading(stands.objective.clock)
    return f"{stands.objective.name} v{stands.version}: {reading} ({section.calendar})"


def _share(share: Share, language: Language) -> str:
    said = share_words(share, language=language, interval=wilson(share.count, share.of))
    return f"— ({gettext(said.reason)})" if isinstance(said, Unknown) else said


def _moment(report: PeriodReport, at: datetime, language: Language) -> str:
    return moment_words(at, zone=report.workspace.zone, language=language, near=report.at)
