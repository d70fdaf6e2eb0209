"""Consent: an assistant asks to read, and a member says where, or refuses.

Registration, codes and tokens are allauth's; what they may ask for is narrowed here to reading.
"""

import secrets
from typing import Any

from allauth.idp.oidc.adapter import DefaultOIDCAdapter
from allauth.idp.oidc.models import Client, Token
from allauth.idp.oidc.views import AuthorizationView
from django.core.exceptions import ValidationError
from django.http import HttpResponse

from shinrai.accounts.pages.guards import open_to_all
from shinrai.accounts.queries import may, memberships_of, workspaces
from shinrai.accounts.rules.permission import Permission
from shinrai.assistants.operations import let_read
from shinrai.assistants.queries import GRANT_TYPES, SCOPE
from shinrai.assistants.rules.messages import UNNAMED, name_of
from shinrai.assistants.rules.redirects import are_redirects_allowed, redirect_source


class ReadOnlyProvider(DefaultOIDCAdapter):  # type: ignore[misc]
    """Registers assistants that may ask to read, and for nothing else."""

    scope_display = {SCOPE: SCOPE}  # noqa: RUF012

    def generate_client_secret(self) -> str:
        """Return a secret that is the same whether or not its sender escapes it, as RFCs ask."""
        return secrets.token_urlsafe(32)

    def validate_client_registration(
        self,
        *,
        client: Client,
        client_metadata: dict[str, Any],
        token: Token | None,
        bearer_token: str | None,
        **kwargs: Any,
    ) -> None:
        """Narrow a registration. Raises: ValidationError for addresses that we lead nobody to."""
        if not are_redirects_allowed(client.get_redirect_uris()):
            raise ValidationError("redirect_uris: https, this machine, or an editor's own scheme")
        client.name = name_of(client.name)
        client.set_scopes([SCOPE])
        client.set_default_scopes([SCOPE])
        client.set_grant_types(list(GRANT_TYPES))
        client.set_response_types(["code"])
        client.data = {"dcr": True}  # the rest of what was sent is kept nowhere


class ConsentView(AuthorizationView):  # type: ignore[misc]
    """Ask a member in which workspace an assistant may read."""

    template_name = "assistants/consent.html"

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        """Let the form lead to the assistant that asks, and nowhere else."""
        answer: HttpResponse = super().dispatch(request, *args, **kwargs)
        asked = getattr(self, "_request_info", None) or {}
        if source := redirect_source(str(asked.get("redirect_uri", ""))):
            answer._csp_update = {"form-action": [source]}  # type: ignore[attr-defined]
        return answer

    def form_valid(self, form: Any) -> HttpResponse:
        """Write down who lets which assistant read where, and send the code."""
        user_id, chosen = self.request.user.pk, self.request.POST.get("workspace", "")
        mine = memberships_of(user_id=user_id)
        member = next((mine.get(one.id) for one in workspaces() if one.slug == chosen), None)
        if member is None or not may(member, Permission.READ):
            return self.form_invalid(form)  # type: ignore[no-any-return]
        client = Client.objects.get(id=self._request_info["client_id"])
        let_read(
            member=member,
            user_id=user_id,
            client=client.id,
            assistant=name_of(client.name) or UNNAMED,
            at=self.request.at,
        )
        answer: HttpResponse = super().form_valid(form)
        return answer

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Return what the page shows: who asks, where it may read, and where it leads back to."""
        mine = memberships_of(user_id=self.request.user.pk)
        places = [one for one in workspaces() if may(mine.get(one.id), Permission.READ)]
        back = redirect_source(str(self._request_info.get("redirect_uri", ""))) or ""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        name = name_of(context["client"].name) or UNNAMED
        return context | {"places": places, "back_to": back, "assistant": name}


consent = open_to_all(ConsentView.as_view())  # who is not signed in, signs in first
