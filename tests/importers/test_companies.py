"""Whose company a matter is: さくら塾 (S-7) in June 2026, named by every shape a table can have."""

from pathlib import Path

import pytest

from shinrai.quality.facts.inquiries import INQUIRIES
from shinrai.warehouse.query import run
from shinrai.warehouse.refresh import refresh
from shinrai.warehouse.store import Warehouse
from tests.importers.desk import FORUM, LOG, NOON, Desk, sheet
from tests.importers.test_inquiry_steps import COLUMNS, ROWS

NAMED = "account: {column: school, missing_column: ok}"
pytestmark = pytest.mark.django_db(transaction=True)


def published(desk: Desk, folder: Path) -> dict[str, str | None]:
    """Say whose each inquiry is, as published."""
    warehouse = Warehouse(str(folder / "warehouse"))
    refresh(warehouse, at=NOON)
    rows = INQUIRIES.unbound().select("case_key", "account")
    answer = run(warehouse, rows, tables=[INQUIRIES], within={"workspace_id": desk.id})
    return {row["case_key"]: row["account"] for row in answer.records()}


def test_a_table_of_cases_names_it_in_a_column(desk: Desk, tmp_path: Path) -> None:
    mapping = FORUM.replace("channel: {fixed: forum}", "channel: {fixed: forum}, " + NAMED)
    asked = ("2026-06-02T10:00:00+09:00", "?")
    path = sheet(
        tmp_path / "q.csv",
        ("1", "ann", *asked, "S-7"),
        ("2", "ben", *asked, ""),
        columns=("id", "who", "asked", "text", "school"),
    )

    desk.bring(mapping, path)

    assert published(desk, tmp_path) == {"1": "S-7", "2": None}


def test_a_log_of_states_names_it_where_it_begins(desk: Desk, tmp_path: Path) -> None:
    mapping = LOG.replace("    at: at\n", f"    fields: {{{NAMED}}}\n    at: at\n")
    begun = ("ann", "2026-06-01 10:00")
    path = sheet(
        tmp_path / "log.csv",
        ("1", "1", *begun, "2026-06-01 11:00", "mori", "New", "CS", "S-7"),
        ("1", "2", *begun, "2026-06-02 11:00", "mori", "Done", "CS", "S-7"),
        columns=("no", "rev", "who", "opened", "at", "by", "state", "group", "school"),
    )

    desk.bring(mapping.replace("look_ahead: [resolved]", "moments: [iso]"), path)

    assert published(desk, tmp_path) == {"1": "S-7"}


def test_a_log_of_steps_names_it_on_the_receipt_alone(desk: Desk, tmp_path: Path) -> None:
    rows = [(*row, "S-7") for row in ROWS]

    desk.bring("inquiry_steps", sheet(tmp_path / "a.csv", *rows, columns=(*COLUMNS, "account")))

    assert [step[6].get("account") for step in desk.told()] == ["S-7", *[None] * 4]
    assert published(desk, tmp_path) == {"Q-1": "S-7"}


def test_another_company_in_the_next_export_takes_the_place_of_the_first(
    desk: Desk, tmp_path: Path
) -> None:
    for number, account in enumerate(("S-7", "S-8")):
        rows = [(*row, account) for row in ROWS]
        path = tmp_path / f"{number}.csv"
        report = desk.bring("inquiry_steps", sheet(path, *rows, columns=(*COLUMNS, "account")))

    assert report.counts.corrected == 1
    assert published(desk, tmp_path) == {"Q-1": "S-8"}
