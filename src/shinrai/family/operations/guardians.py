"""Record guardians: by the product's identifier, with the address they gave."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from shinrai.accounts.queries import WorkspaceRecord
from shinrai.calendars.rules.time_zone import zone_named
from shinrai.customers.operations import KnownCustomer, record_customers
from shinrai.delivery.targets import read_mail
from shinrai.family.models import Guardian
from shinrai.family.queries.guardians import FAMILY, address_mark
from shinrai.privacy.operations import delete_words, store_words
from shinrai.units.errors import UserError
from shinrai.units.text import LANGUAGES, Text


class ErasedGuardian(UserError, ValueError):
    """A guardian was erased for good and cannot be recorded again."""


class UnknownLanguage(UserError, ValueError):
    """Nothing is written in this language."""


@dataclass(frozen=True)
class GuardianDetails:
    """What a guardian says of themselves; None: as it was, or as the workspace has it."""

    address: str | None = None
    language: str | None = None
    zone: str | None = None


def record_guardian(
    *, workspace: WorkspaceRecord, identifier: str, details: GuardianDetails, at: datetime
) -> int:
    """Record a guardian, or change what is known of them; return the customer's number.

    A new address has never bounced.

    Raises: ErasedGuardian, UnknownLanguage, UnknownZone, UnusableTarget.
    """
    if details.language is not None and details.language not in LANGUAGES:
        raise UnknownLanguage(
            Text("choose one of these languages: {languages}", languages=list(LANGUAGES))
        )
    if details.zone is not None:
        zone_named(details.zone)
    address = None if details.address is None else read_mail(details.address)
    with transaction.atomic():
        known = record_customers(
            workspace_id=workspace.id, source=FAMILY, identifiers=[identifier], at=at
        )
        if identifier not in known:
            raise ErasedGuardian(
                Text("this guardian was erased for good; the product has to give another id")
            )
        person = known[identifier]
        row, _is_new = Guardian.objects.select_for_update().get_or_create(
            person_id=person.id,
            defaults={
                "workspace_id": workspace.id,
                "language": workspace.language,
                "zone": workspace.zone,
                "made_at": at,
            },
        )
        row.language = details.language or row.language
        row.zone = details.zone or row.zone
        if address is not None and bytes(row.address_mark or b"") != address_mark(address):
            _replace_address(row, person, address)
        row.save()
    return person.id


def _replace_address(row: Guardian, person: KnownCustomer, address: str) -> None:
    if row.address_words_id is not None:
        delete_words(words_ids=[row.address_words_id])
    [row.address_words_id] = store_words([(person.key_id, person.key, address)])
    row.address_mark = address_mark(address)
    row.bounced_at = None
