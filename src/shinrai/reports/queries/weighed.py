"""Work of a report in words: which jobs took most time, and how often tier 3 was needed."""

from collections.abc import Iterator

from shinrai.quality.queries.words import mode_name
from shinrai.reports.queries.parts import place_of
from shinrai.reports.queries.records import PeriodReport
from shinrai.reports.rules.headline import against_text
from shinrai.reports.rules.outline import Grid, Part
from shinrai.reports.rules.periods import BEFORE
from shinrai.statistics.interval import Interval
from shinrai.topics.queries import codebook
from shinrai.topics.rules.codebook import Codebook
from shinrai.units.text import Text, joined, verbatim
from shinrai.units.unknown import Unknown
from shinrai.workload.queries.summary import ModeWork
from shinrai.workload.rules.jobs import Weekly
from shinrai.workload.rules.kinds import job_name

MOST_JOBS = 8
HEAD = (
    *(Text("Job", context="reports"), Text("Cases")),
    *(Text("Minutes a case", context="reports"), Text("In all (95 %)")),
)
TIER_3_HOURS = Text("Tier 3, hours a week")
TIER_3_CALLS = Text("Tier 3, interruptions a week")


def work_parts(report: PeriodReport) -> Iterator[Part]:
    """Yield a part per mode: jobs by total time, and what tier 3 was asked for per week."""
    book = codebook(workspace_id=report.workspace.id)
    before = {mode.mode: mode for mode in report.work_before.modes}
    for mode in sorted(report.work.modes, key=lambda work: place_of(work.mode)):
        if not mode.jobs and not _called(mode):
            continue
        name = mode_name(mode.mode)
        yield Part(
            key="work",
            mode=mode.mode,
            heading=Text("Work, {name}", name=name),
            aside=Text("volume × minutes, heaviest first"),
            grid=Grid(HEAD, tuple(_jobs(mode, book))),
            said=tuple(_tier_3(mode, before.get(mode.mode), report)),
        )


def _called(mode: ModeWork) -> float:
    return sum(value for _, value in mode.interruptions.weeks)


def _jobs(mode: ModeWork, book: Codebook) -> Iterator[tuple[Text | str, ...]]:
    for job in mode.jobs[:MOST_JOBS]:
        tier = "" if job.tier is None else Text("tier {tier}", tier=job.tier)
        topic = book.name(job.topic) if job.topic else ""
        parts = [part for part in (job_name(job.job), tier, topic) if part]
        hours = [f"{seconds / 3600:,.1f}" for seconds in (job.spent_s, job.low_s, job.high_s)]
        yield (
            joined(parts, by=" / "),
            Text("{count:,}", context="cases", count=job.cases),
            Text("{minutes:,.1f}", context="minutes", minutes=job.spent_s / 60 / job.cases),
            Text("{hours} h ({low}–{high})", hours=hours[0], low=hours[1], high=hours[2]),
        )


def _tier_3(mode: ModeWork, before: ModeWork | None, report: PeriodReport) -> Iterator[Text]:
    pairs = (
        (TIER_3_HOURS, mode.tier3_hours, before.tier3_hours if before else None),
        (TIER_3_CALLS, mode.interruptions, before.interruptions if before else None),
    )
    against = against_text(report.period, BEFORE[report.period.kind])
    for name, now, then in pairs:
        said, earlier = _weekly(now), _weekly(then) if then is not None else "—"
        yield Text(
            "{name}: {said} ({against}: {earlier}).",
            name=name,
            said=said,
            against=against,
            earlier=earlier,
        )


def _weekly(found: Weekly | Unknown) -> Text:
    mean = found if isinstance(found, Unknown) else found.mean
    if isinstance(mean, Unknown):
        return Text("— ({why})", why=mean)
    ends = found.interval if isinstance(found, Weekly) else None
    if not isinstance(ends, Interval):
        return verbatim(f"{mean:,.1f}")
    return Text(
        "{counts} ({inside})", counts=f"{mean:,.1f}", inside=f"{ends.low:,.1f}–{ends.high:,.1f}"
    )
