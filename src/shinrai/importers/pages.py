"""Pages of imports: what came in, and taking it back; bringing a sheet in is in `upload.pages`."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from shinrai.accounts.guards import MemberRequest, by_of, members_only, writers_only
from shinrai.accounts.queries import may
from shinrai.accounts.rules import Deed
from shinrai.console.refusals import reader_words
from shinrai.importers import queries
from shinrai.importers.queries import ImportRecord
from shinrai.importers.upload.trying import REFUSALS, take_back
from shinrai.ledger.operations import BatchAlreadyWithdrawn, BatchNotComplete
from shinrai.objectives.pages import the_warehouse

MOST_SHOWN = 100


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
    aside = queries.quarantined(batch_id=found.id)
    context = {
        "import": found,
        "set_aside": aside,
        "most_shown": MOST_SHOWN,
        "may_import": _may(request),
    }
    return render(request, "importers/import.html", context)


@require_POST
@writers_only(Deed.IMPORT)
def withdrawals(request: MemberRequest, number: int) -> HttpResponse:
    """Take an import back."""
    found = _import(request, number)
    try:
        undone = take_back(
            batch_id=found.id,
            reason=request.POST.get("reason", "").strip()[:200],
            warehouse=the_warehouse(),
            at=request.at,
            by=by_of(request),
        )
    except (*REFUSALS, BatchNotComplete, BatchAlreadyWithdrawn) as error:
        messages.error(request, reader_words(error))
    else:
        said = gettext(
            "Import %(n)s is withdrawn; it spoke of %(cases)s cases. Its steps count no more. "
            "To have them back, import the same files again."
        )
        messages.success(request, said % {"n": undone.batch, "cases": f"{undone.cases:,}"})
    return redirect("import", request.workspace.slug, found.id)


def _may(request: MemberRequest) -> bool:
    return may(request.member, Deed.IMPORT)


def _import(request: MemberRequest, number: int) -> ImportRecord:
    found = queries.import_record(number)
    if found is None or found.workspace_id != request.workspace.id:
        raise Http404
    return found
