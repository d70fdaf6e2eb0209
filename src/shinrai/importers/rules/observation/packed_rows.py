"""What rows said about one case, packed as bytes: a log of ten million rows is kept in a tenth.

Every row is (its key, its line, its facts); the moments lie beside, for the hours are judged over
all rows of a source without opening what else they said. **Source:** the format is MessagePack.

A row is packed as it is read, while it lies in the processor's own memory. By which number a person
goes is known later, from the database: until then a stand-in is packed, which no text can contain.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from secrets import token_hex
from struct import pack
from typing import Any

import msgspec

from shinrai.importers.rules.observation.cell_values import NamedPerson
from shinrai.importers.rules.observation.rows import ObservedRow

PackedRow = tuple[str, int, dict[str, Any]]
Replacement = tuple[bytes, bytes]  # a stand-in and the number in its place, both packed
_decode = msgspec.msgpack.Decoder(list[PackedRow]).decode
_written = msgspec.msgpack.Encoder().encode


@dataclass
class RowPacker:
    """Packs the rows of one import. The same person has one stand-in until they are numbered."""

    _nonce: str = field(default_factory=lambda: token_hex(8))
    _count: int = 0
    _standing: dict[NamedPerson, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._encode = msgspec.msgpack.Encoder(enc_hook=self._person).encode

    def packed(self, rows: Sequence[ObservedRow]) -> list[bytes]:
        """Pack rows, each by itself."""
        encode = self._encode
        return [encode((row.row_key, row.line, row.facts)) for row in rows]

    def stand_in(self, person: NamedPerson) -> str | None:
        """Return what stands for a person who has no number yet."""
        written = person.written
        return written if written is not None and written.startswith(self._nonce) else None

    def number(self, person: NamedPerson, number: str) -> None:
        """Write a person's number from now on. What is packed already needs a swap."""
        person.written = number
        self._standing.pop(person, None)

    def together(self, rows: Sequence[bytes], swaps: Iterable[Replacement]) -> bytes:
        """Lay packed rows together, with the numbers of those they name.

        Raises: AssertionError if somebody is packed whom no row was said to name: our error.
        """
        said = _front(len(rows)) + b"".join(rows)
        for stand_in, number in swaps:
            said = said.replace(stand_in, number)
        if self._nonce.encode() in said:
            raise AssertionError("a row names somebody who has no number; nothing was written")
        return said

    def _person(self, value: Any) -> str:
        if not isinstance(value, NamedPerson):
            raise NotImplementedError(f"{type(value).__name__} is no fact")
        if value.written is None:
            value.written = self._standing.get(value)
            if value.written is None:
                self._count += 1
                value.written = self._standing[value] = f"{self._nonce}{self._count}"
        return value.written


def replacement(stand_in: str, number: str) -> Replacement:
    """Prepare to put a number in the place of a stand-in."""
    return _written(stand_in), _written(number)


def _front(count: int) -> bytes:
    """Open a list of so many rows: one byte, three or five, as MessagePack has it."""
    if count < 16:
        return bytes((0x90 | count,))
    if count < 1 << 16:
        return b"\xdc" + count.to_bytes(2, "big")
    return b"\xdd" + count.to_bytes(4, "big")


def unpack(said: bytes | memoryview) -> list[PackedRow]:
    """Open what was packed: row key, line and facts of every row, in their order."""
    return _decode(said)


def moments_of(row: ObservedRow, *, is_sheet: bool) -> tuple[int, ...]:
    """List the moments a row speaks of: of a sheet those of all its steps, else its own."""
    if is_sheet:
        return tuple([step.at for step in row.facts["steps"]])
    return () if row.at_us is None else (row.at_us,)


def pack_moments(moments: Sequence[int]) -> bytes:
    """Line up moments: microseconds since 1970, little-endian."""
    return pack(f"<{len(moments)}q", *moments)


def words_in(found: Iterable[Mapping[str, Mapping[str, Sequence[Any]]] | None]) -> set[int]:
    """Number the words that observations tell the places of."""
    return {
        int(place[0])
        for of_rows in found
        if of_rows
        for places in of_rows.values()
        for place in places.values()
    }
