"""Pages that open workspaces: the first with its owner, by a one-time link, and further ones."""

import os.path
from typing import Any
from zoneinfo import available_timezones

from allauth.account.utils import perform_login
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from shinrai.accounts.models import User
from shinrai.accounts.operations.first_start import (
    AlreadyStarted,
    BadPassword,
    NewOwner,
    NewWorkspace,
    check_first_start,
    open_first_workspace,
    open_further_workspace,
)
from shinrai.accounts.operations.workspaces import WorkspaceExists
from shinrai.accounts.pages.guards import MemberRequest, open_to_all, writers_only
from shinrai.accounts.rules.invitation import BadEmail
from shinrai.accounts.rules.permission import Permission
from shinrai.accounts.rules.workspace import LANGUAGES, BadWorkspace, likely_zone
from shinrai.console.reader import reader_language, reader_text
from shinrai.units.errors import UserError

FIELDS = ("name", "slug", "zone", "language", "owner", "email")
LONGEST_NAME = 200
WRONG = (BadWorkspace, WorkspaceExists, BadEmail, BadPassword)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@sensitive_post_parameters("password")
@open_to_all
def first_start(request: MemberRequest, token: str) -> HttpResponseBase:
    """Open the first workspace of an empty installation, and sign its owner in."""
    try:
        check_first_start(token, at=request.at)
    except AlreadyStarted:
        return render(request, "accounts/already_started.html", status=410)
    if request.method != "POST":
        return _form(request, is_first=True)
    asked = _asked(request)
    owner = NewOwner(asked["owner"], asked["email"], request.POST.get("password", ""))
    try:
        opened, user_id = open_first_workspace(
            token=token, workspace=_workspace(asked), owner=owner, at=request.at
        )
    except AlreadyStarted:
        return render(request, "accounts/already_started.html", status=410)
    except WRONG as error:
        return _form(request, is_first=True, error=error)
    after = reverse("overview", args=[opened.slug])
    if not owner.password:
        messages.success(request, _without_password(owner.email))
    signed_in = perform_login(request, User.objects.get(pk=user_id), redirect_url=after)
    answer: HttpResponseBase = signed_in or redirect(after)
    answer.set_cookie(settings.LANGUAGE_COOKIE_NAME, opened.language, samesite="Lax")
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
@writers_only(Permission.OPEN_WORKSPACE)
def new_workspace(request: MemberRequest) -> HttpResponseBase:
    """Open a workspace beside this one, owned by whoever opens it."""
    assert request.member is not None  # or the guard refuses
    if request.method != "POST":
        return _form(request, is_first=False)
    try:
        opened = open_further_workspace(
            beside=request.workspace.id,
            workspace=_workspace(_asked(request)),
            owner=request.member,
            at=request.at,
        )
    except WRONG as error:
        return _form(request, is_first=False, error=error)
    messages.success(request, gettext("The workspace is open, and you own it."))
    return redirect("overview", opened.slug)


def _asked(request: MemberRequest) -> dict[str, str]:
    typed = {name: request.POST.get(name, "").replace("\x00", "").strip() for name in FIELDS}
    return typed | {"owner": typed["owner"][:LONGEST_NAME]}


def _workspace(asked: dict[str, str]) -> NewWorkspace:
    return NewWorkspace(asked["name"], asked["slug"], asked["zone"], asked["language"])


def _form(
    request: MemberRequest, *, is_first: bool, error: UserError | None = None
) -> HttpResponse:
    """Show the form: with what was typed and what is wrong with it, or with good guesses."""
    if error is not None:
        asked = _asked(request)
    elif is_first:
        language = reader_language()
        asked = {"language": language, "zone": likely_zone(_machine_zone(), language)}
    else:
        asked = {"language": request.workspace.language, "zone": request.workspace.zone}
    context: dict[str, Any] = {
        "asked": asked,
        "is_first": is_first,
        "is_guessed": is_first and error is None,
        "wrong": reader_text(error.text) if error else "",
        "zones": sorted(available_timezones()),
        "languages": LANGUAGES,
    }
    status = 422 if error else 200
    return render(request, "accounts/new_workspace.html", context, status=status)


def _machine_zone() -> str:
    """Return the time zone of this machine, as its link names it; "" if it has none."""
    return os.path.realpath("/etc/localtime").partition("zoneinfo/")[2]


def _without_password(email: str) -> str:
    said = gettext(
        "You have no password. Set one under “Password”, or come in again by a link: "
        "shinrai accounts link %(email)s"
    )
    return said % {"email": email}
