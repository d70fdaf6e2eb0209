"""Parts of a report in words: urgent cases, volumes, quality, and unknown figures."""

from collections.abc import Iterable, Iterator
from typing import Any

from shinrai.console.rules.changes import change, change_text
from shinrai.console.rules.wording import (
    moment_text,
    share_text,
    visible_words,
)
from shinrai.quality.queries.words import MODES, NAMES, mode_name
from shinrai.quality.rules.beside import beside_words, said_words
from shinrai.quality.rules.figures import is_unknown
from shinrai.reports.queries.records import PeriodReport
from shinrai.reports.rules.headline import against_text
from shinrai.reports.rules.outline import Grid, Part
from shinrai.reports.rules.periods import BEFORE
from shinrai.statistics.wilson import wilson
from shinrai.units.share import Share
from shinrai.units.text import Text, in_a_row, verbatim
from shinrai.units.unknown import Unknown

MOST_CASES = 12
# Shares in the order in which one asks; what is no share follows beneath.
SHARES = (
    *("next_business_day", "same_day", "first_reply", "solved", "one_reply", "reopened_14"),
    *("truly_solved", "self_resolved", "sent_back", "correctness"),
)
SPREADS = ("round_trips", "handovers", "first_reply")
# What has a term of its own can be set against earlier weeks; whatever else grows with time would
# only say that those have had longer.
WITH_A_TERM = ("next_business_day", "same_day", "one_reply", "reopened_14", "truly_solved")


def pressing_part(report: PeriodReport) -> Part:
    """Return the part that lists cases late, or due by the next close, at the report's moment."""
    shown = report.pressing[:MOST_CASES]
    late, risk = Text("late"), Text("at risk")
    more = len(report.pressing) - len(shown)
    notes = [Text("{more:,} more.", more=more)] if more else []
    nothing = Text("Nothing is late, and nothing falls due by the next close.")
    at = moment_text(report.at, zone=report.workspace.zone)
    return Part(
        key="pressing",
        heading=Text("Late and at risk"),
        aside=Text("as it stood on {at}", at=at),
        said=() if shown else (nothing,),
        grid=Grid(
            head=(Text("Case"), Text("State"), Text("Due"), Text("Objective")),
            rows=tuple(
                (
                    visible_words(case.line.case_key),
                    late if case.is_late else risk,
                    moment_text(case.line.due_at, zone=report.workspace.zone, near=report.at),
                    case.objective,
                )
                for case in shown
            ),
        ),
        notes=tuple(notes),
    )


def volume_part(report: PeriodReport) -> Part:
    """Return the part with the cases of each mode, and how many there usually are."""
    found, before = report.quality.found, report.quality.before
    count = BEFORE[report.period.kind]
    against = against_text(report.period, count)
    each = Text("mean of {against}", against=against) if count > 1 else against
    rows = []
    for mode in in_order({*found.modes, *before.modes}):
        now, then = found.modes.get(mode, {}), before.modes.get(mode, {})
        solved = now.get("solved", {})
        rows.append(
            (
                mode_name(mode),
                f"{received_count(now):,}",
                f"{received_count(then) / count:,.1f}",
                f"{filed_count(now):,}",
                f"{filed_count(then) / count:,.1f}",
                f"{solved['open']:,}" if "open" in solved else "—",
            )
        )
    head = (
        *(Text("Mode"), Text("Inquiries"), each),
        *(Text("Investigations filed", context="reports"), each),
        Text("Still open of these"),
    )
    proactive = _share(share_of(found.proactive))
    return Part(
        key="volumes",
        heading=Text("How much came"),
        aside=Text("modes never mix in a figure", context="reports"),
        grid=Grid(head, tuple(rows), names_each=True),
        notes=(Text("Proactive share: {proactive}", proactive=proactive),),
    )


def in_order(modes: Iterable[str]) -> list[str]:
    """Return modes in the order they are shown: via CS first."""
    return sorted(modes, key=place_of)


def place_of(mode: str) -> tuple[int, str]:
    """Return the sort key of a mode; unknown modes come last."""
    known = list(MODES)
    return (known.index(mode) if mode in known else len(known), mode)


def received_count(figures: dict[str, Any]) -> int:
    """Return how many inquiries the figures of a mode are about."""
    return int(figures["flagged"]["of"]) if figures else 0


def filed_count(figures: dict[str, Any]) -> int:
    """Return how many investigations the figures of a mode are about."""
    return int(figures["sent_back"].get("of", 0)) if figures else 0


def quality_parts(report: PeriodReport) -> Iterator[Part]:
    """Yield a part per mode: its shares compared with those before, and its averages."""
    for mode in in_order(report.quality.found.modes):
        figures = report.quality.found.modes[mode]
        before = report.quality.before.modes.get(mode, {})
        rows = tuple(_rows(report, figures, before))
        said = tuple(_spreads(figures))
        if rows or said:
            name = mode_name(mode)
            yield Part(
                key="quality",
                mode=mode,
                heading=Text("Quality, {name}", name=name),
                aside=Text("of what was received in these dates"),
                grid=Grid(_quality_head(report), rows),
                said=said,
            )


def _quality_head(report: PeriodReport) -> tuple[Text, ...]:
    against = against_text(report.period, BEFORE[report.period.kind])
    head = (Text("Figure", context="reports"), Text("This time"))
    return (*head, Text("{against:capfirst}", against=against), Text("Change", context="reports"))


def _rows(
    report: PeriodReport, figures: dict[str, Any], before: dict[str, Any]
) -> Iterator[tuple[Text | str, ...]]:
    against = against_text(report.period, BEFORE[report.period.kind])
    for key in SHARES:
        now, then = share_of(figures.get(key)), share_of(before.get(key))
        if now is None and then is None:
            continue  # why it is not known stands in a part of its own
        moved: Text | str = "—"
        if now and then and key in WITH_A_TERM:
            moved = change_text(change(now, then), against)
        elif now and then:
            moved = Text("not set against them: they have had longer")
        yield NAMES[key], _share(now), _share(then), moved


def _share(share: Share | None) -> Text | str:
    if share is None:
        return "—"
    said = share_text(share, interval=wilson(share.count, share.of))
    return "—" if isinstance(said, Unknown) else said


def share_of(figure: Any) -> Share | None:
    """Return a figure as a share; None if it is not a share, or is unknown."""
    if figure is None or is_unknown(figure) or "count" not in figure:
        return None
    return Share(int(figure["count"]), int(figure["of"]))


def _spreads(figures: dict[str, Any]) -> Iterator[Text]:
    for key in SPREADS:
        figure = figures[key]
        if is_unknown(figure):
            continue
        said, more = said_words(key, figure), beside_words(key, figure)
        if said is not None:
            more.insert(0, Text("{said}.", said=said))
        if more:
            yield Text("{name:capfirst}: {more}", name=NAMES[key], more=in_a_row(more))


def unknown_parts(report: PeriodReport) -> Iterator[Part]:
    """Yield the part that lists the unknown figures of each mode, by reason."""
    alike: dict[tuple[tuple[str, ...], Unknown], list[Text]] = {}  # figures and reason -> modes
    for mode in in_order(report.quality.found.modes):
        by_reason: dict[Unknown, list[str]] = {}
        for key, figure in report.quality.found.modes[mode].items():
            if key in NAMES and is_unknown(figure):
                by_reason.setdefault(figure["unknown"], []).append(key)
        for why, keys in by_reason.items():
            alike.setdefault((tuple(keys), why), []).append(mode_name(mode))
    rows = tuple(
        (verbatim([NAMES[key] for key in keys]), verbatim(modes), why)
        for (keys, why), modes in alike.items()
    )
    if rows:
        yield Part(
            key="unknown",
            heading=Text("What is not known", context="reports"),
            aside=Text("and why"),
            is_detail=True,
            grid=Grid((Text("Figures"), Text("Mode"), Text("Why")), rows),
        )
