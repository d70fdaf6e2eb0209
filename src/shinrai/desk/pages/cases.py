"""The overview of a workspace."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from shinrai.accounts.operations.audit import record_view
from shinrai.accounts.pages.guards import MemberRequest, author_of, members_only
from shinrai.desk.queries.overview import overview_of
from shinrai.objectives.pages import the_warehouse


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
