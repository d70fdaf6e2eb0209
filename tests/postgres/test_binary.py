"""Rows sent as bytes are the rows sent as text."""

from datetime import UTC, datetime

import pytest
from django.db import DataError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg.types.json import Jsonb

from shinrai.postgres import binary
from shinrai.postgres.bulk import copy_in
from shinrai.units.moments import epoch_us

pytestmark = pytest.mark.django_db

COLUMNS = ("a", "b", "c", "at", "t", "r", "j", "is")
LETTERS = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=9)
ROWS = st.lists(
    st.tuples(
        st.none() | st.integers(-(2**63), 2**63 - 1),
        st.integers(-(2**31), 2**31 - 1),
        st.none() | st.integers(-(2**15), 2**15 - 1),
        st.none() | st.datetimes(datetime(1, 1, 2), datetime(9999, 1, 1), timezones=st.just(UTC)),
        LETTERS,
        st.none() | st.binary(max_size=9),
        st.dictionaries(LETTERS, st.none() | st.integers() | LETTERS | st.booleans(), max_size=3),
        st.booleans(),
    ),
    max_size=5,
)


@given(ROWS)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
def test_both_ways_write_the_same(rows) -> None:
    with connection.cursor() as cursor:
        for name in ("by_text", "by_bytes"):
            cursor.execute(f"DROP TABLE IF EXISTS {name}")
            cursor.execute(
                f"CREATE TEMP TABLE {name} (n bigint GENERATED ALWAYS AS IDENTITY, a bigint, "
                'b integer, c smallint, at timestamptz, t varchar(9), r bytea, j jsonb, "is" bool)'
            )

    copy_in("by_text", COLUMNS, ((*row[:6], Jsonb(row[6]), row[7]) for row in rows))
    copied = binary.copy_rows(
        "by_bytes",
        COLUMNS,
        (
            binary.bigint(a)
            + binary.integer(b)
            + binary.smallint(c)
            + binary.moment(None if at is None else epoch_us(at))
            + binary.text(t)
            + binary.raw(r)
            + binary.json(j)
            + binary.boolean(is_so)
            for a, b, c, at, t, r, j, is_so in rows
        ),
    )

    assert copied == len(rows)
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM by_text ORDER BY n")
        written = cursor.fetchall()
        cursor.execute("SELECT * FROM by_bytes ORDER BY n")
        assert cursor.fetchall() == written


def test_many_rows_go_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(binary, "PIECE", 20)
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE many (a bigint)")
    assert binary.copy_rows("many", ("a",), map(binary.bigint, range(100))) == 100
    with connection.cursor() as cursor:
        cursor.execute("SELECT sum(a) FROM many")
        assert cursor.fetchone() == (4950,)


def test_rows_are_fetched_as_what_they_are() -> None:
    [row] = binary.fetch_rows(
        """SELECT 7::bigint, 'a%%é', '\\x00ff'::bytea, '{"a": [1, null]}'::jsonb, NULL::jsonb
        WHERE 2 = ANY(%(some)s::bigint[])""",
        {"some": [1, 2]},
    )

    assert row == (7, "a%é", b"\x00\xff", {"a": [1, None]}, None)


def test_what_postgresql_refuses_is_refused_as_django_says_it() -> None:
    with pytest.raises(DataError), transaction.atomic():
        binary.fetch_rows("SELECT 1 / %(by)s::int", {"by": 0})
