"""The one line of a week, and what to say at dinner."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from shinrai.accounts.queries import WorkspaceRecord
from shinrai.family.queries.child import child_view
from shinrai.family.rules.dinner import Deed, dinner_line
from shinrai.family.rules.week import StudyDay, line_of
from shinrai.missions.operations.attempts import record_attempts
from shinrai.missions.operations.declarations import declare_activities
from shinrai.missions.queries.learner import learner_named
from shinrai.missions.rules.attempt import ReportedAttempt
from shinrai.units.text import verbatim
from shinrai.usage.operations.events import receive_events
from shinrai.usage.operations.move import move_all
from shinrai.usage.rules.event import UsageEvent, checked_event
from shinrai.warehouse.store import Warehouse
from tests.cast import BY, Cast

MONDAY = date(2026, 6, 8)
DAY = timedelta(days=1)


def days(*numbers: int, minutes: int = 0) -> dict[date, StudyDay]:
    """Days from Monday on; those before it are negative."""
    found = (MONDAY + number * DAY for number in numbers)
    return {on: StudyDay(on, {"算数": minutes} if minutes else {}) for on in found}


def said(today: int, *numbers: int, minutes: int = 0) -> tuple[str, str]:
    line = line_of(days(*numbers, minutes=minutes), start=MONDAY, today=MONDAY + today * DAY)
    return line.text["en"], line.text["ja"]


def test_the_line_of_a_whole_week() -> None:
    assert said(6, -7, -6, -4, 0, 1, 2, 6, minutes=32) == (
        "This week: 4 days, 2 h 8 min in all. 1 day more than last week.",
        "今週は 4 日、合計 2 時間 8 分です。先週より 1 日多いです。",
    )


def test_a_running_week_is_compared_with_as_much_of_the_one_before() -> None:
    """On Tuesday, of last week's four days only that on its Monday counts."""
    en, ja = said(1, -7, -3, -2, -1, 0)
    assert en == "This week: 1 day. As many days as this time last week."
    assert ja == "今週は 1 日です。先週の今ごろと同じ日数です。"


def test_without_study_it_says_so_and_blames_nobody() -> None:
    assert said(2) == ("No study yet this week.", "今週はまだ学習の記録がありません。")
    assert said(6, -7)[0] == "No study this week. 1 day fewer than last week."
    assert said(2, 0, minutes=60)[1] == "今週は 1 日、合計 1 時間です。"


def test_dinner_is_about_one_thing_that_was_done() -> None:
    deeds = [
        Deed("studied", MONDAY, verbatim("算数"), minutes=25),
        Deed("completed", MONDAY - DAY, verbatim("かけ算 3")),
        Deed("pin", MONDAY - 2 * DAY, verbatim("はじめの一歩")),
    ]
    line = dinner_line(deeds, today=MONDAY)
    assert line is not None
    assert (
        line["ja"]
        == "今日は算数を 25 分学習しました。「どんなことをしたの？」と聞いてみてください。"
    )
    tuesday = dinner_line(deeds[1:], today=MONDAY)
    assert tuesday is not None
    assert "かけ算 3" in tuesday["en"]
    assert dinner_line(deeds, today=MONDAY + 2 * DAY) is None


SHELF = [{"key": "add-1", "subject": "math", "unit": "sums", "minutes": 10, "title_ja": "たし算"}]
NOON = datetime(2026, 6, 10, 3, tzinfo=UTC)  # Wednesday, 12:00 in Tokyo


@pytest.fixture
def there(cast: Cast, settings: Any, tmp_path: Any) -> WorkspaceRecord:
    """Hana finished an activity on Wednesday; her tablet reported 20 minutes on Tuesday."""
    settings.SHINRAI_WAREHOUSE = str(tmp_path / "warehouse")
    there = cast.workspace
    may = datetime(2026, 5, 1, tzinfo=UTC)
    declare_activities(workspace_id=there.id, rows=SHELF, at=may, by=BY)
    done = ReportedAttempt("1", "hana", "add-1", NOON, zone="Asia/Tokyo")
    record_attempts(workspace=there, reports=[done], received_at=NOON)
    events = [
        UsageEvent("t1", "hana", "lesson_finished", NOON - DAY, properties={
            "minutes": 20, "subject": "国語", "note": "PLANTED words"}),
        UsageEvent("t2", "ken", "lesson_finished", NOON - DAY, properties={"minutes": 50}),
    ]  # fmt: skip
    receive_events(workspace_id=there.id, received_at=NOON,
                   events=[checked_event(one, received_at=NOON) for one in events])  # fmt: skip
    move_all(Warehouse(settings.SHINRAI_WAREHOUSE), at=NOON, waits=True)
    return there


@pytest.mark.django_db(transaction=True)
def test_minutes_are_declared_or_reported_and_never_another_childs(there: WorkspaceRecord) -> None:
    hana = learner_named(there, "hana").id
    view = child_view(there, hana, at=NOON)

    assert (view.line.days, view.line.minutes) == (2, 30)
    assert view.line.minutes_from == {"activities", "events"}
    assert [(one.name, one.minutes) for one in view.subjects] == [("国語", 20), ("math", 10)]
    assert view.mission is not None
    assert view.dinner is not None
    assert "たし算" in view.dinner["ja"]
