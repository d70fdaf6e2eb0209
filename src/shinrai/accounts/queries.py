"""Queries about workspaces and members, which return frozen records instead of model objects."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from shinrai.accounts.models import (
    ApiKey,
    AuditCheck,
    AuditEntry,
    AuditSeal,
    Member,
    RealDataArrival,
    RoleGrant,
    SignInLink,
    User,
    Workspace,
)
from shinrai.accounts.rules.audit import REVEALED_FOR, AuditSearch
from shinrai.accounts.rules.permission import Permission, is_permitted
from shinrai.accounts.rules.role import Role
from shinrai.accounts.rules.scope import Scope, secret_digest
from shinrai.accounts.rules.source_link import source_address
from shinrai.accounts.rules.workspace import is_zone_assumed
from shinrai.units.errors import UserError
from shinrai.units.text import Text

API_KEY = "api-key"  # the source of members that are no people
A_MINUTE = timedelta(minutes=1)


class UnknownWorkspace(UserError, LookupError):
    """No workspace has this slug."""


class UnknownApiKey(UserError, LookupError):
    """The workspace has no API key with this number that still works."""


class UnknownUser(UserError, LookupError):
    """No user has this mail address."""


@dataclass(frozen=True)
class WorkspaceRecord:
    """A workspace, as other packages see it."""

    id: int
    slug: str
    name: str
    zone: str
    language: str
    is_simulated: bool
    opened_at: datetime
    zone_is_assumed: bool = False
    source_links: tuple[tuple[str, str], ...] = ()  # source, pattern of an address

    def source_address(self, source: str, key: str) -> str:
        """Return where a case stands in its source; "" if nobody set a pattern for it."""
        pattern = dict(self.source_links).get(source, "")
        return source_address(pattern, key) if pattern else ""


@dataclass(frozen=True)
class MemberRecord:
    """A member of a workspace; steps and the audit refer to them by `key`."""

    id: int
    workspace_id: int
    display_name: str
    roles: frozenset[Role]
    email: str | None
    source: str
    source_key: str
    has_left: bool

    @property
    def key(self) -> str:
        return f"staff:{self.id}"


@dataclass(frozen=True)
class KeyRecord:
    """An API key: the member it acts as, its scope, and who made it."""

    number: int
    member: MemberRecord
    scope: Scope
    made_at: datetime
    made_by: str

    @property
    def is_revoked(self) -> bool:
        return self.member.has_left


@dataclass(frozen=True)
class AuditRecord:
    """An entry of the audit: who saw or did what, of which cases, in how many lines."""

    id: int
    at: datetime
    by: str
    kind: str
    what: str
    subject: str
    reason: str
    shown: tuple[int, ...] = ()
    lines: int | None = None


def workspace_named(slug: str) -> WorkspaceRecord:
    """Return the workspace with this slug.

    Raises: UnknownWorkspace.
    """
    row = _with_arrivals(Workspace.objects.filter(slug=slug)).first()
    if row is None:
        raise no_workspace(slug)
    return _workspace_record(row)


def workspace_numbered(number: int) -> WorkspaceRecord:
    """Return the workspace with this id, which must be there."""
    return _workspace_record(_with_arrivals(Workspace.objects.filter(id=number)).get())


def no_workspace(name: str) -> UnknownWorkspace:
    """Return the error that no such workspace exists; its text names the command to open one."""
    return UnknownWorkspace(
        Text(
            "there is no workspace {name!r}; importing into it, or `shinrai demo`, opens one",
            name=name,
        ),
    )


def workspaces() -> tuple[WorkspaceRecord, ...]:
    """List all workspaces, ordered by slug."""
    return tuple(map(_workspace_record, _with_arrivals(Workspace.objects.order_by("slug"))))


def has_workspaces() -> bool:
    """Return whether any workspace is open: if not, the installation has not been started."""
    return Workspace.objects.exists()


def rezoned_workspaces(*, since: int, upto: int) -> list[int]:
    """List ids of workspaces whose zone changed in transactions from `since` to before `upto`.

    All their published dates have to be computed again.
    """
    changed = Workspace.objects.filter(zone_written_in__gte=since, zone_written_in__lt=upto)
    return list(changed.order_by("id").values_list("id", flat=True))


def workspaces_of(*, user_id: int | None) -> tuple[WorkspaceRecord, ...]:
    """List the workspaces a user may read: simulated ones, and those they are a member of."""
    mine = memberships_of(user_id=user_id)
    return tuple(record for record in workspaces() if record.is_simulated or record.id in mine)


def opening_workspace(*, user_id: int | None) -> WorkspaceRecord | None:
    """Return a workspace beside which a user may open another; None if there is none."""
    for record in workspaces_of(user_id=user_id) if user_id is not None else ():
        member = member_of(workspace_id=record.id, user_id=user_id or 0)
        if may(member, Permission.OPEN_WORKSPACE):
            return record
    return None


def member_of(*, workspace_id: int, user_id: int) -> MemberRecord | None:
    """Return the membership of a signed-in user; None if there is none, or if they left."""
    return _member(workspace_id=workspace_id, user_id=user_id)


def member_by_mail(*, workspace_id: int, email: str) -> MemberRecord | None:
    """Return the member who can sign in by this address; None if there is none, or they left."""
    return _member(workspace_id=workspace_id, user__email=email.lower(), user__is_active=True)


def memberships_of(*, user_id: int | None) -> dict[int, MemberRecord]:
    """Return the memberships of a signed-in user by workspace id; none for a visitor."""
    if user_id is None:
        return {}
    rows = Member.objects.filter(user_id=user_id, departure__isnull=True)
    return {found.workspace_id: found for found in _member_records(rows)}


def belongs_to(*, user_id: int, owner: MemberRecord) -> bool:
    """Tell whether a user works only in workspaces which the user of `owner` owns."""
    mine = Member.objects.filter(user__email=owner.email or "", departure__isnull=True)
    owned = RoleGrant.objects.filter(
        member__in=mine, role=Role.OWNER.value, withdrawal__isnull=True
    ).values("member__workspace_id")
    theirs = Member.objects.filter(user_id=user_id, departure__isnull=True)
    return not theirs.exclude(workspace_id__in=owned).exists()


def members(*, workspace_id: int) -> tuple[MemberRecord, ...]:
    """List the staff of a workspace, including those who left, as their steps remain."""
    return _member_records(Member.objects.filter(workspace_id=workspace_id))


def api_key(secret: str, *, scope: Scope = Scope.READ) -> KeyRecord | None:
    """Return the API key with this secret; None if none of this scope works."""
    digest = secret_digest(secret)
    found = _key_records(ApiKey.objects.filter(digest=digest, member__departure__isnull=True))
    return found[0] if found and found[0].scope.includes(scope) else None


def sender_key(secret: str) -> tuple[int, int] | None:
    """Return the number and the workspace of a key that may send events; by one query."""
    rows = ApiKey.objects.filter(digest=secret_digest(secret), member__departure__isnull=True)
    found = rows.values_list("id", "member__workspace_id", "scope").first()
    return (found[0], found[1]) if found and Scope(found[2]).includes(Scope.EVENTS) else None


def api_keys(*, workspace_id: int) -> tuple[KeyRecord, ...]:
    """List the API keys of a workspace, the newest first; revoked ones too."""
    return _key_records(ApiKey.objects.filter(member__workspace_id=workspace_id))


def may(member: MemberRecord | None, deed: Permission) -> bool:
    """Tell whether a member may do an action; without a member, nothing is allowed."""
    return member is not None and not member.has_left and is_permitted(member.roles, deed)


_AUDITED = tuple(one.name for one in fields(AuditRecord))


def audit(
    *,
    workspace_id: int,
    limit: int = 200,
    skip: int = 0,
    search: AuditSearch | None = None,
    oldest_first: bool = False,
) -> tuple[AuditRecord, ...]:
    """List `limit` views and actions of a workspace, newest first, after skipping `skip`."""
    order = ("at", "id") if oldest_first else ("-at", "-id")
    rows = _audit_entries(workspace_id, search).order_by(*order)[skip : skip + limit]
    return tuple(
        AuditRecord(**{one: getattr(row, one) for one in _AUDITED} | {"shown": tuple(row.shown)})
        for row in rows
    )


def audit_count(*, workspace_id: int, search: AuditSearch | None = None) -> int:
    """Return how many audited views and actions of a workspace match a search."""
    return _audit_entries(workspace_id, search).count()


def audit_people(*, workspace_id: int, search: AuditSearch) -> int:
    """Return how many different people the entries that match a search are of."""
    return _audit_entries(workspace_id, search).values("by").distinct().count()


def _audit_entries(workspace_id: int, search: AuditSearch | None) -> QuerySet[AuditEntry]:
    rows = AuditEntry.objects.filter(workspace_id=workspace_id)
    if search is None:
        return rows
    rows = rows.filter(at__lte=search.until) if search.until else rows
    rows = rows.filter(kind__in=search.kinds) if search.kinds else rows
    rows = rows.filter(by=search.by) if search.by else rows
    rows = rows.filter(what__startswith=search.what) if search.what else rows
    if search.cases is not None:
        ids, subjects = [one for one, _ in search.cases], [name for _, name in search.cases]
        rows = rows.filter(Q(shown__overlap=ids) | Q(subject__in=subjects))
    if not search.text:
        return rows
    text = search.text
    return rows.filter(
        Q(what__icontains=text)
        | Q(subject__icontains=text)
        | Q(reason__icontains=text)
        | Q(by__in=search.keys)
        | Q(subject__in=search.keys)
        | Q(what__in=search.acts)
    )


def revealed_until(*, case_id: int | None, subject: str, by: str, at: datetime) -> datetime | None:
    """Return until when somebody sees a case, or what is none, as it was written; None: masked."""
    rows = AuditEntry.objects.filter(kind="reveal", by=by, subject=subject)
    last = rows.filter(at__gt=at - REVEALED_FOR, at__lte=at).order_by("-at").first()
    return last.at + REVEALED_FOR if last and (case_id is None or case_id in last.shown) else None


@dataclass(frozen=True)
class AuditSeals:
    """Until when the audit is sealed, and what its last comparison with the seals found."""

    sealed_until: datetime | None
    checked_at: datetime | None
    breaks: tuple[tuple[datetime, str], ...]


def audit_seals(*, workspace_id: int) -> AuditSeals:
    """Return how the audit of a workspace stands, as the worker found it at last."""
    newest = AuditSeal.objects.filter(chain=workspace_id).order_by("-number").first()
    checked = AuditCheck.objects.filter(chain=workspace_id).order_by("-id").first()
    return AuditSeals(
        sealed_until=newest.minute + A_MINUTE if newest else None,
        checked_at=checked.at if checked else None,
        breaks=tuple(
            (datetime.fromisoformat(minute), kind)
            for minute, kind in (checked.breaks if checked else ())
        ),
    )


def open_links(*, workspace_id: int, at: datetime) -> dict[int, int]:
    """Return the number of unused sign-in links, by member id."""
    rows = Member.objects.filter(workspace_id=workspace_id, user__isnull=False)
    member_of_user = dict(rows.values_list("user_id", "id"))
    links = SignInLink.objects.filter(
        user_id__in=list(member_of_user), use__isnull=True, expires_at__gt=at
    )
    return Counter(map(member_of_user.__getitem__, links.values_list("user_id", flat=True)))


def user_id_of(*, email: str) -> int:
    """Return the id of the user with this mail address.

    Raises: UnknownUser.
    """
    found = User.objects.filter(email=email.strip().lower()).values_list("id", flat=True).first()
    if found is None:
        raise UnknownUser(
            Text(
                "nobody signs in as {email}; add them with: shinrai accounts add {email}",
                email=email,
            ),
        )
    return found


def _with_arrivals(rows: QuerySet[Workspace]) -> QuerySet[Workspace]:
    arrivals = RealDataArrival.objects.filter(workspace_id=OuterRef("pk"))
    return rows.annotate(has_real_data=Exists(arrivals))


def _workspace_record(row: Workspace) -> WorkspaceRecord:
    has_real_data: bool = row.has_real_data  # type: ignore[attr-defined]
    return WorkspaceRecord(
        id=row.pk,
        slug=row.slug,
        name=row.name,
        zone=row.zone,
        language=row.language,
        is_simulated=row.declared_simulated and not has_real_data,
        opened_at=row.opened_at,
        zone_is_assumed=is_zone_assumed(row.zone, row.zone_by),
        source_links=tuple(sorted(row.source_links.items())),
    )


def _key_records(rows: QuerySet[ApiKey]) -> tuple[KeyRecord, ...]:
    found = list(rows.order_by("-id"))
    by_id = {one.id: one for one in _member_records(Member.objects.filter(api_key__in=found))}
    return tuple(
        KeyRecord(row.pk, by_id[row.member_id], Scope(row.scope), row.made_at, row.made_by)
        for row in found
    )


def _member(**wanted: object) -> MemberRecord | None:
    return next(iter(_member_records(Member.objects.filter(departure=None, **wanted))), None)


def _member_records(rows: QuerySet[Member]) -> tuple[MemberRecord, ...]:
    found = list(rows.select_related("user", "departure").order_by("id"))
    roles = _roles_of(row.pk for row in found)
    return tuple(
        MemberRecord(
            id=row.pk,
            workspace_id=row.workspace_id,
            display_name=row.display_name,
            roles=roles.get(row.pk, frozenset()),
            email=row.user.email if row.user else None,
            source=row.source,
            source_key=row.source_key,
            has_left=hasattr(row, "departure"),
        )
        for row in found
    )


def _roles_of(member_ids: Iterable[int]) -> dict[int, frozenset[Role]]:
    grants = RoleGrant.objects.filter(
        member_id__in=list(member_ids), withdrawal__isnull=True
    ).values_list("member_id", "role")
    roles: dict[int, set[Role]] = {}
    for member_id, role in grants:
        roles.setdefault(member_id, set()).add(Role(role))
    return {member_id: frozenset(found) for member_id, found in roles.items()}
