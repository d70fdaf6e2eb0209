"""Who is answered by the HTTP API, and the audit as it answers it."""

from dataclasses import asdict
from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest
from ninja.security import HttpBearer

from shinrai.accounts import queries
from shinrai.accounts.pages.guards import MemberRequest
from shinrai.accounts.queries import KeyRecord, MemberRecord, WorkspaceRecord
from shinrai.accounts.rules.audit import AuditSearch
from shinrai.accounts.rules.permission import Permission
from shinrai.accounts.rules.scope import Scope
from shinrai.api.cursor import Cursor, CursorPage, ListPlace, PageLimit
from shinrai.api.frame import ApiRouter
from shinrai.api.problems import Problem
from shinrai.api.rate_limit import count_request
from shinrai.units.json_values import json_values
from shinrai.units.text import Text

router = ApiRouter(tags=["accounts"])
IN_WORKSPACE: Final = "/workspaces/{workspace}"


class KeyRequest(MemberRequest):
    """A request as endpoints get it: by a key, which acts as `member` in `workspace`."""

    member: MemberRecord
    key: KeyRecord


def key_by(request: HttpRequest, token: str) -> KeyRecord | None:
    """Return the key of a request, after counting it; None without one that works.

    Raises: Problem if its minute is used up.
    """
    at: datetime = request.at  # type: ignore[attr-defined]
    key = queries.api_key(token.strip())
    if key is None:
        return None
    refuse_over_limit(request, key.member.key, at=at)
    there = queries.workspace_numbered(key.member.workspace_id)
    for name, value in (("workspace", there), ("member", key.member), ("key", key)):
        setattr(request, name, value)
    return key


class BearerKey(HttpBearer):
    """Answer only a key of the workspace in the address, whose role and scope permit this."""

    def __init__(self, permission: Permission, scope: Scope = Scope.READ) -> None:
        super().__init__()
        self.permission, self.scope = permission, scope

    def authenticate(self, request: HttpRequest, token: str) -> KeyRecord | None:
        """Return the key of a request; None without one that works.

        Raises: Problem.
        """
        key = key_by(request, token)
        if key is None and queries.api_key(token.strip(), scope=Scope.EVENTS):
            raise Problem(403, Text("this needs a key of scope {scope}", scope=self.scope.value))
        if key is None:
            return None
        asked = request.resolver_match.kwargs if request.resolver_match else {}
        there: WorkspaceRecord = request.workspace  # type: ignore[attr-defined]
        if asked.get("workspace") != there.slug:  # one that is not there looks the same
            raise Problem(404, Text("this key is for another workspace, or there is none"))
        if not queries.may(key.member, self.permission):
            raise Problem(403, Text("the role of this key does not permit it"))
        if not key.scope.includes(self.scope):
            raise Problem(403, Text("this needs a key of scope {scope}", scope=self.scope.value))
        return key


def refuse_over_limit(request: HttpRequest, caller: str, *, at: datetime) -> None:
    """Count a request of a caller. Raises: Problem if they made too many in this minute."""
    limit = count_request(caller, at=at, most=settings.SHINRAI_API_PER_MINUTE)
    request.rate_limit = limit  # type: ignore[attr-defined]
    if limit.is_over:
        said = Text(
            "{most:,} requests a minute are answered; wait {s} s", most=limit.most, s=limit.reset_s
        )
        raise Problem(429, said, headers={"Retry-After": str(limit.reset_s)})


@router.get(
    f"{IN_WORKSPACE}/audit", response=CursorPage, auth=BearerKey(Permission.AUDIT), summary="Audit"
)
def list_audit(
    request: KeyRequest, workspace: str, limit: PageLimit = 50, cursor: Cursor = None
) -> Any:
    """List who saw and did what, the newest first."""
    place = ListPlace(cursor, about=("audit", workspace), at=request.at)
    there = request.workspace.id
    until = AuditSearch(until=place.at)
    found = queries.audit(workspace_id=there, limit=limit, skip=place.skip, search=until)
    total = queries.audit_count(workspace_id=there, search=until)
    return place.page([json_values(asdict(one)) for one in found], total=total)
