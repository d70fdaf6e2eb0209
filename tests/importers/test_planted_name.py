"""A name is planted in a sheet; it lies nowhere in the clear, and is gone for good when erased."""

import csv
from datetime import UTC, datetime
from pathlib import Path

import pytest

from shinrai.accounts.queries import workspace_named
from shinrai.customers.models import Person
from shinrai.importers.mapping_files import load_mapping
from shinrai.importers.operations import import_into
from shinrai.importers.run.request import ImportRequest
from shinrai.investigations.queries import investigation
from shinrai.objectives.operations.catching_up import catch_up
from shinrai.privacy.operations import erase_person, read_words
from shinrai.warehouse.store import Warehouse

EXAMPLE = Path(__file__).parents[2] / "examples" / "investigations_ja" / "chousa_irai_2026.csv"
NAME = "花村すみれ"
CUSTOMER = "U-9998877"
NOON = datetime(2026, 11, 20, 3, tzinfo=UTC)
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("fresh_files")]


@pytest.fixture
def sheet(tmp_path):
    """The example's first row, with a customer who is named wherever words can stand."""
    with EXAMPLE.open(encoding="cp932", newline="") as file:
        reader = csv.DictReader(file)
        row = next(reader)
    for column in ("件名", "依頼内容", "回答（CS向け）", "備考", "差し戻し理由"):
        row[column] = f"{NAME}さまの件（{CUSTOMER}）"
    row["顧客ID"] = CUSTOMER
    path = tmp_path / "sheet.csv"
    with path.open("w", encoding="cp932", newline="") as file:
        writer = csv.DictWriter(file, list(row))
        writer.writeheader()
        writer.writerow(row)
    return path


def imported(sheet):
    return import_into(
        workspace="cre",
        request=ImportRequest(
            mapping=load_mapping("investigations_sheet_ja"), paths=(sheet,), at=NOON, by="test"
        ),
    )


def everything_in_the_books(cursor):
    """Every row of every table, as text: what somebody with the database alone could read."""
    cursor.execute(
        "SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
    )
    for (table,) in cursor.fetchall():
        cursor.execute(f"SELECT whole::text FROM {table} AS whole")
        for (text,) in cursor.fetchall():
            yield table, text


def test_a_planted_name_lies_nowhere_in_the_clear(sheet, tmp_path, owner_cursor):
    imported(sheet)
    warehouse = tmp_path / "warehouse"
    catch_up(warehouse=Warehouse(str(warehouse)), at=NOON)
    there = workspace_named("cre")
    record = investigation(workspace_id=there.id, source_key="CRE-001")

    rows = list(everything_in_the_books(owner_cursor))
    readable = read_words([step.words_id for step in record.steps if step.words_id])
    assert any(NAME in words for words in readable.values()), "the plant itself must be there"
    for secret in (NAME, CUSTOMER):
        assert [table for table, text in rows if secret in text] == []
        hexed = secret.encode().hex()
        assert [table for table, text in rows if hexed in text] == []
        files = [path for path in warehouse.rglob("*") if path.is_file()]
        assert [path for path in files if secret.encode() in path.read_bytes()] == []


def test_a_row_set_aside_repeats_nothing_it_holds(sheet, owner_cursor):
    """Sumire's mail address stands where it does not belong: in every column, row by row."""
    mail = "sumire.hanamura@example.jp"
    header, row = csv.reader(sheet.read_text("cp932").splitlines())
    rows = [[f"S-{place}", *row[1:]] for place in range(len(row))]
    for place, planted in enumerate(rows):
        planted[place] = f"{NAME} {mail}"
    with sheet.open("w", encoding="cp932", newline="") as file:
        csv.writer(file).writerows([header, *rows, [mail, NAME, *row[:-2]]])
        file.write(f'9,"{NAME}"{mail},1\r\n')

    report = imported(sheet)

    owner_cursor.execute("SELECT reason::text || field FROM importers_quarantinedrow")
    reasons = [text for (text,) in owner_cursor.fetchall()]
    owner_cursor.execute("SELECT report::text FROM ledger_batchcompletion")
    kept = [text for (text,) in owner_cursor.fetchall()]
    assert len(reasons) > 5
    assert [text for text in reasons + kept if NAME in text or mail in text] == []
    shown = [str(row.as_json()) for row in report.set_aside]
    assert any("〔mail〕" in text for text in shown)
    assert all(mail not in text for text in shown), "masked where it is shown"


def test_an_erased_customer_does_not_come_back_with_the_next_export(sheet):
    imported(sheet)
    there = workspace_named("cre")
    record = investigation(workspace_id=there.id, source_key="CRE-001")
    person = Person.objects.get()
    erase_person(
        workspace_id=there.id,
        key_id=person.key_id,
        source_keys=[("person", person.source, CUSTOMER)],
        at=NOON,
    )

    again = imported(sheet)

    assert again.counts.erased == 1
    assert read_words([step.words_id for step in record.steps if step.words_id]) == {}
    after = investigation(workspace_id=there.id, source_key="CRE-001")
    assert [step.kind for step in after.steps] == [step.kind for step in record.steps]
