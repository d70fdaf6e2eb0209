"""The earlier cases that are like a case: a page, and the part of the case's page it fills."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from shinrai.accounts.operations.audit import record_view
from shinrai.accounts.pages.guards import MemberRequest, author_of, members_only
from shinrai.desk.queries.similar import similar_cases
from shinrai.ledger.queries import case_heads


@require_safe
@members_only
def similar(request: MemberRequest, case_id: int) -> HttpResponse:
    """Show the answered cases most like a case; htmx asks for the list alone."""
    head = case_heads([case_id]).get(case_id)
    if head is None or head.workspace_id != request.workspace.id:
        raise Http404
    found = similar_cases(workspace_id=head.workspace_id, case_id=case_id, at=request.at)
    if found and request.member is not None:
        record_view(
            workspace_id=head.workspace_id,
            what="titles of similar cases",
            subject=f"{head.record}:{case_id}",
            at=request.at,
            by=author_of(request),
        )
    template = "desk/_similar_cases.html" if request.htmx else "desk/similar.html"
    answer = render(request, template, {"similar": found, "head": head})
    patch_vary_headers(answer, ["HX-Request"])
    return answer
