"""Make, claim, confirm and end links of guardians with learners, step by step."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction

from shinrai.accounts.operations.audit import record_action
from shinrai.accounts.queries import WorkspaceRecord
from shinrai.customers.operations import LinkRequest, link_persons, record_customers
from shinrai.family.models import GuardianLinkStep
from shinrai.family.operations.guardians import GuardianDetails, record_guardian
from shinrai.family.operations.notices import LinkChange, tell_of_link
from shinrai.family.queries.guardians import links_about, names_of
from shinrai.family.rules.link import (
    CODE_LIFE,
    MOST_MISSES,
    MOST_OPEN,
    GuardianLink,
    Side,
    new_code,
    tidy_code,
)
from shinrai.postgres.locks import lock_in_transaction
from shinrai.privacy.operations import mark_of, store_words
from shinrai.units.errors import UserError
from shinrai.units.text import Text
from shinrai.usage.operations.events import ACTORS

MOST_NAME: Final = 40
MOST_REASON: Final = 200


class UnknownCode(UserError, LookupError):
    """A code opens nothing: it was never made, was claimed, or is too old."""


class TooManyTries(UserError):
    """A guardian tried too many codes, or a learner's app made too many."""


class UnknownLink(UserError, ValueError):
    """There is no such link that could be confirmed or ended."""


@dataclass(frozen=True)
class NewCode:
    """A code that was just made; it is only in this object."""

    code: str
    expires_at: datetime


def make_code(
    *, workspace: WorkspaceRecord, learner: str, name: str | None = None, at: datetime, by: str
) -> NewCode:
    """Make a code for a learner's app to show; `name` is how the product calls the child.

    Raises: TooManyTries, UnknownCode if the learner was erased.
    """
    with transaction.atomic():
        known = record_customers(
            workspace_id=workspace.id, source=ACTORS, identifiers=[learner], at=at
        )
        if learner not in known:
            raise UnknownCode(Text("this learner was erased for good"))
        person = known[learner]
        lock_in_transaction(f"family:learner:{person.id}")
        open_codes = [one for one in links_about(at, learner=person.id) if one.state == "offered"]
        if len(open_codes) >= MOST_OPEN:
            raise TooManyTries(
                Text("{most} codes of this learner wait already; use one of them", most=MOST_OPEN)
            )
        said = " ".join((name or "").replace("\0", "").split())[:MOST_NAME]
        words = store_words([(person.key_id, person.key, said)]) if said else [None]
        code = new_code()
        GuardianLinkStep.objects.create(
            workspace_id=workspace.id,
            kind="code",
            code=_mark(workspace.id, code),
            learner_id=person.id,
            name_words_id=words[0],
            side="learner",
            at=at,
            by=by,
        )
        _audit(workspace.id, "make guardian code", person.id, at, by)
    return NewCode(code, at + CODE_LIFE)


def claim_code(
    *,
    workspace: WorkspaceRecord,
    guardian: str,
    code: str,
    details: GuardianDetails | None = None,
    at: datetime,
    by: str,
) -> GuardianLink | None:
    """Claim a code for a guardian; None if it opens nothing, which is counted.

    Raises: TooManyTries, and what `record_guardian` raises.
    """
    with transaction.atomic():
        number = record_guardian(
            workspace=workspace, identifier=guardian, details=details or GuardianDetails(), at=at
        )
        lock_in_transaction(f"family:guardian:{number}")
        misses = GuardianLinkStep.objects.filter(
            guardian_id=number, kind="missed", at__gt=at - CODE_LIFE
        )
        if misses.count() >= MOST_MISSES:
            raise TooManyTries(
                Text("{most} codes were wrong within a day; try again tomorrow", most=MOST_MISSES)
            )
        mark = _mark(workspace.id, tidy_code(code))
        step = GuardianLinkStep.objects.filter(code=mark, kind="code").first()
        claimed = None
        if step is not None and step.learner_id is not None:
            found = next(one for one in links_about(at, learner=step.learner_id)
                         if one.code == mark)  # fmt: skip
            if found.state == "offered":
                claimed = _add("claimed", found, number, side="guardian", at=at, by=by,
                               workspace_id=workspace.id)  # fmt: skip
        if claimed is None:
            GuardianLinkStep.objects.create(
                workspace_id=workspace.id, kind="missed", guardian_id=number, side="guardian",
                at=at, by=by,
            )  # fmt: skip
            return None
        _audit(workspace.id, "claim guardian code", number, at, by)
    return claimed


def unknown_code() -> UnknownCode:
    """Return the refusal of a code that opens nothing: the same words for every cause."""
    return UnknownCode(
        Text("this code opens nothing: make a new one in the child's app, and type it within a day")
    )


def confirm_link(
    *, workspace: WorkspaceRecord, learner_id: int, guardian_id: int, at: datetime, by: str
) -> GuardianLink:
    """Confirm from the child's app that a guardian who claimed a code is one; they are linked.

    Confirmed already, nothing changes.

    Raises: UnknownLink.
    """
    with transaction.atomic():
        lock_in_transaction(f"family:learner:{learner_id}")
        links = links_about(at, learner=learner_id, guardian=guardian_id)
        for one in links:
            if one.state == "linked":
                return one
        waiting = next((one for one in links if one.state == "claimed"), None)
        if waiting is None:
            raise UnknownLink(Text("this guardian has claimed no code of this learner that waits"))
        found = _add("confirmed", waiting, guardian_id, side="learner", at=at, by=by,
                     workspace_id=workspace.id)  # fmt: skip
        if found is None:
            raise UnknownLink(Text("the link was ended in the meantime"))
        since = _own_date(workspace, at)
        _link_household(workspace, found, since=since, until=None, at=at, by=by)
        _tell(workspace, found, "guardian", is_made=True, at=at)
        _audit(workspace.id, "confirm guardian", learner_id, at, by)
    return found


@dataclass(frozen=True)
class EndRequest:
    """Whose link ends, by which side, and why if staff end it."""

    learner_id: int
    guardian_id: int
    side: Side
    reason: str = ""


def end_links(*, workspace: WorkspaceRecord, asked: EndRequest, at: datetime, by: str) -> int:
    """End what links a guardian with a learner, at once; return how many links ended.

    Raises: UnknownLink.
    """
    reason = " ".join(asked.reason.replace("\0", "").split())[:MOST_REASON]
    with transaction.atomic():
        lock_in_transaction(f"family:learner:{asked.learner_id}")
        links = links_about(at, learner=asked.learner_id, guardian=asked.guardian_id)
        live = [one for one in links if one.state in ("claimed", "linked")]
        if not live:
            raise UnknownLink(Text("no link of this guardian with this learner holds"))
        for one in live:
            _add("ended", one, asked.guardian_id, side=asked.side, at=at, by=by,
                 workspace_id=workspace.id, reason=reason)  # fmt: skip
        sinces = [one.since for one in live if one.since is not None]
        if sinces:
            since = _own_date(workspace, min(sinces))
            # A household counts days; the guardian sees nothing from this moment on.
            until = max(_own_date(workspace, at), since + timedelta(days=1))
            _link_household(workspace, live[0], since=since, until=until, at=at, by=by)
            _tell(workspace, live[0], asked.side, is_made=False, at=at)
        record_action(
            workspace_id=workspace.id,
            what="end guardian link",
            subject=f"customer:{asked.learner_id}",
            reason=reason,
            at=at,
            by=by,
        )
    return len(live)


def _add(
    kind: str, link: GuardianLink, guardian: int, *, side: Side, at: datetime, **more: object
) -> GuardianLink | None:
    """Add a step to a link and return the link after it; None if the step is there already."""
    try:
        with transaction.atomic():
            GuardianLinkStep.objects.create(
                kind=kind,
                code=link.code,
                learner_id=link.learner,
                guardian_id=guardian,
                side=side,
                at=at,
                **more,
            )
    except IntegrityError:
        return None
    return next(one for one in links_about(at, learner=link.learner) if one.code == link.code)


def _tell(
    workspace: WorkspaceRecord, link: GuardianLink, side: Side, *, is_made: bool, at: datetime
) -> None:
    assert link.guardian is not None
    name = names_of([link]).get(link.learner, "")
    change = LinkChange(link.learner, link.guardian, name, side, is_made)
    tell_of_link(workspace=workspace, change=change, at=at)


def _link_household(
    workspace: WorkspaceRecord,
    link: GuardianLink,
    *,
    since: date,
    until: date | None,
    at: datetime,
    by: str,
) -> None:
    assert link.guardian is not None
    asked = LinkRequest(
        workspace_id=workspace.id,
        learner_id=link.learner,
        guardian_id=link.guardian,
        contract_key="",
        since=since,
        until=until,
        proof=f"confirmed by both sides with a code on {since.isoformat()}",
    )
    link_persons(asked, at=at, by=by)


def _mark(workspace_id: int, code: str) -> bytes:
    return mark_of("guardian code", str(workspace_id), code)


def _own_date(workspace: WorkspaceRecord, at: datetime) -> date:
    return at.astimezone(ZoneInfo(workspace.zone)).date()


def _audit(workspace_id: int, what: str, number: int, at: datetime, by: str) -> None:
    record_action(workspace_id=workspace_id, what=what, subject=f"customer:{number}", at=at, by=by)
