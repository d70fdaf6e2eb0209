"""File an investigation from Slack: the windows at once, the case by the worker."""

import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from shinrai.accounts.queries import may, workspace_numbered
from shinrai.accounts.rules.permission import Permission
from shinrai.desk.operations.filing import FilingRequest, file_case, read_filing
from shinrai.desk.queries.kinds import UnknownKind, kind_named, kinds_of
from shinrai.desk.rules.actions import step_role
from shinrai.desk.rules.case_facts import FACT, BadFiling
from shinrai.intake.operations.threads import open_thread
from shinrai.intake.rules.channels import (
    Accepted,
    ConnectionView,
    NotReached,
    Outcome,
    ReceiptView,
    RefusedThere,
)
from shinrai.intake.slack import modals
from shinrai.intake.slack.client import AT_ONCE_S, UnknownPerson, call, member, person_mail
from shinrai.intake.slack.words import plain
from shinrai.units.text import Text

DOMAIN: Final = re.compile(r"[a-z0-9-]{1,60}")
Asked = Mapping[str, Any]


def open_window(connection: ConnectionView, asked: Asked) -> Accepted:
    """Open the window of a shortcut; of a message, its text is the question.

    Raises: NotReached.
    """
    language, message = connection.settings["language"], asked.get("message") or {}
    kinds = [*filter(modals.can_be_filed, kinds_of(workspace_id=connection.workspace_id))]
    try:
        _mail(connection, asked)
        if not kinds:
            raise UnknownPerson(Text("Every kind here needs a file: file it on the page."))
        question = plain(str(message.get("text") or ""))
        view = modals.kind_view(kinds, _place(asked, message), language, question)
    except UnknownPerson as error:
        view = modals.refusal_view(error.text, language)
    try:
        trigger = str(asked.get("trigger_id"))
        call(connection, "views_open", AT_ONCE_S, trigger_id=trigger, view=view)
    except RefusedThere:  # the trigger was used before, or is older than three seconds
        return Accepted(status=422)
    return Accepted()


def accept_window(connection: ConnectionView, asked: Asked, *, at: datetime) -> Accepted:
    """Answer a window that was sent: by its facts, by what is wrong, or by closing it."""
    language, view = connection.settings["language"], asked.get("view") or {}
    place, typed = modals.read_place(view), modals.read_typed(view)
    try:
        kind = kind_named(
            workspace_id=connection.workspace_id, key=place["kind"] or typed.get("kind", "")
        )
        if not place["kind"] and modals.fact_blocks(kind, language):
            shown = modals.fact_view(kind, place, typed, language)
            return Accepted(document={"response_action": "update", "view": shown})
        who = {"mail": _mail(connection, asked), "user": str(asked["user"]["id"])}
        filed = {"do": "file", **place, **who, "kind": kind.key, "typed": typed}
        read_filing(_request(connection, filed, at=at))
    except BadFiling as error:
        return Accepted(document=modals.errors_document(error.wrong, view, language))
    except (UnknownKind, UnknownPerson, NotReached, RefusedThere) as error:
        return Accepted(document=modals.errors_document({"": error.text}, view, language))
    # A window files one case, however often it is sent.
    return Accepted(((f"view:{view['id']}", json.dumps(filed).encode()),))


def handle_filing(
    connection: ConnectionView, receipt: ReceiptView, filed: Asked, *, at: datetime
) -> Outcome:
    """File the case as of the moment at which it came; from now on its thread tells of it."""
    try:
        case_id = file_case(_request(connection, filed, at=at, happened_at=receipt.came_at))
    except UnknownPerson as error:
        return Outcome(ignored=error.text)
    ours, root = connection.settings["channel"], filed["root"]
    channel = filed["channel"] if root else ours
    open_thread(
        connection_id=connection.id,
        case_id=case_id,
        outside_id=f"{channel}:{root}" if root else ours,
        url=filed["link"],
        detail={"channel": channel, "root": root, "user": filed["user"]},
        at=at,
    )
    return Outcome(case_id)


def _mail(connection: ConnectionView, asked: Asked) -> str:
    """Return the mail of whoever asks, if they may file. Raises: UnknownPerson, NotReached."""
    mail = person_mail(connection, str((asked.get("user") or {}).get("id")))
    if not may(member(connection, mail), Permission.FILE_INVESTIGATION):
        raise UnknownPerson(Text("Your role in this workspace files no investigations."))
    return mail


def _request(
    connection: ConnectionView, filed: Asked, *, at: datetime, happened_at: datetime | None = None
) -> FilingRequest:
    who, typed = member(connection, filed["mail"]), filed["typed"]
    question = typed.get("question", "").strip()
    return FilingRequest(
        workspace=workspace_numbered(connection.workspace_id),
        kind=filed["kind"],
        title=typed.get("title", ""),
        question="\n\n".join(filter(None, (question, filed["link"]))) if question else "",
        at=at,
        by=who.key,
        inquiry=typed.get("inquiry", ""),
        role=step_role(who.roles),
        facts={key.removeprefix(FACT): one for key, one in typed.items() if key.startswith(FACT)},
        happened_at=happened_at,
    )


def _place(asked: Asked, message: Asked) -> dict[str, str]:
    """Return the thread of a message, with its address; nothing for a shortcut without one."""
    ts, channel = str(message.get("ts") or ""), str((asked.get("channel") or {}).get("id") or "")
    if not (ts and channel.isalnum()):
        return {}
    domain = str((asked.get("team") or {}).get("domain"))
    link = f"https://{domain}.slack.com/archives/{channel}/p{ts.replace('.', '')}"
    known = {"link": link} if DOMAIN.fullmatch(domain) else {}
    return {"channel": channel, "root": str(message.get("thread_ts") or ts), **known}
