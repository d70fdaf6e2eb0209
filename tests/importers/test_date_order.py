"""A column has one order of day and month: what proves it, and what is said where nothing does."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shinrai.importers.mapping_files import shipped_mapping
from shinrai.importers.rules.date_order import DateOrders
from shinrai.importers.rules.moments import MomentReader, MomentStyle
from shinrai.importers.run.doubts import writing_flags
from shinrai.importers.run.plan import Plan, make_plan
from shinrai.units.moments import from_us
from tests.importers.desk import sheet

pytestmark = pytest.mark.pure
JUNE_7 = datetime(2026, 6, 7, 10, tzinfo=UTC)
JULY_6 = datetime(2026, 7, 6, 10, tzinfo=UTC)
FORMATS = ["%d/%m/%Y %H:%M", "%m/%d/%Y %H:%M", "%d.%m.%y", "%m-%d-%Y %I:%M %p"]


def read(formats: list[str], columns: dict[str, list[str]]) -> dict[str, list[datetime]]:
    """Read columns once they were looked through together."""
    orders = DateOrders(formats)
    for name, cells in columns.items():
        orders.look_at(name, cells)
    writing = MomentStyle(formats={name: order.formats for name, order in orders.found().items()})
    reader = MomentReader(formats, "UTC", writing=writing)
    return {
        name: [from_us(reader.of(name).read(cell)) for cell in cells]
        for name, cells in columns.items()
    }


@pytest.mark.parametrize("listed", [["%m/%d/%Y %H:%M"], ["%d/%m/%Y %H:%M"], FORMATS])
@pytest.mark.parametrize(
    ("other", "meant"), [("25/06/2026 10:00", JUNE_7), ("06/25/2026 10:00", JULY_6)]
)
def test_one_date_proves_the_order_of_all(listed: list[str], other: str, meant: datetime) -> None:
    """The 25th is no month, whichever of the two orders the mapping names, or names first."""
    told = read(listed, {"Created": ["07/06/2026 10:00", other]})

    assert told["Created"] == [meant, datetime(2026, 6, 25, 10, tzinfo=UTC)]


def test_each_column_has_its_own_and_one_without_proof_follows_the_others() -> None:
    columns = {
        "Created": ["07/06/2026 10:00", "25/06/2026 10:00"],
        "Closed": ["06/07/2026 10:00", "06/25/2026 10:00"],
    }
    assert [told[0] for told in read(FORMATS, columns).values()] == [JUNE_7, JUNE_7]

    del columns["Closed"]
    columns["Seen"] = ["07/06/2026 10:00"]
    assert read(["%m/%d/%Y %H:%M"], columns)["Seen"] == [JUNE_7]


@pytest.mark.parametrize(
    ("cells", "doubtful"),
    [
        (["07/06/2026 10:00", "06/06/2026 10:00"], 1),
        (["07/06/2026 10:00", "25/06/2026 10:00", "06/25/2026 10:00"], 1),
        (["06/06/2026 10:00"], 0),
        (["25/06/2026 10:00", "07/06/2026 10:00"], 0),
        (["2026/06/07 10:00"], 0),
    ],
)
def test_dates_with_two_readings_are_counted(cells: list[str], doubtful: int) -> None:
    orders = DateOrders(["%d/%m/%Y %H:%M", "%Y/%m/%d %H:%M"])
    orders.look_at("Created", cells)

    assert sum(order.doubtful for order in orders.found().values()) == doubtful


@given(
    st.lists(st.dates(date(1990, 1, 1), date(2060, 1, 1)), min_size=1, max_size=30),
    st.sampled_from(["%d/%m/%Y", "%m/%d/%Y"]),
    st.sampled_from(["%d/%m/%Y", "%m/%d/%Y"]),
)
def test_whatever_order_a_column_is_written_in_it_is_read_so_or_flagged(
    days: list[date], written: str, listed: str
) -> None:
    cells = [f"{day:{written}}" for day in days]
    orders = DateOrders([listed])
    orders.look_at("at", cells)

    if any(order.doubtful for order in orders.found().values()):
        assert all(day.day <= 12 for day in days)
    else:
        told = read([listed], {"at": cells})["at"]
        assert [at.date() for at in told] == days


def planned(row: tuple[str, ...], to: Path) -> Plan:
    path = sheet(to / "issues.csv", row, columns=JIRA)
    return make_plan(shipped_mapping("jira_csv"), [path], zone="UTC", workspace_zone="UTC")


JIRA = ("Issue key", "Summary", "Description", "Created", "Resolved", "Comment")


class TestAnIssueList:
    """Jira's list after a round trip through a British Excel: its mapping names but the other."""

    def test_comments_in_one_cell_are_dated_like_the_other_columns(self, tmp_path: Path) -> None:
        row = ("F-1", "Support", "x", "25/06/2026 10:00", "", "07/06/2026 10:00;森下;直しました")
        [file] = planned(row, tmp_path).files

        reader = MomentReader(file.table.moments, "UTC", writing=file.writing)

        assert from_us(reader.of("Comment").read("07/06/2026 10:00")) == JUNE_7
        assert not file.doubtful_dates

    def test_where_nothing_tells_the_column_is_named(self, tmp_path: Path) -> None:
        row = ("F-1", "Support", "x", "07/06/2026 10:00", "08/06/2026 10:00", "")

        flags = writing_flags(planned(row, tmp_path))

        assert {flag.examples for flag in flags} == {("Created",), ("Resolved",)}
        assert all("day or the month first" in flag.text["en"] for flag in flags)
        assert all("日と月のどちらが先か" in flag.text["ja"] for flag in flags)


def test_a_million_dates_of_few_days_are_looked_at_once_each() -> None:
    orders = DateOrders(["%d/%m/%Y %H:%M"])
    at = datetime(2026, 6, 1, tzinfo=UTC)
    cells = [f"{at + timedelta(minutes=n):%d/%m/%Y %H:%M}" for n in range(50_000)]

    orders.look_at("at", cells)

    assert len(orders._known["at"]) <= 10 * 40  # by day and hour
