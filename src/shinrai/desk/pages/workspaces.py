"""Where a reader's day begins: the list of their workspaces, and the overview of one."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_safe

from shinrai.accounts.operations.audit import record_view
from shinrai.accounts.pages.guards import (
    LAST_WORKSPACE,
    MemberRequest,
    author_of,
    members_only,
    open_to_all,
)
from shinrai.accounts.queries import has_workspaces, opening_workspace
from shinrai.desk.queries.overview import overview_of
from shinrai.desk.queries.workspaces import WorkspaceSummary, workspace_summaries
from shinrai.desk.rules.first_screen import place_to_go_on
from shinrai.objectives.pages import the_warehouse


@require_safe
@open_to_all
def workspaces(request: Any) -> HttpResponse:
    """Open the first screen of the only workspace, or of the last visited one; else list them.

    With `?all` they are listed always.
    """
    found = workspace_summaries(user_id=request.user.pk, at=request.at)
    screens = {place.workspace.slug: _address(place) for place in found}
    mine = [place.workspace.slug for place in found if place.is_mine]
    chosen = place_to_go_on(tuple(screens), mine, request.COOKIES.get(LAST_WORKSPACE, ""))
    if chosen is not None and "all" not in request.GET:
        return redirect(screens[chosen])
    context = {
        "places": found,
        "placed": [(place, screens[place.workspace.slug]) for place in found],
        "beside": opening_workspace(user_id=request.user.pk),
        "is_started": bool(found) or has_workspaces(),
    }
    return render(request, "desk/workspaces.html", context)


@require_safe
@members_only
def overview(request: MemberRequest) -> HttpResponse:
    """Show what is late and due next, what is left of every budget, and past weeks."""
    found = overview_of(workspace=request.workspace, at=request.at, warehouse=the_warehouse())
    if request.member is not None:
        record_view(
            workspace_id=request.workspace.id,
            what="titles on the overview",
            subject=f"workspace:{request.workspace.id}",
            at=request.at,
            by=author_of(request),
            shown=[row.case_id for row in found.queue.rows],
        )
    return render(request, "desk/overview.html", {"found": found})


def _address(place: WorkspaceSummary) -> str:
    slug = place.workspace.slug
    try:
        return reverse(place.first_screen, args=[slug])
    except NoReverseMatch:  # this installation has no inbox of the third line
        return reverse("board", args=[slug])
