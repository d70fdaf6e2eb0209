"""Tickets of a desk that runs Zammad, in the shape its API hands them over.

On Monday 1 June 2026 Hanako writes that her streak is gone. Kurata answers with a question, sets
the ticket to wait, gets the answer, hands it to CRE, and Mori closes it. Taro's ticket about the
same thing is merged into hers.
"""

from typing import Any

HANAKO, TARO, KURATA, MORI = 21, 22, 5, 6
USERS = {
    "5": {"id": 5, "login": "kurata@example.jp"},
    "6": {"id": 6, "login": "mori@example.jp"},
    "21": {"id": 21, "login": "hanako@example.jp"},
    "1": {"id": 1, "login": "-"},
}


def moment(day: int, clock: str) -> str:
    """Write a moment of June 2026 as Zammad does."""
    return f"2026-06-{day:02d}T{clock}:00.000Z"


def ticket(number: int = 7, **more: Any) -> dict[str, Any]:
    """Give a ticket as `expand=true` shows it."""
    return {
        "id": number, "number": f"2200{number}", "title": "連続記録が消えた",
        "group_id": 2, "group": "CRE", "state_id": 4, "state": "closed",
        "priority_id": 2, "priority": "2 normal", "owner_id": MORI, "owner": "mori@example.jp",
        "customer_id": HANAKO, "customer": "hanako@example.jp", "organization_id": None,
        "created_by_id": HANAKO, "created_by": "hanako@example.jp",
        "updated_by_id": MORI, "updated_by": "mori@example.jp",
        "create_article_type": "email", "create_article_sender": "Customer",
        "first_response_in_min": 30, "first_response_diff_in_min": 90, "close_in_min": 500,
        "close_at": moment(3, "05:00"), "article_count": 4, "escalation_at": None,
        "created_at": moment(1, "00:10"), "updated_at": moment(3, "05:00"), **more,
    }  # fmt: skip


def article(number: int, sender: str, by: int, at: str, body: str, **more: Any) -> dict[str, Any]:
    """Give an article of ticket 7."""
    return {
        "id": number, "ticket_id": 7, "type": "email", "sender": sender, "internal": False,
        "content_type": "text/html", "body": body, "subject": "", "created_by_id": by,
        "origin_by_id": None, "preferences": {}, "created_at": at, "updated_at": at, **more,
    }  # fmt: skip


def articles() -> list[dict[str, Any]]:
    """List what was said in ticket 7."""
    return [
        article(31, "Customer", HANAKO, moment(1, "00:10"), "<p>連続記録が<b>消えた</b></p>"),
        article(32, "System", 1, moment(1, "00:11"), "受け付けました"),
        article(33, "Agent", KURATA, moment(1, "00:40"), "端末はどれですか？"),
        article(
            34, "Customer", HANAKO, moment(2, "01:00"), "3 < 4 です", content_type="text/plain"
        ),
        article(35, "Agent", KURATA, moment(2, "01:30"), "CREへ", type="note", internal=True),
        article(36, "Agent", MORI, moment(3, "05:00"), "戻しました。アプリを開き直してください。"),
    ]


def change(number: int, attribute: str, old: Any, new: Any, by: int, at: str, **more: Any) -> Any:
    """Give an entry of a ticket's history."""
    return {
        "id": number, "o_id": 7, "object": "Ticket", "type": "updated", "attribute": attribute,
        "value_from": old, "value_to": new, "created_by_id": by, "created_at": at, **more,
    }  # fmt: skip


def history() -> dict[str, Any]:
    """Give what `ticket_history` answers for ticket 7."""
    entries = [
        {"id": 100, "o_id": 7, "object": "Ticket", "type": "created", "created_by_id": HANAKO,
         "created_at": moment(1, "00:10")},
        change(101, "owner", "-", "Kurata", KURATA, moment(1, "00:30"), id_from=1, id_to=KURATA),
        change(102, "state", "new", "pending reminder", KURATA, moment(1, "00:40")),
        change(103, "state", "pending reminder", "open", HANAKO, moment(2, "01:00")),
        change(104, "group", "CS", "CRE", KURATA, moment(2, "01:30")),
        change(105, "owner", "Kurata", "Mori", KURATA, moment(2, "01:30"), id_from=5, id_to=MORI),
        change(106, "state", "open", "closed", MORI, moment(3, "05:00")),
    ]  # fmt: skip
    return {"history": entries, "assets": {"User": USERS}}


def merged() -> dict[str, Any]:
    """Give Taro's ticket as a pull keeps it: merged into Hanako's."""
    own = ticket(
        8,
        state="merged",
        customer_id=TARO,
        created_by_id=TARO,
        owner_id=1,
        owner="-",
        group="CS",
        article_count=0,
        created_at=moment(1, "00:05"),
        updated_at=moment(1, "02:00"),
    )
    entries = [
        {"id": 110, "o_id": 8, "object": "Ticket", "type": "created", "created_by_id": TARO,
         "created_at": moment(1, "00:05")},
        {"id": 111, "o_id": 8, "object": "Ticket", "type": "merged_into", "id_from": 8, "id_to": 7,
         "created_by_id": KURATA, "created_at": moment(1, "02:00")},
        change(112, "state", "new", "merged", KURATA, moment(1, "02:00"), o_id=8),
    ]  # fmt: skip
    return {"ticket": own, "articles": [], "history": {"history": entries, "assets": {}}}


def whole() -> dict[str, Any]:
    """Give Hanako's ticket as a pull keeps it."""
    return {"ticket": ticket(), "articles": articles(), "history": history()}
