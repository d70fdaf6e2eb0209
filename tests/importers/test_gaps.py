"""Rows that say what cannot be known of them, and logs that leave the beginning to others."""

from pathlib import Path

import pytest

from tests.importers.desk import Desk, sheet

MAPPING = """
mapping: desk
source: our-desk
record: inquiry
tables:
  tickets:
    rows: cases
    zone: UTC
    key: no
    doubts: {column: gaps, list: " "}
    steps:
      - {kind: received, at: opened, required: true}
  log:
    rows: states
    zone: UTC
    belongs_to: {table: tickets, column: no}
    revision: [no, rev]
    at: at
    state: {column: state, words: {New: open, Wait: {waiting: customer}, Done: solved}}
"""


@pytest.mark.django_db
def test_a_log_of_a_table_waits_for_its_ticket_and_its_gaps_are_counted(
    desk: Desk, tmp_path: Path
) -> None:
    log = sheet(
        tmp_path / "log.csv",
        ("1", "0", "2026/6/1 9:05", "New"),
        ("1", "1", "2026/6/1 10:00", "Wait"),
        ("1", "2", "2026/6/1 11:00", "Done"),
        columns=("no", "rev", "at", "state"),
    )
    tickets = sheet(
        tmp_path / "tickets.csv",
        ("1", "2026/6/1 9:00", "no_messages"),
        ("2", "2026/6/1 9:30", "no_messages no_state_history"),
        columns=("no", "opened", "gaps"),
    )

    alone = desk.bring(MAPPING, log)
    whole = desk.bring(MAPPING, tickets)

    assert [flag.code for flag in alone.flags] == ["orphan"]
    assert desk.kinds("1") == ["received", "waiting", "solved"]
    assert {flag.code: flag.count for flag in whole.flags} == {
        "no_messages": 2,
        "no_state_history": 1,
    }


TWO_COLUMNS = MAPPING.replace(
    "state: {column: state, words: {New: open, Wait: {waiting: customer}, Done: solved}}",
    "state: {column: state, words: {Wait: {waiting: customer}}, otherwise: {column: sort, words: "
    "{todo: open, done: {is: solved, doubt: guessed_meaning}}}}",
)


@pytest.mark.django_db
def test_a_state_nobody_knows_is_looked_up_in_the_next_column(desk: Desk, tmp_path: Path) -> None:
    """Ken's ticket waits by its own word, and is done by its sort; a third word is set aside."""
    log = sheet(
        tmp_path / "log.csv",
        ("1", "0", "2026/6/1 9:05", "Fresh", "todo"),
        ("1", "1", "2026/6/1 10:00", "Wait", "todo"),
        ("1", "2", "2026/6/1 11:00", "Shipped", "done"),
        ("1", "3", "2026/6/1 12:00", "Lost", ""),
        columns=("no", "rev", "at", "state", "sort"),
    )
    tickets = sheet(
        tmp_path / "t.csv", ("1", "2026/6/1 9:00", ""), columns=("no", "opened", "gaps")
    )

    report = desk.bring(TWO_COLUMNS, tickets, log)

    assert desk.kinds("1") == ["received", "waiting", "solved"]
    assert [flag.code for flag in report.flags] == ["guessed_meaning"]
    assert [(row.field, row.cell) for row in report.set_aside] == [("state", "Lost")]
