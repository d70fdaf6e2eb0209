"""The shelf and the pins of たぬき塾, and all that its learners' goals say, as one text."""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from shinrai.accounts.queries import WorkspaceRecord
from shinrai.missions.operations.declarations import declare_activities, declare_pins
from shinrai.missions.queries.documents import pins_document, today_document, week_document
from shinrai.missions.queries.learner import (
    learner_named,
    pins_of,
    today_of,
    weeks_of_learner,
)
from shinrai.postgres import failpoints
from shinrai.usage.operations.events import receive_events
from shinrai.usage.operations.move import move_all
from shinrai.usage.rules.event import UsageEvent
from shinrai.warehouse.store import Warehouse
from tests.cast import BY

MAY = datetime(2026, 5, 1, tzinfo=UTC)
TUESDAY = datetime(2026, 6, 9, 8, tzinfo=UTC)  # 17:00 in Tokyo
DAY = timedelta(days=1)
SHELF: list[dict[str, Any]] = [
    {"key": "add-1", "subject": "math", "unit": "sums", "minutes": 10},
    {"key": "add-2", "subject": "math", "unit": "sums", "minutes": 10, "prerequisite": "add-1"},
    {"key": "kanji-1", "subject": "japanese", "unit": "kanji", "minutes": 5},
]
PINS = [
    {"key": "first", "kind": "completions", "count": 1},
    {"key": "two", "kind": "days", "count": 2},
]


class Killed(BaseException):
    """Stands for the end of the process."""


def declare(workspace_id: int, *, at: datetime = MAY) -> None:
    declare_activities(workspace_id=workspace_id, rows=SHELF, at=at, by=BY)
    declare_pins(workspace_id=workspace_id, rows=PINS, at=at, by=BY)


def sent(
    id: str, activity: str = "add-1", at: datetime = TUESDAY, *, learner: str = "hana", **more: Any
) -> UsageEvent:
    """Make what Hana's tablet says by the client library when she completes something."""
    given = {"zone": "Asia/Tokyo", "name": "activity_completed", "said_at": at} | more
    score = given.pop("score", 80)
    properties = {"activity": activity, "score": score} | given.pop("properties", {})
    return UsageEvent(id=id, actor=learner, at=at, properties=properties, **given)


def sync(
    there: WorkspaceRecord, warehouse: Warehouse, *events: UsageEvent, at: datetime = TUESDAY
) -> None:
    """Let events come in at a moment and be moved by the worker."""
    receive_events(workspace_id=there.id, events=events, received_at=at)
    move_all(warehouse, at=at)


def goals(there: WorkspaceRecord, names: Iterable[str], *, at: datetime, weeks: int) -> str:
    """Return a hash of all documents of some learners: day, weeks and pins, and those given."""
    said: dict[str, list[Any]] = {}
    for name in names:
        learner = learner_named(there, name)
        missions = weeks_of_learner(learner, at=at, count=weeks)
        said[name] = [
            [week_document(one) for one in missions],
            pins_document(pins_of(learner, at=at)),
            sorted(one.rule.key for one in pins_of(learner, at=at) if one.given_at),
            today_document(today_of(learner, at=at)),
        ]
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


@contextmanager
def killing() -> Iterator[Callable[[str, int], None]]:
    """Let the process end where it passes a point for the nth time, as the caller plans it."""
    planned: list[tuple[str, int]] = []
    passes: Counter[str] = Counter()

    def listen(point: str) -> None:
        passes[point] += 1
        if planned and planned[0] == (point, passes[point]):
            planned.clear()
            raise Killed

    def plan(point: str, nth: int = 1) -> None:
        passes.clear()
        planned[:] = [(point, nth)]

    failpoints._listeners.append(listen)
    yield plan
    failpoints._listeners.remove(listen)
