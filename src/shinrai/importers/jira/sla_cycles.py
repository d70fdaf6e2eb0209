"""A service desk's SLA times: the cycles of each SLA, and the figures of the last completed one.

**Source:** developer.atlassian.com (service desk: SLA information): moments as `{iso8601,
epochMillis}`, durations as `{millis}`; a raw field holds milliseconds (JSDCLOUD-2408).
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from shinrai.importers.flatten.case_records import CaseRecords
from shinrai.importers.flatten.csv_tables import FlatRow
from shinrai.importers.jira.values import at_of, millis_of

FIRST: Final = "Time to first response"
WHOLE: Final = "Time to resolution"
# The two that a service desk begins with, in the words of sites in English and in Japanese.
KNOWN: Final = {
    "time to first response": FIRST, "first response": FIRST, "time to first reply": FIRST,
    "初回応答までの時間": FIRST, "最初の応答までの時間": FIRST, "初回応答時間": FIRST,
    "最初の返信までの時間": FIRST,
    "time to resolution": WHOLE, "resolution time": WHOLE, "time to resolve": WHOLE,
    "解決までの時間": WHOLE, "解決時間": WHOLE,
}  # fmt: skip
FIGURES: Final = ("elapsedTime", "goalDuration", "breached")
SAYS: Final = tuple(f"{name}.{figure}" for name in (FIRST, WHOLE) for figure in FIGURES)
COLUMNS: Final = (
    "issue", "cycle", "name", "started_at", "stopped_at", "breached_at", "breached",
    "goal_ms", "elapsed_ms", "is_ongoing", "paused",
)  # fmt: skip


def says_of(case: CaseRecords) -> dict[str, Any]:
    """Return the figures of the last completed cycle of the two usual SLAs, by English names."""
    found: dict[str, Any] = {}
    for held in case.of("sla"):
        name = KNOWN.get(str(held.value.get("name") or "").strip().lower())
        cycles = list(_completed(held.value))
        if name is None or not cycles:
            continue
        last = cycles[-1]
        found |= {
            f"{name}.elapsedTime": millis_of(last.get("elapsedTime")),
            f"{name}.goalDuration": millis_of(last.get("goalDuration")),
            f"{name}.breached": last.get("breached"),
        }
    return found


def cycle_rows(case: CaseRecords, key: str) -> Iterator[FlatRow]:
    """Yield every cycle as a row, completed ones first; no steps are made of them."""
    for held in case.of("sla"):
        sla = held.value
        ongoing = sla.get("ongoingCycle")
        cycles = [*_completed(sla), *([ongoing] if isinstance(ongoing, dict) else [])]
        for cycle in cycles:
            started = at_of(cycle.get("startTime"))
            yield (
                "sla",
                {
                    "raw_file": held.file,
                    "raw_line": held.line,
                    "issue": key,
                    "cycle": f"{sla.get('id') or sla.get('name')}@{started}",
                    "name": sla.get("name"),
                    "started_at": started,
                    "stopped_at": at_of(cycle.get("stopTime")),
                    "breached_at": at_of(cycle.get("breachTime")),
                    "breached": cycle.get("breached"),
                    "goal_ms": millis_of(cycle.get("goalDuration")),
                    "elapsed_ms": millis_of(cycle.get("elapsedTime")),
                    "is_ongoing": cycle is ongoing,
                    "paused": cycle.get("paused"),
                },
            )


def _completed(sla: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield the completed cycles, in the order they ended."""
    cycles = (cycle for cycle in sla.get("completedCycles") or () if isinstance(cycle, dict))
    yield from sorted(cycles, key=lambda cycle: str(at_of(cycle.get("stopTime"))))
