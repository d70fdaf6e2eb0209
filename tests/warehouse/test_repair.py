"""A library's table is damaged on a Monday night; on Tuesday it says so, and is filled anew."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow as pa
import pytest
from django.db import connection, transaction

from shinrai.warehouse.fact_table import follow
from shinrai.warehouse.publication import Published
from shinrai.warehouse.query import revisions_after
from shinrai.warehouse.repair import is_damaged
from shinrai.warehouse.repairs import RepairRecord, repairs_since
from shinrai.warehouse.store import TableDamaged, VersionCleared, Warehouse, version_of
from tests.warehouse.library import LOANS, MONDAY, NORTH, SOUTH, Loan, rows, true_loans

pytestmark = pytest.mark.django_db(transaction=True)
Harm = Callable[[Path], object]


def cut_off(path: Path) -> None:
    """Leave what a power cut leaves: the first half."""
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def overwritten(path: Path) -> None:
    """Leave what a bad sector leaves."""
    path.write_bytes(b"{" * path.stat().st_size)


HARMS: list[Harm] = [cut_off, emptied, Path.unlink]


class Books:
    """What a librarian wrote, each loan in a transaction of its own."""

    def __init__(self, warehouse: Warehouse) -> None:
        self.warehouse = warehouse
        self.loans: dict[int, Loan] = {}

    def lend(self, loan: Loan) -> Published:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_current_xact_id()::text::bigint")
            [written_in] = cursor.fetchone()
        self.loans[written_in] = loan
        return self.publish()

    def publish(self) -> Published:
        return follow(self.warehouse, LOANS, self._rows, app="desk", at=MONDAY)

    def _rows(self, since: int | None, upto: int) -> Iterator[pa.RecordBatch]:
        new = [loan for n, loan in self.loans.items() if (since or 0) <= n < upto]
        if new:
            yield rows(*new)

    def figures(self) -> list[tuple[int, int, str]]:
        return true_loans(self.warehouse)

    def files(self, pattern: str) -> list[Path]:
        return sorted(Path(self.warehouse.place(LOANS)).glob(pattern))


@pytest.fixture
def books(warehouse: Warehouse) -> Books:
    """Three evenings of lending: north, south, north again."""
    found = Books(warehouse)
    for revision, branch in enumerate((NORTH, SOUTH, NORTH), 1):
        found.lend(Loan(branch, revision, revision=revision))
    return found


def mends(books: Books, before: list[tuple[int, int, str]]) -> None:
    """Filled anew by whoever publishes next, the figures are those of before; and stay so."""
    assert is_damaged(books.warehouse, LOANS)

    assert books.publish().rows == len(books.loans)

    assert not is_damaged(books.warehouse, LOANS)
    assert books.figures() == before
    assert books.publish().done_before
    books.lend(Loan(SOUTH, 9, revision=9))
    assert books.figures() == sorted([*before, (SOUTH, 9, "lent")])


@pytest.mark.parametrize("harm", HARMS)
@pytest.mark.parametrize("which", [0, -1])
def test_a_file_of_rows(books: Books, harm: Harm, which: int) -> None:
    before, version = books.figures(), version_of(books.warehouse, LOANS)
    harm(books.files("*/*.parquet")[which])

    with pytest.raises(TableDamaged, match=r"table loans .*objectives publish"):
        books.figures()
    columns = [column.name for column in LOANS.stored]
    with pytest.raises(TableDamaged, match="loans"):
        revisions_after(books.warehouse, LOANS, 0, columns=columns, within={})

    mends(books, before)
    assert version_of(books.warehouse, LOANS) > version


@pytest.mark.parametrize("harm", [cut_off, emptied, overwritten])
@pytest.mark.parametrize("which", [0, 1, -1])
def test_a_commit(books: Books, harm: Harm, which: int) -> None:
    before = books.figures()
    harm(books.files("_delta_log/*.json")[which])

    with pytest.raises(TableDamaged, match=r"table loans .*objectives publish"):
        books.figures()

    mends(books, before)


@pytest.mark.parametrize("which", [0, 1])
def test_a_commit_that_is_lost(books: Books, which: int) -> None:
    before = books.figures()
    books.files("_delta_log/*.json")[which].unlink()

    with pytest.raises(TableDamaged, match="loans"):
        books.figures()

    mends(books, before)


def test_the_last_commit_lost_is_as_if_it_never_was(books: Books) -> None:
    """Nothing tells of it any more: its rows are new once more, and are published as such."""
    before = books.figures()
    books.files("_delta_log/*.json")[-1].unlink()

    assert books.publish().rows == 1
    assert books.figures() == before


def test_all_commits_lost(books: Books) -> None:
    before = books.figures()
    shutil.rmtree(Path(books.warehouse.place(LOANS)) / "_delta_log")

    with pytest.raises(TableDamaged, match="loans"):
        books.figures()

    mends(books, before)


def test_the_whole_folder_lost(books: Books, caplog: pytest.LogCaptureFixture) -> None:
    """A table nobody ever filled looks the same: what was filled here before is remembered."""
    before = books.figures()
    books.publish()  # finds nothing new
    shutil.rmtree(books.warehouse.place(LOANS))

    assert books.publish().rows == len(books.loans)

    assert books.figures() == before
    assert "table loans is lost" in caplog.text
    assert repairs_since(MONDAY) == [RepairRecord("loans", MONDAY, is_lost=True)]
    assert books.publish().done_before, "it is told once"
    assert len(repairs_since(MONDAY)) == 1


def test_damage_is_told(books: Books, caplog: pytest.LogCaptureFixture) -> None:
    cut_off(books.files("*/*.parquet")[0])

    books.publish()

    assert "table loans is damaged" in caplog.text
    assert repairs_since(MONDAY) == [RepairRecord("loans", MONDAY, is_lost=False)]


def test_a_new_table_is_not_a_lost_one(books: Books) -> None:
    books.publish()

    assert repairs_since(MONDAY) == []


@pytest.mark.parametrize("harm", HARMS)
def test_a_checkpoint(books: Books, harm: Harm) -> None:
    before = books.figures()
    delta = books.warehouse.delta(LOANS)
    assert delta is not None
    delta.create_checkpoint()
    harm(books.files("_delta_log/*.checkpoint.parquet")[0])

    with pytest.raises(TableDamaged, match="loans"):
        books.figures()

    mends(books, before)


@pytest.mark.parametrize("harm", HARMS)
@pytest.mark.parametrize("which", [1, -1])
def test_commits_that_a_checkpoint_sums_up(books: Books, harm: Harm, which: int) -> None:
    """What the checkpoint holds is whole: the figures stand, whatever became of the commits."""
    before = books.figures()
    delta = books.warehouse.delta(LOANS)
    assert delta is not None
    delta.create_checkpoint()
    harm(books.files("_delta_log/*.json")[which])

    if is_damaged(books.warehouse, LOANS):
        mends(books, before)
    else:
        assert books.figures() == before
        books.lend(Loan(SOUTH, 9, revision=9))
        assert books.figures() == sorted([*before, (SOUTH, 9, "lent")])


def test_a_table_that_is_whole_is_left_alone(books: Books) -> None:
    version = version_of(books.warehouse, LOANS)

    assert not is_damaged(books.warehouse, LOANS)
    assert books.publish().done_before
    assert version_of(books.warehouse, LOANS) == version


def test_an_older_version_that_was_cleared_is_no_damage(books: Books) -> None:
    """Whose files are gone is told apart by whether the table as it stands needs them."""
    old = version_of(books.warehouse, LOANS)
    cut_off(books.files("*/*.parquet")[0])
    books.publish()

    with pytest.raises(VersionCleared):
        true_loans(books.warehouse, versions={LOANS.name: old})
    assert len(books.figures()) == 3
