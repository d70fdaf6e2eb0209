"""Declared events, typed and as CSV: the release of 8 September 2026, and what cannot be read."""

from datetime import date

import pytest

from shinrai.calendars.rules.declared_events import (
    BadDeclaration,
    EventDeclaration,
    read_declaration,
    read_declarations,
)

RELEASE = {"kind": "release", "name": "App 6.0", "from": "2026-09-08"}
APP_6 = EventDeclaration("release", "App 6.0", date(2026, 9, 8), date(2026, 9, 8))


@pytest.mark.parametrize("on", ["2026-09-08", "2026/9/8", "２０２６年９月８日", " 2026.9.8 "])
@pytest.mark.parametrize("kind", ["release", "リリース", "Release"])
def test_a_release_of_one_day_in_either_language(on: str, kind: str) -> None:
    assert read_declaration({**RELEASE, "from": on, "kind": kind}) == APP_6


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"kind": "party"}, "'party' is no kind of event; there are: release, outage"),
        ({"name": " "}, "Name is missing"),
        ({"name": "x" * 81}, "take up to 80 letters"),
        ({"from": "soon"}, "'soon' is no date"),
        ({"from": "2026-02-30"}, "'2026-02-30' is no date"),
        ({"from": "0999-02-01"}, "is no date"),
        ({"to": "2026-09-07"}, "2026-09-07 lies before 2026-09-08"),
    ],
)
def test_what_cannot_be_declared_is_said(change: dict[str, str], said: str) -> None:
    with pytest.raises(BadDeclaration, match=said):
        read_declaration({**RELEASE, **change})


def test_a_table_in_japanese_with_a_column_of_its_own() -> None:
    table = "開始日,終了日,種別,名前,担当\n2026/3/20,2026/3/31,学年末,2025年度末,佐藤\n\n"

    assert read_declarations(table) == (
        EventDeclaration("school_year_end", "2025年度末", date(2026, 3, 20), date(2026, 3, 31)),
    )


def test_tabs_and_a_quoted_name() -> None:
    table = 'from\tkind\tname\tservice\n2026-09-08\trelease\t"App 6.0"\tMichi\n'

    [found] = read_declarations(table)

    assert (found.name, found.service) == ("App 6.0", "Michi")


def test_every_bad_line_is_named_and_none_is_taken() -> None:
    table = "from,kind,name\n2026-09-08,release,App 6.0\nsoon,release,x\n2026-09-09,party,y\n"

    with pytest.raises(BadDeclaration, match=r"line 3: 'soon' is no date.*; line 4: 'party'"):
        read_declarations(table)


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("", "must name the columns; missing: From, Kind, Name"),
        ("when,what\n1,2\n", "must name the columns"),
        ("from,kind,name\n", "no event below its first line"),
        ("from,kind,name\n" + "2026-09-08,release,x\n" * 1001, "at most 1000"),
    ],
)
def test_what_is_no_table_of_events(table: str, said: str) -> None:
    with pytest.raises(BadDeclaration, match=said):
        read_declarations(table)
