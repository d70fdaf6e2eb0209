"""The engine's answers are those of a slow count, for any events, zone, period and merge."""

import tempfile
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shinrai.usage.queries.activity import actives, lifecycle, stickiness
from shinrai.usage.queries.habit import churned, streaks
from shinrai.usage.queries.retention import RetentionRequest, retention
from shinrai.usage.queries.scope import Span
from shinrai.warehouse.store import Warehouse
from tests.usage import counting
from tests.usage.filling import Act, fill, scope_of

pytestmark = pytest.mark.records  # each example writes tables
ZONES = ("UTC", "Asia/Tokyo", "US/Pacific")
SLOWLY = settings(max_examples=10, suppress_health_check=list(HealthCheck))
# Spring's change of clocks in the United States lies among them.
BEGIN, END = datetime(2026, 2, 20, tzinfo=UTC), datetime(2026, 4, 10, tzinfo=UTC)
SINCE, UNTIL = date(2026, 3, 1), date(2026, 4, 4)


@st.composite
def moments(draw: st.DrawFn) -> datetime:
    """Moments of seven weeks, many of them at the turn of an hour, often of a day."""
    hours = draw(st.integers(0, (END - BEGIN) // timedelta(hours=1)))
    return BEGIN + timedelta(hours=hours, seconds=draw(st.sampled_from((-1, 0, 1, 1800))))


ACTS = st.lists(
    st.builds(
        Act,
        actor=st.integers(1, 5),
        at=moments(),
        event=st.sampled_from(("studied", "opened")),
        properties=st.sampled_from((None, '{"grade":"3"}', '{"grade":"4","$os":"a\\"b"}')),
    ),
    max_size=60,
    unique_by=lambda act: act.at,
)
MERGES = st.sampled_from(({}, {2: 1}, {5: 4, 4: 4}))
SPANS = st.builds(
    Span,
    period=st.sampled_from(("hour", "day", "week", "month")),
    since=st.just(SINCE),
    until=st.just(UNTIL),
    zone=st.sampled_from((None, *ZONES)),
    week_starts=st.sampled_from(("sunday", "monday")),
)


@st.composite
def requests(draw: st.DrawFn) -> RetentionRequest:
    span = draw(SPANS)
    windows = span.period != "month" and draw(st.booleans())
    return RetentionRequest(
        span=span,
        periods=draw(st.integers(1, 6)),
        start=draw(st.sampled_from((None, "studied"))),
        back=draw(st.sampled_from((None, "opened"))),
        kind=draw(st.sampled_from(("recurring", "first-time", "first-ever"))),
        minimum=draw(st.integers(1, 2)),
        is_cumulative=not windows and draw(st.booleans()),
        windows=windows,
        where=draw(st.sampled_from(((), (("grade", "3"),)))),
        back_where=draw(st.sampled_from(((), (("grade", "4"),)))),
    )


@SLOWLY
@given(ACTS, st.lists(requests(), min_size=6, max_size=6), st.sampled_from(ZONES), MERGES)
def test_retention_is_that_of_a_slow_count(acts, asked, zone, persons):
    with tempfile.TemporaryDirectory() as folder:
        warehouse = Warehouse(folder)
        fill(warehouse, acts, zone=zone)
        scope = scope_of(warehouse, at=END + timedelta(days=400), zone=zone, persons=persons)

        for request in asked:
            found = retention(scope, request)

            counted = counting.returned(acts, request, zone=zone, persons=persons)
            none = (0,) * request.periods
            for cohort in found.cohorts:
                assert cohort.returned == tuple(counted.get(cohort.start, none))
            assert found.cohorts[0].start <= found.cohorts[-1].start


@SLOWLY
@given(ACTS, st.lists(SPANS, min_size=3, max_size=3), st.sampled_from(ZONES), MERGES)
def test_lifecycle_and_stickiness_are_those_of_a_slow_count(acts, spans, zone, persons):
    with tempfile.TemporaryDirectory() as folder:
        warehouse = Warehouse(folder)
        fill(warehouse, acts, zone=zone)
        scope = scope_of(warehouse, at=END + timedelta(days=90), zone=zone, persons=persons)

        for span in spans:
            span = Span(span.period, span.since, span.until, span.zone)
            there = span.zone or zone
            who = counting.active(acts, period=span.period, zone=there, persons=persons)
            shown = lifecycle(scope, span)
            for one in shown:
                assert (
                    one.new,
                    one.returning,
                    one.resurrecting,
                    one.dormant,
                ) == counting.lifecycle(who, one.start, span.period)
            for earlier, later in pairwise(shown):
                assert later.active - earlier.active == (
                    later.new + later.resurrecting - later.dormant
                )
            inside = {one.start: who.get(one.start, set()) for one in shown}
            assert dict(stickiness(scope, span).people) == counting.by_number(inside)


@SLOWLY
@given(ACTS, st.sampled_from(ZONES), MERGES, st.integers(1, 20))
def test_actives_streaks_and_churn_are_those_of_a_slow_count(acts, zone, persons, idle_days):
    at = datetime(2026, 4, 5, 12, tzinfo=UTC)
    acts = [act for act in acts if act.at <= at]
    with tempfile.TemporaryDirectory() as folder:
        warehouse = Warehouse(folder)
        fill(warehouse, acts, zone=zone)
        scope = scope_of(warehouse, at=at, zone=zone, persons=persons)
        who = counting.active(acts, period="day", zone=zone, persons=persons)

        for one in actives(scope, Span("day", SINCE, UNTIL)):
            for days, count in ((1, one.dau), (7, one.wau), (30, one.mau)):
                window = [one.on - timedelta(days=n) for n in range(days)]
                assert count == len(set().union(*(who.get(day, set()) for day in window)))

        people = set().union(*who.values())
        days_of = {one: [day for day, there in who.items() if one in there] for one in people}
        today = at.astimezone(ZoneInfo(zone)).date()
        shown = {one.person: (one.current, one.longest) for one in streaks(scope)}
        assert shown == {
            one: (
                sum(n for n, last in counting.runs(days) if (today - last).days <= 1),
                max(n for n, _last in counting.runs(days)),
            )
            for one, days in days_of.items()
        }
        gone = {person for person, _last in churned(scope, idle_days=idle_days).people}
        idle = {today - timedelta(days=n) for n in range(idle_days + 1)}
        assert gone == {one for one, days in days_of.items() if not idle & set(days)}
