"""Read guardians and with which learners they are linked; who was erased is not there."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from shinrai.customers.queries import GuardianContact, erased_among
from shinrai.family.models import Guardian, GuardianLinkStep
from shinrai.family.rules.link import GuardianLink, LinkStep, guardian_links
from shinrai.privacy.operations import mark_of, read_words
from shinrai.units.errors import UserError
from shinrai.units.text import Text

FAMILY = "family"  # the source of customers who are guardians


class UnknownGuardian(UserError, LookupError):
    """The workspace knows no guardian by this identifier."""


@dataclass(frozen=True)
class GuardianRecord:
    """A guardian; `id` is the customer's number. No address: none was given, or it was erased."""

    id: int
    workspace: int
    language: str
    zone: str
    address: str | None
    bounced_at: datetime | None


@dataclass(frozen=True)
class LinkedLearner:
    """A learner of a guardian, as a customer's number; `name` is how the product calls them."""

    learner: int
    name: str
    since: datetime


def guardians_numbered(workspace_id: int, numbers: Collection[int]) -> dict[int, GuardianRecord]:
    """Return guardians of a workspace by number; those unknown or erased are left out."""
    return _records(Guardian.objects.filter(workspace_id=workspace_id, pk__in=numbers))


def guardian_numbered(workspace_id: int, number: int) -> GuardianRecord | None:
    """Return a guardian of a workspace by number; None if unknown or erased."""
    return guardians_numbered(workspace_id, [number]).get(number)


def all_guardians(workspace_id: int, at: datetime) -> tuple[GuardianRecord, ...]:
    """Return the guardians who are linked with any learner at a moment, in order of number."""
    linked = {one.guardian for one in links_of_workspace(workspace_id, at) if one.state == "linked"}
    found = _records(Guardian.objects.filter(workspace_id=workspace_id, pk__in=linked - {None}))
    return tuple(found[number] for number in sorted(found))


def guardians_known_at(address: str) -> tuple[GuardianRecord, ...]:
    """Return the guardians of all workspaces who gave this address."""
    found = _records(Guardian.objects.filter(address_mark=address_mark(address)))
    return tuple(found[number] for number in sorted(found))


def linked_learners(guardian_id: int, at: datetime) -> tuple[LinkedLearner, ...]:
    """Return the learners with whom a guardian is linked at a moment, the first link first."""
    found: dict[int, LinkedLearner] = {}
    links = [one for one in links_about(at, guardian=guardian_id) if one.state == "linked"]
    erased = erased_among({one.learner for one in links} | {guardian_id})
    names = names_of(links)
    for one in links:
        gone = {one.learner, guardian_id} & erased
        if one.since is not None and not gone and one.learner not in found:
            name = names.get(one.learner, "")
            found[one.learner] = LinkedLearner(one.learner, name, one.since)
    return tuple(found.values())


def learners_linked(guardians: Collection[int], at: datetime) -> frozenset[int]:
    """Return the learners with whom any of these guardians is linked at a moment."""
    claims = GuardianLinkStep.objects.filter(guardian_id__in=guardians, kind="claimed")
    links = _links(GuardianLinkStep.objects.filter(code__in=claims.values("code")), at)
    found = {one.learner for one in links if one.state == "linked"}
    return frozenset(found - erased_among(found))


def guardians_of(learner_id: int, at: datetime) -> tuple[GuardianRecord, ...]:
    """Return the guardians with whom a learner is linked at a moment."""
    links = [one for one in links_about(at, learner=learner_id) if one.state == "linked"]
    if erased_among({learner_id}):
        return ()
    return tuple(_records(Guardian.objects.filter(pk__in={one.guardian for one in links})).values())


def guardian_contacts(
    *, workspace_id: int, learners: Collection[int], at: datetime
) -> dict[int, tuple[GuardianContact, ...]]:
    """Return where the guardians of learners are written to; addresses that bounced are not.

    Learners who were ever linked are in the answer, also without a guardian now.
    """
    steps = GuardianLinkStep.objects.filter(workspace_id=workspace_id)
    claims = steps.filter(learner_id__in=learners)
    links = _links(steps.filter(code__in=claims.values("code")), at)
    known = guardians_numbered(workspace_id, {one.guardian or 0 for one in links})
    found: dict[int, tuple[GuardianContact, ...]] = {one.learner: () for one in links}
    for one in links:
        guardian = known.get(one.guardian or 0)
        if one.state == "linked" and guardian and guardian.address and not guardian.bounced_at:
            found[one.learner] += (GuardianContact(guardian.id, guardian.address),)
    return found


def links_of_workspace(workspace_id: int, at: datetime) -> tuple[GuardianLink, ...]:
    """Return every link of a workspace as it stands at a moment."""
    return _links(GuardianLinkStep.objects.filter(workspace_id=workspace_id), at)


def links_about(
    at: datetime, *, learner: int | None = None, guardian: int | None = None
) -> tuple[GuardianLink, ...]:
    """Return the links of a learner, of a guardian, or of the two, as they stand at a moment."""
    asked = Q()
    if learner is not None:
        asked &= Q(learner_id=learner)
    if guardian is not None:
        # the steps before the claim do not name the guardian
        claims = GuardianLinkStep.objects.filter(guardian_id=guardian, kind="claimed")
        asked &= Q(code__in=list(claims.values_list("code", flat=True)))
    return _links(GuardianLinkStep.objects.filter(asked), at)


def names_of(links: Iterable[GuardianLink]) -> dict[int, str]:
    """Return how the product calls the learners of links; by the newest code that says it."""
    learners = {one.learner for one in links}
    rows = GuardianLinkStep.objects.filter(
        learner_id__in=learners, kind="code", name_words_id__isnull=False
    )
    newest = dict(rows.order_by("id").values_list("learner_id", "name_words_id"))
    words = read_words(one or 0 for one in newest.values())
    return {
        learner or 0: words[one]
        for learner, one in newest.items()
        if one is not None and one in words
    }


def address_mark(address: str) -> bytes:
    """Return the keyed hash by which a guardian's address is found."""
    return mark_of("guardian address", address.strip().lower())


def _links(rows: QuerySet[GuardianLinkStep], at: datetime) -> tuple[GuardianLink, ...]:
    names = ("kind", "code", "learner_id", "guardian_id", "at", "side")
    steps = (
        LinkStep(kind, bytes(code), *rest)
        for kind, code, *rest in rows.exclude(kind="missed").values_list(*names)
    )
    return guardian_links(steps, at=at)


def _records(rows: QuerySet[Guardian]) -> dict[int, GuardianRecord]:
    found: Collection[Guardian] = list(rows)
    erased = erased_among({one.pk for one in found})
    words = read_words(one.address_words_id for one in found if one.address_words_id)
    return {
        one.pk: GuardianRecord(
            id=one.pk,
            workspace=one.workspace_id,
            language=one.language,
            zone=one.zone,
            address=words.get(one.address_words_id or 0),
            bounced_at=one.bounced_at,
        )
        for one in found
        if one.pk not in erased
    }


def no_guardian(identifier: str) -> UnknownGuardian:
    """Return the refusal of an identifier that no guardian has."""
    return UnknownGuardian(
        Text("there is no guardian {name!r} in this workspace", name=identifier[:80])
    )
