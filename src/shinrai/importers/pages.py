"""Pages of imports: what came in, and taking it back; bringing a sheet in is in `upload.pages`."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from shinrai.accounts.operations.audit import record_view
from shinrai.accounts.pages.guards import MemberRequest, author_of, members_only, writers_only
from shinrai.accounts.queries import may
from shinrai.accounts.rules.permission import Permission
from shinrai.console.refusals import reader_words
from shinrai.importers import queries
from shinrai.importers.paging import MOST_SHOWN, page_of
from shinrai.importers.queries import ImportRecord
from shinrai.importers.reconciliation.cache import reconciliation_in_cache
from shinrai.importers.rules.reconciliation.registry import known_sources
from shinrai.importers.run.errors import RetryLater
from shinrai.importers.run.undo import withdraw_import
from shinrai.ledger.operations.batches import BatchAlreadyWithdrawn, BatchNotComplete
from shinrai.objectives.pages import the_warehouse


@require_safe
@members_only
def imports(request: MemberRequest) -> HttpResponse:
    """List a workspace's imports, newest first."""
    found = queries.imports(workspace_id=request.workspace.id)
    return render(
        request, "importers/imports.html", {"imports": found, "may_import": _may(request)}
    )


@require_safe
@members_only
def one_import(request: MemberRequest, number: int) -> HttpResponse:
    """Show what an import brought, what it set aside, and how to take it back."""
    found = _import(request, number)
    groups = queries.quarantine_groups(batch_id=found.id)
    page = page_of(request.GET.get("page", ""), sum(group.count for group in groups))
    if groups and request.member is not None:
        record_view(
            workspace_id=request.workspace.id,
            what="cells of rows set aside",
            subject=f"import:{found.id}",
            at=request.at,
            by=author_of(request),
        )
    context = {
        "import": found,
        "groups": groups,
        "set_aside": queries.quarantined(batch_id=found.id, limit=MOST_SHOWN, skip=page.skip),
        "page": page,
        "compares": found.state == "complete" and found.source in known_sources(),
        "compared": reconciliation_in_cache(found),
        "may_import": _may(request),
    }
    return render(request, "importers/import.html", context)


@require_POST
@writers_only(Permission.IMPORT)
def withdrawals(request: MemberRequest, number: int) -> HttpResponse:
    """Withdraw an import."""
    found = _import(request, number)
    try:
        undone = withdraw_import(
            batch_id=found.id,
            reason=request.POST.get("reason", "").strip()[:200],
            warehouse=the_warehouse(),
            at=request.at,
            by=author_of(request),
        )
    except (RetryLater, BatchNotComplete, BatchAlreadyWithdrawn) as error:
        messages.error(request, reader_words(error))
    else:
        said = gettext(
            "Import %(n)s is withdrawn; it spoke of %(cases)s cases. Its steps count no more. "
            "To have them back, import the same files again."
        )
        messages.success(request, said % {"n": undone.batch, "cases": f"{undone.cases:,}"})
    return redirect("import", request.workspace.slug, found.id)


def _may(request: MemberRequest) -> bool:
    return may(request.member, Permission.IMPORT)


def _import(request: MemberRequest, number: int) -> ImportRecord:
    found = queries.import_record(number)
    if found is None or found.workspace_id != request.workspace.id:
        raise Http404
    return found
