"""What a first import looks up, while PostgreSQL knows nothing of the rows it brings.

It knows nothing at all before tables are counted the first time; and of a second workspace it knows
nothing while they were counted when only the first was there.
"""

import json
from datetime import UTC, datetime

import pytest
from django.db import connection

from shinrai.accounts.operations.workspaces import open_workspace
from shinrai.customers.operations import record_customers
from shinrai.ledger.operations.cases import NewCase, record_cases
from shinrai.ledger.queries import cases_by_key
from shinrai.postgres.statements import statement
from shinrai.privacy.operations import mark_of

MONDAY = datetime(2026, 6, 1, 0, tzinfo=UTC)
MANY = 3_000
pytestmark = pytest.mark.django_db


@pytest.fixture(params=["never counted", "counted before it"])
def workspace(request):
    if request.param == "counted before it":
        other = opened("hikari")
        for source in ("desk", "mail", "forum"):
            fill_cases(other, source, MANY)
            names = [f"{source}-{number}" for number in range(MANY)]
            record_customers(workspace_id=other, source=source, identifiers=names, at=MONDAY)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE ledger_case, customers_person")
    return opened("michi")


def opened(slug):
    return open_workspace(
        slug=slug, name=slug, zone="Asia/Tokyo", simulated=True, at=MONDAY, by="test"
    ).id


def fill_cases(workspace, source, count):
    """Record inquiries and name them: key and number of each."""
    keys = [f"INQ-{number}" for number in range(count)]
    cases = [NewCase("inquiry", source, key) for key in keys]
    return dict(zip(keys, record_cases(workspace_id=workspace, cases=cases), strict=True))


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
    made = fill_cases(workspace, "desk", MANY)
    asked = [*list(made)[::3], "INQ-unheard-of"]

    [scan] = scans(
        statement("ledger", "cases_by_key"),
        {"keys": asked, "workspace": workspace, "record": "inquiry", "source": "desk"},
    )

    assert scan["Index Name"] == "case_once"
    assert "source_key" in scan["Index Cond"]
    assert scan["Actual Loops"] == len(asked)
    assert not scan.get("Rows Removed by Filter")
    found = cases_by_key(workspace_id=workspace, record="inquiry", source="desk", keys=asked)
    assert {key: head.id for key, head in found.items()} == {key: made[key] for key in asked[:-1]}
    assert all(head.source_key == key for key, head in found.items())


def test_each_customer_is_looked_up_by_their_own_mark(workspace):
    names = [f"U-{number}" for number in range(MANY)]
    met = record_customers(workspace_id=workspace, source="desk", identifiers=names, at=MONDAY)
    marks = [mark_of("person", "desk", name) for name in (*names[::3], "U-unheard-of")]

    [scan] = scans(
        statement("customers", "persons_by_mark"),
        {"marks": marks, "workspace": workspace, "source": "desk"},
    )

    assert scan["Index Name"] == "person_once"
    assert "mark" in scan["Index Cond"]
    assert scan["Actual Loops"] == len(marks)
    assert not scan.get("Rows Removed by Filter")
    again = record_customers(workspace_id=workspace, source="desk", identifiers=names, at=MONDAY)
    assert again == met


@pytest.mark.parametrize("table", ["ledger_case", "customers_person"])
def test_no_other_index_can_be_taken_for_a_workspace_not_counted_yet(table):
    """It would be, once a hundred thousand rows of others are there: both look like one row."""
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, table)
    begin = [told["columns"] for told in found.values() if told["index"] or told["unique"]]
    assert len([columns for columns in begin if columns[:1] == ["workspace_id"]]) == 1
