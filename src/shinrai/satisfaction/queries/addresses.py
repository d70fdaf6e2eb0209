"""Where surveys are answered: their addresses, secrets, open waves, and links for one person."""

import hmac
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Final

from django.conf import settings
from django.core import signing

from shinrai.privacy.rules.encryption import decrypt
from shinrai.satisfaction.models import Asking, MailStop, SurveyAddress
from shinrai.satisfaction.queries.surveys import WaveRecord, waves
from shinrai.satisfaction.rules.targeting import LATE
from shinrai.units.errors import UserError
from shinrai.units.text import Text

SALT: Final = "survey"
OWN_PAGE: Final = ("link", "mail")  # answered on a page of ours


class ClosedSurvey(UserError, LookupError):
    """The wave is closed, or the link is over."""


@dataclass(frozen=True)
class AddressRecord:
    """The address of a survey."""

    workspace_id: int
    survey: str
    token: str

    @property
    def url(self) -> str:
        """Return the page on which it is answered."""
        return f"{settings.SHINRAI_ADDRESS}/survey/{self.token}/"


@dataclass(frozen=True)
class PersonalLink:
    """A link that is meant for one person in one wave."""

    wave: WaveRecord
    person: int


def address_of(token: str) -> AddressRecord | None:
    """Return the address with a token; None if there is none."""
    row = SurveyAddress.objects.filter(token=token).first()
    return None if row is None else AddressRecord(row.workspace_id, row.survey, row.token)


def address_named(*, workspace_id: int, survey: str) -> AddressRecord | None:
    """Return the address of a survey; None if it never opened for asking."""
    row = SurveyAddress.objects.filter(workspace_id=workspace_id, survey=survey).first()
    return None if row is None else AddressRecord(row.workspace_id, row.survey, row.token)


def secret_of(address: AddressRecord) -> str:
    """Return the secret by which a product signs its persons."""
    row = SurveyAddress.objects.get(token=address.token)
    return decrypt(settings.SHINRAI_MASTER_KEY, bytes(row.secret))


def signature_of(address: AddressRecord, identifier: str) -> str:
    """Return the signature of a person: HMAC-SHA256 of the identifier, in hexadecimal."""
    return hmac.new(secret_of(address).encode(), identifier.encode(), sha256).hexdigest()


def open_wave_of(address: AddressRecord, channels: tuple[str, ...], at: datetime) -> WaveRecord:
    """Return the wave in which a survey is asked now, the newest one. Raises: ClosedSurvey."""
    there = waves(workspace_id=address.workspace_id, survey=address.survey)
    found = [one for one in there if one.channel in channels and one.is_open(at)]
    if not found:
        raise ClosedSurvey(Text("This survey is closed. Thank you for wanting to answer."))
    return found[-1]


def link_for(address: AddressRecord, wave: WaveRecord, person: int, *, at: datetime) -> str:
    """Return the link by which one person answers in one wave; it ends after 14 days."""
    ends = int((at + LATE).timestamp())
    return f"{address.url}?to={signing.dumps([wave.id, person, ends], salt=SALT)}"


def read_link(address: AddressRecord, to: str, *, at: datetime) -> PersonalLink:
    """Return whom a link is meant for. Raises: ClosedSurvey if it is not ours, or is over."""
    try:
        wave_id, person, ends = signing.loads(to, salt=SALT)
    except signing.BadSignature as error:
        said = Text("This link is not complete. Open it from the mail once more.")
        raise ClosedSurvey(said) from error
    there = waves(workspace_id=address.workspace_id, survey=address.survey)
    wave = next((one for one in there if one.id == wave_id), None)
    if wave is None or at.timestamp() > ends:
        raise ClosedSurvey(Text("This link was good for 14 days, which are over."))
    return PersonalLink(wave, person)


def asked_since(*, wave: int, since: datetime) -> list[tuple[int, datetime]]:
    """Return whom a wave asked since a moment and who did not answer yet, with the moment."""
    rows = Asking.objects.filter(wave_id=wave, state="asked", asked_at__gte=since)
    pairs = rows.order_by("id").values_list("person_id", "asked_at")
    return [(person, asked_at) for person, asked_at in pairs if asked_at is not None]


def stopped_mails(*, workspace_id: int, persons: Collection[int]) -> frozenset[int]:
    """Return which persons want no mails that they did not ask for."""
    rows = MailStop.objects.filter(workspace_id=workspace_id, person_id__in=persons)
    return frozenset(rows.values_list("person_id", flat=True))


def standing_in(*, wave: int, person: int) -> tuple[str, datetime | None] | None:
    """Return how far a person is in a wave, and when they were asked; None: not looked at."""
    rows = Asking.objects.filter(wave_id=wave, person_id=person)
    return rows.values_list("state", "asked_at").first()
