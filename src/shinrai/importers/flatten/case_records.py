"""Put together what belongs to one case, on disk: pages come in any order and repeat each other."""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from shinrai.importers.flatten.csv_tables import RAW_FILE, RAW_LINE
from shinrai.importers.flatten.json_documents import whole_text

_SAVE = """
INSERT INTO held VALUES (?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (case_key, kind, id) DO UPDATE SET
  version = excluded.version, file = excluded.file, line = excluded.line, value = excluded.value
WHERE excluded.version >= held.version
"""


class CaseRecord(NamedTuple):
    """A record and whose it is. Of one kind and id the highest `version` is kept.

    `case_key` orders cases; write numbers padded if they should come in their order. Where two
    say the same version, the later one read counts.
    """

    case_key: str
    kind: str
    id: str
    version: str
    file: str
    line: int
    value: Any


class StoredRecord(NamedTuple):
    """A record of a case, and where it was read."""

    file: str
    line: int
    value: Any

    @property
    def origin(self) -> dict[str, Any]:
        """Return the cells that say where it was read."""
        return {RAW_FILE: self.file, RAW_LINE: self.line}


@dataclass(frozen=True)
class CaseRecords:
    """All records of one case, by kind, each kind in the order of its ids."""

    key: str
    kinds: dict[str, list[StoredRecord]] = field(default_factory=dict)

    def of(self, kind: str) -> list[StoredRecord]:
        """List the records of a kind."""
        return self.kinds.get(kind, [])


def group_by_case(folder: Path, records: Iterable[CaseRecord]) -> Iterator[CaseRecords]:
    """Read all records, then stream the cases in the order of their keys.

    Memory holds one case at a time; the folder (0700, see folder.py) holds the rest meanwhile.
    """
    path = folder / "gathered.sqlite"
    with closing(sqlite3.connect(path, isolation_level=None)) as books:
        books.execute("PRAGMA journal_mode = OFF")
        books.execute("PRAGMA synchronous = OFF")  # killed, it is simply gathered again
        books.execute(
            "CREATE TABLE held (case_key, kind, id, version, file, line, value, "
            "PRIMARY KEY (case_key, kind, id)) WITHOUT ROWID"
        )
        books.execute("BEGIN")
        books.executemany(_SAVE, map(_as_row, records))
        books.execute("COMMIT")
        yield from _cases(books)
    path.unlink()


def _as_row(record: CaseRecord) -> tuple[Any, ...]:
    told = json.dumps(record.value, ensure_ascii=False, separators=(",", ":"))
    return (*map(whole_text, record[:5]), record.line, whole_text(told))


def _cases(books: sqlite3.Connection) -> Iterator[CaseRecords]:
    case: CaseRecords | None = None
    found = books.execute("SELECT case_key, kind, file, line, value FROM held ORDER BY 1, 2, id")
    for key, kind, file, line, value in found:
        if case is None or case.key != key:
            if case is not None:
                yield case
            case = CaseRecords(key)
        case.kinds.setdefault(kind, []).append(StoredRecord(file, line, json.loads(value)))
    if case is not None:
        yield case
