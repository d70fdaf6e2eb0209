"""Rows in PostgreSQL's binary format, which avoids converting very many values to text and back.

A row is its number of fields, and for each field its length and its bytes, big-endian; a moment
counts microseconds from 2000-01-01 UTC. **Source:** PostgreSQL documentation, COPY, Binary Format.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from struct import Struct
from typing import Any, Final

import msgspec
from django.db import connection, transaction
from psycopg import Cursor, sql
from psycopg.types.json import set_json_loads

from shinrai.postgres.bulk import checked_by_index

BEGIN: Final = b"PGCOPY\n\xff\r\n\x00" + bytes(8)
END: Final = b"\xff\xff"
NULL: Final = b"\xff\xff\xff\xff"
SINCE_2000_US: Final = 946_684_800_000_000  # 2000-01-01 UTC in microseconds since 1970
PIECE = 1 << 17
_BIGINT = Struct(">iq")
_INTEGER = Struct(">ii")
_SMALLINT = Struct(">ih")
_json = msgspec.json.Encoder().encode


def copy_rows(table: str, columns: Sequence[str], rows: Iterable[bytes]) -> int:
    """Write rows, each given as the bytes of its fields, into a table; return how many.

    PostgreSQL reads the first rows while later ones are computed. `rows` may be a generator, but
    must not use the connection.
    """
    return copy_framed(table, columns, framed(columns, rows))


def framed(columns: Sequence[str], rows: Iterable[bytes]) -> Iterator[bytes]:
    """Join rows in the format of COPY and yield them in pieces, which another process may write."""
    head = len(columns).to_bytes(2, "big")
    piece: list[bytes] = []
    size = 0
    for row in rows:
        piece += (head, row)
        size += len(row)
        if size > PIECE:
            yield b"".join(piece)
            piece, size = [], 0
    if piece:
        yield b"".join(piece)


def copy_framed(table: str, columns: Sequence[str], pieces: Iterable[bytes]) -> int:
    """Write the pieces that `framed` yields into a table; return how many rows there were."""
    statement = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT BINARY)").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    with (
        transaction.atomic(),
        connection.cursor() as cursor,
        checked_by_index(cursor),
        connection.wrap_database_errors,
    ):
        with cursor.cursor.copy(statement) as copy:
            copy.write(BEGIN)
            for piece in pieces:
                copy.write(piece)
            copy.write(END)
        return int(cursor.cursor.rowcount)


def fetch_rows(query: str, given: Mapping[str, Any] | Sequence[Any]) -> list[tuple[Any, ...]]:
    """Return the rows of a query, transferred in binary format instead of as text.

    Moments are returned in UTC, JSON decoded, bytes as bytes.
    """
    connection.ensure_connection()
    with (
        connection.wrap_database_errors,
        Cursor(connection.connection) as cursor,  # Django's own kind of cursor asks in text
    ):
        set_json_loads(msgspec.json.decode, cursor)
        cursor.execute(query, given, binary=True, prepare=False)
        return cursor.fetchall()


def bigint(value: int | None) -> bytes:
    """Encode a bigint."""
    return NULL if value is None else _BIGINT.pack(8, value)


def integer(value: int) -> bytes:
    """Encode an integer."""
    return _INTEGER.pack(4, value)


def smallint(value: int | None) -> bytes:
    """Encode a smallint."""
    return NULL if value is None else _SMALLINT.pack(2, value)


def moment(us: int | None) -> bytes:
    """Encode a timestamptz, given as microseconds since 1970."""
    return NULL if us is None else _BIGINT.pack(8, us - SINCE_2000_US)


def text(value: str) -> bytes:
    """Encode a text or varchar."""
    data = value.encode()
    return len(data).to_bytes(4, "big") + data


def raw(data: bytes | None) -> bytes:
    """Encode a bytea."""
    return NULL if data is None else len(data).to_bytes(4, "big") + data


def json(value: Any) -> bytes:
    """Encode a jsonb."""
    data = _json(value)
    return (len(data) + 1).to_bytes(4, "big") + b"\x01" + data


def boolean(value: bool) -> bytes:
    """Encode a boolean."""
    return b"\x00\x00\x00\x01\x01" if value else b"\x00\x00\x00\x01\x00"
