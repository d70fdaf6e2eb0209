"""Lists: sorted, searched, a page at a time, and downloaded whole; the classes of one school."""

import csv
import json
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from io import BytesIO, StringIO
from unittest.mock import Mock

import openpyxl
import pytest
from django.test import RequestFactory
from django.utils import translation
from django.utils.translation import gettext
from hypothesis import given
from hypothesis import strategies as st

from shinrai.console import lists
from shinrai.console.lists import (
    ListColumn,
    ListPage,
    ListSpec,
    list_page,
    memory_source,
)
from shinrai.console.spreadsheet import csv_cell, plain_value
from shinrai.units.unknown import Unknown

AT = datetime(2026, 6, 10, 3, tzinfo=UTC)


@dataclass(frozen=True)
class Pupil:
    name: str
    age: int | None


PUPILS = ListSpec[Pupil](
    name="pupils",
    columns=(
        ListColumn("name", "Name", lambda row: row.name, is_sortable=True),
        ListColumn("age", "Age", lambda row: row.age, is_sortable=True, is_number=True),
        ListColumn("word", "Word", lambda row: gettext("Search"), is_shown=False),
    ),
    row="console/_empty.html",
    a_page=2,
)
SATO, ITO, TANAKA = Pupil("佐藤", 12), Pupil("=ITO()", None), Pupil("Tanaka", 9)
CLASS = [SATO, ITO, TANAKA]


def asked(query="", rows=CLASS, spec=PUPILS):
    request = RequestFactory().get(f"/pupils/?{query}")
    request.at = AT
    return list_page(request, spec, memory_source(rows, spec))


def text(answer):
    return b"".join(answer).decode()


def test_a_page_holds_its_rows_and_leads_to_its_neighbours():
    first, second = asked(), asked("page=2&mode=direct")

    assert (list(first.rows), first.count, first.pages) == ([SATO, ITO], 3, 2)
    assert (first.before, first.after) == ("", "?page=2")
    assert list(second.rows) == [TANAKA]
    assert (second.first, second.last) == (3, 3)
    assert second.before == "?mode=direct&page=1"


@pytest.mark.parametrize("page", ["0", "-3", "x", "99999999999", "²"])
def test_a_page_that_is_none_is_the_nearest_there_is(page):
    assert asked(f"page={page}").page in (1, 2)


def test_sorting_turns_around_and_what_is_unknown_stays_last():
    assert list(asked("sort=age").rows) == [TANAKA, SATO]
    assert list(asked("sort=-age").rows) == [SATO, TANAKA]
    assert list(asked("sort=age&page=2").rows) == list(asked("sort=-age&page=2").rows) == [ITO]
    headings = {one.key: one for one in asked("sort=age&q=a").headings}
    assert headings["age"].href == "?q=a&sort=-age"
    assert (headings["age"].direction, headings["name"].direction) == ("ascending", "")
    assert "word" not in headings


def test_an_order_no_column_has_is_the_usual_one():
    assert list(asked("sort=word").rows) == list(asked("sort=--age").rows) == [SATO, ITO]


def test_a_search_finds_any_width_and_case_and_all_of_its_words():
    assert list(asked("q=ｔａｎａｋａ").rows) == [TANAKA]
    assert list(asked("q=tan 9").rows) == [TANAKA]
    found = asked("q=nobody%00&page=2")
    assert (found.count, found.page, found.unsearched) == (0, 1, "?")


def test_csv_is_what_excel_opens_with_no_cell_it_would_compute():
    answer = asked("format=csv&sort=name")

    said = text(answer)
    assert said.startswith("\ufeff")
    assert list(csv.reader(StringIO(said.removeprefix("\ufeff")))) == [
        ["Name", "Age", "Word"],
        ["'=ITO()", "", "Search"],
        ["Tanaka", "9", "Search"],
        ["佐藤", "12", "Search"],
    ]
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"] == 'attachment; filename="pupils-2026-06-10.csv"'


ODD = ListSpec[tuple](
    name="odd",
    columns=tuple(
        ListColumn(f"c{i}", title, lambda row, i=i: row[i])
        for i, title in enumerate(("Words", "Number", "When", "=Day"))
    ),
    row="console/_empty.html",
)


def opened(rows, spec=ODD, zone="Asia/Tokyo"):
    request = RequestFactory().get("/odd/?format=xlsx")
    request.at, request.workspace = AT, Mock(slug="tanuki", zone=zone)
    answer = list_page(request, spec, memory_source(rows, spec))
    assert answer["Content-Disposition"].endswith('"tanuki-odd-2026-06-10.xlsx"')
    return openpyxl.load_workbook(BytesIO(b"".join(answer))).worksheets[0]


def test_a_workbook_has_numbers_dates_and_text_and_computes_nothing(monkeypatch):
    """The second row comes with a later chunk, after headings and widths were written."""
    monkeypatch.setattr(lists, "A_CHUNK", 1)
    sheet = opened(
        [
            ("=1+1", Fraction(1, 4), AT, date(2026, 6, 10)),
            ("https://tanuki.example", timedelta(hours=2), datetime(1, 1, 1, tzinfo=UTC), None),
            ("@SUM(A1)\ud800", 1234567890123456789, None, Unknown("nothing to count")),
            ("長" * 40_000, float("nan"), None, True),
        ]
    )

    rows = list(sheet.iter_rows())
    assert [one.value for one in rows[0]] == ["Words", "Number", "When (Asia/Tokyo)", "=Day"]
    assert [[one.value for one in row] for row in rows[1:4]] == [
        ["=1+1", 0.25, datetime(2026, 6, 10, 12), datetime(2026, 6, 10)],
        ["https://tanuki.example", 7200, "0001-01-01T00:00:00+00:00", None],
        ["@SUM(A1)?", "1234567890123456789", None, None],
    ]
    assert (len(rows[4][0].value), rows[4][3].value) == (32_767, True)
    assert {one.data_type for row in rows for one in row} <= {"s", "n", "d", "b"}, "no formula"
    assert not any(one.hyperlink for row in rows for one in row)
    assert sheet.freeze_panes == "A2"


def test_a_workbook_is_as_wide_as_its_words_and_may_be_empty():
    sheet = opened([("見ている画面が白くなる", 1, AT, None)])
    wide = {key: round(one.width) for key, one in sheet.column_dimensions.items()}

    assert wide["A"] >= 2 * 11 > wide["B"]
    assert [one.value for one in opened([])[1]] == ["Words", "Number", "When", "=Day"]


def test_json_holds_every_row_of_what_was_searched_for():
    assert json.loads(text(asked("format=json&q=o"))) == {
        "list": "pupils",
        "count": 1,
        "left_out": 0,
        "rows": [{"name": "=ITO()", "age": None, "word": "Search"}],
    }
    assert json.loads(text(asked("format=json", rows=[])))["rows"] == []
    assert text(asked("format=csv", rows=[])).splitlines() == ["\ufeffName,Age,Word"]


def test_a_download_speaks_the_language_of_its_request_until_its_last_row(monkeypatch):
    monkeypatch.setattr(lists, "A_CHUNK", 1)
    with translation.override("ja"):
        answer = asked("format=csv")

    assert text(answer).count("検索") == 3


def test_a_download_ends_where_it_says(monkeypatch):
    monkeypatch.setattr(lists, "A_CHUNK", 1)
    first_two = replace(PUPILS, most_rows=2)

    answer = asked("format=json", spec=first_two)
    assert "pupils-2026-06-10-first-2-of-3.json" in answer["Content-Disposition"]
    found = json.loads(text(answer))
    assert (len(found["rows"]), found["count"], found["left_out"]) == (2, 3, 1)
    page = asked(spec=first_two)
    assert isinstance(page, ListPage)
    assert page.most_downloaded == 2


@given(st.text())
def test_no_text_begins_as_a_formula(words):
    assert not str(csv_cell(words)).startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝"))


def test_numbers_stay_numbers_and_what_is_not_known_is_empty():
    assert csv_cell(-3) == -3
    assert plain_value(Fraction(1, 4)) == 0.25
    assert plain_value(Unknown("nothing to count")) is None
    assert plain_value(AT) == "2026-06-10T03:00:00+00:00"
