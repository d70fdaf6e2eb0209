"""Pages of a reconciliation: every figure with its reasons, the cases of a reason, and one case."""

from typing import Any

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from shinrai.accounts.pages.guards import MemberRequest, members_only
from shinrai.accounts.pages.lists import recorded_list
from shinrai.console.lists import ListColumn, ListPage, ListSpec, memory_source
from shinrai.console.reader import reader_text
from shinrai.console.rules.wording import language_of
from shinrai.importers.queries import ImportRecord, import_record
from shinrai.importers.reconciliation.cache import cached_reconciliation
from shinrai.importers.reconciliation.queries import (
    CaseNotInImport,
    NothingToReconcile,
    Reconciliation,
    reconcile_case,
)
from shinrai.importers.rules.reconciliation.comparison import CaseDifference, FigureComparison
from shinrai.ledger.operations.batches import BatchNotComplete

BEHIND = ListSpec[CaseDifference](
    name="differing",
    columns=(
        ListColumn("case", _("Case"), lambda row: row.case, True),
        ListColumn("source_says", _("Source says"), lambda row: row.source_says, is_number=True),
        ListColumn("we_say", _("We say"), lambda row: row.we_say, is_number=True),
        ListColumn(
            "seen",
            _("What was seen"),
            lambda row: "; ".join(part.seen[language_of(get_language())] for part in row.because),
        ),
    ),
    row="importers/_differing.html",
    classes="cards",
    anchor="behind",
)


@require_safe
@members_only
def reconciliation(request: MemberRequest, number: int) -> HttpResponseBase:
    """Show a source's own figures and ours, and the cases for one reason of one figure."""
    found = _import(request, number)
    context: dict[str, Any] = {"import": found}
    try:
        compared = cached_reconciliation(found)
    except (NothingToReconcile, BatchNotComplete) as error:
        context["why_not"] = reader_text(error.text)
    else:
        context["compared"] = compared
        reason = request.GET.get("reason", "")
        entry = _entry(compared, request.GET.get("metric", ""), reason)
        if entry is not None:
            rows = [row for row in entry.rows if row.reason == reason]
            listing = recorded_list(request, BEHIND, memory_source(rows, BEHIND))
            if not isinstance(listing, ListPage):
                return listing
            context |= {"entry": entry, "reason": reason, "list": listing}
    return render(request, "importers/reconciliation.html", context)


@require_safe
@members_only
def reconciled_case(request: MemberRequest, number: int, key: str) -> HttpResponse:
    """Show the source's figures of one case and ours, with the reasons for differences."""
    found = _import(request, number)
    if "\x00" in key:
        raise Http404  # no key holds a NUL, and PostgreSQL knows no such text
    try:
        figures = reconcile_case(batch_id=found.id, key=key)
    except (CaseNotInImport, NothingToReconcile, BatchNotComplete) as error:
        raise Http404 from error
    context = {"import": found, "head": figures.head, "lines": figures.lines}
    return render(request, "importers/reconciled_case.html", context)


def _entry(found: Reconciliation, name: str, reason: str) -> FigureComparison | None:
    entry = next((entry for entry in found.entries if entry.metric.name == name), None)
    has_rows = entry is not None and any(row.reason == reason for row in entry.rows)
    return entry if has_rows else None


def _import(request: MemberRequest, number: int) -> ImportRecord:
    found = import_record(number)
    if found is None or found.workspace_id != request.workspace.id:
        raise Http404
    return found
