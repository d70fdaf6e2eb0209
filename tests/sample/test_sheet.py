"""The simulated sheet: the same by seed, nothing from the future, and its truth to be found."""

from datetime import UTC, date, datetime
from statistics import mean

import pytest

from shinrai.calendars.rules.document import read_calendar
from shinrai.sample.rules.sheet import HEADER, TOKYO, Truth, simulate

OFFICE = {
    "zone": "Asia/Tokyo",
    "weekly": {day: ["10:00-18:00"] for day in ("mon", "tue", "wed", "thu", "fri")},
    "holidays": "JP",
}
MOMENT_COLUMNS = [name for name in HEADER if name.endswith("日時") or name == "KPI対象外"]


def rows(until, seed=1, truth=None):
    return list(
        simulate(
            calendar=read_calendar(OFFICE),
            first=date(2026, 1, 5),
            until=until,
            seed=seed,
            truth=truth or Truth(),
        )
    )


def read(cell):
    return datetime.strptime(cell, "%Y/%m/%d %H:%M").replace(tzinfo=TOKYO)


def test_the_same_seed_tells_the_same_story():
    noon = datetime(2026, 3, 2, 3, tzinfo=UTC)

    assert rows(noon) == rows(noon)
    assert rows(noon) != rows(noon, seed=2)


@pytest.mark.parametrize("day", [1, 14, 28])
def test_nothing_has_happened_after_the_moment(day):
    until = datetime(2026, 2, day, 3, tzinfo=UTC)

    for row in rows(until):
        assert all(read(row[name]) <= until for name in MOMENT_COLUMNS if row[name])
        assert bool(row["回答（CS向け）"]) == bool(row["回答日時"])


def test_a_later_sheet_only_adds():
    """What stood in Monday's sheet stands in Friday's, at the same moments."""
    monday = rows(datetime(2026, 2, 2, 3, tzinfo=UTC))
    friday = {r["管理番号"]: r for r in rows(datetime(2026, 2, 6, 9, tzinfo=UTC))}

    for row in monday:
        later = friday[row["管理番号"]]
        assert all(later[name] == row[name] for name in MOMENT_COLUMNS if row[name])


def test_the_truth_it_was_told_can_be_found_again():
    truth = Truth(sent_back_share=0.3)
    found = rows(datetime(2026, 12, 31, tzinfo=UTC), truth=truth)

    assert mean(bool(row["差し戻し日時"]) for row in found) == pytest.approx(0.3, abs=0.04)
