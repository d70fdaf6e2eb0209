"""Groups records by case, on disk: pages come in any order and repeat each other."""

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
    """A record and its case. Of one kind and id the highest `version` is kept.

    Cases are sorted by `case_key`; pad numbers that should sort as numbers. Of two records with the
    same version, the one read later is kept.
    """

    case_key: str
    kind: str
    id: str
    version: str
    file: str
    line: int
    value: Any


class StoredRecord(NamedTuple):
    """A record of a case, with the file and line it was read from."""

    file: str
    line: int
    value: Any

    @property
    def origin(self) -> dict[str, Any]:
        """Return the cells with the file and line it was read from."""
        return {RAW_FILE: self.file, RAW_LINE: self.line}


@dataclass(frozen=True)
class CaseRecords:
    """All records of one case, by kind; those of a kind are sorted by id."""

    key: str
    kinds: dict[str, list[StoredRecord]] = field(default_factory=dict)

    def of(self, kind: str) -> list[StoredRecord]:
        """Return the records of a kind."""
        return self.kinds.get(kind, [])


def group_by_case(folder: Path, records: Iterable[CaseRecord]) -> Iterator[CaseRecords]:
    """Read all records, then yield the cases in the order of their keys.

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
