"""Pages of members: who they are, taking back what they may do, and who saw and did what."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from shinrai.accounts import queries
from shinrai.accounts.operations.members import LastOwner, end_membership, withdraw_role
from shinrai.accounts.operations.sign_in_links import revoke_links
from shinrai.accounts.pages.guards import MemberRequest, author_of, writers_only
from shinrai.accounts.queries import MemberRecord
from shinrai.accounts.rules.permission import Permission
from shinrai.accounts.rules.role import Role, UnknownRole, read_role
from shinrai.console.refusals import reader_words

ON_A_PAGE = 100


@dataclass(frozen=True)
class MemberRow:
    """A member as the list shows them, with the links they could still sign in by."""

    member: MemberRecord
    roles: tuple[Role, ...]
    links: int


@require_safe
@writers_only(Permission.MANAGE_MEMBERS)
def members(request: MemberRequest) -> HttpResponse:
    """List who signs in here, those who left last; staff known from imports are only counted."""
    found = queries.members(workspace_id=request.workspace.id)
    links = queries.open_links(workspace_id=request.workspace.id, at=request.at)
    rows = [
        MemberRow(one, tuple(role for role in Role if role in one.roles), links.get(one.id, 0))
        for one in sorted(found, key=lambda one: (one.has_left, one.id))
        if one.email is not None
    ]
    context = {"rows": rows, "imported": len(found) - len(rows)}
    return render(request, "accounts/members.html", context)


@require_POST
@writers_only(Permission.MANAGE_MEMBERS)
def change(request: MemberRequest, number: int) -> HttpResponse:
    """Take a role, the open links or the membership from somebody."""
    found = queries.members(workspace_id=request.workspace.id)
    member = next((one for one in found if one.id == number and one.email is not None), None)
    if member is None:
        raise Http404
    what, at, by = request.POST.get("what", ""), request.at, author_of(request)
    try:
        if what == "role":
            role = read_role(request.POST.get("role", ""))
            withdraw_role(member_id=number, role=role, at=at, by=by)
            said = gettext("The role is taken back.")
        elif what == "links":
            user_id = queries.user_id_of(email=member.email or "")
            revoke_links(user_id=user_id, workspace_id=request.workspace.id, at=at, by=by)
            said = gettext("No link signs them in any more.")
        elif what == "membership":
            end_membership(member_id=number, at=at, by=by)
            said = gettext("The membership has ended.")
        else:
            raise Http404
    except (LastOwner, UnknownRole) as error:
        messages.error(request, reader_words(error))
    else:
        messages.success(request, said)
    return redirect("members", request.workspace.slug)


@require_safe
@writers_only(Permission.AUDIT)
def audit(request: MemberRequest) -> HttpResponse:
    """List who saw and did what, newest first."""
    asked = request.GET.get("page", "")
    page = max(int(asked), 1) if asked.isascii() and asked.isdigit() and len(asked) < 7 else 1
    found = queries.audit(
        workspace_id=request.workspace.id, limit=ON_A_PAGE + 1, skip=(page - 1) * ON_A_PAGE
    )
    names = {
        one.key: one.display_name for one in queries.members(workspace_id=request.workspace.id)
    }
    context = {
        "rows": [
            (one, names.get(one.by, one.by), names.get(one.subject, one.subject))
            for one in found[:ON_A_PAGE]
        ],
        "before": page - 1,
        "after": page + 1 if len(found) > ON_A_PAGE else None,
    }
    return render(request, "accounts/audit.html", context)
