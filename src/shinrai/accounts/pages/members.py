"""Pages of members: the list, inviting, withdrawing roles, links and memberships."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from shinrai.accounts import queries
from shinrai.accounts.operations.members import (
    LastOwner,
    end_membership,
    invite_colleague,
    withdraw_role,
)
from shinrai.accounts.operations.sign_in_links import revoke_links
from shinrai.accounts.pages.guards import MemberRequest, author_of, writers_only
from shinrai.accounts.pages.lists import recorded_list
from shinrai.accounts.queries import MemberRecord
from shinrai.accounts.rules.invitation import BadEmail
from shinrai.accounts.rules.permission import PERMISSION_WORDS, PERMITTED, Permission
from shinrai.accounts.rules.role import Role, UnknownRole, read_role
from shinrai.console.lists import ListColumn, ListPage, ListSpec, memory_source
from shinrai.console.reader import reader_text


@dataclass(frozen=True)
class MemberRow:
    """A member as the list shows them, with the number of their unused sign-in links."""

    member: MemberRecord
    roles: tuple[Role, ...]
    links: int


MEMBERS = ListSpec[MemberRow](
    name="members",
    columns=(
        ListColumn("name", _("Name"), lambda row: row.member.display_name, is_sortable=True),
        ListColumn("email", _("Mail"), lambda row: row.member.email, is_sortable=True),
        ListColumn("roles", _("Roles"), lambda row: " ".join(role.value for role in row.roles)),
        ListColumn("has_left", _("Left"), lambda row: row.member.has_left, is_shown=False),
        ListColumn("change", _("Change")),
    ),
    row="accounts/_member.html",
    classes="cards",
)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@writers_only(Permission.MANAGE_MEMBERS)
def members(request: MemberRequest) -> HttpResponseBase:
    """List the members who can sign in, and invite somebody; imported staff are only counted.

    Those who left come last. A new sign-in link is shown in the answer to its form, and nowhere
    again.
    """
    asked = {name: request.POST.get(name, "").strip() for name in ("email", "name", "role")}
    context: dict[str, Any] = {"asked": asked, "roles": tuple(Role)}
    context["permissions"] = [
        (reader_text(words), [role in PERMITTED[deed] for role in Role])
        for deed, words in PERMISSION_WORDS.items()
    ]
    if request.method == "POST":
        context |= _invited(request, **asked)
    found = queries.members(workspace_id=request.workspace.id)
    links = queries.open_links(workspace_id=request.workspace.id, at=request.at)
    rows = [
        MemberRow(one, tuple(role for role in Role if role in one.roles), links.get(one.id, 0))
        for one in sorted(found, key=lambda one: (one.has_left, one.id))
        if one.email is not None
    ]
    page = recorded_list(request, MEMBERS, memory_source(rows, MEMBERS))
    if not isinstance(page, ListPage):
        return page
    imported = [one for one in found if one.email is None and one.source != queries.API_KEY]
    context |= {"list": page, "imported": len(imported)}
    status = 422 if context.get("wrong") else 200
    return render(request, "accounts/members.html", context, status=status)


def _invited(request: MemberRequest, *, email: str, name: str, role: str) -> dict[str, Any]:
    """Invite a person; return the link to show, or what is wrong with what was typed."""
    assert request.member is not None  # or the guard refuses
    try:
        invitation = invite_colleague(
            email=email,
            workspace_id=request.workspace.id,
            roles=[read_role(role)] if role else [],
            display_name=name.replace("\x00", "")[:200],
            at=request.at,
            owner=request.member,
        )
    except BadEmail as error:
        return {"wrong": {"email": reader_text(error.text)}}
    except UnknownRole as error:
        return {"wrong": {"role": reader_text(error.text)}}
    if invitation is None:
        return {"let_in": email}
    address = request.build_absolute_uri(reverse("sign_in_link", args=[invitation.token]))
    return {"invitation": invitation, "address": address}


@require_POST
@writers_only(Permission.MANAGE_MEMBERS)
def change(request: MemberRequest, number: int) -> HttpResponse:
    """Withdraw a role, the unused sign-in links or the membership of a member."""
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
        messages.error(request, reader_text(error.text))
    else:
        messages.success(request, said)
    return redirect("members", request.workspace.slug)
