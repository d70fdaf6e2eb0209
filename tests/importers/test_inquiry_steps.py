"""A log in our own words: who acted, numbers as numbers, and a customer's deeds without a name."""

from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest
from openpyxl import Workbook

from shinrai.importers.mapping_files import parse
from shinrai.importers.queries import quarantined
from shinrai.importers.rules.mapping.node import BadMapping
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


WITHOUT_TEXT = (
    ("N-1", "1", "2026-06-01T10:00:00Z", "received", "via_cs"),
    ("N-1", "2", "2026-06-01T11:00:00Z", "outbound", "via_cs"),
    ("N-1", "3", "2026-06-01T12:00:00Z", "solved", "via_cs"),
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


class TestWithoutText:
    """A log that has no column of text is not one whose texts are empty."""

    @pytest.mark.parametrize(
        ("columns", "texts", "substantive", "flags"),
        [((), (), None, ["no_text"]), (("text",), ("ありがとう",), False, [])],
    )
    def test_a_message_counts_unless_its_text_says_nothing(
        self,
        desk: Desk,
        tmp_path: Path,
        columns: tuple[str, ...],
        texts: tuple[str, ...],
        substantive: bool | None,
        flags: list[str],
    ) -> None:
        names = ("inquiry", "step", "at", "kind", "mode", *columns)
        rows = [(*row, *texts) for row in WITHOUT_TEXT]

        report = desk.bring("inquiry_steps", sheet(tmp_path / "log.csv", *rows, columns=names))

        [_, outbound, _] = told(desk)
        assert outbound[4].get("substantive") is substantive  # type: ignore[attr-defined]
        assert [flag.code for flag in report.flags] == flags


JOINED = """
mapping: calls
source: calls
record: inquiry
tables:
  calls:
    rows: cases
    zone: Asia/Tokyo
    moments: ["%Y/%m/%d %H:%M", "%Y年%m月%d日 %p%I時%M分"]
    key: 番号
    fields: {mode: {fixed: via_cs}}
    steps:
      - {kind: received, at: {join: [受付日, 受付時刻]}, required: true, role: customer}
      - {kind: solved, at: {join: [完了日, 完了時刻]}, role: agent}
"""
CALLS = ("番号", "受付日", "受付時刻", "完了日", "完了時刻")


class TestDateAndTimeInTwoColumns:
    """A desk that writes the day in one column and the time in another, as phone lists do."""

    def test_are_one_moment(self, desk: Desk, tmp_path: Path) -> None:
        rows = (
            ("1", "2026/6/2", "11:00", "", ""),
            ("2", "2026年6月2日", "午前11時00分", "2026/6/2", "23:30"),
            ("3", "2026/6/2", "", "", ""),
        )

        report = desk.bring(JOINED, sheet(tmp_path / "calls.csv", *rows, columns=CALLS))

        at = datetime(2026, 6, 2, 2, tzinfo=UTC)
        assert [(case, when, kind) for case, when, kind, *_ in desk.told()] == [
            ("1", at, "received"),
            ("2", at, "received"),
            ("2", datetime(2026, 6, 2, 14, 30, tzinfo=UTC), "solved"),
        ]
        [bad] = report.set_aside
        assert (bad.line, bad.field) == (4, "受付時刻")

    def test_also_as_true_dates_and_times_of_a_workbook(self, desk: Desk, tmp_path: Path) -> None:
        made = Workbook()
        page = made.active
        assert page is not None
        page.append(CALLS)
        page.append(["1", date(2026, 6, 2), time(11), None, None])
        page.append(["2", date(2026, 6, 2), "午前11時00分", None, None])
        made.save(tmp_path / "calls.xlsx")

        report = desk.bring(JOINED, tmp_path / "calls.xlsx")

        assert {when for _, when, *_ in desk.told()} == {datetime(2026, 6, 2, 2, tzinfo=UTC)}
        assert report.flags == ()

    @pytest.mark.parametrize("at", ["{fixed: 2026}", "{join: []}", "{column: []}"])
    def test_a_moment_comes_from_a_column(self, at: str) -> None:
        with pytest.raises(BadMapping, match="column"):
            parse(JOINED.replace("{join: [受付日, 受付時刻]}", at), where="test")


@pytest.mark.parametrize("error", ["#N/A", "#REF!", "＃Ｎ／Ａ"])
def test_an_error_is_nobodys_name(desk: Desk, tmp_path: Path, error: str) -> None:
    """A list exported from Excel, whose formula for the person in charge found nobody."""
    row = ("Q-1", "2", "2026-06-01T11:00:00+09:00", "outbound", error, "agent", *[""] * 4, "Hello")

    report = desk.bring("inquiry_steps", sheet(tmp_path / "log.csv", ROWS[0], row, columns=COLUMNS))

    assert told(desk)[1][1] == "system"
    assert [flag.code for flag in report.flags] == (["error_cell"] if error.isascii() else [])
