"""Moments as people type them: eras, full-width digits, weekdays, midnight at 24:00."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shinrai.importers.mapping_files import shipped_mapping
from shinrai.importers.rules.moment_formats import UnknownFormat, compile_format, month_named
from shinrai.importers.rules.moments import IN_CELL, MomentReader, SourceClock, UnreadableMoment
from shinrai.units.moments import epoch_us, from_us

TOKYO = ZoneInfo("Asia/Tokyo")
SHEET = shipped_mapping("investigations_sheet_ja").tables[0].moments


def read(cell: str | datetime, *, zone: str = "Asia/Tokyo") -> datetime:
    return from_us(MomentReader(SHEET, zone).read(cell))


class TestTheSheetsSpellings:
    @pytest.mark.parametrize(
        "cell",
        [
            "2026/6/2 11:00",
            "2026/06/02 11:00:00",
            "2026-06-02 11:00",
            "2026/6/2(火) 11:00",
            "2026年6月2日 11:00",
            "2026年6月2日 11時00分",
            "令和8年6月2日 11:00",
            "R8.6.2 11:00",
            "２０２６／６／２　１１：００",
            "2026-06-02T11:00:00+09:00",
            "46175.4583333333",
            " 2026/6/2 11:00　",
        ],
    )
    def test_all_mean_tuesday_2_june_2026_at_eleven_in_tokyo(self, cell: str) -> None:
        assert read(cell) == datetime(2026, 6, 2, 11, tzinfo=TOKYO)

    def test_the_first_year_of_an_era_may_be_written_gannen(self) -> None:
        assert read("令和元年5月7日 10:00") == datetime(2019, 5, 7, 10, tzinfo=TOKYO)

    def test_a_workbooks_own_date_is_wall_time_of_the_zone(self) -> None:
        assert read(datetime(2026, 6, 2, 11)) == datetime(2026, 6, 2, 11, tzinfo=TOKYO)

    def test_24_00_is_the_end_of_that_day(self) -> None:
        assert read("2026/6/30 24:00") == datetime(2026, 7, 1, tzinfo=TOKYO)


class TestWhatCannotBe:
    @pytest.mark.parametrize(
        ("cell", "why", "ja"),
        [
            ("2026/2/30 10:00", "day is out of range", "このような日時はありません"),
            ("2026/6/2(水) 11:00", "is a Tue", "この日は火曜日です"),
            ("2026/6/2 25:00", "hour must be in", "このような日時はありません"),
            ("昨日の夕方", "no moment in any", "どの日時の書式にも合いません"),
            ("", "no moment in any", "セルが空です"),
        ],
    )
    def test_says_why_in_both_languages(self, cell: str, why: str, ja: str) -> None:
        with pytest.raises(UnreadableMoment, match=why) as error:
            read(cell)
        assert ja in error.value.text["ja"]

    def test_a_second_look_at_the_same_cell_says_the_same(self) -> None:
        reader = MomentReader(SHEET, "Asia/Tokyo")
        for _ in range(2):
            with pytest.raises(UnreadableMoment, match="out of range"):
                reader.read("2026/2/30 10:00")

    def test_a_directive_nobody_knows_is_named(self) -> None:
        with pytest.raises(UnknownFormat, match="%Q"):
            compile_format("%Q/%m")


class TestWhatIsNoDateByAccident:
    @pytest.mark.parametrize(
        ("cell", "why"),
        [
            ("1", "year 1899"),  # a tick
            ("2026", "year 1905"),  # a bare year
            ("32873", "year 1989"),
            ("73416", "year 2101"),
            ("0206/6/2 11:00", "year 206"),
            ("2206/6/2 11:00", "year 2206"),
            ("令和0年5月1日 10:00", "令和 began on 2019-05-01"),
            ("R1.4.30 10:00", "令和 began on 2019-05-01"),
            ("4.6e4", "no moment"),
            ("46_175", "no moment"),
            ("nan", "no moment"),
            ("-46175", "no moment"),
        ],
    )
    def test_numbers_and_eras_that_cannot_be(self, cell: str, why: str) -> None:
        with pytest.raises(UnreadableMoment, match=why):
            read(cell)

    @pytest.mark.parametrize("wall", [datetime(1900, 1, 1), datetime(2101, 1, 1)])
    def test_a_tick_formatted_as_a_date(self, wall: datetime) -> None:
        with pytest.raises(UnreadableMoment, match="only 1990 to 2100 is plausible") as error:
            read(wall)
        assert "1990〜2100" in error.value.text["ja"]

    @pytest.mark.parametrize(
        ("form", "first", "last"),
        [
            ("令和%Jy年%m月%d日", "令和元年5月1日", "令和82年12月31日"),
            ("R%Jy/%m/%d", "R1/5/1", "R82/12/31"),
            ("平成%Jy年%m月%d日", "平成2年1月1日", "平成31年4月30日"),
            ("H%Jy.%m.%d", "H2.1.1", "H31.4.30"),
            ("平%Jy.%m.%d %H:%M", "平2.1.1 0:00", "平31.4.30 24:00"),
        ],
    )
    def test_an_era_has_a_first_and_a_last_day(self, form: str, first: str, last: str) -> None:
        reader = MomentReader((form,), "UTC")
        ends = (date(2100, 12, 31), date(2019, 4, 30), date(2019, 5, 1))

        assert from_us(reader.read(first)).date() in (date(2019, 5, 1), date(1990, 1, 1))
        assert from_us(reader.read(last)).date() in ends

    @pytest.mark.parametrize(
        ("form", "cell", "why"),
        [
            ("平成%Jy年%m月%d日", "平成31年5月1日", "平成 ended on 2019-04-30"),
            ("H%Jy.%m.%d", "H32.1.1", "平成 ended on 2019-04-30"),
            ("昭和%Jy年%m月%d日", "昭和64年1月8日", "昭和 ended on 1989-01-07"),
            ("昭和%Jy年%m月%d日", "昭和64年1月7日", "year 1989"),
            ("大正%Jy年%m月%d日", "大正1年7月29日", "大正 began on 1912-07-30"),
            ("M%Jy.%m.%d", "M45.7.30", "明治 ended on 1912-07-29"),
        ],
    )
    def test_and_none_beyond_them(self, form: str, cell: str, why: str) -> None:
        with pytest.raises(UnreadableMoment, match=why) as error:
            MomentReader((form,), "UTC").read(cell)
        assert error.value.text["ja"]


class TestDateAndTimeApart:
    @pytest.mark.parametrize(
        "cells",
        [
            ("2026/6/2", "11:00"),
            ("２０２６／６／２", "１１：００"),
            ("2026年6月2日", "11時00分"),
            ("令和8年6月2日", "11:00"),
            ("2026-06-02", "11:00:00"),
            (datetime(2026, 6, 2), "11:00:00"),  # a workbook's own date and time of day
            (datetime(2026, 6, 2), "11:00"),
            (datetime(2026, 6, 2), "11時00分"),
            (datetime(2026, 6, 2), "0.458333333"),
            ("46175", "0.458333333"),
            ("46175", "11:00"),
        ],
    )
    def test_are_read_as_one(self, cells: tuple[str | datetime, ...]) -> None:
        reader = MomentReader(SHEET, "Asia/Tokyo").of("日付", is_joined=True)

        told = from_us(reader.read(reader.join(cells)))

        assert told == datetime(2026, 6, 2, 11, tzinfo=TOKYO)


class TestZones:
    def test_a_cell_that_carries_no_offset_is_refused_without_a_zone(self) -> None:
        with pytest.raises(UnreadableMoment, match="--zone"):
            MomentReader(("%Y-%m-%d %H:%M",), IN_CELL).read("2026-06-02 11:00")

    def test_an_offset_in_the_cell_wins_over_the_zone(self) -> None:
        reader = MomentReader(("%Y-%m-%d %H:%M:%S %z",), "Asia/Tokyo")

        assert from_us(reader.read("2023-01-01 02:21:46 +0000")) == datetime(
            2023, 1, 1, 2, 21, 46, tzinfo=UTC
        )

    def test_half_past_two_does_not_exist_on_the_night_lisbon_springs(self) -> None:
        reader = MomentReader(("%Y-%m-%d %H:%M",), "Europe/Lisbon")

        assert from_us(reader.read("2025-03-30 01:30")) == datetime(2025, 3, 30, 1, 30, tzinfo=UTC)

    def test_clocks_repair_a_source_whose_label_is_wrong_until_a_day(self) -> None:
        """The forum wrote +0000 and meant Los Angeles until late November 2023."""
        clocks = (
            SourceClock("America/Los_Angeles", datetime(2023, 11, 28, 12)),
            SourceClock(IN_CELL),
        )
        reader = MomentReader(("%Y-%m-%d %H:%M:%S %z",), IN_CELL, clocks)

        assert from_us(reader.read("2023-11-27 10:00:00 +0000")).hour == 18
        assert from_us(reader.read("2023-11-29 10:00:00 +0000")).hour == 10


class TestAmericanExports:
    @pytest.mark.parametrize(
        ("cell", "hour"),
        [
            ("03/Jun/26 9:05 AM", 9),
            ("03/Jun/26 12:05 AM", 0),
            ("2026/6/3 21:05", 21),
            ("03/6月/26 9:05 午後", 21),
            ("03/Juni/26 09:05", 9),
            ("03/juin/26 9:05 AM", 9),
        ],
    )
    def test_jira_writes_halves_of_a_day(self, cell: str, hour: int) -> None:
        reader = MomentReader(shipped_mapping("jira_csv").tables[0].moments, "UTC")

        assert from_us(reader.read(cell)) == datetime(2026, 6, 3, hour, 5, tzinfo=UTC)


class TestMonths:
    @pytest.mark.parametrize(
        ("names", "number"),
        [
            ("January Jan Jän Januar janv ene gen 1月 01月", 1),
            ("March Mär März Mrz mars marzo março 3月", 3),
            ("May Mai mayo maggio mag", 5),
            ("juin June Juni giu", 6),
            ("juil juillet July Juli lug", 7),
            ("août Aug ago", 8),
            ("October Okt out ott 10月", 10),
            ("Dec déc Dez dic 12月", 12),
        ],
    )
    def test_are_known_in_the_languages_of_desks(self, names: str, number: int) -> None:
        assert {month_named(name) for name in names.split()} == {number}

    @pytest.mark.parametrize("name", ["Jui", "Xyz", "13月", "0月", "月"])
    def test_others_are_none(self, name: str) -> None:
        assert month_named(name) is None


class TestEveryMinute:
    @given(st.datetimes(datetime(2019, 6, 1), datetime(2090, 1, 1)))
    def test_reads_the_same_however_it_is_typed(self, wall: datetime) -> None:
        wall = wall.replace(second=0, microsecond=0)
        day: date = wall.date()
        typed = {
            f"{wall:%Y/%m/%d %H:%M}",
            f"{day.year}年{day.month}月{day.day}日 {wall.hour}時{wall.minute:02d}分",
            f"R{day.year - 2018}.{day.month}.{day.day} {wall:%H:%M}",
            f"{wall:%Y/%m/%d}({'月火水木金土日'[wall.weekday()]}) {wall:%H:%M}",
        }

        assert {read(cell) for cell in typed} == {wall.replace(tzinfo=TOKYO)}

    @given(st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1)))
    def test_comes_back_from_a_serial_to_the_second(self, wall: datetime) -> None:
        wall = wall.replace(microsecond=0)
        serial = (wall - datetime(1899, 12, 30)) / timedelta(days=1)

        found = MomentReader(("excel",), "UTC").read(repr(serial))

        assert found == epoch_us(wall.replace(tzinfo=UTC))


def test_the_last_midnight_of_all_is_set_aside_like_any_date_that_cannot_be():
    reader = MomentReader(formats=("%Y/%m/%d %H:%M",), zone="Asia/Tokyo")

    with pytest.raises(UnreadableMoment):
        reader.read("9999/12/31 24:00")
