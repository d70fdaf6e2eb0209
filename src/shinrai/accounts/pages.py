"""Pages of accounts: which workspaces there are, and signing in by a one-time link."""

from zoneinfo import available_timezones

from allauth.account.utils import perform_login
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from shinrai.accounts import operations
from shinrai.accounts.guards import (
    MemberRequest,
    by_of,
    members_only,
    open_to_all,
    writers_only,
)
from shinrai.accounts.models import User
from shinrai.accounts.queries import may
from shinrai.accounts.rules import BadWorkspace, Deed
from shinrai.console.refusals import reader_words


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@open_to_all
def sign_in_link(request: MemberRequest, token: str) -> HttpResponseBase:
    """Sign somebody in by their one-time link.

    Reading the page spends nothing, since mail programs and chats look at links beforehand;
    pressing its button does.
    """
    after = _inside(request)
    if request.method != "POST":
        return render(request, "accounts/link.html", {"after": after, "spent": False})
    try:
        user_id = operations.use_link(token=token, at=request.at)
    except operations.LinkSpent:
        return render(request, "accounts/link.html", {"after": after, "spent": True}, status=410)
    user = User.objects.get(pk=user_id)
    if not after and not user.has_usable_password():
        after = reverse("account_set_password")
    # allauth's own way in, so that a second factor is asked for here too
    answer: HttpResponseBase = perform_login(request, user, redirect_url=after or "/")
    return answer or redirect(after or "/")


@require_safe
@open_to_all
def forgotten(request: HttpRequest) -> HttpResponse:
    """Say who helps with a forgotten password: no mail is sent, so none is promised."""
    return render(request, "accounts/forgotten.html")


@require_safe
@members_only
def settings(request: MemberRequest) -> HttpResponse:
    """Show what a workspace is set to: the time zone its days are counted in."""
    return _settings(request, asked=request.workspace.zone)


@require_POST
@writers_only(Deed.PROMISE)
def zone(request: MemberRequest) -> HttpResponse:
    """Set the time zone; the worker computes the figures again at once."""
    asked = request.POST.get("zone", "").strip()
    try:
        is_changed = operations.change_zone(
            workspace_id=request.workspace.id, zone=asked, at=request.at, by=by_of(request)
        )
    except BadWorkspace as error:
        return _settings(request, asked=asked, wrong=reader_words(error), status=422)
    told = (
        gettext("Days are counted in %(zone)s now; the figures follow within a minute.")
        if is_changed
        else gettext("Days are counted in %(zone)s.")
    )
    messages.success(request, told % {"zone": asked})
    return redirect("settings", request.workspace.slug)


def _settings(
    request: MemberRequest, *, asked: str, wrong: str = "", status: int = 200
) -> HttpResponse:
    context = {
        "asked": asked,
        "wrong": wrong,
        "zones": sorted(available_timezones()),
        "may_set": may(request.member, Deed.PROMISE),
    }
    return render(request, "accounts/settings.html", context, status=status)


def _inside(request: HttpRequest) -> str:
    """Give the address to go to afterwards, unless it leads out of our house."""
    after = request.GET.get("next", "") or request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(
        after, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return after if is_ours else ""
