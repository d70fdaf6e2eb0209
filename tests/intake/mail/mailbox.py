"""A mailbox of Kitsune Juku, and mails as people write them to it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any

from shinrai.accounts.queries import WorkspaceRecord
from shinrai.intake.mail.message import receipt_id, shortened
from shinrai.intake.models import Receipt
from shinrai.intake.operations.connections import connect
from shinrai.intake.operations.receipts import handle_waiting, receive
from tests.desk.stage import NOW

ADDRESS = "help@kitsune.example"
YUI = "yui@home.example"
NONE_NAMED = {"imap_host": "imap.kitsune.example", "imap_user": "help", "imap_password": "hush"}


def connect_mailbox(workspace: WorkspaceRecord, **given: str) -> int:
    return connect(
        workspace_id=workspace.id,
        kind="mail",
        name="Support",
        given={"address": ADDRESS, **NONE_NAMED, **given},
        at=NOW - timedelta(hours=1),
        by="staff:1",
    )


def mail(
    words: str = "The pen draws nothing.",
    *,
    subject: str = "Pen",
    by: str = YUI,
    name: str = "one@home.example",
    answers: Sequence[str] = (),
    at: datetime = NOW,
    **headers: str,
) -> EmailMessage:
    """Write a mail as it comes to the mailbox, through its server `mx.kitsune.example`."""
    found = EmailMessage()
    came = format_datetime(at)
    found["Received"] = f"from home.example by mx.kitsune.example with ESMTPS; {came}"
    found["From"], found["To"], found["Subject"] = by, ADDRESS, subject
    found["Message-ID"], found["Date"] = f"<{name}>", format_datetime(at)
    if answers:
        found["In-Reply-To"] = f"<{answers[-1]}>"
        found["References"] = " ".join(f"<{one}>" for one in answers)
    for key, value in headers.items():
        found[key.replace("_", "-")] = value
    found.set_content(words)
    return found


def come(there: int, *mails: EmailMessage | bytes, at: datetime = NOW) -> list[dict[str, Any]]:
    """Let mails come one by one; return what became of each."""
    found = []
    for one in mails:
        content = one if isinstance(one, bytes) else one.as_bytes()
        name = receipt_id(content)
        body = shortened(content, len(content))
        receive(connection_id=there, outside_id=name, body=body, at=at)
        handle_waiting(clock=lambda: at)
        row = Receipt.objects.get(connection_id=there, outside_id=name)
        found.append({"state": row.state, "case": row.case_id, "why": row.reason.get("en", "")})
    return found
