"""Alarms and burn rates: one wakes people, the other is only shown."""

from datetime import timedelta
from fractions import Fraction

import pytest

from shinrai.objectives.rules.alarms import alarm_at, yearly_volume
from shinrai.objectives.rules.burn import burn_rate, lasts, rate_that_spends
from shinrai.objectives.rules.clocks import clock_row
from shinrai.objectives.rules.states import ClockTable, clock_table
from shinrai.units.share import Share
from shinrai.units.unknown import Unknown
from tests.objectives.rules.desk import OFFICE, TWO_DAYS, jst, span

DAY = timedelta(days=1)
TARGET = Fraction(95, 100)
SINCE = jst("2026-01-05T00:00")


def table(
    late_every: int | None, *, first: str = "2026-01-05T11:00", days: int = 150
) -> ClockTable:
    """File one a day, answered next day; every so many are answered a week late instead."""
    rows = []
    for number in range(days):
        filed = jst(first) + number * DAY
        late = late_every is not None and number % late_every == 0
        one = span("2026-01-05T11:00", case_id=number)
        rows.append(
            clock_row(
                TWO_DAYS,
                OFFICE,
                type(one)(
                    **{name: getattr(one, name) for name in one.__slots__}
                    | {"started_at": filed, "stopped_at": filed + (15 if late else 1) * DAY}
                ),
            )
        )
    return clock_table(rows)


class TestAlarms:
    def test_stay_silent_for_a_team_on_target(self):
        alarm = alarm_at([(TARGET, table(25))], known_since=SINCE, at=jst("2026-06-30T00:00"))

        assert alarm.alarmed_at == ()
        assert alarm.plan.yearly_volume == pytest.approx(365, rel=0.2)

    def test_are_raised_when_every_third_is_late_and_stand_for_a_month(self):
        at = jst("2026-06-05T00:00")
        alarm = alarm_at([(TARGET, table(3))], known_since=SINCE, at=at)

        assert alarm.stands_at(at)
        assert not alarm.stands_at(alarm.alarmed_at[-1] + 30 * DAY)

    def test_start_again_with_a_new_version(self):
        """Misses of the old promise do not weigh on the new one."""
        at = jst("2026-07-30T00:00")
        old, new = table(3, days=60), table(None, first="2026-06-01T11:00", days=30)

        alarm = alarm_at([(TARGET, old), (Fraction(9, 10), new)], known_since=SINCE, at=at)
        assert alarm.plan.target == Fraction(9, 10)
        assert alarm.height == 0
        assert alarm.alarmed_at[-1] < jst("2026-04-01T00:00")

    def test_never_come_from_one_late_ticket(self):
        alarm = alarm_at([(TARGET, table(150))], known_since=SINCE, at=jst("2026-06-30T00:00"))

        assert alarm.alarmed_at == ()

    def test_are_unknown_before_anything_fell_due(self):
        assert isinstance(
            alarm_at([(TARGET, table(3, days=0))], known_since=SINCE, at=SINCE), Unknown
        )
        assert isinstance(alarm_at([], known_since=SINCE, at=SINCE), Unknown)

    def test_take_a_years_volume_from_what_is_on_record(self):
        """150 fell due in 176 days: 312 a year, said as 320."""
        assert yearly_volume(table(None), known_since=SINCE, at=jst("2026-06-30T00:00")) == 320


class TestBurnRates:
    @pytest.mark.parametrize(
        ("spent", "hours", "rate"),
        [("0.02", 1, "14.4"), ("0.05", 6, "6"), ("0.10", 24, "3"), ("0.10", 72, "1")],
    )
    def test_are_those_of_the_workbook(self, spent, hours, rate):
        found = rate_that_spends(Fraction(spent), window=30 * DAY, within=timedelta(hours=hours))

        assert found == Fraction(rate)

    def test_of_14_4_empty_thirty_days_in_fifty_hours(self):
        assert lasts(30 * DAY, Fraction("14.4")) == timedelta(hours=50)

    def test_of_slices_all_bad_but_one_in_a_hundred_events(self):
        """Every minute is a bad slice then: two weeks at 95 % last 16 h 48 min."""
        rate = burn_rate(Share(20_160, 20_160), TARGET)

        assert lasts(14 * DAY, rate) == timedelta(hours=16, minutes=48)

    def test_of_tickets_is_one_exactly_on_target(self):
        assert burn_rate(Share(1, 20), TARGET) == 1
        assert isinstance(burn_rate(Share(0, 0), TARGET), Unknown)
        assert isinstance(lasts(DAY, Fraction(0)), Unknown)
