"""Tickets of a desk that runs Zendesk, in the shape its API hands them over.

On Monday 1 June 2026 Hanako writes that her streak is gone. Kurata answers with a question and sets
the ticket to pending; she answers, he hands it to CRE, Mori holds it for the engineers, solves it.
She comes back a day later, Mori solves it again, and Zendesk closes it. Taro's ticket about it
is merged into hers; Jiro's, spam, is deleted; Hanako's new one goes on with the closed one.
"""

from typing import Any

HANAKO, TARO, JIRO, KURATA, MORI = 9001, 9002, 9003, 501, 502
CS, CRE = 71, 72
USERS = [
    {"id": KURATA, "name": "倉田 実", "email": "kurata@example.jp", "role": "agent"},
    {"id": MORI, "name": "森 彩", "email": "mori@example.jp", "role": "admin"},
    {"id": HANAKO, "name": "花子", "email": "hanako@example.jp", "role": "end-user"},
]
GROUPS = [{"id": CS, "name": "CS"}, {"id": CRE, "name": "CRE"}]
SCHEDULE = {
    "id": 31,
    "name": "平日",
    "time_zone": "Tokyo",
    "intervals": [
        {"start_time": day * 1440 + 600, "end_time": day * 1440 + 1140} for day in range(1, 6)
    ],
}
HOLIDAY = {"id": 1, "name": "創立記念日", "start_date": "2026-06-05", "end_date": "2026-06-05"}


def moment(day: int, clock: str) -> str:
    """Write a moment of June 2026 as Zendesk does."""
    return f"2026-06-{day:02d}T{clock}:00Z"


def ticket(number: int = 7, asker: int = HANAKO, **more: Any) -> dict[str, Any]:
    """Give a ticket."""
    return {
        "id": number, "subject": "連続記録が消えた", "raw_subject": "連続記録が消えた",
        "description": "朝ひらいたら0日になっていました。", "status": "closed", "priority": "high",
        "type": "question", "requester_id": asker, "submitter_id": asker, "assignee_id": MORI,
        "group_id": CRE, "tags": ["streak", "app"], "brand_id": 1, "ticket_form_id": 2,
        "organization_id": None, "via": {"channel": "email", "source": {"rel": None}},
        "created_at": moment(1, "00:10"), "updated_at": moment(8, "09:00"),
        "collaborator_ids": [], "email_cc_ids": [], **more,
    }  # fmt: skip


def metric_set(number: int = 7, **more: Any) -> dict[str, Any]:
    """Give the metrics of a ticket, counted by hand; business by 平日, without the day off."""
    both = {"calendar": 20, "business": 0}
    return {
        "id": 4000 + number, "ticket_id": number, "reopens": 1, "replies": 3,
        "assignee_stations": 2, "group_stations": 2, "reply_time_in_minutes": both,
        "reply_time_in_seconds": {"calendar": 1200},
        "first_resolution_time_in_minutes": {"calendar": 3170, "business": 1320},
        "full_resolution_time_in_minutes": {"calendar": 4790, "business": 2040},
        "agent_wait_time_in_minutes": {"calendar": 1470, "business": 540},
        "requester_wait_time_in_minutes": {"calendar": 1880, "business": 960},
        "on_hold_time_in_minutes": {"calendar": 120, "business": 120},
        "assigned_at": moment(2, "01:30"), "initially_assigned_at": moment(1, "00:30"),
        "solved_at": moment(4, "08:00"), "status_updated_at": moment(8, "09:00"),
        "updated_at": moment(8, "09:00"), **more,
    }  # fmt: skip


def audit(
    number: int, at: str, author: int, *events: dict[str, Any], **more: Any
) -> dict[str, Any]:
    """Give an audit of ticket 7."""
    return {
        "id": number, "ticket_id": 7, "created_at": at, "author_id": author,
        "via": {"channel": "web", "source": {"rel": None}}, "metadata": {}, "events": list(events),
        **more,
    }  # fmt: skip


def field(name: str, value: Any, before: Any = None, *, new: bool = False) -> dict[str, Any]:
    """Give an event that sets a field."""
    event = {"id": 1, "field_name": name, "value": value, "type": "Create" if new else "Change"}
    return event if new else {**event, "previous_value": before}


def comment(number: int, by: int, body: str, *, public: bool = True, **more: Any) -> dict[str, Any]:
    """Give an event that is a comment."""
    return {
        "id": number, "type": "Comment", "author_id": by, "body": body, "plain_body": body,
        "html_body": f"<p>{body}</p>", "public": public, "attachments": [], **more,
    }  # fmt: skip


def audits() -> list[dict[str, Any]]:
    """List what happened to ticket 7."""
    rule = {"channel": "rule", "source": {"rel": "trigger"}}
    return [
        audit(101, moment(1, "00:10"), HANAKO,
              comment(301, HANAKO, "朝ひらいたら0日になっていました。"),
              field("status", "new", new=True), field("group_id", str(CS), new=True),
              field("priority", "normal", new=True)),
        audit(102, moment(1, "00:11"), -1, comment(302, -1, "受け付けました"), via=rule),
        audit(103, moment(1, "00:30"), KURATA, comment(303, KURATA, "端末の機種は?"),
              field("assignee_id", str(KURATA)), field("status", "pending", "new")),
        audit(104, moment(2, "01:00"), HANAKO, comment(304, HANAKO, "iPad です、直りますか?"),
              field("status", "open", "pending")),
        audit(105, moment(2, "01:30"), KURATA, comment(305, KURATA, "お願いします", public=False),
              field("group_id", str(CRE), str(CS)), field("assignee_id", str(MORI), str(KURATA)),
              field("priority", "high", "normal")),
        audit(106, moment(2, "03:00"), MORI, field("status", "hold", "open")),
        audit(107, moment(2, "05:00"), MORI, field("status", "open", "hold")),
        audit(108, moment(3, "05:00"), MORI, comment(308, MORI, "復旧しました。ご確認ください。"),
              field("status", "solved", "open")),
        audit(109, moment(4, "05:00"), HANAKO, comment(309, HANAKO, "また消えました。なぜですか?"),
              field("status", "open", "solved")),
        audit(110, moment(4, "08:00"), MORI, comment(310, MORI, "原因を直しました。"),
              field("status", "solved", "open")),
        audit(111, moment(4, "09:00"), HANAKO, field("satisfaction_score", "good", "offered")),
        audit(112, moment(8, "09:00"), -1, field("status", "closed", "solved")),
    ]  # fmt: skip


def whole() -> dict[str, Any]:
    """Give ticket 7 with all that belongs to it."""
    return {**ticket(), "audits": audits(), "metric_set": metric_set()}


def merged() -> dict[str, Any]:
    """Give Taro's ticket, which was merged into Hanako's."""
    into = {"channel": "web", "source": {"rel": "merge", "from": {"ticket_id": 7}}}
    own = ticket(8, TARO, description="記録がない", tags=["closed_by_merge"],
                 created_at=moment(1, "00:05"), updated_at=moment(1, "00:40"))  # fmt: skip
    events = [
        audit(201, moment(1, "00:05"), TARO, field("status", "new", new=True), ticket_id=8),
        audit(202, moment(1, "00:40"), KURATA, field("status", "closed", "new"), ticket_id=8,
              via=into),
    ]  # fmt: skip
    return {**own, "audits": events}


def deleted() -> dict[str, Any]:
    """Give Jiro's ticket, which is gone but for its row."""
    return ticket(9, JIRO, status="deleted", updated_at=moment(2, "02:00"), assignee_id=None)


def follow_up() -> dict[str, Any]:
    """Give the ticket in which Hanako goes on with the closed one."""
    via = {"channel": "email", "source": {"rel": "follow_up", "from": {"ticket_id": 7}}}
    own = ticket(10, status="new", via=via, created_at=moment(9, "00:00"),
                 updated_at=moment(9, "00:00"), assignee_id=None)  # fmt: skip
    events = [
        audit(401, moment(9, "00:00"), HANAKO, field("status", "new", new=True), ticket_id=10)
    ]
    return {**own, "audits": events}


def metric_events() -> list[dict[str, Any]]:
    """List the events of the first reply's clock of ticket 7."""
    sla = {"target": 60, "business_hours": True, "policy": {"id": 1, "title": "標準"}}
    base = {"ticket_id": 7, "metric": "reply_time", "instance_id": 1}
    return [
        {**base, "id": 601, "type": "activate", "time": moment(1, "00:10")},
        {**base, "id": 602, "type": "apply_sla", "time": moment(1, "00:10"), "sla": sla},
        {**base, "id": 603, "type": "breach", "time": moment(1, "02:00"), "deleted": True},
        {**base, "id": 604, "type": "fulfill", "time": moment(1, "00:30")},
        {**base, "id": 605, "type": "update_status", "time": moment(1, "00:30"),
         "status": {"calendar": 20, "business": 0}},
    ]  # fmt: skip


def people() -> list[dict[str, Any]]:
    """Give the pages that explain tickets."""
    return [{"users": USERS}, {"groups": GROUPS}]
