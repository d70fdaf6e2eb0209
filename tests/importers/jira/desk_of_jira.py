"""Requests of a service desk in Jira, in the shape its API hands them over.

On Monday 1 June 2026 at 09:10 in Tokyo, Hanako writes by the portal that her streak is gone. Kurata
asks which device at 09:40 and waits for her from 09:41; she answers on Tuesday at 10:00, and two
seconds later a rule lets it go on. At 10:30 Kurata hands it to CRE with an internal note; Mori
answers and resolves it on Wednesday at 14:00, and Hanako gives five of five.

Taro's request of the same Monday is answered and resolved within an hour, reopened by him on
Tuesday at 10:00, and resolved again at noon.
"""

from typing import Any

HANAKO = {"accountId": "qm:hanako", "displayName": "花子", "accountType": "customer"}
TARO = {"accountId": "qm:taro", "displayName": "太郎", "accountType": "customer"}
KURATA = {"accountId": "557:kurata", "displayName": "Kurata", "accountType": "atlassian"}
MORI = {"accountId": "557:mori", "displayName": "Mori", "accountType": "atlassian"}
RULE = {"accountId": "557:rule", "displayName": "Automation for Jira", "accountType": "app"}

TEAM, TYPE, RATING, RATED_AT, FIRST, WHOLE = (f"customfield_{n}" for n in range(10010, 10016))
FIELDS: list[dict[str, Any]] = [
    {"id": TEAM, "name": "担当グループ", "custom": True, "schema": {"custom": "x:select"}},
    {"id": TYPE, "name": "Request Type",
     "schema": {"custom": "com.atlassian.servicedesk:vp-origin"}},
    {"id": RATING, "name": "Satisfaction",
     "schema": {"custom": "com.atlassian.servicedesk:sd-request-feedback"}},
    {"id": RATED_AT, "name": "Satisfaction date",
     "schema": {"custom": "com.atlassian.servicedesk:sd-request-feedback-date"}},
    {"id": "customfield_10020", "name": "学校コード", "schema": {"custom": "x:textfield"}},
    {"id": "customfield_10021", "name": "判定", "schema": {"custom": "x:select"}},
]  # fmt: skip
CATEGORIES = {"new": "To Do", "indeterminate": "In Progress", "done": "Done"}
STATUSES = {
    "Waiting for support": ("1", "indeterminate"),
    "Waiting for customer": ("2", "indeterminate"),
    "Resolved": ("3", "done"),
    "Looking closely": ("4", "indeterminate"),
    "起票": ("5", "new"), "調査中": ("6", "indeterminate"), "差し戻し": ("7", "indeterminate"),
    "再提出": ("8", "new"), "リリース待ち": ("9", "indeterminate"), "回答済み": ("10", "done"),
}  # fmt: skip


def moment(day: int, clock: str) -> str:
    """Write a moment of June 2026 in Tokyo as Jira does."""
    seconds = clock if clock.count(":") == 2 else f"{clock}:00"
    return f"2026-06-{day:02d}T{seconds}.000+0900"


def status(name: str) -> dict[str, Any]:
    """Give a status as an issue, or the list of statuses, shows it."""
    number, category = STATUSES[name]
    return {"id": number, "name": name, "statusCategory": {"key": category}}


def document(*paragraphs: str) -> dict[str, Any]:
    """Write words in Jira's document format."""
    content = [
        {"type": "paragraph", "content": [{"type": "text", "text": words}]} for words in paragraphs
    ]
    return {"type": "doc", "version": 1, "content": content}


def item(name: str, old: Any, new: Any, **more: Any) -> dict[str, Any]:
    """Give a field that changed, by its words; a status also by its numbers."""
    numbers = {}
    if name == "status":
        numbers = {"from": STATUSES[old][0], "to": STATUSES[new][0]}
    return {
        "field": name, "fieldId": name, "fieldtype": "jira", "from": None, "to": None,
        "fromString": old, "toString": new, **numbers, **more,
    }  # fmt: skip


def custom(number: str, name: str, old: Any, new: Any) -> dict[str, Any]:
    """Give a custom field that changed."""
    return item(name, old, new, fieldId=number, fieldtype="custom")


def given(old: dict[str, Any] | None, new: dict[str, Any] | None) -> dict[str, Any]:
    """Give a change of assignee."""
    return item(
        "assignee", old and old["displayName"], new and new["displayName"],
        **{"from": old and old["accountId"], "to": new and new["accountId"]},
    )  # fmt: skip


def change(number: int, at: str, by: dict[str, Any], *items: dict[str, Any]) -> dict[str, Any]:
    """Give an entry of a changelog."""
    return {"id": str(number), "author": by, "created": at, "items": list(items)}


def comment(number: int, at: str, by: dict[str, Any], words: str, **more: Any) -> dict[str, Any]:
    """Give a comment."""
    return {
        "id": str(number), "author": by, "body": document(words), "created": at, "updated": at,
        "jsdPublic": True, **more,
    }  # fmt: skip


def cycle(elapsed_s: int, goal_s: int, started: str, stopped: str) -> dict[str, Any]:
    """Give a completed cycle of an SLA."""
    return {
        "startTime": {"iso8601": started}, "stopTime": {"iso8601": stopped},
        "breached": elapsed_s > goal_s, "goalDuration": {"millis": goal_s * 1000},
        "elapsedTime": {"millis": elapsed_s * 1000}, "remainingTime": {"millis": 0},
    }  # fmt: skip


def issue(number: int, key: str, created: str, updated: str, **fields: Any) -> dict[str, Any]:
    """Give an issue as a search shows it, without its lists."""
    return {
        "id": str(number), "key": key,
        "fields": {
            "created": created, "updated": updated, "reporter": HANAKO, "creator": HANAKO,
            "issuetype": {"id": "10", "name": "Support"}, "priority": {"id": "3", "name": "Medium"},
            "project": {"id": "100", "key": key.partition("-")[0],
                        "projectTypeKey": "service_desk"},
            "components": [{"name": "アプリ"}], "labels": ["ios"], "resolution": None,
            "resolutiondate": None, "assignee": None, TEAM: {"value": "CS"},
            TYPE: {"requestType": {"id": "7", "name": "使い方"}}, **fields,
        },
    }  # fmt: skip


def whole(number: int = 10001) -> dict[str, Any]:
    """Give Hanako's request as a pull keeps it."""
    own = issue(
        number, "HELP-1", moment(1, "09:10"), moment(3, "15:00"),
        summary="連続記録が消えた",
        description=document("昨日まで 40 日でした。", "0 になっています。"),
        status=status("Resolved"), resolution={"name": "Done"}, resolutiondate=moment(3, "14:00"),
        assignee=MORI, **{TEAM: {"value": "CRE"}, RATING: {"rating": 5},
                          RATED_AT: moment(3, "15:00"), "customfield_10020": "S-77"},
    )  # fmt: skip
    own["properties"] = {"request.channel.type": {"value": "portal"}}
    log = [
        change(1, moment(1, "09:30"), KURATA, given(None, KURATA)),
        change(2, moment(1, "09:41"), KURATA,
               item("status", "Waiting for support", "Waiting for customer")),
        change(3, moment(2, "10:00:02"), RULE,
               item("status", "Waiting for customer", "Waiting for support")),
        change(4, moment(2, "10:30"), KURATA, custom(TEAM, "担当グループ", "CS", "CRE"),
               given(KURATA, MORI)),
        change(5, moment(3, "14:00"), MORI, item("resolution", None, "Done"),
               item("status", "Waiting for support", "Resolved")),
    ]  # fmt: skip
    said = [
        comment(21, moment(1, "09:40"), KURATA, "端末はどれですか？"),
        comment(22, moment(2, "10:00"), HANAKO, "iPad です"),
        comment(23, moment(2, "10:30"), KURATA, "CRE へ", jsdPublic=False),
        comment(24, moment(3, "14:00"), MORI, "戻しました。アプリを開き直してください。"),
    ]
    sla = [
        {"id": "1", "name": "Time to first response", "completedCycles": [
            cycle(1_800, 3_600, moment(1, "09:10"), moment(1, "09:40"))]},
        # 31 min on Monday, 7:59:58 on Tuesday, 5 h on Wednesday, of days from nine to six.
        {"id": "2", "name": "Time to resolution", "completedCycles": [
            cycle(48_658, 43_200, moment(1, "09:10"), moment(3, "14:00"))]},
    ]  # fmt: skip
    return {"issue": own, "changelog": log, "comments": said, "sla": sla}


def reopened(number: int = 10002) -> dict[str, Any]:
    """Give Taro's request as a pull keeps it."""
    own = issue(
        number, "HELP-2", moment(1, "10:00"), moment(2, "12:00"), reporter=TARO, creator=TARO,
        summary="ログインできない", description=document("パスワードが違うと出ます。"),
        status=status("Resolved"), resolution={"name": "Done"}, resolutiondate=moment(2, "12:00"),
        assignee=KURATA,
    )  # fmt: skip
    log = [
        change(11, moment(1, "10:20"), KURATA, given(None, KURATA)),
        change(12, moment(1, "11:00"), KURATA, item("resolution", None, "Done"),
               item("status", "Waiting for support", "Resolved")),
        change(13, moment(2, "10:00"), TARO, item("resolution", "Done", None),
               item("status", "Resolved", "Waiting for support")),
        change(14, moment(2, "12:00"), KURATA, item("resolution", None, "Done"),
               item("status", "Waiting for support", "Resolved")),
    ]  # fmt: skip
    said = [
        comment(31, moment(1, "11:00"), KURATA, "再設定のメールを送りました。ご確認ください。"),
        comment(32, moment(2, "10:00"), TARO, "届きません"),
        comment(33, moment(2, "12:00"), KURATA, "アドレスを直して送り直しました。"),
    ]
    sla = [
        {"id": "1", "name": "Time to first response", "completedCycles": [
            cycle(3_600, 3_600, moment(1, "10:00"), moment(1, "11:00"))]},
        {"id": "2", "name": "Time to resolution", "completedCycles": [
            cycle(3_600, 43_200, moment(1, "10:00"), moment(1, "11:00")),
            cycle(7_200, 43_200, moment(2, "10:00"), moment(2, "12:00"))]},
    ]  # fmt: skip
    return {"issue": own, "changelog": log, "comments": said, "sla": sla}


def names() -> dict[str, Any]:
    """Give the lists that explain numbers, as a pull keeps them."""
    return {"fields": FIELDS, "statuses": [status(name) for name in STATUSES]}
