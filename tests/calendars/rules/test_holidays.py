"""Public holidays against the lists that governments publish."""

import csv
import io
import json
from datetime import date, timedelta

import pytest

from shinrai.calendars.rules.holidays import (
    UnknownCountry,
    country_code,
    country_codes,
    country_day,
    country_horizon,
    country_year,
    parts_with_more,
)


def test_japan_equals_the_cabinet_office_on_every_day(shared):
    text = (shared / "data/holidays/syukujitsu.csv").read_bytes().decode("cp932")
    rows = list(csv.reader(io.StringIO(text)))[1:]
    official = {date(*map(int, on.split("/"))): name for on, name in rows}

    ours = {on for year in range(1955, 2028) for on in country_year("JP", year)}

    assert len(official) == 1067
    assert ours == set(official)


def test_japan_equals_the_cabinet_offices_names_where_it_gives_them(shared):
    """The office calls substitutes just 休日; holidays are named as on the day."""
    text = (shared / "data/holidays/syukujitsu.csv").read_bytes().decode("cp932")
    rows = [row for row in list(csv.reader(io.StringIO(text)))[1:] if "休日" not in row[1]]
    renamed = {"体育の日（スポーツの日）"}  # 2019: the name changed by the law of the year after

    wrong = [
        (on, name)
        for on, name in rows
        if country_day("JP", date(*map(int, on.split("/")))).name_ja != name and name not in renamed
    ]

    assert wrong == []


def test_the_united_states_lie_within_the_snapshot(shared):
    """The snapshot also lists days that are observed but not public."""
    snapshot = json.loads((shared / "data/holidays/vacanza_US_COMMON.json").read_text())
    expected = {date.fromisoformat(on) for on in snapshot if "2000" <= on < "2027"}

    ours = {on for year in range(2000, 2027) for on in country_year("US", year)}

    assert ours < expected


def test_the_day_between_two_holidays_is_one():
    assert country_day("JP", date(2026, 9, 22)).name_ja == "国民の休日"
    assert country_day("JP", date(2026, 9, 24)) is None
    assert country_day("JP", date(2026, 5, 6)).name == "Substitute Holiday"


def test_parts_of_a_country_have_their_own():
    cesar_chavez = date(2026, 3, 31)

    assert country_day("US-CA", cesar_chavez) is not None
    assert country_day("US", cesar_chavez) is None


@pytest.mark.parametrize(
    ("text", "code"), [("jp", "JP"), ("US-ca", "US-CA"), (" GB-SCT ", "GB-SCT")]
)
def test_codes_are_read_as_people_type_them(text, code):
    assert country_code(text) == code


def test_every_country_can_be_asked():
    horizons = {code: country_horizon(code) for code in country_codes() if len(code) == 2}

    assert len(horizons) > 200
    assert all(horizon.first_on < horizon.last_on for horizon in horizons.values())
    assert horizons["JP"].last_on == date(2027, 12, 31) == country_horizon("JPN").last_on


def test_unknown_parts_name_those_there_are():
    with pytest.raises(UnknownCountry, match="GB has no part 'OSAKA'; known: ENG, NIR, SCT, WLS"):
        country_code("GB-OSAKA")
    with pytest.raises(UnknownCountry, match="no country is called 'Japan'"):
        country_code("Japan")


def test_a_year_without_a_source_has_none():
    horizon = country_horizon("US")

    assert country_year("US", (horizon.last_on + timedelta(days=1)).year) == {}


@pytest.mark.parametrize("country", ["GB", "DE", "CH", "AU", "CA", "US", "ES", "JP", "FR", "NO"])
def test_parts_with_more_are_those_that_keep_a_day_the_country_does_not(country):
    """Seen day by day; each is spelled as a calendar takes it."""
    shared = set(country_year(country, 2026))
    parts = [f"{country}-{part}" for part in country_codes()[country]]

    assert parts_with_more(country) == tuple(
        part for part in parts if not set(country_year(part, 2026)) <= shared
    )
    assert all(country_code(part) == part for part in parts_with_more(country))
    assert all(parts_with_more(part) == () for part in parts)
