"""Objectives of a report in words: what was kept, what is left, and what changed."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from math import floor

from shinrai.calendars.rules.time_zone import zone_named
from shinrai.console.rules.changes import change_text
from shinrai.console.rules.wording import (
    dates_text,
    duration_text,
    moment_text,
    share_text,
    visible_words,
)
from shinrai.objectives.rules.sentences import clocks, standings
from shinrai.reports.queries.records import PeriodReport, Section, WaitSpread, Week
from shinrai.reports.rules.headline import against_text
from shinrai.reports.rules.outline import Grid, Part
from shinrai.reports.rules.periods import BEFORE
from shinrai.statistics.wilson import wilson
from shinrai.units.share import Share
from shinrai.units.text import Text, verbatim
from shinrai.units.unknown import Unknown

MOST_MISSES = 20
LOST = {
    "broken": Text("and the target was broken"),
    "cannot_be_kept": Text("and the target can no longer be kept"),
}
MET = {
    True: Text("held"),
    False: Text("broken"),
    None: Text("nothing to judge"),
}


def promise_parts(report: PeriodReport) -> Iterator[Part]:
    """Yield the parts of every objective: sentences and figures, then the missed cases."""
    for section in report.worst_first:
        stands = section.report.standing
        yield Part(
            key="objective",
            mode=stands.objective.name,
            heading=stands.objective.title,
            said=tuple(section_sentences(report, section)),
            grid=Grid((Text("Figure"), ""), tuple(_figures(section))),
        )
        if section.misses:
            yield Part(
                key="missed",
                mode=stands.objective.name,
                is_detail=True,
                heading=Text("{title}: Missed", title=stands.objective.title),
                grid=Grid(
                    (Text("Missed"), Text("Due"), Text("Answered")),
                    tuple(
                        (
                            visible_words(line.case_key),
                            _moment(report, line.due_at),
                            _moment(report, line.stopped_at)
                            if line.stopped_at
                            else Text("not yet"),
                        )
                        for line in section.misses[:MOST_MISSES]
                    ),
                ),
                notes=_more(len(section.misses) - MOST_MISSES),
            )


def _more(count: int) -> tuple[Text, ...]:
    return (Text("{more:,} more.", more=count),) if count > 0 else ()


def section_sentences(report: PeriodReport, section: Section) -> Iterator[Text]:
    """Yield sentences: what was kept, the frozen verdict, what its window has left, the change."""
    own = [left_sentence(section)] if section.own is not section.report else []
    frozen = [verdict_sentence(section)] if section.verdict is not None else []
    if section.heads is not None or (section.lost and not section.own.standing.is_lost):
        yield from frozen
        frozen = []
    if section.own.standing.is_lost:
        yield from own
        own = []
    yield section_sentence(section)
    yield from (*frozen, *own)
    against = against_text(report.period, BEFORE[report.period.kind])
    moved = change_text(section.change, against)
    before = section.change.before
    said = share_text(before, interval=wilson(before.count, before.of))
    if isinstance(said, Unknown) or isinstance(section.change.interval, Unknown):
        return
    yield Text(
        "{moved:capfirst}. {against:capfirst}: {before}.", moved=moved, against=against, before=said
    )


def section_sentence(section: Section) -> Text:
    """Return what one objective kept, with its interval and target."""
    stands = section.report.standing
    if stands.attained.share.of == 0:
        return Text("Nothing fell due.")
    return standings.attained(stands)


def verdict_sentence(section: Section) -> Text:
    """Return the frozen verdict of a window, and its counts by today's data if they differ."""
    beside = section.verdict
    assert beside is not None
    when = window_dates(section, beside.verdict.window.start, beside.verdict.window.end)
    frozen, now, met = _share(beside.frozen), _share(beside.now), MET[beside.verdict.is_met]
    if beside.differs:
        return Text(
            "The verdict frozen for {when}: {met}, {frozen} (as known now: {now}).",
            when=when,
            met=met,
            frozen=frozen,
            now=now,
        )
    return Text(
        "The verdict frozen for {when}: {met}, {frozen}.", when=when, met=met, frozen=frozen
    )


def lost_words(section: Section) -> Text | str:
    """Return the name of an objective whose own window is lost, and the dates of that window."""
    lost, title = section.lost, section.report.standing.objective.title
    if lost is None:
        return title
    dates = window_dates(section, lost.start, lost.end)
    return Text("“{title}” ({dates})", title=title, dates=dates)


def left_sentence(section: Section) -> Text:
    """Return what is left of the misses in the objective's own window at the report's moment."""
    stands = section.own.standing
    budget, misses = stands.budget, stands.counts.misses
    when = window_dates(section, stands.span.start, stands.span.end)
    kept = _share(stands.attained.share)
    allowed, left = budget.allowed, budget.misses_left
    if isinstance(allowed, Unknown) or isinstance(left, Unknown):
        why = allowed if isinstance(allowed, Unknown) else left
        return Text(
            "In its window, {when}: {kept}, {misses} missed; what is left is not known ({why}).",
            when=when,
            kept=kept,
            misses=misses,
            why=why,
        )
    room = floor(allowed)
    end = LOST.get(str(stands.outcome)) or Text("{left} left", left=left)
    return Text(
        "In its window, {when}: {kept}; {misses} of {room} allowed misses are used, {end}.",
        when=when,
        kept=kept,
        misses=misses,
        room=room,
        end=end,
    )


def window_dates(section: Section, start: datetime, end: datetime) -> Text:
    """Return the dates of a window in the time zone of the objective's calendar."""
    zone = zone_named(section.report.standing.zone)
    last = end - timedelta.resolution
    return dates_text(start.astimezone(zone).date(), last.astimezone(zone).date())


def spread_text(spread: WaitSpread | Unknown) -> Text:
    """Return how long answers took: median, mean and 90th percentile."""
    if isinstance(spread, Unknown):
        return Text("— ({why})", why=spread)
    return Text(
        "median {median}, mean {mean}, nine in ten within {tail} (n = {count:,})",
        median=_length(spread.median_s),
        mean=_length(spread.mean_s),
        tail=_length(spread.tail_s),
        count=spread.count,
    )


def _length(seconds: int) -> Text:
    return duration_text(timedelta(seconds=seconds))


def _figures(section: Section) -> Iterator[tuple[Text, Text | str]]:
    stands, counts = section.report.standing, section.report.standing.counts
    yield Text("Kept in time"), _share(stands.attained.share)
    exempted = _share(stands.attained_with_exempted.share)
    yield Text("Kept, with those exempted counted in"), exempted
    yield Text("Kept, had no clock ever paused"), _share(section.never_paused)
    yield Text("Missed"), str(counts.misses)
    yield Text("In the same period"), standings.flow(stands)
    yield Text("Business time to the answer"), spread_text(section.spread)
    for week in section.weeks if len(section.weeks) > 1 else ():
        yield Text("Week {dates}", dates=week_text(week)), _share(week.share)


def week_text(week: Week) -> Text:
    """Return the dates of a week, and whether it is not over yet."""
    dates = f"{week.first:%m-%d}"
    if week.last != week.first:
        dates = f"{dates} – {week.last:%m-%d}"
    return verbatim(dates) if week.is_over else Text("{dates} (not over)", dates=dates)


def definition_of(section: Section) -> Text:
    """Return what an objective counts, with its version and calendar."""
    stands = section.report.standing
    return Text(
        "{name} v{version}: {reading} ({calendar})",
        name=stands.objective.name,
        version=stands.version,
        reading=clocks.reading(stands.objective.clock),
        calendar=section.calendar,
    )


def _share(share: Share) -> Text:
    said = share_text(share, interval=wilson(share.count, share.of))
    return Text("— ({why})", why=said) if isinstance(said, Unknown) else said


def _moment(report: PeriodReport, at: datetime) -> Text:
    return moment_text(at, zone=report.workspace.zone, near=report.at)
