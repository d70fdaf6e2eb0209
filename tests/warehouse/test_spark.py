"""Both engines give the same answers; skipped with a reason where Spark or Java is not there."""

import os
import shutil

import ibis
import pytest

from shinrai.warehouse.query import run
from shinrai.warehouse.spark import run_on_spark
from shinrai.warehouse.store import Warehouse
from tests.warehouse.library import LOANS, NORTH, SOUTH, Loan, publish_loans

pyspark_sql = pytest.importorskip("pyspark.sql", reason="PySpark, an extra, is not installed")
pytestmark = [
    pytest.mark.end_to_end,
    pytest.mark.skipif(shutil.which("java") is None, reason="Spark needs Java 17"),
]


@pytest.fixture(scope="module")
def session():
    """Open a small Spark on the loopback, and stop it."""
    os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"  # else its workers listen to the outside
    builder = pyspark_sql.SparkSession.builder.master("local[2]")
    session = builder.config("spark.ui.enabled", "false").getOrCreate()
    yield session
    session.stop()


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory):
    """Publish a few loans, with nulls, negatives, a return and a loan that is gone."""
    warehouse = Warehouse(str(tmp_path_factory.mktemp("warehouse") / "倉庫 1"))
    publish_loans(
        warehouse,
        *(Loan(NORTH, n, due_us=n * 10**12 - 3, is_renewed=n % 2 == 0) for n in range(6)),
        Loan(SOUTH, 1, due_us=-7, lent_on=None),
    )
    publish_loans(
        warehouse,
        Loan(NORTH, 1, "returned", due_us=None, revision=2),
        Loan(NORTH, 2, "late", revision=2, gone=True),
    )
    return warehouse


LENT = LOANS.unbound()
WEEKLY = LENT.group_by("branch_id", week_on=LENT.lent_on.truncate("W")).aggregate(
    loans=LENT.count(),
    due=LENT.due_us.sum(),
    renewed=LENT.is_renewed.sum(),
    late=(LENT.due_us < 2 * 10**12).fill_null(False).sum(),
)
QUESTIONS = {
    "all that is true": LENT.order_by("branch_id", "loan_id"),
    "all revisions": LOANS.revisions().order_by("branch_id", "loan_id", "revision"),
    "counts by week": WEEKLY.order_by("branch_id", "week_on"),
    "remainders": LENT.select(
        "loan_id", days=LENT.due_us // 86_400, rest=LENT.due_us % 86_400
    ).order_by(ibis.asc("days", nulls_first=True), "loan_id"),
    "one number": LENT.count().name("loans"),
}


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("within", [None, {"branch_id": SOUTH}, {"branch_id": 99}])
def test_answers_alike(session, warehouse, question, within):
    how = {"tables": [LOANS], "within": within}

    duck = run(warehouse, QUESTIONS[question], **how)
    spark = run_on_spark(session, warehouse, QUESTIONS[question], **how)

    assert spark.records() == duck.records()
    assert spark.rows.schema.equals(duck.rows.schema)
    assert (spark.versions, spark.fresh) == (duck.versions, duck.fresh)


@pytest.mark.parametrize("version", [-1, 1])
def test_answers_alike_as_of_a_version(session, warehouse, version):
    how = {"tables": [LOANS], "versions": {"loans": version}}

    duck = run(warehouse, QUESTIONS["all that is true"], **how)
    spark = run_on_spark(session, warehouse, QUESTIONS["all that is true"], **how)

    assert spark.records() == duck.records()
    assert len(spark.records()) == (0 if version == -1 else 7)
