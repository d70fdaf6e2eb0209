import os
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest

from shinrai.warehouse import compaction
from shinrai.warehouse.compaction import TooSoon, clear, compact
from shinrai.warehouse.kept_versions import keep_version, kept_versions
from shinrai.warehouse.publication import PublishedMeanwhile, append_rows, filled_upto, replace_rows
from shinrai.warehouse.store import UnknownVersion, VersionCleared, Warehouse
from shinrai.warehouse.tables import Column, Table, newest
from tests.warehouse.library import (
    LOANS,
    MONDAY,
    NORTH,
    SOUTH,
    Loan,
    all_revisions,
    days_later,
    publish_loans,
    rows,
    true_loans,
)

pytestmark = pytest.mark.records


def publish_a_week(warehouse: Warehouse) -> None:
    """Publish one loan seven times over, and one in the other branch."""
    publish_loans(warehouse, Loan(SOUTH, 1), Loan(NORTH, 1))
    for revision in range(2, 8):
        publish_loans(warehouse, Loan(NORTH, 1, f"day {revision}", revision=revision))


class TestCompact:
    def test_keeps_answers_marks_and_older_versions(self, warehouse):
        publish_a_week(warehouse)

        done = compact(warehouse, LOANS, files_over=3)

        assert (done.parts, done.busy, done.files_before, done.files_after) == (1, 0, 8, 2)
        assert true_loans(warehouse) == [(NORTH, 1, "day 7"), (SOUTH, 1, "lent")]
        assert all_revisions(warehouse) == [1, 7]
        assert filled_upto(warehouse, LOANS, "desk") == 7
        assert true_loans(warehouse, versions={"loans": 4})[0] == (NORTH, 1, "day 4")

    def test_leaves_parts_that_lie_in_few_files(self, warehouse):
        publish_a_week(warehouse)

        assert compact(warehouse, LOANS, files_over=7).parts == 0
        assert len(all_revisions(warehouse)) == 8

    def test_of_a_table_nobody_published_does_nothing(self, warehouse):
        assert compact(warehouse, LOANS).parts == 0

    def test_remembers_what_is_gone_so_that_a_late_revision_does_not_bring_it_back(self, warehouse):
        publish_loans(warehouse, Loan(NORTH, 1, revision=5, gone=True), upto=1)
        compact(warehouse, LOANS, files_over=0)
        publish_loans(warehouse, Loan(NORTH, 1, revision=4), upto=2)

        assert true_loans(warehouse) == []

    def test_of_a_table_that_is_not_parted(self, warehouse):
        table = Table(
            name="branches",
            grain="one row per branch",
            key=("branch_id",),
            columns=(Column("branch_id", "int", "the branch"),),
        )
        for number in (1, 2, 3):
            batch = table.batch({"branch_id": [1, 2], "revision": [number, number]})
            since = number - 1 or None
            append_rows(warehouse, table, [batch], app="a", since=since, upto=number, at=MONDAY)

        assert compact(warehouse, table, files_over=2).files_after == 1
        assert compact(warehouse, table, files_over=2).parts == 0


class TestCompactBesideOthers:
    def interrupted(self, monkeypatch, times, deed):
        """Have a deed done, so many times, between compaction's reading and its writing."""
        left = iter(range(times))

        def newest_then_deed(table, revisions):
            if next(left, None) is not None:
                deed()
            return newest(table, revisions)

        monkeypatch.setattr(compaction, "newest", newest_then_deed)

    def test_loses_no_row_that_is_published_meanwhile(self, warehouse, monkeypatch):
        publish_a_week(warehouse)
        late = Loan(NORTH, 1, "day 8", revision=8)
        self.interrupted(monkeypatch, 1, lambda: publish_loans(warehouse, late))

        assert compact(warehouse, LOANS, files_over=3).busy == 0
        assert true_loans(warehouse, within={"branch_id": NORTH}) == [(NORTH, 1, "day 8")]
        assert filled_upto(warehouse, LOANS, "desk") == 8

    def test_leaves_a_part_where_rows_keep_coming(self, warehouse, monkeypatch):
        publish_a_week(warehouse)

        def one_more() -> None:
            revision = (filled_upto(warehouse, LOANS, "desk") or 0) + 1
            publish_loans(warehouse, Loan(NORTH, 1, f"day {revision}", revision=revision))

        self.interrupted(monkeypatch, 99, one_more)
        done = compact(warehouse, LOANS, files_over=3)

        assert (done.parts, done.busy) == (0, 1)
        assert all_revisions(warehouse) == [1, 1, *range(2, 8 + compaction.TRIES)]

    @pytest.mark.parametrize("branch", [NORTH, SOUTH])
    def test_does_not_bring_back_what_a_rebuild_replaced(self, warehouse, monkeypatch, branch):
        """The old rows carry higher revisions: one that slips through would win."""
        publish_a_week(warehouse)
        right = [rows(Loan(branch, 1, "right", revision=1))]
        self.interrupted(
            monkeypatch,
            1,
            lambda: replace_rows(warehouse, LOANS, right, app="desk", upto=7, at=MONDAY),
        )

        compact(warehouse, LOANS, files_over=0)

        assert true_loans(warehouse) == [(branch, 1, "right")]

    @pytest.mark.parametrize("branch", [NORTH, SOUTH])
    def test_in_the_middle_of_a_rebuild_brings_nothing_back(self, warehouse, branch):
        publish_a_week(warehouse)
        right = rows(Loan(branch, 1, "right", revision=1))

        def batches() -> Iterator[pa.RecordBatch]:
            yield right
            compact(warehouse, LOANS, files_over=3)

        with pytest.raises(PublishedMeanwhile, match="rewritten while desk published"):
            replace_rows(warehouse, LOANS, batches(), app="desk", upto=7, at=MONDAY)
        assert true_loans(warehouse) == [(NORTH, 1, "day 7"), (SOUTH, 1, "lent")]
        replace_rows(warehouse, LOANS, [right], app="desk", upto=7, at=MONDAY)

        assert true_loans(warehouse) == [(branch, 1, "right")]


class TestKeptVersions:
    def test_are_listed(self, warehouse):
        publish_a_week(warehouse)
        keep_version(warehouse, LOANS, 2, why="report 7", at=MONDAY)
        keep_version(warehouse, LOANS, 5, why="report 8", at=days_later(1))
        keep_version(warehouse, LOANS, 5, why="report 9", at=days_later(2))

        kept = [(one.version, one.why) for one in kept_versions(warehouse, LOANS)]
        assert kept == [(2, "report 7"), (5, "report 9")]

    def test_must_be_there(self, warehouse):
        with pytest.raises(UnknownVersion):
            keep_version(warehouse, LOANS, 0, why="report 7", at=MONDAY)
        publish_loans(warehouse, Loan(NORTH, 1))
        with pytest.raises(UnknownVersion):
            keep_version(warehouse, LOANS, 2, why="report 7", at=MONDAY)

        assert kept_versions(warehouse) == []

    def test_the_version_of_a_table_nobody_published_needs_no_keeping(self, warehouse):
        keep_version(warehouse, LOANS, -1, why="report 7", at=MONDAY)

        assert kept_versions(warehouse) == []


class TestClear:
    @pytest.fixture
    def soon(self, monkeypatch):
        """Let files be cleared at once, which nobody may outside of this test."""
        monkeypatch.setattr(compaction, "LEAST_HOURS", 0)

    @pytest.mark.parametrize("hours", [0, 24, 167])
    def test_refuses_to_take_files_from_under_a_reader(self, warehouse, hours):
        publish_a_week(warehouse)
        compact(warehouse, LOANS, files_over=0)

        with pytest.raises(TooSoon, match="168 hours"):
            clear(warehouse, LOANS, hours=hours)
        assert clear(warehouse, LOANS) == 0
        assert true_loans(warehouse, versions={"loans": 4})[0] == (NORTH, 1, "day 4")

    @pytest.mark.usefixtures("soon")
    def test_takes_old_versions_and_spares_those_that_are_kept(self, warehouse):
        publish_a_week(warehouse)
        compact(warehouse, LOANS, files_over=0)
        keep_version(warehouse, LOANS, 4, why="report 7", at=MONDAY)

        assert clear(warehouse, LOANS, hours=0) == 3

        assert true_loans(warehouse, versions={"loans": 4})[0] == (NORTH, 1, "day 4")
        assert true_loans(warehouse)[0] == (NORTH, 1, "day 7")
        with pytest.raises(VersionCleared, match="loans"):
            true_loans(warehouse, versions={"loans": 6})
        assert filled_upto(warehouse, LOANS, "desk") == 7

    @pytest.mark.usefixtures("soon")
    def test_a_version_already_cleared_cannot_be_kept(self, warehouse):
        publish_a_week(warehouse)
        compact(warehouse, LOANS, files_over=0)
        clear(warehouse, LOANS, hours=0)

        with pytest.raises(VersionCleared, match="cannot be kept"):
            keep_version(warehouse, LOANS, 6, why="report 7", at=MONDAY)
        assert kept_versions(warehouse) == []

    def test_takes_what_a_killed_publisher_left_once_it_is_old(self, warehouse):
        publish_loans(warehouse, Loan(NORTH, 1))
        folder = Path(warehouse.place(LOANS)) / "branch_id=1"
        left = folder / "part-00000-left-behind.snappy.parquet"
        left.write_bytes(b"half")
        assert clear(warehouse, LOANS) == 0

        long_ago = left.stat().st_mtime - 200 * 3600
        os.utime(left, (long_ago, long_ago))

        assert clear(warehouse, LOANS) == 1
        assert not left.exists()
        assert true_loans(warehouse) == [(NORTH, 1, "lent")]

    def test_of_a_table_nobody_published_does_nothing(self, warehouse):
        assert clear(warehouse, LOANS) == 0
