"""Pages of imports: what was imported, and undoing it; uploads are in `upload.pages`."""

from collections.abc import Sequence
from dataclasses import replace

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from shinrai.accounts.operations.audit import record_view
from shinrai.accounts.pages.guards import MemberRequest, author_of, members_only, writers_only
from shinrai.accounts.pages.lists import recorded_list
from shinrai.accounts.queries import may
from shinrai.accounts.rules.permission import Permission
from shinrai.console.lists import (
    ListColumn,
    ListFilter,
    ListPage,
    ListSpec,
    memory_source,
)
from shinrai.console.reader import reader_text
from shinrai.console.rules.wording import language_of
from shinrai.importers import queries
from shinrai.importers.queries import ImportRecord, QuarantineRecord
from shinrai.importers.reconciliation.cache import reconciliation_in_cache
from shinrai.importers.rules.reconciliation.registry import known_sources
from shinrai.importers.run.errors import RetryLater
from shinrai.importers.run.undo import withdraw_import
from shinrai.ledger.operations.batches import BatchAlreadyWithdrawn, BatchNotComplete
from shinrai.objectives.pages import the_warehouse

MOST_GROUPS = 20  # the rest is in the list of rows
IMPORTS = ListSpec[ImportRecord](
    name="imports",
    columns=(
        ListColumn("source", _("Source"), lambda row: row.source, True),
        ListColumn("number", _("Number"), lambda row: row.id, is_shown=False),
        ListColumn("files", _("Files"), lambda row: ", ".join(row.names)),
        ListColumn("at", _("When"), lambda row: row.started_at, True),
        ListColumn("rows", _("Rows"), lambda row: row.rows, True, is_number=True),
        ListColumn("new_steps", _("New steps"), lambda row: row.report.get("steps"), True, True),
        ListColumn(
            "set_aside", _("Set aside"), lambda row: row.report.get("quarantined"), True, True
        ),
        ListColumn("state", _("State"), lambda row: row.state, True),
    ),
    row="importers/_import.html",
    usual="-at",
    classes="cards",
)
SET_ASIDE = ListSpec[QuarantineRecord](
    name="set-aside",
    columns=(
        ListColumn("file", _("File"), lambda row: row.file),
        ListColumn("line", _("Line"), lambda row: row.line, True, is_number=True),
        ListColumn("field", _("Field"), lambda row: row.field, True),
        ListColumn("why", _("Why"), lambda row: row.reason[language_of(get_language())]),
        ListColumn("cell", _("In the cell"), lambda row: row.cell, is_shown=False),
    ),
    row="importers/_row_aside.html",
    usual="line",
    classes="cards aside",
    anchor="rows",
)


@require_safe
@members_only
def imports(request: MemberRequest) -> HttpResponseBase:
    """List a workspace's imports, newest first."""
    found = queries.imports(workspace_id=request.workspace.id)
    listing = recorded_list(request, IMPORTS, memory_source(found, IMPORTS))
    if not isinstance(listing, ListPage):
        return listing
    context = {"imports": found, "list": listing, "may_import": _may(request)}
    return render(request, "importers/imports.html", context)


@require_safe
@members_only
def one_import(request: MemberRequest, number: int) -> HttpResponseBase:
    """Show what an import did, what it quarantined, and how to undo it."""
    found = _import(request, number)
    groups = queries.quarantine_groups(batch_id=found.id)
    language = language_of(get_language())
    reasons = {group.reason["en"]: group.reason[language] for group in groups}
    reason = request.GET.get("why", "")
    reason = reason if reason in reasons else ""

    def source(
        sort: str, search: str, skip: int, most: int
    ) -> tuple[Sequence[QuarantineRecord], int]:
        rows = queries.quarantined(
            batch_id=found.id, limit=most, skip=skip, search=search, reason=reason, sort=sort
        )
        if request.member is None:  # what a cell held is for members
            rows = tuple(replace(row, cell=None) for row in rows)
        count = queries.quarantined_count(batch_id=found.id, search=search, reason=reason)
        return rows, count

    filters = [ListFilter("why", _("Why"), list(reasons.items()))] if len(reasons) > 1 else []
    listing = recorded_list(request, SET_ASIDE, source, filters)
    if groups and request.member is not None:
        record_view(
            workspace_id=request.workspace.id,
            what="cells of rows set aside",
            subject=f"import:{found.id}",
            at=request.at,
            by=author_of(request),
        )
    if not isinstance(listing, ListPage):
        return listing
    context = {
        "import": found,
        "groups": groups[:MOST_GROUPS],
        "more_groups": len(groups[MOST_GROUPS:]),
        "list": listing,
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
        messages.error(request, reader_text(error.text))
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
