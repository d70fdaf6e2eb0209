"""Pages of signing in: the one-time link, and help with a forgotten password."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.utils import perform_login
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from shinrai.accounts.models import User
from shinrai.accounts.operations.sign_in_links import LinkSpent, use_link
from shinrai.accounts.pages.guards import (
    MemberRequest,
    open_to_all,
)


class InvitedOnly(DefaultAccountAdapter):  # type: ignore[misc]
    """Turns off public sign-up: accounts are made with `shinrai accounts add`."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@open_to_all
def sign_in_link(request: MemberRequest, token: str) -> HttpResponseBase:
    """Sign a person in by their one-time link.

    Opening the page does not use the link, as mail programs and chats open links in advance;
    pressing its button does.
    """
    after = _inside(request)
    if request.method != "POST":
        return render(request, "accounts/link.html", {"after": after, "spent": False})
    try:
        user_id = use_link(token=token, at=request.at)
    except LinkSpent:
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
    """Show whom to ask about a forgotten password; no mail is sent."""
    return render(request, "accounts/forgotten.html")


def _inside(request: HttpRequest) -> str:
    """Return the URL to redirect to after signing in, or "" if it is on another site."""
    after = request.GET.get("next", "") or request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(
        after, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return after if is_ours else ""
