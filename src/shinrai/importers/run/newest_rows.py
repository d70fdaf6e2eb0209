"""What imports said of a case, still packed, and opened: of every row what was said last."""

from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

from shinrai.importers.rules.derive.step import Seen
from shinrai.importers.rules.observation.packed_rows import unpacked

NOWHERE: Final[Mapping[str, Any]] = {}
_new = tuple.__new__  # what a named tuple's own constructor calls, for millions of them


class Packed(NamedTuple):
    """What rows of one file said about one case, still packed."""

    case_id: int
    table: str
    rows: str
    joins: bool
    said: bytes
    words: Mapping[str, Any] | None


def newest(packed: Iterable[Packed]) -> list[Seen]:
    """Open what was said about a case, and keep of every row what was said last."""
    found: dict[tuple[str, str], Seen] = {}
    for _, table, rows, joins, said, words in packed:
        places = words or NOWHERE
        for row_key, _, facts in unpacked(said):
            found[table, row_key] = _new(
                Seen, (table, rows, row_key, facts, places.get(row_key, NOWHERE), joins)
            )
    return list(found.values())
