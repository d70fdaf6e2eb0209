"""The page of assistants: how to connect one, which may read, what they were shown."""

import json
from dataclasses import replace
from typing import Any, Final

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from shinrai.accounts.pages.audit import AUDIT, audit_source
from shinrai.accounts.pages.guards import MemberRequest, author_of, writers_only
from shinrai.accounts.pages.lists import recorded_list
from shinrai.accounts.queries import may
from shinrai.accounts.rules.audit import ASSISTANT, AuditSearch
from shinrai.accounts.rules.permission import Permission
from shinrai.assistants.operations import end_access
from shinrai.assistants.queries import ADDRESS, GrantRecord, UnknownGrant, grants
from shinrai.assistants.rules.tools import TOOL_WORDS
from shinrai.console.lists import ListPage

CALLS: Final = replace(AUDIT, name="assistant-calls", a_page=20)


@require_safe
@writers_only(Permission.READ)
def assistants(request: MemberRequest) -> HttpResponseBase:
    """Show how an assistant is connected; leads see the calls of all, others those for them."""
    sees_all = may(request.member, Permission.AUDIT)
    asked = AuditSearch(what=f"{ASSISTANT} ", by="" if sees_all else author_of(request))
    page = recorded_list(request, CALLS, audit_source(request.workspace.id, asked))
    if not isinstance(page, ListPage):
        return page
    address = f"{settings.SHINRAI_ADDRESS}/{ADDRESS}"
    server: dict[str, Any] = {"type": "http", "url": address}
    key = {"headers": {"Authorization": "Bearer ${SHINRAI_API_KEY}"}}
    command: dict[str, Any] = {
        "command": "shinrai",
        "args": ["mcp", "--workspace", request.workspace.slug],
    }
    context = {
        "list": page,
        "sees_all": sees_all,
        "address": address,
        "by_consent": _config(server),
        "by_key": _config(server | key),
        "by_command": _config(command),
        "tools": TOOL_WORDS.items(),
        "grants": _grants(request),
    }
    return render(request, "assistants/assistants.html", context)


@require_POST
@writers_only(Permission.READ)
def access_ends(request: MemberRequest, number: int) -> HttpResponse:
    """End the access of an assistant: one's own, or as an owner anybody's."""
    grant = next((one for one in _grants(request) if one.number == number), None)
    if grant is None:
        raise Http404
    try:
        end_access(grant, at=request.at, by=author_of(request))
    except UnknownGrant as error:
        raise Http404 from error
    said = gettext("“%(name)s” reads nothing any more.") % {"name": grant.assistant}
    messages.success(request, said)
    return redirect("assistants", request.workspace.slug)


def _grants(request: MemberRequest) -> list[GrantRecord]:
    found = grants(workspace_id=request.workspace.id)
    if may(request.member, Permission.MANAGE_MEMBERS):
        return list(found)
    return [one for one in found if one.member.key == author_of(request)]


def _config(server: dict[str, Any]) -> str:
    return json.dumps({"mcpServers": {"shinrai": server}}, indent=2)
