"""Pages of a workspace's settings, such as its time zone and the names to mask."""

from zoneinfo import available_timezones

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from shinrai.accounts.operations.audit import record_view
from shinrai.accounts.operations.workspaces import change_masked_names, change_zone
from shinrai.accounts.pages.guards import (
    MemberRequest,
    author_of,
    members_only,
    writers_only,
)
from shinrai.accounts.queries import may
from shinrai.accounts.rules.permission import Permission
from shinrai.accounts.rules.workspace import BadWorkspace
from shinrai.console.reader import reader_text
from shinrai.privacy.operations import masked_names as kept_names
from shinrai.privacy.rules.names import BadNames, read_names


@require_safe
@members_only
def settings(request: MemberRequest) -> HttpResponse:
    """Show the settings of a workspace: the time zone in which its days are counted."""
    return _settings(request, asked=request.workspace.zone)


@require_POST
@writers_only(Permission.PROMISE)
def zone(request: MemberRequest) -> HttpResponse:
    """Set the time zone; a worker computes the figures again at once."""
    asked = request.POST.get("zone", "").strip()
    try:
        is_changed = change_zone(
            workspace_id=request.workspace.id, zone=asked, at=request.at, by=author_of(request)
        )
    except BadWorkspace as error:
        return _settings(request, asked=asked, wrong=reader_text(error.text), status=422)
    told = (
        gettext("Days are counted in %(zone)s now; the figures follow within a minute.")
        if is_changed
        else gettext("Days are counted in %(zone)s.")
    )
    messages.success(request, told % {"zone": asked})
    return redirect("settings", request.workspace.slug)


@require_http_methods(["GET", "HEAD", "POST"])
@writers_only(Permission.PROMISE)
def masked_names(request: MemberRequest) -> HttpResponse:
    """Show the names that texts are shown without, and set them; both are audited."""
    there, at, by = request.workspace.id, request.at, author_of(request)
    if request.method == "POST":
        typed = request.POST.get("names", "")
        try:
            names = read_names(typed)
        except BadNames as error:
            context = {"typed": typed, "wrong": reader_text(error.text)}
            return render(request, "accounts/masked_names.html", context, status=422)
        change_masked_names(workspace_id=there, names=names, at=at, by=by)
        messages.success(request, gettext("The names are masked from now on."))
        return redirect("masked_names", request.workspace.slug)
    record_view(workspace_id=there, what="masked names", subject=f"workspace:{there}", at=at, by=by)
    typed = "\n".join(kept_names(workspace_id=there))
    return render(request, "accounts/masked_names.html", {"typed": typed})


def _settings(
    request: MemberRequest, *, asked: str, wrong: str = "", status: int = 200
) -> HttpResponse:
    context = {
        "asked": asked,
        "wrong": wrong,
        "zones": sorted(available_timezones()),
        "may_set": may(request.member, Permission.PROMISE),
        "may_erase": may(request.member, Permission.ERASE),
        "may_audit": may(request.member, Permission.AUDIT),
    }
    return render(request, "accounts/settings.html", context, status=status)
