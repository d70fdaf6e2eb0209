"""What investigations found, by topic, service or month, and what became of defects."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final

from shinrai.accounts.queries import WorkspaceRecord
from shinrai.investigations.rules.kinds import VERDICTS
from shinrai.ledger.queries import case_keys
from shinrai.quality.queries.day_counts import NAME
from shinrai.quality.rules.investigations import DEFECTS
from shinrai.warehouse.day_counts import day_numbers
from shinrai.warehouse.fresh import Fresh

NOT_RECORDED: Final = "none"  # of an address: the group of what no step says


@dataclass(frozen=True)
class Finding:
    """The last finding of an investigation; `defect` None: no defect, or nothing is recorded."""

    case_id: int
    on: date
    mode: str
    verdict: str
    service: str | None
    about: str | None
    defect: str | None
    key: str = ""

    @property
    def month(self) -> str:
        """Return the month it was found in, such as 2026-11."""
        return f"{self.on:%Y-%m}"


@dataclass(frozen=True)
class FindingGroup:
    """The findings of one topic, service or month (None: not recorded), counted by verdict."""

    group: str | None
    counts: dict[str, int]

    @property
    def count(self) -> int:
        """Return the number of findings."""
        return sum(self.counts.values())


@dataclass(frozen=True)
class FindingReport:
    """The findings between two dates; `at` None: not counted yet."""

    at: datetime | None
    findings: tuple[Finding, ...]
    versions: dict[str, int]
    fresh: dict[str, Fresh | None]

    @property
    def modes(self) -> list[tuple[str, int]]:
        """List the modes with the number of their findings, the largest first."""
        counts = _counted(self.findings, lambda one: one.mode)
        return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))


GROUPS: Final[dict[str, Callable[[Finding], str | None]]] = {
    "topic": lambda one: one.about,
    "service": lambda one: one.service,
    "month": lambda one: one.month,
}
PARTS: Final[dict[str, Callable[[Finding], str | None]]] = {
    **GROUPS,
    "mode": lambda one: one.mode,
    "verdict": lambda one: one.verdict,
    "defect": lambda one: one.defect,
}


def findings_between(
    *, workspace: WorkspaceRecord, since: date | None, until: date | None
) -> FindingReport:
    """Return the findings between two dates, both included, the latest first."""
    found = day_numbers(
        NAME, workspace_id=workspace.id, questions=("verdicts",), since=since, until=until
    )
    if found is None:
        return FindingReport(None, (), versions={}, fresh={})
    fill, numbers = found[0], found[1]["verdicts"].between(since, until)
    rows = zip(numbers["case_id"].tolist(), numbers.on.tolist(), numbers.key.tolist(), strict=True)
    findings = [
        Finding(case_id, date.fromordinal(on), *numbers.combinations[key])
        for case_id, on, key in rows
    ]
    findings.sort(key=lambda one: (one.on, one.case_id), reverse=True)
    return FindingReport(fill.at, tuple(findings), dict(fill.versions), dict(fill.fresh))


def grouped(findings: Iterable[Finding], by: str) -> tuple[FindingGroup, ...]:
    """Count findings by verdict in each topic, service or month; not recorded stands last."""
    groups: dict[str | None, list[Finding]] = defaultdict(list)
    for one in findings:
        groups[GROUPS[by](one)].append(one)
    rows = [
        FindingGroup(group, {verdict: counts.get(verdict, 0) for verdict in VERDICTS})
        for group, some in groups.items()
        for counts in [_counted(some, _known_verdict)]
    ]
    if by == "month":
        return tuple(sorted(rows, key=lambda row: row.group or "", reverse=True))
    return tuple(sorted(rows, key=lambda row: (row.group is None, -row.count, row.group or "")))


def defects_by_state(findings: Iterable[Finding]) -> dict[str, int]:
    """Count defects by what became of them: fixed, open, in a ticket, or not recorded."""
    defects = [one for one in findings if one.verdict == "defect"]
    counts = _counted(defects, lambda one: one.defect or NOT_RECORDED)
    return {state: counts.get(state, 0) for state in (*reversed(DEFECTS), NOT_RECORDED)}


def narrowed(findings: Iterable[Finding], asked: dict[str, str]) -> list[Finding]:
    """Keep the findings of the parts asked for ("none": those of which it is not recorded)."""
    return [
        one
        for one in findings
        if all(
            (PARTS[part](one) or NOT_RECORDED) == wanted for part, wanted in asked.items() if wanted
        )
    ]


def with_keys(findings: Iterable[Finding]) -> list[Finding]:
    """Add to each finding the key of its case."""
    every = list(findings)
    keys = case_keys([one.case_id for one in every])
    return [replace(one, key=keys[one.case_id]) for one in every if one.case_id in keys]


def _known_verdict(one: Finding) -> str:
    return one.verdict if one.verdict in VERDICTS else "unknown"


def _counted(findings: Iterable[Finding], part: Callable[[Finding], Any]) -> dict[Any, int]:
    counts: dict[Any, int] = defaultdict(int)
    for one in findings:
        counts[part(one)] += 1
    return dict(counts)
