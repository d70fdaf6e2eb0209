from dataclasses import replace
from pathlib import Path

import ibis
import pytest

from shinrai.units.moments import epoch_us
from shinrai.warehouse import views
from shinrai.warehouse.compaction import compact
from shinrai.warehouse.fresh import Fresh
from shinrai.warehouse.publication import append_rows, replace_rows
from shinrai.warehouse.query import UnknownTable, revisions_after, run
from shinrai.warehouse.store import UnknownVersion, UnreadablePlace, Warehouse
from shinrai.warehouse.tables import Column, Table, latest
from shinrai.warehouse.views import UnknownKey, files_within
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

COUNTED = LOANS.unbound().count().name("loans")


class TestTruth:
    def test_is_the_newest_revision_whichever_came_first(self, warehouse):
        publish_loans(warehouse, Loan(NORTH, 1, "returned", revision=3), upto=1)
        publish_loans(warehouse, Loan(NORTH, 1, "late", revision=2), upto=2)

        assert true_loans(warehouse) == [(NORTH, 1, "returned")]

    def test_forgets_what_is_gone_until_it_comes_back(self, warehouse):
        publish_loans(warehouse, Loan(NORTH, 1), Loan(NORTH, 2))
        publish_loans(warehouse, Loan(NORTH, 1, revision=2, gone=True))
        assert true_loans(warehouse) == [(NORTH, 2, "lent")]

        publish_loans(warehouse, Loan(NORTH, 1, "late", revision=3))
        assert true_loans(warehouse) == [(NORTH, 1, "late"), (NORTH, 2, "lent")]

    def test_takes_a_newer_null_over_an_older_value(self, warehouse):
        """On Tuesday the limit of a loan was lifted."""
        publish_loans(warehouse, Loan(NORTH, 1, due_us=epoch_us(days_later(14))))
        publish_loans(warehouse, Loan(NORTH, 1, due_us=None, lent_on=None, revision=2))

        asked = LOANS.unbound().select("due_us", "lent_on")

        assert run(warehouse, asked, tables=[LOANS]).records() == [
            {"due_us": None, "lent_on": None}
        ]

    def test_is_what_latest_says_of_all_revisions(self, warehouse):
        publish_loans(warehouse, Loan(NORTH, 1), Loan(NORTH, 2))
        publish_loans(warehouse, Loan(NORTH, 1, revision=2, gone=True))

        found = run(warehouse, latest(LOANS, LOANS.revisions()), tables=[LOANS])

        assert found.rows == run(warehouse, LOANS.unbound(), tables=[LOANS]).rows
        assert all_revisions(warehouse) == [1, 1, 2]


class TestVersions:
    def test_a_table_nobody_published_reads_as_empty_and_says_so(self, warehouse):
        answer = run(warehouse, COUNTED, tables=[LOANS])

        assert answer.records() == [{"loans": 0}]
        assert answer.versions == {"loans": -1}
        assert answer.fresh == {"loans": None}

    def test_an_answer_can_be_had_again_by_its_versions(self, warehouse):
        """Asked on Monday before anything was there, on Tuesday, and on Wednesday."""
        monday = run(warehouse, COUNTED, tables=[LOANS])
        publish_loans(warehouse, Loan(NORTH, 1))
        tuesday = run(warehouse, COUNTED, tables=[LOANS])
        publish_loans(warehouse, Loan(NORTH, 2, revision=2))
        wednesday = run(warehouse, COUNTED, tables=[LOANS])

        for loan_count, answer in enumerate((monday, tuesday, wednesday)):
            again = run(warehouse, COUNTED, tables=[LOANS], versions=answer.versions)
            assert again.records() == answer.records() == [{"loans": loan_count}]
            assert again.versions == answer.versions
            assert again.fresh == answer.fresh

    @pytest.mark.parametrize("version", [2, 99, -2])
    def test_refuses_a_version_that_is_not_there(self, warehouse, version):
        publish_loans(warehouse, Loan(NORTH, 1))

        with pytest.raises(UnknownVersion, match=r"newest is 1"):
            run(warehouse, COUNTED, tables=[LOANS], versions={"loans": version})

    def test_refuses_a_version_of_what_was_never_published(self, warehouse):
        with pytest.raises(UnknownVersion, match="never published"):
            run(warehouse, COUNTED, tables=[LOANS], versions={"loans": 0})

    def test_refuses_versions_of_a_table_not_given(self, warehouse):
        with pytest.raises(UnknownTable, match="laons"):
            run(warehouse, COUNTED, tables=[LOANS], versions={"laons": 0})

    def test_says_who_published_up_to_where_and_when_the_books_were_read(self, warehouse):
        publish_loans(warehouse, Loan(NORTH, 1, revision=7), at=days_later(1))
        first = run(warehouse, COUNTED, tables=[LOANS])
        publish_loans(warehouse, Loan(NORTH, 1, revision=8), at=days_later(2))
        compact(warehouse, LOANS, files_over=0)

        then = run(warehouse, COUNTED, tables=[LOANS], versions=first.versions)
        now = run(warehouse, COUNTED, tables=[LOANS])

        assert then.fresh == {"loans": Fresh(at=days_later(1), app="desk", upto=7)}
        assert now.fresh == {"loans": Fresh(at=days_later(2), app="desk", upto=8)}


class TestWithin:
    def test_leaves_the_rows_of_others_out_and_their_files_closed(self, warehouse):
        publish_loans(warehouse, Loan(NORTH, 1), Loan(SOUTH, 1), Loan(SOUTH, 2))

        assert true_loans(warehouse, within={"branch_id": NORTH}) == [(NORTH, 1, "lent")]
        opened = files_within(warehouse, LOANS, warehouse.delta(LOANS), {"branch_id": SOUTH})
        assert [Path(file).parent.name for file in opened] == ["branch_id=2"]

    def test_narrows_every_table_of_a_question(self, warehouse):
        publish_loans(warehouse, Loan(NORTH, 1), Loan(SOUTH, 1))
        asked = ibis.union(
            LOANS.unbound().select("branch_id"), LOANS.revisions().select("branch_id")
        )

        found = run(warehouse, asked, tables=[LOANS], within={"branch_id": SOUTH})

        assert found.records() == [{"branch_id": SOUTH}] * 2

    def test_of_a_branch_without_rows_is_empty(self, warehouse):
        publish_loans(warehouse, Loan(NORTH, 1))

        assert true_loans(warehouse, within={"branch_id": 99}) == []

    def test_refuses_a_column_that_changes_between_revisions(self, warehouse):
        """Looked at within `state`, a loan that came back would still pass for lent."""
        publish_loans(warehouse, Loan(NORTH, 1, due_us=1))
        publish_loans(warehouse, Loan(NORTH, 1, due_us=2, revision=2))

        with pytest.raises(UnknownKey, match="branch_id, loan_id"):
            run(warehouse, COUNTED, tables=[LOANS], within={"due_us": 1})


class TestQuestions:
    def test_come_back_in_the_types_the_expression_promises(self, warehouse):
        """DuckDB adds integers up to decimals."""
        publish_loans(warehouse, Loan(NORTH, 1, due_us=2**62), Loan(SOUTH, 1, due_us=1))
        loans = LOANS.unbound()
        asked = loans.aggregate(
            due=loans.due_us.sum(),
            loans=loans.count(),
            renewed=loans.is_renewed.sum(),
            first_on=loans.lent_on.min(),
            any_late=(loans.state == "late").any(),
        )

        schema = run(warehouse, asked, tables=[LOANS]).rows.schema

        assert list(map(str, schema.types)) == ["int64", "int64", "int64", "date32[day]", "bool"]

    @pytest.mark.parametrize("is_remote", [False, True])
    def test_come_back_in_the_order_of_the_contract(self, tmp_path, is_remote):
        """The parting column lies in folder names, where engines read it last."""
        folder = tmp_path / "warehouse"
        warehouse = Warehouse(folder.as_uri() if is_remote else str(folder))
        publish_loans(warehouse, Loan(NORTH, 1))

        for asked in (LOANS.unbound(), LOANS.revisions()):
            rows_found = run(warehouse, asked, tables=[LOANS]).rows
            wanted = [field for field in LOANS.schema() if field.name in asked.columns]
            assert rows_found.schema.names == [field.name for field in wanted]
            assert rows_found.schema.types == [field.type for field in wanted]

    def test_must_read_tables_whose_contracts_are_given(self, warehouse):
        with pytest.raises(UnknownTable, match=r"reads loans.*given: none"):
            run(warehouse, COUNTED, tables=[])

    def test_must_be_written_against_this_version_of_the_contract(self, warehouse):
        changed = replace(LOANS, columns=(*LOANS.columns, Column("shelf_id", "int", "x")))

        with pytest.raises(UnknownTable, match="another shape"):
            run(warehouse, changed.unbound().count(), tables=[LOANS])

    def test_may_read_tables_that_are_not_parted_and_oddly_called(self, warehouse):
        table = Table(
            name="order",
            grain="one row per group",
            key=("group",),
            columns=(Column("group", "string", "the group"), Column("end", "int", "its end")),
        )
        for revision in (1, 2):
            batch = table.batch({"group": ["by"], "end": [revision], "revision": [revision]})
            since = None if revision == 1 else 1
            append_rows(warehouse, table, [batch], app="a", since=since, upto=revision, at=MONDAY)

        found = run(warehouse, table.unbound(), tables=[table]).records()

        assert found == [{"group": "by", "end": 2}]

    def test_may_join_two_tables(self, warehouse):
        branches = Table(
            name="branches",
            grain="one row per branch",
            key=("branch_id",),
            columns=(Column("branch_id", "int", "it"), Column("town", "string", "where")),
        )
        towns = branches.batch({"branch_id": [NORTH], "town": ["Sapporo"], "revision": [1]})
        publish_loans(warehouse, Loan(NORTH, 1), Loan(SOUTH, 1))
        replace_rows(warehouse, branches, [towns], app="desk", upto=1, at=MONDAY)
        joined = LOANS.unbound().join(branches.unbound(), "branch_id").select("loan_id", "town")

        answer = run(warehouse, joined, tables=[LOANS, branches])

        assert answer.records() == [{"loan_id": 1, "town": "Sapporo"}]
        assert answer.versions == {"loans": 1, "branches": 1}


class TestPlaces:
    @pytest.mark.parametrize("folder", ["田中の 倉庫", "a b+c'd,e", "naïve"])
    def test_may_have_any_name_a_person_gives_a_folder(self, tmp_path, folder):
        warehouse = Warehouse(str(tmp_path / folder))
        publish_loans(warehouse, Loan(NORTH, 1), Loan(SOUTH, 1))
        compact(warehouse, LOANS, files_over=0)

        assert true_loans(warehouse, within={"branch_id": SOUTH}) == [(SOUTH, 1, "lent")]

    @pytest.mark.parametrize("folder", ["loan_id=9", "50%", "a*", "a[1]", "what?", "a#b"])
    def test_refuses_a_name_that_an_engine_takes_for_something_else(self, tmp_path, folder):
        with pytest.raises(UnreadablePlace, match="another folder"):
            Warehouse(str(tmp_path / folder))

    def test_may_be_a_url(self, tmp_path):
        warehouse = Warehouse((tmp_path / "warehouse").as_uri())
        publish_loans(warehouse, Loan(NORTH, 1), Loan(SOUTH, 1))
        publish_loans(warehouse, Loan(NORTH, 1, "late", revision=2))

        assert true_loans(warehouse) == [(NORTH, 1, "late"), (SOUTH, 1, "lent")]
        assert true_loans(warehouse, within={"branch_id": SOUTH}) == [(SOUTH, 1, "lent")]

    def test_are_read_in_utc_by_every_cursor(self, warehouse, monkeypatch):
        monkeypatch.setenv("TZ", "Asia/Tokyo")

        with warehouse.connect() as connection:
            asked = "SELECT current_setting('TimeZone')"
            assert connection.cursor().execute(asked).fetchall() == [("UTC",)]


def test_rows_of_the_library_fit(warehouse):
    assert rows(Loan(NORTH, 1)).schema == LOANS.schema()


class TestLargeFiles:
    """Of files with many rows the log says whether they hold each key once."""

    @pytest.fixture(autouse=True)
    def two_rows_are_many(self, monkeypatch):
        monkeypatch.setattr(views, "LARGE_ROWS", 2)

    def test_what_was_appended_since_is_true(self, warehouse):
        publish_loans(warehouse, Loan(NORTH, 1), Loan(NORTH, 2), Loan(NORTH, 3))
        compact(warehouse, LOANS, files_over=0)
        publish_loans(warehouse, Loan(NORTH, 2, "late", revision=2))
        publish_loans(warehouse, Loan(NORTH, 3, "late", revision=3))
        publish_loans(warehouse, Loan(NORTH, 3, gone=True, revision=4))

        assert true_loans(warehouse) == [(NORTH, 1, "lent"), (NORTH, 2, "late")]

    def test_a_late_revision_does_not_bring_an_older_truth_back(self, warehouse):
        publish_loans(warehouse, Loan(NORTH, 1, "returned", revision=5), Loan(NORTH, 2, revision=5))
        compact(warehouse, LOANS, files_over=0)
        publish_loans(warehouse, Loan(NORTH, 1, "late", revision=4), upto=6)

        assert true_loans(warehouse) == [(NORTH, 1, "returned"), (NORTH, 2, "lent")]

    def test_large_files_that_hold_a_key_twice_are_put_in_order(self, warehouse):
        publish_loans(warehouse, Loan(NORTH, 1), Loan(NORTH, 2))
        compact(warehouse, LOANS, files_over=0)
        publish_loans(
            warehouse, Loan(NORTH, 1, "late", revision=2), Loan(NORTH, 2, "late", revision=2)
        )

        assert true_loans(warehouse) == [(NORTH, 1, "late"), (NORTH, 2, "late")]

    @pytest.mark.parametrize("is_compacted", [True, False])
    def test_once_compacted_the_small_ones_alone_are_searched(
        self, warehouse, monkeypatch, is_compacted
    ):
        publish_loans(warehouse, Loan(NORTH, 1), Loan(NORTH, 2))
        publish_loans(warehouse, Loan(SOUTH, 1, revision=2), Loan(SOUTH, 2, revision=2))
        if is_compacted:
            compact(warehouse, LOANS, files_over=0)
        publish_loans(warehouse, Loan(NORTH, 2, "late", revision=3))
        read = []
        original = views._read

        def noted(connection, table, paths, name):
            read.append(name)
            original(connection, table, paths, name)

        monkeypatch.setattr(views, "_read", noted)

        assert [state for _, _, state in true_loans(warehouse)] == ["lent", "late", "lent", "lent"]
        assert ("loans__recent" in read) == is_compacted


class TestRevisionsAfter:
    def test_only_what_was_published_after_the_mark_is_read(self, warehouse):
        publish_loans(warehouse, Loan(NORTH, 1), Loan(SOUTH, 1))
        publish_loans(warehouse, Loan(NORTH, 1, "late", revision=2), Loan(SOUTH, 1, revision=2))
        compact(warehouse, LOANS, files_over=0)

        found = revisions_after(
            warehouse, LOANS, 1, columns=("loan_id", "state"), within={"branch_id": NORTH}
        )

        assert found.records() == [{"loan_id": 1, "state": "late"}]
        assert found.fresh["loans"].upto == 2

    def test_of_a_table_never_published_there_is_nothing(self, warehouse):
        found = revisions_after(warehouse, LOANS, 0, columns=("loan_id",), within={})

        assert (found.records(), found.versions) == ([], {"loans": -1})
