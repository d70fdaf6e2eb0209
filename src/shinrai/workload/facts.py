"""The published table of work: entries of work on a case, without texts and without persons."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import pyarrow as pa

from shinrai.inquiries.rules.replay import replay as replay_inquiry
from shinrai.investigations.rules.replay import replay as replay_investigation
from shinrai.ledger.facts import LedgerCases, ZoneBasis, zone_bases
from shinrai.ledger.queries import CaseHead, case_heads, cases_with, standing_of
from shinrai.ledger.rules.steps import Step
from shinrai.units.moments import epoch_us
from shinrai.warehouse.fact_table import FactTable
from shinrai.warehouse.tables import Column, Table, transposed
from shinrai.workload.rules.entries import CaseWork, Entry, case_work
from shinrai.workload.rules.kinds import TIER_3

WORK = Table(
    name="work",
    grain="one entry of work on a case; entry 0 stands for the case itself",
    key=("workspace_id", "case_id", "index"),
    columns=(
        Column("workspace_id", "int", "the workspace"),
        Column("case_id", "int", "the inquiry or investigation"),
        Column("index", "int", "1 and up; 0: the case itself, which weighs nothing"),
        Column("reading", "int", "which reading of the case this is from; only the last counts"),
        Column("record", "string", "inquiry or investigation"),
        Column("mode", "string", "via_cs, direct or proactive; modes never mix"),
        Column("topic", "string", "as last labelled", null_means="never labelled"),
        Column("entry", "string", "worked, interruption, or case"),
        Column("happened_us", "int", "when it was", null_means="the case itself"),
        Column("happened_on", "date", "that date in the workspace's zone", null_means="as above"),
        Column("week_on", "date", "the Monday of that week", null_means="as above"),
        Column("tier", "int", "the tier that worked or was called", null_means="nobody knows"),
        Column("job", "string", "the kind of job"),
        Column("spent_s", "int", "how long it took; 0 for an interruption"),
        Column("doubt", "string", "why not to add it up", null_means="no doubt"),
    ),
    version=2,  # a blind label no longer passes for the topic
    parted_by="workspace_id",
)


@dataclass(frozen=True)
class _WorkedCases(LedgerCases):
    """All cases of the ledger that change; first, only those with any work or consultation."""

    def of_workspace(self, workspace_id: int) -> list[int]:
        return cases_with(workspace_id=workspace_id, kinds=("worked", "consulted"), tier=TIER_3)


def row(head: CaseHead, steps: Sequence[Step], zone: ZoneInfo) -> Iterator[dict[str, Any]]:
    """Yield the rows of a case: the case itself as entry 0, then its entries of work."""
    life = replay_inquiry(steps) if head.record == "inquiry" else replay_investigation(steps)
    work = case_work(steps, life.stretches) if steps else CaseWork(None, ())
    case = {
        "workspace_id": head.workspace_id,
        "case_id": head.id,
        "record": head.record,
        "mode": life.mode,
        "topic": work.topic,
    }
    yield (
        case
        | dict.fromkeys(("happened_us", "happened_on", "week_on", "tier", "doubt"))
        | {
            "index": 0,
            "entry": "case",
            "job": "",
            "spent_s": 0,
        }
    )
    for index, entry in enumerate(work.entries, start=1):
        yield case | {"index": index} | _worked(entry, zone)


def _worked(entry: Entry, zone: ZoneInfo) -> dict[str, Any]:
    on = entry.at.astimezone(zone).date()
    return {
        "entry": entry.kind,
        "happened_us": epoch_us(entry.at),
        "happened_on": on,
        "week_on": on - timedelta(days=on.weekday()),
        "tier": entry.tier,
        "job": entry.job,
        "spent_s": entry.spent_s,
        "doubt": entry.doubt,
    }


def rows(ids: list[int], basis: ZoneBasis, until: datetime | None, revision: int) -> pa.RecordBatch:
    """Return the rows of some cases; a case without entries gets one empty row, with number 0.

    It replaces the rows that were published for the case before.
    """
    heads, zone = case_heads(ids), ZoneInfo(basis.zone)
    found = standing_of(ids, workspace_id=basis.workspace_id, until=until)
    made = [one for case in ids for one in row(heads[case], found.get(case, []), zone)]
    columns = transposed(made, WORK)
    return WORK.batch(
        {**columns, "reading": [revision] * len(made), "revision": [revision] * len(made)}
    )


WORK_FACTS: Final = FactTable(
    table=WORK, app="workload", cases=_WorkedCases(), rows=rows, bases=zone_bases
)
FACT_TABLES: Final = (WORK_FACTS,)
