"""Pages that search all cases: by key and title, and the earlier ones that are like a case."""

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from shinrai.accounts.operations.audit import record_view
from shinrai.accounts.pages.guards import MemberRequest, author_of, members_only
from shinrai.accounts.pages.lists import ShownCases, recorded_list
from shinrai.console.lists import (
    LONGEST_SEARCH,
    ListColumn,
    ListFilter,
    ListPage,
    ListSpec,
    memory_source,
)
from shinrai.console.reader import reader_text
from shinrai.desk.queries.case import find_case
from shinrai.desk.queries.search import MOST, FoundCase, search_cases
from shinrai.desk.queries.similar import similar_cases
from shinrai.ledger.queries import case_heads

FOUND = ListSpec[FoundCase](
    name="search",
    columns=(
        ListColumn("case", _("Case"), lambda one: one.row.case_key, is_sortable=True),
        ListColumn("kind", _("Kind"), lambda one: one.row.record, is_shown=False),
        ListColumn("title", _("What it is about"), lambda one: one.row.title, is_shown=False),
        ListColumn("began", _("Began"), lambda one: one.row.started_at, is_sortable=True),
        ListColumn("person", _("Person"), lambda one: one.row.person_name, is_sortable=True),
        ListColumn("service", _("Service"), lambda one: one.row.about.service, is_sortable=True),
        ListColumn("topic", _("Topic"), lambda one: one.topic and reader_text(one.topic), True),
        ListColumn("state", _("State"), lambda one: one.phase, is_sortable=True),
    ),
    row="desk/_found.html",
    is_searched=False,
    usual="-began",
    classes="cards pairs board",
)


@require_safe
@members_only
def search(request: MemberRequest) -> HttpResponseBase:
    """List the cases whose key or title holds the words; a whole key leads to its case."""
    sought = " ".join(request.GET.get("q", "").replace("\0", "").split())[:LONGEST_SEARCH]
    asked = {name: request.GET.get(name, "") for name in ("kind", "open", "format")}
    head = find_case(workspace_id=request.workspace.id, key=sought) if sought else None
    if head is not None and not any(asked.values()):
        return redirect(head.record, request.workspace.slug, head.source_key)
    found = search_cases(
        workspace_id=request.workspace.id,
        search=sought,
        at=request.at,
        has_names=request.member is not None,
    )
    cases = [
        one
        for one in found.cases
        if asked["kind"] in ("", one.row.record) and asked["open"] in ("", _open(one))
    ]
    filters = (
        ListFilter(
            *("kind", _("Kind")),
            [("inquiry", gettext("Inquiries")), ("investigation", gettext("Investigations"))],
        ),
        ListFilter("open", _("State"), [("yes", gettext("Open")), ("no", gettext("Closed"))]),
    )
    seen = ShownCases[FoundCase]("titles in the search", lambda one: one.row.case_id)
    page = recorded_list(request, FOUND, memory_source(cases, FOUND), filters, seen)
    if not isinstance(page, ListPage):
        return page
    context = {"found": found, "list": page, "sought": sought, "most": MOST}
    return render(request, "desk/search.html", context)


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
            shown=[case_id, *(one.head.id for one in found)],
        )
    template = "desk/_similar_cases.html" if request.htmx else "desk/similar.html"
    answer = render(request, template, {"similar": found, "head": head})
    patch_vary_headers(answer, ["HX-Request"])
    return answer


def _open(one: FoundCase) -> str:
    return "yes" if one.is_open else "no"
