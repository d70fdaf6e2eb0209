"""Pages of defects: the list, one with whom to tell, and the forms that link, fix and tell."""

from collections.abc import Callable
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from shinrai.accounts.pages.guards import MemberRequest, author_of, members_only, writers_only
from shinrai.accounts.pages.lists import ShownCases, recorded_list
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
from shinrai.desk.operations.defects import fix_defect, link_defect, record_told_back
from shinrai.desk.queries.defects import DefectCaseRow, DefectRow, defect_view, defects
from shinrai.desk.rules.defects import MESSAGE, BadDefect, is_told
from shinrai.ledger.queries import case_heads
from shinrai.ledger.rules.refusals import StepRefused
from shinrai.units.text import translated

DEFECTS = ListSpec[DefectRow](
    name="defects",
    columns=(
        ListColumn("title", _("Defect"), lambda row: row.title, True),
        ListColumn("ticket", _("Ticket"), lambda row: row.url),
        ListColumn("inquiries", _("Inquiries"), lambda row: row.inquiries, True, is_number=True),
        ListColumn("customers", _("Customers"), lambda row: row.customers, True, is_number=True),
        ListColumn("since", _("Since"), lambda row: row.made_at, True),
        ListColumn("fixed_in", _("Fixed in"), lambda row: row.release or None, True),
        ListColumn("told", _("Told"), lambda row: row.told.count, True, is_number=True),
        ListColumn("to_tell", _("To tell"), lambda row: row.told.of, is_shown=False),
    ),
    row="desk/_defect_row.html",
    usual="-since",
)
CASES = ListSpec[DefectCaseRow](
    name="defect-cases",
    columns=(
        ListColumn("case", _("Case"), lambda row: row.head.source_key, True),
        ListColumn("title", _("What it is about"), lambda row: row.title, is_shown=False),
        ListColumn("source", _("Source"), lambda row: row.head.source, is_shown=False),
        ListColumn("customer", _("Customer"), lambda row: row.head.customer_id, True),
        ListColumn("channel", _("Channel"), lambda row: row.channel, True),
        ListColumn("filed_by", _("Filed by"), lambda row: ", ".join(row.filers), True),
        ListColumn("told", _("Told"), lambda row: row.person and row.person.told_at, True),
    ),
    row="desk/_defect_case.html",
    usual="case",
)
STATES: dict[str, tuple[Promise, Callable[[DefectRow], bool]]] = {
    "open": (_("not fixed"), lambda row: row.fixed_at is None),
    "to_tell": (_("fixed, people to tell"), lambda row: row.told.count < row.told.of),
    "done": (
        _("fixed, all told"),
        lambda row: bool(row.fixed_at) and row.told.count == row.told.of,
    ),
}


@require_safe
@members_only
def defect_list(request: MemberRequest) -> HttpResponseBase:
    """List the defects: how many wrote about each, in which release it is fixed, who was told."""
    found = defects(workspace_id=request.workspace.id)
    state = request.GET.get("state", "")
    rows = [one for one in found if state not in STATES or STATES[state][1](one)]
    choice = ListFilter(
        "state", _("State"), [(key, str(said)) for key, (said, _) in STATES.items()]
    )
    listing = recorded_list(request, DEFECTS, memory_source(rows, DEFECTS), (choice,))
    if not isinstance(listing, ListPage):
        return listing
    told, to_tell = (sum(getattr(row.told, name) for row in found) for name in ("count", "of"))
    context = {"list": listing, "count": len(found), "told": told, "to_tell": to_tell}
    context |= {"left": to_tell - told, "open": sum(row.fixed_at is None for row in found)}
    return render(request, "desk/defects.html", context)


@require_safe
@members_only
def defect(request: MemberRequest, number: int) -> HttpResponseBase:
    """Show a defect: its cases, whom to tell, and words with which to tell them."""
    found = defect_view(
        workspace_id=request.workspace.id, number=number, has_names=request.member is not None
    )
    if found is None:
        raise Http404
    seen = ShownCases[DefectCaseRow](
        "titles of a defect", lambda row: row.head.id, f"defect:{number}"
    )
    listing = recorded_list(request, CASES, memory_source(found.cases, CASES), cases=seen)
    if not isinstance(listing, ListPage):
        return listing
    fixed_at, release = found.defect.fixed_at, found.defect.release
    message = MESSAGE.using(release=release)
    context = {
        "list": listing,
        "defect": found.defect,
        "told_rows": {
            one.row for one in found.cases if one.person and is_told(one.person, fixed_at)
        },
        "message": translated(message, request.workspace.language) if release else "",
        "may_fix": may(request.member, Permission.WORK_ON_INVESTIGATION),
        "may_tell": may(request.member, Permission.FILE_INVESTIGATION),
        "typed": request.GET.get("release", ""),
    }
    return render(request, "desk/defect.html", context)


@require_POST
@writers_only(Permission.FILE_INVESTIGATION)
def defect_links(request: MemberRequest, case_id: int) -> HttpResponse:
    """Link a case to a defect, and redirect to the case."""
    head = case_heads([case_id]).get(case_id)
    if head is None or head.workspace_id != request.workspace.id:
        raise Http404
    url, title = (request.POST.get(name, "") for name in ("url", "title"))
    back = reverse(head.record, args=[request.workspace.slug, head.source_key])
    try:
        link_defect(case_id=case_id, url=url, title=title, at=request.at, by=author_of(request))
    except (BadDefect, StepRefused) as error:
        messages.error(request, reader_text(error.text))
        back += "?" + urlencode({"defect_url": url[:500], "defect_title": title[:200]})
    else:
        messages.success(request, gettext("Linked. It stands in the timeline of the case."))
    return redirect(back + "#defects")


@require_POST
@writers_only(Permission.WORK_ON_INVESTIGATION)
def defect_fixes(request: MemberRequest, number: int) -> HttpResponse:
    """Say in which release a defect is fixed, and redirect to it."""
    release = request.POST.get("release", "")
    back = reverse("defect", args=[request.workspace.slug, number])
    try:
        fix_defect(
            workspace_id=request.workspace.id,
            defect_id=number,
            release=release,
            at=request.at,
            by=author_of(request),
        )
    except BadDefect as error:
        messages.error(request, reader_text(error.text))
        back += "?" + urlencode({"release": release[:200]})
    else:
        messages.success(request, gettext("Written down. Now tell those who asked."))
    return redirect(back)


@require_POST
@writers_only(Permission.FILE_INVESTIGATION)
def defect_told(request: MemberRequest, number: int) -> HttpResponse:
    """Record that whoever asked in one of its cases was told of the fix."""
    row = request.POST.get("row", "")
    try:
        record_told_back(
            workspace_id=request.workspace.id,
            row=int(row) if row.isdecimal() and len(row) < 19 else 0,
            at=request.at,
            by=author_of(request),
        )
    except BadDefect as error:
        messages.error(request, reader_text(error.text))
    else:
        messages.success(request, gettext("Written down: told."))
    return redirect("defect", request.workspace.slug, number)
