"""The lines of the short report, from the records that the report's tables show."""

from collections.abc import Callable, Iterator
from typing import Any

from shinrai.console.rules.changes import change
from shinrai.console.rules.wording import moment_text, share_text
from shinrai.objectives.rules.sentences import standings
from shinrai.quality.queries.words import NAMES, mode_name
from shinrai.reports.queries.laid_out import sentence_of, title_of
from shinrai.reports.queries.parts import filed_count, in_order, received_count, share_of
from shinrai.reports.queries.records import PeriodReport, Pressing, Section
from shinrai.reports.queries.short_report import short_report
from shinrai.reports.rules.headline import against_text, period_text
from shinrai.reports.rules.periods import BEFORE
from shinrai.reports.rules.short import ShortLine, ShortReport
from shinrai.statistics.interval import Interval
from shinrai.statistics.wilson import rate_ratio
from shinrai.units.share import Share
from shinrai.units.text import Text, in_a_row, translated
from shinrai.units.unknown import Unknown

MOST_OBJECTIVES = 3
MOST_LATE = 3
MOST_EVENTS = 3
QUALITY = "next_business_day"
NOTHING = Share(0, 0)
SAME = Text("no change one could tell")


def short_lines(report: PeriodReport) -> tuple[ShortLine, ...]:
    """Return 8 to 12 lines: the sentence, figures with their change, what is late, what we ask."""
    return tuple(_lines(report))


def short_of(report: PeriodReport, language: str, *, with_titles: bool = True) -> ShortReport:
    """Return the short report of a report that was just computed."""
    return short_report(
        workspace=report.workspace,
        period=report.period,
        title=translated(title_of(report), language),
        lines=[line.stored(language) for line in short_lines(report)],
        language=language,
        with_titles=with_titles,
    )


def _lines(report: PeriodReport) -> Iterator[ShortLine]:
    yield ShortLine(sentence_of(report))
    for section in report.worst_first[:MOST_OBJECTIVES]:
        yield ShortLine(_objective(report, section))
    if (volumes := _volumes(report)) is not None:
        yield ShortLine(volumes)
    if quality := list(_quality(report)):
        yield ShortLine(in_a_row(quality))
    yield from _late(report)
    yield ShortLine(in_a_row(_topics(report)))
    yield ShortLine(_asks(report))
    at = moment_text(report.at, zone=report.workspace.zone)
    yield ShortLine(
        Text("As of {at} ({zone}); intervals are at 95 %.", at=at, zone=report.workspace.zone)
    )


def _objective(report: PeriodReport, section: Section) -> Text:
    """Return an objective in these dates and in its own window; what is lost comes first."""
    title, stands = section.report.standing.objective.title, section.report.standing
    kept = standings.figure(stands.attained, stands.objective.target)
    here = Text(
        "{kept} in {name}{change}",
        name=period_text(report.period),
        kept=kept,
        change=_change_of(report, section),
    )
    own = _own_window(section)
    if section.lost:
        return Text("{title}: {own}; {here}.", title=title, own=own, here=here)
    return Text("{title}: {here}; {own}.", title=title, here=here, own=own)


def _change_of(report: PeriodReport, section: Section) -> Text | str:
    if len(section.trend) < 2:
        return ""
    now, before = section.report.standing.attained.share, section.trend[-2].share
    said = share_text(before)
    if isinstance(said, Unknown) or now.of == 0:
        return ""
    name = _earlier(report)
    return Text(", {before} in {name}, {moved}", name=name, before=said, moved=_moved(now, before))


def _earlier(report: PeriodReport) -> Text:
    """Return the name of the period just before."""
    if report.period.kind == "dates":
        return against_text(report.period, 1)
    return period_text(report.period.moved(-1))


def _moved(now: Share, before: Share) -> Text:
    found = change(now, before)
    if not found.is_detectable:
        return SAME
    size = round((now.count / now.of - before.count / before.of) * 100)
    return (
        Text("up {size} points", size=size) if size > 0 else Text("down {size} points", size=-size)
    )


def _own_window(section: Section) -> Text:
    """Return what an objective's own window allows and has used, in whole cases."""
    stands, lost, closed = section.own.standing, section.lost, section.verdict
    if stands.is_lost:
        return standings.loss(stands)
    if lost is not None and closed is not None:
        kept, missed = closed.verdict.kept, closed.verdict.missed
        return standings.closed_loss(stands, lost, Share(kept, kept + missed))
    window = standings.window_name(stands, stands.span)
    left, misses = stands.budget.misses_left, stands.counts.misses
    if isinstance(left, Unknown):
        return Text("{window}: {misses:,} missed so far", window=window, misses=misses)
    if left + misses == 0:
        return Text("{window}: at this volume not one miss is allowed", window=window)
    return Text(
        "{window}: {misses:,} of {room:,} misses used, {left:,} left",
        window=window,
        misses=misses,
        room=left + misses,
        left=left,
    )


def _volumes(report: PeriodReport) -> Text | None:
    """Return how much came, of which there is any now or was before."""
    received, filed = _counts(report, received_count), _counts(report, filed_count)
    if not (received or filed):
        return None
    count = BEFORE[report.period.kind]
    against = against_text(report.period, count)
    if count > 1:
        against = Text("mean of {against}", against=against)
    if not filed:
        return Text("Received ({against}): {received}.", against=against, received=received)
    if not received:
        return Text("Investigations filed ({against}): {filed}.", against=against, filed=filed)
    return Text(
        "Received ({against}): {received}; investigations filed: {filed}.",
        against=against,
        received=received,
        filed=filed,
    )


def _counts(report: PeriodReport, count: Callable[[dict[str, Any]], int]) -> list[Text]:
    """Return the cases of each mode with how many there usually are; modes never mix."""
    found, before = report.quality.found.modes, report.quality.before.modes
    spans, said = BEFORE[report.period.kind], []
    for mode in in_order({*found, *before}):
        now, then = count(found.get(mode, {})), count(before.get(mode, {}))
        if not (now or then):
            continue
        ratio = rate_ratio(now, then, spans)
        usual = Text("")
        if isinstance(ratio, Interval) and ratio.low > 1:
            usual = Text(", more than usual")
        elif isinstance(ratio, Interval) and ratio.high < 1 and report.span.finished:
            usual = Text(", fewer than usual")
        said.append(
            Text(
                "{mode} {count:,} ({mean:,.1f}{usual})",
                mode=mode_name(mode),
                count=now,
                mean=then / spans,
                usual=usual,
            )
        )
    return said


def _quality(report: PeriodReport) -> Iterator[Text]:
    against = against_text(report.period, BEFORE[report.period.kind])
    for mode in in_order(report.quality.found.modes):
        now = share_of(report.quality.found.modes[mode].get(QUALITY))
        before = share_of(report.quality.before.modes.get(mode, {}).get(QUALITY))
        said, was = share_text(now or NOTHING), share_text(before or NOTHING)
        if now is None or isinstance(said, Unknown):
            continue
        if before is None or isinstance(was, Unknown):
            yield Text(
                "{figure:capfirst}, {mode}: {now}.",
                figure=NAMES[QUALITY],
                mode=mode_name(mode),
                now=said,
            )
        else:
            yield Text(
                "{figure:capfirst}, {mode}: {now}; {against} {before}, {moved}.",
                figure=NAMES[QUALITY],
                mode=mode_name(mode),
                now=said,
                against=against,
                before=was,
                moved=_moved(now, before),
            )


def _late(report: PeriodReport) -> Iterator[ShortLine]:
    if not report.sections:
        return
    late = [case for case in report.pressing if case.is_late]
    shown = late[:MOST_LATE]
    if len(late) > len(shown):
        head = Text(
            "Late: {count:,} cases, the {shown} late longest:", count=len(late), shown=len(shown)
        )
    else:
        head = Text("Late: {count} case", "Late: {count:,} cases", count=len(late))
    yield ShortLine(head)
    for case in shown:
        yield ShortLine(_due(report, case), case.line.case_id, case.line.case_key)


def _due(report: PeriodReport, case: Pressing) -> Text:
    due = moment_text(case.line.due_at, zone=report.workspace.zone, near=report.at)
    return Text("due {due}, {objective}", due=due, objective=case.objective)


def _topics(report: PeriodReport) -> Iterator[Text]:
    """Yield the topics that rose or were missed, and what happened beside them, without a why."""
    if report.risen is None:
        yield Text("Which topic rose is not known: too few cases have one.")
    elif not report.risen:
        yield Text("No topic came more often than chance explains.")
    for topic in (report.risen or ())[:2]:
        yield Text(
            "Rose: “{topic}” ({mode}) {count:,}, before {mean:,.1f} on average.",
            topic=topic.name,
            mode=mode_name(topic.mode),
            count=topic.count,
            mean=topic.mean_before,
        )
    if missed := report.missed:
        yield Text(
            "{count:,} of {of:,} missed cases are about {topics}.",
            count=missed.count,
            of=missed.of,
            topics=list(missed.topics),
        )
    names: list[Text | str] = [event.name for event in report.events[:MOST_EVENTS]]
    names += [mark.title for mark in report.marks if mark.index == BEFORE[report.period.kind]]
    if names:
        yield Text("In these dates: {names}.", names=names)


def _asks(report: PeriodReport) -> Text:
    """Return what we ask for, by what the lines above say."""
    asks = []
    worst = report.worst_first[0] if report.sections else None
    level = worst.own.standing.escalation.level if worst else None
    if worst and (worst.lost or level is not None):
        title = worst.report.standing.objective.title
        asks.append(
            Text("Decide on “{title}”: more hands, or another promise.", title=title)
            if level is None
            else Text("“{title}”: {level}.", title=title, level=standings.LEVELS[level])
        )
    if report.late:
        asks.append(Text("Answer what is late first."))
    if report.risen:
        asks.append(Text("Look into “{topic}”.", topic=report.risen[0].name))
    if not asks:
        return Text("We ask for nothing this time.")
    return Text("We ask: {asks}", asks=in_a_row(asks))
