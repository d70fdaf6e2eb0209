"""Files of events: imported twice they count once, and what cannot count is set aside."""

import gzip
import json
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from shinrai.usage.facts import EVENTS
from shinrai.usage.operations.files import UnreadableEvents, take_in_file
from shinrai.usage.operations.move import move_all
from shinrai.usage.queries.actors import set_aside_body, set_aside_events
from shinrai.usage.rules.table_mapping import BadEventMapping, read_mapping
from shinrai.warehouse.query import run
from shinrai.warehouse.store import Warehouse

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 6, 10, 3, tzinfo=UTC)


@pytest.fixture
def take(cast, tmp_path):
    """Take in a file and move it; the counts, and the rows that are there then."""
    warehouse = Warehouse(str(tmp_path / "w"))

    def taken(content: bytes | Path, mapping=None, name="visits.csv"):
        path = content
        if isinstance(content, bytes):
            path = tmp_path / name
            path.write_bytes(content)
        found = read_mapping(mapping) if mapping else None
        result = take_in_file(path, workspace=cast.workspace, mapping=found, at=NOW)
        moved = move_all(warehouse, at=NOW)
        rows = run(warehouse, EVENTS.unbound(), tables=[EVENTS]).records()
        return result, moved, rows

    return taken


def test_equal_rows_are_two_events_and_the_file_imported_twice_is_one(take):
    content = b"user,event,time\naoi,practised,2026-06-01 00:10\n" + b"ren,read,2026-06-02\n" * 2
    result, moved, rows = take(content)
    assert (result.rows, result.received, moved.events) == (3, 3, 3)
    _result, again, rows = take(content)
    assert (again.events, again.known, len(rows)) == (0, 3, 3)
    tokyo = next(row for row in rows if row["event"] == "practised")
    assert (tokyo["own_on"], tokyo["utc_on"]) == (date(2026, 6, 1), date(2026, 5, 31))


def test_a_mapping_counts_the_columns_of_a_file_without_a_header(take):
    mapping = {
        **{"header": False, "delimiter": " ", "actor": 1, "at": 2},
        **{"moments": "%Y%m%d", "event": {"fixed": "purchase"}, "zone_name": "Europe/London"},
    }
    _result, _moved, rows = take(gzip.compress(b" 1  19970101 2\n 2  19970112 1\n"), mapping)
    assert {row["event"] for row in rows} == {"purchase"}
    assert [row["properties"] for row in rows] == ['{"3":"2"}', '{"3":"1"}']


def test_rows_that_cannot_count_are_set_aside_once_with_their_line(take, cast):
    content = b"user,time\n,2026-06-01\naoi,noon\nren,2026-06-02\nmio\n"
    result, _moved, _rows = take(content)
    take(content)
    found = set_aside_events(cast.workspace.id)
    assert (result.rows, result.received, result.quarantined) == (4, 1, 3)
    assert [one.place for one in reversed(found)] == ["line 2", "line 3", "line 5"]
    number = found[-1].number
    body = set_aside_body(workspace_id=cast.workspace.id, number=number)
    assert json.loads(body) == ["", "2026-06-01"]


def test_a_parquet_file_with_numbers_for_people(take, tmp_path):
    path = tmp_path / "orders.parquet"
    at = [datetime(2010, 12, 1, 8, 26), datetime(2010, 12, 1, 8, 28)]
    pq.write_table(pa.table({"CustomerID": ["17850.0", None], "InvoiceDate": at}), path)
    mapping = {"zone_name": "Europe/London", "event": {"fixed": "purchase"}}
    result, moved, rows = take(path, mapping)
    assert (result.quarantined, moved.events) == (1, 1)
    assert rows[0]["happened_us"] == 1_291_191_960_000_000


def test_messages_of_any_dialect_one_a_line(take):
    lines = [
        {"type": "track", "userId": "aoi", "event": "a", "messageId": "1"},
        {"event": "b", "distinct_id": "mio", "uuid": "2", "properties": {}},
        {"specversion": "1.0", "id": "3", "source": "/x", "type": "c", "subject": "ren"},
        {"id": "4", "actor": {"mbox": "mailto:y@example.com"}, "verb": {"id": "http://v/d"}},
    ]
    content = "\n".join(map(json.dumps, lines)).encode() + b"\n{broken\n"
    result, _moved, rows = take(content, name="events.ndjson")
    assert sorted(row["event"] for row in rows) == ["a", "b", "c", "d"]
    assert result.quarantined == 1


def test_a_table_without_people_and_a_damaged_file_say_what_to_do(take, tmp_path):
    with pytest.raises(BadEventMapping, match="no column says actor"):
        take(b"colour,time\nred,2026-06-01\n")
    with pytest.raises(UnreadableEvents):
        take(gzip.compress(b"user,time\n" * 10_000)[:-20], name="cut.gz")
    with pytest.raises(BadEventMapping, match="it may say"):
        read_mapping({"who": "x"})
