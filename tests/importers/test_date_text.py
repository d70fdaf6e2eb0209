"""Dates as people write them, one cell at a time."""

from datetime import UTC, datetime, timedelta

import pytest

from shinrai.importers.sheet.date_text import look_at, moment_of, orders_of

MONDAY = datetime(2026, 11, 2, 14, 5)  # 10:32 would not tell the half of the day
MONDAYS = (
    "02/11/2026 14.05", "02.11.2026 14:05 Uhr", "02.11.2026 um 14:05 Uhr", "02/11/2026 à 14h05",
    "14:05 02/11/2026", "2:05 pm 02/11/2026", "02/11/26 14:05", "2 Nov 2026 at 2:05 p.m.",
    "2nd November 2026 14:05", "Mon Nov  2 14:05:00 2026", "02.11.2026 14.05",
    "02/Nov/2026:14:05:00", "Monday, November 2, 2026 2:05 PM", "'2026/11/02 14:05",
    "2026-11-02_14:05", "2026/11/02-14:05", "2026-11-02T14:05", "14:05:00 2026-11-02",
    "2026/11/2（月）　14：05", "２０２６年１１月２日　１４時５分", "令和8年11月2日 午後2時5分",
    "R8.11.2 14:05", "20261102 1405", "202611021405",
)  # fmt: skip
NO_DATES = ("14:05", "1.5", "3件", "2026", "v2.11.2", "090-1234-5678", "02:11:26:14:05", "ID-20261")


@pytest.mark.pure
class TestDateText:
    @pytest.mark.parametrize("cell", MONDAYS)
    def test_five_past_two_on_a_monday(self, cell: str) -> None:
        found = look_at(cell)

        assert found is not None
        assert MONDAY in {moment_of(found, order=order) for order in orders_of(found)}

    @pytest.mark.parametrize("cell", ["02.11. 14:05", "2.11. 14:05", "02/11 14:05", "2 Nov 14:05"])
    def test_without_a_year(self, cell: str) -> None:
        found = look_at(cell)

        assert found is not None
        assert found.lacks_year
        assert moment_of(found, order="dmy", year=2026) == MONDAY

    @pytest.mark.parametrize(
        "cell",
        ["2026-11-02T14:05:00+09:00[Asia/Tokyo]", "Mon Nov 2 14:05:00 JST 2026",
         "Mon, 02 Nov 2026 05:05:00 GMT"],
    )  # fmt: skip
    def test_with_an_offset_it_is_a_moment(self, cell: str) -> None:
        found = look_at(cell)

        assert found is not None
        assert moment_of(found, order="ymd") == (MONDAY - timedelta(hours=9)).replace(tzinfo=UTC)

    @pytest.mark.parametrize("cell", NO_DATES)
    def test_none(self, cell: str) -> None:
        assert look_at(cell) is None
