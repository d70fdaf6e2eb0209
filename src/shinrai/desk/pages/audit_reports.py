"""Printable reports from the audit: who looked at a customer's cases, and what a member saw."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from shinrai.accounts.operations.audit import record_view
from shinrai.accounts.pages.guards import MemberRequest, author_of, writers_only
from shinrai.accounts.pages.lists import recorded_list
from shinrai.accounts.queries import (
    AuditRecord,
    audit,
    audit_count,
    audit_people,
    members,
)
from shinrai.accounts.rules.audit import LOOKS, AuditSearch
from shinrai.accounts.rules.permission import Permission
from shinrai.accounts.templatetags.accounts import audit_words
from shinrai.console.lists import ListColumn, ListPage, ListSpec
from shinrai.customers.queries import customer_by_number, customer_typed
from shinrai.ledger.queries import CaseHead, case_heads, cases_of_customer

MOST_CASES = 5  # named in a row


@dataclass(frozen=True)
class Look:
    """An entry of the audit as a report shows it: by whom, and which cases."""

    record: AuditRecord
    by: str
    cases: tuple[CaseHead, ...]
    more: int

    @property
    def keys(self) -> str:
        """Return the keys of the cases as one text, for downloads."""
        return " ".join(one.source_key for one in self.cases) + (f" +{self.more}" * (self.more > 0))


LIST = ListSpec[Look](
    name="looks",
    columns=(
        ListColumn("at", _("When"), lambda row: row.record.at, is_sortable=True),
        ListColumn("by", _("By whom"), lambda row: row.by),
        ListColumn("what", _("What"), lambda row: audit_words(row.record.what)),
        ListColumn("cases", _("Case"), lambda row: row.keys),
        ListColumn("reason", _("Why"), lambda row: row.record.reason),
    ),
    row="desk/_look.html",
    usual="-at",
    a_page=500,  # of them a person prints one page, or few
    classes="cards",
)


@require_safe
@writers_only(Permission.AUDIT)
def audit_of_person(request: MemberRequest, number: int) -> HttpResponseBase:
    """Show who looked at a customer's cases, when and why."""
    there = request.workspace.id
    if customer_by_number(workspace_id=there, number=number) is None:
        raise Http404
    heads = {one.id: one for one in cases_of_customer(workspace_id=there, number=number)}
    pairs = tuple((one.id, f"{one.record}:{one.id}") for one in heads.values())
    search = AuditSearch(kinds=LOOKS, cases=pairs)
    return _report(request, search, {"number": number, "cases": len(heads)}, heads)


@require_safe
@writers_only(Permission.AUDIT)
def audit_of_member(request: MemberRequest, number: int) -> HttpResponseBase:
    """Show what a member saw, when and why."""
    found = members(workspace_id=request.workspace.id)
    member = next((one for one in found if one.id == number), None)
    if member is None:
        raise Http404
    return _report(request, AuditSearch(kinds=LOOKS, by=member.key), {"of": member})


@require_POST
@writers_only(Permission.AUDIT)
def audit_of(request: MemberRequest) -> HttpResponse:
    """Open the report of the customer with an exact identifier; asking is audited too."""
    typed = " ".join(request.POST.get("customer", "").replace("\0", "").split())[:400]
    found = customer_typed(workspace_id=request.workspace.id, typed=typed) if typed else None
    record_view(
        workspace_id=request.workspace.id,
        what="look up customer",
        subject=f"customer:{found.id}" if found else f"workspace:{request.workspace.id}",
        at=request.at,
        by=author_of(request),
    )
    if found is None:
        messages.error(request, gettext("No customer has exactly this identifier."))
        return redirect("audit", request.workspace.slug)
    return redirect("audit_of_person", request.workspace.slug, found.id)


def _report(
    request: MemberRequest,
    search: AuditSearch,
    context: dict[str, Any],
    known: Mapping[int, CaseHead] | None = None,
) -> HttpResponseBase:
    """Show the entries that a search finds; `known` are the only cases to be named, if given."""
    there = request.workspace.id
    names = {one.key: one.display_name for one in members(workspace_id=there)}

    def source(sort: str, text: str, skip: int, most: int) -> tuple[Sequence[Look], int]:
        keys = tuple(key for key, name in names.items() if text and text in name)
        sought = replace(search, text=text, keys=keys)
        found = audit(
            workspace_id=there, limit=most, skip=skip, search=sought, oldest_first=sort == "at"
        )
        heads = known or case_heads({one for row in found for one in row.shown})
        by_subject = {f"{one.record}:{one.id}": one for one in heads.values()}
        looks = []
        for row in found:
            cases = [heads[one] for one in row.shown if one in heads]
            if not row.shown and row.subject in by_subject:  # older entries name the subject alone
                cases = [by_subject[row.subject]]
            said = names.get(row.by, row.by)
            looks.append(Look(row, said, tuple(cases[:MOST_CASES]), len(cases[MOST_CASES:])))
        return looks, audit_count(workspace_id=there, search=sought)

    page = recorded_list(request, LIST, source)
    if not isinstance(page, ListPage):
        return page
    record_view(
        workspace_id=there,
        what="report of the audit",
        subject=context["of"].key if "of" in context else f"customer:{context['number']}",
        at=request.at,
        by=author_of(request),
    )
    context |= {
        "list": page,
        "times": audit_count(workspace_id=there, search=search),
        "readers": audit_people(workspace_id=there, search=search),
    }
    return render(request, "desk/audit_report.html", context)
