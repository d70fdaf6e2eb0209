"""A report in words: what presses, how much came, how good it was, and what it weighed."""

from collections.abc import Iterable, Iterator
from typing import Any

from shinrai.console.rules.changes import change, change_words
from shinrai.console.rules.wording import Language, moment_words, share_words, visible_words
from shinrai.quality.queries.words import MODES, NAMES
from shinrai.quality.rules.beside import beside_words, said_words
from shinrai.quality.rules.figures import is_unknown
from shinrai.reports.queries.records import PeriodReport
from shinrai.reports.rules.headline import against_words
from shinrai.reports.rules.outline import Grid, Part
from shinrai.reports.rules.periods import BEFORE
from shinrai.statistics.wilson import wilson
from shinrai.units.share import Share
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


def pressing_part(report: PeriodReport, language: Language) -> Part:
    """List what was late and what was due by the next close, at the report's moment."""
    ja = language == "ja"
    shown = report.pressing[:MOST_CASES]
    late, risk = ("超過中", "もうすぐ期限") if ja else ("late", "at risk")
    more = len(report.pressing) - len(shown)
    notes = [f"ほか{more:,}件。" if ja else f"{more:,} more."] if more else []
    nothing = (
        "超過中の案件も、次の終業までに期限を迎える案件もありません。"
        if ja
        else "Nothing is late, and nothing falls due by the next close."
    )
    at = moment_words(report.at, zone=report.workspace.zone, language=language)
    return Part(
        key="pressing",
        heading="超過中・もうすぐ期限" if ja else "Late and at risk",
        aside=f"{at}の時点" if ja else f"as it stood on {at}",
        said=() if shown else (nothing,),
        grid=Grid(
            head=("案件", "状態", "期限", "目標") if ja else ("Case", "State", "Due", "Objective"),
            rows=tuple(
                (
                    visible_words(case.line.case_key),
                    late if case.is_late else risk,
                    moment_words(
                        case.line.due_at,
                        zone=report.workspace.zone,
                        language=language,
                        near=report.at,
                    ),
                    case.objective,
                )
                for case in shown
            ),
        ),
        notes=tuple(notes),
    )


def volume_part(report: PeriodReport, language: Language) -> Part:
    """Say how many came in by each way, and how many that is usually."""
    ja = language == "ja"
    found, before = report.quality.found, report.quality.before
    count = BEFORE[report.period.kind]
    against = against_words(report.period, count, language)
    each = (f"{against}の平均" if ja else f"mean of {against}") if count > 1 else against
    rows = []
    for mode in in_order({*found.modes, *before.modes}):
        now, then = found.modes.get(mode, {}), before.modes.get(mode, {})
        solved = now.get("solved", {})
        rows.append(
            (
                MODES[mode][language] if mode in MODES else mode,
                f"{_inquiries(now):,}",
                f"{_inquiries(then) / count:,.1f}",
                f"{_filed(now):,}",
                f"{_filed(then) / count:,.1f}",
                f"{solved['open']:,}" if "open" in solved else "—",
            )
        )
    head = (
        ("経路", "問い合わせ", each, "調査の起票", each, "うち未解決")
        if ja
        else ("Mode", "Inquiries", each, "Investigations filed", each, "Still open of these")
    )
    proactive = _share(share_of(found.proactive), language)
    return Part(
        key="volumes",
        heading="件数" if ja else "How much came",
        aside="経路は混ぜません" if ja else "modes never mix in a figure",
        grid=Grid(head, tuple(rows), names_each=True),
        notes=(f"先回り率: {proactive}" if ja else f"Proactive share: {proactive}",),
    )


def in_order(modes: Iterable[str]) -> list[str]:
    """Put modes in the order in which they are spoken of: through CS first."""
    return sorted(modes, key=place_of)


def place_of(mode: str) -> tuple[int, str]:
    """Give the place of a mode among the others; one we do not know comes last."""
    known = list(MODES)
    return (known.index(mode) if mode in known else len(known), mode)


def _inquiries(figures: dict[str, Any]) -> int:
    return int(figures["flagged"]["of"]) if figures else 0


def _filed(figures: dict[str, Any]) -> int:
    return int(figures["sent_back"].get("of", 0)) if figures else 0


def quality_parts(report: PeriodReport, language: Language) -> Iterator[Part]:
    """Set every share of each mode against those before it; spreads stand beneath."""
    for mode in in_order(report.quality.found.modes):
        figures = report.quality.found.modes[mode]
        before = report.quality.before.modes.get(mode, {})
        rows = tuple(_rows(report, figures, before, language))
        said = tuple(_spreads(figures, language))
        if rows or said:
            name = MODES[mode][language] if mode in MODES else mode
            yield Part(
                key="quality",
                mode=mode,
                heading=f"サポート品質（{name}）" if language == "ja" else f"Quality, {name}",
                aside="この期間に受け付けたもの"
                if language == "ja"
                else "of what was received in these dates",
                grid=Grid(_quality_head(report, language), rows),
                said=said,
            )


def _quality_head(report: PeriodReport, language: Language) -> tuple[str, ...]:
    against = against_words(report.period, BEFORE[report.period.kind], language)
    if language == "ja":
        return ("値", "この期間", against, "変化")
    return ("Figure", "This time", against[:1].upper() + against[1:], "Change")


def _rows(
    report: PeriodReport, figures: dict[str, Any], before: dict[str, Any], language: Language
) -> Iterator[tuple[str, ...]]:
    ja = language == "ja"
    against = against_words(report.period, BEFORE[report.period.kind], language)
    for key in SHARES:
        now, then = share_of(figures.get(key)), share_of(before.get(key))
        if now is None and then is None:
            continue  # why it is not known stands in a part of its own
        moved = "—"
        if now and then and key in WITH_A_TERM:
            moved = change_words(change(now, then), against, language)
        elif now and then:
            moved = "比較対象外（前期間は解決までの時間が十分あるため）" if ja else OLDER
        yield NAMES[key][language], _share(now, language), _share(then, language), moved


OLDER = "not set against them: they have had longer"


def _share(share: Share | None, language: Language) -> str:
    if share is None:
        return "—"
    said = share_words(share, language=language, interval=wilson(share.count, share.of))
    return "—" if isinstance(said, Unknown) else said


def share_of(figure: Any) -> Share | None:
    """Give a figure as a share; None where it is none, or not known."""
    if figure is None or is_unknown(figure) or "count" not in figure:
        return None
    return Share(int(figure["count"]), int(figure["of"]))


def _spreads(figures: dict[str, Any], language: Language) -> Iterator[str]:
    ja = language == "ja"
    for key in SPREADS:
        figure = figures[key]
        if is_unknown(figure):
            continue
        said = said_words(key, figure, language)
        more = ("" if ja else " ").join(beside_words(key, figure, language))
        joint = "。" if ja else ". "
        yield f"{_capital(NAMES[key][language])}{'：' if ja else ': '}" + (
            f"{said}{joint}{more}" if said else more
        )


def unknown_parts(report: PeriodReport, language: Language) -> Iterator[Part]:
    """List what is not known of each mode, by its reason."""
    ja = language == "ja"
    joint = "、" if ja else ", "
    alike: dict[tuple[str, str], list[str]] = {}  # figures and reason -> modes
    for mode in in_order(report.quality.found.modes):
        figures = report.quality.found.modes[mode]
        by_reason: dict[str, list[str]] = {}
        for key, figure in figures.items():
            if key in NAMES and is_unknown(figure):
                why = figure["unknown"]
                reason = why.ja if ja and why.ja else why.reason
                by_reason.setdefault(reason, []).append(NAMES[key][language])
        for reason, keys in by_reason.items():
            name = MODES[mode][language] if mode in MODES else mode
            alike.setdefault((joint.join(keys), reason), []).append(name)
    rows = [(keys, joint.join(modes), reason) for (keys, reason), modes in alike.items()]
    if rows:
        yield Part(
            key="unknown",
            heading="分からないこと" if ja else "What is not known",
            aside="とその理由" if ja else "and why",
            is_detail=True,
            grid=Grid(("値", "経路", "理由") if ja else ("Figures", "Mode", "Why"), tuple(rows)),
        )


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
