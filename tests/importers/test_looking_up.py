"""What a first import looks up, while PostgreSQL knows nothing of the tables it fills."""

import json
from datetime import UTC, datetime

import pytest
from django.db import connection

from shinrai.accounts.operations import open_workspace
from shinrai.books.statements import statement
from shinrai.customers.operations import meet_customers
from shinrai.ledger.operations import NewCase, record_cases
from shinrai.ledger.queries import case_ids
from shinrai.privacy.operations import mark_of

MONDAY = datetime(2026, 6, 1, 0, tzinfo=UTC)
MANY = 3_000
pytestmark = pytest.mark.django_db


@pytest.fixture
def workspace():
    return open_workspace(
        slug="michi", name="ミチ", zone="Asia/Tokyo", simulated=True, at=MONDAY, by="test"
    ).id


def scans(query, given):
    """Explain a question as it is answered: every place where a table is read."""
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {query}", given)
        [(told,)] = cursor.fetchall()
    found, nodes = [], [(json.loads(told) if isinstance(told, str) else told)[0]["Plan"]]
    while nodes:
        node = nodes.pop()
        nodes += node.get("Plans", ())
        if "Relation Name" in node:
            found.append(node)
    return found


def test_each_case_is_looked_up_by_its_own_key(workspace):
    keys = [f"INQ-{number}" for number in range(MANY)]
    cases = [NewCase("inquiry", "desk", key) for key in keys]
    made = record_cases(workspace_id=workspace, cases=cases)
    asked = [*keys[::3], "INQ-unheard-of"]

    [scan] = scans(
        statement("ledger", "cases_by_key"),
        {"keys": asked, "workspace": workspace, "record": "inquiry", "source": "desk"},
    )

    assert "source_key" in scan["Index Cond"]
    assert scan["Actual Loops"] == len(asked)
    assert not scan.get("Rows Removed by Filter")
    found = case_ids(workspace_id=workspace, record="inquiry", source="desk", keys=asked)
    assert found == dict(zip(keys[::3], made[::3], strict=True))


def test_each_customer_is_looked_up_by_their_own_mark(workspace):
    names = [f"U-{number}" for number in range(MANY)]
    met = meet_customers(workspace_id=workspace, source="desk", identifiers=names, at=MONDAY)
    marks = [mark_of("person", "desk", name) for name in (*names[::3], "U-unheard-of")]

    [scan] = scans(
        statement("customers", "persons_by_mark"),
        {"marks": marks, "workspace": workspace, "source": "desk"},
    )

    assert "mark" in scan["Index Cond"]
    assert scan["Actual Loops"] == len(marks)
    assert not scan.get("Rows Removed by Filter")
    again = meet_customers(workspace_id=workspace, source="desk", identifiers=names, at=MONDAY)
    assert again == met
