"""Kitsune Juku's summer of 2026 for the sprint: an outage, a heavy topic, a loud one and a flood.

On 20 June 9 of 30 who could not sign in wrote, and 14 strangers sent one advertisement. Every week
three families ask about their bill. On 18 June 12 families wrote that grading was wrong, and on
17 June one wrote 50 times about the app.
"""

from datetime import date, datetime, timedelta
from typing import Any

from shinrai.calendars.operations import declare_events
from shinrai.calendars.rules.declared_events import EventDeclaration
from shinrai.customers.operations import record_customers
from shinrai.desk.operations.steps import take_step
from shinrai.inquiries.operations import receive_inquiry
from shinrai.objectives.operations.catching_up import catch_up
from shinrai.reports.rules.digest import DigestRequest
from shinrai.trends.operations import name_failure
from shinrai.trends.queries.affected import Failure
from shinrai.warehouse.store import Warehouse
from tests.cast import Cast, open_stage
from tests.desk.stage import tokyo
from tests.usage.filling import Act, fill

OUTAGE, LATER = date(2026, 6, 20), tokyo(22, 9)
SPRINT = DigestRequest(date(2026, 6, 8), date(2026, 6, 21), "2026-S24")
NEXT = DigestRequest(date(2026, 6, 22), date(2026, 7, 5), "2026-S25")
AFTER = tokyo(6, 9, month=7)
KANA = "あいうえおかきくけこさしすせそたちつてと"
BILLS = [date(2026, 3, 24) + timedelta(weeks=week) for week in range(13)]


class Desk:
    """Kitsune Juku, at which inquiries arrive with their topic."""

    def __init__(self, cast: Cast, warehouse: Warehouse) -> None:
        self.cast, self.workspace, self.warehouse = cast, cast.simulated, warehouse

    def asks(self, key: str, on: date, topic: str, words: str, customer: str) -> int:
        """Receive an inquiry at eleven, and label it."""
        at = tokyo(on.day, 11, month=on.month)
        there = self.workspace.id
        who = record_customers(workspace_id=there, source="desk", identifiers=[customer], at=at)[
            customer
        ]
        case = receive_inquiry(
            workspace_id=there,
            source_key=key,
            at=at,
            by="customer",
            words=words,
            mode="via_cs",
            customer=(who.id, who.key_id),
        )
        take_step(
            case_id=case,
            kind="labelled",
            at=at,
            by="staff:1",
            role="agent",
            detail={"topic": topic},
        )
        return int(case)

    def publish(self, at: datetime) -> None:
        """Bring tables and counts up to date."""
        catch_up(warehouse=self.warehouse, at=at)


def open_sprint(settings: Any, path: Any) -> Desk:
    """Open the desk with everything up to 22 June."""
    settings.SHINRAI_WAREHOUSE = str(path / "warehouse")
    warehouse = Warehouse(settings.SHINRAI_WAREHOUSE)
    desk = Desk(open_stage(), warehouse)
    there = desk.workspace.id
    for n in range(9):
        desk.asks(f"OUT-{n}", OUTAGE, "login", f"エラー番号が出ます{KANA[n]}", f"L-{n}")
    for n in range(14):
        desk.asks(f"AD-{n}", OUTAGE, "wish", f"安い教材をいますぐ買いませんか {n}", f"AD-{n}")
    for week, on in enumerate(BILLS):
        for n in range(3):
            words = f"請求の内訳を教えてください{KANA[week]}{KANA[n]}"
            desk.asks(f"BILL-{week}-{n}", on, "billing", words, f"B-{week}-{n}")
    for n in range(12):
        desk.asks(f"GRADE-{n}", date(2026, 6, 18), "grading", f"採点が違います{KANA[n]}", f"G-{n}")
    for n in range(50):
        words = f"アプリが重くて困っています{KANA[n // 20]}{KANA[n % 20]}"
        desk.asks(f"APP-{n}", date(2026, 6, 17), "app", words, "LOUD")
    names = [f"L-{n}" for n in range(30)]
    actors = record_customers(workspace_id=there, source="usage", identifiers=names, at=LATER)
    acts = [Act(one.id, tokyo(20, 10), "sign_in_failed") for one in actors.values()]
    acts += [Act(one.id, tokyo(18, 10), "studied") for one in actors.values()]
    fill(warehouse, acts, zone="Asia/Tokyo", workspace_id=there)
    release = EventDeclaration("release", "5.3", OUTAGE - timedelta(1), OUTAGE - timedelta(1))
    declare_events(workspace_id=there, declarations=[release], at=LATER, by="test")
    failure = Failure("login", "sign_in_failed")
    name_failure(workspace_id=there, failure=failure, at=LATER, by="test")
    desk.publish(LATER)
    return desk
