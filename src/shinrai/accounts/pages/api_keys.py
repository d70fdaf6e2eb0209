"""The page of API keys: what there is, make one, whose secret is shown once, and revoke one."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from shinrai.accounts import queries
from shinrai.accounts.operations.api_keys import MOST_LABEL, make_key, revoke_key
from shinrai.accounts.pages.guards import MemberRequest, author_of, writers_only
from shinrai.accounts.pages.lists import recorded_list
from shinrai.accounts.queries import KeyRecord
from shinrai.accounts.rules.permission import Permission
from shinrai.accounts.rules.role import Role
from shinrai.accounts.rules.scope import SCOPE_WORDS, Scope
from shinrai.console.lists import ListColumn, ListPage, ListSpec, memory_source
from shinrai.console.reader import reader_text

KEYS = ListSpec[KeyRecord](
    name="api-keys",
    columns=(
        ListColumn("name", _("Name"), lambda row: row.member.display_name, is_sortable=True),
        ListColumn("role", _("Role"), lambda row: " ".join(row.member.roles)),
        ListColumn("scope", _("It may"), lambda row: row.scope),
        ListColumn("made", _("Made"), lambda row: row.made_at, is_sortable=True),
        ListColumn("revoked", _("Revoked"), lambda row: row.is_revoked, is_shown=False),
        ListColumn("change", _("Change")),
    ),
    row="accounts/_api_key.html",
    usual="-made",
    classes="cards",
)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@writers_only(Permission.MANAGE_MEMBERS)
def api_keys(request: MemberRequest) -> HttpResponseBase:
    """List the keys; a form makes one and shows its secret, this once."""
    asked = {name: request.POST.get(name, "") for name in ("label", "role", "scope")}
    context = {
        "asked": asked,
        "roles": tuple(Role),
        "scopes": [(scope, reader_text(words)) for scope, words in SCOPE_WORDS.items()],
        "most_label": MOST_LABEL,
    }
    status = 200
    if request.method == "POST":
        if asked["role"] in set(Role) and asked["scope"] in set(Scope) and asked["label"].strip():
            context["made"] = make_key(
                workspace_id=request.workspace.id,
                role=Role(asked["role"]),
                scope=Scope(asked["scope"]),
                label=asked["label"],
                at=request.at,
                by=author_of(request),
            )
        else:
            context["wrong"], status = gettext("Give it a name, a role, and what it may do."), 422
    rows = queries.api_keys(workspace_id=request.workspace.id)
    page = recorded_list(request, KEYS, memory_source(rows, KEYS))
    if not isinstance(page, ListPage):
        return page
    return render(request, "accounts/api_keys.html", context | {"list": page}, status=status)


@require_POST
@writers_only(Permission.MANAGE_MEMBERS)
def revocation(request: MemberRequest, number: int) -> HttpResponse:
    """Revoke a key: from now on nothing is answered to it."""
    there = request.workspace
    try:
        key = revoke_key(workspace_id=there.id, number=number, at=request.at, by=author_of(request))
    except queries.UnknownApiKey as error:
        raise Http404 from error
    said = gettext("The key “%(name)s” is revoked.") % {"name": key.member.display_name}
    messages.success(request, said)
    return redirect("api_keys", there.slug)
