"""Signing in by the organisation's identity provider (OpenID Connect): invited people only.

The mail address which the provider verified must be one that somebody invited. Nothing of the
provider is stored: neither tokens, nor claims, nor a link between accounts.
"""

from collections.abc import Callable
from importlib import import_module
from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from shinrai.accounts.pages.guards import open_to_all

# What a provider that is out of reach, or answers with something else than it should, leads to.
# The errors of its HTTP client are OSErrors.
UNREADABLE = (OSError, LookupError, TypeError, ValueError)


class InvitedByProvider(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Lets in whom a workspace invited, by the mail address that the provider verified."""

    def list_providers(self, request: HttpRequest) -> list[Any]:
        # allauth would look for more of them in the database
        return super().list_providers(request) if settings.SOCIALACCOUNT_PROVIDERS else []

    def can_authenticate_by_email(self, login: Any, email: str) -> bool:
        # some providers write "false", which allauth would take for true
        return any(
            one.email == email and one.verified in (True, "true") for one in login.email_addresses
        )

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        if sociallogin.state.get("process") != "login":  # accounts are not connected for good
            raise _refused(request, "failed")

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        told = [one.email for one in sociallogin.email_addresses]
        known = any(self.can_authenticate_by_email(sociallogin, email) for email in told)
        raise _refused(request, "not_invited" if known else "unverified", email=", ".join(told))

    def on_authentication_error(
        self, request: HttpRequest, provider: Any, error: str = "", **_more: Any
    ) -> None:
        raise _refused(request, "cancelled" if error == "cancelled" else "failed")


@require_safe
@never_cache
@open_to_all
def to_provider(request: HttpRequest, provider_id: str) -> HttpResponseBase:
    """Send the reader to the provider, who sends them back to `from_provider`."""
    return _answer(request, provider_id, lambda views: views.login)


@require_safe
@never_cache
@open_to_all
def from_provider(request: HttpRequest, provider_id: str) -> HttpResponseBase:
    """Sign in whom the provider names, or say why not."""
    return _answer(request, provider_id, lambda views: views.callback)


def _answer(
    request: HttpRequest, provider_id: str, chosen: Callable[[Any], Any]
) -> HttpResponseBase:
    if not settings.SOCIALACCOUNT_PROVIDERS:
        raise Http404
    # loads an HTTP client, which nobody needs without a provider
    views = import_module("allauth.socialaccount.providers.openid_connect.views")
    try:
        answer: HttpResponseBase = chosen(views)(request, provider_id=provider_id)
    except UNREADABLE:
        answer = _refused(request, "failed").response
    return answer


def _refused(request: HttpRequest, why: str, *, email: str = "") -> Any:
    [app] = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"]
    context = {"why": why, "email": email, "provider": app["name"]}
    status = 502 if why == "failed" else 403
    response: HttpResponse = render(request, "accounts/not_let_in.html", context, status=status)
    return ImmediateHttpResponse(response)
