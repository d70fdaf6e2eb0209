"""Labels and findings read whole, or of what changed; and who bears the keys that findings name."""

from functools import lru_cache
from typing import Any

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from shinrai.quality.queries.asking import ask
from shinrai.quality.queries.tallied import Read
from shinrai.quality.rules.kinds import Ints
from shinrai.quality.rules.labels import NOTHING, Labelled
from shinrai.quality.rules.names import Names
from shinrai.quality.tables import INQUIRIES, INVESTIGATIONS
from shinrai.topics.tables import TOPICS
from shinrai.warehouse.store import Warehouse

LABELS = ("case_id", "topic", "double_labels")
FOUND = ("case_id", "mode", "finder", "finding_us", "topic", "inquiry_id", "inquiry_key")
NOT_ASKED = np.empty(0, np.int64)


def read_whole(
    warehouse: Warehouse,
    workspace_id: int,
    mine: Labelled,
    *,
    inquiries: Read,
    investigations: Read,
) -> None:
    """Read all labels and findings of the versions that tallies were read from."""
    rows = ask(warehouse, workspace_id, INQUIRIES, _labels(), read=inquiries).rows
    put_labels(mine, rows, asked=NOT_ASKED)
    rows = ask(warehouse, workspace_id, INVESTIGATIONS, _findings(), read=investigations).rows
    put_findings(mine, rows, asked=NOT_ASKED)


def read_codebook(warehouse: Warehouse, workspace_id: int, mine: Labelled) -> Read:
    """Read what labels count as today."""
    answer = ask(warehouse, workspace_id, TOPICS, _codebook())
    labels, topics = answer.rows["label"].to_pylist(), answer.rows["topic"].to_pylist()
    mine.counts_as = dict(zip(labels, topics, strict=True))
    return Read(answer.versions[TOPICS.name], answer.fresh[TOPICS.name])


def put_labels(mine: Labelled, rows: pa.Table, *, asked: Ints) -> None:
    """Write the labels of inquiries as they stand; those `asked` and not in the rows are gone."""
    for case_id in np.setdiff1d(asked, rows["case_id"].to_numpy()).tolist():
        mine.is_gone(case_id)
    for case_id, key in _keys(mine, rows):
        mine.bears(case_id, key)
    rows = rows.filter(pc.or_(rows["topic"].is_valid(), rows["double_labels"].is_valid()))
    rows = rows.sort_by("case_id")
    mine.inquiries.put_told(
        rows["case_id"].to_numpy(),
        asked=asked,
        label=_numbered(rows["topic"], mine.names),
        several=_numbered(rows["double_labels"], mine.names),
    )


def put_findings(mine: Labelled, rows: pa.Table, *, asked: Ints) -> None:
    """Write the findings of investigations as they stand, likewise."""
    rows = rows.filter(rows["finder"].is_valid()).sort_by("case_id")
    mine.findings.put_told(
        rows["case_id"].to_numpy(),
        asked=asked,
        mode=_numbered(rows["mode"], mine.names),
        finder=_numbered(rows["finder"], mine.names),
        us=_filled(rows["finding_us"]),
        label=_numbered(rows["topic"], mine.names),
        inquiry_id=_filled(rows["inquiry_id"]),
        key=_numbered(rows["inquiry_key"], mine.keys),
    )


def find_bearers(warehouse: Warehouse, workspace_id: int, mine: Labelled, read: Read) -> None:
    """Ask which inquiries bear the keys that findings name since the last time."""
    unknown = mine.unknown_keys()
    if not unknown:
        return
    mine.bearers.update({key: set() for key in unknown})
    given = pa.table({"case_key": pa.array([mine.keys[key] for key in unknown], pa.string())})
    rows = ask(warehouse, workspace_id, INQUIRIES, _bearers(), read=read, keys=given).rows
    for case_id, key in _keys(mine, rows):
        mine.bears(case_id, key)


def _keys(mine: Labelled, rows: pa.Table) -> Any:
    if not mine.bearers:
        return ()
    return zip(rows["case_id"].to_pylist(), rows["case_key"].to_pylist(), strict=True)


def _numbered(column: Any, names: Names) -> Ints:
    """Number names; each is looked up once, however many rows hold it."""
    found = pc.dictionary_encode(column.combine_chunks())
    numbers = np.array([*names.numbers(found.dictionary.to_pylist()), NOTHING], np.int64)
    numbered: Ints = numbers[np.asarray(found.indices.fill_null(len(numbers) - 1), np.int64)]
    return numbered


def _filled(column: Any) -> Ints:
    return np.asarray(column.fill_null(NOTHING).to_numpy(), np.int64)


@lru_cache(maxsize=1)
def _labels() -> Any:
    rows = INQUIRIES.unbound()
    return rows.filter(rows.topic.notnull() | rows.double_labels.notnull()).select(*LABELS)


@lru_cache(maxsize=1)
def _findings() -> Any:
    rows = INVESTIGATIONS.unbound()
    return rows.filter(rows.finder.notnull()).select(*FOUND)


@lru_cache(maxsize=1)
def _codebook() -> Any:
    return TOPICS.unbound().select("label", "topic")


@lru_cache(maxsize=1)
def _bearers() -> Any:
    keys = ibis.table({"case_key": "string"}, name="keys")
    return INQUIRIES.unbound().semi_join(keys, "case_key").select("case_id", "case_key")
