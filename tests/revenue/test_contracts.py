"""Contracts over months: 田中 pays for two children, 山田 ends, and a correction counts."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from shinrai.revenue.rules.contracts import (
    ContractPeriod,
    SaidTerms,
    by_month,
    effective,
    month_end,
    spans,
)
from shinrai.revenue.rules.rows import Terms

SAID = datetime(2026, 6, 1, tzinfo=UTC)


def terms(on: date, monthly: int | None) -> Terms:
    return Terms(on, "", "JPY", monthly)


def span(start: date, end: date | None, monthly: int = 1000) -> ContractPeriod:
    return ContractPeriod(start, end, "", "JPY", monthly)


def test_a_month_counts_what_is_in_force_on_its_last_day() -> None:
    tanaka = [span(date(2026, 4, 1), date(2026, 5, 10)), span(date(2026, 5, 10), None, 3000)]
    yamada = [span(date(2026, 4, 20), date(2026, 5, 31))]
    free = [span(date(2026, 5, 31), None, 0)]
    found = by_month([tanaka, yamada, free], until=date(2026, 6, 15))["JPY"]
    april, may, june = found.months.values()

    assert (april.in_force, april.mrr_minor, april.begun, april.in_force_before) == (2, 2000, 2, 0)
    assert (may.in_force, may.paying, may.mrr_minor) == (2, 1, 3000)
    assert (may.in_force_before, may.ended, may.begun) == (2, 1, 1)
    assert (june.in_force, june.ended, june.begun) == (2, 0, 0)
    assert (found.contracts, found.ended) == (3, 1)


def test_a_change_of_price_is_no_end_and_no_beginning() -> None:
    found = by_month(
        [[span(date(2026, 4, 1), date(2026, 6, 1)), span(date(2026, 6, 1), None, 500)]],
        until=date(2026, 6, 30),
    )["JPY"]
    assert [one.ended for one in found.months.values()] == [0, 0, 0]
    assert [one.begun for one in found.months.values()] == [1, 0, 0]


def test_what_is_said_whole_replaces_what_was_said_before() -> None:
    wrong_end = [
        SaidTerms(terms(date(2026, 1, 1), 1000), True, SAID),
        SaidTerms(terms(date(2026, 3, 1), None), True, SAID),
    ]
    corrected = [SaidTerms(terms(date(2026, 1, 1), 1000), True, SAID + timedelta(days=1))]
    assert list(spans(effective(wrong_end))) == [span(date(2026, 1, 1), date(2026, 3, 1))]
    assert list(spans(effective([*wrong_end, *corrected]))) == [span(date(2026, 1, 1), None)]


def test_events_that_come_out_of_order_give_the_same_contract() -> None:
    said = [
        SaidTerms(terms(date(2026, 1, 5), 1000), False, SAID),
        SaidTerms(terms(date(2026, 2, 5), 1500), False, SAID + timedelta(days=31)),
        SaidTerms(terms(date(2026, 3, 5), None), False, SAID + timedelta(days=59)),
    ]
    assert list(spans(effective(said))) == list(spans(effective(said[::-1])))


DAYS = st.dates(date(2025, 1, 1), date(2026, 6, 15))


@given(st.lists(st.tuples(DAYS, st.none() | DAYS, st.integers(0, 9))))
def test_months_are_what_counting_day_by_day_gives(given_: list[tuple]) -> None:  # type: ignore[type-arg]
    until = date(2026, 6, 15)
    contracts = [[span(start, end, paid)] for start, end, paid in given_ if not end or start < end]
    found = by_month(contracts, until=until)
    for month, counted in found["JPY"].months.items() if found else ():
        last, before = min(month_end(month), until), month - timedelta(days=1)

        def at(day: date) -> set[int]:
            return {
                number
                for number, [one] in enumerate(contracts)
                if one.start <= day and (one.end is None or day < one.end)
            }

        assert counted.in_force == len(at(last))
        assert counted.ended == len(at(before) - at(last))
        assert counted.begun == len(at(last) - at(before))
        assert counted.mrr_minor == sum(contracts[one][0].monthly_minor for one in at(last))


def test_a_contract_that_ends_on_its_first_day_was_made_and_is_over() -> None:
    day = date(2026, 5, 10)
    [one] = spans([terms(day, 1000), terms(day, None)])
    found = by_month([[one]], until=date(2026, 6, 15))["JPY"]
    assert (found.contracts, found.ended) == (1, 1)
    assert found.months[date(2026, 5, 1)].in_force == 0
    changed = spans([terms(date(2026, 4, 1), 900), terms(day, 1000), terms(day, None)])
    assert [(one.start, one.end) for one in changed] == [(date(2026, 4, 1), day)]
