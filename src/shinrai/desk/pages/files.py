"""Files of a case: those that a form sends, and the download of one."""

from django.http import Http404, HttpResponse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from shinrai.accounts.operations.audit import record_view
from shinrai.accounts.pages.guards import MemberRequest, author_of, writers_only
from shinrai.accounts.rules.permission import Permission
from shinrai.desk.queries.files import file_content
from shinrai.desk.rules.files import MOST_A_STEP, MOST_BYTES, NewFile
from shinrai.ledger.queries import CaseHead, case_heads


def new_files(request: MemberRequest) -> tuple[NewFile, ...]:
    """Return the files that came with a form; one more than a step takes is read, not all."""
    sent = request.FILES.getlist("files")[: MOST_A_STEP + 1]
    # What is too large is refused by its first bytes; the rest of it is not read into memory.
    return tuple(NewFile(file.name or "", file.read(MOST_BYTES + 1)) for file in sent)


@require_safe
@writers_only(Permission.READ)  # members alone, in simulated workspaces too: no file is invented
def case_file(request: MemberRequest, case_id: int, file_id: int) -> HttpResponse:
    """Send a file of a case."""
    head = case_heads([case_id]).get(case_id)
    if head is None or head.workspace_id != request.workspace.id:
        raise Http404
    return sent_file(request, head, file_id)


def sent_file(request: MemberRequest, head: CaseHead, file_id: int) -> HttpResponse:
    """Send a file so that nothing in it can act in the reader's browser, and record that.

    Raises: Http404.
    """
    found = file_content(case_id=head.id, file_id=file_id)
    if found is None:
        raise Http404
    record_view(
        workspace_id=head.workspace_id,
        what="file of a case",
        subject=f"{head.record}:{head.id} file:{file_id}",
        at=request.at,
        by=author_of(request),
        shown=[head.id],
    )
    is_image = found.media_type.startswith("image/")
    response = HttpResponse(found.content, content_type=found.media_type)
    disposition = content_disposition_header(not is_image, found.name)
    response["Content-Disposition"] = disposition or "attachment"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["X-Content-Type-Options"] = "nosniff"
    return response
