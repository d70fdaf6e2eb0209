"""The published table of investigations: numbers, moments and keys, no message texts."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

import pyarrow as pa

from shinrai.investigations.rules.replay import replay
from shinrai.ledger.facts import LedgerCases, ZoneBasis, zone_bases
from shinrai.ledger.queries import CaseHead, case_heads, standing_of
from shinrai.ledger.rules.steps import Step
from shinrai.quality.facts.inquiries import CASE, NO, WORKSPACE
from shinrai.quality.rules.investigations import investigation_facts
from shinrai.warehouse.fact_table import FactTable
from shinrai.warehouse.tables import Column, Table, attributes, transposed

NUMBERED: Final = re.compile(r"[a-z_]+:\d+")  # who, by number: a name would not be published

INVESTIGATIONS = Table(
    name="investigation_facts",
    grain="one investigation",
    key=("workspace_id", "case_id"),
    columns=(
        WORKSPACE,
        *CASE,
        Column("inquiry_id", "int", "the inquiry it is about", null_means="it stands alone"),
        Column("filed_us", "int", "when it was filed", null_means=NO),
        Column("filed_on", "date", "that date, in the workspace's zone", null_means=NO),
        Column("answered_us", "int", "when it was first answered", null_means=NO),
        Column("sent_back_count", "int", "how often it was sent back"),
        Column("sent_back_us", "int", "when it was first sent back", null_means=NO),
        Column("missing_facts", "int", "bit N: the N-th fact was missing"),
        Column("wrong_us", "int", "when an answer was reopened or contradicted", null_means=NO),
        Column("verdict", "string", "the last finding", null_means="none yet"),
        Column("finding_us", "int", "when it was found", null_means="none yet"),
        Column("finding_on", "date", "that date, in the workspace's zone", null_means="none yet"),
        Column("finder", "string", "who found it, by number", null_means="none yet"),
        Column("any_doubt", "string", "first doubt about any step", null_means="no doubt"),
        Column("topic", "string", "as the filing says", null_means="it does not say"),
        Column("inquiry_key", "string", "the inquiry it names", null_means="none, or no key"),
        Column("service", "string", "as the filing says", null_means="it does not say"),
        Column("defect", "string", "what became of it", null_means="no defect, or not recorded"),
    ),
    version=3,
    parted_by="workspace_id",
)


def row(head: CaseHead, steps: Sequence[Step], zone: ZoneInfo) -> dict[str, Any]:
    """Return the facts of an investigation, from its valid steps."""
    facts = investigation_facts(steps, replay(steps))
    filed_at, found_at, finder = facts.filed_at, facts.finding_at, facts.finder
    return {
        **attributes(INVESTIGATIONS, head),
        **attributes(INVESTIGATIONS, facts),
        "case_id": head.id,
        "case_key": head.source_key,
        "inquiry_id": head.parent_id,
        "filed_on": None if filed_at is None else filed_at.astimezone(zone).date(),
        "finding_on": None if found_at is None else found_at.astimezone(zone).date(),
        "missing_facts": facts.missing,
        "finder": finder if finder and NUMBERED.fullmatch(finder) else None,
    }


def rows(ids: list[int], basis: ZoneBasis, until: datetime | None, revision: int) -> pa.RecordBatch:
    """Return the rows of some investigations; they do not depend on a calendar."""
    found = standing_of(ids, workspace_id=basis.workspace_id, until=until)
    heads, zone = case_heads(found), ZoneInfo(basis.zone)
    made = [row(heads[case_id], steps, zone) for case_id, steps in found.items() if steps]
    columns = transposed(made, INVESTIGATIONS)
    return INVESTIGATIONS.batch({**columns, "revision": [revision] * len(made)})


INVESTIGATION_FACTS: Final = FactTable(
    table=INVESTIGATIONS,
    app="quality",
    cases=LedgerCases("investigation"),
    rows=rows,
    bases=zone_bases,
    began="filed",
)
FACT_TABLES: Final = (INVESTIGATION_FACTS,)
