"""Completions of five thousand learners: taken in from one file, again, and asked about.

The file holds 100,000 completions in no order. It is read alone, then taken in as attempts and as
usage, which gives the pins it earns, then taken in once more, which has to change nothing. A rule
is asked of all history, as a preview of pins is, and one completion more is recorded, as by the
API. Each is told beside reading the file, the least that anybody could do with it.
"""

import argparse
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from _database import HOME, close_database, open_database
from _timing import Spent, machine, peak_mb, say, spent, table, verdict

from shinrai.accounts.operations.workspaces import open_workspace
from shinrai.accounts.queries import WorkspaceRecord
from shinrai.missions.models import PinGiven
from shinrai.missions.operations.attempts import record_attempts
from shinrai.missions.operations.declarations import declare_activities, declare_pins
from shinrai.missions.operations.files import take_in_attempts
from shinrai.missions.queries.preview import pin_preview
from shinrai.missions.rules.attempt import ReportedAttempt
from shinrai.usage.operations.files import events_in

SIZE, LEARNERS, ACTIVITIES = 100_000, 5_000, 200
BEGIN, DAYS = datetime(2026, 4, 1, tzinfo=UTC), 180
AT = BEGIN + timedelta(days=DAYS + 1)
MOST_S = 60.0  # a first import of so many
PINS: list[dict[str, Any]] = [
    {"key": "first", "kind": "completions", "count": 1},
    {"key": "ten-days", "kind": "days", "count": 10},
    {"key": "row", "kind": "streak", "count": 3},
    {"key": "math", "kind": "activities", "count": 5, "subject": "math"},
    {"key": "well", "kind": "score", "count": 5, "score": 90},
]


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--size", type=int, default=SIZE, help="how many completions")
    size = asked.parse_args().size
    say(machine("django", "duckdb", "deltalake"))
    open_database()
    try:
        measure(size)
    finally:
        close_database()


def measure(size: int) -> None:
    """Take in a file, take it in again, ask, and record one completion more."""
    there = open_workspace(
        slug="bench", name="Bench", zone="Asia/Tokyo", simulated=False, at=BEGIN, by="bench"
    )
    shelf = [
        {"key": f"a{n}", "subject": ("math", "kanji")[n % 2], "unit": f"u{n // 10}", "minutes": 10}
        for n in range(ACTIVITIES)
    ]
    declare_activities(workspace_id=there.id, rows=shelf, at=BEGIN, by="bench")
    declare_pins(workspace_id=there.id, rows=PINS, at=BEGIN, by="bench")
    path = made(Path(HOME) / "completions.csv", size)

    def take_in() -> Any:
        return take_in_attempts(path, there, None, at=AT)

    steps: dict[str, Callable[[], Any]] = {
        "read the file": lambda: sum(1 for _ in events_in(path, None, there.zone, at=AT)),
        "take it in": take_in,
        "take it in again": take_in,
        "preview of five pins": lambda: pin_preview(there, PINS, at=AT),
        "count of pins given": PinGiven.objects.filter(workspace_id=there.id).count,
        "one completion more": lambda: one_more(there),
    }
    found: dict[str, Any] = {}
    costs: dict[str, Spent] = {}
    for name, step in steps.items():
        costs[name] = spent(lambda: found.update({name: step()}))  # noqa: B023 - called here
    least = costs["read the file"].processor_s
    table(
        ("what", "seconds", "of our processor", "times reading the file"),
        [
            (name, f"{one.seconds:.2f}", f"{one.processor_s:.2f}", f"{one.processor_s / least:.2f}")
            for name, one in costs.items()
        ],
    )
    given, counts = found["count of pins given"], found["preview of five pins"]
    say(f"{given:,} pins given; learners of each: {counts}")
    say(f"at most {peak_mb():,.0f} MB in this process")
    is_once = found["take it in"].new == size and found["take it in again"].new == 0
    verdict("each completion counts once", holds=is_once)
    verdict("what was given is what a preview says", holds=sum(counts.values()) == given)
    verdict(f"taken in within {MOST_S:.0f} s", holds=costs["take it in"].seconds < MOST_S)


def made(path: Path, size: int) -> Path:
    """Write completions in no order."""
    rng = random.Random(16)
    with path.open("w", encoding="utf-8") as file:
        file.write("event_id,user_id,event,timestamp,activity,score\n")
        for number in range(size):
            moment = BEGIN + timedelta(minutes=rng.randrange(DAYS * 24 * 60))
            learner = f"learner-{rng.randrange(LEARNERS)}"
            what = f"a{rng.randrange(ACTIVITIES)},{rng.randrange(101)}"
            file.write(f"{number},{learner},activity_completed,{moment.isoformat()},{what}\n")
    return path


def one_more(there: WorkspaceRecord) -> Any:
    one = ReportedAttempt("more", "learner-7", "a3", AT, score=100)
    return record_attempts(workspace=there, reports=[one], received_at=AT)


if __name__ == "__main__":
    main()
