"""The address of assistants, and the two documents by which they find out how to be let in.

Nothing is kept between requests: what a handshake told is in the signed session id it answered.
"""

import json
from typing import Any, Final
from urllib.parse import urlsplit

from allauth.idp.oidc import app_settings as provider
from django.core import signing
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from shinrai.accounts.endpoints import refuse_over_limit
from shinrai.accounts.pages.guards import open_to_all
from shinrai.accounts.queries import workspace_numbered
from shinrai.api.frame import NO_KEY
from shinrai.api.problems import Problem, problem_answer
from shinrai.api.rate_limit import rate_headers
from shinrai.assistants.endpoints.protocol import answer_message
from shinrai.assistants.endpoints.tools import ToolCaller
from shinrai.assistants.queries import ADDRESS, GRANT_TYPES, SCOPE, Bearer, bearer
from shinrai.assistants.rules.messages import (
    STATUSES,
    UNNAMED,
    UNREADABLE,
    MessageCall,
    MessageRefused,
    error_answer,
    read_message,
)

SESSION: Final = "Mcp-Session-Id"
SALT: Final = "shinrai.assistants"


@csrf_exempt  # no cookie is looked at
@require_POST
@open_to_all  # but to nobody without a key or a token
def mcp(request: HttpRequest) -> HttpResponse:
    """Answer one message of an assistant."""
    try:
        speaks_for = _bearer(request)
    except Problem as problem:
        return problem_answer(request, problem)
    try:
        call = read_message(_body(request), request.headers)
    except MessageRefused as refused:
        return _sent(request, error_answer(refused))
    name = speaks_for.assistant or call.assistant or _named_before(request) or UNNAMED
    there = workspace_numbered(speaks_for.member.workspace_id)
    at = request.at  # type: ignore[attr-defined]
    answer = answer_message(call, ToolCaller(there, speaks_for.member, name, at))
    if answer is None:
        return HttpResponse(status=202)
    return _sent(request, answer, call)


@require_safe
@open_to_all
def protected_resource(request: HttpRequest) -> JsonResponse:
    """Say who lets assistants in (RFC 9728)."""
    return JsonResponse(
        {
            "resource": _here(request, ADDRESS),
            "authorization_servers": [_here(request)],
            "scopes_supported": [SCOPE],
            "bearer_methods_supported": ["header"],
            "resource_name": "Shinrai",
        }
    )


@require_safe
@open_to_all
def authorization_server(request: HttpRequest) -> JsonResponse:
    """Say how an assistant registers and asks a member for consent (RFC 8414)."""
    places = {
        "authorization_endpoint": "authorization",
        "token_endpoint": "token",
        "registration_endpoint": "client_registration",
        "revocation_endpoint": "revoke",
    }
    return JsonResponse(
        {
            "issuer": _here(request),
            **{
                name: request.build_absolute_uri(reverse(f"idp:oidc:{place}"))
                for name, place in places.items()
            },
            "response_types_supported": ["code"],
            "grant_types_supported": GRANT_TYPES,
            "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": provider.AUTH_METHODS,
            "scopes_supported": [SCOPE],
        }
    )


def _bearer(request: HttpRequest) -> Bearer:
    """Return whom a request speaks for, after counting it. Raises: Problem."""
    origin = request.headers.get("Origin")
    if origin and urlsplit(origin).netloc != request.get_host():
        raise Problem(403)  # a page elsewhere, in the browser of somebody
    kind, _, secret = request.headers.get("Authorization", "").partition(" ")
    found = None
    if kind.lower() == "bearer" and secret.strip():
        found = bearer(secret.strip(), resource=_here(request, ADDRESS))
    if found is None:
        where = _here(request, f".well-known/oauth-protected-resource/{ADDRESS}")
        told = f'Bearer resource_metadata="{where}", scope="{SCOPE}"'
        told += ', error="invalid_token"' if secret else ""
        raise Problem(401, NO_KEY, headers={"WWW-Authenticate": told})
    refuse_over_limit(request, found.member.key, at=request.at)  # type: ignore[attr-defined]
    return found


def _body(request: HttpRequest) -> Any:
    try:
        return json.loads(request.body)
    except (ValueError, RecursionError) as error:
        raise MessageRefused(UNREADABLE, "the body is not JSON") from error


def _sent(
    request: HttpRequest, answer: dict[str, Any], call: MessageCall | None = None
) -> HttpResponse:
    error = answer.get("error")
    sent = JsonResponse(
        answer,
        status=STATUSES.get(error["code"], 400) if error else 200,
        headers=rate_headers(request),
        json_dumps_params={"ensure_ascii": False},
    )
    if call is not None and call.method == "initialize":
        sent[SESSION] = signing.dumps(call.assistant, salt=SALT)
    return sent


def _named_before(request: HttpRequest) -> str:
    """Return the name that a program gave in its handshake; "" without one, or if it is forged."""
    try:
        return str(signing.loads(request.headers.get(SESSION, ""), salt=SALT))
    except signing.BadSignature:
        return ""


def _here(request: HttpRequest, address: str = "") -> str:
    return request.build_absolute_uri(f"/{address}").rstrip("/")
