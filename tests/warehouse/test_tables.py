import numpy as np
import pyarrow as pa
import pytest

from shinrai.warehouse.tables import BadColumn, BadTable, Column, Table, WrongRows
from tests.warehouse.library import LOANS, MONDAY, NORTH, Loan, rows

BRANCH = Column("branch_id", "int", "the branch")
LOAN = Column("loan_id", "int", "the loan")


class TestColumn:
    @pytest.mark.parametrize(
        ("name", "type_"),
        [
            ("due_us", "int"),
            ("held_s", "int"),
            ("lent_on", "date"),
            ("state", "string"),
            ("is_renewed", "bool"),
            ("loan_count", "int"),
            ("index", "int"),
        ],
    )
    def test_takes_what_both_engines_read_alike(self, name, type_):
        assert Column(name, type_, "something").name == name

    @pytest.mark.parametrize(
        ("name", "type_", "why"),
        [
            ("due_at", "int", "microseconds"),
            ("at", "int", "microseconds"),
            ("due_us", "timestamp", "tables hold"),
            ("price", "float", "tables hold"),
            ("late_share", "int", "two counts"),
            ("due_us", "string", "ends in _us"),
            ("held_s", "bool", "ends in _s"),
            ("lent_on", "string", "ends in _on"),
            ("loan_count", "string", "ends in _count"),
            ("lent", "date", "ends in _on"),
            ("name", "string", "words and names"),
            ("reader_name", "string", "words and names"),
            ("email", "string", "words and names"),
            ("return_note", "string", "words and names"),
            ("Due_us", "int", "lower case"),
            ("due__us", "int", "lower case"),
            ("due us", "int", "lower case"),
        ],
    )
    def test_refuses_what_they_read_differently_or_could_hold_words(self, name, type_, why):
        with pytest.raises(BadColumn, match=why):
            Column(name, type_, "something")

    def test_asks_what_it_holds_and_what_a_null_means(self):
        with pytest.raises(BadColumn, match="what a null means"):
            Column("due_us", "int", "when it is due", null_means="")
        with pytest.raises(BadColumn, match="what it holds"):
            Column("due_us", "int", " ")


class TestTable:
    def test_adds_revision_and_gone_to_what_lies_on_disk_alone(self):
        assert LOANS.schema().names == [*LOANS.unbound().columns, "revision", "gone"]
        assert list(LOANS.revisions().columns) == LOANS.schema().names
        assert LOANS.schema().field("due_us").nullable
        assert not LOANS.schema().field("state").nullable

    @pytest.mark.parametrize(
        ("changes", "why"),
        [
            ({"name": "Loans"}, "lower case"),
            ({"version": 0}, "count from 1"),
            ({"columns": (BRANCH, LOAN, LOAN)}, "declared twice: loan_id"),
            ({"columns": (BRANCH, LOAN, Column("revision", "int", "x"))}, "leave them out"),
            ({"key": ()}, "at least one"),
            ({"key": ("loan_id", "loan_id")}, "each once"),
            ({"key": ("shelf_id",)}, "no column"),
            ({"columns": (BRANCH, Column("loan_id", "int", "x", null_means="?"))}, "null"),
            ({"parted_by": "shelf_id"}, "int of its key"),
            ({"columns": (BRANCH, LOAN), "key": ("loan_id",)}, "int of its key"),
            ({"columns": (BRANCH,), "key": ("branch_id",)}, "needs another column"),
        ],
    )
    def test_refuses_a_contract_that_contradicts_itself(self, changes, why):
        contract = {
            "name": "loans",
            "grain": "one row per loan",
            "key": ("branch_id", "loan_id"),
            "columns": (BRANCH, LOAN),
            "parted_by": "branch_id",
        }
        assert Table(**contract).version == 1
        with pytest.raises(BadTable, match=why):
            Table(**(contract | changes))


class TestBatch:
    def test_takes_lists_and_arrays(self):
        columns = {name: [value] for name, value in vars(Loan(NORTH, 7)).items()}
        arrays = {
            "loan_id": np.array([7], np.int32),
            "due_us": pa.array([None], pa.int64()),
            "lent_on": np.array(["2026-06-01"], "datetime64[D]"),
            "is_renewed": np.array([False]),
        }

        assert LOANS.batch(columns | arrays) == LOANS.batch(columns)

    def test_says_that_nothing_is_gone_unless_told(self):
        columns = {name: [value] for name, value in vars(Loan(NORTH, 7)).items()}
        del columns["gone"]

        assert LOANS.batch(columns).to_pylist()[0]["gone"] is False

    @pytest.mark.parametrize(
        ("changes", "why"),
        [
            ({"state": [None]}, "column state: 1 nulls"),
            ({"revision": [None]}, "column revision: 1 nulls"),
            ({"due_us": ["tomorrow"]}, "column due_us"),
            ({"due_us": [2**63]}, "column due_us"),
            ({"due_us": [1.5]}, "column due_us: holds double"),
            ({"due_us": [MONDAY]}, "column due_us: holds timestamp"),
            ({"is_renewed": [1]}, "column is_renewed: holds int64"),
            ({"lent_on": [MONDAY]}, "column lent_on: holds timestamp"),
            ({"lent_on": np.array(["2026-06-01T23"], "datetime64[s]")}, "column lent_on: holds"),
            ({"state": ["lent", "late"]}, "loans"),
            ({"shelf": [3]}, "missing or unknown columns: shelf"),
        ],
    )
    def test_refuses_rows_that_do_not_fit(self, changes, why):
        columns = {name: [value] for name, value in vars(Loan(NORTH, 7)).items()}

        with pytest.raises(WrongRows, match=why):
            LOANS.batch(columns | changes)

    def test_names_a_column_that_is_missing(self):
        with pytest.raises(WrongRows, match="state"):
            LOANS.batch({"branch_id": [1], "loan_id": [1], "revision": [1]})

    def test_refuses_rows_of_another_shape_made_elsewhere(self):
        loans = rows(Loan(NORTH, 7))
        narrow = loans.set_column(1, "loan_id", pa.array([7], pa.int32()))

        with pytest.raises(WrongRows, match="loan_id: holds int32"):
            LOANS.check(narrow)
        with pytest.raises(WrongRows, match="have columns"):
            LOANS.check(loans.drop_columns(["gone"]))
