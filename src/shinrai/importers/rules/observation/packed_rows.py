"""The rows observed about one case, packed as bytes: they take a tenth of the space.

Every row is (its key, its line, its facts); moments are stored apart, as the hours are checked over
all rows of a source without unpacking them. **Source:** the format is MessagePack.
A row is packed right after it is read. The ids of persons come from the database later: until then
a stand-in is packed, which no text can contain.
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
    """Packs the rows of one import. A person has the same stand-in until their id is known."""

    _nonce: str = field(default_factory=lambda: token_hex(8))
    _count: int = 0
    _standing: dict[NamedPerson, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._encode = msgspec.msgpack.Encoder(enc_hook=self._person).encode

    def packed(self, rows: Sequence[ObservedRow]) -> list[bytes]:
        """Return each row packed."""
        encode = self._encode
        return [encode((row.row_key, row.line, row.facts)) for row in rows]

    def stand_in(self, person: NamedPerson) -> str | None:
        """Return the stand-in of a person whose id is not known yet; None otherwise."""
        written = person.written
        return written if written is not None and written.startswith(self._nonce) else None

    def number(self, person: NamedPerson, number: str) -> None:
        """Use a person's id from now on. Rows packed before still hold the stand-in."""
        person.written = number
        self._standing.pop(person, None)

    def together(self, rows: Sequence[bytes], swaps: Iterable[Replacement]) -> bytes:
        """Join packed rows into one list, with the stand-ins replaced by ids.

        Raises: AssertionError if a stand-in remains, which is an error of ours.
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
    """Return a stand-in and the id to replace it with, both packed."""
    return _written(stand_in), _written(number)


def _front(count: int) -> bytes:
    """Return the head of a MessagePack list of so many rows: one, three or five bytes."""
    if count < 16:
        return bytes((0x90 | count,))
    if count < 1 << 16:
        return b"\xdc" + count.to_bytes(2, "big")
    return b"\xdd" + count.to_bytes(4, "big")


def unpack(said: bytes | memoryview) -> list[PackedRow]:
    """Unpack rows: return the row key, line and facts of each, in order."""
    return _decode(said)


def moments_of(row: ObservedRow, *, is_sheet: bool) -> tuple[int, ...]:
    """Return the moments of a row: of all its steps in a sheet, otherwise its own."""
    if is_sheet:
        return tuple([step.at for step in row.facts["steps"]])
    return () if row.at_us is None else (row.at_us,)


def pack_moments(moments: Sequence[int]) -> bytes:
    """Pack moments: microseconds since 1970, as 64-bit little-endian integers."""
    return pack(f"<{len(moments)}q", *moments)


def words_in(found: Iterable[Mapping[str, Mapping[str, Sequence[Any]]] | None]) -> set[int]:
    """Return the ids of the texts that observations refer to."""
    return {
        int(place[0])
        for of_rows in found
        if of_rows
        for places in of_rows.values()
        for place in places.values()
    }
