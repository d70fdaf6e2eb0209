"""A case as one Markdown file, to begin with elsewhere."""

from django.http import Http404, HttpResponse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from shinrai.accounts.operations.audit import record_view
from shinrai.accounts.pages.guards import MemberRequest, author_of, members_only
from shinrai.desk.queries.case import NotThereYet
from shinrai.desk.queries.pack import case_pack
from shinrai.ledger.queries import case_heads


@require_safe
@members_only
def pack(request: MemberRequest, case_id: int) -> HttpResponse:
    """Send a case as one Markdown file, its words masked and marked.

    They stay masked while the case is unmasked for its reader: a file is passed on.
    """
    head = case_heads([case_id]).get(case_id)
    if head is None or head.workspace_id != request.workspace.id:
        raise Http404
    try:
        found = case_pack(
            workspace=request.workspace, record=head.record, key=head.source_key, at=request.at
        )
    except NotThereYet as error:
        raise Http404 from error
    if request.member is not None:
        record_view(
            workspace_id=head.workspace_id,
            what="pack of a case",
            subject=f"{head.record}:{case_id}",
            at=request.at,
            by=author_of(request),
            shown=found.shown,
        )
    response = HttpResponse(found.text, content_type="text/markdown; charset=utf-8")
    disposition = content_disposition_header(True, found.name)
    response["Content-Disposition"] = disposition or "attachment"
    return response
