"""Work of a report in words: what weighed most, and what product engineers were asked for."""

from collections.abc import Iterator

from shinrai.console.rules.wording import Language
from shinrai.quality.queries.words import MODES
from shinrai.reports.queries.parts import place_of
from shinrai.reports.queries.records import PeriodReport
from shinrai.reports.rules.headline import against_words
from shinrai.reports.rules.outline import Grid, Part
from shinrai.reports.rules.periods import BEFORE
from shinrai.statistics.interval import Interval
from shinrai.topics.queries import codebook
from shinrai.topics.rules.codebook import Codebook
from shinrai.units.unknown import Unknown
from shinrai.workload.queries.summary import ModeWork
from shinrai.workload.rules.jobs import Weekly
from shinrai.workload.rules.kinds import job_words

MOST_JOBS = 8


def work_parts(report: PeriodReport, language: Language) -> Iterator[Part]:
    """Rank what weighed most by volume times minutes, and say what tier 3 was asked for."""
    book = codebook(workspace_id=report.workspace.id)
    before = {mode.mode: mode for mode in report.work_before.modes}
    for mode in sorted(report.work.modes, key=lambda work: place_of(work.mode)):
        name = MODES[mode.mode][language] if mode.mode in MODES else mode.mode
        ja = language == "ja"
        if not mode.jobs and not _called(mode):
            continue
        yield Part(
            key="work",
            mode=mode.mode,
            heading=f"作業（{name}）" if ja else f"Work, {name}",
            aside="件数×分の重い順" if ja else "volume × minutes, heaviest first",
            grid=Grid(
                ("作業", "件数", "1件あたり", "合計（95%区間）")
                if ja
                else ("Job", "Cases", "Minutes a case", "In all (95 %)"),
                tuple(_jobs(mode, language, book)),
            ),
            said=tuple(_tier_3(mode, before.get(mode.mode), report, language)),
        )


def _called(mode: ModeWork) -> float:
    return sum(value for _, value in mode.interruptions.weeks)


def _jobs(mode: ModeWork, language: Language, book: Codebook) -> Iterator[tuple[str, ...]]:
    ja = language == "ja"
    for job in mode.jobs[:MOST_JOBS]:
        tier = "" if job.tier is None else f"{job.tier}次" if ja else f"tier {job.tier}"
        topic = book.name(job.topic, language) if job.topic else ""
        name = " / ".join(part for part in (job_words(job.job, language), tier, topic) if part)
        hours = [f"{seconds / 3600:,.1f}" for seconds in (job.spent_s, job.low_s, job.high_s)]
        each = f"{job.spent_s / 60 / job.cases:,.1f}"
        if ja:
            total = f"{hours[0]}時間（{hours[1]}〜{hours[2]}）"
            yield name, f"{job.cases:,}件", f"{each}分", total
        else:
            yield name, f"{job.cases:,}", each, f"{hours[0]} h ({hours[1]}–{hours[2]})"


def _tier_3(
    mode: ModeWork, before: ModeWork | None, report: PeriodReport, language: Language
) -> Iterator[str]:
    ja = language == "ja"
    names = (
        ("3次（開発）の作業時間／週", "3次への割り込み／週")
        if ja
        else ("Tier 3, hours a week", "Tier 3, interruptions a week")
    )
    pairs = (
        (mode.tier3_hours, before.tier3_hours if before else None),
        (mode.interruptions, before.interruptions if before else None),
    )
    against = against_words(report.period, BEFORE[report.period.kind], language)
    for name, (now, then) in zip(names, pairs, strict=True):
        said = _weekly(now, language)
        earlier = _weekly(then, language) if then is not None else "—"
        if ja:
            yield f"{name}：{said}（{against}は{earlier}）。"
        else:
            yield f"{name}: {said} ({against}: {earlier})."


def _weekly(found: Weekly | Unknown, language: Language) -> str:
    mean = found if isinstance(found, Unknown) else found.mean
    if isinstance(mean, Unknown):
        why = mean.ja if language == "ja" and mean.ja else mean.reason
        return f"—（{why}）" if language == "ja" else f"— ({why})"
    ends = found.interval if isinstance(found, Weekly) else None
    if not isinstance(ends, Interval):
        return f"{mean:,.1f}"
    inside = f"{ends.low:,.1f}–{ends.high:,.1f}"
    return f"{mean:,.1f}（{inside}）" if language == "ja" else f"{mean:,.1f} ({inside})"
