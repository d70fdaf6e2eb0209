"""Spans of dates: what a choice means on a day, what it is compared with, what is refused."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import RequestFactory
from hypothesis import assume, given
from hypothesis import strategies as st

from shinrai.console.dates import page_dates
from shinrai.console.rules.date_span import CHOICES, BadDateSpan, DateSpan, read_span, span_of

TOKYO, HONOLULU = ZoneInfo("Asia/Tokyo"), ZoneInfo("Pacific/Honolulu")
NEW_YEAR = date(2027, 1, 1)  # a Friday
NOON = datetime(2026, 6, 10, 3, tzinfo=UTC)  # Wednesday noon in Tokyo
days = st.dates(date(1900, 1, 1), date(2200, 1, 1))


def between(choice, today):
    found = span_of(choice, today=today)
    return str(found.since), str(found.until)


def test_the_week_of_new_year_begins_in_december():
    assert between("this-week", NEW_YEAR) == ("2026-12-28", "2027-01-01")
    assert between("last-week", NEW_YEAR) == ("2026-12-21", "2026-12-27")
    assert between("this-month", NEW_YEAR) == ("2027-01-01", "2027-01-01")
    assert between("last-month", NEW_YEAR) == ("2026-12-01", "2026-12-31")
    assert between("90-days", NEW_YEAR) == ("2026-10-04", "2027-01-01")


@given(days, st.sampled_from(["this-week", "last-week"]))
def test_a_week_is_monday_to_sunday_and_ends_today_at_the_latest(today, choice):
    found = span_of(choice, today=today)

    assert found.since.weekday() == 0
    assert found.until == today if choice == "this-week" else found.until.weekday() == 6
    assert (found.until - found.since).days < 7
    assert found.since <= today
    assert span_of("last-week", today=today).until + timedelta(days=1) == (
        span_of("this-week", today=today).since
    )


@given(days)
def test_the_months_meet_without_a_gap(today):
    this, last = (span_of(choice, today=today) for choice in ("this-month", "last-month"))

    assert last.until + timedelta(days=1) == this.since
    assert last.since.day == this.since.day == 1
    assert this.until == today


@given(days, st.sampled_from([choice for choice in CHOICES if choice != "all"]))
def test_the_span_before_is_of_equal_kind_and_never_overlaps(today, choice):
    found = span_of(choice, today=today)
    before = found.before

    assert before.until < found.since
    assert before.kind == found.kind
    if choice in ("this-week", "last-week"):
        assert before.since.weekday() == 0
    if choice.endswith("month"):
        assert before.since.day == 1
        assert (before.since.month % 12) + 1 == found.since.month
    else:
        assert (before.until - before.since) == (found.until - found.since)


def test_a_month_under_way_is_set_against_the_same_days():
    """February has no 30th, so by 30 March it is whole; so is January by the end of February."""
    for today, then in (("2026-06-10", "2026-05-10"), ("2026-03-30", "2026-02-28")):
        found = span_of("this-month", today=date.fromisoformat(today))
        assert str(found.before.until) == then
    assert str(span_of("this-month", today=date(2026, 2, 28)).before.until) == "2026-01-31"


@given(days, st.integers(0, 800))
def test_dates_of_ones_own_are_set_against_as_many_before(first, length):
    found = DateSpan("dates", first, first + timedelta(days=length))
    assume(found.before is not None)

    assert found.before.until + timedelta(days=1) == found.since
    whole_months = first.day == 1 and (found.until + timedelta(days=1)).day == 1
    if not whole_months:
        assert (found.before.until - found.before.since).days == length


def test_a_quarter_is_set_against_the_quarter_before():
    quarter = DateSpan("dates", date(2026, 4, 1), date(2026, 6, 30))

    assert (quarter.before.since, quarter.before.until) == (date(2026, 1, 1), date(2026, 3, 31))


@pytest.mark.parametrize(
    "span",
    [
        DateSpan("all", None, None),
        DateSpan("dates", date(2026, 1, 1), None),
        DateSpan("dates", date(2, 1, 1), date(9998, 12, 31)),
    ],
)
def test_what_has_no_two_ends_or_lies_before_all_dates_is_compared_with_nothing(span):
    assert span.before is None


def test_today_is_that_of_the_workspace():
    """On Sunday evening in Honolulu it is Monday in Tokyo, and a new week and month there."""
    at = datetime(2026, 6, 1, 5, tzinfo=UTC)

    assert read_span({"span": "this-week"}, at=at, zone=TOKYO).since == date(2026, 6, 1)
    assert read_span({"span": "this-week"}, at=at, zone=HONOLULU).since == date(2026, 5, 25)
    assert read_span({"span": "this-month"}, at=at, zone=HONOLULU).since == date(2026, 5, 1)


def test_every_address_there_ever_was_is_read():
    def read(**asked):
        found = read_span(asked, at=NOON, zone=TOKYO, last=date(2026, 1, 31))
        return found.kind, found.since, found.until

    assert read() == ("90-days", date(2025, 11, 3), date(2026, 1, 31))  # the last there are
    assert read(span="last-week") == ("last-week", date(2026, 6, 1), date(2026, 6, 7))
    assert read(**{"from": "2026-05-01", "to": "2026-05-02"})[0] == "dates"
    assert read(**{"from": "2026-05-01"}) == ("dates", date(2026, 5, 1), None)
    assert read(**{"from": "all"}) == read(days="all") == read(span="all") == ("all", None, None)
    assert read(days="28") == ("days", date(2026, 5, 14), date(2026, 6, 10))
    assert read(days="soon") == read()


@given(days, st.sampled_from(CHOICES))
def test_an_address_written_is_read_as_the_same_span(today, choice):
    at = datetime(today.year, today.month, today.day, 12, tzinfo=UTC)
    found = span_of(choice, today=today)

    assert read_span(found.address, at=at, zone=UTC) == found
    again = read_span(found.dates, at=at, zone=UTC)
    assert (again.since, again.until) == (found.since, found.until)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"from": "soon"}, "soon is no date"),
        ({"from": "2026-07-02", "to": "2026-07-01"}, "2026-07-01 lies before 2026-07-02"),
        ({"to": "9999-12-31"}, "9999-12-31 lies beyond"),
        ({"span": "next-year"}, "no span called next-year"),
    ],
)
def test_what_cannot_be_is_refused_in_words(asked, said):
    with pytest.raises(BadDateSpan, match=said):
        read_span(asked, at=NOON, zone=TOKYO)


def test_a_refused_page_keeps_what_was_typed_and_offers_the_choices():
    request = RequestFactory().get("/", {"from": "soon", "to": "2026-06-01", "mode": "direct"})
    request.at = NOON

    found = page_dates(request, zone=TOKYO)

    assert found.span is None
    assert found.wrong.startswith("soon is no date")
    assert (found.since, found.until) == ("soon", "2026-06-01")
    assert found.kept == (("mode", "direct"),)
    assert found.links[0].href == "?mode=direct&span=this-week"


def test_a_comparison_names_the_span_before():
    request = RequestFactory().get("/", {"span": "last-month"})
    request.at = NOON

    found = page_dates(request, zone=TOKYO)

    assert found.before_words == "the month before"
    assert (str(found.before.since), str(found.before.until)) == ("2026-04-01", "2026-04-30")
    request.GET = {}
    assert page_dates(request, zone=TOKYO).before_words == "the 90 days before"
    request.GET = {"from": "2026-02-01", "to": "2026-02-28"}
    assert page_dates(request, zone=TOKYO).before_words == "2026-01-01 – 2026-01-31"
