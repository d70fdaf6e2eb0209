"""The published table of topics: which label counts as which topic, without names."""

from datetime import datetime
from typing import Final

import pyarrow as pa

from shinrai.ledger.facts import ZoneBasis, zone_bases
from shinrai.topics.queries import changed_codebooks, codebook
from shinrai.warehouse.fact_table import FactTable
from shinrai.warehouse.tables import Column, Table

TOPICS = Table(
    name="topics",
    grain="one label of which a codebook says something",
    key=("workspace_id", "label"),
    columns=(
        Column("workspace_id", "int", "the workspace"),
        Column("label", "string", "a topic's key, or a label as a source brought it"),
        Column("topic", "string", "the key of the topic it counts as today"),
        Column("codebook", "int", "the codebook's version that said so last"),
    ),
    parted_by="workspace_id",
)


class _Codebooks:
    """The codebooks, as `warehouse.fact_table.CaseSource`: one per workspace, with its id."""

    def changed(self, *, since: int, upto: int) -> list[tuple[int, int]]:
        return [(there, there) for there in changed_codebooks(since=since, upto=upto)]

    def of_workspace(self, workspace_id: int) -> list[int]:
        return [workspace_id]

    def moved(self, workspace_id: int, *, at: datetime) -> set[int]:
        return {workspace_id}

    def is_ahead(self, workspace_id: int, *, at: datetime) -> bool:
        return False


def rows(ids: list[int], basis: ZoneBasis, until: datetime | None, revision: int) -> pa.RecordBatch:
    """Return a row for each label of a workspace's codebook; it is always published whole."""
    found = codebook(workspace_id=basis.workspace_id, until=until)
    count = len(found.topics)
    return TOPICS.batch(
        {
            "workspace_id": [basis.workspace_id] * count,
            "label": list(found.topics),
            "topic": [found.counts_as(key) for key in found.topics],
            "codebook": [topic.codebook for topic in found.topics.values()],
            "revision": [revision] * count,
        }
    )


TOPIC_FACTS: Final = FactTable(
    table=TOPICS, app="topics", cases=_Codebooks(), rows=rows, bases=zone_bases, case="workspace_id"
)
FACT_TABLES: Final = (TOPIC_FACTS,)
