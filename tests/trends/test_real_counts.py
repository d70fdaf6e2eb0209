"""Rises in real questions: the certificate of May 2019, releases of Thunderbird, calls of 2020."""

import csv
import gzip
from collections import Counter
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from shinrai.statistics.outbreaks import daily_rises

CERTIFICATE = [date(2019, 5, day) for day in (3, 4, 5, 6)]
ALPHA = 1e-4


def data(shared: Path, *parts: str) -> Path:
    path = shared.joinpath("data", *parts)
    if not path.exists():
        pytest.skip(f"{'/'.join(parts)} is not here")
    return path


def alarm_days(counts: dict[date, int], first: date, last: date) -> list[date]:
    days = [first + timedelta(n) for n in range((last - first).days + 1)]
    found = daily_rises(np.array([[counts.get(day, 0) for day in days]]), alpha=ALPHA)
    return [day for day, is_one in zip(days, found.alarms[0], strict=True) if is_one]


def test_the_certificate_of_may_2019_is_found_on_its_first_day(shared: Path) -> None:
    import pyarrow.parquet as pq

    path = data(shared, "firefox_forum", "questions_2018-12_2020-07.parquet")
    columns = ["created", "creator", "title", "content"]
    rows = pq.read_table(path, columns=columns).to_pylist()
    words = {"add-on": ("add-on", "addon", "extension"), "crash": ("crash",)}
    words |= {"bookmark": ("bookmark",), "youtube": ("youtube",)}
    customers: dict[str, set[tuple[date, str]]] = {name: set() for name in words}
    for row in rows:
        said = f"{row['title']} {row['content']}".lower()
        on = datetime.fromisoformat(row["created"][:10]).date()
        for name, any_of in words.items():
            if any(word in said for word in any_of):
                customers[name].add((on, row["creator"]))
    alarms = {
        name: alarm_days(Counter(on for on, _who in found), date(2018, 11, 30), date(2020, 7, 31))
        for name, found in customers.items()
    }

    assert alarms["add-on"][:4] == CERTIFICATE
    years = 610 / 365.25
    for name, days in alarms.items():
        assert len(set(days) - set(CERTIFICATE)) <= 2 * years, name


def test_thunderbird_is_asked_about_more_after_its_releases(shared: Path) -> None:
    """115 went out to everybody from mid-September 2023, 128 came on 10 July 2024."""
    path = data(shared, "thunderbird_forum", "questions_2023_2024.csv.gz")
    csv.field_size_limit(10**7)  # somebody pasted a log
    asked: dict[str, set[tuple[str, str]]] = {"troubleshooting": set(), "calendar": set()}
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["topic"] in asked:
                asked[row["topic"]].add((row["created"][:10], row["creator"]))
    found = {
        topic: alarm_days(
            Counter(date.fromisoformat(on) for on, _who in customers),
            date(2023, 1, 1),
            date(2024, 12, 31),
        )
        for topic, customers in asked.items()
    }

    assert found["troubleshooting"] == [date(2024, 7, 10), date(2024, 7, 11)]
    assert found["calendar"] == [date(2023, 9, 18)]


def test_calls_in_tokyo_rose_with_the_infections(shared: Path) -> None:
    """Weekends have fewer calls; that alone is no alarm, and each wave of 2020 is one."""
    folder = data(shared, "tokyo_osaka_covid_call_volume_ja")
    told = (folder / "130001_tokyo_covid19_call_center.csv").read_text(encoding="utf-8-sig")
    counts = {
        date.fromisoformat(row["受付_年月日"].replace("/", "-")): int(row["相談件数"] or 0)
        for row in csv.DictReader(told.splitlines())
    }

    found = alarm_days(counts, min(counts), max(counts))

    months = Counter((day.year, day.month) for day in found)
    assert months == {(2020, 4): 6, (2020, 7): 1, (2020, 11): 1, (2020, 12): 3}
    assert date(2020, 4, 4) in found  # the Saturday before the state of emergency
