"""What all help desks share: a tag files an investigation, one note tells how it stands.

The tag asks for something. It is stored as a receipt under the number of requests that were taken
from this ticket before, and taken off once it was handled: so a request counts once, whatever is
killed in between, and a tag that is set again is a new request.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final

from shinrai.accounts.operations.audit import record_action, record_view
from shinrai.accounts.queries import workspace_numbered
from shinrai.desk.operations.filing import (
    MOST_REFERENCE,
    MOST_TITLE,
    MOST_WORDS,
    FilingRequest,
    file_case,
)
from shinrai.desk.operations.steps import take_step
from shinrai.importers.pull.http_client import HttpClient
from shinrai.importers.pull.spool import SpoolBusy
from shinrai.importers.run.errors import RetryLater
from shinrai.importers.run.request import ImportRequest
from shinrai.importers.sources import NothingNew, SourceRequest, import_from
from shinrai.intake.desks.adapter import (
    DeskAdapter,
    TicketState,
    failures,
    judged_transport,
    opened,
)
from shinrai.intake.desks.links import filed_about, link_case, tell_in_ticket, ticket_of
from shinrai.intake.desks.note import STATES, answer_words, note_mark, note_words, state_of
from shinrai.intake.operations.polls import poll_soon
from shinrai.intake.operations.receipts import receive
from shinrai.intake.operations.threads import open_thread, tell_again
from shinrai.intake.queries import receipt_state, threads_at, threads_with
from shinrai.intake.rules.channels import (
    Accepted,
    Channel,
    ConnectionField,
    ConnectionView,
    IncomingRequest,
    NotAllowed,
    NotReached,
    Outcome,
    ReceiptView,
    ThreadView,
    Told,
)
from shinrai.intake.status import CaseStatus, case_status
from shinrai.units.text import Text

HANDLED: Final = ("done", "ignored")
ENDED: Final = ("answered", "withdrawn")
OPEN_ALREADY: Final = Text("the investigation of this ticket is open already")
MOST_NOTE: Final = MOST_WORDS - MOST_REFERENCE - 2
LANGUAGES: Final = (("en", Text("English")), ("ja", Text("Japanese")))


def desk_channel(
    adapter: DeskAdapter,
    *,
    title: Text,
    explained: Text,
    token: Text,
    webhook: Text,
    more: tuple[ConnectionField, ...] = (),
) -> Channel:
    """Return the channel of a help desk; `token` and `webhook` say where each is found there."""
    return Channel(
        key=adapter.source.name,
        title=title,
        explained=explained,
        fields=(
            ConnectionField("url", Text("address"), read=partial(_address, adapter)),
            ConnectionField("token", Text("token"), token, is_secret=True),
            *more,
            ConnectionField(
                "webhook_secret",
                Text("secret of the webhook"),
                webhook,
                is_secret=True,
                is_required=False,
            ),
            ConnectionField(
                "tag",
                Text("tag that files an investigation"),
                Text(
                    "In small letters, without spaces; the state stands in tags such as TAG_open."
                ),
                usual="shinrai",
                most=40,
                read=_tag,
            ),
            ConnectionField("kind", Text("kind of investigation"), usual="other", most=40),
            ConnectionField(
                "language", Text("language of the note"), choices=LANGUAGES, usual="en"
            ),
            ConnectionField(
                "history",
                Text("import its history"),
                Text("Every four minutes what changed there is imported, so that figures follow."),
                choices=(("yes", Text("yes")), ("no", Text("no"))),
                usual="yes",
            ),
        ),
        accept=partial(_accept, adapter),
        poll=partial(_poll, adapter),
        handle=_handle,
        tell=partial(_tell, adapter),
        check=partial(_check, adapter),
        link=partial(link_case, adapter),
        read_history=partial(_read_history, adapter),
    )


def _accept(
    adapter: DeskAdapter, connection: ConnectionView, request: IncomingRequest, *, at: datetime
) -> Accepted:
    """Read the desk at once: what a webhook says is a hint alone, and not even read."""
    if not adapter.is_genuine(connection.secrets.get("webhook_secret", ""), request, at=at):
        raise NotAllowed(Text("the signature is wrong, or older than five minutes"))
    poll_soon()
    return Accepted()


def _poll(adapter: DeskAdapter, connection: ConnectionView, *, at: datetime) -> Mapping[str, Any]:
    """Store what tickets ask for and what was answered in them; return the next cursor."""
    number, tag = connection.id, connection.settings["tag"]
    with opened(adapter.source, connection) as client:
        asked, cursor = adapter.asked(client, tag, connection.cursor, at=at)
        for ticket in asked:
            _store_request(adapter, client, connection, ticket, at=at)
        for thread in threads_with(connection_id=number, state="sent_back"):
            _store_answers(adapter, client, connection, thread, at=at)
        for case_id, ticket in filed_about(adapter, connection):
            tell_in_ticket(adapter, client, connection, case_id=case_id, number=ticket, at=at)
    now = at.astimezone(UTC).isoformat()
    for thread in threads_with(connection_id=number, state="open", due__lte=now):
        tell_again(thread.id)
    return cursor


def _store_request(
    adapter: DeskAdapter,
    client: HttpClient,
    connection: ConnectionView,
    number: str,
    *,
    at: datetime,
) -> None:
    thread = next(iter(threads_at(connection_id=connection.id, outside_id=number)), None)
    outside_id = _request_id(number, thread)
    state = receipt_state(connection_id=connection.id, outside_id=outside_id)
    if thread is not None and state in HANDLED:
        tell_again(thread.id)  # takes the tag off
    found = None if state else ticket_of(adapter, client, number)
    if found is not None:
        mark = note_mark(connection, thread) if thread else "\0"
        notes = [one.words for one in found.notes if mark not in one.words]
        said = {"do": "file", "number": number, "key": found.key, "url": found.url}
        said |= {"title": found.title, "words": notes[-1] if notes else ""}
        _store(connection, outside_id, said, at=at)


def _store_answers(
    adapter: DeskAdapter,
    client: HttpClient,
    connection: ConnectionView,
    thread: ThreadView,
    *,
    at: datetime,
) -> None:
    found = ticket_of(adapter, client, thread.outside_id)
    since = datetime.fromisoformat(thread.detail["since"])
    mark = note_mark(connection, thread)
    for note in found.notes if found else ():
        if note.at > since and mark not in note.words and note.words.strip():
            said = {"do": "answer", "case": thread.case_id, "words": note.words}
            _store(connection, f"note:{thread.outside_id}:{note.id}", said, at=at)


def _store(
    connection: ConnectionView, outside_id: str, said: Mapping[str, Any], *, at: datetime
) -> None:
    body = json.dumps(said).encode()
    receive(connection_id=connection.id, outside_id=outside_id, body=body, at=at)


def _request_id(number: str, thread: ThreadView | None) -> str:
    return f"tag:{number}:{thread.detail['taken'] if thread else 0}"


def _handle(connection: ConnectionView, receipt: ReceiptView, *, at: datetime) -> Outcome:
    """File, reopen or resubmit an investigation, or note what was said besides."""
    said = json.loads(receipt.body)
    if said["do"] == "answer":
        case_id = int(said["case"])
        is_asked = case_status(case_id, at=at).phase == "sent_back"
        _step(connection, case_id, "resubmitted" if is_asked else "note", said["words"], at=at)
        return Outcome(case_id)
    thread = next(iter(threads_at(connection_id=connection.id, outside_id=said["number"])), None)
    if thread is None:
        return Outcome(_file(connection, receipt, said, at=at))
    if case_status(thread.case_id, at=at).phase not in ENDED:
        return Outcome(thread.case_id, ignored=OPEN_ALREADY)
    _step(connection, thread.case_id, "reopened", said["words"] or said["title"], at=at)
    return Outcome(thread.case_id)


def _file(
    connection: ConnectionView, receipt: ReceiptView, said: Mapping[str, str], *, at: datetime
) -> int:
    title = " ".join(_clean(said["title"]).split())[:MOST_TITLE] or said["key"]
    words = _clean(said["words"]).strip()[:MOST_NOTE]
    case_id = file_case(
        FilingRequest(
            workspace=workspace_numbered(connection.workspace_id),
            kind=connection.settings["kind"],
            title=title,
            question="\n\n".join(filter(None, (words, said["url"]))),
            at=at,
            by=connection.author,
            inquiry=said["key"],
            happened_at=receipt.came_at,
            is_incomplete=True,
        )
    )
    open_thread(
        connection_id=connection.id,
        case_id=case_id,
        outside_id=said["number"],
        url=said["url"],
        detail={"taken": 0},
        at=at,
    )
    _record(connection, case_id, "filed", at=at)
    return case_id


def _step(connection: ConnectionView, case_id: int, kind: str, words: str, *, at: datetime) -> None:
    cut = _clean(words).strip()[:MOST_WORDS]
    take_step(case_id=case_id, kind=kind, at=at, by=connection.author, role="agent", words=cut)
    _record(connection, case_id, kind, at=at)


def _record(connection: ConnectionView, case_id: int, kind: str, *, at: datetime) -> None:
    record_action(
        workspace_id=connection.workspace_id,
        what="case action",
        subject=f"investigation:{case_id}",
        at=at,
        by=connection.author,
        reason=kind,
    )


def _tell(
    adapter: DeskAdapter,
    connection: ConnectionView,
    thread: ThreadView,
    status: CaseStatus,
    *,
    at: datetime,
) -> Told:
    """Bring the ticket to the state of its case; a request that was handled is taken off."""
    tag, language = connection.settings["tag"], connection.settings["language"]
    state, mark = state_of(status), note_mark(connection, thread)
    request = _request_id(thread.outside_id, thread)
    is_taken = receipt_state(connection_id=connection.id, outside_id=request) in HANDLED
    added = (f"{tag}_{state}",) if state else ()
    removed = [f"{tag}_{one}" for one in STATES if one != state] + [tag] * is_taken
    words = note_words(status, mark, language)
    with opened(adapter.source, connection) as client:
        wanted = TicketState(
            words=words,
            answer=answer_words(status, mark, language),
            mark=mark,
            note_id=thread.note_id,
            field=connection.settings.get("field", ""),
            added=added,
            removed=tuple(removed),
        )
        ticket = adapter.ticket(client, thread.outside_id)
        note_id = adapter.write(client, ticket, wanted)
    if status.answer or status.phase == "sent_back":
        record_view(
            workspace_id=connection.workspace_id,
            what="words of a case",
            subject=f"{status.head.record}:{status.head.id}",
            at=at,
            by=connection.author,
            shown=[status.head.id],
        )
    return Told(note_id=note_id, detail=_detail(thread, status, state, is_taken=is_taken, at=at))


def _detail(
    thread: ThreadView, status: CaseStatus, state: str, *, is_taken: bool, at: datetime
) -> dict[str, Any]:
    """Return what is kept of a thread: what the next polls look for."""
    asked = [step.at for step in status.case.steps if step.kind == "sent_back"]
    kept: dict[str, Any] = {"taken": thread.detail["taken"] + is_taken, "state": state}
    if state == "sent_back":
        kept["since"] = asked[-1].isoformat()
    if state == "open" and status.due_at is not None and status.due_at > at:
        kept["due"] = status.due_at.astimezone(UTC).isoformat()
    return kept


def _check(adapter: DeskAdapter, connection: ConnectionView, *, at: datetime) -> Text:
    with opened(adapter.source, connection) as client:
        adapter.check(client, connection.settings.get("field", ""))
        return Text("{host} answers, and the token may read it.", host=client.host)


def _read_history(adapter: DeskAdapter, connection: ConnectionView, *, at: datetime) -> None:
    """Import what changed since the last import, as `shinrai import` does."""
    if connection.settings["history"] != "yes":
        return
    make = adapter.source.client
    assert make is not None
    source = replace(
        adapter.source, client=lambda url, token: make(url, token).through(judged_transport())
    )
    request = SourceRequest(
        workspace_numbered(connection.workspace_id).slug,
        ImportRequest(paths=(), at=at, by=connection.author),
        url=connection.settings["url"],
        token=connection.secrets["token"],
    )
    with failures(connection):
        try:
            import_from(source, request)
        except NothingNew:
            return
        except (RetryLater, SpoolBusy) as error:
            raise NotReached(error.text) from error


def _address(adapter: DeskAdapter, text: str) -> str:
    """Return the address of a desk as it is kept. Raises: BadAddress."""
    assert adapter.source.client is not None
    with adapter.source.client(text, "-"):
        return text.strip().rstrip("/")


def _tag(text: str) -> str:
    return "_".join(text.lower().replace('"', "").replace("\\", "").split())


def _clean(words: str) -> str:
    """Return words that can be stored: without NUL and halves of characters."""
    return words.replace("\0", "").encode("utf-8", "ignore").decode()
