"""Issues of a repository on GitHub, in the shape its API hands them over.

On Monday 1 June 2026 Hanako writes that her streak is gone (#12). A machine thanks her; Mori asks
which device and labels it needs-info; she answers on Tuesday; Mori takes the label off and gives it
to Kurata, who answers and closes it on Wednesday. On Thursday it is open again, on Friday done.
Ken's #13 is the same, Mori's #14 is our own, #15 is a pull request, and #16 a machine closes
unanswered.
"""

from typing import Any

HANAKO = {"id": 501, "login": "hanako", "type": "User"}
KEN = {"id": 502, "login": "ken", "type": "User"}
MORI = {"id": 9, "login": "mori", "type": "User"}
KURATA = {"id": 8, "login": "kurata", "type": "User"}
STALE = {"id": 77, "login": "stale[bot]", "type": "Bot"}
THANKS = {"id": 78, "login": "thanks[bot]", "type": "Bot"}
API = "https://api.github.com/repos/michinote/app"


def moment(day: int, clock: str) -> str:
    """Write a moment of June 2026 as GitHub does."""
    return f"2026-06-{day:02d}T{clock}:00Z"


def issue(number: int, by: dict[str, Any], created: str, **more: Any) -> dict[str, Any]:
    """Give an issue as a list shows it."""
    return {
        "id": 90_000 + number, "number": number, "title": f"Issue {number}", "user": by,
        "url": f"{API}/issues/{number}", "repository_url": API,
        "html_url": f"https://github.com/michinote/app/issues/{number}",
        "state": "open", "state_reason": None, "labels": [], "assignee": None, "milestone": None,
        "author_association": "NONE", "comments": 0, "body": None,
        "created_at": created, "updated_at": created, "closed_at": None, **more,
    }  # fmt: skip


def said(number: int, at: str, by: dict[str, Any], words: str, **more: Any) -> dict[str, Any]:
    """Give a comment as a timeline shows it."""
    known = {"mori": "MEMBER", "kurata": "COLLABORATOR"}
    return {
        "event": "commented", "id": number, "user": by, "actor": by, "body": words,
        "author_association": known.get(by["login"], "NONE"), "created_at": at, "updated_at": at,
        **more,
    }  # fmt: skip


def event(number: int, at: str, by: dict[str, Any], what: str, **more: Any) -> dict[str, Any]:
    """Give an event as a timeline shows it."""
    return {"event": what, "id": number, "actor": by, "created_at": at, **more}


def whole() -> dict[str, Any]:
    """Give Hanako's issue as a pull keeps it."""
    own = issue(
        12, HANAKO, moment(1, "00:10"), title="Streak lost", body="It says 0 since today.",
        state="closed", state_reason="completed", closed_at=moment(5, "06:00"), comments=5,
        updated_at=moment(5, "06:00"), assignee=KURATA,
    )  # fmt: skip
    label = {"label": {"name": "Needs-Info"}}
    timeline = [
        said(31, moment(1, "00:11"), THANKS, "Thank you for your report!"),
        said(32, moment(1, "01:00"), MORI, "Which device is it?"),
        event(41, moment(1, "01:01"), MORI, "labeled", **label),
        said(33, moment(2, "02:00"), HANAKO, "An iPad of 2020, with the newest app."),
        event(42, moment(2, "02:05"), MORI, "unlabeled", **label),
        event(43, moment(2, "02:06"), MORI, "assigned", assignee=KURATA),
        said(34, moment(3, "05:00"), KURATA, "Your streak is back; please open the app again."),
        event(44, moment(3, "05:00"), KURATA, "closed", state_reason="completed"),
        {"event": "cross-referenced", "actor": KEN, "created_at": moment(3, "09:00")},
        said(35, moment(4, "01:00"), HANAKO, "It is gone again?"),
        event(45, moment(4, "01:30"), MORI, "reopened"),
        event(46, moment(5, "06:00"), KURATA, "closed", state_reason=None),
    ]  # fmt: skip
    return {"issue": own, "timeline": timeline}


def same() -> dict[str, Any]:
    """Give Ken's issue, which is the same as Hanako's."""
    own = issue(
        13, KEN, moment(1, "02:00"), state="closed", state_reason="duplicate",
        closed_at=moment(1, "03:00"), updated_at=moment(1, "03:00"),
        author_association="CONTRIBUTOR",
    )  # fmt: skip
    timeline = [
        event(51, moment(1, "03:00"), MORI, "marked_as_duplicate"),
        event(52, moment(1, "03:00"), MORI, "closed", state_reason="duplicate"),
    ]
    return {"issue": own, "timeline": timeline}


def our_own() -> dict[str, Any]:
    """Give the issue that Mori opened."""
    own = issue(14, MORI, moment(2, "00:00"), author_association="MEMBER", comments=1)
    return {"issue": own, "timeline": [said(61, moment(2, "04:00"), KEN, "I see this, too!")]}


def request() -> dict[str, Any]:
    """Give Ken's pull request, which a list of issues shows too."""
    own = issue(15, KEN, moment(2, "05:00"), pull_request={"url": "…"}, comments=1)
    return {"issue": own, "timeline": [said(71, moment(2, "06:00"), MORI, "Looks good")]}


def unanswered() -> dict[str, Any]:
    """Give the issue that a machine closed."""
    own = issue(
        16, KEN, moment(1, "08:00"), state="closed", state_reason="not_planned",
        closed_at=moment(4, "08:00"), updated_at=moment(4, "08:00"),
    )  # fmt: skip
    closed = event(81, moment(4, "08:00"), STALE, "closed", state_reason="not_planned")
    return {"issue": own, "timeline": [closed]}
