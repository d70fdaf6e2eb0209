"""Invite persons to interviews, and record what they consent to, say, and take back."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.db import transaction

from shinrai.accounts.operations.audit import record_action
from shinrai.accounts.queries import WorkspaceRecord, workspace_numbered
from shinrai.customers.queries import customer_by_number, erased_among, person_keys
from shinrai.delivery.mail import has_server
from shinrai.delivery.outbox import OutgoingMessage, add_message, message_states
from shinrai.postgres.locks import lock_in_transaction
from shinrai.privacy.operations import delete_words, open_keys, read_words, store_words
from shinrai.satisfaction.models import InterviewNeed, InterviewRound, InterviewStep, MailStop
from shinrai.satisfaction.operations.asking import TOLD_AGAIN, mail_address
from shinrai.satisfaction.queries.interviews import (
    RoundRecord,
    candidates,
    covered_words,
    invitation_link,
    need_named,
    needs,
    round_named,
    steps_of,
)
from shinrai.satisfaction.queries.population import guardians_of
from shinrai.satisfaction.rules.interview import (
    COVERED_BY,
    INVITED_HOW,
    MOST_WORDS,
    BadInterview,
    check_key,
    check_step,
    read_consent,
    read_day,
    read_round,
    standing,
)
from shinrai.topics.queries import codebook
from shinrai.units.text import Text, joined, translated
from shinrai.usage.queries.actors import root_of
from shinrai.usage.rules.periods import today
from shinrai.warehouse.store import Warehouse

SUBJECT = Text("An invitation to a conversation: {title}")
OPENING = Text("We would like to talk with you about this question: {question}")
CHOICE = Text("On this page you read what is asked, and say yes or no. Both are fine:")
LATER = Text("At the same page you can take everything back later. You need not answer.")


@dataclass(frozen=True)
class InterviewEntry:
    """A step to record: of whom in which round; `given` as it was filled in; `words` sealed."""

    workspace_id: int
    key: str
    person: int
    kind: str
    given: Mapping[str, Any] = field(default_factory=dict)
    words: str = field(default="", repr=False)


def declare_round(
    *, workspace_id: int, key: str, document: Mapping[str, Any], at: datetime, by: str
) -> RoundRecord:
    """Declare a round, or its next version; the same again changes nothing.

    Raises: BadInterview.
    """
    check_key(key)
    form = read_round(document)
    with transaction.atomic():
        lock_in_transaction(f"surveys asked:{workspace_id}")
        rows = InterviewRound.objects.filter(workspace_id=workspace_id, key=key)
        before = rows.order_by("-number").first()
        if before is None or read_round(before.document) != form:
            InterviewRound.objects.create(
                workspace_id=workspace_id,
                key=key,
                number=before.number + 1 if before else 1,
                document=form.document,
                declared_at=at,
                by=by,
            )
            _record(workspace_id, "interview round declared", f"interviews:{key}", at, by)
    return round_named(workspace_id=workspace_id, key=key)


def declare_need(
    *, workspace_id: int, key: str, sentence: str, topic: str = "", at: datetime, by: str
) -> None:
    """Write down a need of users, or say it anew. Raises: BadInterview, UnknownTopic."""
    check_key(key)
    sentence = " ".join(sentence.split())
    if not 0 < len(sentence) <= 300:
        raise BadInterview(Text("Say the need in one sentence of at most 300 letters."))
    if topic:
        codebook(workspace_id=workspace_id).topic(topic)
    with transaction.atomic():
        lock_in_transaction(f"surveys asked:{workspace_id}")
        before = needs(workspace_id=workspace_id).get(key)
        if before is None or (before.sentence, before.topic) != (sentence, topic):
            InterviewNeed.objects.create(
                workspace_id=workspace_id,
                key=key,
                sentence=sentence,
                topic=topic,
                declared_at=at,
                by=by,
            )
            _record(workspace_id, "interview need declared", f"need:{key}", at, by)


def draw_invitations(
    *,
    workspace: WorkspaceRecord,
    key: str,
    count: int,
    how: str,
    warehouse: Warehouse,
    at: datetime,
    by: str,
) -> tuple[int, ...]:
    """Invite so many of those who meet the criteria, drawn by a hash. Raises: BadInterview."""
    with transaction.atomic():
        lock_in_transaction(f"surveys asked:{workspace.id}")
        there = round_named(workspace_id=workspace.id, key=key)
        found = candidates(workspace=workspace, there=there, at=at, warehouse=warehouse)
        if how == "mail" and found.eligible:
            reasons = {one: _why_no_mail(workspace.id, one) for one in found.eligible}
            reached = tuple(one for one in found.eligible if reasons[one] is None)
            if not reached:
                raise BadInterview(
                    Text("None of them can be invited by mail. Invite them by hand: {why}",
                         why=reasons[found.eligible[0]])
                )  # fmt: skip
            found = replace(found, eligible=reached)
        drawn = found.eligible[: max(count, 0)]
        if not drawn:
            raise BadInterview(
                Text("Nobody meets the criteria now: {found} were found, of them {children} are "
                     "children, {paused} were asked lately, {declined} said no before and "
                     "{invited} are invited. Widen the days or the circle, or wait.",
                     **found.document)
            )  # fmt: skip
        for person in drawn:
            invite_person(workspace_id=workspace.id, key=key, person=person, how=how, at=at, by=by)
    return drawn


def invite_person(
    *, workspace_id: int, key: str, person: int, how: str, at: datetime, by: str
) -> int:
    """Invite a person, once; by mail, a message waits in the outbox. Return who is invited.

    Raises: BadInterview, UnknownInterview.
    """
    there = round_named(workspace_id=workspace_id, key=key)
    if how not in INVITED_HOW:
        raise BadInterview(Text("Choose how the person is invited: by hand or by mail."))
    with transaction.atomic():
        lock_in_transaction(f"surveys asked:{workspace_id}")
        if customer_by_number(workspace_id=workspace_id, number=person) is None:
            raise BadInterview(Text("Nobody of that name is known; look for the person first."))
        person = root_of(workspace_id, person)
        if erased_among([person]):
            raise BadInterview(Text("This person was erased and is not asked again."))
        if guardians_of(workspace_id, at, person).get(person):
            raise BadInterview(Text("This is a child; invite a guardian of theirs."))
        before = steps_of(workspace_id=workspace_id, key=key, person=person)
        if before:
            raise BadInterview(
                Text("This person was invited on {on} already; nobody is invited twice to a round.",
                     on=f"{before[0].at:%Y-%m-%d}")
            )  # fmt: skip
        why_not = _why_no_mail(workspace_id, person) if how == "mail" else None
        if why_not:
            raise BadInterview(why_not)
        InterviewStep.objects.create(
            workspace_id=workspace_id,
            round=key,
            person_id=person,
            kind="invited",
            detail={"how": how},
            at=at,
            by=by,
        )
        _record(workspace_id, "interview: invited", f"interviews:{key}:{person}", at, by)
        if how == "mail":
            _mail(there, person, at)
    return person


def mail_invitations(*, workspace: WorkspaceRecord, at: datetime) -> None:
    """Write invitations anew that erasing took away while they waited."""
    rows = InterviewStep.objects.filter(
        workspace_id=workspace.id, kind="invited", detail__how="mail", at__gte=at - TOLD_AGAIN
    )
    for key, person in rows.values_list("round", "person_id"):
        steps = steps_of(workspace_id=workspace.id, key=key, person=person)
        if len(steps) == 1 and not message_states([_name(workspace.id, key, person)]):
            _mail(round_named(workspace_id=workspace.id, key=key), person, at)


def record_interview_step(entry: InterviewEntry, *, at: datetime, by: str) -> bool:
    """Record a step after the invitation; the same again changes nothing. Return whether it is new.

    Withdrawing, and a consent that covers less, delete at once what is no longer covered.
    Raises: BadInterview, UnknownInterview.
    """
    there, key, person = entry.workspace_id, entry.key, entry.person
    on = today(workspace_numbered(there).zone, at)
    round_named(workspace_id=there, key=key)
    with transaction.atomic():
        lock_in_transaction(f"surveys asked:{there}")
        before = steps_of(workspace_id=there, key=key, person=person)
        found = standing((one.kind, one.detail) for one in before)
        if entry.kind == "withdrawn" == found.state:
            return False
        check_step(found, entry.kind, on)
        detail = _detail(entry, at)
        is_own = entry.kind == "consented" and detail["given_by"] == "self"
        if is_own and guardians_of(there, at, person).get(person):
            raise BadInterview(Text("This is a child; a guardian of theirs consents."))
        is_known = [
            one
            for one in before
            if (one.kind, one.detail) == (entry.kind, detail)
            and (entry.kind not in ("consented", "declined") or one is _newest(before))
        ]
        words_id = None
        if entry.kind in COVERED_BY:
            words = entry.words.strip()
            if not 0 < len(words) <= MOST_WORDS:
                raise BadInterview(
                    Text("Write something, of at most {most} letters.", most=MOST_WORDS)
                )
            written = read_words(one.words_id for one in is_known if one.words_id)
            if words in written.values():
                return False
            words_id = _sealed(there, person, words)
        elif is_known:
            return False
        InterviewStep.objects.create(
            workspace_id=there,
            round=key,
            person_id=person,
            kind=entry.kind,
            detail=detail,
            words_id=words_id,
            at=at,
            by=by,
        )
        if entry.kind in ("consented", "withdrawn"):
            consent = read_consent(detail, on) if entry.kind == "consented" else None
            _kept, over = covered_words(before, consent, on)
            delete_words(words_ids=over)
        _record(there, f"interview: {entry.kind}", f"interviews:{key}:{person}", at, by)
    return True


def remove_ended_words(*, workspace: WorkspaceRecord, at: datetime, by: str) -> int:
    """Delete words whose consent is over; return of how many persons. The counts stay."""
    on, removed = today(workspace.zone, at), 0
    rows = InterviewStep.objects.filter(workspace_id=workspace.id, words_id__isnull=False)
    for key, person in rows.values_list("round", "person_id").distinct():
        with transaction.atomic():
            lock_in_transaction(f"surveys asked:{workspace.id}")
            steps = steps_of(workspace_id=workspace.id, key=key, person=person)
            consent = standing((one.kind, one.detail) for one in steps).consent
            _kept, over = covered_words(steps, consent, on)
            if read_words(over):
                delete_words(words_ids=over)
                subject = f"interviews:{key}:{person}"
                _record(workspace.id, "interview: words removed", subject, at, by)
                removed += 1
    return removed


def _detail(entry: InterviewEntry, at: datetime) -> dict[str, Any]:
    """Return what a step keeps of what was filled in. Raises: BadInterview, UnknownInterview."""
    given, on = entry.given, today(workspace_numbered(entry.workspace_id).zone, at)
    if entry.kind == "consented":
        return read_consent(given, on).document
    if entry.kind == "quote":
        return {"need": need_named(workspace_id=entry.workspace_id, key=given.get("need", "")).key}
    if entry.kind == "held":
        day, minutes = read_day(given.get("on") or on), str(given.get("minutes", "")).strip()
        if day > on:
            raise BadInterview(
                Text("{on} is still to come; record the interview after it.", on=day)
            )
        if not minutes.isdecimal() or not 1 <= int(minutes[:5]) <= 600:
            raise BadInterview(Text("Say how many minutes the interview took: 1 to 600."))
        return {"on": f"{day}", "minutes": int(minutes)}
    if entry.kind in ("declined", "withdrawn"):
        return {"how": "link" if given.get("how") == "link" else "staff"}
    if entry.kind == "note":
        return {}
    raise BadInterview(Text("There is no step “{kind}”.", kind=entry.kind[:20]))


def _newest(steps: list[Any]) -> Any:
    """Return the step that says how far a person is."""
    return [one for one in steps if one.kind in ("invited", "declined", "consented")][-1]


def _sealed(workspace_id: int, person: int, words: str) -> int:
    key_id = person_keys(workspace_id=workspace_id, numbers=[person]).get(person, 0)
    opened = open_keys([key_id])
    if key_id not in opened:
        raise BadInterview(Text("This person was erased; nothing is written of them any more."))
    return store_words([(key_id, opened[key_id], words)])[0]


def _name(workspace_id: int, key: str, person: int) -> str:
    return f"interview:{workspace_id}:{key}:{person}"


def _why_no_mail(workspace_id: int, person: int) -> Text | None:
    """Return why a person cannot be invited by mail; None if they can."""
    if not has_server():
        return Text("Mail cannot be sent yet: whoever runs Shinrai names a server by "
                    "SHINRAI_SMTP_HOST. Invite by hand until then.")  # fmt: skip
    if MailStop.objects.filter(workspace_id=workspace_id, person_id=person).exists():
        return Text("This person wants no mails that ask. Invite them by hand, if at all.")
    if not mail_address(workspace_id, person):
        return Text("No mail address of this person is known; invite them by hand.")
    return None


def _mail(there: RoundRecord, person: int, at: datetime) -> None:
    to = mail_address(there.workspace_id, person)
    if not to:
        return
    language = workspace_numbered(there.workspace_id).language
    link = invitation_link(workspace_id=there.workspace_id, key=there.key, person=person)
    text = joined((OPENING.using(question=there.form.question), CHOICE, link, LATER), "\n\n")
    message = OutgoingMessage(
        workspace_id=there.workspace_id,
        sender=f"interviews:{there.workspace_id}",
        once=_name(there.workspace_id, there.key, person),
        channel="mail",
        target=to,
        content={
            "subject": translated(SUBJECT.using(title=there.form.title), language),
            "text": translated(text, language) + "\n",
            "headers": {"Auto-Submitted": "auto-generated"},
        },
    )
    add_message(message, at=at)


def _record(workspace_id: int, what: str, subject: str, at: datetime, by: str) -> None:
    record_action(workspace_id=workspace_id, what=what, subject=subject, at=at, by=by)
