"""What becomes of a mail: a case, a message of one, or nothing, for a reason that is shown."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from shinrai.accounts.queries import WorkspaceRecord, workspace_numbered
from shinrai.customers.operations import KnownCustomer, record_customers
from shinrai.desk.operations.files import attach_files
from shinrai.desk.operations.filing import (
    FilingRequest,
    ReceiptRequest,
    file_case,
    receive_by_hand,
)
from shinrai.desk.operations.steps import append_step, follow_steps, take_step
from shinrai.desk.queries.kinds import kind_named
from shinrai.desk.rules.action_steps import ActionStep
from shinrai.desk.rules.case_facts import AskedFact, facts_asked, facts_named, read_facts
from shinrai.desk.rules.files import BadFile
from shinrai.importers.mbox.classification import OurMail, our_mail
from shinrai.inquiries.queries import inquiries_of
from shinrai.inquiries.rules.substantive import VERSION, is_substantive
from shinrai.intake.mail.message import IncomingMail, read_incoming
from shinrai.intake.operations.threads import change_thread, open_thread
from shinrai.intake.queries import (
    case_of_mail,
    receipts_of_cases,
    thread_numbered,
    threads_at,
)
from shinrai.intake.rules.channels import ConnectionView, Outcome, ReceiptView, ThreadView
from shinrai.investigations.rules.replay import replay as investigation_replay
from shinrai.ledger.operations.steps import NoKey
from shinrai.ledger.queries import (
    CaseHead,
    case_heads,
    cases_of_customer,
    newest_step,
    steps_of,
)
from shinrai.ledger.rules.steps import Step, standing
from shinrai.postgres.locks import lock_in_transaction
from shinrai.units.text import Text, translated

SOURCE: Final = "mail"  # of customers, whose key is their address
MOST_AN_HOUR: Final = 20
MOST_NAMES: Final = 20
ERASED: Final = Text("whoever wrote it was erased here; nothing of them is taken in")
FLOOD: Final = Text(
    "more than {most} mails from one address within an hour: two machines answer each other",
    most=MOST_AN_HOUR,
)
UNDELIVERED: Final = Text("A mail of ours could not be delivered ({code}).")


@dataclass(frozen=True)
class _Arrival:
    """A mail that is taken in: through which connection, of whom, when, and now."""

    connection: ConnectionView
    workspace: WorkspaceRecord
    mail: IncomingMail
    person: KnownCustomer | None
    came_at: datetime
    at: datetime


def hosts_of(connection: ConnectionView) -> tuple[str, ...]:
    """Return the hosts whose `Received` lines are believed."""
    return tuple(connection.settings.get("hosts", "").replace(",", " ").split())


def ours_of(connection: ConnectionView) -> OurMail:
    """Return how our own mail is known."""
    return our_mail([connection.settings["address"]], hosts_of(connection))


def handle(connection: ConnectionView, receipt: ReceiptView, *, at: datetime) -> Outcome:
    """Make a case of a mail, or a message of the case that it belongs to."""
    workspace = workspace_numbered(connection.workspace_id)
    ours = ours_of(connection)
    mail = read_incoming(receipt.body, ours, language=workspace.language)
    if mail.undelivered:
        return _note_undelivered(connection, workspace, mail, at)
    if mail.ignored is not None:
        return Outcome(_named_case(connection, mail), mail.ignored)
    known: dict[str, KnownCustomer] = {}
    if mail.sender:
        lock_in_transaction(f"mail:{workspace.id}:{mail.sender}")  # a second worker, a command
        known = record_customers(
            workspace_id=workspace.id, source=SOURCE, identifiers=[mail.sender], at=at
        )
        if not known:
            return Outcome(ignored=ERASED)
    person = known.get(mail.sender)
    came_at = min(mail.at or receipt.came_at, receipt.came_at, at)
    if person is not None and _is_flood(connection, person, receipt.came_at):
        return Outcome(ignored=FLOOD)
    arrival = _Arrival(connection, workspace, mail, person, came_at, at)
    try:
        return _taken_in(arrival)
    except NoKey as error:
        return Outcome(ignored=error.text)


def _is_flood(connection: ConnectionView, person: KnownCustomer, came_at: datetime) -> bool:
    cases = cases_of_customer(workspace_id=connection.workspace_id, number=person.id)
    numbers = [case.id for case in cases] + [
        thread.case_id
        for thread in threads_at(connection_id=connection.id, outside_id=_place(person))
    ]
    since = came_at - timedelta(hours=1)
    count = receipts_of_cases(connection_id=connection.id, cases=numbers, since=since)
    return count >= MOST_AN_HOUR


def _named_case(connection: ConnectionView, mail: IncomingMail) -> int | None:
    """Return the case that a mail names by a Message-ID, ours first: never by its subject."""
    for token in mail.tokens:
        thread = thread_numbered(connection_id=connection.id, number=token.thread)
        if thread is not None:
            return thread.case_id
    return case_of_mail(connection_id=connection.id, names=mail.names)


def _taken_in(arrival: _Arrival) -> Outcome:
    named = _named_case(arrival.connection, arrival.mail)
    head = _living(named) if named is not None else None
    if head is None or not _admits(head, arrival.person):
        case_id = _open(arrival, answered=head)
    else:
        lock_in_transaction(f"case:{head.id}")
        steps = standing(steps_of([head.id], workspace_id=head.workspace_id)[head.id])
        taken = _message_steps if head.record == "inquiry" else _investigation_steps
        appended = taken(arrival, head, steps)
        if isinstance(appended, Text):
            return Outcome(head.id, appended)
        case_id = _append(arrival, head, appended) if appended else _open(arrival, answered=head)
    _follow(arrival, case_id)
    return Outcome(case_id)


def _living(case_id: int) -> CaseHead:
    """Return a case, or the one that it was merged into."""
    head = case_heads([case_id])[case_id]
    for _ in range(5):
        steps = steps_of([head.id], workspace_id=head.workspace_id, kinds=["cancelled"])
        into = [str(step.detail.get("into", "")) for step in steps.get(head.id, [])]
        found = case_heads([int(into[-1])]) if into and into[-1].isdecimal() else {}
        if head.record != "inquiry" or not found:
            break
        [head] = found.values()
    return head


def _admits(head: CaseHead, person: KnownCustomer | None) -> bool:
    """Return whether a person may speak in a case: an inquiry is a matter with its customer."""
    if head.record != "inquiry" or head.customer_id is None:
        return True
    return person is not None and head.customer_id == person.id


def _open(arrival: _Arrival, *, answered: CaseHead | None) -> int:
    """Open a case; one that another person began is named, as its words stay theirs."""
    mail, there, workspace = arrival.mail, arrival.connection, arrival.workspace
    words = mail.words
    if answered is not None:
        said = Text("[It answers {key}, which somebody else wrote.]", key=answered.source_key)
        words = f"{words}\n\n{translated(said, workspace.language)}"
    subject = mail.subject or translated(Text("(no subject)"), workspace.language)
    if there.settings.get("opens") != "investigation":
        return receive_by_hand(
            ReceiptRequest(
                workspace,
                f"{subject}\n\n{words}",
                arrival.at,
                there.author,
                channel=mail.channel,
                person=(arrival.person.id, arrival.person.key_id) if arrival.person else None,
                came_at=arrival.came_at,
                files=mail.files,
            )
        )
    kind = kind_named(workspace_id=workspace.id, key=there.settings.get("investigation", ""))
    facts = _facts(facts_asked(kind), words, arrival)
    return file_case(
        FilingRequest(
            workspace,
            kind.key,
            subject,
            words,
            arrival.at,
            there.author,
            facts=facts,
            files=mail.files,
            happened_at=arrival.came_at,
            is_incomplete=True,
        )
    )


def _facts(asked: Sequence[AskedFact], words: str, arrival: _Arrival) -> dict[str, str]:
    """Return the facts that stand in a mail as lines, `Device: iPad 9`; those that can be used."""
    found: dict[str, str] = {}
    for line in words.splitlines():
        name, _sign, value = line.replace("\uff1a", ":").partition(":")
        for one in asked:
            names = {one.fact.key, *(translated(one.fact.name, at) for at in ("en", "ja"))}
            if name.strip().casefold() in {each.casefold() for each in names} and value.strip():
                found.setdefault(one.fact.key, value.strip())
    zone, at = arrival.workspace.zone, arrival.at
    return {one.fact.key: found[one.fact.key] for one in asked if _is_usable(one, found, zone, at)}


def _is_usable(one: AskedFact, found: Mapping[str, str], zone: str, at: datetime) -> bool:
    try:
        return one.fact.key in found and bool(read_facts([one], found, zone=zone, at=at))
    except ValueError:  # it is in the words all the same
        return False


def _message_steps(
    arrival: _Arrival, head: CaseHead, steps: Sequence[Step]
) -> list[ActionStep] | Text:
    """Return the steps of a message of an inquiry's customer; none if it opens another inquiry.

    What is more than thanks reopens a solved inquiry, and ends a wait for the customer.
    """
    state = inquiries_of([head.id], workspace_id=head.workspace_id)[head.id]
    words = arrival.mail.words
    is_more = is_substantive(words, attachments=len(arrival.mail.files))
    marks = {"substantive": is_more, "rule": VERSION}
    message = ActionStep("inbound", None, marks, words)
    if state.phase == "cancelled":
        is_spam = state.cancelled_for == "spam"
        return Text("its inquiry was cancelled as spam") if is_spam else []
    if state.phase in ("solved", "closed") and is_more:
        return [message, ActionStep("reopened")]
    waits = [step.detail.get("on", "customer") for step in steps if step.kind == "waiting"]
    if state.phase == "waiting" and waits[-1] == "customer":
        return [message, ActionStep("resumed")]
    return [message]


def _investigation_steps(
    arrival: _Arrival, head: CaseHead, steps: Sequence[Step]
) -> list[ActionStep] | Text:
    """Return the steps of what its filer writes: it resubmits, reopens, or is a note."""
    phase, words = investigation_replay(steps).phase, arrival.mail.words
    if phase == "sent_back":
        sent = [step for step in steps if step.kind == "sent_back"][-1]
        asked = facts_named(list(map(str, sent.detail.get("missing", ()))))
        asked = tuple(AskedFact(one.fact, is_required=False) for one in asked)
        given = _facts(asked, words, arrival)
        facts = read_facts(asked, given, zone=arrival.workspace.zone, at=arrival.at)
        return [ActionStep("resubmitted", None, facts.open, words)]
    if phase == "answered" and is_substantive(words, attachments=len(arrival.mail.files)):
        return [ActionStep("reopened", None, {}, words)]
    return [ActionStep("note", None, {}, words)]


def _append(arrival: _Arrival, head: CaseHead, steps: Sequence[ActionStep]) -> int:
    """Append steps to a case: a message when it came, what follows from it after all before."""
    by, role = arrival.connection.author, "customer" if head.record == "inquiry" else "agent"
    before = standing(steps_of([head.id], workspace_id=head.workspace_id)[head.id])
    last = max(arrival.came_at, *(step.at for step in before))
    sequences = [
        append_step(
            head,
            step,
            by=by,
            role=role,
            at=arrival.came_at if step.kind in ("inbound", "note") else last,
            recorded_at=arrival.at,
        )
        for step in steps
    ]
    follow_steps(head, steps, by=by, at=arrival.at)
    with suppress(BadFile):  # the case is full; its words count
        attach_files(
            case_id=head.id, sequence=sequences[0], files=arrival.mail.files, at=arrival.at, by=by
        )
    return head.id


def _follow(arrival: _Arrival, case_id: int) -> None:
    """Answer in the thread of this mail from now on."""
    mail, person, there = arrival.mail, arrival.person, arrival.connection
    if person is None:
        return
    threads = threads_at(connection_id=there.id, outside_id=_place(person))
    known = next((one for one in threads if one.case_id == case_id), None)
    names = [*(known.detail.get("names", []) if known else mail.names[::-1]), mail.identity]
    told = list(dict.fromkeys(filter(None, names)))
    detail: dict[str, Any] = {**(known.detail if known else {}), "person": person.id}
    detail |= {"names": told[:1] + told[1:][-MOST_NAMES:], "is_quiet": mail.is_quiet}
    if known is not None:
        change_thread(known.id, detail=detail)
        return
    is_new = len(steps_of([case_id], workspace_id=there.workspace_id)[case_id]) == 1
    is_told = is_new and there.settings.get("receipt") != "no" and not mail.is_quiet
    open_thread(
        connection_id=there.id,
        case_id=case_id,
        outside_id=_place(person),
        at=arrival.at,
        detail=detail,
        told_sequence=0 if is_told else newest_step(case_id),
    )


def _place(person: KnownCustomer) -> str:
    return f"customer:{person.id}"


def _note_undelivered(
    connection: ConnectionView, workspace: WorkspaceRecord, mail: IncomingMail, at: datetime
) -> Outcome:
    for token in mail.tokens:
        thread = thread_numbered(connection_id=connection.id, number=token.thread)
        if thread is not None:
            note_undelivered(connection, thread, code=mail.undelivered, at=at)
            return Outcome(thread.case_id, mail.ignored)
    return Outcome(ignored=mail.ignored)


def note_undelivered(
    connection: ConnectionView, thread: ThreadView, *, code: str | Text, at: datetime
) -> None:
    """Say in a case, and at its thread, that a mail of ours did not arrive."""
    why = UNDELIVERED.using(code=code)
    language = workspace_numbered(connection.workspace_id).language
    take_step(
        case_id=thread.case_id,
        kind="note",
        at=at,
        by=connection.author,
        role="agent",
        words=translated(why, language),
    )
    change_thread(thread.id, detail=thread.detail, error=why)
