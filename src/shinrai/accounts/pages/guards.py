"""Decorators that decide who may open a page; every view has one of them.

Pages of a workspace are at /w/<slug:workspace>/…; the decorator takes `workspace` from the URL
and sets `request.workspace` and `request.member`, so a view without one has no workspace to
show. The architecture test checks that each view has the attribute `GUARD`.
"""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext

from shinrai.accounts import queries
from shinrai.accounts.models import User
from shinrai.accounts.queries import MemberRecord, WorkspaceRecord
from shinrai.accounts.rules.permission import Permission

P = ParamSpec("P")
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
LAST_WORKSPACE = "shinrai_workspace"  # the cookie with the workspace a member visited last
YEAR_S = 365 * 24 * 3600


class MemberRequest(HttpRequest):
    """A request as decorated views get it, with `workspace` and `member`."""

    at: datetime
    workspace: WorkspaceRecord
    member: MemberRecord | None
    htmx: Any


Page = Callable[Concatenate[MemberRequest, P], HttpResponseBase]
Door = Callable[..., HttpResponseBase]


def members_only(page: Page[P]) -> Door:
    """Allow members only; in a simulated workspace, anybody may read."""
    return _guarded(page, Permission.READ, reading_is_open=True)


def writers_only(deed: Permission) -> Callable[[Page[P]], Door]:
    """Allow only members whose role has the permission, in simulated workspaces too."""

    def guard(page: Page[P]) -> Door:
        return _guarded(page, deed, reading_is_open=False)

    return guard


def open_to_all(page: Callable[Concatenate[Any, P], HttpResponseBase]) -> Door:
    """Allow everybody: the page shows nothing of any workspace, or checks access itself."""

    @wraps(page)
    def door(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        return page(request, *args, **kwargs)

    door.GUARD = "open_to_all"  # type: ignore[attr-defined]
    return door


def author_of(request: MemberRequest) -> str:
    """Return who makes this request, as steps and the audit record it: a member's key."""
    return request.member.key if request.member else "anonymous"


def _guarded(page: Page[P], deed: Permission, *, reading_is_open: bool) -> Door:
    @wraps(page)
    def door(request: HttpRequest, /, workspace: str, **kwargs: Any) -> HttpResponseBase:
        user = request.user if isinstance(request.user, User) else None
        try:
            found = queries.workspace_named(workspace)
        except queries.UnknownWorkspace as error:
            if user is None:  # an unknown workspace looks like one that is closed
                return _sign_in(request)
            raise Http404 from error
        member = queries.member_of(workspace_id=found.id, user_id=user.pk) if user else None
        reads_openly = reading_is_open and found.is_simulated and request.method in SAFE
        if not reads_openly and not queries.may(member, deed):
            if user is None:
                return _sign_in(request)
            if member is None and not found.is_simulated:
                raise Http404
            raise PermissionDenied(gettext("Your role here does not permit this."))
        asked = cast(MemberRequest, request)
        asked.workspace = found
        asked.member = member
        answer = page(asked, **kwargs)  # type: ignore[call-arg]
        if member is not None and request.COOKIES.get(LAST_WORKSPACE) != found.slug:
            answer.set_cookie(
                LAST_WORKSPACE,
                found.slug,
                max_age=YEAR_S,
                secure=settings.SESSION_COOKIE_SECURE,
                httponly=True,
                samesite="Lax",
            )
        return answer

    door.GUARD = f"{deed.value}{' (open)' if reading_is_open else ''}"  # type: ignore[attr-defined]
    return door


def _sign_in(request: HttpRequest) -> HttpResponseBase:
    """Redirect a read to the sign-in page; refuse a write with 403."""
    if request.method in SAFE:
        return redirect_to_login(request.get_full_path())
    raise PermissionDenied(gettext("Only members may do this: sign in first."))
