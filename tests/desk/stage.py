"""A week at Kitsune Juku's desk, June 2026, seen on Tuesday 9 June at 15:00 in Tokyo.

INV-1  filed Wed 3 14:10, sent back Thu 4 10:40–13:05, answered Fri 5 11:20   kept
INV-2  filed Thu 4 11:00, due Mon 8 18:00, nobody answered                    overdue
INV-3  filed Fri 5 12:00, due Tue 9 18:00                                     at risk
INV-4  filed Mon 8 10:30, due Wed 10 18:00                                    running
INV-5  filed Mon 8 11:00, sent back Mon 8 15:00                               at rest
INV-6  filed Fri 31 July 10:00: after every moment these stories look at, so that pages
       answer from the steps and nothing need be published
"""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from shinrai.accounts.operations.members import record_staff
from shinrai.accounts.queries import WorkspaceRecord
from shinrai.calendars.operations import save_calendar
from shinrai.desk.operations.steps import file_investigation, take_step
from shinrai.desk.queries.places import queue_place
from shinrai.desk.queries.queue import Queue, QueueRequest, queue_of
from shinrai.objectives.operations.saving import save_objective

TOKYO = ZoneInfo("Asia/Tokyo")
OBJECTIVE = "within-2-days"
OFFICE: dict[str, Any] = {
    "zone": "Asia/Tokyo",
    "weekly": {day: ["10:00-18:00"] for day in ("mon", "tue", "wed", "thu", "fri")},
    "holidays": "JP",
}


def tokyo(day: int, hour: int, minute: int = 0, month: int = 6) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=TOKYO).astimezone(UTC)


NOW = tokyo(9, 15)
AT = "?at=2026-06-09T15:00"


def queue_now(workspace: WorkspaceRecord, at: datetime, **wanted: Any) -> Queue:
    """Give the queue of a workspace as a visitor sees it; `wanted` narrows and sorts it."""
    asked = {name: wanted.pop(name) for name in ("state", "record", "view") if name in wanted}
    place = queue_place(workspace, wanted.pop("member", None), at=at)
    return queue_of(QueueRequest([place], at, asked, **wanted))


def promise(name: str = OBJECTIVE, **spec: Any) -> dict[str, Any]:
    """Write an objective: investigations within 2 business days, 90 % of each month."""
    source = {
        "clock": "investigation",
        "mode": "via_cs",
        "calendar": "office",
        "within": {"business_days": "2", "by": "close"},
        "pauses": ["sent_back"],
    } | spec
    window = {
        "duration": "1M",
        "isRolling": False,
        "calendar": {"startTime": "2026-01-01 00:00:00", "timeZone": "Asia/Tokyo"},
    }
    metric = {"metricSource": {"type": "shinrai", "spec": source}}
    return {
        "apiVersion": "openslo/v1",
        "kind": "SLO",
        "metadata": {"name": name, "displayName": "Within two days"},
        "spec": {
            "service": "desk",
            "budgetingMethod": "Occurrences",
            "timeWindow": [window],
            "indicator": {"metadata": {"name": name}, "spec": {"thresholdMetric": metric}},
            "objectives": [{"displayName": "in time", "target": "0.9"}],
        },
    }


def open_desk(workspace: WorkspaceRecord) -> dict[str, int]:
    """Save calendar and promise, and let the week happen; answer the cases' numbers."""
    start = tokyo(1, 9)
    save_calendar(workspace_id=workspace.id, name="office", document=OFFICE, at=start, by="test")
    save_objective(workspace_id=workspace.id, document=promise(), at=start, by="test")
    staff = record_staff(
        workspace_id=workspace.id, source="test", names=["髙橋", "森下"], at=start, by="test"
    )
    cre, filer = staff["髙橋"], staff["森下"]
    cases: dict[str, int] = {}

    def file(key: str, at: datetime, words: str) -> None:
        cases[key] = file_investigation(
            workspace_id=workspace.id, source_key=key, at=at, by=filer, words=words
        )

    def step(key: str, kind: str, at: datetime, words: str = "", **more: Any) -> None:
        role, by = ("agent", filer) if kind == "resubmitted" else ("cre", cre)
        take_step(case_id=cases[key], kind=kind, at=at, by=by, role=role, words=words, **more)

    file("INV-1", tokyo(3, 14, 10), "画面が白い\nyui@example.jp の方です")
    step(
        "INV-1", "sent_back", tokyo(4, 10, 40), "端末の機種は？", detail={"missing_fact": "device"}
    )
    step("INV-1", "resubmitted", tokyo(4, 13, 5))
    file("INV-2", tokyo(4, 11), "記録が消えた <script>alert(1)</script>")
    step("INV-1", "finding", tokyo(5, 11, 20), detail={"verdict": "defect"})
    step("INV-1", "answered", tokyo(5, 11, 20), "直しました")
    file("INV-3", tokyo(5, 12), "通知が届かない")
    file("INV-4", tokyo(8, 10, 30), "解約できない")
    file("INV-5", tokyo(8, 11), "たまに固まる")
    step("INV-5", "sent_back", tokyo(8, 15), "いつ？")
    file("INV-6", tokyo(31, 10, month=7), "後日の件")
    return cases
