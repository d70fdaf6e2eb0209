"""Tell of a case in Slack: one message that is edited in place, and a reply for each step."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from hashlib import blake2b
from typing import Any, Final

from shinrai.accounts.operations.audit import record_view
from shinrai.intake.rules.channels import ConnectionView, ThreadView, Told
from shinrai.intake.slack.client import SlackRefusal, call
from shinrai.intake.slack.words import MIRRORED, due_message, status_message, step_message
from shinrai.intake.status import CaseStatus

EVENT: Final = "shinrai_told"
PAGES, A_PAGE = 20, 200
MENTIONED: Final = ("sent_back", "answered")  # what whoever filed it waits for
GONE: Final = ("message_not_found", "thread_not_found")
CLOSED: Final = (*GONE, "channel_not_found", "not_in_channel", "is_archived", "no_permission")


def tell(
    connection: ConnectionView, thread: ThreadView, status: CaseStatus, *, at: datetime
) -> Told:
    """Bring the message up to the state of the case, and reply once about each new step.

    In somebody's thread we may not write; then it is told in the channel of the connection.
    """
    try:
        return _tell(connection, thread, status, at)
    except SlackRefusal as error:
        if not thread.detail["root"] or error.code not in CLOSED:
            raise
    ours = {**thread.detail, "channel": connection.settings["channel"], "root": ""}
    return _tell(connection, replace(thread, note_id="", detail=ours), status, at)


def _tell(connection: ConnectionView, thread: ThreadView, status: CaseStatus, at: datetime) -> Told:
    has_words, root = connection.settings["free_text"] == "yes", thread.detail["root"]
    text = status_message(status, connection.settings["language"], has_words=has_words)
    note = thread.note_id and _edited(connection, thread.note_id, text)
    if not note:  # posted never, or by a telling that was cut off, or deleted by somebody
        note = next((id for id, said in _ours(connection, thread, root) if said == "case"), "")
        note = note and _edited(connection, note, text)
        note = note or _post(connection, thread, text, root=root, said="case")
    due = _reply(connection, thread, status, root or note.partition(":")[2])
    if has_words and status.answer:
        record_view(
            workspace_id=connection.workspace_id,
            what="words of a case",
            subject=f"{status.head.record}:{status.head.id}",
            at=at,
            by=connection.author,
            shown=[status.head.id],
        )
    return Told(note_id=note, detail={**thread.detail, "due": due})


def _reply(connection: ConnectionView, thread: ThreadView, status: CaseStatus, root: str) -> str:
    """Reply about each step without a reply, and about a due moment that moved; return it."""
    language = connection.settings["language"]
    before = str(thread.detail.get("due") or "")
    due = status.due_at.isoformat() if status.due_at else before
    steps = [one for one in status.steps_after(thread.told_sequence) if one.kind in MIRRORED]
    said = {f"step:{one.sequence}": step_message(one, status, language) for one in steps}
    user = str(thread.detail.get("user") or "")
    for one in steps if user.isalnum() else ():
        if one.kind in MENTIONED:
            said[f"step:{one.sequence}"] = f"<@{user}> " + said[f"step:{one.sequence}"]
    if status.due is not None and before not in ("", due) and not steps:
        said[f"due:{thread.told_sequence}:{due}"] = due_message(status.due, language)
    there = {mark for _id, mark in _ours(connection, thread, root)} if said else set()
    for mark, text in said.items():
        if mark not in there:
            _post(connection, thread, text, root=root, said=mark)
    return due


def _edited(connection: ConnectionView, note: str, text: str) -> str:
    """Edit our message and return its id; "" if somebody deleted it."""
    channel, _, ts = note.partition(":")
    try:
        call(connection, "chat_update", channel=channel, ts=ts, text=text)
    except SlackRefusal as error:
        if error.code not in GONE:
            raise
        return ""
    return note


def _post(
    connection: ConnectionView, thread: ThreadView, text: str, *, root: str, said: str
) -> str:
    """Post a message with a mark by which it is found again; return its id."""
    metadata = {
        "event_type": EVENT,
        "event_payload": {"of": _mark(connection, thread), "said": said},
    }
    given: dict[str, Any] = {"thread_ts": root} if root else {}
    given |= {"channel": thread.detail["channel"], "text": text, "metadata": metadata}
    answer = call(connection, "chat_postMessage", unfurl_links=False, unfurl_media=False, **given)
    return f"{answer['channel']}:{answer['ts']}"


def _ours(connection: ConnectionView, thread: ThreadView, root: str) -> Iterator[tuple[str, str]]:
    """Return the id and mark of what we said of the case in a thread, or in the channel."""
    channel, mark = thread.detail["channel"], _mark(connection, thread)
    given: dict[str, Any] = {"ts": root} if root else {}
    given |= {"channel": channel, "limit": A_PAGE, "include_all_metadata": True}
    given["oldest"] = f"{thread.made_at.timestamp() - 60:.6f}"
    for _page in range(PAGES):
        answer = call(
            connection, "conversations_replies" if root else "conversations_history", **given
        )
        for message in answer["messages"]:
            metadata = message.get("metadata") or {}
            payload = metadata.get("event_payload") or {}
            if metadata.get("event_type") == EVENT and payload.get("of") == mark:
                yield f"{channel}:{message['ts']}", str(payload.get("said"))
        given["cursor"] = (answer.get("response_metadata") or {}).get("next_cursor")
        if not given["cursor"]:
            return


def _mark(connection: ConnectionView, thread: ThreadView) -> str:
    """Return what marks our messages about a case; nobody else can make it without the token."""
    whole = f"{connection.token}:{thread.id}".encode()
    return blake2b(whole, digest_size=16).hexdigest()
