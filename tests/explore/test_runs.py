"""What members are answered in SQL, and what is recorded of it."""

import pytest

from shinrai.accounts.models import AuditEntry
from shinrai.explore.models import QueryRun
from tests.explore.stage import LOGIN, REFUND, SqlStage, open_sql_stage

pytestmark = [pytest.mark.django_db(transaction=True)]


@pytest.fixture
def stage(settings, tmp_path) -> SqlStage:
    settings.SHINRAI_WAREHOUSE = str(tmp_path / "warehouse")
    settings.SHINRAI_HOME = tmp_path
    return open_sql_stage(settings.SHINRAI_WAREHOUSE)


def test_counts_by_topic_and_records_the_run(stage):
    answer = stage.ask("SELECT topic, count(*) AS n FROM inquiries GROUP BY topic ORDER BY n DESC")

    assert answer.rows == (("login", LOGIN), ("refund", REFUND))
    assert [(column.name, column.kind) for column in answer.columns] == [
        ("topic", "text"),
        ("n", "number"),
    ]
    assert set(answer.versions) == {"inquiries"}
    run = QueryRun.objects.get()
    assert (run.state, run.rows, run.by) == ("done", 2, "staff:1")
    assert "GROUP BY topic" in run.sql
    assert AuditEntry.objects.filter(subject=f"sql_run:{run.pk}", what="run SQL").count() == 1
