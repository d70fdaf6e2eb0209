"""What rows said about one case, packed as bytes: a log of ten million rows is kept in a tenth.

Every row is (its key, its line, its facts); the moments lie beside, for the hours are judged over
all rows of a source without opening what else they said. **Source:** the format is MessagePack.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from struct import pack
from typing import Any

import msgspec

from shinrai.importers.rules.observing.rows import Observed
from shinrai.importers.rules.observing.taking import Person

Said = tuple[str, int, dict[str, Any]]
_decode = msgspec.msgpack.Decoder(list[Said]).decode


def packer(number_of: Callable[[Person], str]) -> Callable[[Sequence[Observed]], bytes]:
    """Compile how rows of one stretch are packed, with numbers in the place of names."""
    known: dict[int, str] = {}

    def numbered(value: Any) -> str:
        if (number := known.get(id(value))) is not None:
            return number
        if isinstance(value, Person):
            number = known[id(value)] = number_of(value)
            return number
        raise NotImplementedError(f"{type(value).__name__} is no fact")

    encode = msgspec.msgpack.Encoder(enc_hook=numbered).encode
    return lambda rows: encode([(row.row_key, row.line, row.facts) for row in rows])


def unpacked(said: bytes | memoryview) -> list[Said]:
    """Open what was packed: row key, line and facts of every row, in their order."""
    return _decode(said)


def moments_in(rows: Sequence[Observed], *, is_sheet: bool) -> bytes:
    """Line up every moment the rows speak of: microseconds since 1970, little-endian.

    A row of a sheet speaks of the moments of all its steps, any other of its own.
    """
    if is_sheet:
        found = [step.at for row in rows for step in row.facts["steps"]]
    else:
        found = [row.at_us for row in rows if row.at_us is not None]
    return pack(f"<{len(found)}q", *found)


def words_in(found: Iterable[Mapping[str, Mapping[str, Sequence[Any]]] | None]) -> set[int]:
    """Number the words that observations tell the places of."""
    return {
        int(place[0])
        for of_rows in found
        if of_rows
        for places in of_rows.values()
        for place in places.values()
    }
