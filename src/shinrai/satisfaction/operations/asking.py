"""Ask persons in a wave: draw whom it is about, ask one in the product, mail those who are due.

Whatever asks holds the lock of the workspace while it decides, so that two surveys at once do not
both ask a person whom only one may ask.
"""

import hmac
import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction

from shinrai.accounts.queries import WorkspaceRecord, workspace_numbered
from shinrai.customers.operations import record_customers
from shinrai.customers.queries import customer_by_number
from shinrai.delivery.mail import has_server
from shinrai.delivery.outbox import OutgoingMessage, add_message, message_states
from shinrai.postgres.locks import lock_in_transaction
from shinrai.satisfaction.models import MailStop
from shinrai.satisfaction.operations.answers import (
    RecordedAnswers,
    record_answers,
    record_askings,
)
from shinrai.satisfaction.queries.addresses import (
    AddressRecord,
    ClosedSurvey,
    address_named,
    asked_since,
    link_for,
    open_wave_of,
    signature_of,
    standing_in,
)
from shinrai.satisfaction.queries.population import (
    guardians_of,
    solved_persons,
    using_persons,
)
from shinrai.satisfaction.queries.surveys import WaveRecord, last_asked, persons_in, waves
from shinrai.satisfaction.rules.survey import GivenAnswer
from shinrai.satisfaction.rules.targeting import (
    AGAIN,
    ASKING_CHANNELS,
    LATE,
    Targeting,
    asked_instead,
    read_targeting,
    state_for,
)
from shinrai.units.errors import UserError
from shinrai.units.text import Text, joined, translated
from shinrai.usage.operations.events import ACTORS
from shinrai.usage.queries.actors import root_of
from shinrai.warehouse.store import Warehouse

MAIL: Final = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
VISITORS: Final = "survey"  # the source of persons who answered by a link without a name
TOLD_AGAIN: Final = timedelta(days=2)  # for how long a mail lost to erasing is written anew
MOST_AT_ONCE: Final = 500
SUBJECT: Final = Text("A short question")
OPENING: Final = Text("We would like to know what you think. It takes less than a minute:")
ENDS: Final = Text("The link is meant for you alone and is good for 14 days.")
STOP: Final = Text("If you want no more mails of this kind, open this page:")


class RefusedAnswer(UserError, ValueError):
    """Somebody answers who was not asked, or whom nobody vouches for."""


@dataclass(frozen=True)
class AskedPerson:
    """Whether a person is asked now, in which wave, and why not."""

    wave: WaveRecord | None
    person: int | None
    state: str  # asked; or answered, declined, over, sampled_out, capped, not_meant, unknown
    is_asked: bool = False


def check_person(
    address: AddressRecord, targeting: Targeting, identifier: str, signature: str
) -> None:
    """Refuse a person whom the product does not vouch for. Raises: RefusedAnswer."""
    if not identifier.strip() or len(identifier) > 200:
        raise RefusedAnswer(Text("“person” is the id that your product gives a person."))
    if not (signature or targeting.is_signed):
        return
    if not hmac.compare_digest(signature_of(address, identifier), signature):
        raise RefusedAnswer(
            Text("The signature is not that of this person; sign the id with the survey's secret.")
        )


def ask_person(
    *,
    address: AddressRecord,
    identifier: str,
    at: datetime,
    channels: tuple[str, ...] = ("app",),
    signature: str | None = None,
) -> AskedPerson:
    """Ask a person in the wave that is open, if they may be asked; once, however often called.

    `signature` None: staff of ours asks. Raises: ClosedSurvey, RefusedAnswer.
    """
    wave = open_wave_of(address, channels, at)
    targeting = read_targeting(wave.settings)
    if signature is not None:
        check_person(address, targeting, identifier, signature)
    with transaction.atomic():
        lock_in_transaction(f"surveys asked:{address.workspace_id}")
        known = record_customers(
            workspace_id=address.workspace_id, source=ACTORS, identifiers=[identifier], at=at
        )
        if identifier not in known:  # erased
            return AskedPerson(None, None, "unknown")
        person = root_of(address.workspace_id, known[identifier].id)
        found = standing_in(wave=wave.id, person=person)
        state, asked_at = found or ("", None)
        if state == "asked" and asked_at is not None:
            is_again = at - asked_at < AGAIN
            return AskedPerson(wave, person, "asked" if is_again else "over", is_again)
        if state in ("answered", "declined"):
            return AskedPerson(wave, person, state)
        guardians = guardians_of(address.workspace_id, at, person)
        instead = asked_instead([person], guardians, targeting.children)
        if targeting.who != "all" and not state:
            return AskedPerson(wave, person, "not_meant")
        _decide(wave, targeting, instead - {person}, at)
        if person not in instead:
            return AskedPerson(wave, person, "not_meant")
        state = _decide(wave, targeting, {person}, at, asks=True)[person]
    return AskedPerson(wave, person, state, state == "asked")


def decline(*, wave: WaveRecord, person: int, at: datetime) -> None:
    """Record that a person closed the survey: it does not come back."""
    record_askings(wave=wave, states={person: "declined"}, at=at)


def take_answer(wave: WaveRecord, given: GivenAnswer, *, at: datetime) -> RecordedAnswers:
    """Record what a person answered, also if a device kept it while it was offline.

    Raises: ClosedSurvey if the wave was closed when they answered, BadSurveyAnswer.
    """
    said_at = min(max(given.answered_at, wave.opens_at), at)
    is_late = wave.closes_at is not None and at >= wave.closes_at + LATE
    if is_late or not wave.is_open(said_at):
        raise ClosedSurvey(Text("This survey is closed. Thank you for wanting to answer."))
    answer = GivenAnswer(given.person, f"{wave.id}:{given.source_key}", given.values, said_at)
    return record_answers(wave=wave, answers=[answer], at=at)


def visitor(*, workspace_id: int, mark: str, at: datetime) -> int:
    """Return the person who answers under a mark that their page made, without a name."""
    with transaction.atomic():  # sent twice at once, it is one person all the same
        lock_in_transaction(f"surveys asked:{workspace_id}")
        known = record_customers(
            workspace_id=workspace_id, source=VISITORS, identifiers=[mark], at=at
        )
    return known[mark].id


def draw_waves(
    *, workspace: WorkspaceRecord, at: datetime, warehouse: Warehouse | None = None
) -> None:
    """Find out whom the open waves are about, and mail those who are due.

    Without a warehouse, only those whose inquiry was solved.
    """
    for wave in waves(workspace_id=workspace.id):
        if wave.channel not in ASKING_CHANNELS or not wave.is_open(at):
            continue
        targeting = read_targeting(wave.settings)
        is_mail = wave.channel == "mail"
        if targeting.who == "solved":
            persons = solved_persons(workspace.id, targeting, at, since=wave.opens_at)
        elif warehouse is not None and (is_mail or targeting.who != "all"):
            persons = using_persons(workspace, targeting, at, warehouse)
        else:
            persons = frozenset()
        guardians = guardians_of(workspace.id, at)
        over = persons_in(wave=wave.id, states=("asked", "answered", "declined"))
        wanted = sorted(asked_instead(persons, guardians, targeting.children) - over)
        for start in range(0, len(wanted), MOST_AT_ONCE):
            some = set(wanted[start : start + MOST_AT_ONCE])
            with transaction.atomic():
                lock_in_transaction(f"surveys asked:{workspace.id}")
                _decide(wave, targeting, some, at, asks=is_mail and has_server())
        if is_mail and has_server():
            _mail(wave, at)


def stop_mails(*, workspace_id: int, person: int, at: datetime) -> None:
    """Send a person no more surveys by mail."""
    MailStop.objects.get_or_create(workspace_id=workspace_id, person_id=person, defaults={"at": at})


def _decide(
    wave: WaveRecord,
    targeting: Targeting,
    persons: Collection[int],
    at: datetime,
    *,
    asks: bool = False,
) -> dict[int, str]:
    """Record how far persons of the population may go; with `asks` those who may are asked."""
    asked = last_asked(workspace_id=wave.workspace_id, persons=persons)
    states = {
        one: state_for(targeting, wave.survey.key, one, asked.get(one, ()), at) for one in persons
    }
    if asks and wave.channel == "mail":
        stopped = MailStop.objects.filter(workspace_id=wave.workspace_id, person_id__in=persons)
        states |= dict.fromkeys(stopped.values_list("person_id", flat=True), "capped")
    for one, state in states.items():
        if asks and state == "eligible":
            is_reached = wave.channel != "mail" or mail_address(wave.workspace_id, one)
            states[one] = "asked" if is_reached else "eligible"
    record_askings(wave=wave, states=states, at=at)
    return states


def mail_address(workspace_id: int, person: int) -> str:
    """Return where a person gets mail: some sources know persons by their address; else ""."""
    found = customer_by_number(workspace_id=workspace_id, number=person)
    known = (found.identifier if found else None) or ""
    return known if MAIL.fullmatch(known) else ""


def _mail(wave: WaveRecord, at: datetime) -> None:
    """Put a mail into the outbox for each person asked whose mail was never there.

    Its name says the wave and the person, so a worker that is killed, or erasing that took a mail
    away while it waited, changes nothing: the next run looks again.
    """
    there = workspace_numbered(wave.workspace_id)
    address = address_named(workspace_id=there.id, survey=wave.survey.key)
    if address is None:
        return
    asked = asked_since(wave=wave.id, since=at - TOLD_AGAIN)
    names = {person: f"survey:{wave.id}:{person}" for person, _ in asked}
    sent = message_states(names.values())
    for person, asked_at in asked:
        to = "" if names[person] in sent else mail_address(there.id, person)
        if not to:
            continue
        link = link_for(address, wave, person, at=asked_at)
        stop = link.replace("/?", "/stop/?")
        text = joined((OPENING, link, ENDS, joined((STOP, stop))), "\n\n")
        content: dict[str, Any] = {
            "subject": translated(SUBJECT, there.language),
            "text": translated(text, there.language) + "\n",
            "headers": {
                "Auto-Submitted": "auto-generated",
                "List-Unsubscribe": f"<{stop}>",
                "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            },
        }
        message = OutgoingMessage(
            workspace_id=there.id,
            sender=f"survey:{there.id}",
            once=names[person],
            channel="mail",
            target=to,
            content=content,
        )
        add_message(message, at=at)
