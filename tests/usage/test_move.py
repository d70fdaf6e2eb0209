"""Each event is moved once, whoever is killed wherever; days are counted on the right dates."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shinrai.accounts.queries import WorkspaceRecord
from shinrai.postgres import failpoints
from shinrai.usage.facts import DAYS, EVENTS
from shinrai.usage.models import ActorMerge, InboxEvent
from shinrai.usage.operations.events import receive_events
from shinrai.usage.operations.move import move_all, move_batch
from shinrai.usage.rules.event import SameActor, UsageEvent
from shinrai.warehouse.compaction import compact_grown, compact_small
from shinrai.warehouse.query import run
from shinrai.warehouse.store import TableDamaged, Warehouse
from tests.cast import Cast

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 6, 10, 3, tzinfo=UTC)  # in Tokyo
POINTS = (
    *("usage.chosen", "publish.rows_handed_over", "publish.all_handed_over", "publish.committed"),
)


class Killed(BaseException):
    """Stands for the end of the process."""


@pytest.fixture
def warehouse(tmp_path: Path) -> Warehouse:
    return Warehouse(str(tmp_path / "warehouse"))


@pytest.fixture
def there(cast: Cast) -> WorkspaceRecord:
    return cast.workspace


@pytest.fixture
def kill_at() -> Iterator[list[tuple[str, int]]]:
    """Let the process end when it passes a point for the nth time."""
    planned: list[tuple[str, int]] = []
    passes: Counter[str] = Counter()

    def listen(point: str) -> None:
        passes[point] += 1
        if planned and planned[0] == (point, passes[point]):
            planned.clear()
            passes.clear()
            raise Killed

    failpoints._listeners.append(listen)
    yield planned
    failpoints._listeners.remove(listen)


def event(number: int, actor: str = "aoi", at: datetime = NOON, **more: Any) -> UsageEvent:
    return UsageEvent(id=f"e{number}", actor=actor, name="practised", at=at, **more)


def receive(there: WorkspaceRecord, *events: UsageEvent | SameActor, at: datetime = NOON) -> None:
    receive_events(workspace_id=there.id, events=events, received_at=at)


def rows(warehouse: Warehouse, table: Any) -> list[dict[str, Any]]:
    return run(warehouse, table.unbound(), tables=[table]).records()


def test_an_event_sent_again_days_later_counts_once(warehouse, there):
    receive(there, event(1), event(1), event(2))
    first = move_all(warehouse, at=NOON)
    receive(there, event(2), event(3), at=NOON + timedelta(days=5))
    second = move_all(warehouse, at=NOON + timedelta(days=5))

    assert (first.events, first.known) == (2, 1)
    assert (second.events, second.known) == (1, 1)
    assert sorted(row["event_id"] for row in rows(warehouse, EVENTS)) == ["e1", "e2", "e3"]
    [day] = rows(warehouse, DAYS)
    assert day["event_count"] == 3
    assert not InboxEvent.objects.exists()


def test_sent_again_across_midnight_it_is_known_by_the_clock_of_the_device(warehouse, there):
    said = datetime(2026, 6, 9, 23, 59, tzinfo=UTC)
    receive(there, event(1, at=said, said_at=said))
    move_all(warehouse, at=NOON)
    receive(there, event(1, at=said + timedelta(minutes=3), said_at=said))
    move_all(warehouse, at=NOON)

    assert len(rows(warehouse, EVENTS)) == 1


def test_ten_past_midnight_in_tokyo_falls_on_the_new_date(warehouse, there):
    at = datetime(2026, 6, 9, 15, 10, tzinfo=UTC)
    receive(there, event(1, at=at), event(2, at=at, zone="America/Los_Angeles"))
    receive(there, event(3, at=at, zone="Mars/Olympus"))
    move_all(warehouse, at=NOON)

    found = {row["event_id"]: row for row in rows(warehouse, EVENTS)}
    assert there.zone == "Asia/Tokyo"
    assert found["e1"]["own_on"] == found["e3"]["own_on"] == date(2026, 6, 10)
    assert found["e2"]["own_on"] == date(2026, 6, 9)
    assert {row["zone_on"] for row in found.values()} == {date(2026, 6, 10)}
    assert {row["utc_on"] for row in found.values()} == {date(2026, 6, 9)}


def test_five_hours_are_one_day_and_five_minutes_on_fifteen_days_are_fifteen(warehouse, there):
    receive(there, *(event(n, "aoi", NOON + timedelta(minutes=n)) for n in range(300)))
    receive(there, *(event(400 + n, "ren", NOON + timedelta(days=n)) for n in range(15)))
    move_all(warehouse, at=NOON)

    counts = Counter(row["actor_id"] for row in rows(warehouse, DAYS))
    assert sorted(counts.values()) == [1, 15]


def test_addresses_in_properties_are_masked(warehouse, there):
    receive(there, event(1, properties={"to": "aoi@example.com", "minutes": 5}))
    move_all(warehouse, at=NOON)

    assert rows(warehouse, EVENTS)[0]["properties"] == '{"to":"〔mail〕","minutes":5}'


def test_who_says_who_somebody_is_did_nothing(warehouse, there):
    receive(there, UsageEvent(id="i", actor="aoi", name="$identify", at=NOON))
    receive(there, SameActor("i", "device-7", "aoi", NOON, "identify"))
    moved = move_all(warehouse, at=NOON)

    assert (moved.events, moved.merges) == (1, 1)
    assert rows(warehouse, DAYS) == []
    assert ActorMerge.objects.count() == 1


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.one_of(
            st.lists(st.tuples(st.integers(0, 12), st.integers(0, 3)), min_size=1, max_size=8),
            st.tuples(st.sampled_from(POINTS), st.integers(1, 2)),
            st.just("compact"),
        ),
        min_size=2,
        max_size=9,
    )
)
def test_killed_anywhere_each_event_counts_once(tmp_path, there, kill_at, story):
    """Late and repeated events, kills and compaction in any order."""
    warehouse = Warehouse(str(tmp_path / f"w{abs(hash(repr(story)))}"))
    InboxEvent.objects.all().delete()
    told: dict[str, UsageEvent] = {}
    kill_at.clear()
    for step in story:
        if step == "compact":
            compact_small(warehouse, EVENTS, target_mb=1)
            compact_small(warehouse, DAYS, target_mb=1)
            compact_grown(warehouse, DAYS)
        elif isinstance(step, tuple):
            kill_at[:] = [step]
        else:
            events = [event(n, f"p{n % 3}", NOON - timedelta(days=n % 4)) for n, _ in step]
            told |= {one.id: one for one in events}
            receive(there, *events)
            try:
                while move_batch(warehouse, at=NOON, most=3) is not None:
                    pass
            except Killed:
                pass
    kill_at.clear()
    while move_batch(warehouse, at=NOON, most=3) is not None:
        pass

    assert sorted(row["event_id"] for row in rows(warehouse, EVENTS)) == sorted(told)
    days = rows(warehouse, DAYS)
    expected = Counter((one.actor, one.at.date()) for one in told.values())
    assert sorted(row["event_count"] for row in days) == sorted(expected.values())
    assert sum(row["event_count"] for row in days) == len(told)


def test_a_lost_table_says_that_only_a_backup_has_it(warehouse, there):
    receive(there, event(1))
    move_all(warehouse, at=NOON)
    for file in Path(warehouse.place(EVENTS), "_delta_log").glob("*"):
        file.unlink()
    receive(there, event(2))

    with pytest.raises(TableDamaged, match="restore it from a backup"):
        move_all(warehouse, at=NOON)

    assert InboxEvent.objects.count() == 1
