"""Pages of a workspace's settings, which is its time zone."""

from zoneinfo import available_timezones

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from shinrai.accounts.operations.workspaces import change_zone
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


def _settings(
    request: MemberRequest, *, asked: str, wrong: str = "", status: int = 200
) -> HttpResponse:
    context = {
        "asked": asked,
        "wrong": wrong,
        "zones": sorted(available_timezones()),
        "may_set": may(request.member, Permission.PROMISE),
    }
    return render(request, "accounts/settings.html", context, status=status)
