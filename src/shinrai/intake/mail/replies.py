"""Tell whoever wrote by mail: that it arrived, what is answered, and when they hear from us.

A mail cannot be looked for after a kill. So each is added to the outbox in the transaction that
says it was told, under a name and a Message-ID that are made of thread and step: told again, it is
there already. Later the outbox is asked what became of it.
"""

import re
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from email.utils import formataddr
from typing import Any, Final

from shinrai.customers.queries import customer_by_number
from shinrai.delivery.outbox import OutgoingMessage, add_message, message_states
from shinrai.delivery.smtp import server_of
from shinrai.desk.queries.case import CaseStep
from shinrai.desk.queries.files import file_content, files_of
from shinrai.desk.queries.kinds import UnknownKind, kind_named
from shinrai.desk.rules.case_facts import fact_named, facts_asked
from shinrai.desk.rules.files import MEGABYTE
from shinrai.intake.mail.cases import UNDELIVERED, note_undelivered
from shinrai.intake.mail.tokens import message_id
from shinrai.intake.operations.threads import change_thread
from shinrai.intake.queries import threads_sent
from shinrai.intake.rules.channels import ConnectionView, RefusedThere, ThreadView, Told
from shinrai.intake.status import CaseStatus, case_status
from shinrai.units.text import Text, bilingual, joined, translated

_RE: Final = re.compile(r"^(?:re\s*[:\uff1a]\s*)+", re.IGNORECASE)
TOLD_KINDS: Final = ("received", "filed", "sent_back", "outbound", "answered")
AHEAD: Final = timedelta(hours=1)
MOST_ATTACHED: Final = 10 * MEGABYTE
_JAPANESE: Final = re.compile(r"[\u3041-\u3093\u30a1-\u30f6\u4e00-\u9fa0]")
RECEIVED: Final = Text("We have received your message. Its number here is {key}.")
FILED: Final = Text("Your question is filed as {key}.")
ASKED: Final = Text("These facts help to answer sooner. Reply with them, one on each line:")
SENT_BACK: Final = Text("To go on with {key} we need these facts. Reply with one on each line:")
EXPECT: Final = Text("You will hear from us by {due}.")
AUTOMATIC: Final = Text("This mail was sent automatically; a reply to it reaches us.")


def tell(
    connection: ConnectionView, thread: ThreadView, status: CaseStatus, *, at: datetime
) -> Told:
    """Add a mail to the outbox for each step that whoever wrote has to hear of."""
    # They wrote the words themselves, so they read them as they are. Clocks of machines differ: a
    # step of a moment ahead is told too, as the thread would not come back to it.
    full = case_status(thread.case_id, at=at + AHEAD, is_masked=False)
    wanted = _steps(full, thread)
    if not wanted:
        return Told(is_silent=True)
    person = customer_by_number(
        workspace_id=connection.workspace_id, number=int(thread.detail.get("person", 0))
    )
    if person is None or person.identifier is None:
        raise RefusedThere(Text("whoever wrote was erased here; there is nobody to answer"))
    status = replace(full, due_at=status.due_at, due=status.due)
    sent = [_send(connection, thread, status, step, to=person.identifier, at=at) for step in wanted]
    return Told(detail={**thread.detail, "sent": sent, "from": thread.told_sequence})


def _steps(status: CaseStatus, thread: ThreadView) -> list[CaseStep]:
    """Return the steps to tell of, the oldest first."""
    first = min((step.sequence for step in status.case.steps), default=0)
    found = [
        step
        for step in status.steps_after(thread.told_sequence)
        if step.kind in TOLD_KINDS
        # An inquiry that is merged into another adds a receipt to it, of which nobody is told.
        and (step.sequence == first or step.kind not in ("received", "filed"))
        and (step.words or step.kind not in ("outbound", "answered"))
    ]
    return sorted(found, key=lambda step: step.sequence)


def _send(
    connection: ConnectionView,
    thread: ThreadView,
    status: CaseStatus,
    step: CaseStep,
    *,
    to: str,
    at: datetime,
) -> str:
    is_automatic = step.kind in ("received", "filed")
    opening = next((one.words for one in status.case.steps if one.words), "")
    language = "ja" if _JAPANESE.search(opening) else "en"
    if not opening:
        language = status.workspace.language
    parts = [_words(status, step)]
    if status.due and status.due_at and status.due_at > at and step.kind != "answered":
        parts.append(EXPECT.using(due=status.due))
    parts += [AUTOMATIC] if is_automatic else []
    address = connection.settings["address"]
    identity = message_id(thread.id, step.sequence, address)
    names = thread.detail.get("names", [])
    headers = {"Message-ID": identity, "X-Loop": address}
    headers |= {"Auto-Submitted": "auto-replied"} if is_automatic else {}
    if names:
        headers["In-Reply-To"] = f"<{names[-1]}>"
        headers["References"] = " ".join(f"<{name}>" for name in names)
    subject = " ".join(status.case.title.split())[:200]
    content: dict[str, Any] = {
        "subject": f"Re: {_RE.sub('', subject)}",
        "text": translated(joined(parts, "\n\n"), language) + "\n",
        "headers": headers,
        "sender": formataddr((connection.settings.get("from_name", ""), address)),
        "files": _files(thread.case_id, step.sequence) if step.kind == "outbound" else [],
    }
    once = f"connection:{connection.id}:{thread.id}:{step.sequence}"
    message = OutgoingMessage(
        workspace_id=connection.workspace_id,
        sender=connection.author,
        once=once,
        channel="mail",
        target=to,
        content=content,
        secret=own_server(connection),
    )
    add_message(message, at=at, is_again=True)
    return once


def _words(status: CaseStatus, step: CaseStep) -> Text | str:
    key = status.head.source_key
    if step.kind == "received":
        return RECEIVED.using(key=key)
    if step.kind == "filed":
        asked = _lacking(status, step)
        lines = [FILED.using(key=key)]
        return joined([*lines, joined([ASKED, *_blanks(asked)])], "\n\n") if asked else lines[0]
    if step.kind == "sent_back":
        missing = [one for one in dict(step.detail).get("missing", "").split(", ") if one]
        asked_for = joined([SENT_BACK.using(key=key), *_blanks(missing)])
        return joined([step.words, asked_for], "\n\n") if step.words else asked_for
    return step.words


def _blanks(keys: list[str]) -> list[Text]:
    """Return lines to fill in, `Device:`, as a mail is read for facts."""
    return [Text("{name:capfirst}:", name=fact_named(key).name) for key in keys]


def _lacking(status: CaseStatus, step: CaseStep) -> list[str]:
    """Return the facts that the kind of an investigation needs, and its filing does not have."""
    try:
        kind = kind_named(
            workspace_id=status.workspace.id, key=dict(status.case.about).get("kind", "")
        )
    except UnknownKind:
        return []
    lines = [line.partition(":")[0].strip().casefold() for line in step.words.splitlines()]
    given = {key for key, _value in (*step.detail, *status.case.about)}
    return [
        one.fact.key
        for one in facts_asked(kind)
        if one.is_required
        and one.fact.form != "files"
        and one.fact.key not in given
        and translated(one.fact.name, status.workspace.language).casefold() not in lines
    ]


def _files(case_id: int, sequence: int) -> list[tuple[str, str, str]]:
    """Return the files of a reply, as its mail carries them; those beyond 10 MB stay here."""
    found, size = [], 0
    for file in files_of(case_id).get(sequence, ()):
        size += file.size
        content = file_content(case_id=case_id, file_id=file.id) if size <= MOST_ATTACHED else None
        if content is not None:
            kind = content.media_type.partition(";")[0]
            found.append((content.name, kind, b64encode(content.content).decode()))
    return found


def own_server(connection: ConnectionView) -> str:
    """Return the mail server of a mailbox, or "" if it sends by the installation's."""
    given: Mapping[str, str] = {**connection.settings, **connection.secrets}
    if not given.get("smtp_host"):
        return ""
    return server_of(
        given["smtp_host"],
        given.get("smtp_port", ""),
        given.get("smtp_user", ""),
        given.get("smtp_password", ""),
        given.get("smtp_security") or "starttls",
    )


def settle_sent(connection: ConnectionView, *, at: datetime) -> None:
    """Ask the outbox what became of mails: refused ones stand at their thread and in their case.

    One that erasing deleted while it waited is told again.
    """
    for thread in threads_sent(connection_id=connection.id):
        names = list(map(str, thread.detail["sent"]))
        states = message_states(names)
        settled = {key: value for key, value in thread.detail.items() if key != "sent"}
        refused = [error for state, error in states.values() if state == "failed"]
        begin = int(thread.detail.get("from", 0))
        if refused:
            why = bilingual(refused[0].get("en", ""), refused[0].get("ja", ""))
            note_undelivered(connection, thread, code=why, at=at)
            change_thread(
                thread.id,
                detail=settled,
                error=UNDELIVERED.using(code=why),
                told_sequence=begin,
                is_given_up=True,
            )
        elif len(states) < len(names):
            change_thread(thread.id, detail=settled, told_sequence=begin)
        elif all(state == "sent" for state, _error in states.values()):
            change_thread(thread.id, detail=settled)
