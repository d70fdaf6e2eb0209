"""The session of a guardian: a signed cookie of `/family/` alone, never a user of the console."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import wraps
from typing import Any, Final
from urllib.parse import urlencode

from django.conf import settings
from django.core import signing
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme

from shinrai.accounts.pages.guards import MemberRequest
from shinrai.accounts.queries import WorkspaceRecord, workspace_numbered
from shinrai.family.queries.guardians import GuardianRecord, guardian_numbered

COOKIE: Final = "shinrai_family"
PATH: Final = "/family/"
LIFE: Final = timedelta(hours=12)
NEXT: Final = re.compile(r"/family/(?!in/|out/)(?:[\w-]+/)+(?:\?[\w=&-]*)?", re.ASCII)
SALT: Final = "family session"


@dataclass(frozen=True)
class Visit:
    """A guardian who came in, and the workspace whose pages they read."""

    guardian: GuardianRecord
    workspace: WorkspaceRecord

    @property
    def by(self) -> str:
        """Return who reads, as the audit records it."""
        return f"guardian:{self.guardian.id}"


class GuardianRequest(MemberRequest):
    """A request as pages of guardians get it."""

    visit: Visit


def begin_visit(answer: HttpResponseBase, guardian: GuardianRecord, request: Any) -> None:
    """Give the browser of a guardian the cookie of their session."""
    ends = int((request.at + LIFE).timestamp())
    answer.set_cookie(
        COOKIE,
        signing.dumps([guardian.workspace, guardian.id, ends], salt=SALT),
        max_age=int(LIFE.total_seconds()),
        path=PATH,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def end_visit(answer: HttpResponseBase) -> None:
    """Take the cookie away."""
    answer.delete_cookie(COOKIE, path=PATH, samesite="Lax")


def visit_of(request: Any) -> Visit | None:
    """Return who came in, if their session has not ended and they were not erased."""
    try:
        workspace, number, ends = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    if request.at.timestamp() >= ends:
        return None
    found = guardian_numbered(workspace, number)
    return None if found is None else Visit(found, workspace_numbered(workspace))


def next_path(typed: str) -> str:
    """Return where to go on after coming in: a page of guardians, or "" for any other address."""
    is_ours = NEXT.fullmatch(typed) and url_has_allowed_host_and_scheme(typed, allowed_hosts=None)
    return typed if is_ours else ""


def asking_for(onward: str, **found: str) -> str:
    """Return where a guardian asks for a way in, from which they go on to a page."""
    asked = found | ({"next": onward} if onward else {})
    return reverse("family") + (f"?{urlencode(asked)}" if asked else "")


def guardians_only(page: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Let in guardians with a session; others are asked for their address.

    The page is in the guardian's language, unless they chose another one.
    """

    @wraps(page)
    def door(request: HttpRequest, *args: Any, **named: Any) -> HttpResponseBase:
        visit = visit_of(request)
        if visit is None:
            return redirect(asking_for(next_path(request.get_full_path())))
        request.visit = visit  # type: ignore[attr-defined]
        request.workspace, request.member = visit.workspace, None  # type: ignore[attr-defined]
        # a switch of language sets its cookie, which counts more than what the product told us
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
        with translation.override(chosen or visit.guardian.language):
            return page(request, *args, **named)

    return door
