"""A workspace with generated investigations: the same ones for the same size, whoever runs it."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice

import _database  # noqa: F401  # sets up Django
from django.db import transaction

from shinrai.accounts.operations.workspaces import open_workspace
from shinrai.calendars.operations import save_calendar
from shinrai.ledger.operations.batches import begin_batch, complete_batch
from shinrai.ledger.operations.cases import NewCase, record_cases
from shinrai.ledger.operations.step_encoding import NewStep
from shinrai.ledger.operations.steps import append_steps
from shinrai.objectives.operations.saving import save_objective

DAYS = ("mon", "tue", "wed", "thu", "fri")
OFFICE = {
    "zone": "Asia/Tokyo",
    "weekly": {day: ["10:00-12:00", "13:00-19:00"] for day in DAYS},
    "holidays": "JP",
    "closed": ["12-29..01-03"],
}
NAME = "two-days"
OBJECTIVE = {
    "apiVersion": "openslo/v1",
    "kind": "SLO",
    "metadata": {"name": NAME},
    "spec": {
        "service": "desk",
        "indicator": {
            "metadata": {"name": "answered"},
            "spec": {
                "thresholdMetric": {
                    "metricSource": {
                        "type": "shinrai",
                        "spec": {
                            "clock": "investigation",
                            "mode": "via_cs",
                            "calendar": "office",
                            "within": {"business_days": "2", "by": "close"},
                            "pauses": ["sent_back", "customer", "third_party"],
                        },
                    }
                }
            },
        },
        "timeWindow": [
            {
                "duration": "1M",
                "isRolling": False,
                "calendar": {"startTime": "2021-01-01 00:00:00", "timeZone": "Asia/Tokyo"},
            }
        ],
        "budgetingMethod": "Occurrences",
        "objectives": [{"target": "0.9"}],
    },
}
FROM = datetime(2021, 1, 4, tzinfo=UTC)
YEARS = timedelta(days=5 * 365)
NOW = FROM + YEARS + timedelta(days=30)
CHUNK = 20_000
BY = "bench"


def make_workspace(cases: int) -> int:
    """Open a workspace with its calendar, its investigations and its objective."""
    there = open_workspace(
        slug="bench", name="Bench", zone="Asia/Tokyo", simulated=True, at=FROM, by=BY
    )
    save_calendar(workspace_id=there.id, name="office", document=OFFICE, at=FROM, by=BY)
    save_objective(workspace_id=there.id, document=OBJECTIVE, at=FROM, by=BY)
    batch_id = begin_batch(
        workspace_id=there.id, source=BY, mapping={}, files=[], fingerprint=BY, at=NOW, by=BY
    )
    lives = _lives(cases)
    for start in range(0, cases, CHUNK):
        with transaction.atomic():
            _append(there.id, batch_id, start, list(islice(lives, CHUNK)))
    complete_batch(batch_id=batch_id, report={}, at=NOW)
    return there.id


def case_key(number: int) -> str:
    """Name the n-th case."""
    return f"B-{number}"


def steps_of_life(case_id: int, life: list[tuple[str, datetime]]) -> Iterator[NewStep]:
    """Give a case's steps, the one who asks and the ones who look apart."""
    for order, (kind, at) in enumerate(life):
        asks = kind in ("filed", "resubmitted")
        yield NewStep(
            case_id=case_id,
            at=at,
            kind=kind,
            by="staff:7" if asks else f"staff:{20 + case_id % 9}",
            role="cs" if asks else "engineer",
            detail={"mode": "via_cs"} if kind == "filed" else None,
            source=BY,
            source_order=order,
        )


def _append(
    workspace_id: int, batch_id: int, start: int, lives: list[list[tuple[str, datetime]]]
) -> None:
    new = [
        NewCase(record="investigation", source=BY, source_key=case_key(start + number))
        for number in range(len(lives))
    ]
    ids = record_cases(workspace_id=workspace_id, cases=new)
    steps = (
        step
        for case_id, life in zip(ids, lives, strict=True)
        for step in steps_of_life(case_id, life)
    )
    append_steps(
        workspace_id=workspace_id,
        steps=steps,
        count=sum(map(len, lives)),
        recorded_at=NOW,
        batch_id=batch_id,
    )


def _lives(cases: int) -> Iterator[list[tuple[str, datetime]]]:
    """Draw lives over five years: a third sent back, a tenth twice; a few wait; 2 % still open."""
    draw = random.Random(20260601)
    apart_s = YEARS.total_seconds() / cases
    for number in range(cases):
        at = FROM + timedelta(seconds=int(number * apart_s) + draw.randrange(3_600))
        life = [("filed", at)]

        def then(kind: str, up_to_h: float, life: list[tuple[str, datetime]] = life) -> None:
            passed = timedelta(seconds=60 + int(draw.random() * up_to_h * 3_600))
            life.append((kind, life[-1][1] + passed))

        then("acknowledged", 8)
        luck = draw.random()
        for _ in range(2 if luck < 0.1 else 1 if luck < 0.33 else 0):
            then("sent_back", 20)
            then("resubmitted", 60)
        if draw.random() < 0.12:
            then("waiting", 10)
            then("resumed", 90)
        if draw.random() < 0.25:
            then("finding", 10)
        if draw.random() < 0.98:
            then("answered", 40)
        if draw.random() < 0.03:
            then("reopened", 200)
            then("answered", 30)
        yield life
