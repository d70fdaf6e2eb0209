"""Laying records flat: any order of pages, larger than memory, the same bytes each time."""

import csv
import gzip
import json
import subprocess
import sys
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shinrai.importers.flatten.case_records import CaseRecord, group_by_case
from shinrai.importers.flatten.csv_tables import FlatTable, write_tables
from shinrai.importers.flatten.json_files import files_in, records_in, records_of
from shinrai.importers.flatten.work_folder import sweep_work_folders, work_folder
from shinrai.importers.tables.table import UnreadableTable
from shinrai.units.errors import Misuse

TABLES = (FlatTable("tickets", ("id", "at", "what")), FlatTable("steps", ("id", "flag")))
NOON = datetime(2026, 6, 2, 12, tzinfo=UTC)


def read(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_rows_lie_in_their_tables_with_the_record_they_come_from(tmp_path):
    rows = [
        ("tickets", {"id": 7, "at": NOON, "what": "a,b\n「引用」", "raw_file": "p", "raw_line": 3}),
        ("steps", {"id": 7, "flag": True}),
        ("tickets", {"id": 8, "what": {"b": 1, "a": ["x"]}}),
    ]

    tickets, steps = write_tables(tmp_path, TABLES, rows)

    assert read(tickets)[0] == {
        "id": "7",
        "at": "2026-06-02T12:00:00+00:00",
        "what": "a,b\n「引用」",
        "raw_file": "p",
        "raw_line": "3",
    }
    assert read(tickets)[1]["what"] == '{"a":["x"],"b":1}'
    assert read(steps) == [{"id": "7", "flag": "true", "raw_file": "", "raw_line": ""}]


def test_a_table_without_rows_is_not_there(tmp_path):
    assert [path.name for path in write_tables(tmp_path, TABLES, [("steps", {"id": 1})])] == [
        "steps.csv"
    ]


@given(st.text())
def test_any_text_comes_back_with_the_line_ends_of_unix(tmp_path_factory, text):
    folder = tmp_path_factory.mktemp("flat")
    [path] = write_tables(folder, TABLES, [("tickets", {"id": 1, "what": text})])

    typed = text.replace("\x00", "").replace("\r\n", "\n").replace("\r", "\n")
    assert read(path)[0]["what"] == typed


@pytest.mark.parametrize(
    "row", [("nowhere", {}), ("steps", {"what": 1}), ("steps", {"id": datetime(2026, 6, 2)})]
)
def test_a_slip_of_the_source_is_no_row(tmp_path, row):
    with pytest.raises(Misuse):
        write_tables(tmp_path, TABLES, [row])


def test_records_are_read_from_lines_from_one_document_and_packed(tmp_path):
    (tmp_path / "a.ndjson").write_bytes(b'\xef\xbb\xbf{"n": 1}\n\n{"n": 2}\n')
    (tmp_path / "b.json").write_text(json.dumps({"n": 3}, indent=2))
    (tmp_path / "c.json.gz").write_bytes(gzip.compress(b'{"n": 4}'))
    (tmp_path / "read.me").write_text("not this")

    found = list(records_of([tmp_path], endings=(".json", ".ndjson", ".json.gz")))

    assert [(r.file, r.line, r.value["n"]) for r in found] == [
        ("a.ndjson", 1, 1),
        ("a.ndjson", 3, 2),
        ("b.json", 1, 3),
        ("c.json.gz", 1, 4),
    ]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b'{"n": 1}\n{"n": \n', "line 2"),
        (b"<html>", "not JSON"),
        (b'{"n": "\xff"}', "UTF-8"),
        (b"", "empty"),
        (gzip.compress(b'{"n": 1}\n' * 99, mtime=0)[:-9], "cut off"),
    ],
)
def test_a_file_that_cannot_be_read_says_where(tmp_path, content, says):
    path = tmp_path / "x.json"
    path.write_bytes(content)

    with pytest.raises(UnreadableTable, match=says):
        list(records_in(path))


def test_a_folder_without_files_and_a_file_that_is_not_there_are_named(tmp_path):
    with pytest.raises(UnreadableTable, match=r"no file in this folder that ends in \.json"):
        files_in([tmp_path], endings=(".json",))
    with pytest.raises(UnreadableTable, match="no such file"):
        files_in([tmp_path / "x.json"], endings=(".json",))


records = st.lists(
    st.builds(
        CaseRecord,
        case_key=st.sampled_from(["1", "2", "3"]),
        kind=st.sampled_from(["ticket", "audit"]),
        id=st.sampled_from(["a", "b"]),
        version=st.sampled_from(["1", "2"]),
        file=st.just("f"),
        line=st.integers(1, 9),
        value=st.none(),
    ),
    max_size=12,
)


@given(records, st.randoms())
def test_pages_in_any_order_however_often_give_the_same_cases(tmp_path_factory, found, random):
    told = [r._replace(value=[r.case_key, r.kind, r.id, r.version], line=1) for r in found]
    mixed = [*told, *random.sample(told, len(told))]
    random.shuffle(mixed)

    once = list(group_by_case(tmp_path_factory.mktemp("a"), told))
    again = list(group_by_case(tmp_path_factory.mktemp("b"), mixed))

    assert once == again
    assert [case.key for case in once] == sorted({r.case_key for r in found})
    for case in once:
        for kind, held in case.kinds.items():
            for one in held:
                versions = [
                    r.version for r in told if r.value[:3] == [case.key, kind, one.value[2]]
                ]
                assert one.value[3] == max(versions)


def test_the_folder_is_private_and_goes_whatever_happens(tmp_path):
    def imported():
        with work_folder(tmp_path / "flat") as folder:
            assert folder.stat().st_mode & 0o777 == 0o700
            (folder / "x.csv").write_text("words")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        imported()
    assert list((tmp_path / "flat").iterdir()) == []


def test_what_a_killed_import_left_is_swept_at_once_and_what_is_in_use_is_not(tmp_path):
    """Monday's import is killed while Tuesday's is under way."""
    root = tmp_path / "flat"
    code = (
        "import os, pathlib, sys\n"
        "from shinrai.importers.flatten.work_folder import work_folder\n"
        f"with work_folder(pathlib.Path({str(root)!r})) as folder:\n"
        "    (folder / 'words.csv').write_text('words')\n"
        "    os.kill(os.getpid(), 9)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=False)
    [monday] = root.iterdir()

    with work_folder(root) as tuesday:
        assert sweep_work_folders(root) == 1
        assert tuesday.is_dir()
        assert not monday.exists()
    assert sweep_work_folders(root) == 0
