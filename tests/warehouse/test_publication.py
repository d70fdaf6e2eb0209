import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest

from shinrai.units.moments import NaiveMoment
from shinrai.warehouse.publication import (
    NotPublished,
    OtherPublishers,
    PublishedMeanwhile,
    append_rows,
    filled_upto,
    replace_rows,
)
from shinrai.warehouse.query import run
from shinrai.warehouse.store import ContractBroken, Warehouse
from shinrai.warehouse.tables import Column, WrongRows
from tests.warehouse.library import (
    LOANS,
    MONDAY,
    NORTH,
    SOUTH,
    Loan,
    all_revisions,
    publish_loans,
    rows,
    true_loans,
)
from tests.warehouse.publisher import LAST

pytestmark = pytest.mark.records

ROOT = Path(__file__).resolve().parents[2]


def files(warehouse: Warehouse) -> dict[Path, int]:
    """List the data files of a warehouse with their sizes."""
    return {path: path.stat().st_size for path in Path(warehouse.root).rglob("*.parquet")}


class TestPublish:
    def test_brings_rows_and_mark_together(self, warehouse):
        assert filled_upto(warehouse, LOANS, "desk") is None

        published = publish_loans(warehouse, Loan(NORTH, 1), Loan(SOUTH, 1, revision=2))

        assert (published.rows, published.upto, published.done_before) == (2, 2, False)
        assert filled_upto(warehouse, LOANS, "desk") == 2
        assert true_loans(warehouse) == [(NORTH, 1, "lent"), (SOUTH, 1, "lent")]

    def test_done_before_does_nothing_and_looks_at_no_row(self, warehouse):
        def never() -> Iterator[pa.RecordBatch]:
            pytest.fail("rows were looked for that are published")
            yield

        first = publish_loans(warehouse, Loan(NORTH, 1, revision=4))

        for since in (None, 3, 4):
            again = append_rows(
                warehouse, LOANS, never(), app="desk", since=since, upto=4, at=MONDAY
            )
            assert again.done_before
            assert again.version == first.version
        assert all_revisions(warehouse) == [4]

    def test_moves_the_mark_where_nothing_is_new_for_this_table(self, warehouse):
        publish_loans(warehouse, upto=9)

        assert filled_upto(warehouse, LOANS, "desk") == 9
        assert true_loans(warehouse) == []

    @pytest.mark.parametrize("since", [None, 1, 3])
    def test_refuses_a_caller_whose_mark_is_not_the_tables(self, warehouse, since):
        publish_loans(warehouse, Loan(NORTH, 1, revision=2))
        new = [rows(Loan(NORTH, 2, revision=5))]

        with pytest.raises(PublishedMeanwhile, match="filled up to 2 by desk"):
            append_rows(warehouse, LOANS, new, app="desk", since=since, upto=5, at=MONDAY)

        assert all_revisions(warehouse) == [2]

    def test_keeps_one_mark_per_publisher(self, warehouse):
        publish_loans(warehouse, Loan(NORTH, 1, revision=7), app="north")
        publish_loans(warehouse, Loan(SOUTH, 1, revision=3), app="south")

        assert filled_upto(warehouse, LOANS, "north") == 7
        assert filled_upto(warehouse, LOANS, "south") == 3
        assert all_revisions(warehouse) == [3, 7]

    def test_wants_to_know_when_the_books_were_read(self, warehouse):
        with pytest.raises(NaiveMoment):
            publish_loans(warehouse, Loan(NORTH, 1), at=MONDAY.replace(tzinfo=None))

        assert filled_upto(warehouse, LOANS, "desk") is None

    def test_makes_rows_in_the_callers_thread(self, warehouse):
        """A database connection belongs to a thread; Delta pulls rows in one of its own."""
        seen = set()

        def batches() -> Iterator[pa.RecordBatch]:
            for revision in range(20):
                seen.add(threading.get_ident())
                yield rows(Loan(NORTH, revision, revision=revision))

        append_rows(warehouse, LOANS, batches(), app="desk", since=None, upto=20, at=MONDAY)

        assert seen == {threading.get_ident()}


class TestPublishWhenRowsFail:
    @pytest.mark.parametrize("failure", [ZeroDivisionError("books"), KeyboardInterrupt()])
    def test_passes_on_what_happened_and_writes_nothing(self, warehouse, failure):
        def batches() -> Iterator[pa.RecordBatch]:
            yield rows(Loan(NORTH, 2, revision=2))
            raise failure

        publish_loans(warehouse, Loan(NORTH, 1))
        with pytest.raises(type(failure)):
            append_rows(warehouse, LOANS, batches(), app="desk", since=1, upto=3, at=MONDAY)

        assert all_revisions(warehouse) == [1]
        assert filled_upto(warehouse, LOANS, "desk") == 1

    def test_refuses_rows_of_another_shape_in_the_middle(self, warehouse):
        good = rows(Loan(NORTH, 2, revision=2))
        publish_loans(warehouse, Loan(NORTH, 1))

        with pytest.raises(WrongRows):
            append_rows(
                warehouse,
                LOANS,
                [good, good.drop_columns(["state"])],
                app="desk",
                since=1,
                upto=2,
                at=MONDAY,
            )

        assert all_revisions(warehouse) == [1]

    def test_says_where_it_could_not_write(self, tmp_path):
        (tmp_path / "file").touch()
        nowhere = Warehouse(str(tmp_path / "file" / "warehouse"))

        with pytest.raises(NotPublished, match="rights"):
            publish_loans(nowhere, Loan(NORTH, 1))


class TestPublishBesideOthers:
    def test_who_is_overtaken_with_the_same_rows_has_nothing_left_to_do(self, warehouse):
        """Both read the mark at 1; the second commits while the first still streams."""
        publish_loans(warehouse, Loan(NORTH, 1))
        new = Loan(NORTH, 2, revision=2)

        def batches() -> Iterator[pa.RecordBatch]:
            yield rows(new)
            publish_loans(warehouse, new)

        mine = append_rows(warehouse, LOANS, batches(), app="desk", since=1, upto=2, at=MONDAY)

        assert mine.done_before
        assert all_revisions(warehouse) == [1, 2]

    def test_who_is_overtaken_half_way_must_look_again(self, warehouse):
        publish_loans(warehouse, Loan(NORTH, 1))
        second, third = (Loan(NORTH, revision, revision=revision) for revision in (2, 3))

        def batches() -> Iterator[pa.RecordBatch]:
            yield rows(second, third)
            publish_loans(warehouse, second)

        with pytest.raises(PublishedMeanwhile):
            append_rows(warehouse, LOANS, batches(), app="desk", since=1, upto=3, at=MONDAY)
        assert all_revisions(warehouse) == [1, 2]

        publish_loans(warehouse, third)
        assert all_revisions(warehouse) == [1, 2, 3]

    def test_who_meets_another_publisher_loses_nothing(self, warehouse):
        def batches() -> Iterator[pa.RecordBatch]:
            yield rows(Loan(NORTH, 1, revision=1))
            publish_loans(warehouse, Loan(SOUTH, 1, revision=2), app="south")

        append_rows(warehouse, LOANS, batches(), app="north", since=None, upto=1, at=MONDAY)

        assert all_revisions(warehouse) == [1, 2]

    def test_a_crowd_publishes_every_revision_once(self, warehouse):
        """Four threads start together on a table that nobody has made yet."""
        start, failures = threading.Barrier(4), []

        def publisher() -> None:
            start.wait()
            try:
                for _ in range(200):
                    try:
                        next_one = (filled_upto(warehouse, LOANS, "desk") or 0) + 1
                        if next_one > 12:
                            return
                        publish_loans(warehouse, Loan(NORTH, next_one, revision=next_one))
                    except PublishedMeanwhile:
                        continue
            except BaseException as failure:
                failures.append(failure)

        crowd = [threading.Thread(target=publisher) for _ in range(4)]
        for one in crowd:
            one.start()
        for one in crowd:
            one.join()

        assert failures == []
        assert all_revisions(warehouse) == list(range(1, 13))


class TestPublishKilled:
    def publisher(self, warehouse: Warehouse, how: str) -> "subprocess.Popen[str]":
        command = [sys.executable, "-m", "tests.warehouse.publisher", warehouse.root, how]
        return subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    def test_in_the_middle_of_the_rows_leaves_the_table_as_it_stood(self, warehouse):
        publish_loans(warehouse, Loan(NORTH, 1))

        with self.publisher(warehouse, "many_and_stop") as process:
            assert process.stdout.readline() == "half\n"
            process.kill()

        assert all_revisions(warehouse) == [1]
        assert filled_upto(warehouse, LOANS, "desk") == 1
        publish_loans(warehouse, Loan(NORTH, 2, revision=2))
        assert all_revisions(warehouse) == [1, 2]

    def test_again_and_again_still_brings_every_revision_once(self, warehouse):
        for kill_at in (3, 20, None):
            with self.publisher(warehouse, "one_by_one") as process:
                for line in process.stdout:
                    if kill_at is not None and int(line) >= kill_at:
                        process.kill()
                        break

        assert process.returncode == 0
        assert all_revisions(warehouse) == list(range(1, LAST + 1))

    def test_by_a_full_disk_leaves_the_table_as_it_stood(self, warehouse):
        publish_loans(warehouse, Loan(NORTH, 1))

        with self.publisher(warehouse, "many_on_a_full_disk") as process:
            said = process.communicate()[1]

        assert "NotPublished: table loans could not be written" in said
        assert all_revisions(warehouse) == [1]
        assert filled_upto(warehouse, LOANS, "desk") == 1


class TestCostOfPublishing:
    def test_follows_what_is_new_and_not_what_is_there(self, tmp_path):
        """Two loans cost the same bytes in an empty table as beside fifty thousand others."""
        news = [Loan(NORTH, 1, "late", revision=99_999), Loan(SOUTH, 1, revision=99_998)]
        old = [Loan(n % 2 + 1, n, revision=n) for n in range(50_000)]
        cost = []
        for name, before in (("small", []), ("large", old)):
            warehouse = Warehouse(str(tmp_path / name))
            publish_loans(warehouse, *before)
            already = files(warehouse)
            publish_loans(warehouse, *news)
            assert already.items() <= files(warehouse).items()  # nothing was rewritten
            new = files(warehouse).keys() - already.keys()
            cost.append(sorted((path.parent.name, path.stat().st_size) for path in new))

        small, large = cost
        assert small == large
        assert [part for part, _ in small] == ["branch_id=1", "branch_id=2"]


class TestRebuild:
    def test_replaces_all_and_leaves_the_old_readable(self, warehouse):
        publish_loans(warehouse, Loan(NORTH, 1, "late", revision=5))
        before = run(warehouse, LOANS.unbound(), tables=[LOANS]).versions

        # Restored from a backup, the books know less than the table does.
        rebuilt = replace_rows(
            warehouse, LOANS, [rows(Loan(SOUTH, 1, revision=2))], app="desk", upto=3, at=MONDAY
        )

        assert rebuilt.rows == 1
        assert filled_upto(warehouse, LOANS, "desk") == 3
        assert true_loans(warehouse) == [(SOUTH, 1, "lent")]
        assert true_loans(warehouse, versions=before) == [(NORTH, 1, "late")]

    def test_makes_a_table_that_is_not_there(self, warehouse):
        replace_rows(warehouse, LOANS, [rows(Loan(NORTH, 1))], app="desk", upto=1, at=MONDAY)

        assert true_loans(warehouse) == [(NORTH, 1, "lent")]

    def test_gives_way_to_a_publishing_in_between(self, warehouse):
        publish_loans(warehouse, Loan(NORTH, 1))

        def batches() -> Iterator[pa.RecordBatch]:
            yield rows(Loan(NORTH, 1, "late"))
            publish_loans(warehouse, Loan(NORTH, 2, revision=2))

        with pytest.raises(PublishedMeanwhile):
            replace_rows(warehouse, LOANS, batches(), app="desk", upto=1, at=MONDAY)

        assert true_loans(warehouse) == [(NORTH, 1, "lent"), (NORTH, 2, "lent")]

    def test_would_lose_the_rows_of_others_and_refuses(self, warehouse):
        publish_loans(warehouse, Loan(NORTH, 1, revision=7), app="north")
        publish_loans(warehouse, Loan(SOUTH, 1, revision=3), app="south")

        with pytest.raises(OtherPublishers, match="south"):
            replace_rows(warehouse, LOANS, [], app="north", upto=1, at=MONDAY)

        assert all_revisions(warehouse) == [3, 7]


class TestChangedContract:
    shelf = Column("shelf_id", "int", "where it stands")

    def test_is_refused_under_the_same_version(self, warehouse):
        publish_loans(warehouse, Loan(NORTH, 1))
        changed = replace(LOANS, columns=(*LOANS.columns, self.shelf))

        with pytest.raises(ContractBroken, match="raise its version"):
            filled_upto(warehouse, changed, "desk")

    def test_starts_anew_under_the_next_and_leaves_the_old_readable(self, warehouse):
        publish_loans(warehouse, Loan(NORTH, 1))
        changed = replace(LOANS, columns=(*LOANS.columns, self.shelf), version=2)

        assert filled_upto(warehouse, changed, "desk") is None
        columns = {name: [value] for name, value in vars(Loan(SOUTH, 1)).items()}
        batch = changed.batch(columns | {"shelf_id": [12]})
        append_rows(warehouse, changed, [batch], app="desk", since=None, upto=1, at=MONDAY)

        answer = run(warehouse, changed.unbound().select("shelf_id"), tables=[changed])
        assert answer.records() == [{"shelf_id": 12}]
        assert true_loans(warehouse) == [(NORTH, 1, "lent")]
