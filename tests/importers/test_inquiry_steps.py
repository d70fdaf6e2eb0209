"""A log in our own words: who acted, numbers as numbers, and a customer's deeds without a name."""

from pathlib import Path

import pytest

from shinrai.importers.csv.mappings import parse
from shinrai.importers.queries import quarantined
from shinrai.importers.rules.mapping.part import BadMapping
from tests.importers.desk import Desk, sheet

pytestmark = pytest.mark.django_db
COLUMNS = (
    "inquiry",
    "step",
    "at",
    "kind",
    "by",
    "role",
    "tier",
    "customer",
    "mode",
    "minutes",
    "text",
)
ROWS = (
    (
        "Q-1",
        "1",
        "2026-06-01T10:00:00+09:00",
        "received",
        "",
        "customer",
        "",
        "U-7",
        "via_cs",
        "",
        "?",
    ),
    ("Q-1", "2", "2026-06-01T11:00:00+09:00", "outbound", "森下", "agent", "", "", "", "", "Hello"),
    ("Q-1", "3", "2026-06-01T12:00:00+09:00", "worked", "髙橋", "engineer", "2", "", "", "12", ""),
    ("Q-1", "4", "2026-06-01T12:30:00+09:00", "worked", "髙橋", "engineer", "2", "", "", "2.5", ""),
    ("Q-1", "5", "2026-06-01T13:00:00+09:00", "solved", "", "system", "", "", "", "", ""),
)


def told(desk: Desk) -> list[tuple[object, ...]]:
    return [
        (kind, by, role, tier, detail) for _, _, kind, by, role, tier, detail, *_ in desk.told()
    ]


def test_each_row_says_who_acted_and_how_long(desk: Desk, tmp_path: Path) -> None:
    desk.bring("inquiry_steps", sheet(tmp_path / "log.csv", *ROWS, columns=COLUMNS))

    received, outbound, worked, again, solved = told(desk)
    assert received[1:3] == ("U-7", "customer")
    assert outbound[1:3] == ("森下", "agent")
    assert worked == ("worked", "髙橋", "engineer", 2, {"minutes": 12})
    assert again[4] == {"minutes": 2.5}
    assert solved[1:3] == ("system", "system")


@pytest.mark.parametrize("minutes", ["half an hour", "1:30", "--2", "1e3"])
def test_what_is_no_number_sets_its_row_aside(desk: Desk, tmp_path: Path, minutes: str) -> None:
    row = (*ROWS[2][:9], minutes, "")
    report = desk.bring("inquiry_steps", sheet(tmp_path / "log.csv", ROWS[0], row, columns=COLUMNS))

    [aside] = quarantined(batch_id=report.batch, limit=9)
    assert report.counts.quarantined == 1
    assert aside.field == "minutes"


def test_a_role_nobody_foresaw_sets_its_row_aside(desk: Desk, tmp_path: Path) -> None:
    row = (*ROWS[1][:5], "wizard", *ROWS[1][6:])
    report = desk.bring("inquiry_steps", sheet(tmp_path / "log.csv", ROWS[0], row, columns=COLUMNS))

    assert report.counts.quarantined == 1


def test_a_number_is_asked_for_by_yes_or_no() -> None:
    with pytest.raises(BadMapping, match="true or false"):
        parse(
            "mapping: x\nsource: x\nrecord: inquiry\ntables:\n  a:\n    rows: steps\n"
            "    zone: UTC\n    key: k\n    revision: r\n    at: t\n    kind: w\n"
            "    detail: {minutes: {column: m, number: maybe}}\n",
            where="x",
        )
