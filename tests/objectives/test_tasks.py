"""A window that closes while nobody looks is frozen by the timetable, at that minute."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from croniter import croniter
from hypothesis import given
from hypothesis import strategies as st

from shinrai.calendars.rules.time_zone import zone_names
from shinrai.objectives.models import Verdict
from shinrai.objectives.rules.durations import Duration
from shinrai.objectives.rules.windows import CalendarWindow, last_finished
from shinrai.objectives.tasks import CATCH_UP, catch_up_all
from tests.objectives.test_story import filed, june, step, week, workspace  # noqa: F401


@pytest.mark.django_db(transaction=True)
def test_july_comes_on_a_quiet_server(workspace, settings, tmp_path):  # noqa: F811
    """June ends in Tokyo at 15:00 UTC on Tuesday the 30th; nobody opens a page that night."""
    settings.SHINRAI_WAREHOUSE = str(tmp_path / "warehouse")
    week(workspace)
    midnight = datetime(2026, 6, 30, 15, tzinfo=UTC)

    with time_machine.travel(midnight - timedelta(minutes=5), tick=False):
        catch_up_all(timestamp=0)
        assert not Verdict.objects.exists()
    with time_machine.travel(midnight, tick=False):
        catch_up_all(timestamp=0)
        catch_up_all(timestamp=0)

    [verdict] = Verdict.objects.all()
    assert verdict.frozen_at == verdict.window_until == midnight
    assert (verdict.kept, verdict.missed) == (1, 3)


@given(
    zone=st.sampled_from(sorted(zone_names())),
    unit=st.sampled_from(["d", "w", "M", "Q", "Y"]),
    count=st.integers(1, 3),
    at=st.datetimes(datetime(2000, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC)),
)
def test_whichever_window_closes_the_timetable_is_there_at_that_minute(zone, unit, count, at):
    window = CalendarWindow(Duration(count, unit), datetime(2000, 1, 1), zone)

    closed = last_finished(window, at).end

    assert croniter.match(CATCH_UP, closed)
