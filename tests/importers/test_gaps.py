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
