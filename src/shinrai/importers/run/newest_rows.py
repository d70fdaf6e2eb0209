"""Unpack the newest observation of every row of a case."""

from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

from shinrai.importers.rules.derive.step import StoredRow
from shinrai.importers.rules.observation.packed_rows import unpack

NO_WORDS: Final[Mapping[str, Any]] = {}
_new = tuple.__new__  # what a named tuple's own constructor calls, for millions of them


class PackedRows(NamedTuple):
    """The observed rows of one file about one case, still packed."""

    case_id: int
    table: str
    rows: str
    joins: bool
    said: bytes
    words: Mapping[str, Any] | None


def newest_rows(packed: Iterable[PackedRows]) -> list[StoredRow]:
    """Unpack the observations of a case; of each row the last one is returned."""
    found: dict[tuple[str, str], StoredRow] = {}
    for _, table, rows, joins, said, words in packed:
        places = words or NO_WORDS
        for row_key, _, facts in unpack(said):
            found[table, row_key] = _new(
                StoredRow, (table, rows, row_key, facts, places.get(row_key, NO_WORDS), joins)
            )
    return list(found.values())
