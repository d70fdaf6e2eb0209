"""Pages of a reconciliation: every figure with its reasons, the cases behind, and one case."""

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from shinrai.accounts.pages.guards import MemberRequest, members_only
from shinrai.console.refusals import reader_words
from shinrai.importers.paging import MOST_SHOWN, Page, page_of
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


@dataclass(frozen=True)
class ReasonCases:
    """The cases behind one reason of one figure."""

    entry: FigureComparison
    reason: str
    rows: tuple[CaseDifference, ...]
    of: int
    page: Page


@require_safe
@members_only
def reconciliation(request: MemberRequest, number: int) -> HttpResponse:
    """Show a source's own figures beside ours."""
    found = _import(request, number)
    context: dict[str, Any] = {"import": found}
    try:
        compared = cached_reconciliation(found)
    except (NothingToReconcile, BatchNotComplete) as error:
        context["why_not"] = reader_words(error)
    else:
        asked = request.GET
        behind = _reason_cases(
            compared, asked.get("metric", ""), asked.get("reason", ""), asked.get("page", "")
        )
        context |= {"compared": compared, "behind": behind}
    return render(request, "importers/reconciliation.html", context)


@require_safe
@members_only
def reconciled_case(request: MemberRequest, number: int, key: str) -> HttpResponse:
    """Show what the source says of one case beside what we say, and what was seen."""
    found = _import(request, number)
    if "\x00" in key:
        raise Http404  # no key holds a NUL, and PostgreSQL knows no such text
    try:
        figures = reconcile_case(batch_id=found.id, key=key)
    except (CaseNotInImport, NothingToReconcile, BatchNotComplete) as error:
        raise Http404 from error
    context = {"import": found, "head": figures.head, "lines": figures.lines}
    return render(request, "importers/reconciled_case.html", context)


def _reason_cases(found: Reconciliation, name: str, reason: str, page: str) -> ReasonCases | None:
    entry = next((entry for entry in found.entries if entry.metric.name == name), None)
    if entry is None or reason not in entry.reasons:
        return None
    rows = tuple(row for row in entry.rows if row.reason == reason)
    if not rows:
        return None
    shown = page_of(page, len(rows))
    some = rows[shown.skip : shown.skip + MOST_SHOWN]
    return ReasonCases(entry, reason, some, entry.reasons[reason], shown)


def _import(request: MemberRequest, number: int) -> ImportRecord:
    found = import_record(number)
    if found is None or found.workspace_id != request.workspace.id:
        raise Http404
    return found
